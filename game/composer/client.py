"""The composer as the screen sees it: asks, keeps what was composed ahead, starts it again."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

from game.pipes import Child
from game.places import log_file
from game.requests import (
    ChartReady,
    ComposeFailed,
    ComposeRequest,
    ComposerReply,
    ComposerRequest,
    EngraveRequest,
    PlayedRequest,
    ReviseRequest,
    SheetRequest,
    SongRequest,
    SoundRequest,
)

if TYPE_CHECKING:
    from pathlib import Path

    from exercises.drill import DrillRequest
    from game.notation.page import PageRequest

MODULE = "game.composer"
CLOSE_S = 1.0
KEPT_PAGES = 16
"""Charts that were composed ahead, or asked for, and may be asked for again."""
MOST_TRIES = 3
"""A request at which the process died so many times is given up."""
MOST_DEATHS = 4
"""Deaths in a row without any answer after which the process is not started again."""


class _Open:
    """A request that has no answer yet."""

    def __init__(self, request: ComposerRequest, key: bytes | None) -> None:
        self.request = request
        self.key = key
        """What a chart composed ahead is found by; None for an engraving."""
        self.tries = 0


class ComposerProcess:
    """Implements `game.ports.Composer`."""

    def __init__(self, *, module: str = MODULE, log: Path | None = None) -> None:
        """Get ready; nothing runs before `open`.

        Args:
            module: the composer's main module.
            log: where its complaints go; the game's own log folder by default.
        """
        self._module = module
        self._log = log
        self._lock = threading.RLock()
        self._encode = msgspec.msgpack.Encoder().encode
        self._child: Child | None = None
        self._closed = True
        self._deaths = 0
        self._ticket = 0
        self._open: dict[int, _Open] = {}
        self._answers: deque[ComposerReply] = deque()
        self._kept: OrderedDict[bytes, ChartReady] = OrderedDict()

    @cached_property
    def _decoder(self) -> msgspec.msgpack.Decoder[ComposerReply]:
        return msgspec.msgpack.Decoder(ComposerReply)

    def open(self) -> None:
        """Start the process and warm it up; does not wait for it."""
        with self._lock:
            if self._child is None:
                self._closed = False
                self._deaths = 0
                self._spawn()

    def request(self, drill: DrillRequest, page: PageRequest) -> int:
        """Ask for a chart and its engraving; gives a ticket."""
        with self._lock:
            ticket = self._next_ticket()
            key = self._encode((drill, page))
            kept = self._kept.get(key)
            if kept is not None:
                self._kept.move_to_end(key)
                self._answers.append(msgspec.structs.replace(kept, ticket=ticket))
                return ticket
            self._ask(ComposeRequest(ticket, drill, page), key)
            return ticket

    def request_page(self, chart_json: bytes, page: PageRequest) -> int:
        """Ask for another engraving of a known chart (the window was resized); gives a ticket."""
        with self._lock:
            ticket = self._next_ticket()
            self._ask(EngraveRequest(ticket, chart_json, page), None)
            return ticket

    def request_sound(self, order: SoundRequest | PlayedRequest) -> int:
        """Ask for a chart's reference and band, or for played keys; gives a ticket."""
        return self._order(order)

    def request_sheet(self, order: SheetRequest) -> int:
        """Ask for the sheet of a graded take; gives a ticket."""
        return self._order(order)

    def _order(self, order: SoundRequest | PlayedRequest | SheetRequest) -> int:
        with self._lock:
            ticket = self._next_ticket()
            self._ask(msgspec.structs.replace(order, ticket=ticket), None)
            return ticket

    def request_revision(self, chart_json: bytes, seed: int, page: PageRequest) -> int:
        """Ask for a chart changed as a producer might wish; gives a ticket."""
        with self._lock:
            ticket = self._next_ticket()
            self._ask(ReviseRequest(ticket, chart_json, seed, page), None)
            return ticket

    def request_song(self, drill: DrillRequest, chairs: tuple[str, ...]) -> int:
        """Ask for a song, a chart for each chair; gives a ticket."""
        with self._lock:
            ticket = self._next_ticket()
            self._ask(SongRequest(ticket, drill, chairs), None)
            return ticket

    def prefetch(self, drill: DrillRequest, page: PageRequest) -> None:
        """Compose ahead; a later `request` of the same is answered at once."""
        with self._lock:
            key = self._encode((drill, page))
            if key in self._kept or any(item.key == key for item in self._open.values()):
                return
            self._ask(ComposeRequest(self._next_ticket(), drill, page, ahead=True), key)

    def poll(self) -> list[ComposerReply]:
        """Finished answers and failures since the last call; never waits."""
        answers: list[ComposerReply] = []
        while self._answers:
            answers.append(self._answers.popleft())
        return answers

    @property
    def pid(self) -> int | None:
        """The composer's process id; None while there is none."""
        child = self._child
        return child.pid if child else None

    def close(self) -> None:
        """End the process."""
        with self._lock:
            self._closed = True
            child, self._child = self._child, None
            self._open.clear()
        if child is not None:
            child.close(CLOSE_S)

    def _next_ticket(self) -> int:
        self._ticket += 1
        return self._ticket

    def _ask(self, request: ComposerRequest, key: bytes | None) -> None:
        """Keep a request open and hand it over. The lock is held."""
        self._open[request.ticket] = _Open(request, key)
        if self._child is not None:
            self._child.send(self._encode(request))
        elif not self._closed:
            # It was given up; another request is a reason to try once more.
            self._deaths = 0
            self._spawn()

    def _spawn(self) -> None:
        """Start a process and hand it all that is open. The lock is held."""
        path = self._log or log_file("composer")
        self._child = Child(self._module, self._take_frame, self._take_end, log=path)
        for item in self._open.values():
            self._child.send(self._encode(item.request))

    def _take_frame(self, frame: bytes) -> None:
        """On the reader thread: an answer."""
        reply = self._decoder.decode(frame)
        with self._lock:
            self._deaths = 0
            item = self._open.pop(reply.ticket, None)
            if item is None:
                return
            if item.key is not None and isinstance(reply, ChartReady):
                self._keep(item.key, reply)
            if not (isinstance(item.request, ComposeRequest) and item.request.ahead):
                self._answers.append(reply)

    def _keep(self, key: bytes, reply: ChartReady) -> None:
        self._kept[key] = reply
        self._kept.move_to_end(key)
        while len(self._kept) > KEPT_PAGES:
            self._kept.popitem(last=False)

    def _take_end(self, code: int) -> None:
        """On the reader thread: the process has ended; start it again and ask again."""
        with self._lock:
            if self._closed:
                return
            self._child = None
            self._deaths += 1
            for item in list(self._open.values()):
                item.tries += 1
                if item.tries >= MOST_TRIES:
                    self._give_up(item, "the composer dies at this chart; choose another")
            if self._deaths < MOST_DEATHS:
                self._spawn()
                return
            for item in list(self._open.values()):
                self._give_up(
                    item,
                    f"the composer does not start (exit code {code}); "
                    f"see {self._log or log_file('composer')}",
                )

    def _give_up(self, item: _Open, detail: str) -> None:
        del self._open[item.request.ticket]
        if not (isinstance(item.request, ComposeRequest) and item.request.ahead):
            self._answers.append(ComposeFailed(item.request.ticket, detail))
