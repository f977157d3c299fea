"""What a take is part of: how its chart is looked through and played, and what comes after it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from game.sessions.clicks import ramp_tempo
from game.sessions.plan import plan_take
from game.sessions.session import TakeSession
from game.ui.keeping import Outcome, grade_session, keep_scorecard
from game.ui.words import say_place

if TYPE_CHECKING:
    from exercises.chart import Chart
    from exercises.drill import Drill, DrillRequest
    from game.notation.page import Page
    from game.requests import Overdubbed
    from game.settings import Settings
    from game.take import Take
    from game.ui.app import FirstTakeApp
    from styles.schema import Style


def open_take(
    game: FirstTakeApp, chart: Chart, style: Style | None, preview_s: float
) -> TakeSession:
    """A fresh take of a chart, to the player's click."""
    drill = chart.drill
    return TakeSession(
        chart,
        plan=plan_take(chart, quarter_bpm=drill.quarter_bpm, click=game.settings.click),
        style=style,
        level=drill.level,
        preview_s=preview_s,
    )


class Course:
    """A take by itself: the player's own preview, then the scorecard."""

    leads_tempo: ClassVar[bool] = True
    """Whether the click may lead the tempo up or down on the way: not where the tempo is asked."""

    def preview_s(self, game: FirstTakeApp) -> float:
        """Seconds of preview."""
        return game.settings.preview_s

    def open_session(self, game: FirstTakeApp, chart: Chart, style: Style | None) -> TakeSession:
        """A fresh take of a chart."""
        if self.leads_tempo:
            chart = ramp_tempo(chart, game.settings.click.ramp_percent)
        return open_take(game, chart, style, self.preview_s(game))

    def read(self, settings: Settings) -> Settings:
        """How the page is read: as the player has it."""
        return settings

    def sounding(self, chart: Chart, session: TakeSession) -> Chart | None:
        """The chart that band and reference are made of; None for a take without them."""
        del chart
        return session.chart

    @property
    def over(self) -> Overdubbed | None:
        """Earlier parts that are heard under the take; None where there are none."""
        return None

    @property
    def can_be_heard(self) -> bool:
        """Whether the chart may be listened to before the take."""
        return True

    def listen(self) -> None:
        """The chart begins to be heard in the preview."""

    def lay_out(self, page: Page) -> Page:
        """The page as the music goes over it: as it is printed."""
        return page

    def begin(self, game: FirstTakeApp, drill: Drill) -> None:
        """The count-in begins: what the player has chosen is chosen again next time."""
        if drill.style in game.genres:
            game.change_settings(style=drill.style, level=drill.level)

    @property
    def counts_when_left(self) -> bool:
        """Whether a take that is broken off is graded, and goes on like any other."""
        return False

    @property
    def news(self) -> str:
        """What is told over the preview."""
        return ""

    def say_where(self, session: TakeSession) -> str:
        """Where the music is, while it runs."""
        bar = session.bar
        return "Count-in" if bar is None else say_place(session.chart, bar)

    def mark(self, take: Take) -> Take:
        """The take, with what it is part of written on it."""
        return take

    async def grade(
        self,
        game: FirstTakeApp,
        session: TakeSession,
        take: Take,
        take_id: int | None,
        page: Page,
    ) -> Outcome:
        """Grade a kept take and keep the grade."""
        style = game.genres.get(take.style)
        scorecard = await grade_session(session, style, take.level, take.mode)
        await keep_scorecard(game.records, take_id, scorecard, game.complain)
        return Outcome(take, take_id, session.chart, page, scorecard)

    def ahead(self, drill: DrillRequest | None) -> DrillRequest | None:
        """What is worth composing while the take is played."""
        return drill

    async def go_on(self, game: FirstTakeApp, outcome: Outcome, drill: DrillRequest | None) -> None:
        """After a graded take: the next screen."""
        from game.ui.screens.scorecard import ScorecardScreen  # noqa: PLC0415 - not before a take is over

        game.show(ScorecardScreen(outcome, drill))

    async def go_without(self, game: FirstTakeApp, detail: str) -> None:
        """There is no chart; `detail` says why."""
        game.notify(detail, severity="error", timeout=8, markup=False)
        game.go_home()

    async def leave(self, game: FirstTakeApp) -> None:
        """After a take that was broken off."""
        game.go_home()
