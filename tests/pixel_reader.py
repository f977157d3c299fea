"""A reader of the score in pixels: sees black and white alone, and finds the notes in it.

python tests/pixel_reader.py [COUNT]    reads COUNT charts (100) of all genres and levels, in
                                        cells of 9 by 18 pixels, and says how many it got right
"""

import sys
from typing import NamedTuple

import numpy as np
import reader
from pixel_signs import REACH, SMALL, find_key, find_signs, known_signs
from reader import BASS_TOP, TREBLE_TOP, Head

from game.notation.faces import find_face
from game.notation.levels import unpack_levels

BLACK, GREY = 4, 2
"""Levels of ink."""
WHOLE = 0.95
"""A bar line has so many of the pixels from the top of a system to its bottom."""
CELL = (9, 18)
TILT = 0.5
"""Of heads, in radians: the right end is up."""
SHAPES = {
    # Half the width and half the height in spaces.
    "black": (0.6, 0.44),
    "half": (0.6, 0.46),
    "whole": (0.78, 0.5),
    "grace": (0.42, 0.34),
}
FULL = 0.93
"""A black head is so black."""
RIM, RIMMED = 0.72, {"half": 0.8, "whole": 0.8}
"""A hollow one has a rim, from this share of it on, that is so black."""
HOLE = 0.012
"""Its hole is closed, and at least so large, in spaces squared."""
ROUND = 1.5
"""What is around a head reaches so much further than it."""
LEAST = {"black": 0.36, "half": 0.35, "whole": 0.5, "grace": 0.58}
"""A head is blacker than what is around it (stems, ledger lines, neighbours) by this at least."""
BESIDE = 0.4
"""Spaces between two heads that stand side by side, at the most."""
WHOLLY = 0.96
"""A rim that is so black is enough by itself."""


def oval(width, height, tilt, scale=1.0):
    """A mask of an oval, odd in both sizes; half axes in pixels."""
    reach = int(np.ceil(max(width, height) * scale)) + 1
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    along, across = x * np.cos(tilt) - y * np.sin(tilt), x * np.sin(tilt) + y * np.cos(tilt)
    return (along / (width * scale)) ** 2 + (across / (height * scale)) ** 2 <= 1


def share(black, mask):
    """At each pixel the share of black under a mask that is centred there."""
    shape = [a + b - 1 for a, b in zip(black.shape, mask.shape, strict=True)]
    product = np.fft.rfft2(black, shape) * np.fft.rfft2(mask[::-1, ::-1], shape)
    top, left = mask.shape[0] // 2, mask.shape[1] // 2
    full = np.fft.irfft2(product, shape)
    return full[top : top + black.shape[0], left : left + black.shape[1]] / mask.sum()


def find_long(black):
    """The rows with a line through most of the page."""
    sums = black.sum(axis=1)
    return sums > 0.45 * sums.max()


def find_edge(black, space):
    """The column of the line that a system begins with: straight over a staff at the least."""
    for column in range(black.shape[1] // 4):
        ends = np.flatnonzero(np.diff(np.concatenate(([0], black[:, column], [0]))))
        if len(ends) and (ends[1::2] - ends[::2]).max() > (reader.LINES - 1) * space:
            after = black[:, column + 4 : column + 9].all(axis=1)
            if (after & find_long(black)).sum() >= reader.LINES:
                return column
    return 0


def find_staves(black, space):
    """(rows of the five lines' upper edges of each staff, their thickness)."""
    edge = find_edge(black, space)
    rows = np.flatnonzero(find_long(black) & black[:, edge + 4 : edge + 9].all(axis=1))
    starts = [int(row) for row in rows if row - 1 not in rows]
    thick = len(rows) // max(1, len(starts))
    staves = []
    while len(starts) >= reader.LINES:
        lines = starts[: reader.LINES]
        if set(np.diff(lines).tolist()) == {space}:
            staves.append(lines)
            starts = starts[reader.LINES :]
        else:
            starts = starts[1:]
    return staves, thick


def erase_lines(black, staves, thick):
    """Take the staff lines away where nothing stands on them."""
    bare = black.copy()
    for line in (line for staff in staves for line in staff):
        alone = ~black[line - 1] & ~black[min(line + thick, len(black) - 1)]
        bare[line : line + thick, alone] = False
    return bare


def top_step(bare, lines, edge, space):
    """What the top line is called: the treble clef alone reaches below the staff."""
    below = bare[lines[-1] + space // 2 : lines[-1] + 2 * space, edge + space : edge + 3 * space]
    return TREBLE_TOP if below.sum() > space else BASS_TOP


class Sheet(NamedTuple):
    """A system in black and white."""

    black: np.ndarray
    bare: np.ndarray
    """The same without staff lines."""
    thin: np.ndarray
    """The same as `bare`, with what is grey: a thin stroke covers a part of a pixel."""
    staves: list
    """Of each the rows of its lines' upper edges."""
    thick: int
    """Rows of a staff line."""
    edge: int
    """The column of the line that the system begins with."""
    steps: list
    """What the top line of each staff is called."""


def read_sheet(levels, space):
    """See lines and clefs in levels of ink, (height, width)."""
    black = levels >= BLACK
    staves, thick = find_staves(black, space)
    bare = erase_lines(black, staves, thick)
    edge = find_edge(black, space)
    thin = erase_lines(levels >= GREY, staves, thick)
    steps = [top_step(bare, lines, edge, space) for lines in staves]
    return Sheet(black, bare, thin, staves, thick, edge, steps)


def find_heads(sheet, cell, start):
    """All noteheads of a system from a column on, in cells of (width, height) pixels."""
    bare, space = sheet.bare.astype(float), cell[1]
    found = []
    for kind, (width, height) in SHAPES.items():
        w, h = width * space, height * space
        tilt = TILT if kind != "whole" else 0.2
        around = share(bare, between(w, h, tilt, 1.1, ROUND))
        if kind in {"black", "grace"}:
            like = share(bare, oval(w, h, tilt))
            fits = like >= FULL
        else:
            like = share(bare, between(w, h, tilt, RIM, 1.0))
            fits = like >= RIMMED[kind]
        # In a chord there is black all around; then the head itself must be as it should be.
        fits &= (like - around >= LEAST[kind]) | ((like >= WHOLLY) & (kind == "half"))
        fits[:, :start] = False
        for row, column in np.argwhere(fits):
            found.append((like[row, column] - around[row, column], kind, int(row), int(column)))
    return choose(found, sheet.staves, sheet.thick, sheet.steps, space, cell, bare)


def between(width, height, tilt, inner, outer):
    """A mask of what lies between two scales of an oval."""
    large, small = oval(width, height, tilt, outer), oval(width, height, tilt, inner)
    pad = (large.shape[0] - small.shape[0]) // 2
    large[pad : pad + small.shape[0], pad : pad + small.shape[1]] &= ~small
    return large


def has_stem(bare, row, column, half_width, space):
    """Whether a stem stands at an edge of a head, or hangs from it."""
    reach = round(1.7 * space)
    for side in (1, -1):
        for at in range(-space // 5, space // 5 + 1):
            x = column + side * round(half_width * space) + at
            for way in (1, -1):
                ends = sorted((row + way * space // 4, row + way * (space // 4 + reach)))
                if bare[max(0, ends[0]) : ends[1], x].all() and ends[1] < len(bare):
                    return True
    return False


def has_hole(bare, row, column, space):
    """Whether there is white inside that no way leads out of."""
    reach = round(0.8 * space)
    window = bare[row - reach : row + reach + 1, column - reach : column + reach + 1] > 0
    core = [
        (y, x)
        for y in range(reach - space // 5, reach + space // 5 + 1)
        for x in range(reach - space // 4, reach + space // 4 + 1)
        if not window[y, x]
    ]
    if not core:
        return False
    seen, ways = {core[0]}, [core[0]]
    while ways:
        y, x = ways.pop()
        for near in ((y - 1, x), (y + 1, x), (y, x - 1), (y, x + 1)):
            if not (0 <= near[0] < len(window) and 0 <= near[1] < len(window)):
                return False
            if near not in seen and not window[near]:
                seen.add(near)
                ways.append(near)
    return len(seen) >= HOLE * space * space


def choose(found, staves, thick, steps, space, cell, bare):
    """The best candidates, none of them over another."""
    heads, taken = [], []
    order = {kind: index for index, kind in enumerate(SHAPES)}
    for _, kind, row, column in sorted(found, key=lambda f: (-f[0], order[f[1]])):
        # Heads a step apart stand side by side, never one over the other.
        if any(abs(row - r) < 0.62 * space and abs(column - c) < 0.8 * space for r, c in taken):
            continue
        if kind in {"half", "whole"} and not has_hole(bare, row, column, space):
            continue
        if kind in {"half", "grace"} and not has_stem(bare, row, column, SHAPES[kind][0], space):
            continue
        place = find_place(row, column, staves, thick, space, bare)
        if place is not None:
            staff, up = place
            taken.append((row, column))
            heads.append(Head(staff, steps[staff] - up, column / cell[0] - 0.5, kind))
    return heads


def find_place(row, column, staves, thick, space, bare):
    """(staff, steps below its top line) of a head; None where no line leads to it."""
    places = []
    for staff, lines in enumerate(staves):
        up = (row - lines[0] - (thick - 1) / 2) / (space / 2)
        near = round(up)
        inside = any(o[0] <= row <= o[-1] + thick for o in staves if o is not lines)
        if abs(up - near) > 0.35 or inside:
            continue
        ledgers = range(-2, near - 1, -2) if near < 0 else range(10, near + 1, 2)
        sides = [
            count_ledgers(bare, lines[0] + step * space // 2, column, thick, space)
            for step in ledgers
        ]
        if all(sides):
            away = max(-near, near - 8, 0)
            places.append(
                (2 * len(sides) - sum(sides), round(abs(up - near), 1), away, staff, near)
            )
    return min(places)[3:] if places else None


def count_ledgers(bare, row, column, thick, space):
    """On how many sides of a head on a column a ledger line of a row looks out."""
    reach = round(0.8 * space)
    return sum(
        bool(bare[max(0, row - 1) : row + thick + 2, min(max(0, x), bare.shape[1] - 1)].any())
        for x in (column - reach, column + reach)
    )


def read_key(sheet, space, face):
    """(sharps, or flats as a negative number; the column behind them) of a system."""
    rows = [
        lines[0] + sheet.thick // 2 + (space if step == BASS_TOP else 0)
        for lines, step in zip(sheet.staves, sheet.steps, strict=True)
    ]
    return find_key(sheet.thin, rows, sheet.edge, known_signs(face, space), space)


def find_bars(sheet, cell):
    """The columns of the bar lines, in cells: lines from the top of the system to its bottom."""
    first, last = sheet.staves[0][0], sheet.staves[-1][-1]
    whole = np.flatnonzero(sheet.black[first:last].mean(axis=0) >= WHOLE)
    return [column / cell[0] for column in whole]


def sign_heads(sheet, heads, cell, start, face):
    """[(head, its sign or "")]: what stands before it on its row, after another head's."""
    seen = [(head, find_before(sheet, head, cell, start, face)) for head in heads]
    # The hole of a natural or a flat beside a stroke looks like a hollow head.
    spans = {(head.staff, head.step, *sign[1:]) for head, signs in seen for sign in signs}
    seen = [(head, signs) for head, signs in seen if not is_within(head, cell, spans)]
    heads, signed = [head for head, _ in seen], []
    for head, found in seen:
        left = edge_of(head, cell, -1)
        before = [
            each
            for each in heads
            if (each.staff, each.step) == (head.staff, head.step) and each.column < head.column
        ]
        # Of two heads side by side on a line the signs stand before both, the left one's nearer.
        beside = [each for each in before if left - edge_of(each, cell, 1) < BESIDE * cell[1]]
        rights = [edge_of(each, cell, 1) for each in before if each not in beside]
        signs = [sign for sign in found if not any(sign[2] < right < left for right in rights)]
        if beside:
            signs = [sign for sign in signs if sign[1] < edge_of(beside[0], cell, -1)][1:]
        signed.append((head, signs[0][0] if signs else ""))
    return signed


def find_before(sheet, head, cell, start, face):
    """The signs on a head's row that stand before it, as far as they may be its own."""
    row = sheet.staves[head.staff][0] + sheet.thick // 2
    row += (sheet.steps[head.staff] - head.step) * cell[1] // 2
    left = edge_of(head, cell, -1)
    reach = max(start, left - round(REACH * cell[1]))
    shapes = known_signs(face, cell[1], SMALL if head.kind == "grace" else 1.0)
    return find_signs(sheet.thin, row, (reach, left + 2), shapes, cell[1])


def is_within(head, cell, spans):
    """Whether a hollow head lies within a sign of its row."""
    middle = (head.column + 0.5) * cell[0]
    return head.kind == "half" and any(
        (staff, step) == (head.staff, head.step) and first <= middle <= last
        for staff, step, first, last in spans
    )


def edge_of(head, cell, side):
    """The column of a head's left (-1) or right (1) edge."""
    return round((head.column + 0.5) * cell[0] + side * SHAPES[head.kind][0] * cell[1])


def read_signs(page, chart):
    """For each system: [(head, its sign or "")], the key, and the columns of the bar lines."""
    cell, face = page.request.cell, find_face(chart.drill.style)
    digits = len(chart.drill.meter.partition("/")[0])
    systems = []
    for index, system in enumerate(page.systems):
        sheet = read_sheet(unpack_levels(system.picture), cell[1])
        fifths, behind = read_key(sheet, cell[1], face)
        # The metre stands in the first system.
        start = behind + round((1.0 if index else 1.2 + 1.7 * digits) * cell[1])
        heads = find_heads(sheet, cell, start)
        systems.append(
            (sign_heads(sheet, heads, cell, behind, face), fifths, find_bars(sheet, cell))
        )
    return systems


def read_page(page, chart):
    """The heads of each system of a page, from its pixels alone."""
    return [[head for head, _ in heads] for heads, _, _ in read_signs(page, chart)]


def main(count):
    """Read charts and say how it went."""
    sums = [0, 0, 0]
    for chart, page in reader.make_pages(count, cell=CELL):
        right, written, extra, faults = reader.compare(page, chart, read_page(page, chart))
        sums = [a + b for a, b in zip(sums, (right, written, extra), strict=True)]
        drill = chart.drill
        for kind, system, head in faults:
            print(f"{drill.style} {drill.level} seed {drill.seed}, system {system}: {kind} {head}")
    right, written, extra = sums
    print(f"{right} of {written} noteheads read right ({100 * right / written:.2f} %)")
    print(f"{extra} read that are not there ({100 * extra / written:.2f} %)")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
