"""A comp by hand: for each bar the take that is heard, with what is heard of the cuts."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.widgets import Static

from game.ui.words import BAR_COLOURS, BAR_SIGNS

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult

Way = tuple[int, ...]
"""For each bar the candidate that is heard, by its index."""
COLUMNS = 4
"""Of a bar."""
LEAST_BARS = 14
"""Shown at once in 80 columns; more where there is more room."""
ROWS_SHOWN = 8
NAME_COLUMNS = 10
FRAME_COLUMNS = 7
"""Border, padding, and the arrow to bars that are not shown."""


@dataclass(frozen=True)
class Table:
    """What there is to choose from."""

    names: tuple[str, ...]
    """Of the candidates: "take 3", "punch 5"."""
    bars: tuple[int, ...]
    """Their printed numbers."""
    verdicts: tuple[tuple[str, ...], ...]
    """For each candidate the verdict of each bar; empty where it was not recorded."""
    way: Way
    """What is suggested."""
    listen: Callable[[Way], str]
    """What is heard of a choice's seams, in a line; takes some tenths of a second."""

    def others(self, bar: int) -> list[int]:
        """The candidates that have a bar."""
        return [k for k in range(len(self.names)) if self.verdicts[k][bar]]


class HandComp(ModalScreen[Way | None]):
    """Gives the take of each bar, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "bar(-1)", "Bar"),
        Binding("right", "bar(1)", "Bar"),
        Binding("up", "take(-1)", "Take"),
        Binding("down", "take(1)", "Take"),
        Binding("enter", "keep", "Keep"),
        Binding("escape,b", "close", "Close"),
    ]

    DEFAULT_CSS = """
    HandComp { align: center middle; background: $background 60%; }
    HandComp > Static {
        min-width: 76; height: auto; padding: 1 2;
        border: round $primary; border-title-color: $primary; border-title-style: bold;
        border-subtitle-color: $text-muted; background: $surface;
    }
    """

    def __init__(self, table: Table) -> None:
        """Begin with what is suggested."""
        super().__init__()
        self._table = table
        self._way = list(table.way)
        self._bar = 0
        self._heard = ""
        self._box = Static(markup=False)

    def compose(self) -> ComposeResult:
        """One box."""
        self._box.border_title = "Comp by hand"
        self._box.border_subtitle = "Enter keeps it, Esc closes"
        yield self._box

    def on_mount(self) -> None:
        """Show the choice, and listen to it."""
        self._choose()

    def _choose(self) -> None:
        self._heard = "listening to the cuts …"
        self._draw()
        self.run_worker(self._listen(), exclusive=True, exit_on_error=False)

    async def _listen(self) -> None:
        self._heard = await asyncio.to_thread(self._table.listen, tuple(self._way))
        self._draw()

    def on_resize(self) -> None:
        """As many bars as there is room for."""
        self._draw()

    def _draw(self) -> None:
        table = self._table
        room = (self.app.size.width - FRAME_COLUMNS - NAME_COLUMNS) // COLUMNS
        most = min(len(table.bars), max(LEAST_BARS, room))
        self._box.styles.width = FRAME_COLUMNS + NAME_COLUMNS + COLUMNS * most
        first = max(0, min(self._bar - most // 2, len(table.bars) - most))
        shown = range(first, min(len(table.bars), first + most))
        here = self._way[self._bar]
        top = max(0, min(here - ROWS_SHOWN // 2, len(table.names) - ROWS_SHOWN))
        words = Text(no_wrap=True)
        words.append(("‹ " if first else "  ").rjust(NAME_COLUMNS), "bold")  # noqa: RUF001 - an arrow
        for bar in shown:
            words.append(f"{table.bars[bar]:^{COLUMNS}}", "bold" if bar == self._bar else "dim")
        words.append("›" if shown.stop < len(table.bars) else " ", "bold")  # noqa: RUF001 - an arrow
        for row in range(top, min(len(table.names), top + ROWS_SHOWN)):
            words.append(f"\n{table.names[row]:<{NAME_COLUMNS}}", "bold" if row == here else "")
            for bar in shown:
                words.append_text(self._draw_cell(row, bar))
        hidden = len(table.names) - ROWS_SHOWN
        if hidden > 0:
            words.append(f"\n{'':<{NAME_COLUMNS}}and {hidden} more, by ↑ ↓", "dim")
        words.append(f"\n\n{self._heard}\n", "italic")
        words.append("\n← → a bar, ↑ ↓ the take of this bar; the bars after it go along", "dim")
        self._box.update(words)

    def _draw_cell(self, row: int, bar: int) -> Text:
        verdict = self._table.verdicts[row][bar]
        sign = BAR_SIGNS.get(verdict, "?") if verdict else " "
        colour = self.app.theme_variables[BAR_COLOURS.get(verdict, "foreground")]
        if self._way[bar] != row:
            return Text(f" {sign}  ", f"dim {colour}")
        ends = "[]" if bar != self._bar else "▸◂"
        return Text(f"{ends[0]}{sign}{ends[1]} ", f"bold {colour}")

    def action_bar(self, by: int) -> None:
        """The bar before or after."""
        self._bar = (self._bar + by) % len(self._table.bars)
        self._draw()

    def action_take(self, by: int) -> None:
        """Another take from this bar on, up to where another was chosen or it was not recorded."""
        table, bar = self._table, self._bar
        others = table.others(bar)
        old = self._way[bar]
        new = others[(others.index(old) + by) % len(others)]
        while bar < len(self._way) and self._way[bar] == old and table.verdicts[new][bar]:
            self._way[bar] = new
            bar += 1
        self._choose()

    def action_keep(self) -> None:
        """This is the comp."""
        self.dismiss(tuple(self._way))

    def action_close(self) -> None:
        """Leave it."""
        self.dismiss(None)
