"""The hand that a chart leaves to the player: heard, and not graded.

A lead sheet writes the tune; what the left hand plays under it is the player's own. So a note that
lies below all of the tune around it is neither extra nor wrong, whatever it is. Chords of it that
are not the symbol's are told, and cost nothing.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from statistics import median
from typing import TYPE_CHECKING

from game.scoring.fitted import Heard
from game.scoring.judge import HANDS_SPREAD_S
from game.scoring.performance import cluster_keys
from game.scoring.voicings import FLAT_KEYS, ask, judge_voicing, name_chord

if TYPE_CHECKING:
    from collections.abc import Sequence

    from exercises.chart import Chart
    from game.scoring.expectation import Expected, Place
    from game.scoring.results import PlayedNote
    from styles.schema import Style

NEAR_S = 2.0
"""So far before and after a played note the tune is looked at (by ear: about a bar)."""
CHORD_KEYS = 3
"""From here on a strike says which chord it is."""
EARLY_S = 0.3
"""A chord may come so long before its place."""
LEFT_HAND_BELOW = 60
"""Middle C: where the tune is silent, what lies below it is the left hand's."""


class FreeHand:
    """Which played notes belong to the hand that is not written."""

    def __init__(
        self, chart: Chart, expected: Sequence[Expected], *, near_s: float = NEAR_S
    ) -> None:
        """Know the tune of a chart; a chart that writes both hands frees neither."""
        self._near_s = near_s
        self._free = chart.drill.kind == "lead"
        tune = sorted((note.onset_s, note.pitch) for note in expected) if self._free else []
        self._onsets = [onset for onset, _ in tune]
        self._pitches = [pitch for _, pitch in tune]

    def plays(self, pitch: int, onset_s: float) -> bool:
        """Whether a note that is struck at a moment of the chart is the free hand's."""
        if not self._free:
            return False
        first = bisect_left(self._onsets, onset_s - self._near_s)
        last = bisect_right(self._onsets, onset_s + self._near_s)
        around = self._pitches[first:last]
        return pitch < min(around, default=LEFT_HAND_BELOW)


def leave_free(
    chart: Chart, expected: Sequence[Expected], played: Sequence[PlayedNote], *, clicked: bool
) -> tuple[PlayedNote, ...]:
    """What was played without the notes of the hand that the chart leaves to the player.

    Without a click nobody knows yet where in the chart a note is: then the whole tune counts.
    """
    hand = FreeHand(chart, expected, near_s=NEAR_S if clicked else float("inf"))
    return tuple(note for note in played if not hand.plays(note.pitch, note.onset_s))


def hear_free_hand(
    chart: Chart,
    expected: Sequence[Expected],
    played: Sequence[PlayedNote],
    *,
    place: Place,
    style: Style | None,
) -> tuple[Heard, ...]:
    """The chords of the free hand that are not what the symbols say.

    Args:
        chart: a lead sheet.
        expected: its tune.
        played: everything that was played.
        place: the chart's clock.
        style: its vocabulary is allowed.

    """
    if not chart.chords:
        return ()
    hand = FreeHand(chart, expected)
    below = [note for note in played if hand.plays(note.pitch, note.onset_s)]
    begins = [place.performed_s(chord.onset_ql)[0] for chord in chart.chords]
    heard: list[Heard] = []
    for keys in cluster_keys(below, HANDS_SPREAD_S[0]):
        pitches = [key.pitch for key in keys]
        when = median(key.onset_s for key in keys)
        if len({pitch % 12 for pitch in pitches}) < CHORD_KEYS:
            continue
        spots = {bisect_right(begins, when + early) - 1 for early in (0.0, EARLY_S)} - {-1}
        chords = [chart.chords[spot] for spot in sorted(spots)]
        if not chords or any(judge_voicing(ask(c, None), pitches).is_right for c in chords):
            continue
        chord = chords[0]
        if not judge_voicing(ask(chord, style), pitches).clashes:
            continue
        name = name_chord(pitches, chord, flats=chart.drill.key in FLAT_KEYS)
        number = chart.bars[place.bar_index(chord.onset_ql)].number
        missing = judge_voicing(ask(chord, None), pitches).missing
        if name != chord.symbol:
            heard.append(Heard(chord.onset_ql, number, chord.symbol, name, missing, kick=False))
    return tuple(heard)
