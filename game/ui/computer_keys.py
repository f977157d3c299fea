"""The computer's keyboard at the stage: the octave it is in, and which strokes are repeats."""

from __future__ import annotations

from typing import TYPE_CHECKING

from game.events import StrikeKey
from game.keys import (
    DEFAULT_OCTAVE,
    VELOCITY,
    is_repeat,
    key_lag,
    pitch_of,
    shift_octave,
    strike,
)

if TYPE_CHECKING:
    from game.events import NoteEvent
    from game.ui.services import Services


class ComputerKeys:
    """What is remembered from one stroke to the next."""

    def __init__(self) -> None:
        """In the middle of the keyboard."""
        self.octave = DEFAULT_OCTAVE
        self._struck: dict[str, float] = {}

    def shift(self, key: str) -> None:
        """Another octave by one of the two keys for it."""
        self.octave = shift_octave(key, self.octave)

    def plays(self, key: str) -> bool:
        """Whether a key is a piano key here."""
        return pitch_of(key, self.octave) is not None

    def strike(self, key: str, sent: float, services: Services) -> NoteEvent | None:
        """Sound a stroke, and give its note.

        None for a repeat by the keyboard itself, for what is no piano key, or out of a take.

        Args:
            key: Textual's name.
            sent: when the terminal reported it, on the services' clock.
            services: with the engine that sounds it.
        """
        pitch = pitch_of(key, self.octave)
        if pitch is None:
            return None
        clock, now_s = services.clock(), services.engine.now_s()
        before = self._struck.get(key)
        self._struck[key] = clock
        if is_repeat(before, clock):
            return None
        services.engine.send(StrikeKey(pitch, VELOCITY))
        return None if now_s is None else strike(key, self.octave, now_s - key_lag(clock, sent))
