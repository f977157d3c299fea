"""What every screen of the game has in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from textual.binding import Binding
from textual.screen import Screen
from textual.widgets import Static

from game.notation.page import PageRequest
from game.settings import print_size
from game.ui.collector import CALM_S, LIVING

if TYPE_CHECKING:
    from textual import events

    from game.events import EngineEvent
    from game.settings import Settings
    from game.ui.app import FirstTakeApp
    from game.ui.score.pictured_view import PicturedView

FEWEST_COLUMNS = 60
FEWEST_ROWS = 18
HELP = Binding("question_mark", "help", "Help", key_display="?")
"""The last binding of every screen, so that it stands at the end of the footer."""
TALL_ROWS = 36
"""From here on there is room for air between the parts."""
MARGIN = 4
"""Columns left and right of words together."""
SCORE_MARGIN = 2
"""Columns left and right of the score together."""


class TooSmall(Static):
    """Covers a screen that has no room for the game."""

    DEFAULT_CSS = """
    TooSmall {
        layer: cover; dock: top; width: 100%; height: 100%;
        content-align: center middle; text-align: center;
        background: $background; color: $text-muted;
    }
    """


class GameScreen(Screen[None]):
    """A screen that hears the engine and is told when there is too little room for it."""

    DEFAULT_CSS = """
    GameScreen {
        layers: base cover; overflow: hidden hidden;
        &.-small Toast { display: none; }
    }
    """

    has_calm = True
    """Whether nothing here has to come in time."""
    polls_per_s = 10.0
    """How often the engine is asked while this screen is shown."""

    has_palette: ClassVar[bool] = True
    """Whether the command palette may lead away from here; not where something would be lost."""

    _too_small: TooSmall | None = None
    """The cover, where there is no room."""
    _covered_s = 0.0
    _covered_at: float | None = None

    HELP_TITLE: ClassVar[str] = ""
    HELP_KEYS: ClassVar[tuple[tuple[str, str], ...]] = ()
    """Keys and what they do, for the help overlay."""

    @property
    def game(self) -> FirstTakeApp:
        """The app, as what it is."""
        return cast("FirstTakeApp", self.app)

    @property
    def reading(self) -> Settings:
        """How a page is read on this screen."""
        return self.game.settings

    @property
    def seen_s(self) -> float:
        """A clock in seconds that stands still while another screen lies over this one."""
        return self.game.services.clock() - self._covered_s

    @property
    def room(self) -> int:
        """Columns for a line of words."""
        return self.app.size.width - MARGIN

    @property
    def page_request(self) -> PageRequest:
        """The room that a score has on this terminal."""
        in_pixels = self.game.shows_pictures
        return PageRequest(
            columns=max(FEWEST_COLUMNS, self.app.size.width) - SCORE_MARGIN,
            dots_per_space=print_size(self.reading, in_pixels=in_pixels),
            rhythm_only=self.reading.rhythm_only,
            cell=self.game.graphics.cell if in_pixels else None,
        )

    def redraw(self) -> None:
        """The terminal draws in another way now; for screens with a score, which order it anew."""

    def recolour(self) -> None:
        """The theme is another one now; for screens whose words carry its colours."""

    def hear(self, event: EngineEvent) -> None:
        """Take in one event of the engine; most screens have no use for it."""

    def frame(self) -> None:
        """Called after each round of events, `polls_per_s` times a second."""

    def tell(self, line: str, severity: str) -> None:
        """Tell the player of news: (line, "information", "warning" or "error")."""
        self.app.notify(line, severity=severity, markup=False)  # type: ignore[arg-type]

    def action_help(self) -> None:
        """Show all keys of this screen."""
        from game.ui.screens.help import HelpScreen  # noqa: PLC0415 - seldom wanted

        self.app.push_screen(HelpScreen(self.HELP_TITLE, self.HELP_KEYS))

    def on_mount(self) -> None:
        """Begin to hear the engine, under a cover where there is no room."""
        self.set_interval(1 / self.polls_per_s, self.listen)
        self._cover_small(self.app.size.width, self.app.size.height)

    def on_screen_suspend(self) -> None:
        """Something else is shown: pictures would stand over it."""
        self._covered_at = self.game.services.clock()
        for view in self.query("PicturedView"):
            cast("PicturedView", view).withdraw()

    def on_screen_resume(self) -> None:
        """Pictures come back; and what has gone is swept up once the player looks on."""
        if self._covered_at is not None:
            self._covered_s += self.game.services.clock() - self._covered_at
            self._covered_at = None
        for view in self.query("PicturedView"):
            view.refresh()
        if self.has_calm:
            self.set_timer(CALM_S, self._renew)

    def _renew(self) -> None:
        if self.app.screen is self:
            LIVING.renew()

    def on_resize(self, event: events.Resize) -> None:
        """Cover what no longer fits."""
        self._cover_small(event.size.width, event.size.height)

    def listen(self) -> None:
        """Hear what the engine has said, and go on to now."""
        if self.app.screen is self and self.game.is_ready:
            self.game.poll(self)
            self.frame()

    def _cover_small(self, width: int, height: int) -> None:
        is_small = width < FEWEST_COLUMNS or height < FEWEST_ROWS
        if is_small == (self._too_small is None):
            self.set_class(is_small, "-small")
            if self._too_small is None:
                self._too_small = TooSmall(markup=False)
                self.mount(self._too_small)
            else:
                self._too_small.remove()
                self._too_small = None
        if self._too_small is not None:
            self._too_small.update(
                "A grand staff needs a little more room.\n\n"
                f"Make the window at least {FEWEST_COLUMNS} columns by {FEWEST_ROWS} rows\n"
                f"(it is {width} by {height} now)."
            )
