"""Another player takes the stand: their takes, streak and settings in place of the last one's."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from game import places
from game.ui.messages import HistoryChanged
from game.ui.records import Records

if TYPE_CHECKING:
    from game.ui.app import FirstTakeApp


async def choose_player(game: FirstTakeApp) -> None:
    """Ask who plays, and change to them."""
    from game.ui.screens.players import PlayersScreen  # noqa: PLC0415 - seldom wanted

    current = places.current_player()
    players = await asyncio.to_thread(places.list_players)
    name = await game.push_screen_wait(PlayersScreen(players, current))
    if name is not None and name != current:
        await change_player(game, name)


async def change_player(game: FirstTakeApp, name: str) -> None:
    """Close the archive of who has played, and open that of who plays on; empty is the first.

    What cannot be done is told in a line; then who has played plays on.
    """
    try:
        await asyncio.to_thread(places.choose_player, name)
    except OSError as error:
        game.complain(error, title="Who plays cannot be written down")
        return
    before, game.records = (
        game.records,
        Records(game.services.open_archive, game.services.journal, game.services.read_player),
    )
    await asyncio.to_thread(before.close)
    await game.read_archive()
    game.apply_settings()
    for screen in game.screen_stack:
        screen.post_message(HistoryChanged())
