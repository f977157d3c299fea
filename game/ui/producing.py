"""What the producer says on the scorecard."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from game.sessions.plan import take_timeline
from game.sessions.producer import Heard, judge_take, speak
from game.sessions.securing import say_secure
from game.ui.course import Course
from game.wording import producer_lines

if TYPE_CHECKING:
    from exercises.drill import DrillRequest
    from game.ui.app import FirstTakeApp
    from game.ui.keeping import Outcome

LOOK_S = 10.0
"""Seconds to look at a changed chart."""


def say_remarks(game: FirstTakeApp, outcome: Outcome) -> str:
    """The producer's one or two notes on a take."""
    take, chart = outcome.take, outcome.chart
    heard = Heard(
        chart,
        outcome.scorecard,
        take_timeline(chart, quarter_bpm=take.quarter_bpm),
        game.genres.get(take.style),
        take.level,
    )
    turn = outcome.take_id or 0
    said = speak(judge_take(heard), producer_lines(), turn)
    return f"{said} {say_secure(outcome.scorecard)}" if outcome.wish else said


class RevisionCourse(Course):
    """A take of a chart that the producer has just changed."""

    def __init__(self, wish: str, drill: DrillRequest | None) -> None:
        """Play what was wished; `drill` is what was asked for before it."""
        self._wish = wish
        self._drill = drill

    @property
    def news(self) -> str:
        """The wish."""
        return f"The producer wants {self._wish}."

    def preview_s(self, game: FirstTakeApp) -> float:
        """Ten seconds: the band is waiting."""
        return min(LOOK_S, game.settings.preview_s)

    async def go_on(self, game: FirstTakeApp, outcome: Outcome, drill: DrillRequest | None) -> None:
        """To the scorecard, which remembers the wish."""
        del drill
        await super().go_on(game, replace(outcome, wish=self._wish), self._drill)
