"""The page on the screen: systems, the playhead, and what became of each note."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.style import Style
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message
from textual.reactive import reactive

from game.ui.score.cells import BLANK, PICTURED, Row
from game.ui.score.pictured_view import PicturedView
from game.ui.score.rows import MARKER, changed_covers
from game.ui.score.slots import find_repeat, find_system, repeated_ids

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from textual.events import Click
    from textual.strip import Strip

    from game.notation.page import Page


class ScoreView(PicturedView, can_focus=True):
    """Systems of an engraved page, turned without scrolling while the playhead moves on.

    With room for several systems, one that has been played is replaced by the next that is not
    yet shown, in the same place. With room for one, bars that have been played give way to the
    first bars of the next system, so that the eye can always read ahead. What changes in a frame
    is written to the terminal at once where nothing covers it (see `game.ui.score.cell_view`).
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

    class Picked(Message):
        """A note was clicked."""

        def __init__(self, score: ScoreView, note_id: str) -> None:
            """Tell which: the first pass's id where its bar is played again."""
            super().__init__()
            self.score = score
            self.note_id = note_id

        @property
        def control(self) -> ScoreView:
            """The widget that was clicked."""
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
        self._rows.turn_to(page)
        self.turn_pictures(page)
        self._find_head: Callable[[float], tuple[float | None, str]] = lambda ql: (ql, MARKER)
        self._find_cover: Callable[[float], float | None] = lambda _: None
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
        return tuple(slot.system for slot in self._rows.slots)

    @property
    def verdicts(self) -> Mapping[str, str]:
        """What has become of the notes so far, by their ids."""
        return self._rows.verdicts

    # Verbs

    def mark(self, note_id: str, verdict: str) -> None:
        """Show what became of a note: right, early, late, wrong or missed."""
        self.show_cells(*self._rows.mark(note_id, verdict))
        self.colour_head(note_id, verdict)

    def mark_extra(self, onset_ql: float) -> None:
        """Show that something was played that is not in the chart."""
        self.show_cells(*self._rows.mark_extra(onset_ql))

    def mark_take(self, verdicts: Mapping[str, str]) -> None:
        """Show the verdicts of a whole take: a head that stands for several passes the worst."""
        self._rows.verdicts = dict(verdicts)
        self._rows.extras_ql.clear()
        self._rows.shows_worst = True
        self._rows.forget()
        self.forget_pictures()
        self.refresh()

    def point_at(self, onset_ql: float | None, note_id: str = "") -> None:
        """Point at a place while nothing plays, and turn to it; None points nowhere.

        Unlike the playhead's, the systems stay as they are printed: nothing gives way.

        Args:
            onset_ql: the sounding time.
            note_id: a note whose head stands out; empty for none.
        """
        rows = self._rows
        left = [rows.playhead(), rows.head_cells()]
        rows.head_ql, rows.sign, rows.pointed = onset_ql, MARKER, note_id
        if self.page is not None and onset_ql is not None:
            system = find_system(self.page, onset_ql)
            if system not in self.shown_systems:
                self.first_system = system
        cells = [*left, rows.playhead(), rows.head_cells()]
        self.show_cells(*(each for each in cells if each is not None))

    def clear_marks(self) -> None:
        """Forget all verdicts."""
        self._rows.verdicts.clear()
        self._rows.extras_ql.clear()
        self._rows.forget()
        self.forget_pictures()
        self.refresh()

    def action_turn(self, by: int) -> None:
        """Leaf forwards or back by so many systems; while something plays, nothing happens."""
        page = self.page
        if page is None or self.position_ql is not None:
            return
        last = max(0, len(page.systems) - max(1, len(self._rows.slots)))
        self.first_system = max(0, min(self.first_system + by, last))

    # Watching

    def watch_page(self, page: Page | None) -> None:
        """Lay out anew; marks stay where the notes are the same."""
        self._rows.turn_to(page)
        self.turn_pictures(page)
        self.set_reactive(ScoreView.first_system, 0)
        self._arrange()
        self.refresh()

    def watch_first_system(self) -> None:
        """Show the systems from another one on."""
        self._arrange()
        self.refresh()
        self.post_message(self.Turned(self, self.current_system))

    def watch_position_ql(self, before: float | None, position: float | None) -> None:
        """Move the playhead; only the cells it leaves and enters are drawn."""
        rows, page = self._rows, self.page
        left, sign, covered = rows.playhead(), rows.sign, rows.covers()
        self._follow(position)
        if page is None or not rows.slots:
            return
        again = find_repeat(page, before, position)
        if again is not None:
            for name in repeated_ids(page, *again):
                rows.verdicts.pop(name, None)
            rows.forget()
            self.forget_pictures()
        shown = rows.slots
        if self._arrange() or again is not None:
            regions = {
                Region(0, slot.first, self.size.width, slot.last - slot.first)
                for slots in (shown, rows.slots)
                for slot in slots
                if again is not None or slot not in shown or slot not in rows.slots
            }
            self.show_cells(
                *regions, *(each for each in (left, rows.playhead()) if each is not None)
            )
            if [slot.system for slot in shown] != [slot.system for slot in rows.slots]:
                self.post_message(self.Turned(self, self.current_system))
            return
        entered = rows.playhead()
        changed = [] if (left, sign) == (entered, rows.sign) else [left, entered]
        changed += changed_covers(covered, rows.covers(), self.size.width)
        self.show_cells(*(cells for cells in changed if cells is not None))

    def _follow(self, position: float | None) -> None:
        """Find what there is to see of a place in the music."""
        rows = self._rows
        rows.position_ql = rows.head_ql = position
        rows.cover_ql = None
        if position is not None:
            rows.head_ql, rows.sign = self._find_head(position)
            rows.cover_ql = self._find_cover(position)

    def aid(
        self,
        find_head: Callable[[float], tuple[float | None, str]],
        find_cover: Callable[[float], float | None],
        hidden_hand: str,
    ) -> None:
        """Show the music in another way from now on.

        Args:
            find_head: where the playhead stands at a place in the music (None: nowhere), and the
                sign above it.
            find_cover: up to where notes are hidden at a place in the music; None hides none.
            hidden_hand: "left" or "right": whose notes are hidden; "" hides none.
        """
        self._find_head, self._find_cover = find_head, find_cover
        self._rows.hidden_hand = hidden_hand
        self._rows.forget()
        self._follow(self.position_ql)
        self.refresh()

    def on_click(self, event: Click) -> None:
        """Tell which note was meant."""
        note_id = self._rows.note_at(event.x, event.y)
        if note_id:
            self.post_message(self.Picked(self, note_id))

    def on_resize(self) -> None:
        """Fit as many systems as there is room for."""
        self._arrange()
        self.refresh()

    def _arrange(self) -> bool:
        self._rows.width = self.size.width
        return self._rows.arrange(self.size.height, self.first_system)

    # Drawing

    def render_lines(self, crop: Region) -> list[Strip]:
        """Rows for Textual's compositor, which may ask for them before it tells of a new size."""
        if self._rows.width != self.size.width or not self._rows.slots:
            self._arrange()
        return super().render_lines(crop)

    def cells(self, y: int) -> Row:
        """One row: the system's characters, marks, and the playhead over them."""
        width = self.size.width
        if self.page is None or not self._rows.slots:
            words = self._placeholder if y == self.size.height // 2 else ""
            return Row(words.center(width)[:width], ["word"] * width)
        return self._rows.row(y)

    def look_over(self) -> Style:
        """What the playhead adds to a cell."""
        return Style(bgcolor=self.look("playhead").bgcolor)

    def look(self, name: str) -> Style:
        """The style of a cell by the name of its look."""
        if name in {BLANK, PICTURED}:
            return self.rich_style
        return self.get_component_rich_style(f"score--{name}")
