"""Reads the pitches of a page: lines, heads, signatures, signs and bar lines, as a player does.

A note's letter and octave come from its head's place (`reader`, `pixel_reader`), its alteration
from the sign before it or before an earlier note of its line within the bar, or else from the key
(`sign_reader`, `pixel_signs`). All of it is found in dots or pixels alone.

    python tests/pitch_reader.py [COUNT] [pixels]     reads COUNT charts (100) of all genres and
                                                      levels, and says how many pitches it got right
"""

import sys
from bisect import bisect_right

import pixel_reader
import reader
import sign_reader

ALTERATIONS = {"flat-flat": -2, "flat": -1, "natural": 0, "sharp": 1, "double-sharp": 2}
SEMITONES = (0, 2, 4, 5, 7, 9, 11)
SHARPS = "FCGDAEB"
"""The letters that a key of sharps raises, in their order; one of flats lowers them from behind."""


def alter_by_key(step, fifths):
    """What a key signature does to a step: -1, 0 or 1."""
    letter = reader.LETTERS[step % 7]
    if fifths < 0:
        return -(letter in SHARPS[fifths:])
    return int(letter in SHARPS[:fifths])


def name_pitches(heads, fifths, bars):
    """[(head, MIDI pitch)] of heads with their signs.

    Args:
        heads: (head, its sign or "") of a system.
        fifths: sharps of the key, or flats as a negative number.
        bars: the columns of the bar lines, in cells.
    """
    signs, pitches = {}, []
    for head, sign in sorted(heads, key=lambda each: each[0].column):
        place = (head.staff, head.step, bisect_right(bars, head.column))
        if sign:
            signs[place] = ALTERATIONS[sign]
        alteration = signs.get(place, alter_by_key(head.step, fifths))
        octave, letter = divmod(head.step, 7)
        pitches.append((head, 12 * (octave + 1) + SEMITONES[letter] + alteration))
    return pitches


def read_signs(page, chart):
    """Heads with signs, key and bar lines of each system, from dots or a picture's pixels alone."""
    read = pixel_reader.read_signs if page.request.cell else sign_reader.read_signs
    return read(page, chart)


def compare_pitches(page, chart, systems=None):
    """(pitches read right, notes written) and the faults; further heads of a tie sound no more."""
    right = written = 0
    faults = []
    pitches = {note.id: note.pitch for note in chart.notes}
    systems = systems or read_signs(page, chart)
    for index, (system, found) in enumerate(zip(page.systems, systems, strict=True)):
        rest = name_pitches(*found)
        wanted = reader.written_heads(system, chart)
        for place, head in zip(system.notes, wanted, strict=True):
            if place.id not in pitches:
                continue
            written += 1
            near = [
                each
                for each in rest
                if each[0].staff == head.staff
                and each[0].step == head.step
                and abs(each[0].column - head.column) <= 1
            ]
            best = min(near, key=lambda each: abs(each[0].column - head.column), default=None)
            if best is not None and best[1] == pitches[place.id]:
                right += 1
                rest.remove(best)
            else:
                faults.append((index, place.id, place.column, pitches[place.id], best))
    return right, written, faults


def main(count, cell=None):
    """Read charts and say how it went."""
    right = written = 0
    for chart, page in reader.make_pages(count, cell=cell):
        sums = compare_pitches(page, chart)
        right, written = right + sums[0], written + sums[1]
        for fault in sums[2]:
            print(chart.drill.style, chart.drill.level, chart.drill.seed, *fault)
    print(f"{right} of {written} pitches read right ({100 * right / written:.2f} %)")
    return 0 if right >= (1 if cell else 0.99) * written else 1


if __name__ == "__main__":
    counts = [int(each) for each in sys.argv[1:] if each.isdigit()]
    sys.exit(main(*(counts or [100]), cell=pixel_reader.CELL if "pixels" in sys.argv else None))
