"""Why a played note belongs to no charted note."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from game.scoring.results import PlayedNote

REPEAT_S = 0.6
"""The same key again within this of the note that counted (by ear)."""
ORNAMENT_STEP = 2
"""Semitones between an ornament and its main note."""
ORNAMENT_GAP_S = (0.035, 0.16)
"""Before its main note; nearer is a key brushed by a finger (by ear)."""
ORNAMENT_LENGTH_S = 0.16
TRILL_GAP_S = 0.22
"""From one note of a trill, a turn or a mordent to the next (by ear)."""
TRILL_NOTES = 2
"""A neighbour and the main note again: fewer are no ornament of the main note."""
NOISE_VELOCITY = 8
NOISE_LENGTH_S = 0.06
"""So soft and short that a key was shaken, not played: a pedal stamped on the floor (by ear)."""


def name_extras(
    played: Sequence[PlayedNote],
    onsets_s: Sequence[float],
    *,
    left: Sequence[int],
    matched: Mapping[int, int],
    superseded: set[int],
) -> tuple[tuple[int, str], ...]:
    """Give each left-over note its reason: stray, repeat, restart, ornament or pedal noise.

    Args:
        played: the played notes in time order.
        onsets_s: their onsets on the chart's clock.
        left: numbers of the played notes that belong to no charted note.
        matched: charted number to played number.
        superseded: played notes of attempts that were replaced by a later one.

    """
    counted = sorted((onsets_s[key], played[key].pitch) for key in set(matched.values()))
    trilled = _find_trills(played, onsets_s, set(left), set(matched.values()))
    extras: list[tuple[int, str]] = []
    for number in left:
        note = played[number]
        around = _around(counted, onsets_s[number])
        if number in superseded:
            reason = "restart"
        elif _is_noise(note):
            reason = "pedal noise"
        elif number in trilled:
            reason = "ornament"
        elif any(pitch == note.pitch for _, pitch in around):
            reason = "repeat"
        elif _is_ornament(note, around):
            reason = "ornament"
        else:
            reason = "stray"
        extras.append((note.index, reason))
    return tuple(sorted(extras))


def _find_trills(
    played: Sequence[PlayedNote], onsets_s: Sequence[float], left: set[int], counted: set[int]
) -> set[int]:
    """Left-over notes that go to and fro between a note that counted and its neighbours."""
    found: set[int] = set()
    for main in counted:
        centre, last = played[main].pitch, main
        run: list[int] = []
        for number in range(main + 1, len(played)):
            if onsets_s[number] - onsets_s[last] > TRILL_GAP_S:
                break
            pitch = played[number].pitch
            near = abs(pitch - centre) <= ORNAMENT_STEP and pitch != played[last].pitch
            if number in left and near:
                run.append(number)
                last = number
        if len(run) >= TRILL_NOTES and any(played[number].pitch == centre for number in run):
            found.update(run)
    return found


def _around(counted: list[tuple[float, int]], onset_s: float) -> list[tuple[float, int]]:
    """(seconds after it, pitch) of the counted notes near a moment."""
    start = bisect_left(counted, (onset_s - REPEAT_S, 0))
    stop = bisect_left(counted, (onset_s + REPEAT_S, 128))
    return [(when - onset_s, pitch) for when, pitch in counted[start:stop]]


def _is_noise(note: PlayedNote) -> bool:
    short = note.duration_s is not None and note.duration_s < NOISE_LENGTH_S
    return short and note.velocity <= NOISE_VELOCITY


def _is_ornament(note: PlayedNote, around: list[tuple[float, int]]) -> bool:
    """A short neighbour just before its main note."""
    if note.duration_s is None or note.duration_s > ORNAMENT_LENGTH_S:
        return False
    low, high = ORNAMENT_GAP_S
    return any(
        low <= after <= high and 0 < abs(pitch - note.pitch) <= ORNAMENT_STEP
        for after, pitch in around
    )
