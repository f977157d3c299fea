import json
import os
import subprocess
import sys
from pathlib import Path

import mido
import pytest
from click.testing import CliRunner

from exercises.chart import write_chart_json
from exercises.musicxml import write_midi
from exercises.timeline import Timeline
from game.commands.grade import answer_line
from game.commands.grade import command as grade_command
from game.commands.perform import command as perform_command
from game.events import NoteEvent
from game.performer.performance import PROFILES, perform
from game.takefiles import read_take, write_take
from tests.reading import both_hands, by_rote, melody


def run(*words):
    """The program itself: exit code, stdout, stderr."""
    done = subprocess.run(
        [sys.executable, "-m", "game", *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def call(command, *words):
    result = CliRunner().invoke(command, [str(word) for word in words])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.fixture
def chart_file(tmp_path):
    path = tmp_path / "chart.json"
    path.write_bytes(write_chart_json(both_hands()))
    return path


@pytest.fixture
def take_file(tmp_path, chart_file):
    path = tmp_path / "take.mid"
    call(perform_command, chart_file, "-o", path)
    return path


def test_a_perfect_take_is_a_hundred(chart_file, take_file):
    code, out, err = run("grade", chart_file, take_file, "--json")
    grade = json.loads(out)
    assert (code, err) == (0, "")
    assert grade["format"] == "first-take/grade"
    assert grade["scores"]["total"] == 100
    assert abs(grade["time"]["bias_ms"]) < 1
    assert grade["extras"] == []
    assert {note["verdict"] for note in grade["notes"]} == {"match"}


def test_people_get_scores_bars_and_a_sentence(chart_file, take_file):
    code, out, _ = run("grade", chart_file, take_file)
    assert code == 0
    for words in ("Total 100", "notes", "flow", "on the click", "clean", "A first take"):
        assert words in out


def test_grading_a_json_chart_loads_no_music21(chart_file, take_file):
    script = (
        "import sys; from game.commands.grade import command;"
        f"command.main(['{chart_file}', '{take_file}', '--json'], standalone_mode=False);"
        "assert 'music21' not in sys.modules and 'textual' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()


def test_files_keep_time_to_a_tenth_of_a_millisecond(tmp_path):
    path = tmp_path / "take.mid"
    chart = both_hands(16)
    take = perform(
        chart, PROFILES["sloppy"], timeline=Timeline.steady(47.3), style=None, level=5, seed=3
    )
    for quarter_bpm in (20, 47.3, 300):
        data = write_take(take.events, quarter_bpm=quarter_bpm, downbeat_s=4.2)
        path.write_bytes(data)
        assert mido.MidiFile(path).type == 0
        back = read_take(path).from_downbeat()
        for before, after in zip(take.events, back, strict=True):
            assert (before.kind, before.pitch) == (after.kind, after.pitch)
            assert after.onset_s == pytest.approx(before.onset_s, abs=1.01e-4)


def test_early_notes_have_room_before_the_marker(tmp_path):
    path = tmp_path / "early.mid"
    events = (NoteEvent(-3.0, "on", 60, 70), NoteEvent(0.5, "off", 60, 0))
    path.write_bytes(write_take(events, quarter_bpm=120, downbeat_s=1.0))
    take = read_take(path)
    assert take.downbeat_s == pytest.approx(3.0)
    assert [e.onset_s for e in take.from_downbeat()] == pytest.approx([-3.0, 0.5])


def test_tracks_are_merged_tempo_changes_followed_and_ties_in_file_order(tmp_path):
    file = mido.MidiFile(type=1, ticks_per_beat=480)
    first, second = mido.MidiTrack(), mido.MidiTrack()
    file.tracks += [first, second]
    first.append(mido.MetaMessage("set_tempo", tempo=500_000, time=0))
    first.append(mido.Message("note_on", note=60, velocity=70, time=480))
    first.append(mido.MetaMessage("set_tempo", tempo=1_000_000, time=0))
    first.append(mido.MetaMessage("marker", text="Downbeat", time=0))
    second.append(mido.Message("note_on", note=48, velocity=70, time=480))
    second.append(mido.Message("note_on", note=48, velocity=0, time=480))
    second.append(mido.Message("control_change", control=64, value=127, time=0))
    path = tmp_path / "two.mid"
    file.save(path)
    take = read_take(path)
    assert take.downbeat_s == pytest.approx(0.5)
    kinds = [(e.kind, e.pitch) for e in take.events]
    assert kinds == [("on", 60), ("on", 48), ("off", 48), ("pedal", 0)]
    assert [e.onset_s for e in take.events] == pytest.approx([0.5, 0.5, 1.5, 1.5])


def test_downbeat_latency_and_tempo_can_be_given(tmp_path, chart_file):
    events = [
        NoteEvent(e.onset_s * 2 + 0.05, e.kind, e.pitch, e.velocity) for e in by_rote(both_hands())
    ]
    path = tmp_path / "slow.mid"
    path.write_bytes(write_take(events, quarter_bpm=50, downbeat_s=3.0))
    given = json.loads(
        call(grade_command, chart_file, path, "--tempo", 50, "--downbeat-s", 3, "--json").stdout
    )
    assert given["time"]["bias_ms"] == pytest.approx(50, abs=0.2)
    less = json.loads(
        call(grade_command, chart_file, path, "--tempo", 50, "--latency-ms", 50, "--json").stdout
    )
    assert less["time"]["bias_ms"] == pytest.approx(0, abs=0.2)
    free = json.loads(call(grade_command, chart_file, path, "--free", "--json").stdout)
    assert free["time"]["tempo_quarter_bpm"] == pytest.approx(50, rel=0.01)
    assert {note["verdict"] for note in free["notes"]} == {"match"}


def test_truth_tells_what_was_done(tmp_path, chart_file):
    truth = tmp_path / "truth.json"
    call(
        perform_command, chart_file, "-o", tmp_path / "a.mid", "--profile", "amateur",
        "--seed", 5, "--truth", truth, "--bias-ms", 7,
    )  # fmt: skip
    told = json.loads(truth.read_text())
    assert told["profile"]["bias_ms"] == 7
    assert len(told["notes"]) == len(both_hands().notes)
    again = tmp_path / "b.mid"
    call(
        perform_command, chart_file, "-o", again, "--profile", "amateur", "--seed", 5,
        "--bias-ms", 7,
    )  # fmt: skip
    assert again.read_bytes() == (tmp_path / "a.mid").read_bytes()


def test_a_batch_is_answered_line_by_line(tmp_path, chart_file, take_file):
    lines = [
        {"id": f"take {number}", "chart": str(chart_file), "take": str(take_file)}
        for number in range(10)
    ]
    lines[3]["take"] = "nowhere.mid"
    lines[4]["tempo"] = 3
    lines[5]["colour"] = "red"
    batch = tmp_path / "in.jsonl"
    batch.write_text("".join(json.dumps(line) + "\n" for line in lines) + "no json\n")
    code, out, err = run("grade", "--batch", batch, "-o", tmp_path / "out.jsonl")
    assert (code, out) == (0, ""), err
    answers = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert [answer["id"] for answer in answers] == [*(line["id"] for line in lines), None]
    faulty = [index for index, answer in enumerate(answers) if "error" in answer]
    assert faulty == [3, 4, 5, 10]
    assert answers[0]["scores"]["total"] == 100
    assert "nowhere.mid" in answers[3]["error"]


def test_a_batch_line_gives_the_same_grade_as_the_command(chart_file, take_file):
    request = json.dumps({"id": 1, "chart": str(chart_file), "take": str(take_file)})
    answer = json.loads(answer_line(request.encode()))
    alone = json.loads(call(grade_command, chart_file, take_file, "--json").stdout)
    assert answer == {"id": 1, **alone}


def test_bad_takes_are_one_line_and_exit_code_2(tmp_path, chart_file, take_file):
    whole = take_file.read_bytes()
    faults = {
        "cut.mid": whole[: len(whole) // 2],
        "stub.mid": whole[:10],
        "empty.mid": b"",
        "words.mid": b"this is no music",
        "film.mid": whole[:12] + b"\xe7\x28" + whole[14:],
        "no track.mid": whole[:10] + b"\0\0" + whole[12:14],
    }
    for name, data in faults.items():
        (tmp_path / name).write_bytes(data)
        code, out, err = run("grade", chart_file, tmp_path / name)
        assert (code, out, err.count("\n")) == (2, "", 1), (name, err)
        assert name in err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--level", "11"), "level 11"),
        (("--tempo", "nan"), "tempo nan"),
        (("--tempo", "0"), "tempo 0"),
        (("--tempo", "100", "--free"), "exclude"),
        (("--style", "jaz"), "jazz"),
        (("--downbeat-s", "inf"), "downbeat_s"),
    ],
)
def test_unusable_settings_are_one_line_and_exit_code_2(chart_file, take_file, words, told):
    code, _, err = run("grade", chart_file, take_file, *words)
    assert (code, err.count("\n")) == (2, 1)
    assert told in err


def test_missing_files_and_halves_of_a_request(chart_file, take_file, tmp_path):
    for words in (
        (chart_file, tmp_path / "none.mid"),
        (tmp_path / "none.json", take_file),
        (chart_file,),
        ("--batch", tmp_path / "none.jsonl"),
        ("--batch", tmp_path / "none.jsonl", "-o", tmp_path / "out.jsonl"),
    ):
        code, _, err = run("grade", *words)
        assert (code, err.count("\n")) == (2, 1), err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "say where"),
        (("-o", "a.mid", "--profile", "expret"), "expert"),
        (("-o", "a.mid", "--wrong", "2"), "--wrong"),
        (("-o", "a.mid", "--spread-ms", "nan"), "--spread-ms"),
        (("-o", "a.mid", "--spread-ms", "-1"), "--spread-ms"),
        (("-o", "/nowhere/a.mid"), "/nowhere/a.mid"),
        (("-o", "a.mid", "--clock", "x"), "--clock"),
    ],
)
def test_perform_refuses_what_nobody_can_play(chart_file, tmp_path, words, told):
    done = subprocess.run(
        [sys.executable, "-m", "game", "perform", str(chart_file), *words],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(Path.cwd())},
    )
    assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
    assert told in done.stderr


def test_the_melody_is_graded_from_a_midi_chart_too(tmp_path):
    chart, take = tmp_path / "chart.mid", tmp_path / "take.mid"
    chart.write_bytes(write_midi(melody()))
    take.write_bytes(write_take(by_rote(melody()), quarter_bpm=100, downbeat_s=2.4))
    grade = json.loads(call(grade_command, chart, take, "--tempo", 100, "--json").stdout)
    assert {note["verdict"] for note in grade["notes"]} == {"match"}
