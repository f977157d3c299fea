"""MIDI bytes to what a keyboard player did (MIDI 1.0 Detailed Specification 4.2). Pure.

All sixteen channels count: some keyboards send on several (splits, dual manuals).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

NOTE_OFF = 0x80
NOTE_ON = 0x90
CONTROL_CHANGE = 0xB0
PROGRAM_CHANGE = 0xC0
PITCH_BEND = 0xE0
SYSTEM = 0xF0
SONG_POSITION = 0xF2
CLOCK = 0xF8
START = 0xFA
CONTINUE = 0xFB
STOP = 0xFC

SUSTAIN_PEDAL = 64
PEDAL_DOWN = 64
"""Controller values from here up mean the pedal is down."""

_SYSTEM_LENGTHS = {0xF1: 1, SONG_POSITION: 2, 0xF3: 1}


@dataclass(frozen=True)
class KeyMessage:
    """A key or the sustain pedal moved."""

    kind: str
    """on, off or pedal."""
    pitch: int
    """MIDI 0-127; 0 for the pedal."""
    velocity: int
    """1-127 for on, 0-127 for off and pedal."""


def _data_length(status: int) -> int:
    """How many data bytes follow a status byte."""
    if status >= SYSTEM:
        return _SYSTEM_LENGTHS.get(status, 0)
    return 1 if PROGRAM_CHANGE <= status < PITCH_BEND else 2


def read_message(status: int, data: tuple[int, ...]) -> KeyMessage | None:
    """What one complete channel message means to the game; None for what it does not use.

    A note-on of velocity 0 is a note-off, of the velocity 64 that the specification gives to
    keyboards that do not measure releases.
    """
    kind = status & 0xF0
    if kind == NOTE_ON and data[1]:
        return KeyMessage("on", data[0], data[1])
    if kind == NOTE_ON:
        return KeyMessage("off", data[0], 64)
    if kind == NOTE_OFF:
        return KeyMessage("off", data[0], data[1])
    if kind == CONTROL_CHANGE and data[0] == SUSTAIN_PEDAL:
        return KeyMessage("pedal", 0, data[1])
    return None


class MidiParser:
    """Cuts a stream of bytes into messages.

    Knows running status, real-time bytes in the middle of a message, and system-exclusive
    blocks, so it may be fed whole messages or any pieces of a stream.
    """

    def __init__(self) -> None:
        self._status = 0
        self._data: list[int] = []

    def feed(self, octets: Iterable[int]) -> list[KeyMessage]:
        """Take more bytes; gives the messages they complete, in order.

        Stray data bytes without a status are dropped, as the specification asks.
        """
        done: list[KeyMessage] = []
        for octet in octets:
            if octet >= CLOCK:
                continue  # real-time: clock, active sensing; interrupts nothing
            if octet & 0x80:
                self._status = octet
                self._data.clear()
                continue
            if not self._status or self._status == SYSTEM:
                continue
            self._data.append(octet)
            if len(self._data) >= _data_length(self._status):
                self._complete(done)
        return done

    def _complete(self, done: list[KeyMessage]) -> None:
        """Read the message that is now whole."""
        status, data = self._status, tuple(self._data)
        self._data.clear()
        if status >= SYSTEM:
            self._status = 0  # a system message ends running status
            return
        message = read_message(status, data)
        if message:
            done.append(message)


class HeldKeys:
    """What is down on a keyboard, so that all can be let go when it is unplugged."""

    def __init__(self) -> None:
        self._pitches: dict[int, None] = {}
        self._pedal = False

    def note(self, message: KeyMessage) -> None:
        """Follow one message."""
        if message.kind == "on":
            self._pitches[message.pitch] = None
        elif message.kind == "off":
            self._pitches.pop(message.pitch, None)
        else:
            self._pedal = message.velocity >= PEDAL_DOWN

    def release(self) -> list[KeyMessage]:
        """Let go of everything: the messages that say so, keys in the order they went down."""
        messages = [KeyMessage("off", pitch, 0) for pitch in self._pitches]
        if self._pedal:
            messages.append(KeyMessage("pedal", 0, 0))
        self._pitches.clear()
        self._pedal = False
        return messages
