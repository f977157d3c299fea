"""Played music as note values: onsets, lengths, leans, and files that somebody played."""

import io
import random
from fractions import Fraction

import mido
import pytest

from exercises.compose.chart import compose_chart
from exercises.drill import DrillRequest
from exercises.imports import read_own
from exercises.midi_reader import read_midi
from exercises.musicxml import write_musicxml
from exercises.quantise import quantise
from exercises.request import resolve_drill
from exercises.timeline import Timeline
from game.performer.performance import PROFILES, perform
from game.takefiles import write_take
from styles.loader import load_styles

QUARTER_BPM = 100
MS = Fraction(1, 600)
"""A millisecond in quarter notes at 100 a minute."""


def play(onsets, spread_ms, lean_ms=0, seed=1):
    """Notes of 60, a quarter or up to the next one, off by a normal spread and a lean."""
    dice = random.Random(seed)  # noqa: S311
    off = [Fraction(round(dice.gauss(lean_ms, spread_ms))) * MS for _ in onsets]
    ends = [*onsets[1:], onsets[-1] + 1]
    return [
        (onset + by, end + by - 20 * MS, 60)
        for onset, end, by in zip(onsets, ends, off, strict=True)
    ]


RHYTHM = [Fraction(n) for n in (0, 1)] + [
    Fraction(*n)
    for n in ((3, 2), (2, 1), (9, 4), (11, 4), (3, 1), (10, 3), (11, 3), (4, 1), (19, 4), (5, 1))
]


@pytest.mark.parametrize("seed", range(5))
def test_quarters_eighths_sixteenths_and_triplets_are_found_under_a_human_spread(seed):
    (notes,) = quantise([play(RHYTHM, 15, seed=seed)], QUARTER_BPM)
    assert [onset for onset, _, _ in notes] == RHYTHM
    assert [end for _, end, _ in notes] == [*RHYTHM[1:], RHYTHM[-1] + 1]


@pytest.mark.parametrize("lean_ms", [-50, -30, 40, 60])
def test_a_take_that_leans_comes_to_lie_on_the_beat(lean_ms):
    (notes,) = quantise([play(RHYTHM, 8, lean_ms)], QUARTER_BPM)
    assert [onset for onset, _, _ in notes] == RHYTHM


def test_a_rolled_chord_is_one_chord():
    rolled = [(Fraction(12 * i) * MS, Fraction(1), 60 + 4 * i) for i in range(3)]
    (notes,) = quantise([[*rolled, (Fraction(1), Fraction(2), 60)]], QUARTER_BPM)
    assert notes[:3] == [(0, 1, 60), (0, 1, 64), (0, 1, 68)]


def test_a_short_note_keeps_its_rest():
    (notes,) = quantise([[(Fraction(n), n + Fraction(9, 20), 60) for n in range(4)]], QUARTER_BPM)
    assert [end - onset for onset, end, _ in notes] == [Fraction(1, 2)] * 4


@pytest.mark.parametrize(("style", "level"), [("pop", 4), ("funk", 6), ("ragtime", 7)])
def test_what_a_solid_reader_played_is_written_as_it_stood(style, level, tmp_path):
    pack = load_styles().styles[style]
    drill = resolve_drill(DrillRequest(style=style, level=level, seed=3), pack)
    chart = compose_chart(drill, pack).chart
    timeline = Timeline.steady(drill.quarter_bpm)
    take = perform(chart, PROFILES["solid"], timeline=timeline, style=pack, level=level, seed=2)
    path = tmp_path / "take.mid"
    bpm = drill.quarter_bpm
    path.write_bytes(write_take(take.events, quarter_bpm=bpm, downbeat_s=240 / bpm))
    own = read_own(path)
    assert [left.reason for left in own.left_out] == [
        "the player's own time: every beat is rounded to note values"
    ]
    written = {(note.onset_ql, note.pitch) for note in chart.notes}
    found = {(note.onset_ql, note.pitch) for note in own.chart.notes}
    assert len(written & found) >= 0.97 * len(written)
    write_musicxml(own.chart)


def test_a_key_that_the_file_does_not_name_is_heard():
    file = mido.MidiFile(ticks_per_beat=480)
    track = mido.MidiTrack()
    file.tracks.append(track)
    for pitch in (63, 65, 67, 68, 70, 72, 74, 75, 70, 67, 63):
        track += [mido.Message("note_on", note=pitch, velocity=80, time=0)]
        track += [mido.Message("note_off", note=pitch, velocity=0, time=480)]
    data = io.BytesIO()
    file.save(file=data)
    read = read_midi(data.getvalue(), "scale.mid")
    assert read.key == "Eb"
    assert [note.spelling for note in read.notes[:4]] == ["Eb4", "F4", "G4", "Ab4"]
    assert read.left_out == ()
