"""The most memory that the game's processes hold, against music21 alone."""

from __future__ import annotations

import os
import subprocess
import sys

from game.bench.measurement import Measurement, compare, missing

GOAL = 4.0
"""Times the peak of a process that only imports music21."""

GROWTH_GOAL = 1.15
"""Times the peak of composing a tenth as many charts."""
NEEDED = "needs getrusage (Linux or macOS)"
MANY = 400
FEW = MANY // 10

PEAK = "import resource; print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"

MUSIC21_ALONE = f"import music21; {PEAK}"

COMPOSER = f"""
from exercises.compose.chart import compose_chart
from exercises.drill import DrillRequest
from exercises.musicxml import write_musicxml
from exercises.request import resolve_drill
from game.notation.engrave import engrave
from game.notation.page import PageRequest
from styles.loader import load_styles
for seed in range(12):
    for name, style in sorted(load_styles().styles.items()):
        request = DrillRequest(style=name, level=7, bars=16, seed=seed)
        chart = compose_chart(resolve_drill(request, style), style).chart
        engrave(write_musicxml(chart), chart, PageRequest(columns=160))
{PEAK}
"""

SCREEN = f"""
import asyncio, os, tempfile
os.environ["FIRST_TAKE_HOME"] = tempfile.mkdtemp()
from game.app_factory import build_app
app = build_app()
async def walk():
    async with app.run_test(size=(160, 50)) as pilot:
        await pilot.pause(2)
        await pilot.press("enter")
        await pilot.pause(4)
asyncio.run(walk())
{PEAK}
"""

COMPOSE_MANY = """
import resource, subprocess, sys, tempfile
with tempfile.TemporaryDirectory() as folder:
    command = [sys.executable, "-m", "game", "compose", "--style", "jazz", "--level", "5"]
    command += ["-n", "{count}", "--format", "musicxml", "-o", folder]
    subprocess.run(command, check=True, capture_output=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def _peak_mb(code: str) -> float:
    result = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    scale = 1024 * 1024 if sys.platform == "darwin" else 1024
    return int(result.stdout.split()[-1]) / scale


def measure_memory() -> list[Measurement]:
    """The composer over all genres and the screen from home to stage, their peaks added."""
    if os.name == "nt":
        return [missing("peak_memory", "MB", NEEDED)]
    return [
        compare(
            "peak_memory",
            _peak_mb(COMPOSER) + _peak_mb(SCREEN),
            "MB",
            baseline="a process that only imports music21",
            baseline_value=_peak_mb(MUSIC21_ALONE),
            goal=GOAL,
        )
    ]


def measure_composing_many() -> list[Measurement]:
    """The largest process of `compose -n`, with many charts against few."""
    if os.name == "nt":
        return [missing("compose_many_memory", "MB", NEEDED)]
    return [
        compare(
            "compose_many_memory",
            _peak_mb(COMPOSE_MANY.format(count=MANY)),
            "MB",
            baseline=f"the same with {FEW} charts instead of {MANY}",
            baseline_value=_peak_mb(COMPOSE_MANY.format(count=FEW)),
            goal=GROWTH_GOAL,
        )
    ]
