"""When a sample is heard: the sound device's clock against the monotonic clock. Pure.

The device asks for samples in blocks. A block asked for at clock c with n samples queued before
it is heard n samples later, and the queue is full while the device runs well, so the moments of
asking, spread over many blocks, give the device's true rate, and the prefill of the first
moments (all asked for at once, before the first sample was out) gives the depth of the queue.

Where the driver's period is not a whole number of blocks, a block is asked for at the start of
the period in which it begins: up to a period too early, never too late. The latest askings of a
stretch are therefore the true ones, and a high quantile stands for them: the very latest may be
a thread that was kept waiting.

What is known: the queue between this process and the driver. What is not: the converter and
the loudspeaker (about 1 ms, or 100 to 200 ms by Bluetooth), which `input_ms` takes in as part
of the player's measured latency.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection

NS = 1_000_000_000
SETTLING = 16
"""Blocks until the prefill is over and the depth of the queue is known."""
WINDOW = 64
"""Blocks that are looked at together; at 10 ms a block a sound card 100 ppm off is followed with
an error below 0.1 ms."""
LATEST = 0.85
"""The quantile of the window that is believed."""
GAIN = 1 / 16
"""How fast the belief follows: the quantile of a window jumps as blocks enter and leave it."""
SLIP_NS = 8_000_000
"""A block this far off its time is an outlier; ..."""
STRAYS = 8
"""... this many of them on end are a stream that slipped."""
DEEPEST_NS = NS // 4
"""No queue is believed to be deeper than this."""


class StreamClock:
    """Follows one run of a sound device from its first block."""

    def __init__(self, rate: int, *, queues: bool = True) -> None:
        """Nothing is known yet.

        Args:
            rate: samples a second.
            queues: whether the device asks ahead of what it plays. JACK does not: it asks for
                each period in that period. A client that was kept waiting at its start has its
                first periods to make up for all at once, which looks like a queue that is filled.
        """
        self.rate = rate
        self._queues = queues
        self.underruns = 0
        """How often the stream fell behind for good: samples came too late."""
        self._dues: list[float] = []
        self._asked_ns: float | None = None
        self._depth_ns = 0.0
        self._strays: list[float] = []
        self._window: deque[float] = deque(maxlen=WINDOW)

    @property
    def settled(self) -> bool:
        """Whether the first blocks are over and its answers will hold."""
        return len(self._dues) == SETTLING

    @property
    def depth_s(self) -> float:
        """The queue before the driver, in seconds: the known output latency."""
        return self._depth_ns / NS

    def observe(self, frame: int, clock_ns: int) -> None:
        """A block that begins with sample `frame` was asked for at `clock_ns`."""
        due = clock_ns - frame * NS / self.rate
        if len(self._dues) < SETTLING:
            self._settle(due, frame)
            return
        if self._asked_ns is None:
            return
        error = due - self._asked_ns
        if abs(error) <= SLIP_NS:
            self._strays.clear()
            self._window.append(due)
            self._asked_ns += GAIN * (_latest(self._window) - self._asked_ns)
            return
        if self._strays and (self._strays[-1] > self._asked_ns) != (error > 0):
            self._strays.clear()
        self._strays.append(due)
        if len(self._strays) >= STRAYS:
            self.underruns += error > 0
            self._asked_ns = self._begin_window(self._strays)
            self._strays.clear()

    def _begin_window(self, dues: list[float]) -> float:
        """Forget the blocks before these."""
        self._window.clear()
        self._window.extend(dues)
        return _latest(self._window)

    def _settle(self, due: float, frame: int) -> None:
        """The first blocks: the earliest asking gives the best guess until all are seen.

        A queue is whole blocks deep; the rest is the first block's own jitter.
        """
        self._dues.append(due)
        steady: float = min(self._dues)
        if len(self._dues) == SETTLING:
            steady = self._begin_window(self._dues[SETTLING // 2 :])
        self._asked_ns = steady
        block_ns = frame * NS / self.rate / max(1, len(self._dues) - 1)
        if block_ns and self._queues:
            depth_ns = round((self._dues[0] - steady) / block_ns) * block_ns
            self._depth_ns = min(max(0.0, depth_ns), DEEPEST_NS)

    def clock_at(self, frame: float) -> int:
        """The monotonic clock (ns) at which a sample is heard."""
        return round((self._asked_ns or 0) + self._depth_ns + frame * NS / self.rate)

    def frame_at(self, clock_ns: int) -> int:
        """The sample that is heard at a clock; may be negative or not yet asked for."""
        return round((clock_ns - (self._asked_ns or 0) - self._depth_ns) * self.rate / NS)


def _latest(dues: Collection[float]) -> float:
    """The quantile that stands for the latest."""
    return sorted(dues)[int(LATEST * (len(dues) - 1))]
