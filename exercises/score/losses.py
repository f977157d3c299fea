"""What of a foreign score a chart does not hold, by bar and reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import music21 as library

from exercises.own import LeftOut
from exercises.score.slash_reader import is_number, is_slash

if TYPE_CHECKING:
    from collections.abc import Iterator

    from exercises.chart import Bar

music21: Any = library
"""Half of music21 has types, and not always its own; here it has none."""

_ORNAMENTS = (
    (music21.expressions.InvertedMordent, "a mordent upwards"),
    (music21.expressions.Tremolo, "a tremolo"),
)
_SIGNS = (
    (music21.expressions.TextExpression, "words"),
    (music21.expressions.PedalObject, "a pedal sign"),
    (music21.tempo.TempoText, "a tempo word"),
)
_SPANNERS = (
    (music21.spanner.Ottava, "an octave line; the notes are read as they sound"),
    (music21.expressions.TrillExtension, "a trill's line"),
    (music21.spanner.Glissando, "a glissando"),
    (music21.expressions.TremoloSpanner, "a tremolo between notes"),
    (music21.expressions.PedalMark, "a pedal line"),
)


def find_left_out(
    score: Any,  # noqa: ANN401 - music21 has no types
    staves: list[Any],
    bars: tuple[Bar, ...],
) -> tuple[LeftOut, ...]:
    """What was left out, each thing once a bar, in the order of the bars.

    Args:
        score: the whole file.
        staves: those of its parts that were read.
        bars: the chart's bars, one for each measure of a staff.
    """
    found = set(_other_parts(score, staves))
    for staff in staves:
        numbers = _bar_numbers(staff, bars)
        found.update(_in_measures(staff, numbers))
        found.update(_across_measures(staff, numbers))
    return tuple(sorted(found))


def _other_parts(score: Any, read: list[Any]) -> Iterator[LeftOut]:  # noqa: ANN401
    parts = list(score.parts) if hasattr(score, "parts") else []
    ids = {part.id for part in read}
    names = [part.partName or part.id for part in parts if part.id not in ids]
    if names:
        listed = ", ".join(dict.fromkeys(str(name) for name in names))
        yield LeftOut(0, f"other parts than the keyboard's: {listed}")


def _bar_numbers(staff: Any, bars: tuple[Bar, ...]) -> dict[int, int]:  # noqa: ANN401
    """The chart's bar number for each measure, by identity."""
    measures = list(staff.getElementsByClass(music21.stream.Measure))
    return {id(m): bar.number for m, bar in zip(measures, bars, strict=False)}


def _in_measures(staff: Any, numbers: dict[int, int]) -> Iterator[LeftOut]:  # noqa: ANN401
    for measure in staff.getElementsByClass(music21.stream.Measure):
        bar = numbers.get(id(measure), 0)
        for element in measure.recurse():
            if is_slash(element) or is_number(element, measure):
                continue
            if isinstance(element, music21.note.Unpitched | music21.percussion.PercussionChord):
                yield LeftOut(bar, "a note without a pitch")
            elif isinstance(element, music21.note.GeneralNote):
                yield from _on_note(element, bar)
            else:
                yield from (LeftOut(bar, name) for kind, name in _SIGNS if type(element) is kind)


def _on_note(element: Any, bar: int) -> Iterator[LeftOut]:  # noqa: ANN401 - music21 has no types
    for sign in element.expressions:
        yield from (LeftOut(bar, name) for kind, name in _ORNAMENTS if isinstance(sign, kind))
    if element.lyrics:
        yield LeftOut(bar, "words to sing")


def _across_measures(staff: Any, numbers: dict[int, int]) -> Iterator[LeftOut]:  # noqa: ANN401
    for spanner in staff.spannerBundle:
        name = next((name for kind, name in _SPANNERS if isinstance(spanner, kind)), None)
        first = spanner.getFirst()
        if name is None or first is None:
            continue
        measure = first.getContextByClass(music21.stream.Measure)
        yield LeftOut(numbers.get(id(measure), 0), name)
