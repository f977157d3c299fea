"""The player's settings."""

from __future__ import annotations

import msgspec

from game.click_style import ClickStyle


class Settings(msgspec.Struct, frozen=True):
    """All that the settings screen offers, with what holds before anything is chosen."""

    midi_in: str | None = None
    """The keyboard's port by name; None takes the first there is."""
    audio_backend: str = "auto"
    """"auto", "none", or a backend's name."""
    click_volume: float = 0.7
    """0 to 1."""
    click: ClickStyle = ClickStyle()
    """What is clicked, and how it sounds."""
    preview_s: int = 30
    """Seconds to look the chart through before the count-in (30 is the examination norm)."""
    input_latency_ms: float = 0.0
    """Measured input latency, taken off every stamp."""
    keyboard: int = 88
    """Keys of the player's keyboard: charts stay on them."""
    theme: str = "textual-dark"
    dots_per_space: int = 4
    style: str = "classical"
    """What was played last; the home screen suggests from it."""
    level: int = 1
