"""When a steady player's takes all lean the same way, the latency is to be measured. Pure."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Sequence

TAKES = 4
"""Of so many takes on end."""
STEADY_MS = 35.0
"""Whose own spread is at most this: an unsteady player's mean says little."""
LEAN_MS = 15.0
"""That each lean by at least this beyond the style's pocket; half a professional's spread."""
ALIKE_MS = 15.0
"""And by much the same: the widest distance of one from their median."""


class TakeTime(msgspec.Struct, frozen=True):
    """How a kept take sat on the click."""

    bias_ms: float
    """Mean asynchrony; negative is ahead."""
    spread_ms: float
    latency_ms: float
    """What had been taken off its stamps."""
    style: str
    quarter_bpm: float
    pocket: str = ""
    """What was asked for over the chart (`exercises.feels`); empty is the style's own."""


def find_lean(leans: Sequence[tuple[float, float]]) -> float | None:
    """The lean in ms that the last takes share, or None.

    Args:
        leans: (bias beyond the style's pocket, spread) of the takes made with the latency that is
            in force now, newest first, in ms.

    """
    last = leans[:TAKES]
    if len(last) < TAKES or any(spread > STEADY_MS for _, spread in last):
        return None
    middle = median(bias for bias, _ in last)
    sign = 1 if middle > 0 else -1
    if any(sign * bias < LEAN_MS or abs(bias - middle) > ALIKE_MS for bias, _ in last):
        return None
    return middle


def say_lean(lean_ms: float) -> str:
    """The hint: what was seen, what it may be, and what to do."""
    side = "behind" if lean_ms > 0 else "ahead of"
    return (
        f"Your last {TAKES} takes all lie {abs(lean_ms):.0f} ms {side} the click, evenly: "
        "that may be the devices. Measure it: Options, c."
    )
