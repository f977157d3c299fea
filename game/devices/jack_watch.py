"""Whether a JACK server still lives: JACK itself says so to a client that only waits.

Listing ports does not tell. A client reads the list from memory that it shares with the server,
and reads it there still, unchanged for ever, when the server is dead and another one runs.
"""

from __future__ import annotations

import ctypes
import ctypes.util
from typing import Any

NO_START_SERVER = 1
"""JackNoStartServer of the JACK API: looking for a server starts none."""
LIBRARIES = ("libjack.so.0", "libjack64.dll", "libjack.dll", "libjack.0.dylib")

_ON_SHUTDOWN = ctypes.CFUNCTYPE(None, ctypes.c_void_p)


_DEAD: list[object] = []


def bury(client: object) -> None:
    """Keep a client of a dead JACK server for good: the library crashes where one is closed
    after another was opened, or refused.
    """  # noqa: D205 - one thought
    _DEAD.append(client)


class JackWatch:
    """A client without ports. `alive` turns false, for good, when its server goes."""

    def __init__(self, name: str) -> None:
        """Join the server that runs.

        Raises:
            OSError: there is none, or no JACK library.
        """
        self.alive = True
        self._library = _load_library()
        self._client: Any = self._library.jack_client_open(
            name.encode(), NO_START_SERVER, ctypes.byref(ctypes.c_int(0))
        )
        if not self._client:
            raise OSError("no JACK server runs")
        # Held: the library keeps only its address.
        self._callback = _ON_SHUTDOWN(self._end)
        self._library.jack_on_shutdown(self._client, self._callback, None)

    def _end(self, _data: object) -> None:
        """On a thread of the library, which forbids any call back to it."""
        self.alive = False


def _load_library() -> Any:  # noqa: ANN401 - ctypes' own
    """The system's JACK library, with the types of what is called."""
    found = ctypes.util.find_library("jack")
    for name in (*LIBRARIES, *([found] if found else [])):
        try:
            library = ctypes.CDLL(name)
        except OSError:
            continue
        library.jack_client_open.restype = ctypes.c_void_p
        library.jack_client_open.argtypes = [ctypes.c_char_p, ctypes.c_int, ctypes.c_void_p]
        library.jack_on_shutdown.restype = None
        library.jack_on_shutdown.argtypes = [ctypes.c_void_p, _ON_SHUTDOWN, ctypes.c_void_p]
        return library
    raise OSError("there is no JACK library")
