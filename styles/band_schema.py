"""What a pack says of its rhythm section: drum patterns, fills, bass idioms, kit and instrument.

A drum line is a tab: its signs divide the pattern's length evenly, "X" is an accent, "x" a normal
stroke, "o" a soft one, "g" a ghost, "." nothing; spaces and bars ("|") are for the eye. Sixteen
signs over four quarter notes are sixteenths, twelve are triplet eighths.
"""

from __future__ import annotations

import msgspec

from styles.strict import Strict


class DrumPattern(Strict, frozen=True, kw_only=True):
    """A groove of one or more bars, or of a part of a bar that is repeated."""

    name: str
    level: int = 1
    """The lowest level of the player's chart that has it."""
    intensity: int = 2
    """1 sparse (first phrases, ballads), 2 the usual, 3 full (choruses, last phrases)."""
    weight: float = 1.0
    length: str
    """In quarter notes."""
    lines: dict[str, str]
    """Instrument (see `styles.band_tokens.DRUMS`) to tab."""
    meters: tuple[str, ...] = ()
    """Metres it fits; empty means every simple metre that it fills evenly; compound metres are
    always named."""
    clave: str = ""
    """"2-3" or "3-2" where it belongs to one side of the clave, which a chart keeps throughout."""


class DrumFill(Strict, frozen=True, kw_only=True):
    """What the drums play at the end of a phrase instead of the groove."""

    name: str
    level: int = 1
    weight: float = 1.0
    length: str
    """In quarter notes, a bar at most; it ends with the bar."""
    lines: dict[str, str]
    meters: tuple[str, ...] = ()
    over: bool = False
    """Whether it is laid over the groove and not in its place."""


class BassPattern(Strict, frozen=True, kw_only=True):
    """A bass idiom: `events` are "offset:duration:role" separated by spaces.

    Times are quarter notes as in the patterns of the hands. Roles: R root (the chord's bass), 3 5
    6 7 8 degrees of the chord above it, 5- the fifth below, W a chord tone on the way to the next
    root, A an approach note into it, N the next chord's root ahead of time, x a dead note; "!"
    after a role is an accent, "?" a soft note. A note may sound past the end of the pattern.
    """

    name: str
    level: int = 1
    intensity: int = 2
    weight: float = 1.0
    length: str
    events: str
    meters: tuple[str, ...] = ()
    clave: str = ""


class RhythmSection(Strict, frozen=True, kw_only=True):
    """Drums and bass beside the player's chart."""

    kit: str = "standard"
    """standard, room, power, electronic, 808, jazz, brush or orchestra."""
    instrument: str = "fingered"
    """acoustic, fingered, picked, fretless, slap, synth or sub."""
    form_mark: str = "crash"
    """The instrument on the first beat of a section; empty for none."""
    approach: str = "diatonic"
    """diatonic or chromatic: from where the bass leads into the next root."""
    human: bool = True
    """Whether strokes vary a little in loudness; machines do not."""
    ending: dict[str, str] = msgspec.field(default_factory=lambda: {"kick": "X", "crash": "X"})
    """Instrument to one sign: what is struck with the last chord."""
    drums: tuple[DrumPattern, ...] = ()
    """None at all: the style is played without drums."""
    fills: tuple[DrumFill, ...] = ()
    bass: tuple[BassPattern, ...] = ()
