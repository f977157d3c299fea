"""What stands in each row of the score: a character and the name of its look for every cell.

Knows systems, slots, marks and the playhead, and no screen: rows and columns are the widget's.
Rows are kept until something in them changes, so that a frame costs what has changed in it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from textual.geometry import Region

from game.scoring.marks import SIGNS
from game.ui.score.cells import BLANK, OVER, PICTURED, Row, blank_row
from game.ui.score.marks import HEAD_REACH, name_cells, sign_lane, verdict_of
from game.ui.score.octants import SOLID
from game.ui.score.slots import arrange_slots, find_system, note_ids, row_in

if TYPE_CHECKING:
    from game.notation.page import NotePlace, Page, System
    from game.ui.score.slots import Slot

MARKER = "▼"
DIVIDER = "┊"


class ScoreRows:
    """The score as rows of cells, of a width and height that are told."""

    def __init__(self) -> None:
        """Nothing to show yet."""
        self.page: Page | None = None
        self.slots: tuple[Slot, ...] = ()
        self.verdicts: dict[str, str] = {}
        self.extras_ql: list[float] = []
        self.shows_worst = False
        self.position_ql: float | None = None
        self.head_ql: float | None = None
        """Where the playhead stands; None shows none."""
        self.sign = MARKER
        """What stands above the playhead: the count, or an arrow."""
        self.cover_ql: float | None = None
        """Up to where the notes are hidden; None hides none."""
        self.hidden_hand = ""
        self.pointed = ""
        """The id of the note whose head is pointed at; empty for none."""
        self.width = 0
        self.pictured = False
        """Whether pictures of the systems stand over the cells, which then only say where."""
        self.solid = False
        """Whether dots are drawn as solid blocks."""
        self._lines: dict[tuple[int, int], Row] = {}
        """By system and its row; row -1 is the lane."""
        self._rows: dict[int, Row] = {}
        """By the widget's row, for the slots as they are, without a playhead."""
        self._heads: dict[str, tuple[int, int, int, int]] = {}
        """System, column, first row and rows of each note's head, by the ids of all passes."""

    # What changes

    def turn_to(self, page: Page | None) -> None:
        """Show another page; marks stay where the notes are the same."""
        before, self.page = self.page, page
        if page is None or before is None or note_ids(before) != note_ids(page):
            self.verdicts.clear()
            self.extras_ql.clear()
        self._heads = {
            name: (index, note.column, note.row, note.rows)
            for index, system in enumerate(page.systems if page else ())
            for note in system.notes
            for name in (note.id, *note.later)
        }
        self.forget()

    def forget(self) -> None:
        """Compose every row anew."""
        self._lines.clear()
        self._rows.clear()

    def arrange(self, height: int, first_system: int) -> bool:
        """Place the systems for a height; gives whether anything stands elsewhere now."""
        page = self.page
        slots = (
            arrange_slots(page, height, first_system, self.position_ql)
            if page is not None and page.systems and height > 0
            else ()
        )
        if slots == self.slots:
            return False
        self.slots = slots
        self._rows.clear()
        return True

    def mark(self, note_id: str, verdict: str) -> list[Region]:
        """Keep a verdict; gives the cells that change with it."""
        self.verdicts[note_id] = verdict
        head = self._heads.get(note_id)
        if head is None or self.page is None:
            return []
        index, column, row, rows = head
        for each in (*range(row, row + rows), -1):
            self._lines.pop((index, each), None)
        x = max(0, column - HEAD_REACH + self.left)
        width = 2 * HEAD_REACH + 1
        regions = []
        for slot in self.slots:
            if slot.system == index or (slot.next_until and slot.following == index):
                for y in range(slot.first, slot.last):
                    if slot.top + row - 1 <= y <= slot.top + row + rows or y == slot.lane:
                        self._rows.pop(y, None)
            if slot.system == index:
                regions.append(Region(x, slot.top + row, width, rows))
                regions.append(Region(x, slot.lane, width, 1))
        return regions

    def mark_extra(self, onset_ql: float) -> list[Region]:
        """Keep where a note was played that is not written; gives the cells that change with it."""
        page = self.page
        if page is None:
            self.extras_ql.append(onset_ql)
            return []
        onset_ql = page.shown_ql(onset_ql)
        self.extras_ql.append(onset_ql)
        regions = []
        for index, system in enumerate(page.systems):
            if system.onset_ql <= onset_ql < system.end_ql:
                self._lines.pop((index, -1), None)
                column = int(system.playhead_column(onset_ql)) + self.left
                for slot in self.slots:
                    if index in {slot.system, slot.following}:
                        self._rows.pop(slot.lane, None)
                        regions.append(Region(column, slot.lane, 1, 1))
        return regions

    # Where things are

    @property
    def left(self) -> int:
        """The column in which the page begins."""
        return max(0, (self.width - self.page.request.columns) // 2) if self.page else 0

    def playhead(self) -> Region | None:
        """The cells of the playhead as they are now."""
        page, position = self.page, self.head_ql
        if page is None or position is None or not self.slots:
            return None
        # A lone slot may have turned early.
        lone = len(self.slots) == 1
        index = self.slots[0].system if lone else find_system(page, position)
        for slot in self.slots:
            if slot.system == index:
                shown = page.shown_ql(position)
                column = int(page.systems[index].playhead_column(shown)) + self.left
                if 0 <= column < self.width:
                    return Region(column, slot.first, 1, slot.last - slot.first)
        return None

    def head_cells(self) -> Region | None:
        """The cells of the head that is pointed at; None where none is in sight."""
        head = self._heads.get(self.pointed)
        if head is None:
            return None
        index, column, row, rows = head
        for slot in self.slots:
            if slot.system == index:
                x = max(0, column - HEAD_REACH + self.left)
                return Region(x, slot.top + row, 2 * HEAD_REACH + 1, rows)
        return None

    def note_at(self, x: int, y: int) -> str:
        """The id of the note whose head is nearest to a cell of a slot; empty where there is none.

        Columns count more than rows: a click on a sign in the lane means the note above it.
        """
        page = self.page
        slot = next((slot for slot in self.slots if slot.first <= y < slot.last), None)
        if page is None or slot is None:
            return ""
        column, row = x - self.left, y - slot.top
        notes = page.systems[slot.system].notes
        if not notes:
            return ""
        nearest = min(notes, key=lambda note: (abs(note.column - column), abs(note.row - row)))
        return nearest.id

    def covers(self) -> list[tuple[Slot, int]]:
        """Up to which column (of the widget) the notes of each slot are hidden."""
        page, cover = self.page, self.cover_ql
        if page is None or cover is None or self.position_ql is None:
            return []
        reached = find_system(page, cover)
        column = self.left + int(page.systems[reached].playhead_column(page.shown_ql(cover))) + 2
        # A system that is played and covered to its end is covered whole.
        whole = find_system(page, self.position_ql) if cover > page.systems[0].onset_ql else -1
        return [
            (slot, column if slot.system == reached else self.width)
            for slot in self.slots
            if cover > page.systems[0].onset_ql and slot.system in {reached, whole}
        ]

    # What stands there

    def row(self, y: int) -> Row:
        """The cells of a row, the playhead and the head that is pointed at among them."""
        row = self.covered_row(y)
        playhead = self.playhead()
        if playhead is not None and playhead.y <= y < playhead.bottom:
            column = playhead.x
            cell, name = self.under_playhead(y, row, column)
            names = row.names.copy()
            names[column] = name
            row = Row(row.text[:column] + cell + row.text[column + 1 :], names)
        head = self.head_cells()
        if head is not None and head.y <= y < head.bottom:
            names = row.names.copy()
            for x in range(head.x, min(head.right, len(names))):
                names[x] = OVER + names[x].removeprefix(OVER)
            row = Row(row.text, names)
        return row

    def under_playhead(self, y: int, plain: Row, column: int) -> tuple[str, str]:
        """The playhead's cell in a row: a character and its look."""
        cell, name = plain.text[column], plain.names[column]
        for slot in self.slots:
            if slot.marker == y:
                if cell == " ":
                    cell, name = self.sign, "marker"
                # Where there is no row for the sign alone, it stands in the playhead's column.
                return cell, OVER + name if slot.marker >= slot.top else name
        return cell, OVER + name

    def covered_row(self, y: int) -> Row:
        """The cells of a row with what is hidden ahead of the music, without the playhead."""
        plain = self.plain_row(y)
        if self.cover_ql is None:
            return plain
        for slot, column in self.covers():
            if slot.top <= y < slot.last and y != slot.lane:
                bare = self._bare_row(y, slot)
                if bare is not None:
                    text = bare.text[:column] + plain.text[column:]
                    return Row(text, bare.names[:column] + plain.names[column:])
        return plain

    def _bare_row(self, y: int, slot: Slot) -> Row | None:
        """The row with its staves and nothing on them; of a picture nothing at all is left."""
        page = self.page
        if self.pictured:
            return blank_row(self.width)
        row = y - slot.top
        if page is None or not 0 <= row < len(page.systems[slot.system].bare):
            return None
        system = page.systems[slot.system]
        names = name_cells(msgspec.structs.replace(system, rows=system.bare, notes=()), row, {})
        return self._widen(Row(self._fill(system.bare[row]), names))

    def plain_row(self, y: int) -> Row:
        """The cells of a row without the playhead."""
        kept = self._rows.get(y)
        if kept is None or len(kept.names) != self.width:
            kept = self._rows[y] = self._compose_row(y)
        return kept

    def _compose_row(self, y: int) -> Row:
        page, width = self.page, self.width
        slot = next((slot for slot in self.slots if slot.first <= y < slot.last), None)
        if slot is None or page is None:
            return blank_row(width)
        line = self._line(page, slot.system, row_in(page, slot.system, slot, y))
        if slot.next_until:
            line = self._with_next(page, slot, y, line)
        return self._widen(line)

    def _widen(self, line: Row) -> Row:
        """The cells of the page in the middle of the widget."""
        left, width = self.left, self.width
        rest = max(0, width - left - len(line.names))
        text = " " * left + line.text + " " * rest
        names = [BLANK] * left + line.names + [BLANK] * rest
        return Row(text[:width], names[:width])

    def _with_next(self, page: Page, slot: Slot, y: int, line: Row) -> Row:
        """The row with the beginning of the next system over bars already played."""
        following, until = slot.following, slot.next_until
        # Aligned by the upper staff, as the next system will be when it is turned to.
        shift = (
            page.systems[following].staff_rows[0][0] - page.systems[slot.system].staff_rows[0][0]
        )
        ahead = self._line(page, following, None if y == slot.lane else y - slot.top + shift)
        return Row(
            ahead.text[:until] + DIVIDER + line.text[until + 1 :],
            [*ahead.names[:until], "divider", *line.names[until + 1 :]],
        )

    def _line(self, page: Page, index: int, row: int | None) -> Row:
        """A row of a system with its marks; row None is the lane; other rows are blank."""
        system = page.systems[index]
        columns = page.request.columns
        if row is not None and not 0 <= row < len(system.rows):
            return blank_row(columns)
        key = (index, -1 if row is None else row)
        kept = self._lines.get(key)
        if kept is None:
            kept = self._lines[key] = (
                self._lane(page, index) if row is None else self._drawn_line(system, row)
            )
        return kept

    def verdict_of(self, note: NotePlace) -> str | None:
        """What became of a head so far."""
        return verdict_of(note, self.verdicts, worst=self.shows_worst)

    def shown_rows(self, system: System) -> tuple[int, int]:
        """The first row of a system's picture that is shown, and one past the last."""
        rows = len(system.rows)
        if not self.hidden_hand or len(system.staff_rows) == 1:
            return 0, rows
        middle = _middle_row(system)
        return (middle, rows) if self.hidden_hand == "right" else (0, middle)

    def _drawn_line(self, system: System, row: int) -> Row:
        if self.pictured:
            first, last = self.shown_rows(system)
            text = system.rows[row] if first <= row < last else ""
            blank = blank_row(len(system.rows[row]))
            return Row(blank.text, [PICTURED if c != " " else BLANK for c in text] or blank.names)
        if self.hidden_hand and system.bare and self._is_hidden(system, row):
            system = msgspec.structs.replace(system, rows=system.bare, notes=())
        names = name_cells(system, row, self.verdicts, worst=self.shows_worst)
        return Row(self._fill(system.rows[row]), names)

    def _fill(self, text: str) -> str:
        return text.translate(SOLID) if self.solid else text

    def _is_hidden(self, system: System, row: int) -> bool:
        """Whether a row is of the hand that is hidden; a lone staff is both hands'."""
        if len(system.staff_rows) == 1:
            return False
        return (row < _middle_row(system)) == (self.hidden_hand == "right")

    def _lane(self, page: Page, index: int) -> Row:
        columns = page.request.columns
        text, names = [" "] * columns, [BLANK] * columns
        for column, verdict in sign_lane(
            page.systems[index], self.verdicts, self.extras_ql, worst=self.shows_worst
        ).items():
            if column < columns:
                text[column], names[column] = SIGNS[verdict], verdict
        return Row("".join(text), names)


def _middle_row(system: System) -> int:
    """The first row of a grand staff that is of the lower hand."""
    return (system.staff_rows[0][1] + system.staff_rows[-1][0]) // 2


def changed_covers(
    before: list[tuple[Slot, int]], after: list[tuple[Slot, int]], width: int
) -> list[Region]:
    """The cells that are hidden now and were not, or the other way round."""
    old, new = dict(before), dict(after)
    regions = []
    for slot in {*old, *new}:
        first, last = sorted((old.get(slot, 0), new.get(slot, 0)))
        if first != last:
            regions.append(Region(first, slot.top, min(last, width) - first, slot.last - slot.top))
    return regions
