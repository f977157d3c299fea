"""What the left hand takes for a role of a pattern: bass notes, degrees, dyads and chords."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exercises.compose.bassline import (
    CEILING,
    LOWEST_BASS,
    LOWEST_OCTAVE,
    Hand,
    known_pitch,
    place_bass,
)
from exercises.compose.shapes import shape_chord
from exercises.compose.voicing import OCTAVE, Voicing, close_chord, nearest, shell
from exercises.theory import read_key

if TYPE_CHECKING:
    from exercises.compose.pattern import BarPattern
    from exercises.harmony import Harmony

ROOTLESS = frozenset({"rootless", "rootless a", "rootless b", "quartal"})
"""Voicings that leave the root to somebody else."""

ROOTLESS_CEILING = 67

CHORD_FLOOR = 50
"""D3: where close chords over a separate bass start."""

JUMP_FLOOR = 39

OCTAVE_CENTRE = 38
"""D2: about where octaves of a bass begin."""
HIGHEST_OCTAVE = 44
"""G#2: the lower note of octaves that are a bass and no inner voice."""

BOOM_ROOM = 3
"""Semitones at least from a bass note up to the chord that takes turns with it."""

STRIDE_FLOOR = 36

STRIDE_CEILING = 60
"""C4: chords after octaves in the bass lie no higher, or the hand cannot get there in time."""

STRIDE_LEVEL = 8
"""A bass that alternates with chords stays within a tenth of them, later within a twelfth."""

_RUN_ROLES = frozenset({"3", "6", "8", "10"})
_BASS_ROLES = frozenset({"R", "R+", "5", "R10", "8", "O", "A"})

_DEGREE_STEPS = {
    "b3": 3,
    "4": 5,
    "6": 9,
    "8": 12,
    "9": 14,
    "b7": 10,
}

REACH = {
    "8": 12,
    "9": 14,
    "10": 16,
    "b7": 11,
    "6": 9,
    "5": 8,
    "R5": 8,
    "R6": 9,
    "R7": 11,
    "R10": 12,
}


def settle(hand: Hand, pattern: BarPattern) -> None:
    """Take the hand to where a pattern lies."""
    roles = pattern.roles
    hand.separate_bass = bool(roles & {"R", "R+", "R10", "8"})
    rootless_style = "S" in roles or "V" in roles
    high = rootless_style and _plays_rootless(hand)
    hand.fullness = pattern.fullness
    hand.octaves = "8" in roles and not roles & {"R", "R+"}
    turns = bool(roles & {"R", "O"}) and bool(roles & {"C", "c"})
    hand.booms = turns and "5" in roles and not roles & _RUN_ROLES
    jumps = bool(roles & _BASS_ROLES) and bool(roles & {"C", "V", "S"})
    near = STRIDE_FLOOR if hand.level.number >= STRIDE_LEVEL else JUMP_FLOOR
    hand.floor = near if jumps else LOWEST_BASS
    hand.ceiling = min(ROOTLESS_CEILING if high else CEILING, hand.level.left_range[1])
    if jumps and hand.octaves:
        hand.ceiling = min(hand.ceiling, STRIDE_CEILING)


def _plays_rootless(hand: Hand) -> bool:
    return hand.comp in ROOTLESS


def grip(hand: Hand, role: str, harmony: Harmony, reach: int) -> Voicing:
    """The pitches of a role over a chord."""
    limit = min(hand.level.left_notes, hand.fullness)
    if role in {"C", "c"}:
        return close_grip(hand, harmony, min(3, limit) if role == "C" else min(2, limit))
    if role in {"S", "V"}:
        return comp_grip(hand, harmony, full=role == "V")
    if role in {"L", "M", "H"}:
        shape = close_grip(hand, harmony, 3)
        return (shape[{"L": 0, "M": len(shape) // 2, "H": -1}[role]],)
    if hand.bass is None or (hand.bass - harmony.bass) % OCTAVE:
        place_bass(hand, harmony.bass, reach)
    bass = known_pitch(hand.bass)
    if role in {"O", "R10"} or (role == "8" and hand.octaves):
        return _octave(hand, bass)
    if role in {"R5", "R6", "R7"} and limit > 1:
        step = _dyad_step(role, harmony, bass)
        # Over its own fifth in the bass a chord gives its root.
        return (bass, bass + (step or (harmony.root - bass) % OCTAVE or OCTAVE))
    return (_degree(hand, role, harmony, bass),)


def _degree(hand: Hand, role: str, harmony: Harmony, bass: int) -> int:
    """One note above the bass; inversions take the chord note that lies there."""
    if role in {"R", "R+", "g", "l", "r"}:
        return bass
    third = harmony.root if harmony.third is None else harmony.third
    if role in {"3", "10"}:
        pc = third if (third - bass) % OCTAVE else harmony.fifth
        pitch = bass + ((pc - bass) % OCTAVE) + (OCTAVE if role == "10" else 0)
        return pitch if pitch <= hand.ceiling else pitch - OCTAVE
    if role == "5":
        fifth = harmony.fifth if (harmony.fifth - bass) % OCTAVE > 2 else harmony.root  # noqa: PLR2004
        step = (fifth - bass) % OCTAVE or OCTAVE
        below = bass + step - OCTAVE
        inside = hand.booms and bool(hand.chord) and bass + step > hand.chord[0] - BOOM_ROOM
        if inside and below >= max(hand.level.left_range[0], LOWEST_BASS):
            return below
        return bass + step if bass + step <= hand.ceiling else bass + step - OCTAVE
    step = _colour_step(role, harmony, hand.key)
    pitch = bass + step
    return pitch if pitch <= hand.ceiling else pitch - OCTAVE


def _colour_step(role: str, harmony: Harmony, key: str) -> int:
    """Semitones of a sixth, seventh or ninth above the bass, as the chord and the key have them."""
    step = _DEGREE_STEPS.get(role, 0)
    if role == "9":
        if harmony.bass != harmony.root:
            return OCTAVE
        if 13 in harmony.intervals:  # noqa: PLR2004 - a flat ninth
            return 13
        ninth = (harmony.root + step) % OCTAVE
        # A natural ninth that neither chord nor key has gives way to the octave.
        ours = ninth in harmony.pitch_classes or ninth in read_key(key).scale
        return step if ours else OCTAVE
    if role == "b7" and harmony.bass == harmony.root and 11 in harmony.intervals:  # noqa: PLR2004
        return 11
    if (
        role == "6"
        and harmony.is_minor
        and (harmony.root + step) % OCTAVE not in read_key(key).scale
    ):
        return step - 1
    return step


def _dyad_step(role: str, harmony: Harmony, bass: int) -> int:
    """Semitones from the bass to the upper note of a shuffle's fifth, sixth or seventh."""
    if role == "R6":
        return _sixth(harmony, bass)
    if role == "R7" and harmony.bass == harmony.root and harmony.quality not in {"dim7", "m6", "6"}:
        return 11 if 11 in harmony.intervals else 10  # noqa: PLR2004 - a major seventh
    return (harmony.fifth - bass) % OCTAVE


def _sixth(harmony: Harmony, bass: int) -> int:
    """The boogie sixth above the root; over a minor chord the fifth stays."""
    return (harmony.fifth - bass) % OCTAVE if harmony.is_minor else 9


def close_grip(hand: Hand, harmony: Harmony, count: int) -> Voicing:
    """A close chord; over a bass of its own it lies from D3 up."""
    low = CHORD_FLOOR if hand.separate_bass else CHORD_FLOOR - 2
    low = max(low, hand.level.left_range[0])
    rooted = not hand.separate_bass or len(harmony.pitch_classes) <= 3  # noqa: PLR2004 - triads
    # A bass below pulls the hand down: its chords take the inversion that lies next to it.
    tight = not hand.separate_bass
    found = close_chord(
        harmony, hand.chord, low, high=hand.ceiling, count=count, rooted=rooted, tight=tight
    )
    if len(found) == 1 < count:
        # A third just above the ceiling is worth the reach: without it there is no chord.
        high = min(hand.ceiling + 2, hand.level.left_range[1])
        found = close_chord(harmony, hand.chord, low, high=high, count=count, rooted=rooted)
    hand.chord = found
    return found


def comp_grip(hand: Hand, harmony: Harmony, *, full: bool) -> Voicing:
    """Shells, or rootless voicings where the style and the level have them."""
    limit = min(hand.level.left_notes, hand.fullness)
    if _plays_rootless(hand):
        options = shape_chord(
            hand.comp, harmony, CHORD_FLOOR, hand.ceiling,
            count=limit, span=hand.level.span, rooted=False,
        )  # fmt: skip
        centre = (CHORD_FLOOR + hand.ceiling) / 2
        found = nearest(options, hand.chord, centre) if options else (CHORD_FLOOR,)
    elif full:
        found = close_chord(
            harmony, hand.chord, CHORD_FLOOR, high=hand.ceiling, count=limit, rooted=True
        )
    else:
        low = max(hand.level.left_range[0], 43)
        found = shell(harmony, hand.chord, low, hand.ceiling, min(limit, 2))
    hand.chord = found
    return found


def _octave(hand: Hand, bass: int) -> Voicing:
    if hand.level.left_notes < 2:  # noqa: PLR2004 - two notes make an octave
        return (bass,)
    low = max(hand.level.left_range[0], LOWEST_OCTAVE)
    options = [each for each in (bass - OCTAVE, bass) if each >= low and each <= HIGHEST_OCTAVE]
    near = OCTAVE_CENTRE if hand.last is None else hand.last
    lower = min(options or [bass], key=lambda each: (abs(each - near), each))
    return (lower, lower + OCTAVE)
