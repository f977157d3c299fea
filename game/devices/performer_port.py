"""A performance sent live to a MIDI port, on its own or in time with another program's clock."""

from __future__ import annotations

import threading
import time
from statistics import median
from typing import TYPE_CHECKING

from game.devices.errors import DeviceError
from game.devices.midi_apis import MidiPort, OpenInputPort, OutputPort, RtMidiSystem
from game.devices.midi_clock import wait_until
from game.devices.midi_parse import (
    CLOCK,
    CONTROL_CHANGE,
    NOTE_OFF,
    NOTE_ON,
    START,
    STOP,
    SUSTAIN_PEDAL,
    HeldKeys,
    KeyMessage,
)
from game.devices.port_names import find_port

if TYPE_CHECKING:
    from collections.abc import Sequence

    from game.events import NoteEvent

NS = 1_000_000_000
CLIENT = "First Take Performer"
CLOCK_CLIENT = "First Take Performer In"
PORT_WAIT_S = 15.0
"""How long the clock's port is waited for: the game may still be starting."""
START_WAIT_S = 600.0
"""How long its Start is waited for: the player of the game looks the chart through first."""
PULSE_WAIT_S = 5.0
"""A clock that stays out for so long in a run has been unplugged."""
RECENT = 48
"""Pulses that the tempo and the origin are taken from: two quarter notes."""
SAME_TEMPO = 0.002
"""A slope this near to 1 is jitter: the clock runs at the tempo that was agreed."""
FLUSH_S = 0.05
"""The MIDI system sends from a buffer; a port closed at once would keep the last notes."""


class PulseFollower:
    """Where second 0 is and how fast the seconds go, from pulses of known position. Pure.

    A pulse arrives late by what the MIDI system's period makes of it (0 to 1.4 ms here), so
    one alone is a poor witness; the median of the recent ones is within 0.1 ms of their mean
    delay.
    """

    def __init__(self, pulses_s: Sequence[float]) -> None:
        """Know the positions of the pulses that will come, in seconds."""
        self._pulses = tuple(pulses_s)
        self._arrivals: list[int] = []

    @property
    def count(self) -> int:
        """How many pulses have come."""
        return len(self._arrivals)

    def feed(self, clock_ns: int) -> None:
        """The next pulse has come."""
        if len(self._arrivals) < len(self._pulses):
            self._arrivals.append(clock_ns)

    def clock_at(self, onset_s: float) -> int:
        """The monotonic clock at which a position is due; needs one pulse at least.

        A least-squares line through the recent pulses gives the tempo, their median distance
        from it the origin.
        """
        count = len(self._arrivals)
        first = max(0, count - RECENT)
        places = self._pulses[first:count]
        base = self._arrivals[first]
        times = [(arrival - base) / NS for arrival in self._arrivals[first:count]]
        slope = self._slope(places, times)
        offset = median(t - slope * p for t, p in zip(times, places, strict=True))
        return base + round((offset + slope * onset_s) * NS)

    @staticmethod
    def _slope(places: tuple[float, ...], times: list[float]) -> float:
        if len(places) < RECENT // 2:
            return 1.0
        mean_p, mean_t = sum(places) / len(places), sum(times) / len(times)
        spread = sum((p - mean_p) ** 2 for p in places)
        pairs = zip(places, times, strict=True)
        slope = sum((p - mean_p) * (t - mean_t) for p, t in pairs) / spread if spread else 1.0
        return 1.0 if abs(slope - 1.0) < SAME_TEMPO else slope


class _ClockInput:
    """Follows the clock of another program: Start, pulses, Stop."""

    def __init__(self, name: str, pulses_s: Sequence[float]) -> None:
        self.follower = PulseFollower(pulses_s)
        self.stopped = threading.Event()
        self._started = False
        self._first = threading.Event()
        self._last_ns = 0
        self._input = OpenInputPort(_await_port(name), self._take, CLOCK_CLIENT, clock=True)

    def _take(self, clock_ns: int, octets: list[int]) -> None:
        status = octets[0]
        if status == START:
            self._started = True
        elif status == CLOCK and self._started:
            self._last_ns = clock_ns
            self.follower.feed(clock_ns)
            self._first.set()
        elif status == STOP and self._started:
            self.stopped.set()

    def await_start(self) -> None:
        """Wait for the downbeat of the count-in."""
        if not self._first.wait(START_WAIT_S):
            raise DeviceError(f"no MIDI clock Start came in {START_WAIT_S:.0f} s")

    def lost(self, last_pulse_s: float) -> bool:
        """Whether pulses should still come and do not."""
        due_ns = self.follower.clock_at(last_pulse_s)
        now = time.monotonic_ns()
        return now < due_ns and now - self._last_ns > PULSE_WAIT_S * NS

    def close(self) -> None:
        self._input.close()


def _await_port(name: str) -> MidiPort:
    """The input port of this name, as soon as it is there."""
    system = RtMidiSystem(CLOCK_CLIENT)
    until = time.monotonic() + PORT_WAIT_S
    while True:
        ports = system.list_inputs()
        index = find_port(name, [port.name for port in ports])
        if index is not None:
            return ports[index]
        if time.monotonic() > until:
            there = ", ".join(port.name for port in ports) or "none at all"
            raise DeviceError(f"no MIDI port {name!r} to take the clock from; there is: {there}")
        time.sleep(0.1)


def message_octets(event: NoteEvent) -> list[int]:
    """The MIDI message of one event, on the first channel."""
    if event.kind == "on":
        return [NOTE_ON, event.pitch, max(1, event.velocity)]
    if event.kind == "off":
        return [NOTE_OFF, event.pitch, event.velocity]
    return [CONTROL_CHANGE, SUSTAIN_PEDAL, event.velocity]


def play_live(
    events: Sequence[NoteEvent],
    *,
    port: str,
    clock: str | None,
    start_s: float,
    pulses_s: Sequence[float],
) -> None:
    """Send a performance note by note at its times; returns after the last.

    Args:
        events: what is played, `onset_s` in seconds from the first downbeat.
        port: the name of the port that is offered, or of another program's to play to.
        clock: the MIDI clock port to follow ("First Take Clock" is the game's); None starts
            right now.
        start_s: where the count-in begins (negative).
        pulses_s: positions of the clock's pulses, 24 a quarter note, the first at the
            count-in's downbeat. Needed with a clock.

    Raises:
        DeviceError: where a port is not there, or the clock never starts, or it breaks off.
    """
    if clock is not None and not pulses_s:
        raise DeviceError("to follow a MIDI clock, the positions of its pulses must be known")
    output = OutputPort(port, client=CLIENT, join=True)
    held = HeldKeys()
    follow: _ClockInput | None = None
    try:
        if clock is not None:
            follow = _ClockInput(clock, pulses_s)
            follow.await_start()
        origin_ns = time.monotonic_ns() - round(start_s * NS)
        for event in sorted(events, key=lambda event: event.onset_s):
            if follow is None:
                wait_until(origin_ns + round(event.onset_s * NS))
            elif not _wait_with_clock(follow, event.onset_s, pulses_s[-1]):
                break
            output.send(message_octets(event))
            held.note(KeyMessage(event.kind, event.pitch, event.velocity))
    finally:
        for message in held.release():
            off = [NOTE_OFF, message.pitch, 0]
            output.send(off if message.kind == "off" else [CONTROL_CHANGE, SUSTAIN_PEDAL, 0])
        time.sleep(FLUSH_S)
        output.close()
        if follow:
            follow.close()


def _wait_with_clock(follow: _ClockInput, onset_s: float, last_pulse_s: float) -> bool:
    """Wait until a position comes by the followed clock; False where it was stopped.

    The estimate is renewed on the way: a far note is not waited for by an old one.
    """
    while (due_ns := follow.follower.clock_at(onset_s)) - time.monotonic_ns() > NS // 20:
        if not wait_until(time.monotonic_ns() + NS // 50, follow.stopped):
            return False
        if follow.lost(last_pulse_s):
            raise DeviceError("the MIDI clock broke off in the middle of the take")
    return wait_until(due_ns, follow.stopped)
