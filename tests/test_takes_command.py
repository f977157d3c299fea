"""Kept takes from the command line: listed, exported, graded again."""

import json

import msgspec
import pytest
from click.testing import CliRunner

from exercises.chart import write_chart_json
from exercises.musicxml import read_chart
from exercises.timeline import Timeline
from game.click_style import ClickStyle
from game.commands.grade import command as grade_command
from game.commands.takes import command
from game.events import NoteEvent
from game.performer.performance import PROFILES, perform
from game.places import database_file
from game.rescoring import regrade
from game.scoring import results
from game.sessions.clicks import seconds_without
from game.storage import database
from game.storage.archive import open_archive
from game.take import Conditions, Take, Versions
from tests.reading import both_hands


def make_take(seed, **changes):
    chart = both_hands()
    take = perform(
        chart, PROFILES["amateur"], timeline=Timeline.steady(90), style=None, level=5, seed=seed
    )
    noodling = (NoteEvent(-4.0, "on", 60, 64), NoteEvent(-3.8, "off", 60, 0))
    made = Take(
        code="", chart_json=write_chart_json(chart), quarter_bpm=90.0,
        events=(*noodling, *take.events), latency_ms=0.0, started_at="2026-05-01T20:15:00+02:00",
        versions=Versions("0.1.0", "3"), style="none", level=5, seed=1,
    )  # fmt: skip
    return msgspec.structs.replace(made, **changes)


@pytest.fixture
def archive(tmp_path, monkeypatch):
    monkeypatch.setenv("FIRST_TAKE_HOME", str(tmp_path / "home"))
    opened = open_archive(database_file())
    yield opened
    opened.close()


def call(*words, expect=0):
    result = CliRunner().invoke(command, [str(word) for word in words])
    assert result.exit_code == expect, result.output
    return result.stdout


def test_takes_are_listed_with_the_rules_that_graded_them(archive):
    first = archive.add_take(make_take(1))
    archive.add_take(make_take(2, ended="stopped"))
    archive.add_scorecard(first, regrade(make_take(1)))
    listed = json.loads(call("--json"))
    assert listed["format"] == "first-take/takes"
    assert [(take["id"], take["rules"]) for take in listed["takes"]] == [
        (2, None),
        (1, results.RULES_VERSION),
    ]
    shown = call()
    assert "stopped" in shown
    assert "2026-05-01 20:15" in shown


def test_an_exported_take_is_graded_alike(archive, tmp_path):
    take_id = archive.add_take(make_take(3))
    archive.add_scorecard(take_id, regrade(make_take(3)))
    call("export", take_id, "-o", tmp_path / "out")
    folder = tmp_path / "out"
    assert sorted(path.name for path in folder.iterdir()) == [
        "chart.json", "chart.musicxml", "grade.json", "take.json", "take.mid",
    ]  # fmt: skip
    kept = json.loads((folder / "grade.json").read_text())
    words = [str(folder / "chart.json"), str(folder / "take.mid"), "--tempo", "90", "--json"]
    again = json.loads(CliRunner().invoke(grade_command, words).stdout)
    assert again["scores"]["total"] == pytest.approx(kept["scores"]["total"], abs=0.1)
    verdicts = [[note["verdict"] for note in grade["notes"]] for grade in (again, kept)]
    assert verdicts[0] == verdicts[1]
    assert json.loads((folder / "take.json").read_text())["quarter_bpm"] == 90


@pytest.mark.parametrize(
    ("form", "begins"),
    [
        ("svg", b"<svg"),
        ("png", b"\x89PNG"),
        ("musicxml", b"<?xml"),
        ("midi", b"MThd"),
        ("words", b"Take 1: "),
    ],
)
def test_a_take_is_one_file_in_a_form(archive, tmp_path, form, begins):
    take_id = archive.add_take(make_take(3))
    path = tmp_path / "sheet"
    call("export", take_id, "--format", form, "-o", path)
    data = path.read_bytes()
    assert data.startswith(begins)
    if form in {"svg", "musicxml", "words"}:
        # What an amateur gets wrong is signed, or said.
        sign = "another key was played" if form == "words" else "✗"
        assert sign in data.decode()
    if form == "musicxml":
        document = tmp_path / "sheet.musicxml"
        document.write_bytes(data)
        assert len(read_chart(document).notes) == len(both_hands().notes)
    if form == "words":
        assert call("export", take_id, "--format", form).encode() == data


def test_an_export_without_a_place_says_what_to_do(archive, tmp_path):
    take_id = archive.add_take(make_take(3))
    for words, said in (
        (("export", take_id), "-o DIR"),
        (("export", take_id, "--format", "svg", "-o", tmp_path), "choose another place"),
    ):
        result = CliRunner().invoke(command, [str(word) for word in words])
        assert result.exit_code == 2
        assert said in result.output


def test_takes_of_older_rules_are_graded_again(archive, monkeypatch):
    takes = [make_take(seed) for seed in (4, 5, 6)]
    numbers = [archive.add_take(take) for take in takes]
    fresh = regrade(takes[0])
    poor = msgspec.structs.replace(fresh, scores=msgspec.structs.replace(fresh.scores, total=1.0))
    with monkeypatch.context() as older:
        older.setattr(database, "RULES_VERSION", results.RULES_VERSION - 1)
        archive.add_scorecard(numbers[0], poor)
    archive.add_scorecard(numbers[1], regrade(takes[1]))
    told = json.loads(call("rescore", "--json"))
    assert told["graded"] == 2
    assert [one["id"] for one in told["changed"]] == [numbers[0], numbers[2]]
    assert told["changed"][0]["before"] == 1.0
    assert archive.load_scorecard(numbers[0]) == fresh
    assert "every take" in call("rescore")
    assert "3 takes graded, 0" in call("rescore", "--all")
    assert archive.list_rules() == dict.fromkeys(numbers, results.RULES_VERSION)


def test_the_drift_without_the_click_is_told_for_files_and_when_graded_again(archive, tmp_path):
    click = ClickStyle(bars_on=1, bars_off=3)
    silent_s = seconds_without(both_hands(), click, Timeline.steady(90))
    conditions = Conditions(click=click, silent_s=silent_s)
    take_id = archive.add_take(make_take(3, conditions=conditions))
    call("rescore")
    inner = archive.load_scorecard(take_id).inner_time
    assert inner.onsets > 3
    call("export", take_id, "-o", tmp_path)
    assert json.loads((tmp_path / "take.json").read_text())["conditions"]["click"]["bars_off"] == 3
    words = [str(tmp_path / "chart.json"), str(tmp_path / "take.mid"), "--tempo", "90"]
    words += ["--bars-on", "1", "--bars-off", "3"]
    told = json.loads(CliRunner().invoke(grade_command, [*words, "--json"]).stdout)["inner_time"]
    assert told["drift_percent"] == pytest.approx(inner.drift_percent, abs=0.1)
    assert "Without the click" in CliRunner().invoke(grade_command, words).stdout
    result = CliRunner().invoke(grade_command, [*words, "--bars-on", "0"])
    assert result.exit_code


def test_a_take_that_cannot_be_graded_stops_no_other(archive):
    archive.add_take(make_take(7, chart_json=b"{}"))
    good = archive.add_take(make_take(8))
    told = json.loads(call("rescore", "--json", expect=1))
    assert [one["id"] for one in told["failed"]] == [1]
    assert archive.load_scorecard(good) is not None


def test_the_same_take_is_graded_to_the_same_bytes():
    assert regrade(make_take(9)) == regrade(make_take(9))


@pytest.mark.usefixtures("archive")
def test_a_missing_take_is_one_line(tmp_path):
    result = CliRunner().invoke(command, ["export", "7", "-o", str(tmp_path)])
    assert "there is no take 7" in str(result.exception)


@pytest.mark.usefixtures("archive")
def test_no_takes_yet():
    assert "no takes yet" in call()
