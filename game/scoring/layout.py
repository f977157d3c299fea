"""How this player stands to the chart as a whole: a hand late, or everything in another key."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass, replace
from itertools import compress, pairwise
from typing import TYPE_CHECKING

import numpy as np

from game.scoring.path import Groups, find_path

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from game.scoring.expectation import Expected
    from game.scoring.tempo import Warp

LISTENED, ENOUGH_HEARD = 96, 24
"""Notes at the beginning, and as many in the middle, by which a late hand is found; the fewest."""
BRIEFLY = 48
"""So many of each are enough to choose between lags, and to see that none comes near."""
WORTH_IT, WORTH_A_LOOK = 0.95, 1.1
"""Cost with a late hand, over that with both together: to be taken, and to be looked at closely."""
LATE_HAND_S = (0.14, 0.21, 0.28, 0.36)
NEARER_S = (-0.035, 0.035)
"""Lags of a hand that are tried, then those around the best (120 to 400 ms, by ear)."""
LOOSE_FREE = 1.5
"""Tolerance of time without a click, in units of that to a click."""
MEET_S = 0.06
"""Nearer than this two onsets of different hands are one where one hand is late."""
EDGE_ONSETS = 2
"""Onsets of a hand before and after one: where it fell behind between them, it did so anywhere."""
FARTHEST_SHIFT = 24
"""Semitones."""
HIGHEST = 127
"""Of MIDI pitches."""
_Lags = tuple[float, float]
"""Of the right and the left hand, in seconds."""
_Rank = tuple[float, int, bool]
"""Of notes that are struck at once: second, onset group, and whether they are late."""


@dataclass(frozen=True)
class Layout:
    """The chart as this player plays it: one hand may be behind the other all the time."""

    onset_s: tuple[float, ...]
    """Of each charted note."""
    places: tuple[int, ...]
    """The onset group of each."""
    groups: Groups
    spells: int = 0
    """How often a hand falls behind in it."""


def lay_out(
    expected: Sequence[Expected],
    late_s: Sequence[float] = (),
    alone: int | None = None,
) -> Layout:
    """The onset groups of a chart, each note so much later than written; all in time if empty.

    Where one staff is played alone the groups are of its notes; the other's stand in the group
    before them, and nothing is missed without them.
    """
    late_s = late_s or (0.0,) * len(expected)
    together = not any(late_s)
    onset_s = [note.onset_s + late for note, late in zip(expected, late_s, strict=True)]
    keys = [
        (0.0 if together else when, note.group, late != 0)
        for note, when, late in zip(expected, onset_s, late_s, strict=True)
    ]
    own = [alone is None or note.staff == alone for note in expected]
    ranks = sorted({key for key, counts in zip(keys, own, strict=True) if counts})
    struck: dict[_Rank, set[int]] = {}
    for note, key in zip(expected, keys, strict=True):
        struck.setdefault(key, set()).add(note.pitch)
    meeting = _meet(ranks, struck)
    places = [meeting[max(0, bisect_right(ranks, key) - 1)] for key in keys]
    count = meeting[-1] + 1
    pitches: list[set[int]] = [set() for _ in range(count)]
    # Lists: numpy is slow where one number is set after another.
    group_s, size, bars = [0.0] * count, [0] * count, [0] * count
    for note, place, when in compress(zip(expected, places, onset_s, strict=True), own):
        pitches[place].add(note.pitch)
        group_s[place] = when
        size[place] += 1
        bars[place] = note.bar
    groups = Groups(
        onset_s=np.array(group_s, np.float32),
        size=np.array(size, np.float32),
        pitches=tuple(frozenset(one) for one in pitches),
        bar_start=np.diff(bars, prepend=-1) > 0,
        beat_s=float(np.median([note.beat_s for note in expected])),
    )
    return Layout(tuple(onset_s), tuple(places), groups, _count_spells(expected, late_s))


def _meet(ranks: Sequence[_Rank], pitches: Mapping[_Rank, set[int]]) -> list[int]:
    """The group of each (second, onset group, late).

    What a late hand and the other strike at about one time is one: either may come first. But not
    where one key is struck by both.
    """
    found: list[int] = []
    alone = True
    for index, rank in enumerate(ranks):
        before = ranks[index - 1]
        near = rank[0] - before[0] < MEET_S and rank[2] != before[2]
        alone = not (index and alone and near and pitches[rank].isdisjoint(pitches[before]))
        found.append((found[-1] + alone) if index else 0)
    return found


def _count_spells(expected: Sequence[Expected], late_s: Sequence[float]) -> int:
    """How often a hand becomes late."""
    hands: tuple[list[float], list[float]] = ([0.0], [0.0])
    for note, late in zip(expected, late_s, strict=True):
        hands[note.staff != 1].append(late)
    return sum(bool(late and not before) for own in hands for before, late in pairwise(own))


def find_edges(expected: Sequence[Expected], layout: Layout) -> dict[int, set[float]]:
    """How much later or earlier notes may be due where their hand falls behind or catches up.

    When it did is known by the notes that were right alone. By charted number; only such notes.
    """
    found: dict[int, set[float]] = {}
    if not layout.spells:
        return found
    for right in (True, False):
        onsets: dict[int, list[int]] = {}
        for number, note in enumerate(expected):
            if (note.staff == 1) == right:
                onsets.setdefault(note.group, []).append(number)
        own = [onsets[group] for group in sorted(onsets)]
        late_s = [layout.onset_s[numbers[0]] - expected[numbers[0]].onset_s for numbers in own]
        for index, numbers in enumerate(own):
            around = late_s[max(0, index - EDGE_ONSETS) : index + EDGE_ONSETS + 1]
            others = {late - late_s[index] for late in around} - {0.0}
            if others:
                found.update(dict.fromkeys(numbers, others))
    return found


def find_late_hand(
    expected: Sequence[Expected], onsets_s: list[float], pitches: list[int], *, warp: Warp
) -> tuple[float, ...]:
    """How late each note is where one hand is all the time; empty where none is.

    It is tried with each hand late by each of a few lags, of the player's own seconds. Until that
    is known the tempo is not, either, where there is no click.
    """
    if len({note.staff for note in expected}) == 1 or len(pitches) < ENOUGH_HEARD:
        return ()
    middle = max(LISTENED, len(pitches) // 2)
    samples = [
        (onsets_s[some], pitches[some])
        for some in (slice(LISTENED), slice(middle, middle + LISTENED))
        if pitches[some]
    ]

    def late(right: float, left: float) -> tuple[float, ...]:
        return tuple(right if note.staff == 1 else left for note in expected)

    def cost(hands: _Lags, notes: int = LISTENED) -> tuple[float, _Lags]:
        groups = lay_out(expected, late(*hands)).groups
        heard = [(onsets[:notes], struck[:notes]) for onsets, struck in samples]
        loose = LOOSE_FREE if warp.free else 1.0
        ways = [find_path(groups, *one, click=not warp.free, loose=loose) for one in heard]
        return sum(spent for _, spent in ways), hands

    together = (0.0, 0.0)
    lags = [lag / warp.rate for lag in LATE_HAND_S]
    tried = [(lag, 0.0) for lag in lags] + [(0.0, lag) for lag in lags]
    spent, (right, left) = min(cost(hands, BRIEFLY) for hands in tried)
    if spent > WORTH_A_LOOK * cost(together, BRIEFLY)[0]:
        return ()
    steps = [0.0, *(step / warp.rate for step in NEARER_S)]
    nearer = [(right and right + step, left and left + step) for step in steps]
    spent, hands = min(map(cost, nearer))
    return late(*hands) if spent <= WORTH_IT * cost(together)[0] else ()


def share_written(expected: Sequence[Expected], pitches: Sequence[int]) -> float:
    """Share of the played pitches that are the chart's, wherever they are played."""
    return _count_shared(Counter(n.pitch for n in expected), Counter(pitches), 0) / len(pitches)


def _count_shared(written: Counter[int], heard: Counter[int], shift: int) -> int:
    return sum(min(count, written[pitch - shift]) for pitch, count in heard.items())


def list_shifted(
    expected: Sequence[Expected], pitches: Sequence[int]
) -> tuple[tuple[Expected, ...], ...]:
    """The chart as it may have been played elsewhere on the keys; nothing where it was not.

    As a whole (the instrument transposes, or stands in another octave), and each hand alone beside
    the other one (it lies an octave off, or reads in the other clef).
    """
    shifts = [dict.fromkeys((1, 2), _guess_shift(expected, Counter(pitches)))]
    for staff in (1, 2) if len({note.staff for note in expected}) > 1 else ():
        own = [note for note in expected if note.staff == staff]
        others = Counter(note.pitch for note in expected if note.staff != staff)
        shifts.append({staff: _guess_shift(own, Counter(pitches) - others)})
    return tuple(
        tuple(
            replace(note, pitch=min(HIGHEST, max(0, note.pitch + shift.get(note.staff, 0))))
            for note in expected
        )
        for shift in shifts
        if any(shift.values())
    )


def _guess_shift(expected: Sequence[Expected], heard: Counter[int]) -> int:
    """The transposition in which most of the played pitches are written; 0 for none."""
    written = Counter(note.pitch for note in expected)
    shifts = sorted(range(-FARTHEST_SHIFT, FARTHEST_SHIFT + 1), key=abs)
    return max(shifts, key=lambda shift: _count_shared(written, heard, shift))
