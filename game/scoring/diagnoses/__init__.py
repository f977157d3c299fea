"""Diagnoses: patterns of mistakes, what they cost, and the drill that would mend them."""

from __future__ import annotations

from game.scoring.diagnoses.naming import diagnose

__all__ = ["diagnose"]
