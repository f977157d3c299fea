"""When a sample is heard: the sound device's clock against the monotonic clock. Pure.

The device asks for samples in blocks. A block asked for at clock c with n samples queued before
it is heard n samples later, and the queue is full while the device runs well, so the moments of
asking, spread over many blocks, give the device's true rate, and the prefill of the first
moments (all asked for at once, before the first sample was out) gives the depth of the queue.

What is known: the queue between this process and the driver. What is not: the converter and
the loudspeaker (about 1 ms, or 100 to 200 ms by Bluetooth), which `input_ms` takes in as part
of the player's measured latency.
"""

from __future__ import annotations

from statistics import median

NS = 1_000_000_000
SETTLING = 16
"""Blocks until the prefill is over and the depth of the queue is known."""
GAIN = 1 / 64
"""How much of a deviation is believed: a block's jitter (about 1 ms) becomes 0.02 ms, and a
sound card 100 ppm off is followed with an error below 0.1 ms at 10 ms blocks."""
SLIP_NS = 8_000_000
"""A block this far off its time is an outlier; ..."""
STRAYS = 8
"""... this many of them on end are a stream that slipped."""
DEEPEST_NS = NS // 4
"""No queue is believed to be deeper than this."""


class StreamClock:
    """Follows one run of a sound device from its first block."""

    def __init__(self, rate: int) -> None:
        self.rate = rate
        self.underruns = 0
        """How often the stream fell behind for good: samples came too late."""
        self._dues: list[int] = []
        self._asked_ns: float | None = None
        self._depth_ns = 0.0
        self._strays: list[float] = []

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
            self._settle(round(due), frame)
            return
        if self._asked_ns is None:
            return
        error = due - self._asked_ns
        if abs(error) <= SLIP_NS:
            self._strays.clear()
            self._asked_ns += GAIN * error
            return
        if self._strays and (self._strays[-1] > self._asked_ns) != (error > 0):
            self._strays.clear()
        self._strays.append(due)
        if len(self._strays) >= STRAYS:
            self.underruns += error > 0
            self._asked_ns = median(self._strays)
            self._strays.clear()

    def _settle(self, due: int, frame: int) -> None:
        """The first blocks: the earliest asking gives the best guess until all are seen.

        A queue is whole blocks deep; the rest is the first block's own jitter.
        """
        self._dues.append(due)
        steady = min(self._dues)
        if len(self._dues) == SETTLING:
            steady = round(median(self._dues[SETTLING // 2 :]))
        self._asked_ns = steady
        block_ns = frame * NS / self.rate / max(1, len(self._dues) - 1)
        if block_ns:
            depth_ns = round((self._dues[0] - steady) / block_ns) * block_ns
            self._depth_ns = min(max(0.0, depth_ns), DEEPEST_NS)

    def clock_at(self, frame: float) -> int:
        """The monotonic clock (ns) at which a sample is heard."""
        return round((self._asked_ns or 0) + self._depth_ns + frame * NS / self.rate)

    def frame_at(self, clock_ns: int) -> int:
        """The sample that is heard at a clock; may be negative or not yet asked for."""
        return round((clock_ns - (self._asked_ns or 0) - self._depth_ns) * self.rate / NS)
