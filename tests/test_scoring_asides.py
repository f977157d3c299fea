"""Keys that belong to another key (trills, grace notes, brushed keys), and errors by name."""

import pytest

from game.events import NoteEvent
from game.scoring.misread import pair_substitutions
from tests.naming import GOAL, Tally, compose, play
from tests.reading import grade, make_chart, make_note

BEAT_S = 0.6
"""At 100."""


def press(onset_s, pitch, length_s=0.5, velocity=70):
    return [
        NoteEvent(onset_s, "on", pitch, velocity),
        NoteEvent(onset_s + length_s, "off", pitch, 0),
    ]


def line(*pitches):
    """Quarter notes over held chords of the left hand."""
    tune = [make_note(place, pitch) for place, pitch in enumerate(pitches)]
    low = [make_note(bar, pitch, 4, 2) for bar in range(0, len(pitches), 4) for pitch in (43, 47)]
    return make_chart(tune + low, bars=len(pitches) // 4)


def play_line(chart, *, without=(), also=()):
    """The chart as written without some notes (onset in quarters, pitch), with other keys."""
    events = [
        event
        for note in chart.notes
        if (note.onset_ql, note.pitch) not in without
        for event in press(float(note.onset_ql) * BEAT_S, note.pitch)
    ]
    return events + [event for key in also for event in press(*key)]


def verdict(card, onset, pitch):
    return next(n.verdict for n in card.notes if (n.onset_ql, n.pitch) == (onset, pitch))


CHART = line(72, 76, 79, 74, 72, 77, 81, 76)


@pytest.mark.parametrize(
    ("also", "reason"),
    [
        ([(4 * BEAT_S - 0.07, 74, 0.06, 62)], "ornament"),  # D, as before, leads to C
        ([(2 * BEAT_S + 0.09 * k, 79 + 2 * (k % 2), 0.09, 62) for k in range(1, 5)], "ornament"),
        ([(2 * BEAT_S + 0.01, 78, 0.06, 50)], "stray"),
        ([(3 * BEAT_S + 0.05, 74, 0.05, 60)], "repeat"),
    ],
    ids=["grace note", "trill", "brushed", "bounced"],
)
def test_a_key_that_belongs_to_another_is_called_so(also, reason):
    card = grade(CHART, play_line(CHART, also=also))
    assert {note.verdict for note in card.notes} == {"match"}
    assert {extra.reason for extra in card.extras} == {reason}


@pytest.mark.parametrize(
    "key",
    [(4 * BEAT_S - 0.07, 74, 0.06, 62), (4 * BEAT_S + 0.01, 71, 0.06, 50)],
    ids=["grace note", "brushed"],
)
def test_it_does_not_stand_for_a_note_that_was_missed_beside_it(key):
    card = grade(CHART, play_line(CHART, without={(4, 47)}, also=[key]))
    assert verdict(card, 4, 47) == "omission"
    assert len(card.extras) == 1


@pytest.mark.parametrize(
    ("other", "meant"),
    [
        # Caught beside the finger that struck a third under the note.
        ((4 * BEAT_S + 0.01, 48, 0.07, 50), (4 * BEAT_S + 0.02, 44, 0.07, 70)),
        # Both as loud: one was held as long as this player holds such a note.
        ((4 * BEAT_S + 0.01, 48, 0.03, 70), (4 * BEAT_S + 0.02, 51, 0.2, 70)),
    ],
    ids=["softer", "shorter"],
)
def test_the_likelier_of_two_keys_stands_for_a_note(other, meant):
    short = [
        event
        for note in CHART.notes
        if (note.onset_ql, note.pitch) != (4, 47)
        for event in press(float(note.onset_ql) * BEAT_S, note.pitch, 0.07 * note.duration_ql)
    ]
    card = grade(CHART, short + press(*other) + press(*meant))
    before = sum(event.kind == "on" and event.onset_s < meant[0] for event in short) + 1
    given = next(n for n in card.notes if (n.onset_ql, n.pitch) == (4, 47))
    assert (given.verdict, given.played) == ("substitution", before)
    assert [extra.played for extra in card.extras] == [before - 1]


def test_a_wrong_note_of_a_quick_run_is_no_grace_note():
    """The sixteenth before the right one was due where the wrong key came."""
    run = [make_note(f"{place}/4", pitch, "1/4") for place, pitch in enumerate((72, 74, 76, 77))]
    chart = make_chart([*run, make_note(1, 79, 3)], bars=1)
    events = play_line(chart, without={(chart.notes[2].onset_ql, 76)}, also=[(0.3, 75, 0.1)])
    card = grade(chart, events)
    assert verdict(card, chart.notes[2].onset_ql, 76) == "substitution"
    assert card.extras == ()


@pytest.mark.parametrize(
    ("due", "played", "pairs"),
    [
        # A third and a tone off rather than an octave and a fourth.
        ([(0, 0.0, 52), (1, 0.0, 62)], [(0, 0.01, 50)], [(0, 0)]),
        # Each key one note, though the nearest pair would leave two alone.
        ([(0, 0.0, 66), (1, 0.0, 74)], [(0, 0.0, 62), (1, 0.03, 86)], [(0, 0), (1, 1)]),
        # The keys of a chord keep their order, whichever finger was first.
        (
            [(0, 0.0, 63), (1, 0.0, 66), (2, 0.0, 71)],
            [(0, -0.03, 68), (1, -0.015, 70), (2, 0.0, 65)],
            [(0, 2), (1, 0), (2, 1)],
        ),
        # A whole chord an octave off is that chord.
        (
            [(n, 0.0, pitch) for n, pitch in enumerate((60, 64, 67))],
            [(n, 0.0, pitch) for n, pitch in enumerate((72, 76, 79))],
            [(0, 0), (1, 1), (2, 2)],
        ),
    ],
)
def test_wrong_keys_go_to_the_notes_that_they_were_meant_for(due, played, pairs):
    assert sorted(pair_substitutions(due, played, 0.1)) == pairs


def test_errors_are_called_by_their_names():
    """A few of the takes of `naming.py`; the whole is a command of its own."""
    tally = Tally()
    for style, level in (("jazz", 6), ("gospel", 4), ("funk", 7)):
        chart = compose(style, level, 1)
        for scene in ("click", "free", "ornaments"):
            tally.add(play(chart, style, scene, 1))
    named = {"missing", "wrong", "neighbour", "octave", "key", "stray", "ornament"}
    both, true, given = (
        sum(counts[kind] for kind in named) for counts in (tally.both, tally.true, tally.given)
    )
    assert true > 200
    assert both >= GOAL * max(true, given)
