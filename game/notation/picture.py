"""A painted system as a picture: its words engraved, cut to whole cells, packed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from game.notation.levels import pack_levels
from game.notation.page import DOTS, INK_LEVELS, Grid, HeadBox, Picture, System
from game.notation.painting import Painting, paint_words

if TYPE_CHECKING:
    from numpy.typing import NDArray

LIT = 0.3
"""The share of ink from which a dot stands for it in characters."""
FAINT = 0.5 / (INK_LEVELS - 1)
"""Less ink than this is none."""
NO_DOT = "\u2800"
"""What is no space, and looks like one: a letter of the picture reaches into this cell."""


def cell_dots(ink: NDArray[np.float32], grid: Grid) -> NDArray[np.bool_]:
    """Ink as the dots of braille cells; every cell with ink in it has a dot at least.

    Args:
        ink: (height, width) in pixels, whole cells.
        grid: the pixels of a cell.
    """
    rows, columns = ink.shape[0] // grid.height, ink.shape[1] // grid.width
    cells = ink.reshape(rows, grid.height, columns, grid.width)
    dots = np.zeros((rows * DOTS.height, columns * DOTS.width), bool)
    for y in range(DOTS.height):
        top, bottom = (grid.height * each // DOTS.height for each in (y, y + 1))
        for x in range(DOTS.width):
            left, right = (grid.width * each // DOTS.width for each in (x, x + 1))
            share = cells[:, top:bottom, :, left:right].mean(axis=(1, 3))
            dots[y :: DOTS.height, x :: DOTS.width] = share > LIT
    inked = cells.max(axis=(1, 3)) > FAINT
    blank = ~dots.reshape(rows, DOTS.height, columns, DOTS.width).any(axis=(1, 3))
    dots[1 :: DOTS.height, 0 :: DOTS.width] |= inked & blank
    return dots


def finish_picture(
    painting: Painting, system: System, above: int, grid: Grid
) -> tuple[Picture, tuple[str, ...]]:
    """The picture of a system whose words have been placed, and its rows to match.

    Args:
        painting: the notes.
        system: the same as cells, with its words.
        above: rows of cells that the words have added above; less than 0 where empty ones were cut.
        grid: the pixels of a cell.

    Returns:
        The picture, and the system's rows, where no cell that a letter reaches into is a space.
    """
    height, width = len(system.rows) * grid.height, painting.ink.shape[1]
    shift = above * grid.height
    levels = np.zeros((height, width), np.uint8)
    words = paint_words(np.zeros((height, width), np.float32), system.words, grid)
    drawn = painting.levels()
    first, last = max(0, shift), min(height, shift + drawn.shape[0])
    levels[first:last] = drawn[first - shift : last - shift]
    levels = np.maximum(levels, Painting(words, np.zeros((height, width), bool)).levels())
    heads = tuple(
        HeadBox(name, left, right, top + shift, bottom + shift)
        for name, (left, right, top, bottom) in painting.boxes.items()
    )
    cells = levels.reshape(len(system.rows), grid.height, -1, grid.width)
    inked = cells.max(axis=(1, 3)) > 0
    rows = tuple(
        "".join(
            NO_DOT if cell == " " and ink else cell for cell, ink in zip(row, inks, strict=True)
        )
        for row, inks in zip(system.rows, inked.tolist(), strict=True)
    )
    return Picture(width, height, pack_levels(levels), heads), rows
