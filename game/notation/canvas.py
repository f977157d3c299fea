"""The dots of a system, and how the engraver's units become dots (or pixels).

Rows and columns of dots count from 0 at the upper left.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from game.notation.svg import UNITS_PER_SPACE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from game.notation.glyphs import Bitmap


@dataclass(frozen=True)
class Frame:
    """How the engraver's units become dots for one system."""

    dots_per_space: int
    staff_tops: tuple[float, ...]
    """y of each staff's top line, in units."""
    staff_rows: tuple[int, ...]
    """The row of dots each staff's top line is drawn on."""
    staff_bottoms: tuple[float, ...]

    @property
    def scale(self) -> float:
        """Dots in one unit."""
        return self.dots_per_space / UNITS_PER_SPACE

    def column(self, x: float) -> float:
        """The column of dots of an x in units, not rounded."""
        return x * self.scale

    def nearest_staff(self, y: float) -> int:
        """The staff whose lines are nearest to a y in units."""
        gaps = [
            max(top - y, y - bottom, 0.0)
            for top, bottom in zip(self.staff_tops, self.staff_bottoms, strict=True)
        ]
        return gaps.index(min(gaps))

    def row(self, y: float, staff: int | None) -> float:
        """The row of dots of a y in units as measured from a staff (the nearest for None)."""
        index = self.nearest_staff(y) if staff is None else staff
        return self.staff_rows[index] + (y - self.staff_tops[index]) * self.scale


@dataclass
class Canvas:
    """The dots of one system: staff lines and what stands on them are kept apart."""

    staff: NDArray[np.bool_]
    ink: NDArray[np.bool_]
    beams: NDArray[np.bool_]
    """The dots of `ink` that are of beams."""
    heads: dict[str, tuple[int, int, int, int]] = field(default_factory=dict)
    """The first and last column, first and last row of each notehead's dots, by note id."""
    signs: list[tuple[int, int, int, int]] = field(default_factory=list)
    """The same of each accidental's."""

    @property
    def dots(self) -> NDArray[np.bool_]:
        """All that is drawn."""
        return self.staff | self.ink

    def near_notes(self) -> NDArray[np.bool_]:
        """The dots of heads and accidentals, and those that touch them."""
        near = np.zeros_like(self.ink)
        for left, right, top, bottom in (*self.heads.values(), *self.signs):
            near[max(0, top - 1) : bottom + 2, max(0, left - 1) : right + 2] = True
        return near

    @classmethod
    def blank(cls, height: int, width: int) -> Canvas:
        """A canvas of so many rows and columns of dots."""
        staff, ink, beams = (np.zeros((height, width), bool) for _ in range(3))
        return cls(staff, ink, beams)

    def part_beams(self) -> None:
        """Take away the staff lines between two beams, which would make one thick beam of them."""
        self.staff[1:-1] &= ~(self.beams[:-2] & self.beams[2:])

    def dot(self, row: int, column: int) -> None:
        """Set one dot; what lies outside is left out."""
        if 0 <= row < self.ink.shape[0] and 0 <= column < self.ink.shape[1]:
            self.ink[row, column] = True

    def bar(self, top: int, bottom: int, left: int, right: int) -> None:
        """Fill from the first to the last row and column, both included."""
        self.ink[max(top, 0) : max(bottom + 1, 0), max(left, 0) : max(right + 1, 0)] = True

    def stamp(self, bitmap: Bitmap, row: int, column: int, *, clear: bool) -> None:
        """Draw a bitmap with its origin at a dot; its holes and (if asked) its margin are cleared.

        A hole is where a hollow notehead shows the paper through a staff line.
        """
        top, left = row - bitmap.origin_row, column - bitmap.origin_column
        height, width = bitmap.ink.shape
        if clear:
            self._clear(self.staff, top, left - 1, height, width + 2)
        rows, columns = self.ink.shape
        # The part of the bitmap that lies on the canvas.
        y, x = max(0, -top), max(0, -left)
        y_end, x_end = min(height, rows - top), min(width, columns - left)
        if y >= y_end or x >= x_end:
            return
        ink, holes = bitmap.ink[y:y_end, x:x_end], bitmap.holes[y:y_end, x:x_end]
        here = (slice(top + y, top + y_end), slice(left + x, left + x_end))
        self.ink[here] = (self.ink[here] & ~holes) | ink
        self.staff[here] &= ~holes

    @staticmethod
    def _clear(layer: NDArray[np.bool_], top: int, left: int, height: int, width: int) -> None:
        layer[max(top, 0) : max(top + height, 0), max(left, 0) : max(left + width, 0)] = False
