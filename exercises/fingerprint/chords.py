"""The harmonic part of the fingerprint: qualities, roots and motions of a chart's chords."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

from exercises.theory import OCTAVE, read_key

if TYPE_CHECKING:
    from exercises.chart import Chord
    from exercises.checks.survey import Survey
    from styles.schema import Style

Measure = Callable[["Survey", "Style | None"], float | None]
Sort = Callable[[frozenset[int]], bool]

_TRIAD = 3
_SECOND, _MINOR_THIRD, _THIRD, _FOURTH = 2, 3, 4, 5
_SEVENTH = 10
_PRIMARY = (0, 5, 7)


@cache
def chord_intervals(root: int, pitch_classes: tuple[int, ...]) -> frozenset[int]:
    """The semitones above the root, within an octave, of a chord's notes."""
    return frozenset((pc - root) % OCTAVE for pc in pitch_classes)


def sort_of(chord: Chord) -> frozenset[int]:
    """A chord as the set of its intervals."""
    return chord_intervals(chord.root, chord.pitch_classes)


def is_dominant(tones: frozenset[int]) -> bool:
    """A minor seventh with a major third or a suspension of it."""
    major = _THIRD in tones or (_FOURTH in tones and _MINOR_THIRD not in tones)
    return _SEVENTH in tones and major


def is_triad(tones: frozenset[int]) -> bool:
    """Three notes at most: triads, power chords, suspensions."""
    return len(tones) <= _TRIAD


def has_seventh(tones: frozenset[int]) -> bool:
    """A seventh, or the diminished one."""
    return bool(tones & {10, 11}) or {3, 6, 9} <= tones


def is_altered(tones: frozenset[int]) -> bool:
    """A dominant with a flat or sharp ninth, sharp eleventh or flat thirteenth."""
    return {4, 10} <= tones and bool(tones & {1, 3, 6, 8})


def is_minor(tones: frozenset[int]) -> bool:
    """A minor third, and a fifth that is not diminished."""
    return _MINOR_THIRD in tones and _THIRD not in tones and not is_diminished(tones)


def is_diminished(tones: frozenset[int]) -> bool:
    """A minor third and a diminished fifth: triads, half and full diminished sevenths."""
    return {3, 6} <= tones and not tones & {4, 7}


def is_suspended(tones: frozenset[int]) -> bool:
    """A second or fourth where the third would be."""
    return bool(tones & {2, 5}) and not tones & {3, 4}


def has_ninth(tones: frozenset[int]) -> bool:
    """A ninth, eleventh or thirteenth, natural or altered, added or stacked."""
    ninth = _SECOND in tones and bool(tones & {3, 4, 10, 11})
    altered = is_altered(tones) or 1 in tones or ({4, 6, 7} <= tones)
    return ninth or altered or {3, 5} <= tones or {9, 10} <= tones


def share_of(hits: Iterable[bool]) -> float | None:
    """How large a part of some findings is true; None of nothing."""
    found = list(hits)
    return sum(found) / len(found) if found else None


def _quality(sort: Sort) -> Measure:
    def measure(survey: Survey, _: Style | None) -> float | None:
        return share_of(sort(sort_of(chord)) for chord in survey.chart.chords)

    return measure


def _chords_per_bar(survey: Survey, _: Style | None) -> float | None:
    chords = survey.chart.chords
    full = sum(bar.number > 0 for bar in survey.chart.bars)
    return len(chords) / max(1, full) if chords else None


def _slashes(survey: Survey, _: Style | None) -> float | None:
    return share_of(chord.bass != chord.root for chord in survey.chart.chords)


def _on_degrees(*above: int) -> Measure:
    def measure(survey: Survey, _: Style | None) -> float | None:
        tonic = read_key(survey.chart.drill.key).tonic_pc
        return share_of((chord.root - tonic) % OCTAVE in above for chord in survey.chart.chords)

    return measure


def _changes(survey: Survey) -> list[tuple[Chord, Chord]]:
    """Neighbouring chords that differ."""
    return [
        (before, after)
        for before, after in pairwise(survey.chart.chords)
        if before.symbol != after.symbol
    ]


def _rises_fourth(before: Chord, after: Chord) -> bool:
    return (after.root - before.root) % OCTAVE == _FOURTH


def _up_fourth(survey: Survey, _: Style | None) -> float | None:
    return share_of(
        _rises_fourth(before, after)
        for before, after in _changes(survey)
        if before.root != after.root
    )


def _two_five(survey: Survey, _: Style | None) -> float | None:
    def is_two_five(before: Chord, after: Chord) -> bool:
        two = sort_of(before)
        prepares = {_MINOR_THIRD, _SEVENTH} <= two and _THIRD not in two
        return prepares and is_dominant(sort_of(after)) and _rises_fourth(before, after)

    return share_of(is_two_five(before, after) for before, after in _changes(survey))


CHORD_FEATURES: dict[str, tuple[Measure, str]] = {
    "chords_per_bar": (_chords_per_bar, "chords in a bar"),
    "triad_share": (_quality(is_triad), "share of chords of up to three notes"),
    "seventh_share": (_quality(has_seventh), "with a seventh, or more above it"),
    "dominant_share": (_quality(is_dominant), "dominant sevenths, plain, richer or suspended"),
    "altered_share": (_quality(is_altered), "dominants with b9, #9, #11 or b13"),
    "minor_share": (_quality(is_minor), "with a minor third and no diminished fifth"),
    "diminished_share": (_quality(is_diminished), "diminished and half-diminished"),
    "sus_share": (_quality(is_suspended), "with a second or fourth for the third"),
    "slash_share": (_slashes, "over a bass that is not the root"),
    "ninth_share": (_quality(has_ninth), "with a ninth, eleventh or thirteenth"),
    "flat_seven_share": (_on_degrees(_SEVENTH), "on the flat seventh degree"),
    "primary_share": (_on_degrees(*_PRIMARY), "on the first, fourth and fifth degrees"),
    "root_up_fourth": (_up_fourth, "share of root motions that go up a fourth"),
    "two_five_share": (
        _two_five,
        "share of chord changes from a minor seventh up a fourth to a dominant",
    ),
}
