"""Which file to write of a take: a small window over the review."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

if TYPE_CHECKING:
    from textual.app import ComposeResult

FORMS = (
    ("s", "svg", "SVG       the marked chart, to be printed"),
    ("p", "png", "PNG       the marked chart, to be shown"),
    ("x", "musicxml", "MusicXML  the chart with its marks"),
    ("m", "midi", "MIDI      what was played"),
    ("w", "words", "Words     the chart, and what became of it"),
)


class ExportDialog(ModalScreen[str | None]):
    """Gives the chosen form, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,e", "close", "Close"),
        *(Binding(key, f"choose('{form}')", show=False) for key, form, _ in FORMS),
    ]

    DEFAULT_CSS = """
    ExportDialog { align: center middle; background: $background 60%; }
    ExportDialog > OptionList {
        width: 52; height: auto; padding: 0 1;
        border: round $primary; border-title-color: $primary; border-title-style: bold;
        border-subtitle-color: $text-muted; background: $surface;
        &:focus { border: round $primary; }
    }
    """

    def compose(self) -> ComposeResult:
        """The forms with their keys."""
        forms = OptionList(*(Option(f"{key}  {line}", id=form) for key, form, line in FORMS))
        forms.border_title = "Write a file"
        forms.border_subtitle = "Enter writes, Esc closes"
        yield forms

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Chosen from the list."""
        self.dismiss(event.option_id)

    def action_choose(self, form: str) -> None:
        """Chosen by its key."""
        self.dismiss(form)

    def action_close(self) -> None:
        """Nothing chosen."""
        self.dismiss(None)
