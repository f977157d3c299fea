"""The plan of a take: clicks by the metre, count-in, pickup, pulses and end."""

from __future__ import annotations

from fractions import Fraction

import pytest

from exercises.chart import Bar, Chart, ComposeError
from exercises.drill import Drill
from exercises.timeline import Timeline
from game.events import NoteEvent
from game.sessions.plan import notes_to_grade, plan_take


def make_chart(meter="4/4", bars=2, pickup=Fraction(0), quarter_bpm=60.0):
    top, bottom = (int(part) for part in meter.split("/"))
    length = Fraction(4 * top, bottom)
    rows = [Bar(0, -pickup, pickup, meter)] if pickup else []
    rows += [Bar(index + 1, index * length, length, meter) for index in range(bars)]
    drill = Drill("classical", 1, "grand", "C", meter, bars, quarter_bpm, "both", 1, "code")
    return Chart(drill=drill, bars=tuple(rows), notes=())


def clicks(plan):
    return [(click.onset_s, click.accent) for click in plan.clicks]


def test_four_four_counts_one_bar_in_and_clicks_to_the_last_bar():
    plan = plan_take(make_chart(), quarter_bpm=60)
    assert plan.start_s == -4
    assert plan.end_s == 9
    assert clicks(plan) == [(float(s), s % 4 == 0) for s in range(-4, 8)]


def test_a_fast_tempo_counts_two_bars_in():
    plan = plan_take(make_chart(), quarter_bpm=240)
    assert plan.start_s == -2
    assert [c.onset_s for c in plan.clicks if c.accent] == [-2, -1, 0, 1]


def test_compound_time_is_clicked_in_dotted_quarters():
    plan = plan_take(make_chart("6/8", bars=1), quarter_bpm=90)
    assert clicks(plan) == [(-2, True), (-1, False), (0, True), (1, False)]
    assert plan.end_s == 3


def test_asymmetric_eighths_are_clicked_in_eighths():
    plan = plan_take(make_chart("7/8", bars=1), quarter_bpm=60)
    assert clicks(plan) == [(s / 2, s % 7 == 0) for s in range(-7, 7)]


@pytest.mark.parametrize(
    ("pickup", "quarter_bpm", "start_ql"),
    [
        (Fraction(1), 60, -8),  # one bar of counting would be cut short: a bar more
        (Fraction(1, 2), 60, -8),
        (Fraction(3), 60, -8),
        (Fraction(1), 240, -8),  # two bars: seven beats are left, enough
    ],
)
def test_a_pickup_is_played_within_the_count_in(pickup, quarter_bpm, start_ql):
    plan = plan_take(make_chart(pickup=pickup), quarter_bpm=quarter_bpm)
    timeline = Timeline.steady(quarter_bpm)
    assert plan.start_s == timeline.seconds_at(start_ql)
    beats = [timeline.seconds_at(ql) for ql in range(start_ql, 8)]
    assert [c.onset_s for c in plan.clicks] == beats
    assert [c.onset_s for c in plan.clicks if c.accent] == beats[::4]


def test_a_change_of_metre_is_clicked_by_each_bar():
    chart = make_chart("3/4", bars=1)
    bars = (
        *chart.bars,
        Bar(2, Fraction(3), Fraction(3), "6/8"),
        Bar(3, Fraction(6), Fraction(2), "2/4"),
    )
    chart = Chart(drill=chart.drill, bars=bars, notes=())
    plan = plan_take(chart, quarter_bpm=60)
    played = [(s, a) for s, a in clicks(plan) if s >= 0]
    assert played == [
        *[(0, True), (1, False), (2, False)],
        *[(3, True), (4.5, False), (6, True), (7, False)],
    ]


def test_pulses_are_24_a_quarter_from_start_to_end():
    plan = plan_take(make_chart(), quarter_bpm=120)
    assert len(plan.pulses_s) == 24 * (4 + 8 + 1)
    assert plan.pulses_s[0] == plan.start_s
    assert plan.pulses_s[24 * 4] == 0
    assert plan.pulses_s[-1] == pytest.approx(plan.end_s - 0.5 / 24, abs=1e-12)


@pytest.mark.parametrize("bpm", [0, -60, 5, 1000, float("nan"), float("inf")])
def test_an_unusable_tempo_is_refused_in_one_line(bpm):
    with pytest.raises(ComposeError, match="from 10 to 480"):
        plan_take(make_chart(), quarter_bpm=bpm)


def test_grading_sees_notes_from_a_beat_before_and_every_pedal():
    chart = make_chart()
    events = (
        NoteEvent(-3.0, "pedal", 0, 127),
        NoteEvent(-2.0, "on", 60, 70),
        NoteEvent(-1.5, "on", 62, 70),
        NoteEvent(-1.0, "on", 64, 70),
        NoteEvent(-0.9, "off", 60, 0),
        NoteEvent(-0.5, "on", 62, 70),
        NoteEvent(0.0, "off", 62, 0),
        NoteEvent(0.5, "off", 64, 0),
    )
    graded = notes_to_grade(chart, events, timeline=Timeline.steady(60))
    assert graded == (events[0], events[3], events[5], events[6], events[7])
