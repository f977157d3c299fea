"""Phrases by ear on the stage: an empty page, hearings that are counted, the page afterwards."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, cast

import msgspec

from game.coach.runs import describe_played
from game.events import PERFORMER
from game.sessions.by_ear import Phrase, grade_by_ear
from game.sessions.plan import notes_to_grade, take_timeline
from game.ui.run_course import RunCourse

if TYPE_CHECKING:
    from exercises.chart import Chart
    from exercises.drill import DrillRequest
    from game.notation.page import Page, System
    from game.sessions.by_ear import ByEar
    from game.sessions.session import TakeSession
    from game.ui.app import FirstTakeApp
    from game.ui.keeping import Outcome
    from styles.schema import Style


class EarCourse(RunCourse):
    """Phrases on their way through the stage."""

    _hearings = 0
    _first = ""

    @property
    def ear(self) -> ByEar:
        """The run as it stands."""
        return cast("ByEar", self.run)

    def open_session(self, game: FirstTakeApp, chart: Chart, style: Style | None) -> TakeSession:
        """As any take; the first note is told."""
        self._first = chart.notes[0].spelling if chart.notes else ""
        return super().open_session(game, chart, style)

    def listen(self) -> None:
        """A hearing has begun."""
        self._hearings += 1

    def lay_out(self, page: Page) -> Page:
        """Nothing but staves, clefs and bar lines."""
        return msgspec.structs.replace(page, systems=tuple(_empty(each) for each in page.systems))

    @property
    def news(self) -> str:
        """Where to begin."""
        return f"Tab plays it; it begins on {self._first}"

    async def go_on(self, game: FirstTakeApp, outcome: Outcome, drill: DrillRequest | None) -> None:
        """The page with what was played, and then the next phrase."""
        from game.ui.screens.by_ear import EarResult  # noqa: PLC0415 - it leads here

        del drill
        take, chart = outcome.take, outcome.chart
        timeline = take_timeline(chart, quarter_bpm=take.quarter_bpm)
        heard = notes_to_grade(chart, take.events, timeline=timeline)
        grade = await asyncio.to_thread(
            grade_by_ear,
            chart,
            heard,
            timeline=timeline,
            style=game.genres.get(take.style),
            level=take.level,
            hearings=self._hearings,
        )
        seconds = float(chart.end_ql) * 60.0 / take.quarter_bpm
        played = describe_played(chart, grade.scorecard, seconds=seconds)
        phrase = Phrase(
            msgspec.structs.replace(played, total=grade.total), grade.hearings, grade.shift
        )
        run = self.ear.after_phrase(phrase, game.services.clock() - self.since)
        by_player = self.by_player and take.source != PERFORMER
        course = EarCourse(run, self.since, self.started_at, by_player=by_player)
        shown = replace(outcome, scorecard=grade.scorecard)
        game.show(EarResult(course, shown, grade))


def _empty(system: System) -> System:
    blank = tuple(" " * len(row) for row in system.rows)
    words = tuple(word for word in system.words if word.kind in {"bar", "tempo"})
    rows = system.bare or blank
    return msgspec.structs.replace(system, rows=rows, bare=(), notes=(), words=words, picture=None)


async def begin_by_ear(game: FirstTakeApp, run: ByEar) -> None:
    """To the stage with the first phrase."""
    started_at = datetime.now().astimezone().isoformat(timespec="seconds")
    await EarCourse(run, game.services.clock(), started_at).next(game)
