"""Which part of which system's picture stands where; everything is in cells."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from game.ui.score.rows import ScoreRows


class Piece(NamedTuple):
    """A part of a system's picture and where it stands."""

    system: int
    left: int
    right: int
    first: int
    last: int
    """Columns and rows of the picture; `right` and `last` one past the end."""
    x: int
    y: int
    """The widget's cell of its upper left corner."""

    def holds(self, other: Piece) -> bool:
        """Whether another piece is a part of this one and stands in its place."""
        return (
            self.system == other.system
            and (self.x - self.left, self.y - self.first)
            == (other.x - other.left, other.y - other.first)
            and self.left <= other.left
            and self.right >= other.right
            and self.first <= other.first
            and self.last >= other.last
        )


def find_pieces(rows: ScoreRows) -> list[Piece]:
    """What of the page's pictures is to be seen with the slots as they are."""
    page = rows.page
    if page is None:
        return []
    covers = dict(rows.covers())
    pieces = []
    for slot in rows.slots:
        system = page.systems[slot.system]
        left = slot.next_until + 1 if slot.next_until else 0
        left = max(left, covers.get(slot, 0) - rows.left)
        pieces.append(_piece(rows, slot.system, slot.top, (slot.first, slot.last, slot.lane), left))
        if slot.next_until:
            ahead = page.systems[slot.following]
            top = slot.top + system.staff_rows[0][0] - ahead.staff_rows[0][0]
            limits = (slot.first, slot.last, slot.lane)
            pieces.append(_piece(rows, slot.following, top, limits, 0, slot.next_until))
    return [each for each in pieces if each.left < each.right and each.first < each.last]


def _piece(
    rows: ScoreRows,
    index: int,
    top: int,
    limits: tuple[int, int, int],
    left: int,
    right: int | None = None,
) -> Piece:
    """The part of a system whose first row is at `top`; limits are the slot's rows and its lane."""
    page = rows.page
    if page is None:
        raise ValueError("there is no page")
    system = page.systems[index]
    shown_first, shown_last = rows.shown_rows(system)
    first = max(limits[0] - top, shown_first)
    last = min(limits[1] - top, shown_last)
    if top <= limits[2]:
        last = min(last, limits[2] - top)
    return Piece(
        index, left, right or page.request.columns, first, last, rows.left + left, top + first
    )
