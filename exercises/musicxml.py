"""Charts as MusicXML and MIDI and back: the one door to files, and music21's second fence.

music21 (in the modules `exercises.score_...`, which nothing else may import) takes over a second to
load, so it is loaded by the first chart that needs it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from exercises.imports import read_chart
from exercises.midi import write_midi

if TYPE_CHECKING:
    from exercises.chart import Chart

__all__ = ["read_chart", "write_midi", "write_musicxml"]


def write_musicxml(chart: Chart, *, font: str = "Leland") -> bytes:
    """A chart as MusicXML 4.0: a grand staff whose notes carry the chart's ids.

    The first head of note n12 has the id "n12", further tied heads "n12-2", "n12-3". The same
    chart gives the same bytes, in any process.

    Args:
        chart: what is to be written.
        font: the engraving face, kept as the document's music font.

    Raises:
        ComposeError: a length that cannot be written; the message names the bar.
    """
    from exercises.score.writer import write_score  # noqa: PLC0415 - music21 is heavy

    return write_score(chart, font=font)
