"""Where an onset lies in its bar: on a strong beat, a beat, between beats, or syncopated."""

from __future__ import annotations

from bisect import bisect_left
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING

from exercises.meter import TICKS, read_grid

if TYPE_CHECKING:
    from exercises.checks.survey import Survey

_EIGHTH = TICKS // 2
_SIXTEENTH = TICKS // 4


class Place(Enum):
    """The kinds of places in a bar."""

    BEAT = "beat"
    EIGHTH = "eighth"
    SIXTEENTH = "sixteenth"
    TUPLET = "tuplet"
    """Between the sixteenths: triplets, thirty-seconds."""


@cache
def pulses(meter: str) -> tuple[int, ...]:
    """Where the felt pulses of a bar are: quarters, dotted quarters, or both in 7/8."""
    grid = read_grid(meter)
    if grid.compound or meter.endswith("/8"):
        return tuple(start for start, _ in grid.beats)
    return tuple(range(0, grid.length, TICKS))


@cache
def strong_places(meter: str) -> frozenset[int]:
    """The strong beats: where the bar's largest parts begin (1 and 3 of 4/4, 1 of 3/4)."""
    grid = read_grid(meter)
    return frozenset(at for at in pulses(meter) if grid.level(at) <= _strong_level(meter))


def _strong_level(meter: str) -> int:
    """The level of the half bar where a bar is halved or grouped; else that of the downbeat."""
    grid = read_grid(meter)
    beats = pulses(meter)
    second = min((grid.level(at) for at in beats if at), default=0)
    ranked = [at for at in beats if grid.level(at) <= second]
    # Equal beats have one strong one, but for the two of 6/8.
    equal = len(ranked) == len(beats) and not (grid.compound and len(beats) == 2)  # noqa: PLR2004
    return grid.level(0) if equal and meter != "5/8" else second


def place_of(survey: Survey, start: int) -> Place:
    """The kind of place that a time lies on."""
    meter = survey.chart.bars[survey.index_at(start)].meter
    position = survey.position(start)
    if position in pulses(meter):
        return Place.BEAT
    if position % _EIGHTH == 0:
        return Place.EIGHTH
    return Place.SIXTEENTH if position % _SIXTEENTH == 0 else Place.TUPLET


def is_syncopated(survey: Survey, start: int, following: int | None) -> bool:
    """An onset off the beat after which the next stronger place has no onset.

    For an onset between eighths that is the next eighth, for an off-beat eighth the next pulse.
    """
    bar = survey.chart.bars[survey.index_at(start)]
    position = survey.position(start)
    beats = pulses(bar.meter)
    if position in beats:
        return False
    if position % _EIGHTH == 0:
        place = bisect_left(beats, position)
        step = (beats[place] if place < len(beats) else read_grid(bar.meter).length) - position
    else:
        step = _EIGHTH - position % _EIGHTH
    return following is None or following > start + step
