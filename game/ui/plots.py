"""Plots in text: lines and polygons in braille cells, bars, and a calendar. Pure functions."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING

from rich.text import Text

from game.ui.words import draw_bar

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

DOTS_WIDE, DOTS_HIGH = 2, 4
"""Of a braille cell."""
_BITS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
_BLANK = 0x2800
SHADES = ("·", "░", "▒", "▓", "█")
"""A day without practice, and four shades of playing time."""
DAY_NAMES = ("Mon", "", "Wed", "", "Fri", "", "Sun")
AXIS_COLUMNS = 7
MONTH_LETTERS = 3

Point = tuple[float, float]


class Canvas:
    """Dots on braille cells; (0, 0) is the dot at the top left."""

    def __init__(self, columns: int, rows: int) -> None:
        """An empty canvas of so many cells."""
        self.columns, self.rows = max(1, columns), max(1, rows)
        self._cells = [[0] * self.columns for _ in range(self.rows)]

    @property
    def width(self) -> int:
        """In dots."""
        return self.columns * DOTS_WIDE

    @property
    def height(self) -> int:
        """In dots."""
        return self.rows * DOTS_HIGH

    def dot(self, x: float, y: float) -> None:
        """Set a dot; outside the canvas nothing happens."""
        column, row = round(x), round(y)
        if 0 <= column < self.width and 0 <= row < self.height:
            bit = _BITS[row % DOTS_HIGH][column % DOTS_WIDE]
            self._cells[row // DOTS_HIGH][column // DOTS_WIDE] |= bit

    def line(self, start: Point, end: Point, *, every: int = 1) -> None:
        """A straight line; `every` leaves gaps."""
        steps = max(1, math.ceil(max(abs(end[0] - start[0]), abs(end[1] - start[1]))))
        for step in range(0, steps + 1, every):
            share = step / steps
            self.dot(start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1]))

    def lines(self) -> list[str]:
        """The rows as text."""
        return ["".join(chr(_BLANK + cell) for cell in row) for row in self._cells]


def plot_lines(
    series: Sequence[tuple[Sequence[Point], int]],
    *,
    columns: int,
    rows: int,
    low: float,
    high: float,
    span: tuple[float, float],
    marks: tuple[float, ...] = (),
    unit: str = "",
) -> Text:
    """Curves over time, with figures at the left edge.

    Args:
        series: (points, every) each; points are (x, y) by x, `every` 1 is a whole line.
        columns: of the whole plot.
        rows: of the whole plot.
        low: the value of the bottom.
        high: the value of the top.
        span: x of the left and right edges.
        marks: values with a figure and a dotted line.
        unit: after the figures.
    """
    canvas = Canvas(columns - AXIS_COLUMNS, rows)
    height = (high - low) or 1.0
    width = (span[1] - span[0]) or 1.0

    def place(point: Point) -> Point:
        x = (point[0] - span[0]) / width * (canvas.width - 1)
        y = (high - min(high, max(low, point[1]))) / height * (canvas.height - 1)
        return x, y

    labels: dict[int, str] = {}
    for mark in marks:
        x, y = place((span[0], mark))
        canvas.line((x, y), (canvas.width - 1, y), every=6)
        labels[round(y) // DOTS_HIGH] = f"{mark:g}{unit}"
    for points, every in series:
        placed = [place(point) for point in points]
        if len(placed) == 1:
            canvas.dot(*placed[0])
        for start, end in itertools.pairwise(placed):
            canvas.line(start, end, every=every)
    text = Text(no_wrap=True)
    for row, cells in enumerate(canvas.lines()):
        text.append(f"{labels.get(row, ''):>{AXIS_COLUMNS - 1}} ", "dim")
        text.append(cells + "\n")
    return text


def plot_radar(values: Sequence[float], *, columns: int, rows: int, most: float) -> Text:
    """A polygon with one corner a value, the first at the top, over rings at halves of `most`."""
    canvas = Canvas(columns, rows)
    middle = (canvas.width / 2, canvas.height / 2)
    # A braille dot is about as wide as it is high in most terminals' fonts.
    reach = min(middle) - 1
    count = len(values)

    def corner(index: int, share: float) -> Point:
        angle = 2 * math.pi * index / count - math.pi / 2
        return middle[0] + reach * share * math.cos(angle), middle[1] + reach * share * math.sin(
            angle
        )

    for index in range(count):
        canvas.line(middle, corner(index, 1.0), every=5)
        for ring in (0.5, 1.0):
            canvas.line(corner(index, ring), corner(index + 1, ring), every=4)
        here = max(0.0, min(values[index] / most, 1.0))
        after = max(0.0, min(values[(index + 1) % count] / most, 1.0))
        canvas.line(corner(index, here), corner(index + 1, after))
    return Text("\n".join(canvas.lines()), no_wrap=True)


def list_bars(
    rows: Sequence[tuple[str, float, str]], *, label_columns: int, bar_columns: int, accent: str
) -> Text:
    """Rows of (label, 0 to 100, figure) with a bar each."""
    text = Text(no_wrap=True)
    for label, value, figure in rows:
        text.append(f"{label[: label_columns - 1]:<{label_columns}}")
        text.append(draw_bar(value, bar_columns), accent)
        text.append(f" {figure}\n")
    return text


def draw_calendar(columns: Sequence[tuple[date, Sequence[int | None]]], accent: str) -> Text:
    """The calendar heat map: a row a weekday, a column a week, months above."""
    months = [" "] * (2 * len(columns) + MONTH_LETTERS)
    shown = None
    for index, (start, _) in enumerate(columns):
        month = (start.year, start.month)
        free = "".join(months[2 * index - 1 : 2 * index + MONTH_LETTERS]).strip() == ""
        if month != shown and free and start.day <= 7:  # noqa: PLR2004 - the month's first week
            months[2 * index : 2 * index + MONTH_LETTERS] = f"{start:%b}"
        shown = month
    text = Text("    " + "".join(months).rstrip() + "\n", no_wrap=True)
    for weekday in range(7):
        text.append(f"{DAY_NAMES[weekday]:<4}", "dim")
        for _, shades in columns:
            shade = shades[weekday]
            sign = " " if shade is None else SHADES[shade]
            text.append(sign + " ", accent if shade else "dim")
        text.append("\n")
    text.append("    ", "dim")
    text.append(f"{SHADES[0]} none  {SHADES[1]} a little  {SHADES[2]} 5 min  ", "dim")
    text.append(f"{SHADES[3]} 15 min  {SHADES[4]} 30 min and more\n", "dim")
    return text
