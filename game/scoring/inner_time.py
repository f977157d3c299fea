"""Inner time: what the tempo does in bars in which the click drops out. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import numpy as np

from game.scoring.results import InnerTime
from game.scoring.windows import MAD_TO_SD

if TYPE_CHECKING:
    from collections.abc import Sequence

    from exercises.timeline import Timeline
    from game.scoring.results import NoteJudgement, Scorecard

ENOUGH_ONSETS = 4
"""Onsets in a stretch from which a slope through it means something."""
SLIP_SPREADS = 4.0
FLOOR_MS = 15.0
"""What a steady player scatters; nearer to the line nothing is a slip."""
ROUNDS = 3


def add_inner_time(
    scorecard: Scorecard, *, timeline: Timeline, silent_s: Sequence[tuple[float, float]]
) -> Scorecard:
    """The grade with what the tempo did in the stretches without click (as below)."""
    inner = report_inner_time(scorecard.notes, timeline=timeline, silent_s=silent_s)
    return msgspec.structs.replace(scorecard, inner_time=inner)


def report_inner_time(
    notes: Sequence[NoteJudgement],
    *,
    timeline: Timeline,
    silent_s: Sequence[tuple[float, float]],
) -> InnerTime | None:
    """How far the tempo drifted while nothing was clicked; None where too little was played.

    In a stretch without click a player whose tempo is off falls behind, or runs ahead, by more
    with every beat: the slope of the asynchrony over the written time, one slope for all
    stretches and a level of its own for each (where the player stood when the click went away).
    Notes far off that line are slips and are left out.

    Args:
        notes: the judged notes of a take.
        timeline: of the click.
        silent_s: (from, to) in seconds, in order.
    """
    written, late, stretch = [], [], []
    for number, (start, end) in enumerate(silent_s):
        inside = [
            (timeline.seconds_at(note.onset_ql), note.asynchrony_ms)
            for note in notes
            if note.verdict == "match" and note.asynchrony_ms is not None
        ]
        inside = [(at, off) for at, off in inside if start <= at < end]
        if len({at for at, _ in inside}) >= ENOUGH_ONSETS:
            written += [at for at, _ in inside]
            late += [off for _, off in inside]
            stretch += [number] * len(inside)
    if not written:
        return None
    slope, error = _fit(np.array(written), np.array(late) / 1000.0, np.array(stretch))
    ends = [slope * (end - start) for start, end in silent_s]
    return InnerTime(
        drift_percent=100.0 * (1.0 / (1.0 + slope) - 1.0),
        error_percent=100.0 * error,
        onsets=len(written),
        stretches=len(set(stretch)),
        off_ms=1000.0 * max(ends, key=abs),
    )


def _fit(x: np.ndarray, y: np.ndarray, group: np.ndarray) -> tuple[float, float]:
    """The common slope of lines through groups of points, and its standard error."""
    keep = np.ones(len(x), bool)
    slope = error = 0.0
    for _ in range(ROUNDS):
        away, off = np.zeros(len(x)), np.zeros(len(x))
        for number in np.unique(group):
            here = group == number
            used = here & keep if (here & keep).any() else here
            away[here] = x[here] - x[used].mean()
            off[here] = y[here] - y[used].mean()
        total = float((away[keep] ** 2).sum())
        slope = float((away[keep] * off[keep]).sum()) / total if total else 0.0
        rest = off - slope * away
        freedom = max(1, int(keep.sum()) - len(np.unique(group)) - 1)
        error = float(np.sqrt((rest[keep] ** 2).sum() / freedom / total)) if total else 0.0
        spread = max(FLOOR_MS / 1000.0, MAD_TO_SD * float(np.median(np.abs(rest[keep]))))
        keep = np.abs(rest) <= SLIP_SPREADS * spread
    return slope, error


def say_inner_time(inner: InnerTime) -> str:
    """One line for the player."""
    bars = f"{inner.stretches} silent stretch{'es' if inner.stretches != 1 else ''}"
    if abs(inner.drift_percent) < max(0.3, 2 * inner.error_percent):
        return f"Without the click your tempo held ({inner.drift_percent:+.1f} %, {bars})."
    way = "ran ahead" if inner.drift_percent > 0 else "fell behind"
    return (
        f"Without the click you {way}: tempo {inner.drift_percent:+.1f} %, "
        f"{abs(inner.off_ms):.0f} ms off when it came back ({bars})."
    )
