"""Sends on what the keys play, to another instrument or program, while it is there."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from contextlib import nullcontext
from typing import TYPE_CHECKING, Protocol

from game.devices.errors import DeviceError
from game.devices.midi_parse import CONTROL_CHANGE, SUSTAIN_PEDAL
from game.devices.port_names import find_port, is_foreign, label_ports
from game.events import EngineEvent, ThruChanged, ThruPortsChanged

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from game.devices.midi_apis import MidiPort

LOOPED = 30
"""So often between two looks nobody plays the very same message: it comes back from the port."""
ALL_NOTES_OFF = 123
"""A channel mode message (MIDI 1.0 Detailed Specification 4.2)."""

log = logging.getLogger(__name__)


class Sender(Protocol):
    """An open port to send to."""

    def send(self, octets: list[int]) -> None:
        """Send one message at once."""

    def is_dead(self) -> bool:
        """Whether its MIDI system has died since it was opened."""

    def close(self) -> None:
        """Let go of it."""


class OutputSystem(Protocol):
    """What thru needs of the MIDI world."""

    def list_outputs(self) -> tuple[MidiPort, ...]:
        """All ports that can be sent to, the preferred system's first."""

    def open_output(self, port: MidiPort) -> Sender:
        """Get ready to send; raises DeviceError where the port has just gone."""


class Thru:
    """Which port is sent to, and what it takes to keep it so. `look` is one step."""

    def __init__(
        self,
        system: OutputSystem,
        *,
        emit: Callable[[EngineEvent], None],
        aside: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:
        """Send to none yet.

        Args:
            system: lists and opens ports.
            emit: takes ThruPortsChanged and ThruChanged.
            aside: held while a port is opened or closed.
        """
        self._system = system
        self._emit = emit
        self._aside = aside
        self._lock = threading.Lock()
        self._wanted: str | None = None
        self._labels: tuple[str, ...] | None = None
        self._open: tuple[MidiPort, Sender] | None = None
        self._missed: str | None = None
        self._sent: Counter[tuple[int, ...]] = Counter()

    def send_to(self, name: str | None) -> None:
        """Send to the port of this name from the next look on, or to none."""
        with self._lock:
            self._wanted, self._missed = name, None

    def play(self, octets: list[int]) -> None:
        """Send a message on, on whatever thread it comes."""
        opened = self._open
        if opened is not None:
            self._sent[tuple(octets)] += 1
            opened[1].send(octets)

    def look(self) -> None:
        """Compare the ports with the one that is wanted, and put it right."""
        sent, self._sent = self._sent, Counter()
        if sent and max(sent.values()) >= LOOPED:
            self._break_loop()
        ports = tuple(port for port in self._system.list_outputs() if is_foreign(port.name))
        labels = label_ports([port.name for port in ports])
        if labels != self._labels:
            self._labels = labels
            self._emit(ThruPortsChanged(labels))
        with self._lock:
            wanted = self._wanted
        index = None if wanted is None else find_port(wanted, labels)
        port = None if index is None else ports[index]
        if self._open is not None:
            is_gone = self._open[0] not in ports or self._open[1].is_dead()
            if is_gone or self._open[0] != port:
                self._leave(is_gone=is_gone)
        if wanted is not None and port is None and self._missed != wanted:
            self._missed = wanted
            self._emit(ThruChanged(wanted, is_there=False))
        elif wanted is not None and port is not None and self._open is None:
            self._join(port, wanted)

    def _break_loop(self) -> None:
        """A port that leads back to the ear would sound for ever."""
        with self._lock:
            wanted, self._wanted = self._wanted, None
        self._leave(is_gone=False)
        if wanted is not None:
            self._emit(ThruChanged(wanted, is_there=False, loops=True))

    def _join(self, port: MidiPort, wanted: str) -> None:
        try:
            with self._aside():
                self._open = (port, self._system.open_output(port))
        except DeviceError as error:
            log.info("%s", error)
            return
        self._missed = None
        self._emit(ThruChanged(wanted, is_there=True))

    def _leave(self, *, is_gone: bool) -> None:
        """Close the open port, with no key left down on it."""
        opened, self._open = self._open, None
        if opened is None:
            return
        if not is_gone:
            opened[1].send([CONTROL_CHANGE, SUSTAIN_PEDAL, 0])
            opened[1].send([CONTROL_CHANGE, ALL_NOTES_OFF, 0])
        with self._aside():
            opened[1].close()

    def close(self) -> None:
        """Let go of the port."""
        self._leave(is_gone=False)
