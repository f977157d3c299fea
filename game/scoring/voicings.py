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
from exercises.theory import pitch_class

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from exercises.chart import Chord
    from exercises.score.symbols import Symbol
    from styles.schema import Style

OCTAVE = 12
ROOT, FIFTH = 0, 7
MINOR_THIRD, MAJOR_THIRD, FOURTH = 3, 4, 5
NINTH, SIXTH, MINOR_SEVENTH, MAJOR_SEVENTH = 2, 9, 10, 11
SEVENTHS = frozenset({SIXTH, MINOR_SEVENTH, MAJOR_SEVENTH})
OTHER_THIRD = {3: 4, 4: 3}
TELLING = frozenset({MINOR_THIRD, MAJOR_THIRD, FOURTH})
"""Without its third a handful of keys may be another chord."""
BASS_BELOW = 52
"""E3: single keys below it are a bass line, not a voicing."""
LINE_BELOW, BASS_GAP = 48, 7
"""C3, and a fifth to the hand above: so low and so far from a chord is a bass line's key."""
OVER_THIRD = frozenset({3, 6, 8})
"""Altered tensions that nobody plays over a suspended fourth."""
MEANT, DEEP, LOW, PLAIN = 1.5, 1.5, 0.75, 1.0
"""What speaks for the name of a handful of keys: the root that was meant, a root in the bass, a
root that is lowest, and a triad and nothing else (by ear)."""
TRIAD = 3
SUSPENDED = frozenset({"7sus4", "9sus4", "13sus4"})
ALTERED = frozenset({"7alt"})
"""A style that has such chords leads into its changes by chords of the player's own."""
SHARP_ROOTS = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
FLAT_ROOTS = ("C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B")
FLAT_KEYS = frozenset({"F", "Bb", "Eb", "Ab", "Db", "Gb", "Dm", "Gm", "Cm", "Fm", "Bbm", "Ebm"})
TENSIONS = {
    "major": frozenset({0, 2, 4, 7, 9, 11}),
    "dominant": frozenset({0, 2, 4, 7, 9, 10}),
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
    power: bool = False
    """Whether root and fifth alone are the chord, as on a guitar."""
    passes: bool = False
    """Whether the style leads into a change by chords that are on no chart."""


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
        style: its vocabulary's tensions are allowed, and what its players put in the place of a
            symbol; where it has no bass player the root (or the bass that is written) must sound.

    """
    quality = _quality(chord.symbol)
    tones = frozenset((pc - chord.root) % OCTAVE for pc in chord.pitch_classes)
    family = _family(tones)
    essential = _essential(quality) if quality is not None else _plain(tones)
    allowed = set(tones) | TENSIONS[family] | {(chord.bass - chord.root) % OCTAVE}
    if style is None:
        return Asked(chord.root, chord.bass, essential, frozenset(allowed))
    known = {each for entry in style.vocabulary for each in entry.qualities}
    allowed |= _spoken(known, family) | _substituted(known, family, tones)
    essential = tuple(group | _stands_for(known, family, tones, group) for group in essential)
    bass = (chord.bass - chord.root) % OCTAVE
    if style.band is None or not style.band.bass:
        essential = (*essential, frozenset({bass}))
    elif bass != ROOT:
        # A slash chord's bass is the bass player's, also where it is the third.
        essential = tuple(group for group in essential if bass not in group)
    power = "5" in known and SEVENTHS.isdisjoint(tones)
    return Asked(
        chord.root, chord.bass, essential, frozenset(allowed), power, not ALTERED.isdisjoint(known)
    )


def judge_voicing(asked: Asked, pitches: Iterable[int], pool: Collection[int] = ()) -> Voicing:
    """Hold keys against a chord.

    The lowest key is left alone where it is a bass line's (see `above_bass`): lines walk.

    Args:
        asked: the chord.
        pitches: the keys.
        pool: more keys whose tones help (the bass, what was struck before over the same chord),
            but are not judged.

    """
    keys = tuple(pitches)
    heard = {(pitch - asked.root) % OCTAVE for pitch in (*keys, *pool)}
    missing = tuple(group for group in asked.essential if not group & heard)
    if asked.power and {ROOT, FIFTH} == heard:
        missing = ()
    # A minor third beside the major one is a tension; instead of it, it is another chord.
    others = {OTHER_THIRD[third] for group in missing for third in group & OTHER_THIRD.keys()}
    allowed = asked.allowed - others
    own = {(pitch - asked.root) % OCTAVE for pitch in keys}
    if MAJOR_THIRD in asked.allowed and MAJOR_THIRD not in own:
        # A fourth without the third suspends it: then the third is missing, or comes after it.
        allowed = (allowed | {FOURTH}) - (OVER_THIRD if FOURTH in own else frozenset())
    upper = above_bass(keys)
    clashes = tuple(key for key in upper if (key - asked.root) % OCTAVE not in allowed)
    return Voicing(missing, clashes)


def above_bass(pitches: Collection[int]) -> tuple[int, ...]:
    """The keys of a strike without those of a bass line: low ones well below the others."""
    lowest = min(pitches, default=LINE_BELOW)
    if lowest >= LINE_BELOW:
        return tuple(pitches)
    others = tuple(p for p in pitches if p >= LINE_BELOW or (p - lowest) % OCTAVE)
    if len({p % OCTAVE for p in others}) < 2 or min(others) - lowest < BASS_GAP:  # noqa: PLR2004
        return tuple(pitches)
    return others


def name_chord(pitches: Collection[int], meant: Chord, *, flats: bool) -> str:
    """What a handful of keys is called: "C7"; the simplest chord that holds most of it.

    A tension is no stranger. Ties go to the root that was meant, which may be left to others,
    then to the lowest key, if it is a bass.
    """
    heard = {pitch % OCTAVE for pitch in pitches}
    if not heard:
        return "nothing"
    lowest = min(pitches)
    best, least = "", float("inf")
    for root in range(OCTAVE):
        inside = {(pc - root) % OCTAVE for pc in heard}
        at = -MEANT * (root == meant.root)
        rootless = ROOT not in inside
        if root == lowest % OCTAVE:
            at -= DEEP if lowest < LINE_BELOW else LOW
        for rank, quality in enumerate(COMMON):
            tones = _tones(quality)
            strange = inside - tones
            lacking = sum(not group & inside for group in _essential(quality))
            cost = sum(_strange(tone, tones) for tone in strange) + 1.5 * lacking + 0.02 * rank
            # Only the chord that was meant is left without its root, and no suspended one.
            cost += 0.5 * (rootless and (root != meant.root or _family(tones) == "suspended"))
            cost -= PLAIN * (inside == tones and len(tones) == TRIAD)
            if cost + at < least:
                best, least = _root_name(root, meant, flats=flats) + quality, cost + at
    return best


def _strange(tone: int, tones: frozenset[int]) -> float:
    """How much a tone beside those of a chord speaks against it: a ninth or a sixth little."""
    if tone not in TENSIONS[_family(tones)]:
        return 2.0
    return 0.25 if tone in {NINTH, SIXTH} else 0.75


def find_other(pitches: Collection[int], meant: Chord, *, flats: bool) -> str:
    """Another chord that some keys are, its root and all among them; empty where they are none.

    With the root that was meant only a suspended one is another: a triad lacks something.
    """
    heard = {pitch % OCTAVE for pitch in pitches}
    for root in sorted(heard, key=lambda pc: (pc != min(pitches) % OCTAVE, pc)):
        inside = frozenset((pc - root) % OCTAVE for pc in heard)
        for quality in COMMON:
            tones = _tones(quality)
            other = root != meant.root or _family(tones) == "suspended"
            exact = tones <= inside <= tones | {NINTH}
            if other and exact and len(tones) > 2:  # noqa: PLR2004 - a chord
                return _root_name(root, meant, flats=flats) + quality
    return ""


def name_heard(
    pitches: Collection[int], meant: Chord, asked: Asked, voicing: Voicing, *, flats: bool
) -> str:
    """What was heard in the place of a chord; empty where it is right or only lacks something.

    Args:
        pitches: the keys.
        meant: the chord, ...
        asked: ... and what it asks for.
        voicing: how the keys fulfil it.
        flats: how keys between are called.

    """
    heard = ""
    wholly = len(voicing.missing) == len(asked.essential)
    bare = any(group & TELLING for group in voicing.missing)
    if wholly or (bare and not voicing.clashes):
        heard = find_other(pitches, meant, flats=flats)
    if voicing.clashes and not heard:
        heard = name_chord(pitches, meant, flats=flats)
        if is_same_chord(heard, meant.symbol):
            heard = name_strangers(meant.symbol, voicing.clashes, flats=flats)
    return heard


def name_strangers(symbol: str, keys: Iterable[int], *, flats: bool) -> str:
    """A chord with keys that spoil it: "C7 with F"; nothing where there are none."""
    names = FLAT_ROOTS if flats else SHARP_ROOTS
    strange = dict.fromkeys(names[key % OCTAVE] for key in sorted(keys))
    return f"{symbol} with {' and '.join(strange)}" if strange else ""


def is_same_chord(name: str, symbol: str) -> bool:
    """Whether a name that was heard says what a symbol asks for, tensions apart."""
    one, other = _read(name), _read(symbol)
    if one is None or other is None or one.quality is None or other.quality is None:
        return name == symbol
    return pitch_class(one.root) == pitch_class(other.root) and _kind(one.quality) == _kind(
        other.quality
    )


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


def _read(symbol: str) -> Symbol | None:
    try:
        return read_symbol(symbol)
    except ComposeError:
        return None


def _quality(symbol: str) -> str | None:
    read = _read(symbol)
    return read.quality if read is not None else None


def _kind(quality: str) -> tuple[str, tuple[frozenset[int], ...]]:
    return _family(_tones(quality)), _essential(quality)


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
    if quality == "dim7":
        return (*found, frozenset({6, 9}))
    if quality in {"dim", "aug"}:
        return (*found, frozenset({6 if third == MINOR_THIRD else 8}))
    if MINOR_SEVENTH in tones:
        found.append(frozenset({MINOR_SEVENTH}))
    elif MAJOR_SEVENTH in tones or quality in {"6", "69"}:
        # Major seventh and sixth stand for each other, but not over a minor third.
        minor = third == MINOR_THIRD
        found.append(frozenset({MAJOR_SEVENTH}) if minor else frozenset({SIXTH, MAJOR_SEVENTH}))
    elif quality == "m6":
        found.append(frozenset({SIXTH}))
    else:
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


def _spoken(known: set[str], family: str) -> frozenset[int]:
    """The tones of the chords of a family that a style has.

    At whatever level: who can play more than the level reads may do so.
    """
    found: set[int] = set()
    for quality in known:
        if _family(_tones(quality)) == family:
            found |= _tones(quality)
    return frozenset(found)


def _substituted(known: set[str], family: str, tones: frozenset[int]) -> frozenset[int]:
    """Tones that players of a style put into a chord whose symbol does not have them."""
    found: set[int] = set()
    if family == "dominant" and "7alt" in known:
        # The altered scale, and with it the chord on the flat fifth.
        found |= {1, 3, 6, 8}
    if family == "minor" and "mM7" in known and MINOR_SEVENTH not in tones:
        found.add(MAJOR_SEVENTH)
    if family == "major" and SEVENTHS.isdisjoint(tones) and "7#9" in known and "maj7" not in known:
        # Where the tonic is a seventh chord, as in the blues.
        found |= {MINOR_SEVENTH, MINOR_THIRD}
    return frozenset(found)


def _stands_for(
    known: set[str], family: str, tones: frozenset[int], group: frozenset[int]
) -> frozenset[int]:
    """What players of a style put in the place of an essential tone."""
    suspended = not known.isdisjoint(SUSPENDED)
    if (
        family == "major"
        and MAJOR_THIRD in group
        and "sus2" in known
        and SEVENTHS.isdisjoint(tones)
    ):
        return frozenset({NINTH})
    if family == "dominant" and MAJOR_THIRD in group and suspended:
        return frozenset({FOURTH})
    if family == "minor" and MINOR_THIRD in group and "m11" in known and MINOR_SEVENTH in tones:
        # Fourths upon each other.
        return frozenset({FOURTH})
    return frozenset()
