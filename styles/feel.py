"""Feel: where a notated onset is performed. The chart stays straight; swing and pocket live here.

The swing ratio (long:short, 1 straight, 2 triplet) and the pocket (mean distance from the click)
follow the tempo by the lines and rows of the style's pack; swung sixteenths have one place
inside the half-beat at every tempo.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from styles.schema import Feel

_HALF = Fraction(1, 2)
_SIMPLE_BEATS = (Fraction(1), Fraction(2))
_STRAIGHT = (0.5, 0.5, 0.5)
_RATIO_LIMITS = (1.0, 3.5)
"""Straight at the fastest; 3.5:1 is the ride cymbal at slow tempi (Friberg & Sundstrom 2002)."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a notated onset is performed, in quarter notes from the first downbeat."""

    centre_ql: float
    early_ql: float
    """The earliest that is accepted in full ..."""
    late_ql: float
    """... and the latest."""


@dataclass(frozen=True, slots=True)
class SwingRange:
    """Swing ratios that belong to a style at a tempo."""

    centre: float
    loose: float
    """The lowest ratio that is accepted in full ..."""
    tight: float
    """... and the highest."""
    lowest: float
    """The lowest that can still be called the style's own ..."""
    highest: float
    """... and the highest."""


def swings(feel: Feel | None, level: int, beat_ql: Fraction) -> bool:
    """Whether eighths are swung: the style swings at that level, and the beat has two halves.

    In compound metres the triplet is written out; nothing is left to swing.
    """
    return (
        feel is not None
        and feel.swing is not None
        and level >= feel.swing_level
        and beat_ql in _SIMPLE_BEATS
    )


def swings_sixteenths(feel: Feel | None, level: int, beat_ql: Fraction) -> bool:
    """Whether the second and the fourth sixteenth of a beat have a place of their own."""
    return (
        feel is not None
        and feel.swing16 is not None
        and level >= feel.swing16_level
        and beat_ql in _SIMPLE_BEATS
    )


def sixteenth_places(
    feel: Feel | None, level: int, beat_ql: Fraction
) -> tuple[float, float, float]:
    """Where a sixteenth lies inside its half-beat, as shares of it: lowest, centre, highest."""
    if not swings_sixteenths(feel, level, beat_ql):
        return _STRAIGHT
    assert feel is not None  # noqa: S101 - what the line above says
    low, centre, high = feel.swing16 or (50.0, 50.0, 50.0)
    return (low / 100.0, centre / 100.0, high / 100.0)


def swing_range(feel: Feel | None, beats_per_minute: float) -> SwingRange:
    """The swing ratios of a style at a tempo, in beats of a quarter note; straight is all 1."""
    if feel is None or feel.swing is None:
        return SwingRange(1.0, 1.0, 1.0, 1.0, 1.0)
    swing = feel.swing
    lowest, highest = swing.widest or (swing.loose, swing.tight)
    return SwingRange(
        centre=_bound(_on_line(swing.centre, beats_per_minute)),
        loose=_bound(_on_line(swing.loose, beats_per_minute)),
        tight=_bound(_on_line(swing.tight, beats_per_minute)),
        lowest=_bound(_on_line(lowest, beats_per_minute) - swing.margin),
        highest=_bound(_on_line(highest, beats_per_minute) + swing.margin),
    )


def swing_ratio(feel: Feel | None, beats_per_minute: float) -> float:
    """The ratio that the performer plays at a tempo (long:short); 1 is straight."""
    return swing_range(feel, beats_per_minute).centre


def pocket_ms(feel: Feel | None, beats_per_minute: float) -> tuple[float, float]:
    """The mean offset from the click that is the style's own, (earliest, latest) in ms.

    Negative is ahead of the click. No feel is (0, 0).
    """
    if feel is None:
        return (0.0, 0.0)
    rows = feel.pocket_table
    if not rows:
        return feel.pocket_ms
    index = bisect_left([row[0] for row in rows], beats_per_minute)
    if index in {0, len(rows)}:
        row = rows[0] if index == 0 else rows[-1]
        return (row[1], row[2])
    below, above = rows[index - 1], rows[index]
    share = (beats_per_minute - below[0]) / (above[0] - below[0])
    early, late = (below[at] + share * (above[at] - below[at]) for at in (1, 2))
    return (early, late)


def target(
    onset_ql: Fraction,
    *,
    beat_ql: Fraction,
    beats_per_minute: float,
    level: int,
    feel: Feel | None,
) -> Target:
    """Where a notated onset is performed, with swing and without pocket.

    Off-beat eighths move to ratio / (1 + ratio) of the quarter note, and the sixteenths on either
    side of them with them; the second and the fourth sixteenth move to their share of the
    half-beat; positions of triplets are left where they are written. `beats_per_minute` counts
    `beat_ql`.
    """
    straight = float(onset_ql)
    swung = swings(feel, level, beat_ql)
    if not swung and not swings_sixteenths(feel, level, beat_ql):
        return Target(straight, straight, straight)
    place = onset_ql % 1
    if place == 0 or place.denominator % 3 == 0:
        return Target(straight, straight, straight)
    ratios = swing_range(feel if swung else None, beats_per_minute * float(beat_ql))
    low, centre, high = sixteenth_places(feel, level, beat_ql)
    beat = float(onset_ql - place)
    return Target(
        centre_ql=beat + _swung(_bend(place, centre), ratios.centre),
        early_ql=beat + _swung(_bend(place, low), ratios.loose),
        late_ql=beat + _swung(_bend(place, high), ratios.tight),
    )


def label_ratio(ratio: float) -> str:
    """What a musician calls a swing ratio: straight, light, medium, triplet or dotted."""
    bounds = ((1.12, "straight"), (1.4, "light"), (1.8, "medium"), (2.3, "triplet"))
    return next((name for bound, name in bounds if ratio < bound), "dotted")


def _bend(place: Fraction, share: float) -> float:
    """A place in the quarter note, the sixteenth of its half moved to a share of the half."""
    half = _HALF if place >= _HALF else Fraction(0)
    inside = float(place - half) * 2.0
    bent = inside * 2.0 * share if inside <= 0.5 else share + (inside - 0.5) * 2.0 * (1.0 - share)  # noqa: PLR2004
    return float(half) + bent / 2.0


def _swung(place: float, ratio: float) -> float:
    """A place in the quarter note (0 to 1), the half stretched to its swung place."""
    long = ratio / (1.0 + ratio)
    if place <= 0.5:  # noqa: PLR2004 - the half
        return place * 2.0 * long
    return long + (place - 0.5) * 2.0 * (1.0 - long)


def _on_line(line: tuple[float, float], beats_per_minute: float) -> float:
    return line[0] + line[1] * beats_per_minute


def _bound(ratio: float) -> float:
    return min(_RATIO_LIMITS[1], max(_RATIO_LIMITS[0], ratio))
