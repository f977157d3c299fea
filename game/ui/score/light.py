"""The playhead through a picture: strips of one cell's width, on the playhead's paper and back."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from game.ui.score.pieces import Piece
    from game.ui.score.rows import ScoreRows


class Strip(NamedTuple):
    """Cells one over another of a system's picture."""

    system: int
    column: int
    first: int
    last: int
    """Column and rows of the picture; `last` one past the end."""
    x: int
    y: int
    """The widget's cell of the first."""

    def is_in(self, piece: Piece) -> bool:
        """Whether a piece shows these cells, in this place."""
        return (
            self.system == piece.system
            and piece.left <= self.column < piece.right
            and piece.first <= self.first
            and self.last <= piece.last
            and (self.x - self.column, self.y - self.first)
            == (piece.x - piece.left, piece.y - piece.first)
        )


class Light:
    """Which strips stand on the playhead's paper on the terminal."""

    def __init__(self, paint: Callable[[Strip, bool], str]) -> None:
        """None yet; `paint` gives what paints a strip, lit or not."""
        self._paint = paint
        self._lit: list[Strip] = []

    def lose(self, painted: Sequence[Piece], shown: Sequence[Piece]) -> None:
        """Forget what was painted over, and what is not shown any more."""
        self._lit = [
            strip
            for strip in self._lit
            if any(strip.is_in(piece) for piece in shown)
            and not any(strip.is_in(piece) for piece in painted)
        ]

    def move(self, rows: ScoreRows, shown: Sequence[Piece]) -> str:
        """What puts out the strips where the playhead was, and lights those where it is."""
        wanted = list(find_strips(rows, shown))
        if wanted == self._lit:
            return ""
        left = [strip for strip in self._lit if strip not in wanted]
        entered = [strip for strip in wanted if strip not in self._lit]
        self._lit = wanted
        changes = [*((strip, False) for strip in left), *((strip, True) for strip in entered)]
        return "".join(self._paint(strip, is_lit) for strip, is_lit in changes)


def find_strips(rows: ScoreRows, shown: Sequence[Piece]) -> Iterator[Strip]:
    """Where the playhead goes through pieces; a marker that stands in one is spared."""
    head = rows.playhead()
    if head is None:
        return
    markers = [slot.marker for slot in rows.slots]
    for piece in shown:
        column = head.x - piece.x + piece.left
        if not piece.left <= column < piece.right:
            continue
        first = max(piece.y, head.y)
        last = min(piece.y + piece.last - piece.first, head.bottom)
        cuts = [first - 1, *(y for y in markers if first <= y < last), last]
        for before, after in pairwise(cuts):
            if before + 1 < after:
                top, bottom = (y - piece.y + piece.first for y in (before + 1, after))
                yield Strip(piece.system, column, top, bottom, head.x, before + 1)
