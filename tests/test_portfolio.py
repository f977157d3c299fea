"""The portfolio page: one well-formed document with all in it, and nothing from elsewhere."""

import base64
import io
import re
import wave
from html.parser import HTMLParser

import mido
import pytest
from click.testing import CliRunner
from working_life import work

from game.cli import root
from game.places import database_file
from game.portfolio.page import Piece, Portfolio, Row, write_page
from game.portfolio.radar import draw_radar
from game.storage.archive import open_archive

VOID = {"meta", "br", "link"}


class Balance(HTMLParser):
    """Complains where a tag is not closed in its place."""

    def __init__(self):
        super().__init__()
        self.open = []

    def handle_starttag(self, tag, attrs):
        assert all(not value.startswith(("http", "//")) for _, value in attrs if value)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def check(page):
    parser = Balance()
    parser.feed(page)
    assert parser.open == []


def run(*arguments):
    return CliRunner().invoke(root, ["portfolio", *arguments])


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("FIRST_TAKE_HOME", str(tmp_path))


def test_a_player_without_a_take_has_a_page_that_says_so(tmp_path):
    result = run("-o", str(tmp_path / "new" / "page.html"))
    assert result.exit_code == 0, result.output
    page = (tmp_path / "new" / "page.html").read_text()
    check(page)
    assert "No first takes yet" in page
    assert "<svg" not in page


def test_a_working_players_page_has_sound_midi_credits_and_a_radar(tmp_path):
    archive = open_archive(database_file())
    work(archive, 3)
    archive.close()
    run("-o", str(tmp_path / "page.html"), "--name", "Ada <K.>")
    page = (tmp_path / "page.html").read_text()
    check(page)
    assert "Ada &lt;K.&gt;" in page
    assert "3 credits, 3 genres" in page
    assert len(re.findall('<polygon class="shape"', page)) == 1
    midis = re.findall('audio/midi;base64,([^"]*)', page)
    sounds = re.findall('audio/wav;base64,([^"]*)', page)
    assert len(midis) == len(sounds) == 3
    for data in midis:
        file = mido.MidiFile(file=io.BytesIO(base64.b64decode(data)))
        assert sum(message.type == "note_on" for message in file.tracks[0]) > 10
    for data in sounds:
        with wave.open(io.BytesIO(base64.b64decode(data))) as file:
            samples = file.readframes(file.getnframes())
            assert file.getnframes() > 10 * file.getframerate()
            assert max(samples) > 0
    # The comp is among them, and hard music comes before easy.
    assert "first take, comp" in page
    assert page.index("Jazz, level 6") < page.index("Blues, level 4") < page.index("Pop, level 3")


def test_where_it_cannot_be_written_one_line_says_so(tmp_path):
    (tmp_path / "file").write_text("")
    result = run("-o", str(tmp_path / "file" / "page.html"))
    assert "cannot write" in str(result.exception)


def test_a_radar_reaches_its_rim_and_its_middle():
    drawn = draw_radar([("a", 10.0), ("b & c", 0.0), ("d", 99.0)], most=10.0, title="t")
    points = re.search('class="shape" points="([^"]*)"', drawn)[1].split()
    assert points[0] == "210.0,80.0"
    assert points[1] == "210.0,210.0"
    assert "b &amp; c" in drawn


def test_the_page_escapes_what_it_is_given():
    row = Row("<d>", "<j>", "<m>", "1", "2")
    piece = Piece("<t>", "<w>", 90.0, b"midi")
    page = write_page(Portfolio("<n>", "<l>", (), (("<r>", 1.0),), (row,), (piece,), (row,), "<x>"))
    check(page)
    assert not re.search("<[djmtwnlrx]>", page)
    assert "<audio" not in page
