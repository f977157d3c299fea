"""Listens to the player's keyboard, and to it again whenever it comes back."""

from __future__ import annotations

import logging
import threading
from contextlib import nullcontext
from typing import TYPE_CHECKING

from game.devices.errors import DeviceError
from game.devices.port_names import find_port, is_keyboard, label_ports
from game.events import EngineEvent, PortFound, PortLost, PortsChanged

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from game.devices.midi_apis import Handle, MidiPort, MidiSystem, OnMessage

PERIOD_S = 0.2
"""Between two looks at the ports; a look costs under 1 ms. A cable pulled and put back by hand
takes longer than this, so no unplugging goes unseen."""
FAULT_S = 5.0
"""The same where the MIDI world itself cannot be asked."""

log = logging.getLogger(__name__)


class PortWatch:
    """Which port is listened to, and what it takes to keep it so.

    `look` is one step and may be called by a test; `run` calls it until told to end.
    """

    def __init__(
        self,
        system: MidiSystem,
        *,
        on_message: OnMessage,
        emit: Callable[[EngineEvent], None],
        release: Callable[[], None],
        aside: Callable[[], AbstractContextManager[None]] = nullcontext,
        prepare: Callable[[], None] = lambda: None,
    ) -> None:
        """Watch a MIDI system.

        Args:
            system: lists and opens ports.
            on_message: gets each message's clock and bytes, on the MIDI system's thread.
            emit: takes PortsChanged, PortFound and PortLost.
            release: called when a port is lost, before PortLost: lets go of the held keys.
            aside: held while a port is opened or closed.
            prepare: called before each look by `run`, on its thread.
        """
        self._system = system
        self._on_message = on_message
        self._emit = emit
        self._release = release
        self._aside = aside
        self._prepare = prepare
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._ended = False
        self._listening = False
        self._wanted: str | None = None
        self._last: str | None = None
        self._labels: tuple[str, ...] | None = None
        self._open: tuple[MidiPort, str, Handle] | None = None
        self._missed: str | None = None

    def listen(self, name: str | None) -> None:
        """Listen to the port of this name, or to the first keyboard for None; from now on."""
        with self._lock:
            self._wanted = name
            self._listening = True
            self._missed = None
            if name is not None:
                self._last = None
        self._wake.set()

    def run(self) -> None:
        """Look at the ports until `end`."""
        while not self._ended:
            pause = PERIOD_S
            try:
                self._prepare()
                self.look()
            except DeviceError as error:
                log.warning("%s", error)
                pause = FAULT_S
            self._wake.wait(pause)
            self._wake.clear()

    def end(self) -> None:
        """Stop watching."""
        self._ended = True
        self._wake.set()

    def close(self) -> None:
        """Stop listening."""
        if self._open:
            self._open[2].close()
            self._open = None

    def look(self) -> None:
        """Compare the ports with what should be open, and put it right."""
        ports = tuple(port for port in self._system.list_inputs() if is_keyboard(port.name))
        labels = label_ports([port.name for port in ports])
        with self._lock:
            wanted, listening = self._wanted, self._listening
        self._drop_lost(ports, wanted, labels)
        if labels != self._labels:
            self._labels = labels
            self._emit(PortsChanged(labels))
        if not listening or self._open:
            return
        index = self._choose(wanted, labels)
        if index is not None:
            self._listen_to(ports[index], labels[index])
        elif wanted is not None and self._missed != wanted:
            self._missed = wanted
            self._emit(PortLost(wanted))

    def _drop_lost(
        self, ports: tuple[MidiPort, ...], wanted: str | None, labels: tuple[str, ...]
    ) -> None:
        """Close the open port where it has gone, or where another is wanted now."""
        if self._open is None:
            return
        port, label, handle = self._open
        gone = port not in ports
        if not gone:
            index = ports.index(port) if wanted is None else find_port(wanted, labels)
            if index is not None and ports[index] == port:
                return
        with self._aside():
            handle.close()
        self._open = None
        self._release()
        if gone:
            self._last = self._missed = label
            self._emit(PortLost(label))

    def _choose(self, wanted: str | None, labels: tuple[str, ...]) -> int | None:
        """The port to listen to: the wanted one; for None the last one, else the first."""
        if wanted is not None:
            return find_port(wanted, labels)
        if self._last is not None and self._last in labels:
            return labels.index(self._last)
        return 0 if labels else None

    def _listen_to(self, port: MidiPort, label: str) -> None:
        try:
            with self._aside():
                handle = self._system.open_input(port, self._on_message)
        except DeviceError as error:
            log.info("%s", error)  # it left between the look and the opening: look again
            return
        self._open = (port, label, handle)
        self._missed = None
        self._emit(PortFound(label))
