"""A take on pads: which instrument was meant, how hard it was struck, and no lengths.

The alignment of keys takes a neighbouring key for a slip, and two that alternate for a trill. Kick
and snare are neighbours in the General MIDI map and no such thing: for the alignment each
instrument is put where it is nobody's neighbour.
"""

from __future__ import annotations

from dataclasses import replace
from statistics import fmean, pstdev
from typing import TYPE_CHECKING

import msgspec

from exercises.kit import KIT, meant_key
from game.scoring.dynamics import AROUND, ENOUGH_NOTES, FLAT_VELOCITY
from game.scoring.results import TouchReport

if TYPE_CHECKING:
    from collections.abc import Sequence

    from game.scoring.expectation import Expected
    from game.scoring.results import NoteJudgement, PlayedNote

ACCENT_VELOCITY = 8.0
"""The least that an accent stands above the plain strokes of its drum ..."""
GHOST_VELOCITY = 16.0
"""... and a ghost below them (by ear: pads are struck harder and less evenly than keys)."""
APART = 5
"""Semitones from one instrument to the next: no neighbours, and no trill."""
SEATS = {key: APART * at for at, key in enumerate(KIT)}
STRANGE = APART * len(KIT)
"""Where keys begin that are no instrument of the kit."""
SIGNED = frozenset({"accent", "ghost"})


def hear_pads(played: Sequence[PlayedNote]) -> tuple[PlayedNote, ...]:
    """Strokes by the instruments that they mean, without lengths: a pad is let go at once."""
    return tuple(
        msgspec.structs.replace(note, pitch=meant_key(note.pitch), duration_s=None)
        for note in played
    )


def set_apart(
    expected: Sequence[Expected], played: Sequence[PlayedNote]
) -> tuple[list[Expected], list[PlayedNote]]:
    """The same strokes, their pitches where no instrument is another's neighbour."""
    return (
        [replace(note, pitch=_seat(note.pitch)) for note in expected],
        [msgspec.structs.replace(note, pitch=_seat(note.pitch)) for note in played],
    )


def _seat(key: int) -> int:
    return SEATS.get(key, STRANGE + key % (128 - STRANGE))


def report_strokes(
    expected: Sequence[Expected], notes: Sequence[NoteJudgement]
) -> TouchReport | None:
    """Report how accents and ghost notes stand out of the plain strokes of their drum nearby.

    None where the chart has neither, or the pads send one velocity only. How loud one drum is
    beside another is the kit's own, and not judged.
    """
    heard = [
        (note, float(judgement.velocity))
        for note, judgement in zip(expected, notes, strict=True)
        if judgement.verdict == "match" and judgement.velocity is not None
    ]
    if len(heard) < ENOUGH_NOTES or pstdev(velocity for _, velocity in heard) < FLAT_VELOCITY:
        return None
    points: list[float] = []
    for key in {note.pitch for note, _ in heard}:
        own = [(note, velocity) for note, velocity in heard if note.pitch == key]
        for index, (note, velocity) in enumerate(own):
            if not SIGNED & set(note.articulations):
                continue
            plain = _plain(own[:index][::-1]) + _plain(own[index + 1 :])
            if plain:
                above = velocity - fmean(plain)
                ghost = "ghost" in note.articulations
                share = -above / GHOST_VELOCITY if ghost else above / ACCENT_VELOCITY
                points.append(min(1.0, max(0.0, share)))
    return TouchReport(fmean(points), None) if points else None


def _plain(strokes: Sequence[tuple[Expected, float]]) -> list[float]:
    """The velocities of the nearest strokes without a sign."""
    plain = [velocity for note, velocity in strokes if not SIGNED & set(note.articulations)]
    return plain[:AROUND]
