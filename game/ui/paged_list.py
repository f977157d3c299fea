"""Lists that may be paged through before they are laid out.

Textual's own fail there with a KeyError: they look up the line of an option that has none yet.
"""

from __future__ import annotations

from textual.command import CommandList, CommandPalette
from textual.widgets import OptionList


class PagedList(OptionList):
    """An option list whose page keys wait for it."""

    def action_page_down(self) -> None:
        """A page on."""
        if self.size.height:
            super().action_page_down()  # type: ignore[no-untyped-call]

    def action_page_up(self) -> None:
        """A page back."""
        if self.size.height:
            super().action_page_up()  # type: ignore[no-untyped-call]


class PagedPalette(CommandPalette):
    """A command palette whose page keys wait for what it has found."""

    def _action_command_list(self, action: str) -> None:
        if self.query_one(CommandList).size.height:
            super()._action_command_list(action)
