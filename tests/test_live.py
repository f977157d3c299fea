"""Live: what happens on stage that is not on the page, and what the room makes of it."""

from collections import Counter
from fractions import Fraction
from functools import cache
from itertools import pairwise, product

import msgspec
import pytest
from fakes import FakeArchive, World, engrave_blank, make_chart
from test_storage_jobs import make_call
from test_ui import note, on, open_game, text_of, wait_until

from exercises.chart import read_chart_json, write_chart_json
from exercises.compose.chart import compose_chart
from exercises.drill import DrillRequest
from exercises.passes import bar_index
from exercises.request import resolve_drill
from game.coach.runs import describe_played
from game.notation.page import PageRequest
from game.performer.performance import perform
from game.performer.profiles import PROFILES
from game.scoring.grade import grade_take
from game.sessions.career import job as jobs
from game.sessions.live.gig import Gig, Met, meet, warm
from game.sessions.live.surprise import KINDS, stage_chart
from game.sessions.plan import plan_take, take_timeline
from game.settings import Settings
from game.ui.booking import now
from game.ui.live_page import NEVER, follow_live
from styles.loader import load_styles

STYLES = load_styles().styles
PLACES = [("blues", 8, 3), ("gospel", 6, 2), ("pop", 4, 1), ("folk", 8, 8)]


@cache
def compose(style, level, seed, bars=16):
    request = DrillRequest(style=style, level=level, kind="grand", bars=bars, seed=seed)
    return compose_chart(resolve_drill(request, STYLES[style]), STYLES[style]).chart


def staged():
    return [stage_chart(compose(*place), KINDS, seed) for place in PLACES for seed in (1, 4)]


def play(live, chart, profile="perfect"):
    """The grade of who plays a chart, printed or sounding, while the sounding one is on."""
    style = STYLES[chart.drill.style]
    real = take_timeline(live.sounding, quarter_bpm=chart.drill.quarter_bpm)
    own = take_timeline(chart, quarter_bpm=chart.drill.quarter_bpm)
    played = perform(chart, PROFILES[profile], timeline=own, style=style, level=6, seed=1)
    return grade_take(live.sounding, played.events, timeline=real, style=style, level=6)


def test_everything_that_can_happen_happens_somewhere():
    kinds = [surprise.kind for live in staged() for surprise in live.surprises]
    assert set(kinds) == set(KINDS)
    assert staged() == staged()


def test_a_song_of_eight_bars_has_room_for_what_a_set_draws():
    wanted, got = Counter(), Counter()
    for style in ("ragtime", "pop", "blues", "folk"):
        song = compose(style, 3, 5, bars=8)
        for one, other in product(("skip", "vamp"), ("rush", "up")):
            live = stage_chart(song, (one, other, "hold"), 2)
            wanted.update((one, other, "hold"))
            got.update(each.kind for each in live.surprises)
            firsts = [each.first for each in live.surprises if each.kind != "hold"]
            assert all(after - before >= 2 for before, after in pairwise(firsts))
    assert got == wanted


def test_every_sounding_note_is_one_of_the_page_or_a_half_step_above_it():
    for live in staged():
        heads = live.heads
        sounding = {each.id: each for each in live.sounding.notes}
        printed = {each.id: each for each in live.printed.notes}
        ups = [each.first for each in live.surprises if each.kind == "up"]
        found = [name for ids in heads.values() for name in ids]
        assert sorted(found) == sorted(sounding)
        for head, ids in heads.items():
            for name in ids:
                here = bar_index(live.sounding.bars, sounding[name].onset_ql)
                step = sum(here >= first for first in ups)
                assert sounding[name].pitch == printed[head].pitch + step
                assert bar_index(live.printed.bars, printed[head].onset_ql) == live.follow[here]
        skipped = set(range(len(live.printed.bars))) - set(live.follow)
        silent = set(printed) - set(heads)
        assert {bar_index(live.printed.bars, printed[n].onset_ql) for n in silent} <= skipped


def test_a_sounding_chart_is_a_chart_that_can_be_kept_and_played_to():
    for live in staged():
        chart = live.sounding
        assert read_chart_json(write_chart_json(chart)) == chart
        plan = plan_take(chart, quarter_bpm=chart.drill.quarter_bpm)
        assert plan.end_s > plan.start_s
        assert len(live.follow) == len(chart.bars)
        ends = [bar.onset_ql + bar.duration_ql for bar in chart.bars]
        assert [bar.onset_ql for bar in chart.bars[1:]] == ends[:-1]
        for each in live.surprises:
            assert live.cue_at(each.first - 1)
            assert live.cue_at(each.first)
        assert [each.first for each in live.surprises] == sorted(e.first for e in live.surprises)


def test_who_follows_is_met_at_once_and_who_reads_on_is_lost():
    lost = 0
    for live in staged():
        followed = play(live, live.sounding)
        assert followed.scores.total > 97
        assert all(meet(followed, live, each).bars == 0 for each in live.surprises)
        moved = [each for each in live.surprises if each.kind in {"skip", "vamp"}]
        if moved:
            read_on = play(live, live.printed)
            assert read_on.scores.total < followed.scores.total - 10
            lost += meet(read_on, live, moved[-1]).bars != 0
    assert lost > 2


def test_a_room_warms_by_flow_and_recovery_and_cools_by_their_lack():
    live = staged()[0]
    good, bad = play(live, live.sounding, "expert"), play(live, live.sounding, "sloppy")
    at_once, never = [Met("skip", 0)], [Met("skip", None)]
    assert 50 < warm(50, good, never) < warm(50, good, [Met("skip", 2)]) < warm(50, good, at_once)
    assert warm(50, bad, at_once) < warm(50, good, at_once)
    assert warm(99, good, at_once * 9) == 100
    assert warm(1, bad, never * 9) == 0


def test_over_five_songs_everything_happens_and_the_end_is_held():
    for seed in range(20):
        gig = Gig(5, 6, seed, ("pop", "jazz"))
        happens = []
        while gig.turn is not None:
            assert gig.turn.request == gig.request_at(len(gig.songs))
            happens.append(gig.kinds)
            assert len(set(gig.kinds)) == len(gig.kinds)
            # What a short song has no room for together is never asked of one.
            assert not {"skip", "vamp"} <= set(gig.kinds)
            gig = gig.after(describe_played(make_chart(), play_nothing(), seconds=1.0), 1.0)
        assert len(happens) == 5
        assert {kind for kinds in happens for kind in kinds} == set(KINDS)
        assert len(happens[0]) == 1
        assert happens[-1][-1] == "hold"
        assert gig.request_at(5) is None
        assert gig.worth == (gig.songs[0].played.total + 50) / 2


@cache
def play_nothing():
    chart = make_chart()
    timeline = take_timeline(chart, quarter_bpm=120.0)
    return grade_take(chart, (), timeline=timeline, style=None, level=1)


def test_the_playhead_goes_over_the_printed_page_as_the_music_goes():
    chart = make_chart(bars=16)
    for seed in range(6):
        live = stage_chart(chart, KINDS, seed)
        page = follow_live(engrave_blank(chart, PageRequest(78)), live)
        for at, printed in enumerate(live.follow):
            begins = float(live.sounding.bars[at].onset_ql)
            is_held = at and live.follow[at - 1] == printed
            if not is_held:
                assert page.shown_ql(begins + 1) == float(chart.bars[printed].onset_ql) + 1
        ids = [name for system in page.systems for n in system.notes for name in (n.id, *n.later)]
        assert len(ids) == len(set(ids))
        assert {n for n in ids if not n.startswith(NEVER)} == {n.id for n in live.sounding.notes}


def test_an_empty_wish_leaves_the_chart_alone():
    chart = make_chart()
    live = stage_chart(chart, (), 1)
    assert live.sounding is chart
    assert live.cue_at(0) == ""
    held = stage_chart(chart, ("hold",), 1)
    assert held.sounding.notes[-1].duration_ql == Fraction(5)


# -- on the stage


async def play_song(pilot, world):
    await wait_until(pilot, lambda: on(pilot, "StageScreen") and pilot.app.screen._session)
    stage = pilot.app.screen
    await wait_until(pilot, lambda: world.engine.position is not None)
    session = stage._session
    for each in session.chart.notes:
        onset_s = session.timeline.seconds_at(each.onset_ql)
        end_s = session.timeline.seconds_at(each.onset_ql + each.duration_ql)
        on_event, off = note(onset_s, each.pitch)
        off = msgspec.structs.replace(off, onset_s=onset_s + 0.9 * (end_s - onset_s))
        world.engine.waiting += [on_event, off]
    world.engine.waiting.sort(key=lambda event: getattr(event, "onset_s", -99))
    world.engine.position = world.engine.plan.end_s
    await wait_until(pilot, lambda: pilot.app.screen is not stage)
    world.engine.position = None


async def test_a_set_is_played_through_with_cues_and_ends_with_the_room(monkeypatch):
    monkeypatch.setattr("game.ui.screens.practice.SIZES", (3,))
    world = World(archive=FakeArchive(Settings(preview_s=0, style="jazz")))
    async with open_game(world, (120, 40)) as pilot:
        await wait_until(pilot, lambda: pilot.app.screen._style)
        await pilot.press("p")
        await wait_until(pilot, lambda: on(pilot, "PracticeScreen"))
        await pilot.press("s")
        for number in (1, 2, 3):
            if number > 1:
                await wait_until(pilot, lambda: on(pilot, "InterludeScreen"))
                await pilot.press("space")
            await wait_until(pilot, lambda: on(pilot, "StageScreen") and pilot.app.screen._session)
            words = f"Song {number} of 3"
            await wait_until(pilot, lambda: words in text_of(pilot))  # noqa: B023 - awaited here
            await pilot.press("tab", "space")
            if number == 3:
                await wait_until(pilot, lambda: world.engine.position is not None)
                world.engine.position = 7.0
                await wait_until(pilot, lambda: "▶ hold the last" in text_of(pilot))
            await play_song(pilot, world)
        await wait_until(pilot, lambda: on(pilot, "RunResultScreen"))
        await wait_until(pilot, lambda: "of 100: the room" in text_of(pilot))
        assert "the held end met at once" in text_of(pilot)
    assert {take.mode for take in world.archive.takes.values()} == {"live"}
    (run,) = world.archive.history.runs
    assert (run.mode, run.name) == ("live", "3 songs, level 1")
    assert run.score > 50


@pytest.mark.parametrize("killed", [False, True])
async def test_a_live_job_is_kept_song_by_song_and_paid(killed):
    call = make_call(style="classical", stream="live", charts=3, most_takes=1, need=65.0)
    archive = FakeArchive(Settings(preview_s=0, calls_seed=5))
    archive.jobs.add_job(jobs.accept(call, now()))
    world = World(archive=archive)
    async with open_game(world) as pilot:
        await wait_until(pilot, lambda: pilot.app.screen._style)
        await pilot.press("c")
        await wait_until(pilot, lambda: on(pilot, "CallBoard") and pilot.app.screen._is_read)
        await pilot.press("enter")
        await wait_until(pilot, lambda: on(pilot, "BriefScreen") and pilot.app.screen._chart)
        await pilot.press("enter")
        await wait_until(pilot, lambda: on(pilot, "StageScreen") and pilot.app.screen._session)
        await pilot.press("space")
        await play_song(pilot, world)
        await wait_until(pilot, lambda: on(pilot, "InterludeScreen"))
        assert len(archive.jobs.open_job()[1].gig.songs) == 1
        if killed:
            # A second song is on disk, and the job has not heard of it.
            archive.add_take(archive.takes[1])
        await pilot.press("escape")
        await wait_until(pilot, lambda: on(pilot, "HomeScreen"))
        await pilot.press("c")
        await wait_until(pilot, lambda: on(pilot, "CallBoard") and pilot.app.screen._is_read)
        await wait_until(pilot, lambda: "You are on stage." in text_of(pilot))
        await pilot.press("enter")
        for _ in range(1 if killed else 2):
            await wait_until(pilot, lambda: on(pilot, "InterludeScreen"))
            await pilot.press("space")
            await wait_until(pilot, lambda: on(pilot, "StageScreen") and pilot.app.screen._session)
            await pilot.press("space")
            await play_song(pilot, world)
        await wait_until(pilot, lambda: on(pilot, "DiaryScreen"))
    (credit,) = archive.jobs.list_credits()
    assert (credit.end, credit.takes, credit.stream) == ("delivered", 1, "live")
    assert credit.total > 65
    assert len(archive.takes) == 3
