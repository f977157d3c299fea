"""What each strike is by itself, before anything is known of its place.

The price of its pitch in each onset group, the key that bounced, the key that was struck before,
and the trill. All costs are by ear, on the scale of a log likelihood.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

WRONG_COST = 3.6
NEAR_COST = 2.3
"""One or two semitones off, or octaves."""
NEAR = (1, 2, 12, 24)
FARTHEST = max(NEAR)
PITCHES = 128
RESTRIKE_S = 0.09
"""A key that bounced, in whichever group."""
CHORD_S = 0.09
CHORD_NOTES, SAME_SHARE = 2, 0.6
"""Keys, and share of a chord, that make it the same again."""
ORNAMENT_S, ORNAMENT_STEP = 0.4, 2
"""Between two strikes of the same key in it, and semitones to the neighbour."""
ORNAMENT_NOTES = 6
"""Played meanwhile at most, by both hands."""


def price_pitches(groups: Sequence[frozenset[int]]) -> Floats:
    """Cost of playing each pitch (rows) in each group (columns)."""
    count = len(groups)
    written = np.zeros((PITCHES + 2 * FARTHEST, count), np.bool_)
    for index, wanted in enumerate(groups):
        for pitch in wanted:
            written[pitch + FARTHEST, index] = True
    near = np.zeros((PITCHES, count), np.bool_)
    for interval in NEAR:
        for step in (-interval, interval):
            near |= written[FARTHEST + step : FARTHEST + step + PITCHES]
    costs = np.where(near, np.float32(NEAR_COST), np.float32(WRONG_COST))
    here = written[FARTHEST : FARTHEST + PITCHES]
    costs[here] = 0
    return costs


def struck_before(pitches: list[int]) -> list[int]:
    """For each played note the one before it with the same pitch; -1 for none."""
    last: dict[int, int] = {}
    found: list[int] = []
    for row, pitch in enumerate(pitches):
        found.append(last.get(pitch, -1))
        last[pitch] = row
    return found


def find_ornaments(onsets_s: NDArray[np.float64], pitches: list[int]) -> list[bool]:
    """Whether each played note goes to and fro with a neighbouring key."""
    found = [False] * len(pitches)
    for row, pitch in enumerate(pitches):
        for later in range(row + 2, min(row + ORNAMENT_NOTES, len(pitches))):
            if onsets_s[later] - onsets_s[row] > ORNAMENT_S:
                break
            if pitches[later] == pitch:
                near = range(row + 1, later)
                found[row] |= any(0 < abs(pitches[k] - pitch) <= ORNAMENT_STEP for k in near)
                found[later] |= found[row]
                break
    return found


def find_chords_again(onsets_s: NDArray[np.float64], pitches: list[int]) -> list[bool]:
    """Whether each played note is of a chord that was the one before, too."""
    chords: list[list[int]] = []
    for row in range(len(pitches)):
        if chords and onsets_s[row] - onsets_s[chords[-1][0]] <= CHORD_S:
            chords[-1].append(row)
        else:
            chords.append([row])
    found = [False] * len(pitches)
    for before, chord in pairwise(chords):
        same = {pitches[row] for row in before} & {pitches[row] for row in chord}
        if len(same) >= max(CHORD_NOTES, SAME_SHARE * max(len(before), len(chord))):
            for row in chord:
                found[row] = pitches[row] in same
    return found


def is_restrike(onsets_s: NDArray[np.float64], pitches: list[int], row: int) -> bool:
    """Whether the same key was struck a moment before."""
    for earlier in range(row - 1, max(-1, row - 5), -1):
        if onsets_s[row] - onsets_s[earlier] > RESTRIKE_S:
            return False
        if pitches[earlier] == pitches[row]:
            return True
    return False
