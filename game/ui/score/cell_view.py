"""A widget of cells that writes what has changed in it to the terminal at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.style import Style
from textual.widget import Widget

from game.ui.score.cell_paint import Exposure, Palette, write_cells
from game.ui.score.cells import BLANK, OVER, Row

if TYPE_CHECKING:
    from textual.geometry import Region
    from textual.strip import Strip

__all__ = ["BLANK", "OVER", "CellView", "Row"]


class CellView(Widget):
    """Rows of cells with named looks; without border or padding, which it draws itself."""

    def __init__(
        self,
        *,
        name: str | None = None,
        id: str | None = None,  # noqa: A002 - Textual's own name
        classes: str | None = None,
    ) -> None:
        """Show nothing yet."""
        super().__init__(name=name, id=id, classes=classes)
        self._exposure = Exposure(self)
        self._palette: Palette | None = None

    # What a kind of view says

    def cells(self, y: int) -> Row:
        """The cells of a row, as wide as the widget."""
        raise NotImplementedError

    def look(self, name: str) -> Style:
        """The style of a look."""
        raise NotImplementedError

    def look_over(self) -> Style:
        """What is added to a look whose name begins with `OVER`."""
        return Style.null()

    def lay_over(self, x: int, y: int) -> str:
        """What is to be sent after some cells: (x, y) is the terminal's cell of the first."""
        del x, y
        return ""

    # Drawing

    def show_cells(self, *regions: Region) -> None:
        """Draw cells: at once where they are in sight, else when Textual next draws."""
        within = self.size.region
        cells = [each for each in (region.intersection(within) for region in regions) if each]
        if not cells:
            return
        if not self._exposure.covers(cells):
            self.refresh(*cells)
            return
        home = self.content_region
        written = self.palette.write(self.cells, cells, home.x, home.y)
        write_cells(self, written + self.lay_over(home.x, home.y))

    @property
    def palette(self) -> Palette:
        """The looks in the theme's colours."""
        if self._palette is None:
            self._palette = Palette(self, self.look, self.look_over())
        return self._palette

    def render_lines(self, crop: Region) -> list[Strip]:
        """Rows for Textual's compositor; nothing is kept in Textual's own cache."""
        background = self.background_colors[1]
        strips = []
        for y in crop.line_range:
            strip = self.render_line(y).crop(crop.x, crop.right)
            for line_filter in self.get_line_filters():
                strip = strip.apply_filter(line_filter, background)
            strips.append(strip)
        return strips

    def render_line(self, y: int) -> Strip:
        """One row for Textual's compositor."""
        return self.palette.strip(self.cells(y))

    def notify_style_update(self) -> None:
        """Draw with the new theme's colours."""
        super().notify_style_update()
        self._palette = None
