"""The screens, driven by keys, in a world without a process."""

import contextlib
import dataclasses
import threading
from unittest import mock

import msgspec
import pytest
from fakes import KEYBOARD, FakeArchive, FakeEngine, World, load_three_styles, make_chart
from textual.events import Resize
from textual.geometry import Size

from game.click_style import ClickStyle
from game.events import (
    LoadTrack,
    LookForOutputs,
    NoteEvent,
    OpenAudio,
    OpenInput,
    OutputsChanged,
    PortFound,
    PortLost,
    SendThru,
    SetInstrument,
    SetMix,
    Stop,
    StrikeKey,
    ThruChanged,
    ThruPortsChanged,
)
from game.performer.performance import PROFILES
from game.scoring.results import Diagnosis
from game.settings import Settings
from game.take import TakeSummary
from game.ui.beat_strip import BeatStrip
from game.ui.score.view import ScoreView
from game.ui.services import Opening

SIZES = [(80, 24), (160, 50)]
HALF_S = 0.5
"""A beat of the fakes' chart."""


@contextlib.asynccontextmanager
async def open_game(world, size=(80, 24)):
    # What the tests hold takes longer to sweep than what the game does.
    with mock.patch("game.ui.screens.game_screen.LIVING"):
        async with world.app.run_test(size=size, notifications=True) as pilot:
            await wait_until(pilot, lambda: world.app.is_ready)
            await pilot.pause()
            yield pilot
    world.app.records.close()


async def wait_until(pilot, holds, turns=1000):
    for _ in range(turns):
        if holds():
            return
        await pilot.pause(0.02)
    raise AssertionError(f"it never came to that; the screen is {pilot.app.screen}")


def on(pilot, name):
    return type(pilot.app.screen).__name__ == name


def text_of(pilot):
    """All words on the screen, wherever the lines break."""
    compositor = pilot.app.screen._compositor
    lines = ("".join(s.text for s in strip) for strip in compositor.render_strips())
    return " ".join(" ".join(lines).split())


def genre_after(style):
    """The next one of the list, which goes round."""
    ids = list(load_three_styles().styles)
    return ids[(ids.index(style) + 1) % len(ids)]


async def to_stage(pilot):
    await pilot.press("enter")
    await wait_until(pilot, lambda: on(pilot, "StageScreen") and pilot.app.screen._session)


async def start(pilot, world):
    await pilot.press("space")
    await wait_until(pilot, lambda: world.engine.position is not None)


def note(onset_s, pitch, source="midi"):
    return [
        NoteEvent(onset_s, "on", pitch, 80, source),
        NoteEvent(onset_s + 0.4, "off", pitch, 0, source),
    ]


def play_all(world, *, late_s=0.0, wrong=()):
    """The whole chart, and the transport at its end."""
    for index, each in enumerate(make_chart().notes):
        pitch = each.pitch + (1 if index in wrong else 0)
        world.engine.waiting += note(index * HALF_S + late_s, pitch)
    world.engine.position = world.engine.plan.end_s


@pytest.mark.parametrize("size", SIZES)
async def test_the_scorecard_says_why_and_leads_to_the_drill(size):
    world = World()
    async with open_game(world, size) as pilot:
        await wait_until(pilot, lambda: "Classical, level 1" in text_of(pilot))
        await to_stage(pilot)
        await start(pilot, world)
        play_all(world, late_s=0.012, wrong=(5,))
        await wait_until(pilot, lambda: on(pilot, "ScorecardScreen"))
        scorecard = pilot.app.screen.outcome.scorecard
        found = Diagnosis(
            "rests played through", "keys were held", (2, 3), 4,
            {"style": "classical", "level": 3, "focus": "rests"},
        )  # fmt: skip
        pilot.app.screen.outcome = dataclasses.replace(
            pilot.app.screen.outcome,
            scorecard=msgspec.structs.replace(scorecard, diagnoses=(found,)),
        )
        await pilot.press("w")
        await wait_until(pilot, lambda: on(pilot, "WhyDialog"))
        await wait_until(pilot, lambda: "15 of 16 right" in text_of(pilot))
        for words in ("fluent throughout", "12 ms behind the click", "Kept going", "To mend"):
            assert words.lower() in text_of(pilot).lower()
        await pilot.press("escape")
        await wait_until(pilot, lambda: on(pilot, "ScorecardScreen"))
        await pilot.press("w")
        await wait_until(pilot, lambda: on(pilot, "WhyDialog"))
        await pilot.press("2")
        assert on(pilot, "WhyDialog")
        await pilot.press("1")
        await wait_until(pilot, lambda: on(pilot, "StageScreen"))
        assert world.composer.requests[-1].focus == "rests"


@pytest.mark.parametrize("size", SIZES)
async def test_home_to_scorecard_by_keys(size):
    world = World()
    async with open_game(world, size) as pilot:
        await wait_until(pilot, lambda: "Classical, level 1" in text_of(pilot))
        await wait_until(pilot, lambda: KEYBOARD in text_of(pilot))
        await to_stage(pilot)
        assert "♩ = 120" in text_of(pilot)
        assert "0:30" in text_of(pilot)
        world.clock.now += 11
        await wait_until(pilot, lambda: "0:19" in text_of(pilot))
        await start(pilot, world)
        await wait_until(pilot, lambda: "ONE" in text_of(pilot))
        world.engine.position = 0.6
        await wait_until(pilot, lambda: "Bar 1 of 4" in text_of(pilot))
        play_all(world, late_s=0.012, wrong=(5,))
        await wait_until(pilot, lambda: on(pilot, "ScorecardScreen"))
        await pilot.pause(0.1)
        screen = text_of(pilot)
        assert "12 ms behind the click" in screen
        assert "15 of 16 right, 1 wrong" in screen
        assert "2✗" in screen
        assert "wrong notes" in screen
        assert "take 1" in screen
        # The take was kept before it was graded, and the grade before it was shown.
        assert world.archive.trail == ["take", "scorecard"]
        take = world.archive.takes[1]
        assert take.ended == "finished"
        assert sum(event.kind == "on" for event in take.events) == 16
        await pilot.press("h")
        await wait_until(pilot, lambda: on(pilot, "HomeScreen"))
        await wait_until(pilot, lambda: "today" in text_of(pilot))


async def test_the_preview_ends_by_itself():
    world = World(archive=FakeArchive(Settings(preview_s=5)))
    async with open_game(world) as pilot:
        await to_stage(pilot)
        assert world.engine.position is None
        world.clock.now += 4.99
        await pilot.pause(0.1)
        assert world.engine.position is None
        world.clock.now += 0.02
        await wait_until(pilot, lambda: world.engine.position is not None)


async def test_a_note_is_heard_before_the_next_frame():
    world = World()
    async with open_game(world) as pilot:
        await to_stage(pilot)
        await start(pilot, world)
        await wait_until(pilot, lambda: pilot.app.screen._session.phase == "count_in")
        screen = pilot.app.screen
        for timer in list(screen._timers):
            timer.stop()
        world.engine.position = 0.01
        world.engine.waiting += note(0.01, make_chart().notes[0].pitch)
        world.engine.wake()
        await wait_until(pilot, lambda: screen.query_one(ScoreView).verdicts)
        assert screen.query_one(ScoreView).verdicts == {"n1": "right"}


async def test_computer_keys_make_marks():
    world = World(engine=FakeEngine(keyboard=None))
    async with open_game(world) as pilot:
        line = "No MIDI keyboard: play on the computer keys, or plug one in"
        await wait_until(pilot, lambda: line in text_of(pilot))
        await to_stage(pilot)
        await wait_until(pilot, lambda: "computer keys" in text_of(pilot))
        await start(pilot, world)
        world.engine.position = 0.0
        await pilot.pause(0.05)
        await pilot.press("q")
        world.engine.position = 0.5
        await pilot.pause(0.05)
        await pilot.press("p")
        await pilot.pause(0.1)
        score = pilot.app.screen.query_one(ScoreView)
        assert score.verdicts["n1"] == "right"
        world.engine.position = 1.5
        await wait_until(pilot, lambda: score.verdicts.get("n2") in {"wrong", "missed"})
        events = pilot.app.screen._session.events
        assert [(e.pitch, e.onset_s, e.source) for e in events] == [
            (60, 0.0, "keys"),
            (76, 0.5, "keys"),
        ]
        struck = [one.pitch for one in world.engine.commands if isinstance(one, StrikeKey)]
        assert struck == [60, 76]


async def test_without_a_keyboard_the_keys_are_mapped_and_sound_before_the_take():
    world = World(engine=FakeEngine(keyboard=None))
    async with open_game(world) as pilot:
        await to_stage(pilot)
        await wait_until(pilot, lambda: "z is C3" in text_of(pilot))
        await pilot.press("right_square_bracket", "z", "k")
        assert "z is C4, q is C5" in text_of(pilot)
        assert [e for e in world.engine.commands if isinstance(e, StrikeKey)] == [StrikeKey(60, 80)]
        await start(pilot, world)
        await wait_until(pilot, lambda: "q is C5" not in text_of(pilot))
        assert pilot.app.screen._session.events == ()


async def test_a_held_computer_key_sounds_once():
    world = World()
    async with open_game(world) as pilot:
        await to_stage(pilot)
        await start(pilot, world)
        session = pilot.app.screen._session
        # Held: a pause, then repeats. Let go, and struck again once after half a second.
        for moment in (0.0, 0.5, 0.53, 0.56, 1.06):
            world.clock.now = moment
            world.engine.position = moment
            await pilot.press("q")
        assert [e.onset_s for e in session.events] == [0.0]
        world.clock.now += 0.1
        await wait_until(pilot, lambda: len(session.events) == 2)
        assert [e.onset_s for e in session.events] == [0.0, 1.06]
        struck = [c for c in world.engine.commands if isinstance(c, StrikeKey)]
        assert len(struck) == 3  # what may be a finger sounds at once
        # Another key between, or a longer pause, leaves no doubt.
        for key, moment in (("w", 1.3), ("q", 1.5), ("q", 2.4)):
            world.clock.now = world.engine.position = moment
            await pilot.press(key)
        assert [e.onset_s for e in session.events[2:]] == [1.3, 1.5, 2.4]


async def test_brackets_shift_the_octave():
    world = World()
    async with open_game(world) as pilot:
        await to_stage(pilot)
        await start(pilot, world)
        world.engine.position = 0.0
        await pilot.press("right_square_bracket", "z")
        assert [e.pitch for e in pilot.app.screen._session.events] == [60]


async def test_escape_keeps_a_stopped_take():
    world = World()
    async with open_game(world) as pilot:
        await to_stage(pilot)
        await start(pilot, world)
        world.engine.position = 0.2
        world.engine.waiting += note(0.0, 60)
        await pilot.pause(0.1)
        await pilot.press("escape")
        await wait_until(pilot, lambda: on(pilot, "HomeScreen"))
        assert any(isinstance(command, Stop) for command in world.engine.commands)
        assert world.archive.takes[1].ended == "stopped"
        assert world.archive.trail == ["take"]
        await wait_until(pilot, lambda: "stopped" in text_of(pilot))


async def test_escape_without_a_note_keeps_nothing():
    world = World()
    async with open_game(world) as pilot:
        await to_stage(pilot)
        await start(pilot, world)
        await pilot.press("escape")
        await wait_until(pilot, lambda: on(pilot, "HomeScreen"))
        assert world.archive.takes == {}


async def test_a_port_lost_and_found_in_mid_take():
    world = World()
    async with open_game(world) as pilot:
        await to_stage(pilot)
        await start(pilot, world)
        world.engine.position = 1.0
        world.engine.waiting += [*note(0.0, 60), PortLost(KEYBOARD)]
        await wait_until(pilot, lambda: f"{KEYBOARD} is gone" in text_of(pilot))
        assert on(pilot, "StageScreen")
        world.engine.waiting += [PortFound(KEYBOARD), *note(1.5, 63)]
        await wait_until(pilot, lambda: "is gone" not in text_of(pilot))
        world.engine.position = world.engine.plan.end_s
        await wait_until(pilot, lambda: on(pilot, "ScorecardScreen"))
        take = world.archive.takes[1]
        assert [e.pitch for e in take.events if e.kind == "on"] == [60, 63]
        assert take.interruptions[0].found_after is not None


async def test_without_an_archive_the_game_goes_on():
    def fail():
        raise OSError("cannot write to /nowhere; make it writable")

    world = World(open_archive=fail)
    async with open_game(world) as pilot:
        await wait_until(pilot, lambda: "cannot write to /nowhere" in text_of(pilot))
        await to_stage(pilot)
        await start(pilot, world)
        play_all(world)
        await wait_until(pilot, lambda: on(pilot, "ScorecardScreen"))
        await pilot.pause(0.1)
        assert "not kept" in text_of(pilot)


async def test_no_sound_is_said_once():
    world = World(engine=FakeEngine(sound=False))
    async with open_game(world, (160, 50)) as pilot:
        await wait_until(pilot, lambda: "no sound device; plug one in" in text_of(pilot))
        said = [n.message for n in pilot.app._notifications]
        assert len([line for line in said if "no sound" in line.lower()]) == 1
        world.engine.open()
        await pilot.pause(0.3)
        said = [n.message for n in pilot.app._notifications]
        assert len([line for line in said if "no sound" in line.lower()]) == 1


async def test_a_chart_that_cannot_be_made_leads_home():
    world = World()
    async with open_game(world, (160, 50)) as pilot:
        world.composer.fails = "no chart fits; choose another key"
        await pilot.press("enter")
        await wait_until(pilot, lambda: "no chart fits; choose another key" in text_of(pilot))
        assert on(pilot, "HomeScreen")


async def test_again_next_and_other_genre():
    world = World()
    async with open_game(world) as pilot:
        await to_stage(pilot)
        first = pilot.app.screen._chart
        await start(pilot, world)
        play_all(world)
        await wait_until(pilot, lambda: on(pilot, "ScorecardScreen"))
        await pilot.press("a")
        await wait_until(pilot, lambda: on(pilot, "StageScreen") and pilot.app.screen._session)
        assert pilot.app.screen._chart == first
        await start(pilot, world)
        play_all(world)
        await wait_until(pilot, lambda: on(pilot, "ScorecardScreen"))
        await pilot.press("n")
        await wait_until(pilot, lambda: on(pilot, "StageScreen") and pilot.app.screen._session)
        second = pilot.app.screen._chart
        assert second.drill.style == first.drill.style
        assert second.drill.seed != first.drill.seed
        await start(pilot, world)
        play_all(world)
        await wait_until(pilot, lambda: on(pilot, "ScorecardScreen"))
        await pilot.press("g")
        await wait_until(pilot, lambda: on(pilot, "GenrePicker"))
        await pilot.press("enter")
        await wait_until(pilot, lambda: on(pilot, "StageScreen") and pilot.app.screen._session)
        assert pilot.app.screen._chart.drill.style == genre_after(first.drill.style)


async def test_the_chart_composed_ahead_is_the_one_that_is_played():
    world = World()
    async with open_game(world) as pilot:
        await wait_until(pilot, lambda: world.composer.ahead)
        drill, _ = world.composer.ahead[0]
        await to_stage(pilot)
        assert world.composer.requests == [drill]
        await start(pilot, world)
        await wait_until(pilot, lambda: len(world.composer.ahead) == 2)
        assert world.composer.ahead[1][0].seed != drill.seed


async def test_arrows_choose_genre_and_level():
    world = World()
    async with open_game(world) as pilot:
        await pilot.press("down", "right", "right")
        following = genre_after("classical")
        name = load_three_styles().styles[following].name
        await wait_until(pilot, lambda: f"{name}, level 3" in text_of(pilot))
        assert "Your choice" in text_of(pilot)
        await pilot.press("0")
        await wait_until(pilot, lambda: f"{name}, level 10" in text_of(pilot))
        await to_stage(pilot)
        assert world.composer.requests[0].style == following
        assert world.composer.requests[0].level == 10


@pytest.mark.parametrize(
    ("keys", "screen"),
    [
        (("enter",), "StageScreen"),
        (("p",), "PracticeScreen"),
        (("s",), "SetupScreen"),
        (("c", "e"), "StageScreen"),
    ],
)
async def test_what_is_pressed_before_the_styles_are_read_is_kept(keys, screen):
    world, gate = World(), threading.Event()
    world.app.services = world.app.services._replace(
        load_styles=lambda: gate.wait() and load_three_styles()
    )
    async with world.app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*keys)
        assert on(pilot, "CallBoard" if keys[0] == "c" else "HomeScreen")
        gate.set()
        await wait_until(pilot, lambda: on(pilot, screen))
    world.app.records.close()


async def test_resize_engraves_anew_and_keeps_the_place():
    world = World()
    async with open_game(world) as pilot:
        await to_stage(pilot)
        await start(pilot, world)
        world.engine.position = 5.0
        await pilot.pause(0.1)
        world.engine.waiting += note(5.0, make_chart().notes[10].pitch)
        await pilot.pause(0.1)
        score = pilot.app.screen.query_one(ScoreView)
        assert score.verdicts["n11"] == "right"
        await pilot.resize_terminal(160, 50)
        await wait_until(pilot, lambda: score.page.request.columns > 100)
        await pilot.pause(0.1)
        assert score.verdicts["n11"] == "right"
        assert score.position_ql == pytest.approx(10.0)
        assert "Bar 3 of 4" in text_of(pilot)


@pytest.mark.parametrize("name", ["HomeScreen", "StageScreen", "ScorecardScreen"])
async def test_a_screen_that_is_taken_down_may_still_be_resized(name):
    world = World()
    async with open_game(world) as pilot:
        if name != "HomeScreen":
            await to_stage(pilot)
        if name == "ScorecardScreen":
            await start(pilot, world)
            play_all(world)
            await wait_until(pilot, lambda: on(pilot, name))
        screen = pilot.app.screen
        assert type(screen).__name__ == name
        await screen.query("Static").remove()
        await screen.query("ScoreView").remove()
        size = Size(70, 20)
        screen.on_resize(Resize(size, size))
        screen.on_mount()
        screen.listen()
        await pilot.pause()


async def test_a_small_terminal_is_told_kindly():
    world = World()
    async with open_game(world, (50, 15)) as pilot:
        await wait_until(pilot, lambda: "at least 60 columns by 18 rows" in text_of(pilot))
        await pilot.resize_terminal(80, 24)
        await wait_until(pilot, lambda: "Classical, level 1" in text_of(pilot))


async def test_set_up_asks_for_what_was_chosen():
    world = World()
    async with open_game(world) as pilot:
        await pilot.press("s")
        await wait_until(pilot, lambda: on(pilot, "SetupScreen"))
        await pilot.press("right", "right", "down", "right", "down", "right", "right", "enter")
        await wait_until(pilot, lambda: on(pilot, "StageScreen"))
        drill = world.composer.requests[0]
        assert (drill.key, drill.meter, drill.bars) == ("G", "4/4", 6)
        assert drill.quarter_bpm is None


async def test_a_small_keyboard_and_a_focus_reach_the_composer():
    world = World()
    async with open_game(world) as pilot:
        pilot.app.change_settings(keyboard=37)
        await pilot.press("s")
        await wait_until(pilot, lambda: on(pilot, "SetupScreen"))
        pilot.app.screen.query_one("#level").focus()
        await pilot.press("right", "right", "right")
        pilot.app.screen.query_one("#focus").focus()
        await pilot.press("right")
        await wait_until(pilot, lambda: "the sharps or flats of the key" in text_of(pilot))
        assert "as in the options" in text_of(pilot)
        await pilot.press("enter")
        await wait_until(pilot, lambda: on(pilot, "StageScreen"))
        drill = world.composer.requests[0]
        assert (drill.focus, drill.keyboard) == ("accidentals", 37)
        await wait_until(pilot, lambda: world.archive.settings.keyboard == 37)


async def test_a_share_code_is_played_and_a_wrong_one_is_told():
    world = World()
    async with open_game(world) as pilot:
        await pilot.press("s")
        await wait_until(pilot, lambda: on(pilot, "SetupScreen"))
        pilot.app.screen.query_one("#code").focus()
        await pilot.press("B", "A", "D", "enter")
        await wait_until(pilot, lambda: "BAD is no share code" in text_of(pilot))
        pilot.app.screen.query_one("#code").value = "GOOD"
        await pilot.press("enter")
        await wait_until(pilot, lambda: on(pilot, "StageScreen"))
        drill = world.composer.requests[0]
        assert (drill.style, drill.level, drill.key, drill.seed) == ("jazz", 4, "Bb", 99)


async def test_options_hold_at_once_and_are_kept():
    world = World()
    async with open_game(world) as pilot:
        await pilot.press("o")
        await wait_until(pilot, lambda: on(pilot, "OptionsScreen"))
        await wait_until(pilot, lambda: LookForOutputs() in world.engine.commands)
        await wait_until(pilot, lambda: pilot.app.status.ports)
        await pilot.press("right")
        await wait_until(pilot, lambda: world.engine.commands[-1] == OpenInput(KEYBOARD))
        world.engine.waiting.append(OutputsChanged(("Scarlett 2i2",)))
        await wait_until(pilot, lambda: pilot.app.status.outputs)
        await pilot.press("down", "down", "right")
        assert world.engine.commands[-1] == OpenAudio("auto", "Scarlett 2i2")
        await pilot.press("down", "left", "down", "left")
        await wait_until(pilot, lambda: world.archive.settings.preview_s == 20)
        assert world.archive.settings.audio_device == "Scarlett 2i2"
        assert world.archive.settings.click_volume == pytest.approx(0.6)
        assert world.archive.settings.midi_in == KEYBOARD
        world.engine.waiting += note(-1e9, 61)
        await wait_until(pilot, lambda: "Heard C♯4" in text_of(pilot))
        world.engine.waiting.append(PortLost(KEYBOARD))
        await wait_until(pilot, lambda: "is gone" in text_of(pilot))


async def test_the_click_is_chosen_tried_and_kept_and_the_next_take_has_it():
    world = World()
    async with open_game(world) as pilot:
        await pilot.press("o")
        await wait_until(pilot, lambda: on(pilot, "OptionsScreen"))
        await pilot.press("k")
        await wait_until(pilot, lambda: on(pilot, "ClickScreen"))
        await pilot.press("right", "down", "right", *["down"] * 5, "right")
        await wait_until(pilot, lambda: world.archive.settings.click.bars_off == 1)
        assert world.archive.settings.click == ClickStyle("backbeat", "8ths", bars_off=1)
        await wait_until(pilot, lambda: "4 bars with the click, 1 without" in text_of(pilot))
        await pilot.press("t")
        assert world.engine.plan.end_s == 8.0
        assert len([c for c in world.engine.plan.clicks if not c.is_division]) == 8
        await pilot.press("down", "down", "right")
        await wait_until(pilot, lambda: world.archive.settings.click.ramp_percent == 5.0)
        await wait_until(pilot, lambda: "leads you faster" in text_of(pilot))
        await pilot.press("t")
        assert world.engine.plan.end_s == pytest.approx(7.8, abs=0.05)
        await pilot.press("escape")
        await wait_until(pilot, lambda: on(pilot, "HomeScreen"))
        await pilot.press("enter")
        await wait_until(pilot, lambda: on(pilot, "StageScreen") and pilot.app.screen._session)
        plan = pilot.app.screen._session.plan
        assert {c.is_division for c in plan.clicks} == {True, False}
        await pilot.press("minus")
        assert world.engine.commands[-1].click == 0.6
        await pilot.press("plus")
        assert world.engine.commands[-1].click == 0.7


async def test_the_chart_is_heard_in_the_preview_and_the_band_goes_with_the_take():
    world = World()
    async with open_game(world) as pilot:
        await to_stage(pilot)
        (order,) = world.composer.sounds
        assert order.quarter_bpm == 120
        await wait_until(pilot, lambda: pilot.app.screen._backing._sound is not None)
        tracks = [c for c in world.engine.commands if isinstance(c, LoadTrack)]
        assert [(t.name, bool(t.path)) for t in tracks] == [
            ("reference", False),
            ("band", False),
            ("parts", False),
            ("reference", True),
            ("band", True),
            ("parts", False),
        ]
        await pilot.press("tab")
        assert world.engine.plan.clicks == ()
        assert world.engine.position == -0.1
        mix = [c for c in world.engine.commands if isinstance(c, SetMix)][-1]
        assert (mix.click, mix.reference) == (0.0, 0.8)
        world.engine.position = 1.0
        score = pilot.app.screen.query_one(ScoreView)
        await wait_until(pilot, lambda: score.position_ql == pytest.approx(2.0))
        assert pilot.app.screen._session.phase == "preview"
        await start(pilot, world)
        assert world.engine.plan.clicks
        mix = [c for c in world.engine.commands if isinstance(c, SetMix)][-1]
        assert (mix.click, mix.reference) == (0.7, 0.0)
        play_all(world)
        await wait_until(pilot, lambda: on(pilot, "ScorecardScreen"))
        assert world.archive.takes[1].ended == "finished"
        assert world.archive.takes[1].conditions.heard
        # Nothing of the chart sounds in what comes after it.
        last = {c.name: c.path for c in world.engine.commands if isinstance(c, LoadTrack)}
        assert last == {"band": "", "parts": "", "reference": ""}


async def test_a_muted_fader_comes_back_to_where_it_stood():
    world = World()
    async with open_game(world) as pilot:
        await pilot.press("o")
        await wait_until(pilot, lambda: on(pilot, "OptionsScreen"))
        await pilot.press("m")
        await wait_until(pilot, lambda: on(pilot, "MixScreen"))
        await pilot.press("down", "left", "m")
        await wait_until(pilot, lambda: world.archive.settings.band_volume == 0)
        assert world.archive.settings.muted == {"band_volume": 0.5}
        assert world.engine.commands[-1].band == 0
        await pilot.press("m")
        await wait_until(pilot, lambda: world.archive.settings.band_volume == 0.5)
        assert (world.archive.settings.muted, world.engine.commands[-1].band) == ({}, 0.5)
        await pilot.press("down", "m")  # when the band stops is no fader
        await pilot.pause()
    assert world.archive.settings.muted == {}


async def test_the_faders_are_moved_at_once_and_kept():
    world = World()
    async with open_game(world) as pilot:
        await pilot.press("o")
        await wait_until(pilot, lambda: on(pilot, "OptionsScreen"))
        await pilot.press("m")
        await wait_until(pilot, lambda: on(pilot, "MixScreen"))
        await pilot.press("down", "left", "down", "down", "down", "right")
        await wait_until(pilot, lambda: world.archive.settings.guide_volume == 0.1)
        assert world.archive.settings.band_volume == 0.5
        assert world.engine.commands[-1] == SetMix(click=0.7, band=0.5, reference=0.1, keys=0.7)


async def test_keys_that_go_to_another_instrument_do_not_sound_here_too():
    world = World()
    async with open_game(world) as pilot:
        await pilot.press("o")
        await wait_until(pilot, lambda: on(pilot, "OptionsScreen"))
        await pilot.press("m")
        await wait_until(pilot, lambda: on(pilot, "MixScreen"))
        await pilot.press("t")
        assert [c.pitch for c in world.engine.commands if isinstance(c, StrikeKey)] == [
            *(48, 60, 64, 67)
        ]
        world.engine.waiting.append(ThruPortsChanged(("Nord:in",)))
        await wait_until(pilot, lambda: pilot.app.status.thru_ports)
        await pilot.press("up", "right")
        await wait_until(pilot, lambda: world.archive.settings.midi_thru == "Nord:in")
        assert world.archive.settings.keys_patch == ""
        assert {SendThru("Nord:in"), SetInstrument(None)} <= set(world.engine.commands[-2:])
        world.engine.waiting.append(ThruChanged("Nord:in", is_there=False))
        await wait_until(pilot, lambda: "Nord:in is not there" in text_of(pilot))


@pytest.mark.parametrize("key", ["enter", "s", "o"])
async def test_every_screen_shows_its_keys(key):
    world = World()
    async with open_game(world, (100, 40)) as pilot:
        await pilot.press(key)
        await wait_until(pilot, lambda: not on(pilot, "HomeScreen"))
        await pilot.pause(0.1)
        await pilot.press("question_mark")
        await wait_until(pilot, lambda: on(pilot, "HelpScreen"))
        await wait_until(pilot, lambda: "quit from anywhere" in text_of(pilot))
        await pilot.press("escape")
        await wait_until(pilot, lambda: not on(pilot, "HelpScreen"))


async def test_the_performer_plays_and_is_not_counted_as_the_player():
    opening = Opening(plays_suggestion=True, performer=PROFILES["perfect"], preview_s=1)
    earlier = [TakeSummary(9, "2026-01-01T10:00:00+00:00", "", "rock", 3, 99.0, "finished")]
    world = World(opening=opening, archive=FakeArchive(takes=earlier))
    async with open_game(world) as pilot:
        await wait_until(pilot, lambda: on(pilot, "StageScreen") and pilot.app.screen._session)
        world.clock.now += 1.5
        await wait_until(pilot, lambda: world.engine.position is not None)
        # What a stranger plays meanwhile is not the performer's.
        world.engine.waiting += note(0.1, 40)
        for moment in (0.0, 2.0, 4.0, world.engine.plan.end_s):
            world.engine.position = moment
            await pilot.pause(0.05)
        await wait_until(pilot, lambda: on(pilot, "ScorecardScreen"))
        take = world.archive.takes[1]
        assert take.source == "performer"
        assert world.archive.scorecards[1].scores.total == pytest.approx(100.0)
        assert all(event.source == "performer" for event in take.events)
        assert world.archive.settings.style == "classical"
        await pilot.press("h")
        await wait_until(pilot, lambda: "demo" in text_of(pilot))
        # Rock 3 was the player's last; the performer's take has changed nothing in that.
        first = world.composer.requests[0]
        assert pilot.app.screen._suggested == (first.style, first.level) == ("classical", 4)


@pytest.mark.parametrize(
    ("wish", "lead"),
    [
        ("no left hand", "Look it through  0:"),
        ("it at 96 quarters a minute", "Look  0:"),
        ("a lead sheet: your own left hand, harder", "0:"),
        ("half-time: values twice as long, harder", "0:"),
    ],
)
async def test_what_the_producer_wants_is_read_whole_before_it_starts(wish, lead):
    world = World()
    async with open_game(world) as pilot:
        await to_stage(pilot)
        news = f"● Take 2. The producer wants {wish}."
        pilot.app.screen.query_one(BeatStrip).news = news
        await pilot.pause()
        assert news in text_of(pilot)
        assert " ".join(lead.split()) in text_of(pilot)
        assert "Space starts sooner" not in text_of(pilot)


async def test_the_strip_shows_the_beat_of_the_bar():
    world = World()
    async with open_game(world) as pilot:
        await to_stage(pilot)
        await start(pilot, world)
        strip = pilot.app.screen.query_one(BeatStrip)
        seen = []
        for moment in (0.0, 0.4, 0.5, 1.0, 1.5, 2.0):
            world.engine.position = moment
            await pilot.pause(0.05)
            seen.append((strip.beat.number, strip.beat.is_lit))
        assert seen == [(1, True), (1, False), (2, True), (3, True), (4, True), (1, True)]
