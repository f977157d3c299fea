"""What screens with an engraved chart have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

from game.ui.screens.game_screen import GameScreen

if TYPE_CHECKING:
    from game.notation.page import Page


class PagedScreen(GameScreen):
    """Has its chart engraved anew whenever it is to be drawn in another way."""

    _page: Page | None = None

    def _order_page(self) -> None:
        """Ask for an engraving as `page_request` has it."""
        raise NotImplementedError

    def redraw(self) -> None:
        """Engrave for another width, size of print or way of drawing."""
        if self._page is not None and self._page.request != self.page_request:
            self._order_page()
