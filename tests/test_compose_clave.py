"""Patterns keep to their tempo, and a chart to one side of the clave."""

import pytest

from exercises.compose.bassline import CEILING, Hand
from exercises.compose.dice import Dice
from exercises.compose.form import plan_form
from exercises.compose.grid import read_metre
from exercises.compose.grips import grip
from exercises.compose.pattern import choose_grooves, choose_patterns
from exercises.compose.turning import keep_side
from exercises.harmony import read_token
from exercises.levels import level
from styles.loader import load_style
from styles.schema import Pattern

METRE = read_metre("4/4")
SALSA = load_style("salsa")
SEEDS = range(30)


def phrases(style, bars, seed):
    return plan_form(style.forms, bars, Dice(seed, "form"))


@pytest.mark.parametrize("number", [6, 8, 9])
def test_a_chart_has_one_side_of_the_clave(number):
    sides = {pattern.name: pattern.side for pattern in SALSA.patterns}
    seen = set()
    for seed in SEEDS:
        kept = keep_side(SALSA.patterns, level(number), Dice(seed, "side"))
        found = choose_grooves(
            kept,
            phrases(SALSA, 16, seed),
            level(number),
            metre=METRE,
            quarter_bpm=120,
            dice=Dice(seed, "grooves"),
        )
        used = {sides[bar.name] for bar in found.values()} - {""}
        assert len(used) <= 1
        seen |= used
    assert seen == {"2-3", "3-2"}


def test_a_guajeo_lies_over_two_bars_from_the_side_of_two():
    two_three = next(each for each in SALSA.patterns if each.name == "guajeo, two-three")
    found = choose_grooves(
        [two_three],
        phrases(SALSA, 8, 1),
        level(8),
        metre=METRE,
        quarter_bpm=110,
        dice=Dice(1, "grooves"),
    )
    bar = next(iter(found.values()))
    # The downbeat is struck on the side of two and left out on the side of three.
    assert bar.right_in(0)[0].onset == 0
    assert bar.right_in(1)[0].onset > 0
    assert bar.right_in(2) == bar.right_in(0)


def pattern(name, **more):
    return Pattern(name=name, level=3, length="4", events="0:2:R 2:2:R", **more)


@pytest.mark.parametrize(("bpm", "name"), [(70, "drag"), (150, "shout")])
def test_a_pattern_comes_at_its_tempo(bpm, name):
    both = [pattern("drag", tempo=(40, 90)), pattern("shout", tempo=(120, 200))]
    found = choose_patterns(
        both, phrases(SALSA, 8, 2), level(5), metre=METRE, quarter_bpm=bpm, dice=Dice(2, "x")
    )
    assert {bar.name for bar in found.values()} == {name}


def test_where_no_pattern_has_the_tempo_any_will_do():
    found = choose_patterns(
        [pattern("shout", tempo=(120, 200))],
        phrases(SALSA, 8, 2),
        level(5),
        metre=METRE,
        quarter_bpm=100,
        dice=Dice(2, "x"),
    )
    assert {bar.name for bar in found.values()} == {"shout"}


@pytest.mark.parametrize(
    ("token", "role", "semitones"),
    [
        ("I:7", "R5", 7),
        ("I:7", "R6", 9),
        ("I:7", "R7", 10),
        ("I:m7", "R7", 10),
        ("I:maj7", "R7", 11),
    ],
)
def test_the_dyads_of_a_shuffle(token, role, semitones):
    hand = Hand(level(6), "C", frozenset(), separate_bass=True, octaves=False, ceiling=CEILING)
    low, high = grip(hand, role, read_token(token, "C"), 12)
    assert (low % 12, high - low) == (0, semitones)


def test_a_shuffle_is_never_slimmed_to_its_roots():
    blues = load_style("blues")
    shuffle = [each for each in blues.patterns if each.name in {"held root", "shuffle"}]
    form = phrases(blues, 12, 1)
    for bpm in (60, 90, 115, 130):
        found = choose_patterns(
            shuffle,
            form,
            level(6),
            metre=METRE,
            quarter_bpm=bpm,
            dice=Dice(1, "x"),
        )
        assert all(bar.name == "held root" or bar.fullness > 1 for bar in found.values())
