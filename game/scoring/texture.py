"""How a comp lies and moves: register and voice leading of the voicings that were played."""

from __future__ import annotations

from itertools import pairwise
from statistics import fmean
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

TEXTURE_SHARE = 0.1
"""Of the score of the notes, half for the register and half for the leading: a right chord in a
poor place is still the right chord (by ear)."""
MUDDY_BELOW = 45
"""A2: thirds and seconds below it are mud, as every arranging book says (low interval limits)."""
MUDDY_INTERVAL = 5
HIGHEST_MIDDLE = 81
"""A5: a comp whose middle lies above leaves the piano's range for accompaniment (by ear)."""
SMOOTH, ROUGH = 4.0, 10.0
"""Semitones that each voice moves on average from chord to chord: in full, and worth nothing."""


def score_texture(voicings: Sequence[tuple[int, ...]]) -> float:
    """What the texture leaves of the score of the notes, `1 - TEXTURE_SHARE` to 1.

    Args:
        voicings: the keys of each strike of two and more, in order.

    """
    if not voicings:
        return 1.0
    lies = fmean(_lies_well(voicing) for voicing in voicings)
    moves = [
        _move(before, after) for before, after in pairwise(voicings) if set(before) != set(after)
    ]
    leads = fmean(moves) if moves else 1.0
    return 1.0 - TEXTURE_SHARE * (1.0 - (lies + leads) / 2.0)


def _lies_well(voicing: tuple[int, ...]) -> bool:
    """Whether a voicing is neither mud nor tinkling."""
    keys = sorted(set(voicing))
    muddy = any(low < MUDDY_BELOW and high - low < MUDDY_INTERVAL for low, high in pairwise(keys))
    return not muddy and fmean(keys) <= HIGHEST_MIDDLE


def _move(before: tuple[int, ...], after: tuple[int, ...]) -> float:
    """1 where the voices move little, 0 where all of them leap."""
    upper = sorted(set(after))
    away = fmean(min(abs(key - old) for old in before) for key in upper)
    return min(1.0, max(0.0, (ROUGH - away) / (ROUGH - SMOOTH)))
