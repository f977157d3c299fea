"""The performer's touch: how loud and how long, from the signs of the chart."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from exercises.kit import is_pads

if TYPE_CHECKING:
    from fractions import Fraction

    from exercises.chart import Chart, Mark, Note
    from game.scoring.expectation import Expected

VELOCITIES = {
    "ppp": 22, "pp": 34, "p": 46, "mp": 58, "mf": 70, "f": 84, "ff": 98, "fff": 112,
    "fp": 84, "sf": 96, "sfz": 98, "fz": 96, "rf": 90, "rfz": 94,
}  # fmt: skip
"""MIDI velocities of the marks: even steps, as notation programs play them (by ear)."""
UNMARKED = 70
HAIRPIN = 14
"""How far a hairpin goes where no mark says where to."""
ACCENT, MARCATO = 14, 18
GHOST = 30
"""How far a ghost note on pads lies below a plain stroke."""
STACCATO_SHARE = 0.5
FINGER_S = 0.012
"""The least time a key stays down."""


@dataclass(frozen=True)
class Loudness:
    """The velocity that the marks ask for along a chart."""

    starts: tuple[Fraction, ...]
    levels: tuple[int, ...]
    hairpins: tuple[Mark, ...]
    ghost: int = 0
    """How much softer a ghost note is struck."""

    def at(self, onset_ql: Fraction) -> float:
        """The plain velocity at a place, hairpins followed."""
        for hairpin in self.hairpins:
            end = hairpin.end_ql
            if end is not None and hairpin.onset_ql < onset_ql <= end:
                start = self._marked(hairpin.onset_ql)
                goal = start + (HAIRPIN if hairpin.text == "<" else -HAIRPIN)
                share = float((onset_ql - hairpin.onset_ql) / (end - hairpin.onset_ql))
                return start + share * (goal - start)
        return self._marked(onset_ql)

    def _marked(self, onset_ql: Fraction) -> float:
        place = bisect_right(self.starts, onset_ql) - 1
        return float(self.levels[place]) if place >= 0 else float(UNMARKED)


def read_loudness(chart: Chart) -> Loudness:
    """Gather the dynamic marks of a chart."""
    marks = sorted(
        (mark for mark in chart.marks if mark.kind == "dynamic" and mark.text in VELOCITIES),
        key=lambda mark: mark.onset_ql,
    )
    return Loudness(
        starts=tuple(mark.onset_ql for mark in marks),
        levels=tuple(VELOCITIES[mark.text] for mark in marks),
        hairpins=tuple(mark for mark in chart.marks if mark.kind == "hairpin"),
        ghost=GHOST if is_pads(chart) else 0,
    )


def strike_velocity(note: Expected | Note, loudness: Loudness) -> float:
    """How hard a note is struck: the marks, and its accent."""
    velocity = loudness.at(note.onset_ql)
    if "marcato" in note.articulations:
        return velocity + MARCATO
    if "ghost" in note.articulations:
        return velocity - loudness.ghost
    return velocity + (ACCENT if "accent" in note.articulations else 0)


def hold_s(note: Expected) -> float:
    """How long a note is held, in seconds: as written, staccato half."""
    written = note.release_s - note.onset_s
    share = STACCATO_SHARE if "staccato" in note.articulations else 1.0
    return max(FINGER_S, written * share)
