"""Takes and punches of a job: the red light, and back into the control room."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from game.sessions.career import job as jobs
from game.sessions.session import Phase
from game.ui.booking import Booking, keep, make_pass
from game.ui.course import Course
from game.ui.punching import PunchCourse

if TYPE_CHECKING:
    from exercises.drill import Drill, DrillRequest
    from game.sessions.session import TakeSession
    from game.take import Take
    from game.ui.app import FirstTakeApp
    from game.ui.keeping import Outcome
    from game.ui.punching import PunchOrder

LOOK_S = 10.0
"""Seconds on the stand before the slate: the band is waiting."""


class JobCourse(Course):
    """One take of a job."""

    leads_tempo = False

    def __init__(self, booking: Booking) -> None:
        """Record for this booking."""
        self._booking = booking

    @property
    def _slate(self) -> str:
        return f"take {len(self._booking.job.takes) + 1}"

    def preview_s(self, game: FirstTakeApp) -> float:
        """A look; none where the player wants none, but always at what has just been changed."""
        job = self._booking.job
        is_new = bool(job.wishes) and not job.deliverable
        return LOOK_S if is_new else min(LOOK_S, game.settings.preview_s)

    @property
    def news(self) -> str:
        """The red light and the slate; what the producer has changed."""
        job = self._booking.job
        if job.wishes:
            return f"● {self._slate.capitalize()}. The producer wants {job.wishes[-1]}."
        return f"● Red light, {self._slate}."

    def say_where(self, session: TakeSession) -> str:
        """The slate in the count-in, and where the recording is."""
        if session.phase is Phase.COUNT_IN:
            return f"● {self._slate.capitalize()}"
        return f"● REC  {super().say_where(session)}"

    @property
    def can_be_heard(self) -> bool:
        """Only a reference that was asked for."""
        return "reference" in self._booking.job.asked

    def begin(self, game: FirstTakeApp, drill: Drill) -> None:
        """A job is no choice of what to practise, so nothing is chosen again next time."""

    def mark(self, take: Take) -> Take:
        """Found again as the job's, whatever happens; what was heard or seen is no first sight."""
        job = self._booking.job
        mode = jobs.take_mode(self._booking.job_id or 0)
        known = "reference" in job.asked or job.has_looked
        heard = take.conditions.heard or known
        conditions = msgspec.structs.replace(take.conditions, heard=heard)
        return msgspec.structs.replace(take, mode=mode, conditions=conditions)

    def ahead(self, drill: DrillRequest | None) -> DrillRequest | None:
        """What comes next hangs on the producer."""
        del drill
        return None

    async def go_on(self, game: FirstTakeApp, outcome: Outcome, drill: DrillRequest | None) -> None:
        """Into the control room."""
        from game.ui.screens.control_room import ControlRoom  # noqa: PLC0415 - it leads here

        del drill
        booking, job = self._booking, self._booking.job
        if outcome.take_id is not None:
            graded = make_pass(game, job, outcome)
            booking = await keep(game, booking, jobs.keep_take(job, outcome.take_id, graded))
        game.show(ControlRoom(booking, outcome.page, outcome))

    async def leave(self, game: FirstTakeApp) -> None:
        """Broken off: into the control room, which hears of what was kept."""
        from game.ui.screens.control_room import ControlRoom  # noqa: PLC0415 - it leads here

        game.show(ControlRoom(self._booking))


class JobPunchCourse(PunchCourse):
    """A punch into a take of a job."""

    def __init__(self, order: PunchOrder, outcome: Outcome, booking: Booking) -> None:
        """Record what is ordered into `outcome`, for this booking."""
        super().__init__(order, outcome, None)
        self._booking = booking

    async def arrive(self, game: FirstTakeApp, outcome: Outcome) -> None:
        """Back into the control room, with the comp where something was recorded."""
        await return_with_comp(game, self._booking, outcome, punched=outcome is not self._older)


async def return_with_comp(
    game: FirstTakeApp, booking: Booking, outcome: Outcome, *, punched: bool
) -> None:
    """Into the control room with a comp that the job keeps, or with what was there before."""
    from game.ui.screens.control_room import ControlRoom  # noqa: PLC0415 - it leads here

    made = make_pass(game, booking.job, outcome) if outcome.comp_id is not None else None
    if made is not None:
        booking = await keep(game, booking, jobs.keep_comp(booking.job, made, punched=punched))
    game.show(ControlRoom(booking, outcome.page, outcome))
