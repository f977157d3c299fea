"""Pictures for iTerm2's protocol for images in the line, in which a cell shows one picture."""

from __future__ import annotations

from base64 import standard_b64encode


def write_inline(png: bytes, cells: tuple[int, int]) -> str:
    """The sequence that shows a picture with its upper left corner at the cursor.

    Args:
        png: a PNG file.
        cells: columns and rows that it takes.
    """
    data = standard_b64encode(png).decode("ascii")
    keys = (
        "inline=1",
        f"size={len(png)}",
        f"width={cells[0]}",
        f"height={cells[1]}",
        "preserveAspectRatio=0",
        "doNotMoveCursor=1",
    )
    return f"\x1b]1337;File={';'.join(keys)}:{data}\x07"
