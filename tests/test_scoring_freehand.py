"""The left hand of a lead sheet is the player's: it costs nothing, and the tune still counts."""

import msgspec
import pytest

from exercises.chart import Chart
from exercises.compose.chart import compose_chart
from exercises.drill import DrillRequest
from exercises.request import resolve_drill
from exercises.timeline import Timeline
from game.events import NoteEvent
from game.performer.performance import PROFILES, perform
from game.performer.profiles import Profile
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


def accompany(chart, *, wrong=(), free=False, seed=3, **habits):
    """(truth, grade) of a lead sheet with shells under it, some chords a tone too high."""
    chords = tuple(
        msgspec.structs.replace(
            chord,
            root=(chord.root + 1) % 12,
            bass=(chord.root + 1) % 12,
            pitch_classes=tuple((pc + 1) % 12 for pc in chord.pitch_classes),
        )
        if rank in wrong
        else chord
        for rank, chord in enumerate(chart.chords)
    )
    taken = msgspec.structs.replace(chart, chords=chords)
    player = Profile(spread_ms=15, length=0.8, voicing="close", **habits)
    rate = 0.8 if free else 1.0
    played_at = Timeline.steady(chart.drill.quarter_bpm * rate)
    take = perform(taken, player, timeline=played_at, style=JAZZ, level=6, seed=seed)
    timeline = Timeline.steady(chart.drill.quarter_bpm)
    return take.truth, grade(chart, take.events, timeline, free=free)


@pytest.mark.parametrize("free", [False, True])
@pytest.mark.parametrize("seed", [3, 4, 5])
def test_the_left_hand_is_heard_where_the_right_hand_is(free, seed):
    """After a restart, a bar late for the rest of the take, no chord is called another."""
    chart = compose("lead", bars=16)
    truth, card = accompany(
        chart, free=free, seed=seed, stumbles=0.2, stumble_kinds="back", stays_late=1.0
    )
    assert truth.stumbles
    assert card.flow.restarts >= 1
    assert "wrong chord" not in {one.kind for one in card.diagnoses}
    assert card.extras == () or {extra.reason for extra in card.extras} == {"restart"}


@pytest.mark.parametrize("free", [False, True])
def test_another_chord_of_the_left_hand_is_told_wherever_it_was(free):
    chart = compose("lead", bars=16)
    _, card = accompany(
        chart, wrong={9}, free=free, stumbles=0.2, stumble_kinds="back", stays_late=1.0
    )
    told = [one for one in card.diagnoses if one.kind == "wrong chord"]
    assert [one.count for one in told] == [1]
    assert f"for {chart.chords[9].symbol} in bar" in told[0].detail


def test_a_hand_that_reaches_into_the_tune_plays_none_of_its_notes():
    """A tenth whose top lies above the lowest note of the tune about it."""
    chart = compose("lead")
    timeline = Timeline.steady(chart.drill.quarter_bpm)
    onset = next(note.onset_ql for note in chart.notes if note.pitch > 72)
    start = timeline.seconds_at(onset)
    hand = [NoteEvent(start, "on", pitch, 60) for pitch in (55, 60, 68)]
    hand += [NoteEvent(start + 0.3, "off", pitch, 0) for pitch in (55, 60, 68)]
    card = grade(chart, [*play(chart, timeline), *hand], timeline)
    assert card.extras == ()
    assert card.scores.notes == 100
