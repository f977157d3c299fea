"""Aligning long takes with mistakes, beside parangonar's DualDTW in the same run.

Seconds are those of the processor, which other work on the machine leaves alone.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from fractions import Fraction
from math import log
from random import Random
from statistics import median
from typing import TYPE_CHECKING

from game.bench.measurement import Measurement, compare, missing, percentile
from game.bench.rival import time_rival

if TYPE_CHECKING:
    from collections.abc import Sequence

    from exercises.chart import Chart
    from game.events import NoteEvent
    from game.scoring.expectation import Expected
    from game.scoring.results import PlayedNote

RUNS = {100: 9, 1000: 5, 6000: 3, 10000: 1}
GOAL_RATIOS = {1000: 1 / 3, 6000: 1 / 30}
"""Of the time that parangonar takes."""
GOALS_S = {100: 0.05, 1000: 0.3, 6000: 2.0, 10000: 4.0}
"""Where there is nothing to compare with."""
GOAL_GROWTH = 1.2
"""Exponent between 1,000 and 10,000 notes: n log n is 1.15."""
GOAL_MARK_MS = 1.0
GOAL_IMPORT_S, GOAL_IMPORT_MB = 0.3, 60.0
NOTES_PER_BAR = 10.5
QUARTER_BPM = 110.0

IMPORT = """
import sys, time
before = time.process_time()
import game.scoring.grade
took = time.process_time() - before
try:
    lines = open("/proc/self/status").readlines()
    peak = next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
except OSError:
    import resource
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(took, peak / 1024)
"""
"""The peak of the program itself in MB: where Linux tells it, not that of who started it."""


def measure_aligning() -> list[Measurement]:
    """Align takes of 100 to 10,000 notes with 15 % mistakes and some restarts, to a click."""
    from game.scoring.align import align_take  # noqa: PLC0415 - numpy

    times: dict[int, float] = {}
    jobs: list[tuple[Sequence[Expected], Sequence[PlayedNote], int]] = []
    for size, runs in RUNS.items():
        expected, played = _take(size)
        own: list[float] = []
        for _ in range(runs):
            before = time.process_time()
            align_take(expected, played)
            own.append(time.process_time() - before)
        times[size] = median(own)
        if size in GOAL_RATIOS:
            jobs.append((expected, played, runs if size == min(GOAL_RATIOS) else 1))
    theirs, trouble = time_rival(jobs)
    rivals = dict(zip(GOAL_RATIOS, theirs, strict=False))
    results = [_beside(size, value, rivals.get(size), trouble) for size, value in times.items()]
    growth = log(times[10000] / times[1000]) / log(10)
    results.append(
        _bounded("align_growth", growth, "", "exponent of the notes, 1,000 to 10,000", GOAL_GROWTH)
    )
    return results


def measure_live_marking() -> list[Measurement]:
    """The time that a mark takes while playing, at the slowest hundredth."""
    from exercises.timeline import Timeline  # noqa: PLC0415
    from game.scoring.live import LiveMarker  # noqa: PLC0415

    chart, events = perform_chart(1000)
    live = LiveMarker(chart, timeline=Timeline.steady(QUARTER_BPM), style=None, level=5)
    spans: list[float] = []
    for event in events:
        before = time.process_time()
        live.advance(event.onset_s)
        live.feed(event)
        spans.append((time.process_time() - before) * 1000.0)
    value = percentile(spans, 0.99)
    return [_bounded("live_mark_p99", value, "ms", "the goal itself", GOAL_MARK_MS)]


def measure_import() -> list[Measurement]:
    """What it costs to import the grade into a fresh interpreter: time and memory."""
    if os.name == "nt":
        names = ("import_scoring", "import_scoring_memory")
        return [missing(name, "", "needs getrusage (Linux or macOS)") for name in names]
    seconds: list[float] = []
    memory: list[float] = []
    for _ in range(RUNS[1000]):
        result = subprocess.run(  # noqa: S603 - our own interpreter
            [sys.executable, "-c", IMPORT], capture_output=True, text=True, check=True
        )
        took, peak = result.stdout.split()
        seconds.append(float(took))
        memory.append(float(peak))
    return [
        _bounded("import_scoring", median(seconds), "s", "the goal itself", GOAL_IMPORT_S),
        _bounded("import_scoring_memory", median(memory), "MB", "the goal itself", GOAL_IMPORT_MB),
    ]


def _beside(size: int, value: float, rival: float | None, trouble: str) -> Measurement:
    """A time beside parangonar's, or beside a bound where there is none."""
    name = f"align_{size}"
    if rival is not None:
        baseline = "parangonar's DualDTW"
        goal = round(GOAL_RATIOS[size], 3)
        return compare(name, value, "s", baseline=baseline, baseline_value=rival, goal=goal)
    said = trouble if size in GOAL_RATIOS else ""
    return _bounded(name, value, "s", "the goal itself", GOALS_S[size], detail=said)


def _bounded(
    name: str, value: float, unit: str, baseline: str, goal: float, detail: str = ""
) -> Measurement:
    """A measurement whose goal bounds the value."""
    return Measurement(
        name=name,
        value=round(value, 4),
        unit=unit,
        baseline=baseline,
        baseline_value=None,
        ratio=None,
        goal=goal,
        ok=value <= goal,
        detail=detail,
    )


def _take(size: int) -> tuple[Sequence[Expected], Sequence[PlayedNote]]:
    from exercises.timeline import Timeline  # noqa: PLC0415
    from game.scoring.expectation import expect_notes  # noqa: PLC0415
    from game.scoring.performance import pair_notes  # noqa: PLC0415

    chart, events = perform_chart(size)
    timeline = Timeline.steady(QUARTER_BPM)
    return expect_notes(chart, timeline=timeline, style=None, level=5), pair_notes(events)


def perform_chart(size: int) -> tuple[Chart, tuple[NoteEvent, ...]]:
    """A chart of about as many notes, and a take of it with mistakes and a few restarts."""
    from exercises.timeline import Timeline  # noqa: PLC0415
    from game.performer.performance import perform  # noqa: PLC0415
    from game.performer.profiles import Profile  # noqa: PLC0415

    chart = _two_hands(round(size / NOTES_PER_BAR))
    profile = Profile(
        spread_ms=35, chord_spread_ms=12, wrong=0.06, missing=0.05, extra=0.04, stumbles=0.02
    )
    timeline = Timeline.steady(QUARTER_BPM)
    return chart, perform(chart, profile, timeline=timeline, style=None, level=5, seed=1).events


def _two_hands(bars: int) -> Chart:
    """A wandering melody over chords in halves."""
    from exercises.chart import Bar, Chart, Note, number_notes  # noqa: PLC0415
    from exercises.drill import Drill  # noqa: PLC0415

    dice = Random(7)  # noqa: S311 - dice, no secret
    notes: list[Note] = []
    pitch = 72

    def add(onset: Fraction, length: Fraction, key: int, staff: int) -> None:
        notes.append(
            Note(
                id="", onset_ql=onset, duration_ql=length, pitch=key, spelling="C4", staff=staff,
                voice=1,
            )
        )  # fmt: skip

    for half in range(2 * bars):
        onset = Fraction(2 * half)
        lengths = dice.choice(((1, 1), (0.5, 0.5, 1), (0.5,) * 4, (1.5, 0.5), (2,)))
        for length in map(Fraction, lengths):
            pitch = min(88, max(60, pitch + dice.choice((-4, -2, -1, 1, 2, 3, 5))))
            add(onset, length, pitch, 1)
            onset += length
        root = dice.choice((41, 43, 45, 46, 48))
        for step in (0, dice.choice((3, 4)), 7):
            add(Fraction(2 * half), Fraction(2), root + step, 2)
    grid = tuple(
        Bar(number=n + 1, onset_ql=Fraction(4 * n), duration_ql=Fraction(4), meter="4/4")
        for n in range(bars)
    )
    drill = Drill(
        style="", level=5, kind="grand", key="C", meter="4/4", bars=bars,
        quarter_bpm=QUARTER_BPM, hands="both", seed=0, code="",
    )  # fmt: skip
    return Chart(drill=drill, bars=grid, notes=number_notes(notes))
