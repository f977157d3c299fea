"""The game in a browser."""

import asyncio
import base64
import io
import re
import socket
import sys
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer, make_mocked_request
from click.testing import CliRunner
from fontTools.ttLib import TTFont

from game.commands.serve import command, game_command, is_own_page, make_server
from game.ui.wordmark import WORDMARK

NAME = WORDMARK.splitlines()[0].encode()
ROOT = Path(__file__).resolve().parent.parent


def test_a_page_is_a_game_with_this_python():
    assert sys.executable in game_command(demo=False)
    assert game_command(demo=True) == f"{game_command(demo=False)} demo"


def test_an_address_in_use_is_one_line():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        result = CliRunner().invoke(command, ["--host", "127.0.0.1", "--port", port])
    assert result.exit_code == 2
    assert "cannot be served on" in result.output
    assert "--port" in result.output


@pytest.mark.parametrize(
    ("origin", "own"),
    [
        (None, True),
        ("http://localhost:8000", True),
        ("http://localhost:8000/", True),
        ("http://localhost:8001", False),
        ("https://elsewhere.example", False),
        ("null", False),
    ],
)
def test_only_the_own_page_may_play(origin, own):
    assert is_own_page(origin, "http://localhost:8000") == own


async def test_another_sites_page_is_refused_at_the_socket():
    server = make_server("localhost", 8000, demo=False)
    headers = {"Origin": "https://elsewhere.example"}
    with pytest.raises(web.HTTPForbidden):
        await server.handle_websocket(make_mocked_request("GET", "/ws", headers=headers))


async def test_the_page_brings_its_letters_and_solid_braille():
    app = await make_server("localhost", 8000, demo=False)._make_app()
    async with TestClient(TestServer(app)) as client:
        page = await (await client.get("/")).text()
        letters = re.search(r"url\((/static/[^)]*ttf)\)", page)[1]
        assert (await client.get(letters)).status == 200
    head = page.partition("</head>")[0]
    data = re.search(r"url\(data:font/ttf;base64,([^)]*)\)", head)[1]
    font = TTFont(io.BytesIO(base64.b64decode(data)))
    cells = font.getBestCmap()
    assert sorted(cells) == list(range(0x2800, 0x2900))
    drawn = [name for code, name in cells.items() if code != 0x2800]
    assert {font["hmtx"][name][0] for name in cells.values()} == {600}
    assert all(font["hmtx"][name][1] == font["glyf"][name].xMin for name in drawn)
    full, corner = (font["glyf"][cells[code]] for code in (0x28FF, 0x2880))
    assert (full.numberOfContours, corner.numberOfContours) == (8, 1)
    # Dot 8 is the lower right quarter of a row; all of them fill the cell.
    assert (corner.xMin, corner.xMax) == (300, 600)
    assert corner.yMax < 100 < full.yMax == 1048
    assert full.xMin == 0


@pytest.mark.real
async def test_the_home_screen_reaches_a_browser(tmp_path, monkeypatch):
    monkeypatch.setenv("FIRST_TAKE_HOME", str(tmp_path))
    monkeypatch.chdir(ROOT)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    words = [sys.executable, "-m", "game", "serve", "--host", "127.0.0.1", "--port", str(port)]
    quiet = asyncio.subprocess.DEVNULL
    server = await asyncio.create_subprocess_exec(*words, stdout=quiet, stderr=quiet)
    try:
        seen = await asyncio.wait_for(_watch(f"http://127.0.0.1:{port}/ws"), 60)
    finally:
        server.terminate()
        await asyncio.wait_for(server.wait(), 20)
    assert NAME in seen


async def _watch(url):
    """What the game has drawn up to the first row of its name."""
    async with aiohttp.ClientSession() as session:
        while True:
            try:
                socket_ = await session.ws_connect(f"{url}?width=100&height=30")
                break
            except aiohttp.ClientError:
                await asyncio.sleep(0.1)
        seen = b""
        async for message in socket_:
            seen += message.data if isinstance(message.data, bytes) else message.data.encode()
            if NAME in seen:
                break
        await socket_.close()
        return seen
