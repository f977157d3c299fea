"""Accidentals in dots: each with a gap around it, since two signs that touch are neither."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from game.notation.glyphs import Bitmap, draw_glyph
from game.notation.svg import Glyph

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from game.notation.canvas import Canvas, Frame
    from game.notation.svg import Drawing, DrawnSystem

MOST_ROOM = 5
"""Dots that an accidental is moved to the left at the most, so that a gap is seen around it."""


def draw_accidentals(canvas: Canvas, system: DrawnSystem, drawing: Drawing, frame: Frame) -> None:
    """Draw the accidentals between what is on the canvas already: heads, stems, flags, rests.

    The nearest to its head comes first; those before it make room in turn.
    """
    signs = [each for each in system.shapes if isinstance(each, Glyph) and each.role == "accid"]
    for sign in sorted(signs, key=lambda each: -each.x):
        outline = drawing.outlines.get(sign.code)
        if outline is None:
            continue
        bitmap = draw_glyph(sign.code, outline, frame.dots_per_space, round(sign.size, 3))
        row, column = round(frame.row(sign.y, sign.staff)), round(frame.column(sign.x))
        shift = find_room(canvas.ink, bitmap, row, column)
        canvas.stamp(bitmap, row, column - shift, clear=True)
        left, top = column - shift - bitmap.origin_column, row - bitmap.origin_row
        height, width = bitmap.ink.shape
        canvas.signs.append((left, left + width - 1, top, top + height - 1))


def find_room(ink: NDArray[np.bool_], bitmap: Bitmap, row: int, column: int) -> int:
    """How many dots to the left a sign touches least of what is there; the fewest that do."""
    around = np.pad(bitmap.ink, 1)
    for axis in (0, 1):
        around |= np.roll(around, 1, axis) | np.roll(around, -1, axis)
    height, width = around.shape
    top, left = row - bitmap.origin_row - 1, column - bitmap.origin_column - 1
    room = np.pad(ink, MOST_ROOM + max(height, width))
    pad = MOST_ROOM + max(height, width)

    def count_touched(shift: int) -> int:
        y, x = top + pad, left + pad - shift
        return int((room[y : y + height, x : x + width] & around).sum())

    return min(range(MOST_ROOM + 1), key=count_touched)
