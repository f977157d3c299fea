"""Attempts: a take cut at its jumps, and which attempt at a bar counts.

A segment is a stretch that was played on without a jump. Where two segments cover the same
place, the later one counts: what was played again was meant to replace what was played before.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from statistics import median
from typing import TYPE_CHECKING

import numpy as np

from game.scoring.path import RESTART
from game.scoring.windows import MAD_TO_SD

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from game.scoring.expectation import Expected
    from game.scoring.layout import Layout
    from game.scoring.path import Step

SMOOTHING = 5
"""Onset groups in the running median of the lag: one slip moves nothing."""
EARNEST = 0.45
"""Share of right notes from which the chart was played, of those played and those passed."""
WIDE_SMOOTHING = 25
LASTS = 2
"""Places that agree on a new lag before it is no slip."""
SCATTERS = 1.5
"""A lag that differs by more of the player's own scatter is another lag."""


@dataclass(frozen=True)
class Segment:
    """A stretch played without a jump."""

    start: int
    """The first played note, ..."""
    stop: int
    """... and the one after the last."""
    low: int
    """The lowest onset group that it reached ..."""
    high: int
    """... and the highest."""
    restarted: bool
    """Whether it began by going back."""
    earnest: bool = True
    """Whether the chart was played, and not something else: noodling, a sigh, another tune."""


@dataclass(frozen=True)
class TimeMap:
    """Where the player of one segment is: the lag behind the chart's clock along the chart."""

    places_s: NDArray[np.float64]
    lags_s: NDArray[np.float64]

    def lag_s(self, onset_s: float) -> float:
        """The lag at a place of the chart, in seconds (late is positive)."""
        return float(np.interp(onset_s, self.places_s, self.lags_s))


def cut_segments(
    steps: Sequence[Step], sizes: Sequence[float], begun: int = 0
) -> tuple[Segment, ...]:
    """Cut the way of a take at its jumps.

    Args:
        steps: where each played note was placed.
        sizes: how many notes each onset group has.
        begun: the first played note that can count; before it the click was counting in.

    """
    if not steps:
        return ()
    starts = [0] + [index for index, step in enumerate(steps) if index and step.jump]
    found: list[Segment] = []
    for start, stop in zip(starts, [*starts[1:], len(steps)], strict=True):
        placed = [step.group for step in steps[start:stop] if not step.extra]
        if not placed:
            placed = [steps[start].group]
        restarted = steps[start].move == RESTART
        low, high = min(placed), max(placed)
        right = sum(step.right and not step.extra for step in steps[start:stop])
        whole = max(stop - start, sum(sizes[low : high + 1]))
        earnest = right >= EARNEST * whole and stop > begun
        found.append(Segment(start, stop, low, high, restarted, earnest))
    return tuple(found)


def find_owners(
    segments: Sequence[Segment],
    steps: Sequence[Step],
    pitches: Sequence[int],
    expected: Sequence[Expected],
    chart: Layout,
) -> list[int]:
    """The segment that counts for each charted note; -1 where none came by.

    The last one counts, but one that is not in earnest only where there is no other. Who goes
    back plays nothing again that is written before the place he goes back to, though a late hand
    may come to it only then.

    Args:
        segments: the attempts.
        steps: where each played note was placed.
        pitches: its pitch.
        expected: the charted notes.
        chart: their onset groups.

    """
    members: dict[int, list[int]] = {}
    for number, place in enumerate(chart.places):
        members.setdefault(place, []).append(number)
    owners = [-1] * len(expected)
    ordered = sorted(enumerate(segments), key=lambda one: one[1].earnest)
    for index, segment in ordered:
        begins_s = inf
        for key in range(segment.start, segment.stop):
            step = steps[key]
            if not step.extra:
                here = [n for n in members[step.group] if expected[n].pitch == pitches[key]]
                if not here and not chart.spells:
                    # Where a hand is late a wrong key may be its last of the attempt before.
                    here = members[step.group]
                begins_s = min([begins_s, *(expected[number].onset_s for number in here)])
        for group in range(segment.low, segment.high + 1):
            for number in members[group]:
                if expected[number].onset_s >= begins_s or begins_s == inf:
                    owners[number] = index
    return owners


def map_time(
    places_s: Sequence[float], lags_s: Sequence[float], *, step_s: float, calm: bool = False
) -> TimeMap:
    """A smooth lag along the chart from single asynchronies in any order.

    Notes at one place are one: their median. Then a running median over `SMOOTHING` places; a
    calm map takes `WIDE_SMOOTHING` wherever that is not out of the way of the player, whose
    scatter is then not taken for a lag. It does not run across a wait: a step of more than
    `step_s` after which two places and more agree.
    """
    gathered: dict[float, list[float]] = {}
    for place, lag in zip(places_s, lags_s, strict=True):
        gathered.setdefault(place, []).append(lag)
    ordered = sorted(gathered)
    medians = [median(gathered[place]) for place in ordered]
    pieces = _cut_at_waits(medians, step_s)
    near = np.array([lag for piece in pieces for lag in smooth_median(piece, SMOOTHING)])
    if calm:
        wide = np.array([lag for piece in pieces for lag in smooth_median(piece, WIDE_SMOOTHING)])
        scatter = MAD_TO_SD * float(np.median(np.abs(np.array(medians) - near)))
        near = np.where(np.abs(near - wide) <= SCATTERS * scatter, wide, near)
    return TimeMap(np.array(ordered), near)


def _cut_at_waits(lags_s: Sequence[float], step_s: float) -> list[Sequence[float]]:
    """Lags that belong together, in order; a single one that is away is a slip of its piece."""
    cuts = [0]
    for index in range(LASTS, len(lags_s) - LASTS + 1):
        before, after = lags_s[index - LASTS : index], lags_s[index : index + LASTS]
        apart = max(min(after) - max(before), min(before) - max(after))
        if apart > step_s and index - cuts[-1] >= LASTS:
            cuts.append(index)
    return [lags_s[cut:end] for cut, end in zip(cuts, [*cuts[1:], len(lags_s)], strict=True)]


def smooth_median(values: Sequence[float], width: int, *, odd: bool = False) -> list[float]:
    """Running median over `width` values, over fewer at the ends.

    Args:
        values: in their order.
        width: of the window; odd.
        odd: take an odd number at the ends too, so that each median is one of the values: beside
            a step the mean of two would be a level that nobody was on.

    """
    half, count = width // 2, len(values)
    found: list[float] = []
    for index in range(count):
        low, high = max(0, index - half), min(count, index + half + 1)
        if odd and (high - low) % 2 == 0:
            nearer_low = index - low < high - 1 - index
            low, high = (low, high - 1) if nearer_low else (low + 1, high)
        found.append(median(values[low:high]))
    return found
