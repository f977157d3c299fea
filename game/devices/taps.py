"""Keys that are struck and never let go: those of the computer keyboard."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from game.devices.midi_parse import NOTE_OFF, NOTE_ON

if TYPE_CHECKING:
    from collections.abc import Callable

NS = 1_000_000_000
HELD_S = 0.5
"""How long such a key sounds: a quarter note at 120; by ear."""


class Taps:
    """Lets go of each key after a while, as a finger would."""

    def __init__(self, play: Callable[[list[int]], None]) -> None:
        """Sound by `play`, which takes a MIDI message."""
        self._play = play
        self._lock = threading.Lock()
        self._due: dict[int, int] = {}

    def strike(self, pitch: int, velocity: int, clock_ns: int) -> None:
        """Sound a key; one that sounds still is struck anew."""
        with self._lock:
            if pitch in self._due:
                self._play([NOTE_OFF, pitch, 0])
            self._due[pitch] = clock_ns + round(HELD_S * NS)
            self._play([NOTE_ON, pitch, velocity])

    def advance(self, clock_ns: int) -> None:
        """Let go of the keys whose time is over."""
        with self._lock:
            for pitch in [key for key, due in self._due.items() if due <= clock_ns]:
                del self._due[pitch]
                self._play([NOTE_OFF, pitch, 0])
