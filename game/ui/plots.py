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
EIGHTHS = "▁▂▃▄▅▆▇█"
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

    def curve(self, start: Point, end: Point, *, every: int = 1) -> None:
        """A part of a curve from left to right; `every` leaves gaps that the next part goes on."""
        if every == 1:
            self.line(start, end)
            return
        first = math.ceil(start[0] / every) * every
        for x in range(first, math.floor(end[0]) + 1, every):
            share = (x - start[0]) / ((end[0] - start[0]) or 1.0)
            self.dot(x, start[1] + share * (end[1] - start[1]))

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
            canvas.curve(start, end, every=every)
    text = Text(no_wrap=True)
    for row, cells in enumerate(canvas.lines()):
        text.append(f"{labels.get(row, ''):>{AXIS_COLUMNS - 1}} ", "dim")
        text.append(cells + "\n")
    return text


def plot_radar(
    series: Sequence[tuple[Sequence[float], int]],
    labels: Sequence[str],
    *,
    columns: int,
    rows: int,
    most: float,
) -> list[str]:
    """Polygons with one corner a label, the first at the top, in a rim and a ring half-way.

    Args:
        series: (values, every) each, a value for each label; `every` 1 is a whole line.
        labels: what stands at the corners, clockwise.
        columns: of the whole plot.
        rows: of the whole plot.
        most: the value of the rim.

    Returns:
        The rows as text.
    """
    canvas = Canvas(columns, rows)
    middle = (canvas.width / 2, canvas.height / 2)
    # A braille dot is about as wide as it is high in most terminals' fonts.
    beside = DOTS_WIDE * (max(map(len, labels), default=0) + 1)
    reach = min(middle[0] - beside, middle[1] - 1.5 * DOTS_HIGH)
    count = len(labels)

    def corner(index: int, share: float) -> Point:
        angle = 2 * math.pi * index / count - math.pi / 2
        return middle[0] + reach * share * math.cos(angle), middle[1] + reach * share * math.sin(
            angle
        )

    for index in range(count):
        for ring in (0.5, 1.0):
            canvas.line(corner(index, ring), corner(index + 1, ring), every=6)
    for values, every in series:
        shares = [max(0.0, min(value / most, 1.0)) for value in values]
        for index, share in enumerate(shares):
            after = corner(index + 1, shares[(index + 1) % count])
            canvas.line(corner(index, share), after, every=every)
    text = [list(line.replace(chr(_BLANK), " ")) for line in canvas.lines()]
    for index, label in enumerate(labels):
        x, y = corner(index, 1.0)
        # The words end left of the rim, begin right of it, and stand over the middle at its top.
        shift = len(label) // 2 if index == 0 else len(label) if x < middle[0] else -1
        row = max(0, min(rows - 1, int(y) // DOTS_HIGH - (index == 0)))
        column = max(0, min(columns - len(label), int(x) // DOTS_WIDE - shift))
        text[row][column : column + len(label)] = label
    return ["".join(line) for line in text]


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


def draw_columns(values: Sequence[float], *, rows: int, accent: str, unit: str) -> Text:
    """Upright bars, one a value, two columns apart as the weeks of the calendar are.

    Args:
        values: 0 and up.
        rows: how high the highest is.
        accent: the colour of the bars.
        unit: after the figure at the top.
    """
    most = max(values, default=0.0) or 1.0
    heights = [round(value / most * rows * len(EIGHTHS)) for value in values]
    text = Text(no_wrap=True)
    for row in range(rows, 0, -1):
        below = (row - 1) * len(EIGHTHS)
        text.append(f"{most:<4.0f}" if row == rows else "    ", "dim")
        for height in heights:
            filled = max(0, min(len(EIGHTHS), height - below))
            text.append((EIGHTHS[filled - 1] if filled else " ") + " ", accent)
        text.append(f" {unit}\n" if row == rows else "\n", "dim")
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
