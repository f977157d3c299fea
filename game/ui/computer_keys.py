"""The computer's keyboard at the stage: the octave it is in, and which strokes are repeats."""

from __future__ import annotations

from typing import TYPE_CHECKING

from game.keys import DEFAULT_OCTAVE, is_repeat, key_lag, pitch_of, shift_octave, strike

if TYPE_CHECKING:
    from game.events import NoteEvent


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

    def strike(
        self, key: str, *, clock: float, sent: float, now_s: float | None
    ) -> NoteEvent | None:
        """The note of a stroke; None for a repeat by the keyboard itself, or out of a take.

        Args:
            key: Textual's name.
            clock: when the stroke is handled, in seconds of any steady clock, ...
            sent: ... and when the terminal reported it.
            now_s: the transport's position at `clock`.
        """
        before = self._struck.get(key)
        self._struck[key] = clock
        if now_s is None or is_repeat(before, clock):
            return None
        return strike(key, self.octave, now_s - key_lag(clock, sent))
