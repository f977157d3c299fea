"""The computer's keyboard at the stage: the octave it is in, and which strokes are repeats."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exercises.kit import is_pads
from game.events import StrikeKey
from game.keys import (
    DEFAULT_OCTAVE,
    LONGEST_PAUSE_S,
    REPEAT_S,
    VELOCITY,
    is_repeat,
    key_lag,
    pad_of,
    pitch_of,
    shift_octave,
    strike,
)

if TYPE_CHECKING:
    from exercises.chart import Chart
    from game.events import NoteEvent
    from game.sessions.session import TakeSession
    from game.ui.services import Services


class ComputerKeys:
    """What is remembered from one stroke to the next."""

    def __init__(self) -> None:
        """In the middle of the keyboard."""
        self.octave = DEFAULT_OCTAVE
        self.on_pads = False
        """Whether the keys are pads, and no piano."""
        self._struck: dict[str, float] = {}
        self._last = ""
        self._waiting: dict[str, tuple[float, NoteEvent]] = {}

    def sit_down(self, chart: Chart) -> None:
        """The keys as the chart's instrument."""
        self.on_pads = is_pads(chart)

    def shift(self, key: str) -> None:
        """Another octave by one of the two keys for it."""
        self.octave = shift_octave(key, self.octave)

    def plays(self, key: str) -> bool:
        """Whether a key sounds here."""
        return self._pitch_of(key) is not None

    @property
    def where(self) -> str:
        """Where the keys lie."""
        return "z is the kick, s the snare" if self.on_pads else f"z is C{self.octave}"

    def _pitch_of(self, key: str) -> int | None:
        return pad_of(key) if self.on_pads else pitch_of(key, self.octave)

    def strike(self, key: str, sent: float, services: Services) -> None:
        """Sound a stroke, and keep its note for `tell`; repeats by the keyboard itself are none.

        A keyboard begins to repeat a held key after a pause in which a finger could have struck
        again. Such a stroke sounds, but counts only when no other follows as fast as keyboards
        repeat.

        Args:
            key: Textual's name.
            sent: when the terminal reported it, on the services' clock.
            services: with the engine that sounds it.
        """
        pitch = self._pitch_of(key)
        if pitch is None:
            return
        clock, now_s = services.clock(), services.engine.now_s()
        before = self._struck.get(key)
        self._struck[key] = clock
        if is_repeat(before, clock):
            self._waiting.pop(key, None)
            return
        services.engine.send(StrikeKey(pitch, VELOCITY))
        if now_s is not None:
            note = strike(pitch, now_s - key_lag(clock, sent))
            doubtful = key == self._last and before is not None and clock - before < LONGEST_PAUSE_S
            self._waiting[key] = (clock + (REPEAT_S if doubtful else 0.0), note)
        self._last = key

    def tell(self, session: TakeSession | None, clock: float) -> None:
        """Hand over the notes that are certain by now; None lets them go."""
        for key, (due, note) in list(self._waiting.items()):
            if due <= clock:
                del self._waiting[key]
                if session is not None:
                    session.feed(note)
