"""The scale of a chart: what the style likes, held to the chords."""

from collections import Counter

import msgspec
import pytest

from exercises.compose.dice import Dice
from exercises.compose.progression import Slot
from exercises.compose.tones import choose_scale
from exercises.harmony import read_token
from exercises.levels import level
from styles.loader import load_style

BAR = 192


def scales_over(key, tokens, number=8, **liked):
    melody = msgspec.structs.replace(load_style("classical").melody, **liked)
    slots = [Slot(at * BAR, BAR, read_token(each, key), at) for at, each in enumerate(tokens)]
    row = level(number)
    return Counter(choose_scale(melody, key, row, Dice(at, "scale"), slots) for at in range(60))


def test_a_dominant_keeps_the_tune_in_major_and_a_flat_seventh_makes_it_mixolydian():
    liked = {"scales": ("major", "mixolydian")}
    assert scales_over("D", ("I", "V:7", "V:7", "I"), **liked)["major"] > 54
    away = scales_over("D", ("I", "bVII", "bVII", "I"), **liked)
    assert away["mixolydian"] > away["major"]


@pytest.mark.parametrize(
    ("tokens", "scale"),
    [(("I:m", "IV", "I:m", "IV"), "dorian"), (("I:m", "bVI", "IV:m", "V"), "minor")],
)
def test_the_sixth_of_the_chords_chooses_between_dorian_and_minor(tokens, scale):
    found = scales_over("Em", tokens, scales_minor=("dorian", "minor"))
    assert found.most_common(1)[0][0] == scale


def test_pentatonics_stay_whatever_the_chords_are():
    liked = {"scales": ("major pentatonic", "major")}
    assert scales_over("C", ("I", "bIII", "bVI", "bVII"), **liked)["major pentatonic"] > 30


def test_first_levels_stay_plain():
    liked = {"scales": ("lydian", "major")}
    assert set(scales_over("C", ("I", "II", "I", "II"), number=3, **liked)) == {"major"}
