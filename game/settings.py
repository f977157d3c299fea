"""The player's settings."""

from __future__ import annotations

import msgspec

from game.click_style import ClickStyle
from game.events import OpenAudio


class Calibration(msgspec.Struct, frozen=True):
    """A latency that was measured."""

    audio: str
    """What the click was heard through: the sound backend, with the device where one was chosen
    by name (`AudioState.name`)."""
    midi: str
    """The keyboard's port by name."""
    latency_ms: float
    """Taken off every stamp; negative where the taps came before the click was due."""
    spread_ms: float
    taps: int
    """Taps, or clicks that came back, that it rests on."""
    made_at: str
    """ISO 8601 with the zone's offset."""
    by: str = "taps"
    """taps, cable or microphone: how it was measured."""


class Settings(msgspec.Struct, frozen=True):
    """All that the settings screen offers, with what holds before anything is chosen."""

    midi_in: str | None = None
    """The keyboard's port by name; None takes the first there is."""
    audio_backend: str = "auto"
    """"auto", "none", or a backend's name."""
    audio_device: str | None = None
    """The sound device by name; None is the system's default."""
    click_volume: float = 0.7
    """0 to 1."""
    click: ClickStyle = ClickStyle()
    """What is clicked, and how it sounds."""
    band_volume: float = 0.6
    """0 (no band) to 1."""
    guide_volume: float = 0.0
    """Of the chart as it should sound, beside a take: 0 (none) to 1."""
    parts_volume: float = 0.7
    """Of your own earlier parts under an overdub: 0 (none) to 1."""
    band_stops_at: int = 0
    """The bar from which the band is silent; 0 for none."""
    muted: dict[str, float] = {}
    """Faders that are muted, by the name of their setting, and where they stood."""
    keys_patch: str = "piano"
    """What the keyboard sounds like; empty where it sounds itself (game.soundfont.patches)."""
    keys_volume: float = 0.7
    midi_thru: str | None = None
    """The MIDI port that keys are sent on to; None is none."""
    sound_bank: str | None = None
    """A SoundFont 2 file; None takes the one that is found."""
    preview_s: int = 30
    """Seconds to look the chart through before the count-in (30 is the examination norm)."""
    calibrations: tuple[Calibration, ...] = ()
    """Measured latencies, one for each pair of sound device and keyboard."""
    keyboard: int = 88
    """Keys of the player's keyboard: charts stay on them."""
    playhead: str = "on"
    """"on" (it moves with the music), "beat" (it stands on each beat) or "off"."""
    hidden_s: float | None = None
    """Notes are hidden up to so many seconds ahead of the music; None hides none."""
    hidden_hand: str = ""
    """"left" or "right": whose notes are hidden."""
    rhythm_only: bool = False
    """Whether all notes stand on the middle line."""
    city: str = "medium"
    """Where the player looks for work (a city of `assets/career.toml`)."""
    calls_seed: int = 0
    """What the player's own call board is made from; 0 before it was first looked at."""
    theme: str = "textual-dark"
    reduced_motion: bool = False
    """Nothing glides: the playhead stands on each beat, and screens change at once."""
    dots_per_space: int = 4
    """The size of print: 4, 5, 6 or 8 dots from one staff line to the next; 3 only in pixels."""
    drawing: str = "auto"
    """"pixels", "octants", "braille", or "auto": pixels where the terminal shows them."""
    style: str = "classical"
    """What was played last; the home screen suggests from it."""
    level: int = 1


def open_audio(settings: Settings) -> OpenAudio:
    """The sound device that the player has chosen, as a command."""
    return OpenAudio(settings.audio_backend, settings.audio_device)


SMALLEST_IN_DOTS = 4
"""Dots between two staff lines below which noteheads in characters cannot be told."""


def print_size(settings: Settings, *, in_pixels: bool) -> int:
    """The size of print that can be had, in dots between two staff lines."""
    return settings.dots_per_space if in_pixels else max(SMALLEST_IN_DOTS, settings.dots_per_space)


def find_calibration(settings: Settings, audio: str | None, midi: str | None) -> Calibration | None:
    """The measured latency of a sound device and a keyboard; None where none was measured."""
    return next(
        (one for one in settings.calibrations if (one.audio, one.midi) == (audio, midi)), None
    )


def keep_calibration(settings: Settings, made: Calibration) -> tuple[Calibration, ...]:
    """All calibrations with this one, in place of an earlier one of the same two devices."""
    pair = (made.audio, made.midi)
    others = (one for one in settings.calibrations if (one.audio, one.midi) != pair)
    return (*others, made)
