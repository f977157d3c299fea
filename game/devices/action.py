"""What an instrument makes of the keys: the action between the keyboard and its sound. Pure."""

from __future__ import annotations

from dataclasses import replace

from exercises.chairs import STEADY_VELOCITY
from game.devices.midi_parse import KeyMessage


class Action:
    """Follows a keyboard and gives what sounds.

    A monophonic instrument sounds the last key struck; when that is let go, the one struck before
    it sounds again if it is still held, as synthesizers with last-note priority do.
    """

    def __init__(
        self, *, touch: bool = True, pedal: bool = True, mono: bool = False, drums: bool = False
    ) -> None:
        """All keys are up.

        Args:
            touch: whether a harder stroke is louder.
            pedal: whether the sustain pedal holds.
            mono: whether one key sounds at a time.
            drums: whether what is struck rings out, and nothing is held.
        """
        self._drums = drums
        self._touch = touch
        self._pedal = pedal
        self._mono = mono
        self._held: dict[int, KeyMessage] = {}
        """Keys that are down, the last one struck last; of a monophonic instrument only."""

    def feed(self, message: KeyMessage) -> list[KeyMessage]:
        """What a key or the pedal does to the sound."""
        if message.kind == "pedal":
            return [message] if self._pedal else []
        if message.kind == "off" and self._drums:
            return []
        if message.kind == "on" and not self._touch:
            message = replace(message, velocity=STEADY_VELOCITY)
        return self._alone(message) if self._mono else [message]

    def let_go(self) -> None:
        """All keys are up."""
        self._held.clear()

    def _alone(self, message: KeyMessage) -> list[KeyMessage]:
        sounding = next(reversed(self._held), None)
        if message.kind == "on":
            self._held.pop(message.pitch, None)
            self._held[message.pitch] = message
            off = [] if sounding is None else [KeyMessage("off", sounding, 0)]
            return [*off, message]
        if self._held.pop(message.pitch, None) is None or message.pitch != sounding:
            return []
        return [message, *list(self._held.values())[-1:]]
