"""Rows of cells: characters, and the name of each one's look."""

from __future__ import annotations

from typing import NamedTuple

from rich.cells import cell_len

PICTURED = "pictured"
"""The look of a cell over which a picture with ink in it stands."""
BLANK = "blank"
"""The look of a cell with nothing in it."""
OVER = "@"
"""Before a look's name: the same with something laid over it."""


class Row(NamedTuple):
    """The cells of one row."""

    text: str
    """One character to a cell."""
    names: list[str]
    """The look of each cell."""


def blank_row(width: int) -> Row:
    """A row with nothing in it."""
    return Row(" " * width, [BLANK] * width)


def join_cells(parts: list[tuple[str, str]], width: int) -> Row:
    """A row of (words, look) one after another, cut or filled up to a width.

    A character that takes another room than one cell becomes a question mark.
    """
    text = "".join(each if cell_len(each) == 1 else "?" for words, _ in parts for each in words)
    names = [name for words, name in parts for _ in words]
    rest = max(0, width - len(text))
    return Row((text + " " * rest)[:width], (names + [BLANK] * rest)[:width])


def find_change(before: Row, after: Row) -> tuple[int, int] | None:
    """The first changed column and one past the last, of two rows of one width; None for none."""
    pairs = zip(before.text, before.names, after.text, after.names, strict=True)
    changed = [x for x, (a, look, b, new) in enumerate(pairs) if a != b or look != new]
    return (changed[0], changed[-1] + 1) if changed else None
