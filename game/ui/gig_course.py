"""A live job: its set on the stage, kept song by song, and paid at the end."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from game.coach.runs import describe_played
from game.notation.page import Page, PageRequest
from game.sessions.career import job as jobs
from game.ui.booking import Booking, grade_kept, keep
from game.ui.keeping import keep_scorecard
from game.ui.live_course import LiveCourse

if TYPE_CHECKING:
    from game.sessions.live.gig import Gig
    from game.take import Take
    from game.ui.app import FirstTakeApp
    from game.ui.keeping import Outcome

_NO_PAGE = Page(PageRequest(0), ())
"""Of a song that is graded and not shown."""


class GigCourse(LiveCourse):
    """The set of a job."""

    def __init__(self, booking: Booking, since: float, started_at: str) -> None:
        """Go on with the set where it stands."""
        super().__init__(jobs.open_set(booking.job), since, started_at)
        self._booking = booking

    def mark(self, take: Take) -> Take:
        """Found again as the job's, whatever happens."""
        mode = jobs.take_mode(self._booking.job_id or 0)
        return msgspec.structs.replace(take, mode=mode)

    async def play_on(self, game: FirstTakeApp, gig: Gig, outcome: Outcome) -> None:
        """The song is kept with the job before the next one begins."""
        job = self._booking.job
        # Where nothing is kept the songs still have to be told apart.
        number = outcome.take_id if outcome.take_id is not None else -1 - len(job.takes)
        booking = await keep(game, self._booking, jobs.keep_song(job, number, gig))
        await GigCourse(booking, self.since, self.started_at).next(game)

    async def play_other(self, game: FirstTakeApp, gig: Gig) -> None:
        """The set as it is now is kept before it goes on."""
        booking = await keep(game, self._booking, jobs.keep_set(self._booking.job, gig))
        await GigCourse(booking, self.since, self.started_at).next(game)

    async def finish(self, game: FirstTakeApp) -> None:
        """Paid, and into the diary."""
        from game.ui.screens.diary import show_news  # noqa: PLC0415 - it leads here

        await show_news(game, await keep(game, self._booking, jobs.close_set(self._booking.job)))

    async def leave(self, game: FirstTakeApp) -> None:
        """Left before a song: the set goes on there."""
        game.go_home()


async def play_set(game: FirstTakeApp, booking: Booking) -> None:
    """To the stage with the next song of a job's set.

    A song that is on disk and that the job has not heard of has been played: it counts with its
    grade, and what it did to the room is not known.
    """
    for number, take in await game.records.load_job_takes(booking.job_id):
        job = booking.job
        if jobs.missing_takes(job, [number]):
            out = await grade_kept(game, number, take, _NO_PAGE)
            await keep_scorecard(game.records, number, out.scorecard, game.complain)
            played = describe_played(out.chart, out.scorecard, seconds=0.0)
            gig = jobs.open_set(job).after(played, 0.0)
            booking = await keep(game, booking, jobs.keep_song(job, number, gig))
    started_at = datetime.now().astimezone().isoformat(timespec="seconds")
    await GigCourse(booking, game.services.clock(), started_at).next(game)
