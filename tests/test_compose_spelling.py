"""Chromatic notes of an accompaniment are called by where they lead."""

import pytest

from exercises.compose.bassline import LOWER_STAFF, Tone
from exercises.compose.draft import _plan
from exercises.compose.writing import _write_tone
from exercises.drill import Drill
from styles.loader import load_style


@pytest.fixture(scope="module")
def plan():
    drill = Drill("ragtime", 6, "grand", "Bb", "2/4", 8, 80.0, "both", 1, "")
    return _plan(drill, load_style("ragtime"), 1)


@pytest.mark.parametrize(
    ("pitch", "goal", "name"),
    [(47, 48, "B2"), (47, 46, "Cb3"), (49, 50, "C#3"), (52, 53, "E3"), (42, 43, "F#2")],
)
def test_a_leading_bass_note_points_at_its_goal(plan, pitch, goal, name):
    first = plan.slots[0]
    assert pitch % 12 not in first.harmony.pitch_classes
    tone = Tone(first.onset, 24, pitch, LOWER_STAFF)
    following = Tone(first.onset + 24, 24, goal, LOWER_STAFF)
    assert _write_tone(tone, plan, following).spelling == name
    octave = Tone(first.onset + 24, 24, goal - 12, LOWER_STAFF)
    assert _write_tone(tone, plan, octave).spelling == name
