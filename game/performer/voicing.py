"""The performer at a chart that the player fills in: voicings and a rhythm of one's own.

Only what a comping book teaches (`grips`), each chord near the one before, over a bass that walks,
goes in two or is left to others; kicks and pushes where they are written, in bars of time one of a
few rhythms.
"""

from __future__ import annotations

from fractions import Fraction
from statistics import fmean
from typing import TYPE_CHECKING

import msgspec

from exercises.chart import Note
from game.performer.grips import Grip, grip
from game.performer.profiles import VOICINGS
from game.scoring.fitted import find_hidden

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

    from exercises.chart import Bar, Chart, Chord
    from styles.schema import Style

RHYTHMS = ((0,), (0, 2), (0, Fraction(3, 2)), (0, Fraction(5, 2)), (0, 1, 2, 3), (1, 3))
"""Of a bar of time, in quarter notes, ..."""
FINE_RHYTHMS = (
    (0, Fraction(3, 4)), (0, Fraction(5, 4), Fraction(5, 2)), (0, Fraction(3, 2), Fraction(9, 4)),
)  # fmt: skip
"""... and where the style counts in sixteenths."""
SIXTEENTH = 4
PUSH_QL = Fraction(1, 2)
LOWEST, HIGHEST = 50, 74
CENTRE = 61
"""Where the hand begins."""
SHORTEST_QL, LONGEST_QL = Fraction(1, 4), Fraction(2)
BASS = 36
OCTAVE = 12
AROUND_QL = 4
UNDER_TUNE = 3
"""Semitones that a left hand stays below the tune."""
REACH = 14
"""Below the tune, where a left hand's chord begins at the lowest."""
SPAN = 16
"""Semitones that one hand takes: a tenth."""
BASSES = {"octaves": "octaves", "two-beat": "two", "walking": "walk"}
"""The ways of playing that have a bass of their own; the hand above takes shells."""
WALKS = frozenset({"two-beat", "walking"})
"""In them the bass goes on by itself."""
WALK_QL, TWO_QL = Fraction(1), Fraction(2)

Strike = tuple[Fraction, int]
"""(onset, chord)."""


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
        for pitch in hand.voice(rank, chart.chords[rank], top, two_hands=bool(chart.slashes)):
            staff = 1 if chart.slashes and pitch >= BASS + OCTAVE else 2
            own.append(Note("", onset, length, pitch, "C4", staff, 1))
    own += _walk(chart, strikes, hand.ways, rng)
    there = {(note.onset_ql, note.pitch) for note in printed}
    kept = {(n.onset_ql, n.pitch): n for n in own if (n.onset_ql, n.pitch) not in there}
    named = [msgspec.structs.replace(n, id=f"v{k}") for k, n in enumerate(kept.values(), 1)]
    ordered = sorted((*printed, *named), key=lambda n: (n.onset_ql, n.staff, n.pitch, n.voice))
    return msgspec.structs.replace(chart, notes=tuple(ordered))


def _below(tune: list[Note], onset: Fraction) -> int:
    """The highest key that a left hand has under the tune about a place."""
    near = [note.pitch for note in tune if abs(note.onset_ql - onset) <= AROUND_QL]
    return min(near, default=HIGHEST) - UNDER_TUNE


def _lead_strikes(chart: Chart) -> set[Strike]:
    """Under a tune each chord is struck where it is written."""
    return {(chord.onset_ql, rank) for rank, chord in enumerate(chart.chords)}


def _comp_strikes(chart: Chart, rng: Random) -> set[Strike]:
    """Every strike under slashes."""
    found: set[Strike] = set()
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
    fine = any(note.onset_ql.denominator == SIXTEENTH for note in chart.notes)
    for beat in rng.choice(RHYTHMS + FINE_RHYTHMS * fine):
        if beat < bar.duration_ql:
            yield bar.onset_ql + beat
    for chord in chart.chords:
        if bar.onset_ql <= chord.onset_ql < bar.onset_ql + bar.duration_ql:
            yield chord.onset_ql


def _walk(chart: Chart, strikes: list[Strike], ways: dict[int, str], rng: Random) -> Iterator[Note]:
    """The bass notes between: a line that walks into the next root, or root and fifth in two."""
    firm = {s.onset_ql for s in chart.slashes if s.kind in {"kick", "diamond", "push"}}
    bars = [(bar.onset_ql, bar.onset_ql + bar.duration_ql) for bar in chart.bars]
    fixed = {start for start, end in bars if any(start <= at < end for at in firm)}
    struck = {rank for _, rank in strikes}
    for rank, chord in enumerate(chart.chords):
        way = BASSES.get(ways.get(rank, ""), "")
        if way not in {"two", "walk"} or rank not in struck:
            continue
        last = rank + 1 == len(chart.chords)
        goal = chord if last else chart.chords[rank + 1]
        end = chart.end_ql if last else goal.onset_ql
        step = WALK_QL if way == "walk" else TWO_QL
        count = int((end - chord.onset_ql) / step)
        for number in range(1, count):
            at = chord.onset_ql + step * number
            start = max(begin for begin, _ in bars if begin <= at)
            if start not in fixed:
                near = number + 1 == count and way == "walk"
                pitch = _bass_tone(chord, goal, number, near=near, rng=rng)
                yield Note("", at, step, pitch, "C4", 2, 1)


def _bass_tone(chord: Chord, goal: Chord, number: int, *, near: bool, rng: Random) -> int:
    """The next note of a bass line: into the next root by a semitone or a step, else a tone."""
    if near:
        return BASS + (goal.bass - BASS) % OCTAVE + rng.choice((-2, -1, 1, 2))
    tones = [*chord.pitch_classes, chord.bass]
    return BASS + ((tones[(2 * number) % len(tones)]) - BASS) % OCTAVE


class _Hand:
    """A hand that stays near where it was."""

    def __init__(self, style: Style | None, how: str, rng: Random) -> None:
        self._style, self._how, self._rng = style, how, rng
        self._at = float(CENTRE)
        self.ways: dict[int, str] = {}
        """How each chord is played, by its rank."""

    def voice(self, rank: int, chord: Chord, top: int, *, two_hands: bool) -> list[int]:
        """The keys for a chord, none above `top`.

        Args:
            rank: of the chord in the chart; one chord is played in one way.
            chord: what is asked for.
            top: the highest key.
            two_hands: whether the other hand is free for a bass.

        """
        first = rank not in self.ways
        if first:
            mixed = self._how == VOICINGS[-1]
            self.ways[rank] = self._rng.choice(VOICINGS[:-1]) if mixed else self._how
        how = self.ways[rank]
        bass = BASS + (chord.bass - BASS) % OCTAVE
        if how in BASSES and not two_hands:
            return [bass, bass + OCTAVE] if how == "octaves" else [bass]
        shape = grip(chord, self._style, how, self._rng.randrange(8))
        keys = self._place(chord.root, shape, top)
        if not two_hands:
            keys = [key for key in keys if key - keys[0] <= SPAN]
        self._at = 0.7 * fmean(keys) + 0.3 * CENTRE
        alone = self._style is not None and (self._style.band is None or not self._style.band.bass)
        below = alone or how in BASSES
        low = [bass] if below and (first or how not in WALKS) else []
        low += [bass - OCTAVE] if how == "octaves" else []
        if not two_hands and low and keys[-1] - low[0] > SPAN:
            low = []
        return [*low, *(key for key in keys if key not in low)]

    def _place(self, root: int, shape: Grip, top: int) -> list[int]:
        """The keys of a shape, as near as they go to where the hand was."""
        low = min(LOWEST, top - REACH)
        options = [sorted(_lay(root, shape, lowest)) for lowest in range(low, top)]
        fitting = [keys for keys in options if keys[-1] <= top] or options[:1]
        return min(fitting, key=lambda one: abs(fmean(one) - self._at))


def _lay(root: int, shape: Grip, lowest: int) -> list[int]:
    """The keys of a shape from a key upwards."""
    if not shape.close:
        first = lowest + (root + shape.steps[0] - lowest) % OCTAVE
        return [first + step - shape.steps[0] for step in shape.steps]
    keys = sorted(lowest + (root + step - lowest) % OCTAVE for step in shape.steps)
    if shape.drop and len(keys) > 3:  # noqa: PLR2004 - a voicing of four
        keys[-2] -= OCTAVE
    return keys
