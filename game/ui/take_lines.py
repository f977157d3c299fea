"""The last takes as lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from game.events import PERFORMER
from game.ui.words import say_take

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from game.take import TakeSummary


def list_takes(
    takes: Sequence[TakeSummary], style_name: Callable[[str], str], now: datetime
) -> Text:
    """When, what and what it was worth, in columns.

    Args:
        takes: at least one.
        style_name: turns a style's id into its name.
        now: on the player's clock.
    """
    rows = [say_take(take, style_name(take.style), now) for take in takes]
    widths = [max(map(len, column)) + 1 for column in zip(*rows, strict=True)]
    lines = Text(no_wrap=True, overflow="ellipsis")
    for take, (when, what, worth) in zip(takes, rows, strict=True):
        lines.append(when.ljust(widths[0]), "dim")
        lines.append(what.ljust(widths[1]))
        lines.append(f"{worth:>4}", "bold" if take.total is not None else "dim")
        lines.append(" demo\n" if take.source == PERFORMER else "\n", "dim")
    return lines
