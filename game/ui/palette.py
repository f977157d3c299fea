"""What the command palette offers: everywhere that the keys lead, by its name."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from textual.app import SystemCommand

from exercises.drill import DrillRequest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from game.ui.app import FirstTakeApp


def list_commands(game: FirstTakeApp) -> Iterator[SystemCommand]:
    """Places to go, genres to play, looks, and the way out."""
    level = game.settings.level
    for style in game.genres.values():
        drill = DrillRequest(style=style.id, level=level)
        yield SystemCommand(
            f"Play {style.name}",
            f"A new chart at level {level}: {style.summary}",
            partial(game.play_drill, drill),
        )
    yield SystemCommand("Home", "What is suggested, and the last takes", game.go_home)
    for name, says, module, screen in PLACES:
        yield SystemCommand(name, says, partial(_go, game, module, screen))
    for theme in sorted(game.available_themes):
        if theme != game.theme:
            yield SystemCommand(
                f"Theme {theme}", "Other colours", partial(game.change_settings, theme=theme)
            )
    yield SystemCommand("Keys", "All keys of this screen", partial(_show_keys, game))
    yield SystemCommand("Quit", "Leave the game; everything is kept", game.exit)


PLACES = (
    ("Calls", "Jobs as a session player, from the call to the fee", "call_board", "CallBoard"),
    ("Takes", "Every kept take, to be reviewed note by note", "takes", "TakesScreen"),
    ("Progress", "Days, rating, genres, time, accuracy, bests", "progress", "ProgressScreen"),
    ("Options", "Keyboard, sound, preview, theme, print", "options", "OptionsScreen"),
    ("The click", "Beats, sound, count-in, bars without it", "click_options", "ClickScreen"),
    ("The mix", "Click, band, guide and keys", "mix_options", "MixScreen"),
    ("Calibrate", "Measure the latency by tapping", "calibration", "CalibrationScreen"),
)
"""Screens that need nothing to begin with: name, what it is, module and class."""


def _go(game: FirstTakeApp, module: str, screen: str) -> None:
    from importlib import import_module  # noqa: PLC0415 - with what it imports

    game.show(getattr(import_module(f"game.ui.screens.{module}"), screen)())


def _show_keys(game: FirstTakeApp) -> None:
    help_action = getattr(game.screen, "action_help", None)
    if help_action is not None:
        help_action()
