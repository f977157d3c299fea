"""The key maps: every key of every screen is told, and the palette leads everywhere."""

import asyncio
import importlib
import itertools
import math
import pkgutil

import pytest
from fakes import FakeArchive, World, load_three_styles
from rich.style import Style
from test_ui import on, open_game, start, text_of, to_stage, wait_until
from textual.binding import Binding
from textual.color import Color
from textual.events import Key
from textual.screen import Screen

import game.ui.screens
from game.events import STANDING_S, NoteEvent
from game.scoring.marks import SIGNS as SIGNS_OF_NOTES
from game.settings import Settings
from game.ui.app import FirstTakeApp
from game.ui.chooser import Chooser
from game.ui.key_line import ShownKey, fit_keys
from game.ui.looks import THEMES
from game.ui.paged_list import PagedList
from game.ui.palette import PLACES, list_commands
from game.ui.score.view import ScoreView
from game.ui.screens.game_screen import GameScreen
from game.ui.wordmark import draw_piano
from game.ui.words import BAR_SIGNS

SIGNS = {
    "up": "↑", "down": "↓", "left": "←", "right": "→", "escape": "Esc", "enter": "Enter",
    "tab": "Tab", "space": "Space", "pageup": "PgUp", "pagedown": "PgDn", "plus": "+",
    "minus": "-", "left_square_bracket": "[", "right_square_bracket": "]", "question_mark": "?",
    "shift+tab": "Tab", "equals_sign": "+", "home": "Home", "end": "End",
}  # fmt: skip
"""Keys as they are told."""


def list_screens(kind=GameScreen):
    for module in pkgutil.iter_modules(game.ui.screens.__path__):
        found = vars(importlib.import_module(f"game.ui.screens.{module.name}"))
        for each in found.values():
            is_screen = isinstance(each, type) and issubclass(each, kind)
            if is_screen and (kind is Screen or each.HELP_TITLE):
                yield each


ALL_SCREENS = sorted(set(list_screens(Screen)), key=lambda screen: screen.__name__)
SCREENS = sorted(set(list_screens()), key=lambda screen: screen.__name__)


def told(screen, key):
    if key == "question_mark":
        return True
    sign = SIGNS.get(key, key.upper() if key.startswith("f") and key[1:] else key)
    words = [word.strip(",") for keys, _ in screen.HELP_KEYS for word in keys.split()]
    if sign in words or key.isdigit():
        return True
    if "letters" in words and len(key) == 1:
        return True  # they stand before the lines of the screen itself
    # "F2 to F7", "1 to 6" and "a to g" tell what lies between.
    return any(
        "to" in keys.split() and keys.split()[0] <= sign <= keys.split()[-1]
        for keys, _ in screen.HELP_KEYS
    )


def test_there_are_screens():
    assert len(SCREENS) >= 14


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.__name__)
def test_every_key_of_a_screen_is_in_its_key_map(screen):
    keys = [
        key
        for each in screen.BINDINGS
        for binding in Binding.make_bindings([each])
        for key in binding.key.split(",")
        if binding.action
    ]
    assert [key for key in keys if not told(screen, key)] == []


def bindings_of(*widgets):
    return [binding for each in widgets for binding in Binding.make_bindings(each.BINDINGS)]


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.__name__)
def test_every_key_of_a_key_map_does_something(screen):
    # Lists and rows to choose from have keys of their own.
    bound = {binding.key for binding in bindings_of(screen, Chooser, PagedList)}
    told_keys = {
        word for keys, _ in screen.HELP_KEYS for word in keys.replace(",", " ").split()
    } - {"to", "and", "then", "letters", "click", *BAR_SIGNS.values(), *SIGNS_OF_NOTES.values()}
    for word in told_keys:
        names = {name for name, sign in SIGNS.items() if sign == word} | {word.lower(), word}
        assert names & bound, word


@pytest.mark.parametrize("screen", ALL_SCREENS, ids=lambda screen: screen.__name__)
def test_every_key_leads_to_an_action_that_there_is(screen):
    for binding in bindings_of(screen):
        place, _, action = binding.action.partition("(")[0].rpartition(".")
        owner = FirstTakeApp if place == "app" else screen
        assert hasattr(owner, f"action_{action}"), binding


async def test_the_palette_leads_to_every_place_and_genre():
    world = World()
    async with open_game(world) as pilot:
        found = {command.title: command for command in list_commands(pilot.app)}
        for style in load_three_styles().styles.values():
            assert f"Play {style.name}" in found
        for name, _, _, screen in PLACES:
            found[name].callback()
            await wait_until(pilot, lambda screen=screen: on(pilot, screen))
        found["Home"].callback()
        await wait_until(pilot, lambda: on(pilot, "HomeScreen"))
        found["Theme every-eye-light"].callback()
        assert pilot.app.theme == "every-eye-light"
        await pilot.press("ctrl+p")
        await wait_until(pilot, lambda: on(pilot, "PagedPalette"))
        await pilot.press("escape")
        await wait_until(pilot, lambda: on(pilot, "HomeScreen"))
        found["Play Jazz"].callback()
        await wait_until(pilot, lambda: on(pilot, "StageScreen"))
        # A take is not left by a slip of the finger.
        await pilot.press("ctrl+p")
        await pilot.pause()
        assert on(pilot, "StageScreen")


def keys_of(*widths):
    return tuple(ShownKey(f"f{width}", "F", "x" * (width - 2), is_enabled=True) for width in widths)


def test_the_key_that_leads_to_all_keys_stands_at_the_end_however_little_room_there_is():
    keys = keys_of(10, 20, 30, 5)
    assert fit_keys(keys, 68) == keys  # and a column between two of them
    assert fit_keys(keys, 67) == keys_of(10, 20, 5)
    assert fit_keys(keys, 36) == keys_of(10, 5)
    assert fit_keys(keys, 3) == keys_of(5)
    assert fit_keys((), 3) == ()


async def test_the_line_of_keys_is_pressed_by_mouse():
    world = World()
    async with open_game(world) as pilot:
        assert "⏎ Play p Practice c Calls" in text_of(pilot)
        await pilot.click("KeyLine", offset=(2 + len("⏎ Play p Practice c"), 0))
        await wait_until(pilot, lambda: on(pilot, "CallBoard"))
        assert "⏎ Play p Practice" not in text_of(pilot)


async def test_home_by_mouse_and_a_key_of_the_keyboard_lights_up():
    world = World()
    async with open_game(world) as pilot:
        await wait_until(pilot, lambda: "Classical, level 1" in text_of(pilot))
        await pilot.click("#levels", offset=(len("Level  ") + 3 * 4, 0))
        await wait_until(pilot, lambda: "Classical, level 5" in text_of(pilot))
        assert "C4" in text_of(pilot)
        world.engine.waiting.append(NoteEvent(STANDING_S, "on", 66, 80))
        await wait_until(pilot, lambda: "F♯" in text_of(pilot))
        world.engine.waiting.append(NoteEvent(STANDING_S, "off", 66, 0))
        await wait_until(pilot, lambda: "F♯" not in text_of(pilot))


@pytest.mark.parametrize(("columns", "white"), [(156, 52), (120, 52), (76, 36), (60, 29), (40, 15)])
def test_the_piano_is_as_wide_as_there_is_room(columns, white):
    plain = Style()
    rows = draw_piano({61, 64}, columns, 3, plain, plain, plain).plain.split("\n")
    assert rows[1].count("▌") == white
    assert all(len(row) <= columns + 2 for row in rows)
    assert "C♯" in rows[2]
    assert "E" in rows[2]
    assert rows[0].count("▒") == 1
    assert "▒" in rows[1]


SIGHTS = {
    "usual": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protan": (
        (0.1523, 1.0526, -0.2049), (0.1145, 0.7863, 0.0992), (-0.0039, -0.0481, 1.0520)
    ),
    "deutan": (
        (0.3673, 0.8606, -0.2280), (0.2801, 0.6725, 0.0474), (-0.0118, 0.0429, 0.9689)
    ),
    "tritan": (
        (1.2555, -0.0767, -0.1788), (-0.0784, 0.9308, 0.1476), (0.0047, 0.6914, 0.3039)
    ),
}  # fmt: skip
"""What eyes make of linear red, green and blue (Machado, Oliveira and Fernandes 2009)."""


def linear(name):
    parts = (part / 255 for part in Color.parse(name).rgb)
    return [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]


def luminance(rgb):
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), rgb, strict=True))


def lab(rgb):
    """CIE L*a*b* under D65."""
    rows = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
    xyz = [sum(a * b for a, b in zip(row, rgb, strict=True)) for row in rows]
    x, y, z = (
        (v / n) ** (1 / 3) if v / n > 0.008856 else 7.787 * max(v / n, 0) + 16 / 116
        for v, n in zip(xyz, (0.9505, 1.0, 1.089), strict=True)
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_verdicts_stand_out_from_the_paper_and_are_told_apart_by_every_eye(theme):
    paper = luminance(linear(theme.background))
    colours = [linear(each) for each in (theme.success, theme.warning, theme.error)]
    for colour in colours:
        light, dark = sorted((luminance(colour), paper), reverse=True)
        # 4.5 to 1 is what text needs (WCAG 2.1, 1.4.3).
        assert (light + 0.05) / (dark + 0.05) >= 4.5
    for sight in SIGHTS.values():
        seen = [
            lab([sum(a * b for a, b in zip(row, colour, strict=True)) for row in sight])
            for colour in colours
        ]
        for one, other in itertools.combinations(seen, 2):
            # The least that is told apart at a glance in thin strokes (by eye).
            assert math.dist(one, other) >= 14


async def test_with_reduced_motion_the_playhead_stands_on_each_beat():
    world = World(archive=FakeArchive(Settings(preview_s=30, reduced_motion=True)))
    async with open_game(world) as pilot:
        assert pilot.app.animation_level == "none"
        await to_stage(pilot)
        await start(pilot, world)
        score = pilot.app.screen.query_one(ScoreView)
        world.engine.position = 0.7
        await wait_until(pilot, lambda: score.position_ql == pytest.approx(1.4))
        assert score._rows.head_ql == 1.0


@pytest.mark.parametrize(
    "typed", ["stoc", "opts", "qs", "quso", ("ctrl+p", "pagedown"), ("t", "pagedown", "pageup")]
)
async def test_a_screen_may_be_left_before_it_stands(typed):
    world = World()
    async with open_game(world) as pilot:
        await wait_until(pilot, lambda: pilot.app.screen._style)
        for key in typed:
            pilot.app.post_message(Key(key, key if len(key) == 1 else None))
        await asyncio.sleep(0.1)
        assert pilot.app._exception is None
