"""The settings that concern the engine, as commands to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from game.events import OpenInput, SendThru, SetInstrument, SetMix
from game.settings import open_audio
from game.soundfont.patches import PATCHES

if TYPE_CHECKING:
    from collections.abc import Collection

    from game.events import EngineCommand
    from game.ports import Engine
    from game.settings import Settings

AT_FIRST = ("click_volume", "keys_patch", "midi_thru", "audio_backend", "midi_in")
"""The settings that the engine is told of when the game opens."""
FADERS = frozenset({"click_volume", "band_volume", "guide_volume", "keys_volume", "parts_volume"})


def tell_engine(engine: Engine, settings: Settings, *names: str) -> None:
    """Tell the engine of changed settings, where they concern it."""
    for command in engine_commands(settings, names):
        engine.send(command)


def engine_commands(settings: Settings, names: Collection[str]) -> list[EngineCommand]:
    """What to tell the engine when the settings of these names have changed."""
    commands: list[EngineCommand] = []
    if FADERS.intersection(names):
        commands.append(mix_of(settings))
    if "keys_patch" in names or "sound_bank" in names:
        program = PATCHES.get(settings.keys_patch)
        commands.append(SetInstrument(program, settings.sound_bank))
    if "audio_backend" in names or "audio_device" in names:
        commands.append(open_audio(settings))
    if "midi_thru" in names:
        commands.append(SendThru(settings.midi_thru))
    if "midi_in" in names:
        commands.append(OpenInput(settings.midi_in))
    return commands


def mix_of(settings: Settings) -> SetMix:
    """The faders as the player has set them."""
    return SetMix(
        click=settings.click_volume,
        band=settings.band_volume,
        reference=settings.guide_volume,
        keys=settings.keys_volume,
        parts=settings.parts_volume,
    )
