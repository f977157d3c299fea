"""The click as training: what of the beats is clicked, where it drops out, where it is moved."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest

from exercises.chart import Bar, Chart, ComposeError, TempoChange
from exercises.drill import Drill
from exercises.tempi import tempo_map
from game.click_style import ClickStyle
from game.devices.click import click_sample
from game.sessions.clicks import ramp_tempo
from game.sessions.plan import plan_take


def make_chart(meter="4/4", bars=2, pickup=Fraction(0), quarter_bpm=60.0, tempi=()):
    top, bottom = (int(part) for part in meter.split("/"))
    length = Fraction(4 * top, bottom)
    rows = [Bar(0, -pickup, pickup, meter)] if pickup else []
    rows += [Bar(index + 1, index * length, length, meter) for index in range(bars)]
    drill = Drill("classical", 1, "grand", "C", meter, bars, quarter_bpm, "both", 1, "code")
    return Chart(drill=drill, bars=tuple(rows), notes=(), tempi=tempi)


def clicks(chart, **style):
    """(second, kind) of the clicks from the first downbeat on: ! accent, . beat, ' division."""
    plan = plan_take(chart, quarter_bpm=60, click=ClickStyle(**style))
    return [
        (round(each.onset_s, 6), "!" if each.accent else "'" if each.is_division else ".")
        for each in plan.clicks
        if each.onset_s >= 0
    ]


@pytest.mark.parametrize(
    ("meter", "beats", "expected"),
    [
        ("4/4", "every", [(0, "!"), (1, "."), (2, "."), (3, ".")]),
        ("4/4", "backbeat", [(1, "."), (3, ".")]),
        ("4/4", "half", [(0, "!"), (2, ".")]),
        ("4/4", "downbeats", [(0, "!")]),
        ("3/4", "backbeat", [(1, ".")]),
        ("3/4", "half", [(0, "!"), (2, ".")]),
        ("1/4", "backbeat", [(0, "!")]),
        ("6/8", "backbeat", [(1.5, ".")]),
    ],
)
def test_what_of_the_beats_is_clicked(meter, beats, expected):
    assert clicks(make_chart(meter, bars=1), beats=beats) == expected


@pytest.mark.parametrize(
    ("meter", "division", "between"),
    [
        ("2/4", "8ths", [0.5, 1.5]),
        ("2/4", "triplets", [0.333333, 0.666667, 1.333333, 1.666667]),
        ("2/4", "16ths", [0.25, 0.5, 0.75, 1.25, 1.5, 1.75]),
        ("4/4", "dotted", [0.75, 1.5, 2.25, 3.75]),
        ("6/8", "8ths", [0.5, 1.0, 2.0, 2.5]),
        ("6/8", "triplets", [0.5, 1.0, 2.0, 2.5]),
    ],
)
def test_divisions_lie_between_the_beats_and_are_softer(meter, division, between):
    found = clicks(make_chart(meter, bars=1), division=division)
    assert [at for at, kind in found if kind == "'"] == between


def test_divisions_run_through_beats_that_are_not_clicked():
    found = clicks(make_chart(bars=1), beats="backbeat", division="8ths", accents=False)
    assert "".join(kind for _, kind in found) == "''.''' .'".replace(" ", "")
    assert [kind for _, kind in clicks(make_chart(bars=1), accents=False)] == ["."] * 4


def test_the_count_in_has_every_beat_in_place_whatever_is_clicked_later():
    chart = make_chart(bars=2)
    style = ClickStyle(beats="downbeats", shift_ms=40, bars_on=1, bars_off=1)
    plan = plan_take(chart, quarter_bpm=60, click=style)
    assert [(c.onset_s, c.accent) for c in plan.clicks] == [
        *[(float(at), at == -4) for at in range(-4, 0)],
        (0.04, True),
    ]


@pytest.mark.parametrize(
    ("bars", "pickup", "start"),
    [(1, 0, -4), (2, 0, -8), (1, 1, -8), (2, 1, -8), (2, Fraction(7, 2), -8)],
)
def test_one_or_two_bars_of_count_in_with_a_pickup_inside(bars, pickup, start):
    chart = make_chart(pickup=Fraction(pickup))
    plan = plan_take(chart, quarter_bpm=240, click=ClickStyle(count_in_bars=bars))
    assert plan.start_s == start / 4
    assert plan.clicks[0].onset_s == plan.start_s
    assert [c.onset_s * 4 for c in plan.clicks] == list(range(start, 8))


def test_the_click_drops_out_and_comes_back_by_bars():
    found = clicks(make_chart(bars=7), beats="downbeats", bars_on=2, bars_off=1)
    assert [at for at, _ in found] == [0, 4, 12, 16, 24]
    plan = plan_take(make_chart(bars=7), quarter_bpm=60, click=ClickStyle(bars_on=1, bars_off=2))
    assert plan.silent_s == ((4, 12), (16, 24))


def test_a_pickup_is_never_silent_and_bars_are_counted_from_the_first_downbeat():
    chart = make_chart(bars=3, pickup=Fraction(1))
    plan = plan_take(chart, quarter_bpm=60, click=ClickStyle(bars_on=1, bars_off=1))
    assert plan.silent_s == ((4, 8),)
    assert [c.onset_s for c in plan.clicks if c.onset_s >= 0] == [0, 1, 2, 3, 8, 9, 10, 11]


def test_a_moved_click_is_moved_in_time_not_in_the_bar():
    for shift in (-30, 30):
        found = clicks(make_chart(bars=1, quarter_bpm=60), shift_ms=shift)
        assert [at for at, _ in found] == [
            pytest.approx(beat + shift / 1000) for beat in range(4) if beat + shift / 1000 >= 0
        ]


def test_the_click_follows_a_ramp_to_the_sample():
    """From 60 to 120 over a bar, a step at each eighth: beat 3 lies after 4 steps."""
    ramp = TempoChange(Fraction(0), 120.0, "accel.", Fraction(4))
    chart = make_chart(bars=2, tempi=(ramp,))
    plan = plan_take(chart, quarter_bpm=60)
    steps = [60 + 7.5 * (step + 1) for step in range(8)]
    seconds = [0.0]
    for bpm in steps:
        seconds.append(seconds[-1] + 30 / bpm)
    expected = [*seconds[0:8:2], *[seconds[8] + 0.5 * beat for beat in range(4)]]
    heard = [c.onset_s for c in plan.clicks if c.onset_s >= 0]
    assert heard == pytest.approx(expected)
    for rate in (44_100, 48_000):
        assert [click_sample(at, plan.start_s, rate) for at in heard] == [
            round((at - plan.start_s) * rate) for at in expected
        ]


@pytest.mark.parametrize(
    "wrong",
    [
        {"beats": "some"},
        {"division": "32nds"},
        {"sound": "gong"},
        {"count_in_bars": 3},
        {"bars_off": -1},
        {"bars_on": 0, "bars_off": 1},
        {"shift_ms": 81},
        {"shift_ms": float("nan")},
    ],
)
def test_what_cannot_be_clicked_is_named(wrong):
    with pytest.raises(ComposeError, match="click"):
        plan_take(make_chart(), quarter_bpm=60, click=ClickStyle(**wrong))


def test_the_click_leads_the_tempo_from_the_first_bar_to_the_last_and_the_chart_with_it():
    chart = ramp_tempo(make_chart(bars=8), 50.0)
    assert tempo_map(chart).changes[-1][1] == 90.0
    plan = plan_take(chart, quarter_bpm=60)
    beats = [click.onset_s for click in plan.clicks]
    gaps = [after - before for before, after in pairwise(beats)]
    assert gaps[:4] == pytest.approx([gaps[0]] * 4)  # the count-in is steady
    assert gaps[0] == pytest.approx(1.0, abs=0.01)
    assert gaps[4:] == sorted(gaps[4:], reverse=True)
    assert gaps[-1] == pytest.approx(60 / 90, abs=0.01)
    slower = ramp_tempo(chart, -20.0)  # in place of the first ramp
    assert tempo_map(slower).changes[-1][1] == 48.0
    assert ramp_tempo(slower, 0.0) == make_chart(bars=8)
    own = make_chart(bars=8, tempi=(TempoChange(Fraction(16), 72.0, "Più mosso"),))
    assert ramp_tempo(own, 20.0) is own
    with pytest.raises(ComposeError, match=r"lead the tempo by 60 %: choose from -50 to 50"):
        plan_take(chart, quarter_bpm=60, click=ClickStyle(ramp_percent=60.0))
