"""Comping: chord voicings for the right hand in the style's rhythm, over the bass of the left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exercises.compose.bassline import Tone
from exercises.compose.leading import Stop, draw_contour, lead_voices, pick_contours
from exercises.compose.line import ANTICIPATION
from exercises.compose.shapes import shape_chord
from exercises.compose.tones import harmony_at
from exercises.compose.voicing import OCTAVE
from exercises.harmony import read_token

if TYPE_CHECKING:
    from collections.abc import Sequence

    from exercises.compose.dice import Dice
    from exercises.compose.form import Phrase
    from exercises.compose.progression import Slot
    from exercises.compose.rhythm import Beat
    from exercises.harmony import Harmony
    from exercises.levels import Level

RANGE = (57, 74)
"""A3 to D5: where a right hand comps, clear of a bass and under a singer."""
FULL_LEVEL = 7
"""From here voicings have four notes."""
_TRIAD = 3


def comp_chords(
    beats: Sequence[Beat],
    slots: Sequence[Slot],
    phrases: Sequence[Phrase],
    below: Sequence[Tone],
    *,
    level: Level,
    key: str,
    shape: str,
    dice: Dice,
) -> list[Tone]:
    """A voicing on every beat of the rhythm, led as one way; the last one a plain triad."""
    low, high = max(RANGE[0], level.right_range[0]), min(RANGE[1], level.right_range[1])
    count = min(level.right_notes, 4 if level.number >= FULL_LEVEL else _TRIAD)
    contours = pick_contours([phrase.letter for phrase in phrases], dice)
    stops: list[Stop] = []
    before: Harmony | None = None
    for index, beat in enumerate(beats):
        harmony = harmony_at(slots, beat.onset, beat.duration, ANTICIPATION).harmony
        if index == len(beats) - 1:
            harmony = _triad(harmony, key)
        end = beat.onset + beat.duration
        floor = max((t.pitch for t in below if t.onset < end and t.end > beat.onset), default=0)
        bottom = max(low, floor + 2)
        top = max(high, bottom + OCTAVE)
        phrase = phrases[beat.phrase]
        inside = (beat.bar - phrase.bar) / max(1, phrase.bars - 1)
        lift = draw_contour(min(1.0, max(0.0, inside)), contours[phrase.letter])
        rooted = len(harmony.pitch_classes) <= _TRIAD
        options = shape_chord(
            shape, harmony, bottom, top,
            count=count, span=min(level.span, OCTAVE + 2), rooted=rooted,
        )  # fmt: skip
        options = options or ((bottom + (harmony.root - bottom) % OCTAVE,),)
        stops.append(Stop(options, (bottom + top) / 2 + 3 + lift, same=harmony == before))
        before = harmony
    return [
        Tone(beat.onset, beat.duration, pitch, 1)
        for beat, chord in zip(beats, lead_voices(stops), strict=True)
        for pitch in chord
    ]


def _triad(harmony: Harmony, key: str) -> Harmony:
    return read_token(harmony.token, key, "m" if harmony.is_minor else "")
