"""Why a played note belongs to no charted note."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from game.scoring.asides import find_asides
from game.scoring.strikes import RESTRIKE_S

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from game.scoring.results import PlayedNote

REPEAT_S = 0.6
"""The same key again within this of the note that counted (by ear)."""
NOISE_VELOCITY = 8
NOISE_LENGTH_S = 0.06
"""So soft and short that a key was shaken, not played: a pedal stamped on the floor (by ear)."""


def name_extras(
    played: Sequence[PlayedNote],
    onsets_s: Sequence[float],
    *,
    left: Sequence[int],
    matched: Mapping[int, int],
    substituted: Mapping[int, int],
    superseded: set[int],
) -> tuple[tuple[int, str], ...]:
    """Give each left-over note its reason: stray, repeat, restart, ornament or pedal noise.

    Args:
        played: the played notes in time order.
        onsets_s: their onsets on the chart's clock.
        left: numbers of the played notes that belong to no charted note.
        matched: charted number to played number.
        substituted: the same of those that were wrong.
        superseded: played notes of attempts that were replaced by a later one.

    """
    keys = {*matched.values(), *substituted.values()}
    counted = sorted((onsets_s[key], played[key].pitch) for key in keys)
    asides = find_asides(played, set(matched.values()), left)
    extras: list[tuple[int, str]] = []
    for number in left:
        note = played[number]
        around = _around(counted, onsets_s[number])
        if number in superseded:
            reason = "restart"
        elif _is_noise(note):
            reason = "pedal noise"
        elif number in asides.trills:
            reason = "ornament"
        elif any(pitch == note.pitch and abs(after) <= RESTRIKE_S for after, pitch in around):
            reason = "repeat"
        elif number in asides.graces:
            # Before a neighbour it leads there, though the same key was struck a while ago.
            reason = "ornament"
        elif number not in asides.softer and any(pitch == note.pitch for _, pitch in around):
            reason = "repeat"
        else:
            reason = "stray"
        extras.append((note.index, reason))
    return tuple(sorted(extras))


def _around(counted: list[tuple[float, int]], onset_s: float) -> list[tuple[float, int]]:
    """(seconds after it, pitch) of the counted notes near a moment."""
    start = bisect_left(counted, (onset_s - REPEAT_S, 0))
    stop = bisect_left(counted, (onset_s + REPEAT_S, 128))
    return [(when - onset_s, pitch) for when, pitch in counted[start:stop]]


def _is_noise(note: PlayedNote) -> bool:
    short = note.duration_s is not None and note.duration_s < NOISE_LENGTH_S
    return short and note.velocity <= NOISE_VELOCITY
