"""By ear: what is heard, played back, and graded."""

import msgspec
import pytest
from fakes import FakeArchive, World, make_chart
from test_ui import note, on, open_game, text_of, wait_until

from game.coach.runs import describe_played
from game.events import NoteEvent
from game.sessions.by_ear import ByEar, Phrase, grade_by_ear, say_shift
from game.sessions.plan import take_timeline
from game.settings import Settings


def play_back(*, shift=0, late_s=0.0, wrong=()):
    events = []
    for index, each in enumerate(make_chart().notes):
        pitch = each.pitch + shift + (1 if index in wrong else 0)
        onset = index * 0.5 + late_s * (index % 2)
        events += [
            NoteEvent(onset, "on", pitch, 80, "midi"),
            NoteEvent(onset + 0.45, "off", pitch, 0, "midi"),
        ]
    return events


def grade(events, hearings=1):
    chart = make_chart()
    timeline = take_timeline(chart, quarter_bpm=120.0)
    return grade_by_ear(chart, events, timeline=timeline, style=None, level=1, hearings=hearings)


def test_what_was_heard_right_is_worth_all_and_less_for_every_hearing():
    totals = [grade(play_back(), hearings).total for hearings in (0, 1, 2, 3, 5, 9)]
    assert totals[0] == totals[1] > 99
    assert totals[2] == pytest.approx(0.9 * totals[1])
    assert totals[3] == pytest.approx(0.8 * totals[1])
    assert totals[4] == totals[5] == pytest.approx(0.6 * totals[1])


@pytest.mark.parametrize("shift", [-12, -5, -1, 0, 1, 2, 6, 12])
def test_another_key_is_found_and_another_octave_is_no_fault(shift):
    found = grade(play_back(shift=shift))
    assert found.shift == shift
    assert found.pitches > 99
    assert found.total == pytest.approx(grade(play_back()).total * (0.75 if shift % 12 else 1))


def test_wrong_pitches_and_wrong_rhythm_cost_what_they_are_worth():
    right = grade(play_back())
    some = grade(play_back(wrong=(2, 5, 9)))
    assert some.shift == 0
    assert some.pitches < right.pitches
    assert some.total < right.total
    uneven = grade(play_back(late_s=0.12))
    assert uneven.pitches > 99
    assert uneven.rhythm < right.rhythm
    assert grade([]).total < 10
    assert (say_shift(0), say_shift(12)) == ("in the right key", "an octave high")
    assert (say_shift(-2), say_shift(5)) == ("a whole step too low", "5 half-steps too high")


def test_a_run_has_four_phrases_that_grow():
    for level in (1, 4, 9):
        run = ByEar(level, 7, ("jazz", "pop"))
        bars = []
        while (turn := run.turn) is not None:
            bars.append(turn.request.bars)
            card = grade(play_back()).scorecard
            played = describe_played(make_chart(), card, seconds=8.0)
            run = run.after_phrase(Phrase(msgspec.structs.replace(played, total=50.0), 2, 1), 9.0)
        assert bars == sorted(bars)
        assert 1 <= bars[0] <= bars[-1] <= 4
        report = run.report()
        assert report.score == 50.0
        assert report.lines[0].value == "50, heard twice, a half-step too high"


async def test_a_phrase_is_heard_on_an_empty_page_and_then_seen_written():
    world = World(archive=FakeArchive(Settings(preview_s=0, calls_seed=5)))
    async with open_game(world, (100, 30)) as pilot:
        await wait_until(pilot, lambda: pilot.app.screen._style)
        await pilot.press("c")
        await wait_until(pilot, lambda: on(pilot, "CallBoard") and pilot.app.screen._is_read)
        await pilot.press("e")
        await wait_until(pilot, lambda: on(pilot, "StageScreen") and pilot.app.screen._session)
        stage = pilot.app.screen
        assert all(not system.notes for system in stage._score.page.systems)
        assert stage._page.systems[0].notes
        await wait_until(pilot, lambda: "Tab plays it; it begins on C4" in text_of(pilot))
        await wait_until(pilot, lambda: stage._backing._sound is not None)
        await pilot.press("tab")
        await wait_until(pilot, lambda: world.engine.position is not None)
        await pilot.press("tab", "tab", "space")
        await wait_until(pilot, lambda: stage._session.phase == "count_in")
        for index, each in enumerate(make_chart().notes):
            world.engine.waiting += note(index * 0.5, each.pitch + 2)
        world.engine.position = world.engine.plan.end_s
        await wait_until(pilot, lambda: on(pilot, "EarResult"))
        await wait_until(pilot, lambda: "a whole step too high; heard twice" in text_of(pilot))
        assert pilot.app.screen._score.page.systems[0].notes
        world.engine.position = None
        await pilot.press("enter")
        await wait_until(pilot, lambda: on(pilot, "StageScreen"))
        await wait_until(pilot, lambda: pilot.app.screen._session)
        await pilot.press("escape")
        await wait_until(pilot, lambda: on(pilot, "RunResultScreen"))
    assert world.archive.takes[1].mode == "ear"
