"""The sections of a chart, as a session reads them: rehearsal letters at their beginnings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exercises.chart import Mark
from exercises.compose.grid import to_ql

if TYPE_CHECKING:
    from collections.abc import Sequence

    from exercises.compose.form import Phrase

LEAST_BARS = 8
"""A section has at least so many bars: shorter ones would letter every line."""
_BLUES_PHRASES = 3


def mark_sections(phrases: Sequence[Phrase], bar_ticks: int) -> list[Mark]:
    """Rehearsal marks: a letter for each new section, with a number where one returns.

    "A A2 B A3" says both the form and, as every mark is another, where to begin again. A chart of
    one section has none.
    """
    sections = _join(phrases)
    if len(sections) == 1:
        return []
    letters: dict[tuple[str, ...], str] = {}
    count: dict[str, int] = {}
    marks = []
    for section in sections:
        shape = tuple(phrase.letter for phrase in section)
        letter = letters.setdefault(shape, chr(ord("A") + len(letters)))
        count[letter] = count.get(letter, 0) + 1
        text = letter if count[letter] == 1 else f"{letter}{count[letter]}"
        marks.append(Mark(to_ql(section[0].bar * bar_ticks), "rehearsal", text))
    return marks


def _join(phrases: Sequence[Phrase]) -> list[list[Phrase]]:
    """Phrases gathered into sections of eight bars or more, of twelve where they go by threes."""
    short = all(phrase.bars < LEAST_BARS for phrase in phrases)
    threes = short and len(phrases) in {_BLUES_PHRASES, 2 * _BLUES_PHRASES}
    least = _BLUES_PHRASES * phrases[0].bars if threes else LEAST_BARS
    sections: list[list[Phrase]] = []
    for phrase in phrases:
        if sections and sum(each.bars for each in sections[-1]) < least:
            sections[-1].append(phrase)
        else:
            sections.append([phrase])
    if len(sections) > 1 and sum(each.bars for each in sections[-1]) < LEAST_BARS // 2:
        tail = sections.pop()
        sections[-1] += tail
    return sections
