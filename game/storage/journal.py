"""The take that is being played, note by note on disk: what was played outlives a killed game.

One file for each running game, held by a lock that the system lets go of when the game dies; only
files that nobody holds are recovered. A file begins with the take's head, a line for each event
follows, and a last line that was cut off is left out.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import IO, TYPE_CHECKING

import msgspec

from game.events import NoteEvent

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from game.take import Take

PREFIX, SUFFIX = "take-", ".journal"


class TakeJournal:
    """Implements `game.ports.Journal` on files. A disk that refuses costs safety, and no take."""

    def __init__(self, folder: Callable[[], Path]) -> None:
        """`folder` tells where the files of the player who is playing lie."""
        self._folder = folder
        self._file: IO[bytes] | None = None
        self._path: Path | None = None

    def begin(self, head: Take) -> None:
        """A take begins; one that was not ended could not be kept, and stays to be recovered."""
        from exercises.chart import encode_fraction  # noqa: PLC0415 - after the first frame

        if self._file is not None:
            with suppress(OSError):
                self._file.close()
        with suppress(OSError):
            folder = self._folder()
            folder.mkdir(parents=True, exist_ok=True)
            self._path = folder / f"{PREFIX}{os.getpid()}-{os.urandom(4).hex()}{SUFFIX}"
            self._file = self._path.open("wb", buffering=0)
            _lock(self._file)
            self._file.write(msgspec.json.encode(head, enc_hook=encode_fraction) + b"\n")

    def add(self, event: NoteEvent) -> None:
        """An event has been played."""
        if self._file is not None:
            with suppress(OSError):
                self._file.write(msgspec.json.encode(event) + b"\n")

    def end(self) -> None:
        """The take is kept, or there was none."""
        file, path, self._file, self._path = self._file, self._path, None, None
        if file is not None:
            with suppress(OSError):
                file.close()
        if path is not None:
            with suppress(OSError):
                path.unlink(missing_ok=True)

    def recover(self, keep: Callable[[Take], object]) -> int:
        """Hand every take of a game that died to `keep`, and forget it then; gives how many.

        A take without a note is forgotten too. What `keep` raises is passed on, and that take
        stays for the next time.
        """
        count = 0
        folder = self._folder()
        for path in sorted(folder.glob(f"{PREFIX}*{SUFFIX}")) if folder.is_dir() else ():
            try:
                file = path.open("r+b")
            except OSError:
                continue
            with file:
                if not _lock(file):
                    continue
                take = read_journal(file.read())
                if take is not None and take.events:
                    keep(take)
                    count += 1
            with suppress(OSError):
                path.unlink(missing_ok=True)
        return count


def read_journal(data: bytes) -> Take | None:
    """The take of a file's bytes; None where not even its head is whole."""
    from exercises.chart import decode_fraction  # noqa: PLC0415 - after the first frame
    from game.take import Take  # noqa: PLC0415 - as above

    head, *lines = data.split(b"\n")[:-1] or [b""]
    try:
        take = msgspec.json.decode(head, type=Take, dec_hook=decode_fraction)
    except msgspec.MsgspecError:
        return None
    events = []
    for line in lines:
        try:
            events.append(msgspec.json.decode(line, type=NoteEvent))
        except msgspec.MsgspecError:
            break
    struck = [event.source for event in events if event.kind == "on"]
    source = max(set(struck), key=struck.count) if struck else take.source
    return msgspec.structs.replace(take, events=tuple(events), source=source)


def _lock(file: IO[bytes]) -> bool:
    """Hold a file as long as it is open; False where another game holds it."""
    try:
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415 - only there

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl  # noqa: PLC0415 - not there

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
