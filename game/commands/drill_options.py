"""The options that name a drill, shared by every command that takes one."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

import click

from exercises.chart import ComposeError
from exercises.drill import DrillRequest
from exercises.levels import HIGHEST, LOWEST
from game.places import user_packs_folder
from styles.loader import load_style

if TYPE_CHECKING:
    from collections.abc import Callable

    from styles.schema import Style

OPTIONS = (
    click.option("--style", help="Genre: see first-take styles."),
    click.option("--level", type=int, help="1 to 10."),
    click.option("--kind", help="Kind of chart: grand, lead, comping, number, bass or pads."),
    click.option("--key", help="Tonic, with m for minor: C, Bb, F#m."),
    click.option("--meter", help="Time signature: 4/4, 3/4, 6/8."),
    click.option("--bars", type=int, help="Full bars."),
    click.option("--tempo", type=float, help="Quarter notes a minute."),
    click.option("--hands", help="right, left or both."),
    click.option("--seed", type=int, help="The same seed gives the same chart."),
    click.option(
        "--focus",
        help="Lean on one thing: accidentals, interval:6, rhythm:.75 .25 ...",
    ),
    click.option(
        "--keys", "keyboard", type=int, help="Keys of the keyboard: 25, 37, 49, 61, 76 or 88."
    ),
    click.option(
        "--chair",
        help="Piano, e-piano, organ, clav, synth-lead, pad, strings, bass or drums.",
    ),
    click.option("--code", help="A share code, which holds all of the above."),
)


def drill_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options of a drill; hand them to `read_request`."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


def read_request(
    *,
    style: str | None,
    level: int | None,
    kind: str | None,
    key: str | None,
    meter: str | None,
    bars: int | None,
    tempo: float | None,
    hands: str | None,
    seed: int | None,
    focus: str | None,
    keyboard: int | None,
    chair: str | None,
    code: str | None,
) -> DrillRequest:
    """The request that the options make; a missing seed is drawn here.

    Raises:
        ComposeError: a code with a slip, or a level that is not there.
        StyleError: no such style.
        UsageError: neither a style and a level nor a code.
    """
    if code is not None:
        from exercises.request import read_code  # noqa: PLC0415 - only for codes

        drill = read_code(code)
        find_style(drill.style)
        return drill.request
    if style is not None:
        find_style(style)
    if level is not None and not LOWEST <= level <= HIGHEST:
        raise ComposeError(f"there is no level {level}; levels go from {LOWEST} to {HIGHEST}")
    if style is None or level is None:
        if style is None and level is None:
            raise click.UsageError("name a drill: --style and --level, or --code")
        missing = "--style" if style is None else "--level"
        raise click.UsageError(f"name a drill: {missing} is missing")
    return DrillRequest(
        style=style,
        level=level,
        kind=kind,
        key=key,
        meter=meter,
        bars=bars,
        quarter_bpm=tempo,
        hands=hands,
        seed=secrets.randbelow(2**32) if seed is None else seed,
        focus=focus,
        keyboard=keyboard,
        chair=chair,
    )


def find_style(style_id: str) -> Style:
    """A style by id, the player's own packs included.

    Raises:
        StyleError: there is none; the message names the nearest.
    """
    return load_style(style_id, user_packs_folder())
