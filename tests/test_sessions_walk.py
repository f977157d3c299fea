"""A job on the screens: any order of keys, plugs pulled, and the game gone at any moment."""

import random
from datetime import timedelta

import msgspec
import pytest
from fakes import FakeArchive, World, make_chart
from test_sessions_session import on
from test_storage_jobs import make_call
from test_ui import on as is_on
from test_ui import open_game, wait_until
from test_ui_career import chart_json, play_take, studio_job, to_board

from game.events import EngineFailed, PortFound, PortLost
from game.sessions.career import job as jobs
from game.sessions.overdubs import MODE, Pile
from game.settings import Settings
from game.ui.booking import now

KEYS = (
    *"apcbvdwtkrxhnlemsgu", "space", "space", "enter", "enter", "enter", "escape", "tab", "up",
    "down", "left", "right", "plus", "minus", "question_mark",
)  # fmt: skip
LIVES, ROUNDS, BURST = 2, 12, 6
NAME = "Piano"


def play_some(world, dice):
    """A note or a few, and the music goes on."""
    if world.engine.position is None:
        return
    for note in dice.sample(make_chart().notes, 3):
        world.engine.waiting.append(on(world.engine.position, note.pitch))
    world.engine.position += dice.choice((0.3, 2.0, 30.0))


def pull_plugs(world, dice):
    """A plug that is pulled, put back, or an engine that dies."""
    events = (PortLost(NAME), PortFound(NAME), EngineFailed("gone"))
    if not dice.randrange(3):
        world.engine.waiting.append(dice.choice(events))


def check_disk(archive, before):
    """Nothing that was on disk is gone, and the job and the song make sense."""
    assert set(before) <= set(archive.takes)
    for run in archive.history.runs:
        if run.mode == MODE:
            pile = msgspec.convert(msgspec.json.decode(run.sheet)["pile"], Pile)
            assert set(pile.take_ids) <= set(archive.takes)
    kept = archive.jobs.open_job()
    if kept is None:
        return
    number, job = kept
    known = set(archive.jobs.list_job_takes(number))
    assert set(job.takes) <= known
    assert {one.take_id for one in job.passes} <= set(job.takes)
    assert job.phase in {jobs.BRIEF, jobs.STUDIO}


async def record_once(archive):
    """A take that is on disk before anything goes wrong."""
    world = World(archive=archive)
    async with open_game(world) as pilot:
        await to_board(pilot)
        await pilot.press("enter")
        await wait_until(pilot, lambda: is_on(pilot, "ControlRoom"))
        await pilot.press("enter")
        await play_take(pilot, world)


async def walk(pilot, world, archive, dice, *, rounds=ROUNDS, back=()):
    """Any keys, notes and plugs; nothing that was on disk is lost on the way.

    Who has come home goes `back` by these keys.
    """
    for _ in range(rounds):
        for key in back if is_on(pilot, "HomeScreen") else ():
            await pilot.press(key)
            await pilot.pause()
        before = dict(archive.takes)
        for key in dice.choices(KEYS, k=BURST):
            pilot.app.simulate_key(key)
        play_some(world, dice)
        pull_plugs(world, dice)
        world.clock.now += dice.choice((0.1, 5.0, 60.0))
        await pilot.pause()
        check_disk(archive, before)
    assert pilot.app._exception is None


async def live_once(archive, dice):
    """Open the game, go to the job, do anything, and be gone in the middle of it."""
    world = World(archive=archive)
    async with open_game(world) as pilot:
        await to_board(pilot)
        await pilot.press("enter")
        await walk(pilot, world, archive, dice)


async def test_a_job_outlives_any_keys_plugs_and_ends_of_the_game(monkeypatch):
    calls = (make_call(style="classical", changes=1, seed=2),)
    monkeypatch.setattr("game.ui.screens.call_board.post_calls", lambda *_, **__: calls)
    dice = random.Random(8)  # noqa: S311 - a fixed walk
    archive = FakeArchive(Settings(preview_s=0, calls_seed=5))
    archive.jobs.add_job(studio_job(changes=1, seed=2))
    await record_once(archive)
    assert set(archive.takes) == {1}
    for _ in range(LIVES):
        await live_once(archive, dice)
    # Whatever came of it: each job is on or over once, and its takes are its own.
    for number, encoded in archive.jobs.kept.items():
        job = msgspec.json.decode(encoded, type=jobs.Job)
        assert (job.phase == jobs.OVER) == (number in archive.jobs.lines)
    kept = archive.jobs.open_job()
    if kept is not None and kept[1].phase == jobs.STUDIO:
        world = World(archive=archive)
        async with open_game(world) as pilot:
            await to_board(pilot)
            await pilot.press("enter")
            await wait_until(pilot, lambda: is_on(pilot, "ControlRoom"))
            takes = archive.jobs.list_job_takes(kept[0])
            await wait_until(
                pilot, lambda: not jobs.missing_takes(archive.jobs.open_job()[1], takes)
            )


def a_set():
    """A live job whose stage has been entered."""
    call = make_call(style="classical", stream="live", charts=3, changes=0)
    return jobs.enter(jobs.accept(call, now() - timedelta(minutes=20)), now())


def a_song():
    """An overdub pile that has been taken, and its studio entered."""
    chairs = ("piano", "organ", "bass")
    call = make_call(style="classical", stream="overdubs", chair="piano", chairs=chairs, level=1)
    return jobs.enter(jobs.put_up(jobs.accept(call, now()), chart_json()), now())


@pytest.mark.parametrize(
    ("keys", "job"),
    [(("p", "u"), None), (("c", "e"), None), (("c", "enter"), a_set), (("c", "enter"), a_song)],
    ids=["a song at the desk", "by ear", "a set", "a pile"],
)
async def test_other_sessions_outlive_them_too(monkeypatch, keys, job):
    calls = (make_call(style="classical", changes=1, seed=2),)
    monkeypatch.setattr("game.ui.screens.call_board.post_calls", lambda *_, **__: calls)
    dice = random.Random(3)  # noqa: S311 - a fixed walk
    archive = FakeArchive(Settings(preview_s=0, calls_seed=5))
    if job is not None:
        archive.jobs.add_job(job())
    for _ in range(LIVES):
        world = World(archive=archive)
        async with open_game(world) as pilot:
            await wait_until(pilot, lambda: is_on(pilot, "HomeScreen") and pilot.app.screen._style)
            await walk(pilot, world, archive, dice, rounds=ROUNDS // 2, back=keys)
    # Opened again, the game knows every take that is on disk.
    world = World(archive=archive)
    async with open_game(world) as pilot:
        await wait_until(pilot, lambda: is_on(pilot, "HomeScreen") and pilot.app.screen._style)
        for key in keys:
            await pilot.press(key)
            await pilot.pause()
        check_disk(archive, {})
        assert pilot.app._exception is None
