"""The likeliest way of a take through its chart, with a hand that is late all the time in it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import log2
from typing import TYPE_CHECKING

from game.scoring.layout import LOOSE_FREE, find_late_hand, lay_out
from game.scoring.path import find_path
from game.scoring.tempo import Warp, find_warp

if TYPE_CHECKING:
    from collections.abc import Sequence

    from game.scoring.expectation import Expected
    from game.scoring.layout import Layout
    from game.scoring.path import Step
    from game.scoring.results import PlayedNote

GOES_TOGETHER = 0.35
"""Cost of a note up to which nobody asks whether one hand is late all the time, ..."""
GOES_WITH_CLICK = 0.75
"""... or whether the click was followed at all."""
HARDLY_HEARD = 0.2
"""Share of a hand's notes on the way: with fewer it may have been left out altogether, ..."""
ALONE = 0.6
"""... where the other hand alone costs so much less."""
OWN_TEMPO = 0.6
"""Of the cost to the click: in a tempo of the player's own it goes so much better."""
OTHER_TEMPO = 0.25
"""In octaves: nearer than this to the click it is the click's tempo."""


@dataclass(frozen=True)
class Way:
    """A way of the take through the chart."""

    chart: Layout
    warp: Warp
    onsets_s: list[float]
    """On the chart's clock."""
    steps: list[Step]
    cost: float

    def came(
        self,
        keys: range,
        numbers: Sequence[int],
        expected: Sequence[Expected],
        played: Sequence[PlayedNote],
    ) -> dict[int, float]:
        """When the player came to each charted note, by a right note of that hand at its place.

        Where none was right in either hand, by the first that was struck there.

        Args:
            keys: the played notes of one attempt.
            numbers: the charted notes that it may have played.
            expected: all charted notes.
            played: all played notes.

        """
        right: dict[tuple[int, int], float] = {}
        struck: dict[int, float] = {}
        for key in keys:
            step = self.steps[key]
            if not step.extra:
                struck.setdefault(step.group, self.onsets_s[key])
                right.setdefault((step.group, played[key].pitch), self.onsets_s[key])
        hands: dict[tuple[int, int], float] = {}
        heard: set[int] = set()
        for number in numbers:
            note, place = expected[number], self.chart.places[number]
            when = right.get((place, note.pitch))
            if when is not None:
                heard.add(place)
                hands[place, note.staff] = min(when, hands.get((place, note.staff), when))
        found: dict[int, float] = {}
        for number in numbers:
            place = self.chart.places[number]
            came = hands.get((place, expected[number].staff))
            if came is None and place not in heard:
                came = struck.get(place)
            if came is not None:
                found[number] = came
        return found


def find_way(
    expected: Sequence[Expected],
    ordered: Sequence[PlayedNote],
    pitches: list[int],
    *,
    free: bool,
) -> Way:
    """The likeliest way, with a hand late all the time, or left out, where that explains much."""
    heard = [note.onset_s for note in ordered]

    def walk(
        late_s: tuple[float, float] = (0.0, 0.0), *, free: bool = free, alone: int | None = None
    ) -> Way:
        loose = LOOSE_FREE if free else 1.0
        chart = lay_out(expected, late_s, alone)
        warp = find_warp(chart.groups, heard, pitches) if free else Warp.identity()
        onsets = [warp.chart_s(onset) for onset in heard]
        steps, cost = find_path(chart.groups, onsets, pitches, click=not free, loose=loose)
        return Way(chart, warp, onsets, steps, cost)

    way = walk()
    if way.cost > GOES_TOGETHER * len(pitches):
        for staff in _find_alone(expected, way, pitches):
            practised = walk(alone=staff)
            if practised.cost < ALONE * way.cost:
                return practised
        rate = way.warp.rate
        late_s = find_late_hand(expected, way.onsets_s, pitches, free=free, rate=rate)
        if any(late_s):
            return walk(late_s)
    if not free and way.cost > GOES_WITH_CLICK * len(pitches):
        own = walk(free=True)
        if own.cost < OWN_TEMPO * way.cost and abs(log2(own.warp.rate)) > OTHER_TEMPO:
            # The way that the player went in a tempo of his own, told on the click's clock.
            return replace(own, warp=way.warp, onsets_s=way.onsets_s)
    return way


def _find_alone(expected: Sequence[Expected], way: Way, pitches: Sequence[int]) -> list[int]:
    """The staves whose other one was hardly heard: one hand may have been practised alone."""
    heard = {(step.group, pitch) for step, pitch in zip(way.steps, pitches, strict=True)}
    shares: dict[int, float] = {}
    for staff in sorted({note.staff for note in expected}):
        notes = [
            (place, note.pitch) in heard
            for place, note in zip(way.chart.places, expected, strict=True)
            if note.staff == staff
        ]
        shares[staff] = sum(notes) / len(notes)
    if len(shares) != 2 or min(shares.values()) > HARDLY_HEARD:  # noqa: PLR2004 - two hands
        return []
    return [max(shares, key=lambda staff: shares[staff])]
