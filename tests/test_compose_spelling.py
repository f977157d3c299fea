"""Chromatic notes of an accompaniment are called by where they lead."""

import pytest

from exercises.compose.bassline import LOWER_STAFF, Tone
from exercises.compose.progression import Slot
from exercises.compose.writing import name_leading
from exercises.harmony import read_token

SLOTS = (Slot(0, 96, read_token("I", "Bb"), 0), Slot(96, 96, read_token("V:7", "Bb"), 1))


def name_of(pitch, goal):
    tone, following = (Tone(at, 24, each, LOWER_STAFF) for at, each in ((0, pitch), (24, goal)))
    return name_leading(SLOTS, tone, following, "Bb")


@pytest.mark.parametrize(
    ("pitch", "goal", "name"),
    [(47, 48, "B"), (47, 46, "Cb"), (49, 50, "C#"), (52, 53, "E"), (42, 43, "F#")],
)
def test_a_leading_bass_note_points_at_its_goal(pitch, goal, name):
    assert name_of(pitch, goal) == name
    assert name_of(pitch, goal - 12) == name  # the octave above a bass that goes on


def test_notes_of_the_chord_and_the_key_keep_their_names():
    assert name_of(46, 47) is None
    assert name_of(51, 50) is None
    assert name_of(47, 53) is None
    assert name_leading(SLOTS, Tone(0, 24, 47, LOWER_STAFF), None, "Bb") is None
