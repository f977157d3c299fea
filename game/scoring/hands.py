"""One hand that falls behind the other, for a while or all the time: how late it is, note by note.

A second look at a take that went badly. The player as a whole has a lag behind the chart's clock
that seldom jumps, and either hand may be later than that for a while. What does not come where it
is due is missed, a key for which nothing is due is one too many, falling behind and catching up
have their price. The likeliest course is a Viterbi search over both lags, onset by onset. Costs
are by ear, on the scale of a log likelihood.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import replace
from operator import itemgetter
from statistics import median
from typing import TYPE_CHECKING

import numpy as np

from game.scoring.segments import cut_segments, map_time
from game.scoring.windows import MAD_TO_SD

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from game.scoring.expectation import Expected
    from game.scoring.segments import Segment
    from game.scoring.ways import Way

    Floats = NDArray[np.float64]
    Ints = NDArray[np.intp]
    Looked = tuple[int, int, tuple[tuple[int, int], ...]]
    """The lowest and the highest onset group of a stretch, and the keys of its attempts."""

STEP_S = 0.04
"""Between the lags that are tried, in the player's own seconds."""
LATE_STEPS = range(2, 12)
"""By so many of them a hand may be late."""
MOST_STEPS = 120
"""A player whose own lag changes by more is not looked at."""
UNIT_S, UNIT_BEATS = 0.06, 0.1
"""One unit of asynchrony: the greatest of both and the player's own scatter."""
MISSED, EXTRA = 2.0, 2.0
"""Of a note for which no key came, and of a key for which no note is due."""
REACH_UNITS = 2.6
"""Farther away a key is not the note's: that costs as much as missing it."""
TURN = 2.5
"""Of falling behind, and of catching up."""
NUDGE, WAIT = 0.3, 4.0
"""Of the player's own lag that changes by a step from an onset to the next; by more."""
PULL = 0.05
"""Of being off the click, where there is one."""
FEWEST_NOTES, FEWEST_SURE = 8, 4
"""An attempt with fewer notes, or fewer right ones, tells nothing."""
BESIDE, NEXT = 8, 3
"""Right notes that tell the lag at the end of an attempt; attempts in which it may come back."""
SPELL_NOTES, SPELL_GROUPS = 2, 12
"""So many missed notes whose key came late within so many onsets: a hand may be late there, ..."""
LONG_GROUPS, MARGIN_GROUPS = 250, 40
"""... in the whole attempt, or in a long one in so many onsets before and after."""
WAIT_BEATS = 0.4
"""A lag that grows by more at once is a wait."""


def find_lags(
    expected: Sequence[Expected],
    way: Way,
    pitches: Sequence[int],
    *,
    spots: tuple[Sequence[int], Sequence[int]],
    near_beats: float,
    heard: dict[Looked, list[float]],
) -> tuple[float, ...]:
    """How much later each note is due than the player as a whole plays; empty where none is.

    Args:
        expected: the charted notes.
        way: the likeliest way so far.
        pitches: the played pitches, in its order.
        spots: where a hand may be late, as `find_spots` gives them.
        near_beats: attempts between which the player's lag changes by less are one with what is
            between them: a hand that was late looked like a player who went back. At 0 none are.
        heard: what was found before on this way; more is put in.

    """
    if not any(spots):
        return ()
    segments = cut_segments(way.steps, way.chart.groups.size.tolist())
    stretches = _join(way, segments, near_beats * way.chart.groups.beat_s)
    if near_beats and len(stretches) == len(segments):
        return ()
    late_s = [0.0] * len(expected)
    for stretch, low, high in _look_near(way, stretches, spots):
        places = enumerate(way.chart.places)
        numbers = [number for number, place in places if low <= place <= high]
        looked = (low, high, tuple((segment.start, segment.stop) for segment in stretch))
        if looked not in heard:
            heard[looked] = _follow(expected, way, numbers, stretch, pitches)
        for number, late in zip(numbers, heard[looked], strict=False):  # it may be nothing
            late_s[number] = late
    return tuple(late_s) if any(late_s) else ()


def find_spots(
    expected: Sequence[Expected], way: Way, pitches: Sequence[int]
) -> tuple[list[int], list[int]]:
    """The onset groups, in order, in which a note was missed whose key came a little later.

    And those in which it came a little before: the late hand may have been taken for the player.
    """
    onset_s, rate = way.chart.groups.onset_s, way.warp.rate
    struck: dict[int, list[float]] = {}
    lags: dict[int, float] = {}
    made: set[tuple[int, int]] = set()
    for key, step in enumerate(way.steps):
        struck.setdefault(pitches[key], []).append(way.onsets_s[key])
        if step.right and not step.extra:
            made.add((step.group, pitches[key]))
            lags.setdefault(step.group, _lag(way, key))
    spots: tuple[list[int], list[int]] = ([], [])
    lag = 0.0
    for place, note in sorted(zip(way.chart.places, expected, strict=True), key=itemgetter(0)):
        lag = lags.get(place, lag)
        if (place, note.pitch) not in made and note.pitch in struck:
            due = float(onset_s[place]) + lag
            some = struck[note.pitch]
            near, far = 1.5 * STEP_S / rate, (LATE_STEPS[-1] + 1) * STEP_S / rate
            for kind, first, last in zip(spots, (near, -far), (far, -near), strict=True):
                if bisect_left(some, due + first) < bisect_left(some, due + last):
                    kind.append(place)
    return spots


def _look_near(
    way: Way, stretches: Sequence[list[Segment]], spots: tuple[Sequence[int], Sequence[int]]
) -> list[tuple[list[Segment], int, int]]:
    """Where a hand may be late: attempts, their lowest and their highest onset group.

    A stretch in which spots are near each other; of a long one what lies around them.
    """
    ends = [pair for kind in spots for pair in zip(kind, kind[SPELL_NOTES - 1 :], strict=False)]
    near = sorted((low, high) for low, high in ends if high - low < SPELL_GROUPS)
    anywhere = {*spots[0], *spots[1]}
    found: list[tuple[list[Segment], int, int]] = []
    for stretch in stretches:
        low = min(segment.low for segment in stretch)
        high = max(segment.high for segment in stretch)
        inside = [spell for spell in near if low <= spell[0] and spell[1] <= high]
        if high - low <= LONG_GROUPS:
            found += [(stretch, low, high)] if any(low <= spot <= high for spot in anywhere) else []
            continue
        edge = low - 1
        for first, last in inside:
            if last > edge:
                edge = last + MARGIN_GROUPS
                found += _cut(way, stretch, max(low, first - MARGIN_GROUPS), min(high, edge))
    return found


def _cut(
    way: Way, stretch: Sequence[Segment], low: int, high: int
) -> list[tuple[list[Segment], int, int]]:
    """What a stretch has between two onset groups; nothing where it has no keys there."""
    some: list[Segment] = []
    for segment in stretch:
        keys = range(segment.start, segment.stop)
        inside = [key for key in keys if low <= way.steps[key].group <= high]
        if inside:
            some.append(replace(segment, start=inside[0], stop=inside[-1] + 1))
    return [(some, low, high)] if some else []


def level_lags(expected: Sequence[Expected], late_s: Sequence[float]) -> tuple[float, ...]:
    """Each hand late all the time by what it is late most of the time; empty where neither is."""
    hands = [note.staff != 1 for note in expected]
    pairs = list(zip(hands, late_s, strict=True))
    usual = [median([late for left, late in pairs if left == hand] or [0.0]) for hand in (0, 1)]
    return tuple(usual[hand] for hand in hands) if any(usual) else ()


def _sure(way: Way, segment: Segment) -> list[int]:
    """The played notes of an attempt that were right."""
    keys = range(segment.start, segment.stop)
    return [key for key in keys if way.steps[key].right and not way.steps[key].extra]


def _lag(way: Way, key: int) -> float:
    return way.onsets_s[key] - float(way.chart.groups.onset_s[way.steps[key].group])


def _join(way: Way, segments: Sequence[Segment], near_s: float) -> list[list[Segment]]:
    """The attempts that belong together; what lies between two of one lag is left out."""
    sure = [_sure(way, segment) for segment in segments]
    found: list[list[Segment]] = []
    last = 0
    for index, segment in enumerate(segments):
        if index < last:
            continue
        stretch, last, here = [segment], index + 1, index
        while len(sure[here]) >= FEWEST_SURE:
            before = median(_lag(way, key) for key in sure[here][-BESIDE:])
            here = next(
                (
                    later
                    for later in range(last, min(last + NEXT, len(segments)))
                    if len(sure[later]) >= FEWEST_SURE
                    and segments[later].high >= stretch[-1].high
                    and abs(median(_lag(way, key) for key in sure[later][:BESIDE]) - before)
                    < near_s
                ),
                -1,
            )
            if here < 0:
                break
            stretch.append(segments[here])
            last = here + 1
        found.append(stretch)
    return found


def _follow(
    expected: Sequence[Expected],
    way: Way,
    numbers: Sequence[int],
    stretch: Sequence[Segment],
    pitches: Sequence[int],
) -> list[float]:
    """How late each of some notes is; empty where nothing can be told."""
    keys = range(stretch[0].start, stretch[-1].stop)
    sure = [key for segment in stretch for key in _sure(way, segment)]
    if min(len(keys), len(numbers), len(sure)) < FEWEST_NOTES:
        return []
    beat_s, rate = way.chart.groups.beat_s, way.warp.rate
    places = [float(way.chart.groups.onset_s[way.steps[key].group]) for key in sure]
    away = [_lag(way, key) for key in sure]
    course = map_time(places, away, step_s=WAIT_BEATS * beat_s)
    lags_s = course.lags_s
    off = np.abs(np.array(away) - np.interp(places, course.places_s, lags_s))
    scatter_s = MAD_TO_SD * float(np.median(off))
    unit_s = max(UNIT_S / rate, UNIT_BEATS * beat_s / rate, scatter_s)
    step_s = STEP_S / rate
    least = float(lags_s.min()) - LATE_STEPS[-1] * step_s
    steps = int((float(lags_s.max()) - least) / step_s) + 4
    if steps > MOST_STEPS:
        return []
    notes = [expected[number] for number in numbers]
    heard = np.array([way.onsets_s[key] for key in keys])
    keyed = np.array([pitches[key] for key in keys])
    lags: Floats = least + step_s * np.arange(steps + LATE_STEPS[-1], dtype=np.float64)
    tolls = _Tolls(notes, heard, keyed, lags, unit_s)
    pull = np.zeros(steps) if way.warp.free else PULL * np.log1p(np.square(lags[:steps] / beat_s))
    states = tolls.search(pull)
    late = [
        tolls.states[states[row]][hand] for row, hand in zip(tolls.rows, tolls.hands, strict=True)
    ]
    return [step_s * steps for steps in late]


class _Tolls:
    """What each lag of the player, and each of a hand besides, costs at each onset."""

    def __init__(
        self, notes: Sequence[Expected], heard: Floats, keyed: Ints, lags: Floats, unit_s: float
    ) -> None:
        """Look for a key for every note at every lag.

        Args:
            notes: the charted notes.
            heard: when each key was struck, ascending; chart's clock.
            keyed: its pitch.
            lags: the lags that are tried, ascending and evenly.
            unit_s: a unit of asynchrony.

        """
        order = {group: row for row, group in enumerate(sorted({note.group for note in notes}))}
        self.count = len(order)
        self.rows = np.array([order[note.group] for note in notes])
        self.hands = np.array([int(note.staff != 1) for note in notes])
        self.states = [(0, 0), *((k, 0) for k in LATE_STEPS), *((0, k) for k in LATE_STEPS)]
        """Steps that the right and the left hand are late."""
        self.steps = len(lags) - LATE_STEPS[-1]
        self.heard, self.lags = heard, lags
        self.due = np.array([note.onset_s for note in notes])
        self.missed = np.zeros((2, self.count, len(lags)))
        self.meant = np.full((2, len(heard), len(lags)), self.count)
        """The first row with a note of a hand for which a key is the nearest; `count` for none."""
        self._find_keys(notes, keyed, unit_s)

    def _find_keys(self, notes: Sequence[Expected], keyed: Ints, unit_s: float) -> None:
        """Find the key of each note at each lag: of its pitch, the nearest."""
        by_pitch = {pitch: np.flatnonzero(keyed == pitch) for pitch in set(keyed.tolist())}
        none = np.array([], np.intp)
        reach_s = REACH_UNITS * unit_s
        first, last = self.lags[0] - reach_s, self.lags[-1] + reach_s
        for note, hand, row in zip(notes, self.hands, self.rows, strict=True):
            some = by_pitch.get(note.pitch, none)
            within = (note.onset_s + first, note.onset_s + last)
            start, stop = self.heard[some].searchsorted(within)
            if start == stop:
                self.missed[hand, row] += MISSED
                continue
            some = some[start:stop]
            off = (self.heard[some] - note.onset_s)[:, None] - self.lags
            cost = np.log1p(np.square(off / unit_s))
            nearest = cost.argmin(axis=0)
            least = cost.min(axis=0)
            self.missed[hand, row] += np.minimum(least, MISSED)
            lag = np.flatnonzero(least < MISSED)
            key = some[nearest[lag]]
            self.meant[hand, key, lag] = np.minimum(self.meant[hand, key, lag], row)

    def _nearest_rows(self) -> Ints:
        """The onset that each key (rows) came at or after, for each lag of the player."""
        place = np.full(self.count, np.inf)
        np.minimum.at(place, self.rows, self.due)
        place = np.minimum.accumulate(place[::-1])[::-1]
        at = place.searchsorted(self.heard[:, None] - self.lags[: self.steps], side="right") - 1
        return np.clip(at, 0, self.count - 1)

    def _add_up(self) -> tuple[Floats, Floats]:
        """Costs, and what catching up before an onset saves: by row, state and lag.

        Saved are the keys that come after it and are right for late notes before it. Where such
        a key is right for a note after it, too, one of both is missed.
        """
        costs = np.empty((self.count, len(self.states), self.steps))
        saved = np.zeros((self.count + 2, len(self.states), self.steps))
        at = self._nearest_rows()
        together = self.meant[:, :, : self.steps]
        none_due = together.min(axis=0) == self.count
        for state, (right, left) in enumerate(self.states):
            hands = [slice(late, late + self.steps) for late in (right, left)]
            costs[:, state] = self.missed[0][:, hands[0]] + self.missed[1][:, hands[1]]
            meant = np.minimum(self.meant[0][:, hands[0]], self.meant[1][:, hands[1]])
            key, lag = np.nonzero(meant == self.count)
            np.add.at(costs[:, state], (at[key, lag], lag), EXTRA)
            if not state:
                continue
            key, lag = np.nonzero(none_due & (meant < at))
            np.add.at(saved[:, state], (meant[key, lag] + 1, lag), EXTRA)
            np.add.at(saved[:, state], (at[key, lag] + 1, lag), -EXTRA)
            hand = int(left > 0)
            late, later = self.meant[hand][:, hands[hand]], together[hand]
            key, lag = np.nonzero((late < later) & (later < self.count))
            np.add.at(saved[:, state], (late[key, lag] + 1, lag), -MISSED)
            np.add.at(saved[:, state], (later[key, lag] + 1, lag), MISSED)
        return costs, np.cumsum(saved, axis=0)

    def search(self, pull: Floats) -> list[int]:
        """The likeliest state at each onset."""
        costs, saved = self._add_up()
        costs += pull
        cost = costs[0].copy()
        cost[1:] += TURN
        froms: list[Ints] = []
        for row in range(1, self.count):
            best, origin = self._drift(cost)
            self._turn(best, origin, saved[row])
            cost = best + costs[row]
            froms.append(origin)
        place = int(cost.argmin())
        found = [place]
        for origin in reversed(froms):
            place = int(origin.flat[place])
            found.append(place)
        return [place // self.steps for place in reversed(found)]

    def _drift(self, cost: Floats) -> tuple[Floats, Ints]:
        """The player's own lag stays, changes by a step, or jumps; and where each came from."""
        index = np.arange(cost.size).reshape(cost.shape)
        best, origin = cost.copy(), index.copy()
        later, earlier = (slice(None), slice(1, None)), (slice(None), slice(None, -1))
        least = cost.argmin(axis=1)[:, None]
        jumped = np.take_along_axis(cost, least, 1) + WAIT
        _offer(best[later], origin[later], cost[earlier] + NUDGE, index[earlier])
        _offer(best[earlier], origin[earlier], cost[later] + NUDGE, index[later])
        _offer(best, origin, jumped, np.take_along_axis(index, least, 1))
        return best, origin

    def _turn(self, best: Floats, origin: Ints, saved: Floats) -> None:
        """A hand falls behind, or is together with the other again."""
        together, source = best[0].copy(), origin[0].copy()
        caught_up = best[1:] - saved[1:] + TURN
        which = caught_up.argmin(axis=0)[None]
        _offer(
            best[0],
            origin[0],
            np.take_along_axis(caught_up, which, 0)[0],
            np.take_along_axis(origin[1:], which, 0)[0],
        )
        _offer(best[1:], origin[1:], together + TURN, source)


def _offer(best: Floats, origin: Ints, cost: Floats, source: Ints) -> None:
    """Take, in place, what is cheaper."""
    better = cost < best
    np.copyto(best, cost, where=better)
    np.copyto(origin, source, where=better)
