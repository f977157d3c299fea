"""The line a melody is: where it is composed, what it remembers, and what weighs a next note.

The weights are those of a good tune in the style: its intervals, chord tones on strong beats,
leaps turned by step, dissonances resolved, one climax, no standing still.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from exercises.checks.chart import COLOURED_LEVEL
from exercises.compose.contour import Seat, beat_strength
from exercises.compose.grid import EIGHTH, TICKS, Metre
from exercises.theory import OCTAVE, read_key

if TYPE_CHECKING:
    from exercises.compose.bassline import Tone
    from exercises.compose.form import Phrase
    from exercises.compose.progression import Slot
    from exercises.compose.rhythm import Beat
    from exercises.compose.tones import ScaleNote
    from exercises.focus import Focus
    from exercises.levels import Level
    from styles.schema import Melody

ANTICIPATION = EIGHTH

GUIDE_TONE = 2.5
"""Preference for thirds and sevenths where the chord changes."""

LEAP = 5
"""A fourth or more: it is turned back by step."""

STRANGERS = 0.9
"""Weight of a dissonance on the beat for each part of the strong beats that the style leaves to
them, so that styles with many have them: by ear, and by what the charts then measure."""

WEAK_STRANGERS = 0.2
"""Strangers that a style leaves to its strong beats, as a part of them, below which the weak beats
have fewer too: tunes of broken chords (salsa, gospel) pass through little."""

TENSIONS_BELOW, TENSION = 0.6, 16.0
"""A style whose lowest share of chord tones on strong beats is under this sits on ninths,
elevenths and thirteenths there: by how much they are then liked (by ear, and by the share that
comes out of it)."""

BLUE = 1.0
"""Weight of a short blue note between the strong beats, against a chord note's 1, so that one note
in five to ten of a blues is a flat third or fifth."""

REPEAT_CAP = 0.2
"""Shares of repeated notes in sung styles are rounded down to this at the keyboard."""

FIVE_FINGER_REPEAT = 0.25
"""In a short five-finger tune repeated notes soon sound like nothing happening."""

EARLY = 4
"""Intervals that a line is taken to have had, in the style's shares, before its first: one alone
says nothing yet about them."""

HEADROOM = 40.0
"""How much the strangers' weight grows with the share of chord tones above the style's, by ear."""

FASTEST_REPEAT = 0.13

FAR, QUICK = 15, 0.36
"""Seconds within which a key is not struck again, and a jump beyond a tenth not asked for."""

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
    focus: Focus | None = None
    """What the line leans on."""


@dataclass(frozen=True, slots=True)
class Way:
    """What a bar does with what was heard before."""

    kind: str
    """return (the phrase as it was), repeat (the motif as it was), sequence, inversion, fresh."""
    shift: int = 0
    """Lines and spaces by which a sequence is moved."""


@dataclass(slots=True)
class Line:
    """The line so far."""

    places: list[Place] = field(default_factory=list)
    strong: int = 0
    strong_chordal: int = 0
    outside: int = 0
    intervals: int = 0
    leaps: int = 0
    sizes: list[int] = field(default_factory=lambda: [0] * 5)
    """How many repeats, steps, thirds, fourths and fifths, and leaps there were."""
    motifs: dict[str, list[ScaleNote]] = field(default_factory=dict)
    bars: dict[tuple[str, int], list[ScaleNote]] = field(default_factory=dict)
    ways: dict[int, Way] = field(default_factory=dict)
    """What each bar does with its motif."""
    staffs: dict[str, int] = field(default_factory=dict)
    """Which hand had a motif first."""


class Bass:
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


def weigh_harmony(note: ScaleNote, beat: Beat, slot: Slot, *, line: Line, ground: Ground) -> float:
    """Chord tones on strong beats inside the style's band; strangers pass and resolve."""
    strength = beat_strength(beat, ground.metre)
    if ground.rooted and beat.onset <= slot.onset < beat.onset + beat.duration:
        return 1.0 if note.pitch % OCTAVE == slot.harmony.bass else 0.04
    if note.chordal:
        guides = {slot.harmony.third, slot.harmony.seventh}
        at_change = beat.onset in {slot.onset, slot.onset - ANTICIPATION}
        favoured = at_change and "guide tones" in ground.melody.devices
        return GUIDE_TONE if favoured and note.pitch % OCTAVE in guides else 1.0
    return _weigh_stranger(note, beat, strength, line=line, ground=ground)


def _weigh_stranger(
    note: ScaleNote, beat: Beat, strength: int, *, line: Line, ground: Ground
) -> float:
    """What a note outside its chord weighs: by its length, its place, and what the style has."""
    long = beat.duration >= TICKS
    strong = strength >= 2  # noqa: PLR2004 - the bar's strong pulses
    if long and note.clashing:
        return 0.0
    if ground.scale == "blues" and note.blue:
        return 0.0 if long else BLUE * (0.5 if strong else 1.0)
    low, high = ground.melody.chord_tone
    left = 1 - (low + high) / 2
    coloured = low < TENSIONS_BELOW
    if not strong:
        rare = min(2.2 if coloured else 1.0, left / WEAK_STRANGERS)
        return rare * (0.05 if beat.duration >= 2 * TICKS else 0.4 if strength == 1 else 0.85)
    # A dissonance on the beat is spent only where the share of chord tones has room for it.
    above = line.strong_chordal / (line.strong + 1) - (1 - left)
    free = line.strong > 1 and above >= 0
    liked = 2 * STRANGERS * left if free else 0.0
    if coloured and not note.clashing:
        return liked * TENSION
    return liked * (1 + HEADROOM * above) * (0.4 if beat.duration > TICKS else 1.0)


def chromatic_budget(level: Level, notes: int) -> int:
    """How many melody notes outside the key a level reads in so many notes."""
    if level.chromatic_share == 0:
        return 0
    most = max(1, int(level.chromatic_share * notes))
    return most if level.chromatic_notes is None else min(most, level.chromatic_notes)


def is_outside(note: ScaleNote, ground: Ground) -> bool:
    """Outside the signature's scale, and of no chord where the level reads chords of other keys.

    Minor keys also own their raised sixth and seventh.
    """
    if note.chordal and ground.level.number >= COLOURED_LEVEL:
        return False
    facts = read_key(ground.key)
    above = (note.pitch - facts.tonic_pc) % OCTAVE
    return note.pitch % OCTAVE not in facts.scale and not (facts.minor and above in {9, 11})


def weigh_clash(note: ScaleNote, beat: Beat, bass: Bass) -> float:
    """A semitone (and its octaves) above a held accompaniment note grates."""
    if beat.duration < EIGHTH:
        return 1.0
    weight = 1.0
    for tone in bass.sounding(beat.onset, beat.onset + beat.duration):
        if (note.pitch - tone.pitch) % OCTAVE == 1:
            overlap = min(tone.end, beat.onset + beat.duration) - max(tone.onset, beat.onset)
            weight *= 1e-5 if overlap >= TICKS else 0.3
    return weight


def weigh_interval(note: ScaleNote, beat: Beat, line: Line, ground: Ground, bass: Bass) -> float:
    """The interval from the last note, and what the note before asks of it."""
    last = line.places[-1].note
    move = note.pitch - last.pitch
    size = abs(move)
    if _is_barred(note, beat, line, ground):
        return 0.0
    five_finger = ground.level.five_finger
    weight = _interval_share(size, ground.melody, five_finger=five_finger)
    # A drill for intervals is not brought back to the style's shares of them.
    drilled = ground.focus is not None and ground.focus.element in {"interval", "leaps"}
    if not five_finger and not drilled:
        weight *= _balance(size, line, ground.melody)
    if len(line.places) > 1 and line.places[-2].staff == line.places[-1].staff:
        turn = _turn(move, last.pitch - line.places[-2].note.pitch)
        # ... nor kept from answering a leap with a leap.
        weight *= max(turn, 1.0) if drilled and size >= LEAP else turn
    if not line.places[-1].note.chordal and beat_strength(line.places[-1].beat, ground.metre) > 0:
        step = 1 <= size <= 2  # noqa: PLR2004 - a step
        weight *= 1.5 if step else 0.08
    if move == 0:
        weight *= 0.5 if line.places[-1].beat.closing != beat.closing else 1.0
    if is_parallel(note.pitch, last.pitch, line.places[-1].beat, beat, bass):
        weight *= 0.0 if ground.strict else 0.1
    return weight


def _is_barred(note: ScaleNote, beat: Beat, line: Line, ground: Ground) -> bool:
    """What no weight can win back: too wide, too quick for the hand, or sung by nobody."""
    level, before = ground.level, line.places[-1]
    size = abs(note.pitch - before.note.pitch)
    gap = (beat.onset - before.beat.onset) / ground.ticks_per_s
    if size > level.max_interval or is_augmented(note, before.note):
        return True
    if size == 0 and before.beat.bar < 0:
        return True
    if size > FAR and gap < QUICK:
        return True
    if any(
        place.note.pitch == note.pitch
        and (beat.onset - place.beat.onset) / ground.ticks_per_s < FASTEST_REPEAT
        for place in line.places[-2:]
    ):
        return True
    few = line.leaps + 1 <= level.leap_share * max(line.intervals + 1, 8)
    return size > level.free_interval and not few


def weigh_stagnation(note: ScaleNote, line: Line) -> float:
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


def sort_interval(size: int) -> int:
    """0 repeats, 1 steps, 2 thirds, 3 fourths and fifths, 4 wider leaps."""
    return 0 if size == 0 else 1 + bisect_left((2, 4, 7), size)


def _balance(size: int, line: Line, melody: Melody) -> float:
    """What brings a line back to the style's shares of intervals: rare ones are due."""
    wanted = (
        min(melody.repeat, REPEAT_CAP),
        melody.step,
        melody.third,
        melody.fourth_fifth,
        melody.leap,
    )
    sort = sort_interval(size)
    share = wanted[sort] / sum(wanted)
    if share == 0:
        return 1.0
    due = share * (sum(line.sizes) + EARLY) / (line.sizes[sort] + share * EARLY)
    return min(4.0, max(0.2, due * due))


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


def is_augmented(note: ScaleNote, last: ScaleNote) -> bool:
    """Augmented seconds and fourths, which voices do not sing."""
    steps = abs(note.step - last.step)
    size = abs(note.pitch - last.pitch)
    return (steps == 1 and size == 3) or (steps == 3 and size == 6)  # noqa: PLR2004 - semitones


def is_parallel(pitch: int, last: int, before: Beat, beat: Beat, bass: Bass) -> bool:
    """Whether two notes of the tune and the bass under them move in fifths or octaves."""
    low_now = bass.lowest(beat.onset)
    low_then = bass.lowest(before.onset)
    if low_now is None or low_then is None or low_now == low_then or pitch == last:
        return False
    now, then = (pitch - low_now) % OCTAVE, (last - low_then) % OCTAVE
    return now == then and now in {0, 7}


def weigh_aim(note: ScaleNote, aims: Sequence[tuple[int, int | None]], level: Level) -> float:
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


def weigh_peak(note: ScaleNote, index: int, climax: int, top: int, ground: Ground) -> float:
    """The climax is heard once; in a five-finger position it may come back."""
    if index == climax or note.pitch < top:
        return 1.0
    if ground.level.five_finger:
        return 0.3 if note.pitch == top else 0.1
    return 0.03 if note.pitch == top else 1e-6
