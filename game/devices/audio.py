"""The sound device: plays the take's samples from a known sample on, and tells when."""

from __future__ import annotations

import contextlib
import sys
import time
from collections import deque
from typing import TYPE_CHECKING, Any

from game.devices.errors import DeviceError
from game.devices.jack_watch import bury
from game.devices.mixer import CHANNELS, Mixer
from game.devices.stream_clock import NS, StreamClock
from game.events import AudioState

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

    from game.devices.mixer import Samples

OWN_RATE = 0
"""Asked of the device: samples a second as it runs itself. Any other rate would be converted, and
a converter smears a click over its neighbours."""
BLOCK_MS = 10
"""Asked of the device; one block is also about the output latency of the pulling backends."""
LEAD_S = 0.06
"""From Start to the first sample: longer than any block, so that no sample is too late."""
SILENT_S = 1.5
"""A running device that asks for nothing for so long is gone."""

BACKENDS = {
    "pulseaudio": "PULSEAUDIO",
    "alsa": "ALSA",
    "jack": "JACK",
    "coreaudio": "COREAUDIO",
    "wasapi": "WASAPI",
    "dsound": "DSOUND",
    "winmm": "WINMM",
    "oss": "OSS",
    "sndio": "SNDIO",
    "null": "NULL",
}
"""What the settings call a backend, and its name in miniaudio."""


def auto_backends() -> tuple[str, ...]:
    """The backends that "auto" tries here, in order; never "null", which is silent."""
    if sys.platform == "darwin":
        return ("coreaudio",)
    if sys.platform == "win32":
        return ("wasapi", "dsound", "winmm")
    return ("pulseaudio", "alsa", "jack", "oss", "sndio")


def backend_names(wanted: str) -> tuple[str, ...]:
    """The backends to try for a setting: "auto", "none", or a backend's name.

    Raises:
        DeviceError: for a name that is not known.
    """
    if wanted == "none":
        return ()
    if wanted == "auto":
        return auto_backends()
    if wanted.lower() in BACKENDS:
        return (wanted.lower(),)
    known = ", ".join(("auto", "none", *BACKENDS))
    raise DeviceError(f"no sound backend {wanted!r}; known are {known}")


def missing_sound(wanted: str) -> str:
    """The player's line where no device opens."""
    shown = "The click is shown, not heard."
    if wanted == "none":
        return f"Sound is off. {shown}"
    if wanted != "auto":
        return f"No sound by {wanted}. {shown} Start its server, or choose the backend auto."
    cure = {
        "darwin": "Choose an output in System Settings > Sound.",
        "win32": "Enable an output in Settings > System > Sound.",
    }.get(sys.platform, "Connect a sound card, or start PipeWire, PulseAudio or JACK.")
    return f"No sound device found. {shown} {cure}"


class Speaker:
    """An open device. It runs always, playing silence between the takes.

    The audio thread mixes a block, and notes when it was asked; all reckoning is done by
    `follow`, on another thread.
    """

    def __init__(self, backend: str, mixer: Mixer | None = None) -> None:
        """Open and start the device of one backend.

        Args:
            backend: a key of BACKENDS.
            mixer: whose samples it plays; a silent one of its own by default.

        Raises:
            DeviceError: where it does not open.
        """
        import miniaudio  # noqa: PLC0415 - loads the sound libraries

        self.backend = backend
        self.mixer = mixer or Mixer()
        self._asked: deque[tuple[int, int, int]] = deque()
        self._written = 0
        self._last_ns = time.monotonic_ns()
        try:
            self._device: Any = miniaudio.PlaybackDevice(
                output_format=miniaudio.SampleFormat.FLOAT32,
                nchannels=CHANNELS,
                sample_rate=OWN_RATE,
                buffersize_msec=BLOCK_MS,
                backends=[getattr(miniaudio.Backend, BACKENDS[backend])],
                app_name="First Take",
            )
            self.rate = int(self._device._device.sampleRate)  # noqa: SLF001 - told nowhere else
            self.mixer.rate = self.rate
            self.clock = StreamClock(self.rate)
            self._longest = self.rate * BLOCK_MS // 1000
            feed = self._feed()
            next(feed)
            self._device.start(feed)
        except miniaudio.MiniaudioError as error:
            raise DeviceError(f"{backend}: {error}") from error

    def _feed(self) -> Generator[bytes | Samples, int, None]:
        """Runs on the audio thread: stamp, mix, nothing else."""
        frames = yield b""
        while True:
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

    def play(self, tracks: Mapping[str, Samples], first: int | None = None) -> int:
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


def open_speaker(wanted: str, mixer: Mixer | None = None) -> tuple[Speaker | None, AudioState]:
    """Open the device of the first backend that works, and say what came of it."""
    try:
        names = backend_names(wanted)
    except DeviceError as error:
        return None, AudioState(
            ok=False, backend="none", detail=f"{error}. {missing_sound('auto')}"
        )
    for name in names:
        try:
            speaker = Speaker(name, mixer)
        except DeviceError:
            continue
        return speaker, AudioState(
            ok=True, backend=name, detail=f"Sound by {name}.", rate=speaker.rate
        )
    return None, AudioState(ok=False, backend="none", detail=missing_sound(wanted))
