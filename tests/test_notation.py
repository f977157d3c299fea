"""Charts engraved in characters: where things are, and that they can be read."""

import io
import re
from fractions import Fraction

import msgspec
import numpy as np
import pytest
from PIL import Image

from exercises.chart import Bar, Chart, Chord, ComposeError, Mark, Note, number_notes
from exercises.drill import Drill
from exercises.musicxml import write_musicxml
from exercises.notation.accidentals import Head, sign_accidentals
from game.notation.brush import Brush
from game.notation.engrave import engrave
from game.notation.export import render_png, render_svg, render_text
from game.notation.glyphs import draw_glyph, hand_drawn
from game.notation.layout import lay_out, share_last
from game.notation.page import PageRequest
from game.notation.words import Margin, print_symbol, print_tempo

LETTERS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}


def note(spelling, onset, length, staff=1, **more):
    letter, sign, octave = re.fullmatch(r"([A-G])([#b]*)(\d)", spelling).groups()
    pitch = 12 * (int(octave) + 1) + LETTERS[letter] + sign.count("#") - sign.count("b")
    return Note("", Fraction(onset), Fraction(length), pitch, spelling, staff, 1, **more)


def chart(notes, *, bars=4, meter="4/4", key="C", bpm=120.0, pickup=Fraction(0), **more):
    top, bottom = map(int, meter.split("/"))
    length = Fraction(4 * top, bottom)
    places = [Bar(n + 1, n * length, length, meter) for n in range(bars)]
    if pickup:
        places.insert(0, Bar(0, -pickup, pickup, meter))
    drill = Drill("classical", 3, "grand", key, meter, bars, bpm, "both", 1, "CODE")
    return Chart(drill, tuple(places), number_notes(notes), **more)


def plain(bars=4, **more):
    notes = [note("CDEFGAB"[i % 7] + "5", i, 1) for i in range(4 * bars)]
    notes += [note("C3", 4 * b, 4, 2) for b in range(bars)]
    return chart(notes, bars=bars, **more)


def dense(bars=4, **more):
    notes = [
        note("CDEFGAB"[i % 7] + ("#4" if i % 7 in {0, 3} else "4"), Fraction(i, 4), Fraction(1, 4))
        for i in range(16 * bars)
    ]
    notes += [note(s, b, Fraction(1, 2), 2) for b in range(4 * bars) for s in ("E2", "B2", "G#3")]
    return chart(notes, bars=bars, **more)


def page_of(a_chart, columns=100, dots=4):
    return engrave(write_musicxml(a_chart), a_chart, PageRequest(columns, dots))


def dots_of(system, row, column):
    return ord(system.rows[row][column]) & 0xFF if system.rows[row][column] >= "\u2800" else 0


CHARTS = {
    "plain": plain(),
    "dense": dense(),
    "sharps": dense(key="F#"),
    "compound": chart(
        [note("A4", Fraction(3 * i, 2), Fraction(3, 2)) for i in range(8)],
        meter="6/8",
    ),
    "pickup": chart(
        [note("G4", -1, 1), *(note("C5", i, 1) for i in range(8))], bars=2, pickup=Fraction(1)
    ),
    "one hand": chart([note("G4", 4 * b, 4) for b in range(4)]),
    "one bar": plain(bars=1),
    "thirty-two bars": plain(bars=32),
}


@pytest.mark.parametrize("columns", [60, 80, 100, 120, 200])
@pytest.mark.parametrize("name", CHARTS)
def test_every_row_is_as_wide_as_the_page(name, columns):
    page = page_of(CHARTS[name], columns)
    assert page.systems
    for system in page.systems:
        assert {len(row) for row in system.rows} == {columns}
        assert system.rows[0].strip()
        assert system.rows[-1].strip()


@pytest.mark.parametrize("dots", [4, 6])
@pytest.mark.parametrize("name", CHARTS)
def test_every_note_has_its_place(name, dots):
    a_chart = CHARTS[name]
    page = page_of(a_chart, 120, dots)
    places = {place.id: place for system in page.systems for place in system.notes}
    assert {n.id for n in a_chart.notes} <= set(places)
    for n in a_chart.notes:
        assert places[n.id].onset_ql == float(n.onset_ql)


def test_a_head_is_drawn_where_its_note_is_said_to_be():
    for system in page_of(CHARTS["dense"], 100).systems:
        for place in system.notes:
            cells = [dots_of(system, place.row + r, place.column) for r in range(place.rows)]
            assert sum(bits.bit_count() for bits in cells) >= 4


@pytest.mark.parametrize("name", CHARTS)
def test_bars_follow_each_other(name):
    a_chart = CHARTS[name]
    page = page_of(a_chart)
    bars = [bar for system in page.systems for bar in system.bars]
    assert [bar.number for bar in bars] == [bar.number for bar in a_chart.bars]
    assert [bar.onset_ql for bar in bars] == [float(bar.onset_ql) for bar in a_chart.bars]
    for system in page.systems:
        for bar, following in zip(system.bars, system.bars[1:], strict=False):
            assert bar.left < bar.right == following.left
        for place in system.notes:
            bar = next(b for b in system.bars if b.onset_ql <= place.onset_ql < b.end_ql)
            assert bar.left <= place.column < bar.right


@pytest.mark.parametrize("name", CHARTS)
def test_the_playhead_moves_right_and_meets_every_note(name):
    for system in page_of(CHARTS[name]).systems:
        onsets = [onset for onset, _ in system.playhead]
        columns = [column for _, column in system.playhead]
        assert onsets == sorted(set(onsets))
        assert columns == sorted(columns)
        assert onsets[0] == system.onset_ql
        assert onsets[-1] == system.end_ql
        for place in system.notes:
            assert abs(system.playhead_column(place.onset_ql) - place.column) <= 3


def test_a_pickup_comes_before_the_first_downbeat():
    first = page_of(CHARTS["pickup"]).systems[0]
    assert first.bars[0].number == 0
    assert first.onset_ql == -1.0
    assert first.notes[0].onset_ql == -1.0


def test_a_tied_note_is_one_note_with_further_pieces():
    notes = [note("C5", 0, 2), note("E5", 2, 4), note("G5", 6, 2)]
    page = page_of(chart(notes, bars=2))
    places = {p.id: p for s in page.systems for p in s.notes}
    assert set(places) == {"n1", "n2", "n2-2", "n3"}
    assert places["n2"].onset_ql == 2.0
    assert places["n2-2"].onset_ql == 4.0
    assert places["n2-2"].row == places["n2"].row


def test_staff_lines_lie_on_whole_rows_of_dots():
    system = page_of(CHARTS["plain"], 100).systems[0]
    for top, bottom in system.staff_rows:
        assert bottom - top == 5
        for row in range(top, bottom):
            assert system.rows[row].count("⠒") > 40


def test_higher_notes_stand_higher():
    notes = [note(s, i, 1) for i, s in enumerate(["C4", "G4", "C5", "G5"])]
    system = page_of(chart(notes, bars=1)).systems[0]
    rows = [place.row for place in system.notes]
    assert rows == sorted(rows, reverse=True)
    assert len(set(rows)) == 4


def test_hollow_heads_show_the_paper():
    page = page_of(chart([note("B4", 0, 2), note("B4", 2, 1), note("B4", 3, 1)], bars=1))
    half, quarter, _ = page.systems[0].notes
    system = page.systems[0]
    count = [
        sum(
            dots_of(system, place.row + row, place.column + column).bit_count()
            for row in range(place.rows)
            for column in (-1, 0, 1)
        )
        for place in (half, quarter)
    ]
    assert count[0] < count[1]


def test_words_stand_as_text_and_cover_no_note():
    chords = tuple(
        Chord(Fraction(2 * i), Fraction(2), name, 0, 0, ())
        for i, name in enumerate(["Bbmaj7", "F#m7b5", "C/E", "G7#11"] * 2)
    )
    marks = (
        Mark(Fraction(0), "dynamic", "mf"),
        Mark(Fraction(0), "feel", "Swing"),
        Mark(Fraction(8), "text", "rit."),
    )
    page = page_of(plain(chords=chords, marks=marks, show_chords=True))
    words = [(word.kind, word.text) for system in page.systems for word in system.words]
    assert [text for kind, text in words if kind == "chord"] == [
        "B♭maj7",
        "F♯m7♭5",
        "C/E",
        "G7♯11",
    ] * 2
    assert ("tempo", "Swing  ♩ = 120") in words
    assert ("dynamic", "mf") in words
    assert ("text", "rit.") in words
    for system in page.systems:
        taken = {
            (p.row + r, p.column + c) for p in system.notes for r in range(p.rows) for c in (0, 1)
        }
        for word in system.words:
            assert system.rows[word.row][word.column :].startswith(word.text)
            cells = {(word.row, word.column + i) for i in range(len(word.text))}
            assert not cells & taken
            taken |= cells


def test_chords_are_printed_only_where_the_chart_shows_them():
    chords = (Chord(Fraction(0), Fraction(4), "Dm7", 2, 2, ()),)
    page = page_of(plain(chords=chords))
    assert all(word.kind != "chord" for system in page.systems for word in system.words)


def test_fingerings_stand_outside_the_staff():
    notes = [note("C5", i, 1, fingering=i + 1) for i in range(4)]
    notes += [note("C3", 0, 4, 2, fingering=5)]
    system = page_of(chart(notes, bars=1)).systems[0]
    fingers = [word for word in system.words if word.kind == "fingering"]
    assert sorted(word.text for word in fingers) == ["1", "2", "3", "4", "5"]
    upper = [word.row for word in fingers if word.text != "5"]
    lower = next(word.row for word in fingers if word.text == "5")
    assert max(upper) < system.staff_rows[0][0]
    assert lower >= system.staff_rows[1][1]


def test_a_grand_staff_is_low_enough_for_a_small_terminal():
    for name in ("plain", "dense", "sharps"):
        for system in page_of(CHARTS[name], 80).systems:
            assert len(system.rows) <= 19


@pytest.mark.parametrize(
    ("counts", "shared"),
    [
        ([5, 5, 5, 1], [5, 5, 3, 3]),
        ([3, 1], [2, 2]),
        ([4, 4, 1], [4, 3, 2]),
        ([2, 2, 1], []),
        ([4, 2], []),
        ([1], []),
        ([], []),
    ],
)
def test_a_last_bar_shares_with_the_line_before(counts, shared):
    assert share_last(counts) == shared


@pytest.mark.parametrize("columns", range(70, 160, 10))
def test_no_bar_is_left_over_where_lines_have_three_and_more(columns):
    for bars in (7, 10, 13):
        counts = [len(system.bars) for system in page_of(plain(bars), columns).systems]
        assert sum(counts) == bars
        assert counts[-1] > 1 or counts[-2] < 3


def test_large_print_is_larger():
    small, large = (page_of(CHARTS["plain"], 120, dots).systems[0] for dots in (4, 6))
    assert (
        large.staff_rows[0][1] - large.staff_rows[0][0]
        > small.staff_rows[0][1] - (small.staff_rows[0][0])
    )


def test_the_same_chart_gives_the_same_page():
    assert page_of(CHARTS["dense"]) == page_of(CHARTS["dense"])


def test_a_page_travels_by_pipe():
    page = page_of(CHARTS["dense"])
    data = msgspec.msgpack.encode(page)
    assert msgspec.msgpack.decode(data, type=type(page)) == page


def test_a_document_that_is_none_is_refused():
    with pytest.raises(ComposeError, match="not well formed"):
        engrave(b"<score", CHARTS["plain"], PageRequest(80))


def test_a_document_without_music_is_refused():
    with pytest.raises(ComposeError, match="engraver"):
        engrave(b"<html/>", CHARTS["plain"], PageRequest(80))


@pytest.mark.parametrize(
    ("symbol", "printed"),
    [
        ("Bbm7b5", "B♭m7♭5"),
        ("F#7#9", "F♯7♯9"),
        ("C/Eb", "C/E♭"),
        ("Absus4", "A♭sus4"),
        ("Bdim7", "Bdim7"),
        ("Cadd9", "Cadd9"),
    ],
)
def test_symbols_are_printed_with_real_signs(symbol, printed):
    assert print_symbol(symbol) == printed


def test_chord_symbols_never_touch_and_stand_in_one_line():
    dots = np.zeros((3, 40), bool)
    dots[0, 12] = True
    margin = Margin(dots)
    crowd = [(2, "B♭maj7"), (8, "Em7♭5"), (13, "Gsus4"), (18, "Bdim7"), (38, "C7")]
    margin.place_line(crowd, 0, "chord")
    texts = [word.text for word in margin.words]
    assert texts == ["B♭△7", "Eø7", "Gsus", "B°7", "C7"]
    assert [word.column for word in margin.words] == [2, 8, 13, 18, 38]
    assert {word.row for word in margin.words} == {-1}
    # Where there is room, symbols are written out; those too near each other are moved.
    margin = Margin(np.zeros((3, 40), bool))
    margin.place_line([(2, "B♭maj7"), (7, "C7"), (39, "F13")], 0, "chord")
    assert [(word.column, word.text) for word in margin.words] == [
        (2, "B♭maj7"),
        (9, "C7"),
        (37, "F13"),
    ]


def test_two_alterations_of_one_line_in_a_chord_are_both_signed():
    heads = [
        Head("a", "F4", tied=False, onset_ql=Fraction(0)),
        Head("b", "F#4", tied=False, onset_ql=Fraction(0)),
        Head("c", "F#4", tied=False, onset_ql=Fraction(1)),
        Head("d", "F#4", tied=False, onset_ql=Fraction(2)),
    ]
    signs = sign_accidentals("C", heads, {})
    assert {name: sign.accidental for name, sign in signs.items()} == {"a": "n", "b": "#", "c": "#"}


def test_accidentals_in_pixels_make_room():
    ink = np.zeros((120, 120), np.float32)
    brush = Brush(ink, 18)
    # A square of one space with its origin at its lower left corner.
    square = "M0 0 L250 0 L250 250 L0 250 Z"
    brush.sign(square, 60.0, 60.0, 1.0)
    assert brush.find_room(square, 60.0, 100.0, 1.0, 0.6) == 0
    assert brush.find_room(square, 50.0, 60.0, 1.0, 0.6) == 10
    assert brush.find_room(square, 50.0, 60.0, 1.0, 1.0) == 0


@pytest.mark.parametrize(
    ("meter", "bpm", "printed"),
    [("4/4", 96.0, "♩ = 96"), ("6/8", 90.0, "♩. = 60"), ("3/8", 60.0, "♪ = 120")],
)
def test_the_tempo_counts_the_beat(meter, bpm, printed):
    assert print_tempo(chart([note("C4", 0, 1)], bars=1, meter=meter, bpm=bpm)) == printed


def test_signs_drawn_by_hand_are_as_large_as_the_fonts():
    outlines = lay_out(write_musicxml(CHARTS["sharps"])).drawing.outlines
    compared = 0
    for code, outline in outlines.items():
        if code not in hand_drawn():
            continue
        compared += 1
        ours, theirs = hand_drawn()[code], draw_glyph(code, outline, 4, 0.999)
        assert abs(ours.ink.shape[0] - theirs.ink.shape[0]) <= 4
        assert abs(ours.ink.shape[1] - theirs.ink.shape[1]) <= 3
        assert abs(ours.origin_row - theirs.origin_row) <= 3
    assert compared >= 6


def test_the_sheet_is_a_drawing_with_every_note():
    svg = render_svg(write_musicxml(CHARTS["dense"]))
    assert svg.count('class="note"') == len(CHARTS["dense"].notes)


def test_the_picture_is_black_on_white():
    png = render_png(write_musicxml(CHARTS["plain"]))
    assert png.startswith(b"\x89PNG")
    image = Image.open(io.BytesIO(png)).convert("L")
    shades = image.histogram()
    assert shades[255] > sum(shades) * 0.8
    assert shades[0] > 1000


def test_the_text_holds_all_systems():
    page = page_of(CHARTS["thirty-two bars"])
    text = render_text(page)
    assert len(text.splitlines()) == sum(len(s.rows) + 1 for s in page.systems) - 1
