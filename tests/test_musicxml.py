"""Charts as MusicXML and MIDI, and back; what cannot be read is refused in one line."""

import io
import os
import random
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
import zipfile
from fractions import Fraction
from pathlib import Path

import mido
import msgspec
import pytest
import verovio

from exercises.chart import (
    Bar,
    Chart,
    Chord,
    ComposeError,
    Mark,
    Note,
    number_notes,
    write_chart_json,
)
from exercises.compose.chart import compose_chart
from exercises.drill import Drill, DrillRequest
from exercises.harmony import QUALITIES, read_token
from exercises.musicxml import read_chart, write_midi, write_musicxml
from exercises.request import resolve_drill
from exercises.theory import read_spelling
from exercises.timeline import bar_ql
from styles.loader import load_styles

ROOT = Path(__file__).resolve().parent.parent
NAMES = ("Bb3", "C4", "D4", "Eb4", "E4", "F4", "F#4", "G4", "Ab4", "A4", "B4", "C5", "C##5")
LENGTHS = tuple(Fraction(x) for x in ("1/2", "1/2", "1/2", "1", "3/2", "1/4", "3/4", "2", "5/2"))


def make_chart(seed=1, meter="4/4", *, bars=8, pickup=Fraction(0), triplets=True):
    """A wild chart: any rhythm over chords, with grace notes, ties and gaps."""
    dice = random.Random(seed)  # noqa: S311 - dice, no secret
    length = bar_ql(meter)
    end = bars * length - pickup
    notes = []
    here = -pickup
    while here < end:
        run = [dice.choice(LENGTHS)]
        if triplets and here.denominator == 1 and dice.random() < 0.3 and end - here >= 1:
            run = [Fraction(1, 3)] * 3
        for step in run:
            size = min(step, end - here)
            if dice.random() < 0.85:
                name = dice.choice(NAMES)
                notes.append(Note("", here, size, read_spelling(name), name, 1, 1))
                if dice.random() < 0.1:
                    notes.append(Note("", here, Fraction(0), 81, "A5", 1, 1))
            here += size
    for bar in range(bars):
        start = bar * length
        stop = min(start + length, end)
        notes += [
            Note("", start, stop - start, read_spelling(name), name, 2, 1) for name in ("D3", "Ab2")
        ]
    first = [Bar(0, -pickup, pickup, meter)] if pickup else []
    full = [Bar(n + 1, n * length, length, meter) for n in range(bars)]
    if pickup:
        full[-1] = Bar(bars, full[-1].onset_ql, length - pickup, meter)
    drill = Drill("jazz", 6, "grand", "Bb", meter, bars, 96.0, "both", seed, "X")
    return Chart(drill, (*first, *full), number_notes(notes))


def facts(chart, *, spelling=True):
    return [
        (n.onset_ql, n.duration_ql, n.pitch, n.spelling if spelling else "", n.staff)
        for n in sorted(chart.notes, key=lambda n: (n.onset_ql, n.staff, n.pitch, n.duration_ql))
    ]


def there_and_back(chart, tmp_path):
    path = tmp_path / "chart.musicxml"
    path.write_bytes(write_musicxml(chart))
    return read_chart(path)


@pytest.mark.parametrize(
    "meter", ["4/4", "3/4", "2/4", "2/2", "3/8", "6/8", "9/8", "12/8", "5/4", "5/8", "7/8", "7/4"]
)
def test_the_notes_come_back(meter, tmp_path):
    for seed in range(3):
        chart = make_chart(seed, meter, triplets=meter.endswith(("/4", "/2")))
        back = there_and_back(chart, tmp_path)
        assert facts(back) == facts(chart)
        assert back.bars == chart.bars
        assert [n.id for n in back.notes] == [f"n{i}" for i in range(1, len(chart.notes) + 1)]


def test_a_pickup_comes_back(tmp_path):
    chart = make_chart(pickup=Fraction(3, 2), bars=4)
    text = write_musicxml(chart).decode()
    assert '<measure number="0" implicit="yes">' in text
    back = there_and_back(chart, tmp_path)
    assert facts(back) == facts(chart)
    assert back.bars == chart.bars


def test_the_same_chart_gives_the_same_bytes_in_any_process(tmp_path):
    path = tmp_path / "chart.json"
    path.write_bytes(write_chart_json(make_chart(7)))
    code = (
        "import sys; from pathlib import Path; from exercises.musicxml import *;"
        f"c = read_chart({str(path)!r});"
        "sys.stdout.buffer.write(write_musicxml(c) + write_midi(c))"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=ROOT,
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    (output,) = outputs
    assert output == write_musicxml(make_chart(7)) + write_midi(make_chart(7))
    assert not re.search(rb"20\d\d-\d\d-\d\d|music21", output)


def test_every_notehead_of_the_drawing_has_the_charts_id():
    document = write_musicxml(make_chart(3)).decode()
    toolkit = verovio.toolkit()
    toolkit.setOptions({"pageHeight": 60000, "adjustPageHeight": True})
    assert toolkit.loadData(document)
    drawing = toolkit.renderToSVG(1)
    wanted = set(re.findall(r'<note id="([^"]+)"', document))
    assert {id_ for id_ in wanted if "-" in id_}
    assert wanted == set(re.findall(r'<g id="(n\d+(?:-\d+)?)" class="note"', drawing))


def test_the_two_staves_are_one_braced_piano():
    root = ET.fromstring(write_musicxml(make_chart()))  # noqa: S314 - our own
    assert len(root.findall("part")) == 1
    assert root.findtext("part/measure/attributes/staves") == "2"
    assert [c.findtext("sign") for c in root.iter("clef")] == ["G", "F"]
    assert root.findtext("part/measure/attributes/key/fifths") == "-2"
    barlines = [b.findtext("bar-style") for b in root.iter("barline")]
    assert barlines == ["light-heavy"]


@pytest.mark.parametrize(
    ("meter", "unit", "dots", "number"),
    [("4/4", "quarter", 0, "90"), ("6/8", "quarter", 1, "60"), ("2/2", "half", 0, "45"),
     ("3/8", "eighth", 0, "180")],
)  # fmt: skip
def test_the_metronome_counts_the_beat(meter, unit, dots, number):
    chart = make_chart(meter=meter)
    drill = msgspec.structs.replace(chart.drill, quarter_bpm=90.0)
    marks = (Mark(Fraction(0), "tempo", "Andante"), Mark(Fraction(0), "feel", "Swing"))
    document = write_musicxml(msgspec.structs.replace(chart, drill=drill, marks=marks))
    root = ET.fromstring(document)  # noqa: S314 - our own
    mark = next(root.iter("metronome"))
    assert mark.findtext("beat-unit") == unit
    assert len(mark.findall("beat-unit-dot")) == dots
    assert mark.findtext("per-minute") == number
    direction = next(d for d in root.iter("direction") if d.find(".//metronome") is not None)
    assert direction.findtext("direction-type/words").strip() == "Andante"
    assert "Swing" in [words.text for words in root.iter("words")]


def test_every_chord_symbol_is_what_it_says(tmp_path):
    degrees = ("I", "bVII", "IV", "III", "V", "bII/V")
    tokens = []
    for index, quality in enumerate(QUALITIES):
        degree, _, bass = degrees[index % 6].partition("/")
        token = degree + (f":{quality}" if quality else "") + (f"/{bass}" if bass else "")
        tokens.append(read_token(token, "Db"))
    chart = make_chart(bars=len(tokens))
    chords = tuple(
        Chord(Fraction(4 * n), Fraction(4), h.symbol, h.root, h.bass, h.pitch_classes)
        for n, h in enumerate(tokens)
    )
    chart = msgspec.structs.replace(chart, chords=chords, show_chords=True)
    back = there_and_back(chart, tmp_path)
    assert [c.symbol for c in back.chords] == [c.symbol for c in chords]
    for chord, read in zip(chords, back.chords, strict=True):
        # The printed text says them all, alterations too.
        assert {*read.pitch_classes} == {*chord.pitch_classes, chord.bass}, chord.symbol
        assert (read.onset_ql, read.root, read.bass) == (chord.onset_ql, chord.root, chord.bass)


def test_a_chord_between_notes_keeps_its_place(tmp_path):
    chart = make_chart(bars=2)
    held = number_notes([Note("", Fraction(0), Fraction(8), 60, "C4", 1, 1)])
    chords = tuple(
        Chord(Fraction(n), Fraction(1), name, 0, 0, (0,))
        for n, name in enumerate(("C", "Dm7", "G7", "C"))
    )
    chart = msgspec.structs.replace(chart, notes=held, chords=chords, show_chords=True)
    assert [c.onset_ql for c in there_and_back(chart, tmp_path).chords] == [0, 1, 2, 3]


def test_signs_are_written_and_come_back(tmp_path):
    notes = [
        Note("", Fraction(n), Fraction(1), 60 + n, name, 1, 1, signs, finger)
        for n, (name, signs, finger) in enumerate(
            [("C4", ("staccato",), 1), ("C#4", ("accent", "tenuto"), None),
             ("D4", (), 3), ("D#4", ("marcato", "fermata"), None)]
        )
    ]  # fmt: skip
    marks = (
        Mark(Fraction(0), "dynamic", "mf"),
        Mark(Fraction(0), "slur", end_ql=Fraction(2)),
        Mark(Fraction(1), "hairpin", "<", Fraction(3)),
    )
    chart = make_chart(bars=1)
    chart = msgspec.structs.replace(chart, notes=number_notes(notes), marks=marks)
    back = there_and_back(chart, tmp_path)
    assert [(set(n.articulations), n.fingering) for n in back.notes] == [
        (set(n.articulations), n.fingering) for n in chart.notes
    ]
    assert set(back.marks) == set(marks)


def test_midi_comes_back_straight_with_its_downbeat(tmp_path):
    chart = make_chart(5, pickup=Fraction(1), bars=6)
    notes = number_notes([n for n in chart.notes if n.duration_ql > 0])
    chart = msgspec.structs.replace(chart, notes=notes)
    path = tmp_path / "chart.mid"
    path.write_bytes(write_midi(chart))
    back = read_chart(path)
    assert facts(back, spelling=False) == facts(chart, spelling=False)
    assert (back.drill.key, back.drill.meter, back.drill.quarter_bpm) == ("Bb", "4/4", 96.0)
    assert back.bars[0] == chart.bars[0]
    markers = [
        (sum(m.time for m in track[: i + 1]), message.text)
        for track in mido.MidiFile(path).tracks
        for i, message in enumerate(track)
        if message.type == "marker"
    ]
    assert markers == [(960, "downbeat")]


def test_midi_of_other_programs_is_rounded(tmp_path):
    file = mido.MidiFile(ticks_per_beat=480)
    track = mido.MidiTrack()
    file.tracks.append(track)
    here = 0
    for beat, pitch in enumerate((72, 74, 76, 48)):
        start = 480 * beat + (3 if beat else 0)
        track.append(mido.Message("note_on", note=pitch, velocity=80, time=start - here))
        track.append(mido.Message("note_off", note=pitch, time=455))
        here = start + 455
    path = tmp_path / "other.mid"
    file.save(path)
    back = read_chart(path)
    assert [n.onset_ql for n in back.notes] == [0, 1, 2, 3]
    assert [n.duration_ql for n in back.notes][:3] == [1, 1, 1]
    assert [n.staff for n in back.notes] == [1, 1, 1, 2]


def test_compressed_musicxml_is_read(tmp_path):
    chart = make_chart()
    path = tmp_path / "chart.mxl"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr(
            "META-INF/container.xml",
            '<container><rootfiles><rootfile full-path="s.xml"/></rootfiles></container>',
        )
        package.writestr("s.xml", write_musicxml(chart))
    assert facts(read_chart(path)) == facts(chart)


def test_json_comes_back_whole(tmp_path):
    chart = make_chart()
    path = tmp_path / "chart.json"
    path.write_bytes(write_chart_json(chart))
    assert read_chart(path) == chart


def test_repeats_are_played_out(tmp_path):
    document = write_musicxml(make_chart(bars=2)).decode()
    backward = '<barline location="right"><repeat direction="backward"/></barline></measure></part>'
    document = re.sub(r"<barline.*?</barline></measure></part>", backward, document)
    path = tmp_path / "repeat.musicxml"
    path.write_text(document, encoding="utf-8")
    back = read_chart(path)
    assert [bar.number for bar in back.bars] == [1, 2, 1, 2]
    assert [bar.printed for bar in back.bars] == [None, None, 0, 1]
    assert back.roadmap == ("repeat 1-2",)
    first = [f[2:] for f in facts(back) if f[0] < 8]
    again = [f[2:] for f in facts(back) if f[0] >= 8]
    assert first == again


EMPTY = (
    '<score-partwise version="4.0"><part-list/><part id="P1"><measure number="1"><note><rest/>'
    "<duration>4</duration></note></measure></part></score-partwise>"
)
BOMB = '<!DOCTYPE x [<!ENTITY a "aaaa">]><score-partwise>&a;</score-partwise>'


def zipped(name, text):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr(name, text)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.xml", b"hello", "not XML"),
        ("a.xml", b"<html></html>", "not MusicXML"),
        ("a.musicxml", b"", "empty"),
        ("a.musicxml", EMPTY.encode(), "no notes"),
        ("a.musicxml", BOMB.encode(), "entities"),
        ("a.musicxml", b"\x00\xff\x00", "not XML"),
        ("a.mxl", b"PK\x03\x04broken", "damaged"),
        ("a.mxl", zipped("readme.txt", "no score"), "damaged"),
        ("a.mid", b"", "empty"),
        ("a.mid", b"MThd", "cut off"),
        ("a.mid", b"not midi at all", "not a MIDI file"),
        ("a.json", b"{", "not a JSON document"),
        ("a.json", b"{}", "not a chart"),
        ("a.txt", b"hello", ".mid"),
        ("noending", b"hello", ".musicxml"),
    ],
)
def test_bad_files_are_refused_in_one_line(name, data, words, tmp_path):
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(ComposeError, match=re.escape(words)) as caught:
        read_chart(path)
    assert name in str(caught.value)
    assert "\n" not in str(caught.value)


def test_every_cut_of_a_midi_file_is_refused_or_read(tmp_path):
    data = write_midi(make_chart(bars=1))
    path = tmp_path / "cut.mid"
    for size in range(1, len(data), 7):
        path.write_bytes(data[:size])
        try:
            read_chart(path)
        except ComposeError as error:
            assert "\n" not in str(error)  # noqa: PT017 - most cuts fail, some still hold notes


def test_files_that_are_not_there_are_refused(tmp_path):
    with pytest.raises(ComposeError, match="no such file"):
        read_chart(tmp_path / "none.mid")
    folder = tmp_path / "folder.xml"
    folder.mkdir()
    with pytest.raises(ComposeError, match="a folder"):
        read_chart(folder)


def test_an_orchestra_is_refused(tmp_path):
    document = write_musicxml(make_chart(bars=1)).decode()
    part = re.search(r'<part id="P1">.*</part>', document, re.DOTALL).group()
    parts = re.search(r'<score-part id="P1">.*?</score-part>', document, re.DOTALL).group()
    single = re.sub(r"<staves>2</staves>", "", part)
    single = re.sub(r"<staff>\d</staff>|<clef number=\"2\">.*?</clef>", "", single)
    for number in ("2", "3"):
        document = document.replace(
            "</part-list>", parts.replace("P1", f"P{number}") + "</part-list>"
        ).replace("</score-partwise>", single.replace("P1", f"P{number}") + "</score-partwise>")
    # The keyboard part among others is the one that is read.
    path = tmp_path / "band.musicxml"
    path.write_text(document, encoding="utf-8")
    assert facts(read_chart(path)) == facts(make_chart(bars=1))
    without = document.replace(part, single)
    without = re.sub(r"<part-name[^>]*>.*?</part-name>|<part-name[^>]*/>", "<part-name />", without)
    without = re.sub(r"<score-instrument.*?</midi-instrument>", "", without, flags=re.DOTALL)
    path.write_text(without, encoding="utf-8")
    with pytest.raises(ComposeError, match="keyboard part alone"):
        read_chart(path)


def test_a_staff_that_is_silent_in_the_pickup_does_not_lengthen_it(tmp_path):
    chart = make_chart(2, pickup=Fraction(1), bars=4)
    assert not [n for n in chart.notes if n.staff == 2 and n.onset_ql < 0]
    document = write_musicxml(chart).decode()
    path = tmp_path / "chart.musicxml"
    path.write_text(document, encoding="utf-8")
    assert read_chart(path).bars == chart.bars
    # Other programs write a whole-bar rest there.
    rest = r"<rest />(<duration>10080</duration><voice>5</voice>)<type>quarter</type>"
    foreign = re.sub(rest, r'<rest measure="yes"/>\1', document, count=1)
    assert foreign != document
    path.write_text(foreign, encoding="utf-8")
    back = read_chart(path)
    assert back.bars == chart.bars
    assert facts(back) == facts(chart)


def test_music21_stays_behind_its_fences():
    imports = re.compile(r"^\s*(?:import|from) music21\b", re.MULTILINE)
    users = {
        path.relative_to(ROOT).as_posix()
        for package in ("styles", "exercises", "game")
        for path in (ROOT / package).rglob("*.py")
        if imports.search(path.read_text(encoding="utf-8"))
    }
    names = ("bar_reader", "facts", "file", "losses", "pad_writer", "reader", "writer")
    fences = {"exercises/theory.py", *(f"exercises/score/{name}.py" for name in names)}
    # The bench measures our writer against music21's own.
    assert users - {"game/bench/composing.py"} <= fences


def test_pedals_are_lines_so_that_neighbours_do_not_run_into_each_other():
    pack = load_styles().styles["pop"]
    drill = resolve_drill(DrillRequest("pop", 6, seed=1), pack)
    text = write_musicxml(compose_chart(drill, pack).chart).decode()
    pedals = re.findall(r"<pedal [^>]*>", text)
    assert pedals
    assert all('line="yes"' in each for each in pedals)
