"""What the screens are given: the world outside, and how they were opened."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from game.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from exercises.drill import Drill, DrillRequest
    from game.performer.profiles import Profile
    from game.ports import Archive, Composer, Engine, Journal
    from game.requests import Mixdown
    from game.take import Versions
    from styles.loader import Loaded


class Opening(NamedTuple):
    """What is asked for when the game opens; nothing: the home screen."""

    drill: DrillRequest | None = None
    """Straight to the stage with this drill."""
    chart_json: bytes | None = None
    """Straight to the stage with this chart; wins over a drill."""
    left_out: tuple[str, ...] = ()
    """What of the chart's file is not in it, a line each; told once over its preview."""
    plays_suggestion: bool = False
    """Straight to the stage with what the home screen suggests, where nothing else is asked for."""
    performer: Profile | None = None
    """A built-in performer plays; its takes are kept but never counted as the player's."""
    midi_in: str | None = None
    """The keyboard's port for this time; None is the one of the settings."""
    audio_backend: str | None = None
    """The sound backend for this time; None is the one of the settings."""
    preview_s: int | None = None
    """Seconds of preview for this time; None is the player's setting."""
    chair: str | None = None
    """The instrument that is sat down at this time (`exercises.chairs`); None is the player's."""

    def apply_to(self, settings: Settings) -> Settings:
        """The settings with what was asked for this once."""
        asked = {
            "midi_in": self.midi_in,
            "audio_backend": self.audio_backend,
            "preview_s": self.preview_s,
        }
        if self.audio_backend is not None:
            settings = msgspec.structs.replace(settings, audio_device=None)
        return msgspec.structs.replace(
            settings, **{name: value for name, value in asked.items() if value is not None}
        )


class Services(NamedTuple):
    """The other side of `game.ports`, and the clock that previews are measured by."""

    engine: Engine
    composer: Composer
    open_archive: Callable[[], Archive]
    """Opens the player's data; called away from the screen. Raises StorageError (a subclass of
    Exception whose text is one line for the player)."""
    load_styles: Callable[[], Loaded]
    """Reads the style packs; called away from the screen."""
    read_code: Callable[[str], Drill]
    """Turns a share code into its drill; raises ComposeError."""
    versions: Callable[[], Versions]
    journal: Journal
    write_portfolio: Callable[[], Path]
    """Writes the player's portfolio page and gives its path; takes seconds."""
    write_mix: Callable[[Mixdown], tuple[Path, Path]]
    """Writes a song of several parts and gives the paths of its MIDI and WAV files; takes seconds.
    Raises an Exception whose text is one line for the player."""
    read_player: Callable[[], str] = str
    """Who plays; empty is the first player."""
    clock: Callable[[], float] = time.monotonic
    """Seconds that only go forward."""
    opening: Opening = Opening()
    settings: Settings = Settings()
    """What holds until the archive is open."""
