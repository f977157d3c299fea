"""Material of the player's own: the chart that a file gives, and what of the file it leaves out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from exercises.chart import Chart


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
