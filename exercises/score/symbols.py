"""Chord symbols as MusicXML harmony: root, kind and bass, printed as players read them.

The kinds are those of the MusicXML 4.0 `kind-value` list, each with its printed text in full, so
that "7alt" stays "7alt". Degrees are left out: engravers print them once more beside the text,
even where they are told not to ("Cadd9(add9)"), and the text has said them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from exercises.chart import ComposeError
from exercises.harmony import QUALITIES, SEMITONES
from exercises.theory import OCTAVE, alteration, pitch_class

_SYMBOL = re.compile(r"^([A-G](?:bb|##|b|#)?)((?:6/9|[^/])*)(?:/([A-G](?:bb|##|b|#)?))?$")

KINDS: dict[str, str] = {
    "": "major",
    "m": "minor",
    "dim": "diminished",
    "aug": "augmented",
    "5": "power",
    "sus2": "suspended-second",
    "sus4": "suspended-fourth",
    "add9": "major",
    "madd9": "minor",
    "6": "major-sixth",
    "m6": "minor-sixth",
    "69": "major-sixth",
    "maj7": "major-seventh",
    "maj9": "major-ninth",
    "maj7#11": "major-seventh",
    "7": "dominant",
    "9": "dominant-ninth",
    "13": "dominant-13th",
    "7b9": "dominant",
    "7#9": "dominant",
    "7#11": "dominant",
    "7b13": "dominant",
    "7alt": "dominant",
    "7sus4": "dominant",
    "9sus4": "dominant-ninth",
    "13sus4": "dominant-13th",
    "m7": "minor-seventh",
    "m9": "minor-ninth",
    "m11": "minor-11th",
    "m7b5": "half-diminished",
    "dim7": "diminished-seventh",
    "mM7": "major-minor",
}
"""The nearest kind for each text; the text says what the kind leaves out."""
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
    quality: str | None
    """Of `exercises.harmony.QUALITIES`; None where the text is not in the table."""
    bass: str | None

    @property
    def pitch_classes(self) -> tuple[int, ...] | None:
        """In the order of the chord's intervals, a foreign bass last; None for an unknown text."""
        if self.quality is None:
            return None
        root = pitch_class(self.root)
        found = [(root + SEMITONES[each]) % OCTAVE for each in QUALITIES[self.quality]]
        bass = [] if self.bass is None else [pitch_class(self.bass)]
        return tuple(dict.fromkeys(found + bass))


def read_symbol(symbol: str) -> Symbol:
    """Take a chord symbol apart.

    Raises:
        ComposeError: it does not begin with the name of a note.
    """
    found = _SYMBOL.match(symbol)
    if not found:
        raise ComposeError(f'"{symbol}" is not a chord symbol such as Bbmaj7 or C/E')
    root, text, bass = found.groups()
    quality = _WRITTEN.get(text, text)
    kind = KINDS.get(quality, "other")
    return Symbol(root, text, kind, quality if quality in QUALITIES else None, bass)


def step_of(name: str) -> tuple[str, int]:
    """Letter and alteration of a note name."""
    return name[0], alteration(name)
