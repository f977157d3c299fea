"""`first-take players`: several players on one machine, each with takes of their own."""

from __future__ import annotations

import json

import click

from game.places import (
    LONGEST_NAME,
    choose_player,
    current_player,
    is_player_name,
    list_players,
    player_file,
)

FIRST = "(first)"
"""How the player without a name is listed."""


@click.command(short_help="Who plays here; with NAME, that player from now on.")
@click.argument("name", required=False)
@click.option("--first", is_flag=True, help="Back to the first player, who needs no name.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def command(name: str | None, *, first: bool, as_json: bool) -> None:
    """Who plays here; with NAME, that player plays from now on (a new one is made).

    Each player has takes, streak, abilities and settings of their own. FIRST_TAKE_PLAYER=NAME
    chooses for one time.
    """
    if name is not None or first:
        _choose(name or "", first=first)
    players = list_players()
    current = current_player()
    if as_json:
        rows = [{"name": each, "plays": each == current} for each in players]
        print(json.dumps({"format": "first-take/players", "version": 1, "players": rows}))
        return
    for each in players:
        print(f"{'*' if each == current else ' '} {each or FIRST}")


def _choose(name: str, *, first: bool) -> None:
    if not first and not is_player_name(name):
        raise click.UsageError(
            f"{name!r} is no player's name: take letters, digits, - and _, up to {LONGEST_NAME}"
        )
    try:
        choose_player("" if first else name)
    except OSError as error:
        raise click.ClickException(
            f"cannot write {player_file()}: {error.strerror or error}; make its folder writable"
        ) from error
