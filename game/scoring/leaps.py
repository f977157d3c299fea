"""What a leap costs: going back to try again, or ahead of more than a few groups.

After a pause it is cheap, between the keys of one chord dear. Who leaps ahead keeps the time of
the notes that are left out, goes on at once, or finds the click again. All costs are by ear, on
the scale of a log likelihood.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log1p
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from game.scoring.sight import Row

    Floats = NDArray[np.float32]

FORWARD_COST = 6.5
SAME_TIME = 3.0
"""More for a leap ahead that takes another time than the notes that are left out ..."""
AT_ONCE_COST = 2.0
"""... or, without a click, than the next note would: who leaves out the rest of a bar goes on."""
RESTART_COST = 5.5
PAUSE_RELIEF = 4.5
"""Taken off a leap after a pause, in full after ..."""
PAUSE_BEATS = 0.8
"""... so many beats more than are written."""
IN_CHORD_S, IN_CHORD_COST = 0.04, 3.0
"""Between keys so near in time nobody leaps: that is one chord."""
PRICE_PER_BEAT = 0.12
"""Of a leap's length: a flat price goes to the wrong copy of a phrase that returns."""
INNER_COST = 0.4
"""A leap that does not arrive at a bar's first note."""
CLICK_LEAP_WEIGHT = 0.05
CLICK_FORWARD_WEIGHT = 0.3
"""Who leaps ahead leaps to where the click is."""


@dataclass(frozen=True)
class Moment:
    """What a played note says of a leap, wherever the leap goes."""

    relief: float
    """What a pause takes off; negative within a chord."""
    kept_s: float
    """The lag of the likeliest way, which a leap may keep."""
    at_once: float
    """Cost of going on at once."""


class Leaps:
    """The leaps over one chart."""

    def __init__(
        self,
        onset_s: Floats,
        bar_start: NDArray[np.bool_],
        *,
        beat_s: float,
        unit_s: float,
        click: bool,
    ) -> None:
        self.onset_s = onset_s
        self.click = click
        self.beat_s, self.unit_s = beat_s, unit_s
        self.per_unit = np.float32(1.0 / unit_s)
        self.pause_s = PAUSE_BEATS * beat_s
        self.position = (onset_s / beat_s * PRICE_PER_BEAT).astype(np.float32)
        self.inner = np.where(bar_start, 0, INNER_COST).astype(np.float32)

    def first(self, here: slice) -> Floats:
        """Cost of beginning at each group of a band."""
        cost: Floats = self.position[here] - self.position[0] + self.inner[here]
        cost += np.float32(FORWARD_COST + SAME_TIME)
        return cost

    def read(self, before: Row, gap_s: float) -> Moment:
        """Read the time from one played note to the next.

        Args:
            before: what is known after the first of them.
            gap_s: seconds between the two.

        """
        place = before.low + before.best
        after = min(place + 1, len(self.onset_s) - 1)
        pause = gap_s - float(self.onset_s[after] - self.onset_s[place])
        relief = PAUSE_RELIEF * min(1.0, max(0.0, pause) / self.pause_s)
        kept_s = float(before.lags[before.best])
        at_once = SAME_TIME
        if not self.click:
            at_once = min(SAME_TIME, AT_ONCE_COST + log1p((pause / self.unit_s) ** 2))
        return Moment(-IN_CHORD_COST if gap_s < IN_CHORD_S else relief, kept_s, at_once)

    def price(
        self, before: Floats, here: slice, away: Floats, pull: Floats | None, moment: Moment
    ) -> Floats:
        """Cost of arriving at each group of a band by a leap, from wherever that is cheapest.

        Args:
            before: the costs of the band before.
            here: the band.
            away: how late the played note is at each of its groups, in seconds.
            pull: how far each is from the click; None without one.
            moment: what the note says of a leap.

        """
        place = self.position[here]
        leap: Floats = np.minimum.accumulate((before + place)[::-1])[::-1] - place
        ahead = np.minimum.accumulate(before - place)[:-1]
        ahead += place[1:]
        ahead += self._price_time(away[1:], moment)
        ahead += np.float32(FORWARD_COST - RESTART_COST)
        if pull is not None:
            ahead += np.float32(CLICK_FORWARD_WEIGHT - CLICK_LEAP_WEIGHT) * pull[1:]
        np.minimum(leap[1:], ahead, out=leap[1:])
        leap += self.inner[here]
        leap += np.float32(RESTART_COST - moment.relief)
        if pull is not None:
            leap += CLICK_LEAP_WEIGHT * pull
        return leap

    def _price_time(self, away: Floats, moment: Moment) -> Floats:
        """Cost of the time that a leap ahead takes."""
        torn = np.square((away - np.float32(moment.kept_s)) * self.per_unit)
        if self.click:
            # Who leaps to where the click is has a reason to take another time.
            torn = np.minimum(torn, np.square(away * self.per_unit))
        cost: Floats = np.log(1 + torn)
        return np.minimum(cost, np.float32(moment.at_once), out=cost)

    def find_source(self, before: Row, group: int, onset_s: float, gap_s: float) -> int:
        """The group that a leap into `group` came from.

        Args:
            before: what was known before the played note.
            group: where it arrived.
            onset_s: when it was played.
            gap_s: seconds after the note before it.

        """
        place = self.position[before.low : before.low + len(before.costs)]
        own = self.position[group]
        options: list[tuple[float, int]] = []
        ahead = (before.costs - place)[: max(0, group - before.low)]
        if len(ahead):
            best = int(ahead.argmin())
            away = np.float32(onset_s) - self.onset_s[group : group + 1]
            moment = self.read(before, gap_s)
            cost = float(ahead[best] + own) + FORWARD_COST
            cost += float(self._price_time(away, moment)[0])
            if self.click:
                pull = log1p((float(away[0]) / self.beat_s) ** 2)
                cost += pull * (CLICK_FORWARD_WEIGHT - CLICK_LEAP_WEIGHT)
            options.append((cost, before.low + best))
        start = max(0, group - before.low)
        back = (before.costs + place)[start:]
        if len(back):
            best = int(back.argmin())
            options.append((float(back[best] - own) + RESTART_COST, before.low + start + best))
        return min(options)[1]
