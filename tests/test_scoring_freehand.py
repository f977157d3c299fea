"""The left hand of a lead sheet is the player's: it costs nothing, and the tune still counts."""

from exercises.chart import Chart
from exercises.compose.chart import compose_chart
from exercises.drill import DrillRequest
from exercises.request import resolve_drill
from exercises.timeline import Timeline
from game.events import NoteEvent
from game.performer.performance import PROFILES, perform
from game.scoring.grade import grade_take
from game.scoring.live import LiveMarker
from styles.loader import load_styles

JAZZ = load_styles().styles["jazz"]


def compose(kind, **wishes) -> Chart:
    drill = resolve_drill(DrillRequest("jazz", 6, kind=kind, seed=4, **wishes), JAZZ)
    return compose_chart(drill, JAZZ).chart


def play(chart, timeline):
    return list(
        perform(chart, PROFILES["perfect"], timeline=timeline, style=JAZZ, level=6, seed=1).events
    )


def comp_below(chart, timeline):
    """Two low notes of each chord, held for a beat."""
    events = []
    for chord in chart.chords:
        start = timeline.seconds_at(chord.onset_ql)
        for pitch in (36 + chord.root, 36 + chord.pitch_classes[1]):
            events.append(NoteEvent(start, "on", pitch, 60))
            events.append(NoteEvent(start + 0.4, "off", pitch, 0))
    return events


def grade(chart, events, timeline, **options):
    return grade_take(chart, events, timeline=timeline, style=JAZZ, level=6, **options)


def test_comping_under_the_tune_costs_nothing():
    chart = compose("lead")
    timeline = Timeline.steady(chart.drill.quarter_bpm)
    both = [*play(chart, timeline), *comp_below(chart, timeline)]
    for options in ({}, {"free": True}):
        card = grade(chart, both, timeline, **options)
        assert card.extras == ()
        assert card.scores.total == 100


def test_the_tune_must_still_be_played():
    chart = compose("lead")
    timeline = Timeline.steady(chart.drill.quarter_bpm)
    card = grade(chart, comp_below(chart, timeline), timeline)
    assert card.scores.notes == 0
    stray = [NoteEvent(1.0, "on", 90, 60), NoteEvent(1.2, "off", 90, 0)]
    assert len(grade(chart, [*play(chart, timeline), *stray], timeline).extras) == 1


def test_a_grand_staff_leaves_no_hand_free():
    chart = compose("grand", hands="right")
    timeline = Timeline.steady(chart.drill.quarter_bpm)
    card = grade(chart, [*play(chart, timeline), *comp_below(chart, timeline)], timeline)
    assert card.extras


def test_live_marks_leave_the_free_hand_alone():
    chart = compose("lead")
    timeline = Timeline.steady(chart.drill.quarter_bpm)
    marker = LiveMarker(chart, timeline=timeline, style=JAZZ, level=6)
    below = comp_below(chart, timeline)
    assert [mark for event in below for mark in marker.feed(event)] == []
