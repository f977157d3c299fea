"""What a take is part of: how long its chart is looked through, and what comes after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from exercises.drill import DrillRequest
    from game.take import Take
    from game.ui.app import FirstTakeApp
    from game.ui.keeping import Outcome


class Course:
    """A take by itself: the player's own preview, then the scorecard."""

    def preview_s(self, game: FirstTakeApp) -> float:
        """Seconds of preview."""
        return game.settings.preview_s

    def mark(self, take: Take) -> Take:
        """The take, with what it is part of written on it."""
        return take

    def ahead(self, drill: DrillRequest | None) -> DrillRequest | None:
        """What is worth composing while the take is played."""
        return drill

    async def go_on(self, game: FirstTakeApp, outcome: Outcome, drill: DrillRequest | None) -> None:
        """After a graded take: the next screen."""
        from game.ui.scorecard import ScorecardScreen  # noqa: PLC0415 - not before a take is over

        game.show(ScorecardScreen(outcome, drill))

    async def leave(self, game: FirstTakeApp) -> None:
        """After a take that was broken off."""
        game.go_home()
