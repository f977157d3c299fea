"""Progress: what has been practised, and where it has led."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.widgets import Static

from game.ui.key_line import KeyLine
from game.ui.screens.game_screen import HELP, GameScreen
from game.ui.screens.progress_views import (
    Room,
    view_accuracy,
    view_bests,
    view_days,
    view_genres,
    view_rating,
    view_time,
)

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult

    from game.coach.standing import Progress, Run

PERIODS = (("today", 1), ("week", 7), ("year", 365))
VIEWS = ("Days", "Rating", "Genres", "Time", "Accuracy", "Bests")
BADGED = ("gauntlet", "exam")
MARGIN = 6
HEAD_ROWS = 6
"""Rows that are no view: title, tabs, margins and footer."""


class ProgressScreen(GameScreen):
    """Six views on three stretches of time."""

    HELP_TITLE = "Progress"
    HELP_KEYS = (
        ("← →, Tab", "another view"),
        ("1 to 6", "days, rating, genres, time, accuracy, bests"),
        ("t, w, y", "today, the week, the year"),
        ("h, Esc", "home"),
    )

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,tab", "turn(1)", "View", key_display="←→", priority=True),
        Binding("left,shift+tab", "turn(-1)", "View back", show=False, priority=True),
        *(Binding(str(n + 1), f"view({n})", name, show=False) for n, name in enumerate(VIEWS)),
        Binding("t", "period(0)", "Today"),
        Binding("w", "period(1)", "Week"),
        Binding("y", "period(2)", "Year"),
        Binding("h,escape", "home", "Home", key_display="Esc"),
        HELP,
    ]

    DEFAULT_CSS = """
    ProgressScreen {
        #tabs { margin: 1 3 0 3; height: 1; }
        #view { margin: 1 3 0 3; height: 1fr; }
    }
    """

    def __init__(self) -> None:
        """Begin with the days of the year."""
        super().__init__()
        self._view = 0
        self._period = 2
        self._progress: Progress | None = None
        self._runs: tuple[Run, ...] = ()
        self._is_read = False
        # Held, not looked up: the screen may be taken down, part by part, at any moment.
        self._tabs = Static(id="tabs", markup=False)
        self._body = Static(id="view", markup=False)

    def compose(self) -> ComposeResult:
        """Tabs and the view."""
        yield self._tabs
        yield self._body
        yield KeyLine()

    def on_mount(self) -> None:
        """Read the stretch."""
        self._read()

    def _read(self) -> None:
        self._show()
        self.run_worker(self._load(), exclusive=True, exit_on_error=False)

    async def _load(self) -> None:
        today = datetime.now().astimezone().date()
        since = today - timedelta(days=PERIODS[self._period][1] - 1)
        try:
            self._progress = await self.game.records.load_progress(since, today)
            runs = [run for mode in BADGED for run in await self.game.records.list_runs(mode)]
            self._runs = tuple(runs)
        except Exception as error:  # noqa: BLE001 - whatever it is, the game goes on
            self.game.complain(error)
        self._is_read = True
        self._show()

    def on_resize(self, event: events.Resize) -> None:
        """Draw to the new size."""
        super().on_resize(event)
        if self.is_mounted:
            self._show()

    def action_turn(self, by: int) -> None:
        """The view beside this one."""
        self.action_view((self._view + by) % len(VIEWS))

    def action_view(self, view: int) -> None:
        """This view."""
        self._view = view
        self._show()

    def action_period(self, period: int) -> None:
        """Another stretch of time."""
        self._period = period
        self._read()

    def action_home(self) -> None:
        """Home."""
        self.game.go_home()

    def recolour(self) -> None:
        """Plots in the new colours."""
        self._show()

    def _show(self) -> None:
        tabs = Text(no_wrap=True)
        for index, name in enumerate(VIEWS):
            chosen = index == self._view
            tabs.append(f"[{name}]" if chosen else f" {name} ", "bold" if chosen else "dim")
            tabs.append(" ")
        tabs.append(f"  {PERIODS[self._period][0]}", "italic")
        self._tabs.update(tabs)
        if self._progress is None:
            waits = "Reading …" if not self._is_read else "Nothing is kept: see first-take doctor."
            self._body.update(Text(waits, "dim"))
            return
        self._body.update(self._draw(self._progress))

    def _draw(self, progress: Progress) -> Text:
        size = self.app.size
        room = Room(
            columns=max(40, size.width - MARGIN),
            rows=max(8, size.height - HEAD_ROWS),
            accent=self.app.theme_variables["primary"],
            name_of=self.game.style_name,
            now=datetime.now().astimezone(),
        )
        if VIEWS[self._view] == "Bests":
            return view_bests(progress, self._runs, room)
        views = (view_days, view_rating, view_genres, view_time, view_accuracy)
        return views[self._view](progress, room)
