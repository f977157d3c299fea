"""What screens with an engraved chart have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

from game.ui.screens.game_screen import GameScreen

if TYPE_CHECKING:
    from game.notation.page import Page
    from game.ui.messages import ChartFailed


class PagedScreen(GameScreen):
    """Has its chart engraved anew whenever it is to be drawn in another way."""

    _page: Page | None = None
    _is_redrawing = False
    """Whether another engraving of what is shown is on its way."""

    def _order_page(self) -> None:
        """Ask for an engraving as `page_request` has it."""
        raise NotImplementedError

    def redraw(self) -> None:
        """Engrave for another width, size of print or way of drawing.

        One after another: a window that is dragged passes through sizes faster than they are drawn.
        """
        if self._page is None or self._page.request == self.page_request or self._is_redrawing:
            return
        self._is_redrawing = True
        self._order_page()

    def on_chart_failed(self, message: ChartFailed) -> None:
        """Heard here, too, whatever a screen makes of it: nothing is on its way any more."""
        del message
        self._is_redrawing = False

    def _take_page(self, page: Page) -> None:
        """What was ordered is there; it may be of a size that was passed through."""
        self._page = page
        self._is_redrawing = False
        self.redraw()
