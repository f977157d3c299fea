"""A chart laid out for checking: ticks, hands, the melody line and the gaps, worked out once."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from exercises.meter import TICKS, read_grid
from exercises.tempi import tempo_map
from exercises.timeline import SECONDS_PER_MINUTE, beat_ql

if TYPE_CHECKING:
    from fractions import Fraction

    from exercises.chart import Chart, Chord, Note

HANDS = (1, 2)
NAMES = {1: "right hand", 2: "left hand"}


@dataclass(frozen=True, slots=True)
class Tone:
    """A note in ticks; a grace note has start == end."""

    start: int
    end: int
    note: Note


@dataclass(frozen=True, slots=True)
class Moment:
    """What one hand holds down right after one of its onsets."""

    start: int
    struck: tuple[int, ...]
    """Pitches that begin here, upwards."""
    held: tuple[int, ...]
    """All that sound here, these included, upwards."""


def ticks_of(length_ql: Fraction) -> int:
    """Quarter notes in ticks, rounded down where no note value is that long."""
    return length_ql.numerator * TICKS // length_ql.denominator


class Survey:
    """All that the checks ask of a chart."""

    def __init__(self, chart: Chart) -> None:
        """Lay out a chart."""
        self.chart = chart
        self.starts = [ticks_of(bar.onset_ql) for bar in chart.bars]
        self.ends = [ticks_of(bar.onset_ql + bar.duration_ql) for bar in chart.bars]
        self.tones = [
            Tone(ticks_of(n.onset_ql), ticks_of(n.onset_ql + n.duration_ql), n) for n in chart.notes
        ]
        self.hands: dict[int, list[Tone]] = {
            hand: [t for t in self.tones if t.note.staff == hand and t.note.duration_ql > 0]
            for hand in HANDS
        }
        self.beat = ticks_of(beat_ql(chart.drill.meter))
        self._timeline = tempo_map(chart) if chart.tempi else None
        self.seconds_per_tick = SECONDS_PER_MINUTE / (chart.drill.quarter_bpm * TICKS)

    def index_at(self, tick: int) -> int:
        """The index of the bar that a time lies in."""
        return max(0, bisect_right(self.starts, tick) - 1)

    def bar_at(self, tick: int) -> int:
        """The printed number of the bar that a time lies in."""
        return self.chart.bars[self.index_at(tick)].number

    def position(self, tick: int) -> int:
        """Ticks from the start of the full bar; in a pickup what is left out counts."""
        index = self.index_at(tick)
        bar = self.chart.bars[index]
        shift = 0
        if index == 0 and bar.number == 0:
            shift = read_grid(bar.meter).length - (self.ends[0] - self.starts[0])
        return tick - self.starts[index] + shift

    def seconds(self, ticks: int) -> float:
        """How long a stretch lasts at the chart's tempo."""
        return ticks * self.seconds_per_tick

    def seconds_between(self, start: int, end: int) -> float:
        """How long a stretch of the chart lasts, with the changes of tempo in it."""
        if self._timeline is None:
            return (end - start) * self.seconds_per_tick
        here, there = (self._timeline.seconds_at(tick / TICKS) for tick in (start, end))
        return there - here

    @cached_property
    def moments(self) -> dict[int, list[Moment]]:
        """For each hand what it holds at each of its onsets, in order."""
        return {hand: _moments(tones) for hand, tones in self.hands.items()}

    @cached_property
    def lines(self) -> dict[int, list[Tone]]:
        """For each hand its melody: the highest note of each onset."""
        return {hand: _line(tones) for hand, tones in self.hands.items()}

    @cached_property
    def lows(self) -> list[Tone]:
        """The lowest note of each onset of the left hand."""
        lows: dict[int, Tone] = {}
        for tone in self.hands[2]:
            if tone.start not in lows or tone.note.pitch < lows[tone.start].note.pitch:
                lows[tone.start] = tone
        return list(lows.values())

    @cached_property
    def melody(self) -> list[Tone]:
        """The tune: the right hand's line, and the left's while the right has a whole bar's rest.

        A chart for the left hand alone has its tune there. Bars of a groove have no tune.
        """
        right, left = ([t for t in self.lines[hand] if self._is_sung(t)] for hand in HANDS)
        if not right:
            return left
        busy = self.busy_bars(1)
        alone = [t for t in left if self.index_at(t.start) not in busy]
        return sorted([*right, *alone], key=lambda t: t.start)

    def _is_sung(self, tone: Tone) -> bool:
        return not self.chart.grooves or self.bar_at(tone.start) not in self.chart.grooves

    @cached_property
    def chords(self) -> list[tuple[int, int, Chord]]:
        """(start, end, chord) in ticks."""
        return [
            (ticks_of(c.onset_ql), ticks_of(c.onset_ql + c.duration_ql), c)
            for c in self.chart.chords
        ]

    def busy_bars(self, hand: int) -> set[int]:
        """Indexes of the bars in which a hand sounds."""
        return {
            index
            for tone in self.hands[hand]
            for index in range(self.index_at(tone.start), self.index_at(tone.end - 1) + 1)
        }

    @cached_property
    def gaps(self) -> dict[int, list[tuple[int, int]]]:
        """For each hand the (start, end) of its rests, cut at bar lines; no whole-bar rests."""
        return {hand: self._gaps(tones) for hand, tones in self.hands.items()}

    def _gaps(self, tones: list[Tone]) -> list[tuple[int, int]]:
        found = []
        reach = self.starts[0]
        spans = sorted((t.start, t.end) for t in tones)
        for start, end in [*spans, (self.ends[-1], self.ends[-1])]:
            if start > reach:
                found += self._cut(reach, start)
            reach = max(reach, end)
        return found

    def _cut(self, start: int, end: int) -> list[tuple[int, int]]:
        pieces = []
        for index in range(self.index_at(start), self.index_at(end - 1) + 1):
            piece = (max(start, self.starts[index]), min(end, self.ends[index]))
            if piece != (self.starts[index], self.ends[index]):
                pieces.append(piece)
        return pieces


def _moments(tones: list[Tone]) -> list[Moment]:
    moments: list[Moment] = []
    held: list[Tone] = []
    index = 0
    while index < len(tones):
        start = tones[index].start
        held = [tone for tone in held if tone.end > start]
        struck = []
        while index < len(tones) and tones[index].start == start:
            struck.append(tones[index].note.pitch)
            held.append(tones[index])
            index += 1
        sounding = tuple(sorted(tone.note.pitch for tone in held))
        moments.append(Moment(start, tuple(sorted(struck)), sounding))
    return moments


def _line(tones: list[Tone]) -> list[Tone]:
    line: list[Tone] = []
    for tone in tones:
        if line and line[-1].start == tone.start:
            if tone.note.pitch > line[-1].note.pitch:
                line[-1] = tone
        else:
            line.append(tone)
    return line
