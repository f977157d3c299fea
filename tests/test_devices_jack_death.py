"""A JACK server that dies in the middle of a take, and another that comes in its place."""

from __future__ import annotations

import sys
import time

import pytest

from game.devices.client import EngineProcess
from game.events import (
    AudioState,
    Click,
    ClickPlan,
    EngineFailed,
    NoteEvent,
    OpenAudio,
    OpenInput,
    PortFound,
    PortLost,
    PortsChanged,
    Start,
    TransportStarted,
    TransportStopped,
)
from game.ui.status import Status, news_of
from tests.devices_keyboard import Keyboard
from tests.jackd import jackd  # noqa: F401 - a fixture

NS = 1_000_000_000


def wait_for(engine, trail, kind, count=1):
    until = time.monotonic() + 40.0
    while len(found := [event for event in trail if isinstance(event, kind)]) < count:
        assert time.monotonic() < until, f"no {count} x {kind.__name__} in {trail}"
        trail += engine.poll()
        time.sleep(0.01)
    return found


@pytest.mark.real
def test_keyboard_and_sound_come_back_and_the_take_goes_on(jackd, tmp_path):  # noqa: F811
    log = tmp_path / "engine.log"
    engine = EngineProcess(log=log)
    engine.send(OpenInput(None))
    engine.send(OpenAudio("jack"))
    engine.open()
    trail = []
    clicks = tuple(Click(float(second), accent=False) for second in range(100))
    keyboard = Keyboard()
    try:
        wait_for(engine, trail, AudioState)
        wait_for(engine, trail, PortFound)
        engine.send(ClickPlan(start_s=-1.0, end_s=100.0, clicks=clicks))
        engine.send(Start())
        wait_for(engine, trail, TransportStarted)
        pid, origin_ns = engine.pid, time.monotonic_ns() - engine.now_s() * NS
        keyboard.play([[0, [0x90, 60, 50]]])
        wait_for(engine, trail, NoteEvent)

        jackd.stop()
        assert wait_for(engine, trail, PortLost) == [PortLost("Keys:out")]
        lost = wait_for(engine, trail, AudioState, 2)[1]
        assert not lost.ok
        assert "until it is back" in lost.detail
        keyboard.process.kill()
        assert wait_for(engine, trail, NoteEvent, 2)[1].kind == "off"
        assert engine.now_s() is not None

        jackd.start()
        keyboard = Keyboard()
        wait_for(engine, trail, PortFound, 2)
        assert wait_for(engine, trail, AudioState, 3)[2].ok
        (clock_ns,) = keyboard.play([[0.1, [0x90, 72, 50]]])
        note = wait_for(engine, trail, NoteEvent, 3)[2]
        assert note.pitch == 72
        assert note.onset_s == pytest.approx((clock_ns - origin_ns) / NS, abs=0.03)
        assert engine.pid == pid
        assert not [e for e in trail if isinstance(e, (EngineFailed, TransportStopped))]
        assert wait_for(engine, trail, PortsChanged, 3)[-1].names == ("Keys:out",)
    finally:
        engine.close()
        keyboard.process.kill()
        sys.stdout.write(log.read_text())


def test_the_player_is_told_when_sound_is_back():
    gone = AudioState(ok=False, backend="none", detail="gone")
    back = AudioState(ok=True, backend="jack", detail="Sound by jack.")
    assert news_of(back, Status(audio=gone)) == ("Sound is back: jack.", "information")
    assert news_of(back, Status()) is None
