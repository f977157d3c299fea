"""The parts of a song one under another: what is recorded of each, bar by bar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from exercises.chairs import chair_of
from exercises.chart import read_chart_json
from exercises.seating import is_held
from game.ui.words import BAR_COLOURS, BAR_SIGNS, KINDS, say_score

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from game.scoring.results import BarVerdict
    from game.sessions.overdubs import Track
    from game.ui.overdub_course import Desk

NAME_COLUMNS = 16
KIND_COLUMNS = 13
TAKE_COLUMNS = 13
MUTED = "muted  "
BAR_COLUMNS = 4
BEFORE_BARS = 4 + NAME_COLUMNS + KIND_COLUMNS + 5 + TAKE_COLUMNS + len(MUTED)
GROUP = 4
"""Bars without numbers stand together in fours, where there is room for that."""


def list_parts(desk: Desk, place: int, colours: Mapping[str, str], columns: int) -> Text:
    """A line for each part.

    Args:
        desk: the song.
        place: of the part that is chosen.
        colours: of the theme, by name.
        columns: so many there are for a line.
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
            words.append_text(_say_track(track, is_next=at == pile.next_part))
            outcome = desk.outcome(at)
            if outcome is not None:
                bars = outcome.scorecard.bars
                words.append_text(_draw_bars(bars, colours, columns - BEFORE_BARS))
        words.append("\n" if at + 1 < len(pile.chairs) else "")
    return words


def _say_track(track: Track, *, is_next: bool) -> Text:
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
    return words.append(MUTED if track.muted else " " * len(MUTED), "bold")


def _draw_bars(bars: Sequence[BarVerdict], colours: Mapping[str, str], columns: int) -> Text:
    """What became of each bar: with its number, or where they are too many without."""
    words = Text()
    is_numbered = BAR_COLUMNS * len(bars) <= columns
    is_grouped = len(bars) + (len(bars) - 1) // GROUP <= columns
    for at, bar in enumerate(bars):
        colour = f"bold {colours[BAR_COLOURS.get(bar.verdict, 'foreground')]}"
        sign = BAR_SIGNS.get(bar.verdict, "?")
        if is_numbered:
            words.append(f"{bar.number}{sign}".ljust(BAR_COLUMNS), colour)
        else:
            gap = " " if is_grouped and at and at % GROUP == 0 else ""
            words.append(f"{gap}{sign}", colour)
    return words
