"""The keyboard sounds like the chair that is played in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exercises.chairs import chair_of
from game.events import SetInstrument
from game.soundfont.patches import PATCHES, STANDARD_KIT

if TYPE_CHECKING:
    from exercises.chart import Chart
    from game.settings import Settings
    from game.ui.app import FirstTakeApp


def find_program(settings: Settings, chair_id: str) -> int:
    """The General MIDI program of a chair; of the player's own sound where there is none."""
    return PATCHES.get(chair_id or settings.keys_patch, 0)


def sit_down(game: FirstTakeApp, chair_id: str) -> bool:
    """The keyboard sounds like a chair, and answers like it; says whether anything was changed.

    One that sounds by itself is left alone.
    """
    settings = game.settings
    if not settings.keys_patch or not chair_id:
        return False
    chair = chair_of(chair_id)
    game.services.engine.send(
        SetInstrument(
            PATCHES.get(chair.id, STANDARD_KIT),
            settings.sound_bank,
            touch=chair.touch,
            pedal=chair.pedal,
            mono=chair.mono,
            drums=chair.struck,
        )
    )
    return True


def stand_up(game: FirstTakeApp) -> None:
    """The keyboard sounds like the player's own again."""
    settings = game.settings
    game.services.engine.send(SetInstrument(PATCHES.get(settings.keys_patch), settings.sound_bank))


def say_seat(chart: Chart) -> str:
    """What the chart's chair asks of the hands; nothing for the player's own keyboard."""
    return chair_of(chart.drill.chair).hint if chart.drill.chair else ""
