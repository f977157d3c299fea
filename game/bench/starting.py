"""How long a player waits from the start key to the count-in, with band and reference loaded."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from game.bench.measurement import Measurement, missing, percentile

if TYPE_CHECKING:
    from game.devices.client import EngineProcess
    from game.events import EngineEvent

NAME = "start_wait_p95"
GOAL_MS = 150.0
STARTS = 20
RATE = 48_000
MUSIC_S = 72.0
"""32 bars at 107 quarters a minute."""
BEAT_S = 0.5
COUNT_IN_S = 4.0
LOOK_S = 0.5
"""The chart is looked at for so long at least; the tracks are read meanwhile."""
SETTLE_S = 1.5
ANSWER_S = 15.0


def measure_start() -> list[Measurement]:
    """Milliseconds from the command until the first click is due, at p95."""
    import numpy as np  # noqa: PLC0415 - when it is needed

    from game.devices.client import EngineProcess  # noqa: PLC0415 - as above
    from game.events import AudioState, OpenAudio  # noqa: PLC0415 - beside the other

    noise = np.random.default_rng(1).integers(-9000, 9000, (round(MUSIC_S * RATE), 2), np.int16)
    with tempfile.TemporaryDirectory() as folder:
        engine = EngineProcess(log=Path(folder) / "engine.log")
        try:
            engine.send(OpenAudio("null"))
            engine.open()
            _wait(engine, AudioState)
            time.sleep(SETTLE_S)  # the device's clock is known
            waits = []
            for number in range(STARTS):
                path = Path(folder) / f"{number}.npy"
                np.save(path, noise)
                waits.append(_start(engine, path))
                path.unlink()
        except RuntimeError as error:
            return [missing(NAME, "ms", str(error))]
        finally:
            engine.close()
    value = round(percentile(waits, 0.95), 1)
    detail = f"of {STARTS} starts, two tracks of {MUSIC_S:.0f} s; at the median "
    detail += f"{percentile(waits, 0.5):.0f} ms"
    return [Measurement(NAME, value, "ms", "", None, None, GOAL_MS, value <= GOAL_MS, detail)]


def _start(engine: EngineProcess, path: Path) -> float:
    """One look at a chart, and its start; gives the wait in ms."""
    from game.events import (  # noqa: PLC0415 - beside the others
        Click,
        ClickPlan,
        LoadTrack,
        Start,
        Stop,
        TransportStarted,
        TransportStopped,
    )

    for name in ("band", "reference"):
        engine.send(LoadTrack(name, str(path), -0.1, RATE))
    time.sleep(LOOK_S)
    beats = round((COUNT_IN_S + MUSIC_S) / BEAT_S)
    clicks = tuple(Click(n * BEAT_S - COUNT_IN_S, accent=n % 4 == 0) for n in range(beats))
    began = time.monotonic()
    engine.send(ClickPlan(start_s=-COUNT_IN_S, end_s=MUSIC_S, clicks=clicks))
    engine.send(Start())
    _wait(engine, TransportStarted)
    now_s, now = engine.now_s(), time.monotonic()
    engine.send(Stop())
    _wait(engine, TransportStopped)
    for name in ("band", "reference"):
        engine.send(LoadTrack(name, ""))
    return 1000 * (now - began - COUNT_IN_S - (now_s or 0.0))


def _wait(engine: EngineProcess, kind: type[EngineEvent]) -> None:
    until = time.monotonic() + ANSWER_S
    while time.monotonic() < until:
        if any(isinstance(event, kind) for event in engine.poll()):
            return
        time.sleep(0.001)
    raise RuntimeError(f"no {kind.__name__} came from the engine")
