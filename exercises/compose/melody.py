"""The melody's pitches: a line that walks towards its goals, remembers its motifs and turns.

Every note is drawn from the notes that fit the chord, weighted by the style's intervals, the
place in the bar, the shape of the phrase, the motif it answers and the rules of a good line:
leaps are turned by step, dissonances resolve by step, the highest note is heard once.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from exercises.compose.contour import Seat, beat_strength, shape
from exercises.compose.tones import ScaleNote, harmony_at, notes_over
from exercises.theory import OCTAVE

if TYPE_CHECKING:
    from exercises.compose.dice import Dice
    from exercises.compose.form import Phrase
    from exercises.compose.progression import Slot
    from exercises.compose.rhythm import Beat
    from exercises.harmony import Harmony
from exercises.compose.leaning import weigh_focus
from exercises.compose.line import (
    ANTICIPATION,
    Bass,
    Ground,
    Line,
    Place,
    Way,
    is_outside,
    sort_interval,
    weigh_aim,
    weigh_clash,
    weigh_harmony,
    weigh_interval,
    weigh_peak,
    weigh_stagnation,
)
from exercises.compose.resolution import weigh_approach, weigh_resolution

SIGMA = 4.0
"""Semitones by which a line strays from its shape, by ear."""

RETURNS_EARLY, RETURNS_LATE = 0.92, 0.62
"""How often a bar of a phrase that returns is as it was, in its first half and after (by ear)."""

REPEATED, RIFF, SEQUENCED, INVERTED, FRESH = 0.7, 3.0, 2.2, 0.4, 0.9
"""Weights of what a bar does with a motif that was heard before, by ear."""

CLIMBS = 0.66
"""Share of a chart after which sequences come down."""

CLIMAX_ROOM = 0.5
"""Share of the hand's range that lies below a chart's highest note at least, by ear."""

TUNE = 4
"""Different notes that a phrase in one extended hand position has at least, to be a tune."""

HIGH_SHARE = 0.6
"""How often the top of such a tune is any that its close can be reached from by a leap, so that
more of the hand has a part in it (by ear)."""

STALE = 0.01
"""Weight of a note that a phrase of too few notes has had already, by ear."""

_SAME, _CLOSE = 30.0, 4.0


def compose_line(
    beats: Sequence[Beat], ground: Ground, goals: Mapping[int, int], climax: int, dice: Dice
) -> list[Place]:
    """Pitches for all beats, in order."""
    line = Line()
    bass = Bass(ground.below)
    ends = sorted(goals)
    close = next((at for at in ends if at >= climax), climax)
    rest = max((pitch for at, pitch in goals.items() if at != climax), default=0)
    top = _climax_pitch(beats[climax], ground, (close - climax, goals.get(close)), rest, dice)
    for index, beat in enumerate(beats):
        seat = ground.seats[beat.phrase]
        slot = harmony_at(ground.slots, beat.onset, beat.duration, ANTICIPATION)
        options = _options(beat, slot.harmony, ground, bass, seat)
        goal_at = next((at for at in ends if at >= index), index)
        aims = [(goal_at - index, goals.get(goal_at))]
        if index <= climax and beats[climax].phrase == beat.phrase:
            aims.append((climax - index, top))
        weights = [
            _weigh(note, beat, slot, line=line, ground=ground, bass=bass, seat=seat)
            * weigh_resolution(note, beat, slot, line, ground)
            * weigh_aim(note, aims, ground.level)
            * weigh_peak(note, index, climax, top, ground)
            for note in options
        ]
        if goal_at == index + 1:
            goal = (beats[goal_at], goals[goal_at])
            weights = [
                weight * weigh_approach(note, beat, slot, goal, ground, bass)
                for note, weight in zip(options, weights, strict=True)
            ]
        answer = _answer(beat, line, ground, dice)
        if answer is not None and index != climax and index not in goals:
            weights = [
                weight * (_SAME if note.step == answer else
                          _CLOSE if abs(note.step - answer) == 1 else 1.0)
                for note, weight in zip(options, weights, strict=True)
            ]  # fmt: skip
        weights = [
            weight * weigh_stagnation(note, line) * _weigh_variety(note, beat, seat, line, ground)
            for note, weight in zip(options, weights, strict=True)
        ]
        note = _arrive(options, weights, goals.get(index), line, ground)
        if note is None:
            note = dice.choose(options, weights) if any(weights) else _least_bad(options, line)
        _remember(line, Place(beat, note, slot, seat.staff), ground)
    return line.places


def _options(
    beat: Beat, harmony: Harmony, ground: Ground, bass: Bass, seat: Seat
) -> list[ScaleNote]:
    """The notes of the hand's range above everything that sounds below."""
    found = notes_over(harmony, ground.key, ground.scale, seat.low, seat.high)
    if seat.staff == 1:
        below = bass.sounding(beat.onset, beat.onset + beat.duration)
        floor = max((tone.pitch for tone in below), default=0)
        found = tuple(note for note in found if note.pitch > floor + 1)
        if not found:
            high = floor + OCTAVE
            found = notes_over(harmony, ground.key, ground.scale, floor + 2, high)
    return list(found)


def _weigh(
    note: ScaleNote,
    beat: Beat,
    slot: Slot,
    *,
    line: Line,
    ground: Ground,
    bass: Bass,
    seat: Seat,
) -> float:
    phrase = ground.phrases[beat.phrase]
    span = phrase.bars * ground.metre.bar
    inside = (beat.onset - phrase.bar * ground.metre.bar) / span
    whole = beat.onset / ground.slots[-1].end
    contrast = phrase.letter not in {"a", "intro"}
    away = (note.pitch - shape(whole, inside, seat, contrast=contrast)) / SIGMA
    weight = math.exp(-away * away / 2)
    weight *= weigh_harmony(note, beat, slot, line=line, ground=ground)
    weight *= weigh_clash(note, beat, bass)
    if line.outside >= ground.outside and is_outside(note, ground):
        weight *= 1e-3
    last = line.places[-1] if line.places else None
    if ground.focus is not None:
        before = last.note if last is not None and last.staff == seat.staff else None
        weight *= weigh_focus(note, before, seat.staff, ground.focus, ground.key)
    if last is None or last.staff != seat.staff:
        return weight * (1.0 if note.chordal else 0.02)
    return weight * weigh_interval(note, beat, line, ground, bass)


def _arrive(
    options: Sequence[ScaleNote],
    weights: Sequence[float],
    goal: int | None,
    line: Line,
    ground: Ground,
) -> ScaleNote | None:
    """The end of a phrase is its goal wherever the hand can get there, even by a bad interval."""
    if goal is None or not line.places:
        return None
    last = line.places[-1].note.pitch
    for note, weight in zip(options, weights, strict=True):
        if note.pitch != goal:
            continue
        size = abs(goal - last)
        leaps = line.leaps + (size > ground.level.free_interval)
        few = leaps <= max(1, ground.level.leap_share * line.intervals)
        if weight > 0 or (0 < size <= ground.level.max_interval and few):
            return note
    return None


def _climax_pitch(
    beat: Beat, ground: Ground, end: tuple[int, int | None], rest: int, dice: Dice
) -> int:
    """The highest note: a chord tone near the top from which the phrase's end is in reach.

    It lies above what the phrases rest on (`rest` is the highest of that) wherever it can.

    Where the end is so near and so low that the line would have no room below its highest note,
    the end is left to a leap.
    """
    seat = ground.seats[beat.phrase]
    slot = harmony_at(ground.slots, beat.onset, beat.duration, ANTICIPATION)
    notes = notes_over(slot.harmony, ground.key, ground.scale, seat.low, seat.high)
    chordal = [note.pitch for note in notes if note.chordal] or [note.pitch for note in notes]
    left, goal = end
    if goal is not None:
        reach = max(2, 2 * left) if ground.level.five_finger else max(4, 2 * left)
        near = [pitch for pitch in chordal if abs(pitch - goal) <= reach]
        if seat.position and not ground.level.five_finger:
            # A top beside a low close would leave the whole tune two or three notes.
            roomy = [pitch for pitch in chordal if _steps_below(pitch, notes) >= TUNE - 1]
            roomy = [p for p in roomy if abs(p - goal) <= ground.level.max_interval] or roomy
            leaps = bool(roomy) and dice.chance(HIGH_SHARE)
            low = [p for p in roomy if p in near] or roomy or near or chordal
            chordal = [dice.pick(roomy)] if leaps else low
        elif seat.position or (
            near and near[-1] >= seat.low + CLIMAX_ROOM * (seat.high - seat.low)
        ):
            chordal = near or chordal
        else:
            chordal = [pitch for pitch in chordal if abs(pitch - goal) <= OCTAVE] or chordal
    if not seat.position and chordal[-1] <= rest:
        above = [note.pitch for note in notes if note.chordal and note.pitch > rest]
        chordal = [p for p in above if goal is None or p - goal <= OCTAVE] or chordal
    high = [pitch for pitch in chordal if pitch >= max(chordal[-1] - 3, min(rest + 1, chordal[-1]))]
    return dice.pick(high or chordal[-1:])


def _steps_below(pitch: int, notes: Sequence[ScaleNote]) -> int:
    return sum(note.pitch < pitch for note in notes)


def _weigh_variety(note: ScaleNote, beat: Beat, seat: Seat, line: Line, ground: Ground) -> float:
    """A phrase in one hand position goes on to notes that it has not had, until it is a tune."""
    if not seat.position or ground.level.five_finger or beat.closing:
        return 1.0
    phrase = [place.note.pitch for place in line.places if place.beat.phrase == beat.phrase]
    heard = set(phrase)
    few = len(heard) < TUNE and len(phrase) >= 2 * len(heard) - 1
    return STALE if few and note.pitch in heard else 1.0


def _answer(beat: Beat, line: Line, ground: Ground, dice: Dice) -> int | None:
    """The staff place that the bar's way with its motif proposes, or None."""
    phrase = ground.phrases[beat.phrase]
    if beat.closing:
        return None
    way = line.ways.get(beat.bar)
    if way is None:
        way = line.ways[beat.bar] = _choose_way(beat, phrase, line, ground, dice)
    kept = line.bars.get((phrase.letter, beat.bar - phrase.bar))
    if way.kind == "return" and kept and beat.index < len(kept):
        step = kept[beat.index].step
        return step + _hand_shift(beat, ground, phrase, step)
    motif = line.motifs.get(beat.motif)
    if way.kind in {"fresh", "return"} or not motif or beat.index >= len(motif):
        return None
    if way.kind == "inversion":
        first = next((p for p in line.places[-beat.index :] if p.beat.bar == beat.bar), None)
        if beat.index == 0 or first is None:
            return None
        return first.note.step - (motif[beat.index].step - motif[0].step)
    return motif[beat.index].step + way.shift


def _choose_way(beat: Beat, phrase: Phrase, line: Line, ground: Ground, dice: Dice) -> Way:
    """What a bar does with what was heard before: it is decided once for its whole length.

    A phrase that returns begins as it did and may end another way; a motif that comes back is
    repeated, answered a step higher or lower, or turned over; else only its rhythm is kept.
    """
    bar = beat.bar - phrase.bar
    if phrase.primes and line.bars.get((phrase.letter, bar)):
        share = RETURNS_EARLY if bar < (phrase.bars + 1) // 2 else RETURNS_LATE
        return Way("return") if dice.chance(share) else Way("fresh")
    motif = line.motifs.get(beat.motif)
    if not motif or ground.seats[beat.phrase].staff != line.staffs.get(beat.motif):
        return Way("fresh")
    level, melody = ground.level, ground.melody
    riffs = "riff" in melody.devices and level.number >= melody.devices_level
    kinds = ("repeat", "sequence", "inversion", "fresh")
    weights = (RIFF if riffs else REPEATED, SEQUENCED, INVERTED, FRESH)
    kind = dice.choose(kinds, weights)
    if kind != "sequence":
        return Way(kind)
    # Before the climax sequences climb, after it they come down.
    rising = beat.onset < CLIMBS * ground.slots[-1].end
    shift = dice.choose((1, 2, -1, -2), (5, 2, 2, 1) if rising else (2, 1, 5, 2))
    return Way(kind, shift)


def _hand_shift(beat: Beat, ground: Ground, phrase: Phrase, step: int) -> int:
    """Octaves (7 places) between the hand that had the phrase first and the one that has it now."""
    seat = ground.seats[beat.phrase]
    first = next(p for p in ground.phrases if p.letter == phrase.letter)
    was = ground.seats[first.index]
    return 7 * round((seat.low - was.low) / OCTAVE) if was.staff != seat.staff and step else 0


def _remember(line: Line, place: Place, ground: Ground) -> None:
    beat, note = place.beat, place.note
    if line.places and line.places[-1].staff == place.staff:
        line.intervals += 1
        size = abs(note.pitch - line.places[-1].note.pitch)
        line.leaps += size > ground.level.free_interval
        line.sizes[sort_interval(size)] += 1
    if beat_strength(beat, ground.metre) >= 2:  # noqa: PLR2004 - the bar's strong pulses
        line.strong += 1
        line.strong_chordal += note.chordal
    line.outside += is_outside(note, ground)
    line.places.append(place)
    motif = line.motifs.setdefault(beat.motif, [])
    line.staffs.setdefault(beat.motif, place.staff)
    if len(motif) == beat.index and (not motif or line.places[-2].beat.bar == beat.bar):
        motif.append(note)
    phrase = ground.phrases[beat.phrase]
    if not phrase.primes:
        line.bars.setdefault((phrase.letter, beat.bar - phrase.bar), []).append(note)


def _least_bad(options: Sequence[ScaleNote], line: Line) -> ScaleNote:
    """Where every rule says no: the nearest chord tone."""
    last = line.places[-1].note.pitch if line.places else options[len(options) // 2].pitch
    return min(options, key=lambda note: (not note.chordal, abs(note.pitch - last), note.pitch))
