"""Where the hand of an accompaniment is, and how its bass finds the next root."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from exercises.compose.voicing import (
    OCTAVE,
    Voicing,
    essential_tones,
)
from exercises.theory import read_key

if TYPE_CHECKING:
    from exercises.compose.dice import Dice
    from exercises.harmony import Harmony
    from exercises.levels import Level

_C3 = 48
LOWER_STAFF = 2

CEILING = 62
"""D4: patterns stay below it so that the melody has the middle of the keyboard."""

LOWEST_BASS = 33
"""A1: below it a piano bass loses its pitch."""

LOWEST_OCTAVE = 31
"""G1: where octaves of a walking bass turn upwards."""

_BASS_CENTRE = {1: 50, 2: 50, 3: 47, 4: 45, 5: 43}

_LOW_CENTRE = 41

_CENTRE_PULL = 0.8

_WIDE = 7

_WIDE_COST = 2.0

FARTHEST = 14

_FAR_COST = 20.0


@dataclass(frozen=True, slots=True)
class Tone:
    """A note while composing: ticks, MIDI pitch, and its name where it is settled."""

    onset: int
    duration: int
    pitch: int
    staff: int
    voice: int = 1
    name: str = ""
    signs: tuple[str, ...] = ()
    """Articulations."""

    @property
    def end(self) -> int:
        """Where it is let go."""
        return self.onset + self.duration


@dataclass(slots=True)
class Hand:
    """Where the hand is, kept from event to event."""

    level: Level
    key: str
    shapes: frozenset[str]
    separate_bass: bool
    octaves: bool
    """A pattern of octaves: "8" means both notes, for no root is struck beside it."""
    ceiling: int
    comp: str = ""
    """The voicing of chords without a bass below; empty is a shell or a close chord."""
    fullness: int = 5
    floor: int = 33
    bass: int | None = None
    last: int | None = None
    chord: Voicing = ()
    booms: bool = False
    """Bass and chords take turns: all bass notes lie below the chords."""


def place_bass(
    hand: Hand, pc: int, reach: int, ahead: tuple[int, Harmony | None] = (0, None)
) -> int:
    """The octave of a bass note that is near the last one and in the hand's best register."""
    low, high = hand.level.left_range
    low = max(low, hand.floor)
    top = max(min(high, hand.ceiling) - reach, low + OCTAVE - 1)
    centre = min(_BASS_CENTRE.get(hand.level.number, _LOW_CENTRE), top - 4)

    tail, following = ahead

    def cost(pitch: int) -> float:
        away = abs(pitch - centre) * _CENTRE_PULL
        if following is not None and tail:
            # The bar's last note must not be too far from the next root.
            goals = [p for p in range(low, top + 1) if p % OCTAVE == following.bass]
            away += _FAR_COST / 2 * (min(abs(pitch + tail - p) for p in goals) > FARTHEST)
        if hand.bass is None:
            return away
        move = abs(pitch - hand.bass)
        far = hand.last is not None and abs(pitch - hand.last) > FARTHEST
        return away + move + _WIDE_COST * (move > _WIDE) + _FAR_COST * far

    options = [pitch for pitch in range(low, top + 1) if pitch % OCTAVE == pc]
    hand.bass = min(options, key=lambda pitch: (cost(pitch), pitch))
    return hand.bass


def approach_root(hand: Hand, harmony: Harmony, following: Harmony | None, dice: Dice) -> int:
    """A semitone or a step into the next root, from the side the line comes from."""
    here = known_pitch(hand.last)
    pc = harmony.bass if following is None else following.bass
    target = _nearest_octave(pc, here, hand)
    if target == here:
        return here + (7 if here + 7 <= hand.ceiling else -5)
    scale = read_key(hand.key).scale
    from_below = here < target if abs(here - target) > 1 else dice.chance(0.5)
    sign = -1 if from_below else 1
    step = target + 2 * sign if (target + 2 * sign) % OCTAVE in scale else target + sign
    near = target + sign
    low = _lowest(hand)
    liked = dice.choose((near, step), (0.6, 0.4))
    options = (liked, near, target - sign, target + 2, target)
    return next(each for each in options if each == target or (each != here and each >= low))


def walk(hand: Hand, harmony: Harmony, following: Harmony | None, index: int, count: int) -> int:
    """The inner beats of a walking bass: chord tones on the way to the next root, no repeats."""
    here = known_pitch(hand.last)
    goal = _nearest_octave(harmony.bass if following is None else following.bass, here, hand)
    low, high = _lowest(hand), hand.level.left_range[1]
    tones = set(essential_tones(harmony, 4, rooted=True)) | {harmony.fifth, harmony.root}
    options = [
        pitch
        for pitch in range(max(low, here - 8), min(high, hand.ceiling, here + 8) + 1)
        if pitch % OCTAVE in tones and pitch != here
    ]
    left = count - 1 - index

    def cost(pitch: int) -> float:
        # The approach note wants a third or so of room before the goal.
        room = abs(abs(pitch - goal) - 3 * left)
        return room + 0.6 * abs(pitch - here) + 2.0 * (pitch == goal)

    return min(options, key=lambda pitch: (cost(pitch), pitch)) if options else here


def _nearest_octave(pc: int, here: int, hand: Hand) -> int:
    low, high = _lowest(hand), hand.level.left_range[1]
    options = [p for p in range(low, min(high, hand.ceiling) + 1) if p % OCTAVE == pc]
    return min(options, key=lambda pitch: (abs(pitch - here), pitch))


def _lowest(hand: Hand) -> int:
    """Where a line of the hand turns upwards: a key higher where it has no octaves."""
    return max(hand.level.left_range[0], LOWEST_OCTAVE if hand.octaves else LOWEST_BASS)


def known_pitch(pitch: int | None) -> int:
    """A pitch of the hand, C3 before its first note."""
    return _C3 if pitch is None else pitch
