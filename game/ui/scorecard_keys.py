"""The keys of the scorecard, and what its help says of them."""

from __future__ import annotations

from textual.binding import Binding, BindingType

from game.ui.reasons import MOST_DRILLS

SCORECARD_HELP = (
    ("a", "again: the same chart once more"),
    ("n", "next: a new chart of this genre and level"),
    ("p, u", "punch in: play a place again; undo it"),
    ("c, b", "comp: the best bars of all takes of this chart; by hand"),
    ("v", "review: the chart note by note, what was played, plots, files"),
    ("w", "why: the examiner's line, each score, what to mend"),
    ("1 to 5", "the drill for what is to mend, the costliest first"),
    ("r", "revise: the producer wants something else of this chart"),
    ("g", "another genre, at this level"),
    ("← → ↑ ↓ PgUp PgDn", "leaf through the marked chart"),
    ("h, Esc", "home"),
    ("q", "quit"),
    ("• ‹ ›", "right, early, late"),  # noqa: RUF001 - the signs of the score
    ("✗ ○ +", "wrong note, missed note, extra key"),
    ("~ –", "a bar that was unsteady, a bar that was silent"),  # noqa: RUF001
)

SCORECARD_BINDINGS: tuple[BindingType, ...] = (
    Binding("a", "again", "Again"),
    Binding("n", "next", "Next"),
    Binding("v", "review", "Review"),
    Binding("p", "punch", "Punch"),
    Binding("c", "comp", "Comp"),
    Binding("b", "by_hand", "By hand", show=False),
    Binding("r", "revise", "Revise"),
    Binding("u", "undo", "Undo"),
    Binding("w", "why", "Why"),
    *(Binding(str(n), f"drill({n})", show=False) for n in range(1, MOST_DRILLS + 1)),
    Binding("g", "genre", "Genre"),
    Binding("right,down,pagedown", "turn(1)", "Leaf", show=False, priority=True),
    Binding("left,up,pageup", "turn(-1)", "Leaf back", show=False, priority=True),
    Binding("h,escape", "home", "Home", key_display="h"),
    Binding("q", "app.quit", "Quit", show=False),
)
