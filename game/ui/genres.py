"""The genres that can be played, in the order of every list."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from game.ui.app import FirstTakeApp
    from styles.schema import Style


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


def say_style(genres: Mapping[str, Style], style_id: str) -> str:
    """A style's name; a chart of the player's own has none, nor has one that is no longer here."""
    if style_id in genres:
        return genres[style_id].name
    from exercises.own import IMPORTED  # noqa: PLC0415 - not before the first frame

    return "Own chart" if style_id in {"", IMPORTED} else style_id.capitalize()
