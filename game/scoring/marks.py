"""The marks of a chart, while it is played and when it is graded: a word and a sign for each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from game.scoring.results import NoteJudgement, Scorecard

SIGNS = {
    "right": "•",
    "early": "‹",  # noqa: RUF001 - a sign, not a "less than"
    "late": "›",  # noqa: RUF001
    "wrong": "✗",
    "missed": "○",
    "extra": "+",
}
"""What each mark looks like below a staff; colour only repeats it."""


@dataclass(frozen=True)
class LiveMark:
    """What is shown at a note, or at a key that no note asked for."""

    id: str | None
    """The charted note; None for an extra."""
    verdict: str
    """right, early, late, wrong, missed or extra."""
    asynchrony_ms: float | None
    """Against the click, swing allowed for; None where nothing was played."""
    pitch: int
    """What was played; for a missed note what was written."""
    onset_s: float
    """When it was played; for a missed note when it was due."""


def mark_note(note: NoteJudgement) -> str:
    """A note's last word: right, early, late, wrong or missed.

    A right note outside every window is early or late; inside one it is right.
    """
    if note.verdict == "omission":
        return "missed"
    if note.verdict == "substitution":
        return "wrong"
    if note.grade == "out" and note.asynchrony_ms is not None:
        return "early" if note.asynchrony_ms < 0 else "late"
    return "right"


def final_marks(scorecard: Scorecard) -> dict[str, str]:
    """The marked chart: each note's last word, by the notes' ids."""
    return {note.id: mark_note(note) for note in scorecard.notes}


def say_marks(scorecard: Scorecard) -> dict[str, str]:
    """What became of each note in words, by the notes' ids; of a right one on time nothing."""
    said = {}
    for note in scorecard.notes:
        mark = mark_note(note)
        if mark == "missed":
            said[note.id] = "missed"
        elif mark == "wrong":
            said[note.id] = "another key was played"
        elif note.asynchrony_ms is not None and note.grade not in {"perfect", "great"}:
            side = "early" if note.asynchrony_ms < 0 else "late"
            said[note.id] = f"{abs(note.asynchrony_ms):.0f} ms {side}"
    return said
