"""Hears the click come back: through a cable from output to input, or a microphone."""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from game.devices.backends import BACKENDS
from game.devices.errors import DeviceError
from game.devices.quiet import silence

if TYPE_CHECKING:
    from collections.abc import Generator

    import numpy.typing as npt

    Samples = npt.NDArray[np.float32]

NS = 1_000_000_000
CHANNELS = 2
"""Whichever is the louder counts; a cable may be in either."""
OWN_RATE = 0
"""Asked of the device: as it runs itself."""
BLOCK_MS = 10
NEAR = 20
"""Blocks on either side of a sample that tell its time."""
EARLIEST = 0.05
"""The quantile of their arrivals that is believed: they come late, never early."""
FLOOR = 0.005
"""Of full scale: softer is nothing, however quiet the room."""
LOUD_SHARE = 0.25
"""Of the loudest: where a click begins."""
APART_S = 0.25
"""One click is over by then, with the room's echo."""


class Ear:
    """An open input, recording."""

    def __init__(self, backend: str) -> None:
        """Open the default input of a backend and listen.

        Raises:
            DeviceError: it has none.
        """
        import miniaudio  # noqa: PLC0415 - loads the sound libraries

        self._blocks: list[tuple[int, bytes]] = []
        try:
            with silence():
                self._device: Any = miniaudio.CaptureDevice(
                    input_format=miniaudio.SampleFormat.FLOAT32,
                    nchannels=CHANNELS,
                    sample_rate=OWN_RATE,
                    buffersize_msec=BLOCK_MS,
                    backends=[getattr(miniaudio.Backend, BACKENDS[backend])],
                    app_name="First Take Ear",
                )
                self.rate = int(self._device._device.sampleRate)  # noqa: SLF001 - told nowhere else
                record = self._record()
                next(record)
                self._device.start(record)
        except miniaudio.MiniaudioError as error:
            raise DeviceError(f"{backend} has no input: {error}") from error

    def _record(self) -> Generator[None, bytes, None]:
        """Runs on the audio thread: stamp and keep."""
        while True:
            block = yield
            self._blocks.append((time.monotonic_ns(), bytes(block)))

    def finish(self) -> Heard:
        """Stop; gives what was heard."""
        with contextlib.suppress(Exception):
            self._device.close()
        parts = [np.frombuffer(b, np.float32).reshape(-1, CHANNELS) for _, b in self._blocks]
        clocks = np.array([clock for clock, _ in self._blocks], np.int64)
        if not parts:
            return Heard(np.zeros(0, np.float32), np.zeros(0, np.int64), clocks, self.rate)
        whole = np.concatenate(parts)
        louder = int(np.argmax((whole**2).sum(axis=0)))
        ends = np.cumsum([len(part) for part in parts])
        return Heard(whole[:, louder], ends, clocks, self.rate)


@dataclass(frozen=True)
class Heard:
    """A recording, and when its blocks came in."""

    samples: Samples
    ends: npt.NDArray[np.int64]
    """Samples up to the end of each block."""
    clocks: npt.NDArray[np.int64]
    """When each block was whole, on the monotonic clock (ns); some come late."""
    rate: int

    def clock_at(self, sample: int) -> int:
        """The monotonic clock (ns) of a sample, by the blocks around it.

        Blocks that the system lost a while ago move nothing that is heard now.
        """
        block = int(np.searchsorted(self.ends, sample, "right"))
        near = slice(max(0, block - NEAR), block + NEAR + 1)
        starts = self.clocks[near] - np.round(self.ends[near] * NS / self.rate).astype(np.int64)
        return int(np.quantile(starts, EARLIEST)) + round(sample * NS / self.rate)


def find_clicks(samples: Samples, rate: int) -> list[int]:
    """The samples at which clicks begin."""
    if not len(samples):
        return []
    loud = np.abs(samples - np.median(samples))
    at = np.flatnonzero(loud > max(FLOOR, LOUD_SHARE * float(loud.max())))
    gaps = np.diff(at, prepend=-rate)
    return [int(one) for one in at[gaps > round(APART_S * rate)]]
