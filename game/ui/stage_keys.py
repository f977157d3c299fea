"""The keys of the stage, and what its help says of them."""

from __future__ import annotations

from textual.binding import Binding, BindingType

from game.keys import OCTAVE_DOWN, OCTAVE_UP
from game.ui.score.reading_aids import AID_BINDINGS, AID_HELP

STAGE_HELP = (
    ("Space, Enter", "start now instead of after the preview"),
    ("← → ↑ ↓ PgUp PgDn", "leaf through the chart before you start"),
    ("Tab", "hear the chart before you start, with the band"),
    *AID_HELP,
    ("F8", "the chart in words, for screen readers"),
    ("[ and ]", "computer keys an octave down or up"),
    ("+ and -", "the click louder or softer, while you play too"),
    ("Esc", "leave; what you have played is kept"),
)

STAGE_BINDINGS: tuple[BindingType, ...] = (
    Binding("space,enter", "start", "Start", key_display="Space", priority=True),
    Binding("right,down,pagedown", "turn(1)", "Leaf", key_display="←→", priority=True),
    Binding("left,up,pageup", "turn(-1)", "Leaf back", show=False, priority=True),
    Binding(f"{OCTAVE_DOWN},{OCTAVE_UP}", "octave", "Octave", key_display="[ ]"),
    Binding("tab", "listen", "Hear it", key_display="Tab", priority=True),
    Binding("plus,equals_sign", "click_volume(1)", "Louder click", show=False),
    Binding("minus", "click_volume(-1)", "Softer click", show=False),
    *AID_BINDINGS,
    Binding("f8", "words", "Words", show=False),
    Binding("escape", "leave", "Leave", key_display="Esc", priority=True),
)
