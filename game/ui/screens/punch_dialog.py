"""Where to punch in and out: a small window over the scorecard."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.widgets import Static

from game.sessions.plan import take_timeline
from game.sessions.punch import PREROLLS, default_region, suggest_region
from game.sessions.spots import move_bar, move_spot, say_spot
from game.take import Region
from game.ui.punching import PunchOrder

if TYPE_CHECKING:
    from fractions import Fraction

    from textual.app import ComposeResult

    from exercises.chart import Chart
    from game.ui.keeping import Outcome

ROWS = ("Punch in", "Punch out", "Pre-roll", "Passes")
IN, OUT, PREROLL, PASSES = range(4)


class PunchDialog(ModalScreen[PunchOrder | None]):
    """Gives what to record, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,shift+tab", "row(-1)", "Row"),
        Binding("down,tab", "row(1)", "Row"),
        Binding("left", "beat(-1)", "Beat"),
        Binding("right", "beat(1)", "Beat"),
        Binding("pageup", "bar(-1)", "Bar"),
        Binding("pagedown", "bar(1)", "Bar"),
        Binding("enter,space", "go", "Record"),
        Binding("escape,p", "close", "Close"),
    ]

    DEFAULT_CSS = """
    PunchDialog { align: center middle; background: $background 60%; }
    PunchDialog > Static {
        width: 48; height: auto; padding: 1 2;
        border: round $primary; border-title-color: $primary; border-title-style: bold;
        border-subtitle-color: $text-muted; background: $surface;
    }
    """

    def __init__(self, chart: Chart, region: Region, *, is_suggested: bool) -> None:
        """Begin with a region; `is_suggested` where it is the take's worst place."""
        super().__init__()
        self._chart = chart
        self._edges = [region.start_ql, region.end_ql]
        self._bars = PREROLLS[0]
        self._loops = False
        self._row = IN
        self._is_suggested = is_suggested
        self._box = Static(markup=False)

    def compose(self) -> ComposeResult:
        """One box."""
        self._box.border_title = "Punch"
        self._box.border_subtitle = "Enter records, Esc closes"
        yield self._box

    def on_mount(self) -> None:
        """Show where it stands."""
        self._draw()

    @property
    def chosen(self) -> Region:
        """What is chosen."""
        return Region(*self._edges)

    def _draw(self) -> None:
        bars = "bar" if self._bars == 1 else "bars"
        values = (*(say_spot(self._chart, edge) for edge in self._edges), f"{self._bars} {bars}")
        values = (*values, "round and round" if self._loops else "one")
        words = Text()
        for row, (name, value) in enumerate(zip(ROWS, values, strict=True)):
            here = row == self._row
            words.append(f"{'›' if here else ' '} {name:<10} ", "bold" if here else "")  # noqa: RUF001 - a pointer
            words.append(f"‹ {value} ›\n" if here else f"  {value}\n", "bold" if here else "")  # noqa: RUF001 - arrows
        if self._is_suggested:
            words.append("\nThe worst place of the take.\n", "italic")
        words.append("\n← → a beat, PgUp PgDn a bar, ↑ ↓ a row", "dim")
        self._box.update(words)

    def action_row(self, by: int) -> None:
        """The row above or below."""
        self._row = (self._row + by) % len(ROWS)
        self._draw()

    def action_beat(self, by: int) -> None:
        """An edge by beats, the pre-roll by bars, one pass or a loop."""
        if self._row == PREROLL:
            at = PREROLLS.index(self._bars) + by
            self._bars = PREROLLS[max(0, min(len(PREROLLS) - 1, at))]
            self._draw()
        elif self._row == PASSES:
            self._loops = not self._loops
            self._draw()
        else:
            self._move(move_spot(self._chart, self._edges[self._row], by))

    def action_bar(self, by: int) -> None:
        """An edge to the next bar line."""
        if self._row in {IN, OUT}:
            self._move(move_bar(self._chart, self._edges[self._row], by))

    def _move(self, edge: Fraction) -> None:
        """Move an edge; the other gives way by a beat where they would meet."""
        self._edges[self._row] = edge
        if self._edges[IN] >= self._edges[OUT]:
            if self._row == IN:
                self._edges[OUT] = move_spot(self._chart, edge, 1)
            else:
                self._edges[IN] = move_spot(self._chart, edge, -1)
            if self._edges[IN] >= self._edges[OUT]:
                last = self._row == IN
                self._edges[self._row] = move_spot(self._chart, edge, -1 if last else 1)
        self._is_suggested = False
        self._draw()

    def action_go(self) -> None:
        """Record this."""
        self.dismiss(PunchOrder(self.chosen, self._bars, self._loops))

    def action_close(self) -> None:
        """Not now."""
        self.dismiss(None)


def suggest_punch(outcome: Outcome) -> PunchDialog:
    """The dialog for a graded take, at its worst place."""
    chart, take = outcome.chart, outcome.take
    timeline = take_timeline(chart, quarter_bpm=take.quarter_bpm)
    worst = suggest_region(chart, outcome.scorecard, take.events, timeline=timeline)
    return PunchDialog(chart, worst or default_region(chart), is_suggested=worst is not None)
