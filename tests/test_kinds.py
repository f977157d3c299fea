"""Lead sheets and bass charts: staves, sections, idiom, and what each level reads."""

import re
import xml.etree.ElementTree as ET
from fractions import Fraction

import msgspec
import pytest
from click.testing import CliRunner

from exercises.chart import read_chart_json, write_chart_json
from exercises.checks.level import bass_leap, check_level
from exercises.checks.survey import Survey
from exercises.compose.chart import compose_chart
from exercises.compose.form import Phrase
from exercises.compose.sections import mark_sections
from exercises.drill import DrillRequest
from exercises.levels import level, load_levels
from exercises.musicxml import read_chart, write_musicxml
from exercises.notation.notate import notate
from exercises.passes import print_chart
from exercises.request import resolve_drill
from game.commands.levels import command as levels_command
from game.notation.engrave import engrave
from game.notation.export import render_svg
from game.notation.page import PageRequest
from styles.loader import load_styles

STYLES = load_styles().styles


def compose(kind, style="jazz", number=7, seed=1, **wishes):
    pack = STYLES[style]
    drill = resolve_drill(DrillRequest(style, number, kind=kind, seed=seed, **wishes), pack)
    return compose_chart(drill, pack).chart


def read_back(chart, folder):
    path = folder / "chart.musicxml"
    path.write_bytes(write_musicxml(chart))
    return read_chart(path)


def facts(chart):
    return [(n.onset_ql, n.duration_ql, n.pitch, n.spelling, n.staff) for n in chart.notes]


@pytest.mark.parametrize(("kind", "staff", "clef"), [("lead", 1, "G"), ("bass", 2, "F")])
def test_one_hand_has_one_staff(kind, staff, clef, tmp_path):
    chart = compose(kind)
    assert {note.staff for note in chart.notes} == {staff}
    root = ET.fromstring(write_musicxml(chart))  # noqa: S314 - our own
    assert [each.text for each in root.iter("sign")] == [clef]
    assert root.find(".//staves") is None
    back = read_back(chart, tmp_path)
    assert facts(back) == facts(chart)
    assert back.bars == chart.bars
    assert [c.symbol for c in back.chords] == [c.symbol for c in chart.chords]
    page = engrave(write_musicxml(chart), chart, PageRequest(120))
    assert all(len(system.staff_rows) == 1 for system in page.systems)
    assert {note.id for s in page.systems for note in s.notes} >= {n.id for n in chart.notes}


def test_a_lead_sheet_has_lines_of_four_and_a_letter_for_each_section():
    chart = compose("lead", bars=16)
    letters = [(m.onset_ql, m.text) for m in chart.marks if m.kind == "rehearsal"]
    assert letters[0] == (0, "A")
    assert [onset for onset, _ in letters] == [0, 32]
    root = ET.fromstring(write_musicxml(chart))  # noqa: S314 - our own
    measures = root.findall("part/measure")
    starts = [m.get("number") for m in measures if m.find("print[@new-system='yes']") is not None]
    assert starts == ["5", "9", "13"]
    double = [m.get("number") for m in measures if m.findtext("barline/bar-style") == "light-light"]
    assert double == ["8"]
    for columns, bars in ((200, 4), (90, 2)):
        systems = engrave(write_musicxml(chart), chart, PageRequest(columns)).systems
        assert {len(system.bars) for system in systems} == {bars}


def test_sections_are_named_by_form():
    def phrase(index, letter, length):
        return Phrase(index, letter, 0, index * length, length, "full", last=False)

    def letters(names, length):
        phrases = [phrase(index, name, length) for index, name in enumerate(names)]
        return [(m.text, m.onset_ql) for m in mark_sections(phrases, 192)]

    assert letters("aaba", 8) == [("A", 0), ("A2", 32), ("B", 64), ("A3", 96)]
    assert letters("aabc", 4) == [("A", 0), ("B", 32)]
    assert letters("aabccb", 4) == [("A", 0), ("B", 48)]
    assert letters("aab", 4) == []
    assert letters("a", 8) == []


def test_a_bass_line_states_the_root_where_the_chord_changes():
    for style in ("jazz", "rock"):
        for seed in range(4):
            chart = compose("bass", style, 8, seed)
            by_onset = {note.onset_ql: note for note in chart.notes}
            starts = [c for c in chart.chords if c.onset_ql in by_onset]
            rooted = [by_onset[c.onset_ql].pitch % 12 in {c.bass, c.root} for c in starts]
            assert sum(rooted) >= 0.9 * len(rooted)
            assert len(by_onset) == len(chart.notes)


def test_a_jazz_bass_walks():
    lines = [compose("bass", "jazz", 8, seed) for seed in range(6)]
    quarters = [sum(n.duration_ql == 1 for n in c.notes) / len(c.notes) for c in lines]
    assert max(quarters) > 0.8
    steps = [
        abs(two.pitch - one.pitch) in {1, 2}
        for chart in lines
        for one, two in zip(chart.notes, chart.notes[1:], strict=False)
        if two.onset_ql % 4 == 0
    ]
    assert sum(steps) / len(steps) > 0.4


def test_a_bass_that_leaps_too_far_is_found():
    chart = compose("bass", "rock", 4)
    spoilt = list(chart.notes)
    spoilt[3] = msgspec.structs.replace(spoilt[3], pitch=spoilt[2].pitch + 13, spelling="C4")
    spoilt = msgspec.structs.replace(chart, notes=tuple(spoilt))
    assert not list(check_level(Survey(chart), level(4)))
    assert "a leap of 13 semitones" in next(check_level(Survey(spoilt), level(4)))[1]
    assert bass_leap(level(2)) == 7
    assert bass_leap(level(10)) >= 12


def test_kinds_come_in_by_level_and_the_table_says_so():
    first = {}
    for number, row in sorted(load_levels().items()):
        for kind in row.kinds:
            first.setdefault(kind, number)
    assert first == {"grand": 1, "pads": 1, "bass": 2, "lead": 4, "comping": 4, "number": 5}
    shown = CliRunner().invoke(levels_command, []).output
    assert re.search(r"comping", shown)
    assert re.search(r"number", shown)


def test_a_chord_symbol_is_printed_once():
    chart = compose("lead", "jazz", 6)
    symbols = ("Cadd9", "C13", "G7b9", "C6/9", "Dm7b5", "G7alt", "Am(maj7)", "Bb13sus4", "C/E")
    chords = tuple(
        msgspec.structs.replace(chart.chords[0], onset_ql=Fraction(4 * index), symbol=symbol)
        for index, symbol in enumerate(symbols[: len(chart.bars)])
    )
    chart = msgspec.structs.replace(chart, chords=chords)
    svg = render_svg(write_musicxml(chart))
    drawn = []
    for group in re.findall(r'<g[^>]*class="harm".*?</g>', svg, re.DOTALL):
        text = "".join(re.sub(r"<[^>]+>", "", group).split())
        drawn.append(text.replace("\uea64", "b").replace("♭", "b"))
    assert drawn == [chord.symbol for chord in chords]


def test_a_comping_chart_shows_slashes_and_keeps_a_realisation(tmp_path):
    chart = compose("comping", "pop", 7, 3)
    kinds = {slash.kind for slash in chart.slashes}
    assert kinds == {"beat", "kick"}
    assert {note.staff for note in chart.notes} == {1, 2}
    back = read_back(chart, tmp_path)
    assert (facts(back), back.slashes) == (facts(chart), chart.slashes)
    assert read_chart_json(write_chart_json(chart)) == chart
    root = ET.fromstring(write_musicxml(chart))  # noqa: S314 - our own
    for note in root.iter("note"):
        if note.find("unpitched") is None:
            continue
        beat = next(s for s in chart.slashes if s.id == note.get("id").partition("-")[0])
        assert note.findtext("notehead") == "slash"
        assert note.findtext("stem") == ("none" if beat.kind == "beat" else "up")


@pytest.mark.parametrize(("kind", "number"), [("comping", 10), ("number", 9)])
def test_a_pattern_whose_second_bar_is_chords_alone_is_a_comp_too(kind, number):
    chart = compose(kind, style="classical", number=number, seed=10001)
    assert chart.slashes
    assert {note.staff for note in chart.notes} == {1, 2}


def test_time_has_a_slash_for_each_beat_and_a_figure_is_what_is_played():
    for meter, count in (("4/4", 4), ("3/4", 3)):
        chart = compose("comping", "jazz", 7, 5, meter=meter)
        for bar in chart.bars:
            end = bar.onset_ql + bar.duration_ql
            here = [s for s in chart.slashes if s.staff == 1 and bar.onset_ql <= s.onset_ql < end]
            if here[0].kind == "beat":
                assert len(here) == count
                continue
            hits = {s.onset_ql for s in here}
            played = {n.onset_ql for n in chart.notes if bar.onset_ql <= n.onset_ql < end}
            assert played == hits, bar.number


def test_a_bass_cue_is_written_out_and_the_rest_is_hidden():
    charts = [compose("comping", "rock", 7, seed) for seed in range(4)]
    cued = 0
    for chart in charts:
        for bar in notate(chart):
            upper, lower = bar.staves
            heads = {event.head for event in upper[0].events if event.notes}
            assert "" not in heads
            assert all(e.hidden for voice in upper[1:] for e in voice.events)
            cued += any(
                event.notes and not event.hidden and not event.head for event in lower[0].events
            )
    assert cued


def test_every_note_of_a_slash_has_a_place_on_the_page():
    for kind, style in (("comping", "funk"), ("number", "country")):
        chart = compose(kind, style, 7, 2)
        page = engrave(write_musicxml(chart), chart, PageRequest(110))
        placed = {n.id.partition("-")[0] for system in page.systems for n in system.notes}
        assert placed == {note.id for note in print_chart(chart).notes}
        for system in page.systems:
            columns = [column for _, column in system.playhead]
            assert columns == sorted(columns)
            assert len(system.staff_rows) == (2 if kind == "comping" else 1)


def test_a_number_chart_prints_numbers_and_no_chord_names(tmp_path):
    for seed in range(4):
        chart = compose("number", "country", 6, seed)
        document = write_musicxml(chart)
        root = ET.fromstring(document)  # noqa: S314 - our own
        assert root.find(".//harmony") is None
        back = read_back(chart, tmp_path)
        assert [(c.onset_ql, c.root, c.bass) for c in back.chords] == [
            (c.onset_ql, c.root, c.bass) for c in chart.chords
        ]
        assert (facts(back), back.slashes) == (facts(chart), chart.slashes)
        assert chart.slashes[-1].kind == "diamond"
        words = [w for s in engrave(document, chart, PageRequest(120)).systems for w in s.words]
        printed = [word.text for word in words if word.kind == "chord"]
        assert len(printed) == len(chart.chords)
        assert printed[-1].startswith("◇")
        assert not any(re.match(r"[A-G]", text) for text in printed)


def test_a_push_is_struck_half_a_beat_before_its_place():
    pushes = 0
    for seed in range(6):
        chart = compose("number", "country", 6, seed)
        onsets = {note.onset_ql for note in chart.notes}
        for slash in chart.slashes:
            if slash.kind == "push":
                pushes += 1
                assert slash.onset_ql not in onsets
                assert slash.onset_ql - Fraction(1, 2) in onsets
                assert any(slash.onset_ql == chord.onset_ql for chord in chart.chords)
    assert pushes


@pytest.mark.parametrize("kind", ["lead", "comping", "number", "bass"])
def test_the_same_drill_gives_the_same_bytes(kind):
    first, second = (write_chart_json(compose(kind, "gospel", 6, 11)) for _ in range(2))
    assert first == second
