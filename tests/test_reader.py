"""What is drawn can be read: a program that sees only the cells finds the notes in them."""

import numpy as np
import pixel_reader
from pitch_reader import alter_by_key, compare_pitches, name_pitches, read_signs
from reader import Head, compare, find_heads, find_staves, make_pages, read_dots
from sign_reader import SIGNS, compare_signs, read_sign, spell_chart, written_signs

from exercises.musicxml import write_musicxml
from game.notation.engrave import engrave
from game.notation.page import PageRequest, System

CHARTS = 8
LEAST = 0.99


def test_a_program_reads_the_notes_and_their_pitches_from_the_cells_alone():
    right = written = extra = pitches = notes = 0
    for chart, page in make_pages(CHARTS):
        systems = read_signs(page, chart)
        sums = compare(page, chart, [[head for head, _ in heads] for heads, _, _ in systems])
        right, written, extra = right + sums[0], written + sums[1], extra + sums[2]
        sums = compare_pitches(page, chart, systems)
        pitches, notes = pitches + sums[0], notes + sums[1]
    assert written > 350
    assert right >= LEAST * written
    assert pitches >= LEAST * notes > 0
    assert extra <= (1 - LEAST) * written


def test_the_reader_sees_nothing_but_dots():
    blank = ["⠒" * 40 if row % 5 == 2 else " " * 40 for row in range(8)]
    assert find_staves(read_dots(blank)) == []
    # Five lines, and the words on them are no notes.
    staff = ["⠒" * 40 for _ in range(5)]
    assert find_staves(read_dots(staff)) == [1]
    staff[2] = "⠒" * 10 + "Fine" + "⠒" * 26
    assert find_heads(read_dots(staff), [1]) == []


def test_a_head_that_is_moved_is_another_note():
    chart, page = next(iter(make_pages(1)))
    system = page.systems[0]
    first = system.notes[0]
    rows = list(system.rows)
    left, right = max(0, first.column - 3), first.column + 4
    for row in range(first.row, first.row + first.rows):
        rows[row] = rows[row][:left] + "⠒" * (right - left) + rows[row][right:]
    erased = System(
        tuple(rows),
        system.words,
        system.notes,
        system.bars,
        system.playhead,
        system.staff_rows,
    )
    whole = compare(type(page)(page.request, (system,)), chart)
    without = compare(type(page)(page.request, (erased,)), chart)
    assert without[0] < whole[0]


def test_heads_have_a_place_and_a_name():
    (chart, page), *_ = make_pages(1)
    dots = read_dots(page.systems[0].rows)
    heads = find_heads(dots, find_staves(dots))
    assert all(isinstance(head, Head) and 0 <= head.staff <= 1 for head in heads)
    assert {head.kind for head in heads} <= {"black", "half", "whole", "grace"}
    assert chart.notes


def test_accidentals_are_told_apart():
    told = written = false = 0
    for chart, page in make_pages(2, first=17):
        sums = compare_signs(page, chart)
        told, written, false = told + sums[0], written + sums[1], false + sums[2]
    assert written > 35
    assert told >= LEAST * written
    assert false <= (1 - LEAST) * written


def test_a_sign_holds_for_its_line_to_the_bar_line():
    heads = [(Head(0, step, column, "black"), sign) for step, column, sign in SIGNED]
    pitches = [pitch for _, pitch in name_pitches(heads, -1, [6.0])]
    # B flat of the key, B natural, still natural, another octave's flat, flat again; F sharp.
    assert pitches == [70, 71, 71, 82, 70, 66]
    assert [alter_by_key(step, 2) for step in range(7)] == [1, 0, 0, 1, 0, 0, 0]


SIGNED = (
    (34, 1.0, ""),
    (34, 2.0, "natural"),
    (34, 3.0, ""),
    (41, 4.0, ""),
    (34, 7.0, ""),
    (31, 8.0, "sharp"),
)


def test_doubled_accidentals_are_told_from_single_ones():
    chart = spell_chart(0)
    musicxml = write_musicxml(chart)
    assert set(written_signs(chart).values()) == set(SIGNS)
    told, written, false, _ = compare_signs(engrave(musicxml, chart, PageRequest(120)), chart)
    assert (told, false) == (written, 0)


def test_half_a_sign_is_none():
    rows = ("....#.#.", "....#.#.", "...#####", "....#.#.", "....#.#.")
    dots = np.array([list(row.ljust(30, ".")) for row in [*rows, *rows[1:]]]) == "#"
    assert read_sign(dots, 4, 12, 0) == "sharp"
    dots[5:, 4:6] = False
    assert read_sign(dots, 4, 12, 0) == ""


def test_every_note_and_its_pitch_are_read_from_pixels():
    right = written = extra = pitches = notes = 0
    for chart, page in make_pages(2, first=16, cell=pixel_reader.CELL):
        systems = read_signs(page, chart)
        heads = [[head for head, _ in each] for each, _, _ in systems]
        sums = compare(page, chart, heads)
        right, written, extra = right + sums[0], written + sums[1], extra + sums[2]
        sums = compare_pitches(page, chart, systems)
        pitches, notes = pitches + sums[0], notes + sums[1]
    assert written > 150
    assert (right, pitches) == (written, notes)
    assert extra <= 0.01 * written


def test_ovals_are_heads_where_they_are_black_or_have_holes():
    ink = pixel_reader.oval(11, 8, pixel_reader.TILT).astype(float)
    ink = np.pad(ink, 20)
    row, column = (size // 2 for size in ink.shape)
    assert not pixel_reader.has_hole(ink, row, column, 18)
    ink[row - 2 : row + 3, column - 2 : column + 3] = 0
    assert pixel_reader.has_hole(ink, row, column, 18)
    ink[:row, column] = 0
    assert not pixel_reader.has_hole(ink, row, column, 18)
