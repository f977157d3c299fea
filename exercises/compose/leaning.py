"""Leaning on a focus: the pack bent towards one element, and the notes that have it preferred.

Nothing here goes above a level: cells are those that the level reads, patterns and progressions
the pack's own, and every chart is checked as any other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from exercises.compose.cells import is_allowed, plain_rhythm
from exercises.compose.contour import Seat
from exercises.focus import LEAP, read_focus
from exercises.focus_share import LEDGER, signature_pcs
from exercises.theory import OCTAVE, read_key
from styles.schema import Cell
from styles.tokens import read_cell, read_length, read_pattern

if TYPE_CHECKING:
    from exercises.compose.tones import ScaleNote
    from exercises.drill import Drill
    from exercises.focus import Focus
    from exercises.levels import Level
    from styles.schema import Pattern, Style

ADDED = 4.0
"""What cells of the focus weigh against all others together."""
_LIKED = 6.0
"""What the pack's own cells that have the element weigh more."""
_BUSY_POWER = 2.5
"""How much a busy left hand is preferred: its onsets to this power."""
_CELLS = {
    "triplets": ("t t t", "2t t", "t 2t"),
    "sixteenths": (".25 .25 .25 .25", ".5 .25 .25", ".25 .25 .5"),
    "dotted": ("1.5 .5", ".75 .25", "3"),
    "rests": ("-1 1", "-.5 .5", "-1 .5 .5", "1 -1"),
    "ties": ("~.5 .5", "~1 1", "~.25 .25 .5", "~1.5 .5"),
    "syncopation": (".5 1 .5", "~.5 .5", "-.5 1 .5"),
}
_COMPOUND_CELLS = {
    "sixteenths": (".25 .25 .25 .25 .25 .25", ".5 .5 .25 .25", ".5 .25 .25 .5"),
    "rests": ("-.5 .5 .5", "-1 .5", "1 -.5"),
    "ties": ("~.5 .5 .5", "~1 .5", "~1.5 1.5"),
    "syncopation": ("~.5 1", ".5 1.5 1"),
}
_PREFERENCE = {"accidentals": 5.0, "interval": 9.0, "leaps": 40.0, "ledger": 12.0, "chromatic": 8.0}
"""How much likelier a note of the element is, where the line may have it."""
_WIDE, _WIDE_PREFERENCE = 5, 60.0
_HIGH_SEAT = (76, 88)
"""E5 to E6: a right hand above its staff."""
_LOW_SEAT_TOP = 67
"""G4: a right hand about middle C, where the keyboard or the level has nothing above the staff."""


def drill_focus(drill: Drill) -> Focus | None:
    """The focus of a drill."""
    return None if drill.focus is None else read_focus(drill.focus)


def lean_style(style: Style, drill: Drill, row: Level) -> Style:
    """The pack as a drill's focus bends it; the pack itself without one."""
    focus = drill_focus(drill)
    if focus is None:
        return style
    changes: dict[str, object] = {}
    if focus.element != "chords":
        # What is leant on is in the melody or under it: two-hand grooves have neither.
        changes["groove_share"] = 0.0
    if focus.element == "rhythm" or focus.element in _CELLS:
        changes["cells"] = _lean_cells(style, focus, row, drill.meter)
    if focus.element in {"rhythm", "syncopation", "ties"}:
        changes["melody"] = msgspec.structs.replace(style.melody, syncopated=None)
    if focus.element == "left":
        changes["patterns"] = tuple(_by_business(each) for each in style.patterns)
        changes["cells"] = tuple(_by_calm(each) for each in style.cells)
    if focus.element == "chromatic":
        devices = tuple(dict.fromkeys((*style.melody.devices, "approach")))
        level = min(style.melody.devices_level, row.number)
        changes["melody"] = msgspec.structs.replace(
            style.melody, devices=devices, devices_level=level
        )
    if focus.element == "chords":
        changes["progressions"] = tuple(
            msgspec.structs.replace(
                each,
                weight=each.weight * (_LIKED if f":{focus.quality}" in each.bars else 1.0),
            )
            for each in style.progressions
        )
    return msgspec.structs.replace(style, **changes)


def _lean_cells(style: Style, focus: Focus, row: Level, meter: str) -> tuple[Cell, ...]:
    compound = meter.endswith("/8")
    table = _COMPOUND_CELLS if compound else _CELLS
    texts = (focus.detail,) if focus.element == "rhythm" else table.get(focus.element, ())
    swing = style.feel.swing is not None
    texts = tuple(text for text in texts if is_allowed(plain_rhythm(text), row, swing=swing))
    own = tuple(
        msgspec.structs.replace(
            cell, weight=cell.weight * (_LIKED if _has(cell, focus.element) else 1.0)
        )
        for cell in style.cells
    )
    total = ADDED * sum(cell.weight for cell in own)
    meters = (meter,) if compound else ()
    added = tuple(
        Cell(tier=row.tier, weight=total / len(texts), values=text, meters=meters) for text in texts
    )
    return (*added, *own)


def _has(cell: Cell, element: str) -> bool:
    """Whether a cell of the pack has the element of its own."""
    notes = read_cell(cell.values)
    if element == "rests":
        return any(note.rest for note in notes)
    if element == "ties":
        return any(note.tied for note in notes)
    if element == "triplets":
        return any(note.duration_ql.denominator % 3 == 0 for note in notes)
    return False


def _by_business(pattern: Pattern) -> Pattern:
    onsets = sum(bool(event.role) for event in read_pattern(pattern.events))
    busy = onsets / float(read_length(pattern.length))
    return msgspec.structs.replace(pattern, weight=pattern.weight * busy**_BUSY_POWER)


def _by_calm(cell: Cell) -> Cell:
    notes = [note for note in read_cell(cell.values) if not note.rest]
    mean = sum(float(note.duration_ql) for note in notes) / max(1, len(notes))
    return msgspec.structs.replace(cell, weight=cell.weight * max(0.1, mean) ** _BUSY_POWER)


def weigh_focus(
    note: ScaleNote, last: ScaleNote | None, staff: int, focus: Focus, key: str
) -> float:
    """How much likelier a note is made by the focus; wide intervals more, for lines avoid them."""
    if not _is_leant_on(note, last, staff, focus, key):
        return 1.0
    wide = focus.element == "interval" and focus.number >= _WIDE
    return _WIDE_PREFERENCE if wide else _PREFERENCE[focus.element]


def _is_leant_on(
    note: ScaleNote, last: ScaleNote | None, staff: int, focus: Focus, key: str
) -> bool:
    match focus.element:
        case "accidentals":
            found = note.pitch % OCTAVE in signature_pcs(key)
        case "chromatic":
            found = note.pitch % OCTAVE not in read_key(key).scale
        case "ledger":
            low, high = LEDGER[staff]
            found = not low < note.step < high
        case "interval":
            found = last is not None and abs(note.step - last.step) == focus.number - 1
        case "leaps":
            found = last is not None and abs(note.pitch - last.pitch) >= LEAP
        case _:
            found = False
    return found


def lean_seat(seat: Seat, focus: Focus | None, row: Level) -> Seat:
    """Where a hand plays that is to read ledger lines: above its staff, or about middle C."""
    if focus is None or focus.element != "ledger" or seat.position or seat.staff != 1:
        return seat
    low, high = row.right_range
    if high >= _HIGH_SEAT[1] - OCTAVE // 2:
        top = min(high, _HIGH_SEAT[1])
        return Seat(1, max(low, _HIGH_SEAT[0]), top, position=False)
    return Seat(1, low, min(high, max(_LOW_SEAT_TOP, low + OCTAVE)), position=False)
