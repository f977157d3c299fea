"""What a score's cells mean: which is staff, word or head, and which sign stands in the lane."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from game.notation.page import NotePlace, System

SEVERITY = ("right", "early", "late", "extra", "missed", "wrong")
"""Of several verdicts in one column the last of these is shown."""
STAFF_LINE_CELLS = frozenset(map(chr, (0x2800 | bits for bits in (0x09, 0x12, 0x24, 0xC0))))
"""Cells with one full row of dots: staff lines, which are drawn fainter than the music."""
HEAD_REACH = 1
"""A head takes so many columns to each side of its middle one."""


def name_cells(
    system: System, row: int, verdicts: Mapping[str, str], *, worst: bool = False
) -> list[str]:
    """For each cell of a row what it is: staff, ink, chord, word, or the verdict of its note."""
    text = system.rows[row]
    names = ["staff" if cell in STAFF_LINE_CELLS else "ink" for cell in text]
    for word in system.words:
        if word.row == row:
            name = "chord" if word.kind == "chord" else "word"
            names[word.column : word.column + len(word.text)] = [name] * len(word.text)
    for note in system.notes:
        verdict = verdict_of(note, verdicts, worst=worst)
        if verdict is not None and note.row <= row < note.row + note.rows:
            first, last = note.column - HEAD_REACH, note.column + HEAD_REACH
            for column in range(max(0, first), min(len(text), last + 1)):
                names[column] = verdict
    return names


def verdict_of(note: NotePlace, verdicts: Mapping[str, str], *, worst: bool = False) -> str | None:
    """What became of a head. Where its bar is played again, on the last pass so far, or worst."""
    marked = [verdicts[name] for name in (note.id, *note.later) if name in verdicts]
    if not marked:
        return None
    return max(marked, key=SEVERITY.index) if worst else marked[-1]


def sign_lane(
    system: System,
    verdicts: Mapping[str, str],
    extras_ql: Iterable[float],
    *,
    worst: bool = False,
) -> dict[int, str]:
    """The verdict to show in each column of a system's lane."""
    marks = [
        (note.column, verdict)
        for note in system.notes
        if (verdict := verdict_of(note, verdicts, worst=worst)) is not None
    ]
    marks += [
        (int(system.playhead_column(onset)), "extra")
        for onset in extras_ql
        if system.onset_ql <= onset < system.end_ql
    ]
    shown: dict[int, str] = {}
    for column, verdict in marks:
        shown[column] = max(shown.get(column, "right"), verdict, key=SEVERITY.index)
    return shown
