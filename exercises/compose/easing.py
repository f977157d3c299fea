"""What a hand cannot do at the tempo is made easier: wide quick jumps, keys struck again at once.

Patterns are written for a middle tempo; at a quick one a tenth goes down an octave and a note that
the same finger has just played is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from exercises.compose.grid import TICKS
from exercises.timeline import SECONDS_PER_MINUTE

if TYPE_CHECKING:
    from exercises.compose.bassline import Tone
    from exercises.levels import Level

QUICK_S = 0.36
"""Seconds within which a jump beyond `FARTHEST` is not asked for (with a little to spare)."""
FARTHEST = 15
STRIDE_FARTHEST, STRIDE_LEVEL = 19, 8
"""A left hand that strides jumps farther."""
REPEAT_S = 0.13
"""Seconds within which a key is not struck again."""
_OCTAVE = 12


def ease_hand(tones: Sequence[Tone], level: Level, quarter_bpm: float) -> list[Tone]:
    """The notes of one hand without what it cannot reach or repeat in time."""
    groups: dict[int, list[Tone]] = {}
    for tone in sorted(tones, key=lambda tone: (tone.onset, tone.pitch)):
        groups.setdefault(tone.onset, []).append(tone)
    ticks_per_s = quarter_bpm * TICKS / SECONDS_PER_MINUTE
    _drop_repeats(groups, REPEAT_S * ticks_per_s)
    _narrow_jumps(groups, level, QUICK_S * ticks_per_s)
    return [tone for group in groups.values() for tone in group]


def _drop_repeats(groups: dict[int, list[Tone]], nearest: float) -> None:
    struck: dict[int, int] = {}
    for onset in list(groups):
        kept = [
            tone for tone in groups[onset] if onset - struck.get(tone.pitch, -(TICKS**2)) >= nearest
        ]
        if kept:
            groups[onset] = kept
        else:
            del groups[onset]
        struck.update((tone.pitch, onset) for tone in kept)


def _narrow_jumps(groups: dict[int, list[Tone]], level: Level, quick: float) -> None:
    farthest = STRIDE_FARTHEST if level.number >= STRIDE_LEVEL else FARTHEST
    onsets = list(groups)
    for before, after in pairwise(onsets):
        if after - before >= quick or _jump(groups[before], groups[after]) <= farthest:
            continue
        upper, lower = (
            (before, after) if groups[before][-1].pitch > groups[after][-1].pitch
            else (after, before)
        )  # fmt: skip
        for onset, move in ((upper, -_OCTAVE), (lower, _OCTAVE)):
            group = groups[onset]
            moved = [replace(tone, pitch=tone.pitch + move) for tone in group]
            low, high = level.left_range
            other = groups[lower if onset == upper else upper]
            if (
                len(group) == 1
                and low <= moved[0].pitch <= high
                and _jump(moved, other) <= farthest
                and moved[0].pitch not in {tone.pitch for tone in other}
            ):
                groups[onset] = moved
                break


def _jump(one: Sequence[Tone], two: Sequence[Tone]) -> int:
    return min(abs(one[0].pitch - two[0].pitch), abs(one[-1].pitch - two[-1].pitch))
