"""The ten levels in a row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text
from textual.message import Message
from textual.widgets import Static

if TYPE_CHECKING:
    from textual.events import Click

LOWEST, HIGHEST = 1, 10
"""As in `exercises.levels`, which reads a file and is not loaded for the first frame."""
LABEL, COLUMNS = "Level  ", 3


class LevelRow(Static):
    """The ten levels in a row, the chosen one standing out."""

    DEFAULT_CSS = """
    LevelRow { height: 1; color: $text-muted; }
    """

    class Picked(Message):
        """A level was clicked."""

        def __init__(self, level: int) -> None:
            super().__init__()
            self.level = level

    def on_click(self, event: Click) -> None:
        """The level under the mouse."""
        level = (event.x - len(LABEL)) // COLUMNS + LOWEST
        if event.x >= len(LABEL) and level <= HIGHEST:
            self.post_message(self.Picked(level))

    def show(self, chosen: int) -> None:
        """Stand out the chosen level."""
        row = Text(LABEL, no_wrap=True)
        for number in range(LOWEST, HIGHEST + 1):
            is_chosen = number == chosen
            row.append(f"[{number}]" if is_chosen else f" {number} ", "bold" if is_chosen else "")
        self.update(row, layout=False)
