"""The performer's way through a chart: straight on, or with the stumbles of real readers."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field, replace
from math import ceil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

    from game.performer.profiles import Profile
    from game.scoring.expectation import Expected

KINDS = {
    "restart": 3.0,
    "inside": 3.0,
    "back": 2.0,
    "hesitation": 2.0,
    "stutter": 2.0,
    "skip": 1.0,
    "drop": 1.0,
    "hand": 1.0,
}
"""What a stumble is, and how often (by ear): begins the bar again; tries again from within the
bar; goes back one or two bars; waits; plays the chord twice; leaves out the rest of the bar and
goes on at once; falls silent for the rest of the bar or a whole one and comes back on the click;
one hand falls behind the other for a bar or so."""
WAIT_BEATS = (0.4, 2.0)
THINK_BEATS = (0.0, 1.0)
"""Before another attempt."""
WHOLE_BEATS = 0.7
"""Share of those who stay late who come back on a beat, if a later one than they should."""
STUTTER_BEATS = 0.5
INSIDE_GROUPS = (1, 4)
"""How far back an attempt from within the bar goes."""
HAND_LATE_S = (0.12, 0.40)
BREAKS_OFF = 0.5
"""Share of those who go back because the last chord went wrong: it is torn or false."""
LOWER_STAFF = 2
IN_TIME_BEATS = 0.25
SAME_S = 0.002
"""Two times that nobody can tell apart."""


@dataclass(frozen=True)
class Visit:
    """One onset group on the performer's way."""

    group: int
    shift_s: float
    """How far behind the click the performer is, by stumbling; negative after a skip."""
    counts: bool = True
    """Whether no later attempt replaces it."""
    reason: str = "restart"
    """What its notes are where it does not count: restart or repeat."""
    late_s: tuple[float, float] = (0.0, 0.0)
    """How far each hand (right, left) is behind besides."""
    broken: bool = False
    """The player broke off here: keys may be missing or wrong."""


@dataclass(frozen=True)
class Stumble:
    """One stumble."""

    kind: str
    group: int
    """After which onset group."""
    goal: int
    """Which one came next."""


@dataclass
class _Way:
    """A way in the making."""

    groups: _Groups
    profile: Profile
    rng: Random
    visits: list[Visit] = field(default_factory=list)
    shift_s: float = 0.0
    late_s: tuple[float, float] = (0.0, 0.0)
    late_until: int = 0
    """The group at which both hands are together again."""


def plan_way(
    expected: Sequence[Expected], profile: Profile, rng: Random
) -> tuple[tuple[Visit, ...], tuple[Stumble, ...]]:
    """Plan the visits of a performance, and its stumbles.

    Args:
        expected: the charted notes.
        profile: how many stumbles for each bar, and of which kinds.
        rng: the dice.

    """
    groups = _Groups(expected)
    if not profile.stumbles:
        return tuple(Visit(group, 0.0) for group in range(groups.count)), ()
    kinds = profile.stumble_kinds.split(",") if profile.stumble_kinds else list(KINDS)
    spots = {
        rng.choice(members)
        for members in groups.bars
        if len(members) > 1 and rng.random() < profile.stumbles
    }
    way = _Way(groups, profile, rng)
    stumbles: list[Stumble] = []
    group = 0
    while group < groups.count:
        if group >= way.late_until:
            way.late_s = (0.0, 0.0)
        way.visits.append(Visit(group, way.shift_s, late_s=way.late_s))
        if group in spots:
            spots.discard(group)
            kind = rng.choices(kinds, [KINDS[name] for name in kinds])[0]
            visited = len(way.visits)
            after, group = group, _stumble(kind, way, group)
            again = way.visits[visited:]
            stumbles.append(Stumble(kind, after, again[0].group if again else group))
        else:
            group += 1
    return _mark_replaced(way.visits), tuple(stumbles)


class _Groups:
    """Where the onset groups lie."""

    def __init__(self, expected: Sequence[Expected]) -> None:
        self.count = max((note.group for note in expected), default=-1) + 1
        self.onset_s = [0.0] * self.count
        self.keys: list[set[tuple[int, int]]] = [set() for _ in range(self.count)]
        """Staff and pitch of the notes of each group."""
        self.beat_s = expected[0].beat_s if expected else 0.5
        bars: dict[int, set[int]] = {}
        for note in expected:
            self.onset_s[note.group] = note.onset_s
            self.keys[note.group].add((note.staff, note.pitch))
            bars.setdefault(note.bar, set()).add(note.group)
        self.bars = [sorted(members) for _, members in sorted(bars.items())]
        self.firsts = [members[0] for members in self.bars]

    def read_ahead(
        self, stretch: range, landing: int, late_s: float, lags_s: Sequence[float]
    ) -> int:
        """How far ahead a listener takes a stretch to be that is played again before a leap.

        Where the music further on is the same, and is in time with what was before or with the
        click, the player waited and went on for all that anybody can tell. 0 where he went back.

        Args:
            stretch: what is played again.
            landing: where the leap goes.
            late_s: how late the stretch is where it was written.
            lags_s: the lags at which it would be in time.

        """
        for ahead in range(landing - stretch.stop, len(stretch) - 1, -1):
            lag = late_s - (self.onset_s[stretch.start + ahead] - self.onset_s[stretch.start])
            in_time = any(abs(lag - own) < IN_TIME_BEATS * self.beat_s for own in lags_s)
            if in_time and all(self._is_same(place, place + ahead) for place in stretch):
                return ahead
        return 0

    def _is_same(self, one: int, other: int) -> bool:
        """Whether two groups have the same notes, and the same time to the next."""
        if max(one, other) + 1 >= self.count or self.keys[one] != self.keys[other]:
            return False
        gaps = [self.onset_s[group + 1] - self.onset_s[group] for group in (one, other)]
        return abs(gaps[0] - gaps[1]) < SAME_S

    def bar_start(self, group: int, back: int = 0) -> int:
        """The first group of a bar some bars with notes before the one of `group`."""
        return self.firsts[max(0, bisect_right(self.firsts, group) - 1 - back)]

    def next_bar(self, group: int, ahead: int = 1) -> int:
        """The first group of a bar with notes after this one; `count` after the last."""
        rank = bisect_right(self.firsts, group) - 1 + ahead
        return self.firsts[rank] if rank < len(self.firsts) else self.count


def _stumble(kind: str, way: _Way, group: int) -> int:
    """Stumble after a group; gives the group that comes next."""
    groups, rng = way.groups, way.rng
    following = group + 1
    if kind == "drop":
        return groups.next_bar(group, rng.choice((1, 2)))
    if following >= groups.count:
        return following
    if kind == "skip":
        goal = groups.next_bar(group)
        goal = groups.next_bar(group, 2) if goal == following else goal
        if goal < groups.count and rng.random() < way.profile.stays_late:
            way.shift_s -= groups.onset_s[goal] - groups.onset_s[following]
        return goal
    if kind in {"restart", "inside", "back"}:
        return _go_back(kind, way, group)
    _falter(kind, way, group)
    return following


def _falter(kind: str, way: _Way, group: int) -> None:
    """A stumble after which the player goes on with the next group."""
    groups, rng = way.groups, way.rng
    if kind == "hesitation":
        way.shift_s += rng.uniform(*WAIT_BEATS) * groups.beat_s
    elif kind == "stutter":
        last = way.visits[-1]
        way.visits[-1] = replace(last, counts=False, reason="repeat")
        way.visits.append(replace(last, shift_s=way.shift_s + STUTTER_BEATS * groups.beat_s))
        way.shift_s += groups.beat_s
    else:
        late = rng.uniform(*HAND_LATE_S)
        way.late_s = (late, 0.0) if rng.random() < 0.5 else (0.0, late)  # noqa: PLR2004 - a coin
        way.late_until = groups.next_bar(group, 2)


def _go_back(kind: str, way: _Way, group: int) -> int:
    """Try again from an earlier place, then stay late or rejoin the click."""
    groups, rng, beat = way.groups, way.rng, way.groups.beat_s
    following = group + 1
    goal = groups.bar_start(group)
    if kind == "inside":
        goal = max(goal, following - rng.randint(*INSIDE_GROUPS))
    elif kind == "back":
        goal = groups.bar_start(group, rng.choice((1, 2)))
    if rng.random() < BREAKS_OFF:
        way.visits[-1] = replace(way.visits[-1], broken=True)
    lost = groups.onset_s[following] - groups.onset_s[goal]
    beats = lost / beat + rng.uniform(*THINK_BEATS)
    stays = rng.random() < way.profile.stays_late
    if stays and rng.random() >= WHOLE_BEATS:
        late = way.shift_s + beats * beat
    else:
        late = way.shift_s + ceil(beats) * beat
    if stays:
        way.shift_s = late
        return goal
    # Plays the stretch again as far as the stumble, then leaps to where the click is.
    now = groups.onset_s[group] + late
    landing = following
    while landing < groups.count and groups.onset_s[landing] <= now + beat / 4:
        landing += 1
    stretch = range(goal, following)
    ahead = groups.read_ahead(stretch, landing, late, (0.0, way.shift_s))
    late -= groups.onset_s[goal + ahead] - groups.onset_s[goal]
    way.visits.extend(Visit(again + ahead, late, late_s=way.late_s) for again in stretch)
    way.shift_s = 0.0
    return landing


def _mark_replaced(way: list[Visit]) -> tuple[Visit, ...]:
    """Mark the visits that a later one replaces."""
    last = {visit.group: index for index, visit in enumerate(way)}
    return tuple(
        visit if not visit.counts or last[visit.group] == index else replace(visit, counts=False)
        for index, visit in enumerate(way)
    )
