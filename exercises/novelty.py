"""Whether a chart is new: its tune in windows of some bars, and the whole of its notes, as digests.

A window is what a listener would know again: the intervals from note to note and their places and
lengths, wherever the tune begins. Digests are eight bytes, so that thousands of charts are
compared in little memory.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

from exercises.checks.survey import Survey

if TYPE_CHECKING:
    from exercises.chart import Chart

PHRASE_BARS = 4
"""Bars of a melody that must not come back in the next chart."""
LONG_BARS = 8
"""Bars of a melody that no chart of a batch may share with another."""
_BYTES = 8


def digest_chart(chart: Chart) -> bytes:
    """A digest of everything that is played: the same for two charts only if they are the same."""
    notes = [(str(n.onset_ql), str(n.duration_ql), n.pitch, n.staff) for n in chart.notes]
    return _digest((chart.drill.meter, chart.drill.quarter_bpm, notes))


def melody_windows(chart: Chart, bars: int) -> frozenset[bytes]:
    """The digests of every stretch of so many full bars of the tune; rests alone are none."""
    survey = Survey(chart)
    first = 1 if chart.bars[0].number == 0 else 0
    found = set()
    for index in range(first, len(chart.bars) - bars + 1):
        start, end = survey.starts[index], survey.ends[index + bars - 1]
        tones = [t for t in survey.melody if start <= t.start < end and t.end > t.start]
        if len(tones) < bars:
            # Fewer notes than bars are a held note, not a melody.
            continue
        lowest = tones[0].note.pitch
        shape = [(t.start - start, t.end - t.start, t.note.pitch - lowest) for t in tones]
        found.add(_digest((chart.drill.meter, shape)))
    return frozenset(found)


def _digest(value: object) -> bytes:
    return blake2b(repr(value).encode(), digest_size=_BYTES).digest()
