"""The hand that a chart leaves to the player: heard, and not graded.

A lead sheet writes the tune; what the left hand plays under it is the player's own. So a note that
lies below all of the tune around it is neither extra nor wrong, whatever it is.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from exercises.chart import Chart
    from game.scoring.expectation import Expected
    from game.scoring.results import PlayedNote

NEAR_S = 2.0
"""So far before and after a played note the tune is looked at (by ear: about a bar)."""
LEFT_HAND_BELOW = 60
"""Middle C: where the tune is silent, what lies below it is the left hand's."""


class FreeHand:
    """Which played notes belong to the hand that is not written."""

    def __init__(
        self, chart: Chart, expected: Sequence[Expected], *, near_s: float = NEAR_S
    ) -> None:
        """Know the tune of a chart; a chart that writes both hands frees neither."""
        self._near_s = near_s
        self._free = chart.drill.kind == "lead"
        tune = sorted((note.onset_s, note.pitch) for note in expected) if self._free else []
        self._onsets = [onset for onset, _ in tune]
        self._pitches = [pitch for _, pitch in tune]

    def plays(self, pitch: int, onset_s: float) -> bool:
        """Whether a note that is struck at a moment of the chart is the free hand's."""
        if not self._free:
            return False
        first = bisect_left(self._onsets, onset_s - self._near_s)
        last = bisect_right(self._onsets, onset_s + self._near_s)
        around = self._pitches[first:last]
        return pitch < min(around, default=LEFT_HAND_BELOW)


def leave_free(
    chart: Chart, expected: Sequence[Expected], played: Sequence[PlayedNote], *, clicked: bool
) -> tuple[PlayedNote, ...]:
    """What was played without the notes of the hand that the chart leaves to the player.

    Without a click nobody knows yet where in the chart a note is: then the whole tune counts.
    """
    hand = FreeHand(chart, expected, near_s=NEAR_S if clicked else float("inf"))
    return tuple(note for note in played if not hand.plays(note.pitch, note.onset_s))
