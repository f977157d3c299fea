"""Aligning a long take with mistakes, against reading the clock's own floor: time a note."""

from __future__ import annotations

import time
from fractions import Fraction
from statistics import median

from game.bench.measurement import Measurement

SIZES = (1000, 6000)
GOALS_S = {1000: 1.0, 6000: 8.0}
RUNS = 3


def measure_aligning() -> list[Measurement]:
    """Grade takes of 1,000 and 6,000 notes with 15 % mistakes; the goal bounds the seconds."""
    from exercises.chart import Bar, Chart, Note, number_notes  # noqa: PLC0415
    from exercises.drill import Drill  # noqa: PLC0415
    from exercises.timeline import Timeline  # noqa: PLC0415
    from game.performer import PROFILES, perform  # noqa: PLC0415
    from game.scoring.grade import grade_take  # noqa: PLC0415

    timeline = Timeline.steady(120)
    results = []
    for size in SIZES:
        notes = [
            Note(
                id="",
                onset_ql=Fraction(index, 2),
                duration_ql=Fraction(1, 2),
                pitch=48 + index * 7 % 36,
                spelling="C4",
                staff=1,
                voice=1,
            )
            for index in range(size)
        ]
        bars = tuple(
            Bar(number=n + 1, onset_ql=Fraction(4 * n), duration_ql=Fraction(4), meter="4/4")
            for n in range(size // 8 + 1)
        )
        drill = Drill(
            style="", level=5, kind="grand", key="C", meter="4/4", bars=len(bars),
            quarter_bpm=120, hands="both", seed=0, code="",
        )  # fmt: skip
        chart = Chart(drill=drill, bars=bars, notes=number_notes(notes))
        take = perform(
            chart, PROFILES["sloppy"], timeline=timeline, style=None, level=5, seed=1
        ).events
        times = []
        for _ in range(RUNS):
            before = time.perf_counter()
            grade_take(chart, take, timeline=timeline, style=None, level=5)
            times.append(time.perf_counter() - before)
        value = median(times)
        results.append(
            Measurement(
                name=f"align_{size}",
                value=round(value, 3),
                unit="s",
                baseline="the goal itself, in seconds",
                baseline_value=None,
                ratio=None,
                goal=GOALS_S[size],
                ok=value <= GOALS_S[size],
            )
        )
    return results
