"""The course of a punch: pre-roll, the region recorded, laid into the older take and graded."""

from __future__ import annotations

import asyncio
from copy import copy
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from exercises.chairs import chair_of
from exercises.kit import is_pads
from game.requests import Overdubbed, PlayedPart
from game.sessions.comp import Layer, assemble, open_comp
from game.sessions.plan import notes_to_grade, plan_take
from game.sessions.punch import PunchMarker, plan_punch
from game.sessions.review import sound_part
from game.sessions.session import TakeSession
from game.sessions.splice import leave_out, read_music
from game.sessions.spots import say_spot
from game.ui.course import Course
from game.ui.keeping import Outcome
from game.ui.seating import find_program

if TYPE_CHECKING:
    from exercises.chart import Chart
    from exercises.drill import DrillRequest
    from exercises.timeline import Timeline
    from game.events import NoteEvent
    from game.notation.page import Page
    from game.sessions.comp import Comp
    from game.take import Region, Take
    from game.ui.app import FirstTakeApp
    from styles.schema import Style

LOOK_S = 5.0
"""Seconds before the pre-roll; the chart is known."""


@dataclass(frozen=True)
class PunchOrder:
    """What is to be recorded, and how many bars lead to it."""

    region: Region
    bars: int
    loops: bool = False
    """Again and again until it is stopped, every pass kept."""


class PunchCourse(Course):
    """A punch into a graded take."""

    def __init__(self, order: PunchOrder, outcome: Outcome, drill: DrillRequest | None) -> None:
        """Record what is ordered; `outcome` is the older take, `drill` what was asked for."""
        self._order = order
        self._older = outcome
        self._drill = drill
        self._passes: tuple[Outcome, ...] = ()
        """Of a loop: those that are over."""
        self._own = PlayedPart((), 0)

    def preview_s(self, game: FirstTakeApp) -> float:
        """A moment to find the place; none where the player wants none, or has just been there."""
        return 0.0 if self._passes else min(LOOK_S, game.settings.preview_s)

    def open_session(self, game: FirstTakeApp, chart: Chart, style: Style | None) -> TakeSession:
        """From the pre-roll to a beat after the punch-out."""
        drill, region = chart.drill, self._order.region
        session = TakeSession(
            chart,
            # A punch is heard in by the click: it does not drop out.
            plan=plan_take(
                chart,
                quarter_bpm=drill.quarter_bpm,
                click=msgspec.structs.replace(game.settings.click, bars_off=0, shift_ms=0.0),
            ),
            style=style,
            level=drill.level,
            preview_s=0,
        )
        timeline = session.timeline
        self._own = self._sound_around(game, timeline, style)
        bars = self._order.bars
        return TakeSession(
            chart,
            plan=plan_punch(chart, session.plan, region, bars=bars, timeline=timeline),
            style=style,
            level=drill.level,
            preview_s=self.preview_s(game),
            marker=PunchMarker(chart, region, timeline=timeline, style=style, level=drill.level),
            region=region,
        )

    def _sound_around(
        self, game: FirstTakeApp, timeline: Timeline, style: Style | None
    ) -> PlayedPart:
        """The older take but for what is recorded anew, as its own instrument sounds it."""
        older = self._older
        chart = older.chart
        music = read_music(chart, timeline=timeline, style=style, level=older.take.level)
        around = leave_out(music, older.take.events, self._order.region)
        chair = chair_of(chart.drill.chair)
        program = find_program(game.settings, chart.drill.chair)
        return PlayedPart(sound_part(around, chair), program, drums=is_pads(chart))

    @property
    def over(self) -> Overdubbed:
        """The older take around the place: what the punch is to match."""
        return Overdubbed((self._own,), self._older.take.chart_json)

    def say_where(self, session: TakeSession) -> str:
        """Whether it is recorded, and up to where."""
        region, position = self._order.region, session.position_ql
        turn = f", pass {len(self._passes) + 1}" if self._order.loops else ""
        if position < region.start_ql:
            return f"In at {say_spot(session.chart, region.start_ql)}{turn}"
        if position < region.end_ql:
            return f"● REC to {say_spot(session.chart, region.end_ql)}{turn}"
        return "Out"

    @property
    def news(self) -> str:
        """How a loop ends."""
        return "It goes round until Esc, or a pass in silence" if self._order.loops else ""

    def mark(self, take: Take) -> Take:
        """A punch is no pass of its own."""
        return msgspec.structs.replace(take, mode="punch")

    async def grade(
        self,
        game: FirstTakeApp,
        session: TakeSession,
        take: Take,
        take_id: int | None,
        page: Page,
    ) -> Outcome:
        """Lay the punch into what was there, grade what is heard, and keep the comp."""
        older = self._older
        base = older.comp or open_comp(older.chart, older.take_id, older.take.events)
        comp = base.punch(Layer(take_id, take.events, self._order.region))
        style = game.genres.get(take.style)
        outcome = await make_outcome(comp, older, page, session.timeline, style)
        if self._order.loops:
            # Only the pass that is chosen becomes a comp.
            return outcome
        return replace(outcome, comp_id=await keep_comp(game, comp))

    async def go_on(self, game: FirstTakeApp, outcome: Outcome, drill: DrillRequest | None) -> None:
        """On with what is heard now; a loop goes round until a pass in which nothing is played."""
        del drill
        if not self._order.loops:
            await self.arrive(game, outcome)
        elif any(event.kind == "on" for event in _newest(outcome)):
            course = copy(self)
            course._passes = (*self._passes, outcome)  # noqa: SLF001 - its own kind
            _show_stage(game, self._older, outcome.page, course)
        else:
            await self._choose(game)

    async def arrive(self, game: FirstTakeApp, outcome: Outcome) -> None:
        """To where what is heard now is judged: the scorecard."""
        await super().go_on(game, outcome, self._drill)

    async def leave(self, game: FirstTakeApp) -> None:
        """Broken off: back to what was there, and to the passes of a loop."""
        await self._choose(game)

    async def _choose(self, game: FirstTakeApp) -> None:
        await self.arrive(game, self._older)
        if self._passes:
            from game.ui.screens.pass_picker import PassPicker  # noqa: PLC0415 - after a loop

            await game.push_screen(PassPicker(self._passes, self._older), partial(self._take, game))

    def _take(self, game: FirstTakeApp, index: int | None) -> None:
        if index is not None:
            game.run_worker(self._keep_pass(game, self._passes[index]), exit_on_error=False)

    async def _keep_pass(self, game: FirstTakeApp, outcome: Outcome) -> None:
        comp_id = await keep_comp(game, outcome.comp) if outcome.comp is not None else None
        await self.arrive(game, replace(outcome, comp_id=comp_id))


def _newest(outcome: Outcome) -> tuple[NoteEvent, ...]:
    """What was played last."""
    return outcome.comp.layers[-1].events if outcome.comp is not None else ()


def _show_stage(game: FirstTakeApp, older: Outcome, page: Page, course: PunchCourse) -> None:
    from game.ui.screens.stage import StageScreen  # noqa: PLC0415 - it leads here

    chart_json = older.take.chart_json
    game.show(StageScreen(chart=older.chart, page=page, chart_json=chart_json, course=course))


async def make_outcome(
    comp: Comp, older: Outcome, page: Page, timeline: Timeline, style: Style | None
) -> Outcome:
    """Put a comp together and grade it, away from the screen's thread."""

    def make() -> Outcome:
        from game.scoring.grade import grade_take  # noqa: PLC0415 - after the first frame

        chart, level = older.chart, older.take.level
        made = assemble(comp, chart, timeline=timeline, style=style, level=level)
        heard = notes_to_grade(chart, made.events, timeline=timeline)
        scorecard = grade_take(chart, heard, timeline=timeline, style=style, level=level)
        seam = made.seams[-1] if made.seams else None
        take = msgspec.structs.replace(older.take, events=made.events)
        return Outcome(
            take,
            older.take_id,
            chart,
            page,
            scorecard,
            comp,
            seam,
            wish=older.wish,
            before=older,
        )

    return await asyncio.to_thread(make)


async def keep_comp(game: FirstTakeApp, comp: Comp) -> int | None:
    """Keep which takes are heard where; a failure is told."""
    if not comp.parts:
        return None
    try:
        made_at = datetime.now().astimezone().isoformat(timespec="seconds")
        return await game.records.add_comp(made_at, comp.parts)
    except Exception as error:  # noqa: BLE001 - the takes themselves are safe
        game.complain(error, title="The comp is not kept")
        return None
