"""How loud the band plays: classes of strokes, the chart's dynamics, and a human wavering."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from exercises.compose.dice import Dice

if TYPE_CHECKING:
    from exercises.chart import Chart

VELOCITIES = {"ghost": 34, "soft": 58, "normal": 84, "accent": 108}
"""By ear: ghosts well under the backbeat, accents over it."""
_DYNAMICS = {"pp": 0.55, "p": 0.7, "mp": 0.85, "mf": 1.0, "f": 1.1, "ff": 1.18}
_INTENSITIES = {1: 0.86, 2: 1.0, 3: 1.06}
_WAVER = 4
"""Most that a human stroke differs from its class, in steps of velocity."""


class Loudness:
    """Velocities along a chart."""

    def __init__(self, chart: Chart, *, human: bool, part: str) -> None:
        """Follow a chart's dynamics; `part` keeps the players' wavering apart."""
        marks = [m for m in chart.marks if m.kind == "dynamic" and m.text in _DYNAMICS]
        self._marks = sorted((m.onset_ql, _DYNAMICS[m.text]) for m in marks)
        self._human = human
        self._dice = Dice(chart.drill.seed, f"{part} touch")

    def velocity(self, touch: str, onset_ql: Fraction, intensity: int) -> int:
        """The velocity of a class of stroke at a place."""
        found = (factor for onset, factor in reversed(self._marks) if onset <= onset_ql)
        value = VELOCITIES[touch] * next(found, 1.0) * _INTENSITIES[intensity]
        if self._human:
            value += (2 * self._dice.number() - 1) * _WAVER
        return max(1, min(127, round(value)))
