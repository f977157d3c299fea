"""Chord symbols as MusicXML harmony: root, kind, degrees and bass, printed as players read them.

The kinds are those of the MusicXML 4.0 `kind-value` list. What no kind says is said by degrees;
the printed text is given in full, so that "7alt" stays "7alt".
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from exercises.chart import ComposeError
from exercises.theory import alteration

_SYMBOL = re.compile(r"^([A-G](?:bb|##|b|#)?)((?:6/9|[^/])*)(?:/([A-G](?:bb|##|b|#)?))?$")

Degree = tuple[int, int, str]
"""(degree, alteration, add, alter or subtract)."""

KINDS: dict[str, tuple[str, tuple[Degree, ...]]] = {
    "": ("major", ()),
    "m": ("minor", ()),
    "dim": ("diminished", ()),
    "aug": ("augmented", ()),
    "5": ("power", ()),
    "sus2": ("suspended-second", ()),
    "sus4": ("suspended-fourth", ()),
    "add9": ("major", ((9, 0, "add"),)),
    "madd9": ("minor", ((9, 0, "add"),)),
    "6": ("major-sixth", ()),
    "m6": ("minor-sixth", ()),
    "69": ("major-sixth", ((9, 0, "add"),)),
    "maj7": ("major-seventh", ()),
    "maj9": ("major-ninth", ()),
    "maj7#11": ("major-seventh", ((11, 1, "add"),)),
    "7": ("dominant", ()),
    "9": ("dominant-ninth", ()),
    "13": ("dominant-13th", ((5, 0, "subtract"), (11, 0, "subtract"))),
    "7b9": ("dominant", ((9, -1, "add"),)),
    "7#9": ("dominant", ((9, 1, "add"),)),
    "7#11": ("dominant", ((11, 1, "add"),)),
    "7b13": ("dominant", ((5, 0, "subtract"), (13, -1, "add"))),
    "7alt": ("dominant", ((5, 0, "subtract"), (9, -1, "add"), (9, 1, "add"), (13, -1, "add"))),
    "7sus4": ("dominant", ((3, 0, "subtract"), (4, 0, "add"))),
    "9sus4": ("dominant-ninth", ((3, 0, "subtract"), (4, 0, "add"))),
    "13sus4": ("dominant-13th", ((3, 0, "subtract"), (5, 0, "subtract"))),
    "m7": ("minor-seventh", ()),
    "m9": ("minor-ninth", ()),
    "m11": ("minor-11th", ()),
    "m7b5": ("half-diminished", ()),
    "dim7": ("diminished-seventh", ()),
    "mM7": ("major-minor", ()),
}
_WRITTEN = {"6/9": "69", "m(maj7)": "mM7", "mmaj7": "mM7", "m6/9": "m6"}


@dataclass(frozen=True)
class Symbol:
    """A chord symbol taken apart."""

    root: str
    """Note name: "Bb"."""
    text: str
    """What is printed after the root: "m7b5"."""
    kind: str
    """Of MusicXML; "other" where the text is not in the table."""
    degrees: tuple[Degree, ...]
    bass: str | None


def read_symbol(symbol: str) -> Symbol:
    """Take a chord symbol apart.

    Raises:
        ComposeError: it does not begin with the name of a note.
    """
    found = _SYMBOL.match(symbol)
    if not found:
        raise ComposeError(f'"{symbol}" is not a chord symbol such as Bbmaj7 or C/E')
    root, text, bass = found.groups()
    kind, degrees = KINDS.get(_WRITTEN.get(text, text), ("other", ()))
    return Symbol(root, text, kind, degrees, bass)


def step_of(name: str) -> tuple[str, int]:
    """Letter and alteration of a note name."""
    return name[0], alteration(name)
