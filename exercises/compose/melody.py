"""The melody's pitches: a line that walks towards its goals, remembers its motifs and turns.

Every note is drawn from the notes that fit the chord, weighted by the style's intervals, the
place in the bar, the shape of the phrase, the motif it answers and the rules of a good line:
leaps are turned by step, dissonances resolve by step, the highest note is heard once.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from exercises.compose.contour import Seat, beat_strength, shape
from exercises.compose.grid import EIGHTH, TICKS, Metre
from exercises.compose.tones import ScaleNote, harmony_at, notes_over
from exercises.theory import OCTAVE, read_key

if TYPE_CHECKING:
    from exercises.compose.dice import Dice
    from exercises.compose.form import Phrase
    from exercises.compose.lefthand import Tone
    from exercises.compose.progression import Slot
    from exercises.compose.rhythm import Beat
    from exercises.harmony import Harmony
    from exercises.levels import Level
    from styles.schema import Melody

ANTICIPATION = EIGHTH
GUIDE_TONE = 2.5
"""Preference for thirds and sevenths where the chord changes."""
LEAP = 5
"""A fourth or more: it is turned back by step."""
REPEAT_CAP = 0.2
"""Shares of repeated notes in sung styles are rounded down to this at the keyboard."""
FIVE_FINGER_REPEAT = 0.25
"""In a short five-finger tune repeated notes soon sound like nothing happening."""
SIGMA = 4.0
"""Semitones by which a line strays from its shape, by ear."""
FASTEST_REPEAT = 0.13
FAR, QUICK = 15, 0.36
"""Seconds within which a key is not struck again, and a jump beyond a tenth not asked for."""
VARIED = 0.3
"""How often a returning bar is composed afresh."""
INVERTED = 0.12
"""How often a motif answers upside down."""
_SAME, _CLOSE = 30.0, 4.0
_LOOK_AHEAD = 6


@dataclass(frozen=True, slots=True)
class Place:
    """A chosen melody note."""

    beat: Beat
    note: ScaleNote
    slot: Slot
    staff: int


@dataclass(frozen=True, slots=True)
class Ground:
    """All that the line is composed over."""

    slots: Sequence[Slot]
    phrases: Sequence[Phrase]
    seats: Sequence[Seat]
    below: Sequence[Tone]
    """The accompaniment."""
    metre: Metre
    level: Level
    melody: Melody
    key: str
    scale: str
    ticks_per_s: float
    rooted: bool
    """A bass line: roots where the chords change."""
    outside: int
    """How many notes outside the key the level reads."""
    strict: bool
    """Whether parallel fifths and octaves with the bass are forbidden (else only avoided)."""


@dataclass(slots=True)
class _Line:
    """The line so far."""

    places: list[Place] = field(default_factory=list)
    strong: int = 0
    strong_chordal: int = 0
    outside: int = 0
    intervals: int = 0
    leaps: int = 0
    motifs: dict[str, list[ScaleNote]] = field(default_factory=dict)
    bars: dict[tuple[str, int], list[ScaleNote]] = field(default_factory=dict)
    flip: dict[int, bool] = field(default_factory=dict)
    fresh: dict[int, bool] = field(default_factory=dict)


def compose_line(
    beats: Sequence[Beat], ground: Ground, goals: Mapping[int, int], climax: int, dice: Dice
) -> list[Place]:
    """Pitches for all beats, in order."""
    line = _Line()
    bass = _Bass(ground.below)
    ends = sorted(goals)
    close = next((at for at in ends if at >= climax), climax)
    top = _climax_pitch(beats[climax], ground, (close - climax, goals.get(close)), dice)
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
            * _aim(note, aims, ground.level)
            * _peak(note, index, climax, top, ground)
            for note in options
        ]
        answer = _answer(beat, line, ground, dice)
        if answer is not None and index != climax and index not in goals:
            weights = [
                weight * (_SAME if note.step == answer else
                          _CLOSE if abs(note.step - answer) == 1 else 1.0)
                for note, weight in zip(options, weights, strict=True)
            ]  # fmt: skip
        weights = [
            weight * _stagnation(note, line) for note, weight in zip(options, weights, strict=True)
        ]
        note = _arrive(options, weights, goals.get(index), line, ground)
        if note is None:
            note = dice.choose(options, weights) if any(weights) else _least_bad(options, line)
        _remember(line, Place(beat, note, slot, seat.staff), ground)
    return line.places


class _Bass:
    """The accompaniment as the line sees it: its lowest note and its top at any time."""

    def __init__(self, tones: Sequence[Tone]) -> None:
        self._at: dict[int, list[Tone]] = {}
        for tone in sorted(tones, key=lambda tone: tone.onset):
            for step in range(tone.onset // EIGHTH, (tone.end - 1) // EIGHTH + 1):
                self._at.setdefault(step, []).append(tone)
        self._cache: dict[tuple[int, int], tuple[Tone, ...]] = {}

    def sounding(self, onset: int, end: int) -> tuple[Tone, ...]:
        """All notes that sound somewhere between."""
        key = (onset, end)
        if key not in self._cache:
            near = {
                tone: None
                for step in range(onset // EIGHTH, (end - 1) // EIGHTH + 1)
                for tone in self._at.get(step, ())
            }
            self._cache[key] = tuple(tone for tone in near if tone.onset < end and tone.end > onset)
        return self._cache[key]

    def lowest(self, onset: int) -> int | None:
        """The bass note at a time."""
        return min((tone.pitch for tone in self.sounding(onset, onset + 1)), default=None)


def _options(
    beat: Beat, harmony: Harmony, ground: Ground, bass: _Bass, seat: Seat
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
    line: _Line,
    ground: Ground,
    bass: _Bass,
    seat: Seat,
) -> float:
    phrase = ground.phrases[beat.phrase]
    span = phrase.bars * ground.metre.bar
    inside = (beat.onset - phrase.bar * ground.metre.bar) / span
    whole = beat.onset / ground.slots[-1].end
    contrast = phrase.letter not in {"a", "intro"}
    away = (note.pitch - shape(whole, inside, seat, contrast=contrast)) / SIGMA
    weight = math.exp(-away * away / 2)
    weight *= _harmonic(note, beat, slot, line=line, ground=ground)
    weight *= _clash(note, beat, bass)
    if line.outside >= ground.outside and _is_outside(note, ground.key):
        weight *= 1e-3
    last = line.places[-1] if line.places else None
    if last is None or last.staff != seat.staff:
        return weight * (1.0 if note.chordal else 0.02)
    return weight * _melodic(note, beat, line, ground, bass)


def _harmonic(note: ScaleNote, beat: Beat, slot: Slot, *, line: _Line, ground: Ground) -> float:
    """Chord tones on strong beats inside the style's band; strangers pass and resolve."""
    strength = beat_strength(beat, ground.metre)
    if ground.rooted and beat.onset <= slot.onset < beat.onset + beat.duration:
        return 1.0 if note.pitch % OCTAVE == slot.harmony.bass else 0.04
    if note.chordal:
        guides = {slot.harmony.third, slot.harmony.seventh}
        at_change = beat.onset in {slot.onset, slot.onset - ANTICIPATION}
        favoured = at_change and "guide tones" in ground.melody.devices
        return GUIDE_TONE if favoured and note.pitch % OCTAVE in guides else 1.0
    long = beat.duration >= TICKS
    strong = strength >= 2  # noqa: PLR2004 - the bar's strong pulses
    if long and note.clashing:
        return 0.0
    if ground.scale == "blues" and note.blue:
        return 0.0 if long or strong else 0.3
    if not strong:
        return 0.05 if beat.duration >= 2 * TICKS else 0.4 if strength == 1 else 0.85
    # A dissonance on the beat is spent only where the share of chord tones has room for it.
    low, high = ground.melody.chord_tone
    free = line.strong > 1 and line.strong_chordal / (line.strong + 1) >= (low + high) / 2
    return (0.3 if free else 0.0) * (0.4 if beat.duration > TICKS else 1.0)


def chromatic_budget(level: Level, notes: int) -> int:
    """How many melody notes outside the key a level reads in so many notes."""
    if level.chromatic_share == 0:
        return 0
    most = max(1, int(level.chromatic_share * notes))
    return most if level.chromatic_notes is None else min(most, level.chromatic_notes)


def _is_outside(note: ScaleNote, key: str) -> bool:
    """Outside the signature's scale; minor keys also own their raised sixth and seventh."""
    facts = read_key(key)
    above = (note.pitch - facts.tonic_pc) % OCTAVE
    return note.pitch % OCTAVE not in facts.scale and not (facts.minor and above in {9, 11})


def _clash(note: ScaleNote, beat: Beat, bass: _Bass) -> float:
    """A semitone (and its octaves) above a held accompaniment note grates."""
    if beat.duration < EIGHTH:
        return 1.0
    weight = 1.0
    for tone in bass.sounding(beat.onset, beat.onset + beat.duration):
        if (note.pitch - tone.pitch) % OCTAVE == 1:
            overlap = min(tone.end, beat.onset + beat.duration) - max(tone.onset, beat.onset)
            weight *= 0.02 if overlap >= TICKS else 0.3
    return weight


def _melodic(note: ScaleNote, beat: Beat, line: _Line, ground: Ground, bass: _Bass) -> float:
    """The interval from the last note, and what the note before asks of it."""
    last = line.places[-1].note
    move = note.pitch - last.pitch
    size = abs(move)
    level, melody = ground.level, ground.melody
    gap = (beat.onset - line.places[-1].beat.onset) / ground.ticks_per_s
    if size > level.max_interval or _is_augmented(note, last):
        return 0.0
    if size == 0 and (gap < FASTEST_REPEAT or line.places[-1].beat.bar < 0):
        return 0.0
    if size > FAR and gap < QUICK:
        return 0.0
    leaping = size > level.free_interval
    if leaping and line.leaps + 1 > level.leap_share * max(line.intervals + 1, 8):
        return 0.0
    weight = _interval_share(size, melody, five_finger=level.five_finger)
    if len(line.places) > 1 and line.places[-2].staff == line.places[-1].staff:
        weight *= _turn(move, last.pitch - line.places[-2].note.pitch)
    if not line.places[-1].note.chordal and beat_strength(line.places[-1].beat, ground.metre) > 0:
        step = 1 <= size <= 2  # noqa: PLR2004 - a step
        weight *= 1.5 if step else 0.08
    if move == 0:
        weight *= 0.5 if line.places[-1].beat.closing != beat.closing else 1.0
    if _is_parallel(note.pitch, last.pitch, line.places[-1].beat, beat, bass):
        weight *= 0.0 if ground.strict else 0.1
    return weight


def _arrive(
    options: Sequence[ScaleNote],
    weights: Sequence[float],
    goal: int | None,
    line: _Line,
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


def _stagnation(note: ScaleNote, line: _Line) -> float:
    """A third time the same note, or to and fro between two, leads nowhere."""
    recent = [place.note.pitch for place in line.places[-9:]]
    if len(recent) > 8 and note.pitch in recent and len(set(recent)) <= 3:  # noqa: PLR2004
        return 0.05
    pitches = recent[-5:]
    if pitches[-2:] == [note.pitch, note.pitch]:
        return 0.03
    if pitches.count(note.pitch) >= 3:  # noqa: PLR2004 - three of the last five
        return 0.1
    if len(pitches) > 2 and pitches[-2] == note.pitch and pitches[-3] == pitches[-1]:  # noqa: PLR2004
        return 0.2
    return 1.0


def _interval_share(size: int, melody: Melody, *, five_finger: bool) -> float:
    """The style's share of an interval, split over the notes that have it."""
    if size == 0:
        return min(melody.repeat, REPEAT_CAP) * (FIVE_FINGER_REPEAT if five_finger else 1.0)
    if size <= 2:  # noqa: PLR2004 - seconds
        return melody.step / 2
    if size <= 4:  # noqa: PLR2004 - thirds
        return melody.third / 2
    if size <= 7:  # noqa: PLR2004 - fourths and fifths
        return melody.fourth_fifth / 4 * (0.15 if size == 6 else 1.0)  # noqa: PLR2004
    return melody.leap / 8 * (3.0 if size == OCTAVE else 1.0 if size in {8, 9} else 0.2)


def _turn(move: int, before: int) -> float:
    """What a leap asks for, and the momentum of a run."""
    same_way = move * before > 0
    if abs(before) >= LEAP:
        if same_way:
            return 0.04 if abs(move) > 2 else 0.25  # noqa: PLR2004 - going on by step at most
        return 3.0 if 1 <= abs(move) <= 2 else 0.6 if abs(move) <= 4 else 0.15  # noqa: PLR2004
    if abs(before) in {1, 2} and abs(move) in {1, 2}:
        return 1.35 if same_way else 0.8
    if abs(before) in {3, 4} and same_way and abs(move) >= LEAP:
        return 0.3
    if abs(move) >= LEAP and same_way:
        return 0.6
    return 1.0


def _is_augmented(note: ScaleNote, last: ScaleNote) -> bool:
    """Augmented seconds and fourths, which voices do not sing."""
    steps = abs(note.step - last.step)
    size = abs(note.pitch - last.pitch)
    return (steps == 1 and size == 3) or (steps == 3 and size == 6)  # noqa: PLR2004 - semitones


def _is_parallel(pitch: int, last: int, before: Beat, beat: Beat, bass: _Bass) -> bool:
    low_now = bass.lowest(beat.onset)
    low_then = bass.lowest(before.onset)
    if low_now is None or low_then is None or low_now == low_then or pitch == last:
        return False
    now, then = (pitch - low_now) % OCTAVE, (last - low_then) % OCTAVE
    return now == then and now in {0, 7}


def _aim(note: ScaleNote, aims: Sequence[tuple[int, int | None]], level: Level) -> float:
    """Closeness to a goal that is few notes away: near enough to arrive by step."""
    weight = 1.0
    for left, goal in aims:
        if goal is None or left > _LOOK_AHEAD:
            continue
        away = abs(note.pitch - goal)
        if left == 0:
            weight *= 1.0 if away == 0 else 1e-4
        else:
            slack = 2.2 * left
            hurry = 3.0 if level.five_finger else 1.0
            weight *= math.exp(-hurry * max(0.0, away - slack)) * (
                0.3 if away == 0 and left == 1 else 1
            )
    return weight


def _peak(note: ScaleNote, index: int, climax: int, top: int, ground: Ground) -> float:
    """The climax is heard once; in a five-finger position it may come back."""
    if index == climax or note.pitch < top:
        return 1.0
    if ground.level.five_finger:
        return 0.3 if note.pitch == top else 0.1
    return 0.03 if note.pitch == top else 0.0005


def _climax_pitch(beat: Beat, ground: Ground, end: tuple[int, int | None], dice: Dice) -> int:
    """The highest note: a chord tone near the top from which the phrase's end is in reach."""
    seat = ground.seats[beat.phrase]
    slot = harmony_at(ground.slots, beat.onset, beat.duration, ANTICIPATION)
    notes = notes_over(slot.harmony, ground.key, ground.scale, seat.low, seat.high)
    chordal = [note.pitch for note in notes if note.chordal] or [note.pitch for note in notes]
    left, goal = end
    if goal is not None:
        chordal = [pitch for pitch in chordal if abs(pitch - goal) <= max(2, 2 * left)] or chordal
    high = [pitch for pitch in chordal if pitch >= chordal[-1] - 3]
    return dice.pick(high or chordal[-1:])


def _answer(beat: Beat, line: _Line, ground: Ground, dice: Dice) -> int | None:
    """The staff place that the motif proposes, or None.

    The same note of the phrase that returns; else the motif's shape from where this bar began.
    """
    phrase = ground.phrases[beat.phrase]
    bar = beat.bar - phrase.bar
    if line.fresh.setdefault(beat.bar, dice.chance(VARIED)):
        return None
    staff = ground.seats[beat.phrase].staff
    kept = line.bars.get((phrase.letter, bar))
    if phrase.primes and kept and beat.index < len(kept) and not beat.closing:
        shift = _hand_shift(beat, ground, phrase, kept[beat.index].step)
        return kept[beat.index].step + shift
    motif = line.motifs.get(beat.motif)
    if not motif or beat.index >= len(motif) or beat.index == 0 or beat.closing:
        return None
    first = next((p for p in line.places[-beat.index :] if p.beat.bar == beat.bar), None)
    if first is None or first.staff != staff:
        return None
    flip = line.flip.setdefault(beat.bar, dice.chance(INVERTED))
    rise = motif[beat.index].step - motif[0].step
    return first.note.step + (-rise if flip else rise)


def _hand_shift(beat: Beat, ground: Ground, phrase: Phrase, step: int) -> int:
    """Octaves (7 places) between the hand that had the phrase first and the one that has it now."""
    seat = ground.seats[beat.phrase]
    first = next(p for p in ground.phrases if p.letter == phrase.letter)
    was = ground.seats[first.index]
    return 7 * round((seat.low - was.low) / OCTAVE) if was.staff != seat.staff and step else 0


def _remember(line: _Line, place: Place, ground: Ground) -> None:
    beat, note = place.beat, place.note
    if line.places and line.places[-1].staff == place.staff:
        line.intervals += 1
        size = abs(note.pitch - line.places[-1].note.pitch)
        line.leaps += size > ground.level.free_interval
    if beat_strength(beat, ground.metre) >= 2:  # noqa: PLR2004 - the bar's strong pulses
        line.strong += 1
        line.strong_chordal += note.chordal
    line.outside += _is_outside(note, ground.key)
    line.places.append(place)
    motif = line.motifs.setdefault(beat.motif, [])
    if len(motif) == beat.index and (not motif or line.places[-2].beat.bar == beat.bar):
        motif.append(note)
    phrase = ground.phrases[beat.phrase]
    if not phrase.primes:
        line.bars.setdefault((phrase.letter, beat.bar - phrase.bar), []).append(note)


def _least_bad(options: Sequence[ScaleNote], line: _Line) -> ScaleNote:
    """Where every rule says no: the nearest chord tone."""
    last = line.places[-1].note.pitch if line.places else options[len(options) // 2].pitch
    return min(options, key=lambda note: (not note.chordal, abs(note.pitch - last), note.pitch))
