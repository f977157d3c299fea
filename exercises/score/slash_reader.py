"""Slashes and numbers read back from a score."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import msgspec

from exercises.chart import Chord, Slash
from exercises.numbers import PUSH, read_number

if TYPE_CHECKING:
    from collections.abc import Sequence

_HEADS = {"slash": "beat", "diamond": "diamond"}


def read_slash(
    head: Any,  # noqa: ANN401 - music21 has no types
    place: tuple[Fraction, int, int],
    length: Fraction,
    slashes: list[Slash],
) -> None:
    """Add an unpitched head to the slashes, or its length to the one that it is tied to.

    A head that is neither slash nor diamond is a drum or a spoken word, and left out.
    """
    onset, staff, _ = place
    kind = _HEADS.get(str(head.notehead))
    if kind is None or not length:
        return
    if kind == "beat" and head.stemDirection != "noStem":
        kind = "kick"
    if head.tie is not None and head.tie.type in {"stop", "continue"}:
        for index in range(len(slashes) - 1, -1, -1):
            each = slashes[index]
            if each.staff == staff and each.onset_ql + each.duration_ql == onset:
                whole = each.duration_ql + length
                slashes[index] = msgspec.structs.replace(each, duration_ql=whole)
                return
    slashes.append(Slash("", onset, length, kind, staff))


def is_slash(element: Any) -> bool:  # noqa: ANN401 - music21 has no types
    """Whether an element of a score is a slash or a diamond."""
    return not hasattr(element, "pitch") and str(getattr(element, "notehead", "")) in _HEADS


def is_number(element: Any, measure: Any) -> bool:  # noqa: ANN401 - music21 has no types
    """Whether words over slashes are a number, which is read as a chord."""
    if type(element).__name__ != "TextExpression":
        return False
    slashed = any(map(is_slash, measure.recurse().notes))
    return slashed and read_number(str(element.content), "C") is not None


def numbered(
    words: Sequence[tuple[Fraction, str]],
    key: str,
    slashes: list[Slash],
    chords: list[Chord],
) -> None:
    """Read the numbers over slashes as chords, and the pushes that they name.

    Only where no chord symbol stands, and slashes do: elsewhere a number is a word.
    """
    if chords or not slashes:
        return
    for onset, text in words:
        harmony = read_number(text, key)
        if harmony is None:
            continue
        pitches = tuple(dict.fromkeys((*harmony.pitch_classes, harmony.bass)))
        chords.append(
            Chord(onset, Fraction(0), harmony.symbol, harmony.root, harmony.bass, pitches)
        )
        if text.startswith(PUSH):
            for index, each in enumerate(slashes):
                if each.onset_ql == onset and each.kind == "beat":
                    slashes[index] = msgspec.structs.replace(each, kind="push")
