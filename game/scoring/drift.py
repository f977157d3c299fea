"""Whether a player keeps another tempo than the click."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from game.scoring.judge import Onset

FAR_ONSETS = 8
"""From one end of a slope of the asynchrony to the other."""
OTHER_TEMPO = 0.025
"""So much slower or faster than the click is another tempo; slow leans are a tenth of it."""
NEXT_SHARE = 0.5
"""Of that slope from each onset to the next: a slope that lies between a few alone is of stops."""


def find_drift(onsets: Sequence[Onset]) -> float:
    """Seconds of lag for each second of the chart, where another tempo is kept; else 0.

    A stop in every bar is no tempo: most onsets then come as soon after the one before as written.
    """
    far = _slope(onsets, FAR_ONSETS)
    if abs(far) < OTHER_TEMPO or _slope(onsets, 1) / far < NEXT_SHARE:
        return 0.0
    return far


def _slope(onsets: Sequence[Onset], step: int) -> float:
    """The middle slope between onsets of one attempt that lie so many apart; 0 of none."""
    slopes = [
        (later.asynchrony_ms - sooner.asynchrony_ms) / (later.place_s - sooner.place_s) / 1000.0
        for sooner, later in zip(onsets, onsets[step:], strict=False)
        if later.attempt == sooner.attempt and later.place_s > sooner.place_s
    ]
    return median(slopes) if slopes else 0.0
