"""Why the grade is what it is: the examiner's line, each score in a sentence, what to mend."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import msgspec
from rich.text import Text
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from exercises.drill import DrillRequest
from game.scoring.words import explain_scores, say_diagnosis, write_rubric
from game.ui.words import say_score

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from game.scoring.results import Diagnosis, Scorecard

NAMES = {
    "notes": "Notes", "time": "Time", "lengths": "Lengths", "flow": "Flow",
    "dynamics": "Dynamics", "feel": "Feel",
}  # fmt: skip
MOST_DRILLS = 5
"""As many keys 1, 2, ... ask for a drill."""


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

    def __init__(self, scorecard: Scorecard) -> None:
        """Explain a scorecard."""
        super().__init__()
        self._drills = scorecard.diagnoses[:MOST_DRILLS]
        self._words = explain(scorecard)
        self._box = VerticalScroll()

    def compose(self) -> ComposeResult:
        """One box that scrolls."""
        self._box.border_title = "Why"
        drills = any(diagnosis.drill for diagnosis in self._drills)
        keys = "1 to 5 practises it, " if drills else ""
        self._box.border_subtitle = f"{keys}Esc closes"
        with self._box:
            yield Static(self._words, markup=False)

    def action_close(self) -> None:
        """Back to the scorecard."""
        self.dismiss(None)

    def action_scroll(self, by: int) -> None:
        """A page of what has no room."""
        self._box.scroll_relative(y=by * 3, animate=False)

    def action_drill(self, number: int) -> None:
        """Practise what a diagnosis names."""
        request = read_drill(self._drills[number - 1]) if number <= len(self._drills) else None
        if request is not None:
            self.dismiss(request)


def explain(scorecard: Scorecard) -> Text:
    """The whole explanation."""
    words = Text()
    rubric = write_rubric(scorecard)
    words.append(f"{rubric}\n\n" if rubric else "", "italic")
    for name, sentence in explain_scores(scorecard).items():
        score: float | None = getattr(scorecard.scores, name)
        words.append(f"{NAMES[name]:<9}", "bold")
        words.append(f"{say_score(score):>4}  ", "bold" if score is not None else "dim")
        words.append(f"{sentence}\n", "" if score is not None else "dim")
    if scorecard.diagnoses:
        words.append("\nTo mend, the costliest first\n", "bold")
    for number, diagnosis in enumerate(scorecard.diagnoses[:MOST_DRILLS], 1):
        focus = diagnosis.drill.get("focus")
        words.append(f"{number}  " if diagnosis.drill else "   ", "bold")
        words.append(say_diagnosis(diagnosis))
        words.append(f"  [drill: {focus}]\n" if focus else "\n", "dim")
    words.rstrip()
    return words


def read_drill(diagnosis: Diagnosis) -> DrillRequest | None:
    """The request for the drill of a diagnosis; None where it has none."""
    return msgspec.convert(diagnosis.drill, DrillRequest) if diagnosis.drill else None
