"""Misread: which key that nobody asked for was meant for which note that was not played.

By time, pitch and length, over all; keys that belong to other keys (`asides`) stand for none.
Costs are by ear.
"""

from __future__ import annotations

from itertools import islice
from math import log1p, log2
from statistics import median
from typing import TYPE_CHECKING

from game.scoring.asides import leave_asides

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from game.scoring.expectation import Expected
    from game.scoring.pairing import Item
    from game.scoring.results import PlayedNote

SUBSTITUTION_UNITS = 2.5
SUBSTITUTION_INTERVAL = 12
INTERVAL_COST = 0.08
"""For each semitone between the written and the played pitch."""
OCTAVE_STEPS = 4.5
"""An octave off is as likely as so many semitones: rarer than any slip to a key nearby."""
LENGTH_COST = 0.15
"""For each doubling or halving of the length at which this player holds such a note, ..."""
MOST_DOUBLINGS = 3.0
"""... up to so many."""
BRUSHED_COST = 0.5
"""Of a key that may have been caught beside another."""
TOGETHER_UNITS = 0.5
"""The keys of a chord are so far apart for no reason."""

ROUNDS = 4
"""Of exchanges between pairs: in a chord two are enough."""
LEAST_GAIN = 1e-9
CROWD = 64
"""Keys looked at for one note: more within its gate are a fist on the keyboard."""


def pair_misread(
    expected: Sequence[Expected],
    played: Sequence[PlayedNote],
    missed: Sequence[Item],
    heard: Sequence[Item],
    *,
    right: Sequence[tuple[int, int]],
    taken: Collection[int],
    unit_s: float,
    pitched: bool = True,
) -> list[tuple[int, int]]:
    """Pair what is left: a note that was not played with a key that nobody asked for.

    Nearest in time and pitch first; at most an octave (or whole octaves) off.

    Args:
        expected: all charted notes.
        played: all played notes in time order.
        missed: the notes of an attempt that were not played; one may be due at several moments.
        heard: its keys.
        right: the pairs (charted number, played number) of it that were right.
        taken: the keys that are no others' any more, those of `right` among them.
        unit_s: one unit of asynchrony.
        pitched: whether keys lie high and low; of pads none is nearer than another.

    """
    kept, doubtful = leave_asides(played, missed, heard, taken)
    if not pitched:
        missed, kept = [(*item[:2], 0) for item in missed], [(*item[:2], 0) for item in kept]
    lengths = _Lengths(expected, played, right)

    def besides(number: int, key: int) -> float:
        return lengths.cost(number, key) + BRUSHED_COST * (key in doubtful)

    return pair_substitutions(missed, kept, unit_s, besides)


def pair_substitutions(
    missed: Sequence[Item],
    kept: Sequence[Item],
    unit_s: float,
    besides: Callable[[int, int], float] = lambda *_: 0.0,
) -> list[tuple[int, int]]:
    """Pair notes that were not played with keys that stand for none: for the least cost in all.

    Args:
        missed: the notes; one may be due at several moments.
        kept: the keys.
        unit_s: one unit of asynchrony.
        besides: what it costs, besides time and pitch, to take a key for a note.

    """
    gate = SUBSTITUTION_UNITS * unit_s
    ordered = sorted(kept, key=lambda one: one[1])
    costs: dict[tuple[int, int], float] = {}
    first = 0
    for number, when, pitch in sorted(missed, key=lambda one: one[1]):
        while first < len(ordered) and ordered[first][1] < when - gate:
            first += 1
        for key, heard_s, struck in islice(ordered, first, first + CROWD):
            if heard_s > when + gate:
                break
            interval = abs(struck - pitch)
            if interval > SUBSTITUTION_INTERVAL and interval % 12:
                continue
            far = interval if interval % 12 else OCTAVE_STEPS * interval / 12
            apart = max(0.0, abs(heard_s - when) / unit_s - TOGETHER_UNITS)
            cost = log1p(apart * apart) + INTERVAL_COST * far + besides(number, key)
            costs[number, key] = min(cost, costs.get((number, key), cost))
    return _exchange(_take_cheapest(costs), costs)


class _Lengths:
    """How long this player holds keys, over what is written."""

    def __init__(
        self,
        expected: Sequence[Expected],
        played: Sequence[PlayedNote],
        right: Sequence[tuple[int, int]],
    ) -> None:
        self._expected, self._played = expected, played
        ratios = [ratio for number, key in right if (ratio := self._ratio(number, key))]
        self._usual = median(ratios) if ratios else None

    def _ratio(self, number: int, key: int) -> float | None:
        note, held_s = self._expected[number], self._played[key].duration_s
        written_s = note.release_s - note.onset_s
        return held_s / written_s if held_s and written_s > 0 else None

    def cost(self, number: int, key: int) -> float:
        """How ill a key's length fits a note."""
        ratio = self._ratio(number, key)
        if ratio is None or self._usual is None:
            return 0.0
        return LENGTH_COST * min(MOST_DOUBLINGS, abs(log2(ratio / self._usual)))


def _take_cheapest(costs: Mapping[tuple[int, int], float]) -> dict[int, int]:
    """Pair by pair, the cheapest first."""
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for number, key in sorted(costs, key=lambda pair: (costs[pair], pair)):
        if number not in pairs and key not in taken:
            pairs[number] = key
            taken.add(key)
    return pairs


def _exchange(
    pairs: dict[int, int], costs: Mapping[tuple[int, int], float]
) -> list[tuple[int, int]]:
    """Exchange keys between notes while that pairs one more, or the same for less in all."""
    options: dict[int, list[int]] = {}
    for number, key in costs:
        options.setdefault(number, []).append(key)
    owners = {key: number for number, key in pairs.items()}
    for _ in range(ROUNDS):
        changed = False
        for number, keys in options.items():
            for key in keys:
                if owners.get(key, number) == number:
                    continue
                better = _find_better(number, key, pairs, owners, options, costs)
                changed = changed or bool(better)
                pairs.update(better)
                owners.update((one, other) for other, one in better.items())
        if not changed:
            break
    return sorted(pairs.items())


def _find_better(
    number: int,
    key: int,
    pairs: Mapping[int, int],
    owners: Mapping[int, int],
    options: Mapping[int, Sequence[int]],
    costs: Mapping[tuple[int, int], float],
) -> dict[int, int]:
    """The pairs of two notes if one takes the other's key; none where that is no better."""
    other, own = owners[key], pairs.get(number)
    if own is None:
        free = [one for one in options[other] if one not in owners]
        if not free:
            return {}
        return {number: key, other: min(free, key=lambda one: (costs[other, one], one))}
    if (other, own) not in costs:
        return {}
    now = costs[number, own] + costs[other, key]
    exchanged = costs[number, key] + costs[other, own]
    return {number: key, other: own} if exchanged < now - LEAST_GAIN else {}
