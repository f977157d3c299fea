"""Differences between two readings of a take that nobody can tell apart.

A performer who strikes one key several times knows which strike was for which note; whoever only
hears it has the pitches and the times. Let T be the true reading and G the one that is given, both
sets of pairs (charted note, played key), and look at where they differ. Their pairs hang together
where they share a note or a key, and all pairs of one such chain have one pitch. G is T but for an
exchange of identical strikes where

1. the chain has at least two notes of that pitch, or its one note has another of its pitch beside
   it for which the strike that is left over is at least as well in place (three strikes of one
   key where it is written twice: the second is the first note again, or the second note at once).
   Two strikes of a note that is alone are no exchange: that the last attempt counts decides them;
2. G pairs at least as many notes as T: it leaves no more unexplained of what is written or played;
3. the played sequence is at least as likely under G as under T.

The likelihood is that of steps: between two keys that follow each other, in each hand and over
both, the player's lag behind the chart (in the tempo of the keys around that are undisputed)
changes by d, which costs log(1 + (d / unit)^2), the density of a Cauchy step, up to the price of a
wait; each note and each key that is left alone costs what a slip does. A whole chord is exchanged
or none of it: chains whose keys are struck together, or whose notes are written together, are held
against each other as one, so that a chord torn apart costs the steps that it takes.

Why that is no opinion: with both readings allowed beforehand, the one who names the likelier is
right at least as often as anybody. Where G is at least as likely as T, one who answers T here
answers wrongly wherever the same was played and meant as G. What fails any of the three is wrong
and stays wrong. The model shares neither code nor costs with the aligner.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from math import log1p
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from game.scoring.expectation import Expected
    from game.scoring.results import Alignment, PlayedNote

Pair = tuple[str, int]

STRIKE_S = 0.09
"""Keys so near in time are one chord."""
AROUND = 24
"""Undisputed pairs, the nearest in time, that tell tempo and lag."""
UNIT_S, UNIT_SHARE = 0.05, 0.1
"""One unit of a step of the lag: at least, and of a beat."""
WAIT_COST = 3.5
"""No step costs more: a player may wait."""
ALONE_COST = 3.0
"""A note that was missed, or a key that nobody asked for."""


@dataclass(frozen=True)
class Exchanges:
    """How two readings differ."""

    differ: int
    """Pairs that only one of them has."""
    exchanged: int
    """Those of them that are exchanges of identical strikes."""
    keys: frozenset[int] = field(default=frozenset(), compare=False)
    """The played keys of these."""


def find_exchanges(
    expected: Sequence[Expected],
    played: Sequence[PlayedNote],
    *,
    truth: Alignment,
    given: Alignment,
) -> Exchanges:
    """Count the pairs in which a reading differs from the truth, and those nobody could tell.

    Args:
        expected: the charted notes.
        played: the played notes.
        truth: the true reading.
        given: the reading that is held against it.

    """
    true, ours = set(truth.matches), set(given.matches)
    differ = true ^ ours
    if not differ:
        return Exchanges(0, 0)
    judge = _Judge(expected, played, true & ours)
    exchanged: list[Pair] = []
    for chains in judge.join_chords(_find_chains(differ)):
        pairs = [pair for chain in chains for pair in chain]
        theirs = [pair for pair in pairs if pair in true]
        mine = [pair for pair in pairs if pair in ours]
        alike = all(judge.is_alike(chain, true) for chain in chains)
        if (
            alike
            and len(mine) >= len(theirs)
            and judge.cost(mine, pairs) <= judge.cost(theirs, pairs)
        ):
            exchanged += pairs
    return Exchanges(len(differ), len(exchanged), frozenset(key for _, key in exchanged))


def _find_chains(pairs: Iterable[Pair]) -> list[list[Pair]]:
    """Pairs that hang together by a note or a key."""
    chains: list[list[Pair]] = []
    for pair in sorted(pairs):
        near = [chain for chain in chains if any(_touch(pair, other) for other in chain)]
        chains = [chain for chain in chains if chain not in near]
        chains.append([pair, *(other for chain in near for other in chain)])
    return chains


def _touch(one: Pair, other: Pair) -> bool:
    return one[0] == other[0] or one[1] == other[1]


class _Judge:
    """The likelihood of readings of one take."""

    def __init__(
        self, expected: Sequence[Expected], played: Sequence[PlayedNote], agreed: set[Pair]
    ) -> None:
        self._note = {note.id: note for note in expected}
        self._key = {note.index: note for note in played}
        self._agreed = sorted(agreed, key=lambda pair: self._key[pair[1]].onset_s)
        self._unit_s = max(UNIT_S, UNIT_SHARE * median(note.beat_s for note in expected))

    def is_alike(self, chain: Sequence[Pair], true: set[Pair]) -> bool:
        """Whether a chain's strikes are of one pitch and may be for more than one note."""
        notes = {name for name, _ in chain}
        pitches = {self._note[name].pitch for name in notes}
        pitches |= {self._key[key].pitch for _, key in chain}
        if len(pitches) > 1:
            return False
        if len(notes) > 1:
            return True
        here = self._note[min(notes)]
        kept = [pair[1] for pair in chain if pair in true]
        left = [pair[1] for pair in chain if pair not in true]
        return len(kept) == len(left) == 1 and self._has_other(here, left[0], kept[0])

    def _has_other(self, here: Expected, first: int, second: int) -> bool:
        """Whether the second strike of a note is as well in place at the next of its pitch."""
        gap_s = (self._key[second].onset_s - self._key[first].onset_s) / self._tempo([second])
        return any(
            note.pitch == here.pitch
            and note.onset_s > here.onset_s
            and self._key[key].onset_s > self._key[second].onset_s
            and abs(gap_s - (note.onset_s - here.onset_s)) <= gap_s
            for name, key in self._agreed
            for note in (self._note[name],)
        )

    def join_chords(self, chains: Sequence[list[Pair]]) -> list[list[list[Pair]]]:
        """Chains whose keys are struck, or whose notes are written, together."""
        joined: list[list[list[Pair]]] = []
        for chain in chains:
            near = [some for some in joined if any(self._is_beside(chain, one) for one in some)]
            joined = [some for some in joined if some not in near]
            joined.append([chain, *(one for some in near for one in some)])
        return joined

    def _is_beside(self, one: Sequence[Pair], other: Sequence[Pair]) -> bool:
        return any(
            self._note[name].onset_s == self._note[its].onset_s
            or abs(self._key[key].onset_s - self._key[struck].onset_s) <= STRIKE_S
            for name, key in one
            for its, struck in other
        )

    def _around(self, keys: Iterable[int]) -> list[Pair]:
        """The undisputed pairs around some keys."""
        spots = [self._key[key].onset_s for key in keys]
        low, high = min(spots), max(spots)
        away = {
            pair: max(low - self._key[pair[1]].onset_s, self._key[pair[1]].onset_s - high, 0.0)
            for pair in self._agreed
        }
        nearest = sorted(self._agreed, key=lambda pair: (away[pair], pair[1]))
        inside = sum(not far for far in away.values())
        return nearest[: inside + AROUND]

    def _tempo(self, keys: Iterable[int]) -> float:
        """The player's seconds for one of the chart's, around some keys."""
        pairs = sorted(self._around(keys), key=lambda pair: self._key[pair[1]].onset_s)
        rates = [
            (self._key[after[1]].onset_s - self._key[before[1]].onset_s) / written
            for before, after in pairwise(pairs)
            if (written := self._note[after[0]].onset_s - self._note[before[0]].onset_s) > STRIKE_S
        ]
        return median(rates) if rates else 1.0

    def cost(self, reading: Sequence[Pair], disputed: Sequence[Pair]) -> float:
        """What a reading of the disputed notes and keys costs, among what is around them."""
        keys = {key for _, key in disputed}
        rate = self._tempo(keys)
        heard = sorted(
            {*self._around(keys), *reading},
            key=lambda pair: (self._key[pair[1]].onset_s, self._note[pair[0]].onset_s),
        )
        left = (
            heard,
            [p for p in heard if self._is_left(p)],
            [p for p in heard if not self._is_left(p)],
        )
        alone = len({name for name, _ in disputed}) - len({name for name, _ in reading})
        alone += len(keys) - len({key for _, key in reading})
        return ALONE_COST * alone + sum(self._step_cost(chain, rate) for chain in left)

    def _is_left(self, pair: Pair) -> bool:
        return self._note[pair[0]].staff != 1

    def _step_cost(self, chain: Sequence[Pair], rate: float) -> float:
        lags = [self._key[key].onset_s / rate - self._note[name].onset_s for name, key in chain]
        return sum(
            min(WAIT_COST, log1p(((after - before) / self._unit_s) ** 2))
            for before, after in pairwise(lags)
        )
