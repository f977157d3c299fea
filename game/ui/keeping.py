"""A take that is over: kept first, graded then."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from exercises.chart import Chart
    from game.notation.page import Page
    from game.scoring.results import Scorecard
    from game.sessions.comp import Comp
    from game.sessions.seam import Seam
    from game.sessions.session import TakeSession
    from game.take import Take
    from game.ui.records import Records
    from styles.schema import Style


@dataclass(frozen=True)
class Outcome:
    """A graded take with all that its scorecard shows."""

    take: Take
    take_id: int | None
    """None where takes are not kept."""
    chart: Chart
    page: Page
    scorecard: Scorecard
    comp: Comp | None = None
    """What is heard where the take's events are put together from several; else None."""
    seam: Seam | None = None
    """Of its last splice."""
    comp_id: int | None = None
    """The number of that comp; None where it is not kept."""
    wish: str = ""
    """What the producer had wished of the chart."""
    before: Outcome | None = None
    """What it was before that splice, to go back to."""


async def keep_take(records: Records, take: Take, complain: Callable[..., None]) -> int | None:
    """Keep a take; it is on disk when this returns. None where that failed, which is told."""
    try:
        return await records.add_take(take)
    except Exception as error:  # noqa: BLE001 - whatever it is, the player still gets the grade
        complain(error, title="The take is not kept")
        return None


async def grade_session(
    session: TakeSession, style: Style | None, level: int, mode: str = ""
) -> Scorecard:
    """Grade what was played by the rules of its mode, away from the screen's thread."""

    def grade() -> Scorecard:
        from game.sessions.tasks import grade_task  # noqa: PLC0415 - after the first frame

        return grade_task(
            mode,
            session.chart,
            session.performance,
            timeline=session.timeline,
            style=style,
            level=level,
            silent_s=session.plan.silent_s,
        )

    return await asyncio.to_thread(grade)


async def keep_scorecard(
    records: Records, take_id: int | None, scorecard: Scorecard, complain: Callable[..., None]
) -> None:
    """Keep the grade of a kept take; a failure is told."""
    if take_id is None:
        return
    try:
        await records.add_scorecard(take_id, scorecard)
    except Exception as error:  # noqa: BLE001 - the take itself is safe and can be graded again
        complain(error, title="The grade is not kept")
