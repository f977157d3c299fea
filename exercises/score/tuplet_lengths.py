"""Tuplets whose lengths a program rounded, made exact again in a MusicXML document."""

from __future__ import annotations

from fractions import Fraction
from math import lcm
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_WHOLE_QL = 4
_TYPES = {
    name: Fraction(_WHOLE_QL, 2**power)
    for power, name in enumerate(("whole", "half", "quarter", "eighth", "16th", "32nd", "64th"))
}
_FINEST = 100_800
"""No file divides the quarter note finer; a factor beyond is a sign of damage."""


def mend_lengths(root: Element) -> bool:
    """Give tuplet notes the lengths that their looks say, where a file could only come near.

    With 256 divisions to the quarter note a triplet of sixteenths is written as 42, 43 and 43.
    All lengths are scaled so that 42 2/3 can be written; sums, and so the bars, stay the same.

    Args:
        root: of a part-wise document; changed in place.

    Returns:
        Whether anything was changed.
    """
    rounded: list[tuple[Element, Fraction]] = []
    for part in root.iter("part"):
        divisions = 1
        for element in part.iter():
            if element.tag == "divisions":
                divisions = int(element.text or "1")
            elif element.tag == "note" and (exact := _exact_length(element, divisions)):
                rounded.append(exact)
    factor = lcm(*(length.denominator for _, length in rounded))
    if not rounded or factor > _FINEST:
        return False
    for tag in ("divisions", "duration", "offset"):
        for element in root.iter(tag):
            element.text = _scale(element.text, factor)
    for element, length in rounded:
        element.text = str(length * factor)
    return True


def _exact_length(note: Element, divisions: int) -> tuple[Element, Fraction] | None:
    """The <duration> of a rounded tuplet note with what it should be, in divisions."""
    duration = note.find("duration")
    change = note.find("time-modification")
    kind = _TYPES.get(note.findtext("type", ""))
    if duration is None or change is None or kind is None:
        return None
    actual = Fraction(change.findtext("actual-notes", "1"))
    normal = Fraction(change.findtext("normal-notes", "1"))
    dots = 2 - Fraction(1, 2 ** len(note.findall("dot")))
    length = kind * dots * divisions * normal / actual
    written = Fraction(duration.text or "0")
    rounded = length.denominator > 1 and abs(length - written) < 1
    return (duration, length) if rounded else None


def _scale(text: str | None, factor: int) -> str:
    value = Fraction((text or "0").strip()) * factor
    return str(value) if value.denominator == 1 else f"{float(value):.6f}"
