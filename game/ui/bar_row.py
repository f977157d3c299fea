"""The bars of a take in a row: a sign for each, and what the signs mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from game.ui.words import BAR_COLOURS, BAR_SIGNS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from game.scoring.results import BarVerdict

LABEL = "Bars  "
ROOMY = 5
"""Columns of a bar with its sign and the room after it, where there is room."""
MORE_COLUMNS = 16
"""For how many bars are not listed."""
CLEAN = "clean"


def draw_bars(bars: Sequence[BarVerdict], columns: int, colours: Mapping[str, str]) -> Text:
    """Two lines: the bars, and below them the signs that came up.

    Where there is no room for all bars, closely set, those stand there that are not clean, and how
    many more.

    Args:
        bars: in the order of the page.
        columns: room.
        colours: of the theme, by name.
    """
    room = columns - len(LABEL)
    shown, rest = list(bars), ""
    least = ROOMY if ROOMY * len(shown) <= room else 0
    if _measure(shown) > room:
        shown = [bar for bar in bars if bar.verdict != CLEAN]
        rest = f"and {len(bars) - len(shown)} clean" if shown else f"all {len(bars)} clean"
        while _measure(shown) > room - MORE_COLUMNS:
            shown.pop()
            rest = f"and {len(bars) - len(shown)} more"
    row = Text(LABEL)
    for bar in shown:
        colour = colours[BAR_COLOURS.get(bar.verdict, "foreground")]
        sign = f"{bar.number}{BAR_SIGNS.get(bar.verdict, '?')}"
        row.append(sign, f"bold {colour}").append(" " * max(1, least - len(sign)))
    row.append(f"{rest}\n{' ' * len(LABEL)}")
    for verdict, sign in BAR_SIGNS.items():
        if any(bar.verdict == verdict for bar in bars):
            row.append(f"{sign} {verdict}   ", "dim")
    return row


def _measure(bars: Sequence[BarVerdict]) -> int:
    """Columns of bars that are closely set."""
    return sum(len(str(bar.number)) + 2 for bar in bars)
