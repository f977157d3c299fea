"""A chart in smaller print, where a screen has fewer rows for it than a system takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from game.notation.page import DOTS

if TYPE_CHECKING:
    from game.notation.page import Page, PageRequest

LANE_ROWS = 1
MARKER_ROWS = 1
SMALL_DOTS = 3
"""Still sharp in pixels, and half as much music again on a line."""
LEAST_DOTS = 2
"""Half the usual print: an eighth rest can still be told from a quarter."""


def shrink_print(page: Page, rows: int) -> PageRequest | None:
    """How a page of pictures is to be engraved so that much of it is seen; None as it is.

    Where not all of its systems are seen at once it is set smaller, and as small as it must be for
    the highest system to fit. Dots have no smaller print: their systems are cropped.

    Args:
        page: as it is on the stage.
        rows: of the screen.
    """
    request, count = page.request, len(page.systems)
    if request.cell is None or rows <= 0 or not count:
        return None
    highest = max(len(system.rows) for system in page.systems)
    whole = count * (MARKER_ROWS + highest + LANE_ROWS) if count > 1 else highest + LANE_ROWS
    most = request.dots_per_space if whole <= rows else SMALL_DOTS
    spaces = highest * DOTS.height / request.dots_per_space
    dots = max(LEAST_DOTS, min(most, int((rows - LANE_ROWS) * DOTS.height / spaces)))
    if dots >= request.dots_per_space:
        return None
    return msgspec.structs.replace(request, dots_per_space=dots)


def has_room(page: Page, rows: int) -> bool:
    """Whether all staves of a system are seen in so many rows; words above them may be cropped."""
    return all(
        len(system.rows) - system.staff_rows[0][0] + LANE_ROWS <= rows for system in page.systems
    )


def spare_rows(page: Page, rows: int) -> int:
    """How many of so many rows no system of a page takes; less than 0 where one is cropped."""
    if not page.systems:
        return 0
    slot = MARKER_ROWS + max(len(system.rows) for system in page.systems) + LANE_ROWS
    return rows - slot * min(len(page.systems), max(1, rows // slot))
