"""Figures of the line that take several notes: turns and pentatonic runs into a chord note."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from exercises.compose.contour import beat_strength
from exercises.compose.grid import EIGHTH, Metre
from exercises.compose.tones import ScaleNote, notes_over, staff_place
from exercises.theory import OCTAVE, pitch_class, read_key, scale_names

if TYPE_CHECKING:
    from exercises.compose.dice import Dice
    from exercises.compose.line import Place
    from exercises.levels import Level
    from styles.schema import Melody

TURN_SHARE = 0.25
RUN_SHARE = 0.35
"""How often a place that has room for it takes a turn or a run, by ear."""
_SECOND = 2
"""Semitones."""
_TURN = 3
_RUN = 4


def figure_line(
    places: Sequence[Place],
    melody: Melody,
    level: Level,
    *,
    metre: Metre,
    key: str,
    scale: str,
    climax: int,
    dice: Dice,
) -> list[Place]:
    """The line with turns and runs where quick notes lead into a chord note on a pulse."""
    line = list(places)
    if level.number < melody.devices_level:
        return line
    index = _RUN
    while index < len(line):
        runs, turns = _leads(line, index, _RUN), _leads(line, index, _TURN)
        goal = line[index].note.chordal and beat_strength(line[index].beat, metre) >= 1
        new: list[ScaleNote] = []
        if goal and runs and "pentatonic run" in melody.devices and dice.chance(RUN_SHARE):
            new = _pentatonic(line, index, key, level)
        elif goal and turns and "turn" in melody.devices and dice.chance(TURN_SHARE):
            new = _turn(line, index, key, scale)
        top = line[climax].note.pitch
        keeps = climax not in range(index - len(new), index)
        if (
            new
            and keeps
            and max(note.pitch for note in new) < top
            and _joins(line, index, new, level)
        ):
            for at, note in enumerate(new, index - len(new)):
                line[at] = replace(line[at], note=note)
            index += _RUN
        index += 1
    return line


def _leads(line: Sequence[Place], index: int, count: int) -> bool:
    """Whether so many quick notes of one hand and phrase run into this one without a break."""
    group = line[index - count : index + 1]
    return all(
        one.beat.onset + one.beat.duration == two.beat.onset
        and one.beat.duration <= EIGHTH
        and one.staff == two.staff == 1
        and one.beat.phrase == two.beat.phrase
        and not one.beat.closing
        for one, two in pairwise(group)
    )


def _turn(line: Sequence[Place], index: int, key: str, scale: str) -> list[ScaleNote]:
    """Upper neighbour, the note itself, lower neighbour, and home; neighbours are seconds."""
    target = line[index].note
    low, high = target.pitch - _SECOND, target.pitch + _SECOND
    over = notes_over(line[index].slot.harmony, key, scale, low, high)
    above = [note for note in over if note.step == target.step + 1]
    below = [note for note in over if note.step == target.step - 1]
    return [above[0], target, below[-1]] if above and below else []


def _pentatonic(line: Sequence[Place], index: int, key: str, level: Level) -> list[ScaleNote]:
    """Neighbours of the pentatonic scale down or up to the goal, from the side the line is on."""
    facts = read_key(key)
    kind = "minor pentatonic" if facts.minor else "major pentatonic"
    names = {pitch_class(name): name for name in scale_names(facts.tonic, kind)}
    target, start = line[index].note, line[index - _RUN].note
    from_above = start.pitch >= target.pitch
    low, high = level.right_range
    span = range(target.pitch + 1, high + 1) if from_above else range(target.pitch - 1, low - 1, -1)
    way = [pitch for pitch in span if pitch % OCTAVE in names][:_RUN]
    if len(way) < _RUN:
        return []
    found = []
    for at, pitch in zip(range(index - _RUN, index), reversed(way), strict=True):
        harmony = line[at].slot.harmony
        name = harmony.name_of(pitch % OCTAVE) or names[pitch % OCTAVE]
        chordal = pitch % OCTAVE in harmony.pitch_classes
        found.append(ScaleNote(pitch, staff_place(pitch, name), name, chordal, clashing=False))
    return found


def _joins(line: Sequence[Place], index: int, new: Sequence[ScaleNote], level: Level) -> bool:
    """Whether the line reaches the figure by a free interval and stays inside the range."""
    before = index - len(new) - 1
    if before < 0 or line[before].staff != 1:
        return False
    low, high = level.right_range
    away = abs(line[before].note.pitch - new[0].pitch)
    return 0 < away <= level.free_interval and all(low <= note.pitch <= high for note in new)
