"""A take whose music waits for the right keys: no click, and no time that could be lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from game.events import ClickPlan
from game.scoring.waiting import Waiting, WaitMarker
from game.sessions.plan import plan_take
from game.sessions.session import Phase, TakeSession

if TYPE_CHECKING:
    from collections.abc import Sequence

    from exercises.chart import Chart, Note

LEAD_S = 0.25
"""Before second 0, so that a key struck at once is heard; what comes up to a beat before a chart is
graded with it, and no beat is shorter."""
LONGEST_S = 1800.0
"""After half an hour the transport ends, and the take with what was found."""


class WaitingSession(TakeSession):
    """One pass through a chart at the player's own pace. The transport only stamps."""

    def __init__(self, chart: Chart, *, level: int, preview_s: float) -> None:
        """Set up a take; nothing moves yet."""
        self._waiting = Waiting(chart)
        super().__init__(
            chart,
            plan=plan_take(chart, quarter_bpm=chart.drill.quarter_bpm),
            style=None,
            level=level,
            preview_s=preview_s,
            marker=WaitMarker(self._waiting),
        )
        whole = (-LEAD_S, LONGEST_S)
        self.plan = ClickPlan(start_s=-LEAD_S, end_s=LONGEST_S, clicks=(), silent_s=(whole,))
        self._now_s = self._listen_s = -LEAD_S
        self._until_s = LONGEST_S

    @property
    def position_ql(self) -> float:
        """The onset that is waited for."""
        due = self._waiting.due_ql
        return float(self.chart.end_ql if due is None else due)

    @property
    def count(self) -> int | None:
        """Nothing is counted in."""
        return None

    @property
    def missing(self) -> Sequence[Note]:
        """The notes that are waited for, from the lowest up."""
        return self._waiting.missing

    @property
    def tries(self) -> int:
        """Wrong keys at the notes that are waited for."""
        return self._waiting.tries

    def advance(self, now_s: float | None) -> Phase:
        """Move on; the take is done when every note has been found."""
        phase = super().advance(now_s)
        if phase is Phase.COUNT_IN and self._runs:
            self._phase = Phase.PLAYING
        if self._runs and phase is not Phase.DONE and self._waiting.due_ql is None:
            self._phase = Phase.DONE
        return self._phase
