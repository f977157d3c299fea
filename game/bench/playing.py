"""Takes in a terminal with all that sounds and moves at once, on a JACK server: who comes late.

Click, band and keyboard sound, a robot at the keys, the stage at 160 by 50, and a composer that
composes all the time.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack, contextmanager
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from game.bench.jack_server import RATE, JackServer, may_run_in_real_time
from game.bench.measurement import Measurement, missing, percentile
from game.bench.playing_facts import (
    REPORT_VARIABLE,
    Facts,
    Order,
    Run,
    count_dropped,
    match_stamps,
    read_blocks,
    sort_underruns,
)
from game.bench.stage_run import read_terminal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from game.bench.playing_facts import Block, Underruns

SERVER = "first-take-bench-playing"
PERIOD = 256
"""Frames: what players choose."""
SECONDS = 60.0
PREVIEW_S = 8
"""Long enough for the band to be rendered."""
SETTLE_S = 2.0
ANSWER_S = 30.0
PORT = "First Take Bench"
NS = 1_000_000_000
FRAME_MS = 1000 / 60
NAMES = {
    "playing_underruns": ("times", 0.0),
    "playing_callback_p50": ("of the buffer", 0.2),
    "playing_callback_p99": ("of the buffer", 0.2),
    "playing_stamp_p50": ("ms", 0.5),
    "playing_stamp_p99": ("ms", 0.5),
    "playing_frame_p50": ("ms", 1.1 * FRAME_MS),
    "playing_frame_p99": ("ms", 2 * FRAME_MS),
}
"""Measurement to unit and goal. A frame that is missed is seen for two."""
CORE_TIMES = Path("/proc/stat")
ROBOT = f"""
import gc, json, sys, time, jack
client = jack.Client({PORT!r}, no_start_server=True)
port = client.midi_outports.register("out")
struck, cycle, on = [], [0], [0]
pitches = [36 + n * 7 % 60 for n in range(60)]
def process(frames):
    port.clear_buffer()
    at = cycle[0] % 9
    if at == 0:
        n = len(struck)
        pitch, velocity = pitches[n % 60], 1 + n % 127
        port.write_midi_event(0, (0x90, pitch, velocity))
        since = client.frames_since_cycle_start
        struck.append((pitch, velocity, time.monotonic_ns(), since))
        on[0] = pitch
    elif at == 7 and on[0]:
        port.write_midi_event(0, (0x80, on[0], 0))
    cycle[0] += 1
client.set_process_callback(process)
gc.disable()
client.activate()
sys.stdin.readline()
client.deactivate()
rate = client.samplerate
print(json.dumps([(p, v, clock - since * 1_000_000_000 // rate) for p, v, clock, since in struck]))
"""
"""A keyboard in JACK's own cycle, 21 notes a second at 48 kHz. Gives pitch, velocity and the moment
of each: the beginning of its cycle, on the monotonic clock."""


WITNESS = """
import gc, json, os, sys, threading, time
gc.disable()
os.sched_setaffinity(0, {int(sys.argv[1])})
os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(60))
over, stalls = threading.Event(), []
threading.Thread(target=lambda: (sys.stdin.readline(), over.set()), daemon=True).start()
last = time.monotonic_ns()
while not over.is_set():
    time.sleep(0.001)
    now = time.monotonic_ns()
    if now - last > 2_500_000:
        stalls.append((last, now))
    last = now
print(json.dumps(stalls))
"""
"""Does nothing but sleep on one core, in real time before everything else. Where it comes late the
core itself stood still: the host of a virtual machine had given it away."""
MOST_WITNESSES = 8


def measure_playing(take_s: float = SECONDS) -> list[Measurement]:
    """Underruns, time of the sound's callback, errors of stamps, and gaps between frames."""
    run = play_takes(take_s)
    if isinstance(run, str):
        return [missing(name, unit, run) for name, (unit, _) in NAMES.items()]
    return judge(run)


def judge(run: Run) -> list[Measurement]:
    """The figures of a run, between its beginning and its end."""
    facts = run.facts
    blocks = [one for one in run.blocks if facts.began_ns <= one.clock_ns <= facts.ended_ns]
    shares = [block.since_frames / block.frames for block in blocks]
    errors, missed = match_stamps(run.struck, facts)
    dropped = count_dropped(missed, run.said)
    lost = len(missed) - dropped
    gaps = [(b - a) / 1e6 for take in facts.frames for a, b in pairwise(take)]
    if not (shares and errors and gaps):
        what = "no sound" if not shares else "no notes" if not errors else "no frames"
        return [missing(name, unit, f"{what} came") for name, (unit, _) in NAMES.items()]
    late = sort_underruns(run.said, run.stalls, facts)
    values = {
        "playing_underruns": float(late.ours),
        "playing_callback_p50": percentile(shares, 0.5),
        "playing_callback_p99": percentile(shares, 0.99),
        "playing_stamp_p50": percentile(errors, 0.5),
        "playing_stamp_p99": percentile(errors, 0.99),
        "playing_frame_p50": percentile(gaps, 0.5),
        "playing_frame_p99": percentile(gaps, 0.99),
    }
    details = _say_details(run, blocks, late)
    details["playing_stamp_p99"] = f"{len(errors)} notes, {lost} lost, {dropped} in late cycles"
    details["playing_frame_p99"] = (
        f"{1000 * len(gaps) / sum(gaps):.1f} a second, {max(gaps):.0f} ms"
    )
    return [
        Measurement(
            name=name,
            value=round(values[name], 3),
            unit=unit,
            baseline="",
            baseline_value=None,
            ratio=None,
            goal=round(goal, 2),
            ok=values[name] <= goal and not (name == "playing_stamp_p99" and lost),
            detail=details.get(name, ""),
        )
        for name, (unit, goal) in NAMES.items()
    ]


def _say_details(run: Run, blocks: Sequence[Block], late: Underruns) -> dict[str, str]:
    """What stands beside the figures, by measurement."""
    facts = run.facts
    seconds = (facts.ended_ns - facts.began_ns) / NS
    worst = max(block.since_frames / block.frames for block in blocks)
    work = percentile([one.work_ns * RATE / NS / one.frames for one in blocks], 0.99)
    still = [(e - b) / 1e6 for b, e in run.stalls if facts.began_ns <= b <= facts.ended_ns]
    late_here = sum(block.since_frames >= block.frames for block in blocks)
    stood = f" ({len(still)} times a core stood still, up to {max(still):.0f} ms)" if still else ""
    return {
        "playing_underruns": f"{', '.join((*late.whose, ''))}{late.machine} more by the machine "
        f"itself{stood}, {late.others} by others; {seconds:.0f} s, {facts.takes} takes with "
        f"{facts.bands} bands, {facts.composed} charts composed beside, cores {run.load:.0%} busy",
        "playing_callback_p99": f"{len(blocks)} blocks of {PERIOD}, mixing alone {work:.3f}, "
        f"worst {worst:.2f}, {late_here} longer than the buffer, {facts.told} times behind for "
        f"good; {facts.instrument}",
    }


def play_takes(seconds: float) -> Run | str:
    """Play for so long; in words what is missing for it."""
    if os.name == "nt":
        return "needs a pseudo terminal (Linux or macOS)"
    if importlib.util.find_spec("jack") is None:
        return "needs the package JACK-Client"
    server = JackServer(SERVER, PERIOD)
    try:
        server.start()
        return _play(server, seconds) or "the game did not come to its end"
    except (OSError, RuntimeError) as error:
        return str(error)
    finally:
        server.stop()


def _play(server: JackServer, seconds: float) -> Run | None:
    order = Order(PORT, "funk", 6, 64, 120.0, PREVIEW_S, SETTLE_S, seconds)
    with tempfile.TemporaryDirectory() as home:
        report, blocks = Path(home) / "facts.json", Path(home) / "blocks"
        ours = {
            **server.env,
            "FIRST_TAKE_HOME": home,
            "PYTHONPATH": os.pathsep.join(sys.path),
            REPORT_VARIABLE: str(blocks),
        }
        command = [sys.executable, "-m", "game.bench.playing_game", str(report)]
        with _start(ROBOT, env=ours) as robot, _watch_cores() as witnesses:
            before = _times()
            for _ in read_terminal([*command, msgspec.json.encode(order).decode()], ours):
                pass
            idle, whole = (b - a for a, b in zip(before, _times(), strict=True))
            struck = _ask(robot)
            stalls = [stall for each in witnesses for stall in _ask(each)]
        if not (report.exists() and blocks.exists()):
            return None
        facts = msgspec.json.decode(report.read_bytes(), type=Facts)
        load = 1 - idle / whole if whole else 0.0
        return Run(facts, read_blocks(blocks.read_bytes()), struck, server.said, stalls, load)


@contextmanager
def _start(program: str, *words: str, env: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """A program that runs until it is asked what it has seen."""
    process = subprocess.Popen(  # noqa: S603 - our own interpreter and program
        [sys.executable, "-c", program, *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **env},
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def _ask(process: subprocess.Popen[str]) -> list[Any]:
    """What it has seen."""
    answer, _ = process.communicate("\n", timeout=ANSWER_S)
    seen: list[Any] = [tuple(each) for each in msgspec.json.decode(answer)]
    return seen


@contextmanager
def _watch_cores() -> Iterator[list[subprocess.Popen[str]]]:
    """A witness on each core, where programs may run in real time."""
    cores = min(os.cpu_count() or 1, MOST_WITNESSES) if may_run_in_real_time() else 0
    with ExitStack() as stack:
        yield [stack.enter_context(_start(WITNESS, str(core), env={})) for core in range(cores)]


def _times() -> tuple[int, int]:
    """Of all cores since the machine was started: idle, and in all, in ticks; zeros elsewhere."""
    if not CORE_TIMES.exists():
        return 0, 0
    ticks = [int(word) for word in CORE_TIMES.read_text().splitlines()[0].split()[1:9]]
    return ticks[3] + ticks[4], sum(ticks)
