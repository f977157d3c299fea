"""The rhythm section of a chart: the same chart gives the same band, hit for hit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exercises.band.bass import compose_bass
from exercises.band.drums import compose_drums
from exercises.band.parts import BandChart
from exercises.band.section import read_song
from exercises.kit import is_pads

if TYPE_CHECKING:
    from exercises.chart import Chart
    from styles.schema import Style


def compose_band(chart: Chart, style: Style) -> BandChart:
    """Drums and bass beside a chart, in the style's idiom and from the drill's seed.

    Parts without hits are left out: a style without drums, a chart without chords, a chart whose
    player is the bass or the drummer.

    Raises:
        ComposeError: the style's band has no pattern for a metre of the chart.
    """
    if style.band is None:
        return BandChart(())
    song = read_song(chart, style.band)
    parts = (*(() if is_pads(chart) else (compose_drums(song),)), compose_bass(song))
    return BandChart(tuple(part for part in parts if part.hits))
