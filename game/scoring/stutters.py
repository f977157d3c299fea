"""A chord struck twice before the player went on: the strike that the music went on from counts."""

from __future__ import annotations

from itertools import pairwise
from statistics import fmean
from typing import TYPE_CHECKING

from game.scoring.strikes import RESTRIKE_S

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from game.scoring.pairing import Item

STAYS_SHARE = 0.5
"""Of the time between the two strikes: the player is later by so much from then on."""
AGAIN_SHARE = 0.5
"""Of the chord's keys that are struck again."""


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
    chords: dict[int, list[tuple[int, int]]] = {}
    for number, key in pairs:
        chords.setdefault(places[number], []).append((number, key))
    order = sorted(chords, key=lambda place: min(when[key] for _, key in chords[place]))
    spare = [item for item in heard if item[0] not in taken]
    moved: dict[int, int] = {}
    for place, following in pairwise(order):
        chord, after = chords[place], chords[following]
        again = _strikes_between(chord, after, spare, heard, when)
        if following < place or len(again) < AGAIN_SHARE * len(chord):
            continue
        late = _lag(after, when, onset_s) - _lag(chord, when, onset_s)
        apart = fmean(when[key] - when[first] for first, key in again.items())
        if late >= STAYS_SHARE * apart:
            moved.update(again)
    return [(number, moved.get(key, key)) for number, key in pairs]


def _strikes_between(
    chord: Sequence[tuple[int, int]],
    after: Sequence[tuple[int, int]],
    spare: Sequence[Item],
    heard: Sequence[Item],
    when: Mapping[int, float],
) -> dict[int, int]:
    """The keys of a chord that were struck again before the next one: first strike to last."""
    pitch_of = {key: pitch for key, _, pitch in heard}
    first = {pitch_of[key]: key for _, key in chord}
    start = max(when[key] for _, key in chord) + RESTRIKE_S
    stop = min(when[key] for _, key in after)
    return {
        first[pitch]: key for key, onset, pitch in spare if pitch in first and start < onset < stop
    }


def _lag(
    chord: Sequence[tuple[int, int]], when: Mapping[int, float], onset_s: Sequence[float]
) -> float:
    return fmean(when[key] - onset_s[number] for number, key in chord)
