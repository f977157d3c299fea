"""Which strike counts of what is struck more than once where one is written.

Of a key that bounced or was trilled the first; of a chord struck twice before the player went on
the one that the music went on from.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from itertools import pairwise
from operator import itemgetter
from statistics import fmean
from typing import TYPE_CHECKING

from game.scoring.asides import ORNAMENT_STEP, TRILL_GAP_S
from game.scoring.strikes import RESTRIKE_S, struck_before

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from game.scoring.pairing import Item

STAYS_SHARE = 0.5
"""Of the time between the two strikes: the player is later by so much from then on."""
AGAIN_SHARE = 0.5
"""Of the chord's keys that are struck again."""


def count_first_strikes(
    pairs: Sequence[tuple[int, int]], heard: Sequence[Item]
) -> list[tuple[int, int]]:
    """Move pairs to the first strike of a bounce or a trill, where no other note has it.

    A strike of the same key a moment before, or with a neighbour in between, is the same note.

    Args:
        pairs: (charted number, played number) of one attempt.
        heard: its played notes in time order.

    """
    taken = {key for _, key in pairs}
    rows = struck_before([pitch for *_, pitch in heard])
    first: list[int] = []
    for row, before in enumerate(rows):
        again = before >= 0 and _is_one(heard[before : row + 1], taken)
        first.append(first[before] if again else row)
    row_of = {key: row for row, (key, *_) in enumerate(heard)}
    origin = [(number, key, heard[first[row_of[key]]][0]) for number, key in pairs]
    return [(number, key if one in taken else one) for number, key, one in origin]


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
        for key, when, other in strikes[1:-1]
    )


def count_last_strikes(
    pairs: Sequence[tuple[int, int]],
    heard: Sequence[Item],
    taken: set[int],
    *,
    places: Sequence[int],
    onset_s: Sequence[float],
) -> list[tuple[int, int]]:
    """Move pairs to the second strike of a stutter.

    A key that is struck twice in passing is an extra; a chord that is struck again after which
    the player goes on that much later was tried again, and the last attempt counts.

    Args:
        pairs: (charted number, played number) of one attempt.
        heard: its played notes in time order.
        taken: played numbers that are for some charted note.
        places: the onset group of each charted note.
        onset_s: when each charted note is due.

    """
    when = {key: onset for key, onset, _ in heard}
    pitch_of = {key: pitch for key, _, pitch in heard}
    chords: dict[int, list[tuple[int, int]]] = {}
    for number, key in pairs:
        chords.setdefault(places[number], []).append((number, key))
    order = sorted(chords, key=lambda place: min(when[key] for _, key in chords[place]))
    spare = [item for item in heard if item[0] not in taken]
    moved: dict[int, int] = {}
    for place, following in pairwise(order):
        chord, after = chords[place], chords[following]
        start = max(when[key] for _, key in chord) + RESTRIKE_S
        stop = min(when[key] for _, key in after)
        first = {pitch_of[key]: key for _, key in chord}
        again = {first[pitch]: key for key, pitch in _between(spare, start, stop) if pitch in first}
        if following < place or len(again) < AGAIN_SHARE * len(chord):
            continue
        late = _lag(after, when, onset_s) - _lag(chord, when, onset_s)
        apart = fmean(when[key] - when[first] for first, key in again.items())
        if late >= STAYS_SHARE * apart:
            moved.update(again)
    return [(number, moved.get(key, key)) for number, key in pairs]


def _between(spare: Sequence[Item], start_s: float, stop_s: float) -> Iterable[tuple[int, int]]:
    """(played number, pitch) of what was struck after `start_s` and before `stop_s`."""
    begin = bisect_right(spare, start_s, key=itemgetter(1))
    end = bisect_left(spare, stop_s, lo=begin, key=itemgetter(1))
    return ((key, pitch) for key, _, pitch in spare[begin:end])


def _lag(
    chord: Sequence[tuple[int, int]], when: Mapping[int, float], onset_s: Sequence[float]
) -> float:
    return fmean(when[key] - onset_s[number] for number, key in chord)
