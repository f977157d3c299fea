"""The stage in a terminal of its own, with a keyboard that never rests, timed frame by frame.

The terminal's other end stands for the screen: what arrives there is what a player sees.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

COLUMNS, ROWS = 160, 50
SETTLE_S = 1.0
"""What is measured begins so long after the take began: the first page has been painted."""
MARK = re.compile(rb"\x1b\]7700;mark=(\d+)\x07")
"""Written by the game after the cells of a mark, with the clock of its note in ns."""
SIXEL = re.compile(rb'\x1bP[\d;]*q"1;1;(\d+);')
SYSTEM_PIXELS = 200
"""A picture so wide is of a system, not of a head."""
READ_BYTES = 65536
NS = 1_000_000_000

GAME = """
import json, os, sys, time
from pathlib import Path
import game.ui.screens.stage as stage
from exercises.drill import DrillRequest
from game.app_factory import build_app
from game.ui.services import Opening
from game.ui.terminal import Graphics

asked = json.loads(sys.argv[2])
facts = {"frames": [], "cpu": []}

class MeasuredStage(stage.StageScreen):
    drawn = 0.0

    def listen(self):
        before = time.thread_time()
        super().listen()
        self.drawn += time.thread_time() - before

    def _on_timer_update(self):
        before = time.thread_time()
        super()._on_timer_update()
        self.drawn += time.thread_time() - before

    def frame(self):
        session = self._session
        if session is not None and session.phase is stage.Phase.PLAYING:
            if not facts["cpu"]:
                self.set_timer(asked["settle_s"], self.begin)
                facts["cpu"].append(None)
        super().frame()

    def begin(self):
        self.drawn = 0.0
        facts["cpu"] = [(time.monotonic(), time.process_time())]
        self.set_interval(1 / self.polls_per_s, self.close_frame)

    def close_frame(self):
        facts["frames"].append(self.drawn * 1000)
        self.drawn = 0.0

    def show_mark(self, session, mark):
        super().show_mark(session, mark)
        now_s = self.game.services.engine.now_s()
        if mark.verdict != "missed" and now_s is not None:
            clock = time.monotonic_ns() - round((now_s - mark.onset_s) * 1e9)
            sign = f"\\x1b]7700;mark={clock}\\x07"
            self.app._driver.write(sign)

    def _finish(self):
        facts["cpu"].append((time.monotonic(), time.process_time()))
        self.app.exit()

stage.StageScreen = MeasuredStage
drill = DrillRequest(**asked["drill"])
app = build_app(Opening(drill=drill, midi_in=asked["port"], audio_backend="none", preview_s=0))
if asked["cell"]:
    app.graphics = Graphics("sixel", tuple(asked["cell"]))
app.run()
app.services.engine.close()
app.services.composer.close()
Path(sys.argv[1]).write_text(json.dumps(facts))
"""
"""The game with one change: it writes down what its frames cost, and signs each mark drawn."""


class StageRun(msgspec.Struct):
    """What one take on the stage cost."""

    waits_ms: list[float]
    """From each note's stamp to its mark's arrival at the terminal."""
    frames_ms: list[float]
    """What each sixtieth of a second took to reckon and to draw, in time of the processor."""
    cpu_share: float | None
    """Seconds of processor time of the screen's process for each second of the take."""
    bytes_per_s: float | None
    """What the terminal is sent."""
    systems_sent: int = 0
    """Pictures wider than any head among it."""


def run_stage(
    port: str, environment: dict[str, str], cell: tuple[int, int] | None = None
) -> StageRun | None:
    """Play sixteen bars of jazz at 120 quarters in 160 by 50; None if the game did not end well.

    Args:
        port: the keyboard's.
        environment: more than this process has.
        cell: the pixels of a cell of a terminal that shows sixels; None draws in characters.
    """
    asked = {
        "cell": cell,
        "port": port,
        "settle_s": SETTLE_S,
        "drill": {
            "style": "jazz",
            "level": 5,
            "bars": 16,
            "quarter_bpm": 120,
            "meter": "4/4",
            "seed": 7,
        },
    }
    with tempfile.TemporaryDirectory() as home:
        report = Path(home) / "facts.json"
        command = [sys.executable, "-c", GAME, str(report), json.dumps(asked)]
        ours = {**environment, "FIRST_TAKE_HOME": home, "PYTHONPATH": os.pathsep.join(sys.path)}
        arrivals = list(read_terminal(command, ours))
        if not report.exists():
            return None
        facts = json.loads(report.read_text())
    return read_facts(facts, arrivals)


def read_facts(facts: dict[str, list[list[float]]], arrivals: list[tuple[int, bytes]]) -> StageRun:
    """The figures of a run.

    Args:
        facts: as the game wrote them down.
        arrivals: (monotonic clock in ns, what came) at the terminal's other end.
    """
    ends = facts["cpu"]
    timed = len(ends) == 2 and ends[0] is not None  # noqa: PLR2004 - a beginning and an end
    span = ends[1][0] - ends[0][0] if timed else 0.0
    sent = [
        data for clock, data in arrivals if timed and ends[0][0] * NS <= clock <= ends[1][0] * NS
    ]
    widths = [int(found.group(1)) for found in SIXEL.finditer(b"".join(sent))]
    return StageRun(
        waits_ms=find_waits(arrivals),
        frames_ms=[float(each) for each in facts["frames"]],  # type: ignore[arg-type]
        cpu_share=(ends[1][1] - ends[0][1]) / span if span else None,
        bytes_per_s=sum(map(len, sent)) / span if span else None,
        systems_sent=sum(width >= SYSTEM_PIXELS for width in widths),
    )


def find_waits(arrivals: Iterable[tuple[int, bytes]]) -> list[float]:
    """How old each sign was, in ms, when it arrived; it may come in two pieces."""
    waits, rest = [], b""
    for clock, data in arrivals:
        text = rest + data
        waits += [(clock - int(found.group(1))) / NS * 1000 for found in MARK.finditer(text)]
        last = text.rfind(b"\x1b")
        rest = text[last:] if last >= 0 and b"\x07" not in text[last:] else b""
    return waits


def read_terminal(command: list[str], environment: dict[str, str]) -> Iterator[tuple[int, bytes]]:
    """Run a program in a pseudo terminal; gives what arrives with the clock of its arrival."""
    import fcntl  # noqa: PLC0415 - only where there are pseudo terminals
    import pty  # noqa: PLC0415
    import struct  # noqa: PLC0415
    import termios  # noqa: PLC0415

    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    process = subprocess.Popen(  # noqa: S603 - our own interpreter
        command,
        stdin=follower,
        stdout=follower,
        stderr=follower,
        env={**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", **environment},
        start_new_session=True,
    )
    os.close(follower)
    try:
        while data := os.read(leader, READ_BYTES):
            yield time.monotonic_ns(), data
    except OSError:
        pass  # Linux reports the closed end of a pseudo terminal as an error.
    finally:
        process.wait()
        os.close(leader)
