"""MusicXML as a chart, through music21's reader.

Foreign scores are read as they sound: repeats, endings and jumps are played out, tied notes become
one, staves are those of the keyboard part, or one of percussion.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import msgspec
import music21 as library

from exercises.chart import (
    Bar,
    Chart,
    Chord,
    ComposeError,
    Mark,
    Note,
    Slash,
    TempoChange,
    number_notes,
    number_slashes,
)
from exercises.own import LeftOut, Own, imported_drill
from exercises.roadmap import sound_bars
from exercises.score.bar_reader import lay_out, place_measures, read_bars, read_ql
from exercises.score.facts import read_key, read_tempo
from exercises.score.file import keyboard_staves, open_abc, open_musicxml
from exercises.score.losses import find_left_out
from exercises.score.pad_reader import make_own, read_pads
from exercises.score.road_reader import read_road
from exercises.score.slash_reader import numbered, read_slash
from exercises.score.symbols import read_symbol
from exercises.tempi import read_tempi
from exercises.theory import OCTAVE, pitch_class

if TYPE_CHECKING:
    from collections.abc import Iterator

music21: Any = library
"""Half of music21 has types, and not always its own; here it has none."""

EXPRESSIONS = {"Trill": "trill", "Turn": "turn", "Mordent": "mordent", "ArpeggioMark": "spread"}
_ARTICULATIONS = {
    "Staccato": "staccato",
    "Accent": "accent",
    "Tenuto": "tenuto",
    "StrongAccent": "marcato",
}


def read_score(data: bytes, name: str) -> Own:
    """Read a MusicXML document, plain or compressed.

    Args:
        data: the file's bytes.
        name: of the file, for messages.

    Raises:
        ComposeError: not MusicXML, no keyboard part among many, or no notes inside.
    """
    score, root = open_musicxml(data, name)
    staves = keyboard_staves(score, name)
    key = read_key(staves)
    printed, first = read_bars(staves, key)
    numbers = [bar.number for bar in printed]
    road = read_road(root, numbers)
    order = sound_bars(numbers, road)
    bars = lay_out(printed, order)
    tempi = read_tempi(root, printed)
    sheet = _Sheet()
    for number, staff in _number_staves(staves):
        _read_staff(staff, number, sheet, place_measures(staff, bars, order))
    if pads := read_pads(root, bars, order):
        sheet.notes = list(pads.notes)
    if not sheet.notes:
        raise ComposeError(f"{name}: no notes inside")
    numbered(sheet.words, key, sheet.slashes, sheet.chords)
    drill = imported_drill(key=key, meter=first.meter, bars=bars, quarter_bpm=read_tempo(staves))
    title = score.metadata.title or score.metadata.movementName if score.metadata else ""
    chart = Chart(
        drill,
        bars,
        number_notes(sheet.notes),
        _end_chords(sheet.chords, bars[-1].onset_ql + bars[-1].duration_ql),
        tuple(map(str, road)),
        tuple(sorted(sheet.marks, key=lambda m: (m.onset_ql, m.staff, m.kind, m.text))),
        slashes=number_slashes(sheet.slashes),
        tempi=_sound_tempi(tempi, printed, bars),
        title=title or "",
        show_chords=bool(sheet.chords),
    )
    unread = [LeftOut(sign.first, sign.text) for sign in road if sign.kind == "unread"]
    return make_own(chart, {*unread, *find_left_out(score, staves, printed)}, pads)


def read_abc(data: bytes, name: str) -> Own:
    """Read the first tune of a file in ABC notation.

    Args:
        data: the file's bytes.
        name: of the file, for messages.

    Raises:
        ComposeError: not ABC, or no notes inside.
    """
    document, more = open_abc(data, name)
    own = read_score(document, name)
    others = LeftOut(0, f"{more} more tunes: the first one is read")
    return Own(own.chart, (others, *own.left_out)) if more else own


def _number_staves(staves: list[Any]) -> list[tuple[int, Any]]:
    """Staves with their numbers: a lone one in the bass clef is the left hand's."""
    if len(staves) == 1:
        clef = next(iter(staves[0].recurse().getElementsByClass(library.clef.Clef)), None)
        return [(2 if isinstance(clef, library.clef.BassClef) else 1, staves[0])]
    return list(enumerate(staves, 1))


def _sound_tempi(
    tempi: list[TempoChange], printed: tuple[Bar, ...], bars: tuple[Bar, ...]
) -> tuple[TempoChange, ...]:
    """Changes of tempo on every pass of their bars."""
    onsets = {bar.number: bar.onset_ql for bar in printed}
    return tuple(
        msgspec.structs.replace(change, onset_ql=bar.onset_ql)
        for bar in bars
        for change in tempi
        if change.onset_ql == onsets[bar.number]
    )


@dataclass
class _Sheet:
    """What has been read so far."""

    notes: list[Note] = field(default_factory=list)
    chords: list[Chord] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    slashes: list[Slash] = field(default_factory=list)
    words: list[tuple[Fraction, str]] = field(default_factory=list)
    """(onset_ql, text) of what is written above the music."""


def _read_staff(
    staff: Any,  # noqa: ANN401 - music21 has no types
    number: int,
    sheet: _Sheet,
    places: list[tuple[Any, Fraction]],
) -> None:
    # Notes whose tie goes on: (pitch) to the place in the sheet's list.
    held: dict[int, list[int]] = {}
    where: dict[int, list[Fraction]] = {}
    for measure, base in places:
        voices = list(measure.voices) or [measure]
        for index, voice in enumerate(voices, 1):
            for element in voice.getElementsByClass(library.note.NotRest):
                onset = base + read_ql(voice.elementOffset(element))
                if isinstance(element, library.harmony.Harmony):
                    continue
                where.setdefault(id(element), []).append(onset)
                _read_element(element, (onset, number, index), held, sheet)
        _read_signs(measure, base, number, sheet)
    for slur in staff.spannerBundle.getByClass(library.spanner.Slur):
        for start, end in _spans(slur, where):
            sheet.marks.append(Mark(start, "slur", end_ql=end, staff=number))
    for wedge in staff.spannerBundle.getByClass(library.dynamics.DynamicWedge):
        text = "<" if isinstance(wedge, library.dynamics.Crescendo) else ">"
        for start, end in _spans(wedge, where):
            sheet.marks.append(Mark(start, "hairpin", text, end, number))


def _spans(
    spanner: Any,  # noqa: ANN401 - music21 has no types
    where: dict[int, list[Fraction]],
) -> Iterator[tuple[Fraction, Fraction]]:
    """Where a slur or hairpin sounds: on each pass from its first note to the next end."""
    ends = where.get(id(spanner.getLast()), [])
    for start in where.get(id(spanner.getFirst()), []):
        end = next((each for each in ends if each >= start), None)
        if end is not None:
            yield start, end


Place = tuple[Fraction, int, int]
"""(onset_ql, staff, voice)."""


def _read_element(
    element: Any,  # noqa: ANN401 - music21 has no types
    place: Place,
    held: dict[int, list[int]],
    sheet: _Sheet,
) -> None:
    onset, staff, voice = place
    signs = tuple(
        _ARTICULATIONS[type(a).__name__]
        for a in element.articulations
        if type(a).__name__ in _ARTICULATIONS
    )
    signs += tuple(
        EXPRESSIONS[type(e).__name__]
        for e in element.expressions
        if type(e).__name__ in EXPRESSIONS
    )
    if any(isinstance(e, library.expressions.Fermata) for e in element.expressions):
        signs = (*signs, "fermata")
    fingers = [a.fingerNumber for a in element.articulations if type(a).__name__ == "Fingering"]
    grace = element.duration.isGrace
    length = Fraction(0) if grace else read_ql(element.duration.quarterLength)
    heads = element.notes if isinstance(element, library.chord.Chord) else [element]
    for index, head in enumerate(heads):
        if not hasattr(head, "pitch"):
            read_slash(head, place, length, sheet.slashes)
            continue
        pitch = int(head.pitch.midi)
        tie = head.tie.type if head.tie is not None and not grace else None
        if tie in {"stop", "continue"} and _lengthen(pitch, onset, length, held, sheet):
            if tie == "stop":
                held[pitch].pop(0)
            continue
        finger = fingers[index] if index < len(fingers) else None
        sheet.notes.append(
            Note(
                "", onset, length, pitch, _spelling(head.pitch), staff, voice, signs,
                finger if finger in {1, 2, 3, 4, 5} else None,
            )
        )  # fmt: skip
        if tie in {"start", "continue"}:
            held.setdefault(pitch, []).append(len(sheet.notes) - 1)


def _lengthen(
    pitch: int, onset: Fraction, length: Fraction, held: dict[int, list[int]], sheet: _Sheet
) -> bool:
    """Lengthen the tied note that ends here; False where there is none."""
    for position, index in enumerate(held.get(pitch, [])):
        note = sheet.notes[index]
        if note.onset_ql + note.duration_ql == onset:
            held[pitch].insert(0, held[pitch].pop(position))
            sheet.notes[index] = msgspec.structs.replace(
                note, duration_ql=note.duration_ql + length
            )
            return True
    return False


def _spelling(pitch: Any) -> str:  # noqa: ANN401 - music21 has no types
    return f"{pitch.name.replace('-', 'b')}{pitch.implicitOctave}"


def _read_signs(measure: Any, base: Fraction, staff: int, sheet: _Sheet) -> None:  # noqa: ANN401
    for dynamic in measure.recurse().getElementsByClass(library.dynamics.Dynamic):
        onset = base + read_ql(dynamic.getOffsetInHierarchy(measure))
        sheet.marks.append(Mark(onset, "dynamic", str(dynamic.value), staff=staff))
    for words in measure.recurse().getElementsByClass(library.expressions.TextExpression):
        onset = base + read_ql(words.getOffsetInHierarchy(measure))
        sheet.words.append((onset, str(words.content)))
    for mark in measure.recurse().getElementsByClass(library.expressions.RehearsalMark):
        onset = base + read_ql(mark.getOffsetInHierarchy(measure))
        sheet.marks.append(Mark(onset, "rehearsal", str(mark.content), staff=staff))
    for symbol in measure.recurse().getElementsByClass(library.harmony.ChordSymbol):
        chord = _read_chord(symbol, base + read_ql(symbol.getOffsetInHierarchy(measure)))
        if chord is not None:
            sheet.chords.append(chord)


def _read_chord(symbol: Any, onset: Fraction) -> Chord | None:  # noqa: ANN401
    root, bass = symbol.root(), symbol.bass()
    if root is None:
        return None
    name = root.name.replace("-", "b")
    below = bass.name.replace("-", "b") if bass is not None else name
    text = symbol.chordKindStr or _plain_text(symbol)
    full = name + text + (f"/{below}" if below != name else "")
    try:
        pitches = read_symbol(full).pitch_classes
        if pitches is None:
            pitches = tuple(int(p.midi) % OCTAVE for p in symbol.pitches)
        return Chord(onset, Fraction(0), full, pitch_class(name), pitch_class(below), pitches)
    except ComposeError:
        return None


def _plain_text(symbol: Any) -> str:  # noqa: ANN401 - music21 has no types
    """What is printed for a kind without a text of its own."""
    kinds = library.harmony.CHORD_TYPES
    kind = symbol.chordKind
    return str(kinds[kind][1][0]) if kind in kinds and kinds[kind][1] else ""


def _end_chords(chords: list[Chord], end: Fraction) -> tuple[Chord, ...]:
    """Each chord lasts to the next."""
    if not chords:
        return ()
    ordered = sorted(chords, key=lambda chord: chord.onset_ql)
    stops = [chord.onset_ql for chord in ordered[1:]] + [end]
    return tuple(
        Chord(c.onset_ql, stop - c.onset_ql, c.symbol, c.root, c.bass, c.pitch_classes)
        for c, stop in zip(ordered, stops, strict=True)
    )
