"""A JACK server without a sound card: real MIDI ports and real audio on any Linux machine.

It has a name that no other program uses, so tests run beside whatever else uses JACK here.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

RATE = 48_000
PERIOD = 64
"""Frames: 1.33 ms, the floor of any MIDI latency measured here."""
READY_S = 15.0
SLOTS = 4
PRIORITY = 10


def may_run_in_real_time() -> bool:
    """Whether a process of ours gets real-time scheduling here."""
    probe = subprocess.run(["chrt", "-f", str(PRIORITY), "true"], capture_output=True, check=False)
    return probe.returncode == 0


class JackServer:
    """One running server; `env` makes a program use it."""

    def __init__(self, name: str, period: int = PERIOD) -> None:
        self.name = name
        self.period = period
        self.env = {
            "JACK_DEFAULT_SERVER": name,
            "JACK_NO_START_SERVER": "1",
            "FIRST_TAKE_MIDI_API": "jack",
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        # Without real-time scheduling JACK drops or repeats the cycle of a client that the
        # scheduler held back, and with it a note; with it a loaded machine loses none.
        realtime = ("-R", "-P", str(PRIORITY)) if may_run_in_real_time() else ("-r",)
        self._process = subprocess.Popen(
            [
                *("jackd", "-n", self.name, *realtime),
                *("-d", "dummy", "-r", str(RATE), "-p", str(self.period)),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until = time.monotonic() + READY_S
        while self.run("jack_lsp").returncode:
            if self._process.poll() is not None or time.monotonic() > until:
                self.stop()
                raise RuntimeError("jackd did not start; is jackd2 installed?")
            time.sleep(0.05)

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run one of JACK's tools against this server."""
        return subprocess.run(
            command,
            env={**os.environ, **self.env},
            capture_output=True,
            text=True,
            timeout=READY_S,
            check=False,
        )

    def stop(self) -> None:
        """End it."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextlib.contextmanager
def jack_server(period: int = PERIOD) -> Iterator[JackServer]:
    """Run a server for as long as the block lasts."""
    with _free_name() as name:
        server = JackServer(name, period)
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

    Parametrized indirectly it takes another period in frames.
    """
    with jack_server(getattr(request, "param", PERIOD)) as server:
        for name, value in server.env.items():
            monkeypatch.setenv(name, value)
        yield server
