"""The order of work: what is waited for before what is composed ahead, the newest first."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from game.requests import ComposeRequest

if TYPE_CHECKING:
    from game.requests import ComposerRequest


class RequestQueue:
    """Requests between the thread that reads them and the one that works."""

    def __init__(self) -> None:
        """Start empty and open."""
        self._waiting: list[ComposerRequest] = []
        self._changed = threading.Condition()
        self._closed = False

    def put(self, request: ComposerRequest) -> None:
        """Add a request."""
        with self._changed:
            self._waiting.append(request)
            self._changed.notify()

    def close(self) -> None:
        """Nothing more is coming, and nobody waits for what is still here."""
        with self._changed:
            self._closed = True
            self._changed.notify()

    def get(self) -> ComposerRequest | None:
        """Wait for the next request: the newest that is waited for; None after closing.

        A player who asks again wants the latest page (a window that is dragged asks often), while
        charts composed ahead are wanted in the order in which they were foreseen.
        """
        with self._changed:
            while not self._waiting and not self._closed:
                self._changed.wait()
            if self._closed:
                return None
            for index in range(len(self._waiting) - 1, -1, -1):
                if not is_ahead(self._waiting[index]):
                    return self._waiting.pop(index)
            return self._waiting.pop(0)


def is_ahead(request: ComposerRequest) -> bool:
    """Whether nobody waits for a request yet."""
    return isinstance(request, ComposeRequest) and request.ahead
