"""Cells with pictures of the systems over them, where the terminal shows pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from game.ui.score.cell_paint import write_cells
from game.ui.score.cell_view import CellView
from game.ui.score.inks import Palette
from game.ui.score.marks import SEVERITY
from game.ui.score.pictures import PictureLayer
from game.ui.score.rows import ScoreRows
from game.ui.terminal import Graphics

if TYPE_CHECKING:
    from rich.color import Color as RichColour
    from textual.geometry import Region
    from textual.strip import Strip

    from game.notation.page import HeadBox, Page
    from game.ui.score.sixel import Colour

NO_PICTURES = Graphics()
GREY = (128, 128, 128)


class PicturedView(CellView):
    """Keeps the terminal's pictures in step with the cells."""

    def __init__(
        self,
        *,
        name: str | None = None,
        id: str | None = None,  # noqa: A002 - Textual's own name
        classes: str | None = None,
    ) -> None:
        """Show no picture yet."""
        super().__init__(name=name, id=id, classes=classes)
        self._rows = ScoreRows()
        self._layer: PictureLayer | None = None
        self._boxes: dict[str, tuple[int, HeadBox]] = {}
        """System and pixels of each head, by the ids of all passes."""

    # Verbs

    def withdraw(self) -> None:
        """Take the pictures away: something else is shown, or something else of them."""
        if self._layer is not None:
            gone = self._layer.hide()
            driver = self.app._driver  # noqa: SLF001 - there is no public way
            if gone and driver is not None:
                driver.write(gone)
        self._layer = None

    def turn_pictures(self, page: Page | None) -> None:
        """Take another page's pictures from now on."""
        self.withdraw()
        self._boxes = {}
        for index, system in enumerate(page.systems if page else ()):
            if system.picture is not None:
                boxes = {box.id: box for box in system.picture.heads}
                for note in system.notes:
                    box = boxes.get(note.id)
                    for each in (note.id, *note.later) if box else ():
                        self._boxes[each] = (index, box)  # type: ignore[assignment]

    def forget_pictures(self) -> None:
        """Send all pictures again: verdicts have been changed at once."""
        if self._layer is not None:
            self._layer.forget()

    def colour_head(self, note_id: str, verdict: str) -> None:
        """Give a head in a picture the colour of its verdict."""
        found = self._boxes.get(note_id)
        if found is None or self._layer is None or not self._rows.pictured:
            return
        if not self._exposure.is_whole():
            return
        home = self.content_region
        patch = self._layer.mark(found[1], found[0], verdict, home.x, home.y)
        if patch:
            write_cells(self, patch)

    # Drawing

    def lay_over(self, x: int, y: int) -> str:
        """The pictures that have changed."""
        if not self._rows.pictured or self._layer is None:
            return ""
        return self._layer.show(self._rows, x, y)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Rows for Textual's compositor, which write over what pictures are there."""
        pictured, solid = self._can_picture(), getattr(self.app, "drawing", "") == "octants"
        if (pictured, solid) != (self._rows.pictured, self._rows.solid):
            self._rows.pictured, self._rows.solid = pictured, solid
            self._rows.forget()
            if not pictured:
                self.withdraw()
            self.refresh()
        if pictured and self._layer is None and self._rows.page is not None:
            self._layer = PictureLayer(self._graphics, self._rows.page, self._find_palette())
            self.palette.spares_pictures = not self._layer.lasts
        if self._layer is not None:
            self._layer.lose(crop.y, crop.bottom)
            self.call_after_refresh(self._show_pictures)
        return super().render_lines(crop)

    def _show_pictures(self) -> None:
        """Send what Textual's own drawing has covered."""
        if self._layer is None or not self._exposure.is_whole():
            return
        if self.app._batch_count:  # noqa: SLF001 - what is sent in a batch is dropped
            self.call_after_refresh(self._show_pictures)
            return
        home = self.content_region
        parts = self.lay_over(home.x, home.y)
        if parts:
            write_cells(self, parts)

    def notify_style_update(self) -> None:
        """Draw with the new theme's colours."""
        super().notify_style_update()
        self.withdraw()

    def on_unmount(self) -> None:
        """Leave no picture behind."""
        self.withdraw()

    @property
    def _graphics(self) -> Graphics:
        graphics: Graphics = getattr(self.app, "graphics", NO_PICTURES)
        return graphics

    def _can_picture(self) -> bool:
        """Whether there are pictures, a terminal for them, and nothing over them."""
        page = self._rows.page
        if page is None or not self._graphics.has_pictures or not page.systems:
            return False
        return page.systems[0].picture is not None and self._exposure.is_whole()

    def _find_palette(self) -> Palette:
        """The theme's colours, as near as the cells beside the pictures come to them."""
        system = self.app.console._color_system  # noqa: SLF001 - as Textual's strips do

        def shown(colour: RichColour | None) -> Colour:
            if colour is None:
                return GREY
            if system is not None:
                colour = colour.downgrade(system)
            red, green, blue = colour.get_truecolor()
            return red, green, blue

        paper = self.background_colors[1].rich_color
        verdicts = tuple(shown(self.look(name).color) for name in SEVERITY)
        head = self.look("playhead").bgcolor
        return Palette(shown(paper), shown(self.look("ink").color), verdicts, shown(head))
