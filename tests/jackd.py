"""A JACK server for a test, under a name of its own: tests run beside whatever else uses JACK."""

from __future__ import annotations

import contextlib
import fcntl
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from game.bench.jack_server import PERIOD, RATE, JackServer

if TYPE_CHECKING:
    from collections.abc import Iterator

SLOTS = 4


@contextlib.contextmanager
def jack_server(period: int = PERIOD, rate: int = RATE) -> Iterator[JackServer]:
    """Run a server for as long as the block lasts."""
    with _free_name() as name:
        server = JackServer(name, period, rate)
        server.start()
        try:
            yield server
        finally:
            server.stop()


@contextlib.contextmanager
def _free_name() -> Iterator[str]:
    """One of a few names, held by a lock.

    JACK knows eight servers at a time and keeps the place of one that crashed until its name
    is used again, so a new name for each test would lock JACK out of the machine in the end.
    """
    for slot in range(SLOTS):
        name = f"first-take-test-{slot}"
        path = Path(tempfile.gettempdir()) / f"{name}-{os.getuid()}.lock"
        with path.open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                continue
            yield name
            return
    raise RuntimeError(f"{SLOTS} test servers of JACK run already")


@pytest.fixture
def jackd(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[JackServer]:
    """A server that this process and its children use, by the environment.

    Parametrized indirectly it takes another (period in frames, frames a second).
    """
    with jack_server(*getattr(request, "param", ())) as server:
        for name, value in server.env.items():
            monkeypatch.setenv(name, value)
        yield server
