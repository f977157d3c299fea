"""Diagnoses: takes made wrong on purpose are named right, and honest ones are not accused."""

from collections import Counter
from fractions import Fraction
from itertools import pairwise
from random import Random

import msgspec
import pytest

from exercises.compose.chart import compose_chart
from exercises.drill import DrillRequest
from exercises.focus import read_focus
from exercises.notation.accidentals import signature
from exercises.request import resolve_drill
from game.performer.performance import PROFILES
from game.scoring.diagnoses.evidence import LETTERS, read_spelling
from game.scoring.diagnoses.rhythms import spell_cell
from game.scoring.words import say_diagnosis, say_drill
from tests.diagnosing import play
from tests.misreading import (
    CARELESS,
    STYLES,
    alter,
    grade_reading,
    kinds,
    make_page,
    reread,
    shift_steps,
)

F = Fraction
SIGNS = signature("A")
SEEDS = range(2)


def tune(chart):
    return [note for note in chart.notes if note.staff == 1]


def shift(note, by_ql):
    """The note earlier (negative) or later, ending where it did."""
    return alter(note, onset_ql=note.onset_ql + by_ql, duration_ql=note.duration_ql - by_ql)


def forget_f_sharp(chart, _):
    return reread(
        chart, lambda n: alter(n, pitch=n.pitch - 1) if n.spelling.startswith("F#") else n
    )


def lose_accidentals(chart, _):
    seen = {}

    def change(note):
        step, alteration = read_spelling(note.spelling)
        plain, place = SIGNS.get(LETTERS[step % 7], 0), (note.onset_ql // 4, note.staff, step)
        again, seen[place] = seen.get(place) == alteration, alteration
        return alter(note, pitch=note.pitch - alteration + plain) if again else note

    return reread(chart, change)


def octave_high(chart, _):
    return reread(
        chart,
        lambda n: alter(n, pitch=n.pitch + 12) if n.staff == 1 and 16 <= n.onset_ql < 40 else n,
    )


def left_in_treble_clef(chart, _):
    return reread(
        chart, lambda n: shift_steps(n, 5, SIGNS) if n.staff == 2 and n.onset_ql >= 32 else n
    )


def ledger_a_third_low(chart, _):
    high = {n.id for n in tune(chart) if read_spelling(n.spelling)[0] >= 40}
    return reread(chart, lambda n: shift_steps(n, -2, SIGNS) if n.id in high else n)


def thirds(chart, seed):
    dice = Random(seed)  # noqa: S311 - dice, no secret
    return reread(
        chart,
        lambda n: (
            shift_steps(n, dice.choice((2, -2)), SIGNS)
            if n.staff == 1 and dice.random() < 0.4
            else n
        ),
    )


def straighten_dots(chart, _):
    dotted = {n.onset_ql + F(3, 4) for n in tune(chart) if n.duration_ql == F(3, 4)}
    return reread(
        chart, lambda n: shift(n, F(-1, 4)) if n.staff == 1 and n.onset_ql in dotted else n
    )


def strike_ties(chart, _):
    def change(note):
        if note.duration_ql != F(5, 2):
            return note
        later = note.onset_ql + 2
        return [alter(note, duration_ql=F(2)), alter(note, onset_ql=later, duration_ql=F(1, 2))]

    return reread(chart, change)


def gaps(chart):
    """Note before a rest of the tune to the note after it."""
    notes = tune(chart)
    return {
        a.id: b for a, b in pairwise(notes) if b.onset_ql - a.onset_ql - a.duration_ql >= F(1, 2)
    }


def hold_rests(chart, _):
    held = gaps(chart)
    return reread(
        chart,
        lambda n: alter(n, duration_ql=held[n.id].onset_ql - n.onset_ql) if n.id in held else n,
    )


def rush_rests(chart, _):
    after = {note.id for note in gaps(chart).values()}
    return reread(chart, lambda n: shift(n, F(-1, 14)) if n.id in after else n)


def rush_sixteenths(chart, _):
    runs = {
        n.id
        for n in tune(chart)
        if n.duration_ql == F(1, 4)
        and n.onset_ql % 1
    }  # fmt: skip
    return reread(chart, lambda n: shift(n, -(n.onset_ql % 1) / 7) if n.id in runs else n)


def drag_leaps(chart, _):
    notes = tune(chart)
    far = {b.id for a, b in pairwise(notes) if abs(b.pitch - a.pitch) >= 8}
    return reread(chart, lambda n: shift(n, F(1, 12)) if n.id in far else n)


def left_late(chart, _):
    return reread(chart, lambda n: shift(n, F(1, 10)) if n.staff == 2 else n)


def leave_thirds_out(chart, _):
    roots = {chord.onset_ql: chord.root for chord in chart.chords}

    def change(note):
        third = (note.pitch - roots[note.onset_ql // 4 * 4]) % 12 in {3, 4}
        return None if note.staff == 2 and third else note

    return reread(chart, change)


QUARTERS, EIGHTHS, SIXTEENTHS = (1,), ("1/2", "1/2"), ("1/4",) * 4
CASES = {
    "key signature forgotten": (forget_f_sharp, {}, "F sharp", "accidentals"),
    "accidental not carried": (
        lose_accidentals,
        {"cells": (QUARTERS, EIGHTHS, ("3/4", "1/4"), SIXTEENTHS), "bars": 24},
        "bar line", "chromatic",
    ),
    "octave misread": (octave_high, {}, "right hand an octave too high", "ledger"),
    "clef misread": (left_in_treble_clef, {}, "bass clef as a treble", "left"),
    "ledger lines misread": (ledger_a_third_low, {"low": 32, "high": 44}, "above", "ledger"),
    "neighbour read": (thirds, {}, "a third too", "interval:3"),
    "rhythm misread": (straighten_dots, {}, ".75 .25 played as .5 .5", "rhythm:.75 .25"),
    "ties re-struck": (
        strike_ties,
        {"cells": (QUARTERS, EIGHTHS, ("5/2", "1/2", "1/2", "1/2"), (2,))},
        "held", "ties",
    ),
    "rests played through": (
        hold_rests, {"cells": ((1, "-1"), EIGHTHS, ("3/4", "1/4"))}, "held through", "rests",
    ),
    "rushing after rests": (
        rush_rests, {"cells": (QUARTERS, EIGHTHS, (1, "-1"), ("1/2", "-1/2"))}, "early", "rests",
    ),
    "rushing sixteenths": (
        rush_sixteenths, {"cells": (QUARTERS, EIGHTHS, SIXTEENTHS, (2,))}, "early", "sixteenths",
    ),
    "dragging at leaps": (drag_leaps, {"leap": 0.3}, "late", "leaps"),
    "left hand late": (left_late, {}, "behind the right", "left"),
    "chord tone missing": (leave_thirds_out, {}, "the third", "chords:m7"),
}  # fmt: skip


@pytest.fixture(scope="module")
def readings():
    """Each kind of misreading, graded a few times under 15 % of careless errors."""
    cards = {}
    for kind, (misread, options, _, _) in CASES.items():
        for seed in SEEDS:
            chart = make_page(seed, **options)
            cards[kind, seed] = grade_reading(chart, misread(chart, seed), CARELESS, seed)
    return cards


def test_misreadings_are_named_first_and_nothing_else_is(readings):
    first = Counter(kind for (kind, _), card in readings.items() if kinds(card)[:1] == [kind])
    assert sum(first.values()) >= 0.95 * len(readings), first
    assert min(first[kind] for kind in CASES) >= len(SEEDS) - 1, first
    besides = sum(len(set(kinds(card)) - {kind}) for (kind, _), card in readings.items())
    assert besides <= 0.05 * len(readings)


@pytest.mark.parametrize("kind", CASES)
def test_a_diagnosis_says_what_and_asks_for_a_drill_that_there_is(readings, kind):
    _, _, detail, focus = CASES[kind]
    card = next(
        card for (name, _), card in readings.items() if name == kind and kind in kinds(card)
    )
    found = next(diagnosis for diagnosis in card.diagnoses if diagnosis.kind == kind)
    assert detail in found.detail
    assert found.count >= 2
    assert found.bars
    assert found.drill["style"] == "classical"
    assert read_focus(found.drill["focus"]).text == found.drill["focus"] == focus
    assert f"{found.count} times" in say_diagnosis(found)
    assert "--focus" in say_drill(found)


def test_careless_and_unsteady_players_are_accused_of_nothing():
    accused = []
    for profile in (CARELESS, *(PROFILES[n] for n in ("solid", "laid-back", "amateur", "sloppy"))):
        for seed in range(10, 14):
            chart = make_page(seed)
            accused += kinds(grade_reading(chart, chart, profile, seed))
    assert accused == []


def test_the_drill_of_a_diagnosis_composes():
    chart = make_page(1)
    card = grade_reading(chart, forget_f_sharp(chart, 1), CARELESS, 1)
    request = msgspec.convert({**card.diagnoses[0].drill, "seed": 1}, DrillRequest)
    style = STYLES[request.style]
    composed = compose_chart(resolve_drill(request, style), style).chart
    assert composed.drill.focus == "accidentals"


def test_the_costliest_pattern_comes_first():
    chart = make_page(2)
    twice = forget_f_sharp(leave_thirds_out(chart, 2), 2)
    found = grade_reading(chart, twice, PROFILES["solid"], 2).diagnoses
    assert {one.kind for one in found} == {"key signature forgotten", "chord tone missing"}
    assert [one.count for one in found] == sorted((one.count for one in found), reverse=True)


@pytest.mark.parametrize(
    ("tempo", "played_at", "kind"),
    [(110, None, "swing too straight"), (240, 50, "swing too dotted"), (110, 110, None)],
)
def test_swing_is_held_against_its_tempo(tempo, played_at, kind):
    """Eighths played straight, or with the ratio of another tempo."""
    from exercises.timeline import Timeline  # noqa: PLC0415 - beside its use
    from game.performer.performance import perform  # noqa: PLC0415
    from game.scoring.grade import grade_take  # noqa: PLC0415

    chart = make_page(1, style="jazz", cells=(EIGHTHS,), quarter_bpm=tempo)
    swung = STYLES["jazz"]
    there = Timeline.steady(played_at or tempo)
    steady = msgspec.structs.replace(CARELESS, spread_ms=10.0)
    take = perform(
        chart, steady, timeline=there, style=swung if played_at else None, level=7, seed=1
    )
    rate = (played_at or tempo) / tempo
    events = [msgspec.structs.replace(e, onset_s=e.onset_s * rate) for e in take.events]
    card = grade_take(chart, events, timeline=Timeline.steady(tempo), style=swung, level=7)
    named = [name for name in kinds(card) if name.startswith("swing")]
    assert named == ([kind] if kind else [])


@pytest.mark.parametrize(
    ("kind", "style", "level"),
    [
        ("octave misread", "funk", 6),  # a line alone, that finds its keys half a beat away
        ("clef misread", "cinematic", 8),  # quick figures, that look like octaves elsewhere
        ("ledger lines misread", "folk", 9),  # and no neighbours besides
        ("rhythm misread", "country", 3),  # now and then
        ("rushing sixteenths", "jazz", 6),  # and no straight swing besides
        ("dragging at leaps", "reggae", 9),  # and no late left hand besides
        ("left hand late", "funk", 6),  # and no dragging at leaps besides
        ("chord tone missing", "hiphop", 8),  # and no other clef besides
    ],
)
def test_a_habit_in_a_composed_chart_is_all_that_is_named(kind, style, level):
    """A few of the takes of `diagnosing.py`; the whole is a command of its own."""
    _, named, words = play(kind, style, level, 1)
    assert named == [kind], words


def test_cells_are_spelled_as_the_packs_spell_them():
    assert spell_cell([F(0), F(3, 4), F(1)]) == ".75 .25"
    assert spell_cell([F(0), F(1, 3), F(2, 3), F(1)]) == "t t t"
    assert spell_cell([F(0), F(2, 3), F(1)]) == "2t t"
    assert spell_cell([F(0), F(3, 2), F(2)]) == "1.5 .5"


def test_an_empty_take_and_a_take_of_another_chart_have_no_diagnosis():
    chart = make_page(1)
    silent = msgspec.structs.replace(chart, notes=())
    assert kinds(grade_reading(chart, silent, CARELESS, 1)) == []
    assert kinds(grade_reading(chart, make_page(5, key="Eb"), CARELESS, 1)) == []
