"""Which accompaniment pattern a phrase has, and how it is fitted to the metre and the chords."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

from exercises.compose.density import slim_pattern
from exercises.compose.grid import DOTTED, EIGHTH, TICKS, Metre, to_ql, to_ticks
from styles.tokens import read_length, read_pattern

if TYPE_CHECKING:
    from exercises.compose.dice import Dice
    from exercises.compose.form import Phrase
    from exercises.levels import Level
    from styles.schema import Pattern
    from styles.tokens import PatternEvent

CONTRAST_LEVEL = 5
"""From here another letter of the form may have another pattern."""
CONTRAST_SHARE = 0.5
FASTEST_TENTH = 132.0
"""Quarter notes a minute up to which a broken tenth fits into a beat (by ear)."""
MIRRORED = frozenset({"O", "c", "L", "M", "H"})
"""What the left hand of a groove doubles where both hands have it at once."""
_NEARNESS = (8.0, 2.5, 1.0)
"""Preference for patterns of the level itself, one and two below; rarely any simpler."""
_RARE = 0.08


@dataclass(frozen=True, slots=True)
class Event:
    """One event of a bar's accompaniment, in ticks from the bar's start."""

    onset: int
    duration: int
    role: str


@dataclass(frozen=True, slots=True)
class BarPattern:
    """A pattern laid out over one bar of a metre."""

    name: str
    level: int
    events: tuple[Event, ...]
    fullness: int = 5
    """Notes of a chord at most, so that the density stays readable."""
    second: tuple[Event, ...] | None = None
    """The second bar of a pattern of two bars; None where every bar is like the first."""
    right: tuple[Event, ...] = ()
    """What the right hand of a groove plays."""
    right_second: tuple[Event, ...] | None = None
    right_fullness: int = 5

    def events_in(self, bar: int) -> tuple[Event, ...]:
        """What is played in a bar of a chart, counted from 0: two bars keep their sides."""
        return self.events if self.second is None or bar % 2 == 0 else self.second

    @property
    def roles(self) -> frozenset[str]:
        """All roles of the left hand."""
        return frozenset(event.role for event in (*self.events, *(self.second or ())))

    @property
    def lone(self) -> BarPattern:
        """The left hand without the octaves and inner notes that it doubles of the right."""
        first = _without(self.events, self.right)
        second = None if self.second is None else _without(self.second, self.right_second or ())
        return replace(self, events=first, second=second)

    def right_in(self, bar: int) -> tuple[Event, ...]:
        """The same of the right hand."""
        return self.right if self.right_second is None or bar % 2 == 0 else self.right_second

    @property
    def comping(self) -> bool:
        """Chords alone: the rhythm goes on whatever the chords do."""
        return bool(self.events) and all(
            event.role in {"S", "V", "C", "c"} for event in self.events
        )

    @property
    def sings(self) -> bool:
        """The right hand of a groove has a line of its own, as a montuno has: no chords alone."""
        right = (*self.right, *(self.right_second or ()))
        return any(event.role not in {"S", "V", "C", "c"} for event in right)

    @property
    def rings(self) -> bool:
        """The left hand lies still under the right: each note lasts more than a beat."""
        events = (*self.events, *(self.second or ()))
        return bool(events) and all(event.duration > TICKS for event in events)

    @property
    def pushes(self) -> bool:
        """The last hit stands alone on the last upbeat: it already belongs to the next bar."""
        if not self.events or is_skank(self.events):
            return False
        last, *before = reversed(self.events)
        end = max(event.onset + event.duration for event in self.events)
        alone = not before or last.onset - before[0].onset > EIGHTH
        return last.onset % TICKS != 0 and end - last.onset <= EIGHTH and alone


def is_skank(events: Sequence[Event]) -> bool:
    """Whether the same upbeat of every beat is struck: such a hit belongs to its own beat.

    The last one is no push into the next bar, nor one before a change inside the bar.
    """
    if not events:
        return False
    onsets = {event.onset for event in events}
    last = events[-1].onset
    bar = -(-max(event.onset + event.duration for event in events) // TICKS) * TICKS
    beat = DOTTED if bar % (2 * DOTTED) == 0 and last % DOTTED else TICKS
    return last % beat > 0 and last >= beat and onsets.issuperset(range(last % beat, last, beat))


def choose_patterns(
    patterns: Sequence[Pattern],
    phrases: Sequence[Phrase],
    level: Level,
    *,
    metre: Metre,
    quarter_bpm: float,
    dice: Dice,
    tenths: bool = False,
) -> dict[str, BarPattern]:
    """A pattern for each letter of the form: one for the chart, from level 5 maybe a second.

    Patterns above the level, too dense for its tempo or too full for the hand are left out; the
    nearer a pattern is to the level, the likelier it is. With `tenths` a wide bass is broken into
    root and tenth, without them it is an octave.
    """
    options = playable_patterns(patterns, level, metre, quarter_bpm, tenths=tenths)
    return _assign(options, phrases, level, dice)


def choose_grooves(
    patterns: Sequence[Pattern],
    phrases: Sequence[Phrase],
    level: Level,
    *,
    metre: Metre,
    quarter_bpm: float,
    dice: Dice,
) -> dict[str, BarPattern]:
    """A groove of both hands for each letter of the form, as `choose_patterns`; none fits: {}."""
    options = groove_options(patterns, level, metre, quarter_bpm)
    return _assign(options, phrases, level, dice) if options else {}


def groove_options(
    patterns: Sequence[Pattern], level: Level, metre: Metre, quarter_bpm: float
) -> list[tuple[BarPattern, float]]:
    """The grooves of both hands that a level plays in a metre and at a tempo, with weights."""
    if level.texture in {"one hand", "alternate"}:
        return []
    options: list[tuple[BarPattern, float]] = []
    known = [
        each
        for each in patterns
        if each.right and each.level <= level.number and _fits(each, metre) and _reads(each, level)
    ]
    for pattern in _in_time(known, metre, quarter_bpm):
        bars = _lay_out(pattern, metre)
        if level.texture == "together" and not _on_beat(bars, metre):
            continue
        slim = slim_pattern(bars, level, metre, quarter_bpm=quarter_bpm, melody=())
        if slim is not None:
            options.append((slim, pattern.weight))
    return options


def left_options(
    patterns: Sequence[Pattern], level: Level, metre: Metre, quarter_bpm: float
) -> list[tuple[BarPattern, float]]:
    """The left-hand patterns that fit exactly and leave room for a tune on every pulse."""
    known = [each for each in patterns if each.level <= level.number and not each.right]
    fitting = [each for each in known if _fits(each, metre) and _reads(each, level)]
    pulses = [start for start, _ in metre.pulses]
    options: list[tuple[BarPattern, float]] = []
    for each in fitting:
        bars = _lay_out(each, metre)
        slim = slim_pattern(bars, level, metre, quarter_bpm=quarter_bpm, melody=pulses)
        if slim is not None:
            options.append((slim, each.weight))
    return options


def _assign(
    options: Sequence[tuple[BarPattern, float]],
    phrases: Sequence[Phrase],
    level: Level,
    dice: Dice,
) -> dict[str, BarPattern]:
    top = max(option.level for option, _ in options)
    weights = [weigh_nearness(top - option.level) * weight for option, weight in options]
    bars = [option for option, _ in options]
    main = dice.choose(bars, weights)
    chosen: dict[str, BarPattern] = {}
    for phrase in phrases:
        if phrase.letter in chosen:
            continue
        contrast = bool(chosen) and level.number >= CONTRAST_LEVEL and dice.chance(CONTRAST_SHARE)
        others = [weight * (bar != main) for bar, weight in zip(bars, weights, strict=True)]
        chosen[phrase.letter] = dice.choose(bars, others) if contrast and any(others) else main
    return chosen


def _without(events: Sequence[Event], doubled: Sequence[Event]) -> tuple[Event, ...]:
    shared = {(event.onset, event.role) for event in doubled if event.role in MIRRORED}
    return tuple(event for event in events if (event.onset, event.role) not in shared)


def playable_patterns(
    patterns: Sequence[Pattern], level: Level, metre: Metre, quarter_bpm: float, *, tenths: bool
) -> list[tuple[BarPattern, float]]:
    """The left-hand patterns that a level plays in a metre and at a tempo, with their weights."""
    known = [each for each in patterns if each.level <= level.number and not each.right]
    known = [each for each in known if _reads(each, level)] or known
    timed = _in_time([each for each in known if _fits(each, metre)], metre, quarter_bpm)
    fitting = [(_lay_out(each, metre), each.weight) for each in timed]
    if not fitting and not metre.compound and all(length == TICKS for _, length in metre.pulses):
        simple = [each for each in known if _is_simple(each)]
        fitting = [(_lay_out(each, metre), each.weight) for each in simple]
    if not fitting:
        fitting = [(bar, 1.0) for bar in _own_patterns(metre) if bar.level <= level.number]
    held = BarPattern("held root", 1, (Event(0, metre.bar, "R"),))
    fitting = fitting or [(held, 1.0)]
    if tenths and quarter_bpm <= FASTEST_TENTH:
        fitting = [(_break_tenths(bar, level), weight) for bar, weight in fitting]
    if level.texture == "together":
        # Below the melody of these levels the left hand moves with the beat.
        fitting = [pair for pair in fitting if _on_beat(pair[0], metre)]
    # Best with room for a melody on every pulse, else at least on the strong ones.
    for melody in ([start for start, _ in metre.pulses], list(metre.strong)):
        sparse = []
        for pattern, weight in fitting:
            slim = slim_pattern(pattern, level, metre, quarter_bpm=quarter_bpm, melody=melody)
            if slim is not None:
                sparse.append((slim, weight))
        if sparse:
            return sparse
    return [(held, 1.0)]


def _break_tenths(pattern: BarPattern, level: Level) -> BarPattern:
    """No hand is asked to reach a tenth: the root first, the tenth an eighth later."""

    def broken(events: Sequence[Event]) -> tuple[Event, ...]:
        found: list[Event] = []
        for event in events:
            rest = event.duration - EIGHTH
            if event.role == "R10" and rest > 0 and level.allows_duration(to_ql(rest)):
                found.append(Event(event.onset, EIGHTH, "R"))
                found.append(Event(event.onset + EIGHTH, rest, "10"))
            else:
                found.append(event)
        return tuple(found)

    second = None if pattern.second is None else broken(pattern.second)
    return replace(pattern, events=broken(pattern.events), second=second)


def _in_time(patterns: Sequence[Pattern], metre: Metre, quarter_bpm: float) -> Sequence[Pattern]:
    """Those that are played at the tempo; all of them where none is."""
    beats = quarter_bpm * TICKS / metre.beat
    timed = [
        each for each in patterns if each.tempo is None or each.tempo[0] <= beats <= each.tempo[1]
    ]
    return timed or patterns


def weigh_nearness(below: int) -> float:
    """Preference for a pattern so many levels below the highest that is known."""
    return _NEARNESS[below] if below < len(_NEARNESS) else _RARE


def _is_simple(pattern: Pattern) -> bool:
    return all(not meter.endswith("8") for meter in pattern.meters)


def _fits(pattern: Pattern, metre: Metre) -> bool:
    length = to_ticks(read_length(pattern.length))
    divides = metre.bar % length == 0 or length == 2 * metre.bar
    if pattern.meters:
        return metre.name in pattern.meters and divides
    return not metre.name.endswith("/8") and divides


def _reads(pattern: Pattern, level: Level) -> bool:
    """Whether a level reads every length in a pattern, and every rest between two events."""
    hands = [read_pattern(pattern.events)]
    if pattern.right:
        hands.append(read_pattern(pattern.right, right=True))
    for hand in hands:
        events = [event for event in hand if event.role]
        if not all(level.allows_duration(event.duration_ql) for event in events):
            return False
        for one, two in pairwise(events):
            gap = two.offset_ql - one.offset_ql - one.duration_ql
            if gap > 0 and level.rests and not _allows_gap(gap, level):
                return False
    return True


def _allows_gap(gap: Fraction, level: Level) -> bool:
    """Whether a silence can be written in rests of the level, the longest first."""
    for rest in sorted(level.rests, reverse=True):
        gap %= rest
    return gap == 0


@cache
def _lay_out(pattern: Pattern, metre: Metre) -> BarPattern:
    """Tile a pattern over a bar and cut what sticks out; two bars become a first and a second.

    In a metre that no pattern fits, a four-beat pattern is cut to three beats in 3/4 and goes on
    with its first beats in 5/4 and 7/4.
    """
    length = to_ticks(read_length(pattern.length))
    left = read_pattern(pattern.events)
    right = read_pattern(pattern.right, right=True) if pattern.right else ()
    if length != 2 * metre.bar:
        return BarPattern(
            pattern.name,
            pattern.level,
            _tile(left, length, metre),
            right=_tile(right, length, metre),
        )
    return BarPattern(
        pattern.name,
        pattern.level,
        _cut_bar(left, 0, metre),
        second=_cut_bar(left, metre.bar, metre),
        right=_cut_bar(right, 0, metre),
        right_second=_cut_bar(right, metre.bar, metre),
    )


def _tile(read: Sequence[PatternEvent], length: int, metre: Metre) -> tuple[Event, ...]:
    events: list[Event] = []
    for start in range(0, metre.bar, length):
        for each in read:
            onset = start + to_ticks(each.offset_ql)
            if each.role and onset < metre.bar:
                duration = min(to_ticks(each.duration_ql), metre.bar - onset)
                events.append(Event(onset, duration, each.role))
    return tuple(events)


def _cut_bar(read: Sequence[PatternEvent], start: int, metre: Metre) -> tuple[Event, ...]:
    """The events that begin in one bar of two; they may be held over its line."""
    return tuple(
        Event(onset, to_ticks(each.duration_ql), each.role)
        for each in read
        if each.role and 0 <= (onset := to_ticks(each.offset_ql) - start) < metre.bar
    )


@cache
def _own_patterns(metre: Metre) -> tuple[BarPattern, ...]:
    """Accompaniments for metres of eighths where a pack brings none.

    Held and pulsing roots, bass and chord, then broken chords, each over the metre's own pulses
    (long ones of three eighths, short ones of two).
    """
    held: list[Event] = []
    lilt: list[Event] = []
    broken: list[Event] = []
    for start, length in metre.pulses:
        held.append(Event(start, length, "R"))
        head = length - EIGHTH
        lilt += [Event(start, head, "R"), Event(start + head, EIGHTH, "C")]
        roles = ("R", "5", "8") if length == DOTTED else ("R", "5")
        broken += [Event(start + at * EIGHTH, EIGHTH, role) for at, role in enumerate(roles)]
    return (
        BarPattern("held root", 1, (Event(0, metre.bar, "R"),)),
        BarPattern("pulse", 3, tuple(held)),
        BarPattern("lilt", 4, tuple(lilt)),
        BarPattern("broken chords", 5, tuple(broken)),
    )


def _on_beat(pattern: BarPattern, metre: Metre) -> bool:
    second = pattern.second or ()
    return all(event.onset % metre.beat == 0 for event in (*pattern.events, *second))
