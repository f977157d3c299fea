"""What the producer says on the scorecard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from game.sessions.plan import take_timeline
from game.sessions.producer import Heard, judge_take, speak
from game.wording import producer_lines

if TYPE_CHECKING:
    from game.ui.app import FirstTakeApp
    from game.ui.keeping import Outcome


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
    return speak(judge_take(heard), producer_lines(), turn)
