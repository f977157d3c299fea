"""The fingerprint of a chart: the figures by which one genre is told from another.

Each feature is one number for a chart, most of them shares from 0 to 1; `FEATURES` says what each
counts. A pack's `[fingerprint]` holds the band that its charts stay in. "Melody" is the tune as
`Survey.melody` finds it: the right hand's highest notes, and the left's where the right rests for
a whole bar. "Line" is the melody, and in the bars of a groove, where nothing is sung, what the
right hand plays. A tune of fewer than eight notes tells no shares. A chord that goes on over a bar
line counts again in the new bar, as lead sheets write it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from exercises.checks.harmony import is_chordal
from exercises.checks.survey import Survey, Tone
from exercises.fingerprint.chords import CHORD_FEATURES, share_of
from exercises.fingerprint.texture import TEXTURE_FEATURES
from exercises.rhythm_places import Place, is_syncopated, place_of, strong_places
from exercises.theory import OCTAVE, read_key

if TYPE_CHECKING:
    from exercises.chart import Chart
    from styles.schema import Band, Style

Measure = Callable[[Survey, "Style | None"], float | None]

_STEP, _THIRD, _SIXTH = 2, 4, 8
"""Semitones up to which an interval is a step, a third, and from which it is a leap."""
_BLUE_MAJOR, _BLUE_MINOR = (3, 6), (6,)
_FLAT_SEVENTH = 10
FEWEST = 8
"""Notes that a tune has to have before its shares mean anything."""
_RETURNS = (1, 2, 4, 8)
"""How many bars back a bar's rhythm is looked for: loops and phrases are this long."""


def measure_chart(chart: Chart, style: Style | None = None) -> dict[str, float | None]:
    """Every feature of a chart by name; None where the chart has nothing to count.

    Args:
        chart: what is measured.
        style: the pack that says whether eighths are swung; None takes them as written.
    """
    survey = Survey(chart)
    return {name: measure(survey, style) for name, (measure, _) in FEATURES.items()}


def is_inside(name: str, values: Sequence[float], band: Band) -> list[bool]:
    """For each chart of a batch whether a feature keeps to its band.

    Features of `BATCH` are nothing that one chart can have a share of: the mean of the batch is
    held to the band, and counts for every chart.
    """
    if name in BATCH and values:
        mean = sum(values) / len(values)
        return [band.low <= mean <= band.high] * len(values)
    return [band.low <= value <= band.high for value in values]


def line_of(survey: Survey) -> list[Tone]:
    """The melody, and the right hand's highest notes where a groove has its place."""
    grooves = survey.chart.grooves
    if not grooves:
        return survey.melody
    right = [tone for tone in survey.lines[1] if survey.bar_at(tone.start) in grooves]
    return sorted([*survey.melody, *right], key=lambda tone: tone.start)


def _tune(survey: Survey) -> list[Tone]:
    """The melody, if there is enough of it."""
    return survey.melody if len(survey.melody) >= FEWEST else []


def _intervals(survey: Survey) -> list[int]:
    """Sizes in semitones between neighbours in the tune that one hand plays."""
    return [
        abs(after.note.pitch - before.note.pitch)
        for before, after in pairwise(_tune(survey))
        if before.note.staff == after.note.staff
    ]


def _interval_share(low: int, high: int) -> Measure:
    def measure(survey: Survey, _: Style | None) -> float | None:
        return share_of(low <= size <= high for size in _intervals(survey))

    return measure


def _range(survey: Survey, _: Style | None) -> float | None:
    pitches = [tone.note.pitch for tone in _tune(survey)]
    return float(max(pitches) - min(pitches)) if pitches else None


def _chord_tone(survey: Survey, _: Style | None) -> float | None:
    if not survey.chords:
        return None
    return share_of(is_chordal(survey, tone) for tone in _tune(survey))


def chord_tone_strong(survey: Survey, _: Style | None = None) -> float | None:
    """Share of chord notes among the tune's notes on the strong beats of their bars."""
    if not survey.chords:
        return None
    strong = [
        tone
        for tone in _tune(survey)
        if survey.position(tone.start)
        in strong_places(survey.chart.bars[survey.index_at(tone.start)].meter)
    ]
    return share_of(is_chordal(survey, tone) for tone in strong)


def _place_share(place: Place) -> Measure:
    def measure(survey: Survey, _: Style | None) -> float | None:
        return share_of(place_of(survey, tone.start) is place for tone in line_of(survey))

    return measure


def _syncopated(survey: Survey, _: Style | None) -> float | None:
    melody = line_of(survey)
    following = [*(tone.start for tone in melody[1:]), None]
    return share_of(
        is_syncopated(survey, tone.start, after)
        for tone, after in zip(melody, following, strict=False)
    )


def _rests(survey: Survey, _: Style | None) -> float | None:
    line = line_of(survey)
    if not line:
        return None
    sounding, reach = 0, survey.starts[0]
    for tone in line:
        sounding += max(0, tone.end - max(reach, tone.start))
        reach = max(reach, tone.end)
    return 1 - sounding / (survey.ends[-1] - survey.starts[0])


def count_bars(survey: Survey) -> float:
    """Full bars of a chart; a pickup and the bar that completes it make one."""
    full = sum(bar.number > 0 for bar in survey.chart.bars)
    return float(max(1, full))


def _onsets(survey: Survey, _: Style | None) -> float | None:
    return len(line_of(survey)) / count_bars(survey)


def _bar_similarity(survey: Survey, _: Style | None) -> float | None:
    rhythms: list[list[int]] = [[] for _ in survey.starts]
    for tone in line_of(survey):
        rhythms[survey.index_at(tone.start)].append(survey.position(tone.start))
    return share_of(
        any(rhythms[index - back] == rhythm for back in _RETURNS if back <= index)
        for index, rhythm in enumerate(rhythms)
        if index and rhythm
    )


def _notes_per_s(survey: Survey, _: Style | None) -> float | None:
    seconds = survey.seconds(survey.ends[-1] - survey.starts[0])
    return sum(tone.end > tone.start for tone in survey.tones) / seconds


def _blue(survey: Survey, _: Style | None) -> float | None:
    key = read_key(survey.chart.drill.key)
    always = _BLUE_MINOR if key.minor else _BLUE_MAJOR

    def is_blue(tone: Tone) -> bool:
        above = (tone.note.pitch - key.tonic_pc) % OCTAVE
        seventh = above == _FLAT_SEVENTH and not key.minor and not is_chordal(survey, tone)
        return above in always or seventh

    return share_of(is_blue(tone) for tone in _tune(survey))


def _minor_key(survey: Survey, _: Style | None) -> float | None:
    return float(read_key(survey.chart.drill.key).minor)


MELODY_FEATURES: dict[str, tuple[Measure, str]] = {
    "melody_repeat": (_interval_share(0, 0), "share of melodic intervals: the same pitch"),
    "melody_step": (_interval_share(1, _STEP), "one or two semitones"),
    "melody_third": (_interval_share(_STEP + 1, _THIRD), "three or four semitones"),
    "melody_leap": (_interval_share(_SIXTH, 127), "a sixth or more"),
    "melody_range": (_range, "semitones from the lowest note of the tune to the highest"),
    "chord_tone": (_chord_tone, "share of the tune's notes that belong to their chord"),
    "chord_tone_strong": (chord_tone_strong, "the same on strong beats (1 and 3 of 4/4)"),
    "onbeat_share": (_place_share(Place.BEAT), "share of the line's onsets on a beat"),
    "offbeat_share": (_place_share(Place.EIGHTH), "on an eighth between beats"),
    "sixteenth_share": (_place_share(Place.SIXTEENTH), "on a sixteenth between eighths"),
    "syncopated_share": (
        _syncopated,
        "share of the line's onsets off the beat, with none on the next stronger place",
    ),
    "rest_share": (_rests, "share of the time in which the line rests"),
    "onsets_per_bar": (_onsets, "onsets of the line in a bar"),
    "bar_similarity": (
        _bar_similarity,
        "share of bars whose line has the rhythm of the bar 1, 2, 4 or 8 bars before",
    ),
    "notes_per_s": (_notes_per_s, "notes of both hands in a second"),
    "blue_share": (
        _blue,
        "share of the tune on b3 or b5 (b5 in minor keys), or on a b7 that is no chord note",
    ),
    "minor_key_share": (_minor_key, "1 in minor keys; the batch's mean is held to the band"),
}

FEATURES: dict[str, tuple[Measure, str]] = {
    **CHORD_FEATURES,
    **MELODY_FEATURES,
    **TEXTURE_FEATURES,
}
"""Feature to how it is measured and what it means."""
BATCH = frozenset({"minor_key_share"})
"""Features whose mean over many charts is held to the band."""
