"""The shapes that a chord may take in one hand: rootless, drop 2, quartal, upper structures ...

Every shape is a list of voicings (MIDI pitches upwards) inside a range; a shape that a chord does
not take has none. Which one is taken is a matter of leading, see `exercises.compose.leading`.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from exercises.compose.voicing import (
    OCTAVE,
    Voicing,
    build_up,
    colour_of,
    essential_tones,
    stack_up,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from exercises.compose.dice import Dice
    from exercises.harmony import Harmony
    from styles.schema import Voicing as PackVoicing

HAND_SHAPES = (
    "close", "rootless", "rootless a", "rootless b", "drop 2", "quartal", "slash",
    "triad over bass", "add9", "power", "open fifth", "upper structure",
)  # fmt: skip
"""Names of a pack's voicings that a right hand takes over a bass, one for a chart."""

COMP_SHAPES = ("shell", "rootless", "rootless a", "rootless b", "quartal")
"""Names of voicings that a left hand comps in without a bass."""
BARE = frozenset({"power", "open fifth"})
"""Shapes without a third, which are no full voicing."""

# Perfect fourths that hold guide tones, in semitones above the root: 11-b7-b3 over minor,
# 3-6-9 and 7-3-6 over major, b7-3-13 over dominants, 1-4-b7 and 4-b7-9 over suspensions.
_QUARTAL = {
    "minor": ((5, 10, 15), (10, 15, 20)),
    "major": ((4, 9, 14), (11, 16, 21)),
    "dominant": ((10, 16, 21),),
    "suspended": ((0, 5, 10), (5, 10, 14)),
}

# Triads over an altered or plain dominant, as semitones above its root.
_UPPER = {
    "13": (14, 18, 21), "7#11": (14, 18, 21), "9": (14, 17, 21),
    "7b9": (9, 13, 16), "7alt": (8, 12, 15), "7#9": (3, 7, 10), "7b13": (8, 12, 15),
    "13sus4": (10, 14, 17), "9sus4": (10, 14, 17), "7sus4": (10, 14, 17),
}  # fmt: skip
_AGEING = 0.7
"""What a voicing weighs a level after it came in, by ear."""
_CHORD = 3
_SEVENTHS = 4
"""Notes of a chord that has a seventh or sixth."""


def choose_shape(voicings: Iterable[PackVoicing], level: int, dice: Dice) -> str:
    """The shape of a chart's right-hand chords: one that the pack has by the level, else close.

    The open fifth of the first levels is a left hand's: over a bass it would leave out the third.
    """
    shapes = [name for name in HAND_SHAPES if name != "open fifth"]
    known = [each for each in voicings if each.level <= level and each.name in shapes]
    if not known:
        return "close"
    return dice.choose([each.name for each in known], [each.weight for each in known])


def choose_comp(voicings: Iterable[PackVoicing], level: int, dice: Dice) -> str:
    """What a chart's left hand comps in where a pattern asks for a shell: the newest the likelier.

    Empty where the pack names none.
    """
    known = [each for each in voicings if each.level <= level and each.name in COMP_SHAPES]
    if not known:
        return ""
    newest = max(each.level for each in known)
    weights = [each.weight * _AGEING ** (newest - each.level) for each in known]
    return dice.choose([each.name for each in known], weights)


@cache
def shape_chord(
    name: str, harmony: Harmony, low: int, high: int, *, count: int, span: int, rooted: bool
) -> tuple[Voicing, ...]:
    """All voicings of a chord in a shape, `count` notes at most, within a hand's `span`.

    Where the chord does not take the shape (a triad has no rootless form), close position; where
    the range has no room either, none.
    """
    found = _lay_out(name, harmony, low, high, count, rooted=rooted)
    fitting = [each for each in found if each[-1] - each[0] <= span]
    if name not in {*BARE, "upper structure"}:
        # Three notes of a chord without its third say another chord.
        fitting = [each for each in fitting if len(each) < _CHORD or _has_third(each, harmony)]
    for size in range(count, 0, -1):
        if fitting:
            break
        stacked = stack_up(essential_tones(harmony, size, rooted=rooted), low, high)
        fitting = [each for each in stacked if each[-1] - each[0] <= span]
    return tuple(fitting)


def _lay_out(
    name: str, harmony: Harmony, low: int, high: int, count: int, *, rooted: bool
) -> list[Voicing]:
    found: list[Voicing] = []
    if name in {"rootless", "rootless a", "rootless b"}:
        found = _rootless(name, harmony, low, high, count)
    elif name == "drop 2":
        found = _drop_two(harmony, low, high, count, rooted=rooted)
    elif name == "quartal":
        found = _quartal(harmony, low, high, count)
    elif name == "upper structure":
        found = _upper(harmony, low, high)
    elif name in {"slash", "triad over bass"}:
        found = _top_triad(harmony, low, high)
    elif name == "add9":
        found = _add_nine(harmony, low, high, count)
    elif name in {"power", "open fifth"}:
        found = _fifths(harmony, low, high, count)
    return found


def _has_third(voicing: Voicing, harmony: Harmony) -> bool:
    return harmony.third is None or any(pitch % OCTAVE == harmony.third for pitch in voicing)


def _rootless(name: str, harmony: Harmony, low: int, high: int, count: int) -> list[Voicing]:
    """From the third (A) or the seventh (B): 3-5-7-9 and 7-9-3-5, a 13 in place of the 5."""
    if harmony.seventh is None or harmony.third is None:
        return []
    ninth, fifth = colour_of(harmony)
    third, seventh = harmony.third, harmony.seventh
    a_form: tuple[int, ...] = (third, fifth, seventh, ninth)
    b_form: tuple[int, ...] = (seventh, ninth, third, fifth)
    if count < _SEVENTHS:
        a_form, b_form = (third, seventh, ninth), (seventh, ninth, third)
    forms = {"rootless a": (a_form,), "rootless b": (b_form,)}.get(name, (a_form, b_form))
    return [each for form in forms for each in build_up(_distinct(form)[:count], low, high)]


def _drop_two(harmony: Harmony, low: int, high: int, count: int, *, rooted: bool) -> list[Voicing]:
    """A four-note close chord whose second voice from the top lies an octave lower.

    With three notes that voice is left out, unless it is the third: an open shape under the top.
    """
    pcs = essential_tones(harmony, _SEVENTHS, rooted=rooted)
    if len(pcs) < _SEVENTHS:
        return []
    found: list[Voicing] = []
    for close in stack_up(pcs, low, high):
        bottom, middle, second, top = close
        if count >= _SEVENTHS and second - OCTAVE >= low:
            found.append(tuple(sorted((second - OCTAVE, bottom, middle, top))))
        elif count < _SEVENTHS and second % OCTAVE != harmony.third:
            found.append((bottom, middle, top))
    return found


def _quartal(harmony: Harmony, low: int, high: int, count: int) -> list[Voicing]:
    if harmony.seventh is None and not harmony.is_minor and harmony.quality not in {"", "add9"}:
        return []
    if harmony.quality in {"m7b5", "dim7", "dim", "aug", "mM7", "7alt", "7b9", "7#9", "7b13"}:
        return []
    suspended = harmony.quality.endswith("sus4")
    kind = (
        "suspended" if suspended
        else "minor" if harmony.is_minor
        else "dominant" if harmony.is_dominant
        else "major"
    )  # fmt: skip
    found = []
    for root in range(low - 2 * OCTAVE, high):
        if root % OCTAVE != harmony.root:
            continue
        for steps in _QUARTAL[kind]:
            chord = tuple(root + step for step in steps[:count])
            if low <= chord[0] and chord[-1] <= high:
                found.append(chord)
    return found


def _upper(harmony: Harmony, low: int, high: int) -> list[Voicing]:
    """A triad of tensions, in every inversion; the other hand has the guide tones."""
    steps = _UPPER.get(harmony.quality)
    if steps is None or not harmony.is_dominant:
        return []
    return stack_up([(harmony.root + step) % OCTAVE for step in steps], low, high)


def _top_triad(harmony: Harmony, low: int, high: int) -> list[Voicing]:
    """The triad that lies on top of a seventh chord; over a foreign bass the chord's own."""
    pcs = harmony.pitch_classes
    if harmony.third is None:
        return []
    sixth = 9 in harmony.intervals and 10 not in harmony.intervals  # noqa: PLR2004 - semitones
    if harmony.bass != harmony.root or harmony.seventh is None or sixth:
        triad: tuple[int, ...] = (harmony.root, harmony.third, harmony.fifth)
    elif harmony.quality.endswith("sus4"):
        triad = tuple((harmony.root + step) % OCTAVE for step in (10, 14, 17))
    else:
        triad = (harmony.third, harmony.fifth, harmony.seventh)
    tones = tuple(dict.fromkeys(pc for pc in triad if pc in pcs or harmony.bass != harmony.root))
    return stack_up(tones or triad, low, high)


def _add_nine(harmony: Harmony, low: int, high: int, count: int) -> list[Voicing]:
    """A triad with its ninth: 9-3-5 over the bass's root, 1-2-3-5 with four notes."""
    if harmony.quality not in {"", "m", "add9", "madd9"}:
        return []
    if harmony.is_minor and harmony.degree in {"III", "VII"}:
        return []
    ninth, third = (harmony.root + 2) % OCTAVE, harmony.third
    if third is None:
        return []
    full: tuple[int, ...] = (harmony.root, ninth, third, harmony.fifth)
    forms = [full] if count >= len(full) else [(ninth, third, harmony.fifth)[:count]]
    if count < len(full):
        forms.append((harmony.fifth, ninth, third)[:count])
    return [each for form in forms for each in build_up(form, low, high)]


def _fifths(harmony: Harmony, low: int, high: int, count: int) -> list[Voicing]:
    forms = ((harmony.root, harmony.fifth, harmony.root), (harmony.fifth, harmony.root))
    return [each for form in forms for each in build_up(form[:count], low, high)]


def _distinct(form: Iterable[int]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(form))


def telling(options: Sequence[Voicing], harmony: Harmony) -> tuple[Voicing, ...]:
    """Of voicings of two keys those that say the chord: third and seventh, or at least a third."""
    if not options or len(options[0]) != 2:  # noqa: PLR2004 - more keys leave the third seldom out
        return tuple(options)
    thirds = [each for each in options if harmony.third in {pitch % OCTAVE for pitch in each}]
    full = [each for each in thirds if harmony.seventh in {pitch % OCTAVE for pitch in each}]
    return tuple(full or thirds or options)


def guide_tones(tones: Sequence[int], harmony: Harmony) -> list[int]:
    """Third and seventh of a chord that has both: what two keys of a clavinet say of it."""
    guides = {harmony.third, harmony.seventh} - {None}
    found = [pitch for pitch in tones if pitch % OCTAVE in guides]
    return found[-2:] if len({pitch % OCTAVE for pitch in found[-2:]}) > 1 else []
