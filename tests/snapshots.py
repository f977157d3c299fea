"""The screens as text: characters, and what each looks like, at a fixed clock and seed.

Kept as plain text rather than as pictures: a difference can be read where it is reviewed, a row
at a time, and nothing in it depends on fonts, on how a picture is written, or on a machine.
`UPDATE_SNAPSHOTS=1 pytest tests/test_snapshots.py` writes them anew.
"""

import contextlib
import importlib
import os
import pkgutil
import string
import sys
import time
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from pathlib import Path

from fakes import FakeArchive, World, load_three_styles, make_chart
from test_storage_jobs import make_call
from test_ui import note, on, open_game, play_all, start, text_of, to_stage, wait_until
from test_ui_career import studio_job
from test_ui_practice import play_the_chart
from test_ui_punch import play_pass
from textual.widgets import Input

import game.ui
from game.coach.days import DayWork
from game.coach.elements import Tally
from game.coach.standing import Best, DaySums, Progress, Rating, Standing
from game.coach.suggestion import fold_takes
from game.sessions.overdubs import SETS
from game.settings import Settings
from game.take import TakeSummary

FOLDER = Path(__file__).resolve().parent / "snapshots"
SIZES = ((80, 24), (160, 50))
NOW = datetime(2026, 11, 30, 18, 30, tzinfo=UTC)
TODAY = NOW.date()
LETTERS = string.ascii_lowercase + string.ascii_uppercase + "αβγδεζηθικλμ"
CALLS = (
    make_call(id="a", style="classical", stream="online", fee=40, changes=0, most_takes=5),
    make_call(id="b", style="jazz", stream="studio", by="the engineer", by_day="2026-12-03",
              by_style="jazz"),
)  # fmt: skip


class Frozen(datetime):
    """A clock that stands at `NOW`."""

    @classmethod
    def now(cls, tz=None):
        return NOW if tz is None else NOW.astimezone(tz)


class FrozenDay(date):
    @classmethod
    def today(cls):
        return TODAY


@contextlib.contextmanager
def still_world(monkeypatch, home):
    """No time passes, chance falls alike, nobody's environment or data shows."""
    for name in list(os.environ):
        if name in {"NO_COLOR", "FORCE_COLOR", "COLORTERM"} or name.startswith("TEXTUAL"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.setenv("FIRST_TAKE_HOME", str(home))
    if hasattr(time, "tzset"):
        time.tzset()
    # Screens are loaded when they are first shown: now, so that their clocks stand too.
    for found in pkgutil.walk_packages(game.ui.__path__, "game.ui."):
        importlib.import_module(found.name)
    for module in [m for name, m in sys.modules.items() if name.startswith("game.")]:
        for name, value in list(vars(module).items()):
            if value is datetime:
                monkeypatch.setattr(module, name, Frozen)
            elif value is date:
                monkeypatch.setattr(module, name, FrozenDay)
    monkeypatch.setattr("secrets.randbits", lambda bits: 7 % 2**bits)
    monkeypatch.setattr("game.ui.screens.call_board.post_calls", lambda *_, **__: CALLS)
    yield


def make_archive():
    """A player who has practised for ten days."""
    styles = list(load_three_styles().styles)
    listed = [
        TakeSummary(
            10 - n, (NOW - timedelta(days=n, hours=1)).isoformat(), "", styles[n % 3], 3,
            80.0 - n, "finished", first,
        )
        for n, first in enumerate(["midi"] * 9 + ["performer"])
    ]  # fmt: skip
    dates = [TODAY - timedelta(days=n) for n in range(10)][::-1]
    standing = Standing(
        days=tuple(DayWork(day, 600.0, 3) for day in dates), abilities=fold_takes(listed)
    )
    progress = Progress(
        since=TODAY - timedelta(days=364),
        until=TODAY,
        days=tuple(DaySums(day, 3, 3, 600.0, 90, 72, 80.0, -8.0, 24.0) for day in dates),
        tallies=(Tally("element", "ledger", 40, 20), Tally("key", "Eb", 60, 50)),
        ratings=tuple(Rating("overall", day, 4.0 + 0.1 * n, 0.4) for n, day in enumerate(dates)),
        bests=(Best("jazz", 3, 91.0, 1, NOW.isoformat()),),
        standing=standing,
    )
    archive = FakeArchive(Settings(preview_s=30, calls_seed=5), takes=listed)
    archive.history.standing, archive.history.progress = standing, progress
    return archive


def draw(pilot):
    """The screen as text: its rows, then runs of looks a row, then what the looks are."""
    looks, texts, runs = {}, [], []
    for strip in pilot.app.screen._compositor.render_strips():
        texts.append(strip.text.rstrip())
        lengths = []
        shown = [segment for segment in strip if segment.text]
        for style, same in groupby(shown, key=lambda segment: segment.style):
            letter = LETTERS[looks.setdefault(str(style), len(looks))]
            lengths.append((letter, sum(len(segment.text) for segment in same)))
        runs.append(
            "".join(
                f"{sum(length for _, length in same)}{letter}"
                for letter, same in groupby(lengths, key=lambda pair: pair[0])
            )
        )
    named = [f"{LETTERS[index]} {look}" for look, index in looks.items()]
    return "\n".join([*count(texts), "", *count(runs), "", *named, ""])


def count(rows):
    """Rows that are the same on end once, with how often they come."""
    counted = []
    for row, same in groupby(rows):
        times = len(list(same))
        counted.append(f"{row} x{times}" if times > 1 else row)
    return counted


async def settle(pilot):
    """Until what is on the screen stays."""
    for field in pilot.app.screen.query(Input):
        field.cursor_blink = False
    # What lies under a dialog is drawn a moment after it.
    await pilot.pause(0.1)
    pilot.app.screen.refresh()
    before = []
    for _ in range(40):
        await pilot.pause(0.02)
        now = [strip.text for strip in pilot.app.screen._compositor.render_strips()]
        if now == before and pilot.app.is_ready:
            return draw(pilot)
        before = now
    raise AssertionError(f"{pilot.app.screen} never comes to rest")


class Walk:
    """Goes through the screens, and keeps what each looks like by its name."""

    def __init__(self, pilot, world):
        self.pilot = pilot
        self.world = world
        self.seen = {}

    async def keep(self, name):
        self.seen[name] = await settle(self.pilot)

    async def see(self, name, *keys, screen=None, words=""):
        """Press keys, come to a screen, and keep it."""
        await self.pilot.press(*keys)
        screen = screen or name
        await wait_until(
            self.pilot, lambda: on(self.pilot, screen) and words in text_of(self.pilot)
        )
        await self.keep(name)

    async def home(self):
        while not on(self.pilot, "HomeScreen"):
            await self.pilot.press("escape")
            await self.pilot.pause()


async def walk_through(size):
    """All screens at a size, by their names."""
    world = World(archive=make_archive())
    async with open_game(world, size) as pilot:
        walk = Walk(pilot, world)
        await wait_until(pilot, lambda: "level" in text_of(pilot) and pilot.app.screen._style)
        pilot.app.clear_notifications()
        await walk.see("HomeScreen", words="fake")
        await walk.see("HelpScreen", "question_mark")
        await walk.home()
        await walk.see("PlayersScreen", "w")
        await walk.home()
        for name, keys in (
            ("SetupScreen", "s"), ("PracticeScreen", "p"), ("TakesScreen", "t"),
            ("OptionsScreen", "o"), ("ClickScreen", "k"),
        ):  # fmt: skip
            if name != "ClickScreen":
                await walk.home()
            await walk.see(name, keys)
        for name, key in (("MixScreen", "m"), ("CalibrationScreen", "c")):
            await walk.home()
            await pilot.press("o")
            await wait_until(pilot, lambda: on(pilot, "OptionsScreen"))
            await walk.see(name, key)
        await walk.home()
        await walk.see("ProgressScreen", "r", words="in a row")
        await walk.see("ProgressScreen-rating", "2", screen="ProgressScreen")
        await walk.home()
        await walk_a_take(walk)
        await walk.home()
        await walk_a_call(walk)
        await walk.home()
        await walk_a_run(walk)
        await walk.home()
        await walk_a_song(walk)
    return walk.seen


async def walk_a_take(walk):
    """From the preview to the review."""
    pilot, world = walk.pilot, walk.world
    await wait_until(pilot, lambda: pilot.app.screen._style)
    await to_stage(pilot)
    pilot.app.clear_notifications()
    await walk.keep("StageScreen-preview")
    await walk.see("SpokenChart", "f8")
    await pilot.press("escape")
    await start(pilot, world)
    world.engine.position = 2.3
    await wait_until(pilot, lambda: "Bar 2" in text_of(pilot))
    await walk.keep("StageScreen-take")
    play_all(world, late_s=0.012, wrong=(5,))
    await wait_until(pilot, lambda: on(pilot, "ScorecardScreen"))
    world.engine.position = None
    await walk.keep("ScorecardScreen")
    for name, key in (("WhyDialog", "w"), ("PunchDialog", "p"), ("GenrePicker", "g")):
        await walk.see(name, key)
        await pilot.press("escape")
        await wait_until(pilot, lambda: on(pilot, "ScorecardScreen"))
    await walk.see("ReviewScreen", "v")
    for view in ("time", "spread"):
        await walk.see(f"ReviewScreen-{view}", "v", screen="ReviewScreen")
    await walk.see("ExportDialog", "e")
    await pilot.press("escape", "escape")
    await walk_a_loop(walk)
    await walk_by_hand(walk)


async def walk_a_loop(walk):
    """Passes of a loop over the worst place, late and in time."""
    pilot, world = walk.pilot, walk.world
    await wait_until(pilot, lambda: on(pilot, "ScorecardScreen"))
    await pilot.press("p")
    await wait_until(pilot, lambda: on(pilot, "PunchDialog"))
    await pilot.press("up", "right", "enter")
    for late_s in (0.06, 0.0):
        await wait_until(pilot, lambda: on(pilot, "StageScreen") and pilot.app.screen._session)
        await start(pilot, world)
        await play_pass(pilot, world, 5, 6, late_s=late_s)
    await walk.see("PassPicker", "escape")
    await pilot.press("enter")
    await wait_until(pilot, lambda: "Comp of takes" in text_of(pilot))
    world.engine.position = None


async def walk_by_hand(walk):
    """Another take of the chart, and the two side by side."""
    pilot, world = walk.pilot, walk.world
    await pilot.press("a")
    await wait_until(pilot, lambda: on(pilot, "StageScreen") and pilot.app.screen._session)
    await start(pilot, world)
    play_all(world, wrong=(13,))
    await wait_until(pilot, lambda: on(pilot, "ScorecardScreen"))
    world.engine.position = None
    await walk.see("HandComp", "b", words="seam")
    await pilot.press("escape")
    await wait_until(pilot, lambda: on(pilot, "ScorecardScreen"))


async def walk_a_call(walk):
    """A call, its brief, and the diary."""
    pilot = walk.pilot
    await pilot.press("c")
    await wait_until(pilot, lambda: on(pilot, "CallBoard") and pilot.app.screen._is_read)
    await walk.keep("CallBoard")
    await pilot.press("enter")
    await wait_until(pilot, lambda: on(pilot, "BriefScreen") and pilot.app.screen._chart)
    await walk.keep("BriefScreen")
    await pilot.press("escape")
    await wait_until(pilot, lambda: on(pilot, "CallBoard"))
    await walk.see("DiaryScreen", "d")
    await walk.home()
    walk.world.archive.jobs.add_job(studio_job())
    await pilot.press("c")
    await wait_until(pilot, lambda: on(pilot, "CallBoard") and pilot.app.screen._is_read)
    await pilot.press("enter")
    await walk.see("ControlRoom", words="Nothing is recorded yet")


async def walk_a_run(walk):
    """A gauntlet: between its charts, and what came of it."""
    pilot = walk.pilot
    await pilot.press("p")
    await wait_until(pilot, lambda: on(pilot, "PracticeScreen"))
    await pilot.press("g")
    await play_the_chart(pilot, walk.world)
    await walk.see("InterludeScreen", words="Next:")
    await walk.see("RunResultScreen", "escape")


async def walk_a_song(walk):
    """A song at the mixing desk: its first part recorded, the second on the stand, and all."""
    pilot, world = walk.pilot, walk.world
    await pilot.press("p")
    await wait_until(pilot, lambda: on(pilot, "PracticeScreen"))
    await pilot.press("u")
    await wait_until(pilot, lambda: on(pilot, "OverdubsScreen") and pilot.app.screen.pile.tracks)
    while pilot.app.screen.pile.chairs != SETS[0]:
        await pilot.press("c")
        await wait_until(pilot, lambda: pilot.app.screen.pile.tracks)
    for place in range(3):
        await pilot.press("enter")
        await wait_until(pilot, lambda: on(pilot, "StageScreen") and pilot.app.screen._session)
        if place == 1:
            await walk.keep("StageScreen-overdub")
        await start(pilot, world)
        play_all(world, wrong=(5,))
        await wait_until(pilot, lambda: on(pilot, "OverdubsScreen"))
        world.engine.position = None
        if place == 0:
            await walk.keep("OverdubsScreen")
    await pilot.press("up", "p")
    await wait_until(pilot, lambda: on(pilot, "PunchDialog"))
    await pilot.press("enter")
    await wait_until(pilot, lambda: on(pilot, "StageScreen") and pilot.app.screen._session)
    await start(pilot, world)
    for event in note(2.5, make_chart().notes[5].pitch):
        world.engine.waiting.append(event)
    world.engine.position = world.engine.plan.end_s
    await wait_until(pilot, lambda: on(pilot, "OverdubsScreen"))
    world.engine.position = None
    await pilot.press("up", "m")
    pilot.app.clear_notifications()
    await walk.keep("OverdubsScreen-whole")


NAMES = (
    "HomeScreen", "HelpScreen", "SetupScreen", "PracticeScreen", "TakesScreen",
    "OptionsScreen", "ClickScreen", "MixScreen", "CalibrationScreen", "ProgressScreen",
    "ProgressScreen-rating", "StageScreen-preview", "SpokenChart", "StageScreen-take",
    "ScorecardScreen", "WhyDialog", "PunchDialog", "GenrePicker", "ReviewScreen",
    "ReviewScreen-time", "ReviewScreen-spread", "ExportDialog", "PassPicker", "HandComp",
    "CallBoard", "DiaryScreen", "ControlRoom", "InterludeScreen", "RunResultScreen",
    "PlayersScreen", "BriefScreen", "OverdubsScreen", "StageScreen-overdub",
    "OverdubsScreen-whole",
)  # fmt: skip
"""Of all that are kept."""
