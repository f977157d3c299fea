"""The page on the screen: turning, playhead and marks, on a page made by hand."""

import random
import re

import pytest
from textual.app import App
from textual.pilot import Pilot
from textual.screen import Screen

from game.notation.page import BarPlace, NotePlace, Page, PageRequest, System, Word
from game.scoring.marks import SIGNS
from game.ui.score.cell_paint import RESET
from game.ui.score.marks import SEVERITY
from game.ui.score.rows import DIVIDER, MARKER
from game.ui.score.view import ScoreView

COLUMNS = 40
ROWS = 5


def system(index, rows=ROWS):
    """Two bars of 4 quarter notes; the letter of the system stands all over it."""
    start = 8.0 * index
    text = [chr(ord("a") + index) * COLUMNS for _ in range(rows)]
    text[1] = "⠒" * COLUMNS
    return System(
        rows=tuple(text),
        words=(Word(0, 0, "Dm7", "chord"),),
        notes=tuple(NotePlace(f"n{8 * index + i + 1}", 4 + 4 * i, 2, start + i) for i in range(8)),
        bars=(
            BarPlace(2 * index + 1, start, start + 4, 2, 18),
            BarPlace(2 * index + 2, start + 4, start + 8, 18, 38),
        ),
        playhead=(
            *((start + i, 4.0 + 4 * i) for i in range(8)),
            (start + 8, 38.0),
        ),
        staff_rows=((1, 4),),
    )


PAGE = Page(PageRequest(COLUMNS), tuple(system(index) for index in range(4)))


class Stage(App):
    """Nothing but a score."""

    def __init__(self):
        super().__init__()
        self.turned = []

    def compose(self):
        yield ScoreView(PAGE, placeholder="soon")

    def on_score_view_turned(self, message):
        assert message.control is self.query_one(ScoreView)
        self.turned.append(message.system)


@pytest.fixture
def stage():
    return Stage()


def view(pilot: Pilot) -> ScoreView:
    return pilot.app.query_one(ScoreView)


def screen(pilot: Pilot) -> list[str]:
    widget = view(pilot)
    return [widget.render_line(y).text for y in range(widget.size.height)]


def letters(pilot: Pilot) -> str:
    """The systems on the screen, from above."""
    found = []
    for line in screen(pilot):
        for letter in "abcd":
            if letter * 8 in line and letter not in found:
                found.append(letter)
    return "".join(found)


async def test_all_that_fits_is_shown(stage):
    async with stage.run_test(size=(COLUMNS, 2 * (ROWS + 2))) as pilot:
        assert letters(pilot) == "ab"
        assert view(pilot).shown_systems == (0, 1)
        assert all(len(line) == COLUMNS for line in screen(pilot))


async def test_a_played_system_is_replaced_in_its_place(stage):
    async with stage.run_test(size=(COLUMNS, 2 * (ROWS + 2))) as pilot:
        score = view(pilot)
        shown = []
        for position in (0.0, 7.9, 8.0, 15.9, 16.0, 24.0, 31.9):
            score.position_ql = position
            await pilot.pause()
            shown.append(letters(pilot))
        assert shown == ["ab", "ab", "cb", "cb", "cd", "cd", "cd"]
        assert stage.turned == [1, 2]


async def test_a_lone_system_gives_way_bar_by_bar(stage):
    async with stage.run_test(size=(COLUMNS, ROWS + 3)) as pilot:
        score = view(pilot)
        score.position_ql = 1.0
        await pilot.pause()
        assert letters(pilot) == "a"
        score.position_ql = 5.0
        await pilot.pause()
        row = next(line for line in screen(pilot) if DIVIDER in line and "a" in line)
        before, _, after = row.partition(DIVIDER)
        assert set(before.removeprefix("Dm7")) == {"b"}
        assert set(after) == {"a"}
        score.position_ql = 8.0
        await pilot.pause()
        assert letters(pilot) == "b"


async def test_bars_that_sound_are_never_covered(stage):
    async with stage.run_test(size=(COLUMNS, ROWS + 3)) as pilot:
        score = view(pilot)
        for step in range(32 * 4):
            score.position_ql = step / 4
            slot = score._rows.slots[0]
            column = PAGE.systems[slot.system].playhead_column(step / 4)
            assert column > slot.next_until
        await pilot.pause()


@pytest.mark.parametrize("height", range(1, ROWS + 3))
async def test_a_low_widget_still_shows_the_staff(height, stage):
    async with stage.run_test(size=(COLUMNS, height)) as pilot:
        view(pilot).position_ql = 2.0
        await pilot.pause()
        lines = screen(pilot)
        assert len(lines) == height
        if height > 1:
            assert any("⠒" * 8 in line for line in lines)


async def test_the_playhead_is_a_line_and_a_sign(stage):
    async with stage.run_test(size=(COLUMNS, ROWS + 3)) as pilot:
        score = view(pilot)
        score.position_ql = 2.0
        await pilot.pause()
        lines = screen(pilot)
        marker = next(line for line in lines if MARKER in line)
        assert marker.index(MARKER) == 12
        lit = score.get_component_rich_style("score--playhead").bgcolor
        staff = next(y for y, line in enumerate(lines) if "⠒" * 8 in line)
        columns = []
        place = 0
        for text, style, _ in score.render_line(staff):
            if style is not None and style.bgcolor == lit:
                columns += range(place, place + len(text))
            place += len(text)
        assert columns == [12]


async def test_without_a_position_there_is_no_playhead(stage):
    async with stage.run_test(size=(COLUMNS, 20)) as pilot:
        assert MARKER not in "".join(screen(pilot))


class Paper:
    """What a terminal shows that is sent cells at a time, and what Textual draws."""

    def __init__(self, score, monkeypatch):
        self.score = score
        self.addresses = []
        self.rows = self.drawn()
        monkeypatch.setattr("game.ui.score.cell_view.write_cells", self.write)
        score.refresh = self.refresh

    def drawn(self):
        width, height = self.score.size
        looks = self.score.palette
        rows = []
        for y in range(height):
            text, names = self.score._rows.row(y)
            rows.append([(text[x], looks.sequence(names[x])) for x in range(width)])
        return rows

    def write(self, widget, sequence):
        assert widget is self.score
        home = widget.content_region
        x = y = 0
        look = ""
        for row, column, switch, cell in re.findall(CELLS, sequence):
            if row:
                x, y = int(column) - 1 - home.x, int(row) - 1 - home.y
                self.addresses.append((y, x))
            elif switch:
                # Every look starts from the plain one.
                look = switch if switch == RESET else look + switch
            else:
                self.rows[y][x] = (cell, look)
                x += 1

    def refresh(self, *regions, **_):
        now = self.drawn()
        for region in regions or (self.score.size.region,):
            for y in range(region.y, region.bottom):
                self.rows[y][region.x : region.right] = now[y][region.x : region.right]


CELLS = r"\x1b\[(\d+);(\d+)H|(\x1b\[[\d;]*m)|(.)"


async def test_only_the_columns_of_the_playhead_are_drawn(stage, monkeypatch):
    async with stage.run_test(size=(COLUMNS, 2 * (ROWS + 2))) as pilot:
        score = view(pilot)
        score.position_ql = 0.0
        await pilot.pause()
        paper = Paper(score, monkeypatch)
        score.position_ql = 0.01
        assert paper.addresses == []
        score.position_ql = 1.0
        assert {column for _, column in paper.addresses} == {4, 8}
        del score.refresh


@pytest.mark.parametrize("height", [ROWS + 1, ROWS + 3, 2 * (ROWS + 2), 3 * (ROWS + 3)])
async def test_cells_written_one_by_one_are_what_a_whole_drawing_shows(height, stage, monkeypatch):
    dice = random.Random(height)  # noqa: S311 - a fixed walk
    async with stage.run_test(size=(COLUMNS + 3, height)) as pilot:
        score = view(pilot)
        score.position_ql = 0.0
        await pilot.pause()
        paper = Paper(score, monkeypatch)
        for step in range(33 * 8):
            score.position_ql = step / 8
            if dice.random() < 0.4:
                verdict = dice.choice(["right", "early", "late", "wrong", "missed"])
                score.mark(f"n{1 + min(31, step // 8)}", verdict)
            if dice.random() < 0.1:
                score.mark_extra(step / 8)
            assert paper.rows == paper.drawn()
        assert paper.addresses
        del score.refresh
        await pilot.pause()


async def test_nothing_is_written_over_what_lies_on_the_score(stage, monkeypatch):
    async with stage.run_test(size=(COLUMNS, ROWS + 3), notifications=True) as pilot:
        score = view(pilot)
        score.position_ql = 0.0
        stage.notify("a word", timeout=60)
        await until(pilot, lambda: stage.screen.query("Toast"))
        await pilot.pause()
        written = []
        monkeypatch.setattr(
            "game.ui.score.cell_view.write_cells", lambda _, sequence: written.append(sequence)
        )
        score.position_ql = 1.0
        assert written == []
        stage.clear_notifications()
        await until(pilot, lambda: not stage.screen.query("Toast"))
        await pilot.pause()
        score.position_ql = 2.0
        assert len(written) == 1
        stage.push_screen(Screen())
        await pilot.pause()
        score.position_ql = 3.0
        assert len(written) == 1


async def test_in_a_batch_nothing_is_written_that_would_be_lost(stage, monkeypatch):
    async with stage.run_test(size=(COLUMNS, ROWS + 3)) as pilot:
        score = view(pilot)
        score.position_ql = 0.0
        await pilot.pause()
        written, drawn = [], []
        monkeypatch.setattr(
            "game.ui.score.cell_view.write_cells", lambda _, sequence: written.append(sequence)
        )
        score.refresh = lambda *regions, **_: drawn.append(regions)
        with stage.batch_update():
            score.position_ql = 1.0
            assert (written, len(drawn)) == ([], 1)
        score.position_ql = 2.0
        assert len(written) == 1
        del score.refresh


async def until(pilot, holds):
    for _ in range(500):
        if holds():
            return
        await pilot.pause(0.02)
    raise AssertionError("it never came to that")


@pytest.mark.parametrize("verdict", ["right", "early", "late", "wrong", "missed"])
async def test_a_mark_is_a_sign_under_the_note(verdict, stage):
    async with stage.run_test(size=(COLUMNS, 2 * (ROWS + 2))) as pilot:
        score = view(pilot)
        score.mark("n3", verdict)
        lane = screen(pilot)[score._rows.slots[0].lane]
        assert lane.strip() == SIGNS[verdict]
        assert lane.index(SIGNS[verdict]) == 12
        colour = score.get_component_rich_style(f"score--{verdict}").color
        head = score.render_line(score._rows.slots[0].top + 2).crop(11, 14)
        assert {style.color for _, style, _ in head} == {colour}


async def test_every_verdict_has_a_sign_of_its_own():
    assert len(set(SIGNS.values())) == len(SIGNS) == 6
    assert set(SEVERITY) == set(SIGNS)


async def test_the_worse_of_two_marks_in_a_column_is_shown(stage):
    async with stage.run_test(size=(COLUMNS, 2 * (ROWS + 2))) as pilot:
        score = view(pilot)
        score.mark("n1", "wrong")
        score.mark_extra(0.0)
        assert screen(pilot)[score._rows.slots[0].lane].strip() == SIGNS["wrong"]


async def test_an_extra_note_is_shown_where_it_was_played(stage):
    async with stage.run_test(size=(COLUMNS, 2 * (ROWS + 2))) as pilot:
        score = view(pilot)
        score.mark_extra(1.5)
        assert screen(pilot)[score._rows.slots[0].lane].index(SIGNS["extra"]) == 10


async def test_marks_stay_with_the_notes_in_another_width(stage):
    async with stage.run_test(size=(COLUMNS, 2 * (ROWS + 2))) as pilot:
        score = view(pilot)
        score.mark("n1", "late")
        score.page = Page(PageRequest(COLUMNS + 1), PAGE.systems)
        await pilot.pause()
        assert SIGNS["late"] in "".join(screen(pilot))
        score.clear_marks()
        assert SIGNS["late"] not in "".join(screen(pilot))


async def test_another_chart_begins_without_marks(stage):
    async with stage.run_test(size=(COLUMNS, 2 * (ROWS + 2))) as pilot:
        score = view(pilot)
        score.mark("n1", "late")
        score.page = Page(PageRequest(COLUMNS), PAGE.systems[:1])
        await pilot.pause()
        assert SIGNS["late"] not in "".join(screen(pilot))


async def test_marks_of_notes_that_are_nowhere_do_no_harm(stage):
    async with stage.run_test(size=(COLUMNS, 20)) as pilot:
        view(pilot).mark("n999", "wrong")
        view(pilot).mark_extra(-99.0)
        await pilot.pause()


async def test_the_player_leafs_while_nothing_plays(stage):
    async with stage.run_test(size=(COLUMNS, 2 * (ROWS + 2))) as pilot:
        view(pilot).focus()
        await pilot.press("pagedown")
        assert letters(pilot) == "bc"
        await pilot.press("pagedown", "pagedown", "pagedown")
        assert letters(pilot) == "cd"
        await pilot.press("pageup")
        assert letters(pilot) == "bc"
        view(pilot).position_ql = 0.0
        await pilot.press("pagedown")
        assert letters(pilot) == "ab"


async def test_without_a_page_the_placeholder_stands_there(stage):
    async with stage.run_test(size=(COLUMNS, 20)) as pilot:
        view(pilot).page = None
        await pilot.pause()
        assert "soon" in "".join(screen(pilot))


async def test_a_narrow_page_stands_in_the_middle(stage):
    async with stage.run_test(size=(COLUMNS + 20, 2 * (ROWS + 2))) as pilot:
        row = next(line for line in screen(pilot) if "a" * 8 in line)
        assert row.index("a") >= 10
        assert len(row) == COLUMNS + 20
