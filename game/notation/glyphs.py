"""Signs of the music font as small bitmaps of dots."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np
import resvg_py
from PIL import Image

if TYPE_CHECKING:
    from numpy.typing import NDArray

EM_SPACES = 4
EM_UNITS = 1000
SUPERSAMPLING = 8
INK_THRESHOLD = 0.3
"""The share of a dot that must be black for it to be set; by eye."""
REACH_SPACES = 6
"""How far from its origin a sign may reach."""
HAND_DOTS = 4
"""The dots a space for which the signs of `pixels.txt` are drawn by hand."""
SMALL = "-small"
"""After the code point of a sign drawn by hand for grace notes."""
HOLLOW = frozenset({"E0A0", "E0A2", "E0A3", "E102", "E103"})
"""Hollow noteheads."""


@dataclass(frozen=True)
class Bitmap:
    """Dots, and which of them stands on the sign's origin."""

    ink: NDArray[np.bool_]
    holes: NDArray[np.bool_]
    """Dots that are kept free of staff lines: the inside of a hollow head."""
    origin_row: int
    origin_column: int


@lru_cache(maxsize=512)
def draw_glyph(code: str, outline: str, dots_per_space: int, size: float) -> Bitmap:
    """Draw one sign.

    Args:
        code: its SMuFL code point.
        outline: its path, 1000 to the em of 4 spaces, y upwards.
        dots_per_space: dots between two staff lines.
        size: 1 is full size.
    """
    by_hand = code if size == 1 else code + SMALL
    if dots_per_space == HAND_DOTS and by_hand in hand_drawn():
        return hand_drawn()[by_hand]
    bitmap = _crop(_supersample(outline, dots_per_space, size), REACH_SPACES * dots_per_space)
    if code in HOLLOW:
        return Bitmap(bitmap.ink, _inside(bitmap.ink), bitmap.origin_row, bitmap.origin_column)
    return bitmap


@cache
def hand_drawn() -> dict[str, Bitmap]:
    """The signs drawn by hand, by their SMuFL code points."""
    signs: dict[str, Bitmap] = {}
    text = files("game.notation").joinpath("pixels.txt").read_text(encoding="utf-8")
    for block in text.split("\n\n"):
        head, *rows = [line for line in block.splitlines() if not line.startswith("# ")] or [""]
        if not rows:
            continue
        code, _, origin_row, origin_column = head.split()
        dots = np.array([list(row) for row in rows])
        signs[code] = Bitmap(dots == "#", dots == "o", int(origin_row), int(origin_column))
    return signs


def _inside(ink: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The dots with ink on all four sides."""
    inside = ~ink
    for axis in (0, 1):
        counts = np.cumsum(ink, axis=axis)
        inside &= (counts > 0) & (counts < ink.sum(axis=axis, keepdims=True))
    return inside


def _supersample(outline: str, dots_per_space: int, size: float) -> NDArray[np.bool_]:
    """Draw an outline large, and set the dots that it covers by more than the threshold."""
    reach = REACH_SPACES * dots_per_space
    pixels = (2 * reach + 1) * SUPERSAMPLING
    scale = EM_SPACES * dots_per_space * size / EM_UNITS * SUPERSAMPLING
    # The origin lies on the left edge of its column and on the middle of its row of dots.
    shift_x, shift_y = reach * SUPERSAMPLING, (reach + 0.5) * SUPERSAMPLING
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{pixels}" height="{pixels}">'
        f'<path transform="translate({shift_x},{shift_y}) scale({scale:.6f},{-scale:.6f})" '
        f'd="{outline}"/></svg>'
    )
    image = Image.open(io.BytesIO(resvg_py.svg_to_bytes(svg_string=svg, skip_system_fonts=True)))
    alpha = np.asarray(image.convert("RGBA"), np.float32)[:, :, 3] / 255.0
    side = 2 * reach + 1
    shares = alpha.reshape(side, SUPERSAMPLING, side, SUPERSAMPLING).mean(axis=(1, 3))
    dots: NDArray[np.bool_] = shares > INK_THRESHOLD
    return dots


def _crop(dots: NDArray[np.bool_], reach: int) -> Bitmap:
    rows = np.flatnonzero(dots.any(axis=1))
    columns = np.flatnonzero(dots.any(axis=0))
    if not len(rows):
        empty = np.zeros((1, 1), bool)
        return Bitmap(empty, empty, 0, 0)
    ink = dots[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return Bitmap(ink, np.zeros_like(ink), int(reach - rows[0]), int(reach - columns[0]))
