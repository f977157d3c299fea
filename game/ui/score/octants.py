"""Braille dots as solid blocks: the same two by four, where a terminal draws Unicode 16's octants.

Unicode numbers the parts of an octant row by row, 1 2 / 3 4 / 5 6 / 7 8. The characters stand in
the order of their parts as bits, without those patterns that were characters before.
"""

from __future__ import annotations

FIRST_OCTANT = 0x1CD00
PATTERNS = 256
BRAILLE = 0x2800
BRAILLE_BITS = (0x01, 0x08, 0x02, 0x10, 0x04, 0x20, 0x40, 0x80)
"""The bit of braille for each part of an octant."""

QUADRANTS = " ▘▝▀▖▌▞▛▗▚▐▜▄▙▟█"
"""By bits: upper left, upper right, lower left, lower right."""
QUADRANT_PARTS = ((1, 3), (2, 4), (5, 7), (6, 8))
OTHERS = {
    (1,): 0x1FB00,
    (2,): 0x1FB01,
    (7,): 0x1FB0F,
    (8,): 0x1FB1E,
    (1, 2): 0x1FB82,
    (7, 8): 0x2582,
    (3, 5): 0x1FBE6,
    (4, 6): 0x1FBE7,
    (1, 2, 3, 4, 5, 6): 0x1FB85,
    (3, 4, 5, 6, 7, 8): 0x2586,
}
"""Parts of a cell that were characters before, by their parts.

The corners (1, 2, 7, 8) are those of the sextants, a third of a cell high and not a quarter:
kitty 0.41 draws every octant but the corners that Unicode 16 has beside them (U+1CEA0, A3, A8, AB),
and where an octant is drawn a sextant is.
"""


def _bits(parts: tuple[int, ...]) -> int:
    return sum(1 << (part - 1) for part in parts)


def list_octants() -> list[str]:
    """The character of each pattern of parts, by its bits: part 1 is the lowest."""
    known = {_bits(parts): chr(code) for parts, code in OTHERS.items()}
    for bits, sign in enumerate(QUADRANTS):
        parts = tuple(p for at in range(4) if bits >> at & 1 for p in QUADRANT_PARTS[at])
        known[_bits(parts)] = sign
    following = iter(range(FIRST_OCTANT, FIRST_OCTANT + PATTERNS))
    return [known[bits] if bits in known else chr(next(following)) for bits in range(PATTERNS)]


def braille_to_octants() -> dict[int, str]:
    """For `str.translate`: each braille character's octant."""
    table = {}
    for bits, sign in enumerate(list_octants()):
        dots = sum(each for at, each in enumerate(BRAILLE_BITS) if bits >> at & 1)
        table[BRAILLE + dots] = sign
    return table


SOLID = braille_to_octants()
