"""A written page as a music21 score and as MusicXML.

The page (`exercises.notation.notate`) has every decision in it, so music21 adds none of its own:
its exporter runs without `makeNotation`. What it cannot say (printed chord symbols as players read
them, implicit pickups, no dates) is put into its tree of elements afterwards.
"""

from __future__ import annotations

import statistics
from fractions import Fraction
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element, tostring

import music21 as library
from music21.musicxml.m21ToXml import ScoreExporter

from exercises.kit import is_pads
from exercises.notation.notate import Written, WrittenBar, WrittenNote, notate
from exercises.notation.staves import printed_staves, written_staves
from exercises.passes import print_chart
from exercises.score.elements import (
    hide_staves,
    join_tempo,
    line_starts,
    print_chords,
    print_numbers,
    tidy_score,
)
from exercises.score.pad_writer import build_stroke, name_instruments, read_pads
from exercises.score.road_writer import divide_keys, write_road
from exercises.tempi import write_tempi
from exercises.theory import key_fifths
from exercises.timeline import beat_ql

if TYPE_CHECKING:
    from exercises.chart import Chart, Mark

music21: Any = library
"""Half of music21 has types, and not always its own; here it has none."""

VOICES_PER_STAFF = 4
"""Voices 1 to 4 are the upper staff's, 5 to 8 the lower's, as notation programs number them."""
_HEADER = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n'
    b'<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN" '
    b'"http://www.musicxml.org/dtds/partwise.dtd">\n'
)
_ARTICULATIONS = {
    "staccato": music21.articulations.Staccato,
    "accent": music21.articulations.Accent,
    "tenuto": music21.articulations.Tenuto,
    "marcato": music21.articulations.StrongAccent,
}
_EXPRESSIONS = {
    "trill": music21.expressions.Trill,
    "turn": music21.expressions.Turn,
    "mordent": music21.expressions.Mordent,
    "spread": music21.expressions.ArpeggioMark,
}
_BEAMS = {
    "begin": ("start", None),
    "continue": ("continue", None),
    "end": ("stop", None),
    "forward hook": ("partial", "right"),
    "backward hook": ("partial", "left"),
}
# A staff whose middle pitch lies beyond these is written in the other clef (by eye: three ledger
# lines for most notes are worse than an unusual clef).
_BASS_BELOW = 52
_TREBLE_ABOVE = 67

Anchors = dict[int, list[tuple[Fraction, Any]]]
"""For each staff the written notes in order: (onset, music21 note or chord)."""


class _Exporter(ScoreExporter):
    """music21's exporter without the work that our scores never need."""

    def renumberVoicesWithinStaffGroups(self) -> None:  # noqa: N802 - music21's name
        """Leave the voices, which have their numbers."""


class _Score(library.stream.Score):
    """A score at sounding pitch, which is its written pitch."""

    def toWrittenPitch(self, **_: object) -> _Score:  # noqa: N802 - music21's name
        """Leave the pitches."""
        return self


class _Staff(library.stream.PartStaff):
    """A staff at sounding pitch."""

    def toWrittenPitch(self, **_: object) -> _Staff:  # noqa: N802 - music21's name
        """Leave the pitches."""
        return self


_STAFF: Any = _Staff


class _Chord(library.chord.Chord):
    """A chord whose heads are in order already; music21 would copy it deeply to sort the copy."""

    def sortAscending(self, **_: object) -> _Chord:  # noqa: N802 - music21's name
        """Leave the heads."""
        return self


def write_score(chart: Chart, *, font: str) -> bytes:
    """The MusicXML of a chart; the same chart gives the same bytes.

    Raises:
        ComposeError: a length that cannot be written; the message names the bar.
    """
    chart = print_chart(chart)
    bars = notate(chart)
    score = build_score(chart, bars)
    root = _Exporter(score, makeNotation=False).parse()
    tidy_score(root, chart, font)
    if is_pads(chart):
        name_instruments(root, chart)
    hide_staves(root, set(written_staves(chart)) - set(printed_staves(chart)))
    join_tempo(root, chart)
    measures = root.findall("part/measure")
    breaks = line_starts(chart, bars)
    for bar, measure in zip(bars, measures, strict=True):
        if bar.number in breaks:
            measure.insert(0, Element("print", {"new-system": "yes"}))
        measure.set("implicit", "yes" if bar.is_pickup else "no")
        if chart.show_chords and chart.drill.kind == "number":
            print_numbers(measure, bar, chart)
        elif chart.show_chords:
            print_chords(measure, bar, chart.chords, grand=len(written_staves(chart)) > 1)
    write_tempi(measures, chart.bars, chart.tempi)
    if not is_pads(chart):
        divide_keys(measures, [bar.key for bar in bars])
    write_road(measures, [bar.number for bar in bars], chart.roadmap)
    body: bytes = tostring(root, encoding="utf-8")
    return _HEADER + body + b"\n"


def build_score(chart: Chart, bars: tuple[WrittenBar, ...]) -> Any:  # noqa: ANN401 - music21 has no types
    """The music21 score of a written page: one staff, or two joined staves of one piano."""
    score = _Score()
    staves = written_staves(chart)
    anchors: Anchors = {staff: [] for staff in staves}
    parts: dict[int, Any] = {}
    for staff in staves:
        part = _STAFF(id=f"staff{staff}")
        if staff == staves[0]:
            piano = music21.instrument.Piano()
            piano.partId = "P1"
            piano.instrumentId = "P1-I1"
            part.coreInsert(0.0, piano)
        start = chart.onset_ql
        for index, bar in enumerate(bars):
            before = bars[index - 1] if index else None
            measure = _build_measure(chart, bar, before, staff, anchors[staff])
            if index == len(bars) - 1:
                measure.rightBarline = music21.bar.Barline("final")
            elif _ends_section(chart, bar):
                measure.rightBarline = music21.bar.Barline("double")
            part.coreInsert(_offset(bar.onset_ql - start), measure)
        part.coreElementsChanged()
        parts[staff] = part
    _mark(chart, bars, parts, anchors)
    for part in parts.values():
        score.insert(0, part)
    if len(parts) > 1:
        group = music21.layout.StaffGroup(list(parts.values()), symbol="brace", name="Piano")
        score.insert(0, group)
    return score


def _ends_section(chart: Chart, bar: WrittenBar) -> bool:
    """Whether a rehearsal mark stands where a bar ends."""
    end = bar.onset_ql + bar.duration_ql
    return any(mark.kind == "rehearsal" and mark.onset_ql == end for mark in chart.marks)


def _offset(length: Fraction) -> float | Fraction:
    offset: float | Fraction = music21.common.opFrac(length)
    return offset


def _build_measure(
    chart: Chart, bar: WrittenBar, before: WrittenBar | None, staff: int, anchors: list[Any]
) -> Any:  # noqa: ANN401 - music21 has no types
    measure = music21.stream.Measure(number=bar.number)
    pads = read_pads(chart)
    if before is None:
        measure.clef = _clef(chart, staff)
    turned = before is None or key_fifths(before.key) != key_fifths(bar.key)
    if turned and not pads:
        measure.keySignature = _key(bar.key)
    if before is None or before.meter != bar.meter:
        measure.timeSignature = music21.meter.TimeSignature(bar.meter)
    for voice in bar.staves[staff - 1]:
        stream = music21.stream.Voice(id=voice.number + VOICES_PER_STAFF * (staff - 1))
        for event in voice.events:
            element = _build_event(event, bar, pads)
            stream.coreInsert(_offset(event.onset_ql - bar.onset_ql), element)
            if event.notes and not event.is_grace:
                anchors.append((event.onset_ql, element))
        stream.coreElementsChanged()
        measure.coreInsert(0.0, stream)
    measure.coreElementsChanged()
    return measure


def _key(name: str) -> Any:  # noqa: ANN401 - music21 has no types
    """The signature with its mode: a minor key's is not its relative major's."""
    tonic = name.removesuffix("m").replace("b", "-")
    return music21.key.Key(tonic, "minor" if name.endswith("m") else "major")


def _clef(chart: Chart, staff: int) -> Any:  # noqa: ANN401 - music21 has no types
    if is_pads(chart):
        return music21.clef.PercussionClef()
    if chart.slashes or len(written_staves(chart)) == 1:
        return music21.clef.TrebleClef() if staff == 1 else music21.clef.BassClef()
    pitches = [note.pitch for note in chart.notes if note.staff == staff]
    middle = statistics.median(pitches) if pitches else None
    if staff == 1:
        bass = middle is not None and middle < _BASS_BELOW
    else:
        bass = middle is None or middle <= _TREBLE_ABOVE
    return music21.clef.BassClef() if bass else music21.clef.TrebleClef()


def _build_event(event: Written, bar: WrittenBar, pads: dict[str, int]) -> Any:  # noqa: ANN401
    length = _build_duration(event, bar)
    if not event.notes:
        rest = music21.note.Rest(duration=length)
        rest.fullMeasure = True if event.whole_bar else None
        if event.hidden:
            rest.style.hideObjectOnPrint = True
        return rest
    if pads:
        element = build_stroke(event.notes, length, pads)
    else:
        heads = [_build_head(note, event, length) for note in event.notes]
        element = heads[0] if len(heads) == 1 else _Chord(heads, duration=length)
        _put_signs(element, event)
    for number, sign in enumerate(event.beams, 1):
        kind, direction = _BEAMS[sign]
        element.beams.append(kind, direction)
        element.beams.beamsList[-1].number = number
    for note in event.notes:
        if note.fingering is not None:
            element.articulations.append(music21.articulations.Fingering(note.fingering))
    if event.is_grace:
        element.getGrace(appoggiatura=False, inPlace=True)
    return element


def _put_signs(element: Any, event: Written) -> None:  # noqa: ANN401 - music21 has no types
    marks = dict.fromkeys(sign for note in event.notes for sign in note.articulations)
    for sign in marks:
        if sign == "fermata":
            fermata = music21.expressions.Fermata()
            fermata.type = "upright"
            element.expressions.append(fermata)
        elif sign in _EXPRESSIONS:
            element.expressions.append(_EXPRESSIONS[sign]())
        elif sign in _ARTICULATIONS:
            element.articulations.append(_ARTICULATIONS[sign]())


def _build_duration(event: Written, bar: WrittenBar) -> Any:  # noqa: ANN401 - music21 has no types
    if event.whole_bar:
        return music21.duration.Duration(_offset(bar.duration_ql))
    length = music21.duration.Duration(type=event.type, dots=event.dots)
    if event.ratio:
        tuplet = music21.duration.Tuplet(*event.ratio, event.unit)
        tuplet.type = event.edge or None
        # A beamed triplet needs its figure only; a bracket shows where an unbeamed one ends.
        tuplet.bracket = not event.beams
        length.appendTuplet(tuplet)
    return length


def _build_note(note: WrittenNote, length: Any) -> Any:  # noqa: ANN401 - music21 has no types
    element = music21.note.Note(_name21(note.spelling), duration=length)
    element.id = note.id
    if note.tie:
        element.tie = music21.tie.Tie(note.tie)
    pitch = element.pitch
    if note.accidental is None:
        if pitch.accidental is not None:
            pitch.accidental.displayStatus = False
    else:
        if pitch.accidental is None:
            pitch.accidental = music21.pitch.Accidental("natural")
        pitch.accidental.displayStatus = True
        if note.courtesy:
            pitch.accidental.displayStyle = "parentheses"
    return element


def _build_head(note: WrittenNote, event: Written, length: Any) -> Any:  # noqa: ANN401
    if event.head:
        return _build_slash(note, event, length)
    element = _build_note(note, length)
    if event.hidden:
        element.style.hideObjectOnPrint = True
    return element


def _build_slash(note: WrittenNote, event: Written, length: Any) -> Any:  # noqa: ANN401
    element = music21.note.Unpitched(displayName=note.spelling, duration=length)
    element.id = note.id
    element.notehead = "diamond" if event.head == "diamond" else "slash"
    element.stemDirection = "up" if event.head == "kick" else "noStem"
    if note.tie:
        element.tie = music21.tie.Tie(note.tie)
    return element


def _name21(spelling: str) -> str:
    """music21 writes flats as "-": a minus before the octave cannot occur on a keyboard."""
    return spelling.replace("b", "-")


def _mark(
    chart: Chart, bars: tuple[WrittenBar, ...], parts: dict[int, Any], anchors: Anchors
) -> None:
    top = next(iter(parts))
    first = parts[top].getElementsByClass(music21.stream.Measure)[0]
    beat = beat_ql(chart.drill.meter)
    number = round(chart.drill.quarter_bpm / float(beat), 1)
    tempo = music21.tempo.MetronomeMark(
        number=int(number) if number == int(number) else number,
        referent=music21.duration.Duration(_offset(beat)),
    )
    tempo.placement = "above"
    first.insert(0, tempo)
    for staff in anchors:
        anchors[staff].sort(key=lambda each: each[0])
    for mark in chart.marks:
        staff = mark.staff if mark.staff in parts else top
        part = parts[staff]
        if mark.kind in {"slur", "hairpin", "pedal"}:
            spanner = _build_spanner(mark, anchors[staff])
            if spanner is not None:
                part.insert(0, spanner)
        else:
            _insert_sign(mark, bars, part)


def _build_spanner(mark: Mark, anchors: list[tuple[Fraction, Any]]) -> Any:  # noqa: ANN401
    end = mark.onset_ql if mark.end_ql is None else mark.end_ql
    first = next((note for onset, note in anchors if onset >= mark.onset_ql), None)
    # A pedal is lifted before what sounds at its end, where the next one begins.
    covers_end = mark.kind != "pedal"
    last = next(
        (note for at, note in reversed(anchors) if at < end or (at == end and covers_end)), None
    )
    # Under one held chord a pedal is still pressed and lifted; a slur needs two notes.
    if first is None or last is None or (first is last and mark.kind != "pedal"):
        return None
    if mark.kind == "slur":
        return music21.spanner.Slur(first, last)
    if mark.kind == "pedal":
        pedal = music21.expressions.PedalMark(first, last)
        pedal.pedalForm = music21.expressions.PedalForm.Line
        return pedal
    swell = mark.text == "<"
    kind = music21.dynamics.Crescendo if swell else music21.dynamics.Diminuendo
    return kind(first, last)


def _insert_sign(mark: Mark, bars: tuple[WrittenBar, ...], part: Any) -> None:  # noqa: ANN401
    index = max((i for i, bar in enumerate(bars) if bar.onset_ql <= mark.onset_ql), default=0)
    measure = part.getElementsByClass(music21.stream.Measure)[index]
    if mark.kind == "dynamic":
        sign = music21.dynamics.Dynamic(mark.text)
        sign.placement = "below"
    elif mark.kind == "rehearsal":
        sign = music21.expressions.RehearsalMark(mark.text)
        sign.placement = "above"
    else:
        sign = music21.expressions.TextExpression(mark.text)
        sign.placement = "above"
        upright = mark.kind in {"feel", "tempo"}
        sign.style.fontWeight = "bold" if upright else None
        sign.style.fontStyle = None if upright else "italic"
    measure.insert(_offset(mark.onset_ql - bars[index].onset_ql), sign)
