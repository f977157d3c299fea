"""A MIDI port of JACK, listened to by asking for what has come.

JACK hands MIDI over in its own cycle, and throws away the cycle of a program that is late. A
callback into Python waits for the interpreter lock in that cycle: with both cores busy, notes were
lost that a program in C received. Here the library alone takes part in the cycle and keeps what
comes, with its time; Python asks for it every so often, and at the start of each block of sound.
"""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

QUEUE = 20_000
"""Messages that the library keeps: more than any pause of this process lets come."""
POLL_S = 0.001
NS = 1_000_000_000

log = logging.getLogger(__name__)


class PolledInput:
    """What has come to an open port, message by message, with its clock."""

    def __init__(self, midi: Any, on_message: Callable[[int, list[int]], None]) -> None:  # noqa: ANN401 - rtmidi is untyped
        """Ask a port from now on.

        Args:
            midi: rtmidi's, opened, without a callback.
            on_message: gets the monotonic clock (ns) and the bytes.
        """
        self._midi = midi
        self._on_message = on_message
        self._turn = threading.Lock()
        self._ended = threading.Event()
        self._since_first_ns = 0
        self._first_ns: int | None = None
        threading.Thread(target=self._run, name="MIDI of JACK", daemon=True).start()

    def _run(self) -> None:
        while not self._ended.wait(POLL_S):
            self.take()

    def take(self) -> None:
        """Pass on what has come; on any thread, and at once where another is just doing it.

        The library gives each message's time since the one before, to the microsecond. What it
        never says is when the first one came: not later than any message was seen, reckoned back.
        """
        if not self._turn.acquire(blocking=False):
            return
        try:
            while (event := self._midi.get_message()) is not None:
                now_ns = time.monotonic_ns()
                octets, since_s = event
                self._since_first_ns += round(since_s * NS)
                seen_ns = now_ns - self._since_first_ns
                if self._first_ns is None or seen_ns < self._first_ns:
                    self._first_ns = seen_ns
                self._on_message(self._first_ns + self._since_first_ns, octets)
        except Exception:
            log.exception("a MIDI message was passed over")
        finally:
            self._turn.release()

    def close(self) -> None:
        """Ask no more; when this returns the port may be deleted."""
        self._ended.set()
        self._turn.acquire()  # for good: whoever asks now does not get it
