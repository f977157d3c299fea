"""The page on the screen: systems, the playhead, and what became of each note."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from game.ui.score_marks import HEAD_REACH, SIGNS, name_cells, sign_lane
from game.ui.score_slots import (
    Slot,
    arrange_slots,
    find_repeat,
    find_system,
    note_ids,
    repeated_ids,
    row_in,
)

if TYPE_CHECKING:
    from game.notation.page import Page, System

MARKER = "▼"
DIVIDER = "┊"


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
        & > .score--missed { color: $error 75%; text-style: bold; }
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
        self.shows_worst = False
        """Whether a head shows the worst of its passes (after a take) or the last (in it)."""
        self._verdicts: dict[str, str] = {}
        self._extras_ql: list[float] = []
        self._slots: tuple[Slot, ...] = ()
        self._lines: dict[tuple[int, int], Strip] = {}
        self.set_reactive(ScoreView.page, page)

    # What is shown

    @property
    def current_system(self) -> int:
        """The index of the system that is played, or looked at first."""
        page, position = self.page, self.position_ql
        if page is None or position is None:
            return self.first_system
        return find_system(page, position)

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
        page = self.page
        if page is None:
            self._extras_ql.append(onset_ql)
            return
        onset_ql = page.shown_ql(onset_ql)
        self._extras_ql.append(onset_ql)
        for index, system in enumerate(page.systems):
            if system.onset_ql <= onset_ql < system.end_ql:
                self._forget_lines(index)

    def clear_marks(self) -> None:
        """Forget all verdicts."""
        self._verdicts.clear()
        self._extras_ql.clear()
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
        if page is None or before is None or note_ids(before) != note_ids(page):
            self._verdicts.clear()
            self._extras_ql.clear()
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
        again = find_repeat(self.page, before, position)
        if again is not None:
            for name in repeated_ids(self.page, *again):
                self._verdicts.pop(name, None)
            self._lines.clear()
            self.refresh()
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
        self.refresh()

    def notify_style_update(self) -> None:
        """Draw with the new theme's colours."""
        super().notify_style_update()
        self._lines.clear()

    # Arranging

    def _arrange(self) -> None:
        page, height = self.page, self.size.height
        self._slots = (
            arrange_slots(page, height, self.first_system, self.position_ql)
            if page is not None and page.systems and height > 0
            else ()
        )

    # Drawing

    def render_line(self, y: int) -> Strip:
        """One row: the system's characters, marks, and the playhead over them."""
        width = self.size.width
        page = self.page
        if page is None or not self._slots:
            words = self._placeholder if y == self.size.height // 2 else ""
            text = words.center(width)[:width]
            return Strip([Segment(text, self._style("word"))], width)
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

    def _content(self, page: Page, slot: Slot, y: int) -> Strip:
        line = self._line(page, slot.system, row_in(page, slot.system, slot, y))
        if not slot.next_until:
            return line
        following = slot.following
        # Aligned by the upper staff, as the next system will be when it is turned to.
        shift = (
            page.systems[following].staff_rows[0][0] - page.systems[slot.system].staff_rows[0][0]
        )
        row: int | None = y - slot.top + shift
        if y == slot.lane:
            row = None
        ahead = self._line(page, following, row).crop(0, slot.next_until)
        edge = Strip([Segment(DIVIDER, self._style("divider"))], 1)
        return Strip.join([ahead, edge, line.crop(slot.next_until + 1)])

    def _with_playhead(self, line: Strip, slot: Slot, y: int, left: int) -> Strip:
        page, position = self.page, self.position_ql
        if page is None or position is None or slot.system != self._system_of_playhead():
            return line
        column = left + int(page.systems[slot.system].playhead_column(page.shown_ql(position)))
        width = line.cell_length
        if not 0 <= column < width:
            return line
        before, cell, after = (
            line.crop(0, column),
            line.crop(column, column + 1),
            line.crop(column + 1),
        )
        if y == slot.marker and not cell.text.strip():
            cell = Strip([Segment(MARKER, self._style("marker"))], 1)
        if y != slot.marker or slot.marker >= slot.top:
            over = Style(bgcolor=self._style("playhead").bgcolor)
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
        names = name_cells(system, row, self._verdicts, worst=self.shows_worst)
        return self._strip(system.rows[row], names)

    def _draw_lane(self, system: System, columns: int) -> Strip:
        text, names = [" "] * columns, ["ink"] * columns
        for column, verdict in sign_lane(
            system, self._verdicts, self._extras_ql, worst=self.shows_worst
        ).items():
            if column < columns:
                text[column], names[column] = SIGNS[verdict], verdict
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
        return self.get_component_rich_style(f"score--{name}")

    # Where things are

    def _system_of_playhead(self) -> int:
        """The system that the playhead is drawn in: a lone slot may have turned early."""
        return self._slots[0].system if len(self._slots) == 1 else self.current_system

    def _playhead_cell(self, position: float | None) -> Region | None:
        """The cells of the playhead at a time, as they are shown now."""
        page = self.page
        if page is None or position is None:
            return None
        lone = len(self._slots) == 1
        index = self._slots[0].system if lone else find_system(page, position)
        for slot in self._slots:
            if slot.system == index:
                shown = page.shown_ql(position)
                column = int(page.systems[index].playhead_column(shown)) + self._left(page)
                return Region(column, slot.first, 1, slot.last - slot.first)
        return None

    def _forget_lines_of(self, note_id: str) -> None:
        page = self.page
        if page is None:
            return
        for index, system in enumerate(page.systems):
            for note in system.notes:
                if note.id == note_id or note_id in note.later:
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
                x = max(0, column - HEAD_REACH + self._left(page))
                width = 2 * HEAD_REACH + 1
                self.refresh(Region(x, slot.top + row, width, rows), Region(x, slot.lane, width, 1))
