"""Sound banks: found, read, and played to the sample."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from game.devices.midi_parse import KeyMessage
from game.devices.sampler import BuiltInSampler
from game.soundfont.bank import EXCLUSIVE, MODULATION, Bank, BankError
from game.soundfont.lowpass import STEP, LowPass, run_filters
from game.soundfont.modulation import Modulation
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


@pytest.mark.parametrize("program", [0, 48, 81])
def test_a_voice_is_the_same_whatever_the_blocks(bank, program):
    whole = strike(bank, program, 60, 90, RATE)
    parts = strike(bank, program, 60, 90, RATE)
    assert whole
    for one, other in zip(whole, parts, strict=True):
        one.release(1500)
        other.release(1500)
        at_once = one.read(4000)
        pieces = np.concatenate([other.read(size) for size in (1, 63, 936, 1000, 2000)])
        assert np.allclose(at_once, pieces, atol=1e-6)


def filter_slowly(wave, hertz, low_pass):
    """Bristow-Johnson's low pass, sample by sample."""
    out = [0.0, 0.0]
    padded = [0.0, 0.0, *wave]
    for n in range(len(wave)):
        omega = 2 * np.pi * min(hertz[n // STEP], 0.45 * RATE) / RATE
        alpha, cosine = np.sin(omega) / (2 * low_pass.quality), np.cos(omega)
        sums = padded[n + 2] + 2 * padded[n + 1] + padded[n]
        driven = low_pass.gain * (1 - cosine) / 2 * sums
        out.append((driven + 2 * cosine * out[-1] - (1 - alpha) * out[-2]) / (1 + alpha))
    return np.array(out[2:])


@pytest.mark.parametrize("blocks", [(700,), (1, 1, 70, 3, 500, 125)])
@pytest.mark.parametrize("resonance_db", [0.0, 20.0])
def test_a_filter_that_moves_is_exact_whatever_the_blocks(blocks, resonance_db):
    wave = np.random.default_rng(1).uniform(-1, 1, (2, 700))
    hertz = [np.geomspace(30, 30_000, 11), np.geomspace(9000, 200, 11)]
    filters = [LowPass(resonance_db, RATE) for _ in hertz]
    parts, at = [], 0
    for size in blocks:
        steps = slice(at // STEP, (at + size - 1) // STEP + 1)
        parts.append(run_filters(filters, wave[:, at : at + size], [one[steps] for one in hertz]))
        at += size
    found = np.concatenate(parts, axis=1)
    for voice, one in enumerate(hertz):
        assert np.allclose(found[voice], filter_slowly(wave[voice], one, filters[0]), atol=1e-12)


def brightness(samples):
    """The middle of the spectrum's power, in Hz."""
    power = np.abs(np.fft.rfft(samples[:, 0])) ** 2
    return float((np.fft.rfftfreq(len(samples), 1 / RATE) * power).sum() / power.sum())


def test_a_filter_darkens_a_patch_and_opens_and_shuts_as_its_bank_says(bank):
    clav = PATCHES["clav"]
    (voice,), (bare,) = (strike(bank, clav, 60, 100, RATE) for _ in range(2))
    bare.filter = None
    samples, plain = voice.read(RATE), bare.read(RATE)
    assert brightness(samples) < 0.9 * brightness(plain)
    shares = [
        brightness(samples[at : at + 4800]) / brightness(plain[at : at + 4800])
        for at in (0, RATE - 4800)
    ]
    assert shares[1] < 0.9 * shares[0]  # the envelope shuts it


def test_a_modulation_rises_stays_falls_and_ends(bank):
    zone = replace(
        bank.zones(0)[0],
        generators=dict(zip(MODULATION, (-12000, -1200, 0, 0, 500, 0), strict=True)),
    )
    moves = Modulation(zone, 1000)
    assert moves.heights([0, 2, 500, 900, 2600, 5000]) == pytest.approx(
        [0.0, 0.0, 1.0, 1.0, 0.5, 0.5], abs=0.01
    )
    assert 0.8 < moves.heights([251])[0] < 0.95  # half of the attack is over: nearly up
    moves.release(3000)
    assert moves.heights([2999, 3250, 3600]) == pytest.approx([0.5, 0.25, 0.0], abs=0.01)


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


@pytest.mark.parametrize("with_bank", [True, False])
def test_pads_are_struck_by_the_sampler_and_a_closed_hat_cuts_the_open_one(bank, with_bank):
    sampler = BuiltInSampler(bank if with_bank else None, 0, 48_000, drums=True)
    assert sampler.read(480) is None
    for key in (36, 38, 49):
        sampler.take(KeyMessage("on", key, 100))
        assert np.abs(sampler.read(480)).max() > 0.001
    if with_bank:
        sampler = BuiltInSampler(bank, 0, 48_000, drums=True)
        sampler.take(KeyMessage("on", 46, 100))
        sampler.read(2400)
        assert {voice.key for voice in sampler._voices} == {46}
        sampler.take(KeyMessage("on", 42, 100))
        sampler.read(4800)
        assert {voice.key for voice in sampler._voices} <= {42}
