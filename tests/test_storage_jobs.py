"""The working life on disk: the job that is on, the diary, and takes not yet heard of."""

import signal
from datetime import UTC, datetime

import msgspec
import pytest
from test_storage import make_take
from test_storage_files import run_python

from game.sessions.career import job as jobs
from game.sessions.career.call import Call
from game.storage.archive import StorageError, open_archive
from game.storage.backup import restore_backup, save_backup

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)


def make_call(**changes):
    call = Call(
        id="2026-11-30/medium/0", day="2026-11-30", city="medium", stream="studio", style="jazz",
        level=4, kind="grand", what="a single", part="piano", fee=160, hours=2.0, lead_min=45,
        most_takes=3, need=72.0, seed=7,
    )  # fmt: skip
    return msgspec.structs.replace(call, **changes)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "data" / "first-take.db"


def test_a_job_comes_back_as_it_stood(path):
    archive = open_archive(path)
    job = jobs.accept(make_call(), NOW)
    number = archive.jobs.add_job(job)
    job = jobs.put_up(jobs.ask(job, "tempo"), b'{"a": "chart"}')
    archive.jobs.save_job(number, job)
    archive.close()
    archive = open_archive(path)
    assert archive.jobs.open_job() == (number, job)
    job = jobs.cancel(job)
    archive.jobs.save_job(number, job, jobs.write_credit(job, "2026-11-30"))
    assert archive.jobs.open_job() is None
    assert [credit.end for credit in archive.jobs.list_credits()] == ["cancelled"]
    with pytest.raises(StorageError, match="no job 9"):
        archive.jobs.save_job(9, job)
    archive.close()


def test_takes_of_a_job_are_found_without_the_job(path):
    archive = open_archive(path)
    number = archive.jobs.add_job(jobs.accept(make_call(), NOW))
    kept = archive.add_take(make_take(mode=jobs.take_mode(number)))
    archive.add_take(make_take(mode="punch"))
    archive.add_take(make_take(mode=jobs.take_mode(number + 10)))
    assert archive.jobs.list_job_takes(number) == [kept]
    archive.close()


def test_a_killed_program_loses_no_step(path):
    code = (
        "import os, signal, sys; from pathlib import Path; sys.path.insert(0, 'tests')\n"
        "from test_storage_jobs import NOW, jobs, make_call, make_take\n"
        "from game.storage.archive import open_archive\n"
        "archive = open_archive(Path(sys.argv[1]))\n"
        "job = jobs.enter(jobs.put_up(jobs.accept(make_call(), NOW), b'x'), NOW)\n"
        "number = archive.jobs.add_job(job)\n"
        "archive.add_take(make_take(mode=jobs.take_mode(number)))\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    process = run_python(code, path)
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    archive = open_archive(path)
    number, job = archive.jobs.open_job()
    assert job.phase == jobs.STUDIO
    assert jobs.missing_takes(job, archive.jobs.list_job_takes(number)) == (1,)
    archive.close()


def test_a_backup_brings_the_diary_with_the_takes_new_numbers(path, tmp_path):
    archive = open_archive(path)
    take = archive.add_take(make_take(mode=jobs.take_mode(1)))
    job = jobs.enter(jobs.accept(make_call(), NOW), NOW)
    number = archive.jobs.add_job(job)
    one = jobs.Pass(take, 90.0)
    job = jobs.deliver(jobs.keep_take(job, take, one), one)
    archive.jobs.save_job(number, job, jobs.write_credit(job, "2026-11-30"))
    archive.close()
    save_backup(path, tmp_path / "copy.db")
    other = open_archive(tmp_path / "other.db")
    for minute in range(3):
        other.add_take(make_take(started_at=f"2025-01-01T00:0{minute}:00+00:00"))
    restore_backup(other, tmp_path / "copy.db")
    restore_backup(other, tmp_path / "copy.db")
    (credit,) = other.jobs.list_credits()
    assert credit.paid == 160
    assert other.load_take(credit.take_id).mode == jobs.take_mode(1)
    other.close()
