"""How near is near: half-widths of the judging windows by level and tempo.

The scale is the scatter of professional drummers about their own mean to a click, which falls
with tempo: sigma = 10.1 ms + 0.0186 of the beat (Groove MIDI Dataset, 338 takes). Grades are
multiples of it, widened at the lower levels.
"""

from __future__ import annotations

from dataclasses import dataclass

PERFECT_FLOOR_MS = 15.0
"""Tighter than this punishes professionals (two thirds of their hits lie within 20 ms)."""
CAP_MS = 180.0
NEIGHBOUR_SHARE = 0.45
"""Of the distance to the neighbouring notated onset of the same hand: windows never meet."""
MULTIPLES = (1.0, 2.0, 3.2, 4.5)
"""Of k sigma: perfect, great, ok, out."""
WIDENING = (1.8, 1.8, 1.5, 1.5, 1.25, 1.25, 1.1, 1.1, 1.0, 1.0)
"""k of the levels 1 to 10."""
GRADES = ("perfect", "great", "ok")

FULL_POINTS_SHARE = 0.5
"""Of the perfect window: no ear hears less, so it costs nothing."""
POINTS = (1.0, 0.92, 0.7, 0.35, 0.0)
"""At that share and at the four half-widths; straight lines between (by ear)."""
MAD_TO_SD = 1.4826
"""A standard deviation over the median of the distances from the middle, of what scatters normally:
the scatter told by a median, which no slip moves."""


def scatter_ms(beat_ms: float) -> float:
    """The standard deviation of a professional's asynchrony to a click, in ms."""
    return 10.1 + 0.0186 * beat_ms


def steady_scatter_ms(beat_ms: float) -> float:
    """The same with the slow drift taken out, in ms."""
    return 6.5 + 0.0185 * beat_ms


@dataclass(frozen=True)
class Window:
    """Half-widths on one side of a note, in ms, never falling from one to the next."""

    perfect: float
    great: float
    ok: float
    out: float

    def grade(self, distance_ms: float) -> str:
        """The grade of a distance (never negative) outside the accepted interval."""
        for name, width in zip(GRADES, (self.perfect, self.great, self.ok), strict=True):
            if distance_ms <= width:
                return name
        return "out"

    def points(self, distance_ms: float) -> float:
        """What a distance is worth, 1 to 0, without steps between the grades."""
        widths = (FULL_POINTS_SHARE * self.perfect, self.perfect, self.great, self.ok, self.out)
        if distance_ms <= widths[0]:
            return POINTS[0]
        for index in range(1, len(widths)):
            low, high = widths[index - 1], widths[index]
            if distance_ms <= high:
                share = (distance_ms - low) / (high - low)
                return POINTS[index - 1] + share * (POINTS[index] - POINTS[index - 1])
        return 0.0


def judging_window(beat_ms: float, level: int, neighbour_ms: float | None) -> Window:
    """Give the half-widths on the side of a note whose neighbour is `neighbour_ms` away.

    Args:
        beat_ms: the notated beat in ms.
        level: 1 to 10.
        neighbour_ms: distance to the next notated onset of the same hand on that side; None
            where there is none.

    """
    scale = WIDENING[min(max(level, 1), len(WIDENING)) - 1] * scatter_ms(beat_ms)
    cap = CAP_MS if neighbour_ms is None else min(CAP_MS, NEIGHBOUR_SHARE * neighbour_ms)
    perfect = max(PERFECT_FLOOR_MS, min(cap, MULTIPLES[0] * scale))
    great, ok, out = (max(perfect, min(cap, multiple * scale)) for multiple in MULTIPLES[1:])
    return Window(perfect, great, ok, out)
