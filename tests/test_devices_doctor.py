"""The doctor: everything is ok or comes with what to do, and only essentials fail."""

from __future__ import annotations

import json
import os
import sqlite3

import pytest
from click.testing import CliRunner

from game.commands import doctor
from game.devices import checkup, priority
from game.devices.backends import auto_backends, backend_names, missing_sound
from game.devices.checkup import SoundSurvey
from game.devices.errors import DeviceError
from game.settings import Settings
from game.storage.archive import open_archive


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("FIRST_TAKE_HOME", str(tmp_path))
    return tmp_path


def run(*arguments):
    return CliRunner().invoke(doctor.command, arguments)


def checks_of(result):
    report = json.loads(result.stdout)
    assert report["format"] == "first-take/doctor"
    return {check["name"]: check for check in report["checks"]}


def test_nothing_is_left_without_advice():
    result = run("--json")
    checks = checks_of(result)
    assert result.exit_code == 0
    assert {"MIDI keyboard", "MIDI output", "sound", "data folder", "progress"} <= set(checks)
    for check in checks.values():
        assert check["state"] in ("ok", "missing")
        assert check["state"] == "ok" or check["advice"].endswith((".", "first-take"))


def test_the_table_is_for_eyes():
    result = run()
    assert result.exit_code == 0
    assert "Ready to play" in result.stdout
    assert "data folder" in result.stdout


def test_a_folder_that_cannot_be_written_is_bad(home, monkeypatch):
    (home / "file").write_text("in the way")
    monkeypatch.setenv("FIRST_TAKE_HOME", str(home / "file"))
    result = run("--json")
    assert result.exit_code == 1
    assert checks_of(result)["data folder"]["state"] == "bad"
    assert "FIRST_TAKE_HOME" in checks_of(result)["data folder"]["advice"]


def test_progress_is_read_and_left_as_it_is(home):
    file = home / "data" / "first-take.db"
    open_archive(file).close()
    before = file.read_bytes()
    assert checks_of(run("--json"))["progress"]["state"] == "ok"
    assert file.read_bytes() == before
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    assert "newer" in checks_of(run("--json"))["progress"]["detail"]
    file.write_bytes(b"no database at all" * 500)
    result = run("--json")
    assert result.exit_code == 1
    assert checks_of(result)["progress"]["state"] == "bad"


def test_the_chosen_sound_device_is_looked_for_by_its_name(home):
    archive = open_archive(home / "data" / "first-take.db")
    archive.save_settings(Settings(audio_backend="null", audio_device="NULL Playback Device"))
    assert checks_of(run("--json"))["sound"]["detail"] == "null: NULL Playback Device"
    archive.save_settings(Settings(audio_backend="null", audio_device="Scarlett 2i2"))
    archive.close()
    check = checks_of(run("--json"))["sound"]
    assert check["state"] == "missing"
    assert check["detail"] == "Scarlett 2i2 is not there; there is: NULL Playback Device"
    assert "another output" in check["advice"]


def test_a_check_that_breaks_is_a_finding(monkeypatch):
    def breaks():
        raise OSError("libasound.so.2: cannot open shared object file")

    monkeypatch.setattr(doctor, "GROUPS", (("MIDI", breaks),))
    result = run("--json")
    assert result.exit_code == 1
    assert "libasound" in checks_of(result)["MIDI"]["detail"]


def test_a_wrong_midi_system_is_named(monkeypatch):
    monkeypatch.setenv("FIRST_TAKE_MIDI_API", "bongo")
    assert "bongo" in checks_of(run("--json"))["MIDI system"]["detail"]


def test_sound_settings_mean_what_they_say():
    assert backend_names("none") == ()
    assert backend_names("ALSA") == ("alsa",)
    assert backend_names("auto") == auto_backends()
    assert "null" not in auto_backends()
    with pytest.raises(DeviceError, match="no sound backend 'bongo'"):
        backend_names("bongo")
    assert missing_sound("none") == "Sound is off. The click is shown, not heard."
    assert missing_sound("auto").startswith("No sound device found. The click is shown, not heard.")
    assert "jack" in missing_sound("jack")


def test_a_sound_that_must_wait_its_turn_is_told_with_a_cure(monkeypatch):
    before = os.sched_getscheduler(0), os.getpriority(os.PRIO_PROCESS, 0)
    assert priority.probe_priority() in ("real time", "before others", "")
    assert (os.sched_getscheduler(0), os.getpriority(os.PRIO_PROCESS, 0)) == before
    found = SoundSurvey("alsa", (), "alsa: its default device")
    monkeypatch.setattr(checkup, "survey_sound", lambda *_chosen: found)
    for got, state in (("real time", "ok"), ("", "missing")):
        monkeypatch.setattr(priority, "probe_priority", lambda got=got: got)
        check = checks_of(run("--json"))["sound priority"]
        assert check["state"] == state
        assert got or "group audio" in check["advice"]
