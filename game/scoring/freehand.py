"""The hand that a chart leaves to the player: heard, and not graded.

A lead sheet writes the tune; what the left hand plays under it is the player's own. So a note that
lies below all of the tune around it is neither extra nor wrong, whatever it is. Chords of it that
are not the symbol's are told, and cost nothing.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import replace
from statistics import median
from typing import TYPE_CHECKING

import msgspec

from game.scoring.fitted import Heard
from game.scoring.judge import HANDS_SPREAD_S
from game.scoring.performance import cluster_strikes
from game.scoring.voicings import FLAT_KEYS, ask, judge_voicing, name_heard

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from exercises.chart import Chart
    from game.scoring.align import Aligned
    from game.scoring.expectation import Expected, Place
    from game.scoring.results import PlayedNote
    from styles.schema import Style

NEAR_S = 2.0
"""So far before and after a played note the tune is looked at (by ear: about a bar)."""
CHORD_KEYS = 3
"""From here on a strike says which chord it is."""
AT_ONCE_S = 0.08
"""Sooner before a place than this a strike is at it."""
EARLY_S = 0.3
"""A chord may come so long before its place."""
REACH = 16
"""Semitones that a hand takes at most: a tenth."""
AROUND = 3
"""Notes of the tune before a moment and after it that tell where it belongs."""
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


class Whereabouts:
    """Where in the chart the player was at each moment, by the right notes of the tune."""

    def __init__(
        self, expected: Sequence[Expected], played: Sequence[PlayedNote], aligned: Aligned
    ) -> None:
        """Know it from an alignment of the tune."""
        due = {note.id: note.onset_s for note in expected}
        meant = {index: due[name] for name, index in aligned.alignment.matches}
        again = {index for index, reason in aligned.alignment.extras if reason == "restart"}
        self._warp = aligned.warp
        heard = [(self._warp.chart_s(key.onset_s), key.index) for key in played]
        anchors = sorted(one for one in heard if one[1] in meant or one[1] in again)
        self._heard = [when for when, _ in anchors]
        self._lags = [when - meant[i] if i in meant else None for when, i in anchors]

    def place_s(self, onset_s: float) -> float | None:
        """The second of the chart that a moment belongs to; None where it was played again later.

        By the lag of the notes of the tune that were played just before and after.
        """
        when = self._warp.chart_s(onset_s)
        first = max(0, bisect_left(self._heard, when) - AROUND)
        lags = self._lags[first : first + 2 * AROUND]
        counted = [lag for lag in lags if lag is not None]
        if 2 * len(counted) < len(lags):
            return None
        return when - (median(counted) if counted else 0.0)


def leave_free(
    chart: Chart, expected: Sequence[Expected], played: Sequence[PlayedNote], *, clicked: bool
) -> tuple[PlayedNote, ...]:
    """What was played without the notes of the hand that the chart leaves to the player.

    Without a click nobody knows yet where in the chart a note is: then the whole tune counts.
    """
    hand = FreeHand(chart, expected, near_s=NEAR_S if clicked else float("inf"))
    return tuple(note for note in played if not hand.plays(note.pitch, note.onset_s))


def leave_free_there(
    chart: Chart,
    expected: Sequence[Expected],
    played: Sequence[PlayedNote],
    where: Whereabouts,
) -> tuple[PlayedNote, ...]:
    """The same, now that it is known where in the chart the player was."""
    hand = FreeHand(chart, expected)
    kept: list[PlayedNote] = []
    for note in played:
        at = where.place_s(note.onset_s)
        if not hand.plays(note.pitch, note.onset_s if at is None else at):
            kept.append(note)
    return tuple(kept)


def find_reaching(
    played: Sequence[PlayedNote], kept: Sequence[PlayedNote], aligned: Aligned
) -> frozenset[int]:
    """The keys of the free hand that reach into the tune's range, by index.

    Struck with two and more that lie below it, within a hand's reach of them and under the note of
    the tune that was struck there: no note of the tune was meant.
    """
    tune = {key.index for key in kept}
    stray = {index for index, reason in aligned.alignment.extras if reason == "stray"}
    found: set[int] = set()
    for keys in cluster_strikes(played, HANDS_SPREAD_S[0]):
        below = [key.pitch for key in keys if key.index not in tune]
        if len(below) > 1:
            over = [key.pitch for key in keys if key.index in tune - stray]
            top = min([min(below) + REACH, *(pitch - 1 for pitch in over)])
            found |= {key.index for key in keys if key.index in stray and key.pitch <= top}
    return frozenset(found)


def without_keys(
    kept: Sequence[PlayedNote], aligned: Aligned, indices: Collection[int]
) -> tuple[tuple[PlayedNote, ...], Aligned]:
    """The notes of the tune, and their alignment, without keys that were none of it."""
    alignment = aligned.alignment
    extras = tuple(extra for extra in alignment.extras if extra[0] not in indices)
    tune = tuple(key for key in kept if key.index not in indices)
    return tune, replace(aligned, alignment=msgspec.structs.replace(alignment, extras=extras))


def hear_free_hand(
    chart: Chart,
    below: Sequence[PlayedNote],
    where: Whereabouts,
    *,
    place: Place,
    style: Style | None,
) -> tuple[Heard, ...]:
    """The chords of the free hand that are not what the symbols say.

    Args:
        chart: a lead sheet.
        below: what the free hand played.
        where: where the player was.
        place: the chart's clock.
        style: its vocabulary is allowed.

    """
    if not chart.chords:
        return ()
    asked = [ask(chord, style) for chord in chart.chords]
    begins = [place.performed_s(chord.onset_ql)[0] for chord in chart.chords]
    flats = chart.drill.key in FLAT_KEYS
    heard: list[Heard] = []
    for keys in cluster_strikes(below, HANDS_SPREAD_S[0]):
        pitches = [key.pitch for key in keys]
        at = where.place_s(median(key.onset_s for key in keys))
        if at is None or len({pitch % 12 for pitch in pitches}) < CHORD_KEYS:
            continue
        spots = sorted(
            {bisect_right(begins, at + early) - 1 for early in (AT_ONCE_S, EARLY_S)} - {-1}
        )
        voicings = [judge_voicing(asked[spot], pitches) for spot in spots]
        names = [
            name_heard(pitches, chart.chords[spot], asked[spot], voicing, flats=flats)
            for spot, voicing in zip(spots, voicings, strict=True)
        ]
        if not all(names) or not names:
            continue
        # Just before a change it was meant for the next chord.
        chord = chart.chords[spots[-1]]
        number = chart.bars[place.bar_index(chord.onset_ql)].number
        missing = voicings[-1].missing
        heard.append(Heard(chord.onset_ql, number, chord.symbol, names[-1], missing, kick=False))
    return tuple(heard)
