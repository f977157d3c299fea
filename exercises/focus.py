"""Focus: the one element that a drill's chart leans on, for practice of a weak spot.

A focus is an element, with a detail after a colon where the element needs one: "accidentals",
"interval:6", "rhythm:.75 .25", "chords:m7b5". It never asks for what its level does not read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from exercises.chart import ComposeError
from exercises.levels import Level, load_levels
from styles.schema import StyleError
from styles.tokens import QUALITIES, read_cell

if TYPE_CHECKING:
    from styles.schema import Style

INTERVALS = range(2, 9)
"""A second to an octave, by the name that a reader gives it."""
SMALLEST = {2: 1, 3: 3, 4: 5, 5: 7, 6: 8, 7: 10, 8: 12}
"""The smallest perfect, major or minor size of an interval in semitones."""
LEAP = 5
"""A leap is a fourth or more."""
_LEAP_SHARE = 0.1
"""What a level must allow before leaps can be leant on."""
_PUSHED_SHARE = 0.1
"""The same of syncopation: less than this is one note or two."""
_COLOUR_SHARE = 0.05
_MAJOR = "maj"
"""How the plain major triad is asked for."""
_LONGEST_CELL = 4
_MOST_LETTERS = 40
_SIXTEENTH = Fraction(1, 4)


@dataclass(frozen=True)
class Element:
    """Something that a chart can lean on."""

    summary: str
    """For the player."""
    detail: str = ""
    """What stands after the colon; empty where nothing does."""
    readable: Callable[[Level], bool] = lambda _: True
    """Whether a level reads it at all."""
    tune: bool = False
    """Whether it is found in a melody, which comping and number charts have not."""


def _has_triplets(row: Level) -> bool:
    return row.triplets == "all"


# The order is part of every share code: the table may only grow at its end.
ELEMENTS: dict[str, Element] = {
    "accidentals": Element(
        "the sharps or flats of the key signature",
        readable=lambda row: row.max_accidentals > 0,
    ),
    "rhythm": Element("a rhythm cell", detail="a cell, as in rhythm:.75 .25"),
    "interval": Element(
        "a melodic interval, 2 to 8", detail="2 to 8, as in interval:6", tune=True
    ),
    "ledger": Element("notes on ledger lines", tune=True),
    "left": Element("a busy left hand", readable=lambda row: row.number > 1),
    "chords": Element(
        "chords of one quality", detail="a quality, as in chords:m7b5 (maj for a major triad)"
    ),
    "ties": Element("tied notes", readable=lambda row: row.ties),
    "rests": Element("rests", readable=lambda row: bool(row.rests) or not row.durations),
    "triplets": Element("triplets", readable=_has_triplets),
    "leaps": Element(
        "leaps of a fourth and more",
        readable=lambda row: row.max_interval >= LEAP and row.leap_share >= _LEAP_SHARE,
        tune=True,
    ),
    "syncopation": Element(
        "notes off the beat that are held over it",
        readable=lambda row: row.syncopated_share >= _PUSHED_SHARE,
    ),
    "sixteenths": Element(
        "sixteenth notes", readable=lambda row: row.allows_duration(_SIXTEENTH)
    ),
    "dotted": Element(
        "dotted notes",
        readable=lambda row: row.allows_duration(Fraction(3, 2)),
    ),
    "chromatic": Element(
        "notes outside the key",
        readable=lambda row: row.chromatic_share >= _COLOUR_SHARE,
        tune=True,
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Focus:
    """What a chart leans on."""

    element: str
    """A key of `ELEMENTS`."""
    detail: str = ""

    @property
    def text(self) -> str:
        """As it is written: "interval:6"."""
        return f"{self.element}:{self.detail}" if self.detail else self.element

    @property
    def quality(self) -> str:
        """The chord quality of `chords`, as `exercises.harmony` calls it."""
        return "" if self.detail == _MAJOR else self.detail

    @property
    def number(self) -> int:
        """The interval of `interval`: 3 is a third."""
        return int(self.detail)


def read_focus(text: str) -> Focus:
    """Read a focus, whatever its spaces and capitals.

    Raises:
        ComposeError: no element, or a detail that does not fit it.
    """
    name, colon, rest = text.partition(":")
    element, detail = name.strip().lower(), " ".join(rest.split())
    known = ELEMENTS.get(element)
    if known is None:
        raise ComposeError(f"there is no focus '{text}'; take one of {', '.join(ELEMENTS)}")
    if bool(known.detail) != bool(detail) or (colon and not known.detail):
        wanted = f"needs {known.detail}" if known.detail else "stands alone, without a colon"
        raise ComposeError(f"the focus '{element}' {wanted}")
    if len(detail) > _MOST_LETTERS:
        raise ComposeError(f"the focus '{element}' is too long; ask for one thing")
    readers = {"rhythm": _read_cell, "interval": _read_interval, "chords": _read_quality}
    return Focus(element, readers[element](detail)) if element in readers else Focus(element)


def _read_cell(detail: str) -> str:
    try:
        cell = read_cell(detail)
    except StyleError as error:
        raise ComposeError(
            f"the focus 'rhythm:{detail}': {error}; write quarter lengths, as in .75 .25"
        ) from error
    total = sum((note.duration_ql for note in cell), Fraction(0))
    whole = total.denominator == 1 or (total / Fraction(3, 2)).denominator == 1
    if not whole or total > _LONGEST_CELL:
        raise ComposeError(
            f"the focus 'rhythm:{detail}' adds up to {total} quarter notes; "
            "a cell fills 1 to 4 beats (of 3/2 in 6/8)"
        )
    if all(note.rest for note in cell):
        raise ComposeError(f"the focus 'rhythm:{detail}' has no note; ask for 'rests'")
    return detail


def _read_interval(detail: str) -> str:
    if not detail.isdecimal() or int(detail) not in INTERVALS:
        raise ComposeError(
            f"the focus 'interval:{detail}' is no interval; take 2 (a second) to 8 (an octave)"
        )
    return str(int(detail))


def _read_quality(detail: str) -> str:
    if detail != _MAJOR and detail not in QUALITIES:
        known = ", ".join(sorted(QUALITIES - {""}))
        raise ComposeError(f"the focus 'chords:{detail}' is no chord quality; take maj, {known}")
    return detail


def check_focus(focus: Focus, style: Style, row: Level, *, kind: str, hands: str) -> None:
    """Refuse a focus that a style, a level or a kind of chart has no room for.

    Raises:
        ComposeError: above the level (it says from where on), strange to the style, or without
            a hand or a melody to be in.
    """
    element = ELEMENTS[focus.element]
    if element.tune and kind in {"comping", "number"}:
        raise ComposeError(f"a {kind} chart has no melody for the focus '{focus.text}'")
    if focus.element == "left" and (hands != "both" or kind not in {"grand", "comping"}):
        raise ComposeError("the focus 'left' needs a chart for both hands")
    if not _reads(focus, style, row):
        first = [each for each in load_levels().values() if _reads(focus, style, each)]
        if not first:
            raise ComposeError(f"{style.name} has no {focus.text} at any level; take another focus")
        raise ComposeError(
            f"the focus '{focus.text}' is above level {row.number} in {style.name}; "
            f"it comes in at level {first[0].number}"
        )


def _reads(focus: Focus, style: Style, row: Level) -> bool:
    """Whether a level of a style reads the element in this form."""
    if focus.element == "interval":
        size = SMALLEST[focus.number]
        return size <= row.max_interval and (size <= row.free_interval or row.leap_share > 0)
    if focus.element == "rhythm":
        return reads_cell(focus.detail, style, row)
    if focus.element == "chords":
        known = {"", "m"}
        known.update(q for each in style.vocabulary if each.level <= row.number
                     for q in each.qualities)  # fmt: skip
        return focus.quality in known
    if focus.element == "triplets":
        return row.triplets == "all" or (row.triplets == "swing" and style.feel.swing is not None)
    return ELEMENTS[focus.element].readable(row)


def reads_cell(detail: str, style: Style, row: Level) -> bool:
    """Whether every value of a cell is read at a level, and what it holds over the beat."""
    # The composer's own judgement of cells; whoever only reads codes does not pay for it.
    from exercises.compose.cells import is_allowed, plain_rhythm  # noqa: PLC0415

    if not is_allowed(plain_rhythm(detail), row, swing=style.feel.swing is not None):
        return False
    return row.syncopated_share >= _PUSHED_SHARE or not _pushes(detail)


def _pushes(detail: str) -> bool:
    """Whether a note of a cell begins off the beat and is held over the next one."""
    cell = read_cell(detail)
    total = sum((note.duration_ql for note in cell), Fraction(0))
    beat = Fraction(1) if total.denominator == 1 else Fraction(3, 2)
    if cell[0].tied:
        return True
    at = Fraction(0)
    for note in cell:
        if at % beat and not note.rest and at % beat + note.duration_ql > beat:
            return True
        at += note.duration_ql
    return False


def is_rhythmic(focus: Focus) -> bool:
    """Whether the focus asks for rhythms, which are practised slowly."""
    return focus.element in {"rhythm", "triplets", "syncopation", "sixteenths", "ties"}


def fits_meter(focus: Focus, meter: str) -> bool:
    """Whether a metre has room for the focus: a cell of quarters, or of dotted quarters."""
    top, bottom = (int(part) for part in meter.split("/"))
    compound = bottom >= 8 and top % 3 == 0  # noqa: PLR2004
    if focus.element == "rhythm":
        total = sum((note.duration_ql for note in read_cell(focus.detail)), Fraction(0))
        beat = Fraction(3, 2) if compound else Fraction(1)
        simple = bottom in {2, 4} or compound
        return simple and total <= Fraction(4 * top, bottom) and (total / beat).denominator == 1
    if focus.element in {"triplets", "dotted"}:
        return bottom in {2, 4}
    return True


def lean_keys(
    focus: Focus | None, keys: Mapping[str, float], accidentals: Callable[[str], int]
) -> dict[str, float]:
    """The keys a focus likes, weighed: with `accidentals` only those that have some."""
    if focus is None or focus.element != "accidentals":
        return dict(keys)
    return {key: weight * accidentals(key) for key, weight in keys.items() if accidentals(key)}
