"""A breath between two charts of a run: what the last was worth, and what comes."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.widgets import Static

from game.coach.gauntlet import judge_genre
from game.ui.key_line import KeyLine
from game.ui.screens.game_screen import HELP, GameScreen
from game.ui.words import KINDS, draw_bar

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from game.ui.run_course import RunCourse

BAR_COLUMNS = 20


class InterludeScreen(GameScreen):
    """Counts down to the next chart."""

    has_palette = False
    HELP_TITLE = "Between two charts"
    HELP_KEYS = (("Space, Enter", "go on now"), ("Esc", "end the run here"))

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space,enter", "go_on", "Go on", key_display="Space", priority=True),
        Binding("escape", "leave", "End", key_display="Esc", priority=True),
        HELP,
    ]

    DEFAULT_CSS = """
    InterludeScreen {
        align: center middle;
        #words { width: auto; max-width: 100%; height: auto; padding: 1 3; border: round $primary; }
    }
    """

    def __init__(self, course: RunCourse) -> None:
        """Wait before the course's next turn."""
        super().__init__()
        self._course = course
        self._since = 0.0
        self._is_over = False
        # Held, not looked up: the screen may be taken down at any moment.
        self._words = Static(id="words", markup=False)

    def compose(self) -> ComposeResult:
        """What was and what comes."""
        yield self._words
        yield KeyLine()

    def on_mount(self) -> None:
        """Begin to count."""
        self._since = self.game.services.clock()
        if (turn := self._course.turn) is not None:
            self.game.orders.prepare(turn.request, self.page_request)
        self._show(self._rest_s)

    @property
    def _rest_s(self) -> float:
        turn = self._course.turn
        return turn.rest_s if turn else 0.0

    def frame(self) -> None:
        """Count down; at nothing, go on."""
        left = self._rest_s - (self.game.services.clock() - self._since)
        if left <= 0:
            self.action_go_on()
        else:
            self._show(left)

    def _show(self, left_s: float) -> None:
        run = self._course.run
        turn = self._course.turn
        words = Text()
        for one in run.played:
            score = judge_genre(one)
            words.append(f"{self.game.style_name(one.style):<22}")
            words.append(draw_bar(score, BAR_COLUMNS), "dim")
            words.append(f" {score:3.0f}\n", "bold")
        if turn is not None:
            kind = KINDS.get(turn.request.kind or "", "")
            name = self.game.style_name(turn.request.style)
            words.append(f"\nNext: {name}{', ' + kind if kind else ''}\n", "bold")
            words.append(f"in {left_s:.0f} s", "dim")
        self._words.update(words)

    def action_go_on(self) -> None:
        """On to the stage."""
        from game.ui.screens.stage import StageScreen  # noqa: PLC0415 - it leads here

        turn = self._course.turn
        if turn is not None and not self._is_over:
            self._is_over = True
            self.game.show(StageScreen(drill=turn.request, course=self._course))

    def action_leave(self) -> None:
        """End the run here."""
        if not self._is_over:
            self._is_over = True
            self.run_worker(self._course.leave(self.game), exit_on_error=False)
