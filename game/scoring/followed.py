"""A take of a chart that the player fills in, followed through stumbles and free tempo.

`comping` fits a chart to a player who keeps to the click. Here the player is found first (see
`following`): by the chords that sound, by the notes that are printed and by the rhythm of the
kicks; what was tried again is left out, and the rest is fitted in the chart's own time. The fitted
chart then holds the player's own keys, and the take is aligned with it as with any chart.
"""

from __future__ import annotations

from bisect import bisect_right
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from game.scoring.comping import EARLY_QL, fit_chart
from game.scoring.expectation import place_chart
from game.scoring.fitted import find_hidden
from game.scoring.following import Spots, follow_strikes
from game.scoring.judge import BEGINNER_LEVEL, HANDS_SPREAD_S
from game.scoring.voicings import ask, judge_voicing

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from numpy.typing import NDArray

    from exercises.chart import Chart
    from exercises.timeline import Timeline
    from game.scoring.fitted import Fitted
    from game.scoring.results import PlayedNote
    from game.scoring.voicings import Asked
    from styles.schema import Style

HALF = Fraction(1, 2)
CLASH_COST, LACK_COST = 1.3, 0.8
"""Of each key that spoils the chord of a place, and of each essential tone that does not sound."""
WORST_CHORD = 4.0
EARLY_COST = 0.4
"""Of the chord of the next place, which may come early."""
STRANGE_BASS = 1.5
"""Of a single low key that is no tone of the chord: bass lines walk."""
OFF_KICK = 1.5
"""Of a strike beside the kicks where the band has a figure."""
OFF_BEAT = 0.15
"""Of a strike between the beats, where nothing else tells."""
PRINTED_GAIN = 1.2
"""Less for each key that is printed at the place."""


def follow_chart(
    chart: Chart,
    played: Sequence[PlayedNote],
    *,
    timeline: Timeline,
    style: Style | None,
    level: int,
    free: bool,
) -> Fitted | None:
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
        beat_s=beat_s,
        bar_s=beat_s * float(max(bar.duration_ql for bar in chart.bars) / beat),
    )
    spread_s = HANDS_SPREAD_S[level <= BEGINNER_LEVEL]
    followed = follow_strikes(spots, played, prices.price, spread_s=spread_s, free=free)
    return fit_chart(chart, followed.played, timeline=timeline, style=style, level=level)


class _Prices:
    """What a handful of keys costs at each place of a chart."""

    def __init__(self, chart: Chart, hidden: frozenset[str], style: Style | None) -> None:
        printed = [note for note in chart.notes if note.id not in hidden]
        kicks = {s.onset_ql for s in chart.slashes if s.kind in {"kick", "diamond"}}
        bars = {bar.onset_ql: bar.onset_ql + bar.duration_ql for bar in chart.bars}
        grid = {
            start + HALF * step
            for start, end in bars.items()
            for step in range(int((end - start) / HALF))
        }
        grid |= {note.onset_ql for note in chart.notes} | kicks
        self.places = tuple(sorted(grid))
        self.bar_starts = frozenset(bars)
        starts = [chord.onset_ql for chord in chart.chords]
        self._chords = [max(0, bisect_right(starts, at) - 1) for at in self.places]
        self._next = [max(0, bisect_right(starts, at + EARLY_QL) - 1) for at in self.places]
        self._asked = [ask(chord, style) for chord in chart.chords]
        self._printed: dict[int, set[int]] = {}
        for note in printed:
            self._printed.setdefault(self.places.index(note.onset_ql), set()).add(note.pitch)
        self._own = np.array([self._place_cost(at, bars, kicks) for at in self.places])
        self._known: dict[tuple[int, ...], NDArray[np.float64]] = {}

    def _place_cost(
        self, at: Fraction, bars: Mapping[Fraction, Fraction], kicks: Collection[Fraction]
    ) -> float:
        """What it costs to strike at a place, whatever is struck."""
        start = max(bar for bar in bars if bar <= at)
        in_figure = any(start <= kick < bars[start] for kick in kicks)
        if in_figure and at not in kicks:
            return OFF_KICK
        return OFF_BEAT if at % 1 and at not in kicks else 0.0

    def price(self, pitches: tuple[int, ...]) -> NDArray[np.float64]:
        """The cost of some keys at every place."""
        known = self._known.get(pitches)
        if known is None:
            by_chord = [_price_chord(asked, pitches) for asked in self._asked]
            costs = [
                min(by_chord[here], by_chord[soon] + EARLY_COST)
                for here, soon in zip(self._chords, self._next, strict=True)
            ]
            known = np.array(costs) + self._own
            for spot, keys in self._printed.items():
                same = len(keys.intersection(pitches))
                if same:
                    rest = tuple(pitch for pitch in pitches if pitch not in keys)
                    chord = _price_chord(self._asked[self._chords[spot]], rest) if rest else 0.0
                    known[spot] = chord - PRINTED_GAIN * same
            self._known[pitches] = known
        return known


def _price_chord(asked: Asked, pitches: tuple[int, ...]) -> float:
    """How ill some keys fit a chord."""
    voicing = judge_voicing(asked, pitches)
    if len({pitch % 12 for pitch in pitches}) == 1:
        # A tone alone says little, and a bass line walks.
        return STRANGE_BASS if voicing.clashes else 0.0
    faults = CLASH_COST * len(voicing.clashes) + LACK_COST * len(voicing.missing)
    return min(WORST_CHORD, faults)
