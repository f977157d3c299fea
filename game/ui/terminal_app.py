"""An app that knows what its terminal can draw."""

from __future__ import annotations

import gc
import os
from typing import TYPE_CHECKING

from textual.app import App

from game.ui.screens.game_screen import GameScreen
from game.ui.terminal import (
    Graphics,
    TerminalAnswered,
    ask,
    hear_answers,
    listening_driver,
    measure_cell,
)

if TYPE_CHECKING:
    from textual.driver import Driver


class TerminalApp(App[None]):
    """Asks its terminal, and follows the size of its letters."""

    graphics = Graphics()
    """What the terminal has said of itself so far."""
    drawing = "auto"
    """How scores are wanted: "pixels", "octants", "braille" or "auto"."""

    def draw_as(self, drawing: str) -> None:
        """Have scores drawn in another way from now on."""
        if drawing != self.drawing:
            self.drawing = drawing
            self._redraw()

    def _redraw(self) -> None:
        for screen in self.screen_stack:
            if isinstance(screen, GameScreen):
                screen.redraw()
                screen.query("PicturedView").refresh()

    @property
    def shows_pictures(self) -> bool:
        """Whether scores are drawn in pixels."""
        return self.graphics.has_pictures and self.drawing in {"auto", "pixels"}

    def ask_terminal(self) -> None:
        """Ask, once the first frame is painted; from now on there may be garbage, too.

        All that was loaded for that frame stays: the first collection need not go through it.
        """
        gc.freeze()
        gc.enable()
        ask(self._driver)

    def get_driver_class(self) -> type[Driver]:
        """The terminal's driver, which passes on what the terminal says of itself."""
        return listening_driver(super().get_driver_class())

    def on_terminal_answered(self, message: TerminalAnswered) -> None:
        """Draw as well as the terminal can."""
        self._take(hear_answers(self.graphics, message.answers, os.environ))

    def on_resize(self) -> None:
        """Letters may have another size now."""
        self._take(self.graphics)

    def _take(self, graphics: Graphics) -> None:
        cell = measure_cell() if graphics.protocol else None
        graphics = graphics._replace(cell=cell or graphics.cell)
        if graphics != self.graphics:
            self.graphics = graphics
            self._redraw()
