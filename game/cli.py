"""The command line. Each command's module is loaded only when it is called."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import NoReturn

import click

from game.version import VERSION

COMMANDS = {
    "play": "game.commands.play",
    "demo": "game.commands.demo",
    "serve": "game.commands.serve",
    "compose": "game.commands.compose",
    "grade": "game.commands.grade",
    "check": "game.commands.check",
    "fingerprint": "game.commands.fingerprint",
    "perform": "game.commands.perform",
    "styles": "game.commands.styles",
    "levels": "game.commands.levels",
    "takes": "game.commands.takes",
    "calibrate": "game.commands.calibrate",
    "stats": "game.commands.stats",
    "career": "game.commands.career",
    "portfolio": "game.commands.portfolio",
    "players": "game.commands.players",
    "backup": "game.commands.backup",
    "doctor": "game.commands.doctor",
    "bench": "game.commands.bench",
}
"""Each module holds a click command called `command`."""


class LazyGroup(click.Group):
    """A group that knows its commands by name and imports one when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order of the table: the order in which a player meets them."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command's module; None for an unknown name."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(COMMANDS[cmd_name]).command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Name the nearest command for an unknown one."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from game.complaints import nearest  # noqa: PLC0415 - only on the way out

            hint = nearest(args[0], COMMANDS)
            raise click.UsageError(f"no command {args[0]!r}{hint}; see first-take --help")
        return super().resolve_command(ctx, args)


@click.group(cls=LazyGroup, invoke_without_command=True)
@click.version_option(VERSION, prog_name="first-take")
@click.option("-v", "--verbose", is_flag=True, help="Log to stderr.")
@click.pass_context
def root(ctx: click.Context, verbose: bool) -> None:
    """Sight-reading and style training for session keyboard players.

    Without a command the game opens.
    """
    if verbose:
        import logging  # noqa: PLC0415 - only where asked for

        logging.basicConfig(level=logging.DEBUG, stream=sys.stderr)
    if ctx.invoked_subcommand is None:
        from game.app_factory import open_game  # noqa: PLC0415 - heavy

        open_game()


def main() -> None:
    """Run a command; bad input is one line on stderr and exit code 2."""
    try:
        # Outside of its standalone mode click gives the code of `ctx.exit` back as a value.
        code = root.main(standalone_mode=False)
        sys.exit(code if isinstance(code, int) else 0)
    except click.Abort:
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
    except Exception as error:  # noqa: BLE001 - told in a line, or raised again
        complain(error)


def complain(error: Exception) -> NoReturn:
    """Say in one line what was wrong, and leave with code 2; a fault of ours is raised again."""
    if isinstance(error, click.ClickException):
        message = error.format_message()
    elif _is_ours(error):
        message = str(error)
    else:
        raise error
    click.echo(f"first-take: {' '.join(message.split())}", err=True)
    sys.exit(2)


def _is_ours(error: Exception) -> bool:
    """Whether it is one of the packages' own errors, which speak to the player."""
    names = {"StyleError", "ComposeError", "DeviceError", "StorageError", "GradeError"}
    return type(error).__name__ in names
