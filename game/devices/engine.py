"""The engine: keys, sound and transport wired together. Runs in a process of its own.

Threads: MIDI callbacks stamp and queue; the sender turns the queue into events, in its order;
the watch keeps the keyboard's port open; the beat follows the sound device and ends takes; the
clock sender sends pulses. Commands come on the thread that calls `handle`.
"""

from __future__ import annotations

import contextlib
import gc
import logging
import threading
import time
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

from game.devices.ear import Ear, find_clicks
from game.devices.errors import DeviceError
from game.devices.instrument import Instrument
from game.devices.midi_apis import JACK, OutputPort, RtMidiSystem
from game.devices.midi_clock import PulseSender
from game.devices.midi_parse import HeldKeys, KeyMessage, MidiParser
from game.devices.port_names import CLOCK_PORT, INPUT_CLIENT, OUTPUT_CLIENT
from game.devices.port_watch import PortWatch
from game.devices.quiet import silence
from game.devices.sound import Sound
from game.devices.taps import Taps
from game.devices.thru import Thru
from game.devices.transport import NS, Transport
from game.events import (
    ClickPlan,
    EngineCommand,
    EngineEvent,
    HeardBack,
    ListenBack,
    LoadTrack,
    LookForOutputs,
    NoteEvent,
    OpenAudio,
    OpenInput,
    SendThru,
    SetInstrument,
    SetLatency,
    SetMix,
    Start,
    Stop,
    StrikeKey,
    TransportStarted,
    TransportStopped,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BEAT_S = 0.01
LEAD_NS = 60_000_000
"""From Start to the plan's start without sound."""
UNSETTLED_LEAD_NS = 400_000_000
"""The same while the sound device has only just been opened: by then its clock is known."""
MOVED_NS = 100_000
"""The screen is told again where second 0 lies when it has moved by this much."""
STEP_BACK_S = 0.005
"""The origin breathes by microseconds with the sound device; stamps in a run never go back by
less than this. A larger step is a real slip of the sound, and shows."""
REOPEN_S = 5.0

log = logging.getLogger(__name__)


class _Release:
    """In the queue: the keyboard is gone, let go of all keys."""


class _End:
    """In the queue: no more."""


_Item = tuple[int, "list[int] | EngineEvent | _Release | _End"]


class Engine:
    """Takes commands, gives events."""

    def __init__(self, deliver: Callable[[EngineEvent], None]) -> None:
        """Start the threads; `deliver` takes the events, in order, on one thread."""
        self._deliver = deliver
        self._queue: SimpleQueue[_Item] = SimpleQueue()
        self._lock = threading.RLock()
        self._transport = Transport()
        self._instrument = Instrument(self._emit)
        self._sound = Sound(self._transport, self._emit, prepare=self._instrument.forget)
        self._sound.mixer.voice = self._instrument
        self._taps = Taps(self._sound_keys)
        self._ear: Ear | None = None
        self._told_ns = 0
        self._pulses: PulseSender | None = None
        self._clock_port: OutputPort | None = None
        self._clock_retry_ns = 0
        self._clock_deaths = 0
        self._jack_deaths = 0
        self._ended = threading.Event()
        self._system = RtMidiSystem(INPUT_CLIENT)
        self._sound.mixer.before = self._system.take_keys
        self._thru = Thru(self._system, emit=self._emit, aside=self._sound_aside)
        self._watch = PortWatch(
            self._system,
            on_message=self._hear,
            emit=self._emit,
            release=self._release,
            aside=self._sound_aside,
            prepare=self._look_after_outputs,
        )
        self._does: dict[type, Callable[[Any], None]] = {
            SetInstrument: self._choose_instrument,
            ClickPlan: self._load_plan,
            OpenInput: lambda command: self._watch.listen(command.name),
            SendThru: lambda command: self._thru.send_to(command.name),
            OpenAudio: self._sound.open,
            LookForOutputs: self._sound.look,
            ListenBack: self._listen_back,
            SetMix: self._sound.set_mix,
            LoadTrack: self._sound.load,
            SetLatency: lambda command: self._transport.set_latency(command.input_ms),
            Start: lambda command: self._start(command.origin_ns),
            Stop: self._stop,
        }
        self._threads = [
            threading.Thread(target=run, name=name, daemon=True)
            for run, name in (
                (self._send, "sender"),
                (self._watch.run, "port watch"),
                (self._beat, "beat"),
            )
        ]
        for thread in self._threads:
            thread.start()

    def handle(self, command: EngineCommand) -> None:
        """Do one command.

        Raises:
            DeviceError: where it cannot be done.
        """
        if isinstance(command, StrikeKey):
            # Waits for no device that is just being opened.
            self._taps.strike(command.pitch, command.velocity, time.monotonic_ns())
            return
        with self._lock:
            self._does[type(command)](command)

    def _load_plan(self, plan: ClickPlan) -> None:
        self._transport.load(plan)
        self._sound.prepare()

    def _choose_instrument(self, command: SetInstrument) -> None:
        # Reading a bank takes a moment, and no take waits for it.
        choose = self._instrument.choose
        threading.Thread(target=choose, args=(command,), daemon=True).start()

    def _listen_back(self, _command: ListenBack) -> None:
        try:
            self._ear = Ear(self._sound.backend)
        except DeviceError as error:
            self._emit(HeardBack((), str(error)))

    def _tell_heard(self, ear: Ear) -> None:
        """What came back, on the transport's own clock."""
        heard = ear.finish()
        origin_ns = self._transport.origin_ns or 0
        clicks = find_clicks(heard.samples, heard.rate)
        self._emit(HeardBack(tuple((heard.clock_at(at) - origin_ns) / NS for at in clicks)))

    def _stop(self, _command: Stop) -> None:
        clock_ns = time.monotonic_ns()
        self._finish(self._transport.stop(clock_ns), clock_ns)

    def close(self) -> None:
        """Let go of everything."""
        self._ended.set()
        self._watch.end()
        with self._lock:
            self._stop_pulses()
            self._sound.close()
        self._threads[1].join(1.0)
        self._watch.close()
        self._thru.close()
        if self._clock_port:
            self._clock_port.close()
        self._queue.put((time.monotonic_ns(), _End()))
        self._threads[0].join(1.0)

    def _hear(self, clock_ns: int, octets: list[int]) -> None:
        """A message of the keyboard, on the MIDI system's thread."""
        self._queue.put((clock_ns, octets))
        self._sound_keys(octets)

    def _sound_keys(self, octets: list[int]) -> None:
        """Here, or by the instrument that the player has chosen instead."""
        self._instrument.play(octets)
        self._thru.play(octets)

    def _release(self) -> None:
        """The keyboard is gone: nothing that it left down is heard on, or counts as held."""
        self._queue.put((time.monotonic_ns(), _Release()))
        self._instrument.let_go()

    def _emit(self, event: EngineEvent) -> None:
        self._queue.put((time.monotonic_ns(), event))

    # The sender's thread.

    def _send(self) -> None:
        """Deliver what is queued, in the order in which it was put there."""
        parser, held, last_s = MidiParser(), HeldKeys(), float("-inf")
        while True:
            clock_ns, item = self._queue.get()
            if isinstance(item, _End):
                return
            if isinstance(item, _Release):
                messages, parser = held.release(), MidiParser()
            elif isinstance(item, list):
                messages = parser.feed(item)
            else:
                last_s = float("-inf") if isinstance(item, TransportStarted) else last_s
                self._deliver(item)
                continue
            for message in messages:
                held.note(message)
                onset_s = self._transport.stamp(clock_ns)
                if onset_s < last_s < onset_s + STEP_BACK_S:
                    onset_s = last_s
                last_s = onset_s
                self._deliver(_note_event(message, onset_s))

    # The transport.

    def _start(self, origin_ns: int | None) -> None:
        """Start or go on; with sound, second 0 lies where its sample is heard."""
        self._finish(self._transport.stop(clock_ns := time.monotonic_ns()), clock_ns)
        clock_ns = time.monotonic_ns()
        if origin_ns is None:
            lead_ns = UNSETTLED_LEAD_NS if self._sound.unsettled else LEAD_NS
            self._transport.start(clock_ns, lead_ns)
        else:
            self._transport.resume(clock_ns, origin_ns)
        self._sound.play(at_once=origin_ns is None)
        self._tell_origin()
        plan = self._transport.plan
        if plan and plan.pulses_s:
            self._pulses = PulseSender(plan.pulses_s, self._transport.clock_at, self._send_pulse)

    def _tell_origin(self) -> None:
        clock_ns = time.monotonic_ns()
        now_s = self._transport.position_s(clock_ns)
        if now_s is not None:
            self._told_ns = self._transport.origin_ns or 0
            self._emit(TransportStarted(now_s=now_s, clock_ns=clock_ns))

    def _finish(self, now_s: float | None, clock_ns: int) -> None:
        """What belongs to a stop at a position; nothing where it stood already."""
        if now_s is None:
            return
        self._stop_pulses()
        self._sound.stop()
        ear, self._ear = self._ear, None
        if ear is not None:
            self._tell_heard(ear)
        self._queue.put((clock_ns, TransportStopped(now_s=now_s)))
        gc.collect()  # automatic collection is off: see __main__

    # The beat's thread.

    def _beat(self) -> None:
        """Follow the sound device, end the take where its plan ends."""
        while not self._ended.wait(BEAT_S):
            self._taps.advance(time.monotonic_ns())
            try:
                with self._lock:
                    self._advance(time.monotonic_ns())
            except Exception:
                log.exception("the beat stumbled and goes on")

    def _advance(self, clock_ns: int) -> None:
        self._sound.follow(clock_ns)
        if self._transport.running:
            if abs((self._transport.origin_ns or 0) - self._told_ns) > MOVED_NS:
                self._tell_origin()
            self._finish(self._transport.expire(clock_ns), clock_ns)

    def _look_after_outputs(self) -> None:
        """On the watch's thread, before it looks for keyboards."""
        self._offer_clock()
        self._thru.look()

    def _offer_clock(self) -> None:
        """Offer the MIDI clock's port, as soon as there is a MIDI system to offer it on.

        On the watch's thread, before it opens a keyboard: see `_sound_aside`.
        """
        now = time.monotonic_ns()
        if self._clock_port and self._system.deaths(self._clock_port.api) != self._clock_deaths:
            self._clock_port.abandon()
            self._clock_port = None
            self._clock_retry_ns = 0
        if self._clock_port or now < self._clock_retry_ns:
            return
        try:
            with silence(), self._sound_aside():
                self._clock_port = OutputPort(CLOCK_PORT, client=OUTPUT_CLIENT)
                self._clock_deaths = self._system.deaths(self._clock_port.api)
        except DeviceError as error:
            if not self._clock_retry_ns:
                log.info("no MIDI clock is sent: %s", error)
            self._clock_retry_ns = now + round(REOPEN_S * NS)

    def _send_pulse(self, octet: int) -> None:
        if self._clock_port:
            self._clock_port.send([octet])

    def _stop_pulses(self) -> None:
        if self._pulses:
            self._pulses.stop()
            self._pulses = None

    @contextlib.contextmanager
    def _sound_aside(self) -> Iterator[None]:
        """Keep the sound device out of the way while a MIDI port is opened or closed."""
        with self._lock:
            deaths = self._system.deaths(JACK)
            if deaths != self._jack_deaths:
                self._jack_deaths = deaths
                self._sound.lose_jack()
            with self._sound.aside():
                yield


def _note_event(message: KeyMessage, onset_s: float) -> NoteEvent:
    return NoteEvent(
        onset_s=onset_s, kind=message.kind, pitch=message.pitch, velocity=message.velocity
    )
