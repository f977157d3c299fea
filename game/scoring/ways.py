"""The likeliest way of a take through its chart, with a hand that is late all the time in it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import inf, log2
from typing import TYPE_CHECKING

from game.scoring.hands import find_lags, find_spots, level_lags
from game.scoring.layout import LOOSE_FREE, find_late_hand, lay_out, share_written
from game.scoring.path import OMISSION_COST, find_path
from game.scoring.tempo import Warp, find_warp, settle_warp

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from game.scoring.expectation import Expected
    from game.scoring.hands import Looked
    from game.scoring.layout import Layout
    from game.scoring.path import Step
    from game.scoring.results import PlayedNote

GOES_TOGETHER = 0.35
"""Cost of a note up to which nobody asks whether a hand is late or left out all the time, ..."""
GOES_WITH_CLICK = 0.75
"""... or whether the click was followed at all."""
WORTH_SHARE = 0.01
"""Of the notes: where fewer are late the whole take is not walked again for them."""
HARDLY_HEARD = 0.2
"""Share of a hand's notes on the way: with fewer it may have been left out altogether, ..."""
ALONE = 0.6
"""... where the other hand alone costs so much less."""
OWN_TEMPO = 0.6
"""Of the cost to the click: in a tempo of the player's own it goes so much better."""
OTHER_TEMPO = 0.25
"""In octaves: nearer than this to the click it is the click's tempo."""
OTHER_MUSIC = 0.6
"""Share of the played keys that are the chart's: with fewer the hands play something else."""
SETTLES = 2
"""Once it is known where the player waited the tempo is known better, and the way again by that."""
LOOKS = 2
"""After a hand was found late, how it was is seen more clearly."""
SPELL_COST = 3.5
"""Of each time that a hand is late."""
SAME_BEATS = (0.0, 0.3, inf)
"""Attempts whose lags are nearer than this may be one; each is tried."""
SAME_LATE_S = 0.06
"""Two lags of a hand nearer than this are one."""


@dataclass(frozen=True)
class Way:
    """A way of the take through the chart."""

    chart: Layout
    warp: Warp
    onsets_s: list[float]
    """On the chart's clock."""
    steps: list[Step]
    cost: float
    missed_cost: float
    """Of the notes that were not struck where the way came by: the search asks for one of each
    onset only."""

    @property
    def price(self) -> float:
        """What it costs with what is behind it: a hand is not late for no reason."""
        return self.cost + self.missed_cost + SPELL_COST * self.chart.spells

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
        late_s: Sequence[float] = (),
        warp: Warp | None = None,
        *,
        free: bool = free,
        alone: int | None = None,
    ) -> Way:
        loose = LOOSE_FREE if free else 1.0
        chart = lay_out(expected, late_s, alone)
        if warp is None:
            warp = find_warp(chart.groups, heard, pitches) if free else Warp.identity()
        onsets = [warp.chart_s(onset) for onset in heard]
        steps, cost = find_path(chart.groups, onsets, pitches, click=not free, loose=loose)
        struck = {(step.group, pitch) for step, pitch in zip(steps, pitches, strict=True)}
        notes = zip(chart.places, expected, strict=True)
        missed = sum((place, note.pitch) not in struck for place, note in notes)
        return Way(chart, warp, onsets, steps, cost, OMISSION_COST * missed)

    way = _settle_tempo(walk(), heard, walk) if free else walk()
    if way.cost > GOES_TOGETHER * len(pitches):
        for staff in _find_alone(expected, way, pitches):
            practised = walk(alone=staff)
            if practised.cost < ALONE * way.cost:
                return practised
    if way.missed_cost and share_written(expected, pitches) >= OTHER_MUSIC:
        way = _find_late_hands(expected, way, pitches, walk)
    if not free and way.cost > GOES_WITH_CLICK * len(pitches):
        own = walk(free=True)
        if own.cost < OWN_TEMPO * way.cost and abs(log2(own.warp.rate)) > OTHER_TEMPO:
            # The way that the player went in a tempo of his own, told on the click's clock.
            return replace(own, warp=way.warp, onsets_s=way.onsets_s)
    return way


def _settle_tempo(
    way: Way, heard_s: Sequence[float], walk: Callable[[Sequence[float], Warp | None], Way]
) -> Way:
    """The way in the tempo that it asks for, as long as that makes it likelier."""
    for _ in range(SETTLES):
        other = walk((), settle_warp(way.chart.groups, heard_s, way.steps, way.warp))
        if other.cost >= way.cost:
            break
        way = other
    return way


def _find_late_hands(
    expected: Sequence[Expected],
    way: Way,
    pitches: list[int],
    walk: Callable[[Sequence[float], Warp | None], Way],
) -> Way:
    """The likeliest way with a hand late for a while, or all the time; the same where none is."""
    if way.cost > (GOES_TOGETHER if way.warp.free else GOES_WITH_CLICK) * len(pitches):
        late_s = find_late_hand(expected, way.onsets_s, pitches, warp=way.warp)
        if late_s:
            way = walk(late_s, None)
    for _ in range(LOOKS):
        before = way
        spots = find_spots(expected, before, pitches)
        heard: dict[Looked, list[float]] = {}
        for near_beats in SAME_BEATS:
            lags = find_lags(
                expected, before, pitches, spots=spots, near_beats=near_beats, heard=heard
            )
            few = sum(late > 0 for late in lags) <= WORTH_SHARE * len(lags)
            for late_s in () if few else (lags, level_lags(expected, lags)):
                if not _is_laid_out(expected, way, late_s):
                    other = walk(late_s, way.warp)
                    way = other if other.price < way.price else way
        if way is before:
            break
    return way


def _is_laid_out(expected: Sequence[Expected], way: Way, late_s: Sequence[float]) -> bool:
    """Whether a way was found with about these lags, or they are of too few notes to try."""
    return sum(late > 0 for late in late_s) <= WORTH_SHARE * len(late_s) or all(
        abs(note.onset_s + late - onset_s) < SAME_LATE_S
        for note, late, onset_s in zip(expected, late_s, way.chart.onset_s, strict=True)
    )


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
