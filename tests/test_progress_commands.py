"""`stats`, `players` and `backup`, and what becomes of progress when things go wrong."""

import csv
import json
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import date, datetime
from io import StringIO
from pathlib import Path

import pytest
from click.testing import CliRunner
from test_storage_progress import a_grade, a_take, keep

from game import places
from game.cli import root
from game.coach.days import read_streak
from game.storage.archive import StorageError, open_archive
from game.storage.backup import restore_backup, save_backup

ROOT = Path(__file__).resolve().parent.parent
MAY = (date(2026, 5, 1), date(2026, 5, 31))


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("FIRST_TAKE_HOME", str(tmp_path / "home"))
    monkeypatch.delenv(places.PLAYER_VARIABLE, raising=False)
    return tmp_path / "home"


def run(*args):
    result = CliRunner().invoke(root, args)
    return result.exit_code, result.output


def fill(count=3):
    archive = open_archive(places.database_file())
    for number in range(1, count + 1):
        stamp = datetime.now().astimezone().isoformat(timespec="seconds")
        keep(archive, number, 70.0 + number, started_at=stamp)
    archive.close()


def test_stats_of_nobody():
    code, text = run("stats")
    assert code == 0
    assert "Nothing has been practised" in text
    document = json.loads(run("stats", "--json")[1])
    assert (document["format"], document["rating"], document["days"]) == (
        "first-take/stats", None, [],
    )  # fmt: skip


def test_stats_in_three_formats():
    fill()
    code, text = run("stats")
    assert code == 0
    assert "rating" in text
    assert "3 takes" in text
    document = json.loads(run("stats", "--json", "--period", "today")[1])
    assert document["streak"]["current"] == 1
    assert document["days"][0]["takes"] == 3
    assert document["genres"]["jazz"]["takes"] == 3
    rows = list(csv.DictReader(StringIO(run("stats", "--csv")[1])))
    assert [float(row["total"]) for row in rows] == [71.0, 72.0, 73.0]
    assert {row["style"] for row in rows} == {"jazz"}


def test_two_formats_at_once_are_refused():
    assert run("stats", "--json", "--csv")[0] == 2


def test_players_have_takes_and_streaks_of_their_own():
    fill(3)
    assert run("players", "ben")[0] == 0
    assert places.current_player() == "ben"
    assert json.loads(run("stats", "--json")[1])["streak"]["current"] == 0
    fill(1)
    document = json.loads(run("players", "--json")[1])
    assert document["players"] == [
        {"name": "", "plays": False}, {"name": "ben", "plays": True},
    ]  # fmt: skip
    assert run("players", "--first")[0] == 0
    assert json.loads(run("stats", "--json")[1])["streak"]["current"] == 1


def test_the_environment_chooses_a_player_for_once(home, monkeypatch):
    monkeypatch.setenv(places.PLAYER_VARIABLE, "ann")
    assert places.database_file() == home / "data" / "players" / "ann" / "first-take.db"
    monkeypatch.setenv(places.PLAYER_VARIABLE, "../../etc")
    assert places.database_file() == home / "data" / "first-take.db"


@pytest.mark.parametrize("name", ["../x", "", "a b", "x" * 25, "."])
def test_a_name_that_is_no_folder_is_refused(name):
    code, _ = run("players", name)
    assert code != 0
    assert places.current_player() == ""


def test_a_backup_comes_back_whole(tmp_path):
    fill(4)
    copy = tmp_path / "copy.db"
    assert run("backup", "save", str(copy))[0] == 0
    before = json.loads(run("stats", "--json")[1])
    places.database_file().unlink()
    code, text = run("backup", "restore", str(copy))
    assert (code, text) == (0, "4 takes and 0 results were new\n")
    assert json.loads(run("stats", "--json")[1]) == before
    assert run("backup", "restore", str(copy))[1].startswith("0 takes")


def test_a_backup_is_merged_in_the_order_of_playing(tmp_path):
    first, second = (open_archive(tmp_path / f"{n}.db") for n in (1, 2))
    keep(first, 1, 60.0, started_at="2026-05-03T10:00:00+02:00")
    keep(first, 3, 80.0, started_at="2026-05-04T10:00:00+02:00")
    keep(second, 1, 90.0, started_at="2026-05-01T10:00:00+02:00")
    second.close()
    assert restore_backup(first, tmp_path / "2.db") == (1, 0)
    assert [take.is_first_sight for take in first.list_takes(3)] == [True, True, False]
    progress = first.history.load_progress(*MAY)
    assert [day.total for day in progress.days] == [90.0, 60.0, 80.0]
    assert progress.standing.abilities.takes[0] == 2
    first.close()


def test_what_is_no_backup_is_refused_and_nothing_is_overwritten(tmp_path):
    archive = open_archive(tmp_path / "a.db")
    keep(archive, 1)
    other = tmp_path / "notes.txt"
    other.write_text("no database" * 100)
    with pytest.raises(StorageError, match=r"notes\.txt is damaged or no database"):
        restore_backup(archive, other)
    with pytest.raises(StorageError, match="there is no backup"):
        restore_backup(archive, tmp_path / "nowhere.db")
    with pytest.raises(StorageError, match="is there already"):
        save_backup(tmp_path / "a.db", other)
    assert len(archive.list_takes(5)) == 1
    archive.close()


# -- when things go wrong

PLAYS = """
import sys
from pathlib import Path
from test_storage_progress import a_grade, a_take
from game.storage.archive import open_archive
archive = open_archive(Path(sys.argv[1]))
for number in range(200):
    take = a_take(number, started_at=f"2026-05-{1 + number % 28:02d}T20:00:00+02:00")
    take_id = archive.add_take(take)
    archive.add_scorecard(take_id, a_grade(80.0))
    print(take_id, flush=True)
"""


def play_in_a_process(path):
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "tests")))}
    return subprocess.Popen(
        [sys.executable, "-c", PLAYS, str(path)],
        env=environment, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


@pytest.mark.parametrize("after", [2, 25])
def test_a_killed_game_leaves_whole_takes_and_the_right_streak(tmp_path, after):
    path = tmp_path / "first-take.db"
    game = play_in_a_process(path)
    said = [int(game.stdout.readline()) for _ in range(after)]
    game.send_signal(signal.SIGKILL)
    said += [int(line) for line in game.stdout.read().split()]
    game.wait()
    archive = open_archive(path)
    kept = archive.list_takes(500)
    assert {take.id for take in kept} >= set(said)
    before = archive.history.load_progress(*MAY)
    assert sum(day.takes for day in before.days) == len(kept)
    # A take that had not been graded yet is there, ungraded.
    assert sum(take.total is None for take in kept) <= 1
    streak = read_streak(before.standing.days, max(d.day for d in before.days))
    archive.history.balance()
    after_all = archive.history.load_progress(*MAY)
    assert [day.seconds for day in after_all.days] == [day.seconds for day in before.days]
    assert read_streak(after_all.standing.days, max(d.day for d in before.days)) == streak
    archive.close()
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_two_games_on_one_file_count_everything(tmp_path):
    path = tmp_path / "first-take.db"
    first, second = open_archive(path), open_archive(path)
    for number in range(6):
        archive = (first, second)[number % 2]
        keep(archive, number, started_at=f"2026-05-0{1 + number // 2}T10:00:00+02:00")
    for archive in (first, second):
        progress = archive.history.load_progress(*MAY)
        assert [day.takes for day in progress.days] == [2, 2, 2]
        assert progress.standing.abilities.takes[0] == 6
        archive.close()


def test_a_locked_file_is_told_in_a_line_and_nothing_is_lost(tmp_path):
    path = tmp_path / "first-take.db"
    archive = open_archive(path, busy_s=0.05)
    take_id = archive.add_take(a_take(1))
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageError, match="in use by another program"):
            archive.add_scorecard(take_id, a_grade(80.0))
        assert archive.history.load_progress(*MAY).days[0].takes == 1
    archive.add_scorecard(take_id, a_grade(80.0))
    assert archive.history.load_progress(*MAY).days[0].total == 80.0
    archive.close()


def test_a_full_disk_is_told_in_a_line_and_keeps_what_was_there(tmp_path):
    archive = open_archive(tmp_path / "first-take.db")
    keep(archive, 1)
    with archive.transaction() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StorageError, match="no room left"):
        [keep(archive, number) for number in range(2, 300)]
    kept = archive.list_takes(400)
    assert sum(d.takes for d in archive.history.load_progress(*MAY).days) == len(kept)
    archive.close()
