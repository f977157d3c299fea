"""The beginning and the end of a take: on disk as it is played, kept, then graded, then shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from game.take import Conditions
from game.ui.keeping import keep_take

if TYPE_CHECKING:
    from exercises.drill import DrillRequest
    from game.notation.page import Page
    from game.sessions.session import TakeSession
    from game.ui.app import FirstTakeApp
    from game.ui.course import Course


def begin_record(game: FirstTakeApp, course: Course, session: TakeSession, started_at: str) -> None:
    """From here on every note is on disk as it is played: it outlives a killed game."""
    journal = game.services.journal
    head = session.head(started_at, game.services.versions(), game.latency.ms)
    journal.begin(course.mark(msgspec.structs.replace(head, conditions=_conditions(game, session))))
    session.recorder = journal.add


def _conditions(game: FirstTakeApp, session: TakeSession, *, was_heard: bool = False) -> Conditions:
    return Conditions(
        click=game.settings.click,
        silent_s=session.plan.silent_s,
        calibration=game.latency.calibration,
        heard=was_heard,
    )


async def conclude(
    game: FirstTakeApp,
    course: Course,
    session: TakeSession,
    page: Page,
    drill: DrillRequest | None,
    started_at: str,
    *,
    was_heard: bool = False,
) -> None:
    """Keep the take, then grade it, then go on as its course says.

    Args:
        game: whose archive keeps it.
        course: what the take is part of.
        session: which is over.
        page: on which its scorecard is shown.
        drill: what was asked for; None for a chart of the player's.
        started_at: ISO 8601 with the zone's offset; empty where it was left in the preview.
        was_heard: the chart sounded before the take or under it.
    """
    conditions = _conditions(game, session, was_heard=was_heard)
    take = session.take(started_at, game.services.versions(), game.latency.ms)
    take = course.mark(msgspec.structs.replace(take, conditions=conditions))
    is_stopped = take.ended != "finished" and not (started_at and course.counts_when_left)
    if is_stopped and not any(event.kind == "on" for event in take.events):
        game.services.journal.end()
        await course.leave(game)
        return
    take_id = await keep_take(game.records, take, game.complain)
    if take_id is not None:
        game.services.journal.end()
    if is_stopped:
        if take_id is not None:
            game.notify(f"Take {take_id} is kept as stopped.", timeout=4)
        await game.reread_takes()
        await course.leave(game)
        return
    try:
        outcome = await course.grade(game, session, take, take_id, page)
    except Exception as error:  # noqa: BLE001 - the take is safe and can be graded again
        game.complain(error, title="The take could not be graded")
        game.go_home()
        return
    await game.reread_takes()
    await course.go_on(game, outcome, drill)
