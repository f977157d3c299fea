"""Silence for libraries that talk to the terminal.

ALSA, JACK and their kin write straight to file descriptor 2 whenever something is not there,
which is their normal day on a machine without a keyboard.
"""

from __future__ import annotations

import contextlib
import os
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

STDERR = 2
_LOCK = threading.RLock()
"""Two threads that swapped the descriptor at once would lose it for good."""


@contextlib.contextmanager
def silence() -> Iterator[None]:
    """Send file descriptor 2 of the whole process nowhere for a while."""
    with _LOCK:
        try:
            kept = os.dup(STDERR)
        except OSError:  # no standard error at all
            yield
            return
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, STDERR)
        try:
            yield
        finally:
            os.dup2(kept, STDERR)
            os.close(kept)
            os.close(nowhere)
