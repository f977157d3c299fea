"""Frames of bytes between the game's processes, over the standard streams of a child.

A frame is a 4-byte big-endian length and that many bytes (one message as msgpack). A reader
thread hands each frame to a callback, so nothing waits on the thread that draws.
"""

from __future__ import annotations

import contextlib
import os
import struct
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

LENGTH = struct.Struct(">I")
LARGEST_LOG = 1_000_000
"""Bytes; a log that is larger is begun anew."""


def write_frame(stream: IO[bytes], data: bytes) -> None:
    """Write one frame and flush it. The caller holds a lock where several threads write."""
    stream.write(LENGTH.pack(len(data)) + data)
    stream.flush()


def read_frame(stream: IO[bytes]) -> bytes | None:
    """Read one frame, waiting for it; None at the end of the stream."""
    head = _read_exactly(stream, LENGTH.size)
    if head is None:
        return None
    (length,) = LENGTH.unpack(head)
    return _read_exactly(stream, length)


def _read_exactly(stream: IO[bytes], count: int) -> bytes | None:
    parts = []
    while count:
        part = stream.read(count)
        if not part:
            return None
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def _open_log(path: Path) -> IO[bytes]:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size > LARGEST_LOG:
        path.unlink()
    return path.open("ab")


class Child:
    """A child process that runs a module of the program and speaks in frames."""

    def __init__(
        self,
        module: str,
        on_frame: Callable[[bytes], None],
        on_end: Callable[[int], None],
        *,
        log: Path | None = None,
    ) -> None:
        """Start `python -m module`.

        Args:
            module: dotted name of the child's main module.
            on_frame: called on the reader thread with each frame.
            on_end: called on the reader thread with the exit code when the child has ended.
            log: where the child's standard error goes; None throws it away. Never the terminal,
                which belongs to the screen.
        """
        # The child finds the packages where this process found them.
        root = str(Path(__file__).resolve().parent.parent)
        path = os.pathsep.join(part for part in (root, os.environ.get("PYTHONPATH", "")) if part)
        error = _open_log(log) if log else subprocess.DEVNULL
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=error,
            env={**os.environ, "PYTHONPATH": path},
            # Ctrl+C in the terminal is for the screen alone.
            start_new_session=True,
        )
        if log and not isinstance(error, int):
            error.close()
        self._lock = threading.Lock()
        self._on_frame = on_frame
        self._on_end = on_end
        self._reader = threading.Thread(target=self._read, name=f"{module} reader", daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        """The child's process id."""
        return self._process.pid

    def send(self, data: bytes) -> bool:
        """Send one frame; False where the child is gone."""
        stdin = self._process.stdin
        if stdin is None:
            return False
        try:
            with self._lock:
                write_frame(stdin, data)
        except (OSError, ValueError):
            return False
        return True

    def close(self, timeout_s: float = 2.0) -> None:
        """Close the child's input, which ends it, and wait; kill it when it does not end."""
        if self._process.stdin:
            with contextlib.suppress(OSError):
                self._process.stdin.close()
        try:
            self._process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _read(self) -> None:
        stdout = self._process.stdout
        if stdout is None:
            return
        while (frame := read_frame(stdout)) is not None:
            self._on_frame(frame)
        self._on_end(self._process.wait())
