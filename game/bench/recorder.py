"""Records what the engine plays, as a client of its JACK server."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

NS = 1_000_000_000
SOURCE = "First Take.*:playback0"
SETTLE_S = 0.1


class Recorder:
    """Keeps every period with the server's own frame count.

    One that Python was too late for is a gap and no shift.
    """

    def __init__(self, pattern: str = SOURCE) -> None:
        """Begin to record the one output whose name has this pattern.

        Raises:
            ImportError: JACK-Client is not installed.
        """
        import jack  # noqa: PLC0415 - needs the system's library

        self.client: Any = jack.Client("recorder", no_start_server=True)
        self.rate = int(self.client.samplerate)
        self.port = self.client.inports.register("in")
        self.blocks: list[tuple[int, int, Any]] = []
        self.client.set_process_callback(self._process)
        self.client.activate()
        (source,) = self.client.get_ports(pattern, is_audio=True, is_output=True)
        self.client.connect(source, self.port)
        time.sleep(SETTLE_S)
        self.blocks.clear()

    def _process(self, _frames: int) -> None:
        # By the beginning of the cycle: whoever plays may take his time within it and is heard
        # no later.
        since_ns = self.client.frames_since_cycle_start * NS // self.rate
        clock = time.monotonic_ns() - since_ns
        self.blocks.append((self.client.last_frame_time, clock, self.port.get_array().copy()))

    def finish(self) -> tuple[Any, float]:
        """Stop; gives the samples, and the clock (ns) at which sample 0 was heard."""
        self.client.deactivate()
        self.client.close()
        zero = self.blocks[0][0]
        last = self.blocks[-1]
        samples = np.zeros(last[0] - zero + len(last[2]), np.float32)
        for frame, _, block in self.blocks:
            samples[frame - zero : frame - zero + len(block)] = block
        starts = [clock - (frame - zero) * NS / self.rate for frame, clock, _ in self.blocks]
        return samples, float(np.median(starts))


def find_onsets(samples: Any, rate: int, *, apart_s: float = 0.05) -> list[int]:  # noqa: ANN401
    """The samples at which silence ends, at least so many seconds after the last sound."""
    loud = np.flatnonzero(np.abs(samples) > 0.05)  # noqa: PLR2004 - above any rounding
    return [
        int(at) for n, at in enumerate(loud) if n == 0 or at - loud[n - 1] > round(apart_s * rate)
    ]
