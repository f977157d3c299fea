"""Material of the player's own: the chart that a file gives, and what of the file it leaves out."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from exercises.drill import Drill

if TYPE_CHECKING:
    import msgspec

    from exercises.chart import Chart

IMPORTED = "imported"
"""The style of a chart that came from a file and not from the composer."""
IMPORTED_LEVEL = 5


@dataclass(frozen=True, order=True)
class LeftOut:
    """Something that is in the file and not in the chart."""

    bar: int
    """As printed in the chart; 0 is the pickup, or the whole file where no bar fits."""
    reason: str
    """What it is, and why it is of no use here."""

    def __str__(self) -> str:
        """One line for the player."""
        return f"bar {self.bar}: {self.reason}" if self.bar else self.reason


@dataclass(frozen=True)
class Own:
    """A chart file that has been read."""

    chart: Chart
    left_out: tuple[LeftOut, ...] = ()


def imported_drill(
    *, key: str, meter: str, bars: tuple[msgspec.Struct, ...], quarter_bpm: float
) -> Drill:
    """The drill of a chart that nobody asked for by drill: no code, no seed of its own."""
    full = sum(1 for bar in bars if getattr(bar, "number", 1) != 0)
    tempo = quarter_bpm if math.isfinite(quarter_bpm) and quarter_bpm > 0 else 120.0
    return Drill(
        style=IMPORTED,
        level=IMPORTED_LEVEL,
        kind="grand",
        key=key,
        meter=meter,
        bars=full,
        quarter_bpm=tempo,
        hands="both",
        seed=0,
        code="",
    )
