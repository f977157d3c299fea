"""The keyboard's own sound: what is played is heard, from the sound bank or in plain tones.

The MIDI thread only puts bytes into a queue; notes are struck and mixed on the audio thread, at
the start of the next block.
"""

from __future__ import annotations

import logging
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING

from game.devices.midi_parse import MidiParser
from game.soundfont.bank import Bank, BankError
from game.soundfont.places import find_bank
from game.soundfont.tones import Tone
from game.soundfont.voice import strike

if TYPE_CHECKING:
    from game.devices.midi_parse import KeyMessage
    from game.devices.mixer import Samples
    from game.soundfont.voice import Voice

PEDAL_DOWN = 64
MOST_VOICES = 40
"""The oldest are choked beyond: two hands and a pedal, at a load that leaves the clock alone."""
STEAL_S = 0.02

log = logging.getLogger(__name__)


class Instrument:
    """One keyboard's voices. Implements `game.devices.mixer.Voice`."""

    def __init__(self) -> None:
        """Off until `choose`."""
        self._inbox: deque[list[int] | None] = deque()
        self._parser = MidiParser()
        self._voices: list[Voice | Tone] = []
        self._held: set[int] = set()
        self._pedal = False
        self._bank: Bank | None = None
        self._named: str | None = ""
        self._program: int | None = None

    @property
    def is_on(self) -> bool:
        """Whether keys are heard."""
        return self._program is not None

    def choose(self, program: int | None, bank: str | None) -> None:
        """Take a patch; reads the bank where it is another. May take a fifth of a second.

        Args:
            program: of General MIDI, counted from 0; None is off.
            bank: the player's own file; None is the one that is found.
        """
        if program is not None and bank != self._named:
            self._named = bank
            self._bank = _read(find_bank(bank))
        if program is not None and self._bank is not None:
            self._bank.zones(program)
        self._program = program

    def play(self, octets: list[int]) -> None:
        """What the keyboard sent, on its own thread."""
        if self._program is not None:
            self._inbox.append(octets)

    def let_go(self) -> None:
        """The keyboard has gone with keys or the pedal down."""
        self._inbox.append(None)

    def __call__(self, frames: int, rate: int) -> Samples | None:
        """The next samples (frames, 2); None while nothing sounds. On the audio thread."""
        while self._inbox:
            octets = self._inbox.popleft()
            if octets is None:
                self._held.clear()
                self._pedal = False
                self._let_go({voice.key for voice in self._voices})
                continue
            for message in self._parser.feed(octets):
                self._take(message, rate)
        if not self._voices:
            return None
        out = self._voices[0].read(frames)
        for voice in self._voices[1:]:
            out = out + voice.read(frames)
        self._voices = [voice for voice in self._voices if not voice.is_over]
        return out

    def _take(self, message: KeyMessage, rate: int) -> None:
        if message.kind == "on":
            self._strike(message, rate)
        elif message.kind == "off":
            self._held.discard(message.pitch)
            if not self._pedal:
                self._let_go({message.pitch})
        else:
            self._pedal = message.velocity >= PEDAL_DOWN
            if not self._pedal:
                self._let_go({voice.key for voice in self._voices} - self._held)

    def _strike(self, message: KeyMessage, rate: int) -> None:
        self._let_go({message.pitch})
        self._held.add(message.pitch)
        new: list[Voice] | list[Tone] = []
        if self._bank is not None and self._program is not None:
            new = strike(self._bank, self._program, message.pitch, message.velocity, rate)
        self._voices += new or [Tone(message.pitch, message.velocity, rate)]
        for voice in self._voices[:-MOST_VOICES]:
            voice.release(within_s=STEAL_S)

    def _let_go(self, pitches: set[int]) -> None:
        for voice in self._voices:
            if voice.key in pitches:
                voice.release()


def _read(path: Path | None) -> Bank | None:
    if path is None:
        return None
    try:
        return Bank(path)
    except BankError as error:
        log.warning("%s", error)
        return None
