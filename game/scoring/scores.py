"""The scores and their total: pure folds over the judgements."""

from __future__ import annotations

from collections import Counter
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
STEEPNESS = 2.5
"""The power of the share of a bar that was right which is what its notes are worth: with 5 % wrong
throughout they score 90, with 10 % 81, with 20 % 65. These are the boards' own words: notes
accurate, largely correct, their outlines in place (which share is which, by ear). By bars, for a
bar can be no more than spoilt: leaving it out is never worth more than a try at it."""
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
"""Where less is right, in percent, the total sinks with it: keys pressed in time are no reading."""


def weights_of(kind: str) -> dict[str, float]:
    """The weights of the scores for a kind of chart."""
    return WEIGHTS[WEIGHT_OF.get(kind, "style")]


def measure_accuracy(judged: Judged) -> float | None:
    """How much of the pitches was right, in percent; None for a chart without notes."""
    if not judged.notes:
        return None
    right = _count_right(judged.notes)
    share = right / (len(judged.notes) + EXTRA_COST * len(list_costly(judged)))
    return min(100.0 * share, _most_of_hands(judged.notes))


def score_notes(bars: Sequence[int], costly_bars: Sequence[int], judged: Judged) -> float | None:
    """Score the pitches, 0 to 100; None for a chart without notes.

    Args:
        bars: the bar of each charted note.
        costly_bars: the bar of each key too many (`list_costly`).
        judged: the judgements, in the order of `bars`.

    """
    if not judged.notes:
        return None
    notes: dict[int, list[NoteJudgement]] = {}
    for bar, note in zip(bars, judged.notes, strict=True):
        notes.setdefault(bar, []).append(note)
    extras = Counter(costly_bars)
    worth = sum(
        len(own) * float((_count_right(own) / (len(own) + EXTRA_COST * extras[bar])) ** STEEPNESS)
        for bar, own in notes.items()
    )
    return min(100.0 * worth / len(judged.notes), _most_of_hands(judged.notes))


def list_costly(judged: Judged) -> tuple[int, ...]:
    """The played notes that cost: repeats, and strays between the first and last right note."""
    inside = [
        note.played for note in judged.notes if note.verdict == "match" and note.played is not None
    ]
    first, last = min(inside, default=0), max(inside, default=-1)
    return tuple(
        extra.played
        for extra in judged.extras
        if extra.reason in COSTLY_EXTRAS
        and (extra.reason != "stray" or first < extra.played < last)
    )


def _count_right(notes: Sequence[NoteJudgement]) -> float:
    """Right notes, and what wrong ones are worth of one."""
    right = sum(note.verdict == "match" for note in notes)
    other = sum(note.verdict == "substitution" for note in notes)
    return right + SUBSTITUTION_WORTH * other


def _most_of_hands(notes: Sequence[NoteJudgement]) -> float:
    """What the notes are worth at most where a hand was left out."""
    least = min(_played_shares(notes).values(), default=1.0)
    return HAND_OUT + (100.0 - HAND_OUT) * min(1.0, least / HAND_SHARE)


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


def total_scores(
    parts: Mapping[str, float | None], weights: Mapping[str, float], accuracy: float | None
) -> Scores:
    """Weigh the scores; one that cannot be given leaves its weight to the others.

    The weakest of the three main ones counts once more.

    Args:
        parts: the scores by name.
        weights: what each counts.
        accuracy: how much of the notes was right, in percent.

    """
    given = {name: score for name, score in parts.items() if score is not None}
    weight = sum(weights[name] for name in given)
    mean = sum(weights[name] * score for name, score in given.items()) / weight if weight else 0.0
    main = [given[name] for name in MAIN if name in given]
    whole = WEAKEST_SHARE * min(main, default=mean) + (1.0 - WEAKEST_SHARE) * mean
    gate = min(1.0, (accuracy or 0.0) / RECOGNISABLE)
    return Scores(
        total=min(mean, whole) * gate,
        notes=parts.get("notes"),
        time=parts.get("time"),
        lengths=parts.get("lengths"),
        dynamics=parts.get("dynamics"),
        flow=parts.get("flow"),
        feel=parts.get("feel"),
    )
