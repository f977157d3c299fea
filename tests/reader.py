"""A reader without eyes: finds staves and noteheads in rows of braille, and nothing else.

It knows what a player knows: staves are five long even lines, a treble clef reaches beyond its
staff and a bass clef does not, heads are ovals on or between lines. From the place of a head it
tells the letter and the octave. What it cannot tell, a player cannot either.

    python tests/reader.py [COUNT]     reads COUNT charts (100) of all genres and levels, 4 dots a
                                       space, and says how many of the noteheads it got right
"""

import sys
from dataclasses import dataclass

import numpy as np

from exercises.compose.chart import compose_chart
from exercises.drill import DrillRequest
from exercises.musicxml import write_musicxml
from exercises.request import resolve_drill
from game.notation.engrave import engrave
from game.notation.page import PageRequest
from styles.loader import load_styles

BRAILLE = 0x2800
BITS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
SPACE = 4
LINES = 5
LONG = 0.45
"""A staff line has at least this share of the dots of the fullest row."""
STEM = 7
"""Dots that a stem is long at the least, its head's own with it."""
WIDEST = 11
"""Two heads of a second, side by side; what is wider is a beam."""
LETTERS = "CDEFGAB"
TREBLE_TOP, BASS_TOP = 5 * 7 + 3, 3 * 7 + 5
"""The top lines, F5 and A3, counted in steps from C0."""
HEADS = {
    "black": (".####", "#####", "####."),
    "half": (".####", "#ooo#", "####."),
    "whole": (".#####.", "##ooo##", ".#####."),
    "grace": (".###", "####", "###."),
}


@dataclass(frozen=True)
class Head:
    """A notehead as it was read."""

    staff: int
    """0 is the upper."""
    step: int
    """Diatonic steps from C0."""
    column: float
    """Its middle, in cells."""
    kind: str


def read_dots(rows):
    """The dots of rows of text; what is not braille is a word and has none."""
    dots = np.zeros((len(rows) * 4, len(rows[0]) * 2), bool)
    for y, row in enumerate(rows):
        for x, cell in enumerate(row):
            code = ord(cell) - BRAILLE
            if 0 < code < 256:
                for dy, pair in enumerate(BITS):
                    for dx, bit in enumerate(pair):
                        dots[4 * y + dy, 2 * x + dx] = bool(code & bit)
    return dots


def find_staves(dots):
    """The top row of each staff: five long rows, `SPACE` apart, from the system's first line on."""
    sums = dots.sum(axis=1)
    long = sums > LONG * sums.max()
    edge = find_edge(dots)
    if edge is not None:
        long &= dots[:, edge + 1 : edge + 3].all(axis=1)
    tops = []
    row = 0
    while row + (LINES - 1) * SPACE < len(long):
        if all(long[row + SPACE * line] for line in range(LINES)):
            tops.append(row)
            row += LINES * SPACE
        else:
            row += 1
    return tops


def find_edge(dots):
    """The first column in which dots stand as high as a staff; None where there is none."""
    high = (LINES - 1) * SPACE + 1
    for column in range(dots.shape[1] // 4):
        ends = np.flatnonzero(np.diff(np.concatenate(([0], dots[:, column], [0]))))
        if len(ends) and (ends[1::2] - ends[::2]).max() >= high:
            return column
    return None


def find_left(dots, top):
    """The column of the line that a system begins with."""
    staff = dots[top : top + (LINES - 1) * SPACE + 1]
    columns = np.flatnonzero(staff.all(axis=0))
    return int(columns[0]) if len(columns) else 0


def top_step(dots, top, left):
    """What the top line is called: the treble clef alone reaches below the staff."""
    below = dots[top + (LINES - 1) * SPACE + 2 : top + (LINES - 1) * SPACE + 7]
    clef = below[:, left + 2 : left + 16]
    return TREBLE_TOP if clef.sum() >= 6 else BASS_TOP


def match_head(dots, row, column, pattern):
    """Whether a head's pattern has its middle row here and begins in this column."""
    for dy, want in enumerate(pattern):
        y = row - 1 + dy
        for dx, each in enumerate(want):
            lit = dots[y, column + dx]
            if each == "#" and not lit:
                return False
            if each == "o" and lit:
                return False
    return True


def find_heads(dots, tops):
    """All noteheads: from above, the best pattern at each place of each staff."""
    height, width = dots.shape
    steps = [top_step(dots, top, find_left(dots, top)) for top in tops]
    heads = []
    taken = np.zeros_like(dots)
    for kind in ("whole", "half", "black", "grace"):
        pattern = HEADS[kind]
        for staff, top in enumerate(tops):
            for row in range(top % 2, height - 1, 2):
                if not 1 <= row < height - 1:
                    continue
                for column in range(width - len(pattern[0])):
                    if not match_head(dots, row, column, pattern):
                        continue
                    if not belongs(dots, tops, staff, row, (column, column + len(pattern[0]))):
                        continue
                    if kind in {"black", "grace"} and not is_black_head(
                        dots, row, column, len(pattern[0])
                    ):
                        continue
                    spot = (slice(row - 1, row + 2), slice(column, column + len(pattern[0])))
                    if taken[spot].sum() > 5:
                        continue
                    taken[spot] = True
                    middle = (column + (len(pattern[0]) - 1) / 2) / 2
                    heads.append(Head(staff, steps[staff] - (row - top) // 2, middle, kind))
    return heads


def belongs(dots, tops, staff, row, columns):
    """Whether a head is of a staff: on it, or led to it by ledger lines."""
    top = tops[staff]
    bottom = top + (LINES - 1) * SPACE
    if any(above - 1 <= row <= above + (LINES - 1) * SPACE + 1 for above in tops):
        return top - 1 <= row <= bottom + 1
    ledgers = (
        range(top - SPACE, row - 1, -SPACE) if row < top else range(bottom + SPACE, row + 2, SPACE)
    )
    left, right = columns
    # Between two heads of a third its middle is left out: its ends must be there.
    lit = [
        dots[each, left - 1 : left + 1].any() and dots[each, right - 1 : right + 1].any()
        for each in ledgers
    ]
    if lit:
        return all(lit)
    # Just outside: nobody else's, if no other staff is as near.
    return abs(row - (top if row < top else bottom)) <= SPACE - 1


def is_black_head(dots, row, column, width):
    """Whether it has a stem at its left or right edge, and is not a piece of a beam."""
    body = dots[row - 1] & dots[row] & dots[row + 1]
    first = last = column + 2
    while first > 0 and body[first - 1]:
        first -= 1
    while last + 1 < len(body) and body[last + 1]:
        last += 1
    if last - first + 1 > WIDEST:
        return False
    edges = (column - 1, column, column + width - 1, column + width)
    return max(run_of(dots[:, x], y) for x in edges for y in range(row - 1, row + 2)) >= STEM


def run_of(dots, at):
    """How many dots of a column are lit without a gap around one of them."""
    if not dots[at]:
        return 0
    first = last = at
    while first > 0 and dots[first - 1]:
        first -= 1
    while last + 1 < len(dots) and dots[last + 1]:
        last += 1
    return last - first + 1


def read_page(page):
    """The heads of each system of a page, from its characters alone."""
    found = []
    for system in page.systems:
        dots = read_dots(system.rows)
        found.append(find_heads(dots, find_staves(dots)))
    return found


def written_heads(system, chart):
    """The heads of a system as the chart says: staff, step and column of each."""
    notes = {note.id: note for note in chart.notes}
    heads = []
    for place in system.notes:
        note = notes[place.id.partition("-")[0]]
        letter, octave = note.spelling[0], int(note.spelling.lstrip("ABCDEFG#b"))
        heads.append(Head(note.staff - 1, 7 * octave + LETTERS.index(letter), place.column, ""))
    return heads


def compare(page, chart, read=None):
    """(heads read right, heads written, heads read that are not written) and the faults."""
    right = written = extra = 0
    faults = []
    for index, (system, found) in enumerate(
        zip(page.systems, read or read_page(page), strict=True)
    ):
        rest = list(found)
        wanted = written_heads(system, chart)
        written += len(wanted)
        for head in wanted:
            near = [
                each
                for each in rest
                if each.step == head.step
                and each.staff == head.staff
                and abs(each.column - head.column) <= 1
            ]
            if near:
                right += 1
                rest.remove(min(near, key=lambda each: abs(each.column - head.column)))
            else:
                faults.append(("unread", index, head))
        extra += len(rest)
        faults += [("not there", index, head) for head in rest]
    return right, written, extra, faults


def make_pages(count, columns=120, first=0, cell=None):
    """Charts of all genres and levels in turn, engraved at 4 dots a space."""
    styles = sorted(load_styles().styles.items())
    for seed in range(first, first + count):
        name, style = styles[seed % len(styles)]
        # Each genre meets each level.
        level = 1 + (seed + seed // len(styles)) % 10
        request = DrillRequest(style=name, level=level, kind="grand", bars=8, seed=seed)
        chart = compose_chart(resolve_drill(request, style), style).chart
        yield chart, engrave(write_musicxml(chart), chart, PageRequest(columns, cell=cell))


def main(count):
    """Read charts and say how it went."""
    sums = [0, 0, 0]
    for chart, page in make_pages(count):
        right, written, extra, faults = compare(page, chart)
        sums = [a + b for a, b in zip(sums, (right, written, extra), strict=True)]
        drill = chart.drill
        for kind, system, head in faults:
            print(f"{drill.style} {drill.level} seed {drill.seed}, system {system}: {kind} {head}")
    right, written, extra = sums
    print(f"{right} of {written} noteheads read right ({100 * right / written:.2f} %)")
    print(f"{extra} read that are not there ({100 * extra / written:.2f} %)")
    return 0 if right >= 0.99 * written and extra <= 0.01 * written else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100))
