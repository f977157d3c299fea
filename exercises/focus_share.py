"""How much of a chart is the element that a focus leans on: a share, 0 to 1."""

from __future__ import annotations

import itertools
import re
from fractions import Fraction
from typing import TYPE_CHECKING

from exercises.checks.survey import Survey, Tone
from exercises.focus import LEAP, Focus
from exercises.meter import TICKS
from exercises.notation.notate import notate
from exercises.theory import LETTERS, OCTAVE, alteration, key_fifths, read_key
from exercises.timeline import bar_ql
from styles.tokens import read_cell

if TYPE_CHECKING:
    from exercises.chart import Chart, Note

SHARPS = (6, 1, 8, 3, 10, 5, 0)
"""Pitch classes in the order in which signatures raise to them: F#, C#, G#, ..."""
FLATS = (10, 3, 8, 1, 6, 11, 4)
"""The same of flats: Bb, Eb, Ab, ..."""
LEDGER = {1: (28, 40), 2: (16, 28)}
"""Staff to the highest place below it and the lowest above it that has a ledger line, in letters
from C0: middle C is 28, the A above the treble staff 40."""
_SYMBOL = re.compile(r"^[A-G](?:#{1,2}|b{1,2})?(.*?)(?:/[A-G][#b]{0,2})?$")
_SUFFIXES = {"6/9": "69", "m(maj7)": "mM7"}
_DOTTED = (Fraction(3, 4), Fraction(3, 2), Fraction(3))
_SIXTEENTH = Fraction(1, 4)
_THREE = 3


def measure_focus(chart: Chart, focus: Focus) -> float:
    """The share of an element in a chart; of notes, intervals, chords or time, as it goes.

    Notes for accidentals, ledger lines and ties, notes of the tune for rhythms, neighbours in the
    tune for intervals, time for rests, onsets for the left hand.
    """
    return _MEASURES[focus.element](chart, focus)


def signature_pcs(key: str) -> frozenset[int]:
    """The pitch classes that a key's signature raises to or lowers to."""
    fifths = key_fifths(key)
    return frozenset(SHARPS[:fifths] if fifths > 0 else FLATS[:-fifths])


def staff_place(note: Note) -> int:
    """A note's place in letters from C0."""
    name = note.spelling.rstrip("0123456789-")
    return LETTERS.index(name[0]) + 7 * ((note.pitch - alteration(name)) // OCTAVE - 1)


def _share(found: int, total: int) -> float:
    return found / total if total else 0.0


def _tune(chart: Chart) -> list[Tone]:
    return [tone for tone in Survey(chart).melody if tone.end > tone.start]


def _steps(chart: Chart) -> list[tuple[Note, Note]]:
    pairs = itertools.pairwise(_tune(chart))
    return [(a.note, b.note) for a, b in pairs if a.note.staff == b.note.staff]


def _accidentals(chart: Chart, _: Focus) -> float:
    pcs = signature_pcs(chart.drill.key)
    return _share(sum(note.pitch % OCTAVE in pcs for note in chart.notes), len(chart.notes))


def _rhythm(chart: Chart, focus: Focus) -> float:
    """Time of the tune's hand that is filled with the cell, from a pulse on."""
    cell = read_cell(focus.detail)
    total = sum((each.duration_ql for each in cell), Fraction(0))
    pulse = Fraction(1) if total.denominator == 1 else Fraction(3, 2)
    # A cell that ties back has its first onset before it.
    at, wanted = Fraction(0), []
    for each in cell:
        if not each.rest and not each.tied:
            wanted.append(at)
        at += each.duration_ql
    onsets = sorted({Fraction(tone.start, TICKS) for tone in _tune(chart)})
    filled = Fraction(0)
    for bar in chart.bars:
        place, end = bar.onset_ql, bar.onset_ql + bar.duration_ql
        while place + total <= end:
            inside = [each - place for each in onsets if place <= each < place + total]
            if inside == wanted:
                filled += total
                place += total
            else:
                place += pulse
    return float(filled / (chart.end_ql - chart.onset_ql))


def _interval(chart: Chart, focus: Focus) -> float:
    pairs = _steps(chart)
    size = focus.number - 1
    return _share(sum(abs(staff_place(a) - staff_place(b)) == size for a, b in pairs), len(pairs))


def _leaps(chart: Chart, _: Focus) -> float:
    pairs = _steps(chart)
    return _share(sum(abs(a.pitch - b.pitch) >= LEAP for a, b in pairs), len(pairs))


def _ledger(chart: Chart, _: Focus) -> float:
    found = 0
    for note in chart.notes:
        low, high = LEDGER[note.staff]
        found += not low < staff_place(note) < high
    return _share(found, len(chart.notes))


def _left(chart: Chart, _: Focus) -> float:
    onsets = {(note.onset_ql, note.staff) for note in chart.notes}
    return _share(sum(staff != 1 for _, staff in onsets), len(onsets))


def _chords(chart: Chart, focus: Focus) -> float:
    found = 0
    for chord in chart.chords:
        suffix = _SYMBOL.sub(r"\1", chord.symbol) if chord.symbol != "" else ""
        if chord.symbol.endswith("6/9"):
            suffix = "69"
        found += _SUFFIXES.get(suffix, suffix) == focus.quality
    return _share(found, len(chart.chords))


def _ties(chart: Chart, _: Focus) -> float:
    tied = {
        head.note_id
        for bar in notate(chart)
        for staff in bar.staves
        for voice in staff
        for event in voice.events
        for head in event.notes
        if head.tie
    }
    return _share(len(tied), len(chart.notes))


def _rests(chart: Chart, _: Focus) -> float:
    staves = [staff for staff, tones in Survey(chart).hands.items() if tones]
    top = min(staves, default=1)
    spans = sorted((n.onset_ql, n.onset_ql + n.duration_ql) for n in chart.notes
                   if n.staff == top)  # fmt: skip
    sounding, reach = Fraction(0), chart.onset_ql
    for start, end in spans:
        sounding += max(Fraction(0), end - max(start, reach))
        reach = max(reach, end)
    whole = chart.end_ql - chart.onset_ql
    return float((whole - sounding) / whole)


def _triplets(chart: Chart, _: Focus) -> float:
    tune = _tune(chart)
    found = sum(
        Fraction(tone.start, TICKS).denominator % _THREE == 0
        or Fraction(tone.end - tone.start, TICKS).denominator % _THREE == 0
        for tone in tune
    )
    return _share(found, len(tune))


def _syncopation(chart: Chart, _: Focus) -> float:
    """Onsets off the beat of the tune that are held over the next beat."""
    tune = _tune(chart)
    found = 0
    for tone in tune:
        start, end = Fraction(tone.start, TICKS), Fraction(tone.end, TICKS)
        bar = next(b for b in reversed(chart.bars) if b.onset_ql <= start)
        top, bottom = (int(part) for part in bar.meter.split("/"))
        beat = Fraction(3, 2) if bottom == 8 and top % _THREE == 0 else Fraction(1)  # noqa: PLR2004
        place = (start - bar.onset_ql + bar_ql(bar.meter) - bar.duration_ql) % beat
        found += place > 0 and place + (end - start) > beat
    return _share(found, len(tune))


def _sixteenths(chart: Chart, _: Focus) -> float:
    tune = _tune(chart)
    short = sum(Fraction(tone.end - tone.start, TICKS) == _SIXTEENTH for tone in tune)
    return _share(short, len(tune))


def _dotted(chart: Chart, _: Focus) -> float:
    tune = _tune(chart)
    found = sum(Fraction(tone.end - tone.start, TICKS) in _DOTTED for tone in tune)
    return _share(found, len(tune))


def _chromatic(chart: Chart, _: Focus) -> float:
    tune = _tune(chart)
    scale = read_key(chart.drill.key).scale
    return _share(sum(tone.note.pitch % OCTAVE not in scale for tone in tune), len(tune))


_MEASURES = {
    "accidentals": _accidentals,
    "rhythm": _rhythm,
    "interval": _interval,
    "ledger": _ledger,
    "left": _left,
    "chords": _chords,
    "ties": _ties,
    "rests": _rests,
    "triplets": _triplets,
    "leaps": _leaps,
    "syncopation": _syncopation,
    "sixteenths": _sixteenths,
    "dotted": _dotted,
    "chromatic": _chromatic,
}
