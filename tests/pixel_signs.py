"""Tells sharps, flats and naturals in pixels: a part of `pixel_reader`.

It knows the signs of the face that a page is written in, as a player does, and nothing of where
they stand.
"""

import io
from dataclasses import dataclass
from functools import cache

import numpy as np
import resvg_py
from PIL import Image
from sign_reader import KEY_LINES, spell_chart

from exercises.musicxml import write_musicxml
from game.notation.layout import lay_out

CODES = {
    "flat": "E260",
    "natural": "E261",
    "sharp": "E262",
    "double-sharp": "E263",
    "flat-flat": "E264",
}
"""Of the music fonts (SMuFL)."""
EM_SPACES, EM_UNITS = 4, 1000
ROOM = 3
"""Spaces around a sign's origin in which it lies."""
SMALL = 0.75
"""The size of signs beside small heads."""
REACH = 8.0
"""Spaces to the left of a head within which its sign stands: others may stand between."""
LEANING = 1
"""Pixels that a sign may stand above or below the middle of its head."""
LIT, UNLIT = 0.95, 0.72
"""Of a sign's pixels so many are black or touch what is; of those inside and around it that do not
touch the sign, so many are white: a head, a line or a parenthesis may take some."""
LIKE = 2.69
"""How like a sign something must be in all (its shares of lit, unlit and right pixels; see MORE):
true signs come to more than 3, to 2.7 where a slur lies over them, stems in beams to 2.65."""
MORE = 0.12
"""What a sign is likelier by for each square space of its ink: half of a double flat is a flat."""
KEY_STARTS, KEY_ROOM = 2.4, 2.4
"""Spaces from the system's first line to the signs of its key, and how much later they may be."""
KEY_STEP = (0.6, 2.4)
"""Spaces from one sign of the key to the next."""


@dataclass(frozen=True)
class Shape:
    """A sign as black and white pixels."""

    name: str
    ink: np.ndarray
    origin: int
    """The row of its note."""


@cache
def known_signs(face, space, size=1.0):
    """The signs of a face at a size, in pixels."""
    outlines = lay_out(write_musicxml(spell_chart(1)), font=face).drawing.outlines
    return tuple(_paint(name, outlines[code], space, size) for name, code in CODES.items())


def _paint(name, outline, space, size):
    scale, side = EM_SPACES * space * size / EM_UNITS, 2 * ROOM * space
    place = f"translate({side / 2},{side / 2 + 0.5}) scale({scale},{-scale})"
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{side}" height="{side}">'
        f'<path d="{outline}" transform="{place}"/></svg>'
    )
    image = Image.open(io.BytesIO(resvg_py.svg_to_bytes(svg_string=svg, skip_system_fonts=True)))
    ink = np.asarray(image.convert("RGBA"))[:, :, 3] > 100
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    cut = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return Shape(name, cut, side // 2 - int(rows[0]))


def widen(black):
    """What is black or touches it."""
    wide = np.pad(black, 1)
    for axis in (0, 1):
        wide = wide | np.roll(wide, 1, axis) | np.roll(wide, -1, axis)
    return wide[1:-1, 1:-1]


def find_likeness(area, shape, space):
    """At each place of a sign's corner in an area: how like it is; 0 where it is not."""
    sizes = [a - b + 1 for a, b in zip(area.shape, shape.ink.shape, strict=True)]
    if min(sizes) <= 0:
        return np.zeros((1, 1))
    if widen(area).sum() < LIT * shape.ink.sum():
        return np.zeros(sizes)
    ink, beside = shape.ink, ~widen(shape.ink)
    near, here = (
        np.lib.stride_tricks.sliding_window_view(each, ink.shape) for each in (widen(area), area)
    )
    lit = (near & ink).sum(axis=(2, 3)) / ink.sum()
    unlit = 1 - (here & beside).sum(axis=(2, 3)) / beside.sum()
    exact = (here == ink).mean(axis=(2, 3))
    like = lit + unlit + exact + MORE * ink.sum() / space**2
    return np.where((lit >= LIT) & (unlit >= UNLIT), like, 0.0)


def look_along(black, row, columns, shape, space):
    """How like a sign each place on a row between two columns is, at the best of its heights."""
    top = row - shape.origin - LEANING
    bottom = top + len(shape.ink) + 2 * LEANING
    # Beyond the picture is paper.
    paper = ((max(0, -top), max(0, bottom - len(black))), (0, 0))
    area = np.pad(black[max(0, top) : bottom, max(0, columns[0]) : columns[1]], paper)
    return find_likeness(area, shape, space).max(axis=0)


def find_signs(black, row, columns, shapes, space):
    """[(name, first column, last)] of the signs on a row between two columns, from the right."""
    found = []
    for shape in shapes:
        like = look_along(black, row, columns, shape, space)
        width = shape.ink.shape[1]
        found += [
            (float(like[at]), shape.name, columns[0] + at, columns[0] + at + width - 1)
            for at in map(int, np.flatnonzero(like >= LIKE))
        ]
    signs = []
    for _, name, left, right in sorted(found, reverse=True):
        # Half of a double flat is no flat beside it.
        if all(right < first or left > last for _, first, last in signs):
            signs.append((name, left, right))
    return sorted(signs, key=lambda sign: -sign[2])


def find_key(black, rows, edge, shapes, space):
    """(sharps, or flats as a negative number; the column behind them), the same on each staff.

    Args:
        black: the pixels, without staff lines.
        rows: of each staff, where F5 or what stands in its place in the bass is written.
        edge: the column of the system's first line.
        shapes: the known signs.
        space: pixels from line to line.
    """
    start = edge + round(KEY_STARTS * space)
    for name, sign in (("sharp", 1), ("flat", -1)):
        shape = next(shape for shape in shapes if shape.name == name)
        width = shape.ink.shape[1]
        count, left, right = 0, start, start + round(KEY_ROOM * space)
        for line in KEY_LINES[name]:
            likeness = [
                look_along(black, row + line * space // 2, (left, right + width), shape, space)
                for row in rows
            ]
            both = np.min(likeness, axis=0)
            if not both.max():
                break
            at = left + int(both.argmax())
            count, left, right = count + 1, *(at + round(each * space) for each in KEY_STEP)
        if count:
            return sign * count, at + width
    return 0, start
