"""Takes that are part of a run: the run says what comes next, and is kept when it is over."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from exercises.kit import is_pads
from game.coach.runs import Played, describe_played, say_total
from game.coach.standing import Run as KeptRun
from game.events import PERFORMER, Stop
from game.sessions.waiting import WaitingSession
from game.take import TASKS
from game.ui.course import Course
from game.ui.words import say_key, say_missing

if TYPE_CHECKING:
    from exercises.chart import Chart
    from exercises.drill import Drill, DrillRequest
    from game.coach.runs import Report, Run
    from game.notation.page import Page
    from game.sessions.session import TakeSession
    from game.settings import Settings
    from game.take import Take, Task
    from game.ui.app import FirstTakeApp
    from game.ui.keeping import Outcome
    from styles.schema import Style

DAILY = "daily"
KEPT_MODES = TASKS | {"drill", "exam", "endurance", "gauntlet", "daily", "assessment", "plan"}
"""A warm-up and a daily call that is played again are kept as takes only."""


class RunCourse(Course):
    """A run on its way through the stage."""

    leads_tempo = False

    def __init__(
        self,
        run: Run,
        since: float,
        started_at: str,
        *,
        by_player: bool = True,
        kept_as: int | None = None,
    ) -> None:
        """Go on with a run that began at `since` on the game's clock.

        Args:
            run: as it stands.
            since: seconds on the game's clock.
            started_at: ISO 8601 with the zone's offset.
            by_player: whether nobody else has played any of it.
            kept_as: the number of its row, where one has been opened.
        """
        self.run = run
        self.turn = run.turn
        """What is played now; asked once, for an assessment reckons it from the whole test."""
        self.since = since
        self.started_at = started_at
        self.by_player = by_player
        self._kept_as = kept_as
        self._shown_key = ""
        self._asked_key = ""

    @property
    def _task(self) -> Task | None:
        return self.turn.task if self.turn else None

    def preview_s(self, game: FirstTakeApp) -> float:
        """What the run allows."""
        shortest = game.opening.preview_s
        turn = self.turn
        return shortest if shortest is not None else turn.preview_s if turn else 0.0

    def open_session(self, game: FirstTakeApp, chart: Chart, style: Style | None) -> TakeSession:
        """A fresh take of a chart, under the turn's task."""
        if self._task is None:
            return super().open_session(game, chart, style)
        # With the grading, which the first take is not kept waiting by.
        from game.sessions.tasks import open_task  # noqa: PLC0415 - after the first frame

        session = open_task(
            self._task,
            chart,
            style=style,
            preview_s=self.preview_s(game),
            click=game.settings.click,
        )
        self._shown_key, self._asked_key = chart.drill.key, session.chart.drill.key
        return session

    def read(self, settings: Settings) -> Settings:
        """As the player has it, but for what the task asks."""
        task = self._task
        if task is None:
            return settings
        other = {"right": "left", "left": "right"}.get(task.hand, settings.hidden_hand)
        hidden_s = settings.hidden_s if task.hidden_s is None else task.hidden_s
        return msgspec.structs.replace(
            settings,
            rhythm_only=settings.rhythm_only or task.name == "rhythm",
            hidden_hand=other,
            hidden_s=hidden_s,
        )

    def sounding(self, chart: Chart, session: TakeSession) -> Chart | None:
        """In the key that is played; nothing beside music that waits."""
        if isinstance(session, WaitingSession):
            return None
        return session.chart if self._is_transposed else chart

    @property
    def _is_transposed(self) -> bool:
        return self._shown_key != self._asked_key

    def begin(self, game: FirstTakeApp, drill: Drill) -> None:
        """The day's one take of a daily call is on record from its count-in on, however it ends.

        What a run asks for is no choice of the player's, so nothing is chosen again next time.
        """
        del drill
        if self.run.mode == DAILY:
            game.run_worker(self._open(game), exit_on_error=False)

    async def _open(self, game: FirstTakeApp) -> None:
        run = self.run
        try:
            self._kept_as = await game.records.add_run(
                keep_report(run, run.report(), self.started_at), self._kept_as
            )
        except Exception as error:  # noqa: BLE001 - whatever it is, the take goes on
            game.complain(error)

    @property
    def counts_when_left(self) -> bool:
        """A daily call counts with what was played of it."""
        return self.run.mode == DAILY

    @property
    def news(self) -> str:
        """What the task asks; else what the chart before was worth."""
        task, played = self._task, self.run.played
        if task is None:
            return ""
        if self._is_transposed:
            return f"Play it in {say_key(self._asked_key)}"
        if task.hand:
            return f"The {task.hand} hand alone"
        if task.name == "rhythm" and not played:
            return "Any key; the rhythm counts"
        if task.name == "wait" and not played:
            return "It waits for your keys"
        return f"The last one: {say_total(played[-1].total)}" if played else ""

    def say_where(self, session: TakeSession) -> str:
        """Where the music is, and what the task wants there."""
        where = super().say_where(session)
        if isinstance(session, WaitingSession):
            said = say_missing(session.missing, session.tries, on_pads=is_pads(session.chart))
            return f"{where}: {said}"
        if self._is_transposed and session.bar is not None:
            return f"{where}, in {say_key(self._asked_key)}"
        return where

    async def grade(
        self,
        game: FirstTakeApp,
        session: TakeSession,
        take: Take,
        take_id: int | None,
        page: Page,
    ) -> Outcome:
        """As a take is; a transport that waited for the player stops here."""
        if isinstance(session, WaitingSession):
            game.services.engine.send(Stop())
        return await super().grade(game, session, take, take_id, page)

    def mark(self, take: Take) -> Take:
        """The run's mode is kept with the take."""
        return msgspec.structs.replace(take, mode=self.run.mode)

    def ahead(self, drill: DrillRequest | None) -> DrillRequest | None:
        """The chart after this one, as far as it can be known."""
        if drill is None:
            return None
        guess = Played(drill.style, drill.level, drill.kind or "", 80.0, 1, 1, 1.0)
        turn = self.run.after(guess, 0.0).turn
        return turn.request if turn else None

    async def go_on(self, game: FirstTakeApp, outcome: Outcome, drill: DrillRequest | None) -> None:
        """The next chart, or what the run was worth."""
        del drill
        take = outcome.take
        seconds = float(outcome.chart.end_ql) * 60.0 / take.quarter_bpm
        is_first = not game.takes or game.takes[0].is_first_sight
        played = describe_played(
            outcome.chart,
            outcome.scorecard,
            seconds=seconds,
            is_first_sight=is_first,
            is_whole=take.ended == "finished",
        )
        run = self.run.after(played, game.services.clock() - self.since)
        by_player = self.by_player and take.source != PERFORMER
        course = RunCourse(
            run, self.since, self.started_at, by_player=by_player, kept_as=self._kept_as
        )
        await course.next(game)

    async def leave(self, game: FirstTakeApp) -> None:
        """Broken off: what was played before is shown."""
        if self.run.played:
            await self.finish(game)
        else:
            game.go_home()

    async def next(self, game: FirstTakeApp) -> None:
        """On to the stage, by way of a breath where the run has one."""
        from game.ui.screens.interlude import InterludeScreen  # noqa: PLC0415 - it leads here
        from game.ui.screens.stage import StageScreen  # noqa: PLC0415 - not before the first frame

        turn = self.turn
        if turn is None:
            await self.finish(game)
        elif turn.rest_s:
            game.show(InterludeScreen(self))
        else:
            game.show(StageScreen(drill=turn.request, course=self))

    async def finish(self, game: FirstTakeApp) -> None:
        """Keep the run and show what it was worth, beside earlier ones."""
        from game.ui.screens.run_result import RunResultScreen  # noqa: PLC0415 - it leads here

        report = self.run.report()
        try:
            earlier = await game.records.list_runs(report.mode, report.name)
            if self.by_player and report.mode in KEPT_MODES:
                kept = keep_report(self.run, report, self.started_at)
                await game.records.add_run(kept, self._kept_as)
        except Exception as error:  # noqa: BLE001 - whatever it is, the player sees the result
            game.complain(error, title="The result is not kept")
            earlier = []
        game.show(RunResultScreen(self.run, report, tuple(earlier)))


def keep_report(run: Run, report: Report, started_at: str) -> KeptRun:
    """A report as it is kept."""
    sheet = {
        "title": report.title,
        "badges": report.badges,
        "played": [msgspec.structs.asdict(one) for one in run.played],
    }
    return KeptRun(
        started_at=started_at,
        mode=report.mode,
        name=report.name,
        score=report.score,
        notes_per_minute=report.notes_per_minute,
        accuracy=report.accuracy,
        seconds=sum(one.seconds for one in run.played),
        sheet=msgspec.json.encode(sheet).decode(),
    )


async def begin_run(game: FirstTakeApp, run: Run) -> None:
    """To the stage with the first chart of a run."""
    started_at = datetime.now().astimezone().isoformat(timespec="seconds")
    await RunCourse(run, game.services.clock(), started_at).next(game)
