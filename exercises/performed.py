"""A chart and its band with the style's feel in them, for files that are listened to.

Charts stay straight; here swing and pocket move what is heard. The drums are the click, the
player sits in the style's pocket, the bass half-way between (by ear).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING

import msgspec

from exercises.band.parts import DRUM_CHANNEL, BandChart, Hit, Part
from exercises.feels import asked_feel
from exercises.tempi import tempo_map
from exercises.timeline import SECONDS_PER_MINUTE, beat_ql
from styles.feel import pocket_ms, target

if TYPE_CHECKING:
    from exercises.chart import Chart, Note
    from styles.schema import Style

_GRID = 960
"""Parts of a quarter note to which a performed onset is rounded: the ticks of the MIDI files."""
_BASS_SHARE = 0.5
_MS_PER_S = 1000.0


def perform_chart(chart: Chart, style: Style) -> Chart:
    """The chart with its notes where the style performs them; for listening, not for reading."""
    place = _placing(chart, style, 1.0)

    def move(note: Note) -> Note:
        onset = place(note.onset_ql)
        end = max(onset, place(note.onset_ql + note.duration_ql))
        length = end - onset if note.duration_ql else note.duration_ql
        return msgspec.structs.replace(note, onset_ql=onset, duration_ql=length)

    return msgspec.structs.replace(chart, notes=tuple(move(note) for note in chart.notes))


def perform_band(band: BandChart, chart: Chart, style: Style) -> BandChart:
    """The band with its hits where the style performs them."""
    parts = []
    for part in band.parts:
        share = 0.0 if part.channel == DRUM_CHANNEL else _BASS_SHARE
        place = _placing(chart, style, share)
        hits = tuple(_move(hit, place) for hit in part.hits)
        parts.append(Part(part.name, part.channel, part.program, hits))
    return BandChart(tuple(parts))


def _move(hit: Hit, place: Callable[[Fraction], Fraction]) -> Hit:
    onset = place(hit.onset_ql)
    end = place(hit.onset_ql + hit.duration_ql)
    return Hit(onset, max(Fraction(1, _GRID), end - onset), hit.pitch, hit.velocity)


def _placing(chart: Chart, style: Style, share: float) -> Callable[[Fraction], Fraction]:
    """Where an onset is performed, with so much of the style's pocket."""
    drill = chart.drill
    feel = asked_feel(style.feel, drill)
    beat = beat_ql(drill.meter)
    changes = tempo_map(chart).changes
    onsets = [onset for onset, _ in changes]

    def place(onset_ql: Fraction) -> Fraction:
        # Swing and pocket are those of the tempo that holds where the note stands.
        here = changes[max(0, bisect_right(onsets, onset_ql) - 1)][1]
        found = target(
            onset_ql,
            beat_ql=beat,
            beats_per_minute=here / float(beat),
            level=drill.level,
            feel=feel,
        )
        early, late = pocket_ms(feel, here)
        shift = share * (early + late) / 2 * here / SECONDS_PER_MINUTE / _MS_PER_S
        ticks = round((found.centre_ql + shift) * _GRID)
        # Nothing is played before the file begins.
        return max(chart.onset_ql, Fraction(ticks, _GRID))

    return place
