"""The textural part of the fingerprint: the left hand, the chords' places, touch and swing."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from exercises.checks.survey import HANDS, Survey, ticks_of
from exercises.fingerprint.chords import share_of
from exercises.meter import TICKS
from exercises.rhythm_places import Place, place_of, pulses, strong_places
from exercises.theory import OCTAVE
from exercises.timeline import beat_ql
from styles.feel import swing_ratio, swings

if TYPE_CHECKING:
    from styles.schema import Style

Measure = Callable[[Survey, "Style | None"], float | None]

DYNAMICS = ("ppp", "pp", "p", "mp", "mf", "f", "ff", "fff")
SWUNG = 1.12
"""The ratio from which a pair is no longer heard as straight (see `styles.feel.label_ratio`)."""
_CHORD_SIZES = {1: 3, 2: 2}
"""Different notes that make a chord in the right hand (two may be a tune in thirds) and left."""
_PATTERN_BACK = (1, 2)
_EIGHTH = TICKS // 2
_SECOND_OF_PAIR = {1: (_EIGHTH, 2 * TICKS // 3), 3: (TICKS,)}
"""Where the second note of a pair stands in a beat of two and of three eighths."""


def _left_on_beat(survey: Survey, _: Style | None) -> float | None:
    return share_of(place_of(survey, m.start) is Place.BEAT for m in survey.moments[2])


def _left_similarity(survey: Survey, _: Style | None) -> float | None:
    rhythms: list[list[int]] = [[] for _ in survey.starts]
    for moment in survey.moments[2]:
        rhythms[survey.index_at(moment.start)].append(survey.position(moment.start))
    return share_of(
        any(rhythms[index - back] == rhythm for back in _PATTERN_BACK if back <= index)
        for index, rhythm in enumerate(rhythms)
        if index and rhythm
    )


def chord_onsets(survey: Survey) -> list[int]:
    """When chords are struck: two different notes of the left hand at once, three of the right."""
    return sorted(
        {
            moment.start
            for hand in HANDS
            for moment in survey.moments[hand]
            if len({pitch % OCTAVE for pitch in moment.struck}) >= _CHORD_SIZES[hand]
        }
    )


def _offbeat_chords(survey: Survey, _: Style | None) -> float | None:
    return share_of(
        survey.position(start) not in strong_places(survey.chart.bars[survey.index_at(start)].meter)
        for start in chord_onsets(survey)
    )


def _graces(survey: Survey, _: Style | None) -> float | None:
    full = sum(bar.number > 0 for bar in survey.chart.bars)
    return sum(tone.end == tone.start for tone in survey.tones) / max(1, full)


def _dynamic_range(survey: Survey, _: Style | None) -> float | None:
    steps = [
        DYNAMICS.index(mark.text)
        for mark in survey.chart.marks
        if mark.kind == "dynamic" and mark.text in DYNAMICS
    ]
    return float(max(steps) - min(steps)) if steps else None


def _held_bass(survey: Survey, _: Style | None) -> float | None:
    """A bass note that begins with the bar (or before) and sounds, or is pedalled, to its end."""
    if not survey.hands[2]:
        return None
    pedals = [
        (ticks_of(mark.onset_ql), ticks_of(mark.end_ql))
        for mark in survey.chart.marks
        if mark.kind == "pedal" and mark.end_ql is not None
    ]
    return share_of(
        any(
            tone.start <= start < tone.end
            and max(tone.end, *(to for at, to in pedals if at <= tone.start < to), 0)
            >= end - _EIGHTH
            for tone in survey.hands[2]
        )
        for start, end in zip(survey.starts, survey.ends, strict=True)
    )


def _swing(survey: Survey, style: Style | None) -> float | None:
    """Beats divided in two whose second note is performed late."""
    chart = survey.chart
    beat = beat_ql(chart.drill.meter)
    feel = style.feel if style is not None else None
    per_minute = chart.drill.quarter_bpm
    late = swings(feel, chart.drill.level, beat) and swing_ratio(feel, per_minute) >= SWUNG
    pairs = []
    onsets = sorted({tone.start for tone in survey.tones})
    for index, bar in enumerate(chart.bars):
        places = pulses(bar.meter)
        width = (places[1] if len(places) > 1 else TICKS) - places[0]
        seconds = _SECOND_OF_PAIR[3 if width == 3 * _EIGHTH else 1]
        inside = {survey.position(at) for at in onsets if survey.index_at(at) == index}
        for place in places:
            between = [at - place for at in sorted(inside) if place < at < place + width]
            if len(between) == 1 and between[0] in seconds:
                pairs.append(late or between[0] != _EIGHTH)
    return share_of(pairs)


TEXTURE_FEATURES: dict[str, tuple[Measure, str]] = {
    "swing_share": (
        _swing,
        "share of beats divided in two whose halves are performed long and short",
    ),
    "left_on_beat": (_left_on_beat, "share of the left hand's onsets on a beat"),
    "left_similarity": (
        _left_similarity,
        "share of bars whose left-hand rhythm is that of the bar 1 or 2 bars before",
    ),
    "offbeat_chord_share": (
        _offbeat_chords,
        "share of chords struck anywhere but on a strong beat (backbeats count as off)",
    ),
    "grace_per_bar": (_graces, "grace notes in a bar"),
    "dynamic_range": (_dynamic_range, "steps from the softest dynamic to the loudest (p to f: 3)"),
    "held_bass_share": (
        _held_bass,
        "share of bars through which a bass note sounds or is held by the pedal",
    ),
}
