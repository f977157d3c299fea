"""From a key's MIDI message to its mark on the screen: the whole game, in a terminal of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from game.bench.jack_server import JackServer
from game.bench.measurement import Measurement, missing, percentile
from game.bench.startup import run_in_terminal

NAMES = ("midi_to_mark_p50", "midi_to_mark_p99")
FRAME_MS = 1000 / 60
GOAL_FRAMES = (1.0, 2.0)
"""Frames of the stage at the median (half a frame's wait, and the drawing) and at the worst
hundredth (a whole frame's wait, a system that turns, and the drawing)."""
PORT = "First Take Bench"
SERVER = "first-take-bench"
ALSA_SEQUENCER = Path("/dev/snd/seq")
COLUMNS, ROWS = 160, 50
FEWEST = 200
"""Marks, for a hundredth to mean something."""

KEYBOARD = f"""
import time
from game.devices.midi_apis import OutputPort
port = OutputPort({PORT!r}, client={PORT!r})
while True:
    for pitch in (60, 64, 67, 72, 43, 48, 52):
        port.send([0x90, pitch, 80])
        time.sleep(0.043)
        port.send([0x80, pitch, 0])
        time.sleep(0.004)
"""
"""A keyboard that never rests: 21 notes a second, which no frame rate divides."""

GAME = f"""
import json, sys
from pathlib import Path
import game.ui.stage as stage
from exercises.drill import DrillRequest
from game.app_factory import build_app
from game.ui.services import Opening

waits = []

class MeasuredStage(stage.StageScreen):
    def show_mark(self, session, mark):
        super().show_mark(session, mark)
        if mark.verdict != "missed":
            self.call_after_refresh(self.note_wait, mark.onset_s)

    def note_wait(self, onset_s):
        now_s = self.game.services.engine.now_s()
        if now_s is not None:
            waits.append((now_s - onset_s) * 1000)

    def _finish(self):
        self.app.exit()

stage.StageScreen = MeasuredStage
drill = DrillRequest(style="jazz", level=5, bars=16, quarter_bpm=120, meter="4/4", seed=7)
app = build_app(Opening(drill=drill, midi_in={PORT!r}, audio_backend="none", preview_s=0))
app.run()
app.services.engine.close()
app.services.composer.close()
Path(sys.argv[1]).write_text(json.dumps(waits))
"""
"""The game with one change: when a mark has been drawn, the age of its note is written down."""


def measure_marking() -> list[Measurement]:
    """The age of a played note when its mark is on the screen, in ms, over a take at 160x50."""
    server = None
    if os.name == "nt":
        return [missing(name, "ms", "needs a pseudo terminal (Linux or macOS)") for name in NAMES]
    if sys.platform == "linux" and not ALSA_SEQUENCER.exists():
        if shutil.which("jackd") is None:
            detail = "no MIDI system here; install jackd2"
            return [missing(name, "ms", detail) for name in NAMES]
        server = JackServer(SERVER)
        server.start()
    try:
        waits = _listen(server.env if server else {})
    finally:
        if server:
            server.stop()
    if len(waits) < FEWEST:
        detail = f"{len(waits)} marks came; {FEWEST} are wanted"
        return [missing(name, "ms", detail) for name in NAMES]
    figures = (percentile(waits, 0.5), percentile(waits, 0.99))
    return [
        Measurement(
            name=name,
            value=round(value, 2),
            unit="ms",
            baseline="one frame of the stage",
            baseline_value=round(FRAME_MS, 2),
            ratio=round(value / FRAME_MS, 3),
            goal=goal,
            ok=value <= goal * FRAME_MS,
        )
        for name, value, goal in zip(NAMES, figures, GOAL_FRAMES, strict=True)
    ]


def _listen(environment: dict[str, str]) -> list[float]:
    """Play a take with a keyboard that never rests; the ages of its marks."""
    with tempfile.TemporaryDirectory() as home:
        report = Path(home) / "waits.json"
        ours = {**environment, "FIRST_TAKE_HOME": home, "PYTHONPATH": os.pathsep.join(sys.path)}
        keyboard = subprocess.Popen(  # noqa: S603 - our own interpreter
            [sys.executable, "-c", KEYBOARD],
            env={**os.environ, **ours},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            game = [sys.executable, "-c", GAME, str(report)]
            run_in_terminal(game, ours, columns=COLUMNS, rows=ROWS)
        finally:
            keyboard.kill()
            keyboard.wait()
        if not report.exists():
            return []
        waits: list[float] = json.loads(report.read_text())
        return waits
