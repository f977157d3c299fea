"""`first-take fingerprint`: composed charts measured against the bands of their style."""

from __future__ import annotations

import json
import sys
from functools import partial
from statistics import fmean, pstdev
from typing import TYPE_CHECKING, Any

import click

from game.commands.drill_options import find_style
from game.parallel import run_parallel

if TYPE_CHECKING:
    from styles.schema import Band, Style

FORMAT, VERSION = "first-take/fingerprint", 1
LEVELS = (6, 7, 8, 9)
"""The levels that have the whole vocabulary of a pack; the charts of a batch go round them."""
BARS = 16
"""Long enough for a chart's shares to mean something."""
GOAL = 0.85
"""Share of all single findings that must lie inside the bands."""

Values = dict[str, "float | None"]


@click.command()
@click.option("--style", "style_id", required=True, help="Genre: see first-take styles.")
@click.option("-n", "count", type=click.IntRange(1), default=100, show_default=True)
@click.option("--level", type=click.IntRange(1, 10), help="One level; else 6 to 9 in turn.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="The first.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def command(style_id: str, count: int, level: int | None, seed: int, as_json: bool) -> None:
    """Measure composed charts against the style's bands.

    Exit code 1 where fewer than 85 % of all findings are inside.
    """
    style = find_style(style_id)
    levels = LEVELS if level is None else (level,)
    measured = measure_many(style, count, levels, seed)
    document = describe(style, measured, levels)
    if as_json:
        print(json.dumps(document, indent=1))
    else:
        _print_table(document)
    sys.exit(0 if document["ok"] else 1)


def measure_many(style: Style, count: int, levels: tuple[int, ...], first: int) -> list[Values]:
    """The features of many charts in the order of their seeds, with a progress bar."""
    from rich.console import Console  # noqa: PLC0415 - only for long work
    from rich.progress import Progress  # noqa: PLC0415

    found: dict[int, Values] = {}
    items = range(first, first + count)
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(style.name, total=count)
        for seed, values in run_parallel(partial(measure_seed, style, levels), items):
            found[seed] = values
            progress.advance(task)
    return [found[seed] for seed in items]


def measure_seed(style: Style, levels: tuple[int, ...], seed: int) -> Values:
    """Compose the chart of a seed and measure it."""
    from exercises.compose.chart import compose_chart  # noqa: PLC0415 - heavy
    from exercises.drill import DrillRequest  # noqa: PLC0415
    from exercises.fingerprint.chart import measure_chart  # noqa: PLC0415
    from exercises.request import resolve_drill  # noqa: PLC0415

    request = DrillRequest(style.id, levels[seed % len(levels)], bars=BARS, seed=seed)
    return measure_chart(compose_chart(resolve_drill(request, style), style).chart, style)


def describe(style: Style, measured: list[Values], levels: tuple[int, ...]) -> dict[str, Any]:
    """The document of a batch: each feature's spread, its band and how many charts keep to it."""
    from exercises.fingerprint.chart import FEATURES, is_inside  # noqa: PLC0415

    rows = []
    checked: list[bool] = []
    for name, (_, meaning) in FEATURES.items():
        values = sorted(each[name] or 0.0 for each in measured if each[name] is not None)
        band = style.fingerprint.get(name)
        inside = is_inside(name, values, band) if band else []
        checked += inside
        rows.append(
            {"name": name, "meaning": meaning, **_spread(values), **_hold(band, inside)},
        )
    share = sum(checked) / len(checked) if checked else 0.0
    return {
        "format": FORMAT,
        "version": VERSION,
        "style": style.id,
        "charts": len(measured),
        "levels": list(levels),
        "bars": BARS,
        "features": rows,
        "inside": round(share, 4),
        "goal": GOAL,
        "ok": share >= GOAL,
    }


def _spread(values: list[float]) -> dict[str, Any]:
    if not values:
        return {"charts": 0, "mean": None, "sd": None, "p5": None, "p95": None}
    last = len(values) - 1
    found = {
        "mean": fmean(values),
        "sd": pstdev(values),
        "p5": values[round(0.05 * last)],
        "p95": values[round(0.95 * last)],
    }
    return {"charts": len(values), **{name: round(value, 4) for name, value in found.items()}}


def _hold(band: Band | None, inside: list[bool]) -> dict[str, Any]:
    if band is None:
        return {"low": None, "high": None, "inside": None, "ok": None}
    share = sum(inside) / len(inside) if inside else None
    return {
        "low": band.low,
        "high": band.high,
        "inside": None if share is None else round(share, 4),
        "ok": share is not None and share >= GOAL,
    }


def _print_table(document: dict[str, Any]) -> None:
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    table = Table(title=f"{document['style']}: {document['charts']} charts", title_justify="left")
    for name in ("feature", "mean", "sd", "p5", "p95", "band", "inside"):
        table.add_column(name, justify="left" if name == "feature" else "right")
    for row in document["features"]:
        figures = [_write(row[name]) for name in ("mean", "sd", "p5", "p95")]
        band = "" if row["low"] is None else f"{row['low']:g} to {row['high']:g}"
        share = "" if row["inside"] is None else f"{row['inside']:.0%}"
        style = "" if row["ok"] in {None, True} else "bold"
        table.add_row(row["name"], *figures, band, share, style=style)
    console = Console()
    console.print(table)
    verdict = "inside the style's bands" if document["ok"] else "too few inside the style's bands"
    console.print(f"{document['inside']:.1%} of all findings: {verdict} ({GOAL:.0%} wanted)")


def _write(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"
