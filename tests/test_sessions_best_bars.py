"""The best bars of several takes, cut where it is not heard."""

from fractions import Fraction

import pytest
from test_sessions_punch import TEMPO, make_chart, play

from game.scoring.grade import grade_take
from game.sessions.best_bars import comp_by_bar, judge_seams, sum_seams
from game.sessions.comp import Layer, lay_over, open_comp
from game.sessions.plan import take_timeline
from game.sessions.splice import read_music
from game.take import Region


def read(chart):
    timeline = take_timeline(chart, quarter_bpm=TEMPO)
    return read_music(chart, timeline=timeline, style=None, level=3)


def comp_of(chart, *takes):
    layers = [open_comp(chart, k, take).layers[0] for k, take in enumerate(takes, 1)]
    music = read(chart)
    comp = comp_by_bar(music, layers, style=None, level=3)
    return comp, sum_seams(judge_seams(music, comp)), lay_over(comp, music).events


def bars_of(comp):
    return [
        (layer.take_id, int(layer.region.start_ql) // 4 + 1, int(layer.region.end_ql) // 4)
        for layer in comp.layers
    ]


def bad(*bars):
    """Notes out of time in these bars, from 1."""
    return {4 * (bar - 1) + beat: (-1) ** beat * 150 for bar in bars for beat in (1, 2)}


CASES = [
    ("one take", [()], [(1, 1, 8)]),
    ("two of the same", [(), ()], [(1, 1, 8)]),
    ("a better one", [(2, 5), ()], [(2, 1, 8)]),
    ("each has a bad bar", [(2,), (7,)], [(1, 1, 8), (2, 1, 6)]),
    ("three", [(3, 4, 5, 6, 7, 8), (1, 2, 5, 6, 7, 8), (1, 2, 3, 4)], None),
    ("the same bar bad in both", [(4,), (4,)], [(1, 1, 8)]),
    ("last bar", [(8,), (1, 2)], [(1, 1, 8), (2, 3, 8)]),
]


@pytest.mark.parametrize(("name", "takes", "expected"), CASES, ids=[case[0] for case in CASES])
def test_the_bars_are_the_best_of_each(name, takes, expected):
    del name
    chart = make_chart(bars=8)
    played = [play(chart, shifts=bad(*bars)) for bars in takes]
    comp, seam, events = comp_of(chart, *played)
    timeline = take_timeline(chart, quarter_bpm=TEMPO)

    def total(of):
        return grade_take(chart, of, timeline=timeline, style=None, level=3).scores.total

    assert seam.is_inaudible
    assert total(events) >= max(map(total, played)) - 1e-9
    clean = not set.intersection(*map(set, takes))
    if clean:
        assert total(events) == pytest.approx(total(play(chart)))
    if expected is not None and len(comp.layers) == 1:
        assert bars_of(comp) == expected
    else:
        assert len(comp.layers) == (2 if expected else 3)


def test_a_cut_that_would_be_heard_is_not_made_for_little():
    chart = make_chart(bars=8)
    quiet = play(chart, shifts={9: 60})
    loud = play(chart, velocity=100, shifts={1: 150, 2: 150, 20: 150, 21: 150})
    comp, seam, _ = comp_of(chart, quiet, loud)
    assert bars_of(comp) == [(1, 1, 8)]
    assert seam.is_inaudible


def test_a_cut_that_is_heard_is_made_for_much_and_told():
    chart = make_chart(bars=8)
    first = play(chart, only=(0, 16))
    second = play(chart, velocity=100, only=(16, 32))
    comp, seam, events = comp_of(chart, first, second)
    assert len(comp.layers) == 2
    assert {finding.code for finding in seam.findings} == {"energy"}
    assert sum(event.kind == "on" for event in events) == 32


def test_cuts_avoid_bar_lines_with_a_note_across():
    chart = make_chart(bars=8, ties=((11, 2),))
    comp, seam, _ = comp_of(chart, play(chart, shifts=bad(1, 2)), play(chart, shifts=bad(7, 8)))
    edges = {layer.region.start_ql for layer in comp.layers[1:]} | {
        layer.region.end_ql for layer in comp.layers[1:]
    }
    assert Fraction(12) not in edges
    assert seam.is_inaudible


def test_punches_are_candidates_in_their_own_bars():
    chart = make_chart(bars=8)
    music = read(chart)
    whole = open_comp(chart, 1, play(chart, shifts=bad(3, 6))).layers[0]
    punch = Layer(2, play(chart), Region(Fraction(8), Fraction(12)))
    part = Layer(3, play(chart), Region(Fraction(21), Fraction(23)))
    comp = comp_by_bar(music, [whole, punch, part], style=None, level=3)
    assert bars_of(comp) == [(1, 1, 8), (2, 3, 3)]
