"""Each score with its reason, and what is to be mended, in as many columns as there are."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

import msgspec
from rich.text import Text

from exercises.drill import DrillRequest
from game.scoring.sentences import explain_scores
from game.scoring.words import say_diagnosis
from game.ui.words import draw_bar, say_score

if TYPE_CHECKING:
    from collections.abc import Mapping

    from game.scoring.results import Diagnosis, Scorecard

NAMES = {
    "notes": "Notes", "time": "Time", "lengths": "Lengths", "flow": "Flow",
    "dynamics": "Dynamics", "feel": "Feel",
}  # fmt: skip
NAME_COLUMNS = 9
SCORE_COLUMNS = 4
LEAST_COLUMNS, SENTENCE_COLUMNS = 36, 50
"""Of a sentence: in less there is a bar alone, and only with more one beside it."""
SHORTEST_BAR, LONGEST_BAR = 8, 14
MOST_DRILLS = 5
"""As many keys 1, 2, ... ask for a drill."""
KEY_COLUMNS = 3


def list_scores(scorecard: Scorecard, columns: int, colours: Mapping[str, str]) -> Text:
    """A line a score: its name, a bar where there is room, the figure, and what it rests on.

    Args:
        scorecard: of the take.
        columns: room; a longer sentence goes on in the next line, below itself, and none is said
            where there is hardly any.
        colours: of the theme, by name.
    """
    free = columns - NAME_COLUMNS - SCORE_COLUMNS - 2
    says_why = free >= LEAST_COLUMNS
    bar = min(LONGEST_BAR, free - 1 - SENTENCE_COLUMNS * says_why)
    bar = bar if bar >= SHORTEST_BAR else 0
    room = free - (bar + 1 if bar else 0)
    lines = []
    for name, sentence in explain_scores(scorecard).items():
        score: float | None = getattr(scorecard.scores, name)
        faint = "" if score is not None else "dim"
        line = Text().append(f"{NAMES[name]:<{NAME_COLUMNS}}", faint)
        if bar:
            colour = "primary" if score is not None else "foreground"
            line.append(f"{draw_bar(score, bar)} ", f"{colours[colour]} {faint}")
        line.append(f"{say_score(score):>{SCORE_COLUMNS}}  ", "bold")
        indent = "\n" + " " * len(line.plain)
        said = wrap(sentence, room) if says_why else ()
        lines.append(line.append(indent.join(said), faint))
    return Text("\n").join(lines)


def list_drills(scorecard: Scorecard, columns: int, *, with_keys: bool = True) -> Text:
    """The diagnoses, the costliest first, each with the key that asks for its drill."""
    lines = []
    for number, diagnosis in enumerate(scorecard.diagnoses[:MOST_DRILLS], 1):
        key = str(number) if diagnosis.drill and with_keys else ""
        said = wrap(say_diagnosis(diagnosis), max(1, columns - KEY_COLUMNS))
        indent = "\n" + " " * KEY_COLUMNS
        lines.append(Text().append(f"{key:<{KEY_COLUMNS}}", "bold").append(indent.join(said)))
    return Text("\n").join(lines)


def read_drill(diagnosis: Diagnosis) -> DrillRequest | None:
    """The request for the drill of a diagnosis; None where it has none."""
    return msgspec.convert(diagnosis.drill, DrillRequest) if diagnosis.drill else None
