"""How soon a changed chart was secure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from game.scoring.results import Scorecard

SECURE_BARS = 2
"""Clean bars in a row that are no accident (by ear)."""
CLEAN = "clean"


def count_bars_until_secure(scorecard: Scorecard) -> int | None:
    """Bars before the first two clean ones with something in them; None where there are none.

    A chart of one bar is secure where that bar is clean.
    """
    played = [index for index, bar in enumerate(scorecard.bars) if bar.written]
    if not played:
        return None
    need = min(SECURE_BARS, len(played))
    for at in range(len(played) - need + 1):
        if all(scorecard.bars[k].verdict == CLEAN for k in played[at : at + need]):
            return played[at]
    return None


def say_secure(scorecard: Scorecard) -> str:
    """The same in a sentence."""
    bars = count_bars_until_secure(scorecard)
    if bars is None:
        return "The change was never secure."
    if bars == 0:
        return "The change was secure at once."
    return f"The change was secure after {bars} {'bar' if bars == 1 else 'bars'}."
