"""Chords under slashes while they are played: any idiomatic voicing is right, in any rhythm."""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from typing import TYPE_CHECKING

from game.scoring.expectation import place_chart
from game.scoring.fitted import find_hidden
from game.scoring.voicings import ask, judge_voicing

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

    from exercises.chart import Chart
    from exercises.timeline import Timeline
    from game.scoring.expectation import Expected
    from styles.schema import Style

EARLY_BEATS = 0.5
"""A chord may be struck so long before its place."""
LAST_KEYS, ENOUGH_KEYS = 40, 12
OWN_SHARE = 0.35
"""Of the last keys under slashes that are not the chart's own where the voicings are the player's
(by ear): of so many that nobody is taken for one who is lost for a moment with the chart's own."""


class OpenChords:
    """Hears which chords sound, and whether the player voices them. Holds no clock."""

    def __init__(
        self,
        chart: Chart,
        notes: Sequence[Expected],
        *,
        timeline: Timeline,
        style: Style | None,
        level: int,
    ) -> None:
        """Know the chords of a chart; one whose notes are all printed has none that are open."""
        hidden = find_hidden(chart) if chart.chords else frozenset()
        place = place_chart(chart, timeline=timeline, style=style, level=level)
        self._starts_s = [place.performed_s(chord.onset_ql)[0] for chord in chart.chords]
        self._early_s = EARLY_BEATS * (notes[0].beat_s if notes else 1.0)
        self._asked = [ask(chord, style) for chord in chart.chords] if hidden else []
        self._heard: list[set[int]] = [set() for _ in self._asked]
        self._last: deque[bool] = deque(maxlen=LAST_KEYS)
        starts: list[Fraction] = [chord.onset_ql for chord in chart.chords]
        self._chords: dict[int, int] = {
            number: max(0, bisect_right(starts, note.onset_ql) - 1)
            for number, note in enumerate(notes)
            if note.id in hidden
        }
        self._members: dict[int, list[int]] = {}
        for number, chord in self._chords.items():
            self._members.setdefault(chord, []).append(number)

    @property
    def is_own(self) -> bool:
        """Whether the last keys were voicings of the player's own."""
        if len(self._last) < ENOUGH_KEYS:
            return False
        return sum(self._last) > OWN_SHARE * len(self._last)

    def begin_anew(self) -> None:
        """The player was elsewhere, with the chart's own keys: the last keys say nothing."""
        self._last.clear()

    def hear(self, pitch: int, moment_s: float, *, written: bool) -> bool:
        """Take in a key; whether it belongs to the chord of its moment, or to the one to come.

        Args:
            pitch: the key.
            moment_s: when it was struck, on the chart's clock.
            written: whether it is one that the chart has there.
        """
        here = bisect_right(self._starts_s, moment_s) - 1
        soon = bisect_right(self._starts_s, moment_s + self._early_s) - 1
        open_here = [c for c in dict.fromkeys((soon, here)) if c in self._members]
        if not open_here:
            return False
        self._last.append(not written)
        for chord in open_here:
            if not judge_voicing(self._asked[chord], (pitch,), self._heard[chord]).clashes:
                self._heard[chord].add(pitch)
                return True
        return False

    def is_answered(self, number: int) -> bool:
        """Whether a note under slashes is as good as played: its chord was voiced.

        A key that clashes is marked by itself.
        """
        chord = self._chords.get(number)
        if chord is None or not self.is_own:
            return False
        return not judge_voicing(self._asked[chord], (), self._heard[chord]).missing

    def beside(self, moment_s: float) -> list[int]:
        """The numbers of the notes under slashes of the chord of a moment and its neighbours."""
        here = bisect_right(self._starts_s, moment_s) - 1
        return [
            number
            for chord in (here - 1, here, here + 1)
            for number in self._members.get(chord, ())
        ]
