"""How the page is read: the playhead, notes hidden ahead of it, a hand hidden, the size of print.

Pure functions of settings and a take; the stage asks them and the score shows it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.binding import Binding

from exercises.timeline import beat_ql
from game.settings import SMALLEST_IN_DOTS, print_size
from game.ui.beats import find_beat
from game.ui.score.rows import MARKER

if TYPE_CHECKING:
    from collections.abc import Callable

    from exercises.chart import Chart
    from exercises.timeline import Timeline
    from game.sessions.session import TakeSession
    from game.settings import Settings
    from game.ui.score.view import ScoreView

PLAYHEADS = ("on", "beat", "off")
AHEAD_S = (None, 0.0, 0.25, 0.5, 0.75, 1.0)
"""A second ahead is as far as good sight-readers look (Furneaux & Land 1999)."""
HANDS = ("", "left", "right")
PRINTS = (3, 4, 5, 6, 8)
"""Dots between two staff lines; the smallest is for pixels alone."""
DRAWINGS = ("auto", "pixels", "octants", "braille")
SAID_DRAWINGS = {
    "auto": "Drawn in pixels where the terminal shows them, else in braille",
    "pixels": "Drawn in pixels",
    "octants": "Drawn in solid blocks (Unicode 16): braille if you see boxes",
    "braille": "Drawn in braille",
}
NO_PICTURES = "This terminal shows no pictures: drawn in braille"
AID_HELP = (
    ("F2", "playhead: on, on each beat, off"),
    ("F3", "hide the notes at the playhead, or up to 1 s ahead"),
    ("F4, F5", "hide one hand; rhythm only"),
    ("F6, F7", "smaller or larger print"),
    ("F9", "draw in pixels, solid blocks or braille, as your terminal can"),
)
AID_BINDINGS = (
    Binding("f2", "aid('playhead')", "Playhead", show=False),
    Binding("f3", "aid('ahead')", "Aids", key_display="F2-F9"),
    Binding("f4", "aid('hand')", "Hide a hand", show=False),
    Binding("f5", "aid('rhythm')", "Rhythm only", show=False),
    Binding("f6", "aid('smaller')", "Smaller", show=False),
    Binding("f7", "aid('larger')", "Larger", show=False),
    Binding("f9", "aid('drawing')", "Drawing", show=False),
)
CHOICES: dict[str, tuple[str, tuple[Any, ...]]] = {
    "playhead": ("playhead", PLAYHEADS),
    "ahead": ("hidden_s", AHEAD_S),
    "hand": ("hidden_hand", HANDS),
    "rhythm": ("rhythm_only", (False, True)),
    "drawing": ("drawing", DRAWINGS),
}
"""What each key goes round: the setting and its values."""


def next_choice(settings: Settings, aid: str, *, in_pixels: bool = False) -> dict[str, Any]:
    """The change of settings for a key that goes round; values not in the list begin it anew."""
    if aid in {"larger", "smaller"}:
        here = print_size(settings, in_pixels=in_pixels)
        prints = [size for size in PRINTS if in_pixels or size >= SMALLEST_IN_DOTS]
        sizes = [size for size in prints if (size > here) == (aid == "larger")]
        near = [size for size in sizes if size != here]
        if not near:
            return {}
        return {"dots_per_space": near[0] if aid == "larger" else near[-1]}
    name, values = CHOICES[aid]
    here = getattr(settings, name)
    at = values.index(here) if here in values else -1
    return {name: values[(at + 1) % len(values)]}


def say_choice(settings: Settings, aid: str, *, can_picture: bool = True) -> str:
    """What a key has set, in words; `can_picture` is whether the terminal shows pictures."""
    if aid == "drawing" and settings.drawing == "pixels" and not can_picture:
        return NO_PICTURES
    hidden, hand = settings.hidden_s, settings.hidden_hand
    ahead = f"Notes hidden {hidden:g} s ahead" if hidden else "Notes hidden at the playhead"
    heads = {"beat": "Playhead on each beat", "off": "Playhead off"}
    said = {
        "playhead": heads.get(settings.playhead, "Playhead on"),
        "ahead": "No notes hidden" if hidden is None else ahead,
        "hand": f"The {hand} hand hidden" if hand else "Both hands shown",
        "drawing": SAID_DRAWINGS.get(settings.drawing, ""),
        "rhythm": "Rhythm only" if settings.rhythm_only else "Pitches shown",
    }
    return said.get(aid, f"Print of {settings.dots_per_space} dots a space")


def aid_score(score: ScoreView, settings: Settings, session: TakeSession) -> None:
    """Show a take's score as the player has set it."""
    stands = settings.playhead == "on" and settings.reduced_motion
    score.aid(
        head_finder("beat" if stands else settings.playhead, session),
        cover_finder(settings.hidden_s, session.timeline),
        settings.hidden_hand,
    )


def head_finder(mode: str, session: TakeSession) -> Callable[[float], tuple[float | None, str]]:
    """Where the playhead stands at a place in the music, and the count above it.

    Where the click has dropped out nothing may tell the beat: there is no playhead and no count.
    """
    chart, plan, timeline = session.chart, session.plan, session.timeline

    def find(position_ql: float) -> tuple[float | None, str]:
        number = find_beat(chart, position_ql, plan, timeline.seconds_at(position_ql)).number
        sign = str(number) if number else MARKER
        if mode == "off" or not number:
            return None, sign
        return beat_onset(chart, position_ql) if mode == "beat" else position_ql, sign

    return find


def beat_onset(chart: Chart, position_ql: float) -> float:
    """Where the beat that is on began."""
    bar = chart.bars[0]
    for candidate in chart.bars:
        if candidate.onset_ql > position_ql:
            break
        bar = candidate
    beat = float(beat_ql(bar.meter))
    within = position_ql - float(bar.onset_ql)
    return position_ql - within % beat


def cover_finder(hidden_s: float | None, timeline: Timeline) -> Callable[[float], float | None]:
    """Up to where notes are hidden at a place in the music: by time, whatever the tempo."""
    if hidden_s is None:
        return lambda _: None
    return lambda ql: timeline.quarters_at(timeline.seconds_at(ql) + hidden_s)
