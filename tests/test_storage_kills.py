"""What is kept of a game that is killed at any moment, of books that are old, and of two games."""

import os
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from datetime import date
from pathlib import Path

import msgspec
import pytest
from test_storage_files import as_somebody, open_folder  # noqa: F401 - a fixture
from test_storage_progress import a_grade, a_take, keep

from game.coach.standing import Run
from game.storage.archive import StorageError, open_archive

ROOT = Path(__file__).resolve().parent.parent
MAY = (date(2026, 5, 1), date(2026, 5, 31))
CALL = Run("2026-05-01T10:00:00+02:00", "daily", "2026-05-01", None, None, None, 0.0)

KILLED = """
import os, random, signal, sqlite3, sys
from datetime import date
from pathlib import Path
import msgspec
from game.coach.days import read_streak
from game.coach.standing import Run
from game.storage.archive import open_archive
from test_storage_kills import CALL, MAY
from test_storage_progress import a_grade, a_take

MODES = ("", "drill", "rhythm", "wait", "daily", "punch")

def play(path, pipe, start):
    "One game: takes of every mode, each begun, kept, graded; runs opened and replaced."
    archive = open_archive(path)
    for number in range(start, start + 1000):
        mode = MODES[number % len(MODES)]
        run = archive.history.add_run(msgspec.structs.replace(CALL, name=str(number)))
        take = a_take(number, mode=mode, started_at=f"2026-05-{1 + number % 28:02d}T20:00:00+02:00")
        take_id = archive.add_take(take)
        os.write(pipe, b"take %d %d\\n" % (take_id, number))
        archive.add_scorecard(take_id, a_grade(80.0))
        os.write(pipe, b"grade %d %d\\n" % (take_id, number))
        archive.history.add_run(msgspec.structs.replace(CALL, name=str(number), score=80.0), run)
        os.write(pipe, b"run %d %d\\n" % (run, number))

def kill_one(path, dice, start):
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        os.close(reader)
        play(path, writer, start)
        os._exit(0)
    os.close(writer)
    said = b""
    lines = dice.randrange(1, 8)
    while said.count(b"\\n") < lines:
        said += os.read(reader, 64)
    for _ in range(dice.randrange(40_000)):
        pass
    os.kill(child, signal.SIGKILL)
    while more := os.read(reader, 4096):
        said += more
    os.waitpid(child, 0)
    os.close(reader)
    return [line.split() for line in said.decode().splitlines()]

def check(path, said, kills):
    archive = open_archive(path)
    kept = {take.id: take for take in archive.list_takes(100_000)}
    punches = sum(MODES[int(n) % len(MODES)] == "punch" for w, _, n in said if w == "take")
    for word, number, played in said:
        mode = MODES[int(played) % len(MODES)]
        if word == "take":
            take = archive.load_take(int(number))
            assert len(take.events) == 8 and take.mode == mode and take.ended == "finished"
        elif word == "grade" and mode != "punch":
            assert kept[int(number)].total == 80.0
    runs = {int(r.name): r.score for r in archive.history.list_runs("daily", limit=100_000)}
    assert all(runs[int(played)] == 80.0 for word, _, played in said if word == "run")
    assert sum(take.total is None for take in kept.values()) <= kills
    before = archive.history.load_progress(*MAY)
    takes = sum(day.takes for day in before.days)
    assert len(kept) + punches <= takes <= len(kept) + punches + kills
    streak = read_streak(before.standing.days, date(2026, 5, 28))
    archive.history.balance()
    after = archive.history.load_progress(*MAY)
    assert [(d.takes, d.finished, d.notes) for d in after.days] == [
        (d.takes, d.finished, d.notes) for d in before.days]
    assert read_streak(after.standing.days, date(2026, 5, 28)) == streak
    archive.close()
    raw = sqlite3.connect(path)
    assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert raw.execute("SELECT count(*) FROM takes LEFT JOIN recordings ON take_id = id "
                       "WHERE take_id IS NULL").fetchone() == (0,)
    assert raw.execute("SELECT count(*) FROM outcomes WHERE take_id NOT IN "
                       "(SELECT take_id FROM scorecards)").fetchone() == (0,)
    raw.close()

path, kills = Path(sys.argv[1]), int(sys.argv[2])
open_archive(path).close()
dice, said, start = random.Random(3), [], 0
for number in range(1, kills + 1):
    heard = kill_one(path, dice, start)
    said += heard
    start += 1 + sum(word == "take" for word, _, _ in heard)
    if number == kills // 2:
        check(path, said, number)
check(path, said, kills)
print(len(said))
"""


def test_two_dozen_kills_in_takes_of_every_mode_lose_nothing_and_halve_nothing(tmp_path):
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "tests")))}
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path / "first-take.db"), "24"],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) >= 48


def test_two_games_at_once_count_everything(tmp_path):
    path = tmp_path / "first-take.db"
    open_archive(path).close()

    def play(first):
        archive = open_archive(path)
        for number in range(first, first + 12):
            keep(archive, number, started_at=f"2026-05-{number % 12 + 1:02d}T10:00:00+02:00")
            archive.history.add_run(msgspec.structs.replace(CALL, name=str(number)))
        archive.close()

    games = [threading.Thread(target=play, args=(first,)) for first in (0, 12)]
    for game in games:
        game.start()
    for game in games:
        game.join()
    archive = open_archive(path)
    progress = archive.history.load_progress(*MAY)
    assert [day.takes for day in progress.days] == [2] * 12
    assert progress.standing.abilities.takes[0] == 24
    assert len(archive.history.list_runs("daily")) == 24
    archive.history.balance()
    assert archive.history.load_progress(*MAY).days == progress.days
    archive.close()


def test_a_call_that_one_game_has_opened_is_taken_in_the_other(tmp_path):
    first, second = (open_archive(tmp_path / "first-take.db") for _ in range(2))
    number = first.history.add_run(CALL)
    assert [run.score for run in second.history.list_runs("daily", CALL.name)] == [None]
    first.history.add_run(msgspec.structs.replace(CALL, score=70.0), number)
    assert [run.score for run in second.history.list_runs("daily", CALL.name)] == [70.0]
    first.close()
    second.close()


# -- books that are old, or cannot be understood


@pytest.fixture
def path(tmp_path):
    """Three graded takes on two days."""
    file = tmp_path / "first-take.db"
    archive = open_archive(file)
    for number in (1, 2, 3):
        keep(archive, number, started_at=f"2026-05-0{1 + number // 2}T10:00:00+02:00")
    archive.history.add_run(CALL)
    archive.history.load_standing()
    archive.close()
    return file


def change(path, *statements):
    with closing(sqlite3.connect(path)) as raw, raw:
        for statement in statements:
            raw.execute(statement)


def read(path):
    archive = open_archive(path)
    try:
        return archive.history.load_progress(*MAY)
    finally:
        archive.close()


@pytest.mark.parametrize(
    "statements",
    [
        # By the rules of an earlier program.
        ("UPDATE books SET value = '1' WHERE name = 'version'", "UPDATE days SET takes = 7"),
        ("DELETE FROM books WHERE name = 'version'", "DELETE FROM ratings"),
        # What cannot be understood.
        ("UPDATE books SET value = '{\"nam' WHERE name = 'abilities'",),
        ("UPDATE books SET value = '[]' WHERE name = 'abilities'",),
        ("UPDATE days SET first_at = 'yesterday'",),
    ],
)
def test_books_that_are_old_or_damaged_are_made_again(path, statements):
    before = read(path)
    change(path, *statements)
    assert read(path) == before


def test_takes_that_a_program_without_these_books_has_kept_are_counted(path):
    change(
        path,
        "CREATE TEMP TABLE more AS SELECT * FROM takes WHERE id = 3",
        "UPDATE more SET id = 4, code = 'OTHER', chart_key = 'OTHER'",
        "INSERT INTO takes SELECT * FROM more",
    )
    assert sum(day.takes for day in read(path).days) == 4


def test_a_grade_is_kept_over_damaged_books(path):
    change(path, "UPDATE books SET value = 'x' WHERE name = 'abilities'")
    archive = open_archive(path)
    take_id = archive.add_take(a_take(9))
    archive.add_scorecard(take_id, a_grade(90.0))
    assert archive.list_takes(1)[0].total == 90.0
    assert archive.history.load_standing().abilities.takes[0] == 4
    archive.close()


def test_old_books_of_a_file_that_cannot_be_written_are_read_as_they_are(open_folder):  # noqa: F811
    path = open_folder / "first-take.db"
    archive = open_archive(path)
    keep(archive, 1)
    archive.history.load_standing()
    archive.close()
    change(path, "UPDATE books SET value = '1' WHERE name = 'version'")
    path.chmod(0o444)
    open_folder.chmod(0o777)
    with as_somebody():
        archive = open_archive(path)
        assert len(archive.history.load_progress(*MAY).days) == 1
        with pytest.raises(StorageError, match="writable, or set FIRST_TAKE_HOME"):
            archive.history.add_run(CALL)
        archive.close()


@pytest.mark.parametrize("table", ["days", "tallies", "ratings", "bests", "strengths", "runs"])
def test_a_table_of_progress_that_is_damaged_is_told_in_a_line(path, table):
    with closing(sqlite3.connect(path)) as raw:
        size = raw.execute("PRAGMA page_size").fetchone()[0]
        page = raw.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()
    data = bytearray(path.read_bytes())
    start = (page[0] - 1) * size
    data[start : start + size] = b"\xa5" * size
    path.write_bytes(data)
    archive = open_archive(path)

    def look_back():
        archive.history.load_progress(*MAY)
        archive.history.list_runs("daily")

    with pytest.raises(StorageError, match=r"is damaged .* move it away to start anew") as caught:
        look_back()
    assert "\n" not in str(caught.value)
    # The takes themselves are not concerned.
    assert [take.total for take in archive.list_takes(3)] == [80.0] * 3
    assert archive.load_take(1).events
    archive.close()
