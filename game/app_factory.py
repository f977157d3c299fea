"""Builds the game: the one place that gives screens their devices, store and composer."""

from __future__ import annotations


def open_game() -> None:
    """Open the game on its home screen."""
    raise NotImplementedError
