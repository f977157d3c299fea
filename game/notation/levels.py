"""Levels of ink, as a picture keeps them."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from game.notation.page import Picture

PACKING = 6
"""How hard zlib tries: harder takes longer and saves little here."""


def pack_levels(levels: NDArray[np.uint8]) -> bytes:
    """Levels of ink (height, width) as a picture keeps them."""
    return zlib.compress(np.pad(levels, ((0, 0), (1, 0))).tobytes(), PACKING)


def unpack_levels(picture: Picture) -> NDArray[np.uint8]:
    """The levels of a picture, (height, width)."""
    rows = np.frombuffer(zlib.decompress(picture.levels), np.uint8)
    return rows.reshape(picture.height, picture.width + 1)[:, 1:]
