"""The line over the score: preview clock, count-in, the visible click, and the last note heard."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.geometry import Region
from textual.reactive import reactive

from game.sessions.session import Phase
from game.ui.beats import find_beat
from game.ui.score.cell_view import BLANK, CellView, Row
from game.ui.score.cells import blank_row, find_change, join_cells

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.style import Style

    from game.sessions.session import TakeSession
    from game.ui.beats import Beat

COUNTING = ("ONE", "TWO", "THREE", "FOUR", "FIVE", "SIX", "SEVEN", "EIGHT", "NINE")
OWN_TIME = "Your own time"
MARGIN = 2
"""Columns left free at both ends."""


class BeatStrip(CellView):
    """Left: what goes on. Middle: the beats of the bar. Right: news, or how the last note sat."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "strip--lead",
        "strip--lit",
        "strip--downbeat",
        "strip--now",
        "strip--quiet",
        "strip--news",
    }
    """
    | Class | Description |
    | :- | :- |
    | `strip--lead` | The words on the left. |
    | `strip--lit` | A beat that has just sounded. |
    | `strip--downbeat` | The first beat of a bar that has just sounded. |
    | `strip--now` | The beat that is on, its light out. |
    | `strip--quiet` | Other beats, and hints. |
    | `strip--news` | A keyboard that came or went. |
    """

    DEFAULT_CSS = """
    BeatStrip {
        height: 1; background: $surface;
        & > .strip--lead { color: $foreground; text-style: bold; }
        & > .strip--lit { color: $background; background: $primary; text-style: bold; }
        & > .strip--downbeat { color: $background; background: $warning; text-style: bold; }
        & > .strip--now { color: $primary; text-style: bold; }
        & > .strip--quiet { color: $quiet; }
        & > .strip--news { color: $warning; text-style: bold; }
    }
    """

    lead: reactive[str] = reactive("", repaint=False, init=False)
    """What goes on."""
    hint: reactive[str] = reactive("", repaint=False, init=False)
    """What can be done about it, shown where there are no beats."""
    beat: reactive[Beat | None] = reactive(None, repaint=False, init=False)
    """The beat that is on; None shows no beats."""
    counts_in: reactive[bool] = reactive(False, repaint=False, init=False)  # noqa: FBT003 - Textual's own signature
    """Whether beats are spoken as words."""
    heard: reactive[str] = reactive("", repaint=False, init=False)
    """How the last note sat."""
    news: reactive[str] = reactive("", repaint=False, init=False)
    """Takes the place of `heard`."""

    def __init__(self) -> None:
        """Show nothing yet."""
        super().__init__()
        self._line = blank_row(0)

    def watch_lead(self) -> None:
        """Draw what has changed."""
        self._redraw()

    watch_hint = watch_beat = watch_counts_in = watch_heard = watch_news = watch_lead

    def follow(self, session: TakeSession, say_where: Callable[[TakeSession], str]) -> None:
        """Show where a take stands; `say_where` tells the place in the music."""
        self.counts_in = session.phase is Phase.COUNT_IN
        if session.phase is Phase.PREVIEW:
            minutes, seconds = divmod(int(session.preview_left_s + 0.999), 60)
            self.lead = f"Look it through  {minutes}:{seconds:02d}"
            self.hint, self.beat = "Space starts sooner", None
        elif session.phase is Phase.DONE:
            self.lead, self.hint, self.beat = "Done", "grading …", None
        elif session.count is None and session.phase is Phase.COUNT_IN:
            self.lead, self.hint, self.beat = "Here it comes …", "", None
        else:
            self.lead, self.hint = say_where(session), ""
            plan = session.plan
            # Music that waits for the player has no beat.
            self.beat = (
                find_beat(session.chart, session.position_ql, plan, session.now_s)
                if plan.clicks
                else None
            )
            if self.beat is not None and not self.beat.number:
                # The number of the bar would tell its downbeat.
                self.lead = OWN_TIME

    def on_resize(self) -> None:
        """Lay the line out for the new width."""
        self._line = self._compose_line()
        self.refresh()

    def cells(self, y: int) -> Row:
        """The line stands in the middle row."""
        width = self.size.width
        if y != self.size.height // 2:
            return blank_row(width)
        if len(self._line.text) != width:
            self._line = self._compose_line()
        return self._line

    def look(self, name: str) -> Style:
        """The style of a cell by the name of its look."""
        if name == BLANK:
            return self.rich_style
        return self.get_component_rich_style(f"strip--{name}")

    def _redraw(self) -> None:
        before, self._line = self._line, self._compose_line()
        if len(before.text) != len(self._line.text):
            return
        change = find_change(before, self._line)
        if change is not None:
            first, end = change
            self.show_cells(Region(first, self.size.height // 2, end - first, 1))

    def _compose_line(self) -> Row:
        """The three parts on one line."""
        width = self.size.width
        right = self.news or self.heard
        lead, hint = self._make_way(len(right), width)
        parts = [(" " * MARGIN, BLANK), (lead.ljust(16 if self.beat else 0), "lead")]
        if self.beat is not None:
            parts += self._draw_beats(self.beat)
        elif hint:
            parts.append((f"   {hint}", "quiet"))
        taken = sum(len(words) for words, _ in parts)
        room = width - MARGIN - taken - 2
        if right and room > 0:
            right = right if len(right) <= room else right[: room - 1] + "…"
            parts.append((" " * (room + 2 - len(right)), BLANK))
            parts.append((right, "news" if self.news else "quiet"))
        return join_cells(parts, width)

    def _make_way(self, columns: int, width: int) -> tuple[str, str]:
        """What stands on the left before the take: news must be read whole before it starts."""
        words, _, clock = self.lead.rpartition("  ")
        short = f"{words.partition(' ')[0]}  {clock}".strip()
        ways = [(self.lead, self.hint), (self.lead, ""), (short, ""), (clock, "")]
        if self.beat is not None or not self.news:
            return ways[0]
        for lead, hint in ways[:-1]:
            if len(lead) + len(hint) + 3 * bool(hint) + 2 * MARGIN + 2 + columns <= width:
                return lead, hint
        return ways[-1]

    def _draw_beats(self, beat: Beat) -> list[tuple[str, str]]:
        beats = []
        for number in range(1, beat.of + 1):
            on = number == beat.number
            word = COUNTING[number - 1] if self.counts_in and beat.of <= 4 else str(number)  # noqa: PLR2004 - words of more beats have no room
            style = "quiet"
            if on:
                style = "now"
                if beat.is_lit:
                    style = "downbeat" if number == 1 else "lit"
            beats.append((f" {word if on or not self.counts_in else '·'} ", style))
            beats.append((" ", BLANK))
        return beats
