"""`first-take check`: what is wrong with charts, by bar."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from exercises.checks.chart import Fault
    from exercises.own import LeftOut


@click.command()
@click.argument("charts", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--style", "style_id", help="The style whose rules hold; else the chart's own.")
@click.option("--level", "number", type=int, help="The level it must keep to; else its own.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@click.pass_context
def command(
    ctx: click.Context,
    charts: tuple[Path, ...],
    style_id: str | None,
    number: int | None,
    as_json: bool,
) -> None:
    """Name what is wrong with charts, by bar.

    A composed chart is held to its style and level; an imported one to what every hand can play,
    unless a style and a level are named. Exit code 1 where there is a fault.
    """
    found = [(path, *examine(path, style_id, number)) for path in charts]
    if as_json:
        click.echo(json.dumps(_document(found), indent=1))
    else:
        for path, faults, left_out in found:
            click.echo(f"{path}: {'no fault' if not faults else _count(faults)}")
            for fault in faults:
                click.echo(f"  bar {fault.bar}: {fault.detail} (rule {fault.rule})")
            for each in left_out:
                click.echo(f"  left out: {each}")
    if any(faults for _, faults, _ in found):
        ctx.exit(1)


def examine(
    path: Path, style_id: str | None, number: int | None
) -> tuple[tuple[Fault, ...], tuple[LeftOut, ...]]:
    """The faults of a chart file, and what of the file its chart leaves out.

    Raises:
        ComposeError: the file cannot be read, or no such level.
        StyleError: no such style.
    """
    from exercises.checks.chart import check_chart  # noqa: PLC0415 - only when called
    from exercises.imports import read_own  # noqa: PLC0415
    from exercises.levels import level  # noqa: PLC0415
    from exercises.notation.notate import notate  # noqa: PLC0415
    from exercises.own import IMPORTED  # noqa: PLC0415
    from game.commands.drill_options import find_style  # noqa: PLC0415

    own = read_own(path)
    chart = own.chart
    composed = chart.drill.style != IMPORTED
    style = chart.drill.style if style_id is None and composed else style_id
    row = chart.drill.level if number is None and composed else number
    faults = check_chart(
        chart, find_style(style) if style else None, None if row is None else level(row)
    )
    if not faults:
        # What cannot be written is refused with its bar and the reason.
        notate(chart)
    return faults, own.left_out


def _count(faults: tuple[Fault, ...]) -> str:
    return "1 fault" if len(faults) == 1 else f"{len(faults)} faults"


def _document(
    found: list[tuple[Path, tuple[Fault, ...], tuple[LeftOut, ...]]],
) -> dict[str, object]:
    return {
        "format": "first-take/check",
        "version": 1,
        "charts": [
            {
                "path": str(path),
                "faults": [
                    {"rule": each.rule, "bar": each.bar, "detail": each.detail} for each in faults
                ],
                "left_out": [{"bar": each.bar, "reason": each.reason} for each in left_out],
            }
            for path, faults, left_out in found
        ],
    }
