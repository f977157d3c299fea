"""The review of a graded take: its notes in words, its plots, and what may be taken away."""

from fractions import Fraction
from xml.etree import ElementTree as ET

import msgspec
import pytest
from fakes import make_chart

from exercises.chart import Mark, Note
from exercises.musicxml import write_musicxml
from game.events import NoteEvent
from game.scoring.grade import grade_take
from game.scoring.marks import SIGNS, final_marks, say_marks
from game.sessions.plan import take_timeline
from game.sessions.review import review_take, sound_take
from game.sheet import (
    COLOURS,
    LEGEND,
    Spot,
    caption,
    mark_musicxml,
    printed_extras,
    printed_marks,
)
from game.ui.review.plots import (
    Frame,
    plot_asynchrony,
    plot_histogram,
    plot_loudness,
    plot_tempo,
    tempo_points,
)
from game.ui.review.words import say_beat, say_length, say_played, say_written

BEAT_S = 0.5
CHART = make_chart()
"""Sixteen quarters at 120 in four bars."""
LEFT = tuple(
    Note(f"n{i + 17}", Fraction(4 * i), Fraction(4), 48, "C3", 2, 1) for i in range(len(CHART.bars))
)


def press(onset_s, pitch, *, velocity=80, length_s=0.4):
    return [
        NoteEvent(onset_s, "on", pitch, velocity),
        NoteEvent(onset_s + length_s, "off", pitch, 0),
    ]


def perform(chart=CHART, *, late_ms=0.0, wrong=(), missed=(), extra=(), rate=1.0):
    """Every note with a lean; indices of notes that are a semitone off or left out."""
    events = []
    for index, note in enumerate(chart.notes):
        if index not in missed:
            at = float(note.onset_ql) * BEAT_S / rate + late_ms / 1000
            pitch = note.pitch + (1 if index in wrong else 0)
            events += press(at, pitch, length_s=float(note.duration_ql) * BEAT_S * 0.9)
    for at, pitch in extra:
        events += press(at, pitch, length_s=0.2)
    return events


def review(events, chart=CHART):
    timeline = take_timeline(chart, quarter_bpm=120.0)
    scorecard = grade_take(chart, events, timeline=timeline, style=None, level=1)
    return review_take(chart, events, scorecard, timeline=timeline)


def frame(events, chart=CHART, *, columns=76, rows=18, cursor_ql=0.0):
    timeline = take_timeline(chart, quarter_bpm=120.0)
    return Frame(review(events, chart), timeline, None, 1, columns, rows, cursor_ql)


def test_every_note_and_every_stray_key_is_an_entry_in_the_order_of_the_music():
    found = review(perform(wrong=(5,), missed=(9,), extra=((3.2, 90),)))
    assert [entry.onset_ql for entry in found.entries] == sorted(e.onset_ql for e in found.entries)
    marks = {entry.id: entry.mark for entry in found.entries}
    assert len(found.entries) == len(CHART.notes) + 1
    assert marks["n6"] == "wrong"
    assert marks["n10"] == "missed"
    assert marks[""] == "extra"
    extra = next(entry for entry in found.entries if not entry.id)
    assert extra.onset_ql == pytest.approx(6.4)
    assert extra.played.pitch == 90
    assert extra.bar == 1
    flaws = [0]
    while (after := found.next_flaw(flaws[-1], 1)) is not None:
        flaws.append(after)
    assert [found.entries[i].mark for i in flaws[1:]] == ["wrong", "extra", "missed"]
    assert found.next_flaw(flaws[1], -1) is None
    assert found.entries[found.first_in_bar(2)].onset_ql == 8.0
    assert found.at(8.9) == found.first_in_bar(2)
    assert found.at(-3.0) == 0


@pytest.mark.parametrize(
    ("made", "index", "said"),
    [
        ({"late_ms": 23}, 4, "Played 23 ms late (perfect); held 90 %; velocity 80 (mf)"),
        ({"late_ms": -2}, 4, "Played on time (perfect); held 90 %; velocity 80 (mf)"),
        ({"wrong": (5,)}, 5, "C♯4, a semitone higher, on time; held 90 %; velocity 80 (mf)"),
        ({"missed": (9,)}, 9, "Not played"),
    ],
)
def test_what_was_played_is_said(made, index, said):
    entry = review(perform(**made)).entries[index]
    assert entry.id == f"n{index + 1}"
    assert say_played(CHART, entry) == said


def test_what_was_written_is_said():
    note = Note("n1", Fraction(3, 2), Fraction(3, 2), 70, "Bb4", 2, 1, ("staccato",))
    marks = (Mark(Fraction(0), "dynamic", "p"), Mark(Fraction(4), "dynamic", "f"))
    chart = msgspec.structs.replace(CHART, notes=(note,), marks=marks)
    entry = review(press(0.75, 70, velocity=100, length_s=0.2), chart).entries[0]
    assert say_written(chart, entry) == ("Bar 1, beat 2½, left hand: dotted quarter B♭4 staccato")
    assert "velocity 100 (f, not p)" in say_played(chart, entry)
    assert "(short)" in say_played(chart, entry)
    assert say_length(Fraction(5, 2)) == "2½ quarters"
    assert say_beat(chart.bars[1], Fraction(5)) == "beat 2"


def test_a_stray_key_is_said_with_its_place():
    found = review(perform(extra=((3.25, 90),)))
    extra = next(entry for entry in found.entries if entry.mark == "extra")
    assert say_written(CHART, extra) == "Bar 2, beat 3½: nothing is written here"
    assert say_played(CHART, extra).startswith("Played F♯6: a stray key; velocity 80")


def test_what_is_heard_again_rings_in_the_pedal_until_the_key_is_struck_again():
    pedal = [NoteEvent(0.1, "pedal", 0, 127), NoteEvent(2.0, "pedal", 0, 0)]
    events = [*press(0.0, 60), *press(1.0, 60), *press(0.0, 64), *press(3.0, 67), *pedal]
    heard = {(onset, pitch): length for onset, length, pitch, _ in sound_take(events)}
    assert heard[0.0, 60] == pytest.approx(1.0)
    assert heard[1.0, 60] == pytest.approx(1.0)
    assert heard[0.0, 64] == pytest.approx(2.0)
    assert heard[3.0, 67] == pytest.approx(0.4)
    assert sound_take([]) == ()


# -- plots


def rows_with(text, letters):
    return [row for row, line in enumerate(text.plain.split("\n")[1:]) if set(letters) & set(line)]


def test_late_notes_stand_above_the_line_and_hands_are_told_apart():
    chart = msgspec.structs.replace(CHART, notes=(*CHART.notes, *LEFT))
    events = perform(late_ms=40) + [
        event for note in LEFT for event in press(float(note.onset_ql) * BEAT_S - 0.03, note.pitch)
    ]
    text = plot_asynchrony(frame(events, chart, cursor_ql=8.0))
    lines = text.plain.split("\n")
    zero = next(row for row, line in enumerate(lines[1:]) if "0 ms" in line)
    drawn = [(row, line) for row, line in enumerate(lines[1:]) if "early" not in line]
    right = [row for row, line in drawn if "R" in line[7:]]
    left = [row for row, line in drawn if "L" in line[7:]]
    assert right
    assert left
    assert max(right) < zero < min(left)
    assert "R right hand +40 ms" in lines[0]
    assert "L left hand -30 ms" in lines[0]
    assert all(len(line) <= 80 for line in lines)
    bars = next(line for line in lines if line.startswith("bar"))
    assert lines[-1].index("▲") == bars.index("3")


def test_the_histogram_counts_every_right_note():
    events = perform(late_ms=20, wrong=(5,))
    text = plot_histogram(frame(events))
    lines = text.plain.split("\n")
    assert lines[0].startswith("15 notes, median +20 ms, spread 0 ms")
    full = [line for line in lines if "█" in line and "perfect" not in line and "grade" not in line]
    assert len({line.index("█") for line in full}) == 1
    grades = next(line for line in lines if line.startswith("grade"))
    pocket = next(line for line in lines if line.startswith("pocket"))
    zero = next(line for line in lines if "0 ms" in line and "median" not in line)
    middle = zero.index("0 ms")
    assert grades[middle] == "█"
    assert pocket[middle] == "═"
    assert full[0].index("█") > middle
    assert all(len(line) <= 80 for line in lines)


def test_the_tempo_curve_is_the_tempo_that_was_played():
    events = perform(rate=1.03)
    points = tempo_points(review(events), take_timeline(CHART, quarter_bpm=120.0))
    assert [bpm for _, bpm in points] == pytest.approx([123.6] * len(points), abs=0.05)
    assert "played 123.6, written 120.0" in plot_tempo(frame(events)).plain


def test_loudness_is_drawn_with_the_written_marks():
    marks = (Mark(Fraction(0), "dynamic", "p"), Mark(Fraction(8), "dynamic", "ff"))
    chart = msgspec.structs.replace(CHART, marks=marks)
    events = press(0.0, 60, velocity=30) + press(0.5, 61, velocity=120)
    text = plot_loudness(frame(events, chart))
    lines = text.plain.split("\n")
    assert rows_with(text, "R")[0] < rows_with(text, "R")[-1]
    written = next(line for line in lines if line.startswith("marks"))
    bars = next(line for line in lines if line.startswith("bar"))
    assert written.index("ff") == bars.index("3")


@pytest.mark.parametrize("plot", [plot_asynchrony, plot_histogram, plot_tempo, plot_loudness])
@pytest.mark.parametrize("size", [(40, 8), (76, 16), (156, 30)])
def test_every_plot_fits_what_it_is_given(plot, size):
    columns, rows = size
    lines = plot(frame(perform(late_ms=10, wrong=(3,)), columns=columns, rows=rows)).plain
    assert len(lines.split("\n")) <= rows + 1
    assert "Too little" in plot(frame([], columns=columns, rows=rows)).plain


# -- sheets


def test_the_sheet_has_a_colour_for_each_head_and_a_sign_below_each_chord():
    marks = {note.id: "right" for note in CHART.notes} | {"n3": "late", "n6": "wrong"}
    document = mark_musicxml(write_musicxml(CHART), marks).decode()
    assert document.count(COLOURS["late"]) == 2
    assert document.count(f"<text>{SIGNS['wrong']}</text>") == 1
    assert document.count("<lyric") == len(CHART.notes)
    assert "<!DOCTYPE score-partwise" in document


def test_of_a_chord_the_worst_is_signed_and_a_tied_note_once():
    notes = (
        Note("n1", Fraction(0), Fraction(6), 60, "C4", 1, 1),
        Note("n2", Fraction(0), Fraction(6), 64, "E4", 1, 1),
    )
    chart = msgspec.structs.replace(CHART, notes=notes)
    document = mark_musicxml(write_musicxml(chart), {"n1": "right", "n2": "missed"}).decode()
    assert document.count("<lyric") == 1
    assert f"<text>{SIGNS['missed']}</text>" in document
    # Two heads of each note, for they are tied over the bar line.
    assert document.count(f'color="{COLOURS["right"]}"') == 2


def test_of_bars_played_again_the_worst_pass_is_printed():
    bars = tuple(
        msgspec.structs.replace(bar, number=1, printed=0) if index == 1 else bar
        for index, bar in enumerate(CHART.bars[:2])
    )
    again = tuple(
        msgspec.structs.replace(note, id=f"n{i + 5}", onset_ql=note.onset_ql + 4)
        for i, note in enumerate(CHART.notes[:4])
    )
    chart = msgspec.structs.replace(CHART, bars=bars, notes=(*CHART.notes[:4], *again))
    marks = {note.id: "right" for note in chart.notes} | {"n6": "wrong"}
    assert printed_marks(chart, marks) == {
        "n1": "right", "n2": "wrong", "n3": "right", "n4": "right"
    }  # fmt: skip


def test_extra_keys_stand_on_the_sheet_where_they_were_struck():
    bars = tuple(
        msgspec.structs.replace(bar, number=1, printed=0) if index == 1 else bar
        for index, bar in enumerate(CHART.bars[:2])
    )
    chart = msgspec.structs.replace(CHART, bars=bars, notes=CHART.notes[:4])
    # In the second pass of the bar; two at once; one before the music, one after it.
    extras = printed_extras(chart, [(5.03, 66), (1.01, 70), (1.0, 66), (-0.2, 40), (8.4, 41)])
    assert extras == {
        0: {
            Spot(Fraction(1), 1): ["F♯4", "B♭4"],
            Spot(Fraction(0), 2): ["E2"],
            Spot(Fraction(15, 4), 2): ["F2"],
        }
    }
    document = mark_musicxml(write_musicxml(chart), {}, extras)
    root = ET.fromstring(document)  # noqa: S314 - our own
    words = {
        e.findtext(".//words"): e for e in root.iter("direction") if e.find(".//words") is not None
    }
    beat = words["+F♯4 +B♭4"]
    assert int(beat.findtext("offset")) == int(root.findtext(".//divisions"))
    assert beat.get("placement") == "below"


def test_a_drawing_says_what_its_signs_mean():
    svg = '<svg viewBox="0 0 2100 900" xmlns="x">\n</svg>\n'
    drawn = caption(svg, "Take 3 & more")
    assert f"Take 3 &amp; more. {LEGEND}" in drawn
    assert 'viewBox="0 0 2100 934"' in drawn
    assert drawn.endswith("</svg>")


def test_marks_in_words_leave_out_what_was_right():
    found = review(perform(wrong=(5,), missed=(9,)))
    said = say_marks(found.scorecard)
    assert said == {"n6": "another key was played", "n10": "missed"}
    assert set(final_marks(found.scorecard).values()) == {"right", "wrong", "missed"}
