"""The small languages of a pack: chords, lengths, rhythm cells and patterns.

Everything is read into frozen values of `Fraction` quarter lengths. What cannot be read raises
StyleError with the offending word.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import pairwise

from styles.schema import StyleError

CHORD = re.compile(
    r"^([b#]?)(VII|VI|V|IV|III|II|I)(?::([^/]+))?(?:/([b#]?)(VII|VI|V|IV|III|II|I))?$"
)
_LENGTH = re.compile(r"^(?:(\d*\.?\d+)|(\d+)/(\d+)|(\d*)t(\d*)(?:/(\d+))?)$")

QUALITIES = frozenset(
    (
        "", "m", "dim", "aug", "5", "sus2", "sus4", "add9", "madd9", "6", "m6", "69", "maj7",
        "maj9", "maj7#11", "7", "9", "13", "7b9", "7#9", "7#11", "7b13", "7alt", "7sus4",
        "9sus4", "13sus4", "m7", "m9", "m11", "m7b5", "dim7", "mM7",
    )
)  # fmt: skip
"""Chord qualities that the composer knows; the empty one is the major triad."""

ROLES = frozenset(
    (
        "R", "R+", "1", "3", "b3", "4", "5", "6", "8", "9", "10", "b7", "R5", "R6", "R7", "R10",
        "C", "S", "V", "O", "c", "L", "M", "H", "l", "r", "g", "A",
    )
)  # fmt: skip
"""What an event of a pattern may play; see `styles.schema.Pattern`."""

RIGHT_ROLES = frozenset(
    (
        "C", "V", "c", "O", "L", "M", "H", "l", "r", "g", "1", "3", "5", "6", "8", "b7", "9",
    )
)  # fmt: skip
"""What an event of the right hand of a groove may play."""


@dataclass(frozen=True, slots=True)
class CellNote:
    """One value of a rhythm cell."""

    duration_ql: Fraction
    rest: bool = False
    tied: bool = False
    """Held over from the note before."""


@dataclass(frozen=True, slots=True)
class PatternEvent:
    """One event of a pattern."""

    offset_ql: Fraction
    """From the beginning of the pattern."""
    duration_ql: Fraction
    role: str
    """Empty for a rest."""


@cache
def read_length(text: str) -> Fraction:
    """Read a length in quarter notes: "1", ".5", "3/2", "t" (1/3), "2t" or "t2" (2/3), "t/2".

    Raises:
        StyleError: not a length, or not longer than nothing.
    """
    found = _LENGTH.match(text)
    if not found:
        raise StyleError(f"'{text}' is no length; write 1, .5, 3/2, t or 2t")
    decimal, over, under, before, after, split = found.groups()
    if decimal:
        length = Fraction(decimal)
    elif over:
        length = Fraction(int(over), max(1, int(under)))
    else:
        length = Fraction(int(before or after or 1), 3 * max(1, int(split or 1)))
    if length <= 0:
        raise StyleError(f"'{text}' is no length: it must be longer than 0")
    return length


@cache
def read_offset(text: str) -> Fraction:
    """Read a place in a pattern: a length, or 0."""
    return Fraction(0) if text in {"0", "0.0"} else read_length(text)


@cache
def read_cell(values: str) -> tuple[CellNote, ...]:
    """Read a rhythm cell.

    Raises:
        StyleError: empty, or a value that is no length.
    """
    notes = tuple(
        CellNote(read_length(word.lstrip("-~")), word.startswith("-"), word.startswith("~"))
        for word in values.split()
    )
    if not notes:
        raise StyleError("the cell is empty")
    return notes


@cache
def read_pattern(events: str, *, right: bool = False) -> tuple[PatternEvent, ...]:
    """Read the events of a pattern, in order of time; `right` takes the right hand's roles.

    Raises:
        StyleError: empty, an event that cannot be read, or one that begins before the one before.
    """
    roles = RIGHT_ROLES if right else ROLES
    read = tuple(_read_event(word, roles) for word in events.split())
    if not read:
        raise StyleError("the pattern is empty")
    for one, two in pairwise(read):
        if two.offset_ql < one.offset_ql:
            raise StyleError(
                f"the event at {two.offset_ql} stands after the one at {one.offset_ql}"
            )
    return read


def _read_event(word: str, roles: frozenset[str]) -> PatternEvent:
    parts = word.removeprefix("-").split(":")
    if word.startswith("-"):
        parts.append("")
    if len(parts) != 3:  # noqa: PLR2004 - offset, duration, role
        raise StyleError(f"'{word}' is no event; write offset:duration:role or -offset:duration")
    offset, duration, role = parts
    if role and role not in roles:
        raise StyleError(f"'{word}': '{role}' is no role; known are {', '.join(sorted(roles))}")
    return PatternEvent(read_offset(offset), read_length(duration), role)


@cache
def check_chord(token: str) -> None:
    """Refuse a token that is no chord.

    Raises:
        StyleError: not `DEGREE[:quality][/BASSDEGREE]`, or an unknown quality.
    """
    found = CHORD.match(token)
    if not found:
        raise StyleError(f"'{token}' is no chord; write it like II:m7, bVII or IV/V")
    if (found.group(3) or "") not in QUALITIES:
        raise StyleError(f"'{token}': '{found.group(3)}' is no chord quality")


@cache
def read_chords(bars: str) -> tuple[tuple[str, ...], ...]:
    """Split a progression into the chord tokens of each bar.

    Raises:
        StyleError: an empty bar or a token that is no chord.
    """
    read = tuple(tuple(bar.split()) for bar in bars.split("|"))
    for number, bar in enumerate(read, 1):
        if not bar:
            raise StyleError(f"bar {number} is empty")
        for token in bar:
            check_chord(token)
    return read
