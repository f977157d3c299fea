"""The click as another JACK client records it, and MIDI stamps against the moment of sending."""

from __future__ import annotations

import importlib.util
import json
import os
import select
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import msgspec
import numpy as np

from game.bench.jack_server import JackServer
from game.bench.load import busy_cores
from game.bench.measurement import Measurement, missing, percentile
from game.devices.click import click_sample
from game.devices.client import EngineProcess
from game.events import (
    AudioState,
    Click,
    ClickPlan,
    EngineEvent,
    NoteEvent,
    OpenAudio,
    OpenInput,
    PortFound,
    SetMix,
    Start,
    TransportStarted,
    TransportStopped,
    Underrun,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy.typing as npt

CLICKS = "click_deviation"
STAMPS = {"midi_stamp_error_p50": 0.5, "midi_stamp_error_p99": 0.99}
SERVER = "first-take-bench-time"
NS = 1_000_000_000
TAKE_S = 600.0
SLOWEST_BPM, FASTEST_BPM = 40.0, 300.0
"""The take is one ramp from the one to the other."""
RECORD_PERIOD = 512
"""Frames: a period that a Python client keeps up with."""
APART_S = 0.1
"""Silence between two clicks, which are over in half of that."""
LOUD = 0.05
NOTES = 2000
STAMP_GOAL_MS = 0.5
DEVICES_S = 30.0

RECORDER = """
import sys, time, jack
client = jack.Client("recorder", no_start_server=True)
port = client.inports.register("in")
blocks = []
def process(frames):
    data = port.get_array()
    if data.any():
        blocks.append((client.last_frame_time, data.tobytes()))
client.set_process_callback(process)
client.activate()
(source,) = client.get_ports("First Take.*:playback0", is_output=True)
client.connect(source, port)
print("ready", flush=True)
sys.stdin.readline()
client.deactivate()
with open(sys.argv[1], "wb") as file:
    for frame, data in blocks:
        file.write(frame.to_bytes(8, "little") + len(data).to_bytes(8, "little") + data)
"""

SENDER = """
import sys, time, json, jack
client = jack.Client("Keys", no_start_server=True)
port = client.midi_outports.register("out")
clocks, cycles, count = [], [0], [0]
def process(frames):
    port.clear_buffer()
    cycles[0] += 1
    if count[0] and cycles[0] % 3 == 0:
        count[0] -= 1
        clocks.append(time.monotonic_ns())
        port.write_midi_event(0, (0x90, 36 + len(clocks) % 60, 1 + len(clocks) % 127))
client.set_process_callback(process)
client.activate()
print("ready", flush=True)
count[0] = int(sys.stdin.readline())
while count[0]:
    time.sleep(0.05)
time.sleep(0.5)
print(json.dumps(clocks), flush=True)
sys.stdin.readline()
"""
"""A keyboard that plays at the start of every third period."""

Event = TypeVar("Event")


def plan_ramp(take_s: float) -> ClickPlan:
    """Clicks from the slowest to the fastest tempo, each beat a little shorter."""
    clicks: list[Click] = []
    at = 0.0
    while at < take_s:
        clicks.append(Click(at, accent=len(clicks) % 4 == 0))
        bpm = SLOWEST_BPM + (FASTEST_BPM - SLOWEST_BPM) * at / take_s
        at += 60.0 / bpm
    return ClickPlan(start_s=-0.5, end_s=take_s + 0.5, clicks=tuple(clicks))


def measure_click_deviation(take_s: float = TAKE_S) -> list[Measurement]:
    """Samples by which the clicks of a take are off their places, beside a constant start.

    Every core is busy meanwhile.
    """
    if importlib.util.find_spec("jack") is None:
        return [missing(CLICKS, "samples", "needs the package JACK-Client")]
    plan = plan_ramp(take_s)
    server = JackServer(SERVER, RECORD_PERIOD)
    try:
        server.start()
    except (OSError, RuntimeError) as error:
        return [missing(CLICKS, "samples", str(error))]
    with tempfile.TemporaryDirectory() as folder:
        recording = Path(folder) / "blocks"
        try:
            with busy_cores() as cores:
                rate, underruns = _record(server, plan, recording)
        finally:
            server.stop()
        onsets = find_onsets(recording.read_bytes(), rate)
    due = [click_sample(click.onset_s, plan.start_s, rate) for click in plan.clicks]
    if len(onsets) != len(due):
        return [missing(CLICKS, "samples", f"{len(onsets)} of {len(due)} clicks were recorded")]
    offsets = [heard - place for heard, place in zip(onsets, due, strict=True)]
    found = _bounded(CLICKS, float(max(offsets) - min(offsets)), "samples", 0.0)
    detail = f"{len(due)} clicks in {take_s:.0f} s, {underruns} underruns, {cores} cores busy"
    return [msgspec.structs.replace(found, detail=detail)]


def measure_midi_stamps() -> list[Measurement]:
    """From a message put into JACK to its stamp, in ms: the click sounds, every core is busy."""
    if importlib.util.find_spec("jack") is None:
        return [missing(name, "ms", "needs the package JACK-Client") for name in STAMPS]
    server = JackServer(SERVER)
    try:
        server.start()
    except (OSError, RuntimeError) as error:
        return [missing(name, "ms", str(error)) for name in STAMPS]
    try:
        with busy_cores() as cores:
            errors = _stamp(server)
    finally:
        server.stop()
    if not errors:
        return [missing(name, "ms", "no note arrived") for name in STAMPS]
    lost = NOTES - len(errors)
    detail = f"{lost} of {NOTES} notes lost, {cores} cores busy"
    return [
        msgspec.structs.replace(found, ok=found.ok and not lost, detail=detail)
        for name, share in STAMPS.items()
        for found in [_bounded(name, round(percentile(errors, share), 3), "ms", STAMP_GOAL_MS)]
    ]


def find_onsets(recording: bytes, rate: int) -> list[int]:
    """The frames at which silence ends, in a recording of (frame, length, samples) blocks."""
    onsets: list[int] = []
    last_loud = -rate
    for frame, samples in _read_blocks(recording):
        for at in np.flatnonzero(np.abs(samples) > LOUD):
            here = frame + int(at)
            if here - last_loud > APART_S * rate:
                onsets.append(here)
            last_loud = here
    return onsets


def _read_blocks(recording: bytes) -> Iterator[tuple[int, npt.NDArray[np.float32]]]:
    at = 0
    while at < len(recording):
        frame, size = (int.from_bytes(recording[at + k : at + k + 8], "little") for k in (0, 8))
        yield frame, np.frombuffer(recording[at + 16 : at + 16 + size], np.float32)
        at += 16 + size


def _record(server: JackServer, plan: ClickPlan, recording: Path) -> tuple[int, int]:
    """Play a plan, and record it; gives the rate, and how often the device was fed too late."""
    engine = _open_engine(server)
    try:
        engine.send(SetMix(click=1.0))
        engine.send(OpenAudio("jack"))
        engine.open()
        state = _wait_for(engine, AudioState)
        time.sleep(2.0)  # the MIDI ports are open and the device's clock is known
        helper = _start_helper(server, RECORDER, str(recording))
        engine.send(plan)
        engine.send(Start())
        seen = _wait_seeing(engine, TransportStopped, plan.end_s - plan.start_s + DEVICES_S)
        helper.communicate("\n", timeout=DEVICES_S)
        return state.rate, max((e.count for e in seen if isinstance(e, Underrun)), default=0)
    finally:
        engine.close()


def _stamp(server: JackServer) -> Sequence[float]:
    """The errors of the stamps in ms; fewer where notes were lost."""
    helper = _start_helper(server, SENDER)
    engine = _open_engine(server)
    try:
        engine.send(OpenInput(None))
        engine.send(OpenAudio("jack"))
        engine.open()
        _wait_for(engine, AudioState)
        _wait_for(engine, PortFound)
        engine.send(plan_ramp(60.0))
        engine.send(Start())
        _wait_for(engine, TransportStarted)
        time.sleep(2.0)  # the origin has settled on the samples
        _write_line(helper, str(NOTES))
        notes = _collect(engine, helper)
        clocks = json.loads(_read_line(helper))
        _write_line(helper, "")
        helper.wait(DEVICES_S)
        sent = {(36 + n % 60, 1 + n % 127): clock for n, clock in enumerate(clocks, 1)}
        return [abs(stamp - sent[name]) / 1e6 for name, stamp in notes.items()]
    finally:
        helper.kill()
        engine.close()


def _collect(engine: EngineProcess, helper: subprocess.Popen[str]) -> dict[tuple[int, int], float]:
    """The monotonic clock of each note's stamp (ns) by its pitch and velocity.

    The origin follows the sound device, so it is asked for whenever notes are.
    """
    notes: dict[tuple[int, int], float] = {}
    answers = helper.stdout
    if answers is None:
        return notes
    is_over = False
    while not is_over:
        is_over = bool(select.select([answers], [], [], 0.005)[0])
        origin_ns = time.monotonic_ns() - (engine.now_s() or 0.0) * NS
        for event in engine.poll():
            if isinstance(event, NoteEvent):
                notes[event.pitch, event.velocity] = event.onset_s * NS + origin_ns
    return notes


def _open_engine(server: JackServer) -> EngineProcess:
    os.environ.update(server.env)
    return EngineProcess()


def _start_helper(server: JackServer, program: str, *words: str) -> subprocess.Popen[str]:
    helper = subprocess.Popen(  # noqa: S603 - our own interpreter and program
        [sys.executable, "-c", program, *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **server.env},
    )
    _read_line(helper)
    return helper


def _read_line(helper: subprocess.Popen[str]) -> str:
    return helper.stdout.readline() if helper.stdout else ""


def _write_line(helper: subprocess.Popen[str], line: str) -> None:
    if helper.stdin:
        helper.stdin.write(f"{line}\n")
        helper.stdin.flush()


def _wait_for(engine: EngineProcess, kind: type[Event], wait_s: float = DEVICES_S) -> Event:
    (found,) = (e for e in _wait_seeing(engine, kind, wait_s)[-1:] if isinstance(e, kind))
    return found


def _wait_seeing(engine: EngineProcess, kind: type, wait_s: float = DEVICES_S) -> list[EngineEvent]:
    """All that the engine says up to the first event of a kind."""
    until = time.monotonic() + wait_s
    seen: list[EngineEvent] = []
    while time.monotonic() < until:
        for event in engine.poll():
            seen.append(event)
            if isinstance(event, kind):
                return seen
        time.sleep(0.01)
    raise RuntimeError(f"no {kind.__name__} from the engine")


def _bounded(name: str, value: float, unit: str, goal: float) -> Measurement:
    return Measurement(
        name=name,
        value=value,
        unit=unit,
        baseline="",
        baseline_value=None,
        ratio=None,
        goal=goal,
        ok=value <= goal,
    )
