"""The scores and their total: pure folds over the judgements."""

from __future__ import annotations

from statistics import fmean
from typing import TYPE_CHECKING

from game.scoring.results import Scores

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from game.scoring.judge import Judged
    from game.scoring.results import NoteJudgement

WEIGHTS: dict[str, dict[str, float]] = {
    "reading": {
        "flow": 30.0, "time": 30.0, "notes": 25.0, "lengths": 6.0, "dynamics": 4.0, "feel": 5.0,
    },
    "style": {
        "flow": 25.0, "time": 25.0, "notes": 20.0, "lengths": 6.0, "dynamics": 4.0, "feel": 20.0,
    },
    "pads": {
        "flow": 25.0, "time": 35.0, "notes": 20.0, "lengths": 0.0, "dynamics": 8.0, "feel": 12.0,
    },
}  # fmt: skip
"""What each score counts, of 100. `reading` is a written-out page: the order of the examination
boards, keep going, then rhythm, then pitches, then the rest. `style` is a chart that a session
player fills in (lead sheet, comping, numbers, bass line): there the feel is half of the job.
`pads` is a drum part: time is what drums are for, a stroke has no length, and accents and ghost
notes are half of what a groove is."""
WEIGHT_OF = {"grand": "reading", "pads": "pads"}
"""The rows of kinds of chart; all others are `style`."""
SUBSTITUTION_WORTH = 0.2
"""Of a right note: something was played there."""
EXTRA_COST = 0.5
"""Of a note, for a repeat or a stray key; a restart is paid for in the flow, an ornament and pedal
noise not at all, nor what was played before the first and after the last right note."""
COSTLY_EXTRAS = frozenset({"stray", "repeat"})
MAIN = ("flow", "time", "notes")
WEAKEST_SHARE = 0.5
"""Of the total: the weakest of the three. A board's mark asks for continuity, note values and
pitch outlines all at once (a pass from 14 of 21, a merit from 17, a distinction from 19); two good
ones do not make up for the third. The share is by ear."""
HAND_OUT, HAND_SHARE = 40.0, 0.4
"""What the notes are worth at most where one hand was left out; from this share of its notes on
nothing is taken off. Half of a texture is no reading of it, however many notes that half has (by
ear)."""
SILENT_SHARE = 0.1
"""A hand of which less was played was left out; single keys of it are slips of the other."""
ENOUGH_HAND = 4
"""Notes that make a hand's part."""
RECOGNISABLE = 50.0
"""Below this score of the notes the total sinks with it: keys pressed in time are no reading."""


def weights_of(kind: str) -> dict[str, float]:
    """The weights of the scores for a kind of chart."""
    return WEIGHTS[WEIGHT_OF.get(kind, "style")]


def score_notes(judged: Judged) -> float | None:
    """Score the pitches, 0 to 100; None for a chart without notes."""
    if not judged.notes:
        return None
    right = sum(note.verdict == "match" for note in judged.notes)
    other = sum(note.verdict == "substitution" for note in judged.notes)
    played = [note.played for note in judged.notes if note.verdict == "match"]
    inside = [index for index in played if index is not None]
    first, last = min(inside, default=0), max(inside, default=-1)
    costly = sum(
        extra.reason in COSTLY_EXTRAS and (extra.reason != "stray" or first < extra.played < last)
        for extra in judged.extras
    )
    worth = right + SUBSTITUTION_WORTH * other
    score = 100.0 * worth / (len(judged.notes) + EXTRA_COST * costly)
    least = min(_played_shares(judged.notes).values(), default=1.0)
    return min(score, HAND_OUT + (100.0 - HAND_OUT) * min(1.0, least / HAND_SHARE))


def _played_shares(notes: Sequence[NoteJudgement]) -> dict[int, float]:
    """For each of two hands how much of it was played, right or wrong; none for one hand alone."""
    hands: dict[int, list[bool]] = {}
    for note in notes:
        hands.setdefault(note.staff, []).append(note.verdict != "omission")
    full = {staff: fmean(played) for staff, played in hands.items() if len(played) >= ENOUGH_HAND}
    return full if len(full) > 1 else {}


def find_silent_hand(notes: Sequence[NoteJudgement]) -> int | None:
    """The staff of a hand that was left out altogether, beside one that was not."""
    silent = [staff for staff, share in _played_shares(notes).items() if share < SILENT_SHARE]
    return silent[0] if len(silent) == 1 else None


def total_scores(parts: Mapping[str, float | None], weights: Mapping[str, float]) -> Scores:
    """Weigh the scores; one that cannot be given leaves its weight to the others.

    The weakest of the three main ones counts once more.
    """
    given = {name: score for name, score in parts.items() if score is not None}
    weight = sum(weights[name] for name in given)
    mean = sum(weights[name] * score for name, score in given.items()) / weight if weight else 0.0
    main = [given[name] for name in MAIN if name in given]
    whole = WEAKEST_SHARE * min(main, default=mean) + (1.0 - WEAKEST_SHARE) * mean
    gate = min(1.0, (parts.get("notes") or 0.0) / RECOGNISABLE)
    return Scores(
        total=min(mean, whole) * gate,
        notes=parts.get("notes"),
        time=parts.get("time"),
        lengths=parts.get("lengths"),
        dynamics=parts.get("dynamics"),
        flow=parts.get("flow"),
        feel=parts.get("feel"),
    )
