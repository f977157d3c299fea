"""The scorecard's reasons: every score in one sentence, every diagnosis with its key."""

import dataclasses

import msgspec
import pytest
from fakes import FakeArchive, World, make_chart
from rich.console import Console
from test_ui import on, open_game, play_all, start, text_of, to_stage, wait_until

from exercises.drill import DrillRequest
from exercises.tempi import tempo_map
from game.performer.performance import PROFILES, perform
from game.scoring.grade import grade_take
from game.scoring.results import Diagnosis
from game.settings import Settings
from game.ui.reasons import list_drills, list_scores, read_drill
from game.ui.review.words import count_rows, say_diagnoses
from game.ui.screens.why import WhyDialog
from styles.loader import load_style

COLOURS = {"primary": "#59a7e3", "foreground": "#e0e0e0"}
LONG = Diagnosis(
    "accidental not carried through the bar",
    "the F sharp of beat 1 was an F natural when it came again on beat 3",
    (2, 3, 5, 8, 13, 21, 34),
    12,
    {"style": "rnb_soul", "level": 10, "focus": "accidentals"},
)
WORST = (LONG, *(LONG for _ in range(5)))


@pytest.fixture(scope="module")
def scorecards():
    chart = make_chart(bars=8)
    judged = {"timeline": tempo_map(chart, 120.0), "style": load_style("rock"), "level": 3}
    takes = [perform(chart, each, seed=4, **judged).events for each in PROFILES.values()]
    return [grade_take(chart, take, **judged) for take in [*takes, ()]]


@pytest.mark.parametrize("columns", [45, 51, 66, 76, 90, 140])
def test_no_line_is_wider_than_its_room_and_no_word_is_lost(scorecards, columns):
    for card in scorecards:
        lines = list_scores(card, columns, COLOURS).plain.split("\n")
        assert max(map(len, lines)) <= columns
        assert [line.split()[0] for line in lines if line[:1].strip()] == [
            *("Notes", "Time", "Lengths", "Flow", "Dynamics", "Feel")
        ]
        assert sum(" of 32 right" in line for line in lines) == (columns >= 51)


@pytest.mark.parametrize("columns", [40, 66, 76])
def test_long_diagnoses_are_told_whole(scorecards, columns):
    card = msgspec.structs.replace(scorecards[0], diagnoses=WORST)
    said = list_drills(card, columns).plain
    assert max(map(len, said.split("\n"))) <= columns
    assert " ".join(said.split()).count("12 times, bars 2, 3, 5, 8, 13, 21…") == 5
    assert [line[0] for line in said.split("\n") if line[0] != " "] == list("12345")
    assert read_drill(LONG) == DrillRequest(style="rnb_soul", level=10, focus="accidentals")


def test_a_diagnosis_without_a_drill_has_no_key(scorecards):
    bare = msgspec.structs.replace(LONG, drill={})
    card = msgspec.structs.replace(scorecards[0], diagnoses=(bare,))
    assert list_drills(card, 76).plain.startswith("   Accidental")
    assert read_drill(bare) is None
    busy = msgspec.structs.replace(scorecards[0], diagnoses=(LONG,))
    assert list_drills(busy, 76, with_keys=False).plain.startswith("   Accidental")


def test_the_review_has_rows_for_all_that_is_to_be_mended():
    for here in (0, 5):
        said = say_diagnoses(WORST[:5], here)
        assert len(said.wrap(Console(width=76), 76)) <= count_rows(WORST[:5], 76) <= 5
    assert count_rows((), 76) == 1


@pytest.mark.parametrize(("size", "shows_score"), [((80, 24), False), ((80, 40), True)])
async def test_a_key_of_the_scorecard_asks_for_the_drill(size, shows_score):
    world = World(archive=FakeArchive(Settings(preview_s=0)))
    async with open_game(world, size) as pilot:
        await wait_until(pilot, lambda: "Classical, level 1" in text_of(pilot))
        await to_stage(pilot)
        await start(pilot, world)
        play_all(world, wrong=(5,))
        await wait_until(pilot, lambda: on(pilot, "ScorecardScreen"))
        screen = pilot.app.screen
        mended = Diagnosis(
            "rests played through",
            "",
            (2,),
            1,
            {"style": "classical", "level": 2, "focus": "rests"},
        )
        card = msgspec.structs.replace(screen.outcome.scorecard, diagnoses=(mended,))
        screen.outcome = dataclasses.replace(screen.outcome, scorecard=card)
        # Staves that would be cropped give their rows to what is to be mended; spare rows it has.
        screen.recolour()
        await wait_until(pilot, lambda: screen.query_one("ScoreView").display == shows_score)
        await pilot.pause()
        assert "Rests played through" in text_of(pilot)
        await pilot.press("2")
        assert on(pilot, "ScorecardScreen")
        await pilot.press("1")
        await wait_until(pilot, lambda: on(pilot, "StageScreen"))
        assert world.composer.requests[-1].focus == "rests"


async def test_in_the_middle_of_a_job_no_drill_is_asked_for(scorecards):
    world = World()
    async with open_game(world) as pilot:
        card = msgspec.structs.replace(scorecards[0], diagnoses=(LONG,))
        pilot.app.push_screen(WhyDialog(card, asks=False))
        await wait_until(pilot, lambda: "Accidental not carried" in text_of(pilot))
        assert "practises it" not in text_of(pilot)
        await pilot.press("1")
        assert on(pilot, "WhyDialog")
