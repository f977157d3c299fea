"""Keys, scales, spelling and voice leading: the only door to music21's theory.

Everything is cached and comes out as plain ints and strings, so that composing never waits for
the library twice. Names are written "Bb", "F#", "Ebb"; pitches are MIDI numbers; pitch classes
count semitones from C. music21 is imported on first use: whoever only needs the values of this
module does not pay for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from exercises.chart import ComposeError

LETTERS = "CDEFGAB"
OCTAVE = 12
LETTER_PCS = (0, 2, 4, 5, 7, 9, 11)
KEY_NAMES = ("C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B")
"""What the keys of an octave are called out of any context."""
_FIFTHS = "FCGDAEB"
_KEY = re.compile(r"^([A-G])([#b]?)(m?)$")
_NAME = re.compile(r"^([A-G])(#{1,2}|b{1,2})?$")
_SPELLING = re.compile(r"^([A-G](?:#{1,2}|b{1,2})?)(-?\d+)$")
_MAX_ACCIDENTALS = 7

# Steps of the scales that a pack may name, as music21 interval names above the tonic.
SCALES: dict[str, tuple[str, ...]] = {
    "major": ("P1", "M2", "M3", "P4", "P5", "M6", "M7"),
    "minor": ("P1", "M2", "m3", "P4", "P5", "m6", "m7"),
    "harmonic minor": ("P1", "M2", "m3", "P4", "P5", "m6", "M7"),
    "melodic minor": ("P1", "M2", "m3", "P4", "P5", "M6", "M7"),
    "dorian": ("P1", "M2", "m3", "P4", "P5", "M6", "m7"),
    "mixolydian": ("P1", "M2", "M3", "P4", "P5", "M6", "m7"),
    "lydian": ("P1", "M2", "M3", "A4", "P5", "M6", "M7"),
    "phrygian": ("P1", "m2", "m3", "P4", "P5", "m6", "m7"),
    "major pentatonic": ("P1", "M2", "M3", "P5", "M6"),
    "minor pentatonic": ("P1", "m3", "P4", "P5", "m7"),
    "blues": ("P1", "m3", "P4", "d5", "P5", "m7"),
    "bebop": ("P1", "M2", "M3", "P4", "P5", "M6", "m7", "M7"),
}

# Spelling of a pitch outside the key, by its semitones above the tonic: sharpened on the way up,
# flattened on the way down, as every method book teaches it.
_RISING = {
    False: {1: "A1", 3: "A2", 6: "A4", 8: "A5", 10: "m7"},
    True: {1: "m2", 4: "M3", 6: "A4", 9: "M6", 11: "M7"},
}
_FALLING = {
    False: {1: "m2", 3: "m3", 6: "d5", 8: "m6", 10: "m7"},
    True: {1: "m2", 4: "M3", 6: "d5", 9: "M6", 11: "M7"},
}


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """A key in plain values."""

    name: str
    """Tonic and "m" for minor."""
    tonic: str
    tonic_pc: int
    minor: bool
    fifths: int
    """Sharps of the signature; flats are negative."""
    scale: tuple[int, ...]
    """Pitch classes of the signature's scale from the tonic up (natural minor)."""
    names: tuple[str, ...]
    """Their names."""


@cache
def key_fifths(name: str) -> int:
    """Sharps (flats negative) of a key's signature.

    Raises:
        ComposeError: no such key.
    """
    found = _KEY.match(name)
    if not found:
        raise ComposeError(f'there is no key "{name}": write a key like C, Bb or F#m')
    letter, accidental, minor = found.groups()
    fifths = _FIFTHS.index(letter) - 1 + 7 * ((accidental == "#") - (accidental == "b"))
    fifths -= 3 * bool(minor)
    if abs(fifths) > _MAX_ACCIDENTALS:
        raise ComposeError(f'the key "{name}" would need {abs(fifths)} accidentals; take its twin')
    return fifths


@cache
def read_key(name: str) -> KeyFacts:
    """All facts of a key.

    Raises:
        ComposeError: no such key.
    """
    fifths = key_fifths(name)
    minor = name.endswith("m")
    tonic = name.removesuffix("m")
    names = scale_names(tonic, "minor" if minor else "major")
    return KeyFacts(
        name=name,
        tonic=tonic,
        tonic_pc=pitch_class(tonic),
        minor=minor,
        fifths=fifths,
        scale=tuple(pitch_class(each) for each in names),
        names=names,
    )


@cache
def scale_names(tonic: str, scale: str) -> tuple[str, ...]:
    """The names of a scale's notes from the tonic up."""
    return tuple(transpose_name(tonic, interval) for interval in SCALES[scale])


@cache
def scale_pcs(tonic: str, scale: str) -> tuple[int, ...]:
    """The pitch classes of a scale from the tonic up."""
    return tuple(pitch_class(name) for name in scale_names(tonic, scale))


@cache
def transpose_name(name: str, interval: str) -> str:
    """The name an interval ("m3", "A4") above a name; double accidentals are respelled."""
    music21 = _music21()
    there = music21.interval.Interval(interval).transposePitch(_pitch21(name))
    if abs(there.accidental.alter if there.accidental else 0) > 1:
        there = there.simplifyEnharmonic()
    return str(there.name).replace("-", "b")


@cache
def pitch_class(name: str) -> int:
    """The pitch class of a name.

    Raises:
        ComposeError: not the name of a note.
    """
    if not _NAME.match(name):
        raise ComposeError(f'"{name}" is not the name of a note')
    return (LETTER_PCS[LETTERS.index(name[0])] + alteration(name)) % OCTAVE


def name_pitch(pitch: int) -> str:
    """A key by its usual name: 66 is "F♯4"."""
    return f"{KEY_NAMES[pitch % OCTAVE]}{pitch // OCTAVE - 1}"


def alteration(name: str) -> int:
    """Semitones that a name's accidentals add."""
    return name.count("#") - name.count("b")


@cache
def write_spelling(pitch: int, name: str) -> str:
    """The spelling with its octave of a MIDI pitch under a name: (70, "Bb") gives "Bb4".

    Raises:
        ComposeError: the name is not that pitch.
    """
    natural = pitch - alteration(name)
    if natural % OCTAVE != LETTER_PCS[LETTERS.index(name[0])]:
        raise ComposeError(f"pitch {pitch} cannot be called {name}")
    return f"{name}{natural // OCTAVE - 1}"


@cache
def read_spelling(spelling: str) -> int:
    """The MIDI pitch of a spelling: "Cb4" is 59.

    Raises:
        ComposeError: not a spelling.
    """
    found = _SPELLING.match(spelling)
    if not found:
        raise ComposeError(f'"{spelling}" is not a spelled pitch such as Bb4')
    name, octave = found.groups()
    natural = LETTER_PCS[LETTERS.index(name[0])]
    return natural + alteration(name) + OCTAVE * (int(octave) + 1)


@cache
def key_name_of(key: str, pc: int, *, rising: bool) -> str:
    """What a pitch class is called in a key where no chord explains it.

    Notes of the signature (in minor also the raised 6th and 7th) have the key's names; others
    are sharpened on the way up and flattened on the way down.
    """
    facts = read_key(key)
    if pc in facts.scale:
        return facts.names[facts.scale.index(pc)]
    above = (pc - facts.tonic_pc) % OCTAVE
    table = _RISING if rising else _FALLING
    return transpose_name(facts.tonic, table[facts.minor][above])


@cache
def leading_faults(upper: tuple[int, int], lower: tuple[int, int]) -> tuple[str, ...]:
    """What is wrong when two voices move from one pair of MIDI pitches to the next.

    Of: "parallel fifth", "parallel octave", "parallel unison", "hidden fifth", "hidden octave"
    (both voices leap or run the same way into a perfect interval), "crossing". The judgement is
    music21's VoiceLeadingQuartet.
    """
    music21 = _music21()
    pitches = [music21.note.Note(pitch) for pitch in (*upper, *lower)]
    quartet = music21.voiceLeading.VoiceLeadingQuartet(*pitches)
    found = {
        "parallel fifth": quartet.parallelFifth(),
        "parallel octave": quartet.parallelOctave(),
        "parallel unison": quartet.parallelUnison(),
        "hidden fifth": quartet.hiddenFifth(),
        "hidden octave": quartet.hiddenOctave(),
        "crossing": quartet.voiceCrossing(),
    }
    return tuple(name for name, wrong in found.items() if wrong)


def hear_key(notes: Iterable[tuple[int, float]]) -> str:
    """The key that notes are heard in, given as (MIDI pitch, quarter notes): "Bb" or "F#m".

    The judgement is music21's analysis of how long each pitch class sounds, by the profiles of
    Aarden and Essen.
    """
    music21 = _music21()
    stream = music21.stream.Stream()
    for pitch, length in notes:
        stream.append(music21.note.Note(pitch, quarterLength=length))
    # `stream.analyze` says the same, and builds a key with its scale for each of the other 23.
    (tonic, mode, _), _ = music21.analysis.discrete.AardenEssen().process(stream)
    return str(tonic.name).replace("-", "b") + ("m" if mode == "minor" else "")


def _pitch21(name: str) -> Any:  # noqa: ANN401 - music21 has no types
    return _music21().pitch.Pitch(name.replace("b", "-"))


@cache
def _music21() -> Any:  # noqa: ANN401 - music21 has no types
    import music21  # noqa: PLC0415 - a third of a second, paid only by whoever composes

    return music21
