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
KEY_ROOM = 2
"""Dots that a sign of the key may stand further right than that."""
KEY_LINES = {"sharp": (0, 3, -1, 2, 5, 1, 4), "flat": (4, 1, 5, 2, 6, 3, 7)}
"""Steps below the treble staff's top line that a key's signs stand on; two more in the bass."""
PITCHES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9}
WHOLE = 0.9
"""A bar line has so many of the dots from the top of a system to its bottom."""
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


def is_sign(dots, name, row, left):
    """Whether a sign stands on a row and begins in a column."""
    middle, *rows = SIGNS[name]
    shape = np.array([list(each) for each in rows]) == "#"
    here = dots[row - middle : row - middle + shape.shape[0], left : left + shape.shape[1]]
    if here.shape != shape.shape:
        return False
    return here[shape].mean() >= LIT and 1 - here[~shape].mean() >= UNLIT


def find_key(dots, tops, steps):
    """(sharps, or flats as a negative number; the column behind them), the same on each staff."""
    start = (reader.find_edge(dots) or 0) + KEY_STARTS
    for name, sign in (("sharp", 1), ("flat", -1)):
        left, count = start, 0
        for line in KEY_LINES[name]:
            found = None
            for column in range(left, left + KEY_ROOM + 1):
                rows = [
                    top + 2 * (line + (2 if step == reader.BASS_TOP else 0))
                    for top, step in zip(tops, steps, strict=True)
                ]
                if all(is_sign(dots, name, row, column) for row in rows):
                    found = column
                    break
            if found is None:
                break
            left, count = found + KEY_STEP - 1, count + 1
        if count:
            return sign * count, left
    return 0, start


def find_bars(dots, tops):
    """The columns of the bar lines, in cells: lines from the top of the system to its bottom."""
    first, last = tops[0], tops[-1] + (reader.LINES - 1) * reader.SPACE + 1
    # A dynamic between the staves is a word and has no dots.
    whole = np.flatnonzero(dots[first:last].mean(axis=0) >= WHOLE)
    return [float(column) / 2 for column in whole]


def read_signs(page, _chart):
    """For each system: [(head, its sign or "")], the key, and the columns of the bar lines."""
    systems = []
    for index, system in enumerate(page.systems):
        dots = reader.read_dots(system.rows)
        tops = reader.find_staves(dots)
        steps = [reader.top_step(dots, top, reader.find_left(dots, top)) for top in tops]
        fifths, edge = find_key(dots, tops, steps)
        edge += 0 if index else METRE
        heads = []
        for head in reader.find_heads(dots, tops):
            row = tops[head.staff] + 2 * (steps[head.staff] - head.step)
            left = round(2 * head.column - (len(reader.HEADS[head.kind][0]) - 1) / 2)
            shapes = SMALL_SIGNS if head.kind == "grace" else SIGNS
            heads.append((head, read_sign(dots, row, left, edge, shapes)))
        systems.append((heads, fifths, find_bars(dots, tops)))
    return systems


def compare_signs(page, chart, systems=None):
    """(signs told, signs written, signs seen where none is) and the faults."""
    told = written = false = 0
    faults = []
    signs = written_signs(chart)
    systems = systems or read_signs(page, chart)
    for index, (system, (heads, _, _)) in enumerate(zip(page.systems, systems, strict=True)):
        for place, wanted in zip(system.notes, reader.written_heads(system, chart), strict=True):
            near = [
                (abs(head.column - wanted.column), sign)
                for head, sign in heads
                if (head.staff, head.step) == (wanted.staff, wanted.step)
                and abs(head.column - wanted.column) <= 1
            ]
            if not near or "-" in place.id:
                continue
            read = min(near)[1]
            right = signs.get(place.id, "")
            written += bool(right)
            told += read == right != ""
            false += not right and read != ""
            if read != right:
                faults.append((index, place.id, place.column, right, read))
    return told, written, false, faults


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
