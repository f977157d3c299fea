"""`first-take serve`: the game in a browser; notes arrive by this machine's MIDI port."""

from __future__ import annotations

import base64
import shlex
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from textual_serve.server import Server

FAMILY = "Roboto Mono"
"""What textual-serve's page asks for."""
HOST, PORT = "localhost", 8000
HIGHEST_PORT = 65535
HOME = ("localhost", "127.0.0.1", "::1")


@click.command(short_help="Serve the game to a browser.")
@click.option("--host", default=HOST, show_default=True, help="The address to serve on.")
@click.option(
    "--port",
    type=click.IntRange(1, HIGHEST_PORT),
    default=PORT,
    show_default=True,
    help="The port to serve on.",
)
@click.option("--demo", is_flag=True, help="A performer plays, as in first-take demo.")
def command(*, host: str, port: int, demo: bool) -> None:
    """Serve the game to a browser; keyboard and sound are those of this machine.

    Each page that is opened is a game of its own on the same takes and settings. On another
    --host than localhost anyone who can reach it can play.
    """
    check_address(host, port)
    if host not in HOME:
        click.echo(f"anyone who can reach {host} can play, and sees your takes", err=True)
    make_server(host, port, demo=demo).serve()


def check_address(host: str, port: int) -> None:
    """Refuse an address that cannot be served on.

    Raises:
        click.UsageError: it is in use, or not this machine's.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            if sys.platform != "win32":
                # There it would share the port with who has it; elsewhere a port that was let go
                # a moment ago is not refused.
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise click.UsageError(
            f"{host}:{port} cannot be served on ({error.strerror}); "
            "choose another with --host or --port"
        ) from error


def game_command(*, demo: bool) -> str:
    """The shell's command for a game, with this very Python."""
    words = [sys.executable, "-m", "game", *(["demo"] if demo else [])]
    return subprocess.list2cmdline(words) if sys.platform == "win32" else shlex.join(words)


def is_own_page(origin: str | None, public_url: str) -> bool:
    """Whether a socket was opened by the page that is served here, and by no other site's."""
    return origin is None or origin.rstrip("/") == public_url.rstrip("/")


def page_fonts() -> str:
    """What the page's head needs to have its letters, and braille cells as solid blocks.

    The letters are those that textual-serve brings, so that nothing comes from elsewhere.
    """
    from game.braille_font import make_font  # noqa: PLC0415 - only here

    data = base64.b64encode(make_font(FAMILY)).decode("ascii")
    faces = (
        ("url(/static/fonts/RobotoMono-VariableFont_wght.ttf)", "U+0-27FF, U+2900-10FFFF"),
        (f"url(data:font/ttf;base64,{data})", "U+2800-28FF"),
    )
    rules = "".join(
        f'@font-face {{ font-family: "{FAMILY}"; font-weight: 100 900; src: {source}; '
        f"unicode-range: {letters}; }}"
        for source, letters in faces
    )
    # The terminal measures and draws letters on a canvas, which does not wait for fonts.
    loads = f"for (const each of ['W', '\\u28ff']) document.fonts.load('16px \"{FAMILY}\"', each);"
    return f"<style>{rules}</style><script>{loads}</script>"


def make_server(host: str, port: int, *, demo: bool) -> Server:
    """A server of the game that other sites' pages cannot speak to.

    A browser lets any page open a socket to this machine, so the origin of each is looked at.
    """
    from aiohttp import web  # noqa: PLC0415 - only here
    from textual_serve.server import Server  # noqa: PLC0415 - as above

    fonts = page_fonts()

    class GuardedServer(Server):
        async def handle_index(self, request: web.Request) -> web.StreamResponse:
            page = await super().handle_index(request)
            if isinstance(page, web.Response):
                page.text = (page.text or "").replace("</head>", f"{fonts}</head>", 1)
            return page

        async def on_startup(self, app: web.Application) -> None:
            del app
            click.echo(f"First Take is at {self.public_url}: open it in a browser. Ctrl+C ends it.")

        async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
            if not is_own_page(request.headers.get("Origin"), self.public_url):
                raise web.HTTPForbidden(text="another site's page may not play here")
            return await super().handle_websocket(request)

    return GuardedServer(game_command(demo=demo), host=host, port=port, title="First Take")
