"""Small keyboards: which keys they have, and how a level's hands share them.

The ranges are the commonest of each size as they are sold, without their octave buttons: 25 keys
C3 to C5, 37 C3 to C6, 49 C2 to C6, 61 C2 to C7, 76 E1 to G7. A keyboard that begins elsewhere has
an octave button that brings it there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from exercises.chart import ComposeError

if TYPE_CHECKING:
    from exercises.levels import Level

FULL = 88
KEYBOARDS: dict[int, tuple[int, int]] = {
    25: (48, 72),
    37: (48, 84),
    49: (36, 84),
    61: (36, 96),
    76: (28, 103),
    FULL: (21, 108),
}
"""Number of keys to the lowest and the highest MIDI pitch."""

SHARED = 37
"""Up to so many keys the hands share the room instead of having an octave each to themselves."""
_MIDDLE_C = 60
_LEFT_TOP = 62
"""D4: the highest key of a left hand that has a right hand next to it (by ear)."""


def keyboard_range(keys: int) -> tuple[int, int]:
    """The lowest and the highest pitch of a keyboard.

    Raises:
        ComposeError: no keyboard has so many keys.
    """
    found = KEYBOARDS.get(keys)
    if found is None:
        sizes = ", ".join(str(size) for size in KEYBOARDS)
        raise ComposeError(f"there is no keyboard of {keys} keys; take one of {sizes}")
    return found


def fit_level(row: Level, keys: int) -> Level:
    """A level's row with the hands where a keyboard has keys for them.

    On the smallest they share the keys about middle C: basses lie in the octave below it, and
    chords close.
    """
    if keys == FULL:
        return row
    low, high = keyboard_range(keys)
    left_low, left_high = row.left_range
    right_low, right_high = row.right_range
    if keys <= SHARED:
        left_high = min(left_high, _LEFT_TOP)
        right_low = max(right_low, _MIDDLE_C)
    return msgspec.structs.replace(
        row,
        left_range=(max(low, left_low), min(high, left_high)),
        right_range=(max(low, right_low), min(high, right_high)),
    )
