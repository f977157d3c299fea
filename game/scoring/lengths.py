"""How long the notes were held."""

from __future__ import annotations

from statistics import fmean
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from exercises.chart import Chart, Mark
    from game.scoring.expectation import Expected
    from game.scoring.results import NoteJudgement

RELEASE_SHARE = 0.25
"""Of the written length: a release within it is right, ..."""
RELEASE_MS = (80.0, 250.0)
"""... but never less nor more than this."""
NOTHING_AT = 3.0
"""Times that tolerance at which a release is worth nothing (by ear)."""
STACCATO_SHARE = 0.6
"""A staccato note sounds at most so much of its value; twice as much is worth nothing."""
LEGATO_GAP_MS, LEGATO_OVERLAP_MS = 60.0, 120.0
"""Under a slur a note may end so long before the next, or after it began."""
FERMATA_SHARE = 3.0
"""A fermata may be held so many times its value."""
ENOUGH_NOTES = 4


def score_lengths(
    chart: Chart, expected: Sequence[Expected], notes: Sequence[NoteJudgement]
) -> float | None:
    """Score releases, staccato and legato, 0 to 100; None where too few notes have a length."""
    slurs = [mark for mark in chart.marks if mark.kind == "slur" and mark.end_ql is not None]
    points = [
        _points(note, judgement.length_ratio, slurred=_is_slurred(note, slurs))
        for note, judgement in zip(expected, notes, strict=True)
        if judgement.verdict == "match" and judgement.length_ratio is not None
    ]
    timed = sum(not note.grace for note in expected)
    return 100.0 * fmean(points) if points and len(points) >= min(ENOUGH_NOTES, timed) else None


def _is_slurred(note: Expected, slurs: Sequence[Mark]) -> bool:
    """Whether a slur leads on from the note to the next."""
    return any(
        slur.staff == note.staff
        and slur.end_ql is not None
        and slur.onset_ql <= note.onset_ql < slur.end_ql
        for slur in slurs
    )


def _points(note: Expected, ratio: float, *, slurred: bool) -> float:
    """What the length of one note is worth, 1 to 0."""
    written_ms = (note.release_s - note.onset_s) * 1000.0
    off_ms = (ratio - 1.0) * written_ms
    if "staccato" in note.articulations:
        return _fall((ratio - STACCATO_SHARE) / STACCATO_SHARE)
    if "fermata" in note.articulations and 1.0 <= ratio <= FERMATA_SHARE:
        return 1.0
    if slurred and -LEGATO_GAP_MS <= off_ms <= LEGATO_OVERLAP_MS:
        return 1.0
    tolerance = min(RELEASE_MS[1], max(RELEASE_MS[0], RELEASE_SHARE * written_ms))
    return _fall((abs(off_ms) - tolerance) / ((NOTHING_AT - 1.0) * tolerance))


def _fall(share: float) -> float:
    """1 up to nothing over, 0 at one over, straight between."""
    return min(1.0, max(0.0, 1.0 - share))
