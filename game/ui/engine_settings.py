"""The settings that concern the engine, as commands to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from game.events import OpenAudio, OpenInput, SetLatency, SetMix

if TYPE_CHECKING:
    from collections.abc import Collection

    from game.events import EngineCommand
    from game.settings import Settings

FADERS = frozenset({"click_volume"})


def engine_commands(settings: Settings, names: Collection[str]) -> list[EngineCommand]:
    """What to tell the engine when the settings of these names have changed."""
    commands: list[EngineCommand] = []
    if "input_latency_ms" in names:
        commands.append(SetLatency(settings.input_latency_ms))
    if FADERS.intersection(names):
        commands.append(SetMix(click=settings.click_volume))
    if "audio_backend" in names:
        commands.append(OpenAudio(settings.audio_backend))
    if "midi_in" in names:
        commands.append(OpenInput(settings.midi_in))
    return commands
