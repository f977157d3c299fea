"""A small list of genres over another screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.app import ComposeResult


class GenrePicker(ModalScreen[str | None]):
    """Gives the id of the chosen genre, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,g", "close", "Close")]

    DEFAULT_CSS = """
    GenrePicker { align: center middle; background: $background 60%; }
    GenrePicker > OptionList {
        width: 34; height: auto; max-height: 80%; padding: 0 1;
        border: round $primary; border-title-color: $primary; border-title-style: bold;
        border-subtitle-color: $text-muted; background: $surface;
    }
    """

    def __init__(self, names: Mapping[str, str], here: str) -> None:
        """Offer genres (id to name); the one after `here` is highlighted."""
        super().__init__()
        self._names = names
        self._here = here

    def compose(self) -> ComposeResult:
        """The list."""
        genres = OptionList(*(Option(name, id=style) for style, name in self._names.items()))
        genres.border_title = "Another genre"
        genres.border_subtitle = "Enter plays, Esc closes"
        yield genres

    def on_mount(self) -> None:
        """Stand on the genre after the one that was played."""
        ids = list(self._names)
        if ids:
            here = ids.index(self._here) if self._here in ids else -1
            for genres in self.query(OptionList):
                genres.highlighted = (here + 1) % len(ids)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Chosen."""
        self.dismiss(event.option_id)

    def action_close(self) -> None:
        """Nothing chosen."""
        self.dismiss(None)
