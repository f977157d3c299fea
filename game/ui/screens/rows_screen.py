"""A screen of rows with a choice in each: set-up, options, click, mix."""

from __future__ import annotations

from textual.binding import Binding

from game.ui.screens.game_screen import GameScreen

ROW_KEYS = (
    Binding("up,shift+tab", "row(-1)", "Row", key_display="↑↓", priority=True),
    Binding("down,tab", "row(1)", "Next row", show=False, priority=True),
)
"""For the bindings of each kind, at the place where the footer shows them."""


class RowsScreen(GameScreen):
    """Goes from row to row by the arrows; what the rows are its kinds say."""

    def action_row(self, by: int) -> None:
        """The row above or below."""
        if by < 0:
            self.focus_previous()
        else:
            self.focus_next()

    def action_options(self) -> None:
        """Back to the options."""
        from game.ui.screens.options import OptionsScreen  # noqa: PLC0415 - it is a screen of rows itself

        self.game.show(OptionsScreen())

    def action_home(self) -> None:
        """Home."""
        self.game.go_home()
