"""Builds the game: the one place that gives screens their devices, store and composer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from game.composer.client import ComposerProcess
from game.devices.client import EngineProcess
from game.storage.journal import TakeJournal
from game.ui.app import FirstTakeApp
from game.ui.services import Opening, Services

if TYPE_CHECKING:
    from pathlib import Path

    from exercises.drill import Drill
    from game.ports import Archive
    from game.requests import Mixdown
    from game.take import Versions
    from styles.loader import Loaded


def build_app(opening: Opening | None = None) -> FirstTakeApp:
    """The game with its real parts; none of them is open yet.

    Args:
        opening: what was asked for on the command line; None opens the home screen.
    """
    services = Services(
        engine=EngineProcess(),
        composer=ComposerProcess(),
        open_archive=_open_archive,
        load_styles=_load_styles,
        read_code=_read_code,
        versions=_versions,
        journal=TakeJournal(_journal_folder),
        read_player=_read_player,
        write_portfolio=_write_portfolio,
        write_mix=_write_mix,
        opening=opening or Opening(),
    )
    return FirstTakeApp(services)


def open_game(opening: Opening | None = None) -> None:
    """Play until the player leaves, then end the processes."""
    app = build_app(opening)
    try:
        app.run()
    finally:
        app.records.close()
        app.services.engine.close()
        app.services.composer.close()


# Each of these loads what it needs when it is called: after the first frame.


def _open_archive() -> Archive:
    from game.places import database_file  # noqa: PLC0415
    from game.storage.archive import open_archive  # noqa: PLC0415

    return open_archive(database_file())


def _load_styles() -> Loaded:
    from game.places import user_packs_folder  # noqa: PLC0415
    from styles.loader import load_styles  # noqa: PLC0415

    return load_styles(user_packs_folder())


def _read_code(code: str) -> Drill:
    from exercises.code import read_code  # noqa: PLC0415

    return read_code(code)


def _read_player() -> str:
    from game.places import current_player  # noqa: PLC0415

    return current_player()


def _journal_folder() -> Path:
    from game.places import database_file  # noqa: PLC0415

    return database_file().parent


def _write_portfolio() -> Path:
    from game.portfolio.files import portfolio_file, write_portfolio  # noqa: PLC0415

    return write_portfolio(portfolio_file())


def _write_mix(mix: Mixdown) -> tuple[Path, Path]:
    from game.mixdown import songs_folder, write_mix  # noqa: PLC0415

    return write_mix(mix, songs_folder())


def _versions() -> Versions:
    from exercises.version import COMPOSE_VERSION  # noqa: PLC0415
    from game.take import Versions  # noqa: PLC0415
    from game.version import VERSION  # noqa: PLC0415

    return Versions(first_take=VERSION, compose=str(COMPOSE_VERSION))
