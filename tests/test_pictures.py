"""The score in pixels: what is painted, what a terminal is sent, and what it is not sent again."""

import base64
import io
import re
import zlib
from types import SimpleNamespace

import msgspec
import numpy as np
import pytest
from PIL import Image
from textual.geometry import Region

from exercises.compose.chart import compose_chart
from exercises.drill import DrillRequest
from exercises.musicxml import write_musicxml
from exercises.request import resolve_drill
from game.notation.engrave import engrave
from game.notation.faces import find_face
from game.notation.levels import unpack_levels
from game.notation.page import HEAD_LEVEL, INK_LEVELS, HeadBox, PageRequest
from game.ui.score.inks import Palette
from game.ui.score.kitty import send_picture, write_png
from game.ui.score.light import Strip, find_strips
from game.ui.score.pictures import PictureLayer, is_own, level_of
from game.ui.score.pieces import Piece, find_pieces
from game.ui.score.rows import ScoreRows
from game.ui.score.sixel import encode_sixel
from game.ui.score.slots import Slot
from game.ui.terminal import (
    QUERY,
    AnswerParser,
    Graphics,
    TerminalAnswered,
    hear_answers,
    may_ask,
)
from styles.loader import load_styles

CELL = (9, 19)
HEIGHT = 50
PALETTE = Palette(
    (250, 250, 250), (10, 20, 30), tuple((40 * n, 9, 9) for n in range(6)), (90, 120, 200)
)
SIXEL = Graphics("sixel", CELL)


@pytest.fixture(scope="module")
def page():
    style = load_styles().styles["jazz"]
    request = DrillRequest(style="jazz", level=4, bars=8, seed=5)
    chart = compose_chart(resolve_drill(request, style), style).chart
    return engrave(write_musicxml(chart), chart, PageRequest(100, cell=CELL))


def read_sixel(text):
    """A sixel picture as (height, width) numbers of colours; -1 where nothing is drawn."""
    body = re.fullmatch(r"\x1bP0;1;0q\"1;1;(\d+);(\d+)((?:#\d+;2;\d+;\d+;\d+)*)(.*)\x1b\\", text)
    width, height = int(body[1]), int(body[2])
    levels = np.full((height + 6, width), -1)
    for band, line in enumerate(body[4].split("-")):
        for sheet in filter(None, line.split("$")):
            colour, runs = re.fullmatch(r"#(\d+)(.*)", sheet).groups()
            column = 0
            for count, sign in re.findall(r"(?:!(\d+))?([?-~])", runs):
                for bit in range(6):
                    if ord(sign) - 63 >> bit & 1:
                        levels[6 * band + bit, column : column + int(count or 1)] = int(colour)
                column += int(count or 1)
    return levels[:height]


def rows_of(page, *, height=HEIGHT, position=None):
    rows = ScoreRows()
    rows.turn_to(page)
    rows.width = page.request.columns
    rows.pictured = True
    rows.position_ql = rows.head_ql = position
    rows.arrange(height, 0)
    return rows


# -- what is painted


@pytest.mark.parametrize("cell", [(6, 12), CELL, (12, 26)])
def test_staff_lines_are_sharp_at_any_size_of_cell(page, cell):
    request = msgspec.structs.replace(page.request, cell=cell)
    style = load_styles().styles["classical"]
    drill = DrillRequest(style="classical", level=2, bars=4, seed=5)
    chart = compose_chart(resolve_drill(drill, style), style).chart
    system = engrave(write_musicxml(chart), chart, request).systems[0]
    picture = system.picture
    assert (picture.width, picture.height) == (100 * cell[0], len(system.rows) * cell[1])
    levels = unpack_levels(picture)
    full = np.flatnonzero((levels > 0).sum(axis=1) > 0.5 * (levels > 0).sum(axis=1).max())
    lines = full[np.diff(full, prepend=-9) > 1]
    assert len(lines) == 10
    for staff in (lines[:5], lines[5:]):
        assert set(np.diff(staff)) == {cell[1]}
    # No row beside a line has a trace of it.
    assert (levels[lines[0] - 1] > 0).sum() < 0.2 * (levels[lines[0]] > 0).sum()


def test_cells_without_a_character_have_no_ink(page):
    for system in page.systems:
        ink = unpack_levels(system.picture).reshape(len(system.rows), CELL[1], -1, CELL[0])
        inked = ink.any(axis=(1, 3))
        marked = np.array([[cell != " " for cell in row] for row in system.rows])
        assert not (inked & ~marked).any()
        # Only narrow letters leave a cell of their word empty.
        assert (marked & ~inked).sum() < 10


def test_every_head_is_in_its_box_and_its_cell(page):
    for system in page.systems:
        levels = unpack_levels(system.picture)
        boxes = {box.id: box for box in system.picture.heads}
        for note in system.notes:
            box = boxes[note.id]
            inside = levels[box.top : box.bottom + 1, box.left : box.right + 1]
            assert (inside == HEAD_LEVEL).mean() > 0.35
            assert box.left <= (note.column + 1) * CELL[0]
            assert box.right >= note.column * CELL[0]
            assert box.top // CELL[1] == note.row


def test_bands_read_a_hand_and_classical_players_print():
    assert find_face("jazz") == "Petaluma"
    assert find_face("classical") == find_face("") == "Leland"


# -- what a terminal is sent


def test_a_sixel_is_the_picture():
    levels = np.random.default_rng(1).integers(0, 4, (20, 33)).astype(np.uint8)
    levels[:, 10:20] = 2
    colours = [(0, 0, 0), (255, 0, 0), (0, 255, 0), (0, 0, 255)]
    assert (read_sixel(encode_sixel(levels, colours, clear=False)) == levels).all()
    through = read_sixel(encode_sixel(levels, colours, clear=True))
    assert (through == np.where(levels == 0, -1, levels.astype(int))).all()
    assert "#1;2;100;0;0" in encode_sixel(levels, colours, clear=False)


def test_a_kitty_picture_is_a_png_of_the_same(page):
    picture = page.systems[0].picture
    png = write_png(picture.width, picture.height, picture.levels, PALETTE.shades)
    image = Image.open(io.BytesIO(png))
    assert (np.asarray(image) == unpack_levels(picture)).all()
    clear = np.asarray(image.convert("RGBA"))[:, :, 3]
    assert clear.min() == 0
    assert clear.max() == 255
    sent = send_picture(9, png)
    chunks = re.findall(r"\x1b_G([^;]*);([^\x1b]*)\x1b\\", sent)
    assert base64.b64decode("".join(data for _, data in chunks)) == png
    assert all(len(data) <= 4096 for _, data in chunks)
    assert [keys.endswith("m=0") for keys, _ in chunks] == [False] * (len(chunks) - 1) + [True]


def read_inline(text):
    """Pictures sent by iTerm2's protocol: (row, column, cells, levels) of each, from 0."""
    found = []
    pattern = r"\x1b\[(\d+);(\d+)H\x1b\]1337;File=([^:]*):([^\x07]*)\x07"
    for row, column, keys, data in re.findall(pattern, text):
        said = dict(key.split("=") for key in keys.split(";"))
        assert (said["inline"], said["preserveAspectRatio"]) == ("1", "0")
        png = base64.b64decode(data)
        assert int(said["size"]) == len(png)
        cells = (int(said["width"]), int(said["height"]))
        levels = np.asarray(Image.open(io.BytesIO(png)))
        assert levels.shape == (cells[1] * CELL[1], cells[0] * CELL[0])
        found.append((int(row) - 1, int(column) - 1, cells, levels))
    return found


def test_iterm_is_sent_the_same_pictures_and_whole_cells_for_a_mark(page):
    layer, rows = PictureLayer(Graphics("iterm", CELL), page, PALETTE), rows_of(page)
    shown = read_inline(layer.show(rows, 2, 5))
    pieces = find_pieces(rows)
    assert len(shown) == len(pieces)
    whole = unpack_levels(page.systems[0].picture)
    for (row, column, cells, levels), piece in zip(shown, pieces, strict=True):
        assert (row, column) == (5 + piece.y, 2 + piece.x)
        assert cells == (piece.right - piece.left, piece.last - piece.first)
        if piece.system == 0:
            assert (levels == whole[piece.first * CELL[1] : piece.last * CELL[1]]).all()
    assert layer.show(rows, 2, 5) == ""
    first, second = page.systems[0].picture.heads[3:5]
    layer.mark(first, 0, "late", 2, 5)
    ((row, column, cells, patch),) = read_inline(layer.mark(first, 0, "right", 2, 5))
    top, left = first.top // CELL[1], first.left // CELL[0]
    assert (row, column) == (5 + pieces[0].y + top - pieces[0].first, 2 + pieces[0].x + left)
    here = whole[top * CELL[1] :, left * CELL[0] :][: patch.shape[0], : patch.shape[1]]
    assert (patch == level_of("right")).any()
    # What else is in the cells is sent with the head.
    rest = here != HEAD_LEVEL
    assert (patch[rest] == here[rest]).all()
    assert read_inline(layer.mark(second, 0, "late", 2, 5))


@pytest.mark.parametrize("protocol", ["kitty", "iterm"])
def test_nothing_is_sent_again_while_only_the_playhead_moves(page, protocol):
    layer = PictureLayer(Graphics(protocol, CELL), page, PALETTE)
    rows = rows_of(page, position=0.0)
    assert layer.show(rows, 0, 0)
    end = page.systems[0].end_ql
    for step in range(20):
        rows.position_ql = rows.head_ql = end * step / 20
        rows.arrange(HEIGHT, 0)
        assert layer.show(rows, 0, 0) == ""


def pictures_of(sent):
    """Row, column (from 0) and pixels of each sixel."""
    parts = re.findall(r"\x1b\[(\d+);(\d+)H(\x1bP.*?\x1b\\)", sent, re.DOTALL)
    return [(int(row) - 1, int(column) - 1, read_sixel(sixel)) for row, column, sixel in parts]


def test_the_playhead_goes_through_sixels(page):
    """What the terminal has in the end is the picture, lit in the playhead's column alone."""
    layer, rows = PictureLayer(SIXEL, page, PALETTE), rows_of(page, position=0.0)
    lit = len(PALETTE.colours)
    seen = np.zeros((HEIGHT * CELL[1], 120 * CELL[0]), np.int16)
    end = page.systems[0].end_ql
    marked = page.systems[0].notes[2]
    for step in range(24):
        rows.position_ql = rows.head_ql = end * step / 20
        if step == 6:
            rows.verdicts[marked.id] = "late"
        if step == 9:
            layer.lose(0, HEIGHT)
        rows.arrange(HEIGHT, 0)
        pieces = find_pieces(rows)
        sent = pictures_of(layer.show(rows, 0, 0))
        for row, column, part in sent:
            there = seen[row * CELL[1] :, column * CELL[0] :][: part.shape[0], : part.shape[1]]
            there[part >= 0] = part[part >= 0]
        if step not in {0, 9, 20}:
            # Neither shown, lost nor turned: strips alone.
            assert all(part.shape[1] == CELL[0] for _, _, part in sent)
        head = rows.playhead()
        for piece in pieces:
            picture = unpack_levels(page.systems[piece.system].picture)
            for row in range(piece.first, piece.last):
                y = piece.y + row - piece.first
                for column in range(piece.left, piece.right):
                    x = piece.x + column - piece.left
                    cell = seen[y * CELL[1] :, x * CELL[0] :][: CELL[1], : CELL[0]]
                    ink = picture[row * CELL[1] :, column * CELL[0] :][: CELL[1], : CELL[0]]
                    is_lit = x == head.x and head.y <= y < head.bottom
                    assert (cell >= lit).all() if is_lit else (cell < lit).all()
                    plain = cell % lit
                    assert (np.where(plain > HEAD_LEVEL, HEAD_LEVEL, plain) == ink).all()


def test_a_marker_within_a_picture_is_spared():
    piece = Piece(0, 0, 40, 2, 12, 0, 0)
    slot = Slot(0, -2, 0, 11, 0, 12)
    rows = SimpleNamespace(playhead=lambda: Region(7, 0, 1, 12), slots=(slot,))
    assert list(find_strips(rows, [piece])) == [Strip(0, 7, 3, 12, 7, 1)]


def test_a_turn_sends_what_is_new_where_the_old_was(page):
    layer, rows = PictureLayer(SIXEL, page, PALETTE), rows_of(page, position=0.0)
    assert layer.show(rows, 0, 0).count("\x1bP") > len(rows.slots) > 1
    rows.position_ql = rows.head_ql = page.systems[0].end_ql + 0.1
    before = find_pieces(rows)
    assert rows.arrange(HEIGHT, 0)
    after = find_pieces(rows)
    sent = layer.show(rows, 0, 0)
    new = [piece for piece in after if piece not in before]
    wide = [part for _, _, part in pictures_of(sent) if part.shape[1] > CELL[0]]
    assert len(wide) == len(new) >= 1
    assert sent.startswith(f"\x1b[{new[0].y + 1};{new[0].x + 1}H")


def test_what_characters_have_covered_is_sent_again(page):
    layer, rows = PictureLayer(SIXEL, page, PALETTE), rows_of(page)
    whole = layer.show(rows, 0, 0)
    layer.lose(rows.slots[0].top, rows.slots[0].top + 1)
    again = layer.show(rows, 0, 0)
    assert 0 < len(again) < len(whole)
    lasting = PictureLayer(Graphics("kitty", CELL), page, PALETTE)
    lasting.show(rows, 0, 0)
    lasting.lose(0, 40)
    assert lasting.show(rows, 0, 0) == ""
    assert lasting.hide().count("a=d") == len(rows.slots)


def test_a_terminal_with_small_sixels_gets_several(page):
    rows = rows_of(page)
    small = PictureLayer(Graphics("sixel", CELL, most=(40 * CELL[0], 10 * CELL[1])), page, PALETTE)
    sizes = re.findall(r'q"1;1;(\d+);(\d+)', small.show(rows, 0, 0))
    assert all(int(w) <= 40 * CELL[0] and int(h) <= 10 * CELL[1] for w, h in sizes)
    assert len(sizes) >= 3 * 2 * len(rows.slots)


def test_a_mark_colours_its_head_and_nothing_else(page):
    layer, rows = PictureLayer(SIXEL, page, PALETTE), rows_of(page)
    layer.show(rows, 2, 5)
    box = page.systems[0].picture.heads[3]
    sent = layer.mark(box, 0, "late", 2, 5)
    row, column = map(int, re.match(r"\x1b\[(\d+);(\d+)H", sent).groups())
    patch = read_sixel(sent[sent.index("\x1bP") :])
    piece = find_pieces(rows)[0]
    assert row - 1 == 5 + piece.y + box.top // CELL[1] - piece.first
    assert column - 1 == 2 + piece.x + box.left // CELL[0]
    assert set(np.unique(patch)) == {-1, level_of("late")}
    levels = unpack_levels(page.systems[0].picture)
    head = levels[box.top : box.bottom + 1, box.left : box.right + 1] == HEAD_LEVEL
    assert (patch == level_of("late")).sum() == head.sum()
    # A system that comes back has its colours on it.
    rows.verdicts[box.id] = "late"
    layer.forget()
    whole = layer.show(rows, 2, 5)
    assert f"#{level_of('late')};2;" in whole


def test_heads_of_a_third_keep_their_ovals():
    upper, lower = HeadBox("a", 10, 29, 0, 17), HeadBox("b", 10, 29, 16, 33)
    apart = HeadBox("c", 60, 79, 0, 17)
    heads = (upper, lower, apart)
    assert is_own(apart, heads).all()
    mine, theirs = is_own(upper, heads), is_own(lower, heads)
    assert mine.shape == (18, 20)
    # The two rows that both boxes have: where one head's oval is nearer, the other has no claim.
    assert mine[16].all()
    assert not mine[17, 5:15].any()
    assert not (mine[16:] & theirs[:2]).any()


def test_hidden_notes_are_cells_without_a_picture(page):
    rows = rows_of(page, position=0.0)
    rows.cover_ql = 2.0
    shown = find_pieces(rows)[0]
    assert shown.left > 0
    y = rows.slots[0].top + page.systems[0].staff_rows[0][0]
    names = rows.row(y).names
    assert "pictured" not in names[: shown.left]
    assert "pictured" in names[shown.left :]
    rows.cover_ql, rows.hidden_hand = None, "right"
    assert find_pieces(rows)[0].first > page.systems[0].staff_rows[0][1] - 1


def test_paper_and_ink_are_the_theme_s():
    assert PALETTE.colours[0] == PALETTE.paper
    assert PALETTE.colours[INK_LEVELS - 1] == PALETTE.colours[HEAD_LEVEL] == PALETTE.ink
    assert len(set(PALETTE.colours[HEAD_LEVEL + 1 :])) == 6
    assert [shade[3] for shade in PALETTE.shades[:2]] == [0, 36]


# -- what a terminal says

XTERM = "\x1b[?2;0;2000;1200S\x1b[?1;0;256S\x1b[6;18;9t\x1b[?63;1;2;4;6;9;15;22c"


def feed(parser, *texts):
    return [message for text in texts for message in parser.feed(text)]


def test_answers_are_heard_among_keys():
    messages = feed(AnswerParser(), f"a{XTERM}b")
    answered = [each for each in messages if isinstance(each, TerminalAnswered)]
    assert [each.key for each in messages if not isinstance(each, TerminalAnswered)] == ["a", "b"]
    graphics = hear_answers(Graphics(), answered[0].answers)
    assert graphics == Graphics("sixel", (9, 18), (2000, 1200), 256)
    assert graphics.has_pictures


def test_an_answer_may_come_in_pieces():
    for cut in range(3, len(XTERM) - 1):
        messages = feed(AnswerParser(), XTERM[:cut], XTERM[cut:])
        heard = [a for m in messages if isinstance(m, TerminalAnswered) for a in m.answers]
        others = [m for m in messages if not isinstance(m, TerminalAnswered)]
        if XTERM[cut - 1] not in "\x1b[":  # nothing tells a cut there from a key
            assert not others, cut
            assert hear_answers(Graphics(), heard).protocol == "sixel"


def test_kitty_is_preferred_and_plain_terminals_have_no_pictures():
    kitty = feed(AnswerParser(), "\x1b_Gi=7700;OK\x1b\\\x1b[6;20;10t\x1b[?62;4c")[0]
    assert hear_answers(Graphics(), kitty.answers) == Graphics("kitty", (10, 20))
    plain = feed(AnswerParser(), "\x1b[?62;22c")[0]
    assert not hear_answers(Graphics(cell=(9, 18)), plain.answers).has_pictures
    # The VT102's "4" names no sixels, and four colours are too few.
    poor = feed(AnswerParser(), "\x1b[?1;0;4S\x1b[?63;4c")[0]
    assert not hear_answers(Graphics(cell=(9, 18)), poor.answers).has_pictures


def test_iterm_is_known_by_its_name():
    heard = feed(AnswerParser(), "\x1b[6;20;10t\x1b[?62;4c")[0].answers
    for environment in ({"TERM_PROGRAM": "iTerm.app"}, {"LC_TERMINAL": "iTerm2"}):
        assert hear_answers(Graphics(), heard, environment).protocol == "iterm"
        within = {**environment, "TMUX": "1,2,3"}
        assert hear_answers(Graphics(), heard, within).protocol == "sixel"
    again = hear_answers(Graphics("kitty", CELL), heard, {"LC_TERMINAL": "iTerm2"})
    assert again.protocol == "kitty"


def test_who_would_show_the_question_is_not_asked():
    assert may_ask({"TERM": "xterm-256color"})
    assert not may_ask({"TERM": "xterm-256color", "TERM_PROGRAM": "Apple_Terminal"})
    assert not may_ask({"TERM": "linux"})
    assert not may_ask({})
    assert QUERY.endswith("\x1b[c")


def test_packed_levels_are_what_a_png_holds(page):
    rows = zlib.decompress(page.systems[0].picture.levels)
    assert len(rows) == (page.systems[0].picture.width + 1) * page.systems[0].picture.height
    assert not any(rows[:: page.systems[0].picture.width + 1])
