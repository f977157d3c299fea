"""The MIDI systems of this machine through rtmidi: listing, opening, sending."""

from __future__ import annotations

import contextlib
import logging
import os
import time
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from game.devices.errors import DeviceError
from game.devices.jack_watch import JackWatch, bury
from game.devices.polled_input import QUEUE, PolledInput
from game.devices.port_names import THRU_CLIENT, find_port
from game.devices.quiet import silence

API_VARIABLE = "FIRST_TAKE_MIDI_API"
"""Names one MIDI system (alsa, jack, core, winmm); without it all that are there are used."""
RETRY_S = 2.0
"""How often a system that did not answer is asked again."""
JACK = "jack"

OnMessage = Callable[[int, list[int]], None]
"""Called with the monotonic clock (ns) and a message's bytes, on the MIDI system's thread."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class MidiPort:
    """A port of some MIDI system."""

    api: str
    name: str


class Handle(Protocol):
    """Something open."""

    def close(self) -> None:
        """Let go of it."""


class MidiSystem(Protocol):
    """What the watch needs of the MIDI world; tests give it a made-up one."""

    def list_inputs(self) -> tuple[MidiPort, ...]:
        """All ports that can be listened to, the preferred system's first."""

    def open_input(self, port: MidiPort, on_message: OnMessage) -> Handle:
        """Listen; raises DeviceError where the port has just gone."""

    def deaths(self, api: str) -> int:
        """How often a system's server has died: what was opened on it before is dead too."""


def api_names() -> tuple[str, ...]:
    """The MIDI systems that rtmidi was compiled with here, restricted by FIRST_TAKE_MIDI_API.

    Raises:
        DeviceError: where the variable names one that is not compiled in.
    """
    import rtmidi  # noqa: PLC0415 - a compiled library; only where MIDI is touched

    known = tuple(rtmidi.get_api_name(api) for api in rtmidi.get_compiled_api())
    wanted = os.environ.get(API_VARIABLE, "").lower()
    if not wanted:
        return known
    fitting = tuple(name for name in known if name.startswith(wanted))
    if not fitting:
        raise DeviceError(f"no MIDI system {wanted!r} in {API_VARIABLE}; here: {', '.join(known)}")
    return fitting


def _client(kind: str, api: str, name: str, **more: int) -> Any:  # noqa: ANN401 - rtmidi is untyped
    """A client of one MIDI system; DeviceError where the system is not there."""
    import rtmidi  # noqa: PLC0415 - a compiled library; only where MIDI is touched

    try:
        return getattr(rtmidi, kind)(rtapi=rtmidi.get_compiled_api_by_name(api), name=name, **more)
    except (rtmidi.RtMidiError, OSError, TypeError) as error:
        raise DeviceError(f"the MIDI system {api} does not answer: {error}") from error


def _watch_jack(name: str) -> JackWatch | None:
    """Be told when the JACK server dies; None where it cannot be watched."""
    try:
        return JackWatch(name)
    except OSError as error:
        log.info("JACK is not watched: %s", error)
        return None


class OpenInputPort:
    """A port that is being listened to."""

    def __init__(
        self,
        port: MidiPort,
        on_message: OnMessage,
        client: str,
        *,
        clock: bool,
        is_dead: Callable[[], bool] = lambda: False,
    ) -> None:
        """Open it.

        Args:
            port: which.
            on_message: gets clock and bytes.
            client: the name under which other programs see this listener.
            clock: whether MIDI clock is let through too.
            is_dead: whether its server has died since.

        Raises:
            DeviceError: where it has just gone.
        """
        self._is_dead = is_dead
        self._polled: PolledInput | None = None
        self._midi = _client("MidiIn", port.api, client, queue_size_limit=QUEUE)
        names = self._midi.get_ports()
        if port.name not in names:
            self._midi.delete()
            raise DeviceError(f"the MIDI port {port.name!r} has gone")
        # A closed-over name is faster than an attribute, and this is the one hot place.
        now = time.monotonic_ns

        def stamp(event: tuple[list[int], float], _data: object) -> None:
            # rtmidi's delta is no help here: on macOS it can repeat, and its first is 0. The
            # clock is read before anything else.
            on_message(now(), event[0])

        self._midi.ignore_types(sysex=True, timing=not clock, active_sense=True)
        if port.api != JACK:
            self._midi.set_callback(stamp)
        try:
            self._midi.open_port(names.index(port.name), "in")
        except Exception as error:
            self._midi.delete()
            raise DeviceError(f"the MIDI port {port.name!r} does not open: {error}") from error
        if port.api == JACK:
            self._polled = PolledInput(self._midi, on_message)

    def take(self) -> None:
        """Pass on at once what has come where the port has to be asked for it."""
        if self._polled is not None:
            self._polled.take()

    def close(self) -> None:
        """Stop listening."""
        if self._polled is not None:
            self._polled.close()
        if self._is_dead():
            bury(self._midi)
            return
        with contextlib.suppress(Exception):
            self._midi.cancel_callback()
        with contextlib.suppress(Exception):
            self._midi.delete()


class _Sending:
    """Something open that can be sent to."""

    _midi: Any

    def send(self, octets: list[int]) -> None:
        """Send one message at once."""
        try:
            self._midi.send_message(octets)
        except Exception as error:  # noqa: BLE001 - whatever the system raises, the take goes on
            log.warning("MIDI output: %s", error)

    def abandon(self) -> None:
        """Let go of a port whose server is dead."""
        bury(self._midi)

    def close(self) -> None:
        """Take the port back."""
        with contextlib.suppress(Exception):
            self._midi.delete()


class ThruPort(_Sending):
    """Another program's or instrument's port, to send to."""

    def __init__(
        self, port: MidiPort, client: str, *, is_dead: Callable[[], bool] = lambda: False
    ) -> None:
        """Open it.

        Args:
            port: which.
            client: the name under which others see the sender.
            is_dead: whether its server has died since.

        Raises:
            DeviceError: where it has just gone.
        """
        self.is_dead = is_dead
        self._midi = _client("MidiOut", port.api, client)
        names = self._midi.get_ports()
        try:
            self._midi.open_port(names.index(port.name), "thru")
        except Exception as error:
            self._midi.delete()
            raise DeviceError(f"the MIDI port {port.name!r} does not open: {error}") from error

    def close(self) -> None:
        """Let go of it."""
        if self.is_dead():
            self.abandon()
        else:
            super().close()


class OutputPort(_Sending):
    """A port that this program offers, or another's that it sends to."""

    def __init__(self, name: str, *, client: str, join: bool = False) -> None:
        """Open it on the first MIDI system that answers.

        Args:
            name: of the port to offer.
            client: the name of the program beside it.
            join: send to another program's port of that name where there is one.

        Raises:
            DeviceError: where no system answers, or the one there is (Windows) lets no
                program offer ports.
        """
        reasons = []
        for api in api_names():
            try:
                self._midi = _client("MidiOut", api, client)
            except DeviceError as error:
                reasons.append(str(error))
                continue
            if self._open(name, api, join, reasons):
                self.api = api
                return
        raise DeviceError(f"no MIDI output {name!r}: {'; '.join(reasons)}")

    def _open(self, name: str, api: str, join: bool, reasons: list[str]) -> bool:
        names = self._midi.get_ports()
        index = find_port(name, names) if join else None
        try:
            if index is None:
                self._midi.open_virtual_port(name)
            else:
                self._midi.open_port(index, name)
        except Exception as error:  # noqa: BLE001 - rtmidi raises its own and NotImplementedError
            self._midi.delete()
            reasons.append(f"{api} lets no program offer a port ({error})")
            return False
        return True


class RtMidiSystem:
    """The real MIDI world: every system that rtmidi knows here, asked by a client each."""

    def __init__(self, client: str, sender: str = THRU_CLIENT) -> None:
        """Get ready to list and open ports under the names of a listener and of a sender."""
        self._name = client
        self._sender = sender
        self._listers: dict[tuple[str, str], Any] = {}
        self._retry_at: dict[str, float] = {}
        self._complained: set[str] = set()
        self._jack: JackWatch | None = None
        self._deaths = 0
        self._listened: Callable[[], OpenInputPort | None] = lambda: None

    def list_inputs(self) -> tuple[MidiPort, ...]:
        """All ports that can be listened to, the preferred system's first."""
        self._look_after_jack()
        return self._list("MidiIn")

    def list_outputs(self) -> tuple[MidiPort, ...]:
        """All ports that can be sent to, the preferred system's first."""
        self._look_after_jack()
        return self._list("MidiOut")

    def _list(self, kind: str) -> tuple[MidiPort, ...]:
        found: list[MidiPort] = []
        for api in api_names():
            lister = self._lister(api, kind)
            if lister is None:
                continue
            try:
                names = lister.get_ports()
            except Exception as error:  # noqa: BLE001 - a server that has just died
                log.warning("%s: %s", api, error)
                self._drop(api, kind)
                continue
            found.extend(MidiPort(api, name) for name in names)
        return tuple(found)

    def open_output(self, port: MidiPort) -> ThruPort:
        """Get ready to send to a port."""
        deaths = self.deaths(port.api)
        return ThruPort(port, self._sender, is_dead=lambda: self.deaths(port.api) != deaths)

    def open_input(self, port: MidiPort, on_message: OnMessage) -> Handle:
        """Listen to a port."""
        deaths = self.deaths(port.api)
        opened = OpenInputPort(
            port,
            on_message,
            self._name,
            clock=False,
            is_dead=lambda: self.deaths(port.api) != deaths,
        )
        self._listened = weakref.ref(opened)
        return opened

    def take_keys(self) -> None:
        """Have what was just played passed on before a block of sound is made."""
        opened = self._listened()
        if opened is not None:
            opened.take()

    def deaths(self, api: str) -> int:
        """How often a system's server has died; only JACK has one."""
        return self._deaths if api == JACK else 0

    def _look_after_jack(self) -> None:
        """Forget what was opened on a JACK server that is dead; another may run soon."""
        if self._jack is None or self._jack.alive:
            return
        log.warning("the JACK server has gone")
        self._deaths += 1
        bury(self._jack)
        self._jack = None
        for kind in ("MidiIn", "MidiOut"):
            bury(self._listers.pop((JACK, kind), None))

    def _lister(self, api: str, kind: str) -> Any:  # noqa: ANN401 - rtmidi is untyped
        if (api, kind) in self._listers:
            return self._listers[api, kind]
        if time.monotonic() < self._retry_at.get(api, 0.0):
            return None
        try:
            with silence():
                if api == JACK and self._jack is None:
                    self._jack = _watch_jack(f"{self._name} watch")
                self._listers[api, kind] = _client(kind, api, f"{self._name} list")
        except DeviceError as error:
            if api not in self._complained:
                log.info("%s", error)
                self._complained.add(api)
            self._retry_at[api] = time.monotonic() + RETRY_S
            return None
        return self._listers[api, kind]

    def _drop(self, api: str, kind: str) -> None:
        with contextlib.suppress(Exception):
            self._listers.pop((api, kind)).delete()
