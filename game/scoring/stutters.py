"""Which strike counts of what is struck more than once where one is written.

Of a key that bounced or was trilled the first; of a chord struck twice before the player went on
the one that the music went on from.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from itertools import zip_longest
from math import inf
from operator import itemgetter
from statistics import fmean, median
from typing import TYPE_CHECKING

from game.scoring.asides import ORNAMENT_STEP, TRILL_GAP_S
from game.scoring.strikes import RESTRIKE_S, struck_before

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from game.scoring.pairing import Item

TOGETHER_S = 0.035
"""A neighbour struck with a key is in its chord, and shakes nothing."""
STAYS_SHARE = 0.5
"""Of the time between the two strikes: the player is later by so much from then on."""
AGAIN_SHARE = 0.5
"""Of the chord's keys that are struck again."""
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


def count_last_strikes(
    pairs: Sequence[tuple[int, int]],
    heard: Sequence[Item],
    *,
    places: Sequence[int],
    onset_s: Sequence[float],
    likely: Iterable[tuple[int, int]],
    broken: bool,
) -> list[tuple[int, int]]:
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

    """
    when = {key: onset for key, onset, _ in heard}
    pitch_of = {key: pitch for key, _, pitch in heard}
    chords: dict[int, list[tuple[int, int]]] = {}
    for number, key in pairs:
        chords.setdefault(places[number], []).append((number, key))
    order = sorted(chords, key=lambda place: min(when[key] for _, key in chords[place]))
    # What a trill or a mordent strikes again is no second try.
    taken = {key for _, key in pairs}
    origin = _find_first_strikes(heard, taken)
    spare = [item for item in heard if item[0] not in taken and origin[item[0]] == item[0]]
    spares = {key for key, _, _ in spare}
    latest = {number: key for number, key in sorted(likely, key=itemgetter(1)) if key in spares}
    moved: dict[int, int] = {}
    for place, following in zip_longest(order, order[1:]):
        chord, after = chords[place], chords.get(following, [])
        start = median(when[key] for _, key in chord) + RESTRIKE_S
        stop = min((when[key] for _, key in after), default=inf)
        first = {pitch_of[key]: key for _, key in chord}
        again = {first[pitch]: key for key, pitch in _between(spare, start, stop) if pitch in first}
        back = {key: latest[n] for n, key in chord if n in latest and when[latest[n]] > stop}
        if len(again) < AGAIN_SHARE * len(chord):
            moved.update(back if len(back) >= AGAIN_SHARE * len(chord) else {})
            continue
        if following is None or following < place:
            moved.update(again if broken else {})
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
