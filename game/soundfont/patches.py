"""The sounds that a keyboard player is offered, as programs of General MIDI (from 0)."""

from __future__ import annotations

STANDARD_KIT = 0
"""The drum kit of the pads, as a program of the percussion channel."""
PATCHES = {
    "piano": 0,
    "e-piano": 4,
    "organ": 16,
    "clav": 7,
    "synth lead": 81,
    "pad": 89,
    "strings": 48,
    "bass": 33,
}


def program_of(chair_id: str) -> int:
    """The program of a chair, by its id: the piano's where none is named, of drums the kit."""
    return STANDARD_KIT if chair_id == "drums" else PATCHES.get(chair_id, PATCHES["piano"])
