"""What is kept comes back as it was, from memory and from a file."""

from __future__ import annotations

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction

import msgspec
import pytest

from game.click_style import ClickStyle
from game.events import NoteEvent
from game.scoring import results
from game.scoring.results import (
    BarVerdict,
    Diagnosis,
    ExtraJudgement,
    FlowReport,
    NoteJudgement,
    Scorecard,
    Scores,
    TimeReport,
)
from game.settings import Calibration, Settings
from game.storage import database
from game.storage.archive import StorageError, open_archive
from game.take import Conditions, Interruption, Take, TakeSummary, Versions


def make_take(**changes) -> Take:
    take = Take(
        code="FT1-abc",
        chart_json=b'{"format": "first-take/chart"}\n' * 50,
        quarter_bpm=92.5,
        events=(
            NoteEvent(-0.1 - 0.2, "pedal", 0, 127),
            NoteEvent(1 / 3, "on", 60, 64, source="keys"),
            NoteEvent(0.5000000001, "off", 60, 0),
        ),
        latency_ms=7.3,
        started_at="2026-05-01T20:15:00+02:00",
        versions=Versions("0.1.0", "3"),
        style="bossa",
        level=4,
        seed=2**32 - 1,
        source="keys",
        ended="stopped",
        interruptions=(Interruption("Piano", 2, 3), Interruption("engine", 3)),
        conditions=Conditions(
            click=ClickStyle(beats="backbeat", bars_off=2),
            silent_s=((1 / 3, 2.5),),
            calibration=Calibration("jack", "Piano", 7.3, 9.1, 40, "2026-05-01T20:00:00+02:00"),
        ),
    )
    return msgspec.structs.replace(take, **changes)


def make_scorecard(total=81.5) -> Scorecard:
    return Scorecard(
        notes=(
            NoteJudgement("n1", Fraction(1, 3), 60, 1, "match", 0, -4.25, "great", 0.9, 64),
            NoteJudgement("n2", Fraction(-1), 62, 2, "omission", None, None, None, None, None),
        ),
        extras=(ExtraJudgement(3, "stray"),),
        scores=Scores(total, 90.0, 80.0, None, 70.5, 100.0, None),
        time=TimeReport(-4.2, 13.1, 0.1, 92.4, 1.8, 12, "behind"),
        flow=FlowReport(0, 1, 0, 1.5, None),
        diagnoses=(Diagnosis("rush", "rushes in bar 3", (3,), 2, {"style": "bossa", "level": 3}),),
        bars=(BarVerdict(1, "clean", 4, 4),),
    )


@pytest.fixture(params=["memory", "file"])
def archive(request, tmp_path):
    path = None if request.param == "memory" else tmp_path / "data" / "first-take.db"
    opened = open_archive(path)
    yield opened
    opened.close()


def test_a_take_comes_back_bit_for_bit(archive):
    take = make_take()
    assert archive.load_take(archive.add_take(take)) == take


def test_a_take_without_a_note_is_a_take(archive):
    take = make_take(events=(), interruptions=(), chart_json=b"")
    assert archive.load_take(archive.add_take(take)) == take


def test_takes_are_listed_newest_first_with_their_totals(archive):
    take = make_take(style="jazz")
    first = archive.add_take(take)
    second = archive.add_take(make_take(ended="finished"))
    archive.add_scorecard(second, make_scorecard())
    at, code = "2026-05-01T20:15:00+02:00", "FT1-abc"
    assert archive.list_takes(10) == [
        TakeSummary(second, at, code, "bossa", 4, 81.5, "finished", "keys", is_first_sight=False),
        TakeSummary(first, at, code, "jazz", 4, None, "stopped", "keys"),
    ]
    assert [take.id for take in archive.list_takes(1)] == [second]
    assert archive.list_takes(0) == archive.list_takes(-1) == []


def test_a_scorecard_comes_back(archive):
    take_id = archive.add_take(make_take())
    assert archive.load_scorecard(take_id) is None
    archive.add_scorecard(take_id, make_scorecard())
    assert archive.load_scorecard(take_id) == make_scorecard()


def test_the_same_rules_replace_their_grade_and_newer_rules_win(archive, monkeypatch):
    take_id = archive.add_take(make_take())
    archive.add_scorecard(take_id, make_scorecard(50.0))
    archive.add_scorecard(take_id, make_scorecard(60.0))
    assert archive.list_takes(1)[0].total == 60.0
    monkeypatch.setattr(database, "RULES_VERSION", results.RULES_VERSION + 1)
    archive.add_scorecard(take_id, make_scorecard(70.0))
    assert archive.list_takes(1)[0].total == archive.load_scorecard(take_id).scores.total == 70.0
    monkeypatch.setattr(database, "RULES_VERSION", results.RULES_VERSION)
    archive.add_scorecard(take_id, make_scorecard(65.0))
    assert archive.list_takes(1)[0].total == 70.0


def test_an_unknown_take_is_named(archive):
    with pytest.raises(StorageError, match=r"no take 7 in .*it holds none yet"):
        archive.load_take(7)
    archive.add_take(make_take())
    with pytest.raises(StorageError, match=r"no take 7 in .*newest is take 1"):
        archive.add_scorecard(7, make_scorecard())


def test_settings_start_at_their_defaults_and_are_kept(archive):
    assert archive.load_settings() == Settings()
    chosen = Settings(midi_in="Nord Piano", preview_s=0, click_volume=0.25, level=9)
    archive.save_settings(chosen)
    assert archive.load_settings() == chosen
    archive.save_settings(Settings())
    assert archive.load_settings() == Settings()


def test_settings_of_a_newer_program_are_left_alone(tmp_path):
    path = tmp_path / "first-take.db"
    archive = open_archive(path)
    archive.save_settings(Settings(level=3))
    with sqlite3.connect(path) as raw:
        raw.execute("""INSERT INTO settings VALUES ('metronome', '"cowbell"')""")
        raw.execute("""UPDATE settings SET value = '"very"' WHERE name = 'preview_s'""")
        raw.execute("UPDATE settings SET value = 'no json' WHERE name = 'theme'")
    assert archive.load_settings() == Settings(level=3)
    archive.save_settings(Settings(level=4))
    with sqlite3.connect(path) as raw:
        kept = dict(raw.execute("SELECT name, value FROM settings"))
    archive.close()
    assert kept["metronome"] == '"cowbell"'
    assert kept["preview_s"] == "30"


def test_a_number_is_never_given_twice(tmp_path):
    path = tmp_path / "first-take.db"
    archive = open_archive(path)
    archive.add_take(make_take())
    last = archive.add_take(make_take())
    archive.add_scorecard(last, make_scorecard())
    with sqlite3.connect(path) as raw:
        raw.execute("PRAGMA foreign_keys = ON")
        raw.execute("DELETE FROM takes WHERE id = ?", (last,))
        left = raw.execute("SELECT count(*) FROM scorecard_sheets").fetchone()
    assert left == (0,)
    assert archive.add_take(make_take()) == last + 1
    archive.close()


def test_threads_share_an_archive(archive):
    gate = threading.Barrier(4)

    def keep(number):
        gate.wait(10)
        ids = [archive.add_take(make_take(seed=number * 100 + index)) for index in range(5)]
        for take_id in ids:
            archive.add_scorecard(take_id, make_scorecard(float(number)))
        return [archive.load_take(take_id).seed for take_id in ids]

    with ThreadPoolExecutor(4) as pool:
        seeds = list(pool.map(keep, range(4)))
    assert seeds == [[number * 100 + index for index in range(5)] for number in range(4)]
    assert len(archive.list_takes(100)) == 20


def test_one_damaged_take_leaves_the_others_readable(tmp_path):
    path = tmp_path / "first-take.db"
    archive = open_archive(path)
    broken, whole = archive.add_take(make_take()), archive.add_take(make_take())
    archive.add_scorecard(broken, make_scorecard())
    with sqlite3.connect(path) as raw:
        raw.execute("UPDATE recordings SET events = x'0102' WHERE take_id = ?", (broken,))
        raw.execute("UPDATE scorecard_sheets SET sheet = x'7b7d'")
    with pytest.raises(StorageError, match=f"take {broken} in .* cannot be read"):
        archive.load_take(broken)
    with pytest.raises(StorageError, match=f"take {broken} in .* cannot be read"):
        archive.load_scorecard(broken)
    assert archive.load_take(whole) == make_take()
    archive.close()
