"""Chords as numbers, the way Nashville's studios write them, and numbers as chords.

A number is the place of the root in the major scale: "1", "4", "b7". A minor key is written in its
relative major, its tonic being "6-": in the studios a chart never says whether the key is minor
(the other school, with "1-", changes every number when a song turns to its relative major in the
bridge). A plain number is a major triad, a dash makes it minor. Figures that would run into the
number are raised ("5⁷"), and an inversion or foreign bass follows a slash ("1/3").
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from exercises.chart import ComposeError
from exercises.code import KEYS
from exercises.harmony import Harmony, read_token
from exercises.score.symbols import read_symbol
from exercises.theory import OCTAVE, pitch_class

if TYPE_CHECKING:
    from fractions import Fraction

    from exercises.chart import Chart, Chord

DEGREES = ("1", "b2", "2", "b3", "3", "4", "b5", "5", "b6", "6", "b7", "7")
"""By semitones above the tonic."""
_SHARP = {1: "#1", 3: "#2", 6: "#4", 8: "#5"}
"""Diminished chords lead upwards, and so do their names."""
_UPWARDS = frozenset({"dim", "dim7", "m7b5"})
SUFFIXES = {
    "": "", "m": "-", "dim": "°", "aug": "+", "5": "⁵", "sus2": "sus2", "sus4": "sus",
    "add9": "add9", "madd9": "-add9", "6": "⁶", "m6": "-6", "69": "⁶⁹", "maj7": "maj7",
    "maj9": "maj9", "maj7#11": "maj7#11", "7": "⁷", "9": "⁹", "13": "¹³", "7b9": "⁷b9",
    "7#9": "⁷#9", "7#11": "⁷#11", "7b13": "⁷b13", "7alt": "⁷alt", "7sus4": "⁷sus",
    "9sus4": "⁹sus", "13sus4": "¹³sus", "m7": "-7", "m9": "-9", "m11": "-11", "m7b5": "-7b5",
    "dim7": "°7", "mM7": "-maj7",
}  # fmt: skip
"""What follows the number for each chord quality."""
PUSH = "<"
"""Before a number: struck half a beat before it is written."""
_QUALITY_OF = {suffix: quality for quality, suffix in SUFFIXES.items()}
_NUMBER = re.compile(r"^<?([b#]?)([1-7])([^/]*)(?:/([b#]?)([1-7]))?$")
_NUMERALS = ("I", "II", "III", "IV", "V", "VI", "VII")


@cache
def number_chord(symbol: str, key: str) -> str:
    """The number of a chord symbol in a key: "Dm7" in C is "2-7", "Am" in Am is "6-".

    Raises:
        ComposeError: not a chord symbol, or an unknown quality.
    """
    read = read_symbol(symbol)
    if read.quality is None:
        raise ComposeError(f'"{symbol}" has no number: its quality is not known')
    home = pitch_class(relative_major(key))
    text = _name_degree(pitch_class(read.root) - home, upwards=read.quality in _UPWARDS)
    text += SUFFIXES[read.quality]
    if read.bass is not None:
        text += "/" + _name_degree(pitch_class(read.bass) - home, upwards=False)
    return text


@cache
def read_number(text: str, key: str) -> Harmony | None:
    """The chord of a number in a key; None where the text is no number."""
    found = _NUMBER.match(text.replace("♭", "b").replace("♯", "#"))
    if not found or found[3] not in _QUALITY_OF:
        return None
    token = found[1] + _NUMERALS[int(found[2]) - 1]
    quality = _QUALITY_OF[found[3]]
    token += f":{quality}" if quality else ""
    if found[5]:
        token += f"/{found[4]}{_NUMERALS[int(found[5]) - 1]}"
    return read_token(token, relative_major(key))


def print_number(text: str) -> str:
    """A number with the signs of flat and sharp: "b7" gives "♭7"."""
    return text.replace("b", "♭").replace("#", "♯")


def slash_kind(chart: Chart, onset_ql: Fraction) -> str:
    """The kind of the slash that begins at a time; empty where none does."""
    return next((each.kind for each in chart.slashes if each.onset_ql == onset_ql), "")


def write_number(chart: Chart, chord: Chord) -> str:
    """A chord of a number chart as it is printed, with the sign of its push."""
    sign = PUSH if slash_kind(chart, chord.onset_ql) == "push" else ""
    return sign + print_number(number_chord(chord.symbol, chart.drill.key))


def relative_major(key: str) -> str:
    """The major key of the same signature: "Am" gives "C"."""
    if not key.endswith("m"):
        return key
    pc = (pitch_class(key.removesuffix("m")) + 3) % OCTAVE
    majors = [each for each in KEYS if not each.endswith("m") and pitch_class(each) == pc]
    flat = "b" in key or (key[0] in "CDFG" and "#" not in key)
    return next((each for each in majors if ("b" in each) == flat), majors[0])


def _name_degree(semitones: int, *, upwards: bool) -> str:
    place = semitones % OCTAVE
    return _SHARP.get(place, DEGREES[place]) if upwards else DEGREES[place]
