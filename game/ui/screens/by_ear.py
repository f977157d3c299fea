"""What a phrase by ear was worth, and how it is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.widgets import Static

from game.scoring.marks import final_marks
from game.sessions.by_ear import say_hearings, say_shift
from game.ui.key_line import KeyLine
from game.ui.score.view import ScoreView
from game.ui.screens.game_screen import HELP, GameScreen
from game.ui.words import say_chart, say_score

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from game.sessions.by_ear import EarGrade
    from game.ui.ear_course import EarCourse
    from game.ui.keeping import Outcome
    from game.ui.messages import ChartArrived


class EarResult(GameScreen):
    """One phrase, seen written."""

    HELP_TITLE = "By ear"
    HELP_KEYS = (
        ("Enter, Space", "the next phrase"),
        ("← → PgUp PgDn", "leaf through the phrase"),
        ("Esc", "end it here"),
    )

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space", "go_on", "Next", key_display="⏎", priority=True),
        Binding("right,pagedown", "turn(1)", "Leaf", show=False, priority=True),
        Binding("left,pageup", "turn(-1)", "Leaf back", show=False, priority=True),
        Binding("escape", "leave", "End", key_display="Esc", priority=True),
        HELP,
    ]

    DEFAULT_CSS = """
    EarResult {
        #chart-line { height: 1; padding: 0 2; background: $panel; color: $text; }
        #total { height: 1; margin: 1 3 0 3; text-style: bold; color: $primary; }
        #words { height: 2; margin: 0 3; }
    }
    """

    def __init__(self, course: EarCourse, outcome: Outcome, grade: EarGrade) -> None:
        """Show a phrase; `course` goes on from it."""
        super().__init__()
        self._course = course
        self._outcome = outcome
        self._grade = grade
        self._ticket: int | None = None
        self._is_over = False
        # Held, not looked up: the screen may be taken down, part by part, at any moment.
        self._score = ScoreView(outcome.page)

    def compose(self) -> ComposeResult:
        """The chart in a line, the grade, the page."""
        chart, grade = self._outcome.chart, self._grade
        line = say_chart(chart, self.game.style_name(chart.drill.style), self.room)
        yield Static(Text(line, no_wrap=True, overflow="ellipsis"), id="chart-line")
        yield Static(f"{grade.total:.0f} of 100 by ear", id="total")
        rhythm = f"rhythm {say_score(grade.rhythm)}"
        words = f"Pitches {grade.pitches:.0f}, {rhythm}, {say_shift(grade.shift)}"
        yield Static(f"{words}; {say_hearings(grade.hearings)}.", id="words", markup=False)
        yield self._score
        yield KeyLine()

    def on_mount(self) -> None:
        """Mark the page, and have the next phrase composed."""
        self._score.mark_take(final_marks(self._grade.scorecard))
        if self._outcome.page.request != self.page_request:
            self._ticket = self.game.orders.order_page(
                self._outcome.take.chart_json, self.page_request, self
            )
        turn = self._course.turn
        if turn is not None:
            self.game.orders.prepare(turn.request, self.page_request)

    def on_chart_arrived(self, message: ChartArrived) -> None:
        """The page for another width."""
        if message.ticket == self._ticket:
            self._score.page = message.page
            self._score.mark_take(final_marks(self._grade.scorecard))

    def action_turn(self, by: int) -> None:
        """Leaf through the page."""
        self._score.action_turn(by)

    def action_go_on(self) -> None:
        """The next phrase, or what all of them were worth."""
        if not self._is_over:
            self._is_over = True
            self.run_worker(self._course.next(self.game), exit_on_error=False)

    def action_leave(self) -> None:
        """End it here."""
        if not self._is_over:
            self._is_over = True
            self.run_worker(self._course.leave(self.game), exit_on_error=False)
