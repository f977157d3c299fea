"""Keys that belong to another key rather than to the page: trills, grace notes, brushed keys.

They are known by how they lie to a key that was right, in the player's own seconds: a trill has
its speed at any tempo. Such a key stands for no note that was missed beside it.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from game.scoring.pairing import Item
    from game.scoring.results import PlayedNote

ORNAMENT_STEP = 2
"""Semitones between an ornament and its main note."""
ORNAMENT_GAP_S = (0.035, 0.16)
"""Before its main note; nearer is a key brushed by a finger (by ear)."""
ORNAMENT_LENGTH_S = 0.16
TRILL_GAP_S = 0.22
"""From one note of a trill, a turn or a mordent to the next (by ear)."""
TRILL_NOTES = 2
"""A neighbour and the main note again: fewer are no ornament of the main note."""
EVEN_SHARE = 0.35
"""A main note that is let go for its neighbour, which is as long but for this, was begun to
shake."""
HANDED_S = 0.02
NOTE_SHARE = 0.5
"""Of the time to the main note: a missed note due so near a short key was played by it."""
GRACE_REACH_S = 0.1
GRACED_SHARE = 0.01
"""Who plays fewer grace notes where none could be a missed note has no such habit: then it is the
note that is due within that reach."""
BRUSHED_S = 0.032
"""A finger that catches the key beside it catches both at once (by ear), ..."""
BRUSHED_STEPS = 4
BRUSHED_LENGTH_S = 0.1
"""... and slips off it soon, ..."""
BRUSHED_SHARE = 0.6
"""... long before the key that was meant, ..."""
SOFTER = 10
"""... which is struck harder: MIDI velocities."""

MOST_KEYS = 20
"""Looked at beside a key: what strikes more at once is a fist."""
MOST_TRILL = 200
"""Keys that a trill may last, the other hand's among them."""


@dataclass(frozen=True)
class Asides:
    """Played numbers of the keys that belong to other keys."""

    trills: frozenset[int]
    """Every key of a trill, a turn or a mordent but its main note."""
    graces: dict[int, int]
    """Each single neighbour, before or after, to its main note."""
    brushed: frozenset[int]
    """Caught by a finger on its way to a key beside them."""
    softer: frozenset[int]
    """These, and others let go as soon that were struck with a right key beside them, but softer:
    of one who holds all keys as briefly."""

    def stands_alone(self, key: int) -> bool:
        """Whether a key may have been meant for a note of its own."""
        return key not in self.trills and key not in self.brushed and key not in self.graces


def find_asides(
    played: Sequence[PlayedNote], counted: Collection[int], left: Collection[int]
) -> Asides:
    """Find what belongs to the keys that were right.

    Args:
        played: the played notes in time order.
        counted: numbers of those that were right.
        left: numbers of those that are to be judged.

    """
    trills, shaken = _find_trills(played, set(left), counted)
    beside = _Beside(played, counted)
    rest = [key for key in left if key not in trills]
    brushed = frozenset(key for key in rest if beside.is_brushed(key))
    mains = {key: beside.find_main(key) for key in rest if key not in brushed}
    graces = {key: main for key, main in mains.items() if main is not None}
    right = set(counted)
    softer = frozenset(key for key in rest if key in brushed or beside.is_softer(key, right))
    return Asides(frozenset(trills), shaken | graces, brushed, softer)


def leave_asides(
    played: Sequence[PlayedNote],
    missed: Sequence[Item],
    heard: Sequence[Item],
    counted: Collection[int],
) -> tuple[list[Item], set[int]]:
    """The keys of an attempt that may stand for its missed notes, and which of them may not.

    A short key before a right neighbour may be a grace note or a wrong note of a quick run: it is
    the note where one is due at about its moment, nearer than the main note.

    Args:
        played: the played notes in time order.
        missed: charted notes at the second when this player would play them.
        heard: the keys of the attempt.
        counted: numbers of those that were right.

    """
    left = [item for item in heard if item[0] not in counted]
    asides = find_asides(played, counted, [key for key, _, _ in left])
    due = sorted(when for _, when, _ in missed)

    def is_due(when: float, reach_s: float) -> bool:
        at = bisect_left(due, when - reach_s)
        return at < len(due) and due[at] <= when + reach_s

    graces = [(when, key) for key, when, _ in left if key in asides.graces]
    clear = sum(not is_due(when, GRACE_REACH_S) for when, _ in graces)
    habit = clear >= max(1, GRACED_SHARE * len(counted))
    kept: list[Item] = []
    for key, when, pitch in left:
        main = asides.graces.get(key)
        if main is None:
            is_note = asides.stands_alone(key)
        else:
            reach_s = NOTE_SHARE * abs(played[main].onset_s - played[key].onset_s)
            is_note = is_due(when, reach_s if habit else GRACE_REACH_S)
        if is_note:
            kept.append((key, when, pitch))
    beside = _Beside(played, ())
    return kept, {key for key, _, _ in kept if beside.is_softer(key)}


def _find_trills(
    played: Sequence[PlayedNote], left: set[int], counted: Collection[int]
) -> tuple[set[int], dict[int, int]]:
    """Left-over notes that go to and fro between a note that counted and its neighbours.

    And those that only began to, each with its main note.
    """
    found: set[int] = set()
    shaken: dict[int, int] = {}
    for main in counted:
        centre, last = played[main].pitch, main
        run: list[int] = []
        for number in range(main + 1, min(len(played), main + MOST_TRILL)):
            if played[number].onset_s - played[last].onset_s > TRILL_GAP_S:
                break
            pitch = played[number].pitch
            near = abs(pitch - centre) <= ORNAMENT_STEP and pitch != played[last].pitch
            if number in left and near:
                run.append(number)
                last = number
        if len(run) >= TRILL_NOTES and any(played[key].pitch == centre for key in run):
            found.update(run)
        elif run and _is_shaken(played[main], played[run[0]]):
            shaken[run[0]] = main
    return found, shaken


def _is_shaken(main: PlayedNote, other: PlayedNote) -> bool:
    """Whether a main note was let go for its neighbour, and that was as short."""
    if main.duration_s is None or other.duration_s is None:
        return False
    even = abs(other.duration_s - main.duration_s) <= EVEN_SHARE * main.duration_s
    return even and abs(main.onset_s + main.duration_s - other.onset_s) <= HANDED_S


class _Beside:
    """The keys that were right, by when they were struck."""

    def __init__(self, played: Sequence[PlayedNote], counted: Collection[int]) -> None:
        self._played = played
        self._counted = sorted((played[key].onset_s, key) for key in counted)

    def _between(self, start_s: float, stop_s: float) -> list[int]:
        first = bisect_left(self._counted, (start_s, -1))
        last = bisect_left(self._counted, (stop_s, len(self._played)))
        return [key for _, key in self._counted[first : min(last, first + MOST_KEYS)]]

    def _around(self, key: int) -> Iterator[int]:
        """The keys that are struck with one, right or not."""
        when = self._played[key].onset_s
        for step in (-1, 1):
            other = key + step
            while 0 <= other < len(self._played) and abs(other - key) <= MOST_KEYS:
                if abs(self._played[other].onset_s - when) > BRUSHED_S:
                    break
                yield other
                other += step

    def is_softer(self, key: int, among: Collection[int] | None = None) -> bool:
        """Whether it was let go soon, and a key beside it was struck with it, but harder.

        Where `among` is given, one of these.
        """
        note = self._played[key]
        return _is_brief(note) and any(
            _is_beside(note, self._played[other])
            for other in self._around(key)
            if among is None or other in among
        )

    def is_brushed(self, key: int) -> bool:
        """Whether a finger on its way to a key beside it caught this one."""
        note = self._played[key]
        if not _is_brief(note):
            return False
        for other in self._around(key):
            main = self._played[other]
            length_s = note.duration_s or 0.0
            longer = main.duration_s is None or length_s < BRUSHED_SHARE * main.duration_s
            if longer and _is_beside(note, main):
                return True
        return False

    def find_main(self, key: int) -> int | None:
        """The key just after a short one that it is a neighbour of; None where there is none.

        Nor where it is struck with a key beside it, as one chord.
        """
        note = self._played[key]
        if note.duration_s is None or note.duration_s > ORNAMENT_LENGTH_S:
            return None
        for other in self._between(note.onset_s - BRUSHED_S, note.onset_s + BRUSHED_S):
            if abs(self._played[other].pitch - note.pitch) <= BRUSHED_STEPS:
                return None
        low, high = ORNAMENT_GAP_S
        for main in self._between(note.onset_s + low, note.onset_s + high):
            if 0 < abs(self._played[main].pitch - note.pitch) <= ORNAMENT_STEP:
                return main
        return None


def _is_brief(note: PlayedNote) -> bool:
    return note.duration_s is not None and note.duration_s <= BRUSHED_LENGTH_S


def _is_beside(note: PlayedNote, main: PlayedNote) -> bool:
    """Whether a key lies beside another that was struck harder."""
    near = 0 < abs(main.pitch - note.pitch) <= BRUSHED_STEPS
    return near and note.velocity <= main.velocity - SOFTER
