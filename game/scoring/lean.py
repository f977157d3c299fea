"""How far behind or ahead of their places strikes lean whose rhythm is the player's own."""

from __future__ import annotations

from fractions import Fraction
from statistics import median
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from exercises.chart import Chart, Note
    from game.scoring.expectation import Place
    from game.scoring.results import PlayedNote

LIKELY = {1: 1.0, 2: 0.9}
"""How likely a strike falls on a beat, and half-way between two, ..."""
FINER = 0.7
"""... and on finer places (by ear)."""
EARLIEST_S, LATEST_S = -0.15, 0.25
"""No instrument lags more, and no player leans so far."""
STEP_S = 0.01
NEAR_S = 0.05
"""A strike so far from its place fits it by 0.6, one twice as far by 0.14."""
ENOUGH = 8
"""Strikes that say where the places are."""
SURE_FIT = 0.65
"""From here on strikes keep to their places; any seconds fit by 0.4 to 0.6."""
CLEARLY = 0.15
"""So much better must a lean fit than none."""
AS_GOOD = 0.03
"""Of leans that fit so nearly as well the least is taken: an even rhythm fits at every step."""
EARLY_PRICE = 2.0
"""An instrument lags rather than leads: a lean ahead counts as one so much larger behind."""


def cut_grid(notes: Iterable[Note]) -> tuple[Fraction, ...]:
    """The places in a quarter note at which a comp strikes: eighths, and what is finer in it."""
    finest = {note.onset_ql.denominator for note in notes}
    grid = {Fraction(0), Fraction(1, 2)}
    for parts in finest & {3, 4}:
        grid |= {Fraction(number, parts) for number in range(parts)}
    return tuple(sorted(grid))


def hear_lean(
    chart: Chart, place: Place, grid: Sequence[Fraction], strikes: Sequence[Sequence[PlayedNote]]
) -> float:
    """How much later than its place all is struck, in seconds: the lag of an instrument."""
    bars = range(chart.onset_ql.__floor__(), chart.end_ql.__ceil__())
    places = [beat + share for beat in bars for share in grid]
    return find_lean(
        [place.performed_s(at)[0] for at in places],
        [LIKELY.get(at.denominator, FINER) for at in places],
        [median(key.onset_s for key in keys) for keys in strikes],
    )


def find_lean(
    places_s: Sequence[float], weights: Sequence[float], strikes_s: Sequence[float]
) -> float:
    """The constant lag with which strikes fall on their places, in seconds; 0 where none does.

    Args:
        places_s: where strikes may fall, rising.
        weights: how likely each place is, up to 1.
        strikes_s: when they were heard.
    """
    if len(strikes_s) < ENOUGH or len(places_s) < 2:  # noqa: PLR2004 - one place has no neighbour
        return 0.0
    places, likely, heard = (np.array(each) for each in (places_s, weights, strikes_s))
    steps = range(round(EARLIEST_S / STEP_S), round(LATEST_S / STEP_S) + 1)
    leans = sorted((STEP_S * step for step in steps), key=_price)
    fits = [_fit(places, likely, heard - lean) for lean in leans]
    best = max(fits)
    if best < max(SURE_FIT, fits[0] + CLEARLY):
        return 0.0
    return next(lean for lean, fit in zip(leans, fits, strict=True) if fit >= best - AS_GOOD)


def _price(lean_s: float) -> float:
    return lean_s if lean_s >= 0 else -EARLY_PRICE * lean_s


def _fit(
    places: NDArray[np.float64], likely: NDArray[np.float64], heard: NDArray[np.float64]
) -> float:
    """How near strikes lie to likely places: 1 is each on a place of weight 1."""
    after = np.clip(np.searchsorted(places, heard), 1, len(places) - 1)
    fits = [
        likely[beside] * np.exp(-0.5 * ((heard - places[beside]) / NEAR_S) ** 2)
        for beside in (after - 1, after)
    ]
    return float(np.mean(np.maximum(*fits)))
