"""Which strike counts of what is struck more than once where one is written.

Of a key that bounced or was trilled the first; of a chord struck twice before the player went on
the one that the music went on from.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from itertools import zip_longest
from math import inf
from operator import itemgetter
from statistics import fmean, median
from typing import TYPE_CHECKING

from game.scoring.asides import ORNAMENT_STEP, TRILL_GAP_S
from game.scoring.strikes import CHORD_S, RESTRIKE_S, struck_before

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from game.scoring.pairing import Item

TOGETHER_S = 0.035
"""A neighbour struck with a key is in its chord, and shakes nothing."""
STAYS_SHARE = 0.5
"""Of the time between the two strikes: the player is later by so much from then on."""
AGAIN_SHARE = 0.5
"""Of the chord's keys that are struck again."""
REACH_S = 1.0
"""A chord of which keys were struck twice may have been struck so long before or after."""
BEFORE_S = 0.1
"""Of a first strike that is by more farther from where the note is due: may be for a trill on the
note before."""


def count_first_strikes(
    pairs: Sequence[tuple[int, int]], heard: Sequence[Item], due: Sequence[Item]
) -> list[tuple[int, int]]:
    """Move pairs to the first strike of a bounce or a trill, where no other note has it.

    A strike of the same key a moment before, or with a neighbour in between, is the same note,
    but for a trill on the note before whose neighbour is this one.

    Args:
        pairs: (charted number, played number) of one attempt.
        heard: its played notes in time order.
        due: the charted notes, where this player would play them.

    """
    taken = {key for _, key in pairs}
    first = _find_first_strikes(heard, taken)
    when_due = {number: when for number, when, _ in due}
    row_of = {key: row for row, (key, *_) in enumerate(heard)}
    moved: list[tuple[int, int]] = []
    for number, key in pairs:
        one = first[key]
        rows = row_of[one], row_of[key]
        away_s, kept_s = (abs(heard[row][1] - when_due[number]) for row in rows)
        theirs = away_s > kept_s + BEFORE_S and _has_neighbour(rows[0], heard, taken)
        moved.append((number, key if one in taken or theirs else one))
    return moved


def _has_neighbour(row: int, heard: Sequence[Item], taken: set[int]) -> bool:
    """Whether a strike may be in a trill on another note: one beside it, struck just then."""
    _, when, pitch = heard[row]
    low = bisect_left(heard, when - TRILL_GAP_S, key=itemgetter(1))
    high = bisect_right(heard, when + TRILL_GAP_S, key=itemgetter(1))
    return any(
        key in taken and 0 < abs(other - pitch) <= ORNAMENT_STEP
        for key, _, other in heard[low:high]
    )


def _find_first_strikes(heard: Sequence[Item], taken: set[int]) -> dict[int, int]:
    """The first strike of the bounce or the trill that each played note belongs to."""
    first: list[int] = []
    for row, before in enumerate(struck_before([pitch for *_, pitch in heard])):
        again = before >= 0 and _is_one(heard[before : row + 1], taken)
        first.append(first[before] if again else row)
    return {key: heard[first[row]][0] for row, (key, *_) in enumerate(heard)}


def _is_one(strikes: Sequence[Item], taken: set[int]) -> bool:
    """Whether the last of some strikes is the first again: a bounce, or a trill."""
    _, start, pitch = strikes[0]
    stop = strikes[-1][1]
    if stop - start <= RESTRIKE_S:
        return True
    return stop - start <= 2 * TRILL_GAP_S and any(
        0 < abs(other - pitch) <= ORNAMENT_STEP
        and key not in taken
        and max(when - start, stop - when) <= TRILL_GAP_S
        and min(when - start, stop - when) >= TOGETHER_S
        for key, when, other in strikes[1:-1]
    )


@dataclass(frozen=True)
class Tried:
    """What was struck for each note once every chord counts as it was tried the last time."""

    pairs: list[tuple[int, int]]
    """(charted number, played number)."""
    again: set[int]
    """Keys of the other tries that nobody asked for: they were wrong the same way each time."""


def count_last_strikes(
    pairs: Sequence[tuple[int, int]],
    heard: Sequence[Item],
    *,
    places: Sequence[int],
    onset_s: Sequence[float],
    likely: Collection[tuple[int, int]],
    broken: bool,
    hands: Sequence[int] = (),
) -> Tried:
    """Move pairs to the second strike of a stutter.

    A key that is struck twice in passing is an extra; a chord that is struck again after which
    the player goes on that much later, or breaks off, was tried again, and the last attempt
    counts.

    Args:
        pairs: (charted number, played number) of one attempt.
        heard: its played notes in time order.
        places: the onset group of each charted note.
        onset_s: when each charted note is due.
        likely: the pairs on the likeliest way: it tells where the player went back a little.
        broken: whether another attempt followed.
        hands: of each charted note, where one is late: then each goes on for itself.

    """
    made, again = list(pairs), set[int]()
    for hand in sorted(set(hands)) or (None,):
        own = [pair for pair in made if hand is None or hands[pair[0]] == hand]
        others = [pair for pair in made if hand is not None and hands[pair[0]] != hand]
        theirs = {key for _, key in others}
        some = [item for item in heard if item[0] not in theirs]
        tried = _count_last(own, some, places, onset_s, likely=likely, broken=broken)
        made = sorted([*tried.pairs, *others])
        again |= tried.again
    return Tried(made, again)


def _count_last(
    pairs: Sequence[tuple[int, int]],
    heard: Sequence[Item],
    places: Sequence[int],
    onset_s: Sequence[float],
    *,
    likely: Collection[tuple[int, int]],
    broken: bool,
) -> Tried:
    """Move those of hands that go on together."""
    strikes = _Strikes(pairs, heard, places)
    chords, when = strikes.chords, strikes.when
    order = sorted(chords, key=lambda place: min(when[key] for _, key in chords[place]))
    latest = strikes.find_latest(likely)
    moved: dict[int, int] = {}
    wrong: set[int] = set()
    for place, following in zip_longest(order, order[1:]):
        chord, after = chords[place], chords.get(following, [])
        stop = min((when[key] for _, key in after), default=inf)
        again = strikes.find_again(chord, after, stop)
        if len(again) < AGAIN_SHARE * len(chord):
            back = {key: latest[n] for n, key in chord if n in latest and when[latest[n]] > stop}
            moved.update(back if len(back) >= AGAIN_SHARE * len(chord) else {})
            continue
        apart = fmean(when[second] - when[first] for first, second in again.items())
        if following is None or following < place:
            counts = broken
        else:
            late = _lag(after, when, onset_s) - _lag(chord, when, onset_s)
            counts = late >= STAYS_SHARE * apart
        moved.update(again if counts else {})
        wrong |= strikes.find_wrong(chord, apart, counts=counts)
    return Tried([(number, moved.get(key, key)) for number, key in strikes.pairs], wrong)


class _Strikes:
    """What one attempt struck for the notes of each onset group, and what for none."""

    def __init__(
        self, pairs: Sequence[tuple[int, int]], heard: Sequence[Item], places: Sequence[int]
    ) -> None:
        self.when = {key: onset for key, onset, _ in heard}
        self._pitch = {key: pitch for key, _, pitch in heard}
        # What a trill or a mordent strikes again is no second try.
        taken = {key for _, key in pairs}
        origin = _find_first_strikes(heard, taken)
        self._spare = [
            item for item in heard if item[0] not in taken and origin[item[0]] == item[0]
        ]
        self.chords: dict[int, list[tuple[int, int]]] = {}
        """Pairs by onset group: in each those keys that were struck together."""
        for number, key in pairs:
            self.chords.setdefault(places[number], []).append((number, key))
        for place, chord in self.chords.items():
            self.chords[place] = self._strike_at_once(chord)

    @property
    def pairs(self) -> list[tuple[int, int]]:
        """All of them, by charted number."""
        return sorted(pair for chord in self.chords.values() for pair in chord)

    def _strike_at_once(self, chord: list[tuple[int, int]]) -> list[tuple[int, int]]:
        """The same pairs, each with the key that was struck with most of the others."""
        times = [self.when[key] for _, key in chord]
        if max(times) - min(times) <= CHORD_S:
            return chord
        wanted = {self._pitch[key] for _, key in chord}
        own = [(key, self.when[key], self._pitch[key]) for _, key in chord]
        near = _between(self._spare, min(times) - REACH_S, max(times) + REACH_S)
        keys = sorted([*own, *(item for item in near if item[2] in wanted)], key=itemgetter(1))
        tries = (_by_pitch(keys, at - CHORD_S / 2, at + CHORD_S) for _, at, _ in keys)
        together = max(tries, key=len)
        found = [(number, together.get(self._pitch[key], key)) for number, key in chord]
        taken = {key for _, key in found}
        left = [item for item in own if item[0] not in taken]
        kept = [item for item in self._spare if item[0] not in taken]
        self._spare = sorted([*kept, *left], key=itemgetter(1, 0))
        return found

    def find_latest(self, likely: Iterable[tuple[int, int]]) -> dict[int, int]:
        """The last key of each charted note on the likeliest way, where it is no other's."""
        spares = {key for key, _, _ in self._spare}
        return {number: key for number, key in sorted(likely, key=itemgetter(1)) if key in spares}

    def find_again(
        self,
        chord: Sequence[tuple[int, int]],
        after: Sequence[tuple[int, int]],
        stop_s: float,
    ) -> dict[int, int]:
        """The keys of a chord that were struck once more before a moment: first and second.

        Not what has more keys of the chord after it: that was a first try of that one.
        """
        now = median(self.when[key] for _, key in chord)
        own, others = ({self._pitch[key]: key for _, key in some} for some in (chord, after))
        found: dict[int, int] = {}
        for key, at, pitch in _between(self._spare, now + RESTRIKE_S, stop_s):
            if pitch not in own:
                continue
            struck = _by_pitch(self._spare, at - CHORD_S, at + CHORD_S)
            if len(struck.keys() & own) >= len(struck.keys() & others):
                found[own[pitch]] = key
        return found

    def find_wrong(
        self, chord: Sequence[tuple[int, int]], apart_s: float, *, counts: bool
    ) -> set[int]:
        """What nobody asked for and was struck with a chord and with it again, all but once.

        `counts` says whether the second time is the one that counts.
        """
        now = median(self.when[key] for _, key in chord)
        tries = [_by_pitch(self._spare, at - CHORD_S, at + CHORD_S) for at in (now, now + apart_s)]
        return {tries[not counts][pitch] for pitch in tries[0].keys() & tries[1].keys()}


def _by_pitch(strikes: Sequence[Item], start_s: float, stop_s: float) -> dict[int, int]:
    """The key of each pitch that was struck after `start_s` and before `stop_s`."""
    return {pitch: key for key, _, pitch in _between(strikes, start_s, stop_s)}


def _between(spare: Sequence[Item], start_s: float, stop_s: float) -> Sequence[Item]:
    """What was struck after `start_s` and before `stop_s`."""
    begin = bisect_right(spare, start_s, key=itemgetter(1))
    end = bisect_left(spare, stop_s, lo=begin, key=itemgetter(1))
    return spare[begin:end]


def _lag(
    chord: Sequence[tuple[int, int]], when: Mapping[int, float], onset_s: Sequence[float]
) -> float:
    return fmean(when[key] - onset_s[number] for number, key in chord)
