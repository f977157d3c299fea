"""The sound of the engine: the device, lost and found again, and a take's tracks on it."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

import numpy as np

from game.devices.audio import BLOCK_MS, open_speaker
from game.devices.backends import backend_names, list_outputs
from game.devices.click import LENGTH_S, render_clicks
from game.devices.errors import DeviceError
from game.devices.mixer import Mixer, Placed
from game.devices.quiet import silence
from game.events import (
    AudioState,
    LoadTrack,
    LookForOutputs,
    OpenAudio,
    OutputsChanged,
    SetMix,
    Underrun,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from game.devices.mixer import Samples
    from game.devices.stream_clock import StreamClock
    from game.devices.transport import Transport
    from game.events import ClickPlan, EngineEvent

NS = 1_000_000_000
REOPEN_S = 2.0
"""How often a lost device is looked for."""
GONE = "{device} is gone: watch the click until it is back."
ANY_DEVICE = "The sound"
SEEK_S = 10.0
"""The same of one that was never there: it may be plugged in, or its server started."""
STUMBLES = 2
"""Underruns in a take from which on the device is opened with blocks of twice the length."""
LONGEST_BLOCK_MS = 40
FULL_SCALE = 32767.0

log = logging.getLogger(__name__)


class Speaker(Protocol):
    """An open sound device."""

    backend: str
    rate: int
    """Samples a second."""
    clock: StreamClock
    """When its samples are heard."""

    def follow(self) -> None:
        """Bring the clock up to date."""

    def alive(self, clock_ns: int) -> bool:
        """Whether it still plays."""

    def play(self, tracks: Mapping[str, Samples | Placed], first: int | None = None) -> int:
        """Play tracks from a stream sample on (None: soon); gives that sample."""

    def abandon(self) -> None:
        """Let go of it when it has gone."""

    def close(self) -> None:
        """Let go of it."""


OpenDevice = Callable[[OpenAudio, Mixer, int], "tuple[Speaker | None, AudioState]"]
"""Opens what is wanted, in blocks of so many milliseconds."""


class Sound:
    """The device and what is played on it. The engine's lock is held around every call."""

    def __init__(
        self,
        transport: Transport,
        emit: Callable[[EngineEvent], None],
        *,
        open_device: OpenDevice = open_speaker,
        prepare: Callable[[], None] = lambda: None,
    ) -> None:
        """Closed; `open` opens a device, by `open_device`, after `prepare`."""
        self._transport = transport
        self._emit = emit
        self._open = open_device
        self._prepare = prepare
        self.mixer = Mixer()
        self._speaker: Speaker | None = None
        self._audio = OpenAudio("none")
        self._first_sample: int | None = None
        self._loaded: dict[str, LoadTrack] = {}
        self._read_tracks: dict[str, tuple[LoadTrack, int, Samples | None]] = {}
        self._tracks: dict[str, Samples | Placed] = {}
        self._rendered_for: tuple[ClickPlan | None, int] = (None, 0)
        self._underruns = 0
        self._stumbles = 0
        self._block_ms = BLOCK_MS
        self._reopen_at: int | None = None
        self._pause_ns = 0

    # -- what is played

    def set_mix(self, command: SetMix) -> None:
        """Move the faders."""
        for name in command.__struct_fields__:
            self.mixer.set_gain(name, getattr(command, name))

    def load(self, command: LoadTrack) -> None:
        """Take a rendered track, for a running take too; an empty path takes it away."""
        self._loaded[command.name] = command
        self._rendered_for = (None, 0)
        if self._speaker is not None:
            # Now, while the chart is looked through: no take waits for it when it begins.
            self._read(command, self._speaker.rate)
        if self._first_sample is not None and self._speaker is not None:
            self._render(self._speaker)
            self.mixer.load(self._first_sample, self._tracks)

    def prepare(self) -> None:
        """Render the plan's clicks ahead, at the rate of the open device."""
        if self._speaker is not None:
            self._render(self._speaker)

    def _render(self, speaker: Speaker) -> None:
        plan = self._transport.plan
        if plan is None or self._rendered_for == (plan, speaker.rate):
            return
        # Nothing sounds after the last click: a take that waits for its player may be long.
        last_s = max((click.onset_s for click in plan.clicks), default=plan.start_s)
        clicks = render_clicks(
            plan.clicks,
            start_s=plan.start_s,
            end_s=min(plan.end_s, last_s + 2 * LENGTH_S),
            rate=speaker.rate,
            sound=plan.sound,
            semitones=plan.semitones,
        )
        self._tracks = {"click": clicks}
        for name, track in self._loaded.items():
            if (samples := self._read(track, speaker.rate)) is not None:
                self._tracks[name] = place_track(samples, track.start_s, plan, speaker.rate)
        self._rendered_for = (plan, speaker.rate)

    def _read(self, track: LoadTrack, rate: int) -> Samples | None:
        """A track's samples, read once; None where there are none."""
        known = self._read_tracks.get(track.name)
        if known is None or known[:2] != (track, rate):
            samples = None
            if track.path:
                with contextlib.suppress(OSError, ValueError):
                    samples = read_track(track, rate)
            known = self._read_tracks[track.name] = (track, rate, samples)
        return known[2]

    @property
    def backend(self) -> str:
        """Of the open device.

        Raises:
            DeviceError: none is open.
        """
        if self._speaker is None:
            raise DeviceError("there is no sound device")
        return self._speaker.backend

    @property
    def unsettled(self) -> bool:
        """Whether a device is open whose clock is not known yet."""
        return self._speaker is not None and not self._speaker.clock.settled

    def play(self, *, at_once: bool) -> None:
        """Give the take's tracks to the device, and tie the origin to them.

        Args:
            at_once: a fresh start: the samples choose the origin; else the known origin
                chooses the sample (after the engine or the device was lost).
        """
        speaker, plan = self._speaker, self._transport.plan
        self._first_sample = None
        if speaker is None or plan is None:
            return
        self._render(speaker)
        speaker.follow()
        if not speaker.clock.settled:
            return  # the beat plays it in as soon as it is
        first = None
        if not at_once:
            first = speaker.clock.frame_at(self._transport.clock_at(plan.start_s))
        self._first_sample = speaker.play(self._tracks, first)
        self._lead(speaker, plan)

    def stop(self) -> None:
        """Play nothing but the instrument; a device that stumbled has more time from now on."""
        self.mixer.silence()
        self._first_sample = None
        stumbles, self._stumbles = self._stumbles, 0
        speaker = self._speaker
        if speaker is None or stumbles < STUMBLES or self._block_ms >= LONGEST_BLOCK_MS:
            return
        if speaker.backend == "jack":
            return  # its server says how much time there is
        self._block_ms *= 2
        speaker.close()
        state = self._renew()
        if self._speaker is None:
            self._wait(REOPEN_S)
        self._emit(state)

    def _lead(self, speaker: Speaker, plan: ClickPlan) -> None:
        """Second 0 lies where its sample is heard."""
        if self._first_sample is not None:
            heard = speaker.clock.clock_at(self._first_sample)
            self._transport.move_origin(heard - round(plan.start_s * NS))

    # -- the device

    def follow(self, clock_ns: int) -> None:
        """One look at the device: its clock, its end, its return."""
        speaker = self._speaker
        if speaker is None:
            if self._reopen_at is not None and clock_ns >= self._reopen_at:
                self._reopen(clock_ns)
            return
        speaker.follow()
        if not speaker.alive(clock_ns):
            self._lose(speaker)
            return
        plan = self._transport.plan
        if self._transport.running and plan:
            if self._first_sample is None and speaker.clock.settled:
                self.play(at_once=False)
            self._lead(speaker, plan)
        if speaker.clock.underruns > self._underruns:
            self._underruns = speaker.clock.underruns
            self._stumbles += self._transport.running
            self._emit(Underrun(self._underruns))

    def lose_jack(self) -> None:
        """The JACK server has died, and a device of its with it."""
        if self._speaker is not None and self._speaker.backend == "jack":
            self._lose(self._speaker)

    def open(self, command: OpenAudio) -> None:
        """Open the device, or another one."""
        if self._speaker is not None and command == self._audio:
            return
        self._audio = command
        self._reopen_at = None
        if self._speaker:
            self._speaker.close()
        state = self._renew()
        if self._speaker is None and command.backend != "none":
            self._wait(SEEK_S)
        self._emit(state)
        if self._transport.running:
            self.play(at_once=False)
        else:
            self.prepare()

    def look(self, _command: LookForOutputs) -> None:
        """Tell which devices there are; the system may take its time, so nobody waits for it."""
        backends: tuple[str, ...] = ()
        with contextlib.suppress(DeviceError):
            backends = backend_names(self._audio.backend)
        if self._speaker is not None:
            backends = (self._speaker.backend,)
        threading.Thread(target=self._list, args=(backends,), daemon=True).start()

    def _list(self, backends: tuple[str, ...]) -> None:
        for backend in backends:
            with contextlib.suppress(DeviceError):
                self._emit(OutputsChanged(tuple(list_outputs(backend))))
                return
        self._emit(OutputsChanged(()))

    @contextlib.contextmanager
    def aside(self) -> Iterator[None]:
        """Take a JACK device away while a MIDI port is opened or closed.

        rtmidi keeps the interpreter lock while it asks the JACK server, the server waits for
        the audio callback, and that waits for the lock: half a second or more until the server
        gives up. Away and back costs some 50 ms, at the right sample.
        """
        speaker = self._speaker
        if speaker is None or speaker.backend != "jack":
            yield
            return
        speaker.close()
        self._speaker = self._first_sample = None
        try:
            yield
        finally:
            state = self._renew()
            if self._speaker is None:
                self._wait(REOPEN_S)
                self._emit(state)

    def _lose(self, speaker: Speaker) -> None:
        """The device was unplugged: the transport goes on by the monotonic clock."""
        log.warning("the sound device of %s has gone", speaker.backend)
        speaker.abandon()
        self._speaker = self._first_sample = None
        self._wait(REOPEN_S)
        self._emit(
            AudioState(
                ok=False,
                backend="none",
                detail=GONE.format(device=self._audio.device or ANY_DEVICE),
            )
        )

    def _renew(self) -> AudioState:
        """Open the device that is wanted, as far as it is there."""
        self._prepare()
        self._speaker, state = self._open(self._audio, self.mixer, self._block_ms)
        self._underruns = 0
        return state

    def _reopen(self, clock_ns: int) -> None:
        """Look for the lost device again."""
        with silence():
            state = self._renew()
        if self._speaker is None:
            self._reopen_at = clock_ns + self._pause_ns
            return
        self._reopen_at = None
        self._emit(state)

    def _wait(self, pause_s: float) -> None:
        """Look for the device again after a pause, and again after each that was in vain."""
        self._pause_ns = round(pause_s * NS)
        self._reopen_at = time.monotonic_ns() + self._pause_ns

    def close(self) -> None:
        """Let go of the device."""
        if self._speaker:
            self._speaker.close()
            self._speaker = None


def read_track(track: LoadTrack, rate: int) -> Samples:
    """A rendered track (n, 2) in numbers of 16 bits at a rate; in memory, not in a file.

    Raises:
        OSError: the file is gone.
        ValueError: it is no array.
    """
    stored: Samples = np.load(track.path)
    if track.rate == rate:
        return stored
    at = np.arange(len(stored) * rate // track.rate) * (track.rate / rate)
    sides = [np.interp(at, np.arange(len(stored)), stored[:, side]) for side in (0, 1)]
    return np.stack(sides, axis=1).astype(np.int16)


def place_track(samples: Samples, start_s: float, plan: ClickPlan, rate: int) -> Placed:
    """A track whose sample 0 lies at `start_s`, cut to the plan; nothing is copied."""
    shift = round((start_s - plan.start_s) * rate)
    length = max(0, round((plan.end_s - plan.start_s) * rate) - max(0, shift))
    cut = samples[max(0, -shift) :][:length]
    return Placed(cut, max(0, shift), 1.0 / FULL_SCALE)
