"""The bass: the style's idiom under the player's left hand, on its way to the next root."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from exercises.band.choice import choose_pattern
from exercises.band.parts import BASS_CHANNEL, Hit, Part, order_hits
from exercises.band.section import USUAL, Song
from exercises.band.touch import Loudness
from exercises.band.walking import (
    FLOOR,
    OCTAVE_CEILING,
    Register,
    choose_approach,
    degree_size,
    nearest,
    step_towards,
)
from exercises.compose.dice import Dice
from exercises.theory import OCTAVE, read_key
from exercises.timeline import bar_ql
from styles.band_tokens import INSTRUMENTS, BassEvent, read_bass
from styles.tokens import read_length

if TYPE_CHECKING:
    from exercises.band.section import Passage
    from exercises.chart import Bar, Chord
    from styles.band_schema import BassPattern

_DEAD_QL = Fraction(1, 8)
_RESTRIKE_QL = Fraction(1, 2)
"""What is left of a note at a change of chord must be so long to be struck again."""


@dataclass(frozen=True, slots=True)
class _Step:
    """An event of a bass pattern where it sounds."""

    onset_ql: Fraction
    end_ql: Fraction
    event: BassEvent
    intensity: int


def compose_bass(song: Song) -> Part:
    """The bass part of a song; without hits where the style has no bass, or the player is it."""
    band, chart = song.band, song.chart
    hits: list[Hit] = []
    if band.bass and chart.chords and chart.drill.kind != "bass":
        loudness = Loudness(chart, human=band.human, part="bass")
        steps = _clip(_lay_patterns(song))
        register = Register(chart.notes)
        line = _Line(song, register)
        for index, step in enumerate(steps):
            following = steps[index + 1].onset_ql if index + 1 < len(steps) else step.end_ql
            hits += line.play(step, following, loudness)
        hits += _end(song, line, loudness)
    return Part("Bass", BASS_CHANNEL, INSTRUMENTS[band.instrument], order_hits(hits))


def _lay_patterns(song: Song) -> list[_Step]:
    """The events of all bars but the last."""
    steps: list[_Step] = []
    chosen: dict[tuple[str, str, int], BassPattern] = {}
    for passage in song.passages:
        for at in range(passage.first, passage.first + passage.bars):
            if at == len(song.bars) - 1:
                break
            bar = song.bars[at]
            pattern = _pattern(song, passage, bar, chosen)
            found = _lay_bar(pattern, bar, at, passage.intensity)
            if at == 0 and not (found and found[0].onset_ql == bar.onset_ql):
                # A line that leaves the first beat out still begins a piece on it.
                end = found[0].onset_ql if found else bar.onset_ql + bar.duration_ql
                root = BassEvent(Fraction(0), end - bar.onset_ql, "R", "normal")
                found.insert(0, _Step(bar.onset_ql, end, root, passage.intensity))
            steps += found
    return steps


def _pattern(
    song: Song, passage: Passage, bar: Bar, chosen: dict[tuple[str, str, int], BassPattern]
) -> BassPattern:
    place = (passage.letter, bar.meter, passage.intensity)
    if place not in chosen:
        dice = Dice(song.seed, f"bass {'/'.join(map(str, place))}")
        chosen[place] = choose_pattern(
            song.band.bass, bar.meter, song.level, passage.intensity, song.clave, dice
        )
    return chosen[place]


def _lay_bar(pattern: BassPattern, bar: Bar, index: int, intensity: int) -> list[_Step]:
    length, whole = read_length(pattern.length), bar_ql(bar.meter)
    shift = index * whole % length if length > whole else Fraction(0)
    found = []
    for event in read_bass(pattern.events):
        at = event.offset_ql - shift
        while at < bar.duration_ql:
            if at >= 0:
                onset = bar.onset_ql + at
                found.append(_Step(onset, onset + event.duration_ql, event, intensity))
            at += length
    return sorted(found, key=lambda step: step.onset_ql)


def _clip(steps: Sequence[_Step]) -> list[_Step]:
    """One string sounds at a time: a note ends where the next one begins."""
    clipped = []
    for index, step in enumerate(steps):
        end = step.end_ql
        if index + 1 < len(steps):
            end = min(end, steps[index + 1].onset_ql)
        clipped.append(replace(step, end_ql=end))
    return clipped


class _Line:
    """The line so far, and what it knows of the harmony."""

    def __init__(self, song: Song, register: Register) -> None:
        self._song = song
        self._chords = song.chart.chords
        self._onsets = [chord.onset_ql for chord in self._chords]
        self._register = register
        self._scale = frozenset(read_key(song.chart.drill.key).scale)
        self._dice = Dice(song.seed, "bass line")
        self._last: int | None = None
        self._before = 0
        self._home: int | None = None
        self._sounded: Chord | None = None
        """The chord whose root has been heard."""
        self._end_ql = song.bars[-1].onset_ql

    def play(self, step: _Step, following: Fraction, loudness: Loudness) -> list[Hit]:
        """The hits of a step: one, or two where the chord changes under a held note."""
        here = self.chord_at(step.onset_ql)
        ahead = self._after(here)
        owner = ahead if step.event.role == "N" and ahead is not None else here
        pitch = self._pitch(step, here, ahead, following)
        self._before, self._last = self._known(), pitch
        end = min(step.end_ql, self._end_ql)
        if step.event.role == "x":
            end = min(end, step.onset_ql + _DEAD_QL)
        hits = []
        change = None if owner is here and ahead is None else self._ends(owner)
        if change is not None and step.onset_ql < change < end and step.event.role != "x":
            if end - change >= _RESTRIKE_QL:
                root = self._place(self._after(owner), step.event.duration_ql, change)
                velocity = loudness.velocity("normal", change, step.intensity)
                hits.append(Hit(change, end - change, root, velocity))
                self._last = root
                self._sounded = self._after(owner)
            end = change
        velocity = loudness.velocity(step.event.touch, step.onset_ql, step.intensity)
        return [Hit(step.onset_ql, end - step.onset_ql, pitch, velocity), *hits]

    def end(self, bar: Bar) -> int:
        """The root of the last chord, low and held."""
        return self._place(self.chord_at(bar.onset_ql), bar.duration_ql, bar.onset_ql)

    def chord_at(self, onset_ql: Fraction) -> Chord:
        """The chord that sounds at a place."""
        return self._chords[max(0, bisect_right(self._onsets, onset_ql) - 1)]

    def _after(self, chord: Chord) -> Chord | None:
        index = bisect_right(self._onsets, chord.onset_ql)
        return self._chords[index] if index < len(self._chords) else None

    def _ends(self, chord: Chord) -> Fraction | None:
        """Where a chord gives way to one with another bass; None at the last."""
        after = self._after(chord)
        while after is not None and after.bass == chord.bass:
            chord, after = after, self._after(after)
        return None if after is None else after.onset_ql

    def _pitch(self, step: _Step, here: Chord, ahead: Chord | None, following: Fraction) -> int:
        role, length = step.event.role, step.end_ql - step.onset_ql
        if role == "N":
            target = here if ahead is None else ahead
            self._sounded = target
            return self._place(target, length, step.onset_ql)
        fresh = self._sounded is None or self._sounded.bass != here.bass
        self._sounded = here
        if role == "R" or (fresh and role != "x"):
            # Whatever the idiom does next, a new chord is told by its root.
            return self._place(here, length, step.onset_ql)
        if role == "x":
            return self._last if self._last is not None else FLOOR
        goal = self.chord_at(following)
        ceiling = self._register.ceiling(step.onset_ql, step.end_ql)
        if role == "A":
            return choose_approach(
                here,
                goal,
                last=self._known(),
                ceiling=ceiling,
                scale=self._scale if self._song.band.approach == "diatonic" else None,
                dice=self._dice,
            )
        if role == "W":
            return step_towards(
                here,
                self._goal_after(step),
                last=self._known(),
                before=self._before,
                ceiling=ceiling,
            )
        return self._degree(role, here, ceiling)

    def _goal_after(self, step: _Step) -> tuple[Chord, int]:
        """The next chord with another bass, and the whole beats until it."""
        here = self.chord_at(step.onset_ql)
        change = self._ends(here)
        if change is None:
            return here, 1
        return self.chord_at(change), max(1, int(change - step.onset_ql))

    def _degree(self, role: str, chord: Chord, ceiling: int) -> int:
        """A degree above the root that was played last, or under it where there is no room."""
        root = self._root(chord.bass, ceiling)
        if role == "8":
            # The octave of a pump may reach over the left hand's lowest note.
            return root + OCTAVE if root + OCTAVE <= OCTAVE_CEILING else root
        pitch = root + degree_size(role, chord)
        if role != "5-" and pitch <= ceiling:
            return pitch
        lower = pitch - OCTAVE
        return lower if lower >= FLOOR else pitch if pitch <= ceiling else root

    def _place(self, chord: Chord | None, length: Fraction, onset_ql: Fraction) -> int:
        found = chord or self._chords[-1]
        self._sounded = found
        ceiling = self._register.ceiling(onset_ql, onset_ql + length)
        return self._root(found.bass, ceiling)

    def _root(self, pc: int, ceiling: int) -> int:
        """A root where it was played last, while its chord lasts; else near the last note."""
        if self._home is None or self._home % OCTAVE != pc or self._home > ceiling:
            self._home = nearest(pc, self._known(), FLOOR, ceiling)
        return self._home

    def _known(self) -> int:
        return self._register.centre if self._last is None else self._last


def _end(song: Song, line: _Line, loudness: Loudness) -> list[Hit]:
    bar = song.bars[-1]
    velocity = loudness.velocity("normal", bar.onset_ql, USUAL)
    return [Hit(bar.onset_ql, bar.duration_ql, line.end(bar), velocity)]
