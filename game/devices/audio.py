"""The sound device: plays the take's samples from a known sample on, and tells when."""

from __future__ import annotations

import contextlib
import time
from collections import deque
from typing import TYPE_CHECKING, Any

from game.devices.backends import BACKENDS, backend_names, list_outputs, missing_sound
from game.devices.errors import DeviceError
from game.devices.jack_watch import bury
from game.devices.mixer import CHANNELS, Mixer
from game.devices.stream_clock import NS, StreamClock
from game.events import AudioState, OpenAudio

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

    from game.devices.mixer import Placed, Samples

OWN_RATE = 0
"""Asked of the device: samples a second as it runs itself. Any other rate would be converted, and
a converter smears a click over its neighbours."""
BLOCK_MS = 10
"""Asked of the device; one block is also about the output latency of the pulling backends."""
LEAD_S = 0.06
"""From Start to the first sample: longer than any block, so that no sample is too late."""
SILENT_S = 1.5
"""A running device that asks for nothing for so long is gone."""


KEYS_FIRST_S = 50e-6
"""JACK wakes MIDI and audio at the same moment. So long the audio thread lets go of the
interpreter, and a key of this period sounds in it and not in the next. By measure: one period
less from key to sound."""
CONFIG_PLACES = [16, 32]
"""Where `periods` and `dataCallback` lie in the configuration of a device; ..."""
FLAG_PLACE = 27
"""... and then `noFixedSizedCallback` between them."""


class MiniaudioSpeaker:
    """An open device. It runs always, playing silence between the takes.

    Implements `game.devices.sound.Speaker`.

    The audio thread mixes a block, and notes when it was asked; all reckoning is done by
    `follow`, on another thread.
    """

    def __init__(
        self,
        backend: str,
        mixer: Mixer | None = None,
        *,
        device: str | None = None,
        block_ms: int = BLOCK_MS,
    ) -> None:
        """Open and start a device.

        Args:
            backend: a key of BACKENDS.
            mixer: whose samples it plays; a silent one of its own by default.
            device: its name; None is the backend's default.
            block_ms: asked of it; longer ones give a busy machine more time.

        Raises:
            DeviceError: where it does not open.
        """
        import miniaudio  # noqa: PLC0415 - loads the sound libraries

        handle = None if device is None else list_outputs(backend).get(device)
        if device is not None and handle is None:
            raise DeviceError(f"{backend} has no device {device!r}")
        self.backend = backend
        self.mixer = mixer or Mixer()
        self._asked: deque[tuple[int, int, int]] = deque()
        self._written = 0
        self._last_ns = time.monotonic_ns()
        try:
            self._device: Any = _device_type()(
                output_format=miniaudio.SampleFormat.FLOAT32,
                nchannels=CHANNELS,
                sample_rate=OWN_RATE,
                buffersize_msec=block_ms,
                device_id=handle,
                backends=[getattr(miniaudio.Backend, BACKENDS[backend])],
                app_name="First Take",
            )
            self.rate = int(self._device._device.sampleRate)  # noqa: SLF001 - told nowhere else
            self.mixer.rate = self.rate
            self.clock = StreamClock(self.rate, queues=backend != "jack" or not _asks_at_once())
            self._longest = self.rate * block_ms // 1000
            feed = self._feed()
            next(feed)
            self._device.start(feed)
        except miniaudio.MiniaudioError as error:
            raise DeviceError(f"{backend}: {error}") from error

    def _feed(self) -> Generator[bytes | Samples, int, None]:
        """Runs on the audio thread: stamp, mix, nothing else."""
        frames = yield b""
        keys_first_s = KEYS_FIRST_S if self.backend == "jack" else 0.0
        while True:
            if keys_first_s:
                time.sleep(keys_first_s)
            first = self._written
            self._asked.append((first, frames, time.monotonic_ns()))
            self._written = first + frames
            mixed = self.mixer.mix(first, frames)
            frames = yield b"" if mixed is None else mixed

    def follow(self) -> None:
        """Reckon with the blocks that were asked for since the last call."""
        while self._asked:
            first, frames, clock_ns = self._asked.popleft()
            self._longest = max(self._longest, frames)
            self._last_ns = clock_ns
            self.clock.observe(first, clock_ns)

    def alive(self, clock_ns: int) -> bool:
        """Whether the device still asks for samples."""
        return clock_ns - self._last_ns < SILENT_S * NS

    def play(self, tracks: Mapping[str, Samples | Placed], first: int | None = None) -> int:
        """Play a take's tracks from stream sample `first` on; None is as soon as is safe.

        Gives the stream sample at which the tracks' sample 0 lies.
        """
        if first is None:
            first = self._written + max(round(LEAD_S * self.rate), 3 * self._longest)
        self.mixer.load(first, tracks)
        return first

    def abandon(self) -> None:
        """Let go of a device that has gone."""
        self.mixer = Mixer()
        if self.backend == "jack":
            bury(self._device)
        else:
            self.close()

    def close(self) -> None:
        """Let go of the device."""
        with contextlib.suppress(Exception):
            self._device.close()


def _asks_at_once() -> bool:
    """Whether devices can be made to ask for what the driver wants when it wants it."""
    import miniaudio  # noqa: PLC0415 - loads the sound libraries

    names = ("periods", "dataCallback")
    return [miniaudio.ffi.offsetof("ma_device_config", name) for name in names] == CONFIG_PLACES


def _device_type() -> Any:  # noqa: ANN401 - miniaudio is untyped
    """The library's playback device, without its buffer of whole blocks.

    By itself miniaudio asks for one block of BLOCK_MS after another, always one ahead of what is
    played: a key would wait for a block more than it need. Its `noFixedSizedCallback` has it ask
    for what the driver wants when the driver wants it. The binding does not name that field, so
    it is set by its place in `ma_device_config`: the last of the four flags before `dataCallback`
    (miniaudio.h 0.11). Where the places are others it stays as it was.
    """
    import miniaudio  # noqa: PLC0415 - loads the sound libraries

    ffi = miniaudio.ffi

    class Device(miniaudio.PlaybackDevice):  # type: ignore[misc]
        """Sets the flag where the configuration is complete but for it."""

        def _make_context(self, *arguments: Any, **named: Any) -> Any:  # noqa: ANN401
            if _asks_at_once():
                ffi.cast("uint8_t *", ffi.addressof(self._devconfig))[FLAG_PLACE] = 1
            return super()._make_context(*arguments, **named)

    return Device


def open_speaker(
    command: OpenAudio, mixer: Mixer | None = None, block_ms: int = BLOCK_MS
) -> tuple[MiniaudioSpeaker | None, AudioState]:
    """Open the first device that works of those that are meant, and say what came of it."""
    wanted, device = command.backend, command.device
    try:
        names = backend_names(wanted)
    except DeviceError as error:
        return None, AudioState(
            ok=False, backend="none", detail=f"{error}. {missing_sound('auto')}"
        )
    for name in names:
        try:
            speaker = MiniaudioSpeaker(name, mixer, device=device, block_ms=block_ms)
        except DeviceError:
            continue
        return speaker, AudioState(
            ok=True,
            backend=name,
            detail=f"Sound by {device or name}.",
            rate=speaker.rate,
            device=device or "",
            block_ms=block_ms,
        )
    return None, AudioState(ok=False, backend="none", detail=missing_sound(wanted, device))
