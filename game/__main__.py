"""Run First Take: `first-take`, or `python -m game`."""

from __future__ import annotations

import gc
import sys


def main() -> None:
    """Open the game where nothing else is asked for; else do what the command line says.

    The command line's library is loaded only where there is something to read.
    """
    if len(sys.argv) > 1:
        from game.cli import main as run_command  # noqa: PLC0415 - see above

        run_command()
    else:
        _open()


def _open() -> None:
    # What is loaded for the first frame all stays: looking for garbage in it only takes time.
    # The app lets collections happen again once it is painted.
    gc.disable()
    from game.app_factory import open_game  # noqa: PLC0415 - after the collector is off

    try:
        open_game()
    except Exception as error:  # noqa: BLE001 - told in a line, or raised again
        from game.cli import complain  # noqa: PLC0415 - seldom wanted

        complain(error)


if __name__ == "__main__":
    main()
