"""The performer's way through a chart: straight on, or with the stumbles of real readers."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

    from game.scoring.expectation import Expected

KINDS = (
    ("restart", 3.0),
    ("back", 2.0),
    ("hesitation", 2.0),
    ("stutter", 2.0),
    ("skip", 1.0),
)
"""What a stumble is, and how often: begins the bar again; goes back one or two bars; waits; plays
the chord twice; leaves out the rest of the bar (by ear)."""
WAIT_BEATS = (0.4, 2.0)
STUTTER_BEATS = 0.5
STAYS_LATE = 0.5
"""Share of those who, after a stumble, stay behind the click; the others leap to rejoin it."""


@dataclass(frozen=True)
class Visit:
    """One onset group on the performer's way."""

    group: int
    shift_s: float
    """How far behind the click the performer is, by stumbling."""
    counts: bool = True
    """Whether no later attempt replaces it."""
    reason: str = "restart"
    """What its notes are where it does not count: restart or repeat."""


def plan_way(
    expected: Sequence[Expected], rate: float, rng: Random
) -> tuple[tuple[Visit, ...], tuple[str, ...]]:
    """Plan the visits of a performance, and name its stumbles.

    Args:
        expected: the charted notes.
        rate: stumbles for each bar.
        rng: the dice.

    """
    groups = _Groups(expected)
    if not rate:
        return tuple(Visit(group, 0.0) for group in range(groups.count)), ()
    spots = {
        rng.choice(members) for members in groups.bars if len(members) > 1 and rng.random() < rate
    }
    way: list[Visit] = []
    names: list[str] = []
    group, shift = 0, 0.0
    while group < groups.count:
        way.append(Visit(group, shift))
        if group in spots:
            spots.discard(group)
            kind = rng.choices([name for name, _ in KINDS], [w for _, w in KINDS])[0]
            names.append(kind)
            group, shift = _stumble(kind, way, groups, group=group, shift=shift, rng=rng)
        else:
            group += 1
    return _mark_replaced(way), tuple(names)


class _Groups:
    """Where the onset groups lie."""

    def __init__(self, expected: Sequence[Expected]) -> None:
        self.count = max((note.group for note in expected), default=-1) + 1
        self.onset_s = [0.0] * self.count
        self.beat_s = expected[0].beat_s if expected else 0.5
        bars: dict[int, set[int]] = {}
        self.bar = [0] * self.count
        for note in expected:
            self.onset_s[note.group] = note.onset_s
            bars.setdefault(note.bar, set()).add(note.group)
            self.bar[note.group] = note.bar
        self.bars = [sorted(members) for _, members in sorted(bars.items())]
        self.starts = {group: members[0] for members in self.bars for group in members}

    def bar_start(self, group: int, back: int) -> int:
        """The first group of a bar some bars before the one of `group`."""
        rank = next(i for i, members in enumerate(self.bars) if group in members)
        return self.bars[max(0, rank - back)][0]

    def next_bar(self, group: int) -> int:
        """The first group of the next bar with notes; `count` after the last."""
        rank = next(i for i, members in enumerate(self.bars) if group in members)
        return self.bars[rank + 1][0] if rank + 1 < len(self.bars) else self.count


def _stumble(
    kind: str, way: list[Visit], groups: _Groups, *, group: int, shift: float, rng: Random
) -> tuple[int, float]:
    """What comes after a stumble at a group: the next group, and the shift from then on."""
    beat = groups.beat_s
    following = group + 1
    if kind == "skip":
        return groups.next_bar(group), shift
    if following >= groups.count:
        return following, shift
    if kind == "hesitation":
        return following, shift + rng.uniform(*WAIT_BEATS) * beat
    if kind == "stutter":
        way[-1] = Visit(group, shift, counts=False, reason="repeat")
        way.append(Visit(group, shift + STUTTER_BEATS * beat))
        return following, shift + beat
    back = 0 if kind == "restart" else rng.choice((1, 2))
    goal = groups.bar_start(group, back)
    lost = groups.onset_s[following] - groups.onset_s[goal]
    late = shift + ceil(lost / beat + rng.uniform(0.0, 1.0)) * beat
    if rng.random() < STAYS_LATE:
        return goal, late
    # Plays the stretch again as far as the stumble, then leaps to where the click is.
    way.extend(Visit(again, late) for again in range(goal, following))
    now = groups.onset_s[group] + late
    while following < groups.count and groups.onset_s[following] + shift <= now + beat / 4:
        following += 1
    return following, shift


def _mark_replaced(way: list[Visit]) -> tuple[Visit, ...]:
    """Mark the visits that a later one replaces."""
    last = {visit.group: index for index, visit in enumerate(way)}
    return tuple(
        visit
        if not visit.counts or last[visit.group] == index
        else Visit(visit.group, visit.shift_s, counts=False)
        for index, visit in enumerate(way)
    )
