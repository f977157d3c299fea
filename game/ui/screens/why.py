"""Why the grade is what it is: the examiner's line, each score in a sentence, what to mend."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from exercises.drill import DrillRequest
from game.scoring.words import write_rubric
from game.ui.reasons import MOST_DRILLS, list_drills, list_scores, read_drill

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult

    from game.scoring.results import Diagnosis, Scorecard

BOX_COLUMNS, BOX_SHARE = 76, 0.96
FRAME_COLUMNS = 8
"""Border, padding, and a scroll bar where it is needed."""


class WhyDialog(ModalScreen[DrillRequest | None]):
    """Gives the drill that the player wants to mend something with, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,w,enter", "close", "Close"),
        Binding("down,pagedown", "scroll(1)", "Down"),
        Binding("up,pageup", "scroll(-1)", "Up"),
        *(Binding(str(n), f"drill({n})", show=False) for n in range(1, MOST_DRILLS + 1)),
    ]

    DEFAULT_CSS = """
    WhyDialog { align: center middle; background: $background 60%; }
    WhyDialog > VerticalScroll {
        width: 76; max-width: 96%; height: auto; max-height: 92%; padding: 1 2;
        border: round $primary; border-title-color: $primary; border-title-style: bold;
        border-subtitle-color: $text-muted; background: $surface;
    }
    WhyDialog Static { width: 1fr; height: auto; }
    """

    def __init__(self, scorecard: Scorecard, *, asks: bool = True) -> None:
        """Explain a scorecard; in the middle of a job no drill is asked for."""
        super().__init__()
        self._scorecard = scorecard
        self._asks = asks and any(each.drill for each in self._drills)
        self._words = Static(markup=False)
        self._box = VerticalScroll()

    def compose(self) -> ComposeResult:
        """One box that scrolls."""
        self._box.border_title = "Why"
        count = len(self._drills)
        reach = f"1 to {count}" if count > 1 else "1"
        keys = f"{reach} practises it, " if self._asks else ""
        self._box.border_subtitle = f"{keys}Esc closes"
        with self._box:
            yield self._words

    @property
    def _drills(self) -> tuple[Diagnosis, ...]:
        return self._scorecard.diagnoses[:MOST_DRILLS]

    def on_resize(self, event: events.Resize) -> None:
        """Set the lines for the room that the box has."""
        columns = min(BOX_COLUMNS, int(BOX_SHARE * event.size.width)) - FRAME_COLUMNS
        self._words.update(self._explain(columns))

    def _explain(self, columns: int) -> Text:
        """The examiner's line, the scores, and what to mend."""
        scorecard = self._scorecard
        words = Text()
        rubric = write_rubric(scorecard)
        words.append(f"{rubric}\n\n" if rubric else "", "italic")
        words.append(list_scores(scorecard, columns, self.app.theme_variables))
        if scorecard.diagnoses:
            words.append("\n\nTo mend, the costliest first\n", "bold")
            words.append(list_drills(scorecard, columns, with_keys=self._asks))
        return words

    def action_close(self) -> None:
        """Back to the scorecard."""
        self.dismiss(None)

    def action_scroll(self, by: int) -> None:
        """A page of what has no room."""
        self._box.scroll_relative(y=by * 3, animate=False)

    def action_drill(self, number: int) -> None:
        """Practise what a diagnosis names."""
        request = read_drill(self._drills[number - 1]) if number <= len(self._drills) else None
        if self._asks and request is not None:
            self.dismiss(request)
