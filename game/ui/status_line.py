"""One line on keyboard and sound."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text
from textual.widgets import Static

if TYPE_CHECKING:
    from game.ui.status import Status


class StatusLine(Static):
    """Keyboard on the left, sound on the right."""

    DEFAULT_CSS = """
    StatusLine { height: 1; padding: 0 2; color: $text-muted; }
    """

    _shown = ""

    def show(self, status: Status) -> None:
        """Show what is connected."""
        keyboard, sound = status.keyboard_line, status.sound_line
        gap = max(2, self.app.size.width - 4 - len(keyboard) - len(sound))
        line = keyboard + " " * gap + sound
        if line != self._shown:
            self._shown = line
            self.update(Text(line, no_wrap=True, overflow="ellipsis"), layout=False)
