"""Pixels: a system of shapes painted for a terminal that shows pictures.

The same shapes as in `raster`, at the size of the terminal's pixels: staff lines, stems and bar
lines lie on whole rows and columns of pixels, so that they are sharp at any size of cell; all
else is smoothed at its edges. x and y are in pixels here, from the upper left.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from math import ceil, floor
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from game.notation.brush import Brush
from game.notation.canvas import Frame
from game.notation.export import word_fonts
from game.notation.page import HEAD_LEVEL, INK_LEVELS
from game.notation.raster import extent
from game.notation.svg import (
    UNITS_PER_SPACE,
    Area,
    Curve,
    Disc,
    Drawing,
    DrawnSystem,
    Glyph,
    Stroke,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from game.notation.page import Word

STAFF_THICKNESS = 0.1
LEDGER_THICKNESS = 0.16
STEM_THICKNESS = 0.12
"""In spaces, as engravers draw them (Gould 2011, "Behind Bars")."""
STAFF_INK = 0.6
"""The share of black of a staff line: the notes stand out before it."""
HEAD_CORE = 0.5
"""What a notehead covers of a pixel by more than this is the head's own."""
WORD_SIZE = 0.76
"""Of the letters, in heights of a cell."""
WORD_BASELINE = 0.78
"""Of a cell's height from above."""
SLUR_ROOM = 0.3 * UNITS_PER_SPACE
"""Slurs are thicker than their middle line, by which the extent goes."""
FONTS = {
    "chord": "DejaVuSans-Bold.ttf",
    "section": "DejaVuSans-Bold.ttf",
    "tempo": "DejaVuSans-Bold.ttf",
    "dynamic": "DejaVuSerif-BoldItalic.ttf",
    "text": "DejaVuSans-Oblique.ttf",
    "road": "DejaVuSans-Oblique.ttf",
}
"""By the kind of word; others stand upright."""


@dataclass
class Painting:
    """One system as shares of ink."""

    ink: NDArray[np.float32]
    """(height, width), 0 is paper and 1 is black."""
    heads: NDArray[np.bool_]
    """The pixels that are of noteheads."""
    boxes: dict[str, tuple[int, int, int, int]] = field(default_factory=dict)
    """The first and last column, first and last row of each notehead, by note id."""

    def levels(self) -> NDArray[np.uint8]:
        """Each pixel's level of ink, or `HEAD_LEVEL` where a notehead is."""
        levels = np.rint(self.ink * (INK_LEVELS - 1)).astype(np.uint8)
        levels[self.heads] = HEAD_LEVEL
        return levels


def frame_pixels(system: DrawnSystem, space: int, cell_height: int) -> tuple[Frame, int]:
    """Choose the rows of pixels: the frame of a system and its height, whole cells of it.

    Args:
        system: its shapes, in the engraver's units.
        space: pixels from one staff line to the next.
        cell_height: pixels of a terminal's row.
    """
    scale = space / UNITS_PER_SPACE
    tops = tuple(staff.lines[0] for staff in system.staves)
    bottoms = tuple(staff.lines[-1] for staff in system.staves)
    highest, lowest = extent(system)
    highest, lowest = highest - SLUR_ROOM, lowest + SLUR_ROOM
    first = ceil((tops[0] - highest) * scale)
    rows = tuple(first + round((top - tops[0]) * scale) for top in tops)
    height = rows[-1] + ceil((lowest - tops[-1]) * scale) + 1
    return Frame(space, tops, rows, bottoms), height + -height % cell_height


def paint_system(
    system: DrawnSystem, drawing: Drawing, frame: Frame, size: tuple[int, int]
) -> Painting:
    """Paint a system on (height, width) pixels."""
    painting = Painting(np.zeros(size, np.float32), np.zeros(size, bool))
    brush = Brush(painting.ink, frame.dots_per_space)
    centre = brush.thick(STAFF_THICKNESS) / 2
    _paint_staves(brush, system, frame)
    for shape in system.shapes:
        if isinstance(shape, Glyph) and shape.role != "accid":
            _paint_glyph(painting, brush, shape, drawing, _place(frame, centre, shape))
        elif isinstance(shape, Disc):
            x, y = _place(frame, centre, shape)
            brush.disc(x, y, max(0.8, shape.radius * frame.scale))
        elif isinstance(shape, Stroke | Area):
            _paint_points(brush, shape, frame, centre)
    _paint_accidentals(painting, brush, system, drawing, frame)
    # Slurs last: an accidental that made room for one would stand far from its head.
    for shape in system.shapes:
        if isinstance(shape, Curve):
            _paint_points(brush, shape, frame, centre)
    return painting


def _paint_accidentals(
    painting: Painting, brush: Brush, system: DrawnSystem, drawing: Drawing, frame: Frame
) -> None:
    """Paint them last, each where it touches nothing: the nearest to its head comes first.

    Those before it make room in turn; a sign and its parentheses stay together.
    """
    centre = brush.thick(STAFF_THICKNESS) / 2
    groups: dict[str, list[Glyph]] = {}
    for shape in system.shapes:
        if isinstance(shape, Glyph) and shape.role == "accid" and shape.code in drawing.outlines:
            groups.setdefault(shape.owner or str(len(groups)), []).append(shape)
    for signs in sorted(groups.values(), key=lambda each: -max(sign.x for sign in each)):
        places = [(sign, *_place(frame, centre, sign)) for sign in signs]
        room = max(
            brush.find_room(drawing.outlines[sign.code], x, y, sign.size, STAFF_INK)
            for sign, x, y in places
        )
        for sign, x, y in places:
            _paint_glyph(painting, brush, sign, drawing, (x - room, y))


def _place(frame: Frame, centre: float, shape: Glyph | Disc) -> tuple[float, float]:
    """Where a shape's own point lies; `centre` leads from a line's row to its middle."""
    return frame.column(shape.x), frame.row(shape.y, shape.staff) + centre


def _paint_staves(brush: Brush, system: DrawnSystem, frame: Frame) -> None:
    left = round(frame.column(min(measure.left for measure in system.measures)))
    right = round(frame.column(max(measure.right for measure in system.measures)))
    for index, staff in enumerate(system.staves):
        for line in staff.lines:
            row = round(frame.row(line, index))
            brush.rect(left, row, right - left, brush.thick(STAFF_THICKNESS), STAFF_INK)


def _paint_glyph(
    painting: Painting, brush: Brush, glyph: Glyph, drawing: Drawing, at: tuple[float, float]
) -> None:
    outline = drawing.outlines.get(glyph.code)
    if outline is None:
        return
    box = brush.sign(outline, at[0], at[1], glyph.size)
    if glyph.role != "notehead" or box is None:
        return
    left, right, top, bottom = box
    here = (slice(top, bottom + 1), slice(left, right + 1))
    painting.heads[here] |= brush.last > HEAD_CORE
    if glyph.owner:
        painting.boxes.setdefault(glyph.owner, box)


def _paint_points(brush: Brush, shape: Stroke | Area | Curve, frame: Frame, centre: float) -> None:
    staff = shape.staff
    if staff is None and isinstance(shape, Curve) and shape.role != "grpSym":
        ys = [y for _, y in shape.points]
        staff = frame.nearest_staff(sum(ys) / len(ys))
    points = [(frame.column(x), frame.row(y, staff) + centre) for x, y in shape.points]
    if isinstance(shape, Area):
        brush.polygon(points)
    elif isinstance(shape, Curve):
        brush.curve(points)
    else:
        spaces = {"stem": STEM_THICKNESS, "ledgerLines": LEDGER_THICKNESS}.get(
            shape.role, shape.width / UNITS_PER_SPACE
        )
        for start, end in pairwise(points):
            brush.line(start, end, brush.thick(spaces))


def paint_words(
    ink: NDArray[np.float32], words: Iterable[Word], cell: tuple[int, int]
) -> NDArray[np.float32]:
    """The ink with words engraved where their cells are."""
    height, width = ink.shape
    sheet = Image.new("L", (width, height))
    pen = ImageDraw.Draw(sheet)
    words = sorted(words, key=lambda word: (word.row, word.column))
    for word, after in zip(words, [*words[1:], None], strict=True):
        # The cell beside each word is free; before a neighbour half of it stays so.
        room = len(word.text) + 1.0
        if after and after.row == word.row:
            room = min(room, after.column - word.column - 0.5)
        font = _fit_font(word.kind, word.text, room * cell[0], round(WORD_SIZE * cell[1]))
        x = word.column * cell[0]
        baseline = word.row * cell[1] + round(WORD_BASELINE * cell[1])
        pen.text((x, baseline), word.text, fill=255, font=font, anchor="ls")
    both: NDArray[np.float32] = np.maximum(ink, np.asarray(sheet, np.float32) / 255.0)
    return both


def _fit_font(
    kind: str, text: str, room: float, size: int
) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """The font of a kind of word, small enough for the room."""
    font = _open_font(FONTS.get(kind, "DejaVuSans.ttf"), size)
    length = font.getlength(text)
    if length > room:
        font = _open_font(FONTS.get(kind, "DejaVuSans.ttf"), max(6, floor(size * room / length)))
    return font


@lru_cache(maxsize=32)
def _open_font(name: str, size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    path = next((path.with_name(name) for path in word_fonts()), None)
    return ImageFont.truetype(str(path), size) if path else ImageFont.load_default(size)
