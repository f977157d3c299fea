"""The engine's process with real MIDI ports, real audio and a real death."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import rtmidi

from exercises.timeline import Timeline
from game.bench.recorder import Recorder, find_onsets
from game.devices.click import click_sample
from game.devices.client import EngineProcess
from game.devices.midi_apis import MidiPort, OpenInputPort
from game.devices.midi_parse import CLOCK, START, STOP
from game.events import (
    STANDING_S,
    AudioState,
    Click,
    ClickPlan,
    EngineFailed,
    HeardBack,
    ListenBack,
    LoadTrack,
    NoteEvent,
    OpenAudio,
    OpenInput,
    PortFound,
    PortLost,
    SendThru,
    SetInstrument,
    SetLatency,
    SetMix,
    Start,
    Stop,
    StrikeKey,
    ThruChanged,
    TransportStarted,
    TransportStopped,
)
from game.sessions.echoes import plan_echoes, weigh_echoes
from game.sessions.plan import plan_take
from game.sessions.punch import Region, plan_punch
from tests.devices_keyboard import Keyboard
from tests.jackd import jackd  # noqa: F401 - a fixture
from tests.reading import melody

pytestmark = pytest.mark.real

NS = 1_000_000_000
RATE = 48_000
LONG = ClickPlan(start_s=-1.0, end_s=60.0, clicks=())


class Watcher:
    """Polls an engine, and keeps the trail."""

    def __init__(self, engine):
        self.engine = engine
        self.trail = []

    def of(self, kind):
        self.trail += self.engine.poll()
        return [event for event in self.trail if isinstance(event, kind)]

    def until(self, kind, count=1, wait_s=8.0):
        end = time.monotonic() + wait_s
        while len(found := self.of(kind)) < count:
            assert time.monotonic() < end, f"no {count} x {kind.__name__} in {self.trail}"
            time.sleep(0.01)
        return found

    @property
    def origin_ns(self):
        return time.monotonic_ns() - self.engine.now_s() * NS


@pytest.fixture
def engine(jackd, tmp_path):  # noqa: F811 - the fixture
    del jackd
    process = EngineProcess(log=tmp_path / "engine.log")
    yield process
    process.close()
    sys.stdout.write((tmp_path / "engine.log").read_text() if process else "")


@pytest.fixture
def watcher(engine):
    return Watcher(engine)


def listen(engine, watcher, *, audio="none"):
    engine.send(OpenInput(None))
    engine.send(OpenAudio(audio))
    engine.open()
    watcher.until(AudioState)
    watcher.until(PortFound)


def test_a_thousand_notes_arrive_in_order_and_on_time(engine, watcher):
    count = 1000
    with Keyboard() as keyboard:
        listen(engine, watcher)
        engine.send(LONG)
        engine.send(Start())
        watcher.until(TransportStarted)
        messages = [[0.005, [0x90, 36 + n % 60, 1 + n % 127]] for n in range(count)]
        clocks = keyboard.play(messages)
        notes = watcher.until(NoteEvent, count)
        assert engine.pid
        errors = [
            note.onset_s * 1e3 - (clock - watcher.origin_ns) / 1e6
            for note, clock in zip(notes, clocks, strict=True)
        ]
    assert [(n.pitch, n.velocity) for n in notes] == [tuple(octets[1:]) for _, octets in messages]
    assert all(a.onset_s <= b.onset_s for a, b in pairwise(notes))
    median, high = np.percentile(errors, [50, 99])
    sys.stdout.write(f"stamp error: median {median:.2f} ms, p99 {high:.2f} ms\n")
    assert min(errors) > -0.1
    assert median < 2.0
    assert high < 8.0


def test_standing_notes_are_heard_without_a_place_and_latency_is_taken_off(engine, watcher):
    with Keyboard() as keyboard:
        listen(engine, watcher)
        keyboard.play([[0, [0x90, 60, 50]]])
        assert watcher.until(NoteEvent)[0].onset_s == STANDING_S
        assert engine.now_s() is None
        engine.send(SetLatency(200.0))
        engine.send(LONG)
        engine.send(Start())
        watcher.until(TransportStarted)
        (clock,) = keyboard.play([[0.2, [0x80, 60, 0]]])
        off = watcher.until(NoteEvent, 2)[1]
        expected = (clock - watcher.origin_ns) / NS - 0.2
        assert off.onset_s == pytest.approx(expected, abs=0.008)
        engine.send(Stop())
        watcher.until(TransportStopped)
        assert engine.now_s() is None


def test_unplugged_in_the_middle_of_a_take_and_back(engine, watcher):
    with Keyboard() as keyboard:
        listen(engine, watcher, audio="jack")
        engine.send(LONG)
        engine.send(Start())
        watcher.until(TransportStarted)
        keyboard.play([[0, [0x90, 60, 50]], [0, [0x90, 64, 50]], [0, [0xB0, 64, 127]]])
        watcher.until(NoteEvent, 3)
        before = watcher.origin_ns
        keyboard.unplug()
        assert watcher.until(PortLost) == [PortLost("Keys:out")]
        let_go = watcher.of(NoteEvent)[3:]
        assert [(n.kind, n.pitch) for n in let_go] == [("off", 60), ("off", 64), ("pedal", 0)]
    with Keyboard() as keyboard:
        watcher.until(PortFound, 2)
        (clock,) = keyboard.play([[0.1, [0x90, 72, 50]]])
        note = watcher.until(NoteEvent, 7)[6]
        assert note.onset_s == pytest.approx((clock - watcher.origin_ns) / NS, abs=0.008)
        assert watcher.origin_ns == pytest.approx(before, abs=0.003 * NS)
    assert len(watcher.of(TransportStarted)) == 1


def test_a_killed_engine_is_started_again_and_the_take_goes_on(engine, watcher):
    plan = ClickPlan(start_s=-0.5, end_s=4.0, clicks=())
    with Keyboard() as keyboard:
        listen(engine, watcher)
        engine.send(plan)
        engine.send(Start())
        watcher.until(TransportStarted)
        keyboard.play([[0.01, [0x90, 60 + n, 50]] for n in range(10)])
        watcher.until(NoteEvent, 10)
        before, killed = watcher.origin_ns, time.monotonic()
        os.kill(engine.pid, signal.SIGKILL)
        assert "started again" in watcher.until(EngineFailed)[0].detail
        assert engine.now_s() is not None
        watcher.until(PortFound, 2)
        sys.stdout.write(f"listening again after {time.monotonic() - killed:.2f} s\n")
        (clock,) = keyboard.play([[0.05, [0x90, 80, 50]]])
        note = watcher.until(NoteEvent, 11)[10]
        assert watcher.origin_ns == pytest.approx(before, abs=0.001 * NS)
        assert note.onset_s == pytest.approx((clock - before) / NS, abs=0.008)
        assert watcher.until(TransportStopped) == [TransportStopped(4.0)]
    assert len(watcher.of(TransportStarted)) == 1


def test_an_engine_that_cannot_start_is_given_up_with_a_word(tmp_path):
    process = EngineProcess(module="game.no_such_engine", log=tmp_path / "engine.log")
    watcher = Watcher(process)
    process.open()
    failures = watcher.until(EngineFailed, 4)
    assert "does not start" in failures[-1].detail
    time.sleep(0.3)
    assert len(watcher.of(EngineFailed)) == 4
    process.close()


def test_without_sound_the_take_runs_by_the_monotonic_clock(engine, watcher):
    engine.send(OpenAudio("alsa"))
    engine.send(ClickPlan(start_s=-0.3, end_s=0.2, clicks=(Click(-0.3, accent=True),)))
    engine.open()
    (state,) = watcher.until(AudioState)
    assert not state.ok
    assert "The click is shown, not heard." in state.detail
    engine.send(Start())
    started = watcher.until(TransportStarted)[0]
    assert started.now_s < -0.3
    assert watcher.until(TransportStopped) == [TransportStopped(0.2)]
    start = time.monotonic()
    engine.close()
    assert time.monotonic() - start < 1.0


def plan_of(*bpms):
    """Two bars at each tempo in turn, with a ramp of eighths into each; as one plan."""
    at, clicks = -1.0, []
    for bpm in bpms:
        for beat in range(4):
            clicks.append(Click(at, accent=beat == 0))
            at += 60.0 / (bpm * (1 + 0.03 * beat))
    return ClickPlan(start_s=-1.0, end_s=at + 0.1, clicks=tuple(clicks))


# A period that a Python process without real-time rights keeps up with.
@pytest.mark.parametrize("jackd", [(512, 48_000), (512, 44_100)], indirect=True)
def test_every_click_is_on_its_sample_and_the_position_says_what_is_heard(
    jackd,  # noqa: F811 - the fixture
    engine,
    watcher,
):
    rate = jackd.rate
    plan = plan_of(300.0, 137.0, 211.7)
    engine.send(SetMix(click=1.0))
    engine.send(OpenAudio("jack"))
    engine.send(plan)
    engine.open()
    assert watcher.until(AudioState)[0].rate == rate
    time.sleep(1.0)  # the MIDI ports are open and the device's clock is known
    recorder = Recorder()
    engine.send(Start())
    watcher.until(TransportStarted)
    time.sleep(1.5)
    origin_ns = watcher.origin_ns
    engine.send(SetMix(click=0.5))
    watcher.until(TransportStopped)
    samples, zero_ns = recorder.finish()
    onsets = find_onsets(samples, rate)
    expected = [click_sample(click.onset_s, plan.start_s, rate) for click in plan.clicks]
    offsets = [heard - due for heard, due in zip(onsets, expected, strict=True)]
    heard_s = (zero_ns + onsets[4] * NS / rate - origin_ns) / NS
    off_ms = (heard_s - plan.clicks[4].onset_s) * 1e3
    deviation = max(offsets) - min(offsets)
    sys.stdout.write(f"clicks: {deviation} samples apart, {off_ms:+.2f} ms from the position\n")
    assert deviation == 0
    assert samples[onsets[-1]] == pytest.approx(0.5 * samples[onsets[3]], rel=0.01)
    assert abs(off_ms) < 5.0


@pytest.mark.parametrize("jackd", [(512, 48_000)], indirect=True)
def test_a_punch_is_clicked_from_its_pre_roll_to_its_end_and_nowhere_else(
    jackd,  # noqa: F811 - the fixture
    engine,
    watcher,
):
    chart = melody(6, 200.0)
    whole = plan_take(chart, quarter_bpm=200.0)
    timeline = Timeline.steady(200.0)
    plan = plan_punch(chart, whole, Region(Fraction(13), Fraction(15)), bars=1, timeline=timeline)
    assert 0 < len(plan.clicks) < len(whole.clicks)
    engine.send(SetMix(click=1.0))
    engine.send(OpenAudio("jack"))
    engine.send(plan)
    engine.open()
    watcher.until(AudioState)
    time.sleep(1.0)  # the MIDI ports are open and the device's clock is known
    recorder = Recorder()
    engine.send(Start())
    watcher.until(TransportStopped)
    time.sleep(0.7)  # two more beats, in which nothing may sound
    samples, _ = recorder.finish()
    onsets = find_onsets(samples, jackd.rate)
    expected = [click_sample(click.onset_s, plan.start_s, jackd.rate) for click in plan.clicks]
    assert {heard - due for heard, due in zip(onsets, expected, strict=True)} == {
        onsets[0] - expected[0]
    }


@pytest.mark.parametrize("jackd", [(512, 48_000)], indirect=True)
def test_a_key_is_heard_and_a_rendered_band_lies_where_it_belongs(engine, watcher, tmp_path):
    band = np.zeros((RATE, 2), np.int16)
    band[RATE // 2 : RATE // 2 + 400] = 20_000
    np.save(tmp_path / "band.npy", band)
    plan = ClickPlan(start_s=-0.5, end_s=1.5, clicks=(Click(-0.25, accent=True),))
    with Keyboard() as keyboard:
        listen(engine, watcher, audio="jack")
        engine.send(SetMix(click=1.0, band=1.0, keys=1.0))
        engine.send(SetInstrument(16))
        time.sleep(1.5)  # the bank is read
        recorder = Recorder()
        keyboard.play([[0.1, [0x90, 76, 127]], [0.3, [0x80, 76, 0]]])
        time.sleep(1.0)
        engine.send(StrikeKey(79, 127))
        time.sleep(1.0)
        engine.send(LoadTrack("band", str(tmp_path / "band.npy"), 0.0, RATE))
        engine.send(plan)
        engine.send(Start())
        watcher.until(TransportStopped)
        samples, _ = recorder.finish()
    key, typed, click, track = find_onsets(samples, RATE, apart_s=0.2)
    assert typed - key > RATE // 2
    assert np.abs(samples[typed + round(0.9 * RATE) : click]).max() < 0.01  # let go of by itself
    assert click - typed > RATE // 2
    assert track - click == round(0.75 * RATE)


def test_the_midi_clock_goes_out_in_time(engine, watcher):
    pulses = tuple(-1.0 + n * 60 / 120 / 24 for n in range(100))
    engine.send(OpenAudio("none"))
    engine.send(ClickPlan(start_s=-1.0, end_s=1.3, clicks=(), pulses_s=pulses))
    engine.open()
    watcher.until(AudioState)
    time.sleep(1.0)
    got = []
    port = OpenInputPort(
        MidiPort("jack", "First Take:First Take Clock"),
        lambda clock, octets: got.append((clock, octets[0])),
        "listener",
        clock=True,
    )
    engine.send(Start())
    watcher.until(TransportStarted)
    origin_ns = watcher.origin_ns
    watcher.until(TransportStopped)
    time.sleep(0.1)
    port.close()
    kinds = [kind for _, kind in got]
    assert kinds == [START] + [CLOCK] * 100 + [STOP]
    late = [
        (clock - origin_ns) / 1e6 - pulse * 1e3
        for (clock, _), pulse in zip(got[1:-1], pulses, strict=True)
    ]
    low, median, high = np.percentile(late, [1, 50, 99])
    sys.stdout.write(f"clock pulses late by {low:.2f} / {median:.2f} / {high:.2f} ms (p1/50/99)\n")
    assert low > -0.1
    assert median < 2.0
    assert high < 6.0


@pytest.mark.parametrize("jackd", [(512, 48_000)], indirect=True)
def test_the_click_is_heard_to_come_back_through_a_cable(engine, watcher):
    engine.send(SetMix(click=0.7))
    engine.send(OpenAudio("jack"))
    engine.open()
    watcher.until(AudioState)
    time.sleep(1.0)  # the MIDI ports are open and the device's clock is known
    found = []
    for frames in (0, 4800):
        engine.send(ListenBack())
        with subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("devices_cable.py")), str(frames)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as cable:
            assert cable.stdout.readline() == "ready\n"
            engine.send(plan_echoes())
            engine.send(Start())
            heard = watcher.until(HeardBack, len(found) + 1, wait_s=20.0)[-1]
            cable.communicate()
        opinion = weigh_echoes(heard.onsets_s)
        sys.stdout.write(f"{opinion.detail}\n")
        assert opinion.state == "good"
        found.append(opinion.latency_ms)
    assert found[1] - found[0] == pytest.approx(100.0, abs=1.5)
    # JACK hands over at once, on this cable, what a sound card would have heard a period ago.
    assert found[0] == pytest.approx(-1000.0 * 512 / 48_000, abs=1.5)


def until_length(found, length, wait_s=8.0):
    end = time.monotonic() + wait_s
    while len(found) < length:
        assert time.monotonic() < end, found
        time.sleep(0.01)


def test_keys_are_sent_on_to_another_instrument(engine, watcher):
    heard = []
    synth = rtmidi.MidiIn(rtapi=rtmidi.API_UNIX_JACK, name="Synth")
    synth.open_virtual_port("in")
    synth.set_callback(lambda message, _data: heard.append(message[0]))
    try:
        with Keyboard() as keyboard:
            listen(engine, watcher)
            engine.send(SendThru("Synth:in"))
            assert watcher.until(ThruChanged) == [ThruChanged("Synth:in", is_there=True)]
            keyboard.play([[0.1, [0x90, 60, 70]], [0.1, [0xB0, 64, 127]], [0.1, [0x80, 60, 5]]])
            until_length(heard, 3)
            engine.send(StrikeKey(72, 80))
            until_length(heard, 5)
    finally:
        synth.delete()
    assert heard == [
        [0x90, 60, 70],
        [0xB0, 64, 127],
        [0x80, 60, 5],
        [0x90, 72, 80],
        [0x80, 72, 0],
    ]
    assert watcher.until(ThruChanged, 2)[1] == ThruChanged("Synth:in", is_there=False)


PERFORM = """
import sys
from game.devices.performer_port import play_live
from game.events import NoteEvent
events = [NoteEvent(n * 0.05, "on" if n % 2 == 0 else "off", 60 + n // 2, 70) for n in range(40)]
pulses = tuple(-1.0 + n * 60 / 120 / 24 for n in range(150))
play_live(events, port="Player", clock="First Take Clock" if sys.argv[1] == "follow" else None,
          start_s=-1.0, pulses_s=pulses)
"""


def test_a_performer_follows_the_games_clock(engine, watcher):
    pulses = tuple(-1.0 + n * 60 / 120 / 24 for n in range(150))
    engine.send(OpenInput("Player"))
    engine.send(OpenAudio("jack"))
    engine.send(ClickPlan(start_s=-1.0, end_s=2.2, clicks=(), pulses_s=pulses))
    engine.open()
    watcher.until(AudioState)
    root = Path(__file__).resolve().parent.parent
    player = subprocess.Popen([sys.executable, "-c", PERFORM, "follow"], cwd=root)
    watcher.until(PortFound)
    time.sleep(0.5)
    engine.send(Start())
    watcher.until(TransportStopped)
    assert player.wait(5) == 0
    notes = watcher.of(NoteEvent)
    assert [(n.kind, n.pitch) for n in notes] == [
        ("on" if n % 2 == 0 else "off", 60 + n // 2) for n in range(40)
    ]
    late = [note.onset_s * 1e3 - n * 50 for n, note in enumerate(notes)]
    sys.stdout.write(f"performer: {np.mean(late):+.2f} ms, spread {np.std(late):.2f} ms\n")
    assert abs(float(np.mean(late))) < 6.0
    assert float(np.std(late)) < 3.0


def test_a_performer_on_its_own_starts_at_once(engine, watcher):
    engine.send(OpenInput("Player"))
    engine.open()
    root = Path(__file__).resolve().parent.parent
    player = subprocess.Popen([sys.executable, "-c", PERFORM, "alone"], cwd=root)
    watcher.until(NoteEvent, 40)
    assert player.wait(5) == 0
