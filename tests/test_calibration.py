"""Latency by tapping: found within 3 ms, or refused; never guessed."""

from __future__ import annotations

import contextlib
import json
import random

import click
import msgspec
import pytest
from click.testing import CliRunner
from fakes import FakeEngine, World, make_chart
from test_storage_progress import a_grade, a_take
from test_ui import open_game

import game.devices.client
from exercises.chart import write_chart_json
from game.commands.calibrate import command, measure
from game.events import AudioState, ClickPlan, NoteEvent, OpenAudio, OpenInput, PortLost, SetLatency
from game.places import database_file
from game.sessions.calibration import (
    BEAT_S,
    GROUP,
    GROUPS,
    MOST_TAPS,
    SURE_MS,
    is_silent,
    plan_calibration,
    weigh_taps,
)
from game.sessions.lean import TakeTime, find_lean, say_lean
from game.settings import Calibration
from game.storage.archive import open_archive
from game.ui.latency import find_hint


def seeded(seed):
    return random.Random(seed)  # noqa: S311 - a test's own dice


def tap(rng, latency_ms, spread_ms, *, first=3, slips=0.03, lean_on_last=0.3, count=MOST_TAPS):
    """A round of a human's taps: a late start, wandering errors, a slip now and then."""
    taps, error = [], 0.0
    fresh = spread_ms * (1 - lean_on_last**2) ** 0.5
    for beat in range(first, GROUPS * GROUP):
        if is_silent(beat) or len(taps) == count:
            continue
        error = lean_on_last * error + rng.gauss(0, fresh)
        if rng.random() < slips:
            if rng.random() < 0.5:
                continue
            error += rng.choice((-1, 1)) * rng.uniform(80, 150)
        taps.append(beat * BEAT_S + (latency_ms + error) / 1000)
        error = max(-2 * spread_ms, min(2 * spread_ms, error))
    return taps


def find_answer(rng, latency_ms, spread_ms, rounds=3):
    """As a player does: tap until there is an answer, and more rounds where they are offered."""
    done = []
    for _ in range(rounds):
        taps = tap(rng, latency_ms, spread_ms)
        for end in range(24, len(taps) + 1, 5):
            opinion = weigh_taps([*done, taps[:end]])
            if opinion.state == "good":
                return opinion
        opinion = weigh_taps([*done, taps], is_over=True)
        if opinion.state != "unsure":
            return opinion
        done.append(taps)
    return opinion


def test_a_latency_is_found_within_3_ms_in_95_percent_of_200_runs_or_refused():
    rng = seeded(2)
    answered, wrong = [], []
    for run in range(200):
        latency_ms = -45 + 1035 * run / 199
        spread_ms = (4, 7, 9, 20)[run % 4]
        opinion = find_answer(rng, latency_ms, spread_ms, rounds=2)
        if opinion.state == "good":
            answered.append(spread_ms)
            wrong += [run] * (abs(opinion.latency_ms - latency_ms) > SURE_MS)
    assert len(wrong) <= 0.05 * 200
    assert len(answered) >= 110


def test_the_answer_has_a_sign():
    assert weigh_taps([tap(seeded(1), -30, 5)]).latency_ms == pytest.approx(-30, abs=3)
    assert weigh_taps([tap(seeded(1), 250, 5)]).latency_ms == pytest.approx(250, abs=3)
    assert "30 ms early" in weigh_taps([tap(seeded(1), -30, 1)]).detail


def test_taps_of_a_whole_beat_and_more_are_told_apart_by_the_rests():
    for latency_ms in (20, 20 + 1000 * BEAT_S):
        opinion = weigh_taps([tap(seeded(3), latency_ms, 6)])
        assert opinion.latency_ms == pytest.approx(latency_ms, abs=3)


def test_who_taps_through_the_rests_is_asked_to_rest():
    taps = [beat * BEAT_S + 0.02 for beat in range(40)]
    opinion = weigh_taps([taps], is_over=True)
    assert opinion.state == "refused"
    assert opinion.latency_ms is None
    assert "rest where the click rests" in opinion.detail


def test_a_wide_spread_is_refused_with_its_figure():
    opinion = weigh_taps([tap(seeded(5), 40, 48, slips=0, lean_on_last=0)], is_over=True)
    assert opinion.state == "refused"
    assert "30 ms can be measured" in opinion.detail


def test_taps_anywhere_are_refused():
    rng = seeded(6)
    taps = sorted(rng.uniform(0, 25) for _ in range(50))
    assert weigh_taps([taps], is_over=True).state == "refused"


def test_too_few_taps_are_refused_at_the_end_and_asked_for_before():
    taps = tap(seeded(7), 40, 5, count=23)
    assert weigh_taps([taps]).state == "more"
    assert weigh_taps([taps], is_over=True).state == "refused"
    assert weigh_taps([[]]).state == "more"


def test_a_round_that_leaves_doubt_is_added_to_by_the_next():
    rng = seeded(8)
    one = weigh_taps([tap(rng, 80, 15, slips=0)], is_over=True)
    assert one.state == "unsure"
    rounds = [tap(rng, 80, 15, slips=0) for _ in range(6)]
    all_of_them = weigh_taps(rounds, is_over=True)
    assert all_of_them.state == "good"
    assert all_of_them.margin_ms < one.margin_ms


def test_the_plan_rests_on_every_eighth_beat():
    clicks = plan_calibration().clicks
    beats = [round(click.onset_s / BEAT_S) for click in clicks]
    assert [beat for beat in range(24) if beat not in beats] == [7, 15, 23]
    assert len(clicks) >= MOST_TAPS


STEADY = [(31.0, 20.0), (28.0, 25.0), (35.0, 18.0), (30.0, 30.0)]


def test_four_even_takes_that_lean_alike_are_worth_a_hint():
    assert find_lean(STEADY) == 30.5
    assert "31 ms behind" in say_lean(30.6)
    assert find_lean([(-bias, spread) for bias, spread in STEADY]) == -30.5


async def test_who_lays_back_as_asked_is_not_told_to_calibrate():
    world = World()
    async with open_game(world):
        for pocket, hint in (("", True), ("back", False), ("on top", True)):
            world.archive.history.times = [TakeTime(27.0, 20.0, 0.0, "rock", 120.0, pocket)] * 5
            assert bool(await find_hint(world.app)) == hint


@pytest.mark.parametrize(
    "leans",
    [
        STEADY[:3],
        [(5.0, 20.0), *STEADY[1:]],
        [(31.0, 50.0), *STEADY[1:]],
        [(-31.0, 20.0), *STEADY[1:]],
        [(90.0, 20.0), *STEADY[1:]],
    ],
)
def test_few_small_unsteady_or_unlike_leans_are_not(leans):
    assert find_lean(leans) is None


class Tapper(FakeEngine):
    """An engine at which a human taps, `latency_ms` late; each round is there at once."""

    def __init__(self, latency_ms=120, spread_ms=5, **kwargs):
        super().__init__(**kwargs)
        self.rng = seeded(11)
        self.late = (latency_ms, spread_ms)

    def send(self, command):
        super().send(command)
        if type(command).__name__ == "Start":
            times = tap(self.rng, *self.late, slips=0)
            self.waiting += [NoteEvent(time, "on", 60, 80) for time in times]


def run(engine, **options):
    said = []
    made, opinion = measure(
        engine,
        audio=OpenAudio(),
        keyboard=OpenInput(None),
        say=said.append,
        clock=iter(range(1000)).__next__,
        sleep=lambda _: None,
        **options,
    )
    return made, opinion, said


def test_the_command_measures_without_any_latency_taken_off():
    engine = Tapper()
    made, opinion, said = run(engine)
    assert engine.commands[0] == SetLatency(0.0)
    assert made.latency_ms == pytest.approx(120, abs=SURE_MS)
    assert (made.audio, made.midi) == ("fake", "Grand Piano MIDI 1")
    assert opinion.state == "good"
    assert "Tap any one key" in said[0]


def test_an_uneven_hand_is_given_more_rounds():
    engine = Tapper(latency_ms=300, spread_ms=8)
    made, _, said = run(engine)
    assert sum(isinstance(each, ClickPlan) for each in engine.commands) > 1
    assert made.latency_ms == pytest.approx(300, abs=SURE_MS)
    assert "Another round" in said[1]


@pytest.mark.parametrize(
    ("engine", "words"),
    [
        (Tapper(keyboard=None), "no MIDI keyboard answers"),
        (Tapper(sound=False), "no click to tap to"),
    ],
)
def test_a_missing_device_is_named(engine, words):
    with pytest.raises(click.ClickException, match=words):
        run(engine)


def test_a_keyboard_that_leaves_ends_it():
    engine = Tapper(spread_ms=80)
    taps = engine.send

    def send(command):
        taps(command)
        if isinstance(command, ClickPlan):
            engine.waiting.append(PortLost("Keys"))

    engine.send = send
    with pytest.raises(click.ClickException, match="Keys is gone"):
        run(engine)


def test_the_command_keeps_what_it_found(tmp_path, monkeypatch):
    monkeypatch.setenv("FIRST_TAKE_HOME", str(tmp_path))
    monkeypatch.setattr(game.devices.client, "EngineProcess", Tapper)
    answer = CliRunner().invoke(command, ["--json"])
    document = json.loads(answer.stdout)
    assert document["kept"]
    assert document["latency_ms"] == pytest.approx(120, abs=SURE_MS)
    archive = open_archive(database_file())
    (kept,) = archive.load_settings().calibrations
    archive.close()
    assert kept.latency_ms == document["latency_ms"]


async def wait_until(pilot, holds):
    for _ in range(1000):
        if holds():
            return
        await pilot.pause(0.02)
    raise AssertionError(f"it never came to that on {pilot.app.screen}")


@contextlib.asynccontextmanager
async def calibration_screen(world, size=(80, 24)):
    async with world.app.run_test(size=size) as pilot:
        await wait_until(pilot, lambda: world.app.is_ready)
        await pilot.press("o", "c")
        await wait_until(pilot, lambda: type(world.app.screen).__name__ == "CalibrationScreen")
        await wait_until(pilot, lambda: world.app.status.audio is not None)
        yield pilot
    world.app.records.close()


async def test_on_the_screen_it_is_measured_kept_and_taken_off():
    world = World(engine=Tapper(latency_ms=85))
    async with calibration_screen(world) as pilot:
        await pilot.press("enter")
        await wait_until(pilot, lambda: world.app.screen._tapping.opinion.state == "good")
        assert SetLatency(0.0) in world.engine.commands
        await pilot.press("enter")
        await wait_until(pilot, lambda: world.archive.settings.calibrations)
        kept = world.archive.settings.calibrations[0].latency_ms
        assert kept == pytest.approx(85, abs=SURE_MS)
        told = [one for one in world.engine.commands if isinstance(one, SetLatency)]
        assert told[-1] == SetLatency(kept)
        assert world.app.latency.ms == kept


async def test_without_sound_nothing_is_measured():
    world = World(engine=Tapper(sound=False))
    async with calibration_screen(world, (160, 50)) as pilot:
        await pilot.press("enter")
        await pilot.pause()
        assert not any(isinstance(each, ClickPlan) for each in world.engine.commands)


async def test_a_calibration_of_other_devices_takes_nothing_off():
    world = World()
    other = Calibration("jack", "Other keys", 200.0, 5.0, 30, "2026-01-01T00:00:00+00:00")
    async with calibration_screen(world) as pilot:
        world.app.change_settings(calibrations=(other,))
        await pilot.pause()
        assert world.app.latency.ms == 0.0


async def test_a_device_that_is_lost_keeps_its_latency():
    world = World(engine=Tapper())
    kept = Calibration("fake", "Grand Piano MIDI 1", 40.0, 5.0, 30, "2026-01-01T00:00:00+00:00")
    async with calibration_screen(world) as pilot:
        world.app.change_settings(calibrations=(kept,))
        world.engine.waiting += [
            PortLost("Grand Piano MIDI 1"),
            AudioState(ok=False, backend="none", detail="gone"),
        ]
        await wait_until(pilot, lambda: world.app.status.keyboard is None)
        assert world.app.latency.ms == 40.0


def test_the_latest_takes_are_read_with_the_latency_that_was_taken_off(tmp_path):
    archive = open_archive(tmp_path / "takes.db")
    assert archive.history.list_times(4) == []
    chart = make_chart()
    back = msgspec.structs.replace(chart, drill=msgspec.structs.replace(chart.drill, pocket="back"))
    for asked in (chart, back):
        take = msgspec.structs.replace(a_take(1), chart_json=write_chart_json(asked), source="midi")
        card = a_grade()
        time = msgspec.structs.replace(card.time, bias_ms=20.0, spread_ms=10.0)
        card = msgspec.structs.replace(card, time=time)
        archive.add_scorecard(archive.add_take(take), card)
    assert [time.pocket for time in archive.history.list_times(4)] == ["back", ""]
    archive.close()
    assert TakeTime(1.0, 2.0, 3.0, "jazz", 120.0).latency_ms == 3.0
