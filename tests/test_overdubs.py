"""Overdubs: the parts of a song, their order and their sound, at the desk and in files."""

from __future__ import annotations

import io
import wave
from datetime import date, timedelta

import mido
import msgspec
import pytest
from test_storage_jobs import NOW, make_call
from test_ui import HALF_S, note, on, open_game, play_all, text_of, wait_until
from test_ui_career import chart_json, make_world, to_board

from exercises.chairs import CHAIRS
from exercises.chart import ComposeError, read_chart_json, write_chart_json
from exercises.checks.chart import check_chart
from exercises.checks.level import NOTHING_NEW
from exercises.compose.song import SHARED, compose_song
from exercises.drill import DrillRequest
from exercises.levels import level
from exercises.request import resolve_drill
from exercises.timeline import Timeline
from game.composer.sounding import perform, render_sound
from game.events import LoadTrack, NoteEvent, SetInstrument, SetMix
from game.mixdown import MixError, write_midi, write_mix, write_wav
from game.requests import Mixdown, MixedPart, Overdubbed, PlayedPart, SoundRequest
from game.scoring.grade import grade_take
from game.scoring.results import BarVerdict
from game.sessions import overdubs
from game.sessions.career import job as jobs
from game.sessions.career.board import post_calls
from game.sessions.career.credit import Credit
from game.sessions.career.life import live
from game.sessions.overdubs import SETS, Pile, Recorded
from game.sessions.review import sound_part
from game.settings import Settings
from game.soundfont.patches import PATCHES
from game.ui.booking import now
from game.ui.keeping import Outcome
from game.ui.overdub_course import Desk
from game.ui.track_list import list_parts
from game.ui.words import BAR_COLOURS
from game.wording import career_market
from styles.loader import load_style
from tests.fakes import FakeArchive, World, make_chart

THREE = ("piano", "organ", "bass")
CHARTS = (b"one", b"two", b"three")


def pile() -> Pile:
    return overdubs.put_up(Pile("jazz", 5, 7, THREE), CHARTS)


# -- the song


@pytest.mark.parametrize(("style", "number"), [("jazz", 5), ("pop", 8), ("reggae", 4), ("funk", 6)])
@pytest.mark.parametrize("chairs", SETS)
def test_the_parts_of_a_song_go_together(style: str, number: int, chairs: tuple[str, ...]) -> None:
    pack = load_style(style)
    request = DrillRequest(style=style, level=number, seed=11)
    charts = compose_song(request, chairs, pack)
    assert [chart.drill.chair for chart in charts] == list(chairs)
    for chart in charts:
        assert all(getattr(chart, name) == getattr(charts[0], name) for name in SHARED)
        assert not chart.drill.code
        faults = check_chart(chart, pack, level(number))
        assert all(fault.detail.startswith(NOTHING_NEW) for fault in faults)
        assert read_chart_json(write_chart_json(chart)) == chart
    assert charts == compose_song(request, chairs, pack)
    for chart in charts[1:]:
        if chart.drill.chair in {"organ", "pad", "strings"}:
            # Who comes after the rhythm holds the chords, with the hand that is over the bass.
            assert {note.onset_ql for note in chart.notes} == {c.onset_ql for c in chart.chords}
            assert {note.staff for note in chart.notes} == {1}


def test_a_song_needs_chairs_that_there_are_each_once() -> None:
    pack = load_style("jazz")
    for chairs in ((), ("organ", "organ"), ("kazoo",)):
        with pytest.raises(ComposeError, match=r"each once|no chair 'kazoo'"):
            compose_song(DrillRequest(style="jazz", level=5, seed=1), chairs, pack)


# -- the pile


def test_a_pile_goes_from_part_to_part_and_is_delivered_whole() -> None:
    song = pile()
    assert song.next_part == 0
    assert overdubs.deliver(song) == song
    song = overdubs.keep_take(song, 0, 1, 80.0)
    assert song.next_part == 1
    song = overdubs.keep_take(song, 1, 2, 90.0)
    song = overdubs.keep_take(song, 2, 3, 70.0)
    assert song.is_whole
    assert song.worth == pytest.approx(80.0)
    done = overdubs.deliver(song)
    assert done.is_over
    assert overdubs.keep_take(done, 0, 4, 99.0) == done


def test_the_best_take_is_heard_until_another_is_chosen() -> None:
    song = pile()
    for number, total in ((1, 80.0), (2, 85.0), (3, 85.0), (4, 60.0)):
        song = overdubs.keep_take(song, 0, number, total)
    assert song.tracks[0].heard.take_id == 3
    assert overdubs.choose_take(song, 0, 1).tracks[0].heard.take_id == 4
    assert overdubs.choose_take(song, 0, 2).tracks[0].heard.take_id == 1
    assert overdubs.choose_take(song, 1, 1) == song


def test_a_punched_part_is_another_of_its_takes_and_no_take_on_disk() -> None:
    song = overdubs.keep_take(pile(), 0, 1, 80.0)
    worse, better = Recorded(1, 70.0, 4), Recorded(1, 90.0, 5)
    song = overdubs.keep_comp(song, 0, worse)
    assert song.tracks[0].heard == Recorded(1, 80.0)
    song = overdubs.keep_comp(song, 0, better)
    assert song.tracks[0].heard == better
    assert song.take_ids == (1,)
    assert (song.tracks[0].punches, song.worth) == (2, 90.0)
    assert overdubs.choose_take(song, 0, 1).tracks[0].heard == Recorded(1, 80.0)
    # Known once, and only of a take that is there.
    assert overdubs.keep_comp(song, 0, better) == song
    assert overdubs.keep_comp(song, 0, Recorded(2, 99.0, 6)) == song
    assert overdubs.keep_comp(song, 1, Recorded(1, 99.0, 6)) == song
    job = jobs.keep_pile(booked(), song)
    assert (job.takes, job.punches, jobs.count_takes(job)) == ((1,), 2, 1)


def test_what_is_out_of_place_changes_nothing() -> None:
    song = overdubs.keep_take(pile(), 0, 1, 80.0)
    assert overdubs.keep_take(song, 1, 1, 90.0) == song
    assert overdubs.keep_take(song, 3, 2, 90.0) == song
    assert overdubs.put_up(song, CHARTS) == song
    assert overdubs.put_up(Pile("jazz", 5, 7, THREE), CHARTS[:2]).tracks == ()
    broken = overdubs.keep_take(song, 1, 9, None)
    assert broken.next_part == 1
    assert overdubs.missing_takes(broken, [1, 9, 10]) == (10,)


def test_the_other_parts_are_heard_but_for_muted_ones() -> None:
    song = pile()
    for place in range(3):
        song = overdubs.keep_take(song, place, place + 1, 80.0)
    heard = [[t.chair for t in overdubs.list_under(song, at)] for at in (None, 0, 1, 2)]
    assert heard == [list(THREE), ["organ", "bass"], ["piano", "bass"], ["piano", "organ"]]
    quiet = overdubs.mute(song, 0)
    assert [t.chair for t in overdubs.list_under(quiet, 1)] == ["bass"]
    assert overdubs.mute(quiet, 0) == song


def test_the_bands_bass_makes_way_for_the_players() -> None:
    song = overdubs.keep_take(pile(), 0, 1, 80.0)
    assert [overdubs.has_own_bass(song, at) for at in range(3)] == [False, False, True]
    song = overdubs.keep_take(song, 2, 2, 80.0)
    assert overdubs.has_own_bass(song, 0)
    assert not overdubs.has_own_bass(overdubs.mute(song, 2), 0)


def test_a_pile_that_was_kept_is_the_same_when_it_is_read() -> None:
    song = overdubs.mute(overdubs.keep_take(pile(), 0, 1, 80.0), 0)
    assert msgspec.json.decode(msgspec.json.encode(song), type=Pile) == song


@pytest.mark.parametrize(
    ("chair", "keys"),
    [
        ("piano", [(0.0, 2.0, 60, 30), (0.5, 1.5, 64, 110)]),
        ("organ", [(0.0, 1.0, 60, 100), (0.5, 0.4, 64, 100)]),
        ("clav", [(0.0, 1.0, 60, 30), (0.5, 0.4, 64, 110)]),
        ("synth lead", [(0.0, 0.5, 60, 100), (0.5, 0.4, 64, 100)]),
        ("bass", [(0.0, 0.5, 60, 30), (0.5, 0.4, 64, 110)]),
    ],
)
def test_a_part_rings_as_its_instrument_does(chair: str, keys: list) -> None:
    events = [
        NoteEvent(0.0, "on", 60, 30), NoteEvent(0.1, "pedal", 0, 127),
        NoteEvent(0.5, "on", 64, 110), NoteEvent(0.9, "off", 64, 0),
        NoteEvent(1.0, "off", 60, 0), NoteEvent(2.0, "pedal", 0, 0),
    ]  # fmt: skip
    found = sound_part(events, CHAIRS[chair])
    assert [key[2:] for key in found] == [key[2:] for key in keys]
    for one, two in zip(found, keys, strict=True):
        assert one[:2] == pytest.approx(two[:2])


# -- the sound and the files


@pytest.fixture(scope="module")
def song():
    return compose_song(DrillRequest(style="pop", level=4, seed=3), THREE, load_style("pop"))


def test_earlier_parts_are_rendered_beside_the_band(song, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("FIRST_TAKE_HOME", str(tmp_path))
    first = write_chart_json(song[0])
    part = PlayedPart(((0.0, 1.0, 60, 100),), PATCHES["organ"])
    tempo = song[0].drill.quarter_bpm
    made = {}
    for own_bass in (False, True):
        over = Overdubbed((part,), first, own_bass=own_bass)
        order = SoundRequest(1, write_chart_json(song[2]), tempo, 8_000, over=over)
        made[own_bass] = render_sound(order, song[2], load_style("pop"))
    alone = SoundRequest(1, first, tempo, 8_000)
    assert render_sound(alone, song[0], load_style("pop")).parts == ""
    import numpy as np  # noqa: PLC0415 - with the renderer

    heard = np.abs(np.load(made[False].parts).astype(float)).sum(axis=1)
    start = round(-made[False].start_s * 8_000)
    assert heard[: start - 1].sum() == 0 < heard[start : start + 8_000].sum()
    bands = [np.load(made[own].band) for own in (False, True)]
    assert (bands[0] != bands[1]).any()


def mixdown(song, **changes) -> Mixdown:
    parts = tuple(
        MixedPart(
            CHAIRS[chair].name, PATCHES[chair], ((0.0, 0.5, pitch, 90), (0.5, 0.5, pitch, 80))
        )
        for chair, pitch in zip(THREE, (60, 67, 36), strict=True)
    )
    mix = Mixdown(
        "Pop 2026", song[0].drill.quarter_bpm, parts, write_chart_json(song[0]), own_bass=True
    )
    return msgspec.structs.replace(mix, **changes)


def band_of(song, *, own_bass: bool):
    played = perform(song[0], load_style("pop"), program=0, quarter_bpm=song[0].drill.quarter_bpm)
    return [note for note in played["band"] if note.drums or not own_bass]


def test_the_midi_file_has_a_track_for_each_part(song) -> None:
    mix = mixdown(song)
    file = mido.MidiFile(file=io.BytesIO(write_midi(mix, band_of(song, own_bass=True))))
    assert [track.name for track in file.tracks[1:]] == ["piano", "organ", "bass", "Drums"]
    programs = [m for track in file.tracks for m in track if m.type == "program_change"]
    assert [m.program for m in programs][:3] == [PATCHES[chair] for chair in THREE]
    assert [m.channel for m in programs] == [0, 1, 2, 9]
    with_bass = write_midi(mix, band_of(song, own_bass=False))
    assert mido.MidiFile(file=io.BytesIO(with_bass)).tracks[-1].name == "Bass"
    # What is struck again where it is let go is let go first, and the second note is heard.
    keys = [m.type for m in file.tracks[1] if m.type.startswith("note")]
    assert keys == ["note_on", "note_off", "note_on", "note_off"]
    seconds = 0.0
    for message in mido.merge_tracks([file.tracks[0], file.tracks[1]]):
        seconds += mido.tick2second(
            message.time, file.ticks_per_beat, mido.bpm2tempo(mix.quarter_bpm)
        )
        if message.type == "marker":
            downbeat_s = seconds
        if message.type == "note_on":
            break
    assert seconds == pytest.approx(downbeat_s, abs=0.002)


def test_the_mix_is_one_stereo_file_and_both_are_written_whole(song, tmp_path) -> None:
    mix = mixdown(song)
    with wave.open(io.BytesIO(write_wav(mix, []))) as file:
        assert file.getnchannels() == 2
        assert file.getnframes() / file.getframerate() == pytest.approx(4.1, abs=0.05)
        assert max(file.readframes(file.getnframes())) > 0
    short = msgspec.structs.replace(mix, parts=mix.parts[:1], band_json=write_chart_json(song[2]))
    midi, wav = write_mix(short, tmp_path / "songs")
    assert sorted(path.name for path in (tmp_path / "songs").iterdir()) == [midi.name, wav.name]
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(MixError, match="cannot write"):
        write_mix(short, tmp_path / "file")


# -- at the desk


async def to_desk(pilot) -> None:
    await wait_until(pilot, lambda: on(pilot, "HomeScreen") and pilot.app.screen._style)
    await pilot.press("p")
    await wait_until(pilot, lambda: on(pilot, "PracticeScreen"))
    await pilot.press("u")
    await wait_until(pilot, lambda: on(pilot, "OverdubsScreen") and pilot.app.screen.pile.tracks)


async def record(pilot, world, **played) -> None:
    await pilot.press("enter")
    await wait_until(pilot, lambda: on(pilot, "StageScreen") and pilot.app.screen._session)
    await pilot.press("space")
    await wait_until(pilot, lambda: world.engine.position is not None)
    play_all(world, **played)
    await wait_until(pilot, lambda: on(pilot, "OverdubsScreen"))
    world.engine.position = None


async def test_three_parts_are_recorded_over_one_another_and_delivered() -> None:
    world = World()
    async with open_game(world) as pilot:
        await to_desk(pilot)
        while pilot.app.screen.pile.chairs != THREE:
            await pilot.press("c")
            await wait_until(pilot, lambda: pilot.app.screen.pile.tracks)
        assert "Enter: record the piano" in text_of(pilot)
        for place, chair in enumerate(THREE):
            await record(pilot, world)
            order = world.composer.sounds[-1]
            assert len(order.over.parts) == place
            assert order.over.own_bass == (chair == "bass")
            programs = [c.program for c in world.engine.commands if isinstance(c, SetInstrument)]
            assert PATCHES[chair] in programs[-2:]
        screen = pilot.app.screen
        assert screen.pile.is_whole
        await pilot.press("up", "m")
        assert "muted" in text_of(pilot)
        await pilot.press("plus")
        assert [c.parts for c in world.engine.commands if isinstance(c, SetMix)][-1] == 0.8
        await pilot.press("v")
        await wait_until(pilot, lambda: screen._player._plays)
        assert len(world.composer.sounds[-1].over.parts) == 2
        assert "parts" in {c.name for c in world.engine.commands if isinstance(c, LoadTrack)}
        await pilot.press("v", "x")
        await wait_until(pilot, lambda: world.mixes)
        assert [part.name for part in world.mixes[0].parts] == list(THREE)
        assert all(part.keys for part in world.mixes[0].parts)
        await pilot.press("enter")
        await wait_until(pilot, lambda: "Delivered: 100 of 100" in text_of(pilot))
        await wait_until(pilot, lambda: world.archive.history.runs[-1].score is not None)
    assert world.archive.history.runs[-1].score == pytest.approx(100.0)
    assert {take.mode for take in world.archive.takes.values()} == {"overdubs 1"}


async def test_a_game_that_was_killed_goes_on_at_the_right_part_with_every_take() -> None:
    archive = FakeArchive()
    world = World(archive=archive)
    async with open_game(world) as pilot:
        await to_desk(pilot)
        await record(pilot, world)
        song = pilot.app.screen.pile
        await record(pilot, world)
    # The second take is on disk, and the pile has not heard of it.
    sheet = msgspec.json.encode({"pile": song, "number": 1}).decode()
    archive.history.runs[0] = msgspec.structs.replace(archive.history.runs[0], sheet=sheet)
    world = World(archive=archive)
    async with open_game(world) as pilot:
        await to_desk(pilot)
        await wait_until(pilot, lambda: pilot.app.screen.pile.next_part != 1)
        screen = pilot.app.screen
        assert screen.pile.chairs == song.chairs
        assert [len(track.takes) for track in screen.pile.tracks][:3] == [1, 1, 0]
        assert set(screen.desk.takes) == {(number, None) for number in archive.takes}
        assert screen._place == 2


async def test_a_part_is_punched_over_the_others_and_itself_and_found_again() -> None:
    archive = FakeArchive(Settings(preview_s=0))
    world = World(archive=archive)
    async with open_game(world) as pilot:
        await to_desk(pilot)
        await pilot.press("p")
        assert on(pilot, "OverdubsScreen")
        await record(pilot, world)
        await record(pilot, world, wrong=(5, 6))
        await pilot.press("up", "p")
        await wait_until(pilot, lambda: on(pilot, "PunchDialog"))
        await wait_until(pilot, lambda: "worst place" in text_of(pilot))
        await pilot.press("enter")
        await wait_until(pilot, lambda: on(pilot, "StageScreen") and pilot.app.screen._session)
        await wait_until(pilot, lambda: world.engine.position is not None)
        first, own = world.composer.sounds[-1].over.parts
        # All of the first part, and the second as it was but for beats 5 and 6.
        onsets = [[round(2 * key[0]) for key in part.keys] for part in (first, own)]
        assert onsets == [list(range(16)), [beat for beat in range(16) if beat not in {5, 6}]]
        for beat in (5, 6):
            world.engine.waiting += note(beat * HALF_S, make_chart().notes[beat].pitch)
        world.engine.position = world.engine.plan.end_s
        await wait_until(pilot, lambda: on(pilot, "OverdubsScreen"))
        world.engine.position = None
        screen = pilot.app.screen
        assert (screen.pile.tracks[1].heard.comp_id, screen._place) == (1, 1)
        assert screen.pile.tracks[1].heard.total > screen.pile.tracks[1].takes[0].total
        await wait_until(pilot, lambda: "punch 2 of 2" in text_of(pilot))
        mended = screen.desk.sound(1)
        await pilot.press("t")
        assert screen.desk.sound(1) != mended
        await pilot.press("t", "escape")
        await wait_until(pilot, lambda: on(pilot, "HomeScreen"))
    assert [take.mode for take in archive.takes.values()] == [*["overdubs 1"] * 2, "punch"]
    world = World(archive=archive)
    async with open_game(world) as pilot:
        await to_desk(pilot)
        assert pilot.app.screen.desk.sound(1) == mended
        assert len(pilot.app.screen.pile.take_ids) == 2


@pytest.mark.parametrize(
    ("count", "columns", "shown"),
    [(3, 70, "1•  2✗  3•"), (6, 70, "•✗•• ••"), (16, 74, "•✗••••••••••••••"),
     (16, 78, "•✗•• •••• •••• ••••"), (16, 130, "1•  2✗  3•  4•")],
)  # fmt: skip
def test_all_bars_of_a_part_are_shown_whatever_the_room(count, columns, shown) -> None:
    chart = make_chart()
    verdicts = ["clean", "wrong notes", *["clean"] * (count - 2)]
    bars = tuple(BarVerdict(n, each, 4, 4) for n, each in enumerate(verdicts, 1))
    card = grade_take(chart, (), timeline=Timeline.steady(120.0), style=None, level=3)
    card = msgspec.structs.replace(card, bars=bars)
    song = overdubs.put_up(Pile("rock", 3, 7, ("piano",)), [write_chart_json(chart)])
    song = overdubs.keep_take(song, 0, 1, 80.0)
    outcome = Outcome(None, 1, chart, None, card)
    desk = Desk(song, NOW.isoformat(), takes={(1, None): outcome})
    line = list_parts(desk, 0, dict.fromkeys(("foreground", *BAR_COLOURS.values()), ""), columns)
    assert shown in line.plain
    assert len(line.plain.rstrip()) <= columns


async def test_the_desk_says_what_is_missing() -> None:
    world = World()
    async with open_game(world) as pilot:
        await to_desk(pilot)
        for key in ("d", "x", "v", "w"):
            await pilot.press(key)
        assert not pilot.app.screen.pile.is_over
        assert not world.mixes
        await pilot.press("n")
        await wait_until(pilot, lambda: len(world.composer.songs) == 2)
        await pilot.press("escape")
        await wait_until(pilot, lambda: on(pilot, "HomeScreen"))


# -- as a job


def booked(**changes):
    """A pile of three parts that was taken, and whose studio has been entered."""
    call = make_call(
        stream="overdubs", style="classical", chair="piano", chairs=THREE, need=75.0, **changes
    )
    job = jobs.put_up(jobs.accept(call, NOW), b"{}")
    return jobs.enter(job, NOW)


def recorded(job, *totals: float, takes: int = 1):
    song = overdubs.put_up(jobs.open_pile(job), CHARTS)
    for place, total in enumerate(totals):
        for again in range(takes):
            song = overdubs.keep_take(song, place, 10 * place + again + 1, total)
    return song


def test_a_pile_is_paid_for_as_a_whole() -> None:
    job = booked(fee=300, hours=3.0, most_takes=3)
    song = recorded(job, 90.0, 80.0)
    job = jobs.keep_pile(job, song)
    assert job.takes == (1, 11)
    assert jobs.keep_pile(job, overdubs.deliver(song)).phase == jobs.STUDIO
    song = overdubs.keep_take(song, 2, 21, 70.0)
    job = jobs.keep_pile(job, overdubs.deliver(song))
    credit = jobs.write_credit(job, "2026-11-30")
    assert (credit.end, credit.total, credit.paid, credit.takes) == ("delivered", 80.0, 300, 1)
    assert credit.chairs == THREE
    assert credit.take_id == 1


def test_more_takes_of_a_part_than_were_planned_cost() -> None:
    job = booked(fee=100, most_takes=3)
    song = overdubs.deliver(recorded(job, 80.0, 80.0, 80.0, takes=4))
    credit = jobs.write_credit(jobs.keep_pile(job, song), "2026-11-30")
    assert (credit.takes, credit.paid) == (4, 90)


def test_before_a_pile_there_is_no_chart_to_see_and_no_tempo_to_talk_about() -> None:
    call = make_call(chairs=THREE, chair="piano")
    job = jobs.put_up(jobs.accept(call, NOW), b"{}")
    assert jobs.ask(jobs.ask(job, "chart"), "reference") == job
    assert jobs.ask(job, "tempo").asked == ("tempo",)
    assert not jobs.can_talk(job)


def credit_in(chair: str, *, end: str = "delivered") -> Credit:
    return Credit(
        day="2026-11-30", stream="studio", style="jazz", level=6, kind="grand", end=end,
        paid=100, offered=100, total=90.0, takes=1, most_takes=3, chairs=(chair,),
    )  # fmt: skip


def test_a_player_of_more_chairs_is_called_more() -> None:
    market, day = career_market(), date(2026, 11, 30)
    counts = {}
    for chairs in (("piano",) * 7, ("piano",) * 5 + ("organ", "bass"), tuple(CHAIRS)[:7]):
        career = live(credit_in(chair) for chair in chairs)
        boards = [
            post_calls(market, career, day=day, seed=seed, city="big", ratings={"": 5.0})
            for seed in range(40)
        ]
        counts[chairs] = sum(map(len, boards)) / len(boards)
    one, three, seven = counts.values()
    assert three == pytest.approx(one + 1)
    assert seven == pytest.approx(one + 2)
    refused = live(credit_in(chair, end="refused") for chair in CHAIRS)
    assert refused.chairs == frozenset()


def test_calls_ask_for_chairs_in_kinds_that_they_read() -> None:
    market, day = career_market(), date(2026, 11, 30)
    career = live(credit_in("piano") for _ in range(20))
    calls = [
        call
        for seed in range(150)
        for call in post_calls(market, career, day=day, seed=seed, city="big", ratings={"": 6.0})
    ]
    assert {call.chair for call in calls} >= {"organ", "clav", "synth lead", "strings"}
    for call in calls:
        assert not call.chair or call.kind in CHAIRS[call.chair].kinds
        assert bool(call.chairs) == (call.stream == "overdubs")
        assert not (call.chairs and call.changes)
    pile_call = next(call for call in calls if call.chairs == SETS[0])
    assert pile_call.part == "piano, organ and bass"
    resolve_drill(pile_call.request, load_style(pile_call.style))


async def test_a_job_of_three_parts_is_played_and_paid() -> None:
    call = make_call(style="classical", stream="overdubs", chair="piano", chairs=THREE, level=1)
    world = make_world(
        jobs.enter(
            jobs.put_up(jobs.accept(call, now() - timedelta(minutes=20)), chart_json()), now()
        )
    )
    async with open_game(world) as pilot:
        await to_board(pilot)
        await pilot.press("enter")
        await wait_until(
            pilot, lambda: on(pilot, "OverdubsScreen") and pilot.app.screen.pile.tracks
        )
        await pilot.press("c", "n")
        assert pilot.app.screen.pile.chairs == THREE
        for _ in THREE:
            await record(pilot, world)
        await pilot.press("enter")
        await wait_until(pilot, lambda: on(pilot, "DiaryScreen"))
    (credit,) = world.archive.jobs.list_credits()
    assert credit.end == "delivered"
    assert credit.chairs == THREE
    assert {take.mode for take in world.archive.takes.values()} == {jobs.take_mode(1)}
