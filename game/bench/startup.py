"""From the command to the first frame, against a blank Textual app."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time

from game.bench.measurement import Measurement, compare, missing

RUNS = 15
GOAL = 1.15
"""Times a blank app's first frame."""
GAME = "from game.__main__ import main; main()"
"""As the installed command starts it."""
LEAVING = b"\x1b[?2004l"
"""What a Textual app writes first when it leaves, and both leave once they are painted: how long
an app takes to leave is no part of its first frame."""

BLANK = """
from textual.app import App
class Blank(App):
    def on_mount(self):
        self.call_after_refresh(self.exit)
Blank().run()
"""


def time_first_frame(
    command: list[str], environment: dict[str, str], *, columns: int = 80, rows: int = 24
) -> float:
    """Run a program in a pseudo terminal until it ends; the seconds until it began to leave."""
    import fcntl  # noqa: PLC0415 - only where there are pseudo terminals
    import pty  # noqa: PLC0415
    import struct  # noqa: PLC0415
    import termios  # noqa: PLC0415

    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    begin, end, heard = time.perf_counter(), None, b""
    process = subprocess.Popen(  # noqa: S603 - our own interpreter
        command,
        stdin=follower,
        stdout=follower,
        stderr=follower,
        env={**os.environ, "TERM": "xterm-256color", **environment},
        start_new_session=True,
    )
    os.close(follower)
    try:
        while new := os.read(leader, 65536):
            heard += new
            if end is None and LEAVING in heard:
                end = time.perf_counter()
    except OSError:
        pass  # Linux reports the closed end of a pseudo terminal as an error.
    process.wait()
    os.close(leader)
    return (end or time.perf_counter()) - begin


def measure_first_frame() -> list[Measurement]:
    """From the command to the first frame, over a blank app's: the quickest of some turns each.

    Both run from compiled modules, as what is installed does, wherever this tree may write its own.
    """
    if os.name == "nt":
        return [missing("first_frame", "s", "needs a pseudo terminal (Linux or macOS)")]
    with tempfile.TemporaryDirectory() as home:
        compiled = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": f"{home}/compiled"}
        ours = {**compiled, "FIRST_TAKE_HOME": home, "FIRST_TAKE_EXIT_AFTER_FRAME": "1"}
        game, blank = [sys.executable, "-c", GAME], [sys.executable, "-c", BLANK]
        times: tuple[list[float], list[float]] = ([], [])
        for _ in range(1 + RUNS):
            times[0].append(time_first_frame(game, ours))
            times[1].append(time_first_frame(blank, compiled))
        # The first turn compiles; of the others, what is above the quickest is other programs'.
        value, baseline = (min(each[1:]) for each in times)
    return [
        compare(
            "first_frame",
            value,
            "s",
            baseline="a blank Textual app that leaves at its first frame",
            baseline_value=baseline,
            goal=GOAL,
        )
    ]
