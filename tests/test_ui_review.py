"""The review on the screen, driven by keys."""

import dataclasses

import msgspec
import pytest
from fakes import World, make_chart
from test_ui import note, on, open_game, play_all, start, text_of, to_stage, wait_until

from game.events import AudioState, ClickPlan, LoadTrack, SetMix, Stop
from game.requests import PlayedRequest, SoundRequest
from game.scoring.results import Diagnosis
from game.ui.score.view import ScoreView


async def to_scorecard(pilot, world, *, extra=(), **how):
    await wait_until(pilot, lambda: "Classical, level 1" in text_of(pilot))
    await to_stage(pilot)
    await start(pilot, world)
    for onset_s, pitch in extra:
        world.engine.waiting += note(onset_s, pitch)
    play_all(world, **how)
    await wait_until(pilot, lambda: on(pilot, "ScorecardScreen"))


async def to_review(pilot, world, **how):
    await to_scorecard(pilot, world, **how)
    await pilot.press("v")
    await wait_until(pilot, lambda: on(pilot, "ReviewScreen"))
    await pilot.pause()
    return pilot.app.screen


@pytest.mark.parametrize("name", ["Take 1", "Take 12345", "Comp of takes 101, 102, 103", "x" * 90])
async def test_all_views_stand_in_the_line_beside_any_name(name):
    world = World()
    async with open_game(world) as pilot:
        screen = await to_review(pilot, world)
        screen.title_words = name
        await pilot.press("v", "V")
        await pilot.pause()
        line = text_of(pilot)
        assert "Time Spread Tempo Touch" in line
        assert name[:30] in line


async def test_the_review_steps_through_notes_bars_and_flaws():
    world = World()
    async with open_game(world) as pilot:
        screen = await to_review(pilot, world, late_s=0.012, wrong=(5, 9))
        # It opens at the first note to mend.
        await wait_until(pilot, lambda: "Bar 2, beat 2, right hand: quarter" in text_of(pilot))
        assert "✗ C♯4, a semitone higher, 12 ms late" in text_of(pilot)
        await pilot.press("right")
        assert "Bar 2, beat 3" in text_of(pilot)
        assert "• Played 12 ms late" in text_of(pilot)
        await pilot.press("down")
        assert "Bar 3, beat 1" in text_of(pilot)
        await pilot.press("n")
        assert "Bar 3, beat 2" in text_of(pilot)
        await pilot.press("n")
        await wait_until(pilot, lambda: "Nothing more to mend" in text_of(pilot))
        await pilot.press("up")
        assert "Bar 3, beat 1" in text_of(pilot)
        await pilot.press("up")
        assert "Bar 2, beat 1" in text_of(pilot)
        await pilot.press("home")
        assert "Bar 1, beat 1" in text_of(pilot)
        await pilot.press("pagedown")
        assert "Bar 3, beat 1" in text_of(pilot)
        score = screen.query_one(ScoreView)
        assert score._rows.pointed == "n9"
        assert 1 in score.shown_systems
        await pilot.press("escape")
        await wait_until(pilot, lambda: on(pilot, "ScorecardScreen"))


async def test_a_stray_key_is_signed_and_stepped_to():
    world = World()
    async with open_game(world) as pilot:
        screen = await to_review(pilot, world, extra=((1.3, 95),))
        assert "nothing is written here" in text_of(pilot)
        assert "+ Played B6: a stray key" in text_of(pilot)
        assert screen.query_one(ScoreView)._rows.extras_ql == [pytest.approx(2.6)]


async def test_a_click_on_a_sign_looks_at_its_note():
    world = World()
    async with open_game(world) as pilot:
        screen = await to_review(pilot, world)
        score = screen.query_one(ScoreView)
        system = score.page.systems[0]
        place = next(each for each in system.notes if each.id == "n4")
        slot = score._rows.slots[0]
        await pilot.click(ScoreView, offset=(place.column + score._rows.left, slot.lane))
        await wait_until(pilot, lambda: "Bar 1, beat 4" in text_of(pilot))


async def test_every_plot_has_its_view():
    world = World()
    async with open_game(world) as pilot:
        await to_review(pilot, world, late_s=0.012)
        for words in (
            "R right hand +12 ms", "16 notes, median +12 ms", "played 120.0, written 120.0",
            "R right hand mean 80",
        ):  # fmt: skip
            await pilot.press("v")
            await wait_until(pilot, lambda words=words: words in text_of(pilot))
        await pilot.press("v")
        await wait_until(pilot, lambda: "[Chart]" in text_of(pilot))
        await pilot.click("#chart-line", offset=(76, 0))
        await wait_until(pilot, lambda: "[Touch]" in text_of(pilot))


async def test_what_was_written_and_what_was_played_are_heard_from_the_note_on():
    world = World()
    async with open_game(world) as pilot:
        await to_review(pilot, world, late_s=0.012, wrong=(5,))
        written, played = world.composer.sounds[-2:]
        assert isinstance(written, SoundRequest)
        assert isinstance(played, PlayedRequest)
        assert [pitch for _, _, pitch, _ in played.keys][5] == make_chart().notes[5].pitch + 1
        world.engine.commands.clear()
        await pilot.press("space")
        sent = world.engine.commands
        plan = next(each for each in sent if isinstance(each, ClickPlan))
        # Bar 2, beat 2 is five beats in; a little before it, the click with it.
        assert plan.start_s == pytest.approx(2.45)
        assert plan.clicks[0].onset_s == pytest.approx(2.5)
        assert next(each for each in sent if isinstance(each, SetMix)).reference > 0.5
        assert [each.name for each in sent if isinstance(each, LoadTrack)] == ["reference", "band"]
        world.engine.position = 4.1
        await wait_until(pilot, lambda: "Bar 3, beat 1" in text_of(pilot))
        assert "Hearing what was played" in text_of(pilot)
        await pilot.press("tab")
        await wait_until(pilot, lambda: "Hearing what was written" in text_of(pilot))
        await pilot.press("right")
        assert any(isinstance(each, Stop) for each in world.engine.commands[-4:])
        assert "Hearing" not in text_of(pilot)


async def test_without_sound_the_review_says_so():
    world = World()
    async with open_game(world) as pilot:
        await to_review(pilot, world)
        world.engine.waiting.append(AudioState(ok=False, backend="none", detail="unplugged"))
        await wait_until(pilot, lambda: not pilot.app.status.audio.ok)
        await pilot.press("space")
        await wait_until(pilot, lambda: "no sound device" in text_of(pilot))


async def test_a_file_is_written_where_the_player_finds_it(tmp_path, monkeypatch):
    monkeypatch.setenv("FIRST_TAKE_HOME", str(tmp_path))
    world = World()
    async with open_game(world, (120, 40)) as pilot:
        await to_review(pilot, world, wrong=(5,))
        for key, name in (("s", "take-1.svg"), ("m", "take-1.mid"), ("w", "take-1.txt")):
            await pilot.press("e")
            await wait_until(pilot, lambda: on(pilot, "ExportDialog"))
            await pilot.press(key)
            path = tmp_path / "data" / "sheets" / name
            await wait_until(pilot, path.exists)
        sheets = tmp_path / "data" / "sheets"
        assert (sheets / "take-1.svg").read_bytes() == b"a sheet as svg"
        assert (sheets / "take-1.mid").read_bytes().startswith(b"MThd")
        assert "(another key was played)" in (sheets / "take-1.txt").read_text()
        assert world.composer.sheets[0].marks["n6"] == "wrong"
        assert world.composer.sheets[0].title.startswith("Take 1: ")
        await wait_until(pilot, lambda: "Written" in text_of(pilot))


async def test_an_old_take_is_reviewed_from_the_list():
    world = World()
    async with open_game(world) as pilot:
        await to_scorecard(pilot, world, wrong=(5,))
        await pilot.press("h")
        await wait_until(pilot, lambda: on(pilot, "HomeScreen"))
        # One without a grade is graded when it is looked at.
        world.archive.scorecards.clear()
        await pilot.press("t")
        await wait_until(pilot, lambda: on(pilot, "TakesScreen") and "1 today" in text_of(pilot))
        await pilot.press("enter")
        await wait_until(pilot, lambda: on(pilot, "ReviewScreen"))
        await wait_until(pilot, lambda: "Bar 2, beat 2" in text_of(pilot))
        assert "Take 1: Classical 1" in text_of(pilot)
        await pilot.press("escape")
        await wait_until(pilot, lambda: on(pilot, "TakesScreen"))
        await pilot.press("escape")
        await wait_until(pilot, lambda: on(pilot, "HomeScreen"))


async def test_a_take_that_cannot_be_read_is_told():
    world = World()
    async with open_game(world) as pilot:
        await to_scorecard(pilot, world)
        await pilot.press("h", "t")
        await wait_until(pilot, lambda: on(pilot, "TakesScreen"))
        world.archive.takes.clear()
        await pilot.press("enter")
        await wait_until(pilot, lambda: "cannot be reviewed" in text_of(pilot))
        assert on(pilot, "TakesScreen")


async def test_the_chart_is_said_in_words_before_and_after_the_take():
    world = World()
    async with open_game(world) as pilot:
        await wait_until(pilot, lambda: "Classical, level 1" in text_of(pilot))
        await to_stage(pilot)
        await pilot.press("f8")
        said = "Bar 1, right hand: quarter C 4, quarter C sharp 4"
        await wait_until(pilot, lambda: on(pilot, "SpokenChart") and said in text_of(pilot))
        # Whoever listens to the chart is not hurried: the preview waits.
        world.clock.now += 60.0
        await pilot.press("escape")
        await wait_until(pilot, lambda: on(pilot, "StageScreen"))
        await wait_until(pilot, lambda: "0:30" in text_of(pilot))
        assert world.engine.position is None
        await start(pilot, world)
        play_all(world, wrong=(5,))
        await wait_until(pilot, lambda: on(pilot, "ScorecardScreen"))
        await pilot.press("v")
        await wait_until(pilot, lambda: on(pilot, "ReviewScreen"))
        await pilot.press("t")
        await wait_until(pilot, lambda: "(another key was played)" in text_of(pilot))


async def test_a_diagnosis_leads_to_its_bars_one_after_another():
    world = World()
    async with open_game(world) as pilot:
        await to_scorecard(pilot, world)
        outcome = pilot.app.screen.outcome
        found = (
            Diagnosis("rests played through", "keys were held", (4, 2), 4),
            Diagnosis("late left hand", "", (), 2),
        )
        scorecard = msgspec.structs.replace(outcome.scorecard, diagnoses=found)
        pilot.app.screen.outcome = dataclasses.replace(outcome, scorecard=scorecard)
        await pilot.press("v")
        await wait_until(pilot, lambda: on(pilot, "ReviewScreen"))
        await wait_until(pilot, lambda: "To mend: 1 rests played through (4,2)" in text_of(pilot))
        for place in ("Bar 2, beat 1", "Bar 4, beat 1", "Bar 2, beat 1"):
            await pilot.press("1")
            assert place in text_of(pilot)
            assert "▸1 rests" in text_of(pilot)
        # One without a place, and one that is not there, lead nowhere.
        await pilot.press("2", "3")
        assert "Bar 2, beat 1" in text_of(pilot)
