"""The engine as the screen sees it: starts the process, and starts it again when it dies."""

from __future__ import annotations

import threading
import time
from functools import cached_property
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

import msgspec

from game.devices.errors import DeviceError
from game.events import (
    ClickPlan,
    EngineCommand,
    EngineEvent,
    EngineFailed,
    LoadTrack,
    OpenAudio,
    OpenInput,
    Quit,
    SendThru,
    SetInstrument,
    SetLatency,
    SetMix,
    Start,
    Stop,
    TransportStarted,
    TransportStopped,
)
from game.pipes import Child
from game.places import log_file

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NS = 1_000_000_000
MODULE = "game.devices"
CLOSE_S = 1.0
SHORT_LIFE_NS = 2 * NS
"""An engine that dies younger than this has something wrong with it from the start."""
MOST_SHORT_LIVES = 4
BURIAL_S = 0.5
"""Between an engine's death and the next one. A JACK server needs it to clear a killed client
away: a new one that comes too early is connected and yet hears nothing. Measured."""

_KEPT = (SetLatency, SetMix, SetInstrument, SendThru, OpenInput, OpenAudio, LoadTrack, ClickPlan)
"""Commands whose last one holds for a new engine too, in the order in which it gets them."""


class EngineProcess:
    """Implements `game.ports.Engine`."""

    def __init__(self, *, module: str = MODULE, log: Path | None = None) -> None:
        """Get ready; nothing runs before `open`.

        Args:
            module: the engine's main module.
            log: where its complaints go; the game's own log folder by default.
        """
        self._module = module
        self._log = log
        self._lock = threading.RLock()
        self._encode: Callable[[EngineCommand], bytes] = msgspec.msgpack.Encoder().encode
        self._events: SimpleQueue[EngineEvent] = SimpleQueue()
        self._kept: dict[tuple[type, str], EngineCommand] = {}
        self._running = False
        self._origin_ns: int | None = None
        self._child: Child | None = None
        self._born_ns = 0
        self._short_lives = 0
        self._closed = True
        self._wake: Callable[[], object] | None = None

    @cached_property
    def _decoder(self) -> msgspec.msgpack.Decoder[EngineEvent]:
        return msgspec.msgpack.Decoder(EngineEvent)

    def open(self, wake: Callable[[], object] | None = None) -> None:
        """Start the process; does not wait for it. `wake` is called on the reader's thread."""
        with self._lock:
            if self._child is not None:
                return
            self._wake = wake
            self._closed = False
            self._short_lives = 0
            self._spawn()

    def send(self, command: EngineCommand) -> None:
        """Hand over a command; returns at once.

        What was said before `open`, or while the engine is down, is said to the next one.

        Raises:
            DeviceError: for a Start before any plan was loaded.
        """
        with self._lock:
            if isinstance(command, _KEPT):
                name = command.name if isinstance(command, LoadTrack) else ""
                self._kept[type(command), name] = command
            elif isinstance(command, Start):
                if (ClickPlan, "") not in self._kept:
                    raise DeviceError("load a click plan before starting the transport")
                self._running = True
                self._origin_ns = None
            elif isinstance(command, Stop):
                self._running = False
            if self._child is not None:
                self._child.send(self._encode(command))

    def poll(self) -> list[EngineEvent]:
        """All events since the last call, in the order of their stamps; never waits."""
        events: list[EngineEvent] = []
        while True:
            try:
                events.append(self._events.get_nowait())
            except Empty:
                return events

    def now_s(self) -> float | None:
        """The transport's position, or None while it stands still.

        Reckoned here from the monotonic clock, which all processes share: it runs on, right,
        while the engine is being started again.
        """
        origin_ns = self._origin_ns
        return None if origin_ns is None else (time.monotonic_ns() - origin_ns) / NS

    @property
    def pid(self) -> int | None:
        """The engine's process id; None while there is none."""
        child = self._child
        return child.pid if child else None

    def close(self) -> None:
        """End the process."""
        with self._lock:
            self._closed = True
            child, self._child = self._child, None
            self._origin_ns = None
            self._running = False
        if child is not None:
            child.send(self._encode(Quit()))
            child.close(CLOSE_S)

    def _spawn(self) -> None:
        """Start a process and tell it all that still holds. The lock is held."""
        path = self._log or log_file("engine")
        self._born_ns = time.monotonic_ns()
        self._child = Child(self._module, self._take_frame, self._take_end, log=path)
        for kind in _KEPT:
            for (other, _), command in self._kept.items():
                if other is kind:
                    self._child.send(self._encode(command))
        if self._running:
            self._child.send(self._encode(Start(origin_ns=self._origin_ns)))
        else:
            self._stand_still()

    def _stand_still(self) -> None:
        """Say that the transport stands, where the engine that should have said so is gone."""
        now_s = self.now_s()
        self._origin_ns = None
        self._running = False
        if now_s is not None:
            self._events.put(TransportStopped(now_s))

    def _take_frame(self, frame: bytes) -> None:
        """On the reader's thread: one event."""
        event: EngineEvent = self._decoder.decode(frame)
        with self._lock:
            if self._closed:
                return
            if isinstance(event, TransportStarted):
                known = self._origin_ns is not None
                self._origin_ns = event.clock_ns - round(event.now_s * NS)
                self._running = True
                if known:
                    return  # a correction of the origin, or a new engine that goes on
            elif isinstance(event, TransportStopped):
                self._origin_ns = None
                self._running = False
        self._events.put(event)
        if self._wake is not None:
            self._wake()

    def _take_end(self, code: int) -> None:
        """On the reader's thread: the engine has ended."""
        with self._lock:
            if self._closed:
                return
            age_ns = time.monotonic_ns() - self._born_ns
            self._short_lives = self._short_lives + 1 if age_ns < SHORT_LIFE_NS else 0
            self._child = None
            log = self._log or log_file("engine")
            if self._short_lives >= MOST_SHORT_LIVES:
                detail = f"The sound and MIDI engine does not start (code {code}); see {log}."
                self._events.put(EngineFailed(detail))
                self._stand_still()
                return
            detail = f"The sound and MIDI engine ended (code {code}) and is started again."
            self._events.put(EngineFailed(detail))
        time.sleep(BURIAL_S)
        with self._lock:
            if not self._closed and self._child is None:
                self._spawn()
