"""Pictures as sixels: six rows of pixels to a character, a colour at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

BAND = 6
FIRST = 63
"""The character of a column of six pixels none of which is set."""
SHORT_RUN = 3
"""Up to so many equal characters are no longer than their count."""
PERCENT = 100

Colour = tuple[int, int, int]
"""Red, green and blue, 0 to 255."""


def encode_sixel(levels: NDArray[np.uint8], colours: Sequence[Colour], *, clear: bool) -> str:
    """A picture as one sixel sequence, to be sent where its upper left corner is to be.

    Args:
        levels: (height, width), the number of each pixel's colour.
        colours: by number.
        clear: whether pixels of colour 0 let through what is there already.
    """
    height, width = levels.shape
    padded = np.pad(levels, ((0, -height % BAND), (0, 0)), constant_values=len(colours))
    bands = padded.reshape(-1, BAND, width)
    used = [int(level) for level in np.unique(levels) if level or not clear]
    weights = (1 << np.arange(BAND, dtype=np.uint8))[None, :, None]
    sheets = [(level, ((bands == level) * weights).sum(axis=1, dtype=np.uint8)) for level in used]
    lines = [
        "$".join(
            f"#{level}{_run_lengths(sheet[index])}" for level, sheet in sheets if sheet[index].any()
        )
        for index in range(len(bands))
    ]
    palette = "".join(_define(number, colours[number]) for number in used)
    # Without the last end of a line: the cursor must not leave the picture's last row.
    return f'\x1bP0;1;0q"1;1;{width};{height}{palette}{"-".join(lines)}\x1b\\'


def _define(number: int, colour: Colour) -> str:
    red, green, blue = (round(part * PERCENT / 255) for part in colour)
    return f"#{number};2;{red};{green};{blue}"


def _run_lengths(row: NDArray[np.uint8]) -> str:
    """One line of one colour; what is not set at its end is left out."""
    starts = np.flatnonzero(np.diff(row, prepend=row[0] + 1))
    lengths = np.diff(starts, append=len(row))
    values = row[starts]
    if not values[-1]:
        values, lengths = values[:-1], lengths[:-1]
    return "".join(_write_runs(values.tolist(), lengths.tolist()))


def _write_runs(values: Iterable[int], lengths: Iterable[int]) -> Iterable[str]:
    for value, length in zip(values, lengths, strict=True):
        sign = chr(FIRST + value)
        yield sign * length if length <= SHORT_RUN else f"!{length}{sign}"
