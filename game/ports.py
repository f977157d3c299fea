"""What the rules and the screens need of the world, as Protocols.

`game.devices`, `game.storage` and `game.composer` implement them; `game.app_factory` brings the
two sides together. Tests use the fakes in `tests/`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from exercises.drill import DrillRequest
    from game.coach.standing import Progress, Run, Standing
    from game.events import EngineCommand, EngineEvent, NoteEvent
    from game.notation.page import PageRequest
    from game.requests import ComposerReply, PlayedRequest, SheetRequest, SoundRequest
    from game.scoring.results import Scorecard
    from game.sessions.career.credit import Credit
    from game.sessions.career.job import Job
    from game.sessions.lean import TakeTime
    from game.settings import Settings
    from game.take import CompPart, Take, TakeSummary


class Engine(Protocol):
    """The process with MIDI, sound and the transport clock."""

    def open(self, wake: Callable[[], object] | None = None) -> None:
        """Start the process; does not wait for it.

        Args:
            wake: called when there are events to poll, on another thread than the caller's.
        """

    def send(self, command: EngineCommand) -> None:
        """Hand over a command; returns at once."""

    def poll(self) -> list[EngineEvent]:
        """All events since the last call, in the order of their stamps; never waits."""

    def now_s(self) -> float | None:
        """The transport's position, or None while it stands still."""

    def close(self) -> None:
        """End the process."""


class Composer(Protocol):
    """The process with music21 and verovio: composes and engraves away from the screen."""

    def open(self) -> None:
        """Start the process and warm it up; does not wait for it."""

    def request(self, drill: DrillRequest, page: PageRequest) -> int:
        """Ask for a chart and its engraving; gives a ticket."""

    def request_page(self, chart_json: bytes, page: PageRequest) -> int:
        """Ask for another engraving of a known chart (the window was resized); gives a ticket."""

    def request_sound(self, order: SoundRequest | PlayedRequest) -> int:
        """Ask for a chart's reference and band, or for played keys, rendered.

        Gives the ticket, which is made here.
        """

    def request_sheet(self, order: SheetRequest) -> int:
        """Ask for the sheet of a graded take; gives a ticket (given anew here)."""

    def request_revision(self, chart_json: bytes, seed: int, page: PageRequest) -> int:
        """Ask for a chart changed as a producer might wish; gives a ticket."""

    def request_song(self, drill: DrillRequest, chairs: tuple[str, ...]) -> int:
        """Ask for a song, a chart for each chair; gives a ticket."""

    def prefetch(self, drill: DrillRequest, page: PageRequest) -> None:
        """Compose ahead; a later `request` of the same is answered at once."""

    def poll(self) -> list[ComposerReply]:
        """Finished answers and failures since the last call; never waits."""

    def close(self) -> None:
        """End the process."""


class History(Protocol):
    """What the archive has summed up over the takes, and the runs that takes were part of."""

    def load_standing(self) -> Standing:
        """Where the player stands now."""

    def load_progress(self, since: date, until: date) -> Progress:
        """What was practised on the days from `since` to `until`, both with."""

    def add_run(self, run: Run, number: int | None = None) -> int:
        """Keep a run, in the place of one of that number where one is given. Gives its number."""

    def list_runs(self, mode: str, name: str | None = None, limit: int = 50) -> list[Run]:
        """Runs of a mode (and name), newest first."""

    def list_times(self, limit: int) -> list[TakeTime]:
        """How the latest graded takes on the MIDI keyboard sat on the click, newest first."""

    def has_seen(self, code: str) -> bool:
        """Whether the chart of a share code has been played before."""


class Comps(Protocol):
    """Which takes are heard where."""

    def add_comp(self, made_at: str, parts: Sequence[CompPart]) -> int:
        """Keep a comp (made when: ISO 8601); gives its number."""

    def load_comp(self, comp_id: int) -> tuple[CompPart, ...]:
        """The layers of a comp from the lowest up."""

    def list_passes(self, take_id: int) -> list[int]:
        """Numbers of the finished whole takes of a take's chart at its tempo, oldest first."""


class Jobs(Protocol):
    """The working life: the job that is on, and the diary."""

    def add_job(self, job: Job) -> int:
        """Keep a job that was taken on; gives its number."""

    def save_job(self, job_id: int, job: Job, credit: Credit | None = None) -> None:
        """Keep a job as it stands; with a line of the diary once it is over."""

    def open_job(self) -> tuple[int, Job] | None:
        """The job that is on, with its number; None where there is none."""

    def list_credits(self) -> list[Credit]:
        """The diary, oldest job first."""

    def list_job_takes(self, job_id: int) -> list[int]:
        """Numbers of the whole takes of a job, whether the job has heard of them or not."""

    def list_mode_takes(self, mode: str) -> list[int]:
        """Numbers of the whole takes of a mode, oldest first."""


class Journal(Protocol):
    """The take that is being played, on disk as it is played."""

    def begin(self, head: Take) -> None:
        """A take begins; `head` has no notes yet."""

    def add(self, event: NoteEvent) -> None:
        """An event has been played."""

    def end(self) -> None:
        """The take is kept, or there was none; one that could not be kept is not ended."""

    def recover(self, keep: Callable[[Take], object]) -> int:
        """Hand what games that died have left to `keep`; gives how many takes."""


class Archive(Protocol):
    """The player's data: takes, scorecards and settings."""

    def add_take(self, take: Take) -> int:
        """Keep a take; it is on disk when this returns. Gives its number."""

    def add_scorecard(self, take_id: int, scorecard: Scorecard) -> None:
        """Keep the grade of a kept take, with the version of the rules."""

    def load_take(self, take_id: int) -> Take:
        """A kept take with all its events."""

    def load_scorecard(self, take_id: int) -> Scorecard | None:
        """The newest grade of a kept take; None where it has none."""

    def list_takes(self, limit: int) -> list[TakeSummary]:
        """The latest takes, newest first."""

    @property
    def history(self) -> History:
        """What looks back over the takes."""

    @property
    def comps(self) -> Comps:
        """What puts takes together."""

    @property
    def jobs(self) -> Jobs:
        """What has been taken on."""

    def load_settings(self) -> Settings:
        """The player's settings; the defaults where nothing is kept yet."""

    def save_settings(self, settings: Settings) -> None:
        """Keep the settings."""

    def close(self) -> None:
        """Finish writing and close the file."""
