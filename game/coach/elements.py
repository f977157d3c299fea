"""What a chart asks of a reader, note by note, and how a take has met it.

Elements carry the names of `exercises.focus`, so that each weak one has charts that lean on it:
"ledger", "interval:6", "chords:m7b5". Beside them stand the facts of the whole chart: its key, its
metre, and the hand that plays.
"""

from __future__ import annotations

import itertools
import re
from fractions import Fraction
from typing import TYPE_CHECKING

import msgspec

from exercises.checks.survey import Survey
from exercises.focus import INTERVALS, LEAP
from exercises.focus_share import LEDGER, signature_pcs, staff_place
from exercises.kit import is_pads
from exercises.meter import TICKS
from exercises.theory import OCTAVE, read_key
from exercises.timeline import bar_ql, beat_ql

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from exercises.chart import Bar, Chart, Note
    from game.scoring.results import NoteJudgement, Scorecard

SIXTEENTH = Fraction(1, 4)
DOTTED = (Fraction(3, 4), Fraction(3, 2), Fraction(3))
THREE = 3
HANDS = {1: "right hand", 2: "left hand"}
RIGHT_GRADES = frozenset({"perfect", "great", "ok"})
_SYMBOL = re.compile(r"^[A-G](?:#{1,2}|b{1,2})?(.*?)(?:/[A-G][#b]{0,2})?$")
_SUFFIXES = {"6/9": "69", "m(maj7)": "mM7", "": "maj"}


class Tally(msgspec.Struct, frozen=True):
    """How often something came up, and how often it was right."""

    kind: str
    """element, key, meter, hand, chart (its kind) or style."""
    name: str
    trials: int
    right: int


def is_right(note: NoteJudgement) -> bool:
    """Whether a written note was played, and in time."""
    return note.verdict == "match" and (note.grade is None or note.grade in RIGHT_GRADES)


def tally_take(chart: Chart, scorecard: Scorecard) -> tuple[Tally, ...]:
    """Count the notes of a take by what they ask for; a note counts under all of it."""
    right = {note.id for note in scorecard.notes if is_right(note)}
    judged = {note.id for note in scorecard.notes}
    found: list[Tally] = []
    for (kind, name), ids in group_notes(chart).items():
        trials = len(ids & judged)
        if trials:
            found.append(Tally(kind, name, trials, len(ids & right)))
    return tuple(found)


def group_notes(chart: Chart) -> dict[tuple[str, str], set[str]]:
    """(kind, name) of everything that a chart asks for, to the ids of its notes."""
    groups: dict[tuple[str, str], set[str]] = {}

    def put(kind: str, name: str, ids: Iterable[str]) -> None:
        groups.setdefault((kind, name), set()).update(ids)

    drill = chart.drill
    ids = [note.id for note in chart.notes]
    facts = {"key": drill.key, "meter": drill.meter, "chart": drill.kind, "style": drill.style}
    if is_pads(chart):
        # What is read of pitches, keys and hands says nothing of a drum part.
        del facts["key"]
    for kind, name in facts.items():
        if name:
            put(kind, name, ids)
    if is_pads(chart):
        return groups
    pcs = signature_pcs(drill.key)
    for note in chart.notes:
        for kind, name in _name_note(note, pcs):
            put(kind, name, [note.id])
    chords = drill.kind == "comping"
    for name, members in (_group_chords(chart) if chords else _group_tune(chart)).items():
        put("element", name, members)
    return groups


def _name_note(note: Note, signature: frozenset[int]) -> Iterator[tuple[str, str]]:
    """What a note asks for by itself: its hand, ledger lines, the key signature."""
    yield "hand", HANDS.get(note.staff, "right hand")
    if note.staff == 2:  # noqa: PLR2004 - the lower staff
        yield "element", "left"
    if note.pitch % OCTAVE in signature:
        yield "element", "accidentals"
    low, high = LEDGER.get(note.staff, LEDGER[1])
    if not low < staff_place(note) < high:
        yield "element", "ledger"


def _group_tune(chart: Chart) -> Mapping[str, set[str]]:
    """The elements that are found in a melody."""
    groups: dict[str, set[str]] = {}
    tune = [tone for tone in Survey(chart).melody if tone.end > tone.start]
    scale = read_key(chart.drill.key).scale
    for tone in tune:
        start, length = Fraction(tone.start, TICKS), Fraction(tone.end - tone.start, TICKS)
        names = []
        if length == SIXTEENTH:
            names.append("sixteenths")
        if length in DOTTED:
            names.append("dotted")
        if start.denominator % THREE == 0 or length.denominator % THREE == 0:
            names.append("triplets")
        if _is_syncopated(chart, start, length):
            names.append("syncopation")
        if tone.note.pitch % OCTAVE not in scale:
            names.append("chromatic")
        for name in names:
            groups.setdefault(name, set()).add(tone.note.id)
    for before, after in itertools.pairwise(tune):
        for name in _name_step(before.note, after.note):
            groups.setdefault(name, set()).add(after.note.id)
    return groups


def _name_step(before: Note, after: Note) -> list[str]:
    if before.staff != after.staff:
        return []
    names = []
    number = abs(staff_place(before) - staff_place(after)) + 1
    if number in INTERVALS:
        names.append(f"interval:{number}")
    if abs(before.pitch - after.pitch) >= LEAP:
        names.append("leaps")
    return names


def _is_syncopated(chart: Chart, start: Fraction, length: Fraction) -> bool:
    """Whether a note begins off the beat and is held over the next one."""
    bar = _bar_at(chart.bars, start)
    beat = beat_ql(bar.meter)
    place = (start - bar.onset_ql + bar_ql(bar.meter) - bar.duration_ql) % beat
    return place > 0 and place + length > beat


def _bar_at(bars: tuple[Bar, ...], onset: Fraction) -> Bar:
    return next((bar for bar in reversed(bars) if bar.onset_ql <= onset), bars[0])


def _group_chords(chart: Chart) -> dict[str, set[str]]:
    """To each chord quality, as "chords:m7b5", the notes that are played over it."""
    groups: dict[str, set[str]] = {}
    for chord in chart.chords:
        quality = name_quality(chord.symbol)
        end = chord.onset_ql + chord.duration_ql
        ids = {n.id for n in chart.notes if chord.onset_ql <= n.onset_ql < end}
        if quality and ids:
            groups.setdefault(f"chords:{quality}", set()).update(ids)
    return groups


def name_quality(symbol: str) -> str:
    """A chord symbol's quality as a focus names it: "Cm7b5/Eb" is "m7b5", "F" is "maj"."""
    if symbol.endswith("6/9"):
        return "69"
    found = _SYMBOL.match(symbol)
    if found is None:
        return ""
    return _SUFFIXES.get(found[1], found[1])
