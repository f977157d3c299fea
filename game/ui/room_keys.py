"""The keys of the control room, and what its help says of them."""

from __future__ import annotations

from textual.binding import Binding, BindingType

ROOM_HELP = (
    ("Enter", "what is suggested: the change, another take, or delivery"),
    ("a", "again: another take"),
    ("p", "punch in: play a place of the chosen take again"),
    ("c, b", "comp: the best bars of all takes; by hand"),
    ("↑ ↓", "choose a take or comp"),
    ("v", "review: hear the chosen take or comp, and see it note by note"),
    ("w", "why: each score explained"),
    ("d", "deliver what is chosen"),
    ("x", "walk out (press it twice)"),
    ("← → PgUp PgDn", "leaf through the marked chart"),
    ("h, Esc", "home; the session stays as it is"),
)

ROOM_BINDINGS: tuple[BindingType, ...] = (
    Binding("enter", "go_on", "Go on", priority=True),
    Binding("a", "again", "Again"),
    Binding("p", "punch", "Punch"),
    Binding("c", "comp", "Comp"),
    Binding("b", "by_hand", "By hand", show=False),
    Binding("up", "step(-1)", "Choose", key_display="↑↓", priority=True),
    Binding("down", "step(1)", "Next", show=False, priority=True),
    Binding("v", "review", "Hear it"),
    Binding("w", "why", "Why", show=False),
    Binding("d", "deliver", "Deliver"),
    Binding("x", "cancel", "Walk out", show=False),
    Binding("right,pagedown", "turn(1)", "Leaf", show=False, priority=True),
    Binding("left,pageup", "turn(-1)", "Leaf back", show=False, priority=True),
    Binding("h,escape", "home", "Home", key_display="Esc"),
)
