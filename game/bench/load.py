"""A machine that is busy on every core, as a game that composes ahead and draws makes it."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

BUSY = "while True: pass"


@contextmanager
def busy_cores() -> Iterator[int]:
    """Keep every core busy for as long as the block lasts; gives how many there are."""
    cores = os.cpu_count() or 1
    busy = [
        subprocess.Popen([sys.executable, "-c", BUSY])  # noqa: S603 - our own arguments
        for _ in range(cores)
    ]
    try:
        yield cores
    finally:
        for process in busy:
            process.kill()
            process.wait()
