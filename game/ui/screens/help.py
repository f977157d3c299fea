"""All keys of a screen, over that screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.table import Table
from rich.text import Text
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

if TYPE_CHECKING:
    from textual.app import ComposeResult

EVERYWHERE = (
    ("?", "this help"),
    ("Ctrl+P", "everything by its name: screens, genres, themes (not at the stage)"),
    ("Ctrl+Q", "quit from anywhere"),
)
PIANO = """\
  2 3   5 6 7   9 0        upper row: middle C to E
 q w e r t y u i o p

  s d   g h j   l ;        lower row: an octave below
 z x c v b n m , . /       [ and ]  an octave down and up"""


class HelpScreen(ModalScreen[None]):
    """Keys of the screen below, the keys of every screen, and the computer keys as a piano."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,enter,q,space", "dismiss", "Close"),
    ]

    DEFAULT_CSS = """
    HelpScreen { align: center middle; background: $background 60%; }
    HelpScreen > VerticalScroll {
        width: 66; max-width: 96%; height: auto; max-height: 96%; padding: 0 2;
        border: round $primary; border-title-color: $primary; border-title-style: bold;
        border-subtitle-color: $text-muted; background: $surface;
    }
    """

    def __init__(self, title: str, keys: tuple[tuple[str, str], ...]) -> None:
        """Show these keys under this title."""
        super().__init__()
        self._title = title
        self._keys = keys

    def compose(self) -> ComposeResult:
        """A table of keys and a drawing of the piano."""
        panel = VerticalScroll()
        panel.border_title = f"{self._title}: the keys"
        panel.border_subtitle = "Esc closes"
        with panel:
            table = Table.grid(padding=(0, 2))
            for key, does in (*self._keys, *EVERYWHERE):
                table.add_row(Text(key, "bold"), does)
            yield Static(table)
            yield Static("\nThe computer keys as a piano, on the stage:", markup=False)
            yield Static(PIANO, markup=False)
