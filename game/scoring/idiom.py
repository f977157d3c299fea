"""Feel: whether swing and pocket are the style's own."""

from __future__ import annotations

from math import log2
from statistics import fmean
from typing import TYPE_CHECKING

from game.scoring.timing import ENOUGH_FOR_POCKET, ENOUGH_PAIRS
from styles.feel import pocket_ms

if TYPE_CHECKING:
    from game.scoring.results import TimeReport
    from styles.schema import Feel, Style, SwingFit

NOTHING_AT_LOG2 = 0.6
"""So far outside the accepted swing ratios is worth nothing (by ear)."""
NOTHING_AT_MS = 40.0
"""So far outside the pocket and the click is worth nothing (by ear)."""
NEUTRAL_MS = 8.0
"""A pocket within this of the click is "on": it is time, not feel."""


def score_feel(
    time: TimeReport, style: Style | None, *, level: int, beats_per_minute: float, onsets: int
) -> float | None:
    """Score swing ratio and pocket, 0 to 100.

    None where the style has no feel of its own at the level, or too few notes say anything.

    Args:
        time: the report of time.
        style: the style that was asked for.
        level: 1 to 10; below the style's swing level eighths are straight.
        beats_per_minute: of the notated beat.
        onsets: how many onsets the bias was measured on.

    """
    if style is None:
        return None
    parts: list[float] = []
    swing = style.feel.swing if level >= style.feel.swing_level else None
    if swing is not None and time.swing_ratio is not None and time.swing_pairs >= ENOUGH_PAIRS:
        parts.append(_swing_share(swing, time.swing_ratio, beats_per_minute))
    if has_pocket(style.feel, beats_per_minute) and onsets >= ENOUGH_FOR_POCKET:
        low, high = pocket_ms(style.feel, beats_per_minute)
        bias = time.bias_ms
        if bias is not None:
            outside = max(0.0, min(0.0, low) - bias, bias - max(0.0, high))
            parts.append(max(0.0, 1.0 - outside / NOTHING_AT_MS))
    return 100.0 * fmean(parts) if parts else None


def has_pocket(feel: Feel, beats_per_minute: float) -> bool:
    """Whether a style's place against the click is more than "on"."""
    low, high = pocket_ms(feel, beats_per_minute)
    return high > NEUTRAL_MS or low < -NEUTRAL_MS


def _swing_share(swing: SwingFit, ratio: float, beats_per_minute: float) -> float:
    """1 within the accepted ratios, falling to 0 outside."""
    low, high = (max(1.0, a + b * beats_per_minute) for a, b in (swing.loose, swing.tight))
    if ratio < low:
        return max(0.0, 1.0 - log2(low / ratio) / NOTHING_AT_LOG2)
    if ratio > high:
        return max(0.0, 1.0 - log2(ratio / high) / NOTHING_AT_LOG2)
    return 1.0
