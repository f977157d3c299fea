"""The parts of a song one under another: what is recorded of each, bar by bar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from exercises.chairs import chair_of
from exercises.chart import read_chart_json
from exercises.seating import is_held
from game.ui.words import BAR_COLOURS, BAR_SIGNS, KINDS, say_score

if TYPE_CHECKING:
    from collections.abc import Mapping

    from game.sessions.overdubs import Track
    from game.ui.overdub_course import Desk

NAME_COLUMNS = 16
KIND_COLUMNS = 13
TAKE_COLUMNS = 13
BAR_COLUMNS = 4


def list_parts(desk: Desk, place: int, colours: Mapping[str, str]) -> Text:
    """A line for each part.

    Args:
        desk: the song.
        place: of the part that is chosen.
        colours: of the theme, by name.
    """
    pile = desk.pile
    words = Text(no_wrap=True, overflow="ellipsis")
    for at, chair in enumerate(pile.chairs):
        track = pile.tracks[at] if pile.tracks else None
        is_here = track is not None and at == place
        words.append("▶ " if is_here else "  ", "bold")
        name = chair_of(chair).name.ljust(NAME_COLUMNS)
        words.append(f"{at + 1} {name}", "bold" if is_here else "")
        if track is not None:
            words.append_text(_say_track(desk, track, colours, is_next=at == pile.next_part))
        words.append("\n" if at + 1 < len(pile.chairs) else "")
    return words


def _say_track(desk: Desk, track: Track, colours: Mapping[str, str], *, is_next: bool) -> Text:
    chart = read_chart_json(track.chart_json)
    kind = KINDS.get(chart.drill.kind, "written out")
    kind = "held chords" if is_held(chart) else kind
    words = Text(f"{kind:<{KIND_COLUMNS}}")
    heard = track.heard
    if heard is None:
        return words.append("next" if is_next else "", "bold")
    words.append(f"{say_score(heard.total):>3}  ", "bold")
    many = f" of {len(track.takes)}" if len(track.takes) > 1 else ""
    what = "take" if heard.comp_id is None else "punch"
    words.append(f"{what} {track.chosen + 1}{many}".ljust(TAKE_COLUMNS), "dim")
    words.append("muted  " if track.muted else "       ", "bold")
    if heard.key in desk.takes:
        for bar in desk.takes[heard.key].scorecard.bars:
            colour = colours[BAR_COLOURS.get(bar.verdict, "foreground")]
            sign = f"{bar.number}{BAR_SIGNS.get(bar.verdict, '?')}"
            words.append(sign.ljust(BAR_COLUMNS), f"bold {colour}")
    return words
