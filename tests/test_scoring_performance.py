from game.events import NoteEvent
from game.scoring.performance import pair_notes


def on(when, pitch, velocity=70, source="midi"):
    return NoteEvent(when, "on", pitch, velocity, source)


def off(when, pitch, source="midi"):
    return NoteEvent(when, "off", pitch, 0, source)


def test_on_and_off_make_a_note_with_a_length():
    (note,) = pair_notes([on(1.0, 60, 80), off(1.5, 60)])
    assert (note.index, note.onset_s, note.duration_s) == (0, 1.0, 0.5)
    assert (note.pitch, note.velocity) == (60, 80)


def test_a_note_on_without_velocity_is_a_release():
    (note,) = pair_notes([on(0.0, 60), on(0.25, 60, velocity=0)])
    assert note.duration_s == 0.25


def test_the_sustain_pedal_is_no_held_key():
    pedal = NoteEvent(0.0, "pedal", 0, 127), NoteEvent(4.0, "pedal", 0, 0)
    (note,) = pair_notes([pedal[0], on(0.0, 60), off(0.5, 60), pedal[1]])
    assert note.duration_s == 0.5


def test_a_key_struck_again_ends_the_older_note():
    first, second = pair_notes([on(0.0, 60), on(0.5, 60), off(0.75, 60)])
    assert (first.duration_s, second.duration_s) == (0.5, 0.25)


def test_a_release_at_the_moment_of_the_next_strike_belongs_to_the_note_before():
    first, second = pair_notes([on(0.0, 60), on(0.5, 60), off(0.5, 60), off(1.0, 60)])
    assert (first.duration_s, second.duration_s) == (0.5, 0.5)


def test_events_out_of_order_are_put_in_order_and_ties_keep_theirs():
    notes = pair_notes([off(2.5, 64), on(2.0, 64), on(1.0, 67), on(1.0, 60), off(1.5, 67)])
    assert [(n.index, n.pitch) for n in notes] == [(0, 67), (1, 60), (2, 64)]
    assert [n.duration_s for n in notes] == [0.5, None, 0.5]


def test_the_computer_keyboard_gives_no_lengths():
    first, second = pair_notes(
        [on(0, 60, source="keys"), off(0.2, 60, source="keys"), on(1, 60, source="keys")]
    )
    assert (first.duration_s, second.duration_s) == (None, None)


def test_a_release_without_a_note_is_nothing():
    assert pair_notes([off(0.0, 60)]) == ()
    assert pair_notes([]) == ()


def test_without_a_single_release_nothing_has_a_length():
    assert [note.duration_s for note in pair_notes([on(0.0, 60), on(0.5, 60)])] == [None, None]
