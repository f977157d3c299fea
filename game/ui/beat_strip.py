"""The line over the score: preview clock, count-in, the visible click, and the last note heard."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.reactive import reactive
from textual.widget import Widget

if TYPE_CHECKING:
    from rich.style import Style

    from game.ui.beats import Beat

COUNTING = ("ONE", "TWO", "THREE", "FOUR", "FIVE", "SIX", "SEVEN", "EIGHT", "NINE")


class BeatStrip(Widget):
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
        height: 1; padding: 0 2; background: $surface;
        & > .strip--lead { color: $foreground; text-style: bold; }
        & > .strip--lit { color: $background; background: $primary; text-style: bold; }
        & > .strip--downbeat { color: $background; background: $warning; text-style: bold; }
        & > .strip--now { color: $primary; text-style: bold; }
        & > .strip--quiet { color: $foreground 60%; }
        & > .strip--news { color: $warning; text-style: bold; }
    }
    """

    lead: reactive[str] = reactive("")
    """What goes on."""
    hint: reactive[str] = reactive("")
    """What can be done about it, shown where there are no beats."""
    beat: reactive[Beat | None] = reactive(None)
    """The beat that is on; None shows no beats."""
    counts_in: reactive[bool] = reactive(False)  # noqa: FBT003 - Textual's own signature
    """Whether beats are spoken as words."""
    heard: reactive[str] = reactive("")
    """How the last note sat."""
    news: reactive[str] = reactive("")
    """Takes the place of `heard`."""

    def render(self) -> Text:
        """The three parts on one line."""
        width = self.content_size.width
        line = Text(no_wrap=True, overflow="crop")
        line.append(self.lead.ljust(16 if self.beat else 0), self._style("lead"))
        if self.beat is not None:
            line.append(self._draw_beats(self.beat))
        elif self.hint:
            line.append(f"   {self.hint}", self._style("quiet"))
        right = self.news or self.heard
        room = width - line.cell_len - 2
        if right and room > 0:
            right = right if len(right) <= room else right[: room - 1] + "…"
            line.append(" " * (width - line.cell_len - len(right)))
            line.append(right, self._style("news" if self.news else "quiet"))
        return line

    def _draw_beats(self, beat: Beat) -> Text:
        beats = Text()
        for number in range(1, beat.of + 1):
            on = number == beat.number
            word = COUNTING[number - 1] if self.counts_in and beat.of <= 4 else str(number)  # noqa: PLR2004 - words of more beats have no room
            style = "quiet"
            if on:
                style = "now"
                if beat.is_lit:
                    style = "downbeat" if number == 1 else "lit"
            beats.append(f" {word if on or not self.counts_in else '·'} ", self._style(style))
            beats.append(" ")
        return beats

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(
            f"strip--{name}", partial=name not in ("lit", "downbeat")
        )
