"""On stage and by ear with real parts: a real terminal, and a robot on real MIDI through JACK."""

import contextlib
import re
from contextlib import closing
from datetime import datetime

import msgspec
import pytest
from jackd import jackd  # noqa: F401 - a fixture
from test_end_to_end import Studio
from test_storage_jobs import make_call

from exercises.chart import write_chart_json
from exercises.compose.chart import compose_chart
from exercises.request import resolve_drill
from exercises.tempi import tempo_map
from exercises.timeline import bar_ql
from game.coach.runs import Played
from game.sessions.by_ear import ByEar
from game.sessions.career import job as jobs
from game.sessions.live.gig import LUKEWARM, Gig
from game.sessions.live.surprise import KINDS, stage_chart
from styles.loader import load_styles

pytestmark = [pytest.mark.real, pytest.mark.timeout(120)]
STYLES = load_styles().styles
PLAYED = Played("ragtime", 3, "grand", 80.0, 1, 1, 1.0)
"""What a song of the set was."""
LEVEL = 3
"""What somebody is taken to read of whom nothing is known."""
QUICK_S, LONGEST_S = 13.0, 16.0
"""What is waited for may not last longer: as it is written, and as it goes."""
GAME = "import secrets; secrets.randbits = lambda bits: {}; from game.cli import main; main()"
"""The game with its one die thrown beforehand."""


class Stage(Studio):
    """The game with its die thrown, and a player's settings and job."""

    def open(self, job=None, seed=0, backend="none"):
        with self.furnish(audio_backend=backend) as archive:
            if job is not None:
                archive.jobs.add_job(job)
        self.show("-c", GAME.format(seed))
        self.terminal.wait_for("Calls")


@pytest.fixture
def stage(tmp_path, jackd):  # noqa: F811
    with closing(Stage(tmp_path, jackd.env)) as stage:
        yield stage


def compose(request):
    style = STYLES[request.style]
    return compose_chart(resolve_drill(request, style), style).chart


def seconds(request):
    drill = resolve_drill(request, STYLES[request.style])
    return float(drill.bars * bar_ql(drill.meter)) * 60 / drill.quarter_bpm


def read_song(gig):
    """The next song of a set as it will really go."""
    request = gig.turn.request
    return stage_chart(compose(request), gig.kinds, request.seed)


def lasts(live):
    """Seconds of a song."""
    sounding = live.sounding
    return tempo_map(sounding, sounding.drill.quarter_bpm).seconds_at(sounding.end_ql)


def find_set():
    """A set before its last two songs, which are short, and in which everything happens."""
    for seed in range(400):
        gig = Gig(3, 3, seed, ("ragtime",)).after(PLAYED, 0.0)
        songs = (gig, gig.after(PLAYED, 0.0))
        if all(seconds(each.turn.request) <= QUICK_S for each in songs):
            lives = [read_song(each) for each in songs]
            happens = {surprise.kind for live in lives for surprise in live.surprises}
            if happens == set(KINDS) and all(lasts(live) <= LONGEST_S for live in lives):
                return gig
    raise AssertionError("no such set")


def play_song(stage, gig):
    """Seat a robot with the next song, start it, and see every cue; gives the keys it presses."""
    live = read_song(gig)
    stage.chart.write_bytes(write_chart_json(live.sounding))
    terminal = stage.terminal
    robot = stage.seat_robot("expert", 3)
    if "Next:" in terminal.wait_for("Next:", "Space Start"):
        terminal.press("Enter")
    terminal.wait_for("Space Start")
    terminal.press("Space")
    cues = {surprise.cue for surprise in live.surprises}
    while cues:
        seen = terminal.wait_for(*(f"▶ {cue}" for cue in cues), timeout=60)
        cues -= {cue for cue in cues if f"▶ {cue}" in seen}
    terminal.wait_for("Next:", "They took it", timeout=60)
    said = robot.communicate(timeout=20)[0]
    return int(said)


def test_the_last_songs_of_a_set_in_which_everything_happens(stage):
    gig = find_set()
    call = make_call(
        style="ragtime", level=3, stream="live", charts=3, seed=gig.seed, changes=0, need=60.0
    )
    now = datetime.now().astimezone()
    stage.open(jobs.keep_set(jobs.enter(jobs.accept(call, now), now), gig))
    terminal = stage.terminal
    terminal.press("c")
    terminal.wait_for("You are on stage")
    terminal.press("Enter")
    pressed = [play_song(stage, gig)]
    with stage.archive() as archive:
        _, job = archive.jobs.open_job()
    assert {met.kind for met in job.gig.songs[-1].met} <= set(gig.kinds)
    pressed.append(play_song(stage, job.gig))
    terminal.wait_for("They took it", timeout=60)
    with stage.archive() as archive:
        (credit,) = archive.jobs.list_credits()
        takes = [archive.load_take(number) for number in archive.jobs.list_job_takes(1)]
    assert (credit.end, credit.take_id) == ("delivered", 2)
    assert [(take.mode, take.source) for take in takes] == [("session 1", "midi")] * 2
    assert [sum(event.kind == "on" for event in take.events) for take in takes] == pressed
    # Who goes with the band through all of it warms a lukewarm room.
    assert credit.total > 70
    assert job.gig.crowd > LUKEWARM


def find_phrase():
    """A run by ear whose first phrase is short and has some notes."""
    for seed in range(200):
        run = ByEar(LEVEL, seed, tuple(STYLES))
        if seconds(run.turn.request) <= 4.0:
            chart = compose(run.turn.request)
            if len(chart.notes) >= 3:
                return run, chart
    raise AssertionError("no such phrase")


def hear(terminal):
    """Press Tab until the phrase has been rendered, and is heard."""
    for _ in range(30):
        terminal.press("Tab")
        with contextlib.suppress(AssertionError):
            terminal.wait_for("heard, so", timeout=1.5)
            return
    raise AssertionError(f"nothing was heard; the screen was:\n{terminal.read()}")


def test_a_phrase_heard_and_played_back(stage):
    run, chart = find_phrase()
    stage.chart.write_bytes(write_chart_json(chart))
    stage.open(seed=run.seed, backend="jack")
    terminal = stage.terminal
    terminal.press("c")
    terminal.wait_for("By ear")
    terminal.press("e")
    screen = terminal.wait_for("it begins on")
    assert chart.notes[0].spelling in screen
    hear(terminal)
    robot = stage.seat_robot("perfect", 3)
    terminal.press("Space")
    screen = terminal.wait_for("by ear", timeout=60)
    robot.communicate(timeout=20)
    assert "in the right key" in screen
    assert "heard once" in screen
    assert int(re.search(r"(\d+) of 100 by ear", screen)[1]) > 85
    terminal.press("Escape")
    terminal.wait_for("phrase 1")
    with stage.archive() as archive:
        (summary,) = archive.list_takes(5)
        take = archive.load_take(summary.id)
    assert (take.mode, take.conditions.heard, take.source) == ("ear", True, "midi")
    assert msgspec.json.decode(take.chart_json)["drill"]["hands"] == "right"
