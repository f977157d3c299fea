"""Whether a note is ever lost: a hundred thousand of them, a thousand a second, from C."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from game.bench.jack_server import RATE, JackServer
from game.bench.measurement import Measurement, missing

if TYPE_CHECKING:
    from game.devices.client import EngineProcess

NAME = "midi_notes_lost"
SERVER = "first-take-flood"
PROGRAM = "jack_midiseq"
"""Of JACK itself: it plays a round of notes in JACK's own cycle, and is never late."""
NOTES = 100_000
PER_S = 1000
ROUND = 100
LOWEST = 10
"""A round is this key and the following, one after the other."""
DEVICES_S = 30.0


def measure_lost_notes(count: int = NOTES) -> list[Measurement]:
    """Notes that did not arrive, or not in their order, while the click sounds."""
    lacking = [one for one in ("jackd", PROGRAM) if shutil.which(one) is None]
    if lacking:
        return [missing(NAME, "notes", f"not installed here: {', '.join(lacking)}")]
    server = JackServer(SERVER)
    try:
        server.start()
        pitches, took_s = _flood(server, count)
    except (OSError, RuntimeError) as error:
        return [missing(NAME, "notes", str(error))]
    finally:
        server.stop()
    lost = count_lost(pitches) if pitches else count
    detail = f"{len(pitches)} notes in {took_s:.0f} s"
    return [Measurement(NAME, float(lost), "notes", "", None, None, 0.0, not lost, detail)]


def count_lost(pitches: list[int]) -> int:
    """How many notes of the round are missing between these, in a row as they came."""
    steps = [(here - before) % ROUND for before, here in pairwise(pitches)]
    return sum((step - 1) % ROUND for step in steps)


def _flood(server: JackServer, count: int) -> tuple[list[int], float]:
    """The pitches that came, at least so many, and how long it took."""
    from game.bench.clicking import plan_ramp  # noqa: PLC0415 - numpy
    from game.devices.client import EngineProcess  # noqa: PLC0415 - when it is needed
    from game.events import (  # noqa: PLC0415 - as above
        AudioState,
        OpenAudio,
        OpenInput,
        PortFound,
        Start,
    )

    step = RATE // PER_S
    events = [word for n in range(ROUND) for word in (n * step, LOWEST + n, step // 2)]
    before = dict(os.environ)
    os.environ.update(server.env)
    player = subprocess.Popen(  # noqa: S603 - our own arguments
        [PROGRAM, "Flood", *map(str, (ROUND * step, *events))],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    engine = EngineProcess(log=Path(tempfile.mkdtemp()) / "engine.log")
    try:
        engine.send(OpenAudio("jack"))
        engine.open()
        _collect(engine, AudioState, 1)
        engine.send(plan_ramp(count / PER_S + DEVICES_S))
        engine.send(Start())
        time.sleep(2.0)  # the origin has settled on the samples
        engine.send(OpenInput(None))
        _collect(engine, PortFound, 1)
        began = time.monotonic()
        pitches = _collect(engine, None, count)
        return pitches, time.monotonic() - began
    finally:
        engine.close()
        player.kill()
        player.wait()
        os.environ.clear()
        os.environ.update(before)


def _collect(engine: EngineProcess, kind: type | None, count: int) -> list[int]:
    """So many events of a kind; of None the pitches of so many notes."""
    from game.events import NoteEvent  # noqa: PLC0415 - when it is needed

    found: list[int] = []
    until = time.monotonic() + count / PER_S + DEVICES_S
    while len(found) < count and time.monotonic() < until:
        for event in engine.poll():
            if kind is None and isinstance(event, NoteEvent) and event.kind == "on":
                found.append(event.pitch)
            elif kind is not None and isinstance(event, kind):
                found.append(0)
        time.sleep(0.005)
    if not found:
        raise RuntimeError(f"no {'note' if kind is None else kind.__name__} came from the engine")
    return found
