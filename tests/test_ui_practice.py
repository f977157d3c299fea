"""Practice and progress on the screen: keys, runs to their end, and every view at both sizes."""

import gc
import warnings
from datetime import datetime, timedelta

import msgspec
import pytest
from fakes import FakeArchive, World, load_three_styles
from test_ui import on, open_game, text_of, wait_until

from game import places
from game.coach.days import DayWork
from game.coach.elements import Tally
from game.coach.repetition import Strength
from game.coach.runs import Drill, Played
from game.coach.standing import Best, DaySums, Progress, Rating, Run, Standing
from game.coach.suggestion import fold_takes
from game.events import NoteEvent
from game.performer.performance import PROFILES
from game.settings import Settings
from game.take import TakeSummary
from game.ui.records import Records
from game.ui.screens.practice import MODES
from game.ui.screens.run_result import say_past
from game.ui.services import Opening

SIZES = [(80, 24), (160, 50)]
NOW = datetime.now().astimezone()


async def sees(pilot, words):
    await wait_until(pilot, lambda: words in text_of(pilot))


async def to_practice(pilot):
    await pilot.press("p")
    await wait_until(pilot, lambda: on(pilot, "PracticeScreen"))
    await pilot.pause()


@pytest.mark.parametrize("size", SIZES[:1])
async def test_every_mode_is_on_the_practice_screen(size):
    world = World()
    async with open_game(world, size) as pilot:
        await to_practice(pilot)
        await wait_until(pilot, lambda: "Ten minutes" in text_of(pilot))
        for mode in MODES:
            await sees(pilot, mode.name)
        for mode in MODES:
            assert mode.name in str(pilot.app.screen._words.border_title)
            await pilot.press("down")
        await pilot.press("up")
        await sees(pilot, "warm-up")
        await pilot.press("escape")
        await wait_until(pilot, lambda: on(pilot, "HomeScreen"))


async def test_play_pressed_again_at_once_leaves_nothing_unawaited():
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        async with open_game(World()) as pilot:
            await to_practice(pilot)
            for _ in range(3):
                pilot.app.screen.action_play()
            await wait_until(pilot, lambda: on(pilot, "StageScreen"))
        gc.collect()
    assert not [each for each in told if "never awaited" in str(each.message)]


@pytest.mark.parametrize(
    ("key", "preview"),
    [
        ("0", 8),
        ("e", 30),
        ("t", 15),
        ("m", 8),
        ("r", 8),
        ("k", 30),
        ("a", 15),
        ("o", 15),
        ("i", 30),
    ],
)
async def test_a_mode_is_one_key_away(key, preview):
    world = World()
    async with open_game(world) as pilot:
        await to_practice(pilot)
        await pilot.press(key)
        await wait_until(pilot, lambda: on(pilot, "StageScreen") and pilot.app.screen._session)
        assert pilot.app.screen._session.preview_left_s == preview
        await pilot.press("escape")
        await wait_until(pilot, lambda: on(pilot, "HomeScreen"))
        assert world.archive.history.runs == []


async def test_level_genre_and_hands_go_into_the_drill():
    world = World()
    async with open_game(world) as pilot:
        await to_practice(pilot)
        await pilot.press("right", "right", "b")
        await sees(pilot, "Level 3")
        await sees(pilot, "right hand alone")
        await pilot.press("3")
        await wait_until(pilot, lambda: on(pilot, "StageScreen") and pilot.app.screen._session)
        asked = world.composer.requests[-1]
        assert (asked.level, asked.hands, asked.style) == (3, "right", "classical")


async def play_the_chart(pilot, world):
    """Let the take run to its end without a note."""
    await wait_until(pilot, lambda: on(pilot, "StageScreen") and pilot.app.screen._session)
    stage = pilot.app.screen
    world.clock.now += 60.0
    await wait_until(pilot, lambda: world.engine.position is not None)
    world.engine.position = world.engine.plan.end_s
    await wait_until(pilot, lambda: pilot.app.screen is not stage)
    world.engine.position = None


async def test_a_drill_runs_to_its_end_and_is_kept():
    world = World()
    async with open_game(world) as pilot:
        await to_practice(pilot)
        await pilot.press("1")
        # Each chart takes a minute of the fake clock, so that the first one is the last.
        await play_the_chart(pilot, world)
        await wait_until(pilot, lambda: on(pilot, "RunResultScreen"))
        await sees(pilot, "1-minute drill")
        await sees(pilot, "nothing to compare it with yet")
        assert [run.mode for run in world.archive.history.runs] == ["drill"]
        assert [take.mode for take in world.archive.takes.values()] == ["drill"]
        await pilot.press("p")
        await wait_until(pilot, lambda: on(pilot, "PracticeScreen"))
        await wait_until(pilot, lambda: "Lately" in text_of(pilot))


@pytest.mark.parametrize("size", SIZES)
async def test_the_practice_screen_shows_each_ways_own_past(size):
    world = World(archive=a_past(3))
    drill = Run(NOW.isoformat(), "drill", "3 min, level 4, jazz", 71.0, 60.0, 0.8, 180.0)
    world.archive.history.runs += [msgspec.structs.replace(drill, score=71.0 + n) for n in range(4)]
    world.archive.history.add_run(
        msgspec.structs.replace(drill, mode="assessment", name="rating", score=4.64)
    )
    async with open_game(world, size) as pilot:
        await to_practice(pilot)
        await sees(pilot, "4.6")
        await sees(pilot, "Not played yet")
        await pilot.press("down")
        await sees(pilot, "level 4, jazz")
        assert ("one after another" in text_of(pilot)) is (size == SIZES[1])


async def on_stage(pilot):
    await wait_until(pilot, lambda: on(pilot, "StageScreen") and pilot.app.screen._session)
    return pilot.app.screen


async def test_a_task_asks_for_the_chart_in_its_own_way():
    world = World()
    async with open_game(world) as pilot:
        await to_practice(pilot)
        await pilot.press("k")
        stage = await on_stage(pilot)
        assert stage._session.chart.drill.key in {"D", "Bb"}
        await sees(pilot, "Play it in")
        await pilot.press("escape")
        await to_practice(pilot)
        await pilot.press("r")
        stage = await on_stage(pilot)
        assert {note.pitch for note in stage._session.chart.notes} == {72}
        assert stage.page_request.rhythm_only
        await pilot.press("escape")
        await to_practice(pilot)
        await pilot.press("a")
        assert (await on_stage(pilot)).reading.hidden_s == 0.0
        await pilot.press("escape")
        await to_practice(pilot)
        await pilot.press("o")
        stage = await on_stage(pilot)
        assert stage.reading.hidden_hand == "left"
        assert world.archive.settings.hidden_hand == ""


async def test_the_music_waits_and_the_take_is_graded_on_notes_alone():
    world = World()
    async with open_game(world) as pilot:
        await to_practice(pilot)
        await pilot.press("i")
        for number in (1, 2):
            stage = await on_stage(pilot)
            await pilot.press("space")
            await wait_until(pilot, lambda: world.engine.position is not None)
            world.engine.position = 1.0
            await sees(pilot, "one key")
            world.engine.waiting += [
                NoteEvent(1.0 + n / 10, "on", note.pitch, 64)
                for n, note in enumerate(stage._session.chart.notes)
            ]
            world.engine.position = 90.0
            await wait_until(pilot, lambda stage=stage: pilot.app.screen is not stage)
            assert len(world.archive.takes) == number
        await wait_until(pilot, lambda: on(pilot, "RunResultScreen"))
        await sees(pilot, "notes alone")
        card = world.archive.scorecards[1]
        assert (card.scores.total, card.scores.time) == (100.0, None)
        assert [run.mode for run in world.archive.history.runs] == ["wait"]
        assert world.engine.position is None


async def test_a_gauntlet_breathes_between_genres_and_ends_with_a_bar_for_each():
    world = World()
    async with open_game(world) as pilot:
        await to_practice(pilot)
        await pilot.press("g")
        await play_the_chart(pilot, world)
        await wait_until(pilot, lambda: on(pilot, "InterludeScreen"))
        await wait_until(pilot, lambda: "Next:" in text_of(pilot))
        await pilot.press("space")
        await play_the_chart(pilot, world)
        await wait_until(pilot, lambda: on(pilot, "InterludeScreen"))
        await sees(pilot, "Next:")
        world.clock.now += 11.0
        await play_the_chart(pilot, world)
        await wait_until(pilot, lambda: on(pilot, "RunResultScreen"))
        assert len({r.style for r in world.composer.requests}) == 3
        run = world.archive.history.runs[0]
        assert (run.mode, run.name) == ("gauntlet", "3 genres, level 1")


async def test_a_run_that_is_broken_off_shows_what_was_played():
    world = World()
    async with open_game(world) as pilot:
        await to_practice(pilot)
        await pilot.press("g")
        await play_the_chart(pilot, world)
        await wait_until(pilot, lambda: on(pilot, "InterludeScreen"))
        await pilot.press("escape")
        await wait_until(pilot, lambda: on(pilot, "RunResultScreen"))
        await sees(pilot, "broken off")


async def test_a_daily_call_counts_once_and_has_a_card(tmp_path, monkeypatch):
    monkeypatch.setenv("FIRST_TAKE_HOME", str(tmp_path))
    world = World()
    async with open_game(world) as pilot:
        for kept in (1, 1):
            await to_practice(pilot)
            await pilot.press("d")
            await play_the_chart(pilot, world)
            await wait_until(pilot, lambda: on(pilot, "RunResultScreen"))
            assert len(world.archive.history.runs) == kept
            await sees(pilot, "code TEST")
            await pilot.press("c")
            await wait_until(pilot, lambda: list(tmp_path.rglob("cards/*.svg")))
            await pilot.press("escape")
            await wait_until(pilot, lambda: on(pilot, "HomeScreen"))


async def test_a_daily_call_that_is_left_counts_with_what_was_played():
    world = World()
    async with open_game(world) as pilot:
        await to_practice(pilot)
        await pilot.press("d")
        await on_stage(pilot)
        await pilot.press("escape")
        await wait_until(pilot, lambda: on(pilot, "HomeScreen"))
        # Looked at and left in the preview, it has not been taken.
        assert world.archive.history.runs == []
        await to_practice(pilot)
        await pilot.press("d")
        await on_stage(pilot)
        await pilot.press("space")
        await wait_until(pilot, lambda: len(world.archive.history.runs) == 1)
        assert world.archive.history.runs[0].score is None
        world.engine.position = 0.5
        world.engine.waiting.append(NoteEvent(0.0, "on", 60, 64))
        await pilot.pause(0.1)
        await pilot.press("escape")
        await wait_until(pilot, lambda: on(pilot, "RunResultScreen"))
        await sees(pilot, "left half-way")
        (run,) = world.archive.history.runs
        assert run.mode == "daily"
        assert 0 <= run.score < 30
        assert world.archive.takes[1].ended == "stopped"
        assert world.archive.scorecards[1].scores.total == run.score
        await pilot.press("p")
        await wait_until(pilot, lambda: on(pilot, "PracticeScreen"))
        await pilot.press("d")
        assert (await on_stage(pilot))._course.run.mode == "daily again"


async def test_the_performers_runs_are_not_kept():
    world = World(opening=Opening(performer=PROFILES["perfect"]))
    async with open_game(world) as pilot:
        await to_practice(pilot)
        await pilot.press("e")
        await wait_until(pilot, lambda: on(pilot, "StageScreen") and pilot.app.screen._session)
        world.clock.now += 60.0
        await wait_until(pilot, lambda: world.engine.position is not None)
        for moment in (0.0, 2.0, 4.0, world.engine.plan.end_s):
            world.engine.position = moment
            await pilot.pause(0.05)
        await wait_until(pilot, lambda: on(pilot, "RunResultScreen"))
        await sees(pilot, "Exam")
        assert world.archive.history.runs == []


def a_past(takes):
    """A player with so many takes, one a day."""
    styles = list(load_three_styles().styles)
    listed = [
        TakeSummary(
            n, (NOW - timedelta(days=n)).isoformat(), "", styles[n % 3], 3, 80.0, "finished"
        )
        for n in range(takes)
    ]
    dates = [NOW.date() - timedelta(days=n) for n in range(takes)][::-1]
    standing = Standing(
        days=tuple(DayWork(day, 600.0, 3) for day in dates),
        abilities=fold_takes(listed),
        strengths=(Strength("ledger", 10, 20, 16, card="{}", due=NOW.isoformat()),),
    )
    progress = Progress(
        since=NOW.date() - timedelta(days=364),
        until=NOW.date(),
        days=tuple(DaySums(day, 3, 3, 600.0, 90, 72, 80.0, -8.0, 24.0) for day in dates),
        tallies=(Tally("element", "ledger", 40, 20), Tally("key", "Eb", 60, 50)),
        ratings=tuple(Rating("overall", day, 4.0, 0.4) for day in dates),
        bests=(Best("jazz", 3, 91.0, 1, NOW.isoformat()),),
        standing=standing,
    )
    archive = FakeArchive(takes=listed)
    archive.history.standing, archive.history.progress = standing, progress
    sheet = '{"badges": ["First take, three genres, no stops"]}'
    archive.history.runs.append(
        Run(NOW.isoformat(), "gauntlet", "3 genres, level 3", 80.0, 60.0, 0.8, 90.0, sheet)
    )
    return archive


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("takes", [0, 300])
async def test_every_view_is_drawn_for_every_player(size, takes):
    world = World(archive=a_past(takes) if takes else FakeArchive())
    async with open_game(world, size) as pilot:
        await pilot.press("r")
        await wait_until(pilot, lambda: on(pilot, "ProgressScreen"))
        await wait_until(pilot, lambda: pilot.app.screen._is_read)
        wanted = {
            "1": "in a row" if takes else "A practice day is",
            "2": "You read level" if takes else "A rating needs",
            "3": "Across all genres" if takes else "Each genre has its place",
            "4": "ahead of the click" if takes else "how far ahead of the click",
            "5": "ledger lines" if takes else "After your first takes",
            "6": "no stops" if takes else "No first take",
        }
        for key, words in wanted.items():
            await pilot.press(key)
            await wait_until(pilot, lambda words=words: words in text_of(pilot))
        await pilot.press("left", "tab", "w", "t", "y")
        await pilot.resize_terminal(*SIZES[size == SIZES[0]])
        await pilot.pause()
        await pilot.press("escape")
        await wait_until(pilot, lambda: on(pilot, "HomeScreen"))


@pytest.mark.parametrize(("takes", "words"), [(0, "A chart nobody"), (3, "3 days in a row")])
async def test_the_home_screen_has_the_streak_in_a_line(takes, words):
    world = World(archive=a_past(takes) if takes else FakeArchive())
    async with open_game(world) as pilot:
        await wait_until(pilot, lambda: words in text_of(pilot))


def test_a_run_stands_beside_its_past():
    run = Drill(1, 3, 1, ("jazz",)).after(Played("jazz", 3, "grand", 80.0, 40, 32, 20.0), 60.0)
    report = run.report()
    earlier = (Run(NOW.isoformat(), "drill", report.name, 90.0, 50.0, 0.9, 60.0),)
    assert "Your best is 90." in say_past(report, earlier, str).plain
    assert "first of its kind" in say_past(report, (), str).plain
    lower = (msgspec.structs.replace(earlier[0], score=70.0),)
    assert "Your best so far; it was 70." in say_past(report, lower, str).plain


async def test_another_player_takes_the_stand_in_the_game(tmp_path, monkeypatch):
    monkeypatch.setenv("FIRST_TAKE_HOME", str(tmp_path))
    monkeypatch.delenv("FIRST_TAKE_PLAYER", raising=False)
    archives = {"": a_past(3), "Ann": FakeArchive(settings=Settings(theme="nord"))}
    world = World(open_archive=lambda: archives[places.current_player()])
    world.app.services = world.app.services._replace(read_player=places.current_player)
    world.app.records = Records(
        world.app.services.open_archive, world.journal, places.current_player
    )
    async with open_game(world) as pilot:
        await wait_until(pilot, lambda: "3 days in a row" in text_of(pilot))
        await pilot.press("w")
        await wait_until(pilot, lambda: on(pilot, "PlayersScreen"))
        await pilot.press("tab", "A", "?", "enter")
        await wait_until(pilot, lambda: "make a name" in str(pilot.app.screen._fault.render()))
        await pilot.press("backspace", "n", "n", "enter")
        await wait_until(pilot, lambda: "Ann: A chart nobody" in text_of(pilot))
        assert pilot.app.takes == []
        assert pilot.app.theme == "nord"
        assert archives[""].trail == ["closed"]
        assert places.current_player() == "Ann"
        await pilot.press("w")
        await wait_until(pilot, lambda: on(pilot, "PlayersScreen"))
        await pilot.press("home", "enter")
        await wait_until(pilot, lambda: "3 days in a row" in text_of(pilot))
        assert places.current_player() == ""
