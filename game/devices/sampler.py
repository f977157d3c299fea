"""The built-in sampler: the voices of one keyboard, from a sound bank or in plain tones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from game.devices.midi_parse import PEDAL_DOWN
from game.soundfont.tones import Tone
from game.soundfont.voice import CHOKE_S, mix_voices, strike

if TYPE_CHECKING:
    from game.devices.midi_parse import KeyMessage
    from game.devices.mixer import Samples
    from game.soundfont.bank import Bank
    from game.soundfont.voice import Voice

MOST_VOICES = 40
"""The oldest are choked beyond: two hands and a pedal, at a load that leaves the clock alone."""
STEAL_S = 0.02


class BuiltInSampler:
    """One patch of a bank. Implements `game.devices.instrument.Sampler`."""

    def __init__(self, bank: Bank | None, program: int, rate: int, *, drums: bool = False) -> None:
        """Get a patch ready.

        Args:
            bank: None gives plain tones.
            program: of General MIDI, counted from 0.
            rate: samples a second.
            drums: whether the program is a drum kit.
        """
        self.rate = rate
        self._bank = bank
        self._program = program
        self._drums = drums
        self._voices: list[Voice | Tone] = []
        self._held: set[int] = set()
        self._pedal = False
        if bank is not None:
            bank.warm(bank.zones(program, drums=drums))

    @property
    def voices(self) -> int:
        """How many sound."""
        return len(self._voices)

    def take(self, message: KeyMessage) -> None:
        """A key or the pedal moved."""
        if message.kind == "on":
            self._strike(message)
        elif message.kind == "off":
            self._held.discard(message.pitch)
            if not self._pedal:
                self._release({message.pitch})
        else:
            self._pedal = message.velocity >= PEDAL_DOWN
            if not self._pedal:
                self._release({voice.key for voice in self._voices} - self._held)

    def let_go(self) -> None:
        """All keys and the pedal are up."""
        self._held.clear()
        self._pedal = False
        self._release({voice.key for voice in self._voices})

    def read(self, frames: int) -> Samples | None:
        """The next samples (frames, 2); None while nothing sounds."""
        if not self._voices:
            return None
        out = mix_voices(self._voices, frames)
        self._voices = [voice for voice in self._voices if not voice.is_over]
        return out

    def close(self) -> None:
        """Nothing to let go of."""

    def _strike(self, message: KeyMessage) -> None:
        self._release({message.pitch})
        self._held.add(message.pitch)
        new: list[Voice] | list[Tone] = []
        if self._bank is not None:
            new = strike(
                self._bank, self._program, message.pitch, message.velocity, self.rate,
                drums=self._drums,
            )  # fmt: skip
        self._choke({voice.exclusive for voice in new} - {0})
        self._voices += new or [Tone(message.pitch, message.velocity, self.rate, drums=self._drums)]
        for voice in self._voices[:-MOST_VOICES]:
            voice.release(within_s=STEAL_S)

    def _choke(self, groups: set[int]) -> None:
        """Cut what a new stroke cuts: an open hi-hat by a closed one."""
        for voice in self._voices:
            if voice.exclusive in groups:
                voice.release(within_s=CHOKE_S)

    def _release(self, pitches: set[int]) -> None:
        for voice in self._voices:
            if voice.key in pitches:
                voice.release()
