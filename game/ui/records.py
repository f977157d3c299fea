"""The archive on a thread of its own, so that writing never delays a frame."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from game.ports import Archive
    from game.scoring.results import Scorecard
    from game.settings import Settings
    from game.take import Take, TakeSummary

P = ParamSpec("P")
T = TypeVar("T")

LAST_TAKES = 60
"""How many takes are looked back on: for the list of the home screen and for what it suggests."""


class Records:
    """Reads and writes the player's data, one thing after another.

    Every method may raise what the archive raises (StorageError). After a failed `open` nothing
    is kept and the other methods say so by giving None or nothing.
    """

    def __init__(self, open_archive: Callable[[], Archive]) -> None:
        self._open_archive = open_archive
        self._archive: Archive | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="archive")

    @property
    def is_open(self) -> bool:
        """Whether takes are kept."""
        return self._archive is not None

    async def open(self) -> tuple[Settings, list[TakeSummary]]:
        """Open the archive; gives the settings and the last takes."""
        archive = await self._run(self._open_archive)
        settings = await self._run(archive.load_settings)
        takes = await self._run(archive.list_takes, LAST_TAKES)
        self._archive = archive
        return settings, takes

    async def add_take(self, take: Take) -> int | None:
        """Keep a take; it is on disk when this returns. None where nothing is kept."""
        return await self._run(self._archive.add_take, take) if self._archive else None

    async def add_scorecard(self, take_id: int, scorecard: Scorecard) -> None:
        """Keep the grade of a kept take."""
        if self._archive:
            await self._run(self._archive.add_scorecard, take_id, scorecard)

    async def list_takes(self) -> list[TakeSummary]:
        """The last takes, newest first."""
        return await self._run(self._archive.list_takes, LAST_TAKES) if self._archive else []

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
