"""Short by touch: a note that is let go before the next eighth, written to the end of it.

A sixteenth and a sixteenth rest say what an eighth with a dot says at a glance: the rests go, the
sound stays, for a staccato note sounds half its value. Sixteenths stay where the rhythm needs them:
where another note begins before the eighth is over, and on the sixteenth between two eighths.
"""

from __future__ import annotations

from bisect import bisect_right
from fractions import Fraction
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from exercises.chart import Note
    from exercises.levels import Level

_EIGHTH = Fraction(1, 2)
_SIXTEENTH = Fraction(1, 4)
_SHORT = "staccato"


def detach_notes(notes: Iterable[Note], level: Level) -> list[Note]:
    """Notes whose end leaves a sixteenth rest behind, written to the end of the eighth.

    A sixteenth becomes a staccato eighth, a longer note (a dotted eighth) ends with the eighth.
    """
    found = list(notes)
    if _SHORT not in level.articulations:
        return found
    onsets = {
        staff: sorted({note.onset_ql for note in found if note.staff == staff})
        for staff in {note.staff for note in found}
    }
    return [_detach(note, onsets, level) for note in found]


def _detach(note: Note, onsets: Mapping[int, Sequence[Fraction]], level: Level) -> Note:
    end = note.onset_ql + note.duration_ql
    longer = note.duration_ql + _SIXTEENTH
    on_grid = note.onset_ql % _EIGHTH == 0
    crosses = note.onset_ql // 1 != end // 1
    if (
        note.duration_ql < _SIXTEENTH
        or end % _EIGHTH != _SIXTEENTH
        or not (on_grid or crosses)
        or not level.allows_duration(longer)
    ):
        return note
    starts = onsets[note.staff]
    after = bisect_right(starts, note.onset_ql)
    if after < len(starts) and starts[after] < end + _SIXTEENTH:
        return note
    signs = note.articulations
    if note.duration_ql == _SIXTEENTH and not {_SHORT, "ghost", "tenuto", "fermata"} & set(signs):
        signs = (*signs, _SHORT)
    return msgspec.structs.replace(note, duration_ql=longer, articulations=signs)
