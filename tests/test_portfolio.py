"""The portfolio page: one well-formed document with all in it, and nothing from elsewhere."""

import base64
import io
import re
import wave
from html.parser import HTMLParser

import mido
import pytest
from click.testing import CliRunner
from test_storage_jobs import make_call
from working_life import CHAIRS, NOW, work, work_pile

from exercises.chairs import STEADY_VELOCITY
from exercises.compose.chart import compose_chart
from exercises.drill import DrillRequest
from exercises.request import resolve_drill
from game.cli import root
from game.events import NoteEvent
from game.places import database_file
from game.portfolio.gather import Heard, gather_portfolio, write_piece
from game.portfolio.page import Piece, Portfolio, Row, write_page
from game.portfolio.radar import draw_radar
from game.soundfont.patches import PATCHES
from game.storage.archive import open_archive
from game.take import Take, Versions
from styles.loader import load_styles

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


def test_a_song_in_parts_is_heard_whole_and_by_its_instruments():
    archive = open_archive(database_file())
    call = make_call(stream="overdubs", style="pop", level=4, chairs=CHAIRS, chair=CHAIRS[0])
    work_pile(archive, 5, call, NOW)
    credit = archive.jobs.list_credits()[0]
    styles = load_styles().styles
    (piece,) = gather_portfolio(archive, styles, name="", today=NOW.date()).pieces
    archive.close()
    assert credit.parts == ((1, None), (2, None), (3, None))
    assert piece.total == pytest.approx(credit.total, abs=0.2)
    assert piece.title.endswith("piano, organ and bass")
    tracks = mido.MidiFile(file=io.BytesIO(piece.midi)).tracks[1:]
    assert [track.name for track in tracks] == list(CHAIRS)
    programs = [m.program for track in tracks for m in track if m.type == "program_change"]
    assert programs == [PATCHES[chair] for chair in CHAIRS]
    assert all(sum(m.type == "note_on" for m in track) > 3 for track in tracks)


def test_a_part_sounds_as_its_chair_does():
    style = load_styles().styles["funk"]
    request = DrillRequest(style="funk", level=4, bars=4, seed=3, chair="organ")
    chart = compose_chart(resolve_drill(request, style), style).chart
    events = (NoteEvent(0.0, "on", 60, 20), NoteEvent(0.5, "off", 60, 0))
    take = Take(
        code="", chart_json=b"", quarter_bpm=100.0, events=events, latency_ms=0.0,
        started_at="", versions=Versions("0", "0"), style="funk", level=4, seed=3,
    )  # fmt: skip
    heard = Heard(take, chart, events, 80.0)
    (midi,) = mido.MidiFile(file=io.BytesIO(write_piece([heard]))).tracks
    assert [m.program for m in midi if m.type == "program_change"] == [PATCHES["organ"]]
    # An organ knows no soft stroke, and its program is what is rendered.
    assert heard.part.keys == ((0.0, 0.5, 60, STEADY_VELOCITY),)
    assert heard.part.program == PATCHES["organ"]


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
