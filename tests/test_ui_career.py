"""A session player's working life on the screens, by keys."""

from datetime import timedelta

import msgspec
import pytest
from fakes import FakeArchive, World, make_chart
from test_storage_jobs import make_call
from test_ui import note, on, open_game, play_all, text_of, wait_until

from exercises.chairs import seat
from exercises.chart import write_chart_json
from game.events import SetInstrument
from game.sessions.career import job as jobs
from game.sessions.career.life import live
from game.settings import Settings
from game.soundfont.patches import PATCHES
from game.ui.booking import now

CALLS = (
    make_call(id="a", style="classical", stream="online", fee=40, changes=0, most_takes=5),
    make_call(id="b", style="jazz", stream="studio", by="the engineer", by_day="2026-11-03",
              by_style="jazz"),
)  # fmt: skip


@pytest.fixture(autouse=True)
def calls(monkeypatch):
    """The same two calls on any day."""
    monkeypatch.setattr("game.ui.screens.call_board.post_calls", lambda *_, **__: CALLS)


def make_world(job=None, **settings):
    chosen = Settings(preview_s=0, calls_seed=5, **settings)
    archive = FakeArchive(chosen)
    if job is not None:
        archive.jobs.add_job(job)
    return World(archive=archive)


def studio_job(**changes):
    """A job whose red light is on, with the fakes' chart on the stand."""
    call = make_call(style="classical", stream="studio", **changes)
    chart = write_chart_json(seat(make_chart(), call.chair or None))
    job = jobs.put_up(jobs.accept(call, now() - timedelta(minutes=20)), chart)
    return jobs.enter(job, now())


def chart_json():
    return write_chart_json(make_chart())


async def to_board(pilot):
    await wait_until(pilot, lambda: on(pilot, "HomeScreen") and pilot.app.screen._style)
    await pilot.press("c")
    await wait_until(pilot, lambda: on(pilot, "CallBoard") and pilot.app.screen._is_read)


async def play_take(pilot, world, **how):
    await wait_until(pilot, lambda: on(pilot, "StageScreen") and pilot.app.screen._session)
    await wait_until(pilot, lambda: world.engine.position is not None)
    play_all(world, **how)
    await back_in(pilot, world)


async def back_in(pilot, world):
    await wait_until(pilot, lambda: on(pilot, "ControlRoom"))
    world.engine.position = None
    await wait_until(pilot, lambda: pilot.app.screen._outcome is not None)


async def test_from_the_call_to_the_fee():
    world = make_world()
    async with open_game(world) as pilot:
        await to_board(pilot)
        assert "An open call." in text_of(pilot)
        fee = 40
        await pilot.press("down")
        await wait_until(pilot, lambda: "by the engineer" in text_of(pilot))
        await pilot.press("up")
        await pilot.press("enter")
        await wait_until(pilot, lambda: on(pilot, "BriefScreen") and pilot.app.screen._chart)
        assert "not asked" in text_of(pilot)
        assert "♩ = 120" not in text_of(pilot)
        await pilot.press("minus")
        await wait_until(pilot, lambda: "Ask for the tempo first" in text_of(pilot))
        await pilot.press("t")
        await wait_until(pilot, lambda: "♩ = 120" in text_of(pilot))
        await pilot.press("plus")
        await wait_until(pilot, lambda: "♩ = 128, faster" in text_of(pilot))
        await pilot.press("minus")
        await wait_until(pilot, lambda: "has been talked about" in text_of(pilot))
        await pilot.press("enter")
        await wait_until(pilot, lambda: on(pilot, "StageScreen") and pilot.app.screen._session)
        assert pilot.app.screen._session.quarter_bpm == 128.0
        await wait_until(pilot, lambda: world.engine.position is not None)
        for index, each in enumerate(make_chart().notes):
            world.engine.waiting += note(index * 60 / 128, each.pitch)
        world.engine.position = world.engine.plan.end_s
        await back_in(pilot, world)
        await pilot.press("v")
        await wait_until(pilot, lambda: on(pilot, "ReviewScreen"))
        await pilot.press("escape")
        await wait_until(pilot, lambda: "Producer:" in text_of(pilot))
        assert "deliver the best" in text_of(pilot)
        await pilot.press("enter")
        await wait_until(pilot, lambda: on(pilot, "DiaryScreen"))
        await wait_until(pilot, lambda: f"They took it. ${fee} paid." in text_of(pilot))
        assert "1 credit" in text_of(pilot)
    (credit,) = world.archive.jobs.list_credits()
    assert (credit.end, credit.paid, credit.take_id, credit.takes) == ("delivered", fee, 1, 1)
    assert world.archive.takes[1].mode == "session 1"
    assert world.archive.jobs.open_job() is None


async def test_a_brief_that_is_come_back_to_knows_what_was_asked():
    call = make_call(style="classical")
    job = jobs.ask(jobs.put_up(jobs.accept(call, now()), chart_json()), "tempo")
    world = make_world(job)
    async with open_game(world) as pilot:
        await to_board(pilot)
        await pilot.press("enter")
        await wait_until(pilot, lambda: on(pilot, "BriefScreen"))
        await wait_until(pilot, lambda: "♩ = 120" in text_of(pilot))
        assert world.composer.requests == []


async def test_takes_a_change_of_mind_a_punch_and_delivery():
    world = make_world(studio_job(changes=1, seed=2))
    async with open_game(world, (120, 40)) as pilot:
        await to_board(pilot)
        assert "You are in the studio." in text_of(pilot)
        await pilot.press("enter")
        await wait_until(pilot, lambda: on(pilot, "ControlRoom"))
        await wait_until(pilot, lambda: "Nothing is recorded yet" in text_of(pilot))
        while not world.archive.jobs.open_job()[1].wants_change:
            await pilot.press("a")
            await play_take(pilot, world, wrong=(5, 6))
        await wait_until(pilot, lambda: "changed his mind" in text_of(pilot))
        await pilot.press("d")
        assert on(pilot, "ControlRoom")
        before = len(world.archive.takes)
        await pilot.press("enter")
        await wait_until(pilot, lambda: on(pilot, "StageScreen") and pilot.app.screen._session)
        await wait_until(pilot, lambda: "The producer wants it at 100" in text_of(pilot))
        await pilot.press("space")
        await wait_until(pilot, lambda: world.engine.position is not None)
        for index, each in enumerate(make_chart().notes):
            wrong = index == 5
            world.engine.waiting += note(index * 0.6, each.pitch + wrong)
        world.engine.position = world.engine.plan.end_s
        await back_in(pilot, world)
        await pilot.press("p")
        await wait_until(pilot, lambda: on(pilot, "PunchDialog"))
        await pilot.press("enter")
        await wait_until(pilot, lambda: on(pilot, "StageScreen") and pilot.app.screen._session)
        await wait_until(pilot, lambda: world.engine.position is not None)
        for beat in (5, 6):
            world.engine.waiting += note(beat * 0.6, make_chart().notes[beat].pitch)
        world.engine.position = world.engine.plan.end_s
        await back_in(pilot, world)
        await wait_until(pilot, lambda: "[comp " in text_of(pilot))
        assert "1 punched" in text_of(pilot)
        await pilot.press("d")
        await wait_until(pilot, lambda: on(pilot, "DiaryScreen"))
    (credit,) = world.archive.jobs.list_credits()
    assert credit.comp_id == 1
    assert credit.punches == 1
    assert credit.takes == before + 1
    assert credit.secure_bars is not None


async def test_the_keyboard_sounds_like_what_is_recorded_and_then_as_before():
    world = make_world(studio_job(part="organ", chair="organ"))
    async with open_game(world) as pilot:
        await to_board(pilot)
        await pilot.press("enter")
        await wait_until(pilot, lambda: on(pilot, "ControlRoom"))
        await pilot.press("enter")
        await wait_until(pilot, lambda: on(pilot, "StageScreen") and pilot.app.screen._session)
        programs = [c.program for c in world.engine.commands if isinstance(c, SetInstrument)]
        assert programs[-1] == PATCHES["organ"]
        assert "organ" in text_of(pilot)
        await pilot.press("escape")
        await wait_until(pilot, lambda: on(pilot, "ControlRoom"))
        programs = [c.program for c in world.engine.commands if isinstance(c, SetInstrument)]
        assert programs[-1] == PATCHES["piano"]


async def test_a_session_goes_on_where_it_was_and_hears_of_every_take_on_disk():
    world = make_world(studio_job())
    async with open_game(world) as pilot:
        await to_board(pilot)
        await pilot.press("enter")
        await wait_until(pilot, lambda: on(pilot, "ControlRoom"))
        await pilot.press("enter")
        await play_take(pilot, world, wrong=(1, 2, 3))
        first = world.archive.jobs.open_job()[1]
    # The game was killed when a second take was on disk, and the job had not heard of it; a third
    # was broken off.
    archive = world.archive
    archive.add_take(archive.takes[1])
    archive.add_take(msgspec.structs.replace(archive.takes[1], ended="stopped"))
    world = World(archive=archive)
    async with open_game(world) as pilot:
        await to_board(pilot)
        await pilot.press("enter")
        await wait_until(pilot, lambda: on(pilot, "ControlRoom"))
        await wait_until(pilot, lambda: "3 of 3 takes" in text_of(pilot))
        await wait_until(pilot, lambda: "take 2" in text_of(pilot))
    job = archive.jobs.open_job()[1]
    assert job.takes == (1, 2, 3)
    assert [one.take_id for one in job.passes] == [1, 2]
    assert job.passes[0] == first.passes[0]
    assert job.passes[1].total == job.passes[0].total


async def test_leaving_a_take_and_the_studio_loses_nothing():
    world = make_world(studio_job())
    async with open_game(world) as pilot:
        await to_board(pilot)
        await pilot.press("enter")
        await wait_until(pilot, lambda: on(pilot, "ControlRoom"))
        await pilot.press("enter")
        await wait_until(pilot, lambda: on(pilot, "StageScreen") and pilot.app.screen._session)
        await wait_until(pilot, lambda: world.engine.position is not None)
        world.engine.waiting += note(0.0, 60)
        world.engine.position = 1.0
        await wait_until(pilot, lambda: "REC" in text_of(pilot))
        await pilot.press("escape")
        await wait_until(pilot, lambda: on(pilot, "ControlRoom"))
        await wait_until(pilot, lambda: "1 of 3 takes" in text_of(pilot))
        await pilot.press("escape")
        await wait_until(pilot, lambda: on(pilot, "HomeScreen"))
        await to_board(pilot)
        await pilot.press("enter")
        await wait_until(pilot, lambda: on(pilot, "ControlRoom"))
        await pilot.press("x")
        await wait_until(pilot, lambda: "Press x again" in text_of(pilot))
        assert world.archive.jobs.open_job()[1].takes == (1,)
        await pilot.press("x")
        await wait_until(pilot, lambda: on(pilot, "DiaryScreen"))
        await wait_until(pilot, lambda: "Cancelled." in text_of(pilot))


async def test_who_did_not_come_reads_so_in_the_diary():
    call = make_call(style="classical")
    world = make_world(jobs.accept(call, now() - timedelta(hours=9)))
    async with open_game(world) as pilot:
        await wait_until(pilot, lambda: "Classical, level 1" in text_of(pilot))
        await pilot.press("c")
        await wait_until(pilot, lambda: on(pilot, "DiaryScreen"))
        await wait_until(pilot, lambda: "You did not come." in text_of(pilot))
        await pilot.press("p")
        await wait_until(pilot, lambda: "portfolio.html" in text_of(pilot))
        await pilot.press("g", "down", "up", "enter")
        await wait_until(pilot, lambda: on(pilot, "CallBoard"))


async def test_the_chart_in_advance_is_looked_through_once():
    world = make_world()
    async with open_game(world) as pilot:
        await to_board(pilot)
        await pilot.press("y", "down", "enter")
        await wait_until(pilot, lambda: on(pilot, "BriefScreen") and pilot.app.screen._chart)
        await pilot.press("v")
        assert not pilot.app.screen.has_class("-looking")
        await pilot.press("c", "k", "r")
        await wait_until(pilot, lambda: "v: once, 90 s" in text_of(pilot))
        await pilot.press("v")
        await wait_until(pilot, lambda: "Look it through: 90 s" in text_of(pilot))
        world.clock.now += 91
        await wait_until(pilot, lambda: "put away" in text_of(pilot))
        await wait_until(pilot, lambda: "looked through" in text_of(pilot))
        await pilot.press("v")
        assert not pilot.app.screen.has_class("-looking")
        await pilot.press("tab")
        await pilot.press("escape")
        await wait_until(pilot, lambda: on(pilot, "CallBoard") and pilot.app.screen._is_read)
        assert "your job" in text_of(pilot)
        await pilot.press("down", "enter")
        await wait_until(pilot, lambda: "One job at a time" in text_of(pilot))
    assert world.archive.settings.city == "big"
    assert set(world.archive.jobs.open_job()[1].asked) == {"chart", "key", "reference"}


async def test_a_chart_that_cannot_be_written_is_sent_anew():
    world = make_world()
    world.composer.fails, world.composer.fails_left = "no such chart", 2
    async with open_game(world) as pilot:
        await to_board(pilot)
        await pilot.press("enter")
        await wait_until(pilot, lambda: "sending another one" in text_of(pilot))
        await wait_until(pilot, lambda: pilot.app.screen._chart)
        seeds = [request.seed for request in world.composer.requests]
        assert len(set(seeds)) == 3
        kept = world.archive.jobs.open_job()[1]
        assert (kept.mended, kept.call.seed) == (2, seeds[-1])


async def test_where_no_chart_can_be_written_they_call_it_off_and_nobody_minds():
    world = make_world()
    world.composer.fails = "no such chart"
    async with open_game(world) as pilot:
        await to_board(pilot)
        await pilot.press("enter")
        await wait_until(pilot, lambda: "nobody will mind" in text_of(pilot))
        assert len(world.composer.requests) == jobs.MOST_MENDED + 1
        assert world.composer.requests[-1].kind == "grand"
        await pilot.press("x", "x")
        await wait_until(pilot, lambda: "They had no chart" in text_of(pilot))
    (credit,) = world.archive.jobs.list_credits()
    assert credit.end == "withdrawn"
    assert live([credit]).reputation() == live([]).reputation()


async def test_a_song_that_cannot_be_written_gives_way_to_another():
    call = make_call(style="classical", stream="live", charts=3, changes=0)
    world = make_world(jobs.enter(jobs.accept(call, now()), now()))
    world.composer.fails, world.composer.fails_left = "no such chart", 1
    async with open_game(world) as pilot:
        await to_board(pilot)
        await pilot.press("enter")
        await wait_until(pilot, lambda: on(pilot, "StageScreen") and pilot.app.screen._session)
        assert world.archive.jobs.open_job()[1].gig.replaced == 1
        seeds = {request.seed for request in world.composer.requests[:2]}
        assert len(seeds) == 2
