"""What stands over and under slashes: the chord as it is printed, and the notes that they mean."""

from __future__ import annotations

from bisect import bisect_right
from fractions import Fraction
from typing import TYPE_CHECKING

from exercises.numbers import slash_kind, write_number
from game.notation.words import print_symbol

if TYPE_CHECKING:
    from exercises.chart import Chart, Chord, Note

NUMBERED = "number"
"""The kind of chart whose chords are printed as numbers."""
DIAMOND = "◇"
EARLY_QL = Fraction(1, 2)
"""How long before its place a push is struck."""


def print_chord(chart: Chart, chord: Chord) -> str:
    """A chord as it is printed over the staff: its symbol, or its number in the key.

    A diamond stands before the number that on paper it stands around.
    """
    if chart.drill.kind == NUMBERED:
        held = slash_kind(chart, chord.onset_ql) == "diamond"
        return (DIAMOND if held else "") + write_number(chart, chord)
    return print_symbol(chord.symbol)


def notes_under(chart: Chart) -> dict[str, list[Note]]:
    """For each slash by its id the notes that are played there: from its onset to the next one's.

    Of its own staff, and of a staff that has no slash in that bar's chart at all; notes that are
    written out beside slashes (a bass cue) stand for themselves.
    """
    found: dict[str, list[Note]] = {slash.id: [] for slash in chart.slashes}
    if not chart.slashes:
        return found
    staves = sorted({slash.staff for slash in chart.slashes})
    lines = {
        staff: sorted(
            (slash.onset_ql - (EARLY_QL if slash.kind == "push" else 0), slash.id)
            for slash in chart.slashes
            if slash.staff == staff
        )
        for staff in staves
    }
    starts = [bar.onset_ql for bar in chart.bars]
    slashed = {
        (staff, bisect_right(starts, slash.onset_ql) - 1)
        for staff in staves
        for slash in chart.slashes
        if slash.staff == staff
    }
    for note in chart.notes:
        staff = note.staff if note.staff in lines else staves[0]
        if (staff, bisect_right(starts, note.onset_ql) - 1) not in slashed:
            continue
        line = lines[staff]
        at = bisect_right([onset for onset, _ in line], note.onset_ql) - 1
        found[line[max(at, 0)][1]].append(note)
    return found
