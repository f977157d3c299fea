"""Musical time: quarter notes to seconds and back. Nowhere else in the program is this done."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

SECONDS_PER_MINUTE = 60.0


@dataclass(frozen=True)
class Timeline:
    """A tempo map; second 0 is the first downbeat (quarter note 0).

    The tempo of the first change also holds before it, so a count-in and a pickup have times.
    """

    changes: tuple[tuple[Fraction, float], ...]
    """(onset_ql, quarter_bpm) in order; the first at 0."""

    @classmethod
    def steady(cls, quarter_bpm: float) -> Timeline:
        """One tempo throughout, in quarter notes a minute."""
        return cls(((Fraction(0), quarter_bpm),))

    @cached_property
    def _onsets(self) -> list[float]:
        return [float(onset) for onset, _ in self.changes]

    @cached_property
    def _starts(self) -> list[float]:
        starts = [0.0]
        for (here, bpm), (there, _) in zip(self.changes, self.changes[1:], strict=False):
            starts.append(starts[-1] + float(there - here) * SECONDS_PER_MINUTE / bpm)
        return starts

    def seconds_at(self, onset_ql: Fraction | float) -> float:
        """The second at which a quarter-note position sounds."""
        index = max(0, bisect_right(self._onsets, float(onset_ql)) - 1)
        bpm = self.changes[index][1]
        away = float(onset_ql) - self._onsets[index]
        return self._starts[index] + away * SECONDS_PER_MINUTE / bpm

    def quarters_at(self, onset_s: float) -> float:
        """The quarter-note position that sounds at a second."""
        starts = self._starts
        index = max(0, bisect_right(starts, onset_s) - 1)
        onset, bpm = self.changes[index]
        return float(onset) + (onset_s - starts[index]) * bpm / SECONDS_PER_MINUTE

    def quarter_bpm_at(self, onset_ql: Fraction | float) -> float:
        """The tempo in force at a position, in quarter notes a minute."""
        index = max(0, bisect_right(self._onsets, float(onset_ql)) - 1)
        return self.changes[index][1]


def beat_ql(meter: str) -> Fraction:
    """The length of the beat that is counted and clicked, in quarter notes.

    6/8, 9/8 and 12/8 are counted in dotted quarters, 3/8 and the asymmetric eighths in eighths,
    everything else in the unit of the denominator.
    """
    top, bottom = (int(part) for part in meter.split("/"))
    if bottom == 8 and top % 3 == 0 and top > 3:  # noqa: PLR2004
        return Fraction(3, 2)
    return Fraction(4, bottom)


def bar_ql(meter: str) -> Fraction:
    """The length of a full bar in quarter notes."""
    top, bottom = (int(part) for part in meter.split("/"))
    return Fraction(4 * top, bottom)


def count_in_ql(meter: str, quarter_bpm: float) -> Fraction:
    """The length of the count-in: one bar, or two where one lasts under two seconds.

    A session click gives "one, two, three, four"; at fast tempi one bar is too short to settle.
    """
    bar = bar_ql(meter)
    if float(bar) * SECONDS_PER_MINUTE / quarter_bpm < 2.0:  # noqa: PLR2004
        return 2 * bar
    return bar
