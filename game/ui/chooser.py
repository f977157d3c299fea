"""A row with one choice out of several, between two arrows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

if TYPE_CHECKING:
    from collections.abc import Sequence

LABEL_COLUMNS = 12
LEFT, RIGHT = "‹ ", " ›"  # noqa: RUF001 - arrows


class Chooser(Widget, can_focus=True):
    """One line: a label and the chosen value; left and right change it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "step(-1)", "Change", key_display="←→"),
        Binding("right", "step(1)", "Next", show=False),
        Binding("pageup", "step(-5)", "Far back", show=False),
        Binding("pagedown", "step(5)", "Far on", show=False),
        Binding("home", "step(-999)", "First", show=False),
        Binding("end", "step(999)", "Last", show=False),
    ]

    COMPONENT_CLASSES: ClassVar[set[str]] = {"chooser--label", "chooser--arrow", "chooser--value"}

    DEFAULT_CSS = """
    Chooser {
        height: 1; width: 1fr; padding: 0 1;
        & > .chooser--label { color: $quiet; }
        & > .chooser--arrow { color: $foreground 40%; }
        & > .chooser--value { color: $foreground; text-style: bold; }
        &:focus {
            background: $primary 15%;
            & > .chooser--label { color: $foreground; }
            & > .chooser--arrow { color: $primary; text-style: bold; }
        }
    }
    """

    index: reactive[int] = reactive(0, init=False)
    """The place of the chosen value among the options."""

    class Changed(Message):
        """Another value was chosen by the player."""

        def __init__(self, chooser: Chooser) -> None:
            super().__init__()
            self.chooser = chooser

        @property
        def control(self) -> Chooser:
            """The row."""
            return self.chooser

    def __init__(
        self,
        label: str,
        options: Sequence[tuple[str, Any]],
        *,
        value: Any = None,  # noqa: ANN401 - whatever is chosen from
        id: str | None = None,  # noqa: A002 - Textual's own name
    ) -> None:
        """Offer options (words, value), beginning with `value` or the first."""
        super().__init__(id=id)
        self._label = label
        self._options = list(options)
        self.set_reactive(Chooser.index, self._index_of(value))

    @property
    def value(self) -> Any:  # noqa: ANN401 - whatever is chosen from
        """The chosen value; None where there is nothing to choose."""
        return self._options[self.index][1] if self._options else None

    def offer(self, options: Sequence[tuple[str, Any]], value: Any) -> None:  # noqa: ANN401
        """Change what there is to choose from; tells nobody."""
        self._options = list(options)
        self.set_reactive(Chooser.index, self._index_of(value))
        self.refresh()

    def _index_of(self, value: Any) -> int:  # noqa: ANN401 - whatever is chosen from
        return next((i for i, (_, one) in enumerate(self._options) if one == value), 0)

    def action_step(self, by: int) -> None:
        """Choose another value, held at the ends."""
        before = self.index
        self.index = max(0, min(self.index + by, len(self._options) - 1))
        if self.index != before:
            self.post_message(self.Changed(self))

    def render(self) -> Text:
        """The label, and the value between its arrows."""
        words = self._options[self.index][0] if self._options else "none"
        arrow = self.get_component_rich_style("chooser--arrow", partial=True)
        return Text.assemble(
            (
                self._label.ljust(LABEL_COLUMNS),
                self.get_component_rich_style("chooser--label", partial=True),
            ),
            (LEFT if self.index > 0 else "  ", arrow),
            (words, self.get_component_rich_style("chooser--value", partial=True)),
            (RIGHT if self.index < len(self._options) - 1 else "  ", arrow),
            no_wrap=True,
            overflow="ellipsis",
        )
