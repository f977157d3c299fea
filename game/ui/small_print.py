"""A chart in smaller print, where a screen has fewer rows for it than a system takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from game.notation.page import DOTS

if TYPE_CHECKING:
    from game.notation.page import Page, PageRequest

LANE_ROWS = 1
LEAST_DOTS = 2
"""Half the usual print: an eighth rest can still be told from a quarter."""


def shrink_print(page: Page, rows: int) -> PageRequest | None:
    """How a page of pictures is to be engraved so that its highest system fits; None as it is.

    Dots have no smaller print: their systems are cropped.

    Args:
        page: as it is on the stage.
        rows: of the screen, for one system and the lane below it.
    """
    request = page.request
    if request.cell is None or rows <= 0 or not page.systems:
        return None
    spaces = max(len(system.rows) for system in page.systems) * DOTS.height / request.dots_per_space
    dots = max(LEAST_DOTS, int((rows - LANE_ROWS) * DOTS.height / spaces))
    if dots >= request.dots_per_space:
        return None
    return msgspec.structs.replace(request, dots_per_space=dots)


def has_room(page: Page, rows: int) -> bool:
    """Whether all staves of a system are seen in so many rows; words above them may be cropped."""
    return all(
        len(system.rows) - system.staff_rows[0][0] + LANE_ROWS <= rows for system in page.systems
    )
