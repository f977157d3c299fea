"""Kinds of chart on the screens: chosen in the set-up, shown and marked on the stage."""

import pytest
from fakes import World
from test_ui import on, open_game, text_of, wait_until

from exercises.chart import write_chart_json
from exercises.compose.chart import compose_chart
from exercises.drill import DrillRequest
from exercises.musicxml import write_musicxml
from exercises.request import resolve_drill
from game.notation.engrave import engrave
from game.performer.performance import PROFILES, perform
from game.requests import ChartReady
from game.ui.score.view import ScoreView
from game.ui.screens.setup import kinds_at
from styles.loader import load_styles

JAZZ = load_styles().styles["jazz"]


def test_a_level_offers_the_kinds_that_it_reads():
    assert [kind for _, kind in kinds_at(1)] == ["grand", "pads"]
    five = ["grand", "lead", "comping", "number", "bass", "pads"]
    assert [kind for _, kind in kinds_at(5)] == five


async def test_set_up_asks_for_a_kind_that_the_level_reads():
    world = World()
    async with open_game(world) as pilot:
        await pilot.press("s")
        await wait_until(pilot, lambda: on(pilot, "SetupScreen"))
        await pilot.press("up", "right")
        await wait_until(pilot, lambda: "pads" in text_of(pilot))
        await pilot.press("left")
        assert "lead" not in text_of(pilot)
        await pilot.press("up", *["right"] * 5)
        await wait_until(pilot, lambda: "Level" in text_of(pilot))
        await pilot.press("down", "right")
        await wait_until(pilot, lambda: "lead sheet" in text_of(pilot))
        await pilot.press("right", "enter")
        await wait_until(pilot, lambda: on(pilot, "StageScreen"))
        assert world.composer.requests[0].kind == "comping"
        assert world.composer.requests[0].level == 6


async def test_set_up_offers_what_the_chair_reads():
    world = World()
    async with open_game(world) as pilot:
        await pilot.press("s")
        await wait_until(pilot, lambda: on(pilot, "SetupScreen"))
        await pilot.press("up", "up", *["right"] * 4, *["down"] * 9)
        await pilot.press(*["right"] * 5)
        await wait_until(pilot, lambda: "Synth lead: touch does not count" in text_of(pilot))
        assert "lead sheet, the left hand" in text_of(pilot)
        await pilot.press("enter")
        await wait_until(pilot, lambda: on(pilot, "StageScreen"))
        assert world.composer.requests[0].chair == "synth lead"
        assert world.composer.requests[0].kind == "lead"


class Engraved(World):
    """A world whose composer engraves in earnest."""

    def __init__(self):
        super().__init__()
        self.composer._answer = self._engrave

    def _engrave(self, chart, page):
        answer = ChartReady(
            self.composer._ticket,
            write_chart_json(chart),
            engrave(write_musicxml(chart), chart, page),
        )
        self.composer._answers.append(answer)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("lead", "lead sheet"),
        ("comping", "comping"),
        ("number", "number chart"),
        ("bass", "bass line"),
    ],
)
async def test_a_chart_of_each_kind_is_played_on_the_stage(kind, words):
    drill = resolve_drill(DrillRequest("jazz", 5, kind=kind, seed=3, bars=4), JAZZ)
    chart = compose_chart(drill, JAZZ).chart
    world = Engraved()
    async with open_game(world, (110, 40)) as pilot:
        world.app.play_chart(write_chart_json(chart))
        await wait_until(pilot, lambda: on(pilot, "StageScreen") and pilot.app.screen._session)
        await wait_until(pilot, lambda: words in text_of(pilot))
        await pilot.press("space")
        await wait_until(pilot, lambda: world.engine.position is not None)
        session = pilot.app.screen._session
        played = perform(
            chart, PROFILES["perfect"], timeline=session.timeline, style=JAZZ, level=5, seed=1
        )
        world.engine.waiting += [e for e in played.events if e.onset_s < 3.0]
        world.engine.position = 3.0
        score = pilot.app.screen.query_one(ScoreView)
        await wait_until(pilot, lambda: score.verdicts)
        await pilot.pause(0.05)
        assert set(score.verdicts.values()) == {"right"}
        places = {note.id for system in score.page.systems for note in system.notes}
        assert set(score.verdicts) <= places
        world.engine.waiting += [e for e in played.events if e.onset_s >= 3.0]
        world.engine.position = world.engine.plan.end_s
        await wait_until(pilot, lambda: on(pilot, "ScorecardScreen"))
        await wait_until(pilot, lambda: "100" in text_of(pilot))
