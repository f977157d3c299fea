"""The form as a rhythm section hears it: phrases, how full each is, where it is marked.

A chart says its phrases where it was composed with them; else they are taken to be of four bars,
and two of them a section.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from exercises.timeline import bar_ql

if TYPE_CHECKING:
    from exercises.chart import Bar, Chart
    from styles.band_schema import RhythmSection

PHRASE_BARS = 4
TWO_THREE, THREE_TWO = "2-3", "3-2"
_CLAVE = (Fraction(1), Fraction(2), Fraction(4), Fraction(11, 2), Fraction(7))
"""Son clave 2-3, in quarter notes over two bars."""
_CLAVE_BAR = Fraction(4)
SPARSE, USUAL, FULL = 1, 2, 3
_SIMPLE_LEVEL = 2
"""Up to here the band stays plain: whoever reads with one hand wants a beat, no show."""
_OPENING_PHRASES = 3
"""From so many phrases on the first one is sparse, so that something can grow."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A phrase of the chart."""

    index: int
    first: int
    """Index of its first bar among the full bars."""
    bars: int
    letter: str
    intensity: int
    """1 sparse, 2 usual, 3 full."""
    opens: bool
    """Whether a section begins here, which the band marks."""
    last: bool


@dataclass(frozen=True, slots=True)
class Song:
    """A chart as its band sees it."""

    chart: Chart
    band: RhythmSection
    bars: tuple[Bar, ...]
    """The bars after the pickup."""
    passages: tuple[Passage, ...]
    clave: str
    """The side of the clave that the whole chart keeps: "2-3", "3-2", or empty."""

    @property
    def level(self) -> int:
        """The level of the player's chart."""
        return self.chart.drill.level

    @property
    def seed(self) -> int:
        """The seed of all that the band decides."""
        return self.chart.drill.seed


def read_song(chart: Chart, band: RhythmSection) -> Song:
    """A chart with its form and its clave."""
    sided = any(each.clave for each in band.drums) or any(each.clave for each in band.bass)
    return Song(chart, band, full_bars(chart), find_passages(chart), find_clave(chart, sided=sided))


def find_clave(chart: Chart, *, sided: bool) -> str:
    """The side of the clave that the player's part leans to; 2-3 where it does not say.

    The son clave strikes beats 2 and 3 of one bar and 1, the half after 2, and 4 of the other.
    """
    if not sided:
        return ""
    meters = {bar.meter for bar in full_bars(chart)}
    if len(meters) > 1 or bar_ql(next(iter(meters))) != _CLAVE_BAR:
        return TWO_THREE
    agree = {TWO_THREE: 0, THREE_TWO: 0}
    for note in chart.notes:
        place = note.onset_ql % (2 * _CLAVE_BAR)
        agree[TWO_THREE] += place in _CLAVE
        agree[THREE_TWO] += (place + _CLAVE_BAR) % (2 * _CLAVE_BAR) in _CLAVE
    return THREE_TWO if agree[THREE_TWO] > agree[TWO_THREE] else TWO_THREE


def full_bars(chart: Chart) -> tuple[Bar, ...]:
    """The bars after the pickup."""
    return tuple(bar for bar in chart.bars if bar.onset_ql >= 0)


def find_passages(chart: Chart) -> tuple[Passage, ...]:
    """The phrases of a chart in sounding order; long ones in parts of four bars."""
    count = len(full_bars(chart))
    starts = _composed_starts(chart) or [
        (first, "ab"[first // (2 * PHRASE_BARS) % 2]) for first in range(0, count, PHRASE_BARS)
    ]
    if len(starts) > 1 and count - starts[-1][0] < 2:  # noqa: PLR2004 - a bar alone is no phrase
        starts.pop()
    parts: list[tuple[int, str, bool]] = []
    for index, (first, letter) in enumerate(starts):
        end = starts[index + 1][0] if index + 1 < len(starts) else count
        new = index == 0 or starts[index - 1][1] != letter or index % 2 == 0
        cuts = range(first, end, PHRASE_BARS) if (end - first) % PHRASE_BARS == 0 else (first,)
        parts += [(cut, letter, new and cut == first) for cut in cuts]
    return tuple(
        Passage(
            index=index,
            first=first,
            bars=(parts[index + 1][0] if index + 1 < len(parts) else count) - first,
            letter=letter,
            intensity=_intensity(chart.drill.level, index, len(parts), letter),
            opens=opens,
            last=index == len(parts) - 1,
        )
        for index, (first, letter, opens) in enumerate(parts)
    )


def _composed_starts(chart: Chart) -> list[tuple[int, str]]:
    """(index of the bar, letter) of the phrases that the chart says, if they cover it."""
    places = {bar.onset_ql: index for index, bar in enumerate(full_bars(chart))}
    starts = [
        (places[each.onset_ql], each.letter) for each in chart.sections if each.onset_ql in places
    ]
    rising = all(one[0] < two[0] for one, two in pairwise(starts))
    return starts if starts and starts[0][0] == 0 and rising else []


def _intensity(level: int, index: int, count: int, letter: str) -> int:
    """Sparse at first, full in contrasting phrases and at the end."""
    if index == 0 and count >= _OPENING_PHRASES:
        return SPARSE
    if level <= _SIMPLE_LEVEL:
        return USUAL
    return FULL if letter != "a" or (index == count - 1 and count > 1) else USUAL
