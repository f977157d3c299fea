"""Where in a chart a player is who fills it in: found from the chords and from the time between.

The keys are the player's own, so there is nothing to align note by note. What is known is which
chord sounds where, and that a strike lies on the grid. The likeliest way over the grid, strike by
strike, is found by dynamic programming: on by as much as the time says, back to try again, ahead
after a skip; without a click the tempo is carried along, and may sway. Then each strike that was
not replaced by a later attempt gets the chart's own time. Costs are by ear, on the scale of a log
likelihood.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

import numpy as np
from msgspec.structs import replace

from game.scoring.performance import cluster_keys

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from game.scoring.results import PlayedNote

    Floats = NDArray[np.float64]

RATE_STEPS = 6
"""Steps of the tempo in an octave."""
SLOWEST, FASTEST = 8, -8
"""Steps from the chart's tempo: two and a half times as long, or as short."""
RATE_COST = 0.6
"""Of a step of the tempo from one strike to the next."""
OFF_BEATS = 0.12
"""One unit of a strike beside its place, in beats."""
WAIT_COST = 3.5
"""At most, of the time between two strikes: beyond it the player waited."""
AGAIN_COST = 1.0
"""Of a chord struck again at one place of the grid."""
BACK_COST, AHEAD_COST = 4.5, 5.5
"""Of going back to try again, and of leaving something out at once."""
FAR_COST = 0.1
"""For each beat of it: without it the way would go to the wrong copy of a returning phrase."""
BAR_GAIN = 0.7
"""Less where it goes to the beginning of a bar."""
CLICK_COST = 0.15
"""At most, of being beside the click: a player may stay late for the rest of the take."""
LATE_START = 0.1
"""For each beat of the chart that was left out before the first strike."""
REACH_BARS = 2.0
"""From one strike to the next, at most."""


@dataclass(frozen=True)
class Spots:
    """The places of a chart at which a player may strike, in order."""

    onset_s: Floats
    """On the chart's clock, swing applied."""
    bar_starts: NDArray[np.bool_]
    beat_s: float
    bar_s: float


@dataclass(frozen=True)
class Followed:
    """A take brought to the chart's clock."""

    played: tuple[PlayedNote, ...]
    """What counts, at the chart's own times."""
    replaced: frozenset[int]
    """Indices of the keys that a later attempt replaced."""


def follow_strikes(
    spots: Spots,
    played: Sequence[PlayedNote],
    price: Callable[[tuple[int, ...]], Floats],
    *,
    spread_s: float,
    free: bool,
) -> Followed:
    """Find where each strike of a take belongs.

    Args:
        spots: the grid.
        played: the keys, in the player's seconds (of the click, where there was one).
        price: what a handful of keys costs at each spot.
        spread_s: keys within it are one strike.
        free: there was no click.

    """
    strikes = cluster_keys(played, spread_s)
    if not strikes or not len(spots.onset_s):
        return Followed((), frozenset())
    when = np.array([median(key.onset_s for key in keys) for keys in strikes])
    prices = [price(tuple(key.pitch for key in keys)) for keys in strikes]
    way = _Search(spots, when, prices, free=free).run()
    again = _find_replaced(way)
    found: list[PlayedNote] = []
    replaced: set[int] = set()
    for number, keys in enumerate(strikes):
        if again[number]:
            replaced.update(key.index for key in keys)
            continue
        there = float(spots.onset_s[way[number]])
        found += [replace(key, onset_s=there + key.onset_s - float(when[number])) for key in keys]
    return Followed(tuple(found), frozenset(replaced))


def _find_replaced(way: Sequence[int]) -> list[bool]:
    """Whether the spot of each strike was come to again in a later attempt."""
    attempts: list[tuple[int, int, int]] = []
    start = 0
    for number in range(1, len(way) + 1):
        if number == len(way) or way[number] < way[number - 1]:
            attempts.append((start, way[start], way[number - 1]))
            start = number
    return [
        any(begun > number and low <= spot <= high for begun, low, high in attempts)
        for number, spot in enumerate(way)
    ]


class _Search:
    """The dynamic programming over spots and tempi."""

    def __init__(self, spots: Spots, when: Floats, prices: Sequence[Floats], *, free: bool) -> None:
        self.spots, self.when, self.prices = spots, when, prices
        steps = np.arange(FASTEST, SLOWEST + 1) if free else np.zeros(1)
        self.rates = 2.0 ** (steps / RATE_STEPS)
        self.free = free
        places = spots.onset_s
        reach_s = REACH_BARS * spots.bar_s
        ahead = np.searchsorted(places, places + reach_s, side="right") - np.arange(len(places))
        self.reach = int(ahead.max())
        self.far = FAR_COST * places / spots.beat_s

    def run(self) -> list[int]:
        """The spot of each strike."""
        spots, rates = self.spots, self.rates
        count = len(spots.onset_s)
        begun = LATE_START * (spots.onset_s - spots.onset_s[0]) / spots.beat_s
        costs = np.repeat((begun + self.prices[0])[:, None], len(rates), axis=1)
        costs += self._beside_click(0)[:, None]
        parents: list[NDArray[np.int32]] = []
        for number in range(1, len(self.when)):
            costs, froms = self._step(costs, float(self.when[number] - self.when[number - 1]))
            costs += (self.prices[number] + self._beside_click(number))[:, None]
            parents.append(froms)
        state = int(np.argmin(costs))
        way = [state // len(rates)]
        for froms in reversed(parents):
            state = int(froms.reshape(count * len(rates))[state])
            way.append(state // len(rates))
        return way[::-1]

    def _beside_click(self, number: int) -> Floats:
        if self.free:
            return np.zeros(len(self.spots.onset_s))
        away = (self.when[number] - self.spots.onset_s) / (OFF_BEATS * self.spots.beat_s)
        beside: Floats = np.minimum(CLICK_COST, np.log1p(away * away))
        return beside

    def _step(self, costs: Floats, gap_s: float) -> tuple[Floats, NDArray[np.int32]]:
        """The costs after one more strike, and from which state each came."""
        count, tempi = costs.shape
        states = np.arange(count * tempi, dtype=np.int32).reshape(count, tempi)
        costs, states = self._change_tempo(costs, states)
        best, froms = self._jump(costs, states)
        places, unit_s = self.spots.onset_s, OFF_BEATS * self.spots.beat_s
        for ahead in range(min(self.reach, count - 1) + 1):
            written = (places[ahead:] - places[: count - ahead])[:, None]
            away = (gap_s / self.rates - written) / unit_s
            moved = np.minimum(np.log1p(away * away), WAIT_COST) + costs[: count - ahead]
            if not ahead:
                moved += AGAIN_COST
            better = moved < best[ahead:]
            best[ahead:] = np.where(better, moved, best[ahead:])
            froms[ahead:] = np.where(better, states[: count - ahead], froms[ahead:])
        return best, froms

    def _change_tempo(
        self, costs: Floats, states: NDArray[np.int32]
    ) -> tuple[Floats, NDArray[np.int32]]:
        if len(self.rates) == 1:
            return costs, states
        best, froms = costs.copy(), states.copy()
        for here, there in ((slice(1, None), slice(None, -1)), (slice(None, -1), slice(1, None))):
            moved = costs[:, there] + RATE_COST
            better = moved < best[:, here]
            best[:, here] = np.where(better, moved, best[:, here])
            froms[:, here] = np.where(better, states[:, there], froms[:, here])
        return best, froms

    def _jump(self, costs: Floats, states: NDArray[np.int32]) -> tuple[Floats, NDArray[np.int32]]:
        """Back to any place, or ahead, at a price that grows with the distance."""
        far = self.far[:, None]
        gain = (BAR_GAIN * self.spots.bar_starts)[:, None]
        back, back_at = _least_so_far((costs + far)[::-1])
        ahead, ahead_at = _least_so_far(costs - far)
        back, back_at = back[::-1] - far + BACK_COST - gain, len(costs) - 1 - back_at[::-1]
        ahead = ahead + far + AHEAD_COST - gain
        backwards = back < ahead
        at = np.where(backwards, back_at, ahead_at)
        columns = np.broadcast_to(np.arange(costs.shape[1]), costs.shape)
        return np.where(backwards, back, ahead), states[at, columns]


def _least_so_far(values: Floats) -> tuple[Floats, NDArray[np.intp]]:
    """The least of each column down to each row, and in which row it is."""
    least = np.minimum.accumulate(values, axis=0)
    rows = np.broadcast_to(np.arange(len(values))[:, None], values.shape)
    return least, np.maximum.accumulate(np.where(values == least, rows, 0), axis=0)
