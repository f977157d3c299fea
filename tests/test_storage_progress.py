"""What the archive sums up over takes."""

import sqlite3
from contextlib import closing
from datetime import date
from fractions import Fraction

import msgspec
import pytest
from fakes import make_chart
from test_storage import make_scorecard, make_take

from exercises.chart import write_chart_json
from game.coach.ability import estimate
from game.coach.standing import Run
from game.events import NoteEvent
from game.scoring.results import NoteJudgement
from game.storage.archive import open_archive
from game.storage.backup import restore_backup
from game.take import CompPart, Conditions, Region

DAY = date(2026, 5, 1)
FIRST_TABLES = {
    *("takes", "recordings", "scorecards", "scorecard_sheets", "settings", "alembic_version"),
}
"""Those of the first step."""


@pytest.fixture(params=["memory", "file"])
def archive(request, tmp_path):
    opened = open_archive(None if request.param == "memory" else tmp_path / "first-take.db")
    yield opened
    opened.close()


def events(seconds=20.0, count=8):
    return tuple(NoteEvent(seconds * n / (count - 1), "on", 60 + n, 64) for n in range(count))


def a_take(number=1, **changes):
    chart = write_chart_json(make_chart(style="jazz", level=4))
    fields = {
        "code": f"CODE{number}",
        "chart_json": chart,
        "events": events(),
        "style": "jazz",
        "ended": "finished",
        "interruptions": (),
    }
    return make_take(**{**fields, **changes})


def a_grade(total=80.0, right=12):
    judged = tuple(
        NoteJudgement(
            f"n{n}", n, 60, 1, "match" if n <= right else "omission", None, 0.0, "great", 1.0, 64
        )
        for n in range(1, 17)
    )
    return msgspec.structs.replace(make_scorecard(total), notes=judged)


def keep(archive, number, total=80.0, **changes):
    take_id = archive.add_take(a_take(number, **changes))
    archive.add_scorecard(take_id, a_grade(total))
    return take_id


def test_a_day_is_the_sum_of_its_takes(archive):
    keep(archive, 1)
    keep(archive, 2, total=60.0, started_at="2026-05-01T23:59:00+02:00")
    keep(archive, 3, started_at="2026-05-02T00:00:00+02:00")
    archive.add_take(a_take(4, ended="stopped"))
    progress = archive.history.load_progress(DAY, DAY)
    assert len(progress.days) == 1
    day = progress.days[0]
    assert (day.day, day.takes, day.finished) == (DAY, 3, 2)
    assert (day.seconds, day.total, day.notes, day.right) == (60.0, 70.0, 32, 24)
    assert (day.bias_ms, day.spread_ms) == (-4.2, 13.1)
    assert [w.day for w in archive.history.load_standing().days] == [DAY, date(2026, 5, 2)]


def test_the_performers_takes_are_not_the_players(archive):
    keep(archive, 1, source="performer")
    standing = archive.history.load_standing()
    assert standing.days == ()
    assert standing.abilities.takes == (0,)


def test_tallies_are_summed_over_the_stretch(archive):
    keep(archive, 1)
    keep(archive, 2, started_at="2026-06-01T10:00:00+02:00")
    both = archive.history.load_progress(DAY, date(2026, 6, 1))
    one = archive.history.load_progress(DAY, DAY)
    assert {(t.trials, t.right) for t in both.tallies if t.kind == "key"} == {(32, 24)}
    assert {(t.trials, t.right) for t in one.tallies if t.kind == "key"} == {(16, 12)}
    assert {t.name for t in one.tallies if t.kind == "style"} == {"jazz"}


def test_only_the_first_take_of_a_chart_is_a_first_take(archive):
    keep(archive, 1, total=50.0)
    before = archive.history.load_standing().abilities
    keep(archive, 1, total=99.0)
    assert archive.history.load_standing().abilities == before
    assert [take.is_first_sight for take in archive.list_takes(2)] == [False, True]
    assert archive.history.has_seen("CODE1")
    assert not archive.history.has_seen("CODE2")
    assert archive.history.load_progress(DAY, DAY).bests[0].total == 50.0


def test_a_chart_that_was_heard_is_not_read_at_sight(archive, tmp_path):
    archive.add_take(a_take(code="HEARD", conditions=Conditions(heard=True)))
    archive.add_take(a_take(code="SIGHT"))
    assert [take.is_first_sight for take in archive.list_takes(2)] == [True, False]
    # Nor after a backup was brought in.
    other = open_archive(tmp_path / "other.db")
    other.add_take(a_take(code="HEARD", started_at="2026-06-01T10:00:00+02:00"))
    other.close()
    restore_backup(archive, tmp_path / "other.db")
    assert [take.is_first_sight for take in archive.list_takes(3)] == [False, True, False]


def test_a_chart_without_a_code_is_known_by_its_bytes(archive):
    archive.add_take(a_take(code=""))
    archive.add_take(a_take(code=""))
    other = write_chart_json(make_chart(style="jazz", level=5))
    archive.add_take(a_take(code="", chart_json=other))
    assert [take.is_first_sight for take in archive.list_takes(3)] == [True, False, True]


def test_abilities_move_with_the_takes_and_the_ratings_remember(archive):
    for number, total in enumerate((95.0, 95.0, 96.0), 1):
        keep(archive, number, total, level=6, started_at=f"2026-05-0{number}T10:00:00+02:00")
    standing = archive.history.load_standing()
    assert estimate(standing.abilities, "jazz").mean > 5
    ratings = archive.history.load_progress(DAY, date(2026, 5, 3)).ratings
    assert [r.day.day for r in ratings] == [1, 2, 3]
    assert ratings[0].error > ratings[2].error


def test_a_genre_is_remembered_as_it_was_three_months_ago(archive):
    for number, day in enumerate(("01-10", "01-20", "04-30"), 1):
        keep(archive, number, 60.0 + 15.0 * number, started_at=f"2026-{day}T10:00:00+02:00")
    keep(archive, 4, style="rock", started_at="2026-04-30T11:00:00+02:00")
    progress = archive.history.load_progress(DAY, DAY)
    (before,) = progress.before
    assert (before.name, before.day) == ("style:jazz", date(2026, 1, 20))
    assert before.mean < estimate(progress.standing.abilities, "jazz").mean
    assert archive.history.load_progress(DAY, date(2026, 4, 1)).before == ()


def test_what_is_played_under_a_task_counts_as_time_alone(archive):
    keep(archive, 1, mode="rhythm")
    keep(archive, 2)
    progress = archive.history.load_progress(DAY, DAY)
    assert (progress.days[0].takes, progress.days[0].finished) == (2, 2)
    assert progress.days[0].notes == 16
    assert progress.standing.abilities.takes[0] == 1
    assert [take.is_first_sight for take in archive.list_takes(2)] == [True, False]
    # The chart has been seen all the same: it is no first take any more.
    keep(archive, 1)
    assert not archive.list_takes(1)[0].is_first_sight
    before = archive.history.load_progress(DAY, DAY)
    archive.history.balance()
    assert archive.history.load_progress(DAY, DAY) == before


def test_punches_and_comps_are_no_first_takes(archive):
    region = Region(Fraction(0), Fraction(4))
    punch = archive.add_take(a_take(1, mode="punch", region=region))
    assert archive.history.load_progress(DAY, DAY).days[0].finished == 0
    first = keep(archive, 2)
    before = archive.history.load_progress(DAY, DAY)
    parts = (CompPart(first, Region(Fraction(0), Fraction(16))), CompPart(punch, region))
    archive.comps.add_comp("2026-05-01T20:00:00+02:00", parts)
    assert archive.history.load_progress(DAY, DAY) == before
    assert before.standing.abilities.takes[0] == 1
    assert len(before.bests) == 1


def test_books_made_again_are_the_same_books(archive):
    for number in range(1, 8):
        keep(
            archive, number, 60.0 + 5 * number,
            started_at=f"2026-05-0{number}T10:00:00+02:00", level=1 + number % 3,
        )  # fmt: skip
    archive.add_take(a_take(50, ended="stopped", started_at="2026-05-08T10:00:00+02:00"))
    stretch = (DAY, date(2026, 5, 31))
    before = archive.history.load_progress(*stretch)
    archive.history.balance()
    assert archive.history.load_progress(*stretch) == before


def test_a_take_that_is_graded_again_is_counted_once(archive):
    take_id = keep(archive, 1, total=40.0)
    archive.add_scorecard(take_id, a_grade(90.0, right=16))
    progress = archive.history.load_progress(DAY, DAY)
    assert (progress.days[0].total, progress.days[0].right) == (90.0, 16)
    assert progress.standing.abilities.takes[0] == 1
    assert progress.bests[0].total == 90.0


def test_runs_are_kept_by_what_they_can_be_compared_with(archive):
    first = Run("2026-05-01T10:00:00+02:00", "drill", "3 min level 4", 70.0, 60.0, 0.8, 180.0)
    second = msgspec.structs.replace(first, score=80.0)
    other = msgspec.structs.replace(first, name="5 min level 4")
    for run in (first, second, other):
        archive.history.add_run(run)
    assert archive.history.list_runs("drill", "3 min level 4") == [second, first]
    assert archive.history.list_runs("drill", limit=1) == [other]
    assert archive.history.list_runs("exam") == []
    assert archive.history.add_run(msgspec.structs.replace(other, score=9.0), 3) == 3
    assert archive.history.list_runs("drill", limit=1)[0].score == 9.0
    assert archive.history.add_run(first, 99) == 4


def test_takes_from_before_the_books_are_counted(tmp_path):
    path = tmp_path / "first-take.db"
    archive = open_archive(path)
    for number in (1, 2):
        keep(archive, number, started_at=f"2026-05-0{number}T10:00:00+02:00")
    stretch = (DAY, date(2026, 5, 31))
    before = archive.history.load_progress(*stretch)
    archive.close()
    with closing(sqlite3.connect(path)) as raw, raw:
        tables = raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for (table,) in tables:
            if table not in FIRST_TABLES and not table.startswith("sqlite_"):
                raw.execute(f"DROP TABLE {table}")
        raw.execute("DROP INDEX takes_by_chart")
        for column in ("chart_key", "first_sight", "mode", "seconds", "struck"):
            raw.execute(f"ALTER TABLE takes DROP COLUMN {column}")
        raw.execute("ALTER TABLE recordings DROP COLUMN conditions")
        raw.execute("UPDATE alembic_version SET version_num = '0001'")
    archive = open_archive(path)
    assert archive.history.load_progress(*stretch) == before
    assert archive.load_take(1).conditions == Conditions()
    archive.close()
