"""A job with real parts: a real terminal and real MIDI, from the brief to the portfolio."""

import json
import re
import subprocess
import sys
from contextlib import closing
from datetime import datetime

import msgspec
import pytest
from jackd import jackd  # noqa: F401 - a fixture
from test_end_to_end import ROOT, Studio
from test_storage_jobs import make_call

from exercises.chart import read_chart_json
from game.sessions.career import job as jobs
from game.sessions.plan import plan_take, take_timeline
from game.sessions.punch import plan_punch
from game.take import Region

pytestmark = [pytest.mark.real, pytest.mark.timeout(240)]


class Job(Studio):
    """A studio job that is on, and a robot that reads what is on the stand."""

    def open(self):
        # A seed after whose first take the producer changes his mind.
        call = next(
            make_call(style="classical", level=2, seed=seed, changes=1, need=60.0)
            for seed in range(99)
            if jobs.seed_from("change", seed) % 2 == 0
        )
        # Four quick bars: the test waits for every one of them three times.
        drill = ("--style", "classical", "--level", "2", "--seed", "3", "--bars", "4")
        quick = ("--kind", "grand", "--tempo", "120", "--format", "json", "-o", str(self.chart))
        self.run("compose", *drill, *quick)
        job = jobs.accept(call, datetime.now().astimezone())
        with self.furnish() as archive:
            archive.jobs.add_job(jobs.put_up(job, self.chart.read_bytes()))
        self.show("-m", "game")

    def job(self):
        with self.archive() as archive:
            return archive.jobs.open_job()[1]

    def sit_down(self, profile, seed, start_s=None):
        """A robot at the keys, with what is on the stand."""
        own = self.env
        self.env = {**own, "ROBOT_READS_LATE": "1"}
        if start_s is not None:
            self.env["ROBOT_START_S"] = str(start_s)
        try:
            return self.seat_robot(profile, seed)
        finally:
            self.env = own

    def put_up(self):
        """Whole or not at all: the robot may look at any moment."""
        part = self.chart.with_suffix(".part")
        part.write_bytes(self.job().chart_json)
        part.replace(self.chart)

    def record(self, robot):
        self.terminal.wait_for("Space Start")
        self.put_up()
        self.terminal.press("Space")
        screen = self.terminal.wait_for("Producer:", timeout=90)
        robot.communicate(timeout=20)
        assert robot.returncode == 0, (self.folder / "robot.log").read_text()
        return screen


@pytest.fixture
def job(tmp_path, jackd):  # noqa: F811
    with closing(Job(tmp_path, jackd.env)) as job:
        job.open()
        yield job


def test_a_job_from_the_brief_to_the_portfolio(job):
    terminal = job.terminal
    terminal.wait_for("Calls")
    terminal.press("c")
    terminal.wait_for("Your job begins")
    terminal.press("Enter")
    screen = terminal.wait_for("What you know")
    assert screen.count("not asked") == 4
    terminal.press("t", "k")
    terminal.wait_for("♩")
    assert terminal.read().count("not asked") == 2
    robot = job.sit_down("amateur", 3)
    terminal.wait_for("✓ keyboard")
    terminal.press("Enter")
    screen = job.record(robot)
    assert "1 of 3 takes" in screen
    assert "changed his mind" in screen
    before = read_chart_json(job.job().chart_json)

    robot = job.sit_down("amateur", 4)
    terminal.press("Enter")
    terminal.wait_for("Space Start")
    after = read_chart_json(job.job().chart_json)
    assert after != before
    screen = job.record(robot)
    assert "2 of 3 takes" in screen
    assert "changed his mind" not in screen

    punch_worst_place(job, after)
    state = job.job()
    assert (len(state.takes), state.punches, len(state.wishes)) == (2, 1, 1)
    assert state.passes[-1].comp_id is not None

    terminal.press("d")
    terminal.wait_for("paid")
    check_what_is_left(job, state)


def punch_worst_place(job, chart):
    """Record what the dialog suggests, played without a fault."""
    terminal = job.terminal
    assert job.chart.read_bytes() == job.job().chart_json
    terminal.press("p")
    screen = terminal.wait_for("Punch in")
    place = re.search(r"Punch in\s+.*?(\d+)\.(\d+)", screen)
    out = re.search(r"Punch out\s+.*?(\d+)\.(\d+)", screen)
    region = Region(*(spot(chart, *map(int, each.groups())) for each in (place, out)))
    timeline = take_timeline(chart, quarter_bpm=chart.drill.quarter_bpm)
    whole = plan_take(chart, quarter_bpm=chart.drill.quarter_bpm)
    plan = plan_punch(chart, whole, region, bars=1, timeline=timeline)
    robot = job.sit_down("perfect", 5, start_s=plan.start_s)
    terminal.press("Enter")
    terminal.wait_for("Space Start")
    terminal.press("Space")
    terminal.wait_for("1 punched", timeout=60)
    robot.communicate(timeout=20)


def check_what_is_left(job, state):
    """The diary on disk, the command, and the page."""
    with job.archive() as archive:
        (credit,) = archive.jobs.list_credits()
        assert archive.jobs.open_job() is None
    assert credit.total == state.passes[-1].total
    assert credit.paid > 0
    assert credit.late_min < 0
    page = job.folder / "page.html"
    job.run("portfolio", "-o", str(page))
    assert "Studio session" in page.read_text()
    career = subprocess.run(
        [sys.executable, "-m", "game", "career", "--json"],
        cwd=ROOT, env=job.env, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert json.loads(career.stdout)["diary"] == [msgspec.to_builtins(credit)]


def spot(chart, bar, beat):
    """Where a bar and beat of the dialog are; a beat past the last is the end."""
    found = [each for each in chart.bars if each.number == bar]
    return found[0].onset_ql + beat - 1 if found else chart.end_ql
