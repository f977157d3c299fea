"""The engine with one change: it writes down what each block of sound cost it.

Run as `python -m game.bench.playing_engine`; the file that is named by `REPORT_VARIABLE` is written
when it ends.
"""

from __future__ import annotations

import ctypes
import os
import time
from array import array
from pathlib import Path
from typing import TYPE_CHECKING, Any

import game.devices.__main__ as program
from game.bench.playing_facts import REPORT_VARIABLE
from game.devices.jack_watch import LIBRARIES, NO_START_SERVER
from game.devices.mixer import Mixer

if TYPE_CHECKING:
    from game.devices.engine import Engine
    from game.devices.mixer import Samples

MOST_BLOCKS = 1_500_000
"""Room that is there from the start: more than half an hour of the shortest periods."""


class Blocks:
    """What is written down; the room for it is there before the first block."""

    def __init__(self) -> None:
        """Join the JACK server, as a client that only asks what time it is."""
        self._rows = array("q", bytes(8 * 4 * MOST_BLOCKS))
        self._count = 0
        # A call that keeps the interpreter lock: one that lets go of it would itself have to wait
        # for it again.
        library = _load_library()
        self._since: Any = library.jack_frames_since_cycle_start
        self._client: Any = library.jack_client_open(
            b"First Take Bench Clock", NO_START_SERVER, ctypes.byref(ctypes.c_int(0))
        )

    def watch(self) -> None:
        """Have each block timed from now on."""
        mix, rows = Mixer.mix, self._rows

        def timed(mixer: Mixer, first: int, frames: int) -> Samples | None:
            began = time.monotonic_ns()
            block = mix(mixer, first, frames)
            since = self._since(self._client)
            ended = time.monotonic_ns()
            if self._count < MOST_BLOCKS:
                at = 4 * self._count
                rows[at], rows[at + 1], rows[at + 2], rows[at + 3] = (
                    *(ended, ended - began),
                    *(since, frames),
                )
                self._count += 1
            return block

        setattr(Mixer, "mix", timed)  # noqa: B010 - a method of another module's class

    def write(self, path: Path) -> None:
        """Keep what was timed."""
        path.write_bytes(self._rows[: 4 * self._count].tobytes())


def _load_library() -> Any:  # noqa: ANN401 - ctypes' own
    for name in LIBRARIES:
        try:
            library = ctypes.PyDLL(name)
        except OSError:
            continue
        library.jack_client_open.restype = ctypes.c_void_p
        library.jack_client_open.argtypes = [ctypes.c_char_p, ctypes.c_int, ctypes.c_void_p]
        library.jack_frames_since_cycle_start.restype = ctypes.c_uint32
        library.jack_frames_since_cycle_start.argtypes = [ctypes.c_void_p]
        return library
    raise OSError("there is no JACK library")


def main() -> None:
    """Serve as the engine does."""
    blocks, serve = Blocks(), program.serve

    def serve_and_write(engine: Engine) -> None:
        blocks.watch()
        serve(engine)
        blocks.write(Path(os.environ[REPORT_VARIABLE]))

    program.serve = serve_and_write
    program.main()


if __name__ == "__main__":
    main()
