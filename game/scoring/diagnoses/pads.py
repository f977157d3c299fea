"""What goes wrong on pads again and again: an instrument left out, or another in its place."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from exercises.kit import KIT, name_pad
from game.scoring.diagnoses.evidence import Finding, is_pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

    from game.scoring.diagnoses.evidence import Evidence

STRANGE_SHARE = 0.25
"""Of what was struck: from here on the pads are set otherwise, and no finger slipped."""
LEAST_STRANGE = 5
OTHER_SHARE = 0.2
"""How often another pad is struck by carelessness."""
LOST_SHARE = 0.15
"""How often a stroke is left out by carelessness."""
MOST_KEYS = 3
"""Strange keys that are named."""


def find_pads(evidence: Evidence) -> Iterator[Finding]:
    """Pads that send other keys, instruments taken for each other, instruments left out."""
    for find in (_strange_keys, _mistaken, _left_out):
        for finding in find(evidence):
            evidence.explained.update(finding.numbers)
            yield finding


def _strange_keys(evidence: Evidence) -> Iterator[Finding]:
    """Keys that are no instrument: another bank, or a layout of the maker's own."""
    struck = Counter(note.pitch for note in evidence.played.values())
    strange = Counter({key: count for key, count in struck.items() if key not in KIT})
    if strange.total() < max(LEAST_STRANGE, STRANGE_SHARE * struck.total()):
        return
    keys = ", ".join(str(key) for key, _ in strange.most_common(MOST_KEYS))
    wrong = tuple(n for n, j in enumerate(evidence.judged.notes) if j.verdict != "match")
    detail = f"your pads send keys of no drum ({keys}): choose their General MIDI bank"
    yield Finding("pads set otherwise", detail, wrong, (), "notes")


def _mistaken(evidence: Evidence) -> Iterator[Finding]:
    """One instrument struck for another."""
    written = Counter(note.pitch for note in evidence.notes)
    pairs: dict[tuple[int, int], list[int]] = {}
    for number, judgement in enumerate(evidence.judged.notes):
        if judgement.verdict == "substitution" and judgement.played is not None:
            pair = (evidence.notes[number].pitch, evidence.played[judgement.played].pitch)
            pairs.setdefault(pair, []).append(number)
    for (meant, struck), numbers in pairs.items():
        fresh = [number for number in numbers if number not in evidence.explained]
        if is_pattern(len(fresh), written[meant], OTHER_SHARE, least=3):
            detail = f"the {name_pad(struck)} for the {name_pad(meant)}"
            yield Finding("other instrument", detail, tuple(fresh), (), "notes")


def _left_out(evidence: Evidence) -> Iterator[Finding]:
    """An instrument that is left out."""
    lost: dict[int, list[int]] = {}
    for number, judgement in enumerate(evidence.judged.notes):
        if judgement.verdict == "omission" and number not in evidence.explained:
            lost.setdefault(evidence.notes[number].pitch, []).append(number)
    written = Counter(note.pitch for note in evidence.notes)
    for key, numbers in lost.items():
        if is_pattern(len(numbers), written[key], LOST_SHARE, least=3):
            detail = f"the {name_pad(key)}"
            yield Finding("instrument left out", detail, tuple(numbers), (), "notes")
