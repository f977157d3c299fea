"""The ten levels: how hard a chart may be to read. The figures stand in levels.toml.

Levels say what is hard to read, styles what it sounds like. They follow the order in which the
examining boards and method books bring things in ("about Grade 3" is a comparison, no claim of
equivalence); densities and shares are design figures.
"""

from __future__ import annotations

import tomllib
from fractions import Fraction
from functools import cache
from pathlib import Path

import msgspec

from exercises.chart import ComposeError

LOWEST = 1
HIGHEST = 10
_LETTERS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}


class Level(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One level. Lengths are quarter notes, intervals semitones, shares 0 to 1."""

    number: int
    about: str
    """The examination that reads about as hard."""
    tier: str
    """Which rhythm cells it draws from: A, B or C (with those before)."""
    summary: str
    """One line for the player."""
    max_accidentals: int
    """Sharps or flats of the key signature, at most."""
    keys: tuple[str, ...]
    """Keys that may come up; empty means every key within the accidentals."""
    meters: tuple[str, ...]
    """Metres that may come up; empty means any."""
    bars: tuple[int, int]
    """Fewest and most full bars."""
    kinds: tuple[str, ...]
    """Kinds of chart that can be read: grand, lead, comping, number, bass, pads."""
    texture: str
    """one hand (each phrase in one hand), alternate (or one held note below), together (left hand
    in halves or blocked chords), pattern (moving left hand), independent."""
    five_finger: bool = False
    """Whether each hand stays in one five-finger position."""
    raised_seventh: bool = False
    """Whether minor keys raise their seventh (and sixth on the way up); counts as of the key."""
    free_interval: int
    """Melodic intervals up to this are free."""
    max_interval: int
    """The largest melodic interval."""
    leap_share: float
    """Largest share of melodic intervals above `free_interval`."""
    right_range: tuple[int, int]
    """Lowest and highest MIDI pitch of the right hand."""
    left_range: tuple[int, int]
    """The same of the left."""
    durations: tuple[Fraction, ...]
    """Note lengths that may be written, tied ones counted in whole; empty means any; 0 is a grace
    note."""
    rests: tuple[Fraction, ...]
    """Rests that may be written; a whole bar's rest always may; empty means no other (up to level
    8) or any (from level 9)."""
    ties: bool = False
    anticipation: bool = False
    """Whether a note may begin an eighth before the beat or bar line and be held over it."""
    pickup: bool = False
    triplets: str = "none"
    """none, swing (triplet eighths in swing styles) or all."""
    sixteenth_syncopation: str = "none"
    """none, some (short-long-short inside a beat, tied first sixteenth) or all."""
    roads: tuple[str, ...] = ()
    """What of a road map may come up: repeat (with endings), vamp, fine (D.C. or D.S. al Fine),
    coda (D.S. or D.C. al Coda), cue (where the drummer fills)."""
    meter_changes: bool = False
    modulation: bool = False
    chromatic_share: float
    """Largest share of melody notes outside the key."""
    chromatic_notes: int | None = None
    """Largest number of melody notes outside the key."""
    syncopated_share: float
    """Largest share of syncopated onsets."""
    tempo: tuple[int, int]
    """Beats a minute of the notated beat."""
    dynamics: tuple[str, ...]
    articulations: tuple[str, ...]
    marks: tuple[str, ...]
    right_notes: int
    """Notes at once in the right hand, at most."""
    left_notes: int
    span: int
    """Widest distance inside one hand at once; more is rolled or broken."""
    onsets_per_s: float
    """Most onsets a second of both hands, over any two beats."""
    notes_per_s: float
    """Most notes a second of both hands, over any two beats."""
    show_chords: bool = False
    """Whether chord symbols are read."""

    def allows_key(self, key: str, accidentals: int) -> bool:
        """Whether a key with so many sharps or flats may come up."""
        return accidentals <= self.max_accidentals and (not self.keys or key in self.keys)

    def allows_meter(self, meter: str) -> bool:
        """Whether a metre may come up."""
        return not self.meters or meter in self.meters

    def allows_duration(self, duration_ql: Fraction) -> bool:
        """Whether a note may be so long."""
        return not self.durations or duration_ql in self.durations


@cache
def load_levels() -> dict[int, Level]:
    """All levels by number, 1 to 10."""
    table = tomllib.loads(Path(__file__).with_name("levels.toml").read_text("utf-8"))
    for row in table["level"]:
        for name in ("right_range", "left_range"):
            row[name] = tuple(_read_pitch(pitch) for pitch in row[name])
    levels = msgspec.convert(table["level"], list[Level], dec_hook=_read_fraction)
    return {level.number: level for level in levels}


def level(number: int) -> Level:
    """One level.

    Raises:
        ComposeError: there is no such level.
    """
    found = load_levels().get(number)
    if found is None:
        raise ComposeError(f"there is no level {number}; levels go from {LOWEST} to {HIGHEST}")
    return found


def _read_pitch(text: str) -> int:
    """The MIDI number of a natural with its octave; C4 is 60."""
    return _LETTERS[text[0]] + 12 * (int(text[1:]) + 1)


def _read_fraction(kind: type, value: object) -> Fraction:
    if kind is Fraction and isinstance(value, str):
        return Fraction(value)
    raise NotImplementedError(kind.__name__)
