"""Nothing a player does with keys and windows breaks the game."""

import random

from fakes import World, make_chart
from test_ui import on, open_game, start, text_of, to_stage, wait_until
from textual.events import Resize
from textual.geometry import Size

from exercises.musicxml import write_musicxml
from game.notation.engrave import engrave
from game.notation.page import PageRequest
from game.ui.score.rows import ScoreRows
from game.ui.score.slots import find_system
from game.ui.score.view import ScoreView

KEYS = (
    *"abcdefghijklmnoprstuvwxyz0123456789",
    "question_mark", "space", "plus", "minus", "equals_sign", "comma", "full_stop", "slash",
    "left_square_bracket", "right_square_bracket",
    "enter", "escape", "tab", "shift+tab", "up", "down", "left", "right", "pageup", "pagedown",
    "home", "end", "backspace", "delete", "f1", *(f"f{n}" for n in range(2, 13)), "ctrl+l",
)  # fmt: skip
"""All but q, which quits."""
BURST = 10


async def test_a_thousand_random_keys():
    dice = random.Random(1)  # noqa: S311 - a fixed walk
    world = World()
    async with open_game(world) as pilot:
        seen = set()
        for _ in range(1000 // BURST):
            for key in dice.choices(KEYS, k=BURST):
                pilot.app.simulate_key(key)
            if world.engine.position is not None:
                world.engine.position += dice.choice((0.1, 1.0, 5.0))
            world.clock.now += dice.choice((0.1, 5.0))
            await pilot.pause()
            if not dice.randrange(20):
                await pilot.resize_terminal(*dice.choice(((40, 12), (80, 24), (160, 50))))
            seen.add(type(pilot.app.screen).__name__)
        assert pilot.app.is_running
        assert pilot.app._exception is None
        assert len(seen) > 3, seen
        await pilot.resize_terminal(80, 24)
        # And it still does what it is for.
        for _ in range(20):
            if on(pilot, "HomeScreen"):
                break
            await pilot.press("escape")
        await to_stage(pilot)
        assert "♩ = 120" in text_of(pilot)


async def test_a_friendly_word_where_there_is_no_room():
    world = World()
    async with open_game(world, (40, 12)) as pilot:
        assert "A grand staff needs a little more room." in text_of(pilot)
        assert "at least 60 columns by 18 rows" in text_of(pilot)
        pilot.app.notify("A line of news that would lie over it")
        await pilot.pause()
        assert "A line of news" not in text_of(pilot)
        await pilot.press("enter")
        await wait_until(pilot, lambda: on(pilot, "StageScreen"))
        await wait_until(pilot, lambda: "it is 40 by 12 now" in text_of(pilot))
        size = Size(80, 24)
        pilot.app.post_message(Resize(size, size))
        await wait_until(pilot, lambda: "♩ = 120" in text_of(pilot))


async def test_a_window_that_is_dragged_is_drawn_for_where_it_comes_to_rest():
    world = World()
    async with open_game(world) as pilot:
        await to_stage(pilot)
        await start(pilot, world)
        score, answer = pilot.app.screen.query_one(ScoreView), world.composer.poll
        world.composer.pages.clear()
        world.composer.poll = list  # it is at work, and says nothing
        for columns in (*range(100, 120), 133):
            size = Size(columns, 30)
            pilot.app.post_message(Resize(size, size))
            await pilot.pause()
            world.engine.position += 0.01
        assert [page.columns for page in world.composer.pages] == [98]
        world.composer.poll = answer
        await wait_until(pilot, lambda: score.page.request.columns == 131)
        assert [page.columns for page in world.composer.pages] == [98, 131]
        world.engine.position = 2.3
        await wait_until(pilot, lambda: "Bar 2 of 4" in text_of(pilot))
        assert pilot.app.screen.size.width == 133


def test_two_hundred_bars_are_laid_out_and_walked_through():
    chart = make_chart(bars=200)
    document = write_musicxml(chart)
    for request in (PageRequest(78), PageRequest(78, cell=(8, 16))):
        page = engrave(document, chart, request)
        assert [bar.number for system in page.systems for bar in system.bars] == [*range(1, 201)]
        rows = ScoreRows()
        rows.turn_to(page)
        rows.width = 80
        rows.pictured = request.cell is not None
        for bar in range(0, 200, 7):
            rows.position_ql = rows.head_ql = 4.0 * bar
            rows.arrange(40, 0)
            here = find_system(page, 4.0 * bar)
            assert here in {slot.system for slot in rows.slots}
            assert rows.playhead() is not None
            assert all(len(rows.row(y).names) == 80 for y in range(40))
