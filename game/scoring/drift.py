"""Whether a player keeps another tempo than the click."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

from game.scoring.tempo import add_waits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from game.scoring.judge import Onset

FAR_ONSETS = 8
"""From one end of a slope of the asynchrony to the other."""
OTHER_TEMPO = 0.025
"""So much slower or faster than the click is another tempo; slow leans are a tenth of it."""


def find_drift(onsets: Sequence[Onset]) -> float:
    """Seconds of lag for each second of the chart, where another tempo is kept; else 0.

    Waits are taken out before: a stop in every bar is no tempo.
    """
    slopes: list[float] = []
    for attempt in {onset.attempt for onset in onsets}:
        own = [onset for onset in onsets if onset.attempt == attempt]
        places: list[tuple[float, float]] = []
        for onset in own:
            heard_s = onset.place_s + onset.asynchrony_ms / 1000.0
            if not places or (onset.place_s > places[-1][1] and heard_s > places[-1][0]):
                places.append((heard_s, onset.place_s))
        waited_s = add_waits(places, own[0].beat_s)
        lags = [
            heard_s - place - wait for (heard_s, place), wait in zip(places, waited_s, strict=True)
        ]
        slopes += [
            (lags[row] - lags[row - FAR_ONSETS]) / (places[row][1] - places[row - FAR_ONSETS][1])
            for row in range(FAR_ONSETS, len(places))
        ]
    drift = median(slopes) if slopes else 0.0
    return drift if abs(drift) >= OTHER_TEMPO else 0.0
