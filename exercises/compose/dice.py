"""Seeded chance: every decision of the composer is drawn from a named stream of its own.

Streams keep decisions apart: another choice of rhythm does not shuffle the harmony. Nothing here
depends on hashing, the clock or the machine.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T")

_MASK = 2**64 - 1
_MIX = 0x9E3779B97F4A7C15
"""The odd constant of the golden ratio that spreads neighbouring seeds (Knuth)."""


class Dice:
    """Weighted choices from one seeded stream."""

    def __init__(self, seed: int, part: str) -> None:
        mixed = (seed * _MIX + zlib.crc32(part.encode())) & _MASK
        self._random = Random(mixed)  # noqa: S311 - music, no secret

    def number(self) -> float:
        """A float from 0 up to 1."""
        return self._random.random()

    def chance(self, share: float) -> bool:
        """Whether something of this probability happens."""
        return self._random.random() < share

    def choose(self, options: Sequence[T], weights: Sequence[float]) -> T:
        """One of the options by their weights; the first where all weights are 0."""
        total = sum(weights)
        mark = self._random.random() * total
        for option, weight in zip(options, weights, strict=True):
            mark -= weight
            if mark < 0:
                return option
        return options[0]

    def pick(self, options: Sequence[T]) -> T:
        """One of the options, all alike."""
        return options[int(self._random.random() * len(options))]


def derive_seed(seed: int, draft: int) -> int:
    """The seed of the n-th draft of a drill; draft 0 has a seed of its own too."""
    return (seed + 1) * 1_000_003 + draft * 7_919
