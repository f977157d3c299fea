"""Which face of notes a genre is engraved in, where there are pixels enough to tell."""

from __future__ import annotations

from game.notation.layout import FONT

HANDWRITTEN = "Petaluma"
"""The hand of copyists: how charts for bands and studios are written."""
ENGRAVED = frozenset({"classical", "cinematic", "ragtime"})
"""Genres whose music is read from printed sheets."""


def find_face(style: str) -> str:
    """The engraver's font for a style; a chart of the player's own has no style and is printed."""
    return FONT if not style or style in ENGRAVED else HANDWRITTEN
