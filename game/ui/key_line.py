"""The keys of a screen, in a line at its foot."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from textual.content import Content
from textual.widget import Widget

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.events import Click
    from textual.screen import Screen

GAP = 1
"""Columns between two keys."""


class ShownKey(NamedTuple):
    """A key as it stands in the line."""

    key: str
    """What is pressed when it is clicked."""
    name: str
    does: str
    is_enabled: bool

    @property
    def width(self) -> int:
        """Columns."""
        return len(self.name) + 1 + len(self.does)


class KeyLine(Widget):
    """What can be pressed here; a click presses it.

    One widget where Textual's footer is one for each key, and there with the first frame. Where
    not all keys fit, the last one stays, which leads to all of them.
    """

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    KeyLine { dock: bottom; height: 1; padding: 0 2; background: $panel; color: $foreground; }
    """

    _keys: tuple[ShownKey, ...] = ()

    def on_mount(self) -> None:
        """Follow what can be pressed."""
        self._keys = read_keys(self.screen)
        self.screen.bindings_updated_signal.subscribe(self, self._follow)

    def on_unmount(self) -> None:
        """Follow no more."""
        self.screen.bindings_updated_signal.unsubscribe(self)

    def _follow(self, screen: Screen[object]) -> None:
        keys = read_keys(screen)
        if keys != self._keys:
            self._keys = keys
            self.refresh()

    def render(self) -> Content:
        """Keys stand out from what they do; one that does nothing now is faint."""
        parts: list[tuple[str, str]] = []
        for shown in fit_keys(self._keys, self.size.width):
            faint = "" if shown.is_enabled else " dim"
            parts += [
                (" " * GAP if parts else "", ""),
                (shown.name, f"bold $accent{faint}"),
                (f" {shown.does}", faint.strip()),
            ]
        return Content.assemble(*parts)

    def on_click(self, event: Click) -> None:
        """Press the key under the mouse."""
        at = event.get_content_offset(self)
        begin = 0
        for shown in fit_keys(self._keys, self.size.width):
            if at is not None and begin <= at.x < begin + shown.width:
                self.app.simulate_key(shown.key)
            begin += shown.width + GAP


def read_keys(screen: Screen[object]) -> tuple[ShownKey, ...]:
    """The keys that a screen shows, one for each thing to do, in their order."""
    shown: dict[str, ShownKey] = {}
    for _, binding, is_enabled, _ in screen.active_bindings.values():
        if binding.show and binding.action not in shown:
            name = screen.app.get_key_display(binding)
            shown[binding.action] = ShownKey(binding.key, name, binding.description, is_enabled)
    return tuple(shown.values())


def fit_keys(keys: Sequence[ShownKey], columns: int) -> tuple[ShownKey, ...]:
    """As many keys as there is room for, and always the last one."""
    room = columns - sum(shown.width for shown in keys[-1:])
    fitting = []
    for shown in keys[:-1]:
        room -= shown.width + GAP
        if room < 0:
            break
        fitting.append(shown)
    return (*fitting, *keys[-1:])
