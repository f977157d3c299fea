"""The line's plan before its notes: range, position, climax, and where each phrase arrives."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from exercises.compose.endings import is_amen
from exercises.compose.grid import TICKS
from exercises.compose.tones import harmony_at, notes_over
from exercises.theory import OCTAVE, read_key

if TYPE_CHECKING:
    from exercises.compose.dice import Dice
    from exercises.compose.form import Phrase
    from exercises.compose.grid import Metre
    from exercises.compose.progression import Slot
    from exercises.compose.rhythm import Beat
    from exercises.levels import Level
    from styles.schema import Melody

CLIMAX = (0.6, 0.75)
"""Where in a chart the highest note stands, as a share of its length."""
CONTRAST_LIFT = 0.12
"""Of the range: a bridge or chorus starts about a third above the verse."""
_FIVE_FINGERS = 5
_SIX_FINGERS = 7
"""A hand that reaches one note beyond five on either side."""
_EXTENDED_LEVEL = 3
GRATING = 1e-4
_MIDDLE_C = 60
_LINE_CENTRE = 71
"""B4, the middle line: where a right hand that is free to choose sits."""
_HIGHEST = 86
_END_WEIGHTS = {
    "strict": {1: 1.0, 3: 0.0, 5: 0.0},
    "last": {1: 0.75, 3: 0.15, 5: 0.1},
    "full": {1: 0.4, 3: 0.35, 5: 0.25},
    "half": {1: 0.25, 3: 0.4, 5: 0.35},
}


@dataclass(frozen=True, slots=True)
class Seat:
    """Where a hand plays a phrase."""

    staff: int
    low: int
    high: int
    position: bool
    """One hand position: the thumb (or little finger) on `low`."""


def right_seat(level: Level, melody: Melody, key: str, dice: Dice) -> Seat:
    """The right hand's range for a chart: a position at first, later the style's range."""
    low, high = level.right_range
    if level.five_finger:
        return _position(level.right_range, key, _FIVE_FINGERS, 1, dice)
    if level.number <= _EXTENDED_LEVEL:
        return _position(level.right_range, key, _SIX_FINGERS, 1, dice)
    width = max(OCTAVE, min(melody.range_semitones, 10 + 2 * (level.number - 3)))
    centre = _LINE_CENTRE + int(dice.number() * 5) - 2
    bottom = max(low, _MIDDLE_C, centre - width // 2)
    return Seat(1, bottom, min(high, _HIGHEST, bottom + width), position=False)


def left_seat(level: Level, key: str, dice: Dice) -> Seat:
    """The left hand's range where it has the tune."""
    low, high = level.left_range
    if level.five_finger:
        return _position(level.left_range, key, _FIVE_FINGERS, 2, dice)
    bottom = max(low, _MIDDLE_C - OCTAVE)
    return Seat(2, bottom, min(high, bottom + OCTAVE + 2), position=False)


def place_goals(
    beats: Sequence[Beat],
    phrases: Sequence[Phrase],
    seats: Sequence[Seat],
    *,
    slots: Sequence[Slot],
    melody: Melody,
    key: str,
    scale: str,
    strict: bool,
    dice: Dice,
) -> tuple[dict[int, int], int]:
    """The pitch on which each phrase ends, by the beat's index; and the index of the climax."""
    goals: dict[int, int] = {}
    for phrase in phrases:
        last = max((at for at, beat in enumerate(beats) if beat.phrase == phrase.index), default=-1)
        if last < 0:
            continue
        seat = seats[phrase.index]
        goals[last] = _end_pitch(
            beats[last],
            phrase,
            seat,
            slots=slots,
            melody=melody,
            key=key,
            scale=scale,
            strict=strict,
            dice=dice,
        )
    return goals, _climax(beats, goals)


def shape(progress: float, phrase: float, seat: Seat, *, contrast: bool) -> float:
    """Where the line would like to be: an arch over the chart and a smaller one over the phrase.

    `progress` and `phrase` run from 0 to 1; the arch is highest at two thirds. A contrasting phrase
    lies higher.
    """
    width = seat.high - seat.low
    long_arch = math.sin(math.pi * max(0.0, progress) ** 1.35)
    short_arch = math.sin(math.pi * max(0.0, min(1.0, phrase)) ** 1.1)
    lift = CONTRAST_LIFT if contrast else 0.0
    return seat.low + width * (0.18 + lift + 0.28 * long_arch + 0.28 * short_arch)


def _position(limits: tuple[int, int], key: str, fingers: int, staff: int, dice: Dice) -> Seat:
    """A position of neighbouring notes of the key that holds the tonic low down.

    Best with the tonic under the outer finger; where the range has no room for that, with the
    tonic higher in the hand. A hand that reaches beyond five notes often has the fifth there, with
    the tonic in its middle, as tunes do that begin with an upward fourth.
    """
    facts = read_key(key)
    low, high = limits
    scale = [pitch for pitch in range(low, high + 1) if pitch % OCTAVE in facts.scale]
    spans = [scale[at : at + fingers] for at in range(len(scale) - fingers + 1)]
    lead = (fingers - _FIVE_FINGERS) // 2

    def weight(span: list[int]) -> float:
        if span[lead] % OCTAVE == facts.tonic_pc:
            return 10.0
        fifth = (span[lead] - facts.tonic_pc) % OCTAVE == 7  # noqa: PLR2004 - on the fifth
        inside = any(pitch % OCTAVE == facts.tonic_pc for pitch in span)
        return (6.0 if lead else 2.0) if fifth and inside else (1.0 if lead else 0.2) * inside

    span = dice.choose(spans, [weight(each) for each in spans])
    return Seat(staff, span[0], span[-1], position=True)


def _end_pitch(
    beat: Beat,
    phrase: Phrase,
    seat: Seat,
    *,
    slots: Sequence[Slot],
    melody: Melody,
    key: str,
    scale: str,
    strict: bool,
    dice: Dice,
) -> int:
    harmony = harmony_at(slots, beat.onset, beat.duration, 0).harmony
    last = "strict" if strict else "last"
    kind = last if phrase.last else ("full" if phrase.cadence == "full" else "half")
    tonic = read_key(key).tonic_pc
    third = harmony.root if harmony.third is None else harmony.third
    degrees = {harmony.root: 1, third: 3, harmony.fifth: 5}
    centre = seat.low + 0.4 * (seat.high - seat.low)
    amen = phrase.last and len(slots) > 1 and is_amen(slots[-2].harmony, harmony, key)
    options: list[int] = []
    weights: list[float] = []
    for note in notes_over(harmony, key, scale, seat.low, seat.high):
        degree = degrees.get(note.pitch % OCTAVE)
        if degree is None or (phrase.last and degree not in melody.end_degrees):
            continue
        weight = _END_WEIGHTS[kind][degree] * math.exp(
            -abs(note.pitch - centre) / (4 if phrase.last else 8)
        )
        if not phrase.last and note.pitch % OCTAVE == tonic and kind == "half":
            weight *= 0.3
        if amen and note.pitch > centre:
            # An amen sinks to its last note.
            weight *= GRATING
        if (note.pitch - 1) % OCTAVE in harmony.pitch_classes and beat.duration >= TICKS:
            # Held over the major seventh the root grates, as a minor third does over the ninth.
            weight *= GRATING
        options.append(note.pitch)
        weights.append(weight)
    if options and not any(weights):
        weights = [1.0] * len(weights)
    return dice.choose(options, weights) if options else round(centre)


def _climax(beats: Sequence[Beat], goals: Mapping[int, int]) -> int:
    """The beat that is the chart's highest: long and strong, about two thirds of the way.

    What a phrase rests on has its pitch already (`goals`): it is taken only where nothing else is.
    """
    end = max(beat.onset + beat.duration for beat in beats)
    low, high = CLIMAX
    free = [at for at in range(len(beats)) if at not in goals] or list(range(len(beats)))
    inside = [at for at in free if low <= beats[at].onset / end <= high]
    if not inside:
        middle = (low + high) / 2
        return min(free, key=lambda at: (abs(beats[at].onset / end - middle), at))
    return max(inside, key=lambda at: (beats[at].duration, -at))


def beat_strength(beat: Beat, metre: Metre) -> int:
    """How strong the place of a beat in its bar is."""
    return metre.strength(beat.onset % metre.bar)
