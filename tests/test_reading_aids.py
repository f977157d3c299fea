"""Playhead modes, notes hidden ahead, a hand hidden, rhythm only, sizes of print."""

import random

import msgspec
import pytest
from fakes import FakeArchive, World, make_chart
from test_ui import on, open_game, start, to_stage, wait_until

from exercises.compose.chart import compose_chart
from exercises.drill import DrillRequest
from exercises.musicxml import write_musicxml
from exercises.request import resolve_drill
from exercises.timeline import Timeline
from game.click_style import ClickStyle
from game.notation.engrave import engrave
from game.notation.page import PageRequest
from game.sessions.plan import plan_take
from game.sessions.session import TakeSession
from game.settings import Settings, print_size
from game.ui.beat_strip import BeatStrip
from game.ui.score.reading_aids import (
    AHEAD_S,
    HANDS,
    PLAYHEADS,
    PRINTS,
    beat_onset,
    cover_finder,
    head_finder,
    next_choice,
    say_choice,
)
from game.ui.score.rows import ScoreRows
from styles.loader import load_styles

COLUMNS = 100


@pytest.fixture(scope="module")
def real():
    """A chart and its page at each size of print, and with rhythm only."""
    style = load_styles().styles["classical"]
    request = DrillRequest(style="classical", level=5, kind="grand", bars=8, seed=3)
    chart = compose_chart(resolve_drill(request, style), style).chart
    musicxml = write_musicxml(chart)
    return chart, lambda **more: engrave(musicxml, chart, PageRequest(COLUMNS, **more))


def rows_of(page, *, height=60, position=None, cover=None, hand=""):
    rows = ScoreRows()
    rows.width = page.request.columns
    rows.turn_to(page)
    rows.position_ql = rows.head_ql = position
    rows.cover_ql, rows.hidden_hand = cover, hand
    rows.arrange(height, 0)
    return rows


@pytest.mark.parametrize(
    ("aid", "values"), [("playhead", PLAYHEADS), ("ahead", AHEAD_S), ("hand", HANDS)]
)
def test_a_key_goes_round_its_choices(aid, values):
    settings, said = Settings(), []
    for _ in values:
        said.append(say_choice(settings, aid))
        settings = msgspec.structs.replace(settings, **next_choice(settings, aid))
    assert settings == Settings()
    assert len(set(said)) == len(values)


def test_sizes_end_where_there_is_no_other():
    settings, sizes = Settings(), []
    for _ in range(5):
        sizes.append(settings.dots_per_space)
        settings = msgspec.structs.replace(settings, **next_choice(settings, "larger"))
    assert sizes == [4, 5, 6, 8, 8]
    for _ in range(5):
        settings = msgspec.structs.replace(settings, **next_choice(settings, "smaller"))
    assert settings.dots_per_space == 4
    small = msgspec.structs.replace(settings, **next_choice(settings, "smaller", in_pixels=True))
    assert small.dots_per_space == 3
    # Where there are no pixels after all, it is print that can be read.
    assert (print_size(small, in_pixels=True), print_size(small, in_pixels=False)) == (3, 4)


def test_the_playhead_stands_on_the_beat_or_moves_or_is_away():
    chart = make_chart()
    plan = plan_take(chart, quarter_bpm=120.0)
    take = TakeSession(chart, plan=plan, style=None, level=1, preview_s=0)
    assert head_finder("on", take)(5.7) == (5.7, "2")
    assert head_finder("beat", take)(5.7) == (5.0, "2")
    assert head_finder("off", take)(5.7) == (None, "2")
    assert beat_onset(chart, -0.25) == -1.0


def test_where_the_click_drops_out_no_playhead_and_no_bar_number_tell_the_beat():
    chart = make_chart()
    plan = plan_take(chart, quarter_bpm=120.0, click=ClickStyle(bars_on=1, bars_off=1))
    take = TakeSession(chart, plan=plan, style=None, level=1, preview_s=0)
    for mode in PLAYHEADS:
        assert {head_finder(mode, take)(4 + at / 8)[0] for at in range(32)} == {None}
    assert head_finder("on", take)(3.9)[0] == 3.9
    take.start()
    strip, leads = BeatStrip(), []
    for now_s in (1.0, 2.1, 3.9, 4.1):  # two seconds a bar; four bars
        take.advance(now_s)
        strip.follow(take, lambda _take: "Bar")
        leads.append(strip.lead)
    assert leads == ["Bar", "Your own time", "Your own time", "Bar"]


def test_notes_are_hidden_by_time_whatever_the_tempo():
    slow, fast = Timeline.steady(60.0), Timeline.steady(120.0)
    assert cover_finder(None, slow)(3.0) is None
    assert cover_finder(0.0, slow)(3.0) == 3.0
    assert cover_finder(1.0, slow)(3.0) == 4.0
    assert cover_finder(1.0, fast)(3.0) == 5.0


def test_hidden_notes_leave_the_staff_and_what_comes_stays(real):
    _, page_of = real
    page = page_of()
    bar = page.systems[0].bars[1]
    rows = rows_of(page, position=bar.onset_ql, cover=bar.onset_ql + 0.5)
    slot = rows.slots[0]
    (column,) = (column for each, column in rows.covers() if each == slot)
    system = page.systems[0]
    for row in range(len(system.rows)):
        shown = rows.covered_row(slot.top + row).text
        assert shown[:column] == system.bare[row][:column]
        assert shown[column:] == system.rows[row][column:]
    lines = system.staff_rows[0][0]
    assert any(system.rows[row][:column] != system.bare[row][:column] for row in range(lines, 40))


def test_before_the_music_nothing_is_hidden(real):
    _, page_of = real
    rows = rows_of(page_of(), position=-4.0, cover=-2.0)
    assert rows.covers() == []


@pytest.mark.parametrize("hand", ["left", "right"])
def test_a_hidden_hand_leaves_its_staff_bare_and_the_other_whole(hand, real):
    _, page_of = real
    page = page_of()
    rows = rows_of(page, hand=hand)
    slot, system = rows.slots[0], page.systems[0]
    (up, _), (_, down) = system.staff_rows
    upper = rows.plain_row(slot.top + up + 1).text
    lower = rows.plain_row(slot.top + down - 2).text
    bare, whole = (lower, upper) if hand == "left" else (upper, lower)
    at = {upper: up + 1, lower: down - 2}
    assert bare == system.bare[at[bare]]
    assert whole == system.rows[at[whole]]


def test_rhythm_only_keeps_every_note_s_place_in_time(real):
    chart, page_of = real
    plain, flat = page_of(), page_of(rhythm_only=True)
    ids = {note.id: note.onset_ql for system in flat.systems for note in system.notes}
    assert {note.id for note in chart.notes} <= set(ids)
    assert all(ids[note.id] == note.onset_ql for note in chart.notes)
    rows = {
        (staff, note.row - system.staff_rows[staff][0])
        for system in flat.systems
        for note in system.notes
        for staff in [int(note.row >= system.staff_rows[1][0] - 1)]
    }
    # One row of heads on each staff.
    assert len({row for staff, row in rows if staff == 0}) == 1
    assert len({row for staff, row in rows if staff == 1}) == 1
    assert len(flat.systems) <= len(plain.systems)


@pytest.mark.parametrize("dots", PRINTS[1:])
def test_every_size_of_print_has_all_notes(dots, real):
    chart, page_of = real
    page = page_of(dots_per_space=dots)
    found = {note.id for system in page.systems for note in system.notes}
    assert {note.id for note in chart.notes} <= found
    assert all(len(row) == COLUMNS for system in page.systems for row in system.rows)


async def test_keys_change_how_the_page_is_read_and_are_kept():
    world = World(archive=FakeArchive(Settings(preview_s=30)))
    async with open_game(world) as pilot:
        await to_stage(pilot)
        await pilot.press("f2", "f3", "f4", "f5", "f7")
        await wait_until(pilot, lambda: world.archive.settings.dots_per_space == 5)
        kept = world.archive.settings
        assert (kept.playhead, kept.hidden_s, kept.hidden_hand) == ("beat", 0.0, "left")
        assert kept.rhythm_only
        asked = pilot.app.screen.page_request
        await wait_until(pilot, lambda: pilot.app.screen._page.request == asked)
        await start(pilot, world)
        world.engine.position = 0.3
        await wait_until(pilot, lambda: pilot.app.screen._score._rows.head_ql == 0.0)
        await pilot.press("f2", "f6")
        await wait_until(pilot, lambda: pilot.app.screen._score._rows.head_ql is None)


async def test_a_window_that_is_dragged_during_a_take_keeps_its_place():
    world = World()
    dice = random.Random(1)  # noqa: S311 - a fixed walk
    async with open_game(world, (160, 50)) as pilot:
        await to_stage(pilot)
        await start(pilot, world)
        for step in range(12):
            world.engine.position = step * 0.4
            await pilot.resize_terminal(dice.randint(40, 200), dice.randint(12, 60))
        await pilot.resize_terminal(80, 24)
        await wait_until(pilot, lambda: on(pilot, "StageScreen"))
        screen = pilot.app.screen
        await wait_until(pilot, lambda: screen._page.request == screen.page_request)
        assert screen._score.current_system == 1
