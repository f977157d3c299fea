"""Sound banks: found, read, and played to the sample."""

from __future__ import annotations

import numpy as np
import pytest

from game.soundfont.bank import EXCLUSIVE, Bank, BankError
from game.soundfont.patches import PATCHES
from game.soundfont.places import BANK_VARIABLE, CARRIED, find_bank, list_banks
from game.soundfont.track import SoundedNote, render_track
from game.soundfont.voice import strike

RATE = 48_000


@pytest.fixture(scope="module")
def bank():
    return Bank(find_bank())


def note(onset_s, pitch, duration_s=0.5, velocity=90, program=0, drums=False):
    return SoundedNote(onset_s, duration_s, pitch, velocity, program, drums)


def render(notes, bank, rate=RATE, end_s=3.0):
    return render_track(notes, bank, start_s=0.0, end_s=end_s, rate=rate)


def loud(samples):
    return float(np.abs(samples).max())


def test_a_bank_is_found_and_the_players_own_goes_first(tmp_path, monkeypatch):
    assert find_bank() is not None
    own, other = tmp_path / "own.sf2", tmp_path / "other.sf2"
    own.touch()
    other.touch()
    monkeypatch.setenv(BANK_VARIABLE, str(other))
    assert find_bank() == other
    assert find_bank(str(own)) == own
    assert find_bank(str(tmp_path / "gone.sf2")) == other
    monkeypatch.delenv(BANK_VARIABLE)
    (tmp_path / "default.sf2").symlink_to(own)
    monkeypatch.setattr("game.soundfont.places.SYSTEM_FOLDERS", (str(tmp_path), "/no/such"))
    assert [path.name for path in list_banks()] == ["default.sf2", "other.sf2", CARRIED]
    assert find_bank() == tmp_path / "default.sf2"
    monkeypatch.setattr("game.soundfont.places.SYSTEM_FOLDERS", ())
    assert find_bank().name == CARRIED


def test_every_patch_and_drum_sounds_over_the_whole_keyboard(bank):
    for program in PATCHES.values():
        for key in (28, 60, 96):
            assert loud(render([note(0, key, program=program)], bank, end_s=0.5)) > 0.01
    for key in (36, 38, 42, 46, 49, 51):
        assert loud(render([note(0, key, drums=True)], bank, end_s=0.5)) > 0.01


@pytest.mark.parametrize("rate", [44_100, 48_000])
def test_a_note_begins_on_its_sample_at_its_pitch_and_ends(bank, rate):
    samples = render([note(0.5, 69)], bank, rate)
    first = round(0.5 * rate)
    assert not samples[:first].any()
    assert loud(samples[first : first + rate // 100]) > 0.02
    assert loud(samples[round(1.6 * rate) :]) < 0.01 * loud(samples)
    held = samples[first : first + rate // 2, 0]
    spectrum = np.abs(np.fft.rfft(held * np.hanning(len(held)), 4 * rate))
    assert np.argmax(spectrum[: 4 * 600]) / 4 == pytest.approx(440.0, abs=1.5)


def test_velocity_is_heard_and_a_loud_crowd_is_scaled_down(bank):
    soft, hard = (loud(render([note(0, 60, velocity=v)], bank, end_s=0.5)) for v in (40, 120))
    assert hard > 4 * soft
    crowd = [note(0, key, velocity=127, program=81) for key in range(40, 90)]
    assert loud(render(crowd, bank, end_s=0.5)) == pytest.approx(0.9)


def test_a_closed_hat_chokes_an_open_one(bank):
    groups = {v.exclusive for v in strike(bank, 0, 46, 90, RATE, drums=True)}
    assert groups & {v.exclusive for v in strike(bank, 0, 42, 90, RATE, drums=True)} - {0}
    assert any(EXCLUSIVE in zone.generators for zone in bank.zones(0, drums=True))
    free = render([note(0, 46, drums=True)], bank, end_s=1.0)
    choked = render([note(0, 46, drums=True), note(0.1, 42, drums=True)], bank, end_s=1.0)
    closed = render([note(0.1, 42, drums=True)], bank, end_s=1.0)
    after = slice(round(0.15 * RATE), round(0.3 * RATE))
    assert loud(choked[after] - closed[after]) < 0.2 * loud(free[after])


def test_a_voice_is_the_same_whatever_the_blocks(bank):
    whole = strike(bank, 0, 60, 90, RATE)
    parts = strike(bank, 0, 60, 90, RATE)
    assert whole
    for one, other in zip(whole, parts, strict=True):
        one.release(1500)
        other.release(1500)
        at_once = one.read(4000)
        pieces = np.concatenate([other.read(size) for size in (1, 63, 936, 1000, 2000)])
        assert np.allclose(at_once, pieces, atol=1e-6)


def test_without_a_bank_plain_tones_stand_in():
    samples = render([note(0.25, 60), note(1.0, 38, drums=True), note(2.0, 36, drums=True)], None)
    onsets = [round(at * RATE) for at in (0.25, 1.0, 2.0)]
    assert not samples[: onsets[0]].any()
    assert all(loud(samples[at : at + 500]) > 0.03 for at in onsets)


@pytest.mark.parametrize("data", [b"", b"RIFF", b"RIFF\0\0\0\0WAVEfmt ", b"RIFF\0\0\0\0sfbk"])
def test_what_is_no_bank_is_named(tmp_path, data):
    path = tmp_path / "broken.sf2"
    path.write_bytes(data)
    with pytest.raises(BankError, match=r"broken\.sf2 is no SoundFont 2 bank"):
        Bank(path)
    with pytest.raises(BankError, match="cannot be read"):
        Bank(tmp_path / "gone.sf2")
