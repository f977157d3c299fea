"""Punching from the scorecard, by keys."""

from fractions import Fraction

import pytest
from fakes import FakeArchive, World, make_chart
from test_ui import HALF_S, note, on, open_game, play_all, start, text_of, to_stage, wait_until

from game.events import ClickPlan, PortFound, PortLost
from game.settings import Settings
from game.take import CompPart, Region
from game.ui.screens.punch_dialog import PunchDialog
from game.ui.strip_news import NEWS_S

SIZES = [(80, 24), (160, 50)]
WHOLE = Region(Fraction(0), Fraction(16))


async def to_scorecard(pilot, world, *, wrong=()):
    await to_stage(pilot)
    await start(pilot, world)
    play_all(world, wrong=wrong)
    await wait_until(pilot, lambda: on(pilot, "ScorecardScreen"))
    await pilot.pause(0.1)
    world.engine.position = None


async def to_pre_roll(pilot, world):
    await wait_until(pilot, lambda: on(pilot, "StageScreen") and pilot.app.screen._session)
    await wait_until(pilot, lambda: world.engine.position is not None)
    await wait_until(pilot, lambda: pilot.app.screen._session.phase == "playing")


async def play_region(pilot, world, first, last, *, late_s=0.0):
    """Start the punch, and play beats `first` to `last` of the chart."""
    await to_pre_roll(pilot, world)
    pitches = [each.pitch for each in make_chart().notes]
    for beat in range(first, last):
        for event in note(beat * HALF_S + late_s, pitches[beat]):
            world.engine.waiting.append(event)
    world.engine.position = world.engine.plan.end_s
    await wait_until(pilot, lambda: on(pilot, "ScorecardScreen"))
    await pilot.pause(0.1)
    world.engine.position = None


@pytest.mark.parametrize("size", SIZES)
async def test_a_punch_mends_the_worst_place_and_can_be_undone(size):
    world = World(archive=FakeArchive(Settings(preview_s=0)))
    async with open_game(world, size) as pilot:
        await to_scorecard(pilot, world, wrong=(5, 6))
        assert "14 of 16 right" in text_of(pilot)
        await pilot.press("p")
        await wait_until(pilot, lambda: on(pilot, "PunchDialog"))
        await wait_until(pilot, lambda: "worst place" in text_of(pilot))
        assert "2.2" in text_of(pilot)
        assert "2.4" in text_of(pilot)
        await pilot.press("enter")
        await play_region(pilot, world, 5, 7)
        plan = world.engine.plan
        assert (plan.start_s, plan.end_s) == (0.0, 4.0)
        # Around the place the take is heard, and silent inside it.
        (around,) = world.composer.sounds[-1].over.parts
        assert [round(key[0] / HALF_S) for key in around.keys] == [*range(5), *range(7, 16)]
        screen = text_of(pilot)
        assert "16 of 16 right" in screen
        assert "The seam is inaudible." in screen
        assert "Comp of takes 1, 2." in screen
        punch = world.archive.takes[2]
        region = Region(Fraction(5), Fraction(7))
        assert (punch.mode, punch.region) == ("punch", region)
        # The punch itself has no grade; the older take keeps its own.
        assert set(world.archive.scorecards) == {1}
        assert world.archive.comps.made == [(CompPart(1, WHOLE), CompPart(2, region))]
        await pilot.press("u")
        await wait_until(pilot, lambda: "14 of 16 right" in text_of(pilot))
        assert "Comp of" not in text_of(pilot)


async def test_several_punches_and_why_a_seam_is_heard():
    world = World(archive=FakeArchive(Settings(preview_s=0)))
    async with open_game(world, (120, 40)) as pilot:
        await to_scorecard(pilot, world, wrong=(5, 13))
        await pilot.press("p")
        await wait_until(pilot, lambda: on(pilot, "PunchDialog"))
        await pilot.press("enter")
        await play_region(pilot, world, 5, 6, late_s=0.06)
        assert "The seam is heard at punch-in 2.2: the note at the edge is 60 ms late" in text_of(
            pilot
        )
        await pilot.press("p")
        await wait_until(pilot, lambda: on(pilot, "PunchDialog"))
        assert "4.2" in text_of(pilot)
        await pilot.press("enter")
        await play_region(pilot, world, 13, 14)
        assert "Comp of takes 1, 2, 3." in text_of(pilot)
        assert "16 of 16" in text_of(pilot)
        assert len(world.archive.comps.made[-1]) == 3
        await pilot.press("u")
        await wait_until(pilot, lambda: "Comp of takes 1, 2." in text_of(pilot))
        await pilot.press("u")
        await wait_until(pilot, lambda: "14 of 16" in text_of(pilot))


async def test_the_edges_and_the_pre_roll_are_set_by_keys():
    world = World(archive=FakeArchive(Settings(preview_s=0)))
    async with open_game(world) as pilot:
        await to_scorecard(pilot, world)
        await pilot.press("p")
        await wait_until(pilot, lambda: on(pilot, "PunchDialog"))
        dialog = pilot.app.screen
        assert isinstance(dialog, PunchDialog)
        assert dialog.chosen == Region(Fraction(0), Fraction(4))
        await pilot.press("pagedown", "pagedown", "right")
        assert dialog.chosen == Region(Fraction(9), Fraction(10))
        await pilot.press("down", "pagedown", "pagedown", "pagedown", "right")
        assert dialog.chosen == Region(Fraction(9), Fraction(16))
        await pilot.press("up", "pagedown", "pagedown", "pagedown")
        assert dialog.chosen == Region(Fraction(15), Fraction(16))
        await pilot.press("pageup", "pageup", "down", "pageup", "pageup", "pageup")
        await pilot.press("down", "right", "right")
        await wait_until(pilot, lambda: "3 bars" in text_of(pilot))
        await pilot.press("up", "pagedown", "enter")
        await wait_until(pilot, lambda: on(pilot, "StageScreen"))
        await wait_until(pilot, lambda: world.engine.plan is not None)


async def test_escape_in_the_punch_goes_back_to_the_take():
    world = World(archive=FakeArchive(Settings(preview_s=30)))
    async with open_game(world) as pilot:
        await to_scorecard(pilot, world, wrong=(9,))
        loads = sum(isinstance(c, ClickPlan) for c in world.engine.commands)
        await pilot.press("p")
        await wait_until(pilot, lambda: on(pilot, "PunchDialog"))
        await pilot.press("escape")
        await wait_until(pilot, lambda: on(pilot, "ScorecardScreen"))
        await pilot.press("p")
        await wait_until(pilot, lambda: on(pilot, "PunchDialog"))
        await pilot.press("enter")
        await wait_until(pilot, lambda: on(pilot, "StageScreen") and pilot.app.screen._session)
        await wait_until(pilot, lambda: "0:05" in text_of(pilot))
        await pilot.press("escape")
        await wait_until(pilot, lambda: on(pilot, "ScorecardScreen"))
        assert "15 of 16" in text_of(pilot)
        assert sum(isinstance(c, ClickPlan) for c in world.engine.commands) == loads
        assert set(world.archive.takes) == {1}


async def test_the_strip_says_what_is_recorded():
    world = World(archive=FakeArchive(Settings(preview_s=0)))
    async with open_game(world) as pilot:
        await to_scorecard(pilot, world, wrong=(9,))
        await pilot.press("p")
        await wait_until(pilot, lambda: on(pilot, "PunchDialog"))
        await pilot.press("enter")
        await to_pre_roll(pilot, world)
        await wait_until(pilot, lambda: "In at 3.2" in text_of(pilot))
        world.engine.position = 4.6
        await wait_until(pilot, lambda: "REC to 3.3" in text_of(pilot))
        world.engine.position = 5.1
        await wait_until(pilot, lambda: "Out" in text_of(pilot))


async def test_the_best_bars_of_two_takes_become_a_comp():
    world = World(archive=FakeArchive(Settings(preview_s=0)))
    async with open_game(world) as pilot:
        await to_scorecard(pilot, world, wrong=(1, 2))
        await pilot.press("c")
        await wait_until(pilot, lambda: "needs two takes" in text_of(pilot))
        await pilot.press("a")
        await wait_until(pilot, lambda: world.engine.position is not None)
        await wait_until(pilot, lambda: on(pilot, "StageScreen"))
        await wait_until(pilot, lambda: pilot.app.screen._session.phase == "count_in")
        play_all(world, wrong=(13, 14))
        await wait_until(pilot, lambda: on(pilot, "ScorecardScreen"))
        await wait_until(pilot, lambda: "14 of 16" in text_of(pilot))
        await pilot.press("c")
        await wait_until(pilot, lambda: "Comp of takes" in text_of(pilot))
        await wait_until(pilot, lambda: "16 of 16" in text_of(pilot))
        assert "The seam is inaudible." in text_of(pilot)
        assert len(world.archive.comps.made[-1]) == 2
        await pilot.press("u")
        await wait_until(pilot, lambda: "14 of 16" in text_of(pilot))


async def play_pass(pilot, world, first, last, *, late_s=0.0):
    """A pass of a loop, up to where the next one begins."""
    await to_pre_roll(pilot, world)
    session = pilot.app.screen._session
    pitches = [each.pitch for each in make_chart().notes]
    for beat in range(first, last):
        world.engine.waiting += note(beat * HALF_S + late_s, pitches[beat])
    world.engine.position = world.engine.plan.end_s
    await wait_until(pilot, lambda: on(pilot, "StageScreen") and _is_next(pilot, session))


def _is_next(pilot, session):
    return pilot.app.screen._session not in (None, session)


async def test_a_loop_goes_round_until_it_is_left_and_the_best_pass_is_offered():
    world = World(archive=FakeArchive(Settings(preview_s=0)))
    async with open_game(world) as pilot:
        await to_scorecard(pilot, world, wrong=(5, 6))
        await pilot.press("p")
        await wait_until(pilot, lambda: on(pilot, "PunchDialog"))
        await pilot.press("up", "right")
        await wait_until(pilot, lambda: "round and round" in text_of(pilot))
        await pilot.press("enter")
        await play_pass(pilot, world, 5, 7, late_s=0.06)
        await play_pass(pilot, world, 5, 7)
        await to_pre_roll(pilot, world)
        await wait_until(pilot, lambda: "pass 3" in text_of(pilot))
        assert world.archive.comps.made == []
        await pilot.press("escape")
        await wait_until(pilot, lambda: on(pilot, "PassPicker"))
        await wait_until(pilot, lambda: "› Pass 2" in text_of(pilot))  # noqa: RUF001 - a pointer
        assert "seam heard at punch-in 2.2" in text_of(pilot)
        await pilot.press("up")
        await wait_until(pilot, lambda: "punch-in 2.2: the note at the edge" in text_of(pilot))
        await pilot.press("down")
        await pilot.press("enter")
        await wait_until(pilot, lambda: "Comp of takes 1, 3." in text_of(pilot))
        assert "16 of 16 right" in text_of(pilot)
        # Every pass is kept; the one that was chosen is the comp.
        assert [world.archive.takes[n].mode for n in (2, 3)] == ["punch", "punch"]
        region = Region(Fraction(5), Fraction(7))
        assert world.archive.comps.made == [(CompPart(1, WHOLE), CompPart(3, region))]
        await pilot.press("u")
        await wait_until(pilot, lambda: "14 of 16" in text_of(pilot))


async def test_a_pass_in_silence_ends_the_loop_and_the_take_may_stay_as_it_was():
    world = World(archive=FakeArchive(Settings(preview_s=0)))
    async with open_game(world) as pilot:
        await to_scorecard(pilot, world, wrong=(5,))
        await pilot.press("p")
        await wait_until(pilot, lambda: on(pilot, "PunchDialog"))
        await pilot.press("up", "right", "enter")
        await play_pass(pilot, world, 5, 6)
        await to_pre_roll(pilot, world)
        world.engine.position = world.engine.plan.end_s
        await wait_until(pilot, lambda: on(pilot, "PassPicker"))
        await wait_until(pilot, lambda: "As it was" in text_of(pilot))
        await pilot.press("escape")
        await wait_until(pilot, lambda: on(pilot, "ScorecardScreen"))
        assert "15 of 16" in text_of(pilot)
        assert world.archive.comps.made == []


async def test_a_comp_by_hand_takes_the_bars_that_are_chosen():
    world = World(archive=FakeArchive(Settings(preview_s=0)))
    async with open_game(world) as pilot:
        await to_scorecard(pilot, world, wrong=(1, 2))
        await pilot.press("b")
        await wait_until(pilot, lambda: "needs two takes" in text_of(pilot))
        await pilot.press("a")
        await wait_until(pilot, lambda: on(pilot, "StageScreen"))
        await wait_until(pilot, lambda: world.engine.position is not None)
        await wait_until(pilot, lambda: pilot.app.screen._session.phase == "count_in")
        play_all(world, wrong=(13, 14))
        await wait_until(pilot, lambda: on(pilot, "ScorecardScreen"))
        await wait_until(pilot, lambda: "14 of 16" in text_of(pilot))
        await pilot.press("b")
        await wait_until(pilot, lambda: on(pilot, "HandComp"))
        # It begins with what the comp by bar would take.
        assert pilot.app.screen._way in ([1, 1, 1, 0], [1, 0, 0, 0])
        await wait_until(pilot, lambda: "The seam is inaudible." in text_of(pilot))
        await pilot.press("down")
        await wait_until(pilot, lambda: "One take all through" in text_of(pilot))
        assert pilot.app.screen._way == [0, 0, 0, 0]
        await pilot.press("right", "right", "right", "down")
        assert pilot.app.screen._way == [0, 0, 0, 1]
        await pilot.press("enter")
        await wait_until(pilot, lambda: "12 of 16" in text_of(pilot))
        fourth = Region(Fraction(12), Fraction(16))
        assert world.archive.comps.made[-1] == (CompPart(1, WHOLE), CompPart(2, fourth))
        await pilot.press("u")
        await wait_until(pilot, lambda: "14 of 16" in text_of(pilot))


async def test_the_producer_wants_something_else():
    world = World(archive=FakeArchive(Settings(preview_s=30)))
    async with open_game(world, (120, 40)) as pilot:
        await to_scorecard(pilot, world)
        await pilot.press("r")
        await wait_until(pilot, lambda: on(pilot, "StageScreen") and pilot.app.screen._session)
        await wait_until(pilot, lambda: "The producer wants it at 100 quarters" in text_of(pilot))
        await wait_until(pilot, lambda: "0:10" in text_of(pilot))
        # A cable that comes and goes does not take the wish away.
        world.engine.waiting.append(PortLost("Piano"))
        await wait_until(pilot, lambda: "Piano is gone" in text_of(pilot))
        world.engine.waiting.append(PortFound("Piano"))
        await wait_until(pilot, lambda: "The producer wants it at 100 quarters" in text_of(pilot))
        world.engine.waiting.append(PortLost("Piano"))
        await wait_until(pilot, lambda: "Piano is gone" in text_of(pilot))
        world.clock.now += NEWS_S
        await wait_until(pilot, lambda: "The producer wants it at 100 quarters" in text_of(pilot))
        await start(pilot, world)
        await wait_until(pilot, lambda: pilot.app.screen._session.phase == "count_in")
        for index, each in enumerate(make_chart().notes):
            world.engine.waiting += note(index * 0.6, each.pitch)
        world.engine.position = world.engine.plan.end_s
        await wait_until(pilot, lambda: on(pilot, "ScorecardScreen"))
        await wait_until(pilot, lambda: "The change was secure at once." in text_of(pilot))
        assert world.archive.takes[2].quarter_bpm == 100.0
        assert world.archive.takes[2].code == ""
        world.composer.fails = "nothing in this chart can be changed: play another"
        await pilot.press("r")
        await wait_until(pilot, lambda: "nothing in this chart can be changed" in text_of(pilot))
