"""`first-take compose` and `first-take check`."""

import json
import os
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import mido
import pytest

from exercises.chart import read_chart_json, write_chart_json
from game import cli

ROOT = Path(__file__).resolve().parent.parent
DRILL = ("--style", "classical", "--level", "3", "--seed", "7")


@pytest.fixture
def run(monkeypatch, capsysbinary, tmp_path):
    monkeypatch.setenv("FIRST_TAKE_HOME", str(tmp_path / "home"))

    def call(*words):
        monkeypatch.setattr("sys.argv", ["first-take", *map(str, words)])
        code = 0
        try:
            cli.main()
        except SystemExit as leave:
            code = leave.code or 0
        out, err = capsysbinary.readouterr()
        return code, out, err.decode()

    return call


@pytest.mark.parametrize(
    ("form", "start"),
    [
        ("musicxml", b"<?xml"),
        ("midi", b"MThd"),
        ("json", b"{"),
        ("svg", b"<svg"),
        ("png", b"\x89PNG"),
        ("words", b"C major, 3/4"),
    ],
)
def test_every_form_goes_to_standard_output(run, form, start):
    code, out, err = run("compose", *DRILL, "--format", form)
    assert code == 0
    assert out.lstrip().startswith(start)
    assert err.startswith("code ")


def test_text_is_a_page_of_braille(run):
    code, out, _ = run("compose", *DRILL, "--format", "text")
    assert code == 0
    rows = out.decode().splitlines()
    assert any("\u2800" < letter <= "\u28ff" for row in rows for letter in row)
    assert max(map(len, rows)) <= 120


def test_the_same_drill_gives_the_same_bytes_in_any_process(run, tmp_path):
    _, here, _ = run("compose", *DRILL)
    there = subprocess.run(
        [sys.executable, "-m", "game", "compose", *DRILL],
        env={**os.environ, "FIRST_TAKE_HOME": str(tmp_path), "PYTHONHASHSEED": "5"},
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    assert there.stdout == here
    _, other, _ = run("compose", *DRILL[:-1], "8")
    assert other != here


def test_a_code_gives_its_chart_again(run):
    _, out, err = run("compose", *DRILL, "--format", "json")
    code = err.split()[1]
    assert json.loads(out)["drill"]["code"] == code
    assert run("compose", "--code", code, "--format", "json")[1] == out


def test_the_drill_is_what_was_asked_for(run):
    words = ("--key", "Dm", "--meter", "3/4", "--bars", "12", "--tempo", "66", "--hands", "both")
    code, out, _ = run(
        "compose", "--style", "classical", "--level", "4", *words, "--format", "json"
    )
    assert code == 0
    chart = read_chart_json(out)
    drill = chart.drill
    assert (drill.key, drill.meter, drill.bars, drill.quarter_bpm) == ("Dm", "3/4", 12, 66.0)
    assert [bar.number for bar in chart.bars if bar.number] == list(range(1, 13))


def test_a_file_is_written(run, tmp_path):
    path = tmp_path / "take.mid"
    assert run("compose", *DRILL, "--format", "midi", "-o", path)[:2] == (0, b"")
    assert mido.MidiFile(path).length > 0


def test_many_are_composed_with_seeds_counted_up(run, tmp_path):
    folder = tmp_path / "many"
    code, out, err = run("compose", *DRILL, "--format", "json", "-n", "3", "-o", folder)
    assert (code, out) == (0, b"")
    assert "3 charts" in err
    assert "thrown away" in err
    names = [path.name for path in sorted(folder.iterdir())]
    assert names == ["classical-3-7.json", "classical-3-8.json", "classical-3-9.json"]
    alone = run("compose", *DRILL, "--format", "json")[1]
    assert (folder / "classical-3-7.json").read_bytes() == alone
    seeds = [json.loads(path.read_text())["drill"]["seed"] for path in sorted(folder.iterdir())]
    assert seeds == [7, 8, 9]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--style", "clasical", "--level", "3"), "did you mean 'classical'"),
        (("--style", "classical"), "--level"),
        ((), "--style"),
        (("--style", "classical", "--level", "11"), "1 to 10"),
        (("--style", "classical", "--level", "0"), "1 to 10"),
        (("--style", "classical", "--level", "x"), "not a valid integer"),
        (("--style", "classical", "--level", "3", "--key", "H"), "H"),
        (("--style", "classical", "--level", "3", "--meter", "4/0"), "4/0"),
        (("--style", "classical", "--level", "3", "--bars", "0"), "bars"),
        (("--style", "classical", "--level", "3", "--tempo", "nan"), "tempo"),
        (("--style", "classical", "--level", "3", "--tempo", "-5"), "tempo"),
        (("--style", "classical", "--level", "3", "--seed", "-1"), "seed"),
        (("--style", "classical", "--level", "3", "--hands", "three"), "three"),
        (("--style", "classical", "--level", "3", "--format", "pdf"), "pdf"),
        (("--style", "classical", "--level", "3", "-n", "0"), "0"),
        (("--code", "NONSENSE"), "NONSENSE"),
        ((*DRILL, "-o", "/nowhere/at/all.xml"), "/nowhere/at/all.xml"),
    ],
)
def test_bad_requests_are_one_line_on_stderr(run, words, said):
    code, out, err = run("compose", *words)
    assert (code, out) == (2, b"")
    complaint = [line for line in err.splitlines() if not line.startswith("code ")]
    assert len(complaint) == 1
    assert complaint[0].startswith("first-take: ")
    assert said in complaint[0]


def test_pictures_are_not_put_on_a_terminal(run, monkeypatch):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    code, out, err = run("compose", *DRILL, "--format", "png")
    assert (code, out) == (2, b"")
    assert "-o" in err


def test_check_passes_a_composed_chart(run, tmp_path):
    path = tmp_path / "good.json"
    run("compose", *DRILL, "--format", "json", "-o", path)
    assert run("check", path)[:2] == (0, f"{path}: no fault\n".encode())
    score = tmp_path / "good.musicxml"
    run("compose", *DRILL, "-o", score)
    assert run("check", score, "--style", "classical", "--level", "3")[0] == 0
    assert run("check", score, "--style", "classical", "--level", "1")[0] == 1


def test_check_names_the_bar_of_a_fault(run, tmp_path):
    path = tmp_path / "bad.json"
    run("compose", *DRILL, "--format", "json", "-o", path)
    document = json.loads(path.read_bytes())
    note = next(n for n in document["notes"] if n["onset_ql"] == "8")
    note["pitch"] += 1
    path.write_text(json.dumps(document), encoding="utf-8")
    code, out, _ = run("check", path)
    assert code == 1
    bar = max(b["number"] for b in document["bars"] if Fraction(b["onset_ql"]) <= 8)
    assert f"bar {bar}: {note['id']} is spelled" in out.decode()
    code, out, _ = run("check", path, "--json")
    assert code == 1
    (chart,) = json.loads(out)["charts"]
    assert [(f["rule"], f["bar"]) for f in chart["faults"]] == [(1, bar)]


def test_check_refuses_what_is_no_chart(run, tmp_path):
    path = tmp_path / "none.json"
    code, _, err = run("check", path)
    assert code == 2
    assert "no such file" in err
    path.write_text("{}", encoding="utf-8")
    assert run("check", path)[0] == 2
    good = tmp_path / "good.json"
    run("compose", *DRILL, "--format", "json", "-o", good)
    assert run("check", good, "--level", "0")[0] == 2
    assert write_chart_json(read_chart_json(good.read_bytes())) == good.read_bytes()
