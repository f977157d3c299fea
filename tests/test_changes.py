"""Changes inside a chart: key, metre and tempo, composed, written, read, clicked and graded."""

from fractions import Fraction
from itertools import pairwise

import msgspec
import pytest
from test_musicxml import facts, make_chart

from exercises.chart import TempoChange
from exercises.checks.chart import check_chart
from exercises.compose.changes import Modulation, cut_bar, modulate
from exercises.compose.chart import compose_chart
from exercises.drill import DrillRequest
from exercises.levels import level
from exercises.midi import write_midi
from exercises.musicxml import read_chart, write_musicxml
from exercises.request import resolve_drill
from exercises.tempi import tempo_map
from exercises.theory import read_spelling
from game.performer.performance import PROFILES, perform
from game.scoring.grade import grade_take
from game.sessions.plan import plan_take
from styles.loader import load_styles

PACKS = load_styles().styles


def composed(style, number, seed):
    drill = resolve_drill(DrillRequest(style=style, level=number, seed=seed), PACKS[style])
    return compose_chart(drill, PACKS[style]).chart


def with_tempi(*changes):
    return msgspec.structs.replace(make_chart(2, bars=4), tempi=changes)


def test_a_change_of_tempo_moves_seconds_and_clicks():
    # Two bars at 96 quarters, two at 48.
    chart = with_tempi(TempoChange(Fraction(8), 48.0, "Meno mosso"))
    timeline = tempo_map(chart)
    assert timeline.seconds_at(8) == pytest.approx(8 * 60 / 96)
    assert timeline.seconds_at(16) == pytest.approx(8 * 60 / 96 + 8 * 60 / 48)
    # Slower practice keeps the shares.
    assert tempo_map(chart, 48.0).quarter_bpm_at(12) == pytest.approx(24.0)
    clicks = [click.onset_s for click in plan_take(chart, quarter_bpm=96.0).clicks]
    gaps = [b - a for a, b in pairwise(clicks)]
    assert gaps[-1] == pytest.approx(2 * gaps[0])


def test_a_ritardando_slows_down_evenly():
    chart = with_tempi(TempoChange(Fraction(8), 48.0, "rit.", Fraction(8)))
    timeline = tempo_map(chart)
    tempi = [timeline.quarter_bpm_at(at) for at in (7, 8, 10, 12, 15.9)]
    assert tempi == sorted(tempi, reverse=True)
    assert tempi[0] == 96.0
    assert tempi[-1] == pytest.approx(48.0)


def test_changes_of_tempo_come_back_from_their_file(tmp_path):
    chart = with_tempi(
        TempoChange(Fraction(4), 120.0, "Più mosso"),
        TempoChange(Fraction(8), 96.0, "Tempo I"),
        TempoChange(Fraction(12), 66.0, "rit.", Fraction(4)),
    )
    path = tmp_path / "tempo.musicxml"
    path.write_bytes(write_musicxml(chart))
    back = read_chart(path)
    assert back.tempi == chart.tempi
    assert back.drill.quarter_bpm == 96.0
    assert write_midi(chart) != write_midi(msgspec.structs.replace(chart, tempi=()))


def test_a_phrase_in_another_key_has_its_signature_and_its_names(tmp_path):
    chart = composed("pop", 8, 1)
    moved = modulate(chart, Modulation(8, len(chart.bars) - 1, "M2", 2, "E"), level(10))
    start = moved.bars[8].onset_ql
    assert [moved.key_of(bar) for bar in moved.bars[7:9]] == [chart.drill.key, "E"]
    assert all(read_spelling(note.spelling) == note.pitch for note in moved.notes)
    later = [n.pitch for n in chart.notes if n.onset_ql >= start]
    moves = {a - b for a, b in zip([n.pitch for n in moved.notes if n.onset_ql >= start], later,
             strict=True)}  # fmt: skip
    assert moves in ({2}, {-10})
    path = tmp_path / "key.musicxml"
    path.write_bytes(write_musicxml(moved))
    back = read_chart(path)
    assert facts(back) == facts(moved)
    assert {bar.key for bar in back.bars} == {"", "E"}


def test_a_bar_is_cut_short_and_the_rest_moves_up():
    chart = composed("rock", 8, 1)
    short = cut_bar(chart, 3)
    assert short.bars[3].meter == "2/4"
    assert short.end_ql == chart.end_ql - 2
    assert [b.meter for b in short.bars].count("2/4") == 1
    assert not [fault for fault in check_chart(short, None, None) if fault.rule == 1]


@pytest.mark.parametrize(("style", "number", "seed"), [("classical", 9, 2), ("gospel", 10, 3)])
def test_composed_changes_come_back_and_are_played(style, number, seed, tmp_path):
    chart = composed(style, number, seed)
    meters, keys = {bar.meter for bar in chart.bars}, {bar.key for bar in chart.bars}
    assert len(meters) > 1 or len(keys) > 1 or chart.tempi
    path = tmp_path / "chart.musicxml"
    path.write_bytes(write_musicxml(chart))
    back = read_chart(path)
    assert facts(back) == facts(chart)
    assert back.bars == chart.bars
    assert back.tempi == chart.tempi
    more = {"timeline": tempo_map(chart), "style": PACKS[style], "level": number}
    played = perform(chart, PROFILES["perfect"], seed=1, **more)
    assert round(grade_take(chart, played.events, **more).scores.total) == 100
