"""The road map of a composed chart: which bars come back, and how a copyist would write that.

A form says which phrases return. Here the returning ones are folded onto their first time:
repeats with endings, D.C. al Fine, D.S. al Coda and vamps. The chart keeps its sounding length;
the page gets shorter. A later pass is what is printed, note for note.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from exercises.roadmap import Sign, sound_bars

if TYPE_CHECKING:
    from exercises.compose.dice import Dice
    from exercises.compose.form import Phrase

ROAD_SHARE = {9: 0.45}
"""How often a level has a road map; levels not named here always have one if their row does."""
LEAST_BLOCK = 4
"""Bars: less is not worth a repeat sign."""
LONG_ENDING = 8
"""An ending may be a whole phrase of up to so many bars."""
VAMP_BARS = 2
JUMP_SHARE = 0.85
"""How often a chart has a jump back where its level reads one and its form has room for it."""
REPEAT_SHARE = 0.65
"""How often it has a repeat as well."""

_WEIGHTS = {"repeat": 3.0, "fine": 1.5, "coda": 3.0, "vamp": 0.6}


@dataclass(frozen=True)
class Road:
    """A road map for a chart of so many sounding bars."""

    first: tuple[int, ...]
    """For each sounding bar the one that sounds first of those that are one printed bar."""
    sources: dict[int, int]
    """For each of those the sounding bar whose composed music all its passes take."""
    signs: tuple[Sign, ...]


@dataclass
class _Draft:
    """A road map in the making."""

    labels: Sequence[object]
    first: list[int]
    sources: dict[int, int] = field(default_factory=dict)
    repeat: tuple[int, int, int] | None = None
    """(first bar, bars, bars of each ending)."""
    marks: list[tuple[str, int, int, int]] = field(default_factory=list)
    """(kind, first bar, last bar, times or pass), in sounding bars that are printed."""

    @property
    def page(self) -> list[int]:
        return sorted(set(self.first))

    def copy(self) -> _Draft:
        return _Draft(self.labels, [*self.first], dict(self.sources), self.repeat, [*self.marks])


def plan_road(
    phrases: Sequence[Phrase],
    kinds: Sequence[str],
    dice: Dice,
    *,
    tags: Sequence[object],
    likes: dict[str, float] | None = None,
) -> Road | None:
    """Choose a road map for a form; None where nothing in it returns.

    Args:
        phrases: of the whole chart, in sounding order.
        kinds: what the level reads, of: repeat, fine, coda, vamp.
        dice: of the chart.
        tags: for each bar its key and metre; bars that differ in them are not the same.
        likes: weights of the kinds in the style.
    """
    labels = _label_bars(phrases, tags)
    start = _Draft(labels, list(range(len(labels))))
    weights = {**_WEIGHTS, **(likes or {})}
    singles = {
        "repeat": _fold_repeats(start, phrases),
        "fine": _fold_jumps(start, phrases, coda=False),
        "coda": _fold_jumps(start, phrases, coda=True),
        "vamp": _fold_vamps(start, phrases),
    }
    options = [kind for kind in singles if kind in kinds and singles[kind]]
    if not options:
        return None
    if not any(weights[each] for each in options):
        return None
    jumps = [kind for kind in ("fine", "coda") if kind in options and weights[kind]]
    if jumps and dice.chance(JUMP_SHARE):
        name = dice.choose(jumps, [weights[each] for each in jumps])
        both = [
            further
            for draft in singles["repeat"]
            for further in _fold_jumps(draft, phrases, coda=name == "coda")
        ]
        pool = both if both and dice.chance(REPEAT_SHARE) else singles[name]
        return _finish(dice.pick(pool))
    kind = dice.choose(options, [weights[each] for each in options])
    return _finish(dice.pick(singles[kind]))


def _label_bars(phrases: Sequence[Phrase], tags: Sequence[object]) -> list[object]:
    """What makes two bars one printed bar: the phrase's letter, the place in it, key and metre."""
    return [
        (phrase.letter, phrase.bars, at, tags[phrase.bar + at])
        for phrase in phrases
        for at in range(phrase.bars)
    ]


def _fold_repeats(start: _Draft, phrases: Sequence[Phrase]) -> list[_Draft]:
    """Every pair of neighbouring blocks of phrases that are the same up to their endings."""
    found: list[_Draft] = []
    for first in range(len(phrases)):
        for count in range(1, (len(phrases) - first) // 2 + 1):
            block = phrases[first : first + count]
            again = phrases[first + count : first + 2 * count]
            begin, length = block[0].bar, sum(each.bars for each in block)
            if length < LEAST_BLOCK or length != sum(each.bars for each in again):
                continue
            ending = _ending_bars(block[-1], again[-1], count)
            same = all(
                start.labels[begin + at] == start.labels[begin + length + at]
                for at in range(length - ending)
            )
            if ending and ending < length and same:
                found.append(_repeat(start, begin, length, ending))
    longest = max((each.repeat[1] for each in found if each.repeat), default=0)
    return [each for each in found if each.repeat and each.repeat[1] * 2 >= longest]


def _ending_bars(last: Phrase, other: Phrase, count: int) -> int:
    """How many bars the two endings have; 0 where the blocks do not go together."""
    if last.letter != other.letter:
        short = last.bars == other.bars <= LONG_ENDING
        return last.bars if short and count > 1 else 0
    return 2 if last.bars >= LEAST_BLOCK else 1


def _repeat(start: _Draft, begin: int, length: int, ending: int) -> _Draft:
    draft = start.copy()
    turn = begin + length
    for at in range(length - ending):
        draft.first[turn + at] = begin + at
    draft.repeat = (begin, length, ending)
    draft.marks += [
        ("repeat", begin, turn - 1, 2),
        ("ending", turn - ending, turn - 1, 1),
        ("ending", turn + length - ending, turn + length - 1, 2),
    ]
    return draft


def _fold_jumps(start: _Draft, phrases: Sequence[Phrase], *, coda: bool) -> list[_Draft]:
    """Every block at the end that comes back from earlier, whole (Fine) or up to a coda."""
    bars = len(start.labels)
    found: list[_Draft] = []
    from_bar = start.repeat[0] + 2 * start.repeat[1] if start.repeat else 0
    for phrase in phrases[1:]:
        jump = phrase.bar
        if jump < max(from_bar, LEAST_BLOCK):
            continue
        for target in phrases[: phrase.index]:
            if start.repeat and start.repeat[0] < target.bar < from_bar:
                continue
            path = _path(start, target.bar, jump)
            for tail in _coda_bars(phrases, bars - jump) if coda else (0,):
                back = bars - jump - tail
                # To leave at the very bar that has sent one back is a repeat and no jump.
                if not LEAST_BLOCK <= back <= len(path) or path[back - 1] == start.first[jump - 1]:
                    continue
                if any(start.labels[jump + k] != start.labels[path[k]] for k in range(back)):
                    continue
                found.append(_jump(start, path[:back], jump, tail))
    return found


def _path(draft: _Draft, target: int, jump: int) -> list[int]:
    """The printed bars from a sign on, without repeats, up to the jump."""
    skipped: set[int] = set()
    if draft.repeat:
        begin, length, ending = draft.repeat
        skipped = set(range(begin + length - ending, begin + length))
    return [bar for bar in draft.page if target <= bar < jump and bar not in skipped]


def _coda_bars(phrases: Sequence[Phrase], left: int) -> tuple[int, ...]:
    """How long a coda may be: two or four bars, or the last phrase where there are more."""
    last = phrases[-1].bars
    lengths = [2, 4] if last >= LEAST_BLOCK else [last]
    return tuple(length for length in dict.fromkeys([*lengths, last]) if length < left)


def _jump(start: _Draft, path: Sequence[int], jump: int, tail: int) -> _Draft:
    draft = start.copy()
    for at, bar in enumerate(path):
        draft.first[jump + at] = bar
    if not tail:
        # The end is composed as an end: the printed bars take their music from there.
        for back in range(1, min(2, len(path)) + 1):
            draft.sources[path[-back]] = jump + len(path) - back
    name = "D.C." if path[0] == 0 else "D.S."
    if name == "D.S.":
        draft.marks.append(("segno", path[0], path[0], 0))
    draft.marks.append(("To Coda" if tail else "Fine", path[-1], path[-1], 0))
    goal = "al Coda" if tail else "al Fine"
    before = draft.first[jump - 1]
    draft.marks.append((f"{name} {goal}", before, before, 0))
    if tail:
        begin = jump + len(path)
        draft.marks.append(("coda", begin, begin, 0))
    return draft


def _fold_vamps(start: _Draft, phrases: Sequence[Phrase]) -> list[_Draft]:
    """Every phrase that may be two bars over and over: not the one that ends the chart."""
    found: list[_Draft] = []
    for phrase in phrases[:-1]:
        tags = {label[3] for label in _inside(start, phrase)}
        if phrase.bars < 2 * VAMP_BARS or phrase.bars % VAMP_BARS or len(tags) > 1:
            continue
        draft = start.copy()
        for at in range(VAMP_BARS, phrase.bars):
            draft.first[phrase.bar + at] = phrase.bar + at % VAMP_BARS
        times = phrase.bars // VAMP_BARS
        kind = "vamp" if times > 2 else "repeat"  # noqa: PLR2004 - twice is a plain repeat
        draft.marks.append((kind, phrase.bar, phrase.bar + VAMP_BARS - 1, times))
        found.append(draft)
    return found


def _inside(draft: _Draft, phrase: Phrase) -> list[tuple[object, ...]]:
    labels = draft.labels[phrase.bar : phrase.bar + phrase.bars]
    return [label for label in labels if isinstance(label, tuple)]


def _finish(draft: _Draft) -> Road | None:
    """The road with printed numbers; None where its signs would be played otherwise."""
    page = draft.page
    number = {bar: index + 1 for index, bar in enumerate(page)}
    signs = []
    for kind, first, last, times in draft.marks:
        if kind in {"repeat", "vamp"}:
            signs.append(Sign(kind, number[first], number[last], times))
        elif kind == "ending":
            signs.append(Sign(kind, number[first], number[last], passes=(times,)))
        else:
            signs.append(Sign(kind, number[first], number[last]))
    order = sound_bars(range(1, len(page) + 1), signs)
    if [page[at] for at in order] != draft.first:
        return None
    sources = {bar: draft.sources.get(bar, bar) for bar in page}
    return Road(tuple(draft.first), sources, tuple(signs))
