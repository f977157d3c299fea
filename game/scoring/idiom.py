"""Feel: whether swing and pocket are the style's own."""

from __future__ import annotations

from math import log2
from statistics import fmean
from typing import TYPE_CHECKING

from game.scoring.timing import ENOUGH_FOR_POCKET, ENOUGH_PAIRS, measure_sixteenths
from game.scoring.windows import steady_scatter_ms
from styles.feel import pocket_ms, sixteenth_places, swing_range, swings, swings_sixteenths

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

    from game.scoring.judge import Onset
    from game.scoring.results import TimeReport
    from styles.feel import SwingRange
    from styles.schema import Feel, Style

LEAST_LOG2 = 0.2
"""The least room beyond the full swing ratios, in log2: what no listener tells (by ear)."""
FULL_MS, NOTHING_MS = 12.0, 50.0
"""So far outside pocket and click the place still counts in full (people's own centres differ by
as much to the same click), and is worth nothing (by ear)."""
FULL_TIGHTNESS, NO_TIGHTNESS = 1.1, 3.0
"""The spread as a multiple of a professional's: full, and worth nothing."""
ENOUGH_FOR_SPREAD = 32
"""Onsets for a spread that is good to 12 %."""
NO_SIXTEENTHS = 10.0
"""Percent of the half-beat outside of the style's own places at which swung sixteenths are worth
nothing: as far as from straight to the middle of the rows of the Groove MIDI Dataset (by ear)."""
MS_PER_MINUTE = 60_000.0
NEUTRAL_MS = 8.0
"""A pocket within this of the click is "on": it is time, not feel."""


def score_feel(
    time: TimeReport,
    style: Style | None,
    *,
    level: int,
    beat: Fraction,
    beats_per_minute: float,
    onsets: Sequence[Onset],
) -> float | None:
    """Score swing ratio, swung sixteenths, pocket and tightness, 0 to 100.

    None where the style has no feel of its own at the level, or too few notes say anything.

    Args:
        time: the report of time.
        style: the style that was asked for.
        level: 1 to 10; below the style's swing level eighths are straight.
        beat: the notated beat in quarter notes.
        beats_per_minute: of that beat.
        onsets: what was heard; the bias is of those on the click.

    """
    if style is None:
        return None
    parts: list[float] = []
    on_click = sum(onset.on_click for onset in onsets)
    if (
        swings(style.feel, level, beat)
        and time.swing_ratio is not None
        and time.swing_pairs >= ENOUGH_PAIRS
    ):
        swing = swing_range(style.feel, beats_per_minute * float(beat))
        parts.append(_swing_share(swing, time.swing_ratio))
    if swings_sixteenths(style.feel, level, beat):
        place, pairs = measure_sixteenths(onsets)
        if place is not None and pairs >= ENOUGH_PAIRS:
            low, _, high = (100.0 * share for share in sixteenth_places(style.feel, level, beat))
            parts.append(_between(max(low - place, place - high), 0.0, NO_SIXTEENTHS))
    if has_pocket(style.feel, beats_per_minute) and on_click >= ENOUGH_FOR_POCKET:
        low, high = pocket_ms(style.feel, beats_per_minute)
        bias = time.bias_ms
        if bias is not None:
            outside = max(0.0, min(0.0, low) - bias, bias - max(0.0, high))
            parts.append(_between(outside, FULL_MS, NOTHING_MS))
    if parts and time.spread_ms is not None and on_click >= ENOUGH_FOR_SPREAD:
        professional = steady_scatter_ms(MS_PER_MINUTE / beats_per_minute)
        parts.append(_between(time.spread_ms / professional, FULL_TIGHTNESS, NO_TIGHTNESS))
    return 100.0 * fmean(parts) if parts else None


def has_pocket(feel: Feel, beats_per_minute: float) -> bool:
    """Whether a style's place against the click is more than "on"."""
    low, high = pocket_ms(feel, beats_per_minute)
    return high > NEUTRAL_MS or low < -NEUTRAL_MS


def _swing_share(swing: SwingRange, ratio: float) -> float:
    """1 within the ratios that are accepted in full, a half at the style's last, then to 0."""
    if ratio < swing.loose:
        return _fall(log2(swing.loose / ratio), log2(swing.loose / swing.lowest))
    if ratio > swing.tight:
        return _fall(log2(ratio / swing.tight), log2(swing.highest / swing.tight))
    return 1.0


def _between(value: float, full: float, nothing: float) -> float:
    """1 up to `full`, 0 from `nothing` on, straight between."""
    return min(1.0, max(0.0, (nothing - value) / (nothing - full)))


def _fall(away: float, half: float) -> float:
    """1 at nothing away, 0.5 at `half`, 0 at twice that; never steeper than the ear."""
    return max(0.0, 1.0 - away / (2.0 * max(half, LEAST_LOG2)))
