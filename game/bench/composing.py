"""Composing a 16-bar grand staff, against music21's own MusicXML export of the same chart."""

from __future__ import annotations

import time

from game.bench.measurement import Measurement, compare, percentile

CHARTS = 40
BARS = 16
LEVEL = 7
GOAL = 1.5


def measure_composing() -> list[Measurement]:
    """Compose and export charts in turn, over the styles in turn, each with its own seed."""
    from music21.musicxml.m21ToXml import GeneralObjectExporter  # noqa: PLC0415 - heavy

    from exercises.compose.chart import compose_chart  # noqa: PLC0415
    from exercises.drill import DrillRequest  # noqa: PLC0415
    from exercises.notation.notate import notate  # noqa: PLC0415
    from exercises.request import resolve_drill  # noqa: PLC0415
    from exercises.score.writer import build_score  # noqa: PLC0415
    from styles.loader import load_styles  # noqa: PLC0415

    styles = sorted(load_styles().styles.items())
    composing: list[float] = []
    exporting: list[float] = []
    for seed in range(CHARTS + len(styles)):
        name, style = styles[seed % len(styles)]
        request = DrillRequest(style=name, level=LEVEL, bars=BARS, seed=seed, meter="4/4")
        before = time.perf_counter()
        composition = compose_chart(resolve_drill(request, style), style)
        composed = time.perf_counter() - before
        score = build_score(composition.chart, notate(composition.chart))
        before = time.perf_counter()
        GeneralObjectExporter(score).parse()
        exported = time.perf_counter() - before
        if seed >= len(styles):  # The first of each style warms the caches.
            composing.append(composed * 1000)
            exporting.append(exported * 1000)
    return [
        compare(
            f"compose_16_bars_{label}",
            percentile(composing, share),
            "ms",
            baseline=f"music21's MusicXML export of the same charts, {label}",
            baseline_value=percentile(exporting, share),
            goal=GOAL,
        )
        for label, share in (("p50", 0.5), ("p95", 0.95))
    ]
