"""How far the search for the likeliest way looks: near while all goes well, else far."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

BAND = 768
"""Groups that are looked at around the likeliest one: some hundred and fifty bars."""
NEAR_BAND = 96
"""Groups that are looked at while all goes well."""
CALM_ROWS, CALM = 12, 10.0
"""So little over so many notes: all goes well."""
ELSEWHERE = (4.5, 9.5)
"""Nothing far behind, and nothing far ahead, is likelier than a jump that was made just now."""
TROUBLED_ROWS, TROUBLE = 8, 9.0
"""So much over so few: the player may have jumped ..."""
SEEN_AGAIN = 14
"""... within so many notes."""
LEAP = 6
"""Groups between one note and the next from which the likeliest way has leapt: where it leapt from
stays in view until one of the two is clearly better."""


@dataclass(frozen=True)
class Row:
    """What is known after one played note, for a band of groups."""

    low: int
    """The band's first group."""
    costs: Floats
    """Above the best of the row."""
    moves: NDArray[np.int8]
    lags: Floats
    entered: NDArray[np.int32]
    """The row in which the player came to the group."""
    best: int
    """Column of the likeliest group."""
    spent: float
    """What the best cost more than the best of the row before."""


class Sight:
    """How far the search looks: near while all goes well, as far as the band when it does not.

    Where the last notes cost so much that the player may have jumped, the search takes back its
    last rows and looks at them again from far.
    """

    def __init__(self, count: int) -> None:
        self.count = count
        self.near = min(NEAR_BAND, count)
        self.far = min(BAND, count)
        self.width = self.far
        self.far_until = CALM_ROWS

    def around(self, centre: int) -> slice:
        """The groups that are looked at."""
        low = min(max(0, centre - self.width // 2), self.count - self.width)
        return slice(low, low + self.width)

    def look(self, rows: list[Row]) -> int:
        """Widen or narrow the view; gives how many rows stand."""
        if self.near == self.far:
            return len(rows)
        if self.width == self.near:
            troubled = sum(row.spent for row in rows[-TROUBLED_ROWS:]) > TROUBLE
            if not troubled and not _has_leapt(rows):
                return len(rows)
            self.width = self.far
            self.far_until = len(rows) + CALM_ROWS
            return max(1, len(rows) - SEEN_AGAIN)
        if len(rows) >= self.far_until and self._is_calm(rows):
            self.width = self.near
        return len(rows)

    def _is_calm(self, rows: list[Row]) -> bool:
        if sum(row.spent for row in rows[-CALM_ROWS:]) > CALM:
            return False
        last = rows[-1]
        # Near an end the view lies to one side; what is there goes out of it all the same.
        half = self.near // 2
        elsewhere = (last.costs[: max(0, last.best - half)], last.costs[last.best + half :])
        return all(
            float(costs.min()) > least
            for costs, least in zip(elsewhere, ELSEWHERE, strict=True)
            if len(costs)
        )


def _has_leapt(rows: list[Row]) -> bool:
    """Whether the likeliest group of the last row is far from that of the row before."""
    places = [row.low + row.best for row in rows[-2:]]
    return max(places) - min(places) >= LEAP
