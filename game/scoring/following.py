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
from itertools import pairwise
from math import inf
from statistics import median
from typing import TYPE_CHECKING

import numpy as np
from msgspec.structs import replace

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from game.scoring.results import PlayedNote

    Floats = NDArray[np.float64]

BEGUN = -1
"""In the place of the state that a strike came from: the take begins with it."""
RATE_STEPS = 6
"""Steps of the tempo in an octave."""
SLOWEST, FASTEST = 8, -8
"""Steps from the chart's tempo: two and a half times as long, or as short."""
RATE_COST = 0.6
"""Of a step of the tempo from one strike to the next."""
OFF_BEATS = 0.12
"""One unit of a strike beside its place, in beats."""
WAIT_COST = 3.5
"""At most, of more time between two strikes than is written: beyond it the player waited."""
AGAIN_COST = 1.0
"""Of a chord struck again at one place of the grid."""
BACK_COST, AHEAD_COST = 4.5, 5.5
"""Of going back to try again, and of leaving something out at once; also of a beginning and an end
elsewhere than in the chart."""
FAR_COST = 0.1
"""For each beat of it: without it the way would go to the wrong copy of a returning phrase."""
BAR_GAIN = 0.7
"""Less where it goes to the beginning of a bar."""
LATE_CHANGE = (0.4, 0.7)
"""Of a chord that is not struck where it begins, to a click and without: without it a player who
waits for half a beat would be late ever after."""
CLICK_COST = 0.2
"""At most, of being beside the click: a player may stay late for the rest of the take."""
LEAP_COST = 1.5
"""Of a leap ahead to beside the click."""
OTHER_RATE_COST = 0.15
"""Of each step from the chart's tempo at the beginning."""
NEAR_BEATS = 2.0
"""So far from its beginning (from where the click is) a take begins at no more than the cost of the
distance, ..."""
LEFT_BARS = 2.0
"""... and so far before its end it ends at no cost: the last chord is held."""
REACH_BARS = 2.0
"""From one strike to the next, at most."""
APART_BARS = 1.0
"""What lies before or after a longer pause need not be of the take at all, ..."""
STRAY_COST, STRAY_MORE = 3.6, 0.6
"""... at a cost dearer than a wait before the last chord, and more for each further strike."""
MOST_STRAYS = 4
"""More of them at one end are an attempt."""


@dataclass(frozen=True)
class Spots:
    """The places of a chart at which a player may strike, in order."""

    onset_s: Floats
    """On the chart's clock, swing applied."""
    bar_starts: NDArray[np.bool_]
    chords: NDArray[np.int64]
    """Which chord stands over each."""
    said: NDArray[np.int64]
    """Which chord has been said once there was a strike: just before a change the next one."""
    opens: NDArray[np.bool_]
    """Where a chord begins, and just before it."""
    beat_s: float
    bar_s: float


@dataclass(frozen=True)
class Attempt:
    """A stretch that was played on without a jump."""

    heard_s: tuple[float, ...]
    """When each of its strikes was heard, ..."""
    places_s: tuple[float, ...]
    """... and where it belongs on the chart's clock."""
    restarted: bool
    """Whether it began by going back."""


@dataclass(frozen=True)
class Followed:
    """A take brought to the chart's clock."""

    strikes: tuple[tuple[int, tuple[PlayedNote, ...]], ...]
    """What counts: the spot of each strike, and its keys at the chart's own times."""
    replaced: frozenset[int]
    """Indices of the keys that a later attempt replaced."""
    strays: frozenset[int]
    """Indices of the keys that were struck long before or after the take."""
    attempts: tuple[Attempt, ...]
    belongs: dict[int, int]
    """Index of each key of the take to the number of its attempt."""


def follow_strikes(
    spots: Spots,
    strikes: Sequence[Sequence[PlayedNote]],
    price: Callable[[tuple[int, ...]], Floats],
    *,
    lean_s: float,
    free: bool,
) -> Followed:
    """Find where each strike of a take belongs.

    Args:
        spots: the grid.
        strikes: keys that were struck together, in the player's seconds (of the click, where there
            was one).
        price: what a handful of keys costs at each spot.
        lean_s: how much later than its place all is struck.
        free: there was no click.

    """
    if not strikes or not len(spots.onset_s):
        return Followed((), frozenset(), frozenset(), (), {})
    when = [median(key.onset_s for key in keys) - lean_s for keys in strikes]
    prices = [price(tuple(key.pitch for key in keys)) for keys in strikes]
    first, way, cuts = _Search(spots, np.array(when), prices, free=free).run()
    last = first + len(way)
    strays = (key for keys in (*strikes[:first], *strikes[last:]) for key in keys)
    strikes, when = strikes[first:last], when[first:last]
    stretches = [range(*ends) for ends in pairwise([*cuts, len(way)])]
    again = _find_replaced(way, stretches)
    there = [float(spots.onset_s[spot]) for spot in way]
    found: list[tuple[int, tuple[PlayedNote, ...]]] = []
    replaced: set[int] = set()
    for number, keys in enumerate(strikes):
        if again[number]:
            replaced.update(key.index for key in keys)
        else:
            late = when[number] + lean_s - there[number]
            moved = (replace(key, onset_s=key.onset_s - late) for key in keys)
            found.append((way[number], tuple(moved)))
    return Followed(
        strikes=tuple(found),
        replaced=frozenset(replaced),
        strays=frozenset(key.index for key in strays),
        attempts=tuple(
            Attempt(
                heard_s=tuple(when[number] for number in stretch),
                places_s=tuple(there[number] for number in stretch),
                restarted=bool(stretch.start) and way[stretch.start] < way[stretch.start - 1],
            )
            for stretch in stretches
        ),
        belongs={
            key.index: rank
            for rank, stretch in enumerate(stretches)
            for number in stretch
            for key in strikes[number]
        },
    )


def _find_replaced(way: Sequence[int], stretches: Sequence[range]) -> list[bool]:
    """Whether the spot of each strike was come to again in a later attempt."""
    reaches = [(each.start, way[each.start], way[each.stop - 1]) for each in stretches]
    return [
        any(begun > number and low <= spot <= high for begun, low, high in reaches)
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

    def run(self) -> tuple[int, list[int], list[int]]:
        """The first strike of the take, the spot of each from there, and where attempts begin."""
        count, tempi = len(self.when), len(self.rates)
        apart = np.diff(self.when) > APART_BARS * self.spots.bar_s
        places = self.spots.onset_s
        early = places[-1] - places > LEFT_BARS * self.spots.bar_s
        left = np.where(early, AHEAD_COST, 0.0)[:, None]
        costs = self._begin(0)
        ends: list[tuple[float, int, int]] = []
        """What it costs to end with a strike, which one, and the state there."""
        parents: list[NDArray[np.int32]] = []
        jumps: list[NDArray[np.bool_]] = []
        for number in range(count):
            if number:
                gap_s = float(self.when[number] - self.when[number - 1])
                beside = self._beside_click(number)
                costs, froms, jumped = self._step(costs, gap_s, beside)
                costs += (self.prices[number] + beside)[:, None]
                if apart[number - 1]:
                    begun = self._begin(number)
                    froms[begun < costs] = BEGUN
                    costs = np.minimum(costs, begun)
                parents.append(froms)
                jumps.append(jumped)
            if number == count - 1 or apart[number]:
                done = costs + left + _stray(count - 1 - number)
                ends.append((float(done.min()), number, int(np.argmin(done))))
        _, number, state = min(ends)
        way = [state // tempi]
        cuts: list[int] = []
        while number and parents[number - 1].flat[state] != BEGUN:
            if jumps[number - 1].flat[state]:
                cuts.append(number)
            number, state = number - 1, int(parents[number - 1].flat[state])
            way.append(state // tempi)
        return number, way[::-1], [0, *(cut - number for cut in reversed(cuts))]

    def _begin(self, number: int) -> Floats:
        """What it costs that the take begins with a strike."""
        spots = self.spots
        first_s = spots.onset_s[0] if self.free else self.when[number]
        late = np.abs(spots.onset_s - first_s) / spots.beat_s
        begun = FAR_COST * late + np.where(late > NEAR_BEATS, AHEAD_COST, 0.0)
        costs = np.repeat((begun + self.prices[number])[:, None], len(self.rates), axis=1)
        costs += self._beside_click(number)[:, None]
        costs += OTHER_RATE_COST * RATE_STEPS * np.abs(np.log2(self.rates))
        found: Floats = costs + _stray(number)
        return found

    def _beside_click(self, number: int) -> Floats:
        if self.free:
            return np.zeros(len(self.spots.onset_s))
        away = (self.when[number] - self.spots.onset_s) / (OFF_BEATS * self.spots.beat_s)
        beside: Floats = np.minimum(CLICK_COST, np.log1p(away * away))
        return beside

    def _step(
        self, costs: Floats, gap_s: float, beside: Floats
    ) -> tuple[Floats, NDArray[np.int32], NDArray[np.bool_]]:
        """The costs after one more strike, from which state each came, and whether by a jump."""
        count, tempi = costs.shape
        states = np.arange(count * tempi, dtype=np.int32).reshape(count, tempi)
        costs, states = self._change_tempo(costs, states)
        best, froms = self._jump(costs, states, beside)
        jumped = np.ones_like(best, dtype=np.bool_)
        places, unit_s = self.spots.onset_s, OFF_BEATS * self.spots.beat_s
        for ahead in range(min(self.reach, count - 1) + 1):
            written = (places[ahead:] - places[: count - ahead])[:, None]
            away = (gap_s / self.rates - written) / unit_s
            # More time than written is a wait; to be there much too soon is to leave out.
            most = np.where(away > 0, WAIT_COST, AHEAD_COST)
            moved = np.minimum(np.log1p(away * away), most) + costs[: count - ahead]
            if not ahead:
                moved += AGAIN_COST
            else:
                moved += self._late_change(ahead)[:, None]
            better = moved < best[ahead:]
            np.copyto(best[ahead:], moved, where=better)
            np.copyto(froms[ahead:], states[: count - ahead], where=better)
            jumped[ahead:][better] = False
        return best, froms, jumped

    def _late_change(self, ahead: int) -> Floats:
        """What it costs to come to a chord elsewhere than where it begins, so many spots on."""
        spots = self.spots
        another = spots.chords[ahead:] != spots.said[: len(spots.said) - ahead]
        cost: Floats = LATE_CHANGE[self.free] * (another & ~spots.opens[ahead:])
        return cost

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

    def _jump(
        self, costs: Floats, states: NDArray[np.int32], beside: Floats
    ) -> tuple[Floats, NDArray[np.int32]]:
        """Back to any place, or ahead, at a price that grows with the distance."""
        far = self.far[:, None]
        gain = (BAR_GAIN * self.spots.bar_starts)[:, None]
        back, back_at = _least_so_far((costs + far)[::-1])
        ahead, ahead_at = _least_so_far(costs - far)
        back, back_at = back[::-1] - far + BACK_COST - gain, len(costs) - 1 - back_at[::-1]
        # Who leaps ahead leaps to where the click is.
        ahead = ahead + far + AHEAD_COST - gain + LEAP_COST * (beside / CLICK_COST)[:, None]
        backwards = back < ahead
        at = np.where(backwards, back_at, ahead_at)
        columns = np.broadcast_to(np.arange(costs.shape[1]), costs.shape)
        return np.where(backwards, back, ahead), states[at, columns]


def _stray(strikes: int) -> float:
    """What it costs that so many strikes at one end are not of the take."""
    if strikes > MOST_STRAYS:
        return inf
    return STRAY_COST + STRAY_MORE * (strikes - 1) if strikes else 0.0


def _least_so_far(values: Floats) -> tuple[Floats, NDArray[np.intp]]:
    """The least of each column down to each row, and in which row it is."""
    least = np.minimum.accumulate(values, axis=0)
    rows = np.broadcast_to(np.arange(len(values))[:, None], values.shape)
    return least, np.maximum.accumulate(np.where(values == least, rows, 0), axis=0)
