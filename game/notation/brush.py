"""Ink on pixels: signs of the music font, lines, beams and slurs, smooth at their edges.

x and y are in pixels from the upper left corner; a pixel reaches from its number to the next.
"""

from __future__ import annotations

import io
from functools import lru_cache
from math import ceil, floor, hypot
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import resvg_py
from PIL import Image, ImageDraw

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

EM_SPACES, EM_UNITS = 4, 1000
REACH_SPACES = 6
"""How far from its origin a sign may reach."""
FINE = 4
"""Each pixel is drawn as so many by so many, and each place told to that part of a pixel."""
CURVE_STEPS = 24
MOST_ROOM = 0.8
"""Spaces that a sign is moved to the left at the most, so that it touches nothing."""
SIGN_GAP = 0.1
"""Spaces around such a sign."""
INKED = 0.3
"""A pixel of a sign has at least so much ink."""
SLUR_EDGE = 0.05
"""Half the thickness of a slur's end, in spaces."""

Point = tuple[float, float]


class Sign(NamedTuple):
    """A sign's ink, and the pixel of it in which its origin lies."""

    ink: NDArray[np.float32]
    row: int
    column: int


class Brush:
    """Paints on (height, width) shares of ink."""

    def __init__(self, ink: NDArray[np.float32], space: int) -> None:
        """Paint on `ink`, with `space` pixels from one staff line to the next."""
        self.ink = ink
        self.space = space
        self.last: NDArray[np.float32] = ink[:0, :0]
        """The ink of the last sign, as far as it lies on the paper."""

    def thick(self, spaces: float) -> int:
        """A line's thickness in whole pixels."""
        return max(1, round(spaces * self.space))

    def rect(self, x: int, y: int, width: int, height: int, ink: float = 1.0) -> None:
        """Whole pixels."""
        here = self.ink[max(0, y) : max(0, y + height), max(0, x) : max(0, x + width)]
        np.maximum(here, ink, out=here)

    def sign(
        self, outline: str, x: float, y: float, size: float
    ) -> tuple[int, int, int, int] | None:
        """A sign of the font with its origin at a point; gives the pixels that it takes.

        Returns:
            First and last column, first and last row; None where none lies on the paper.
        """
        return self._lay(*self._cut(outline, x, y, size))

    def _cut(
        self, outline: str, x: float, y: float, size: float
    ) -> tuple[NDArray[np.float32], int, int]:
        """A sign's ink, and the column and the row of its corner."""
        column, row = floor(x * FINE), floor(y * FINE)
        sign = _draw_sign(outline, self.space, round(size, 3), column % FINE, row % FINE)
        return sign.ink, column // FINE - sign.column, row // FINE - sign.row

    def find_room(self, outline: str, x: float, y: float, size: float, bare: float) -> int:
        """How many pixels to the left a sign keeps its distance from what is there already.

        Where it cannot, it is as far as it touches least of it; the fewest pixels that do.

        Args:
            outline: the sign's.
            x: of its origin.
            y: of its origin.
            size: 1 is full size.
            bare: ink that no more than a staff line has is none.
        """
        ink, left, top = self._cut(outline, x, y, size)
        most, gap = self.thick(MOST_ROOM), self.thick(SIGN_GAP)
        around = np.pad(ink > INKED, gap)
        for axis in (0, 1):
            around = np.logical_or.reduce(
                [np.roll(around, shift, axis) for shift in range(-gap, gap + 1)]
            )
        height, width = around.shape
        rows, columns = self.ink.shape
        top, left = top - gap, left - gap - most
        y0, y1, x0, x1 = max(0, top), min(rows, top + height), max(0, left), left + most + width
        if y0 >= y1 or x0 >= min(x1, columns):
            return 0
        there = self.ink[y0:y1, x0:x1] > bare
        room = np.pad(there, ((y0 - top, top + height - y1), (x0 - left, x1 - x0 - there.shape[1])))
        fewest, best = int(around.sum()) + 1, 0
        for shift in range(most + 1):
            touched = int((room[:, most - shift : most - shift + width] & around).sum())
            if touched < fewest:
                fewest, best = touched, shift
            if not touched:
                break
        return best

    def line(self, start: Point, end: Point, thick: int) -> None:
        """A straight line; an upright or level one takes whole pixels."""
        (x0, y0), (x1, y1) = sorted((start, end))
        if abs(x0 - x1) < 1 / FINE:
            top, bottom = sorted((round(y0), round(y1)))
            self.rect(round(x0 - thick / 2), top, thick, bottom - top)
        elif abs(y0 - y1) < 1 / FINE:
            self.rect(round(x0), round(y0 - thick / 2), round(x1) - round(x0), thick)
        else:
            length = hypot(x1 - x0, y1 - y0)
            across = ((y0 - y1) / length * thick / 2, (x1 - x0) / length * thick / 2)
            self.polygon(
                [
                    (x + side * across[0], y + side * across[1])
                    for x, y, side in ((x0, y0, 1), (x1, y1, 1), (x1, y1, -1), (x0, y0, -1))
                ]
            )

    def curve(self, points: Sequence[Point]) -> None:
        """The area between two Bezier curves: start, two controls, end, two controls back."""
        start, one, two, end, three, four = points[:6]
        edge = SLUR_EDGE * self.space
        there, back = _bezier(start, one, two, end), _bezier(end, three, four, start)
        # A slur has a thickness also where its two edges meet.
        apart = edge if one[1] > four[1] else -edge
        self.polygon([(x, y + apart) for x, y in there] + [(x, y - apart) for x, y in back])

    def disc(self, x: float, y: float, radius: float) -> None:
        """A filled circle."""
        turns = np.linspace(0, 2 * np.pi, CURVE_STEPS, endpoint=False)
        self.polygon([(x + radius * np.cos(t), y + radius * np.sin(t)) for t in turns])

    def polygon(self, points: Sequence[Point]) -> None:
        """A filled polygon."""
        xs, ys = [x for x, _ in points], [y for _, y in points]
        left, top = floor(min(xs)) - 1, floor(min(ys)) - 1
        width, height = ceil(max(xs)) + 1 - left, ceil(max(ys)) + 1 - top
        sheet = Image.new("L", (width * FINE, height * FINE))
        # The pen's points are the middles of fine pixels.
        fine = [((x - left) * FINE - 0.5, (y - top) * FINE - 0.5) for x, y in points]
        ImageDraw.Draw(sheet).polygon(fine, fill=255)
        self._lay(np.asarray(sheet.reduce(FINE), np.float32) / 255.0, left, top)

    def _lay(
        self, ink: NDArray[np.float32], left: int, top: int
    ) -> tuple[int, int, int, int] | None:
        """Ink with its corner at a pixel; gives the part of the paper that it lies on."""
        rows, columns = self.ink.shape
        height, width = ink.shape
        y, x = max(0, -top), max(0, -left)
        y_end, x_end = min(height, rows - top), min(width, columns - left)
        if y >= y_end or x >= x_end:
            return None
        self.last = ink[y:y_end, x:x_end]
        here = self.ink[top + y : top + y_end, left + x : left + x_end]
        np.maximum(here, self.last, out=here)
        return left + x, left + x_end - 1, top + y, top + y_end - 1


def _bezier(start: Point, one: Point, two: Point, end: Point) -> list[Point]:
    line = []
    for step in range(CURVE_STEPS + 1):
        t = step / CURVE_STEPS
        weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
        x, y = (
            sum(w * p[axis] for w, p in zip(weights, (start, one, two, end), strict=True))
            for axis in (0, 1)
        )
        line.append((x, y))
    return line


@lru_cache(maxsize=2048)
def _draw_sign(outline: str, space: int, size: float, right: int, down: int) -> Sign:
    """A sign with its origin so many parts of a pixel right of and below a pixel's corner.

    Args:
        outline: its path, 1000 to the em of 4 spaces, y upwards.
        space: pixels from one staff line to the next.
        size: 1 is full size.
        right: of `FINE` parts.
        down: of `FINE` parts.
    """
    reach = REACH_SPACES * space
    scale = EM_SPACES * space * size / EM_UNITS
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{2 * reach}" height="{2 * reach}">'
        f'<path transform="translate({reach + right / FINE},{reach + down / FINE}) '
        f'scale({scale:.6f},{-scale:.6f})" d="{outline}"/></svg>'
    )
    image = Image.open(io.BytesIO(resvg_py.svg_to_bytes(svg_string=svg, skip_system_fonts=True)))
    ink = np.asarray(image.convert("RGBA"), np.float32)[:, :, 3] / 255.0
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    if not len(rows):
        return Sign(np.zeros((1, 1), np.float32), 0, 0)
    cut = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return Sign(cut, int(reach - rows[0]), int(reach - columns[0]))
