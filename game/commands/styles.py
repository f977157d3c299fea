"""`first-take styles`: what styles there are, one in full, and the check of a pack file."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from exercises.request import find_gaps
from game import places
from styles.feel import label_ratio, pocket_ms, swing_ratio
from styles.loader import check_pack, is_pack, load_style, load_styles, read_pack

if TYPE_CHECKING:
    from rich.table import Table

    from styles.schema import Style

_SHOWN_KEYS = 6


class StylesGroup(click.Group):
    """Takes a style's id where other groups take a command: `styles jazz`."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Anything but a command of the group is an id."""
        if args and args[0] in self.commands:
            return super().resolve_command(ctx, args)
        return "show", self.commands["show"], args


@click.group(
    "styles",
    cls=StylesGroup,
    invoke_without_command=True,
    short_help="What styles there are; check a pack of your own.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@click.pass_context
def command(ctx: click.Context, as_json: bool) -> None:
    """What styles there are: `styles`, `styles ID`, `styles check FILE`."""
    ctx.obj = as_json
    if ctx.invoked_subcommand is not None:
        return
    loaded = load_styles(places.user_packs_folder())
    if as_json:
        _print_json([_summarise(style) for style in loaded.styles.values()], "styles")
    else:
        _print_table(list(loaded.styles.values()))
    for fault in loaded.faults:
        click.echo(f"first-take: {fault}", err=True)


@command.command("show", hidden=True)
@click.argument("style_id", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@click.pass_context
def show(ctx: click.Context, style_id: str, as_json: bool) -> None:
    """One style in full."""
    style = load_style(style_id, places.user_packs_folder())
    if as_json or ctx.obj:
        _print_json(msgspec.to_builtins(style), "style")
    else:
        _print_style(style)


@command.command("check")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@click.pass_context
def check(ctx: click.Context, file: Path, as_json: bool) -> None:
    """Name everything that is wrong with a pack file.

    Exit code 1 if it is not sound, 2 if it cannot be read as a pack at all.
    """
    if not file.is_file():
        raise click.UsageError(f"{file}: no such file; give the path of a pack (*.toml)")
    faults = list(check_pack(file))
    code = 1 if is_pack(file) else 2
    if not faults:
        faults = [f"{file.name}: {gap}" for gap in find_gaps(read_pack(file))]
    if as_json or ctx.obj:
        _print_json({"file": str(file), "ok": not faults, "faults": faults}, "pack-check")
    elif faults:
        click.echo("\n".join(faults), err=code == 2)  # noqa: PLR2004 - as above
    else:
        print(f"{file.name}: sound")
    sys.exit(code if faults else 0)


def _print_json(body: Any, name: str) -> None:  # noqa: ANN401 - whatever JSON can hold
    document: dict[str, Any] = {"format": f"first-take/{name}", "version": 1}
    document |= body if isinstance(body, dict) else {name: body}
    print(json.dumps(document, indent=1))


def _summarise(style: Style) -> dict[str, Any]:
    return {
        "id": style.id,
        "name": style.name,
        "summary": style.summary,
        "tempo": list(_tempo_span(style)),
        "keys": style.keys,
        "meters": style.meters,
        "swing": style.feel.swing is not None,
    }


def _tempo_span(style: Style) -> tuple[int, int]:
    """The slowest and fastest tempo of all levels."""
    ranges = [style.tempo.at_level(level) for level in range(1, 11)]
    return min(low for low, _ in ranges), max(high for _, high in ranges)


def _liked(weights: dict[str, float]) -> str:
    """Names by weight, the best liked first."""
    names = sorted(weights, key=lambda name: -weights[name])
    more = " ..." if len(names) > _SHOWN_KEYS else ""
    return " ".join(names[:_SHOWN_KEYS]) + more


def _describe_feel(style: Style, beats_per_minute: float) -> str:
    ratio = swing_ratio(style.feel, beats_per_minute)
    early, late = pocket_ms(style.feel, beats_per_minute)
    swing = "straight" if style.feel.swing is None else f"{label_ratio(ratio)} swing {ratio:.2f}:1"
    if early == late == 0:
        return f"{swing}, on the click"
    return f"{swing}, {early:+.0f} to {late:+.0f} ms from the click"


def _table(title: str) -> Table:
    from rich.table import Table  # noqa: PLC0415 - not needed for JSON

    return Table(title=title, title_justify="left")


def _print_table(styles: list[Style]) -> None:
    from rich.console import Console  # noqa: PLC0415 - not needed for JSON

    table = _table("Styles")
    for heading in ("id", "name", "beats/min", "what it is"):
        table.add_column(heading)
    for style in styles:
        low, high = _tempo_span(style)
        table.add_row(style.id, style.name, f"{low}-{high}", style.summary)
    Console().print(table)


def _print_style(style: Style) -> None:
    from rich.console import Console  # noqa: PLC0415 - not needed for JSON

    console = Console()
    console.print(f"[bold]{style.name}[/bold] ({style.id}): {style.summary}")
    facts = _table("")
    facts.show_header = False
    facts.add_column(style="bold")
    facts.add_column()
    low, high = _tempo_span(style)
    facts.add_row("tempo", f"{low}-{high} beats a minute")
    facts.add_row("keys", _liked(style.keys))
    facts.add_row("metres", _liked(style.meters))
    facts.add_row("forms", ", ".join(f"{form.name} ({form.bars})" for form in style.forms))
    facts.add_row("feel at 120", _describe_feel(style, 120.0))
    console.print(facts)
    patterns = _table("Left hand")
    for heading in ("from level", "pattern", "metres"):
        patterns.add_column(heading)
    for each in sorted(style.patterns, key=lambda pattern: pattern.level):
        patterns.add_row(str(each.level), each.name, " ".join(each.meters) or "any simple")
    console.print(patterns)
    chords = _table("Progressions")
    for heading in ("from level", "chords", "mode"):
        chords.add_column(heading)
    for row in sorted(style.progressions, key=lambda each: (each.mode, each.level, -each.weight)):
        chords.add_row(str(row.level), row.bars, row.mode)
    console.print(chords)
