"""The page on the screen: systems, the playhead, and what became of each note."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

if TYPE_CHECKING:
    from game.notation.page import Page, System

SIGNS = {
    "right": "•",
    "early": "‹",  # noqa: RUF001 - a sign, not a "less than"
    "late": "›",  # noqa: RUF001
    "wrong": "✗",
    "missed": "○",
    "extra": "+",
}
"""What each verdict looks like in the lane below a system; colour only repeats it."""
SEVERITY = ("right", "early", "late", "extra", "missed", "wrong")
"""Of several verdicts in one column the last of these is shown."""
STAFF_LINE_CELLS = frozenset(map(chr, (0x2800 | bits for bits in (0x09, 0x12, 0x24, 0xC0))))
"""Cells with one full row of dots: staff lines, which are drawn fainter than the music."""
MARKER = "▼"
DIVIDER = "┊"
TURN_EARLY_QL = 0.5
"""How long before the end a lone system that shows nothing of the next is turned."""
LANE_ROWS = 1
MARKER_ROWS = 1


@dataclass(frozen=True)
class _Slot:
    """Rows of the widget that show one system, and perhaps the beginning of the next."""

    system: int
    top: int
    """The widget's row of the system's first row; may be negative (cropped)."""
    marker: int
    """The widget's row of the playhead's marker."""
    lane: int
    """The widget's row of the signs."""
    first: int
    """The first row that belongs to the slot."""
    last: int
    """One past its last row."""
    next_until: int = 0
    """Up to which column the beginning of the next system stands over bars already played."""


class ScoreView(Widget, can_focus=True):
    """Systems of an engraved page, turned without scrolling while the playhead moves on.

    With room for several systems, one that has been played is replaced by the next that is not
    yet shown, in the same place. With room for one, bars that have been played give way to the
    first bars of the next system, so that the eye can always read ahead.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("pagedown,right", "turn(1)", "Next system", show=False),
        Binding("pageup,left", "turn(-1)", "Previous system", show=False),
    ]
    """
    | Key(s) | Description |
    | :- | :- |
    | pagedown,right | Look at the next systems (while nothing plays). |
    | pageup,left | Look at the systems before. |
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "score--ink",
        "score--staff",
        "score--chord",
        "score--word",
        "score--divider",
        "score--playhead",
        "score--marker",
        "score--right",
        "score--early",
        "score--late",
        "score--wrong",
        "score--missed",
        "score--extra",
    }
    """
    | Class | Description |
    | :- | :- |
    | `score--ink` | Notes and all other signs. |
    | `score--staff` | Bare staff lines. |
    | `score--chord` | Chord symbols. |
    | `score--word` | Tempo, dynamics, bar numbers and other words. |
    | `score--divider` | The edge between played bars and the next system's first. |
    | `score--playhead` | The column where the music is. |
    | `score--marker` | The sign above the playhead. |
    | `score--right` and so on | A verdict's sign and its notehead. |
    """

    DEFAULT_CSS = """
    ScoreView {
        width: 1fr;
        height: 1fr;
        background: $background;
        & > .score--ink { color: $foreground; }
        & > .score--staff { color: $foreground 45%; }
        & > .score--chord { color: $accent; text-style: bold; }
        & > .score--word { color: $foreground 80%; text-style: italic; }
        & > .score--divider { color: $primary; }
        & > .score--playhead { background: $primary 55%; }
        & > .score--marker { color: $primary; text-style: bold; }
        & > .score--right { color: $success; text-style: bold; }
        & > .score--early { color: $warning; text-style: bold; }
        & > .score--late { color: $warning; text-style: bold; }
        & > .score--wrong { color: $error; text-style: bold underline; }
        & > .score--missed { color: $accent; text-style: bold; }
        & > .score--extra { color: $error; text-style: bold; }
    }
    """

    page: reactive[Page | None] = reactive(None, init=False)
    """What is shown; a new page forgets all marks unless it is the same chart engraved anew."""

    position_ql: reactive[float | None] = reactive(None, init=False, repaint=False)
    """Where the music is, in quarter notes; None shows no playhead."""

    first_system: reactive[int] = reactive(0, init=False)
    """The system in the first slot while nothing plays."""

    class Turned(Message):
        """The playhead has entered another system, or the player has leafed."""

        def __init__(self, score: ScoreView, system: int) -> None:
            """Tell which system is the current one."""
            super().__init__()
            self.score = score
            self.system = system

        @property
        def control(self) -> ScoreView:
            """The widget that was turned."""
            return self.score

    def __init__(
        self,
        page: Page | None = None,
        *,
        placeholder: str = "",
        name: str | None = None,
        id: str | None = None,  # noqa: A002 - Textual's own name
        classes: str | None = None,
    ) -> None:
        """Show a page, or words in its place while there is none."""
        super().__init__(name=name, id=id, classes=classes)
        self._placeholder = placeholder
        self._verdicts: dict[str, str] = {}
        self._extras: list[tuple[float, str]] = []
        self._slots: tuple[_Slot, ...] = ()
        self._lines: dict[tuple[int, int], Strip] = {}
        self.set_reactive(ScoreView.page, page)

    # What is shown

    @property
    def current_system(self) -> int:
        """The index of the system that is played, or looked at first."""
        page, position = self.page, self.position_ql
        if page is None or position is None:
            return self.first_system
        for index, system in enumerate(page.systems):
            if position < system.end_ql:
                return index
        return len(page.systems) - 1

    @property
    def shown_systems(self) -> tuple[int, ...]:
        """The indices of the systems in the slots, from above."""
        return tuple(slot.system for slot in self._slots)

    # Verbs

    def mark(self, note_id: str, verdict: str) -> None:
        """Show what became of a note: right, early, late, wrong or missed."""
        self._verdicts[note_id] = verdict
        self._forget_lines_of(note_id)

    def mark_extra(self, onset_ql: float) -> None:
        """Show that something was played that is not in the chart."""
        self._extras.append((onset_ql, "extra"))
        page = self.page
        if page is None:
            return
        for index, system in enumerate(page.systems):
            if system.onset_ql <= onset_ql < system.end_ql:
                self._forget_lines(index)

    def clear_marks(self) -> None:
        """Forget all verdicts."""
        self._verdicts.clear()
        self._extras.clear()
        self._lines.clear()
        self.refresh()

    def action_turn(self, by: int) -> None:
        """Leaf forwards or back by so many systems; while something plays, nothing happens."""
        page = self.page
        if page is None or self.position_ql is not None:
            return
        last = max(0, len(page.systems) - max(1, len(self._slots)))
        self.first_system = max(0, min(self.first_system + by, last))

    # Watching

    def watch_page(self, before: Page | None, page: Page | None) -> None:
        """Lay out anew; marks stay where the notes are the same."""
        if page is None or before is None or _ids(before) != _ids(page):
            self._verdicts.clear()
            self._extras.clear()
        self.set_reactive(ScoreView.first_system, 0)
        self._lines.clear()
        self._arrange()
        self.refresh()

    def watch_first_system(self) -> None:
        """Show the systems from another one on."""
        self._arrange()
        self.refresh()
        self.post_message(self.Turned(self, self.current_system))

    def watch_position_ql(self, before: float | None, position: float | None) -> None:
        """Move the playhead; only the columns it leaves and enters are drawn."""
        if self.page is None or not self._slots:
            return
        left = self._playhead_cell(before)
        slots = self._slots
        self._arrange()
        if slots != self._slots:
            self.refresh()
            if [s.system for s in slots] != [s.system for s in self._slots]:
                self.post_message(self.Turned(self, self.current_system))
            return
        entered = self._playhead_cell(position)
        if left != entered:
            self.refresh(*(cell for cell in (left, entered) if cell is not None))

    def on_resize(self) -> None:
        """Fit as many systems as there is room for."""
        self._arrange()

    def notify_style_update(self) -> None:
        """Draw with the new theme's colours."""
        super().notify_style_update()
        self._lines.clear()

    # Arranging

    def _arrange(self) -> None:
        page = self.page
        height = self.size.height
        if page is None or not page.systems or height < 1:
            self._slots = ()
            return
        above = max(system.staff_rows[0][0] for system in page.systems)
        below = max(len(s.rows) - s.staff_rows[0][0] for s in page.systems)
        slot_rows = MARKER_ROWS + above + below + LANE_ROWS
        count = min(max(1, height // slot_rows), len(page.systems))
        current = self.current_system
        if count == 1:
            self._slots = (self._lone_slot(page, current, slot_rows, above),)
            return
        spare = min((height - count * slot_rows) // (count + 1), 2)
        top = max(0, (height - count * slot_rows - spare * (count - 1)) // 2)
        shown = range(current, min(current + count, len(page.systems)))
        if len(shown) < count:
            # Near the end the systems before stay where they are.
            shown = range(len(page.systems) - count, len(page.systems))
        slots = []
        for index in shown:
            place = index % count if self.position_ql is not None else index - shown[0]
            first = top + place * (slot_rows + spare)
            inset = above - page.systems[index].staff_rows[0][0]
            slots.append(self._slot(page, index, first, first + MARKER_ROWS + inset, slot_rows))
        self._slots = tuple(sorted(slots, key=lambda slot: slot.first))

    @staticmethod
    def _slot(page: Page, index: int, first: int, top: int, rows: int) -> _Slot:
        lane = top + len(page.systems[index].rows)
        return _Slot(index, top, first, lane, first, first + rows)

    def _lone_slot(self, page: Page, current: int, slot_rows: int, above: int) -> _Slot:
        """The only slot: as high as the widget, the staves kept in sight."""
        height = self.size.height
        position = self.position_ql
        system = page.systems[current]
        following = current + 1 < len(page.systems)
        until = 0
        if position is not None and following:
            until = _preview_columns(system, page.systems[current + 1], position)
            if not until and position >= system.end_ql - TURN_EARLY_QL:
                current += 1
                system = page.systems[current]
        rows = len(system.rows)
        if slot_rows <= height:
            first = (height - slot_rows) // 2
            top = first + MARKER_ROWS + above - system.staff_rows[0][0]
            lane = top + rows
            return _Slot(current, top, first, lane, first, first + slot_rows, until)
        # Too low for all systems alike: this one as it is, words cropped before staves.
        top = MARKER_ROWS if rows + MARKER_ROWS + LANE_ROWS <= height else 0
        if rows + LANE_ROWS > height:
            overhang = rows + LANE_ROWS - height
            top = -min(system.staff_rows[0][0], overhang)
        lane = min(top + rows, height - 1)
        return _Slot(current, top, max(0, top - 1), lane, 0, height, until)

    # Drawing

    def render_line(self, y: int) -> Strip:
        """One row: the system's characters, marks, and the playhead over them."""
        width = self.size.width
        page = self.page
        if page is None or not self._slots:
            words = self._placeholder if y == self.size.height // 2 else ""
            text = words.center(width)[:width]
            return Strip([Segment(text, self._style("score--word"))], width)
        slot = next((slot for slot in self._slots if slot.first <= y < slot.last), None)
        if slot is None:
            return Strip.blank(width, self.rich_style)
        left = self._left(page)
        line = self._content(page, slot, y)
        line = Strip.join([Strip.blank(left, self.rich_style), line]) if left else line
        line = line.adjust_cell_length(width, self.rich_style)
        return self._with_playhead(line, slot, y, left)

    def _left(self, page: Page) -> int:
        return max(0, (self.size.width - page.request.columns) // 2)

    def _content(self, page: Page, slot: _Slot, y: int) -> Strip:
        line = self._line(page, slot.system, _row_in(page, slot.system, slot, y))
        if not slot.next_until:
            return line
        following = slot.system + 1
        # Aligned by the upper staff, as the next system will be when it is turned to.
        shift = (
            page.systems[following].staff_rows[0][0] - page.systems[slot.system].staff_rows[0][0]
        )
        row: int | None = y - slot.top + shift
        if y == slot.lane:
            row = None
        ahead = self._line(page, following, row).crop(0, slot.next_until)
        edge = Strip([Segment(DIVIDER, self._style("score--divider"))], 1)
        return Strip.join([ahead, edge, line.crop(slot.next_until + 1)])

    def _with_playhead(self, line: Strip, slot: _Slot, y: int, left: int) -> Strip:
        page, position = self.page, self.position_ql
        if page is None or position is None or slot.system != self._system_of_playhead():
            return line
        column = left + int(page.systems[slot.system].playhead_column(position))
        width = line.cell_length
        if not 0 <= column < width:
            return line
        before, cell, after = (
            line.crop(0, column),
            line.crop(column, column + 1),
            line.crop(column + 1),
        )
        if y == slot.marker and not cell.text.strip():
            cell = Strip([Segment(MARKER, self._style("score--marker"))], 1)
        if y != slot.marker or slot.marker >= slot.top:
            over = Style(bgcolor=self._style("score--playhead").bgcolor)
            cell = Strip([Segment(text, (style or Style()) + over) for text, style, _ in cell], 1)
        return Strip.join([before, cell, after])

    def _line(self, page: Page, index: int, row: int | None) -> Strip:
        """A row of a system with its marks; row None is the lane; other rows are blank."""
        system = page.systems[index]
        columns = page.request.columns
        key = (index, -1 if row is None else row)
        if row is not None and not 0 <= row < len(system.rows):
            return Strip.blank(columns, self.rich_style)
        if key not in self._lines:
            self._lines[key] = (
                self._draw_lane(system, columns) if row is None else self._draw_row(system, row)
            )
        return self._lines[key]

    def _draw_row(self, system: System, row: int) -> Strip:
        text = system.rows[row]
        names = ["score--staff" if cell in STAFF_LINE_CELLS else "score--ink" for cell in text]
        for word in system.words:
            if word.row == row:
                name = "score--chord" if word.kind == "chord" else "score--word"
                names[word.column : word.column + len(word.text)] = [name] * len(word.text)
        for note in system.notes:
            verdict = self._verdicts.get(note.id)
            if verdict is not None and note.row <= row < note.row + note.rows:
                for column in range(max(0, note.column - 1), min(len(text), note.column + 2)):
                    names[column] = f"score--{verdict}"
        return self._strip(text, names)

    def _draw_lane(self, system: System, columns: int) -> Strip:
        shown: dict[int, str] = {}
        marks = [
            (note.column, self._verdicts[note.id])
            for note in system.notes
            if note.id in self._verdicts
        ]
        marks += [
            (int(system.playhead_column(onset)), verdict)
            for onset, verdict in self._extras
            if system.onset_ql <= onset < system.end_ql
        ]
        for column, verdict in marks:
            held = shown.get(column, "right")
            shown[column] = max(held, verdict, key=SEVERITY.index)
        text = [" "] * columns
        names = ["score--ink"] * columns
        for column, verdict in shown.items():
            if column < columns:
                text[column], names[column] = SIGNS[verdict], f"score--{verdict}"
        return self._strip("".join(text), names)

    def _strip(self, text: str, names: list[str]) -> Strip:
        """Join neighbouring cells of one style."""
        segments = []
        start = 0
        for index in range(1, len(text) + 1):
            if index == len(text) or names[index] != names[start]:
                segments.append(Segment(text[start:index], self._style(names[start])))
                start = index
        return Strip(segments, len(text))

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(name)

    # Where things are

    def _system_of_playhead(self) -> int:
        """The system that the playhead is drawn in: a lone slot may have turned early."""
        return self._slots[0].system if len(self._slots) == 1 else self.current_system

    def _playhead_cell(self, position: float | None) -> Region | None:
        """The cells of the playhead at a time, as they are shown now."""
        page = self.page
        if page is None or position is None:
            return None
        index = self._system_of_playhead()
        for slot in self._slots:
            if slot.system == index:
                column = int(page.systems[index].playhead_column(position)) + self._left(page)
                return Region(column, slot.first, 1, slot.last - slot.first)
        return None

    def _forget_lines_of(self, note_id: str) -> None:
        page = self.page
        if page is None:
            return
        for index, system in enumerate(page.systems):
            for note in system.notes:
                if note.id == note_id:
                    for row in range(note.row, note.row + note.rows):
                        self._lines.pop((index, row), None)
                    self._lines.pop((index, -1), None)
                    self._refresh_note(index, note.column, note.row, note.rows)
                    return

    def _forget_lines(self, index: int) -> None:
        self._lines.pop((index, -1), None)
        for slot in self._slots:
            if slot.system == index:
                self.refresh(Region(0, slot.lane, self.size.width, 1))

    def _refresh_note(self, index: int, column: int, row: int, rows: int) -> None:
        page = self.page
        for slot in self._slots:
            if page is not None and slot.system == index:
                x = max(0, column - 1 + self._left(page))
                self.refresh(Region(x, slot.top + row, 3, rows), Region(x, slot.lane, 3, 1))


def _row_in(page: Page, index: int, slot: _Slot, y: int) -> int | None:
    """The system's row at a row of the widget; None for the lane, outside for none."""
    if y == slot.lane:
        return None
    row = y - slot.top
    return min(row, len(page.systems[index].rows))


def _preview_columns(system: System, following: System, position: float) -> int:
    """How many columns of the next system stand where bars have been played.

    The bars that are over by half a quarter note make room, but never the bar that sounds.
    """
    over = [bar for bar in system.bars[:-1] if bar.end_ql + TURN_EARLY_QL <= position]
    if not over:
        return 0
    room = over[-1].right - 1
    whole = [bar.right for bar in following.bars if bar.right <= room]
    # Without room for a whole bar, as much of the first as there is.
    return whole[-1] if whole else room


def _ids(page: Page) -> set[str]:
    return {note.id for system in page.systems for note in system.notes}
