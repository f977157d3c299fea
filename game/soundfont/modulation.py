"""A sound bank's second envelope, which moves filter and pitch. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from game.soundfont.bank import MODULATION

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from game.soundfont.bank import Zone

    Floats = npt.NDArray[np.float64]

CONVEX_DB = 96.0
"""The range over which an attack is convex (specification, 8.1.2 and 9.5.3)."""


class Modulation:
    """The second envelope of a voice, 0 to 1, which moves its filter and its pitch."""

    def __init__(self, zone: Zone, rate: int) -> None:
        """From the key's stroke on."""
        self._sustain = 1.0 - min(1000, max(0, zone.get(MODULATION[4]))) / 1000.0
        delay = zone.seconds(MODULATION[0], delays=True) * rate
        attack, hold, fall, release = (zone.seconds(MODULATION[at]) * rate for at in (1, 2, 3, 5))
        # Decay and release times are those of the whole way down (specification, 8.1.2).
        self._knots = np.cumsum((delay, attack, hold, fall * (1.0 - self._sustain)))
        self._heights = (0.0, 1.0, 1.0, self._sustain)
        self._fall = 1.0 / release
        self._released: tuple[int, float] | None = None

    def release(self, at: int) -> None:
        """The key is let go at a sample of the voice; for good."""
        if self._released is None:
            self._released = (at, float(np.interp(at, self._knots, self._heights)))

    def heights(self, steps: Sequence[int]) -> Floats:
        """How far it is up at samples of the voice, which rise."""
        places = np.asarray(steps)
        found: Floats = np.interp(places, self._knots, self._heights)
        if places[0] < self._knots[1]:
            found = np.where(places < self._knots[1], _bulge(found), found)
        if self._released is not None and places[-1] > self._released[0]:
            at, height = self._released
            gone = places - at
            found = np.where(gone > 0, np.maximum(0.0, height - gone * self._fall), found)
        return found


def _bulge(share: Floats) -> Floats:
    """An attack that is fast at first: a straight line in dB."""
    rise: Floats = 1.0 + 40.0 / CONVEX_DB * np.log10(np.maximum(share, 1e-9))
    return np.maximum(0.0, rise)
