"""Comping: chord voicings for the right hand in the style's rhythm, over the bass of the left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exercises.compose.bassline import Tone
from exercises.compose.grips import ROOTLESS_LEVEL
from exercises.compose.line import ANTICIPATION
from exercises.compose.tones import harmony_at
from exercises.compose.voicing import Voicing, close_chord, rootless
from exercises.harmony import read_token

if TYPE_CHECKING:
    from collections.abc import Sequence

    from exercises.compose.progression import Slot
    from exercises.compose.rhythm import Beat
    from exercises.harmony import Harmony
    from exercises.levels import Level

RANGE = (57, 74)
"""A3 to D5: where a right hand comps, clear of a bass and under a singer."""
_TRIAD = 3


def comp_chords(
    beats: Sequence[Beat],
    slots: Sequence[Slot],
    below: Sequence[Tone],
    *,
    level: Level,
    key: str,
    shapes: frozenset[str],
) -> list[Tone]:
    """A voicing on every beat of the rhythm, each near the last; the last one a plain triad."""
    low, high = max(RANGE[0], level.right_range[0]), min(RANGE[1], level.right_range[1])
    count = min(level.right_notes, 4 if level.number > ROOTLESS_LEVEL else _TRIAD)
    tones: list[Tone] = []
    near: Voicing = ()
    for index, beat in enumerate(beats):
        harmony = harmony_at(slots, beat.onset, beat.duration, ANTICIPATION).harmony
        if index == len(beats) - 1:
            harmony = _triad(harmony, key)
        end = beat.onset + beat.duration
        floor = max((t.pitch for t in below if t.onset < end and t.end > beat.onset), default=0)
        bottom = max(low, floor + 2)
        top = max(high, bottom + 12)
        open_hand = "rootless" in shapes and level.number >= ROOTLESS_LEVEL
        if open_hand and len(harmony.pitch_classes) > _TRIAD:
            near = rootless(harmony, near, bottom, high=top, count=count)
        else:
            rooted = len(harmony.pitch_classes) <= _TRIAD
            near = close_chord(harmony, near, bottom, high=top, count=count, rooted=rooted)
        tones += [Tone(beat.onset, beat.duration, pitch, 1) for pitch in near]
    return tones


def _triad(harmony: Harmony, key: str) -> Harmony:
    return read_token(harmony.token, key, "m" if harmony.is_minor else "")
