"""Takes that are part of a run: the run says what comes next, and is kept when it is over."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from game.coach.runs import Played, describe_played
from game.coach.standing import Run as KeptRun
from game.performer.demo import SOURCE
from game.ui.course import Course

if TYPE_CHECKING:
    from exercises.drill import DrillRequest
    from game.coach.runs import Report, Run
    from game.take import Take
    from game.ui.app import FirstTakeApp
    from game.ui.keeping import Outcome

KEPT_MODES = frozenset({"drill", "exam", "endurance", "gauntlet", "daily", "assessment", "plan"})
"""A warm-up and a daily call that is played again are kept as takes only."""


class RunCourse(Course):
    """A run on its way through the stage."""

    def __init__(self, run: Run, since: float, started_at: str, *, by_player: bool = True) -> None:
        """Go on with a run that began at `since` on the game's clock."""
        self.run = run
        self.since = since
        self.started_at = started_at
        self.by_player = by_player

    def preview_s(self, game: FirstTakeApp) -> float:
        """What the run allows."""
        shortest = game.opening.preview_s
        turn = self.run.turn
        return shortest if shortest is not None else turn.preview_s if turn else 0.0

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
            outcome.chart, outcome.scorecard, seconds=seconds, is_first_sight=is_first
        )
        run = self.run.after(played, game.services.clock() - self.since)
        by_player = self.by_player and take.source != SOURCE
        course = RunCourse(run, self.since, self.started_at, by_player=by_player)
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

        turn = self.run.turn
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
                await game.records.add_run(keep_report(self.run, report, self.started_at))
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
