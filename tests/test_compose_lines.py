"""Lines keep the style's intervals, comps answer them, waltzes change on one or three."""

from itertools import pairwise

import msgspec
import pytest

from exercises.compose.chart import compose_chart
from exercises.compose.grid import TICKS, read_metre
from exercises.compose.progression import split_bar
from exercises.drill import Drill
from exercises.fingerprint.chart import measure_chart
from styles.loader import load_style
from styles.schema import Ending, Pattern

JAZZ, ROCK = load_style("jazz"), load_style("rock")
PLAIN = {"repeat": 0.1, "step": 0.3, "third": 0.2, "fourth_fifth": 0.1, "leap": 0.05}


def compose(style, seed=1, number=8, key="C", bars=16):
    drill = Drill(style.id, number, "grand", key, "4/4", bars, 96.0, "both", seed, "")
    return compose_chart(drill, style).chart


def mean(style, feature, seeds=10):
    values = [measure_chart(compose(style, seed), style)[feature] for seed in range(seeds)]
    found = [value for value in values if value is not None]
    return sum(found) / len(found)


def sing(**fields):
    melody = msgspec.structs.replace(ROCK.melody, devices=(), **{**PLAIN, **fields})
    return msgspec.structs.replace(ROCK, melody=melody, groove_share=0.0, fills=())


def rhythms(chart, staff):
    found = {}
    for note in chart.notes:
        if note.staff == staff:
            bar = int(note.onset_ql // 4)
            found.setdefault(bar, set()).add(note.onset_ql - 4 * bar)
    return [frozenset(found.get(bar, ())) for bar in range(len(chart.bars) - 1)]


def test_two_chords_in_three_beats_are_two_and_one():
    lengths = [length for _, length in split_bar(read_metre("3/4"), 2)]
    assert lengths == [2 * TICKS, TICKS]
    assert [length for _, length in split_bar(read_metre("5/4"), 2)] == [3 * TICKS, 2 * TICKS]
    assert [length for _, length in split_bar(read_metre("4/4"), 2)] == [2 * TICKS, 2 * TICKS]


def test_a_line_has_the_thirds_its_style_asks_for():
    # A style of steps and one of thirds, both within what rules of the line leave open.
    assert mean(sing(step=0.55, third=0.1), "melody_third") == pytest.approx(0.13, abs=0.05)
    assert mean(sing(step=0.25, third=0.4), "melody_third") == pytest.approx(0.37, abs=0.06)


def test_strangers_stand_on_strong_beats_where_the_style_has_them():
    strict = mean(sing(chord_tone=(0.9, 1.0)), "chord_tone_strong")
    free = mean(sing(chord_tone=(0.6, 0.75)), "chord_tone_strong")
    assert free < 0.84 < strict


@pytest.mark.parametrize(("share", "fewest", "most"), [(0.0, 0, 6), (0.8, 3, 15)])
def test_a_comp_varies_as_much_as_its_style(share, fewest, most):
    comps = (
        Pattern(name="one", level=7, length="4", events="0:1.5:S 1.5:.5:S"),
        Pattern(name="two", level=7, length="4", events="1.5:.5:S 3:.5:S"),
        Pattern(name="three", level=7, length="4", events="1:.5:S 2.5:.5:S"),
    )
    style = msgspec.structs.replace(
        JAZZ, patterns=comps, groove_share=0.0, passing=0.0, comp_variety=share
    )
    turns = sorted(
        sum(one != two for one, two in pairwise(rhythms(compose(style, seed), 2)))
        for seed in range(6)
    )
    assert fewest <= turns[2] <= most


def test_an_ending_that_does_not_fade_has_no_falling_hairpin():
    def count_falls(ending):
        style = msgspec.structs.replace(sing(), endings=(ending,))
        charts = [compose(style, seed, bars=8) for seed in range(8)]
        return sum(mark.kind == "hairpin" and mark.text == ">" for c in charts for mark in c.marks)

    assert count_falls(Ending(name="held")) >= 3
    assert count_falls(Ending(name="held", fades=False)) == 0
