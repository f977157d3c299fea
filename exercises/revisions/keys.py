"""Another key or register: spellings go by the line of fifths, so that no name is guessed."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING, Any

import msgspec

from exercises.chart import ComposeError, number_notes
from exercises.theory import OCTAVE, key_fifths, write_spelling

if TYPE_CHECKING:
    from exercises.chart import Bar, Chart, Chord, Note

_LINE = "FCGDAEB"
"""Letters in fifths; C is 0."""
_PLAIN = (-7, 7)
"""Names that chord symbols may have: no double accidentals."""
_MOST_ALTERED = 2
_NAME = re.compile(r"(^|/)([A-G](?:#{1,2}|b{1,2})?)")


def fifths_of(name: str) -> int:
    """Where a note's name lies on the line of fifths: C 0, G 1, F -1, Bb -2."""
    return _LINE.index(name[0]) - 1 + 7 * (name.count("#") - name.count("b"))


def name_at(fifths: int) -> str:
    """The name at a place of the line of fifths; beyond double accidentals its twin."""
    while fifths + 1 >= 7 * (_MOST_ALTERED + 1):
        fifths -= 12
    while fifths + 1 < -7 * _MOST_ALTERED:
        fifths += 12
    altered, letter = divmod(fifths + 1, 7)
    return _LINE[letter] + ("#" * altered if altered > 0 else "b" * -altered)


def key_at(fifths: int, *, minor: bool) -> str:
    """The key with a signature; beyond seven accidentals its twin."""
    while fifths > _PLAIN[1]:
        fifths -= 12
    while fifths < _PLAIN[0]:
        fifths += 12
    return f"{name_at(fifths + 3)}m" if minor else name_at(fifths)


def change_key(chart: Chart, key: str, semitones: int) -> Chart:
    """The chart in another key of its mode, so many semitones higher (negative: lower).

    Raises:
        ComposeError: the key is not so far away, or of another mode.
    """
    old = chart.drill.key
    if key.endswith("m") != old.endswith("m"):
        raise ComposeError(f"{key} is not of the mode of {old}")
    by = key_fifths(key) - key_fifths(old)
    if (by * 7 - semitones) % OCTAVE:
        raise ComposeError(f"{key} is not {semitones} semitones from {old}")
    by_bar = [_bar_step(chart, bar, by) for bar in chart.bars]
    starts = [bar.onset_ql for bar in chart.bars]

    def step(onset: Any) -> int:  # noqa: ANN401 - a Fraction
        return by_bar[max(0, bisect_right(starts, onset) - 1)]

    drill = msgspec.structs.replace(chart.drill, key=key, code="")
    return msgspec.structs.replace(
        chart,
        drill=drill,
        bars=tuple(_move_bar(bar, chart, n) for bar, n in zip(chart.bars, by_bar, strict=True)),
        notes=tuple(_move_note(note, step(note.onset_ql), semitones) for note in chart.notes),
        chords=tuple(_move_chord(chord, step(chord.onset_ql), semitones) for chord in chart.chords),
    )


def _bar_step(chart: Chart, bar: Bar, by: int) -> int:
    """Steps on the line of fifths in a bar; a key beyond seven accidentals is written as a twin."""
    old = key_fifths(chart.key_of(bar))
    minor = chart.key_of(bar).endswith("m")
    return key_fifths(key_at(old + by, minor=minor)) - old


def _move_bar(bar: Bar, chart: Chart, by: int) -> Bar:
    if not bar.key:
        return bar
    minor = bar.key.endswith("m")
    del chart
    return msgspec.structs.replace(bar, key=key_at(key_fifths(bar.key) + by, minor=minor))


def _move_note(note: Note, by: int, semitones: int) -> Note:
    pitch = note.pitch + semitones
    fifths = fifths_of(note.spelling.rstrip("-0123456789")) + by
    name = name_at(fifths)
    if fifths_of(name) != fifths:
        raise ComposeError(f"key: {note.spelling} would need three accidentals there")
    return msgspec.structs.replace(note, pitch=pitch, spelling=write_spelling(pitch, name))


def _move_chord(chord: Chord, by: int, semitones: int) -> Chord:
    def rename(found: re.Match[str]) -> str:
        return found[1] + _readable(name_at(fifths_of(found[2]) + by))

    return msgspec.structs.replace(
        chord,
        symbol=_NAME.sub(rename, chord.symbol),
        root=(chord.root + semitones) % OCTAVE,
        bass=(chord.bass + semitones) % OCTAVE,
        pitch_classes=tuple((pc + semitones) % OCTAVE for pc in chord.pitch_classes),
    )


def _readable(name: str) -> str:
    """A root that players read: no double accidentals."""
    fifths = fifths_of(name)
    if len(name) > 2:  # noqa: PLR2004 - a letter and one sign
        return name_at(fifths - 12 if fifths > 0 else fifths + 12)
    return name


def change_register(chart: Chart, hand: int, octaves: int) -> Chart:
    """A hand (0: both) so many octaves higher, negative lower."""

    def move(note: Note) -> Note:
        if hand and note.staff != hand:
            return note
        pitch = note.pitch + OCTAVE * octaves
        name = note.spelling.rstrip("-0123456789")
        return msgspec.structs.replace(note, pitch=pitch, spelling=write_spelling(pitch, name))

    if any(not 0 <= n.pitch + OCTAVE * octaves <= 127 for n in chart.notes):  # noqa: PLR2004 - MIDI
        raise ComposeError("there are no keys so far out")
    drill = msgspec.structs.replace(chart.drill, code="")
    return msgspec.structs.replace(
        chart, drill=drill, notes=number_notes(list(map(move, chart.notes)))
    )
