"""`first-take career`."""

import json

import pytest
from click.testing import CliRunner
from test_sessions_career import make_credit
from test_storage_jobs import NOW, make_call

from game.cli import root
from game.places import database_file
from game.sessions.career import job as jobs
from game.storage.archive import open_archive


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("FIRST_TAKE_HOME", str(tmp_path))


def run(*arguments):
    return CliRunner().invoke(root, ["career", *arguments])


def keep(*diary):
    archive = open_archive(database_file())
    for credit in diary:
        archive.jobs.save_job(archive.jobs.add_job(jobs.accept(make_call(), NOW)), JOB, credit)
    archive.close()


JOB = jobs.cancel(jobs.accept(make_call(), NOW))


def test_before_the_first_job_it_says_where_to_begin():
    assert "press c on the home screen" in run().output
    document = json.loads(run("--json").output)
    assert (document["jobs"], document["jobs_a_month_for_a_living"]) == (0, None)
    assert document["diary"] == []


def test_the_diary_sums_up():
    keep(
        make_credit(paid=100, day="2026-10-03"),
        make_credit(paid=60, day="2026-11-03", stream="online", style="rock"),
        make_credit(paid=0, day="2026-11-04", end="cancelled", total=None),
    )
    document = json.loads(run("--json").output)
    assert (document["jobs"], document["credits"], document["income"]) == (3, 2, 160)
    assert document["months"][1] == {"name": "2026-11", "income": {"online": 60, "studio": 0},
                                     "jobs": 2}  # fmt: skip
    assert document["jobs_a_month_for_a_living"] == 45
    assert set(document["genres"]) == {"jazz", "rock"}
    assert document["diary"][2]["end"] == "cancelled"
    text = run().output
    assert "2 credits of 3 jobs" in text
    assert "$2,400 a month" in text
