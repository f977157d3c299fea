"""The performer at a chart that the player fills in: voicings and a rhythm of one's own.

Only what a comping book teaches: shells, rootless voicings, drop 2 and triads over the bass, each
near the one before; kicks and pushes where they are written, in bars of time one of a few rhythms.
"""

from __future__ import annotations

from fractions import Fraction
from statistics import fmean
from typing import TYPE_CHECKING

import msgspec

from exercises.chart import Note
from game.performer.profiles import VOICINGS
from game.scoring.fitted import find_hidden
from game.scoring.voicings import ask

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

    from exercises.chart import Bar, Chart, Chord
    from styles.schema import Style

RHYTHMS = ((0,), (0, 2), (0, Fraction(3, 2)), (0, Fraction(5, 2)), (0, 1, 2, 3), (1, 3))
"""Of a bar of time, in quarter notes."""
PUSH_QL = Fraction(1, 2)
LOWEST, HIGHEST = 50, 74
CENTRE = 61
"""Where the hand begins."""
SHORTEST_QL, LONGEST_QL = Fraction(1, 4), Fraction(2)
BASS = 36
ROOT, FIFTH, NINTH = 0, 7, 2
OCTAVE = 12
AROUND_QL = 4
UNDER_TUNE = 3
"""Semitones that a left hand stays below the tune."""


def voice_chart(chart: Chart, style: Style | None, how: str, rng: Random) -> Chart:
    """The chart as somebody fills it in; what is printed stays as it is.

    Args:
        chart: a comping chart, a number chart or a lead sheet.
        style: whether there is a bass player, and which tensions may be added.
        how: one of `VOICINGS`.
        rng: the dice.

    """
    if not chart.chords or not (chart.slashes or chart.drill.kind == "lead"):
        return chart
    hidden = find_hidden(chart)
    printed = [note for note in chart.notes if note.id not in hidden]
    strikes = sorted(_lead_strikes(chart) if not chart.slashes else _comp_strikes(chart, rng))
    hand = _Hand(style, how, rng)
    own: list[Note] = []
    for number, (onset, rank) in enumerate(strikes):
        later = strikes[number + 1][0] if number + 1 < len(strikes) else chart.end_ql
        length = min(LONGEST_QL, max(SHORTEST_QL, later - onset))
        top = HIGHEST if chart.slashes else _below(printed, onset)
        for pitch in hand.voice(chart.chords[rank], top):
            staff = 1 if chart.slashes and pitch >= BASS + OCTAVE else 2
            own.append(Note("", onset, length, pitch, "C4", staff, 1))
    there = {(note.onset_ql, note.pitch) for note in printed}
    own = [note for note in own if (note.onset_ql, note.pitch) not in there]
    named = [msgspec.structs.replace(note, id=f"v{n}") for n, note in enumerate(own, 1)]
    ordered = sorted((*printed, *named), key=lambda n: (n.onset_ql, n.staff, n.pitch, n.voice))
    return msgspec.structs.replace(chart, notes=tuple(ordered))


def _below(tune: list[Note], onset: Fraction) -> int:
    """The highest key that a left hand has under the tune about a place."""
    near = [note.pitch for note in tune if abs(note.onset_ql - onset) <= AROUND_QL]
    return min(near, default=HIGHEST) - UNDER_TUNE


def _lead_strikes(chart: Chart) -> set[tuple[Fraction, int]]:
    """Under a tune each chord is struck where it is written."""
    return {(chord.onset_ql, rank) for rank, chord in enumerate(chart.chords)}


def _comp_strikes(chart: Chart, rng: Random) -> set[tuple[Fraction, int]]:
    """(onset, chord) of every strike under slashes."""
    found: set[tuple[Fraction, int]] = set()
    for bar in chart.bars:
        end = bar.onset_ql + bar.duration_ql
        inside = [s for s in chart.slashes if bar.onset_ql <= s.onset_ql < end]
        exact = {s.onset_ql for s in inside if s.kind in {"kick", "diamond"}}
        places = exact or set(_time(chart, bar, rng) if inside else ())
        pushed = {s.onset_ql for s in inside if s.kind == "push"}
        for at in places | pushed:
            rank = max(0, sum(chord.onset_ql <= at for chord in chart.chords) - 1)
            found.add((at - PUSH_QL * (at in pushed), rank))
    return found


def _time(chart: Chart, bar: Bar, rng: Random) -> Iterator[Fraction]:
    """A bar of time: a rhythm, and every chord that begins in it."""
    for beat in rng.choice(RHYTHMS):
        if beat < bar.duration_ql:
            yield bar.onset_ql + beat
    for chord in chart.chords:
        if bar.onset_ql <= chord.onset_ql < bar.onset_ql + bar.duration_ql:
            yield chord.onset_ql


class _Hand:
    """A hand that stays near where it was."""

    def __init__(self, style: Style | None, how: str, rng: Random) -> None:
        self._style, self._how, self._rng = style, how, rng
        self._at = float(CENTRE)

    def voice(self, chord: Chord, top: int) -> list[int]:
        """The keys for a chord, none above `top`."""
        how = self._rng.choice(VOICINGS[:-1]) if self._how == VOICINGS[-1] else self._how
        steps = self._steps(chord, how)
        low = min(LOWEST, top - 14)
        options = [
            sorted(_close(chord.root, steps, lowest, drop=how == "drop 2"))
            for lowest in range(low, top)
        ]
        fitting = [keys for keys in options if keys[-1] <= top] or options[:1]
        keys = min(fitting, key=lambda one: abs(fmean(one) - self._at))
        self._at = 0.7 * fmean(keys) + 0.3 * CENTRE
        alone = self._style is not None and (self._style.band is None or not self._style.band.bass)
        bass = BASS + (chord.bass - BASS) % 12
        return [bass, *(key for key in keys if key != bass)] if alone else keys

    def _steps(self, chord: Chord, how: str) -> list[int]:
        """Semitones above the root: what must sound, and what the voicing adds."""
        asked = ask(chord, None)
        tones = {(pc - chord.root) % 12 for pc in chord.pitch_classes}
        steps = {min(group & tones or group) for group in asked.essential}
        fifth = next((tone for tone in (7, 6, 8) if tone in tones), None)
        if how == "shells":
            steps.add(ROOT)
        elif fifth is not None:
            steps.add(fifth)
        if how == "rootless" and NINTH in ask(chord, self._style).allowed and fifth == FIFTH:
            steps.add(NINTH)
        elif how == "drop 2" or len(steps) < 3:  # noqa: PLR2004 - two keys are no chord
            steps.add(ROOT)
        return sorted(steps)


def _close(root: int, steps: list[int], lowest: int, *, drop: bool) -> list[int]:
    """The tones in close position from a key upwards; drop 2 puts the second from above lower."""
    keys = sorted(lowest + (root + step - lowest) % 12 for step in steps)
    if drop and len(keys) > 3:  # noqa: PLR2004 - a voicing of four
        keys[-2] -= 12
    return keys
