"""How a chord lies in the hand: close, shell, rootless and open voicings, each near the last.

Pitches are MIDI numbers in rising order. `near` is the voicing before; where there is none, the
middle of the range draws.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from exercises.harmony import Harmony

Voicing = tuple[int, ...]

OCTAVE = 12
MUDDY_BELOW = 48
"""C3: thirds and seconds below it growl on a piano (a rule of every arranging book)."""
MUDDY_INTERVAL = 5
_MUDDY_COST = 9.0
CLOSE_PAIR = 7
"""Semitones between two notes of a close chord at most, wherever the range has room."""
_CENTRE_PULL = 0.35
_LOWEST_TENSION = 12


@cache
def close_chord(
    harmony: Harmony,
    near: Voicing,
    low: int,
    *,
    high: int,
    count: int,
    rooted: bool,
    tight: bool = False,
) -> Voicing:
    """Chord notes packed within an octave, in the inversion that moves least.

    `count` notes at most; `rooted` says that the root belongs in it because nobody else plays
    it; `tight` keeps two notes within a fifth, as a hand does that plays nothing else. Where the
    range is too narrow for the chord, its most telling notes are left.
    """
    for size in range(count, 0, -1):
        pcs = essential_tones(harmony, size, rooted=rooted)
        options = stack_up(pcs, low, high)
        if tight and size == 2:  # noqa: PLR2004 - the hand keeps its shape
            options = [each for each in options if each[-1] - each[0] <= CLOSE_PAIR] or options
        if options:
            return nearest(options, near, (low + high) / 2)
    return (_fit(harmony.root, low, high),)


@cache
def essential_tones(harmony: Harmony, count: int, *, rooted: bool) -> tuple[int, ...]:
    """The pitch classes that say most about a chord, at most `count` of them.

    Third (or suspension) first, then the seventh, then tensions; triads stay whole. The fifth
    goes first when there is no room, unless it is altered; the root goes where another plays it.
    """
    third, seventh = harmony.third, harmony.seventh
    tensions = [
        (harmony.root + each) % OCTAVE for each in harmony.intervals if each > _LOWEST_TENSION
    ]
    triad = len(harmony.pitch_classes) <= 3  # noqa: PLR2004 - three notes make a triad
    altered = harmony.fifth != (harmony.root + 7) % OCTAVE
    order: list[int] = [] if third is None else [third]
    if triad:
        order += [harmony.root, harmony.fifth]
    else:
        if seventh is not None:
            order.append(seventh)
        if rooted:
            order.append(harmony.root)
        order += [harmony.fifth] if altered else []
        order += tensions
        order += [harmony.fifth, harmony.root]
    unique = tuple(dict.fromkeys(order))
    return unique[:count]


@cache
def shell(harmony: Harmony, near: Voicing, low: int, high: int, count: int) -> Voicing:
    """Root with seventh or third (both where three notes are allowed), guide tones led by step."""
    third = harmony.root if harmony.third is None else harmony.third
    guides = [third, harmony.fifth if harmony.seventh is None else harmony.seventh]
    options = []
    for root in range(low, high + 1):
        if root % OCTAVE != harmony.root:
            continue
        above = sorted(root + (pc - root) % OCTAVE for pc in guides)
        shapes: list[tuple[int, ...]] = [(root, each) for each in above if each > root]
        if count > 2:  # noqa: PLR2004 - root and both guide tones
            shapes = [(root, *above), *shapes]
        options += [shape for shape in shapes if shape[-1] <= high]
    if not options:
        return (_fit(harmony.root, low, high),)
    if count > 2 and any(len(each) > 2 for each in options):  # noqa: PLR2004
        options = [each for each in options if len(each) > 2]  # noqa: PLR2004
    return nearest(options, near, (low + high) / 2, tops=True)


@cache
def rootless(harmony: Harmony, near: Voicing, low: int, high: int, count: int) -> Voicing:
    """3-5-7-9 or 7-9-3-5 (dominants with 13 for 5), whichever lies nearer to the last one.

    The bottom note stays between D3 and A3 where the range allows (contents of the A and B
    forms as jazz piano methods give them). A chord without a seventh is played close.
    """
    if harmony.seventh is None or harmony.third is None:
        return close_chord(harmony, near, low, high=high, count=min(count, 3), rooted=True)
    ninth, fifth = colour_of(harmony)
    full = (harmony.third, fifth, harmony.seventh, ninth)
    slim = (harmony.third, harmony.seventh, ninth)
    tones = full if count > 3 else slim  # noqa: PLR2004 - four notes in one hand
    options: list[Voicing] = []
    for start in range(len(tones)):
        turned = tones[start:] + tones[:start]
        if turned[0] not in {harmony.third, harmony.seventh}:
            continue
        options += build_up(turned, low, high)
    if not options:
        return close_chord(harmony, near, low, high=high, count=min(count, 3), rooted=False)
    return nearest(options, near, (low + high) / 2)


@cache
def open_chord(harmony: Harmony, bass: int, top: int, count: int) -> Voicing:
    """Bass, fifth and octave above it as far as they fit: the ending of pop and rock."""
    steps = (0, (harmony.fifth - bass) % OCTAVE, OCTAVE)
    found = [bass + step for step in steps[:count] if bass + step <= top]
    return tuple(dict.fromkeys(sorted(found)))


def colour_of(harmony: Harmony) -> tuple[int, int]:
    """The ninth and the fifth or thirteenth that a rootless voicing takes."""
    root = harmony.root
    named = [each for each in harmony.intervals if each > _LOWEST_TENSION]
    ninths = [each for each in named if each < 17]  # noqa: PLR2004 - below an eleventh
    thirteenths = [each for each in named if each > 19]  # noqa: PLR2004 - above a twelfth
    half_diminished = harmony.quality in {"m7b5", "dim7"}
    # A natural ninth over III or VII would leave the key: the root stands in for it.
    plain = root if half_diminished or harmony.degree in {"III", "VII", "#IV"} else root + 14
    ninth = root + ninths[0] if ninths else plain
    fifth = root + thirteenths[0] if thirteenths else harmony.fifth
    return ninth % OCTAVE, fifth % OCTAVE


def stack_up(pcs: Sequence[int], low: int, high: int) -> list[Voicing]:
    """Every close position of these pitch classes that lies in the range."""
    ordered = sorted(pcs)
    found: list[Voicing] = []
    for start in range(len(ordered)):
        found += build_up((*ordered[start:], *ordered[:start]), low, high)
    return found


def build_up(turned: Sequence[int], low: int, high: int) -> list[Voicing]:
    """The pitch classes upwards from every place of the first one in the range."""
    found: list[Voicing] = []
    for bottom in range(low, high + 1):
        if bottom % OCTAVE != turned[0]:
            continue
        pitches = [bottom]
        for pc in turned[1:]:
            pitches.append(pitches[-1] + ((pc - pitches[-1]) % OCTAVE or OCTAVE))
        if pitches[-1] <= high:
            found.append(tuple(pitches))
    return found


def nearest(
    options: Iterable[Voicing], near: Voicing, centre: float, *, tops: bool = False
) -> Voicing:
    """The voicing that moves least from the last one, near the middle and not muddy."""

    def cost(option: Voicing) -> float:
        middle = sum(option) / len(option)
        total = _CENTRE_PULL * abs(middle - centre)
        if near:
            pairs = [(option[-1], near[-1])] if tops else _pairs(option, near)
            total += sum(abs(one - two) for one, two in pairs) * 3 / len(pairs)
        else:
            total += abs(middle - centre)
        for one, two in pairwise(option):
            if one < MUDDY_BELOW and two - one < MUDDY_INTERVAL:
                total += _MUDDY_COST
        return total

    return min(options, key=lambda option: (cost(option), option))


def _pairs(option: Voicing, near: Voicing) -> list[tuple[int, int]]:
    """Voices of two chords matched from the top down, the lowest doubled where one has more."""
    size = max(len(option), len(near))
    upper = [option[0]] * (size - len(option)) + list(option)
    lower = [near[0]] * (size - len(near)) + list(near)
    return list(zip(upper, lower, strict=True))


def _fit(pc: int, low: int, high: int) -> int:
    centre = (low + high) // 2
    return min(
        (pitch for pitch in range(low, high + OCTAVE) if pitch % OCTAVE == pc),
        key=lambda pitch: (pitch > high, abs(pitch - centre)),
    )
