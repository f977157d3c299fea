"""A scorecard never contradicts itself: what its sentences say fits its figures and each other."""

from functools import cache

import msgspec
import pytest

from exercises.chart import ComposeError
from exercises.compose.chart import compose_chart
from exercises.drill import DrillRequest
from exercises.request import resolve_drill
from exercises.tempi import tempo_map
from game.performer.performance import Profile, perform
from game.scoring.grade import grade_take
from game.scoring.sentences import explain_scores
from game.scoring.words import describe_grade, write_rubric
from styles.loader import load_styles
from tests.reading import by_rote, grade, melody

STYLES = load_styles().styles
EVEN = Profile(spread_ms=18, chord_spread_ms=8, touch=5, length=0.92, length_spread=0.06)


def player(**more):
    return msgspec.structs.replace(EVEN, **more)


PLAYERS = {
    "even": EVEN,
    "unsteady": player(spread_ms=70),
    "begins bars again": player(stumbles=0.2, stumble_kinds="restart,inside,back"),
    "stays late": player(stumbles=0.2, stumble_kinds="restart,inside,back", stays_late=1.0),
    "hesitates": player(stumbles=0.2, stumble_kinds="hesitation"),
    "leaves bars out": player(stumbles=0.2, stumble_kinds="skip,drop"),
    "strikes twice": player(stumbles=0.3, stumble_kinds="stutter"),
    "left hand late": player(left_late_ms=300),
    "right hand late": player(right_late_ms=120),
    "drags": player(lean_ms_per_bar=14),
    "rushes": player(lean_ms_per_bar=-8),
    "behind": player(bias_ms=60),
    "has latency": player(bias_ms=130),
    "ahead": player(bias_ms=-45),
    "wrong": player(wrong=0.2),
    "leaves notes out": player(missing=0.2),
    "brushes keys": player(extra=0.25),
    "lets go": player(length=0.2),
    "holds on": player(length=1.35),
    "uneven touch": player(touch=20),
    "reads slowly": player(
        spread_ms=90,
        wrong=0.1,
        missing=0.08,
        stumbles=0.25,
        length=0.6,
        length_spread=0.25,
        touch=12,
    ),
}
FREE = {"even", "unsteady", "stays late", "hesitates", "leaves notes out", "reads slowly"}
PLACES = [
    ("jazz", 5, "grand"),
    ("classical", 3, "grand"),
    ("funk", 6, "pads"),
    ("blues", 7, "lead"),
    ("bossa", 6, "comping"),
]
TAKES = [
    *((name, place, False) for name in PLAYERS for place in PLACES),
    *((name, place, True) for name in sorted(FREE) for place in PLACES[:2]),
]
ALLOWED_BARS = 1 / 3
"""Of the bars: single ones may be late in a take that is early as a whole."""


@cache
def compose(style, level, kind):
    for seed in range(1, 20):
        try:
            drill = resolve_drill(DrillRequest(style, level, kind=kind, seed=seed), STYLES[style])
            return compose_chart(drill, STYLES[style]).chart
        except ComposeError:
            continue
    raise AssertionError((style, level, kind))


@cache
def card(name, place, free):
    style, level, _ = place
    chart = compose(*place)
    clock = {"timeline": tempo_map(chart, chart.drill.quarter_bpm), "style": STYLES[style]}
    take = perform(chart, PLAYERS[name], level=level, seed=7, **clock)
    return grade_take(chart, take.events, level=level, free=free, **clock)


def share_of_bars(scorecard, *verdicts):
    written = [bar for bar in scorecard.bars if bar.written]
    return sum(bar.verdict in verdicts for bar in written) / len(written)


@pytest.mark.parametrize(("name", "place", "free"), TAKES)
def test_what_is_said_of_the_time_fits_the_bars(name, place, free):
    scorecard = card(name, place, free)
    said = explain_scores(scorecard)["time"]
    if "far off" in said or "calibrate" in said or " at the end" in said:
        return
    if "steady" in said:
        assert share_of_bars(scorecard, "unsteady") <= ALLOWED_BARS
        assert scorecard.scores.time >= 75 or "where the click was" in said
    if said.startswith("On the click"):
        assert share_of_bars(scorecard, "early", "late") <= 0.5
    if "ahead of the click" in said:
        assert share_of_bars(scorecard, "late") <= ALLOWED_BARS
    if "behind the click" in said:
        assert share_of_bars(scorecard, "early") <= ALLOWED_BARS


@pytest.mark.parametrize(("name", "place", "free"), TAKES)
def test_sentences_fit_one_another(name, place, free):
    scorecard = card(name, place, free)
    said, whole = explain_scores(scorecard), describe_grade(scorecard)
    flow = scorecard.flow
    if flow.stops + flow.restarts + flow.skipped_bars:
        assert "fluent throughout" not in write_rubric(scorecard).lower()
    if free:
        assert "click" not in f"{whole} {' '.join(said.values())} {write_rubric(scorecard)}"
    if "calibrate" in said["time"]:
        assert "calibrate" in whole or "hand was left out" in whole
        assert "dragging" not in said["feel"].lower()
    if "at the end" in said["time"]:
        assert "calibrate" not in whole
    if place[2] == "pads":
        assert not {"accidentals", "chords"} & set(whole.replace(",", "").split())
        assert "marks" not in said["dynamics"]
    if "Hold" in whole:
        assert "Held too long" not in said["lengths"]
    if "Let go on time:" in whole:
        assert "Held too long" in said["lengths"]


@pytest.mark.parametrize("place", PLACES)
def test_each_fault_is_the_one_that_is_named(place):
    """What somebody does wrong, and nothing else, is what the first line speaks of."""
    for name, words in {
        "has latency": ("calibrate",),
        "wrong": ("Look over", "Mend first"),
        "brushes keys": ("Play what is written", "Mend first"),
        "hesitates": ("Keep going", "come back in with the click", "worth keeping"),
        "drags": ("You dragged", "Keep going"),
    }.items():
        said = describe_grade(card(name, place, free=False))
        assert any(word in said for word in words), (name, said)


def test_the_first_line_and_the_rubric_go_by_the_scores_that_are_shown():
    """A total that is shown as 90 is praised as 90."""
    scorecard = card("even", PLACES[0], free=False)
    scores = scorecard.scores
    for total, praise in ((89.6, "A first take worth keeping."), (89.4, "A solid reading.")):
        shown = msgspec.structs.replace(
            scorecard, scores=msgspec.structs.replace(scores, total=total, notes=total)
        )
        assert describe_grade(shown).startswith(praise)
        assert ("notes accurate" in write_rubric(shown)) == (total > 89.5)


def test_of_a_single_slip_only_the_bar_is_told():
    """Nobody has to look over a whole page for one wrong note of sixteen."""
    chart = melody()
    wrong = [
        msgspec.structs.replace(event, pitch=event.pitch + (5 if 3.0 <= event.onset_s < 3.5 else 0))
        for event in by_rote(chart)
    ]
    assert "15 of 16 right" in explain_scores(grade(chart, wrong))["notes"]
    assert describe_grade(grade(chart, wrong)).endswith("Only bar 2 slipped.")


def test_two_slips_in_a_dozen_notes_are_more_than_slips():
    chart = melody(bars=3)
    wrong = [
        msgspec.structs.replace(event, pitch=event.pitch + 5 * (event.onset_s % 3.6 < 0.55))
        for event in by_rote(chart)
    ]
    assert "10 of 12 right" in explain_scores(grade(chart, wrong))["notes"]
    assert "slipped" not in describe_grade(grade(chart, wrong))
