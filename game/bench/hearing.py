"""What is heard, by a recorder on a JACK server: keys beside bare FluidSynth; and rendering."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from game.bench.jack_server import JackServer
from game.bench.measurement import Measurement, missing, percentile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from game.devices.client import EngineProcess
    from game.devices.midi_apis import OutputPort

SERVER = "first-take-hearing"
PERIOD = 256
"""Frames: what players choose, and what a recorder in Python keeps up with."""
STRIKES = 60
STRIKE_S = 0.31
"""No multiple of a period: strikes fall anywhere in it."""
ROUNDS = 2
SETTLE_S = 2.0
KEY, VELOCITY, ORGAN = 76, 120, 16
"""An organ's sound is there at once."""
BARE, BARE_GAIN = "fluidsynth on JACK", 2.0
BARS = 32
RENDER_GOAL = 0.1
"""Of real time, on one core: a three-minute chart within the shortest usual preview."""
KEY_GOAL = 1.25
"""Of the same by the fluidsynth program itself."""
KEY_NAMES = {
    "key_to_sound_p50": ("FluidSynth", 0.5),
    "key_to_sound_p99": ("FluidSynth", 0.99),
    "key_to_sound_built_in_p50": ("built-in sampler", 0.5),
    "key_to_sound_built_in_p99": ("built-in sampler", 0.99),
}
NS = 1_000_000_000


def measure_keys() -> list[Measurement]:
    """Milliseconds from the sending of a note to its sound, beside the fluidsynth program."""
    lacks = _find_lacks()
    if lacks:
        return [missing(name, "ms", lacks) for name in KEY_NAMES]
    waits: dict[str, list[float]] = {}
    try:
        with _serve(), _open_keys() as keys:
            for _ in range(ROUNDS):
                for player, found in (*_measure_game(keys), *_measure_bare(keys)):
                    waits.setdefault(player, []).extend(found)
    except RuntimeError as error:
        return [missing(name, "ms", str(error)) for name in KEY_NAMES]
    return [_compare(name, waits, *which) for name, which in KEY_NAMES.items()]


def _compare(name: str, waits: dict[str, list[float]], player: str, share: float) -> Measurement:
    """One figure beside its baseline; a note that was not heard spoils it."""
    found, bare = waits.get(player, []), waits.get(BARE, [])
    lost, bare_lost = (ROUNDS * STRIKES - len(one) for one in (found, bare))
    if not found or not bare:
        return missing(name, "ms", f"nothing was heard of {player if bare else BARE}")
    value, base = percentile(found, share), percentile(bare, share)
    ok = value <= KEY_GOAL * base and not lost
    detail = f"{player}, {PERIOD} frames"
    if lost or bare_lost:
        detail += f"; {lost} notes were not heard, {bare_lost} of the baseline"
    ratio = round(value / base, 2)
    return Measurement(
        name, round(value, 2), "ms", BARE, round(base, 2), ratio, KEY_GOAL, ok, detail
    )


def _find_lacks() -> str:
    """What of this machine is missing."""
    try:
        import jack  # noqa: F401, PLC0415 - whether it is there
    except (ImportError, OSError):
        return "needs JACK and the Python package JACK-Client"
    lacking = [one for one in ("jackd", "fluidsynth") if shutil.which(one) is None]
    return f"not installed here: {', '.join(lacking)}" if lacking else ""


@contextmanager
def _open_keys() -> Iterator[OutputPort]:
    from game.devices.midi_apis import OutputPort  # noqa: PLC0415 - loads rtmidi

    keys = OutputPort("Bench Keys", client="Bench Keys")
    try:
        yield keys
    finally:
        keys.close()


def _measure_game(keys: OutputPort) -> Iterator[tuple[str, list[float]]]:
    """By each of the game's samplers."""
    from game.bench.recorder import SOURCE  # noqa: PLC0415 - loads numpy
    from game.devices.client import EngineProcess  # noqa: PLC0415 - as above
    from game.events import (  # noqa: PLC0415 - as above
        AudioState,
        InstrumentReady,
        OpenAudio,
        OpenInput,
        PortFound,
        SetInstrument,
        SetMix,
    )

    engine = EngineProcess(log=Path(tempfile.mkdtemp()) / "engine.log")
    try:
        engine.send(SetMix(keys=1.0))
        engine.send(OpenAudio("jack"))
        engine.send(OpenInput(None))
        engine.open()
        _wait(engine, AudioState)
        _wait(engine, PortFound)
        for built_in in (False, True):
            engine.send(SetInstrument(ORGAN, built_in=built_in))
            ready = _wait(engine, InstrumentReady)
            time.sleep(SETTLE_S)
            player = next(p for p, _ in KEY_NAMES.values() if ready.player.startswith(p))
            yield player, _strike(keys, SOURCE)
    finally:
        engine.close()


def _measure_bare(keys: OutputPort) -> Iterator[tuple[str, list[float]]]:
    """By the fluidsynth program, which takes MIDI from JACK and plays on it."""
    import jack  # noqa: PLC0415 - needs the system's library

    from game.soundfont.places import find_bank  # noqa: PLC0415 - beside the other

    options = ("audio.jack.id=bare", "midi.jack.id=bare", "synth.chorus.active=0")
    command = ["fluidsynth", "-q", "-a", "jack", "-m", "jack", "-g", str(BARE_GAIN)]
    command += [word for option in options for word in ("-o", option)]
    process = subprocess.Popen(  # noqa: S603 - our own arguments
        [*command, str(find_bank())],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        time.sleep(SETTLE_S)
        client = jack.Client("patch bay", no_start_server=True)
        (source,) = client.get_ports("Bench Keys.*", is_midi=True, is_output=True)
        (target,) = client.get_ports("bare.*", is_midi=True, is_input=True)
        client.connect(source, target)
        client.close()
        keys.send([0xC0, ORGAN])
        yield BARE, _strike(keys, "bare.*left")
    finally:
        process.kill()
        process.wait()


def _strike(keys: OutputPort, source: str) -> list[float]:
    """Milliseconds from each of some notes to its sound."""
    from game.bench.recorder import Recorder, find_onsets  # noqa: PLC0415 - loads numpy

    recorder, sent = Recorder(source), []
    for _ in range(STRIKES):
        sent.append(time.monotonic_ns())
        keys.send([0x90, KEY, VELOCITY])
        time.sleep(STRIKE_S / 2)
        keys.send([0x80, KEY, 0])
        time.sleep(STRIKE_S / 2)
    samples, zero_ns = recorder.finish()
    clocks = [zero_ns + one * NS / recorder.rate for one in find_onsets(samples, recorder.rate)]
    found = []
    for clock in sent:
        later = [one - clock for one in clocks if 0 <= one - clock < STRIKE_S / 2 * NS]
        found += [min(later) / 1e6] if later else []
    return found


@contextmanager
def _serve() -> Iterator[None]:
    """A JACK server that this process and its children use."""
    server = JackServer(SERVER, PERIOD)
    before = dict(os.environ)
    try:
        server.start()
        os.environ.update(server.env)
        yield
    finally:
        server.stop()
        os.environ.clear()
        os.environ.update(before)


def _wait(engine: EngineProcess, kind: type, wait_s: float = 15.0) -> Any:  # noqa: ANN401 - of that kind
    until = time.monotonic() + wait_s
    while time.monotonic() < until:
        for event in engine.poll():
            if isinstance(event, kind):
                return event
        time.sleep(0.02)
    raise RuntimeError(f"no {kind.__name__} came from the engine")


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
    share = round(took / music, 3)
    ok = share <= RENDER_GOAL
    return [
        Measurement("band_render", share, "of real time", "", None, None, RENDER_GOAL, ok, detail)
    ]
