"""What is heard, by a recorder on a JACK server: clicks and keys; and what rendering takes."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from game.bench.jack_server import JackServer
from game.bench.measurement import Measurement, missing, percentile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from game.devices.client import EngineProcess
    from game.events import EngineCommand

SERVER = "first-take-hearing"
PERIOD = 512
"""Frames; a recorder in Python keeps up with it."""
STRIKES = 100
STRIKE_S = 0.35
BARS = 32
RENDER_GOAL = 0.1
"""Of real time, on one core: a three-minute chart within the shortest usual preview."""
KEY_NAMES = ("key_to_sound_p50", "key_to_sound_p99")


def _figure(name: str, value: float, unit: str, goal: float | None, detail: str) -> Measurement:
    ok = goal is None or value <= goal
    return Measurement(name, round(value, 3), unit, "", None, None, goal, ok, detail)


def measure_keys() -> list[Measurement]:
    """Milliseconds from the sending of a note to its sound, by the built-in instrument."""
    from game.events import SetInstrument, SetMix  # noqa: PLC0415 - as above

    sent: list[int] = []

    def strike(_engine: EngineProcess) -> bool:
        from game.devices.midi_apis import OutputPort  # noqa: PLC0415 - loads rtmidi

        port = OutputPort("Bench Keys", client="Bench Keys")
        time.sleep(3.0)  # the game has found it
        for _ in range(STRIKES):
            sent.append(time.monotonic_ns())
            port.send([0x90, 76, 120])
            time.sleep(STRIKE_S / 2)
            port.send([0x80, 76, 0])
            time.sleep(STRIKE_S / 2)
        port.close()
        return True

    heard = _record([SetMix(keys=1.0), SetInstrument(16)], strike, clocks=True)
    if isinstance(heard, str):
        return [missing(name, "ms", heard) for name in KEY_NAMES]
    onsets, _ = heard
    waits = [
        (min(later) - clock) / 1e6
        for clock in sent
        if (later := [one for one in onsets if 0 <= one - clock < STRIKE_S * 1e9])
    ]
    if len(waits) < STRIKES * 0.9:
        detail = f"{len(waits)} of {STRIKES} notes were heard"
        return [missing(name, "ms", detail) for name in KEY_NAMES]
    detail = "built-in instrument; the fluidsynth program is not measured beside it"
    return [
        _figure(name, percentile(waits, share), "ms", None, detail)
        for name, share in zip(KEY_NAMES, (0.5, 0.99), strict=True)
    ]


def _record(
    commands: Sequence[EngineCommand],
    during: Callable[[EngineProcess], object],
    *,
    clocks: bool = False,
) -> tuple[list[float], int] | str:
    """Onsets while something is done, and the rate; or in words what is missing.

    Onsets are samples, or by `clocks` the monotonic clock in ns.
    """
    from game.bench.recorder import Recorder, find_onsets  # noqa: PLC0415 - loads numpy
    from game.devices.client import EngineProcess  # noqa: PLC0415 - as above
    from game.events import AudioState, OpenAudio, OpenInput  # noqa: PLC0415 - as above

    try:
        import jack  # noqa: F401, PLC0415 - whether it is there
    except (ImportError, OSError):
        return "needs JACK and the Python package JACK-Client"
    if shutil.which("jackd") is None:
        return "no JACK server here; install jackd2"
    for environment in _serve():
        os.environ.update(environment)
        engine = EngineProcess(log=Path(tempfile.mkdtemp()) / "engine.log")
        try:
            engine.send(OpenInput(None))
            engine.send(OpenAudio("jack"))
            engine.open()
            if not _wait(engine, AudioState, 10.0):
                return "the engine opened no sound"
            time.sleep(2.0)
            recorder = Recorder()
            for command in commands:
                engine.send(command)
            during(engine)
            samples, zero_ns = recorder.finish()
        finally:
            engine.close()
        onsets = find_onsets(samples, recorder.rate)
        if clocks:
            return [zero_ns + one * 1e9 / recorder.rate for one in onsets], recorder.rate
        return [float(one) for one in onsets], recorder.rate
    return "the JACK server did not start"


def _serve() -> Iterator[dict[str, str]]:
    server = JackServer(SERVER, PERIOD)
    before = dict(os.environ)
    try:
        server.start()
        yield server.env
    finally:
        server.stop()
        os.environ.clear()
        os.environ.update(before)


def _wait(engine: EngineProcess, kind: type, wait_s: float) -> bool:
    until = time.monotonic() + wait_s
    while time.monotonic() < until:
        if any(isinstance(event, kind) for event in engine.poll()):
            return True
        time.sleep(0.02)
    return False


def measure_rendering() -> list[Measurement]:
    """Seconds of processor for a second of music: band and reference of a chart of 32 bars."""
    from exercises.chart import write_chart_json  # noqa: PLC0415 - heavy
    from exercises.compose.chart import compose_chart  # noqa: PLC0415 - heavy
    from exercises.drill import DrillRequest  # noqa: PLC0415 - heavy
    from exercises.request import resolve_drill  # noqa: PLC0415 - heavy
    from exercises.tempi import tempo_map  # noqa: PLC0415 - heavy
    from game.composer.sounding import render_sound  # noqa: PLC0415 - heavy
    from game.places import HOME_VARIABLE  # noqa: PLC0415 - beside the others
    from game.requests import SoundRequest  # noqa: PLC0415 - beside the others
    from styles.loader import load_styles  # noqa: PLC0415 - beside the others

    style = load_styles().styles["funk"]
    drill = DrillRequest(style="funk", level=6, bars=BARS, seed=5)
    chart = compose_chart(resolve_drill(drill, style), style).chart
    request = SoundRequest(1, write_chart_json(chart), chart.drill.quarter_bpm, 48_000)
    before = os.environ.get(HOME_VARIABLE)
    with tempfile.TemporaryDirectory() as folder:
        os.environ[HOME_VARIABLE] = folder
        try:
            began = time.process_time()
            ready = render_sound(request, chart, style)
            took = time.process_time() - began
        finally:
            os.environ.pop(HOME_VARIABLE)
            if before is not None:
                os.environ[HOME_VARIABLE] = before
    music = tempo_map(chart).seconds_at(chart.end_ql)
    detail = f"{took:.2f} s for {music:.0f} s of music, two tracks, {ready.bank or 'plain tones'}"
    return [_figure("band_render", took / music, "of real time", RENDER_GOAL, detail)]
