"""The genres that can be played, in the order of every list."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from game.ui.app import FirstTakeApp


async def read_styles(game: FirstTakeApp) -> None:
    """Read the style packs away from the screen; those with faults are named and left out."""
    try:
        loaded = await asyncio.to_thread(game.services.load_styles)
    except Exception as error:  # noqa: BLE001 - whatever it is, the screen goes on
        game.complain(error)
        return
    game.genres = dict(sorted(loaded.styles.items(), key=lambda pair: pair[1].name.casefold()))
    for fault in loaded.faults:
        game.notify(fault, title="Style pack", severity="warning", markup=False)
