"""The archive on a thread of its own, so that writing never delays a frame."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from game.coach.standing import Progress, Run, Standing
    from game.ports import Archive, Journal
    from game.scoring.results import Scorecard
    from game.sessions.career.credit import Credit
    from game.sessions.career.job import Job
    from game.sessions.lean import TakeTime
    from game.settings import Settings
    from game.take import CompPart, Take, TakeSummary

P = ParamSpec("P")
T = TypeVar("T")

LAST_TAKES = 60
"""How many takes are looked back on: for the list of the home screen and for what it suggests."""


class Records:
    """Reads and writes the player's data, one thing after another.

    Every method may raise what the archive raises (StorageError). After a failed `open` nothing
    is kept and the other methods say so by giving None or nothing.
    """

    def __init__(
        self,
        open_archive: Callable[[], Archive],
        journal: Journal,
        read_player: Callable[[], str] = str,
    ) -> None:
        self._open_archive = open_archive
        self._journal = journal
        self._read_player = read_player
        self.player = ""
        """Whose data it is; empty is the first player, who needs no name."""
        self._archive: Archive | None = None
        self.standing: Standing | None = None
        """Where the player stood when takes were last listed; None before."""
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="archive")

    @property
    def is_open(self) -> bool:
        """Whether takes are kept."""
        return self._archive is not None

    async def open(self) -> tuple[Settings, list[TakeSummary]]:
        """Open the archive; gives the settings and the last takes.

        Takes that were on when a game died are kept first, as takes that were broken off.
        """
        self.player = await self._run(self._read_player)
        archive = await self._run(self._open_archive)
        await self._run(self._journal.recover, archive.add_take)
        settings = await self._run(archive.load_settings)
        takes = await self._run(archive.list_takes, LAST_TAKES)
        self.standing = await self._run(archive.history.load_standing)
        self._archive = archive
        return settings, takes

    async def add_take(self, take: Take) -> int | None:
        """Keep a take; it is on disk when this returns. None where nothing is kept."""
        return await self._run(self._archive.add_take, take) if self._archive else None

    async def add_scorecard(self, take_id: int, scorecard: Scorecard) -> None:
        """Keep the grade of a kept take."""
        if self._archive:
            await self._run(self._archive.add_scorecard, take_id, scorecard)

    async def load_graded(self, take_id: int) -> tuple[Take, Scorecard | None] | None:
        """A kept take with its newest grade (None without one); None where nothing is kept."""
        if self._archive is None:
            return None
        take = await self._run(self._archive.load_take, take_id)
        return take, await self._run(self._archive.load_scorecard, take_id)

    async def list_takes(self) -> list[TakeSummary]:
        """The last takes, newest first; where the player stands is read with them."""
        if self._archive is None:
            return []
        takes = await self._run(self._archive.list_takes, LAST_TAKES)
        self.standing = await self._run(self._archive.history.load_standing)
        return takes

    async def load_progress(self, since: date, until: date) -> Progress | None:
        """What was practised on these days; None where nothing is kept."""
        if self._archive is None:
            return None
        return await self._run(self._archive.history.load_progress, since, until)

    async def add_run(self, run: Run, number: int | None = None) -> int | None:
        """Keep a run, in the place of one of that number; gives its number, None for no archive."""
        if self._archive is None:
            return None
        return await self._run(self._archive.history.add_run, run, number)

    async def list_runs(self, mode: str, name: str | None = None) -> list[Run]:
        """The last runs of a mode (and name), newest first."""
        if self._archive is None:
            return []
        return await self._run(self._archive.history.list_runs, mode, name)

    async def load_mode_takes(self, mode: str) -> list[tuple[int, Take]]:
        """The whole takes of a mode with their numbers, oldest first."""
        if self._archive is None:
            return []
        numbers = await self._run(self._archive.jobs.list_mode_takes, mode)
        return [(number, await self._run(self._archive.load_take, number)) for number in numbers]

    async def list_times(self, limit: int) -> list[TakeTime]:
        """How the latest graded takes sat on the click, newest first."""
        if self._archive is None:
            return []
        return await self._run(self._archive.history.list_times, limit)

    async def has_seen(self, code: str) -> bool:
        """Whether the chart of a share code has been played before."""
        if self._archive is None:
            return False
        return await self._run(self._archive.history.has_seen, code)

    async def add_comp(self, made_at: str, parts: Sequence[CompPart]) -> int | None:
        """Keep a comp; gives its number. None where nothing is kept."""
        return (
            await self._run(self._archive.comps.add_comp, made_at, parts) if self._archive else None
        )

    async def load_passes(self, take_id: int | None) -> list[tuple[int, Take]]:
        """The finished whole takes of a take's chart at its tempo with their numbers."""
        if self._archive is None or take_id is None:
            return []
        numbers = await self._run(self._archive.comps.list_passes, take_id)
        return [(number, await self._run(self._archive.load_take, number)) for number in numbers]

    async def open_job(self) -> tuple[int, Job] | None:
        """The job that is on, with its number."""
        return await self._run(self._archive.jobs.open_job) if self._archive else None

    async def add_job(self, job: Job) -> int | None:
        """Keep a job that was taken on; gives its number. None where nothing is kept."""
        return await self._run(self._archive.jobs.add_job, job) if self._archive else None

    async def save_job(self, job_id: int | None, job: Job, credit: Credit | None = None) -> None:
        """Keep a job as it stands; with a line of the diary once it is over."""
        if self._archive and job_id is not None:
            await self._run(self._archive.jobs.save_job, job_id, job, credit)

    async def list_credits(self) -> list[Credit]:
        """The diary, oldest job first."""
        return await self._run(self._archive.jobs.list_credits) if self._archive else []

    async def load_job_takes(self, job_id: int | None) -> list[tuple[int, Take]]:
        """The whole takes of a job with their numbers, heard of by it or not."""
        if self._archive is None or job_id is None:
            return []
        numbers = await self._run(self._archive.jobs.list_job_takes, job_id)
        return [(number, await self._run(self._archive.load_take, number)) for number in numbers]

    async def load_take(self, take_id: int) -> Take:
        """A kept take; call it only where takes are kept."""
        if self._archive is None:
            raise LookupError(f"take {take_id} is not kept")
        return await self._run(self._archive.load_take, take_id)

    async def load_comp(self, comp_id: int) -> list[tuple[Take, CompPart]]:
        """The layers of a comp from the lowest up, each with its take."""
        if self._archive is None:
            return []
        parts = await self._run(self._archive.comps.load_comp, comp_id)
        return [(await self._run(self._archive.load_take, p.take_id), p) for p in parts]

    async def save_settings(self, settings: Settings) -> None:
        """Keep the settings."""
        if self._archive:
            await self._run(self._archive.save_settings, settings)

    def close(self) -> None:
        """Finish writing and close; waits for it. For when the screen is gone."""
        archive, self._archive = self._archive, None
        if archive is not None:
            self._thread.submit(archive.close).result()
        self._thread.shutdown()

    async def _run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        def call() -> T:
            return work(*args, **kwargs)

        return await asyncio.get_running_loop().run_in_executor(self._thread, call)
