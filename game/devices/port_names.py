"""The names of MIDI ports: which are keyboards, and which is the same one again. Pure."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

CLOCK_PORT = "First Take Clock"
"""The game's own MIDI clock output."""
INPUT_CLIENT = "First Take In"
OUTPUT_CLIENT = "First Take"
THRU_CLIENT = "First Take Thru"

_NO_KEYBOARD = ("midi through", CLOCK_PORT.lower())
_ALSA_NUMBERS = re.compile(r"\s+\d+:\d+$")
_BRIDGE_NUMBERS = re.compile(r"\s+\[\d+\]")


def is_keyboard(name: str) -> bool:
    """Whether a port may be a player's: not a loop inside the system, not the game's own."""
    low = name.lower()
    return not any(part in low for part in _NO_KEYBOARD)


def is_foreign(name: str) -> bool:
    """Whether a port is another's, and no ear or clock of the game itself."""
    return INPUT_CLIENT.lower() not in name.lower() and CLOCK_PORT.lower() not in name.lower()


def strip_numbers(name: str) -> str:
    """A port's name without the numbers that change from one plugging-in to the next.

    ALSA appends "client:port" numbers, and the ALSA-to-JACK bridge puts the client's in
    brackets.
    """
    return _BRIDGE_NUMBERS.sub("", _ALSA_NUMBERS.sub("", name)).strip()


def label_ports(names: Sequence[str]) -> tuple[str, ...]:
    """Names fit to be shown and remembered, one a port; twins keep their numbers."""
    short = [strip_numbers(name) for name in names]
    counts = Counter(short)
    return tuple(
        name if counts[plain] > 1 else plain for name, plain in zip(names, short, strict=True)
    )


def find_port(wanted: str, names: Sequence[str]) -> int | None:
    """The index of the port that is meant by a remembered or typed name, or None.

    Tried in order: the very name, the name without changing numbers, then any port with the
    wanted text in it (case set aside).
    """
    if wanted in names:
        return names.index(wanted)
    plain = strip_numbers(wanted).lower()
    lowered = [strip_numbers(name).lower() for name in names]
    if plain in lowered:
        return lowered.index(plain)
    return next((i for i, name in enumerate(lowered) if plain and plain in name), None)
