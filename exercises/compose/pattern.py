"""Which accompaniment pattern a phrase has, and how it is fitted to the metre and the chords."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

from exercises.compose.grid import DOTTED, EIGHTH, TICKS, Metre, to_ticks, two_beats_s
from styles.tokens import read_length, read_pattern

if TYPE_CHECKING:
    from exercises.compose.dice import Dice
    from exercises.compose.form import Phrase
    from exercises.levels import Level
    from styles.schema import Pattern

CONTRAST_LEVEL = 5
"""From here another letter of the form may have another pattern."""
CONTRAST_SHARE = 0.5
NOTE_HEADROOM = 0.75
"""Share of the level's notes a second that the accompaniment may use; its onsets may reach the
level's, for a melody can move with them."""
_NEARNESS = (8.0, 2.5, 1.0)
"""Preference for patterns of the level itself, one and two below; rarely any simpler."""
_RARE = 0.08
_PAIR_ROLES = frozenset({"R5", "R6", "R10", "O", "S"})
_CHORD_ROLES = frozenset({"C", "V"})
FASTEST_REPEAT = 0.13
"""Seconds within which one key is not struck again."""
_SECONDS = 60.0


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

    @property
    def comping(self) -> bool:
        """Chords alone: the rhythm goes on whatever the chords do."""
        return all(event.role in {"S", "V", "C", "c"} for event in self.events)

    @property
    def pushes(self) -> bool:
        """The last hit stands alone on the last upbeat: it already belongs to the next bar."""
        last, *before = reversed(self.events)
        end = max(event.onset + event.duration for event in self.events)
        alone = not before or last.onset - before[0].onset > EIGHTH
        return last.onset % TICKS != 0 and end - last.onset <= EIGHTH and alone


def choose_patterns(
    patterns: Sequence[Pattern],
    phrases: Sequence[Phrase],
    level: Level,
    *,
    metre: Metre,
    quarter_bpm: float,
    dice: Dice,
) -> dict[str, BarPattern]:
    """A pattern for each letter of the form: one for the chart, from level 5 maybe a second.

    Patterns above the level, too dense for its tempo or too full for the hand are left out; the
    nearer a pattern is to the level, the likelier it is.
    """
    options = _playable(patterns, level, metre, quarter_bpm)
    top = max(option.level for option, _ in options)
    weights = [_nearness(top - option.level) * weight for option, weight in options]
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


def clip_events(pattern: BarPattern, length: int) -> tuple[Event, ...]:
    """What a chord of less than a bar plays: the pattern from its start, cut to the length.

    A pattern that leads into the next root still does so on its last event.
    """
    events = [
        Event(event.onset, min(event.duration, length - event.onset), event.role)
        for event in pattern.events
        if event.onset < length
    ]
    if not events:
        return (Event(0, length, pattern.events[0].role),)
    if pattern.events[-1].role == "A" and len(events) > 1 and events[-1].role != "A":
        last = events[-1]
        events[-1] = Event(last.onset, last.duration, "A")
    return tuple(events)


def role_size(role: str, level: Level) -> int:
    """How many notes a role has at a level."""
    if role in _CHORD_ROLES:
        return min(3 if role == "C" else 4, level.left_notes)
    return min(2, level.left_notes) if role in _PAIR_ROLES else 1


def _playable(
    patterns: Sequence[Pattern], level: Level, metre: Metre, quarter_bpm: float
) -> list[tuple[BarPattern, float]]:
    known = [each for each in patterns if each.level <= level.number and not each.right]
    fitting = [(_lay_out(each, metre), each.weight) for each in known if _fits(each, metre)]
    if not fitting and not metre.compound and all(length == TICKS for _, length in metre.pulses):
        simple = [each for each in known if _is_simple(each)]
        fitting = [(_lay_out(each, metre), each.weight) for each in simple]
    if not fitting:
        fitting = [(bar, 1.0) for bar in _own_patterns(metre) if bar.level <= level.number]
    held = BarPattern("held root", 1, (Event(0, metre.bar, "R"),))
    fitting = fitting or [(held, 1.0)]
    if level.texture == "together":
        # Below the melody of these levels the left hand moves with the beat.
        fitting = [pair for pair in fitting if _on_beat(pair[0], metre)]
    # Best with room for a melody on every pulse, else at least on the strong ones.
    for melody in ([start for start, _ in metre.pulses], list(metre.strong)):
        sparse = []
        for pattern, weight in fitting:
            slim = _slim(pattern, level, metre, quarter_bpm=quarter_bpm, melody=melody)
            if slim is not None:
                sparse.append((slim, weight))
        if sparse:
            return sparse
    return [(held, 1.0)]


def _nearness(below: int) -> float:
    return _NEARNESS[below] if below < len(_NEARNESS) else _RARE


def _is_simple(pattern: Pattern) -> bool:
    return all(not meter.endswith("8") for meter in pattern.meters)


def _fits(pattern: Pattern, metre: Metre) -> bool:
    length = to_ticks(read_length(pattern.length))
    if pattern.meters:
        return metre.name in pattern.meters and metre.bar % length == 0
    simple = not metre.name.endswith("/8")
    return simple and metre.bar % length == 0


@cache
def _lay_out(pattern: Pattern, metre: Metre) -> BarPattern:
    """Tile a pattern over a bar and cut what sticks out.

    In a metre that no pattern fits, a four-beat pattern is cut to three beats in 3/4 and goes on
    with its first beats in 5/4 and 7/4.
    """
    length = to_ticks(read_length(pattern.length))
    events: list[Event] = []
    for start in range(0, metre.bar, length):
        for each in read_pattern(pattern.events):
            onset = start + to_ticks(each.offset_ql)
            if each.role and onset < metre.bar:
                duration = min(to_ticks(each.duration_ql), metre.bar - onset)
                events.append(Event(onset, duration, each.role))
    return BarPattern(pattern.name, pattern.level, tuple(events))


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
    return all(event.onset % metre.beat == 0 for event in pattern.events)


def _slim(
    pattern: BarPattern,
    level: Level,
    metre: Metre,
    *,
    quarter_bpm: float,
    melody: Sequence[int],
) -> BarPattern | None:
    """The pattern with the fullest chords that its density leaves; None where it is too dense."""
    chords = any(event.role in _CHORD_ROLES | {"S"} for event in pattern.events)
    least = min(level.left_notes, 2) if chords else 1
    for fullness in range(level.left_notes, least - 1, -1):
        slim = replace(pattern, fullness=fullness)
        if _is_sparse(slim, level, metre, quarter_bpm=quarter_bpm, melody=melody):
            return slim
    return None


def _restrikes(pattern: BarPattern, metre: Metre, quarter_bpm: float) -> bool:
    """Whether one role comes again too soon for one finger."""
    events = [*pattern.events, replace(pattern.events[0], onset=metre.bar)]
    for one, two in pairwise(events):
        gap = (two.onset - one.onset) / TICKS * _SECONDS / quarter_bpm
        if one.role == two.role and gap < FASTEST_REPEAT:
            return True
    return False


def _is_sparse(
    pattern: BarPattern,
    level: Level,
    metre: Metre,
    *,
    quarter_bpm: float,
    melody: Sequence[int],
) -> bool:
    """Whether any two beats leave a melody on these onsets room under the level's densities."""
    window = 2 * metre.beat
    onsets = [
        (event.onset, min(pattern.fullness, role_size(event.role, level)))
        for event in pattern.events
    ]
    if _restrikes(pattern, metre, quarter_bpm):
        return False
    onsets = sorted(onsets + [(at, 1) for at in melody])
    once = len(onsets)
    onsets += [(onset + metre.bar, size) for onset, size in onsets]
    seconds = two_beats_s(metre, quarter_bpm)
    for start, _ in onsets[:once]:
        within = [pair for pair in onsets if start <= pair[0] < start + window]
        inside = [size for _, size in within]
        if len({onset for onset, _ in within}) > max(1.0, level.onsets_per_s * seconds):
            return False
        if sum(inside) > max(2.0, level.notes_per_s * seconds * NOTE_HEADROOM + 1):
            return False
    return True
