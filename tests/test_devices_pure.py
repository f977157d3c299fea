"""The engine's rules with a made-up clock: exact."""

from __future__ import annotations

import os
import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from game.click_style import SOUNDS
from game.devices.click import click_sample, render_click, render_clicks
from game.devices.errors import DeviceError
from game.devices.instrument import Instrument
from game.devices.midi_parse import HeldKeys, KeyMessage, MidiParser
from game.devices.mixer import Mixer
from game.devices.performer_port import PulseFollower
from game.devices.polled_input import PolledInput
from game.devices.port_names import find_port, is_keyboard, label_ports
from game.devices.priority import raise_priority
from game.devices.sampler import MOST_VOICES
from game.devices.sound import place_track, read_track
from game.devices.stream_clock import STRAYS, StreamClock
from game.devices.taps import Taps
from game.devices.transport import NS, Transport
from game.events import (
    STANDING_S,
    Click,
    ClickPlan,
    InstrumentReady,
    LoadTrack,
    SetInstrument,
)

MS = 1_000_000
RATE = 48_000
BLOCK = 480
BLOCK_NS = NS * BLOCK // RATE
PLAN = ClickPlan(start_s=-2.0, end_s=4.0, clicks=(Click(-2.0, accent=True),))


# Parsing


@pytest.mark.parametrize(
    ("octets", "expected"),
    [
        ([0x90, 60, 100], [("on", 60, 100)]),
        ([0x9F, 60, 100], [("on", 60, 100)]),
        ([0x80, 60, 33], [("off", 60, 33)]),
        ([0x90, 60, 0], [("off", 60, 64)]),
        ([0xB0, 64, 127], [("pedal", 0, 127)]),
        ([0xB3, 64, 0], [("pedal", 0, 0)]),
        ([0xB0, 1, 90], []),
        ([0xE0, 1, 90], []),
        ([0xC0, 5], []),
        ([0xF8], []),
        ([0xFE], []),
        ([0x90, 60, 100, 64, 90, 67, 0], [("on", 60, 100), ("on", 64, 90), ("off", 67, 64)]),
        ([0x90, 0xF8, 60, 0xFE, 100], [("on", 60, 100)]),
        ([0xF0, 1, 2, 3, 0xF7, 0x90, 60, 1], [("on", 60, 1)]),
        ([0xF0, 60, 60, 0x90, 60, 1], [("on", 60, 1)]),
        ([0xC0, 5, 6, 0x90, 60, 1], [("on", 60, 1)]),
        ([0x90, 60, 1, 0xF2, 1, 2, 61, 1], [("on", 60, 1)]),
        ([60, 100, 60], []),
        ([], []),
    ],
)
def test_bytes_become_messages(octets, expected):
    messages = MidiParser().feed(octets)
    assert [(m.kind, m.pitch, m.velocity) for m in messages] == expected


@given(st.lists(st.integers(0, 255), max_size=200), st.integers(1, 7))
def test_a_stream_reads_the_same_in_any_pieces(octets, size):
    whole = MidiParser().feed(octets)
    parser = MidiParser()
    pieces = [m for at in range(0, len(octets), size) for m in parser.feed(octets[at : at + size])]
    assert pieces == whole
    assert all(m.kind in ("on", "off", "pedal") and 0 <= m.velocity <= 127 for m in whole)


def test_lost_keyboard_lets_go_of_what_is_down():
    held = HeldKeys()
    for message in MidiParser().feed([0x90, 60, 9, 64, 9, 60, 0, 67, 9, 0xB0, 64, 127]):
        held.note(message)
    assert held.release() == [
        KeyMessage("off", 64, 0),
        KeyMessage("off", 67, 0),
        KeyMessage("pedal", 0, 0),
    ]
    assert held.release() == []


# Names of ports


def test_the_same_keyboard_under_other_numbers():
    names = ["Midi Through:Midi Through Port-0 14:0", "Keystation 61:Keystation 61 MIDI 1 24:0"]
    assert find_port("Keystation 61:Keystation 61 MIDI 1 20:0", names) == 1
    assert find_port("keystation", names) == 1
    assert find_port("Nord", names) is None
    assert find_port("", names) is None
    assert [is_keyboard(name) for name in names] == [False, True]
    assert not is_keyboard("First Take-01:First Take Clock")
    bridged = ["a2j:Nord [24] (capture): Nord MIDI 1"]
    assert find_port("a2j:Nord [20] (capture): Nord MIDI 1", bridged) == 0


def test_twins_keep_their_numbers():
    assert label_ports(["Nord:MIDI 20:0", "Nord:MIDI 24:0", "Juno:MIDI 28:0"]) == (
        "Nord:MIDI 20:0",
        "Nord:MIDI 24:0",
        "Juno:MIDI",
    )


# Clicks


@pytest.mark.parametrize("rate", [44_100, 48_000])
@pytest.mark.parametrize("sound", SOUNDS)
def test_a_click_starts_at_its_sample_and_nowhere_else(rate, sound):
    clicks = tuple(
        Click(-1.0 + beat * 0.4317, accent=beat == 0, is_division=beat == 1) for beat in range(5)
    )
    samples = render_clicks(clicks, start_s=-1.0, end_s=2.0, rate=rate, sound=sound)
    assert samples.shape == (3 * rate,)
    assert samples.dtype == np.float32
    for click in clicks:
        at = click_sample(click.onset_s, -1.0, rate)
        assert at == round((click.onset_s + 1.0) * rate)
        gain = 1.0 if click.accent else 0.25 if click.is_division else 0.6
        assert samples[at] == pytest.approx(gain)
        assert np.abs(samples[at:]).max() <= 1.0
        assert at == 0 or not samples[at - 1].any()


def test_clicks_outside_the_take_are_left_out():
    clicks = (Click(-5.0, accent=True), Click(0.99, accent=True), Click(9.0, accent=True))
    samples = render_clicks(clicks, start_s=0.0, end_s=1.0, rate=RATE)
    assert np.flatnonzero(samples)[0] == round(0.99 * RATE)


def test_clicks_on_top_of_each_other_do_not_overflow():
    clicks = (Click(0.0, accent=True),) * 3
    samples = render_clicks(clicks, start_s=0.0, end_s=1.0, rate=RATE)
    assert np.abs(samples).max() == 1.0


@pytest.mark.parametrize("sound", SOUNDS)
def test_a_sound_of_the_click_ends_in_silence_and_its_pitch_moves_it(sound):
    wave = render_click(accent=True, rate=RATE, sound=sound)
    assert np.abs(wave).max() == pytest.approx(1.0)
    assert abs(wave[-1]) < 1e-3
    assert not np.array_equal(wave, render_click(accent=True, rate=RATE, sound=sound, semitones=7))


# The mixer


def test_tracks_are_mixed_where_they_lie_each_at_its_fader():
    mixer = Mixer()
    assert mixer.mix(0, 8) is None
    mixer.set_gain("click", 0.5)
    mixer.load(4, {"click": np.ones(10, np.float32), "band": np.full((3, 2), 0.25, np.float32)})
    first = mixer.mix(0, 8)
    assert first.tolist() == [[0.0] * 2] * 4 + [[0.75] * 2] * 3 + [[0.5] * 2]
    assert mixer.mix(8, 8)[:, 1].tolist() == [0.5] * 6 + [0.0] * 2
    assert mixer.mix(16, 8) is None


def test_the_stream_is_the_same_whatever_the_blocks():
    track = np.random.default_rng(1).uniform(-1, 1, 1000).astype(np.float32)
    heard = []
    for sizes in ([1200], [7] * 172, [64] * 19):
        mixer = Mixer()
        mixer.load(100, {"click": track})
        at, parts = 0, []
        for size in sizes:
            part = mixer.mix(at, size)
            parts.append(np.zeros((size, 2), np.float32) if part is None else part)
            at += size
        heard.append(np.concatenate(parts)[:1190])
    assert np.array_equal(heard[0], heard[1])
    assert np.array_equal(heard[0], heard[2])


def test_a_fader_moves_over_one_block_without_a_step():
    mixer = Mixer()
    mixer.load(0, {"click": np.ones(300, np.float32)})
    mixer.mix(0, 100)
    mixer.set_gain("click", 0.0)
    falling = mixer.mix(100, 100)[:, 0]
    assert (falling[0], falling[-1]) == (1.0, 0.0)
    assert np.abs(np.diff(falling)).max() < 0.02
    assert mixer.mix(200, 100) is None
    mixer.set_gain("click", 1.0)
    assert mixer.mix(200, 100)[-1, 0] == 1.0


def test_loud_tracks_are_cut_at_full_scale_and_silence_leaves_the_instrument():
    mixer = Mixer()
    mixer.load(0, {"click": np.ones(50, np.float32), "band": np.ones((50, 2), np.float32)})
    assert mixer.mix(0, 50).max() == 1.0
    mixer.silence()
    mixer.voice = lambda frames, _rate: np.full((frames, 2), 0.25, np.float32)
    assert mixer.mix(0, 3).tolist() == [[0.25, 0.25]] * 3


def test_a_rendered_track_is_laid_where_it_belongs(tmp_path):
    path = tmp_path / "band.npy"
    np.save(path, np.full((100, 2), 32767, np.int16))
    plan = ClickPlan(start_s=-1.0, end_s=2.0, clicks=())

    def sounding(start_s, rate=RATE):
        track = LoadTrack("band", str(path), start_s, rate)
        mixer = Mixer()
        mixer.load(0, {"band": place_track(read_track(track, RATE), start_s, plan, RATE)})
        block = mixer.mix(0, 4 * RATE)
        assert np.isin(block, (0, 1)).all()
        return np.flatnonzero(block[:, 0])

    assert sounding(0.5).tolist() == list(range(RATE * 3 // 2, RATE * 3 // 2 + 100))
    assert sounding(-1.001).tolist() == list(range(52))
    assert sounding(0.0, RATE // 2)[[0, -1]].tolist() == [RATE, RATE + 199]
    assert sounding(2.0 - 30 / RATE).tolist() == list(range(3 * RATE - 30, 3 * RATE))


# The keyboard's own sound


def heard(instrument, *messages, frames=RATE // 4):
    for octets in messages:
        instrument.play(octets)
    samples = instrument(frames, RATE)
    return 0.0 if samples is None else float(np.abs(samples[-frames // 4 :]).max())


@pytest.mark.parametrize("player", ["FluidSynth", "built-in sampler", "plain tones"])
def test_keys_sound_until_they_are_let_go_and_the_pedal_holds_them(player, monkeypatch):
    if player == "plain tones":
        monkeypatch.setattr("game.devices.instrument.find_bank", lambda _named: None)
    said = []
    instrument = Instrument(said.append)
    assert heard(instrument, [0x90, 60, 100]) == 0.0  # off until a patch is chosen
    instrument.choose(SetInstrument(16, built_in=player == "built-in sampler"))
    assert said[0].player.startswith(player)
    assert heard(instrument, [0x90, 60, 100]) > 0.02
    assert heard(instrument) > 0.02
    assert heard(instrument, [0x80, 60, 0], frames=RATE) < 1e-3
    assert heard(instrument, [0xB0, 64, 127], [0x90, 64, 100], [0x80, 64, 0]) > 0.02
    assert heard(instrument, [0xB0, 64, 0], frames=RATE) < 1e-3
    for _ in range(40):
        instrument(RATE // 10, RATE)  # a room rings
    assert instrument(64, RATE) is None
    # The pedal lets go of what no finger holds, and of nothing else.
    assert heard(instrument, [0x90, 67, 100], [0xB0, 64, 127], [0xB0, 64, 0]) > 0.02
    instrument.choose(SetInstrument(None))
    assert not instrument.is_on
    assert heard(instrument, [0x90, 60, 100]) == 0.0


def test_a_patch_is_read_anew_for_another_device_and_where_fluidsynth_cannot(monkeypatch):
    said = []
    instrument = Instrument(said.append)
    instrument.choose(SetInstrument(16))
    assert instrument(100, 192_000) is None  # and asks for the patch at this rate
    for thread in threading.enumerate():
        if thread is not threading.current_thread():
            thread.join(5)
    assert [one.player.split()[0] for one in said] == ["FluidSynth", "built-in"]
    instrument.play([0x90, 60, 100])
    assert np.abs(instrument(20_000, 192_000)).max() > 0.02
    monkeypatch.setattr("game.devices.instrument.load_fluidsynth", lambda: None)
    instrument.choose(SetInstrument(0))
    assert said[-1].player == "built-in sampler"


def test_a_bank_that_nothing_can_play_leaves_plain_tones(tmp_path):
    path = tmp_path / "no.sf2"
    path.write_bytes(b"RIFF")
    said = []
    Instrument(said.append).choose(SetInstrument(0, str(path)))
    assert said == [InstrumentReady("plain tones", "")]


def test_a_keyboard_that_goes_leaves_nothing_sounding():
    instrument = Instrument()
    instrument.choose(SetInstrument(16, built_in=True))
    assert heard(instrument, [0xB0, 64, 127], [0x90, 60, 100]) > 0.02
    instrument.let_go()
    assert heard(instrument, frames=RATE) < 1e-3
    # The pedal is up again, too.
    assert heard(instrument, [0x90, 60, 100], [0x80, 60, 0], frames=RATE) < 1e-3


def test_what_was_played_without_a_device_is_not_heard_when_one_is_there():
    instrument = Instrument()
    instrument.choose(SetInstrument(16, built_in=True))
    instrument(64, RATE)
    for pitch in range(36, 96):
        instrument.play([0x90, pitch, 100])
    instrument.forget()
    assert heard(instrument) == 0.0
    assert heard(instrument, [0x90, 60, 100]) > 0.02


def test_a_tapped_key_is_let_go_of_after_a_while():
    played = []
    taps = Taps(played.append)
    taps.strike(60, 80, 0)
    taps.strike(64, 80, NS // 4)
    taps.advance(NS // 2 - 1)
    assert played == [[0x90, 60, 80], [0x90, 64, 80]]
    taps.advance(NS // 2)
    assert played[2:] == [[0x80, 60, 0]]
    taps.strike(64, 90, NS // 2)  # again while it sounds
    taps.advance(NS * 3 // 4)
    assert played[3:] == [[0x80, 64, 0], [0x90, 64, 90]]
    taps.advance(NS)
    assert played[5:] == [[0x80, 64, 0]]


def test_voices_are_stolen_from_the_oldest():
    instrument = Instrument()
    instrument.choose(SetInstrument(0, built_in=True))
    instrument.play([0xB0, 64, 127])
    for _ in range(4):
        for pitch in range(30, 100):
            instrument.play([0x90, pitch, 100])
    instrument(64, RATE)
    instrument(RATE // 10, RATE)
    instrument(64, RATE)
    assert instrument._sampler.voices <= MOST_VOICES


# The sound device's clock


def feed(clock, blocks, *, first=0, at_ns=0, rate=RATE, jitter=lambda _n: 0):
    for n in range(first, first + blocks):
        clock.observe(n * BLOCK, at_ns + round((n - first) * BLOCK * NS / rate) + jitter(n))


def test_a_device_without_a_queue_is_heard_when_it_asks():
    clock = StreamClock(RATE)
    feed(clock, 100, at_ns=5 * NS)
    assert clock.settled
    assert clock.depth_s == 0
    assert clock.clock_at(0) == 5 * NS
    assert clock.clock_at(RATE) == 6 * NS
    assert clock.frame_at(6 * NS) == RATE


def test_the_prefill_gives_the_depth_of_the_queue():
    clock = StreamClock(RATE)
    # Three blocks are asked for at once; then one each time one has been played.
    for n in range(200):
        clock.observe(n * BLOCK, 7 * NS + max(0, n - 2) * BLOCK_NS)
    assert clock.depth_s == pytest.approx(0.02, abs=1e-6)
    assert clock.clock_at(0) == pytest.approx(7 * NS, abs=1000)
    assert clock.clock_at(10 * RATE) == pytest.approx(17 * NS, abs=1000)


def test_periods_that_a_late_client_makes_up_for_are_no_queue():
    # JACK: the first three periods could be played only when the third one came.
    clock = StreamClock(RATE, queues=False)
    for n in range(200):
        clock.observe(n * BLOCK, 7 * NS + max(2, n) * BLOCK_NS)
    assert clock.depth_s == 0
    assert clock.clock_at(150 * BLOCK) == pytest.approx(7 * NS + 150 * BLOCK_NS, abs=1000)


def test_a_drifting_card_is_followed_through_late_and_early_askings():
    clock = StreamClock(RATE)
    card = RATE * (1 - 100e-6)
    # Asked for up to a period of 512 frames before they begin in it; every 20th is kept waiting.
    feed(
        clock,
        6000,
        rate=card,
        jitter=lambda n: -(n * BLOCK % 512) * NS // RATE + (n % 20 == 0) * 3 * MS,
    )
    true_ns = 6000 * BLOCK * NS / card
    assert clock.clock_at(6000 * BLOCK) == pytest.approx(true_ns, abs=1.6 * MS)
    assert clock.underruns == 0
    steady = StreamClock(RATE)
    feed(steady, 6000, rate=card)
    assert steady.clock_at(6000 * BLOCK) == pytest.approx(true_ns, abs=0.1 * MS)


def test_one_late_block_is_nothing_and_a_lasting_slip_is_an_underrun():
    clock = StreamClock(RATE)
    feed(clock, 200, jitter=lambda n: 30 * MS if n == 150 else 0)
    assert clock.underruns == 0
    assert clock.clock_at(0) == pytest.approx(0, abs=1000)
    feed(clock, STRAYS, first=200, at_ns=200 * BLOCK_NS + 50 * MS)
    assert clock.underruns == 1
    assert clock.clock_at(0) == pytest.approx(50 * MS, abs=1000)


# The transport


def test_the_transport_counts_from_the_plans_start():
    transport = Transport()
    transport.load(PLAN)
    assert transport.position_s(123) is None
    assert transport.stamp(123) == STANDING_S
    transport.start(10 * NS, 60 * MS)
    assert transport.position_s(10 * NS + 60 * MS) == -2.0
    assert transport.position_s(12 * NS + 60 * MS) == 0.0
    assert transport.clock_at(1.5) == 13 * NS + 560 * MS
    assert transport.stamp(13 * NS + 60 * MS) == 1.0


def test_latency_is_taken_off_the_stamp_once_and_never_off_the_position():
    transport = Transport()
    transport.load(PLAN)
    transport.set_latency(12.5)
    transport.start(0, 0)
    assert transport.stamp(3 * NS) == 0.9875
    assert transport.position_s(3 * NS) == 1.0


def test_it_ends_exactly_at_the_end_however_late_it_is_looked_at():
    transport = Transport()
    transport.load(PLAN)
    transport.start(0, 0)
    assert transport.expire(6 * NS - 1) is None
    assert transport.expire(6 * NS + 17 * MS) == 4.0
    assert transport.expire(7 * NS) is None
    assert not transport.running
    # What arrived before the end keeps its place, what came after has none.
    assert transport.stamp(6 * NS - 1) == pytest.approx(4.0, abs=1e-8)
    assert transport.stamp(6 * NS) == STANDING_S


def test_stop_says_where_and_only_once():
    transport = Transport()
    transport.load(PLAN)
    assert transport.stop(1) is None
    transport.start(0, 0)
    assert transport.stop(NS) == -1.0
    assert transport.stop(2 * NS) is None
    transport.start(5 * NS, 0)
    assert transport.position_s(5 * NS) == -2.0
    assert transport.stamp(5 * NS - 1) == STANDING_S


def test_the_origin_follows_the_sound_and_survives_a_new_engine():
    transport = Transport()
    transport.load(PLAN)
    transport.start(0, 0)
    transport.move_origin(2 * NS + 3 * MS)
    assert transport.position_s(2 * NS + 3 * MS) == 0.0
    other = Transport()
    other.load(PLAN)
    other.resume(3 * NS, 2 * NS + 3 * MS)
    assert other.stamp(4 * NS) == transport.stamp(4 * NS)


def test_what_cannot_run_says_so():
    with pytest.raises(DeviceError, match="load a click plan"):
        Transport().start(0, 0)
    with pytest.raises(DeviceError, match="before its count-in"):
        Transport().load(ClickPlan(start_s=1.0, end_s=0.5, clicks=()))


# Following a MIDI clock


def pulses(quarter_bpm, count):
    return tuple(-2.0 + n * 60 / quarter_bpm / 24 for n in range(count))


def test_a_follower_finds_the_origin_through_jitter():
    follower = PulseFollower(pulses(120, 200))
    for n, pulse in enumerate(pulses(120, 200)):
        follower.feed(round((50.0 + pulse) * NS) + (n * 7919 % 1400) * 1000)
    assert follower.clock_at(3.0) == pytest.approx(53.0 * NS + 0.7 * MS, abs=0.2 * MS)


def test_a_follower_finds_another_tempo():
    follower = PulseFollower(pulses(120, 200))
    for pulse in pulses(120, 96):
        follower.feed(round((50.0 + 1.25 * pulse) * NS))
    assert follower.clock_at(1.0) == pytest.approx(51.25 * NS, abs=1000)


class Library:
    """rtmidi's input of JACK: it keeps messages with the seconds since the one before."""

    def __init__(self):
        self.waiting = []

    def get_message(self):
        return self.waiting.pop(0) if self.waiting else None


def test_a_polled_port_keeps_the_order_and_the_gaps_whenever_it_is_asked(monkeypatch):
    now = [5 * NS]
    monkeypatch.setattr("game.devices.polled_input.time.monotonic_ns", lambda: now[0])
    monkeypatch.setattr("game.devices.polled_input.POLL_S", 3600.0)
    library, heard = Library(), []
    port = PolledInput(library, lambda clock, octets: heard.append((clock, octets[1])))
    library.waiting = [([0x90, 60, 80], 0.0)]
    now[0] += 2 * MS  # it is seen two milliseconds late
    port.take()
    library.waiting = [([0x90, 61, 80], 0.5), ([0x90, 62, 80], 0.25)]
    now[0] = 5 * NS + 750 * MS + MS // 10  # ... and these a tenth
    port.take()
    library.waiting = [([0x90, 63, 80], 0.25)]
    now[0] += 900 * MS
    port.take()
    port.close()
    assert [pitch for _, pitch in heard] == [60, 61, 62, 63]
    late_ms = [
        (clock - 5 * NS) / MS - due
        for (clock, _), due in zip(heard, (0, 500, 750, 1000), strict=True)
    ]
    assert late_ms == pytest.approx([2.0, 2.0, 0.1, 0.1], abs=1e-6)


def refuse(*_words):
    raise PermissionError


@pytest.mark.parametrize(
    ("cores", "forbidden", "got"),
    [
        (2, (), "real time"),
        (1, (), "before others"),
        (2, ("sched_setscheduler",), "before others"),
        (2, ("sched_setscheduler", "setpriority"), ""),
    ],
)
def test_the_engine_goes_as_far_before_others_as_it_may(monkeypatch, cores, forbidden, got):
    for name in ("sched_setscheduler", "setpriority"):
        does = refuse if name in forbidden else lambda *_words: None
        monkeypatch.setattr(os, name, does, raising=False)
    for name, value in (("SCHED_RR", 2), ("sched_param", int), ("PRIO_PROCESS", 0)):
        monkeypatch.setattr(os, name, value, raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: cores)
    assert raise_priority() == got
