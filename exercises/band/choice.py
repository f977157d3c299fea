"""Which pattern a phrase has: one that fits the metre, the level and the fullness."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeVar

from exercises.chart import ComposeError
from exercises.compose.changes import SHORT_BARS
from styles.band_schema import BassPattern, DrumPattern
from styles.band_soundness import fits

if TYPE_CHECKING:
    from exercises.compose.dice import Dice

Row = TypeVar("Row", DrumPattern, BassPattern)

_FAR_BELOW = 4
_FAR_SHARE = 0.35
"""What a pattern so many levels below counts beside newer ones."""


def _longer(meter: str) -> list[str]:
    """The metres whose bar is cut short to this one, as songs do: a jig's bar of 3/8."""
    return [whole for whole, short in SHORT_BARS.items() if short == meter]


def choose_pattern(
    rows: Sequence[Row], meter: str, level: int, intensity: int, clave: str, dice: Dice
) -> Row:
    """A pattern of the nearest fullness that there is.

    Raises:
        ComposeError: the style has none for the metre.
    """
    own = [each for each in rows if each.clave in {"", clave}]
    fitting = [each for each in own if fits(each.length, each.meters, meter)] or [
        each for each in own if any(fits(each.length, each.meters, m) for m in _longer(meter))
    ]
    if not fitting:
        raise ComposeError(f"the band has no pattern for {meter}; ask for another metre")
    lowest = min(each.level for each in fitting)
    known = [each for each in fitting if each.level <= max(level, lowest)]
    nearest = min(abs(each.intensity - intensity) for each in known)
    near = [each for each in known if abs(each.intensity - intensity) == nearest]
    weights = [
        each.weight * (_FAR_SHARE if level - each.level >= _FAR_BELOW else 1.0) for each in near
    ]
    return dice.choose(near, weights)
