"""The rhythm section: every style has one for every metre, in its register and on its clave."""

import io
import os
import subprocess
import sys
from fractions import Fraction
from functools import cache
from itertools import pairwise
from pathlib import Path

import mido
import msgspec
import pytest

from exercises.band.ensemble import compose_band
from exercises.band.parts import DRUM_CHANNEL
from exercises.band.section import FULL, SPARSE, find_clave, find_passages, read_song
from exercises.band.walking import FLOOR, OCTAVE_CEILING, grates
from exercises.chart import Chart, number_notes
from exercises.compose.changes import cut_bar
from exercises.compose.chart import compose_chart
from exercises.drill import DrillRequest
from exercises.imports import read_chart
from exercises.levels import level
from exercises.midi import write_midi
from exercises.performed import perform_band, perform_chart
from exercises.request import resolve_drill
from exercises.timeline import bar_ql
from styles.band_tokens import DRUMS, INSTRUMENTS, KITS, read_tab
from styles.loader import load_styles
from styles.strict import StyleError
from tests.reading import make_note

STYLES = load_styles().styles
PLAYED = {name: style for name, style in STYLES.items() if name != "classical"}
"""Keyboard music of these centuries is played alone."""


@cache
def chart_of(style, number, *, seed=1, **wishes):
    request = DrillRequest(style=style, level=number, seed=seed, **wishes)
    return compose_chart(resolve_drill(request, STYLES[style]), STYLES[style]).chart


def band_of(chart):
    return compose_band(chart, STYLES[chart.drill.style])


def first_level(meter):
    return next(number for number in range(1, 11) if level(number).allows_meter(meter))


def test_all_styles_but_the_classical_have_a_band():
    assert len(STYLES) == 17
    assert all(style.band and style.band.drums and style.band.bass for style in PLAYED.values())
    assert not STYLES["classical"].band.drums


@pytest.mark.parametrize("style", PLAYED)
def test_every_metre_and_level_has_a_band(style):
    meters = STYLES[style].meters
    wishes = [(max(first_level(meter), 2), meter) for meter in meters]
    wishes += [(number, None) for number in (1, 4, 7, 10)]
    for number, meter in wishes:
        chart = chart_of(style, number, meter=meter, bars=8)
        band = band_of(chart)
        drums, bass = band.part("Drums"), band.part("Bass")
        assert drums.channel == DRUM_CHANNEL
        assert drums.program in KITS.values()
        assert bass.program in INSTRUMENTS.values()
        for bar in chart.bars[-8:]:
            end = bar.onset_ql + bar.duration_ql
            assert any(bar.onset_ql <= hit.onset_ql < end for hit in drums.hits)
            sounding = [h for h in bass.hits if h.onset_ql < end
                        and h.onset_ql + h.duration_ql > bar.onset_ql]  # fmt: skip
            assert sounding
        for part in band.parts:
            assert list(part.hits) == sorted(part.hits, key=lambda hit: (hit.onset_ql, hit.pitch))
            for hit in part.hits:
                assert 0 <= hit.onset_ql < chart.end_ql
                assert hit.duration_ql > 0
                assert 1 <= hit.velocity <= 127
        assert {hit.pitch for hit in drums.hits} <= set(DRUMS.values())
        assert all(FLOOR <= hit.pitch <= OCTAVE_CEILING for hit in bass.hits)


@pytest.mark.parametrize("style", PLAYED)
def test_the_bass_rubs_against_no_root_or_third_for_a_beat(style):
    for number, seed in ((3, 1), (6, 2), (8, 3)):
        chart = chart_of(style, number, seed=seed)
        for hit in band_of(chart).part("Bass").hits:
            for index, chord in enumerate(chart.chords):
                ahead = chart.chords[index + 1 : index + 2]
                if any(
                    hit.pitch % 12 == each.bass
                    and hit.onset_ql < each.onset_ql < hit.onset_ql + hit.duration_ql
                    for each in ahead
                ):
                    continue  # a tumbao's root comes a beat early and is held over the change
                start = max(hit.onset_ql, chord.onset_ql)
                end = min(hit.onset_ql + hit.duration_ql, chord.onset_ql + chord.duration_ql)
                if end - start >= 1:
                    assert not grates(hit.pitch, chord), (number, seed, hit, chord.symbol)


@pytest.mark.parametrize("style", PLAYED)
def test_one_string_sounds_at_a_time_and_the_last_note_is_the_last_root(style):
    chart = chart_of(style, 6)
    hits = band_of(chart).part("Bass").hits
    for one, two in pairwise(hits):
        assert one.onset_ql + one.duration_ql <= two.onset_ql
    last = chart.bars[-1]
    assert hits[-1].onset_ql == last.onset_ql
    assert hits[-1].duration_ql == last.duration_ql
    assert hits[-1].pitch % 12 == chart.chords[-1].bass


@pytest.mark.parametrize("style", PLAYED)
def test_the_bass_plays_most_roots_where_chords_change(style):
    told = changes = 0
    for seed in (1, 2, 3):
        chart = chart_of(style, 6, seed=seed)
        hits = band_of(chart).part("Bass").hits
        for before, chord in pairwise(chart.chords):
            if before.bass == chord.bass:
                continue
            changes += 1
            # The root itself, ahead of the change, on it or after a rest that the idiom has.
            near = [h for h in hits if -1 <= h.onset_ql - chord.onset_ql < chord.duration_ql]
            told += any(h.pitch % 12 == chord.bass for h in near)
    assert told >= 0.9 * changes


def test_the_bass_stays_at_or_under_the_left_hand():
    chart = chart_of("jazz", 6, seed=5)
    above = 0
    hits = band_of(chart).part("Bass").hits
    for hit in hits:
        end = hit.onset_ql + hit.duration_ql
        left = [n.pitch for n in chart.notes if n.staff == 2 and n.onset_ql < end
                and n.onset_ql + n.duration_ql > hit.onset_ql]  # fmt: skip
        above += bool(left) and hit.pitch > max(min(left), FLOOR + 11)
    assert above == 0


def test_the_bass_is_silent_where_the_player_is_the_bass():
    chart = chart_of("rock", 5)
    played = msgspec.structs.replace(chart, drill=msgspec.structs.replace(chart.drill, kind="bass"))
    assert band_of(chart).part("Bass")
    assert band_of(played).part("Bass") is None
    assert band_of(played).part("Drums")


def test_salsa_keeps_one_side_of_the_clave():
    for seed in range(6):
        chart = chart_of("salsa", 7, seed=seed)
        song = read_song(chart, STYLES["salsa"].band)
        assert song.clave in {"2-3", "3-2"}
        son = (1, 2, 4, Fraction(11, 2), 7)
        places = {Fraction(each) for each in son}
        if song.clave == "3-2":
            places = {(each + 4) % 8 for each in places}
        claves = [h for h in band_of(chart).part("Drums").hits if h.pitch == DRUMS["claves"]]
        assert len(claves) > 2 * len(chart.bars)
        assert {hit.onset_ql % 8 for hit in claves} == places


def test_the_clave_is_heard_in_what_the_player_has():
    chart = chart_of("salsa", 7)
    son = [Fraction(0), Fraction(3, 2), Fraction(3), Fraction(5), Fraction(6)]
    three_two = [make_note(onset, 60, Fraction(1, 2)) for onset in son]
    two_three = [make_note((onset + 4) % 8, 60, Fraction(1, 2)) for onset in son]
    for notes, side in ((three_two, "3-2"), (two_three, "2-3")):
        changed = msgspec.structs.replace(chart, notes=number_notes(notes))
        assert find_clave(changed, sided=True) == side
    assert find_clave(chart, sided=False) == ""


@pytest.mark.parametrize("style", ["jazz", "rock", "pop", "salsa", "funk"])
def test_drums_mark_the_form(style):
    chart = chart_of(style, 8, seed=2)
    passages = find_passages(chart)
    assert passages[0].intensity == SPARSE
    assert max(passage.intensity for passage in passages) == FULL
    hits = band_of(chart).part("Drums").hits
    bars = [bar for bar in chart.bars if bar.onset_ql >= 0]
    mark = DRUMS[STYLES[style].band.form_mark]
    marked = {hit.onset_ql for hit in hits if hit.pitch == mark}
    for passage in passages[1:]:
        if passage.opens and passage.intensity > SPARSE:
            assert bars[passage.first].onset_ql in marked

    def density(wanted):
        inside = [p for p in passages if p.intensity == wanted]
        spans = [(bars[p.first].onset_ql, bars[p.first].onset_ql + p.bars * bar_ql("4/4"))
                 for p in inside]  # fmt: skip
        found = sum(low <= hit.onset_ql < high for hit in hits for low, high in spans)
        return found / sum(p.bars for p in inside)

    assert density(FULL) > density(SPARSE)


def test_a_fill_takes_the_place_of_the_groove():
    chart = chart_of("rock", 7, seed=3)
    bars = [bar for bar in chart.bars if bar.onset_ql >= 0]
    hits = band_of(chart).part("Drums").hits
    ends = [p.first + p.bars - 1 for p in find_passages(chart)[:-1]]

    def keys(index):
        start = bars[index].onset_ql
        return {(h.onset_ql - start, h.pitch) for h in hits if start <= h.onset_ql < start + 4}

    changed = [end for end in ends if keys(end) != keys(end - 1)]
    assert changed


def test_a_band_follows_the_dynamics_of_the_chart():
    chart = chart_of("pop", 6, seed=2)
    marks = [m for m in chart.marks if m.kind != "dynamic"]
    loud, soft = (
        msgspec.structs.replace(
            chart,
            marks=(msgspec.convert({"onset_ql": 0, "kind": "dynamic", "text": text}, type(m),
                   dec_hook=lambda _, value: Fraction(value)), *marks),
        )
        for text in ("ff", "pp")
        for m in chart.marks[:1]
    )  # fmt: skip
    means = []
    for each in (loud, soft):
        hits = band_of(each).part("Drums").hits
        means.append(sum(hit.velocity for hit in hits) / len(hits))
    assert means[0] > 1.5 * means[1]


@pytest.mark.parametrize("style", ["jazz", "reggae", "cinematic"])
def test_charts_that_nobody_composed_have_a_band_too(style):
    chart = chart_of(style, 5)
    stranger = msgspec.structs.replace(chart, sections=())
    assert [p.first for p in find_passages(stranger)][:2] == [0, 4]
    assert compose_band(stranger, STYLES[style]).part("Drums")
    bare = msgspec.structs.replace(stranger, chords=())
    assert compose_band(bare, STYLES[style]).part("Bass") is None


def test_the_same_drill_gives_the_same_band_in_every_process():
    code = (
        "import sys; from tests.test_band import *;"
        "c = chart_of('salsa', 8, seed=4); sys.stdout.buffer.write(write_midi(c, band_of(c)))"
    )
    root = Path(__file__).resolve().parent.parent
    chart = chart_of("salsa", 8, seed=4)
    environment = {**os.environ, "PYTHONHASHSEED": "77", "PYTHONPATH": str(root)}
    output = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, env=environment, cwd=root
    ).stdout
    assert output == write_midi(chart, band_of(chart))


def test_midi_has_the_piano_first_and_then_the_band(tmp_path):
    chart = chart_of("jazz", 6)
    data = write_midi(chart, band_of(chart))
    file = mido.MidiFile(file=io.BytesIO(data))
    names = [track.name for track in file.tracks[1:]]
    assert names == ["Right hand", "Left hand", "Drums", "Bass"]
    channels = [{m.channel for m in t if m.type == "note_on"} for t in file.tracks[1:]]
    assert channels == [{0}, {1}, {9}, {2}]
    assert [m.program for m in file.tracks[4] if m.type == "program_change"] == [32]
    for track in file.tracks[1:]:
        held = set()
        for message in track:
            if message.type == "note_on":
                assert message.note not in held
                held.add(message.note)
            elif message.type == "note_off":
                held.remove(message.note)
        assert not held
    path = tmp_path / "band.mid"
    path.write_bytes(data)
    plain = tmp_path / "plain.mid"
    plain.write_bytes(write_midi(chart))
    assert read_chart(path).notes == read_chart(plain).notes


def test_feel_swings_all_players_alike_and_leaves_the_chart_straight():
    chart = chart_of("jazz", 6, seed=3)
    style = STYLES["jazz"]
    performed = perform_chart(chart, style)
    band = band_of(chart)
    swung = perform_band(band, chart, style)
    half = {n.onset_ql % 1 for n in chart.notes} | {
        h.onset_ql % 1 for p in band.parts for h in p.hits
    }
    assert Fraction(1, 2) in half
    ride = [
        (a.onset_ql, b.onset_ql)
        for a, b in zip(band.parts[0].hits, swung.parts[0].hits, strict=True)
    ]
    late = [after - before for before, after in ride if before % 1 == Fraction(1, 2)]
    assert late
    assert all(Fraction(1, 50) < shift < Fraction(1, 5) for shift in late)
    assert all(before == after for before, after in ride if before % 1 == 0)
    assert [n.id for n in performed.notes] == [n.id for n in chart.notes]
    moved = [b.onset_ql - a.onset_ql for a, b in zip(chart.notes, performed.notes, strict=True)
             if a.onset_ql % 1 == 0]  # fmt: skip
    # Jazz pianists sit behind the beat.
    assert sum(moved) > 0


@pytest.mark.parametrize(
    ("tab", "length", "says"),
    [
        ("x.y.", "4", "is no tab"),
        ("", "4", "is no tab"),
        ("x....", "4", "do not divide"),
    ],
)
def test_a_tab_that_cannot_be_read_is_one_clear_line(tab, length, says):
    with pytest.raises(StyleError, match=says):
        read_tab("kick", tab, length)
    with pytest.raises(StyleError, match="is no drum"):
        read_tab("gong", "x...", "4")


def test_tabs_sum_to_their_length():
    strokes = read_tab("snare", "g.x. | X..o", "4")
    assert [(s.offset_ql, s.touch) for s in strokes] == [
        (0, "ghost"), (1, "normal"), (2, "accent"), (Fraction(7, 2), "soft"),
    ]  # fmt: skip
    for style in PLAYED.values():
        for row in (*style.band.drums, *style.band.fills):
            for drum, tab in row.lines.items():
                strokes = read_tab(drum, tab, row.length)
                assert all(0 <= s.offset_ql < Fraction(row.length) for s in strokes)


def test_no_chart_no_band():
    chart = chart_of("classical", 4)
    assert isinstance(chart, Chart)
    assert band_of(chart).parts == ()


def test_a_bar_of_a_jig_cut_to_one_beat_keeps_the_band():
    chart = chart_of("folk", 6, meter="6/8", bars=8)
    chart = cut_bar(chart, len(chart.bars) - 5)
    assert "3/8" in {bar.meter for bar in chart.bars}
    band = band_of(chart)
    assert all(part.hits for part in band.parts)
    short = next(bar for bar in chart.bars if bar.meter == "3/8")
    inside = [h for p in band.parts for h in p.hits if 0 <= h.onset_ql - short.onset_ql < 1.5]
    assert inside
