"""From the command to the first frame, against a blank Textual app."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile

from game.bench.measurement import Measurement, compare, missing, take_turns

RUNS = 9
GOAL = 1.15
"""Times a blank app's whole life."""

BLANK = """
from textual.app import App
class Blank(App):
    def on_mount(self):
        self.call_after_refresh(self.exit)
Blank().run()
"""


def run_in_terminal(
    command: list[str], environment: dict[str, str], *, columns: int = 80, rows: int = 24
) -> None:
    """Run a program in a pseudo terminal until it ends; its output is read and dropped."""
    import fcntl  # noqa: PLC0415 - only where there are pseudo terminals
    import pty  # noqa: PLC0415
    import struct  # noqa: PLC0415
    import termios  # noqa: PLC0415

    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
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
        while os.read(leader, 65536):
            pass
    except OSError:
        pass  # Linux reports the closed end of a pseudo terminal as an error.
    process.wait()
    os.close(leader)


def measure_first_frame() -> list[Measurement]:
    """Whole life of `first-take` that leaves at its first frame, over that of a blank app."""
    if os.name == "nt":
        return [missing("first_frame", "s", "needs a pseudo terminal (Linux or macOS)")]
    with tempfile.TemporaryDirectory() as home:
        ours = {"FIRST_TAKE_HOME": home, "FIRST_TAKE_EXIT_AFTER_FRAME": "1"}
        game = [sys.executable, "-m", "game"]
        blank = [sys.executable, "-c", BLANK]
        run_in_terminal(game, ours)
        run_in_terminal(blank, {})
        value, baseline = take_turns(
            lambda: run_in_terminal(game, ours), lambda: run_in_terminal(blank, {}), runs=RUNS
        )
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
