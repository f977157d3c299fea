"""One to one: which key was meant for which note, given where the player roughly was.

Right pitches, pitch by pitch in order, so that one missing note of a run of repeats shifts
nothing; what is left over may be `misread`. Costs are by ear.
"""

from __future__ import annotations

from bisect import bisect_left
from math import expm1, log1p, sqrt
from operator import itemgetter
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping, Sequence

WIDE, NARROW = 2.2, 1.7
"""Cost of each note left alone; two of them bound how far a pair may be apart: 9 units while the
hands' own lags are not known, 5 afterwards."""
UNLIKELY = 0.25
"""Of a pair that is not on the likeliest way through the chart."""
SKIP_DUE, SKIP_PLAYED, PAIR = 0, 1, 2

Item = tuple[int, float, int]
"""(number, second, pitch): a charted note where it is due, or a played note."""


def pair_same_pitch(
    due: Sequence[Item],
    played: Sequence[Item],
    unit_s: float,
    *,
    skip: float = NARROW,
    likely: Container[tuple[int, int]] = frozenset(),
) -> list[tuple[int, int]]:
    """Pair charted and played notes of equal pitch, in order, nearest in time over all.

    Args:
        due: charted notes at the second when this player would play them.
        played: played notes.
        unit_s: one unit of asynchrony.
        skip: cost of each note left alone, `WIDE` or `NARROW`.
        likely: pairs that the order of all notes speaks for; the others cost `UNLIKELY` more.

    Returns:
        (charted number, played number).

    """
    pairs: list[tuple[int, int]] = []
    heard: dict[int, list[Item]] = {}
    for item in sorted(played, key=lambda one: one[1]):
        heard.setdefault(item[2], []).append(item)
    wanted: dict[int, list[Item]] = {}
    for item in sorted(due, key=lambda one: one[1]):
        if item[2] in heard:
            wanted.setdefault(item[2], []).append(item)
    for pitch, items in wanted.items():
        pairs.extend(_pair_in_order(items, heard[pitch], unit_s, skip, likely))
    return pairs


def strike_together(
    due: Sequence[Item],
    pairs: Iterable[tuple[int, int]],
    chords: Mapping[int, tuple[int, int]],
    onsets_s: Sequence[float],
) -> list[Item]:
    """Each note due where the others of its chord were heard.

    Args:
        due: charted notes at the second when this player would play them.
        pairs: (charted number, played number) of those that are known.
        chords: the onset group and the staff of each charted note.
        onsets_s: when each key was played.

    """
    played = dict(pairs)
    heard: dict[tuple[int, int], list[tuple[int, float]]] = {}
    for number, when, _ in due:
        if number in played:
            away = onsets_s[played[number]] - when
            heard.setdefault(chords[number], []).append((number, away))
    found: list[Item] = []
    for number, when, pitch in due:
        mates = [away for mate, away in heard.get(chords[number], ()) if mate != number]
        found.append((number, when + (median(mates) if mates else 0.0), pitch))
    return found


def add_in_order(
    pairs: Sequence[tuple[int, int]], likely: Iterable[tuple[int, int]]
) -> list[tuple[int, int]]:
    """Pairs, and of the likely ones those whose note and key are both left, at any time.

    One who waits in the middle of few notes is not where the notes around say; the order of the
    keys still tells which was meant.
    """
    made = list(pairs)
    notes, keys = {number for number, _ in made}, {key for _, key in made}
    for number, key in sorted(likely, key=itemgetter(1, 0)):
        if number not in notes and key not in keys:
            made.append((number, key))
            notes.add(number)
            keys.add(key)
    return made


def come_to(
    missed: Iterable[Item],
    pairs: Sequence[tuple[int, int]],
    places: Sequence[int],
    written_s: Sequence[float],
    onsets_s: Sequence[float],
) -> list[Item]:
    """When the player may have come to notes that were not played, by what was struck around.

    With the chord of which something was struck; else as late as before it, or as after it: where
    he stopped in between nobody knows.

    Args:
        missed: charted notes.
        pairs: (charted number, played number) of those that were.
        places: the onset group of each charted note.
        written_s: when each charted note is written.
        onsets_s: when each key was struck.

    """
    struck: dict[int, list[tuple[float, float]]] = {}
    for number, key in pairs:
        lag = onsets_s[key] - written_s[number]
        struck.setdefault(places[number], []).append((onsets_s[key], lag))
    heard = sorted(struck)
    found: list[Item] = []
    for number, _, pitch in missed:
        if here := struck.get(places[number]):
            found.append((number, median(when for when, _ in here), pitch))
            continue
        at = bisect_left(heard, places[number])
        for place in heard[max(0, at - 1) : at + 1]:
            lag = median(lag for _, lag in struck[place])
            found.append((number, written_s[number] + lag, pitch))
    return found


def _pair_in_order(
    due: list[Item],
    played: list[Item],
    unit_s: float,
    skip: float,
    likely: Container[tuple[int, int]],
) -> list[tuple[int, int]]:
    """Split into clusters that cannot touch each other, and pair each."""
    gate = sqrt(expm1(2 * skip)) * unit_s
    pairs: list[tuple[int, int]] = []
    first = 0
    start = 0
    while start < len(due):
        while first < len(played) and played[first][1] < due[start][1] - gate:
            first += 1
        stop, last = start + 1, first
        reach = due[start][1] + gate
        while True:
            grown = False
            while last < len(played) and played[last][1] <= reach:
                last += 1
                grown = True
            while stop < len(due) and last > first and due[stop][1] - gate <= played[last - 1][1]:
                reach = due[stop][1] + gate
                stop += 1
                grown = True
            if not grown:
                break
        if last > first:
            some = due[start:stop], played[first:last]
            pairs.extend(_pair_cluster(*some, unit_s, gate, skip=skip, likely=likely))
        start, first = stop, last
    return pairs


def _pair_cluster(
    due: list[Item],
    played: list[Item],
    unit_s: float,
    gate: float,
    *,
    skip: float,
    likely: Container[tuple[int, int]],
) -> list[tuple[int, int]]:
    """Pair two short runs in order at the least cost (one cell a possible pair)."""
    if len(due) == len(played) == 1:
        return [(due[0][0], played[0][0])] if abs(due[0][1] - played[0][1]) <= gate else []
    # Row r, column c: the least cost of the first r due and the first c played notes. Only the
    # columns within the gate of a row are looked at.
    edge, above = 0, [skip * column for column in range(len(played) + 1)]
    rows: list[tuple[int, bytearray]] = []
    low = high = 0
    for number, when, _ in due:
        while low < len(played) and played[low][1] < when - gate:
            low += 1
        while high < len(played) and played[high][1] <= when + gate:
            high += 1
        while edge + len(above) - 1 < max(low, high):
            above.append(above[-1] + skip)
        row = [above[low - edge] + skip]
        choice = bytearray(max(low, high) - low + 1)
        for column in range(low + 1, high + 1):
            best, way = above[column - edge] + skip, SKIP_DUE
            if row[-1] + skip < best:
                best, way = row[-1] + skip, SKIP_PLAYED
            apart = (played[column - 1][1] - when) / unit_s
            both = above[column - 1 - edge] + log1p(apart * apart)
            if (number, played[column - 1][0]) not in likely:
                both += UNLIKELY
            if both < best:
                best, way = both, PAIR
            row.append(best)
            choice[column - low] = way
        rows.append((low, choice))
        edge, above = low, row
    return _walk_back(due, played, rows)


def _walk_back(
    due: list[Item], played: list[Item], rows: list[tuple[int, bytearray]]
) -> list[tuple[int, int]]:
    """The pairs of the cheapest way through the table."""
    pairs: list[tuple[int, int]] = []
    row, column = len(due), len(played)
    while row and column:
        low, choice = rows[row - 1]
        column = min(column, low + len(choice) - 1)
        way = choice[column - low] if column > low else SKIP_DUE
        if way == PAIR:
            pairs.append((due[row - 1][0], played[column - 1][0]))
            row, column = row - 1, column - 1
        elif way == SKIP_PLAYED:
            column -= 1
        else:
            row -= 1
    return pairs
