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

from game.scoring.leaps import CLICK_LEAP_WEIGHT, FORWARD_COST, SAME_TIME, Leaps
from game.scoring.sight import Row, Sight
from game.scoring.strikes import (
    find_chords_again,
    find_ornaments,
    is_restrike,
    price_pitches,
    struck_before,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from game.scoring.leaps import Moment

    Floats = NDArray[np.float32]

BACK, AHEAD = 2, 5
"""How many groups a note may go back or ahead without a jump."""
MOVES = BACK + AHEAD + 1
PAD = BACK + AHEAD
EXTRA, JUMP, FORWARD, RESTART = MOVES, MOVES + 1, MOVES + 2, MOVES + 3
"""Moves above the plain ones; plain move m goes from group g - (m - BACK) to g."""

EXTRA_COST = 3.5
AGAIN_COST = 6.5
"""Of an extra that is part of a chord struck twice: that is no brushed key, ..."""
WRONG_AGAIN = 1.5
"""... nor a wrong one: so much more where it is no key of the place."""
ORNAMENT_COST = 1.5
"""Of an extra that goes to and fro with a neighbour: a trill, a mordent."""
RESTRIKE_COST = 2.5
"""The same key twice in one group."""
STUTTER_COST = 3.0
"""The same again at any time: who tries a chord again is late from then on."""
LEFT_COST = 0.6
"""For each key of a group that was not struck when the player goes on."""
OMISSION_COST = 1.7
OMISSION_MORE = 0.5
"""For each further note of a group that is passed over."""
BACK_COST = (3.4, 2.4)
"""Two groups back, one group back."""
CLICK_NOTE_WEIGHT = 0.01
WAIT_COST = 2.8
"""However late a note is, waiting costs no more."""
LAG_GAIN = 0.5
"""How much of a note's asynchrony the lag takes over when the group moves on ..."""
LAG_GAIN_STAY = 0.15
"""... and within a group."""
EARLY_SHARE = 0.5
"""Of that where a note is early: one early note makes nobody early from then on."""
WAITED = 2.5
"""Units behind the lag from which the player waited, and is late from then on; so far ahead of it
who passed over a group left it out, and is early from then on."""
WENT_BACK = 5.5
"""The same of who goes back a group: nearer it may be a late hand, which makes nobody late."""
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
        self.early_share = EARLY_SHARE if gain < 1 else 1.0
        unit_s = max(TOLERANCE_FLOOR_S, TOLERANCE_SHARE * groups.beat_s) * loose
        self.per_unit = np.float32(1.0 / unit_s)
        self.leaps = Leaps(
            groups.onset_s, groups.bar_start, beat_s=groups.beat_s, unit_s=unit_s, click=click
        )
        self.per_beat = np.float32(1.0 / groups.beat_s)
        self.emissions = price_pitches(groups.pitches)
        passed = OMISSION_COST + OMISSION_MORE * (groups.size - 1)
        self.passed = np.concatenate([[0], np.cumsum(passed)]).astype(np.float32)
        self.plain = self._plain_costs()
        self.costs, self.cost_views = _padded(self.count)
        self.leaving, self.leaving_views = _padded(self.count)
        self.lags, self.lag_views = _padded(self.count)
        self.lags[:] = 0
        self.entered = np.zeros(self.count, np.int32)
        self.laid = slice(0, 0)
        self.columns = np.arange(self.count) + PAD + BACK
        self.gains = np.full(MOVES, gain, np.float32)
        self.gains[: BACK + 1] = LAG_GAIN_STAY
        self.waited = np.full(MOVES, WAITED, np.float32)
        self.waited[:BACK] = WENT_BACK

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

    def run(self, onsets_s: NDArray[np.float64], pitches: list[int]) -> tuple[list[Step], float]:
        sight = Sight(self.count)
        rows: list[Row] = []
        struck = struck_before(pitches)
        alone = np.full(len(pitches), EXTRA_COST, np.float32)
        again = find_chords_again(onsets_s, pitches)
        alone[again] = AGAIN_COST
        alone[find_ornaments(onsets_s, pitches)] = ORNAMENT_COST
        first = int(np.argmin(np.abs(onsets_s[0] - self.groups.onset_s))) if self.click else 0
        while len(rows) < len(pitches):
            row = len(rows)
            centre = rows[-1].low + rows[-1].best if rows else first
            here = sight.around(centre)
            away = np.float32(onsets_s[row]) - self.groups.onset_s[here]
            pull = np.log(1 + np.square(away * self.per_beat)) if self.click else None
            emission = self.emissions[pitches[row], here]
            if again[row]:
                emission = emission + WRONG_AGAIN * (emission > 0).astype(np.float32)
            if not rows:
                total, move, lag = self._first(here, away, pull)
                total += emission
            else:
                self._place(rows[-1], row)
                gap_s = float(onsets_s[row] - onsets_s[row - 1])
                restrike = is_restrike(onsets_s, pitches, row)
                total, move, lag = self._row(
                    here,
                    away,
                    pull,
                    emission,
                    moment=self.leaps.read(rows[-1], gap_s),
                    restrike=restrike,
                    struck=struck[row],
                    extra=float(alone[row]),
                )
            if pull is not None:
                total += CLICK_NOTE_WEIGHT * pull
            best = int(total.argmin())
            least = float(total[best])
            total -= least
            entered = np.full(len(move), row, np.int32)
            if rows:
                # Who strikes a chord again has come to it again: its other keys are free.
                before = self.entered[here]
                stayed = (move == BACK) & (before > struck[row])
                np.copyto(entered, before, where=stayed | (move == EXTRA))
            rows.append(Row(here.start, total, move, lag, entered, best, least))
            del rows[sight.look(rows) :]
        return self._trace(rows, onsets_s, pitches)

    def _place(self, before: Row, row: int) -> None:
        """Lay the row before into the padded rows; beyond its band nothing is known."""
        self.costs[self.laid] = FAR
        self.leaving[self.laid] = FAR
        inside = slice(PAD + before.low, PAD + before.low + len(before.costs))
        self.laid = inside
        self.costs[inside] = before.costs
        here = slice(before.low, before.low + len(before.costs))
        # Keys struck since the player came to the group, against those that are written.
        lacking = self.groups.size[here] + before.entered
        lacking -= np.float32(row)
        np.maximum(lacking, 0, out=lacking)
        lacking *= np.float32(LEFT_COST)
        lacking += before.costs
        self.leaving[inside] = lacking
        self.lags[inside] = before.lags
        self.entered[before.low : before.low + len(before.costs)] = before.entered

    def _first(
        self, here: slice, away: Floats, pull: Floats | None
    ) -> tuple[Floats, NDArray[np.int8], Floats]:
        """The first played note: at the beginning, or somewhere else at the price of a jump."""
        skipped = self.passed[:-1][here]
        best = np.minimum(skipped, self.leaps.first(here))
        if pull is not None:
            best += CLICK_LEAP_WEIGHT * pull
        return best, np.full(len(best), BACK + 1, np.int8), away

    def _row(
        self,
        here: slice,
        away: Floats,
        pull: Floats | None,
        emission: Floats,
        *,
        moment: Moment,
        restrike: bool,
        struck: int,
        extra: float,
    ) -> tuple[Floats, NDArray[np.int8], Floats]:
        """Best cost, move and lag of each group of the band for one played note.

        `struck` is the row in which the same key was struck before: who has not left a group
        since strikes it twice there.
        """
        # Row m of the views is the state before, seen from where plain move m arrives.
        ways = away - self.lag_views[:, here]
        ways *= self.per_unit
        waits = ways > 0
        ways *= ways
        ways += 1
        np.log(ways, out=ways)
        np.minimum(ways, np.float32(WAIT_COST), out=ways, where=waits)
        ways[: BACK + 1] += self.cost_views[: BACK + 1, here]
        ways[BACK + 1 :] += self.leaving_views[BACK + 1 :, here]
        ways += self.plain[:, here]
        if restrike:
            ways[:BACK] += RESTRIKE_COST
        stuttered = None
        if struck >= 0:
            again = self.entered[here] <= struck
            if again.any():
                ways[BACK] += RESTRIKE_COST * again
                stutter = self.cost_views[BACK, here] + np.float32(STUTTER_COST)
                stuttered = again & (stutter < ways[BACK])
                np.copyto(ways[BACK], stutter, where=stuttered)
        move = ways.argmin(axis=0)
        best: Floats = ways.min(axis=0)
        # The band's columns in the padded row, a move back from where the move arrives.
        lag = self.lags.take(self.columns[here] - move)
        change = away - lag
        gain = self.gains.take(move)
        units = change * self.per_unit
        gain[(units < 0) & (move <= BACK + 1)] *= self.early_share
        if stuttered is not None:
            gain[stuttered & (move == BACK)] = 1
        gain[units > self.waited.take(move)] = 1
        gain[(units < -WAITED) & (move > BACK + 1)] = 1
        lag += gain * change
        inside = slice(PAD + here.start, PAD + here.stop)
        before = self.costs[inside]
        leap = self.leaps.price(before, here, away, pull, moment)
        better = leap < best
        np.minimum(best, leap, out=best)
        np.copyto(move, JUMP, where=better)
        np.copyto(lag, away, where=better)
        best += emission
        alone = before + np.float32(extra)
        better = alone < best
        np.minimum(best, alone, out=best)
        np.copyto(move, EXTRA, where=better)
        np.copyto(lag, self.lags[inside], where=better)
        return best, move.astype(np.int8), lag

    def _trace(
        self, rows: list[Row], onsets_s: NDArray[np.float64], pitches: list[int]
    ) -> tuple[list[Step], float]:
        """Walk back from the best end."""
        last = rows[-1]
        left = self.passed[-1] - self.passed[last.low + 1 : last.low + len(last.costs) + 1]
        end = last.costs + np.minimum(left, FORWARD_COST + SAME_TIME)
        group = last.low + int(np.argmin(end))
        steps: list[Step] = []
        for index in range(len(rows) - 1, -1, -1):
            move = int(rows[index].moves[group - rows[index].low])
            source = group
            if move < MOVES:
                source = group - (move - BACK)
            elif move == JUMP:
                gap_s = float(onsets_s[index] - onsets_s[index - 1])
                source = self.leaps.find_source(
                    rows[index - 1], group, float(onsets_s[index]), gap_s
                )
                move = FORWARD if source < group else RESTART
            steps.append(Step(group, move, pitches[index] in self.groups.pitches[group]))
            group = source
        steps.reverse()
        return steps, sum(row.spent for row in rows) + float(end.min())


def _padded(count: int) -> tuple[Floats, Floats]:
    """A row with a margin, and a view of it in which row m is seen from move m's arrival."""
    row = np.full(count + 2 * PAD, FAR, np.float32)
    step = row.strides[0]
    view = np.lib.stride_tricks.as_strided(
        row[PAD + BACK :], (MOVES, count), (-step, step), writeable=False
    )
    return row, view
