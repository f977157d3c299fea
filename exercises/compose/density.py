"""How full a pattern may be: the fullest chords that leave two beats readable at the level."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from exercises.compose.grid import TICKS, Metre, two_beats_s

if TYPE_CHECKING:
    from exercises.compose.pattern import BarPattern, Event
    from exercises.levels import Level

NOTE_HEADROOM = 0.75
"""Share of the level's notes a second that the accompaniment may use; its onsets may reach the
level's, for a melody can move with them."""
_PAIR_ROLES = frozenset({"R5", "R6", "R7", "R10", "O", "S", "c"})
_CHORD_ROLES = frozenset({"C", "V"})
FASTEST_REPEAT = 0.13
"""Seconds within which one key is not struck again."""
_SECONDS = 60.0


def role_size(role: str, level: Level) -> int:
    """How many notes a role has at a level."""
    if role in _CHORD_ROLES:
        return min(3 if role == "C" else 4, level.left_notes)
    return min(2, level.left_notes) if role in _PAIR_ROLES else 1


def right_size(role: str, level: Level) -> int:
    """How many notes a role of a groove's right hand has at a level."""
    if role in _CHORD_ROLES:
        return min(3 if role == "C" else 4, level.right_notes)
    return min(2, level.right_notes) if role in {"c", "O"} else 1


def slim_pattern(
    pattern: BarPattern,
    level: Level,
    metre: Metre,
    *,
    quarter_bpm: float,
    melody: Sequence[int],
) -> BarPattern | None:
    """The pattern with the fullest chords that its density leaves; None where it is too dense."""
    # A boogie without its sixths would be one key hammered.
    chords = bool(pattern.roles & (_CHORD_ROLES | {"S", "c", "R6", "R7"}))
    least = min(level.left_notes, 2) if chords else 1
    sizes = [(fullness, 5) for fullness in range(level.left_notes, least - 1, -1)]
    if pattern.right:
        # A hand gives up its doubling below before the chords above become thin; a chord of one
        # note is none.
        struck = {event.role for event in (*pattern.right, *(pattern.right_second or ()))}
        fewest = min(level.right_notes, 2) if struck & (_CHORD_ROLES | {"c"}) else 1
        both = [
            (left, right)
            for right in range(level.right_notes, fewest - 1, -1)
            for left in range(level.left_notes, least - 1, -1)
        ]
        sizes = sorted(both, key=lambda pair: (-2 * pair[1] - pair[0], -pair[1]))
    for left, right in sizes:
        slim = replace(pattern, fullness=left, right_fullness=right)
        if _is_sparse(slim, level, metre, quarter_bpm=quarter_bpm, melody=melody):
            return slim
    return None


def _restrikes(pattern: BarPattern, metre: Metre, quarter_bpm: float) -> bool:
    """Whether one role comes again too soon for one finger."""
    for first, second in (
        (pattern.events, pattern.second),
        (pattern.right, pattern.right_second),
    ):
        period = _line_up(first, second, metre)
        for one, two in pairwise(
            [*period, *_line_up(first[:1], None, metre, _span(second, metre))]
        ):
            gap = (two.onset - one.onset) / TICKS * _SECONDS / quarter_bpm
            if one.role == two.role and gap < FASTEST_REPEAT:
                return True
    return False


def _span(second: Sequence[Event] | None, metre: Metre) -> int:
    return metre.bar if second is None else 2 * metre.bar


def _line_up(
    first: Sequence[Event], second: Sequence[Event] | None, metre: Metre, start: int = 0
) -> list[Event]:
    """The events of one or two bars one after another."""
    return [
        *(replace(event, onset=event.onset + start) for event in first),
        *(replace(event, onset=event.onset + metre.bar + start) for event in second or ()),
    ]


def _is_sparse(
    pattern: BarPattern,
    level: Level,
    metre: Metre,
    *,
    quarter_bpm: float,
    melody: Sequence[int],
) -> bool:
    """Whether any two beats leave a melody on these onsets room under the level's densities."""
    window = 2 * metre.beat
    if _restrikes(pattern, metre, quarter_bpm):
        return False
    period = _span(pattern.second, metre)
    headroom = 1.0 if pattern.right else NOTE_HEADROOM
    onsets = [
        (event.onset, min(pattern.fullness, role_size(event.role, level)))
        for event in _line_up(pattern.events, pattern.second, metre)
    ]
    onsets += [
        (event.onset, min(pattern.right_fullness, right_size(event.role, level)))
        for event in _line_up(pattern.right, pattern.right_second, metre)
    ]
    onsets += [(at + bar, 1) for bar in range(0, period, metre.bar) for at in melody]
    onsets.sort()
    once = len(onsets)
    onsets += [(onset + period, size) for onset, size in onsets]
    seconds = two_beats_s(metre, quarter_bpm)
    for start, _ in onsets[:once]:
        within = [pair for pair in onsets if start <= pair[0] < start + window]
        inside = [size for _, size in within]
        if len({onset for onset, _ in within}) > max(1.0, level.onsets_per_s * seconds):
            return False
        if sum(inside) > max(2.0, level.notes_per_s * seconds * headroom + (headroom < 1)):
            return False
    return True
