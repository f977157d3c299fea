"""Who plays: the players of this machine, and a new one."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from game.places import LONGEST_NAME, is_player_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

FIRST = "(first player)"
"""How the player without a name is listed."""


class PlayersScreen(ModalScreen[str | None]):
    """Gives the name of the player who plays on ("" is the first one's), or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Close"),
        Binding("tab", "app.focus_next", "Next", show=False),
    ]

    DEFAULT_CSS = """
    PlayersScreen {
        align: center middle; background: $background 60%;
        & > Vertical {
            width: 44; height: auto; max-height: 80%; padding: 0 1;
            border: round $primary; border-title-color: $primary; border-title-style: bold;
            border-subtitle-color: $text-muted; background: $surface;
        }
        & OptionList, & OptionList:focus {
            height: auto; max-height: 10; border: none; background: $surface;
        }
        & Input, & Input:focus { border: none; height: 1; margin: 1 0 0 0; background: $boost; }
        & Input > .input--placeholder { color: $text-muted; }
        & #fault { height: auto; color: $text-warning; }
    }
    """

    def __init__(self, players: Sequence[str], current: str) -> None:
        """Offer these players; the one who plays now is highlighted."""
        super().__init__()
        self._players = list(players)
        self._current = current
        self._list = OptionList(*(Option(name or FIRST) for name in self._players))
        self._new = Input(placeholder="a new player's name", max_length=LONGEST_NAME)
        self._fault = Static(id="fault", markup=False)

    def compose(self) -> ComposeResult:
        """The list, and a line for a new name."""
        with Vertical() as box:
            box.border_title = "Who plays?"
            box.border_subtitle = "Enter chooses, Tab: new, Esc closes"
            yield self._list
            yield self._new
            yield self._fault

    def on_mount(self) -> None:
        """Stand on the one who plays now."""
        self._list.highlighted = self._players.index(self._current)
        self._list.focus()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Chosen."""
        self.dismiss(self._players[event.option_index])

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """A new player."""
        name = event.value.strip()
        if is_player_name(name):
            self.dismiss(name)
        else:
            self._fault.update("Letters, digits, - and _ make a name.")

    def action_close(self) -> None:
        """Nobody else."""
        self.dismiss(None)
