"""Reads the accidentals beside noteheads: a part of `reader`, with no eyes either.

python tests/sign_reader.py [COUNT]    reads COUNT charts (100) and says how many signs were
                                       told, and how many were seen where none is
"""

import random
import sys
import xml.etree.ElementTree as ET
from fractions import Fraction

import numpy as np
import reader

from exercises.chart import Bar, Chart, Note, number_notes
from exercises.drill import Drill
from exercises.musicxml import write_musicxml

SIGNS = {
    # Middle row, then the rows. A player knows their shapes; dots beside them may be anything.
    "flat": (5, "#...", "#...", "#...", "#.#.", "##.#", "#..#", "#.#.", "##.."),
    "sharp": (4, ".#.#.", ".#.#.", "#####", ".#.#.", ".#.#.", ".#.#.", "#####", ".#.#.", ".#.#."),
    "natural": (5, "#...", "#...", "#...", "####", "#..#", "#..#", "#..#", "####", "...#", "...#"),
    "double-sharp": (2, "##.##", ".#.#.", "..#..", ".#.#.", "##.##"),
    "flat-flat": (5, "#..#...", "#..#...", "#..#...", "#..#.#.", "##.##.#", "#.##..#", "#.##.#.",
                  "##.##.."),
}  # fmt: skip
SMALL_SIGNS = {
    "flat": (4, "#..", "#..", "#..", "##.", "#.#", "#.#", "##."),
    "sharp": (3, ".#.#.", "#####", ".#.#.", ".#.#.", ".#.#.", "#####", ".#.#."),
    "natural": (3, "#..", "#..", "###", "#.#", "###", "..#", "..#"),
}
"""Beside grace notes."""
REACH = 26
"""Dots to the left of a head within which its sign stands: others may stand between."""
LIT, UNLIT = 0.93, 0.6
"""Of a sign's dots, and of those between them, so many are as they should be; a head beside it or
a line may fill some of the latter."""
BEYOND = 3
"""A stroke that is longer by so many dots than the sign is another thing's."""
KEY_STARTS, KEY_STEP = 16, 5
"""Dots from the system's first line to the signs of its key, and from one to the next."""
PITCHES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9}
METRE = 10
"""Dots of the time signature, in the first system."""


def read_sign(dots, row, column, edge, signs=SIGNS):
    """The sign of a head whose left edge is in a column; "" for none; none is left of `edge`."""
    best, found = 0.0, ""
    for name, (middle, *rows) in signs.items():
        shape = np.array([list(each) for each in rows]) == "#"
        height, width = shape.shape
        top = row - middle
        if top < 0 or top + height > len(dots):
            continue
        for left in range(max(edge, column - REACH), column - width + 1):
            here = dots[top : top + height, left : left + width]
            lit, unlit = here[shape].mean(), 1 - here[~shape].mean()
            if lit < LIT or unlit < UNLIT or not is_apart(dots, row, left + width, column):
                continue
            if goes_on(dots, shape, top, left):
                continue
            # What explains more is likelier: half of a double flat is a flat.
            like = lit + unlit + 0.002 * shape.sum()
            if like > best:
                best, found = like, name
    return found


def goes_on(dots, shape, top, left):
    """Whether a stroke does not end with the sign: it is a bar line or a stem."""
    bottom = top + len(shape)
    # A beam or a staff line over a stroke does not lengthen it.
    thin = dots & ~(np.roll(dots, 1, axis=1) & np.roll(dots, -1, axis=1))
    for rows, row in ((slice(max(0, top - BEYOND), top), 0), (slice(bottom, bottom + BEYOND), -1)):
        columns = left + np.flatnonzero(shape[row])
        longer = dots[rows, columns].all(axis=0) & (thin[rows, columns].sum(axis=0) >= BEYOND - 1)
        if len(dots[rows]) == BEYOND and longer.any():
            return True
    return False


def is_apart(dots, row, first, last):
    """Whether no other head of this row stands between a sign and its head."""
    run = 0
    for column in range(first, last):
        run = run + 1 if dots[max(0, row - 1) : row + 2, column].all() else 0
        if run > 2:
            return False
    return True


def written_signs(chart):
    """The sign of each note that has one, by its id."""
    root = ET.fromstring(write_musicxml(chart))  # noqa: S314 - our own document
    return {
        note.get("id"): note.findtext("accidental")
        for note in root.iter("note")
        if note.find("accidental") is not None
    }


def spell_chart(seed):
    """A chart in which every sign is written, the doubled ones too."""
    dice = random.Random(seed)  # noqa: S311
    notes = []
    for beat in range(16):
        for staff, octave in ((1, 5), (2, 3)):
            letter, sign = dice.choice("CDEFGA"), dice.choice(("", "#", "b", "##", "bb"))
            pitch = 12 * (octave + 1) + PITCHES[letter] + sign.count("#") - sign.count("b")
            name = f"{letter}{sign}{octave}"
            notes.append(Note("", Fraction(beat), Fraction(1), pitch, name, staff, 1))
    bars = tuple(Bar(n + 1, Fraction(4 * n), Fraction(4), "4/4") for n in range(4))
    drill = Drill("classical", 9, "grand", "C", "4/4", 4, 90.0, "both", seed, "CODE")
    return Chart(drill, bars, number_notes(notes))


def count_key_signs(chart):
    """How many sharps or flats the key has: what stands at each system's beginning."""
    root = ET.fromstring(write_musicxml(chart))  # noqa: S314 - our own document
    return abs(int(root.findtext(".//fifths") or 0))


def compare_signs(page, chart):
    """(signs told, signs written, signs seen where none is) and the faults."""
    told = false = 0
    faults = []
    signs = written_signs(chart)
    shown = set()
    for index, system in enumerate(page.systems):
        dots = reader.read_dots(system.rows)
        tops = reader.find_staves(dots)
        steps = [reader.top_step(dots, top, reader.find_left(dots, top)) for top in tops]
        heads = reader.find_heads(dots, tops)
        edge = (reader.find_edge(dots) or 0) + KEY_STARTS + KEY_STEP * count_key_signs(chart)
        edge += 0 if index else METRE
        for place, wanted in zip(system.notes, reader.written_heads(system, chart), strict=True):
            near = [
                head
                for head in heads
                if (head.staff, head.step) == (wanted.staff, wanted.step)
                and abs(head.column - wanted.column) <= 1
            ]
            if not near or "-" in place.id:
                continue
            head = min(near, key=lambda each: abs(each.column - wanted.column))
            row = tops[head.staff] + 2 * (steps[head.staff] - head.step)
            width = len(reader.HEADS[head.kind][0])
            left = round(2 * head.column - (width - 1) / 2)
            shapes = SMALL_SIGNS if head.kind == "grace" else SIGNS
            read = read_sign(dots, row, left, edge, shapes)
            right = signs.get(place.id, "")
            shown.add(place.id)
            told += read == right != ""
            false += not right and read != ""
            if read != right:
                faults.append((index, place.id, place.column, right, read))
    return told, sum(name in shown for name in signs), false, faults


def main(count):
    """Read charts and say how it went."""
    sums = [0, 0, 0]
    for chart, page in reader.make_pages(count):
        told, written, false, faults = compare_signs(page, chart)
        sums = [a + b for a, b in zip(sums, (told, written, false), strict=True)]
        for fault in faults:
            print(chart.drill.style, chart.drill.level, chart.drill.seed, *fault)
    told, written, false = sums
    print(f"{told} of {written} accidentals told ({100 * told / max(1, written):.2f} %)")
    print(f"{false} seen where none is")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
