"""The passes of a loop: which of them stays."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.widgets import Static

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

    from game.ui.keeping import Outcome

SHOWN = 8
"""Rows at once."""


def pick_best(passes: Sequence[Outcome]) -> int:
    """The pass that is suggested: the best total, of equal ones the one that nobody hears."""

    def worth(index: int) -> tuple[float, bool, int]:
        one = passes[index]
        is_clean = one.seam is not None and one.seam.is_inaudible
        return round(one.scorecard.scores.total, 1), is_clean, -index

    return max(range(len(passes)), key=worth)


class PassPicker(ModalScreen[int | None]):
    """Gives the index of the pass that stays; None leaves the take as it was."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "step(-1)", "Pass"),
        Binding("down", "step(1)", "Pass"),
        Binding("enter", "take", "Take it"),
        Binding("escape,u", "close", "As it was"),
    ]

    DEFAULT_CSS = """
    PassPicker { align: center middle; background: $background 60%; }
    PassPicker > Static {
        width: 72; height: auto; padding: 1 2;
        border: round $primary; border-title-color: $primary; border-title-style: bold;
        border-subtitle-color: $text-muted; background: $surface;
    }
    """

    def __init__(self, passes: Sequence[Outcome], before: Outcome) -> None:
        """Offer the passes, at the best; `before` is the take as it was."""
        super().__init__()
        self._passes = tuple(passes)
        self._before = before
        self._index = pick_best(passes)
        self._box = Static(markup=False)

    def compose(self) -> ComposeResult:
        """One box."""
        self._box.border_title = "Passes of the loop"
        self._box.border_subtitle = "Enter takes it, Esc leaves it as it was"
        yield self._box

    def on_mount(self) -> None:
        """Show them."""
        self._draw()

    def _draw(self) -> None:
        first = max(0, min(self._index - SHOWN // 2, len(self._passes) - SHOWN))
        words = Text()
        for index, one in enumerate(self._passes[first : first + SHOWN], first):
            here = index == self._index
            total = one.scorecard.scores.total
            words.append(f"{'›' if here else ' '} Pass {index + 1:<3}", "bold" if here else "")  # noqa: RUF001 - a pointer
            words.append(f" {total:>3.0f}  ", "bold" if here else "")
            words.append(f"{one.seam.short if one.seam else ''}\n", "" if here else "dim")
        hidden = len(self._passes) - SHOWN
        if hidden > 0:
            words.append(f"  and {hidden} more, by ↑ ↓\n", "dim")
        words.append(f"\n  As it was {self._before.scorecard.scores.total:>3.0f}\n", "dim")
        seam = self._passes[self._index].seam
        words.append(f"\n{seam.line if seam else ''}", "italic")
        self._box.update(words)

    def action_step(self, by: int) -> None:
        """The pass above or below."""
        self._index = (self._index + by) % len(self._passes)
        self._draw()

    def action_take(self) -> None:
        """This one stays."""
        self.dismiss(self._index)

    def action_close(self) -> None:
        """None of them."""
        self.dismiss(None)
