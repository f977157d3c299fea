"""The sound device behind its Protocol: lost in the middle of a take, and back; and by name."""

from __future__ import annotations

import pytest

from game.devices.audio import open_speaker
from game.devices.mixer import Mixer
from game.devices.sound import REOPEN_S, Sound
from game.devices.stream_clock import SETTLING, StreamClock
from game.devices.transport import NS, Transport
from game.events import AudioState, Click, ClickPlan, OpenAudio
from game.ui.status import Status, news_of

RATE = 48_000
BLOCK = 480
PLAN = ClickPlan(start_s=-1.0, end_s=60.0, clicks=(Click(0.0, accent=True),))


class FakeSpeaker:
    """A device that asks for a block every 10 ms of a made-up clock, until it is pulled."""

    backend = "fake"
    rate = RATE

    def __init__(self, born_ns):
        self.clock = StreamClock(RATE)
        self.born_ns = born_ns
        self.asked = 0
        self.is_plugged = True
        self.played = []

    def run(self, until_ns):
        while self.born_ns + self.asked * BLOCK * NS // RATE <= until_ns:
            self.clock.observe(self.asked * BLOCK, self.born_ns + self.asked * BLOCK * NS // RATE)
            self.asked += 1

    def follow(self):
        pass

    def alive(self, _clock_ns):
        return self.is_plugged

    def play(self, tracks, first=None):
        first = self.asked * BLOCK if first is None else first
        self.played.append((first, sorted(tracks)))
        return first

    def abandon(self):
        self.is_plugged = False

    close = abandon


class World:
    """A sound whose device comes and goes."""

    def __init__(self):
        self.events = []
        self.speakers = []
        self.is_there = True
        self.transport = Transport()
        self.prepared = 0
        self.sound = Sound(
            self.transport,
            self.events.append,
            open_device=self.open_device,
            prepare=self.prepare,
        )
        self.now_ns = 0

    def open_device(self, command, _mixer, block_ms):
        if not self.is_there:
            return None, AudioState(ok=False, backend="none", detail="gone")
        self.speakers.append(FakeSpeaker(self.now_ns))
        return self.speakers[-1], AudioState(
            ok=True,
            backend=FakeSpeaker.backend,
            detail="",
            rate=RATE,
            device=command.device or "",
            block_ms=block_ms,
        )

    def prepare(self):
        self.prepared += 1

    def advance(self, seconds):
        for _ in range(round(seconds * 100)):
            self.now_ns += NS // 100
            for speaker in self.speakers:
                speaker.run(self.now_ns)
            self.sound.follow(self.now_ns)


def test_a_device_that_goes_in_a_take_is_told_and_comes_back_at_the_right_sample(monkeypatch):
    world = World()
    monkeypatch.setattr("game.devices.sound.time.monotonic_ns", lambda: world.now_ns)
    world.sound.open(OpenAudio("auto", "Scarlett 2i2"))
    world.advance(1.0)
    world.transport.load(PLAN)
    world.transport.start(world.now_ns, 0)
    world.sound.play(at_once=True)
    world.advance(1.0)
    origin_ns = world.transport.origin_ns

    world.speakers[0].is_plugged = world.is_there = False
    world.advance(5.0)
    assert not world.events[-1].ok
    assert world.events[-1].detail.startswith("Scarlett 2i2 is gone: watch the click")
    assert len(world.events) == 2  # said once, however often it was looked for
    assert world.transport.origin_ns == origin_ns  # the take went on

    world.is_there = True
    world.advance(REOPEN_S + 1.0)
    assert world.events[-1].ok
    assert world.events[-1].name == "fake: Scarlett 2i2"
    assert world.prepared > 1
    back = world.speakers[-1]
    ((first, tracks),) = back.played
    assert tracks == ["click"]
    due = (origin_ns - NS - back.born_ns) * RATE / NS  # where the count-in lies on this stream
    assert first == pytest.approx(due, abs=2)
    assert back.asked > SETTLING


@pytest.mark.parametrize("backend", ["fake", "jack"])
def test_a_device_that_stumbles_in_a_take_has_more_time_in_the_next(monkeypatch, backend):
    world = World()
    monkeypatch.setattr("game.devices.sound.time.monotonic_ns", lambda: world.now_ns)
    monkeypatch.setattr(FakeSpeaker, "backend", backend)
    world.sound.open(OpenAudio())
    world.transport.load(PLAN)
    for stumbles in (1, 2, 3, 2):
        world.transport.start(world.now_ns, 0)
        world.sound.play(at_once=True)
        for _ in range(stumbles):
            world.speakers[-1].clock.underruns += 1
            world.advance(0.1)
        world.transport.stop(world.now_ns)
        world.sound.stop()
    states = [event for event in world.events if isinstance(event, AudioState)]
    assert [one.block_ms for one in states] == ([10, 20, 40] if backend == "fake" else [10])
    if backend == "fake":
        assert "20 ms at a time" in news_of(states[1], Status(audio=states[0]))[0]
        assert news_of(states[0], Status()) is None


def test_the_player_hears_of_it_by_name():
    there = AudioState(ok=True, backend="jack", detail="", device="Scarlett 2i2")
    gone = AudioState(ok=False, backend="none", detail="Scarlett 2i2 is gone.")
    assert news_of(gone, Status(audio=there)) == ("Scarlett 2i2 is gone.", "warning")
    back = ("Sound is back: Scarlett 2i2.", "information")
    assert news_of(there, Status(audio=gone)) == back
    assert Status(audio=there).sound_line == "♪ Scarlett 2i2"


def test_a_device_is_opened_by_its_name_and_no_other_in_its_place():
    speaker, state = open_speaker(OpenAudio("null", "NULL Playback Device"), Mixer())
    speaker.close()
    assert (state.ok, state.name) == (True, "null: NULL Playback Device")
    speaker, state = open_speaker(OpenAudio("null", "Scarlett 2i2"), Mixer())
    assert speaker is None
    assert state.detail.startswith("Scarlett 2i2 is not there. The click is shown, not heard.")
