"""Which staves a chart has on paper, and where slashes stand on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exercises.chart import Note

if TYPE_CHECKING:
    from exercises.chart import Chart

STAVES = (1, 2)
HEADS = {"kick": "kick", "diamond": "diamond"}
"""The noteheads of kinds of slash; of all others it is that of a beat."""
_STAVES_OF = {"lead": (1,), "bass": (2,), "pads": (1,)}
_STAFF_OF = {"right": (1,), "left": (2,)}
_MIDDLE = {1: "B4", 2: "D3"}


def written_staves(chart: Chart) -> tuple[int, ...]:
    """Which staves a chart's document has: a lead sheet, a bass line and pads have one."""
    if chart.drill.kind == "comping":
        return _STAFF_OF.get(chart.drill.hands, STAVES)
    return _STAVES_OF.get(chart.drill.kind, STAVES)


def printed_staves(chart: Chart) -> tuple[int, ...]:
    """Which of them are printed: of a number chart one, its left hand being the player's."""
    return (1,) if chart.drill.kind == "number" and chart.slashes else written_staves(chart)


def slash_notes(chart: Chart, staff: int) -> list[Note]:
    """The slashes of a staff as notes on its middle line, to be written like any rhythm."""
    middle = _MIDDLE[staff]
    return [
        Note(slash.id, slash.onset_ql, slash.duration_ql, 0, middle, staff, 1)
        for slash in chart.slashes
        if slash.staff == staff
    ]
