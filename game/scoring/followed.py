"""A take of a chart that the player fills in, followed through stumbles and free tempo.

`comping` fits a chart to a player who keeps to the click. Here the player is found first (see
`following`): by the chords that sound, by the notes that are printed and by the rhythm of the
kicks; what was tried again is left out, and the rest is fitted in the chart's own time. The fitted
chart then holds the player's own keys, and the take is aligned with it as with any chart.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from msgspec.structs import replace

from game.scoring.align import Aligned, align_take
from game.scoring.comping import fit_chart
from game.scoring.expectation import expect_notes, place_chart
from game.scoring.fitted import find_hidden
from game.scoring.following import Spots, follow_strikes
from game.scoring.judge import BEGINNER_LEVEL, HANDS_SPREAD_S
from game.scoring.lean import cut_grid, hear_lean
from game.scoring.performance import cluster_strikes
from game.scoring.slots import EARLY_QL, Cluster
from game.scoring.tempo import Warp, fit_warp
from game.scoring.voicings import LINE_BELOW, ask, judge_voicing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from exercises.chart import Chart
    from exercises.timeline import Timeline
    from game.scoring.expectation import Expected
    from game.scoring.fitted import Fitted
    from game.scoring.following import Followed
    from game.scoring.results import PlayedNote
    from game.scoring.voicings import Asked
    from styles.schema import Style

CLASH_COST, LACK_COST = 1.3, 0.8
"""Of each key that spoils the chord of a place, and of each essential tone that does not sound."""
COLOUR_COST = 0.2
"""Of each tone that the symbol does not have: any of them is rarer than the chord's own."""
OTHER_BASS = 0.6
"""Of a chord over a bass that is not the symbol's."""
WORST_CHORD = 3.0
EARLY_COST, EARLIER_COST = 0.4, 0.9
"""Of the next chord, which may come half a quarter early, and a whole one."""
EARLIER_QL = 1
STRANGE_BASS = 1.5
"""Of a single low key that is no tone of the chord: bass lines walk."""
OFF_KICK = 1.5
"""Of a strike beside the kicks where the band has a figure."""
OFF_BEAT = {1: 0.0, 2: 0.15}
"""Of a strike on a beat and half-way between two, where nothing else tells, ..."""
FINER = 0.5
"""... and on a finer place."""
PRINTED_GAIN = 1.2
"""Less for each key that is printed at the place."""


@dataclass(frozen=True)
class FollowedChart:
    """A chart fitted to a take, and where the player was in it."""

    fitted: Fitted
    expected: tuple[Expected, ...]
    """Of the fitted chart."""
    aligned: Aligned


def follow_chart(
    chart: Chart,
    played: Sequence[PlayedNote],
    *,
    timeline: Timeline,
    style: Style | None,
    level: int,
    free: bool,
) -> FollowedChart | None:
    """Fit a chart to a take wherever the player was; None for a chart whose notes are all printed.

    Args:
        chart: what was to be played.
        played: what was played, in the player's seconds.
        timeline: the click (the chart's tempo, where there was none).
        style: its vocabulary is allowed.
        level: 1 to 10; beginners' chords may spread wider.
        free: there was no click.

    """
    hidden = find_hidden(chart)
    if not hidden or not chart.chords or not played:
        return None
    place = place_chart(chart, timeline=timeline, style=style, level=level)
    prices = _Prices(chart, hidden, style)
    beat, tempo = place.beat(chart.onset_ql)
    beat_s = 60.0 / tempo
    spots = Spots(
        onset_s=np.array([place.performed_s(at)[0] for at in prices.places]),
        bar_starts=np.array([at in prices.bar_starts for at in prices.places]),
        chords=np.array(prices.chords),
        said=np.array(prices.soon),
        opens=np.array([at in prices.opens for at in prices.places]),
        beat_s=beat_s,
        bar_s=beat_s * float(max(bar.duration_ql for bar in chart.bars) / beat),
    )
    spread_s = HANDS_SPREAD_S[level <= BEGINNER_LEVEL]
    strikes = cluster_strikes(played, spread_s)
    lean_s = 0.0 if free else hear_lean(chart, place, prices.grid, strikes)
    followed = follow_strikes(spots, strikes, prices.price, lean_s=lean_s, free=free)
    struck = [
        Cluster(prices.places[spot], float(spots.onset_s[spot]), keys)
        for spot, keys in followed.strikes
    ]
    fitted = fit_chart(chart, struck, timeline=timeline, style=style, level=level)
    if fitted is None:
        return None
    expected = expect_notes(fitted.chart, timeline=timeline, style=style, level=level)
    kept = [key for _, keys in followed.strikes for key in keys]
    alignment = align_take(expected, kept).alignment
    again = [(index, "restart") for index in followed.replaced]
    again += [(index, "stray") for index in followed.strays]
    return FollowedChart(
        fitted=fitted,
        expected=expected,
        aligned=Aligned(
            replace(alignment, extras=tuple(sorted((*alignment.extras, *again)))),
            _find_warp(followed, played) if free else Warp.identity(),
            followed.belongs,
            tuple(attempt.restarted for attempt in followed.attempts),
        ),
    )


def _find_warp(followed: Followed, played: Sequence[PlayedNote]) -> Warp:
    """The player's own tempo, from where each strike belongs."""
    stretches = [tuple(zip(a.heard_s, a.places_s, strict=True)) for a in followed.attempts]
    onsets = [key.onset_s for key in played]
    return fit_warp(
        stretches, guess=1.0, ends_s=(min(onsets), max(onsets)), first_s=stretches[0][0][1]
    )


class _Prices:
    """What a handful of keys costs at each place of a chart."""

    def __init__(self, chart: Chart, hidden: frozenset[str], style: Style | None) -> None:
        printed = [note for note in chart.notes if note.id not in hidden]
        kicks = {s.onset_ql for s in chart.slashes if s.kind in {"kick", "diamond"}}
        bars = {bar.onset_ql: bar.onset_ql + bar.duration_ql for bar in chart.bars}
        self.grid = cut_grid(note for note in chart.notes if note.id in hidden)
        places = {
            beat + share
            for start, end in bars.items()
            for beat in range(start.__floor__(), end.__ceil__())
            for share in self.grid
            if start <= beat + share < end
        }
        places |= {note.onset_ql for note in chart.notes} | kicks
        self.places = tuple(sorted(places))
        self.bar_starts = frozenset(bars)
        starts = [chord.onset_ql for chord in chart.chords]
        self.chords = [max(0, bisect_right(starts, at) - 1) for at in self.places]
        self.soon = [max(0, bisect_right(starts, at + EARLY_QL) - 1) for at in self.places]
        self._later = [max(0, bisect_right(starts, at + EARLIER_QL) - 1) for at in self.places]
        self.opens = frozenset({*starts, *(at - EARLY_QL for at in starts)})
        asked = [(ask(chord, style), frozenset(chord.pitch_classes)) for chord in chart.chords]
        self._asked = list(dict.fromkeys(asked))
        self._kinds = [self._asked.index(each) for each in asked]
        self._printed: dict[int, set[int]] = {}
        for note in printed:
            self._printed.setdefault(self.places.index(note.onset_ql), set()).add(note.pitch)
        begins = sorted(bars)
        figures = {begins[bisect_right(begins, kick) - 1] for kick in kicks}
        self._own = np.array(
            [
                OFF_KICK
                if begins[bisect_right(begins, at) - 1] in figures and at not in kicks
                else 0.0
                if at in kicks
                else OFF_BEAT.get(at.denominator, FINER)
                for at in self.places
            ]
        )
        self._known: dict[tuple[int, ...], NDArray[np.float64]] = {}

    def price(self, pitches: tuple[int, ...]) -> NDArray[np.float64]:
        """The cost of some keys at every place."""
        known = self._known.get(pitches)
        if known is None:
            by_kind = [_price_chord(*asked, pitches) for asked in self._asked]
            by_chord = [by_kind[kind] for kind in self._kinds]
            costs = [
                min(by_chord[here], by_chord[soon] + EARLY_COST, by_chord[later] + EARLIER_COST)
                for here, soon, later in zip(self.chords, self.soon, self._later, strict=True)
            ]
            known = np.array(costs) + self._own
            for spot, keys in self._printed.items():
                same = len(keys.intersection(pitches))
                if same:
                    rest = tuple(pitch for pitch in pitches if pitch not in keys)
                    asked = self._asked[self._kinds[self.chords[spot]]]
                    chord = _price_chord(*asked, rest) if rest else 0.0
                    known[spot] = chord - PRINTED_GAIN * same
            self._known[pitches] = known
        return known


def _price_chord(asked: Asked, tones: frozenset[int], pitches: tuple[int, ...]) -> float:
    """How ill some keys fit a chord of some pitch classes."""
    voicing = judge_voicing(asked, pitches)
    heard = {pitch % 12 for pitch in pitches}
    if len(heard) == 1:
        # A tone alone says little, and a bass line walks.
        return STRANGE_BASS if voicing.clashes else 0.0
    faults = CLASH_COST * len(voicing.clashes) + LACK_COST * len(voicing.missing)
    colours = COLOUR_COST * len(heard - tones - {key % 12 for key in voicing.clashes})
    lowest = min(pitches)
    strange = lowest < LINE_BELOW and lowest % 12 not in {asked.root, asked.bass}
    return min(WORST_CHORD, faults + colours + OTHER_BASS * strange)
