"""What a chord symbol asks of a comping hand, and what chord a handful of keys is.

Essential are the tones that tell one chord from the next: third and seventh, or their like. The
fifth and the root may be left out, tensions may be added, and some notes spoil the chord whoever
plays them. Rules of comping as arranging books give them; the lists are by ear.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from exercises.chart import ComposeError
from exercises.harmony import QUALITIES, SEMITONES
from exercises.score.symbols import read_symbol

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from exercises.chart import Chord
    from styles.schema import Style

OCTAVE = 12
ROOT, FIFTH = 0, 7
OTHER_THIRD = {3: 4, 4: 3}
SHARP_ROOTS = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
FLAT_ROOTS = ("C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B")
FLAT_KEYS = frozenset({"F", "Bb", "Eb", "Ab", "Db", "Gb", "Dm", "Gm", "Cm", "Fm", "Bbm", "Ebm"})
TENSIONS = {
    "major": frozenset({0, 2, 4, 6, 7, 9, 11}),
    "dominant": frozenset({0, 2, 4, 6, 7, 9, 10}),
    "minor": frozenset({0, 2, 3, 5, 7, 9, 10}),
    "minor major": frozenset({0, 2, 3, 5, 7, 9, 11}),
    "half diminished": frozenset({0, 2, 3, 5, 6, 8, 10}),
    "diminished": frozenset({0, 2, 3, 5, 6, 8, 9, 11}),
    "augmented": frozenset({0, 2, 4, 6, 8, 10}),
    "suspended": frozenset({0, 2, 5, 7, 9, 10}),
    "open": frozenset({0, 2, 7}),
}
"""Semitones above the root that may sound over each family: chord tones and natural tensions. The
fourth over a major third, the wrong third and the wrong seventh are not among them."""
COMMON = (
    "", "m", "7", "maj7", "m7", "m7b5", "dim7", "dim", "aug", "sus4", "7sus4", "6", "m6", "mM7",
    "sus2", "5",
)  # fmt: skip
"""What a chord is called when it is heard: tensions are not told apart."""


@dataclass(frozen=True)
class Asked:
    """What a chord symbol asks for, in semitones above the root."""

    root: int
    bass: int
    essential: tuple[frozenset[int], ...]
    """Of each set one tone must sound."""
    allowed: frozenset[int]
    """Whatever else may."""


@dataclass(frozen=True)
class Voicing:
    """How a handful of keys fulfils a chord."""

    missing: tuple[frozenset[int], ...]
    """Essential tones that do not sound."""
    clashes: tuple[int, ...]
    """Keys that spoil the chord."""

    @property
    def is_right(self) -> bool:
        """Whether it is the chord."""
        return not self.missing and not self.clashes


def ask(chord: Chord, style: Style | None) -> Asked:
    """What a chord asks for where a style's vocabulary is known.

    Args:
        chord: the chord symbol and its tones.
        style: its vocabulary's tensions are allowed; where it has no bass player the root (or
            the bass that is written) must sound too.

    """
    quality = _quality(chord.symbol)
    tones = frozenset((pc - chord.root) % OCTAVE for pc in chord.pitch_classes)
    essential = _essential(quality) if quality is not None else _plain(tones)
    allowed = set(tones) | TENSIONS[_family(tones)] | {(chord.bass - chord.root) % OCTAVE}
    if style is not None:
        allowed |= _spoken(style, _family(tones))
        if style.band is None or not style.band.bass:
            essential = (*essential, frozenset({(chord.bass - chord.root) % OCTAVE}))
    return Asked(chord.root, chord.bass, essential, frozenset(allowed))


def judge_voicing(asked: Asked, pitches: Iterable[int], pool: Collection[int] = ()) -> Voicing:
    """Hold keys against a chord.

    Args:
        asked: the chord.
        pitches: the keys.
        pool: more keys whose tones help (the bass, what was struck before over the same chord),
            but are not judged.

    """
    keys = tuple(pitches)
    heard = {(pitch - asked.root) % OCTAVE for pitch in (*keys, *pool)}
    missing = tuple(group for group in asked.essential if not group & heard)
    # A minor third beside the major one is a tension; instead of it, it is another chord.
    others = {OTHER_THIRD[third] for group in missing for third in group & OTHER_THIRD.keys()}
    allowed = asked.allowed - others
    clashes = tuple(key for key in keys if (key - asked.root) % OCTAVE not in allowed)
    return Voicing(missing, clashes)


def name_chord(pitches: Collection[int], meant: Chord, *, flats: bool) -> str:
    """What a handful of keys is called: "C7"; the simplest chord that holds most of it.

    Ties go to the root that was meant, then to the lowest key.
    """
    heard = {pitch % OCTAVE for pitch in pitches}
    if not heard:
        return "nothing"
    lowest = min(pitches) % OCTAVE
    best, least = "", float("inf")
    for root in range(OCTAVE):
        inside = {(pc - root) % OCTAVE for pc in heard}
        for rank, quality in enumerate(COMMON):
            tones = _tones(quality)
            strange = len(inside - tones)
            lacking = sum(not group & inside for group in _essential(quality))
            cost = 2.0 * strange + 1.5 * lacking + 0.02 * rank
            cost += 0.5 * (ROOT not in inside) - 0.75 * (root == meant.root)
            cost -= 0.75 * (root == lowest)
            if cost < least:
                best, least = _root_name(root, meant, flats=flats) + quality, cost
    return best


def name_degrees(groups: Iterable[frozenset[int]]) -> tuple[str, ...]:
    """Essential tones in a player's words."""
    words = {
        0: "root", 2: "second", 3: "third", 4: "third", 5: "fourth", 6: "fifth", 7: "fifth",
        8: "fifth", 9: "sixth", 10: "seventh", 11: "seventh",
    }  # fmt: skip
    names = (words.get(max(group), "bass") for group in groups)
    return tuple(dict.fromkeys(names))


def _root_name(root: int, meant: Chord, *, flats: bool) -> str:
    if root == meant.root:
        return meant.symbol[: 1 + (meant.symbol[1:2] in {"b", "#"})]
    return (FLAT_ROOTS if flats else SHARP_ROOTS)[root]


def _quality(symbol: str) -> str | None:
    try:
        return read_symbol(symbol).quality
    except ComposeError:
        return None


@cache
def _tones(quality: str) -> frozenset[int]:
    return frozenset(SEMITONES[each] % OCTAVE for each in QUALITIES[quality])


@cache
def _essential(quality: str) -> tuple[frozenset[int], ...]:
    """Third and seventh, or what stands for them."""
    tones = _tones(quality)
    if quality == "5":
        return (frozenset({ROOT}), frozenset({FIFTH}))
    third = next((each for each in (4, 3, 5, 2) if each in tones), FIFTH)
    found = [frozenset({third})]
    altered = next((each for each in (6, 8) if each in tones and FIFTH not in tones), None)
    if altered is not None and quality in {"dim", "aug", "m7b5", "dim7"}:
        found.append(frozenset({altered}))
    if 10 in tones:  # noqa: PLR2004 - semitones: a minor seventh
        found.append(frozenset({10}))
    elif 11 in tones or quality in {"6", "69"}:  # noqa: PLR2004 - a major seventh
        # Major seventh and sixth stand for each other, but not over a minor third.
        found.append(frozenset({11}) if third == 3 else frozenset({9, 11}))  # noqa: PLR2004
    elif quality in {"m6", "dim7"}:
        found.append(frozenset({9}))
    elif altered is None:
        found.append(frozenset({ROOT, FIFTH}))
    return tuple(found)


def _plain(tones: frozenset[int]) -> tuple[frozenset[int], ...]:
    """The essential tones of a symbol that is not in the table: all but root and fifth."""
    return tuple(frozenset({tone}) for tone in sorted(tones - {ROOT, FIFTH}))


def _family(tones: frozenset[int]) -> str:
    """What kind of chord some semitones above a root are."""
    if 4 in tones:  # noqa: PLR2004 - semitones, here and below
        if 10 in tones:  # noqa: PLR2004
            return "dominant"
        return "augmented" if 8 in tones and FIFTH not in tones else "major"  # noqa: PLR2004
    if 3 in tones:  # noqa: PLR2004
        if 6 in tones and FIFTH not in tones:  # noqa: PLR2004
            return "half diminished" if 10 in tones else "diminished"  # noqa: PLR2004
        return "minor major" if 11 in tones else "minor"  # noqa: PLR2004
    return "suspended" if 5 in tones or 10 in tones else "open"  # noqa: PLR2004


def _spoken(style: Style, family: str) -> frozenset[int]:
    """The tones of the chords of a family that a style has.

    At whatever level: who can play more than the level reads may do so.
    """
    found: set[int] = set()
    for each in style.vocabulary:
        for quality in each.qualities:
            if _family(_tones(quality)) == family:
                found |= _tones(quality)
    return frozenset(found)
