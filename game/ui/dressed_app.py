"""An app with looks of its own, and a command palette that leads everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from textual import events
from textual.constants import TEXTUAL_ANIMATIONS

from game.ui.looks import THEMES, LegibleDim, make_legible
from game.ui.screens.game_screen import GameScreen
from game.ui.terminal_app import TerminalApp

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.console import RenderableType
    from textual.app import SystemCommand
    from textual.filter import LineFilter
    from textual.screen import Screen

    from game.ui.app import FirstTakeApp


class DressedApp(TerminalApp):
    """Knows the game's themes."""

    def __init__(self) -> None:
        """Have the themes at hand."""
        super().__init__()
        self._legible_dim = LegibleDim()
        for theme in THEMES:
            self.register_theme(theme)

    is_leaving = False
    """Whether the player has quit: what is pressed after that shows no screen any more."""

    def exit(
        self,
        result: None = None,
        return_code: int = 0,
        message: RenderableType | None = None,
    ) -> None:
        """Leave."""
        self.is_leaving = True
        super().exit(result, return_code, message)

    async def on_event(self, event: events.Event) -> None:
        """What is pressed when the last screen has gone is for nobody."""
        if self.screen_stack or not isinstance(event, events.Key):
            await super().on_event(event)

    def get_css_variables(self) -> dict[str, str]:
        """The theme's colours, legible; a terminal's own colours as they are."""
        variables = super().get_css_variables()
        if not self.current_theme.ansi:
            variables = self.theme_variables = make_legible(variables)
        return variables

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """What themes of a terminal's own colours say of variables of ours."""
        return {"ink-on-primary": "ansi_default", "quiet": "ansi_default"}

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Dim words are made out of colours before others look at them."""
        filters = super().get_line_filters()
        return filters if self.native_ansi_color else [self._legible_dim, *filters]

    def dress(self, theme: str, *, reduced_motion: bool) -> None:
        """Take a theme, where there is one of the name, and let things glide or not."""
        if theme in self.available_themes and theme != self.theme:
            self.theme = theme
            self.call_next(self._recolour)
        self.animation_level = "none" if reduced_motion else TEXTUAL_ANIMATIONS

    def _recolour(self) -> None:
        for screen in self.screen_stack:
            if isinstance(screen, GameScreen):
                screen.recolour()

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """What the command palette offers."""
        del screen
        from game.ui.palette import list_commands  # noqa: PLC0415 - seldom wanted

        return list_commands(cast("FirstTakeApp", self))

    def action_command_palette(self) -> None:
        """The palette, where nothing is lost by leaving."""
        if isinstance(self.screen, GameScreen) and self.screen.has_palette:
            from game.ui.paged_list import PagedPalette  # noqa: PLC0415 - seldom wanted

            self.push_screen(PagedPalette(id="--command-palette"))
