"""The chart in words over another screen: a line a bar and hand, for screen readers."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

from exercises.chart import ComposeError
from exercises.spoken import speak_chart
from game.ui.paged_list import PagedList

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from textual.app import ComposeResult

    from exercises.chart import Chart
    from game.ui.screens.game_screen import GameScreen


class SpokenChart(ModalScreen[None]):
    """Lines to walk through with the arrows; each can be understood by itself."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,t,f8,enter,space", "close", "Close", priority=True),
    ]

    DEFAULT_CSS = """
    SpokenChart { background: $background; }
    SpokenChart > PagedList {
        width: 100%; height: 100%; padding: 0 1; border: round $primary;
        border-title-color: $primary; border-subtitle-color: $text-muted;
        background: $background;
        &:focus { border: round $primary; }
    }
    """

    def __init__(self, lines: Sequence[str]) -> None:
        """Show these lines."""
        super().__init__()
        self._lines = lines

    def compose(self) -> ComposeResult:
        """The list."""
        lines = PagedList(*self._lines, markup=False)
        lines.border_title = "The chart in words"
        lines.border_subtitle = "↑ ↓ walk through it, Esc closes"
        yield lines

    def action_close(self) -> None:
        """Back."""
        self.dismiss(None)


def show_words(screen: GameScreen, chart: Chart, remarks: Mapping[str, str] | None = None) -> None:
    """Show a chart in words, with remarks on its notes; what cannot be said is told."""
    try:
        lines = speak_chart(chart, remarks=remarks)
    except ComposeError as error:
        screen.game.complain(error)
        return
    screen.app.push_screen(SpokenChart(lines))
