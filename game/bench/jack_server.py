"""A JACK server without a sound card: real MIDI ports and real audio on any Linux machine."""

from __future__ import annotations

import os
import subprocess
import threading
import time

RATE = 48_000
PERIOD = 64
"""Frames: 1.33 ms, the floor of any MIDI latency that is measured over it."""
READY_S = 15.0
PRIORITY = 10


def may_run_in_real_time() -> bool:
    """Whether a process of ours gets real-time scheduling here."""
    try:
        probe = subprocess.run(  # noqa: S603 - our own arguments
            ["chrt", "-f", str(PRIORITY), "true"],  # noqa: S607 - wherever it is installed
            capture_output=True,
            check=False,
        )
    except OSError:
        return False
    return probe.returncode == 0


class JackServer:
    """One running server; `env` makes a program use it."""

    def __init__(self, name: str, period: int = PERIOD, rate: int = RATE) -> None:
        """Get ready.

        Args:
            name: of the server; one that no other program uses.
            period: frames.
            rate: frames a second.
        """
        self.name = name
        self.period = period
        self.rate = rate
        self.env = {
            "JACK_DEFAULT_SERVER": name,
            "JACK_NO_START_SERVER": "1",
            "FIRST_TAKE_MIDI_API": "jack",
        }
        self.said: list[tuple[int, str]] = []
        """What it has complained of, with the monotonic clock (ns): who was late, above all."""
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers.

        Raises:
            RuntimeError: it does not.
        """
        # Without real-time scheduling JACK drops or repeats the cycle of a client that the
        # scheduler held back, and with it a note; with it a loaded machine loses none.
        realtime = ("-R", "-P", str(PRIORITY)) if may_run_in_real_time() else ("-r",)
        self._process = subprocess.Popen(  # noqa: S603 - our own arguments
            [
                *("jackd", "-n", self.name, *realtime),
                *("-d", "dummy", "-r", str(self.rate), "-p", str(self.period)),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        threading.Thread(target=self._listen, args=(self._process,), daemon=True).start()
        until = time.monotonic() + READY_S
        while self.run("jack_lsp").returncode:
            if self._process.poll() is not None or time.monotonic() > until:
                self.stop()
                raise RuntimeError("jackd did not start; is jackd2 installed?")
            time.sleep(0.05)

    def _listen(self, process: subprocess.Popen[bytes]) -> None:
        for line in process.stderr or ():
            self.said.append((time.monotonic_ns(), line.decode(errors="replace").strip()))

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run one of JACK's tools against this server."""
        return subprocess.run(  # noqa: S603 - our own arguments
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
