"""From Enter on the home screen to the chart on the terminal, when it was composed ahead."""

from __future__ import annotations

import os
import sys
import tempfile

from game.bench.measurement import Measurement, missing, percentile
from game.bench.stage_run import find_waits, read_terminal

NAME = "chart_to_screen_p95"
GOAL_MS = 100.0
"""What is answered within a tenth of a second is felt as at once (Miller 1968)."""
RUNS = 20

GAME = f"""
import time
import game.ui.screens.stage as stage
from game.app_factory import build_app
from game.ui.screens.home import HomeScreen
from game.ui.services import Opening

app = build_app(Opening(audio_backend="none", preview_s=60))
pressed, signed = [], []

class MeasuredStage(stage.StageScreen):
    is_signed = False

    def _compositor_refresh(self):
        super()._compositor_refresh()
        is_drawn = self._score._rows.slots and not self._score._repaint_regions
        if self._session is not None and is_drawn and not self.is_signed:
            self.is_signed = True
            app._driver.write(f"\\x1b]7700;mark={{pressed[-1]}}\\x07")
            self.set_timer(0.2, self.leave)

    def leave(self):
        signed.append(pressed[-1])
        if len(signed) == {RUNS}:
            app.exit()
        else:
            self.action_leave()

class MeasuredHome(HomeScreen):
    def frame(self):
        composer = app.services.composer
        idle = app.screen is self and len(pressed) == len(signed)
        is_ahead = self.drill in app.orders._ahead and not composer._open
        if idle and self._style and is_ahead:
            pressed.append(time.monotonic_ns())
            app.simulate_key("enter")

import game.ui.app
game.ui.app.HomeScreen = MeasuredHome
stage.StageScreen = MeasuredStage
app.run()
app.services.engine.close()
app.services.composer.close()
"""
"""The game with a player who presses Enter as soon as the next chart is ready, and leaves."""


def measure_arriving() -> list[Measurement]:
    """The age of the key when the chart's first painting arrives at the terminal, in ms, p95."""
    if os.name == "nt":
        return [missing(NAME, "ms", "needs a pseudo terminal (Linux or macOS)")]
    with tempfile.TemporaryDirectory() as home:
        ours = {"FIRST_TAKE_HOME": home, "PYTHONPATH": os.pathsep.join(sys.path)}
        waits = find_waits(read_terminal([sys.executable, "-c", GAME], ours))
    if len(waits) < RUNS:
        return [missing(NAME, "ms", f"{len(waits)} charts came; {RUNS} are wanted")]
    value = percentile(waits, 0.95)
    return [
        Measurement(
            name=NAME,
            value=round(value, 1),
            unit="ms",
            baseline="",
            baseline_value=None,
            ratio=None,
            goal=GOAL_MS,
            ok=value <= GOAL_MS,
        )
    ]
