"""`first-take levels`: the level table."""

from __future__ import annotations

import json

import click
import msgspec

from exercises.chart import encode_fraction
from exercises.levels import Level, load_levels


@click.command("levels")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def command(as_json: bool) -> None:
    """How hard each level is to read."""
    levels = load_levels().values()
    if as_json:
        rows = [msgspec.to_builtins(each, enc_hook=encode_fraction) for each in levels]
        print(json.dumps({"format": "first-take/levels", "version": 1, "levels": rows}, indent=1))
        return
    _show(list(levels))


def _show(levels: list[Level]) -> None:
    from rich.console import Console  # noqa: PLC0415 - not needed for JSON
    from rich.table import Table  # noqa: PLC0415

    console = Console()
    table = Table(title="Levels", title_justify="left", show_lines=True)
    table.add_column("", justify="right", style="bold")
    table.add_column("about", max_width=11)
    table.add_column("what it adds", ratio=1)
    table.add_column("sharps, flats", max_width=7)
    table.add_column("kinds", max_width=8)
    table.add_column("bars", no_wrap=True)
    table.add_column("beats/min", no_wrap=True)
    for each in levels:
        table.add_row(
            str(each.number),
            each.about,
            each.summary,
            describe_keys(each),
            " ".join(each.kinds),
            describe_range(each.bars),
            describe_range(each.tempo),
        )
    console.print(table)
    console.print("[dim]All figures: first-take levels --json[/dim]")


def describe_keys(level: Level) -> str:
    """How many sharps or flats the key signatures of a level have."""
    return f"to {level.max_accidentals}" if level.max_accidentals else "none"


def describe_range(pair: tuple[int, int]) -> str:
    """A range in figures: "8-12", or one figure."""
    low, high = pair
    return str(low) if low == high else f"{low}-{high}"
