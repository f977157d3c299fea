"""What screens have in common that list things to do and tell of one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Horizontal, Vertical
from textual.widgets import OptionList, Static

from game.ui.screens.game_screen import GameScreen

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.widgets.option_list import Option


class Board(GameScreen):
    """A list on the left; on the right, in words, the one that stands out in it."""

    DEFAULT_CSS = """
    Board {
        #desk { height: 1fr; margin: 0 2; }
        #choices {
            height: 100%; border: round $foreground 25%; background: $background; padding: 0 1;
            & > .option-list--option-highlighted {
                background: $primary; color: $ink-on-primary; text-style: bold;
            }
        }
        #words {
            width: 1fr; height: 100%; margin-left: 1; padding: 0 2; border: round $primary;
            border-title-color: $primary; border-title-style: bold;
        }
    }
    """

    def __init__(self, *options: Option) -> None:
        """Begin with the first; what is not known yet comes later."""
        super().__init__()
        self._index = 0
        # Held, not looked up: the screen may be taken down, part by part, at any moment.
        self._words = Static(id="words", markup=False)
        self._list = OptionList(*options, id="choices")
        self._list.can_focus = False

    def compose_desk(self) -> ComposeResult:
        """The list and the words, side by side."""
        with Horizontal(id="desk"), Vertical(), Horizontal():
            yield self._list
            yield self._words

    @property
    def _count(self) -> int:
        """How many there are to choose from."""
        raise NotImplementedError

    def _show(self) -> None:
        """Draw what is chosen."""
        raise NotImplementedError

    def action_step(self, by: int) -> None:
        """The next one, round and round."""
        if self._count:
            self._index = (self._index + by) % self._count
            self._show()

    def action_home(self) -> None:
        """Home."""
        self.game.go_home()
