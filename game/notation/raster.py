"""Dots: a system of shapes drawn into the small grid that a terminal's characters give.

Staff lines, stems, bar lines and ledger lines are drawn as exact single rows and columns, since
at this size a blurred line is a missing line. Signs of the music font come from `glyphs`.
Rows and columns of dots count from 0 at the upper left; x and y are in dots here.
"""

from __future__ import annotations

from itertools import pairwise
from math import ceil, floor
from typing import TYPE_CHECKING

import numpy as np

from game.notation.accidentals import draw_accidentals
from game.notation.canvas import Canvas, Frame
from game.notation.glyphs import draw_glyph
from game.notation.page import DOTS_PER_COLUMN, DOTS_PER_ROW
from game.notation.svg import (
    UNITS_PER_SPACE,
    Area,
    Curve,
    Disc,
    Drawing,
    DrawnSystem,
    Glyph,
    Shape,
    Stroke,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

BRAILLE_BASE = 0x2800
BRAILLE_BITS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
STANDING_ROLES = frozenset(
    {"barLine", "clef", "keySig", "meterSig", "grpSym", "repeatMark", "voltaBracket", "ending"}
)
"""What stands on a staff whether or not there are notes."""
CLEAR_ROLES = frozenset({"accid", "keySig", "meterSig", "rest"})
"""Signs that a staff line behind would make hard to tell: the line is left out around them."""
BLOCK_RESTS = frozenset({"E4E3", "E4E4"})
"""Whole and half rests hang from or sit on a staff line, which must be seen."""
STAFF_PHASE = 1
"""Which of a cell's four rows of dots every staff line lies on."""
REACHES = {"clef": (4.4, 2.6), "artic": (1.1, 1.1), "accid": (2.0, 1.6), "keySig": (2.0, 1.6)}
"""How far signs reach up and down from where they stand, roughly, in spaces; others half a head."""


def frame_system(system: DrawnSystem, dots_per_space: int) -> tuple[Frame, int]:
    """Choose the rows of dots: the frame of a system and its height in dots.

    Every staff line lies on row `STAFF_PHASE` of its cell (at 4 dots a space); the distance of
    the staves grows by up to 3 dots for that.
    """
    scale = dots_per_space / UNITS_PER_SPACE
    tops = tuple(staff.lines[0] for staff in system.staves)
    bottoms = tuple(staff.lines[-1] for staff in system.staves)
    highest, lowest = extent(system)
    above = ceil((tops[0] - highest) * scale)
    first = above + (STAFF_PHASE - above) % DOTS_PER_ROW
    rows = [first]
    for top, before in zip(tops[1:], tops, strict=False):
        gap = round((top - before) * scale)
        rows.append(rows[-1] + gap + -gap % DOTS_PER_ROW)
    below = ceil((lowest - tops[-1]) * scale) + 1
    height = rows[-1] + below
    return Frame(dots_per_space, tops, tuple(rows), bottoms), height + -height % DOTS_PER_ROW


def extent(system: DrawnSystem) -> tuple[float, float]:
    """The highest and the lowest y of a system, in units; signs of the font roughly."""
    ys = [line for staff in system.staves for line in staff.lines]
    for shape in system.shapes:
        if isinstance(shape, Stroke | Area):
            ys += [y for _, y in shape.points]
        elif isinstance(shape, Curve):
            ys += [y for _, y in _middle(shape.points, 8)]
        elif isinstance(shape, Disc):
            ys.append(shape.y)
        elif isinstance(shape, Glyph):
            up, down = REACHES.get(shape.role, (0.6, 0.6))
            ys += [shape.y - up * UNITS_PER_SPACE * 0.9, shape.y + down * UNITS_PER_SPACE * 0.9]
    return min(ys), max(ys)


def draw_system(
    system: DrawnSystem, drawing: Drawing, frame: Frame, size: tuple[int, int]
) -> Canvas:
    """Draw a system into a canvas of (height, width) dots."""
    canvas = Canvas.blank(*size)
    _draw_staves(canvas, system, frame)
    glyphs = [shape for shape in system.shapes if isinstance(shape, Glyph)]
    for shape in system.shapes:
        if shape.role == "ledgerLines" and isinstance(shape, Stroke):
            _draw_stroke(canvas, shape, frame)
    heads = [glyph for glyph in glyphs if glyph.role == "notehead"]
    others = [glyph for glyph in glyphs if glyph.role not in {"notehead", "accid"}]
    for glyph in [*heads, *others]:
        _draw_glyph(canvas, glyph, drawing, frame)
    stems = _draw_stems(canvas, system, frame)
    draw_accidentals(canvas, system, drawing, frame)
    # Heads again: nothing may fill the hole of a hollow one, not even its ledger line.
    for glyph in heads:
        _draw_glyph(canvas, glyph, drawing, frame)
    _part_heads(canvas)
    for shape in system.shapes:
        if shape.role not in {"ledgerLines", "stem"}:
            _draw_shape(canvas, shape, frame, stems)
    canvas.part_beams()
    return canvas


def bare_system(system: DrawnSystem) -> DrawnSystem:
    """The system without its notes and what belongs to them."""
    shapes = [shape for shape in system.shapes if shape.role in STANDING_ROLES]
    return DrawnSystem(system.staves, system.measures, shapes)


def _part_heads(canvas: Canvas) -> None:
    """Leave a gap between the heads of a third: a line there would make one block of them."""
    heads = sorted(canvas.heads.values(), key=lambda head: (head[0], head[2]))
    for (left, right, _, bottom), (next_left, next_right, top, _) in pairwise(heads):
        if top == bottom + 2 and left == next_left:
            gap = slice(left + 1, min(right, next_right))
            canvas.staff[bottom + 1, gap] = False
            canvas.ink[bottom + 1, gap] = False


def _draw_staves(canvas: Canvas, system: DrawnSystem, frame: Frame) -> None:
    left = floor(frame.column(min(measure.left for measure in system.measures)))
    right = round(frame.column(max(measure.right for measure in system.measures)))
    for index, staff in enumerate(system.staves):
        for line in staff.lines:
            canvas.staff[round(frame.row(line, index)), max(left, 0) : right] = True


def _draw_glyph(canvas: Canvas, glyph: Glyph, drawing: Drawing, frame: Frame) -> None:
    outline = drawing.outlines.get(glyph.code)
    if outline is None:
        return
    bitmap = draw_glyph(glyph.code, outline, frame.dots_per_space, round(glyph.size, 3))
    row = round(frame.row(glyph.y, glyph.staff))
    column = round(frame.column(glyph.x))
    clear = glyph.role in CLEAR_ROLES and glyph.code not in BLOCK_RESTS
    canvas.stamp(bitmap, row, column, clear=clear)
    if glyph.role == "notehead" and glyph.owner:
        top, left = row - bitmap.origin_row, column - bitmap.origin_column
        height, width = bitmap.ink.shape
        canvas.heads[glyph.owner] = (left, left + width - 1, top, top + height - 1)


def _draw_stems(canvas: Canvas, system: DrawnSystem, frame: Frame) -> dict[float, int]:
    """Draw the stems, each on the outer column of its head; gives their columns by x."""
    columns: dict[float, int] = {}
    heads = list(canvas.heads.values())
    for shape in system.shapes:
        if not isinstance(shape, Stroke) or shape.role != "stem":
            continue
        (x, y0), (_, y1) = shape.points[0], shape.points[-1]
        exact = frame.column(x)
        rows = sorted((round(frame.row(y0, shape.staff)), round(frame.row(y1, shape.staff))))
        column = floor(exact)
        edges = [
            edge
            for left, right, top, bottom in heads
            for edge in (left, right)
            if abs(edge + 0.5 - exact) < 2 and top - 2 <= rows[1] and bottom + 2 >= rows[0]  # noqa: PLR2004
        ]
        if edges:
            column = min(edges, key=lambda edge: abs(edge + 0.5 - exact))
        columns[x] = column
        canvas.bar(rows[0], rows[1], column, column)
    return columns


def _draw_shape(canvas: Canvas, shape: Shape, frame: Frame, stems: dict[float, int]) -> None:
    if isinstance(shape, Stroke):
        _draw_stroke(canvas, shape, frame)
    elif isinstance(shape, Area):
        _draw_area(canvas, shape, frame, stems)
    elif isinstance(shape, Curve):
        _draw_curve(canvas, shape, frame)
    elif isinstance(shape, Disc):
        _draw_disc(canvas, shape, frame)


def _draw_stroke(canvas: Canvas, shape: Stroke, frame: Frame) -> None:
    thick = max(1, round(shape.width * frame.scale * 0.9))
    for (x0, y0), (x1, y1) in pairwise(shape.points):
        if abs(x0 - x1) < 1:
            # A vertical line between staves runs from the one's row to the other's.
            rows = sorted((round(frame.row(y0, shape.staff)), round(frame.row(y1, shape.staff))))
            column = floor(frame.column(x0) - (thick - 1) / 2)
            canvas.bar(rows[0], rows[1], column, column + thick - 1)
        elif abs(y0 - y1) < 1:
            row = round(frame.row(y0, shape.staff))
            columns = sorted((floor(frame.column(x0) + 0.25), ceil(frame.column(x1) - 0.25) - 1))
            canvas.bar(row, row, columns[0], columns[1])
        else:
            ends = ((x0, y0), (x1, y1))
            _draw_line(canvas, [_dot_of(frame, x, y, shape.staff) for x, y in ends])


def _dot_of(frame: Frame, x: float, y: float, staff: int | None) -> tuple[float, float]:
    return frame.column(x) - 0.5, frame.row(y, staff)


def _draw_line(
    canvas: Canvas, points: list[tuple[float, float]], off: NDArray[np.bool_] | None = None
) -> None:
    """Join points (column, row) by single dots; none where `off` is set."""
    for (x0, y0), (x1, y1) in pairwise(points):
        steps = max(1, ceil(max(abs(x1 - x0), abs(y1 - y0))))
        for step in range(steps + 1):
            part = step / steps
            row, column = round(y0 + (y1 - y0) * part), round(x0 + (x1 - x0) * part)
            if off is None or not _is_set(off, row, column):
                canvas.dot(row, column)


def _is_set(mask: NDArray[np.bool_], row: int, column: int) -> bool:
    height, width = mask.shape
    return 0 <= row < height and 0 <= column < width and bool(mask[row, column])


def _draw_area(canvas: Canvas, shape: Area, frame: Frame, stems: dict[float, int]) -> None:
    """Draw a beam: whole columns of an even thickness between two stems."""
    xs = [x for x, _ in shape.points]
    left, right = min(xs), max(xs)
    tops = {x: min(y for px, y in shape.points if px == x) for x in (left, right)}
    depth = max(y for px, y in shape.points if px == left) - tops[left]
    thick = max(1, round(depth * frame.scale))
    staff = shape.staff
    first = _stem_near(stems, left, frame, floor(frame.column(left)))
    last = _stem_near(stems, right, frame, floor(frame.column(right) - 0.01))
    row_left, row_right = frame.row(tops[left], staff), frame.row(tops[right], staff)
    for column in range(first, last + 1):
        part = (column - first) / max(1, last - first)
        # Half the engraver's thickness above or below its dots' centres.
        row = round(row_left + (row_right - row_left) * part + 0.49)
        canvas.bar(row, row + thick - 1, column, column)
        canvas.beams[max(0, row) : max(0, row + thick), column : column + 1] = True


def _stem_near(stems: dict[float, int], x: float, frame: Frame, otherwise: int) -> int:
    """The column of the stem that a beam's end stands on."""
    near = min(stems, key=lambda stem: abs(stem - x), default=None)
    if near is None or abs(near - x) * frame.scale > 1:
        return otherwise
    return stems[near]


def _middle(points: tuple[tuple[float, float], ...], steps: int) -> list[tuple[float, float]]:
    """The line halfway between the two edges of a slur, in units."""
    outer = points[:4]
    inner = (points[0], points[5], points[4], points[3])
    line = []
    for step in range(steps + 1):
        t = step / steps
        weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
        x, y = (
            sum(w * (a[axis] + b[axis]) / 2 for w, a, b in zip(weights, outer, inner, strict=True))
            for axis in (0, 1)
        )
        line.append((x, y))
    return line


def _draw_curve(canvas: Canvas, shape: Curve, frame: Frame) -> None:
    ys = [y for _, y in shape.points]
    staff = shape.staff
    if staff is None and shape.role != "grpSym":
        staff = frame.nearest_staff(sum(ys) / len(ys))
    dots = [_dot_of(frame, x, y, staff) for x, y in _middle(shape.points, 24)]
    # A slur that touches a head or an accidental would make another shape of it.
    _draw_line(canvas, dots, canvas.near_notes())


def _draw_disc(canvas: Canvas, shape: Disc, frame: Frame) -> None:
    size = max(1, round(2 * shape.radius * frame.scale))
    row = round(frame.row(shape.y, shape.staff) - (size - 1) / 2)
    column = round(frame.column(shape.x) - size / 2)
    canvas.bar(row, row + size - 1, column, column + size - 1)


def braille_rows(dots: NDArray[np.bool_]) -> list[str]:
    """Dots as braille characters; a cell without a dot is a space."""
    height, width = dots.shape
    cells = dots.reshape(height // DOTS_PER_ROW, DOTS_PER_ROW, width // DOTS_PER_COLUMN, 2)
    weights = np.array(BRAILLE_BITS, np.int32)
    codes = np.einsum("rdce,de->rc", cells.astype(np.int32), weights)
    return ["".join(chr(BRAILLE_BASE + code) if code else " " for code in row) for row in codes]
