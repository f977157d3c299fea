"""The keyboard's own sound: what is played is heard, by FluidSynth or the built-in sampler.

The MIDI thread only puts bytes into a queue; notes are struck and mixed on the audio thread, at
the start of the next block. A patch is read on a thread of its own, and the audio thread takes it
over between two blocks.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections import deque
from typing import TYPE_CHECKING, Protocol

from game.devices.action import Action
from game.devices.fluid import FluidSampler, load_fluidsynth, name_fluidsynth
from game.devices.midi_parse import MidiParser
from game.devices.sampler import BuiltInSampler
from game.events import InstrumentReady, SetInstrument
from game.soundfont.bank import Bank, BankError
from game.soundfont.places import find_bank

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from game.devices.midi_parse import KeyMessage
    from game.devices.mixer import Samples

BUILT_IN = "built-in sampler"
PLAIN_TONES = "plain tones"
MOST_WAITING = 4096
"""Messages that wait for a block; without a device they wait for nothing."""

log = logging.getLogger(__name__)


class Sampler(Protocol):
    """What makes the samples."""

    rate: int
    """Samples a second."""

    def take(self, message: KeyMessage) -> None:
        """A key or the pedal moved."""

    def let_go(self) -> None:
        """All keys and the pedal are up."""

    def read(self, frames: int) -> Samples | None:
        """The next samples (frames, 2); None while nothing sounds."""

    def close(self) -> None:
        """Let go of its memory."""


class Instrument:
    """One keyboard's sound. Implements `game.devices.mixer.Voice`."""

    def __init__(self, emit: Callable[[InstrumentReady], None] = lambda _event: None) -> None:
        """Off until `choose`; `emit` is told what came of each choice."""
        self._emit = emit
        self._turn = threading.Lock()
        self._inbox: deque[list[int] | None] = deque(maxlen=MOST_WAITING)
        self._parser = MidiParser()
        self._action = Action()
        self._chosen = SetInstrument(None)
        self._rate = 48_000
        self._bank: tuple[Path, Bank] | None = None
        self._next: deque[tuple[Sampler | None, Action]] = deque()
        self._sampler: Sampler | None = None
        self._over: list[Sampler] = []

    @property
    def is_on(self) -> bool:
        """Whether keys are heard."""
        return self._chosen.program is not None

    def choose(self, command: SetInstrument) -> None:
        """Take a patch; reads its bank, which may take a fifth of a second."""
        with self._turn:
            self._chosen = command
            self._clear_old()
            if command.program is None:
                self._next.append((None, Action()))
                self._emit(InstrumentReady("", ""))
                return
            sampler, ready = self._open(command, command.program)
            action = Action(
                touch=command.touch, pedal=command.pedal, mono=command.mono, drums=command.drums
            )
            self._next.append((sampler, action))
            self._emit(ready)

    def _clear_old(self) -> None:
        """Close what the audio thread has left, or has never taken because there is no device."""
        while self._over:
            self._over.pop().close()
        while self._next:
            with contextlib.suppress(IndexError):
                if (waiting := self._next.popleft()[0]) is not None:
                    waiting.close()

    def _open(self, command: SetInstrument, program: int) -> tuple[Sampler, InstrumentReady]:
        """The best that plays a bank here, and its name."""
        path, drums = find_bank(command.bank), command.drums
        plain = BuiltInSampler(None, program, self._rate, drums=drums)
        if path is None:
            return plain, InstrumentReady(PLAIN_TONES, "")
        binding = None if command.built_in else load_fluidsynth()
        if binding is not None:
            try:
                sampler = FluidSampler(binding, path, program, self._rate, drums=drums)
            except BankError as error:
                log.warning("%s", error)
            else:
                return sampler, InstrumentReady(name_fluidsynth(), path.name)
        try:
            if self._bank is None or self._bank[0] != path:
                self._bank = (path, Bank(path))
        except BankError as error:
            log.warning("%s", error)
            return plain, InstrumentReady(PLAIN_TONES, "")
        built_in = BuiltInSampler(self._bank[1], program, self._rate, drums=drums)
        return built_in, InstrumentReady(BUILT_IN, path.name)

    def play(self, octets: list[int]) -> None:
        """What the keyboard sent, on its own thread."""
        if self.is_on:
            self._inbox.append(octets)

    def let_go(self) -> None:
        """The keyboard has gone with keys or the pedal down."""
        self._inbox.append(None)

    def forget(self) -> None:
        """A device has been opened: what was played while there was none is past."""
        self._inbox.clear()
        self.let_go()

    def __call__(self, frames: int, rate: int) -> Samples | None:
        """The next samples (frames, 2); None while nothing sounds. On the audio thread."""
        while self._next:
            if self._sampler is not None:
                self._over.append(self._sampler)
            self._sampler, self._action = self._next.popleft()
        sampler = self._sampler
        if rate != self._rate:
            # Another device: the patch is read again for it, and is silent until then.
            self._rate = rate
            threading.Thread(target=self.choose, args=(self._chosen,), daemon=True).start()
        if sampler is None or sampler.rate != rate:
            self._inbox.clear()
            return None
        while self._inbox:
            octets = self._inbox.popleft()
            if octets is None:
                sampler.let_go()
                self._action.let_go()
                continue
            for message in self._parser.feed(octets):
                for sounding in self._action.feed(message):
                    sampler.take(sounding)
        return sampler.read(frames)
