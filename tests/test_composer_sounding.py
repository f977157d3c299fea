"""Reference and band: where their notes are heard, where the band stops, and what is kept."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import pytest

from exercises.chart import write_chart_json
from exercises.compose.chart import compose_chart
from exercises.drill import DrillRequest
from exercises.request import resolve_drill
from exercises.tempi import tempo_map
from game.composer.sounding import perform, render_played, render_sound
from game.requests import PlayedRequest, SoundRequest
from styles.feel import pocket_ms
from styles.loader import load_styles

RATE = 8_000
TEMPO = 132.0


@pytest.fixture(scope="module")
def funk():
    style = load_styles().styles["funk"]
    drill = DrillRequest(style="funk", level=4, bars=4, seed=3, kind="grand")
    return compose_chart(resolve_drill(drill, style), style).chart, style


def test_without_a_style_the_notes_lie_where_they_are_written(funk):
    chart, _ = funk
    heard = perform(chart, None, program=4, quarter_bpm=TEMPO)
    timeline = tempo_map(chart, TEMPO)
    written = sorted(timeline.seconds_at(n.onset_ql) for n in chart.notes if n.duration_ql)
    found = sorted(note.onset_s for note in heard["reference"])
    assert len(found) == len(chart.notes)
    assert np.abs(np.array(found[: len(written)]) - written).max() < 0.002
    assert {note.program for note in heard["reference"]} == {4}
    assert heard["band"] == []


def test_the_band_plays_on_the_beat_with_the_bass_behind_by_half_the_pocket(funk):
    chart, style = funk
    heard = perform(chart, style, program=0, quarter_bpm=TEMPO)["band"]
    beat_s = 60 / TEMPO
    drums = [note for note in heard if note.drums]
    bass = [note for note in heard if not note.drums]
    assert drums
    assert bass
    downbeats = [note.onset_s / beat_s for note in drums if note.pitch in {35, 36}]
    assert min(abs(at - round(at)) for at in downbeats) < 0.003
    share = sum(pocket_ms(style.feel, chart.drill.quarter_bpm)) / 4000
    scale = chart.drill.quarter_bpm / TEMPO
    assert any(
        abs(note.onset_s - round(note.onset_s / beat_s) * beat_s - share * scale) < 0.002
        for note in bass
    )


def test_the_band_stops_at_a_bar_and_the_reference_goes_on(funk, tmp_path, monkeypatch):
    monkeypatch.setenv("FIRST_TAKE_HOME", str(tmp_path))
    chart, style = funk
    request = SoundRequest(7, write_chart_json(chart), TEMPO, RATE, stops_at_bar=3)
    ready = render_sound(request, chart, style)
    assert (ready.ticket, ready.rate) == (7, RATE)
    timeline = tempo_map(chart, TEMPO)
    bar = next(bar for bar in chart.bars if bar.number == 3)
    stop = round((timeline.seconds_at(bar.onset_ql) + 1.0 - ready.start_s) * RATE)
    band, reference = np.load(ready.band), np.load(ready.reference)
    assert band.dtype == np.int16
    assert np.abs(band[: stop - RATE]).max() > 3000
    assert np.abs(band[stop:].astype(int)).max() < 0.1 * np.abs(band).max()
    assert np.abs(reference[stop:]).max() > 1000


def test_what_was_rendered_is_found_again(funk, tmp_path, monkeypatch):
    monkeypatch.setenv("FIRST_TAKE_HOME", str(tmp_path))
    chart, style = funk
    request = SoundRequest(1, write_chart_json(chart), TEMPO, RATE)
    first = render_sound(request, chart, style)
    made = Path(first.band).stat().st_mtime_ns
    again = render_sound(msgspec.structs.replace(request, ticket=2), chart, style)
    assert (again.ticket, again.band) == (2, first.band)
    assert Path(again.band).stat().st_mtime_ns == made
    other = render_sound(msgspec.structs.replace(request, quarter_bpm=100.0), chart, style)
    assert other.band != first.band
    assert not list(tmp_path.rglob("*.part.npy"))


def test_what_was_played_is_heard_where_it_was_played(tmp_path, monkeypatch):
    monkeypatch.setenv("FIRST_TAKE_HOME", str(tmp_path))
    keys = ((-0.2, 0.3, 60, 90), (2.0, 0.5, 64, 90))
    ready = render_played(PlayedRequest(5, keys, RATE))
    assert (ready.ticket, ready.rate, ready.band) == (5, RATE, "")
    samples = np.load(ready.reference).astype(int)
    level = np.abs(samples).max(axis=1)
    for onset_s, *_ in keys:
        first = round((onset_s - ready.start_s) * RATE)
        after = level[first : first + RATE // 5].max()
        assert after > 1000
        # The second rises out of what is left of the first.
        assert level[max(0, first - RATE // 20) : first].max() < after / 3
    empty = render_played(PlayedRequest(6, (), RATE))
    assert np.abs(np.load(empty.reference)).max() == 0
