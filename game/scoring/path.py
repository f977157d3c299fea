"""The likeliest way of a take through its chart: played note by played note.

A Viterbi search. Its states are the chart's onset groups; each played note stays in the group,
goes on, skips a few, goes back one or two (a late hand), is an extra that moves nothing, or jumps
(a restart, a skipped bar). Every state carries the lag of its best way, so that a player who
stays late is on time with himself. The click is a prior: it draws the start and the jumps, and
is never a window. All costs are by ear, on the scale of a log likelihood.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

BACK, AHEAD = 2, 5
"""How many groups a note may go back or ahead without a jump."""
MOVES = BACK + AHEAD + 1
PAD = BACK + AHEAD
EXTRA, FORWARD, RESTART = MOVES, MOVES + 1, MOVES + 2
"""Moves above the plain ones; plain move m goes from group g - (m - BACK) to g."""

BAND = 1024
"""Groups that are looked at around the likeliest one: some two hundred bars."""

WRONG_COST = 3.2
NEAR_COST = 2.3
"""One or two semitones off, or octaves."""
EXTRA_COST = 3.0
RESTRIKE_COST = 2.5
"""The same key twice within a moment, in one group."""
RESTRIKE_S = 0.09
OMISSION_COST = 1.5
OMISSION_MORE = 0.5
"""For each further note of a group that is passed over."""
BACK_COST = (2.6, 1.6)
"""Two groups back, one group back."""
FORWARD_COST = 8.0
RESTART_COST = 7.0
PAUSE_RELIEF = 3.0
"""Taken off a jump after a pause of about a beat."""
PRICE_PER_BEAT = 0.08
"""Of a jump's length: a flat price goes to the wrong copy of a phrase that returns."""
INNER_COST = 2.0
"""A jump that does not arrive at a bar's first note."""
CLICK_JUMP_WEIGHT = 0.15
CLICK_NOTE_WEIGHT = 0.03
LAG_GAIN = 0.5
"""How much of a note's asynchrony the lag takes over when the group moves on ..."""
LAG_GAIN_STAY = 0.15
"""... and within a group."""
TOLERANCE_FLOOR_S = 0.075
TOLERANCE_SHARE = 0.18
"""Of a beat: one unit of asynchrony."""
FAR = np.float32(1e9)


@dataclass(frozen=True)
class Groups:
    """The chart's onset groups as arrays."""

    onset_s: Floats
    size: Floats
    pitches: tuple[frozenset[int], ...]
    bar_start: NDArray[np.bool_]
    """Whether the group is the first of its bar."""
    beat_s: float


@dataclass(frozen=True)
class Step:
    """Where one played note was placed."""

    group: int
    move: int
    right: bool
    """Whether its pitch is in the group."""

    @property
    def extra(self) -> bool:
        """Whether it was taken for a note that moves nothing."""
        return self.move == EXTRA

    @property
    def jump(self) -> bool:
        """Whether the player jumped to get here."""
        return self.move in {FORWARD, RESTART}


def find_path(
    groups: Groups,
    onsets_s: Sequence[float],
    pitches: Sequence[int],
    *,
    click: bool,
    loose: float = 1.0,
    gain: float = LAG_GAIN,
) -> tuple[list[Step], float]:
    """Find the likeliest group of each played note.

    Args:
        groups: the chart; at least one.
        onsets_s: played onsets in seconds on the chart's clock, ascending; at least one.
        pitches: their MIDI pitches.
        click: whether there was a click; without one nothing draws towards the chart's clock.
        loose: widens the tolerance of time; 1 to a click.
        gain: how much of its asynchrony a note hands on to the lag; 1 where the tempo is unknown.

    Returns:
        A step for each played note, and the cost of the whole way.

    """
    search = _Search(groups, click=click, loose=loose, gain=gain)
    return search.run(np.asarray(onsets_s, np.float64), list(pitches))


class _Search:
    """One search; holds the arrays that every row uses."""

    def __init__(self, groups: Groups, *, click: bool, loose: float, gain: float) -> None:
        self.groups = groups
        self.count = len(groups.onset_s)
        self.click = click
        self.gain = gain
        self.spent = 0.0
        self.unit = max(TOLERANCE_FLOOR_S, TOLERANCE_SHARE * groups.beat_s) * loose
        self.emissions: dict[int, Floats] = {}
        passed = OMISSION_COST + OMISSION_MORE * (groups.size - 1)
        self.passed = np.concatenate([[0], np.cumsum(passed)]).astype(np.float32)
        self.plain = self._plain_costs()
        self.position = (groups.onset_s / groups.beat_s * PRICE_PER_BEAT).astype(np.float32)
        self.inner = np.where(groups.bar_start, 0, INNER_COST).astype(np.float32)

    def _plain_costs(self) -> Floats:
        """Cost of each plain move into each group: what is passed over, or going back."""
        table = np.full((MOVES, self.count), FAR, np.float32)
        for move in range(MOVES):
            shift = move - BACK
            if shift < 0:
                table[move, : self.count + shift] = BACK_COST[move]
            elif shift == 0:
                table[move] = 0
            elif shift < self.count:
                # from g - shift to g the groups g - shift + 1 .. g - 1 are passed over
                arrive = np.arange(shift, self.count)
                table[move, shift:] = self.passed[arrive] - self.passed[arrive - shift + 1]
        return table

    def _emission(self, pitch: int) -> Floats:
        """Cost of playing a pitch in each group."""
        known = self.emissions.get(pitch)
        if known is None:
            known = np.full(self.count, WRONG_COST, np.float32)
            for index, wanted in enumerate(self.groups.pitches):
                if pitch in wanted:
                    known[index] = 0
                elif any(_is_near(pitch - other) for other in wanted):
                    known[index] = NEAR_COST
            self.emissions[pitch] = known
        return known

    def run(self, onsets_s: NDArray[np.float64], pitches: list[int]) -> tuple[list[Step], float]:
        rows = len(pitches)
        width = min(BAND, self.count)
        costs = np.full((rows, width), FAR, np.float32)
        moves = np.zeros((rows, width), np.int8)
        lows = np.zeros(rows, np.int64)
        cost = np.full(self.count + 2 * PAD, FAR, np.float32)
        lag = np.zeros(self.count + 2 * PAD, np.float32)
        span = (0, width)
        for row in range(rows):
            away = (onsets_s[row] - self.groups.onset_s).astype(np.float32)
            low, high = self._band(row, cost, width=width, span=span, away=away)
            here = slice(low, high)
            emission = self._emission(pitches[row])[here]
            if row == 0:
                best, move, new_lag = self._first(here, away[here])
            else:
                pause = max(0.0, float(onsets_s[row] - onsets_s[row - 1]))
                restrike = _is_restrike(onsets_s, pitches, row)
                best, move, new_lag = self._row(
                    cost, lag, here, away[here], pause=pause, restrike=restrike
                )
            plain = move != EXTRA
            total = best + np.where(plain, emission, 0)
            if self.click:
                total += CLICK_NOTE_WEIGHT * np.log(1 + np.square(away[here] / self.groups.beat_s))
            least = total.min()
            self.spent += float(least)
            total -= least
            cost = np.full(self.count + 2 * PAD, FAR, np.float32)
            lag = np.zeros(self.count + 2 * PAD, np.float32)
            cost[PAD + low : PAD + high] = total
            lag[PAD + low : PAD + high] = new_lag
            costs[row, : high - low] = total
            moves[row, : high - low] = move
            lows[row] = low
            span = (low, high)
        return self._trace(costs, moves, lows, pitches)

    def _band(
        self,
        row: int,
        cost: Floats,
        *,
        width: int,
        span: tuple[int, int],
        away: Floats,
    ) -> tuple[int, int]:
        """The groups that this row looks at: around the likeliest of the row before."""
        if width == self.count:
            return 0, self.count
        if row == 0:
            centre = int(np.argmin(np.abs(away))) if self.click else 0
        else:
            centre = span[0] + int(np.argmin(cost[PAD + span[0] : PAD + span[1]]))
        low = min(max(0, centre - width // 2), self.count - width)
        return low, low + width

    def _first(self, here: slice, away: Floats) -> tuple[Floats, NDArray[np.int8], Floats]:
        """The first played note: at the beginning, or somewhere else at the price of a jump."""
        skipped = self.passed[:-1][here]
        jumped = FORWARD_COST + self.position[here] - self.position[0] + self.inner[here]
        best = np.minimum(skipped, jumped).astype(np.float32)
        if self.click:
            best += CLICK_JUMP_WEIGHT * np.log(1 + np.square(away / self.groups.beat_s))
        move = np.full(len(best), BACK + 1, np.int8)
        return best, move, away.copy()

    def _row(
        self,
        cost: Floats,
        lag: Floats,
        here: slice,
        away: Floats,
        *,
        pause: float,
        restrike: bool,
    ) -> tuple[Floats, NDArray[np.int8], Floats]:
        """Best cost, move and lag of each group of the band for one played note."""
        size = here.stop - here.start
        base = PAD + here.start
        # Row m of the views is the state before, seen from where plain move m arrives.
        before = np.lib.stride_tricks.sliding_window_view(
            cost[base - AHEAD : base + size + BACK], size
        )[::-1]
        lags = np.lib.stride_tricks.sliding_window_view(
            lag[base - AHEAD : base + size + BACK], size
        )[::-1]
        off = (away - lags) / self.unit
        ways = before + self.plain[:, here] + np.log(1 + np.square(off))
        if restrike:
            ways[: BACK + 1] += RESTRIKE_COST
        move = ways.argmin(axis=0)
        columns = np.arange(size)
        best = ways[move, columns]
        gain = np.where(move == BACK, LAG_GAIN_STAY, self.gain)
        chosen = lags[move, columns]
        new_lag = chosen + gain * (away - chosen)
        here_cost = cost[base : base + size]
        relief = PAUSE_RELIEF * min(1.0, pause / (1.5 * self.groups.beat_s))
        for kind, leap in self._jumps(here_cost, here, away, relief):
            better = leap < best
            best = np.where(better, leap, best)
            move = np.where(better, kind, move)
            new_lag = np.where(better, away, new_lag)
        extra = here_cost + EXTRA_COST
        better = extra < best
        best = np.where(better, extra, best)
        move = np.where(better, EXTRA, move)
        new_lag = np.where(better, lag[base : base + size], new_lag)
        return best.astype(np.float32), move.astype(np.int8), new_lag.astype(np.float32)

    def _jumps(
        self, cost: Floats, here: slice, away: Floats, relief: float
    ) -> list[tuple[int, Floats]]:
        """Cost of arriving at each group by a jump forward and by a restart."""
        place = self.position[here]
        arrive = self.inner[here] - relief
        if self.click:
            arrive = arrive + CLICK_JUMP_WEIGHT * np.log(1 + np.square(away / self.groups.beat_s))
        forward = np.full(len(cost), FAR, np.float32)
        forward[1:] = np.minimum.accumulate(cost - place)[:-1]
        restart = np.full(len(cost), FAR, np.float32)
        restart[:-1] = np.minimum.accumulate((cost + place)[::-1])[::-1][1:]
        return [
            (FORWARD, (forward + place + arrive + FORWARD_COST).astype(np.float32)),
            (RESTART, (restart - place + arrive + RESTART_COST).astype(np.float32)),
        ]

    def _trace(
        self,
        costs: Floats,
        moves: NDArray[np.int8],
        lows: NDArray[np.int64],
        pitches: list[int],
    ) -> tuple[list[Step], float]:
        """Walk back from the best end."""
        rows = len(pitches)
        low = int(lows[-1])
        width = costs.shape[1]
        left = self.passed[-1] - self.passed[low + 1 : low + width + 1]
        end = costs[-1] + np.minimum(left, FORWARD_COST)
        group = low + int(np.argmin(end))
        steps: list[Step] = []
        for row in range(rows - 1, -1, -1):
            move = int(moves[row, group - int(lows[row])])
            steps.append(Step(group, move, pitches[row] in self.groups.pitches[group]))
            if row:
                group = self._source(costs[row - 1], int(lows[row - 1]), group, move)
        steps.reverse()
        return steps, self.spent + float(end.min())

    def _source(self, before: Floats, low: int, group: int, move: int) -> int:
        """The group that a move into `group` came from."""
        if move == EXTRA:
            return group
        if move < MOVES:
            return group - (move - BACK)
        place = self.position[low : low + len(before)]
        here = group - low
        if move == FORWARD:
            return low + int(np.argmin((before - place)[:here]))
        return low + here + 1 + int(np.argmin((before + place)[here + 1 :]))


def _is_near(interval: int) -> bool:
    """One or two semitones, or one or two octaves."""
    return abs(interval) in {1, 2, 12, 24}


def _is_restrike(onsets_s: NDArray[np.float64], pitches: list[int], row: int) -> bool:
    """Whether the same key was struck a moment before."""
    for earlier in range(row - 1, max(-1, row - 5), -1):
        if onsets_s[row] - onsets_s[earlier] > RESTRIKE_S:
            return False
        if pitches[earlier] == pitches[row]:
            return True
    return False
