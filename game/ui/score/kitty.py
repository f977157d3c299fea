"""Pictures for the kitty graphics protocol: sent once, then placed by their number."""

from __future__ import annotations

import struct
import zlib
from base64 import standard_b64encode
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

CHUNK = 4096
"""The most that one sequence may carry (the protocol's own limit)."""
BELOW_TEXT = -1
"""The depth of a picture: over the background of the cells, under their characters."""

Shade = tuple[int, int, int, int]
"""Red, green, blue and how opaque, 0 to 255 each."""


def write_png(width: int, height: int, rows: bytes, shades: Sequence[Shade]) -> bytes:
    """A PNG file with a palette.

    Args:
        width: in pixels.
        height: in pixels.
        rows: packed by zlib: before each row of colour numbers a byte 0.
        shades: the colours by number.
    """
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    palette = b"".join(bytes(shade[:3]) for shade in shades)
    opacity = bytes(shade[3] for shade in shades)
    chunks = ((b"IHDR", header), (b"PLTE", palette), (b"tRNS", opacity), (b"IDAT", rows))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in (*chunks, (b"IEND", b""))
    )


def send_picture(number: int, png: bytes) -> str:
    """The sequences that give a terminal a picture, which is not shown yet."""
    data = standard_b64encode(png).decode("ascii")
    pieces = [data[at : at + CHUNK] for at in range(0, len(data), CHUNK)]
    return "".join(
        f"\x1b_G{f'a=t,f=100,i={number},q=2,' if index == 0 else ''}"
        f"m={int(index + 1 < len(pieces))};{piece}\x1b\\"
        for index, piece in enumerate(pieces)
    )


def place_picture(
    number: int, crop: tuple[int, int, int, int], cells: tuple[int, int], depth: int = BELOW_TEXT
) -> str:
    """The sequence that shows a part of a picture at the cursor, or moves it there.

    Args:
        number: of the picture.
        crop: x, y, width and height of the part in pixels.
        cells: columns and rows that it takes.
        depth: what has more lies before what has less; text is at 0.
    """
    x, y, width, height = crop
    return (
        f"\x1b_Ga=p,i={number},p=1,x={x},y={y},w={width},h={height},"
        f"c={cells[0]},r={cells[1]},z={depth},C=1,q=2\x1b\\"
    )


def drop_picture(number: int) -> str:
    """The sequence that takes a picture from the screen and from the terminal's memory."""
    return f"\x1b_Ga=d,d=I,i={number},q=2\x1b\\"
