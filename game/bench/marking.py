"""From a key's MIDI message to its mark on the screen, and what the frames of the stage cost."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from game.bench.jack_server import JackServer
from game.bench.measurement import Measurement, missing, percentile
from game.bench.stage_run import StageRun, run_stage

if TYPE_CHECKING:
    from collections.abc import Mapping

MARK_NAMES = ("midi_to_mark_p50", "midi_to_mark_p99")
FRAME_NAMES = ("frame_p50", "frame_p99", "frame_cpu", "frame_bytes")
PIXEL_NAMES = ("pixels_p99", "pixels_cpu", "pixels_bytes", "pixels_systems")
FRAME_MS = 1000 / 60
MARK_GOALS = (1.0, 2.0)
"""Frames of the stage at the median (half a frame's wait, and the drawing) and at the worst
hundredth (a whole frame's wait, a system that turns, and the drawing)."""
FRAME_GOALS = {"frame_p50": FRAME_MS, "frame_p99": FRAME_MS, "frame_cpu": 0.35}
"""A frame that takes longer than a sixtieth of a second is late; a third of a core leaves the
rest to the engine and to other programs."""
BYTES_GOAL = 100_000.0
"""A tenth of a megabyte a second: a slow connection carries it."""
UNITS = {"frame_p50": "ms", "frame_p99": "ms", "frame_cpu": "of a core", "frame_bytes": "bytes/s"}
CELL = (9, 18)
"""Pixels of a cell, as xterm's."""
PIXEL_GOALS = {
    "pixels_p99": FRAME_MS,
    "pixels_cpu": 0.35,
    "pixels_bytes": BYTES_GOAL,
    "pixels_systems": 8.0,
}
"""Sixteen bars fill eight systems at the most: none is sent again while the playhead moves."""
PIXEL_UNITS = {
    "pixels_p99": "ms",
    "pixels_cpu": "of a core",
    "pixels_bytes": "bytes/s",
    "pixels_systems": "pictures",
}
PORT = "First Take Bench"
SERVER = "first-take-bench"
ALSA_SEQUENCER = Path("/dev/snd/seq")
FEWEST = 200
"""Marks or frames, for a hundredth to mean something."""

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


def measure_marking() -> list[Measurement]:
    """The age of a played note when its mark arrives at the terminal, in ms, at 160x50."""
    run = play_take()
    if isinstance(run, str):
        return [missing(name, "ms", run) for name in MARK_NAMES]
    if len(run.waits_ms) < FEWEST:
        detail = f"{len(run.waits_ms)} marks came; {FEWEST} are wanted"
        return [missing(name, "ms", detail) for name in MARK_NAMES]
    figures = (percentile(run.waits_ms, 0.5), percentile(run.waits_ms, 0.99))
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
        for name, value, goal in zip(MARK_NAMES, figures, MARK_GOALS, strict=True)
    ]


def measure_frames() -> list[Measurement]:
    """What the stage costs in mid-take at 160x50, 21 notes a second coming in."""
    run = play_take()
    if isinstance(run, str):
        return [missing(name, UNITS[name], run) for name in FRAME_NAMES]
    if len(run.frames_ms) < FEWEST or run.cpu_share is None or run.bytes_per_s is None:
        detail = f"{len(run.frames_ms)} frames came; {FEWEST} are wanted"
        return [missing(name, UNITS[name], detail) for name in FRAME_NAMES]
    values = {
        "frame_p50": percentile(run.frames_ms, 0.5),
        "frame_p99": percentile(run.frames_ms, 0.99),
        "frame_cpu": run.cpu_share,
        "frame_bytes": run.bytes_per_s,
    }
    return _hold_to(values, UNITS, {**FRAME_GOALS, "frame_bytes": BYTES_GOAL})


def measure_pixels() -> list[Measurement]:
    """What the stage costs in mid-take where the terminal shows pictures."""
    run = play_take(CELL)
    if isinstance(run, str):
        return [missing(name, PIXEL_UNITS[name], run) for name in PIXEL_NAMES]
    if len(run.frames_ms) < FEWEST or run.cpu_share is None or run.bytes_per_s is None:
        detail = f"{len(run.frames_ms)} frames came; {FEWEST} are wanted"
        return [missing(name, PIXEL_UNITS[name], detail) for name in PIXEL_NAMES]
    values = (
        percentile(run.frames_ms, 0.99),
        run.cpu_share,
        run.bytes_per_s,
        float(run.systems_sent),
    )
    return _hold_to(dict(zip(PIXEL_NAMES, values, strict=True)), PIXEL_UNITS, PIXEL_GOALS)


def _hold_to(
    values: Mapping[str, float], units: Mapping[str, str], goals: Mapping[str, float]
) -> list[Measurement]:
    """Figures without a baseline, each held to a goal that it may not pass."""
    return [
        Measurement(
            name=name,
            value=round(value, 3),
            unit=units[name],
            baseline="",
            baseline_value=None,
            ratio=None,
            goal=round(goals[name], 2),
            ok=value <= goals[name],
        )
        for name, value in values.items()
    ]


@cache
def play_take(cell: tuple[int, int] | None = None) -> StageRun | str:
    """One take with a keyboard that never rests; in words what is missing for it."""
    if os.name == "nt":
        return "needs a pseudo terminal (Linux or macOS)"
    server = None
    if sys.platform == "linux" and not ALSA_SEQUENCER.exists():
        if shutil.which("jackd") is None:
            return "no MIDI system here; install jackd2"
        server = JackServer(SERVER)
        server.start()
    try:
        return _listen(server.env if server else {}, cell) or "the game did not come to its end"
    finally:
        if server:
            server.stop()


def _listen(environment: dict[str, str], cell: tuple[int, int] | None) -> StageRun | None:
    ours = {**environment, "PYTHONPATH": os.pathsep.join(sys.path)}
    keyboard = subprocess.Popen(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", KEYBOARD],
        env={**os.environ, **ours},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        return run_stage(PORT, environment, cell)
    finally:
        keyboard.kill()
        keyboard.wait()
