"""The form: which phrases there are, which return, and how each one closes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from exercises.compose.dice import Dice
    from styles.schema import Form

USUAL_PHRASE = 4
"""Bars of a phrase where no form of the pack fits."""
_SHORT = 2

_LETTERS = ("a", "a'", "b", "a''", "c", "a'", "b'", "a''")


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase of the form."""

    index: int
    letter: str
    """Phrases of one letter share their motif."""
    primes: int
    """How often the phrase has been varied: a is 0, a' 1."""
    bar: int
    """Index of its first full bar."""
    bars: int
    cadence: str
    """half, full, open or turnaround; the last phrase of a chart is always full."""
    last: bool


def plan_form(forms: Sequence[Form], bars: int, dice: Dice) -> tuple[Phrase, ...]:
    """Choose a form for this many bars.

    A form of the same length wins; else the longest that goes in whole times is repeated, its
    phrases varied; else phrases of four bars (two in charts of up to six), the rest of the bars
    as a last short phrase, or joined to the phrase before where only one bar is left.
    """
    exact = [form for form in forms if form.bars == bars and bars % len(form.phrases) == 0]
    parts = [form for form in forms if bars % form.bars == 0 and form.bars % len(form.phrases) == 0]
    if exact or parts:
        longest = max(form.bars for form in parts)
        options = exact or [form for form in parts if form.bars == longest]
        form = dice.choose(options, [each.weight for each in options])
        times = bars // form.bars
        length = form.bars // len(form.phrases)
        names = list(form.phrases) * times
        cadences = list(form.cadences) * times
        lengths = [length] * len(names)
        for at in range(len(form.phrases), len(names)):
            names[at] += "'" * (at // len(form.phrases))
    else:
        lengths = _phrase_lengths(bars)
        names = [_LETTERS[at % len(_LETTERS)] for at in range(len(lengths))]
        cadences = ["half" if at % 2 == 0 else "full" for at in range(len(lengths))]
    return _lay_out(names, lengths, cadences)


def _lay_out(
    names: Sequence[str], lengths: Sequence[int], cadences: Sequence[str]
) -> tuple[Phrase, ...]:
    phrases: list[Phrase] = []
    seen: dict[str, int] = {}
    bar = 0
    for index, (name, length, cadence) in enumerate(zip(names, lengths, cadences, strict=True)):
        letter = name.rstrip("'")
        last = index == len(names) - 1
        phrases.append(
            Phrase(
                index=index,
                letter=letter,
                primes=seen.get(letter, 0),
                bar=bar,
                bars=length,
                cadence="full" if last else cadence,
                last=last,
            )
        )
        seen[letter] = seen.get(letter, 0) + 1
        bar += length
    return tuple(phrases)


def _phrase_lengths(bars: int) -> list[int]:
    usual = _SHORT if bars <= USUAL_PHRASE + _SHORT else USUAL_PHRASE
    if bars <= usual:
        return [bars]
    lengths = [usual] * (bars // usual)
    rest = bars % usual
    if rest == 1:
        lengths[-1] += 1
    elif rest:
        lengths.append(rest)
    return lengths
