"""Chord tokens of the style packs and what they mean in a key.

A token is `DEGREE[:quality][/BASSDEGREE]`, degrees counted in the major scale on the tonic, also
in minor keys: "II:m7", "bVII:7", "IV/V". The table of qualities is our own: general libraries
read "I7" in a major key as a major seventh and stack elevenths under thirteenths.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from exercises.chart import ComposeError
from exercises.theory import OCTAVE, key_name_of, pitch_class, read_key, transpose_name
from styles.tokens import CHORD

_DEGREES = {
    "I": ("P1", "d1", "A1"),
    "II": ("M2", "m2", "A2"),
    "III": ("M3", "m3", "A3"),
    "IV": ("P4", "d4", "A4"),
    "V": ("P5", "d5", "A5"),
    "VI": ("M6", "m6", "A6"),
    "VII": ("M7", "m7", "A7"),
}

# Intervals above the root, in the order root, third, fifth, seventh, tensions.
QUALITIES: dict[str, tuple[str, ...]] = {
    "": ("P1", "M3", "P5"),
    "m": ("P1", "m3", "P5"),
    "dim": ("P1", "m3", "d5"),
    "aug": ("P1", "M3", "A5"),
    "5": ("P1", "P5"),
    "sus2": ("P1", "M2", "P5"),
    "sus4": ("P1", "P4", "P5"),
    "add9": ("P1", "M3", "P5", "M9"),
    "madd9": ("P1", "m3", "P5", "M9"),
    "6": ("P1", "M3", "P5", "M6"),
    "m6": ("P1", "m3", "P5", "M6"),
    "69": ("P1", "M3", "P5", "M6", "M9"),
    "maj7": ("P1", "M3", "P5", "M7"),
    "maj9": ("P1", "M3", "P5", "M7", "M9"),
    "maj7#11": ("P1", "M3", "P5", "M7", "A11"),
    "7": ("P1", "M3", "P5", "m7"),
    "9": ("P1", "M3", "P5", "m7", "M9"),
    "13": ("P1", "M3", "m7", "M9", "M13"),
    "7b9": ("P1", "M3", "P5", "m7", "m9"),
    "7#9": ("P1", "M3", "P5", "m7", "A9"),
    "7#11": ("P1", "M3", "P5", "m7", "A11"),
    "7b13": ("P1", "M3", "m7", "m13"),
    "7alt": ("P1", "M3", "m7", "m9", "A9", "m13"),
    "7sus4": ("P1", "P4", "P5", "m7"),
    "9sus4": ("P1", "P4", "P5", "m7", "M9"),
    "13sus4": ("P1", "P4", "m7", "M9", "M13"),
    "m7": ("P1", "m3", "P5", "m7"),
    "m9": ("P1", "m3", "P5", "m7", "M9"),
    "m11": ("P1", "m3", "P5", "m7", "M9", "P11"),
    "m7b5": ("P1", "m3", "d5", "m7"),
    "dim7": ("P1", "m3", "d5", "d7"),
    "mM7": ("P1", "m3", "P5", "M7"),
}
SEMITONES = {
    "P1": 0, "m2": 1, "M2": 2, "m3": 3, "M3": 4, "P4": 5, "d5": 6, "P5": 7, "A5": 8, "M6": 9,
    "d7": 9, "m7": 10, "M7": 11, "m9": 13, "M9": 14, "A9": 15, "P11": 17, "A11": 18, "m13": 20,
    "M13": 21,
}  # fmt: skip

# The next simpler quality, for a level that does not know one yet.
_SIMPLER = {
    "add9": "", "madd9": "m", "6": "", "m6": "m", "69": "6", "maj7": "", "maj9": "maj7",
    "maj7#11": "maj7", "7": "", "9": "7", "13": "9", "7b9": "7", "7#9": "7", "7#11": "7",
    "7b13": "7", "7alt": "7b9", "7sus4": "sus4", "9sus4": "7sus4", "13sus4": "9sus4",
    "m7": "m", "m9": "m7", "m11": "m9", "m7b5": "dim", "dim7": "dim", "mM7": "m", "sus2": "",
    "sus4": "", "5": "", "dim": "m", "aug": "", "m": "", "": "",
}  # fmt: skip

_NEAR_ROOTS: dict[str, Callable[[int], bool]] = {
    "Cb": lambda fifths: fifths <= -3,  # noqa: PLR2004 - three flats
    "E#": lambda fifths: fifths >= 4,  # noqa: PLR2004 - four sharps
}
"""Roots outside the scale that keys of so many accidentals still read."""
_SUFFIXES = {"69": "6/9", "mM7": "m(maj7)"}
_THIRDS = (3, 4)
_SUSPENDED = (2, 5)
_FIFTHS = (6, 7, 8)
_SEVENTHS = (9, 10, 11)


@dataclass(frozen=True, slots=True)
class Harmony:
    """A chord in a key."""

    token: str
    degree: str
    """Accidental and numeral of the root: "bVII"."""
    quality: str
    root: int
    """Pitch class."""
    bass: int
    """Pitch class."""
    intervals: tuple[int, ...]
    """Semitones above the root."""
    pitch_classes: tuple[int, ...]
    """In the order of the intervals; a foreign bass is not among them."""
    names: tuple[tuple[int, str], ...]
    """(pitch class, name) of every chord note and the bass."""
    symbol: str
    """As a player reads it: "Bbmaj7", "F#m7b5", "C/E"."""

    @property
    def third(self) -> int | None:
        """Pitch class of the third, or of the note that is suspended in its place."""
        return self._first(_THIRDS) if self._has(_THIRDS) else self._first(_SUSPENDED)

    @property
    def fifth(self) -> int:
        """Pitch class of the fifth, perfect where the chord leaves it out."""
        found = self._first(_FIFTHS)
        return (self.root + 7) % OCTAVE if found is None else found

    @property
    def seventh(self) -> int | None:
        """Pitch class of the seventh (or the sixth of a sixth chord)."""
        return self._first(_SEVENTHS)

    @property
    def is_dominant(self) -> bool:
        """A major third with a minor seventh (or a suspension of it)."""
        return 10 in self.intervals and 3 not in self.intervals  # noqa: PLR2004 - semitones

    @property
    def is_minor(self) -> bool:
        """A minor third."""
        return 3 in self.intervals  # noqa: PLR2004 - semitones

    def name_of(self, pc: int) -> str | None:
        """What the chord calls a pitch class; None for a stranger."""
        return next((name for each, name in self.names if each == pc), None)

    def _has(self, semitones: tuple[int, ...]) -> bool:
        return any(each in self.intervals for each in semitones)

    def _first(self, semitones: tuple[int, ...]) -> int | None:
        for each in self.intervals:
            if each in semitones:
                return (self.root + each) % OCTAVE
        return None


@cache
def read_token(token: str, key: str, quality: str | None = None) -> Harmony:
    """What a token means in a key; `quality` replaces the token's own.

    Raises:
        ComposeError: not a token, or an unknown quality.
    """
    found = CHORD.match(token)
    if not found:
        raise ComposeError(f'"{token}" is no chord: write it like II:m7, bVII or IV/V')
    accidental, numeral, own, bass_accidental, bass_numeral = found.groups()
    chosen = (own or "") if quality is None else quality
    if chosen not in QUALITIES:
        raise ComposeError(f'"{token}": the chord quality "{chosen}" is not known')
    root_name = degree_name(key, accidental, numeral)
    bass_name = degree_name(key, bass_accidental, bass_numeral) if bass_numeral else root_name
    intervals = QUALITIES[chosen]
    names = [_name_note(root_name, each, key) for each in intervals]
    named = {pitch_class(name): name for name in reversed([*names, bass_name])}
    symbol = root_name + _SUFFIXES.get(chosen, chosen)
    if bass_name != root_name:
        symbol += f"/{bass_name}"
    root = pitch_class(root_name)
    semitones = tuple(SEMITONES[each] for each in intervals)
    return Harmony(
        token=token,
        degree=accidental + numeral,
        quality=chosen,
        root=root,
        bass=pitch_class(bass_name),
        intervals=semitones,
        pitch_classes=tuple((root + each) % OCTAVE for each in semitones),
        names=tuple(sorted(named.items())),
        symbol=symbol,
    )


@cache
def degree_name(key: str, accidental: str, numeral: str) -> str:
    """The name of a degree of the major scale on a key's tonic, kept readable.

    Roots that nobody reads (double accidentals; E#, B#, Cb and Fb outside keys that have them)
    are called by their twins; in keys of many flats Cb is read more easily than B with its sharps,
    and E# likewise in keys of many sharps.
    """
    facts = read_key(key)
    plain, flat, sharp = _DEGREES[numeral]
    interval = {"": plain, "b": flat, "#": sharp}[accidental or ""]
    name = transpose_name(facts.tonic, interval)
    near = _NEAR_ROOTS.get(name)
    if near is not None and near(facts.fifths):
        return name
    if name in {"E#", "B#", "Cb", "Fb"} and name not in facts.names:
        return key_name_of("C", pitch_class(name), rising=True)
    return name


@cache
def reduce_quality(quality: str, known: frozenset[str]) -> str:
    """The nearest simpler quality that a level knows; a triad in the end."""
    while quality not in known and _SIMPLER[quality] != quality:
        # A minor chord stays minor even where the level's list forgets it.
        if quality == "m":
            return quality
        quality = _SIMPLER[quality]
    return quality


def _name_note(root: str, interval: str, key: str) -> str:
    """What a chord calls one of its notes.

    A raised ninth is read as a minor third where the key has that note or has flats: a player in
    D flat reads A flat over F7#9, not G sharp. In sharp keys the notes of the scale keep their
    names over a root that is called by its twin (Gdim7 in B: G A# C# E).
    """
    facts = read_key(key)
    plain = transpose_name(root, _simple(interval))
    if interval == "A9":
        third = transpose_name(root, "m3")
        return third if facts.fifths < 0 or pitch_class(third) in facts.scale else plain
    if facts.fifths > 0 and interval in {"m3", "d5", "d7"} and "b" in plain:
        pc = pitch_class(plain)
        return facts.names[facts.scale.index(pc)] if pc in facts.scale else plain
    return plain


def _simple(interval: str) -> str:
    """A compound interval's name within the octave: spelling does not ask for octaves."""
    number = int(interval[1:])
    return interval[0] + str(number - 7 if number > 8 else number)  # noqa: PLR2004 - an octave
