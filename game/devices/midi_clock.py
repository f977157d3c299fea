"""MIDI clock to other gear: Start with the count-in, 24 pulses a quarter note, Stop."""

from __future__ import annotations

import threading
import time
from bisect import bisect_left
from typing import TYPE_CHECKING

from game.devices.midi_parse import CLOCK, CONTINUE, START, STOP

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

NS = 1_000_000_000
START_AHEAD_NS = 2_000_000
"""Start goes out this long before the first pulse: the MIDI specification wants at least 1 ms
between them, and the pulse, not the Start, is the downbeat."""
COARSE_NS = 3_000_000
"""Up to here one long sleep, which may wake late; the rest in short ones."""
FINE_S = 0.0001
LATE_NS = 50_000_000
"""Pulses that are later than this are left out: a burst would be read as another tempo."""


def wait_until(due_ns: int, stopped: threading.Event | None = None) -> bool:
    """Wait for a moment of the monotonic clock, within about 0.1 ms; False where stopped.

    Short sleeps instead of spinning: the interpreter lock stays free for the MIDI callback.
    """
    while (left := due_ns - time.monotonic_ns()) > 0:
        if left > COARSE_NS:
            pause = (left - COARSE_NS) / NS
            if stopped is None:
                time.sleep(pause)
            elif stopped.wait(pause):
                return False
        else:
            time.sleep(min(FINE_S, left / NS))
    return stopped is None or not stopped.is_set()


class PulseSender:
    """Sends the pulses of one run of the transport from a thread of its own."""

    def __init__(
        self,
        pulses_s: Sequence[float],
        clock_at: Callable[[float], int],
        send: Callable[[int], None],
    ) -> None:
        """Start sending.

        Args:
            pulses_s: positions of the pulses in seconds, in order.
            clock_at: the monotonic clock (ns) at which a position is heard; asked anew for
                each pulse, so the pulses follow the sound device.
            send: sends one real-time byte; called on this thread.
        """
        self._pulses = tuple(pulses_s)
        self._clock_at = clock_at
        self._send = send
        self._stopped = threading.Event()
        self._started = False
        self._thread = threading.Thread(target=self._run, name="midi clock", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Send Stop and end; returns when it is sent."""
        self._stopped.set()
        self._thread.join(1.0)
        if self._started:
            self._send(STOP)
            self._started = False

    def _run(self) -> None:
        if not self._pulses:
            return
        now = time.monotonic_ns() - LATE_NS
        first = bisect_left(self._pulses, now, key=self._clock_at)
        if first == len(self._pulses):
            return
        if not wait_until(self._clock_at(self._pulses[first]) - START_AHEAD_NS, self._stopped):
            return
        self._started = True
        self._send(CONTINUE if first else START)
        for pulse in self._pulses[first:]:
            due = self._clock_at(pulse)
            if time.monotonic_ns() - due > LATE_NS:
                continue
            if not wait_until(due, self._stopped):
                return
            self._send(CLOCK)
