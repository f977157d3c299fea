"""The keyboard's sound by FluidSynth, where its library is found on the system."""

from __future__ import annotations

import contextlib
import sys
from typing import TYPE_CHECKING, Any

import numpy as np

from game.devices.midi_parse import SUSTAIN_PEDAL
from game.soundfont.bank import DRUM_BANK, BankError

if TYPE_CHECKING:
    from pathlib import Path

    from game.devices.midi_parse import KeyMessage
    from game.devices.mixer import Samples

GAIN = 2.0
"""At which a note is as loud as by the built-in sampler; measured with eight patches."""
SETTINGS = {
    "synth.dynamic-sample-loading": 1,  # a bank may hold hundreds of megabytes, a patch few
    "synth.lock-memory": 0,
    "synth.polyphony": 128,
    "synth.chorus.active": 0,  # lifts strings and leads by up to 16 dB above the other patches
}
LOWEST_RATE, HIGHEST_RATE = 8_000, 96_000
"""At which FluidSynth runs."""
CHANNELS = 16
DRUM_CHANNEL = 9
"""Counted from 0; FluidSynth plays kits there."""
FULL_SCALE = np.float32(1.0 / 32768.0)
HUSH = 2
"""Samples (of 16 bits) up to this are FluidSynth's dither."""


def load_fluidsynth() -> Any:  # noqa: ANN401 - an untyped module
    """The binding, or None where there is no FluidSynth here."""
    try:
        with contextlib.redirect_stdout(sys.stderr):
            import fluidsynth  # noqa: PLC0415 - looks for the library, which may be missing
    except (ImportError, OSError, AttributeError):
        return None
    return fluidsynth


def name_fluidsynth() -> str:
    """What is found, with its version; empty where nothing is."""
    binding = load_fluidsynth()
    if binding is None:
        return ""
    parts = [binding.c_int() for _ in range(3)]
    binding.fluid_version(*map(binding.byref, parts))
    return f"FluidSynth {'.'.join(str(part.value) for part in parts)}"


class FluidSampler:
    """One patch of a bank. Implements `game.devices.instrument.Sampler`."""

    def __init__(
        self,
        binding: Any,  # noqa: ANN401
        path: Path,
        program: int,
        rate: int,
        *,
        drums: bool = False,
        reverb: bool = True,
    ) -> None:
        """Read a patch; takes some milliseconds.

        Args:
            binding: what `load_fluidsynth` gives.
            path: of the bank.
            program: of General MIDI, counted from 0.
            rate: samples a second.
            drums: whether the program is a drum kit.
            reverb: whether it sounds in a room.

        Raises:
            BankError: FluidSynth cannot play it.
        """
        if not LOWEST_RATE <= rate <= HIGHEST_RATE:
            raise BankError(f"FluidSynth does not run at {rate} samples a second")
        self.rate = rate
        self._synth: Any = binding.Synth(
            gain=GAIN,
            samplerate=float(rate),
            channels=CHANNELS,
            **SETTINGS,
            **{"synth.reverb.active": int(reverb)},
        )
        number = self._synth.sfload(str(path))
        self._channel, part = (DRUM_CHANNEL, DRUM_BANK) if drums else (0, 0)
        place = (self._channel, number, part, program)
        chosen = -1 if number < 0 else self._synth.program_select(*place)
        if chosen < 0:
            self._synth.delete()
            raise BankError(f"FluidSynth cannot play patch {program + 1} of {path}")
        self._is_quiet = True

    def take(self, message: KeyMessage) -> None:
        """A key or the pedal moved."""
        self._is_quiet = False
        if message.kind == "on":
            self._synth.noteon(self._channel, message.pitch, message.velocity)
        elif message.kind == "off":
            self._synth.noteoff(self._channel, message.pitch)
        else:
            self._synth.cc(self._channel, SUSTAIN_PEDAL, message.velocity)

    def let_go(self) -> None:
        """All keys and the pedal are up."""
        self._synth.cc(self._channel, SUSTAIN_PEDAL, 0)
        self._synth.all_notes_off(self._channel)

    def read(self, frames: int) -> Samples | None:
        """The next samples (frames, 2); None while nothing sounds."""
        if self._is_quiet:
            return None
        block = self._synth.get_samples(frames)
        if not self._synth.get_active_voice_count() and np.abs(block).max(initial=0) <= HUSH:
            self._is_quiet = True
        samples: Samples = block.reshape(frames, 2) * FULL_SCALE
        return samples

    def close(self) -> None:
        """Let go of the library's memory; nothing may be read from it any more."""
        self._synth.delete()
