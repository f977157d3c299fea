"""Chords that lack the same tone again and again."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from typing import TYPE_CHECKING

from exercises.chart import ComposeError
from exercises.score.symbols import read_symbol
from game.scoring.diagnoses.evidence import Finding, is_pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

    from exercises.chart import Chord
    from game.scoring.diagnoses.evidence import Evidence

FULL = 3
"""Notes from which a strike of one hand is a chord."""
LOST_SHARE = 0.15
"""How often a chord tone is lost by carelessness."""
DEGREES = {
    0: "root", 1: "ninth", 2: "ninth", 3: "third", 4: "third", 5: "fourth", 6: "fifth",
    7: "fifth", 8: "fifth", 9: "sixth", 10: "seventh", 11: "seventh",
}  # fmt: skip
"""Semitones above the root in a player's words."""


def find_chords(evidence: Evidence) -> Iterator[Finding]:
    """The degree of the chords (or the place in them) that is left out."""
    written: Counter[str] = Counter()
    lost: dict[str, list[int]] = {}
    chords: dict[str, list[Chord]] = {}
    starts = [chord.onset_ql for chord in evidence.chart.chords]
    for hand in evidence.strikes.values():
        for strike in hand:
            if len(strike.numbers) < FULL:
                continue
            missing = [n for n in strike.numbers if evidence.judged.notes[n].verdict == "omission"]
            if len(missing) > len(strike.numbers) - 2:
                # Nearly nothing of it was struck: a missed chord, not an incomplete one.
                continue
            at = bisect_right(starts, strike.onset_ql) - 1
            chord = evidence.chart.chords[at] if at >= 0 else None
            for number in strike.numbers:
                name = _degree(evidence, number, chord, strike.numbers)
                written[name] += 1
                if number in missing and number not in evidence.explained:
                    lost.setdefault(name, []).append(number)
                    chords.setdefault(name, []).extend([chord] if chord else [])
    for name, numbers in lost.items():
        if is_pattern(len(numbers), written[name], LOST_SHARE, least=3):
            detail = f"the {name} of the chords"
            foci = (*_qualities(chords[name]), "left")
            yield Finding("chord tone missing", detail, tuple(sorted(numbers)), foci, "notes")


def _degree(evidence: Evidence, number: int, chord: Chord | None, together: tuple[int, ...]) -> str:
    """What a note is in its chord; where no chord is known, where it lies in the hand."""
    pitch = evidence.expected[number].pitch
    if chord is not None:
        return DEGREES[(pitch - chord.root) % 12]
    pitches = sorted(evidence.expected[n].pitch for n in together)
    if pitch == pitches[0]:
        return "lowest note"
    return "highest note" if pitch == pitches[-1] else "middle note"


def _qualities(chords: list[Chord]) -> tuple[str, ...]:
    """The foci on the qualities that were incomplete, the commonest first."""
    found: Counter[str] = Counter()
    for chord in chords:
        try:
            quality = read_symbol(chord.symbol).quality
        except ComposeError:
            continue
        if quality is not None:
            found[quality or "maj"] += 1
    return tuple(f"chords:{quality}" for quality, _ in found.most_common())
