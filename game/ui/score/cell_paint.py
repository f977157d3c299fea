"""Cells on the terminal without a detour: a frame's few changed cells, written as they are.

Textual's compositor cuts and joins whole rows of strips for every update, which costs tens of
milliseconds for a playhead of forty rows. A widget that knows its cells may write them itself
where nothing lies over it; what Textual draws later shows the same, since both ask the widget.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from rich.segment import Segment
from rich.style import Style
from textual._compositor import CompositorUpdate
from textual.strip import Strip

from game.ui.score.cells import OVER, PICTURED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from rich.color import ColorSystem
    from rich.console import Console, ConsoleOptions, RenderResult
    from textual.geometry import Region
    from textual.widget import Widget

    from game.ui.score.cells import Row

RESET = "\x1b[0m"


class CellsUpdate(CompositorUpdate):
    """An update that is written out already."""

    def __init__(self, sequence: str) -> None:
        """Keep what the terminal is to be sent."""
        self.sequence = sequence

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Nothing for consoles: this is for the terminal alone."""
        yield from ()

    def render_segments(self, console: Console) -> str:
        """The control sequences and characters."""
        del console
        return self.sequence


class Palette:
    """Looks by name, as styles and as control sequences, each worked out once."""

    def __init__(self, widget: Widget, find_style: Callable[[str], Style], over: Style) -> None:
        """Take the looks of a widget.

        Args:
            widget: whose filters (no colour, dimmed, ...) hold.
            find_style: the style of a name.
            over: what the playhead adds to a style.
        """
        self._widget = widget
        self._find_style = find_style
        self._over = over
        self._styles: dict[str, Style] = {}
        self._sequences: dict[str, str] = {}
        self.spares_pictures = False
        """Whether a character would take a piece out of the picture in its cell."""

    def style(self, name: str) -> Style:
        """The style of a look."""
        style = self._styles.get(name)
        if style is None:
            plain = self._find_style(name.removeprefix(OVER))
            style = plain + self._over if name.startswith(OVER) else plain
            self._styles[name] = style
        return style

    def sequence(self, name: str) -> str:
        """The control sequence that switches to a look from any other."""
        sequence = self._sequences.get(name)
        if sequence is None:
            strip = Strip([Segment("x", self.style(name))], 1)
            background = self._widget.background_colors[1]
            for line_filter in self._widget.get_line_filters():
                strip = strip.apply_filter(line_filter, background)
            style = next(iter(strip)).style or Style()
            system: ColorSystem | None = self._widget.app.console._color_system  # noqa: SLF001 - as Textual's strips do
            switch = style.render("x", color_system=system).partition("x")[0]
            sequence = self._sequences[name] = RESET + switch
        return sequence

    def strip(self, row: Row) -> Strip:
        """A row for Textual's compositor."""
        segments, start = [], 0
        for name, run in groupby(row.names):
            end = start + len(list(run))
            segments.append(Segment(row.text[start:end], self.style(name)))
            start = end
        return Strip(segments, len(row.text))

    def write(self, rows: Callable[[int], Row], regions: Iterable[Region], x: int, y: int) -> str:
        """The cells of some regions as control sequences and characters.

        Args:
            rows: gives the row of the widget at a y.
            regions: in the widget's cells.
            x: the terminal's column of the widget's first cell, from 0.
            y: its row.
        """
        parts: list[str] = []
        look = ""
        for region in regions:
            left, right = region.x, region.right
            for line in range(region.y, region.bottom):
                text, names = rows(line)
                parts.append(f"\x1b[{y + line + 1};{x + left + 1}H")
                start = left
                for name, run in groupby(names[left:right]):
                    end = start + len(list(run))
                    if self.spares_pictures and name.endswith(PICTURED):
                        parts.append(f"\x1b[{end - start}C")
                        start = end
                        continue
                    if name != look:
                        parts.append(self.sequence(name))
                        look = name
                    parts.append(text[start:end])
                    start = end
        parts.append(RESET)
        return "".join(parts)


class Exposure:
    """Whether nothing lies over a widget; looked up again only when the screen is laid out."""

    def __init__(self, widget: Widget) -> None:
        """Watch over a widget."""
        self._widget = widget
        self._layers: object = None
        self._rows: set[int] = set()

    def covers(self, regions: Iterable[Region]) -> bool:
        """Whether all cells of some regions of the widget are in sight, right now."""
        widget = self._widget
        if not widget.is_attached or widget.app.screen is not widget.screen:
            return False
        if widget.app._batch_count:  # noqa: SLF001 - what is sent in a batch is dropped
            return False
        seen = self._look()
        return all(seen.issuperset(range(r.y, r.bottom)) for r in regions)

    def is_whole(self) -> bool:
        """Whether all of the widget is in sight on the screen that is shown."""
        widget = self._widget
        if not widget.is_attached or widget.app.screen is not widget.screen:
            return False
        height = widget.content_region.height
        return height > 0 and self._look().issuperset(range(height))

    def _look(self) -> set[int]:
        layers = self._widget.screen._compositor.layers_visible  # noqa: SLF001 - there is no public way
        if layers is not self._layers:
            self._layers = layers
            self._rows = self._find_rows(layers)
        return self._rows

    def _find_rows(self, layers: list[list[tuple[Widget, Region, Region]]]) -> set[int]:
        """The widget's rows in which it is the foremost in all its columns."""
        widget = self._widget
        home = widget.content_region
        rows = set()
        for y in range(max(0, home.y), min(home.bottom, len(layers))):
            for other, cropped, _ in layers[y]:
                if other is widget:
                    if cropped.x <= home.x and cropped.right >= home.right:
                        rows.add(y - home.y)
                    break
                if cropped.x < home.right and cropped.right > home.x:
                    break
        return rows


def write_cells(widget: Widget, sequence: str) -> None:
    """Send control sequences and characters to the terminal, in step with what else is sent."""
    widget.app._display(widget.screen, CellsUpdate(sequence))  # noqa: SLF001 - there is no public way
