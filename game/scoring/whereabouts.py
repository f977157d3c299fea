"""Where in the chart a player is, by the last keys alone: cheap enough for every key of a take."""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from math import log
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LAST_KEYS = 10
"""Keys by which a player who is elsewhere is found."""
SURE_S, FIT_S = 0.06, 0.15
"""A key so near its place fits it in full, and from here on not at all (by ear)."""
ANY_KEY = 0.08
"""What a key that fits nothing is worth: everybody slips."""
BACK_COST, AHEAD_COST, REJOIN_COST = 5.5, 9.0, 4.5
"""In nats, 2.5 of which a key is worth that fits there and not here: players go back, seldom ahead,
and come back to the click (by ear)."""
FAR_COST = 0.08
"""For each beat of a jump: of two places that fit alike the nearer one is likelier."""
LIKELIER_HERE = -4.0
"""Where the keys before fit here so much better, the jump came after them."""
APART_S = 0.1
"""One chord tells no place, however many keys it has."""
SEARCH_BEATS = 24.0
"""How far away a player is looked for, in beats."""


class Whereabouts:
    """Follows the lag behind the click, key by key. Holds no clock."""

    def __init__(self, onsets_by_pitch: Mapping[int, Sequence[float]], beat_s: float) -> None:
        """Know where each pitch is written, in rising seconds."""
        self._onsets = onsets_by_pitch
        self._beat_s = beat_s
        self._recent: deque[tuple[int, float]] = deque(maxlen=LAST_KEYS)
        self.lag_s = 0.0

    def hear(self, pitch: int, onset_s: float) -> None:
        """Take in a key."""
        self._recent.append((pitch, onset_s))

    def stay(self) -> tuple[tuple[int, float], ...]:
        """Be with the click, whatever the last keys say: none of them was elsewhere."""
        self.lag_s = 0.0
        return ()

    def look_around(self) -> tuple[tuple[int, float], ...]:
        """Go to where the last keys fit clearly better than here: those keys; none stays here."""
        if not self._recent:
            return ()
        pitch, onset_s = self._recent[-1]
        keys = tuple(reversed(self._recent))
        here = [self._worth(key, self.lag_s) for key in keys]
        best: tuple[float, float, int] | None = None
        for lag_s in self._candidates(pitch, onset_s):
            cost = self._jump_cost(lag_s)
            least = cost + (best[0] if best else 0.0)
            gain, count = self._gain(keys, here, lag_s, least)
            if gain > least:
                best = (gain - cost, lag_s, count)
        if best is None:
            return ()
        self.lag_s = best[1] if abs(best[1]) > FIT_S else 0.0
        return tuple(reversed(keys[: best[2]]))

    def _candidates(self, pitch: int, onset_s: float) -> list[float]:
        """The lags at which the last key is right."""
        onsets = self._onsets.get(pitch, ())
        reach = SEARCH_BEATS * self._beat_s
        first = bisect_left(onsets, onset_s - self.lag_s - reach)
        last = bisect_left(onsets, onset_s - self.lag_s + reach)
        near = bisect_left(onsets, onset_s - FIT_S)
        at_click = range(near, min(len(onsets), near + 1))
        lags = [onset_s - onsets[index] for index in {*range(first, last), *at_click}]
        return [lag for lag in lags if abs(lag - self.lag_s) > FIT_S]

    def _jump_cost(self, lag_s: float) -> float:
        far = FAR_COST * abs(lag_s - self.lag_s) / self._beat_s
        if abs(lag_s) <= FIT_S:
            return far + REJOIN_COST
        return far + (BACK_COST if lag_s > self.lag_s else AHEAD_COST)

    def _gain(
        self, keys: Sequence[tuple[int, float]], here: Sequence[float], lag_s: float, least: float
    ) -> tuple[float, int]:
        """How much better the last keys fit at another lag, and how many of them do.

        Only a gain above the least that counts is worth looking for.
        """
        total = best = 0.0
        count = 0
        for index, key in enumerate(keys):
            total += self._worth(key, lag_s) - here[index]
            if total > best and keys[0][1] - key[1] >= APART_S:
                best, count = total, index + 1
            if total < LIKELIER_HERE or total - sum(here[index + 1 :]) <= max(least, best):
                break
        return best, count

    def _worth(self, key: tuple[int, float], lag_s: float) -> float:
        """How likely a key is at a lag: the log of 1 where it is written, of `ANY_KEY` beside."""
        pitch, onset_s = key
        onsets = self._onsets.get(pitch, ())
        moment = onset_s - lag_s
        place = bisect_left(onsets, moment)
        away = min(
            abs(moment - onsets[beside]) if 0 <= beside < len(onsets) else FIT_S
            for beside in (place - 1, place)
        )
        fit = min(1.0, max(0.0, (FIT_S - away) / (FIT_S - SURE_S)))
        return log(ANY_KEY + (1.0 - ANY_KEY) * fit)
