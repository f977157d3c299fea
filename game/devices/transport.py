"""The transport: turns the monotonic clock into seconds from the first downbeat. Pure.

Nothing here asks what time it is; every call is given the clock in nanoseconds. One number
says it all: the origin, the clock at which second 0 is heard. While sound runs the origin
follows the samples that were really played; without sound it stands.
"""

from __future__ import annotations

from game.devices.errors import DeviceError
from game.events import STANDING_S, ClickPlan

NS = 1_000_000_000


class Transport:
    """Owns the origin and the input latency, and alone stamps."""

    def __init__(self) -> None:
        self.plan: ClickPlan | None = None
        self.origin_ns: int | None = None
        self._latency_ns = 0
        self._started_ns = 0
        self._stopped_ns: int | None = None
        self._end_s = 0.0

    @property
    def running(self) -> bool:
        """Whether it runs."""
        return self.origin_ns is not None and self._stopped_ns is None

    def load(self, plan: ClickPlan) -> None:
        """Take a plan for the next start; a running take goes on with its own.

        Raises:
            DeviceError: where the plan ends before it starts.
        """
        if plan.end_s <= plan.start_s:
            raise DeviceError(
                f"the take would end at {plan.end_s} s, before its count-in at {plan.start_s} s"
            )
        self.plan = plan

    def set_latency(self, input_ms: float) -> None:
        """What is taken off every stamp, once, here and nowhere else."""
        self._latency_ns = round(input_ms * 1e6)

    def start(self, clock_ns: int, lead_ns: int) -> None:
        """Start so that the plan's `start_s` is `lead_ns` after this clock."""
        plan = self._need_plan()
        self.resume(clock_ns, clock_ns + lead_ns - round(plan.start_s * NS))

    def resume(self, clock_ns: int, origin_ns: int) -> None:
        """Run with a given origin: go on where a lost engine was, or where sample 0 lies."""
        self._end_s = self._need_plan().end_s
        self.origin_ns = origin_ns
        self._started_ns = clock_ns
        self._stopped_ns = None

    def _need_plan(self) -> ClickPlan:
        if self.plan is None:
            raise DeviceError("the transport has no plan; load a click plan before the start")
        return self.plan

    def move_origin(self, origin_ns: int) -> None:
        """Follow the sound device."""
        if self.running:
            self.origin_ns = origin_ns

    def stop(self, clock_ns: int) -> float | None:
        """Stop; gives the position at which it stopped, or None where it stood already."""
        if not self.running:
            return None
        self._stopped_ns = clock_ns
        return self._seconds(clock_ns)

    def expire(self, clock_ns: int) -> float | None:
        """Stop where the plan's end has come: gives `end_s`, exactly, once; else None."""
        if not self.running or self._seconds(clock_ns) < self._end_s:
            return None
        self._stopped_ns = self.clock_at(self._end_s)
        return self._end_s

    def position_s(self, clock_ns: int) -> float | None:
        """What is heard at this clock; None while the transport stands still."""
        return self._seconds(clock_ns) if self.running else None

    def clock_at(self, position_s: float) -> int:
        """The clock at which a position is heard.

        Raises:
            DeviceError: where the transport was never started.
        """
        if self.origin_ns is None:
            raise DeviceError("the transport has not been started")
        return self.origin_ns + round(position_s * NS)

    def stamp(self, clock_ns: int) -> float:
        """`onset_s` of an event that arrived at this clock; STANDING_S outside of a run.

        The key went down `input_ms` before its message arrived. Whether the transport ran is
        asked of the arrival, not of the moment of asking: a note that waited in a queue
        across the end of the plan still has its place.
        """
        if self.origin_ns is None or clock_ns < self._started_ns:
            return STANDING_S
        if self._stopped_ns is not None and clock_ns >= self._stopped_ns:
            return STANDING_S
        return self._seconds(clock_ns - self._latency_ns)

    def _seconds(self, clock_ns: int) -> float:
        return (clock_ns - (self.origin_ns or 0)) / NS
