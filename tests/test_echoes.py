"""The click heard to come back, by a cable or a microphone."""

from __future__ import annotations

import numpy as np
import pytest

from game.devices.click import render_clicks
from game.devices.ear import Heard, find_clicks
from game.events import HeardBack, ListenBack, SetLatency, Start, Stop
from game.sessions.echoes import CLICKS, STEP_S, plan_echoes, weigh_echoes
from tests.fakes import FakeEngine, World
from tests.test_calibration import calibration_screen, run, wait_until

RATE = 48_000


def come_back(way_ms, *, lost=(), jitter_ms=0.0, seed=1):
    rng = np.random.default_rng(seed)
    return [
        number * STEP_S + way_ms / 1000 + rng.normal(0, jitter_ms) / 1000
        for number in range(CLICKS)
        if number not in lost
    ]


@pytest.mark.parametrize("way_ms", [-20.0, 0.4, 12.3, 250.0, 970.0])
def test_a_way_back_is_found_and_a_bang_in_the_room_does_not_move_it(way_ms):
    opinion = weigh_echoes([*come_back(way_ms, lost=(2,), jitter_ms=0.3), 3 * STEP_S + 0.99])
    assert opinion.state == "good"
    assert opinion.latency_ms == pytest.approx(way_ms, abs=0.5)


@pytest.mark.parametrize(
    ("heard", "words"),
    [
        ([], "Nothing came back"),
        (come_back(20.0, lost=(1, 3, 4)), "4 of 7 clicks came back alike"),
        (come_back(200.0, jitter_ms=25.0), "clicks came back alike"),
    ],
)
def test_what_does_not_tell_is_refused_with_its_reason(heard, words):
    opinion = weigh_echoes(heard)
    assert opinion.state == "refused"
    assert words in opinion.detail


@pytest.mark.parametrize("gain", [0.05, 1.0])
def test_clicks_are_found_in_a_noisy_input_with_an_offset(gain):
    plan = plan_echoes()
    clicks = render_clicks(
        plan.clicks, start_s=plan.start_s, end_s=plan.end_s, rate=RATE, sound="beep", semitones=0
    )
    noise = np.random.default_rng(1).normal(0, 0.002 * gain, len(clicks))
    found = find_clicks((gain * clicks + noise + 0.01).astype(np.float32), RATE)
    due = [round((click.onset_s - plan.start_s) * RATE) for click in plan.clicks]
    assert len(found) == CLICKS
    assert all(0 <= one - at < 0.001 * RATE for one, at in zip(found, due, strict=True))
    assert find_clicks(np.zeros(0, np.float32), RATE) == []
    assert find_clicks(np.zeros(RATE, np.float32), RATE) == []


class Looped(FakeEngine):
    """An engine whose input hears the click."""

    def __init__(self, heard, missing="", **kwargs):
        super().__init__(**kwargs)
        self.answer = HeardBack(tuple(heard), missing)

    def send(self, command):
        super().send(command)
        if isinstance(command, Start):
            self.waiting.append(self.answer)


async def test_on_the_screen_the_way_back_is_kept_as_what_it_came_by():
    world = World(engine=Looped(come_back(24.0)))
    async with calibration_screen(world) as pilot:
        await pilot.press("c")  # nothing to keep yet
        await pilot.press("l")
        await wait_until(pilot, lambda: world.app.screen._echo is not None)
        assert SetLatency(0.0) in world.engine.commands
        assert isinstance(world.engine.commands[-1], Stop | SetLatency)
        assert not world.archive.settings.calibrations
        await pilot.press("c")
        await wait_until(pilot, lambda: world.archive.settings.calibrations)
    (kept,) = world.archive.settings.calibrations
    assert (kept.latency_ms, kept.by, kept.taps) == (24.0, "cable", CLICKS)


async def test_where_there_is_no_input_the_screen_says_so_and_keeps_nothing():
    world = World(engine=Looped((), "jack has no input"))
    async with calibration_screen(world) as pilot:
        await pilot.press("l")
        await wait_until(pilot, lambda: world.app.screen._echo is not None)
        await pilot.press("m")
        await pilot.pause(0.05)
    assert not world.archive.settings.calibrations


def test_the_command_listens_too():
    engine = Looped(come_back(30.0))
    made, opinion, _ = run(engine, by="microphone")
    assert ListenBack() in engine.commands
    assert (made.latency_ms, made.by, opinion.state) == (30.0, "microphone", "good")
    assert run(Looped(come_back(30.0)), by="cable")[0].latency_ms == 30.0
    assert run(Looped([]), by="cable")[0] is None


def test_blocks_that_were_lost_before_move_no_click():
    block, lost_after, lost = 480, 30, 749
    dice = np.random.default_rng(3)
    ends = np.cumsum([block] * 300)
    gone = np.where(np.arange(300) >= lost_after, lost, 0)
    late_ns = dice.exponential(200_000, 300).astype(np.int64)
    clocks = 5_000_000_000 + (ends + gone) * 1_000_000_000 // RATE + late_ns
    heard = Heard(np.zeros(300 * block, np.float32), ends, clocks, RATE)
    for sample in (5 * block, 100 * block + 7, 299 * block):
        true_ns = 5_000_000_000 + (sample + (lost if sample > lost_after * block else 0)) * (
            1_000_000_000 / RATE
        )
        assert heard.clock_at(sample) == pytest.approx(true_ns, abs=100_000)
