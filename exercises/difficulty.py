"""How hard a chart is to read and play, as one number.

A weighted sum of what the examining boards grade by: how much comes how fast, the key, how wide
the hands and how far the leaps, off-beats, how little one hand says about the other, how thick the
chords, and how much changes on the way. Weights are by ear, set so that charts of level n come to
about n on average; a single chart may well be easier or harder than its neighbours.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean
from typing import TYPE_CHECKING

from exercises.checks.survey import HANDS, Survey
from exercises.notation.accidentals import signature
from exercises.rhythm_places import is_syncopated
from exercises.roadmap import read_roadmap
from exercises.theory import alteration, key_fifths

if TYPE_CHECKING:
    from exercises.chart import Chart

_WEIGHTS = {
    "notes_per_s": 0.55,
    "onsets_per_s": 0.25,
    "key": 0.28,
    "accidentals": 4.0,
    "span": 0.09,
    "reach": 0.05,
    "leaps": 2.0,
    "syncopation": 3.0,
    "independence": 2.0,
    "chords": 0.45,
    "values": 0.16,
    "changes": 0.35,
    "length": 0.35,
}
_SCALE = 0.72


@dataclass(frozen=True)
class Demands:
    """What a chart asks for, each in its own unit."""

    notes_per_s: float
    """Mean over the chart."""
    onsets_per_s: float
    key: float
    """Sharps or flats of the keys, on average over the bars."""
    accidentals: float
    """Share of notes outside the first signature."""
    span: float
    """Semitones that a hand holds at once, mean of the widest tenth."""
    reach: float
    """Semitones from the lowest to the highest note, of the wider hand."""
    leaps: float
    """Share of melodic intervals above a third."""
    syncopation: float
    """Share of syncopated onsets in the tune."""
    independence: float
    """Share of onsets that only one hand has, where both play."""
    chords: float
    """Mean notes of a hand at once."""
    values: float
    """How many different lengths are read."""
    changes: float
    """Changes of key, metre and tempo, and signs of a road map."""
    length: float
    """Doublings of four bars on the page."""


def difficulty(chart: Chart) -> float:
    """How hard a chart is; about the number of the level that has such charts."""
    demands = measure_demands(chart)
    total: float = sum(weight * getattr(demands, name) for name, weight in _WEIGHTS.items())
    return _SCALE * total


def measure_demands(chart: Chart) -> Demands:
    """Each of the things that make a chart hard."""
    survey = Survey(chart)
    sounding = [tone for tone in survey.tones if tone.end > tone.start]
    seconds = max(1.0, survey.seconds_between(survey.starts[0], survey.ends[-1]))
    onsets = {tone.start for tone in sounding}
    printed = sum(bar.printed is None for bar in chart.bars)
    return Demands(
        notes_per_s=len(sounding) / seconds,
        onsets_per_s=len(onsets) / seconds,
        key=fmean(abs(key_fifths(chart.key_of(bar))) for bar in chart.bars),
        accidentals=_share_outside(survey),
        span=_widest(survey),
        reach=max((_reach(survey, hand) for hand in HANDS), default=0.0),
        leaps=_share_of_leaps(survey),
        syncopation=_share_syncopated(survey),
        independence=_independence(survey),
        chords=_thickness(survey),
        values=float(len({tone.end - tone.start for tone in survey.tones})),
        changes=_count_changes(chart),
        length=math.log2(max(4, printed) / 4),
    )


def _share_outside(survey: Survey) -> float:
    notes = survey.chart.notes
    if not notes:
        return 0.0
    altered = signature(survey.chart.drill.key)
    outside = sum(
        alteration(note.spelling.rstrip("-0123456789")) != altered.get(note.spelling[0], 0)
        for note in notes
    )
    return outside / len(notes)


def _widest(survey: Survey) -> float:
    spans = sorted(
        (m.held[-1] - m.held[0] for hand in HANDS for m in survey.moments[hand]), reverse=True
    )
    tenth = spans[: max(1, len(spans) // 10)]
    return fmean(tenth) if tenth else 0.0


def _reach(survey: Survey, hand: int) -> float:
    pitches = [tone.note.pitch for tone in survey.hands[hand]]
    return float(max(pitches) - min(pitches)) if pitches else 0.0


def _share_of_leaps(survey: Survey) -> float:
    pairs = list(pairwise(survey.melody))
    if not pairs:
        return 0.0
    return sum(abs(a.note.pitch - b.note.pitch) > 4 for a, b in pairs) / len(pairs)  # noqa: PLR2004


def _share_syncopated(survey: Survey) -> float:
    melody = survey.melody
    if not melody:
        return 0.0
    following = [*(tone.start for tone in melody[1:]), None]
    pushed = sum(
        is_syncopated(survey, tone.start, after)
        for tone, after in zip(melody, following, strict=True)
    )
    return pushed / len(melody)


def _independence(survey: Survey) -> float:
    right, left = ({t.start for t in survey.hands[hand]} for hand in HANDS)
    both = survey.busy_bars(1) & survey.busy_bars(2)
    together = {start for start in right | left if survey.index_at(start) in both}
    return len(together - (right & left)) / max(1, len(survey.tones)) if together else 0.0


def _thickness(survey: Survey) -> float:
    sizes = [len(m.struck) for hand in HANDS for m in survey.moments[hand]]
    return fmean(sizes) if sizes else 0.0


def _count_changes(chart: Chart) -> float:
    keys = sum(chart.key_of(a) != chart.key_of(b) for a, b in pairwise(chart.bars))
    meters = sum(a.meter != b.meter for a, b in pairwise(chart.bars))
    signs = sum(sign.kind not in {"ending", "cue"} for sign in read_roadmap(chart.roadmap))
    return float(min(2, keys) + min(2, meters) / 2 + min(2, len(chart.tempi)) / 2 + signs)
