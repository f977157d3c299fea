"""Time lost and won in places: after rests, in sixteenths, at leaps, in one of the hands."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from statistics import fmean
from typing import TYPE_CHECKING

from game.scoring.diagnoses.evidence import SURE_Z, Finding
from game.scoring.diagnoses.swing import find_swing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from game.scoring.diagnoses.evidence import Evidence, Strike

LEAST_MS = 18.0
"""A mean lead or lag that a listener could name (just noticeable is 2.5 % of a beat)."""
LEAST_BEATS = 0.03
LEFT_MS = 30.0
"""Pianists let the melody lead the left hand by some 20 ms on purpose (Vienna 4x22: 20.6 +- 30)."""
RIGHT_MS = 80.0
"""A tune may lie back over its accompaniment, in jazz above all (by ear)."""
LEAST_STRIKES = 5
LEAST_PAIRS = 8
LEAST_REST = Fraction(1, 2)
HALF, SIXTEENTH = Fraction(1, 2), Fraction(1, 4)
LEAP = 8
"""Semitones: a minor sixth and more moves the hand."""


@dataclass(frozen=True)
class _Habit:
    """Places where a player may leave the pulse, and what is said of it."""

    kind: str
    detail: str
    foci: tuple[str, ...]
    places: frozenset[tuple[int, Fraction]]
    """Staff and onset of the strikes."""
    early: bool


@dataclass(frozen=True)
class _Measured:
    """A habit that a take shows."""

    finding: Finding | None
    """None for the off-beat, which is told as swing."""
    numbers: frozenset[int]
    """All charted notes in its places."""
    errors: float
    """How sure it is, in standard errors."""


def find_motion(evidence: Evidence) -> Iterator[Finding]:
    """Everything about places where the player leaves the pulse, and about the swing.

    One habit moves the mean of every place that it shares notes with: a left hand that leaps is
    late where the leaps are late. So the surest is told first, and its places are left out for
    the others.
    """
    habits = _list_habits(evidence)
    swung = evidence.swings
    while True:
        measured = [_measure(evidence, habit) for habit in habits]
        measured += [_measure_hands(evidence), _measure_off_beat(evidence) if swung else None]
        best = max((one for one in measured if one), key=lambda one: one.errors, default=None)
        if best is None:
            break
        if best.finding is None:
            yield from find_swing(evidence)
            swung = False
        else:
            yield best.finding
        evidence.explained.update(best.numbers)
    if swung:
        yield from find_swing(evidence)


def _list_habits(evidence: Evidence) -> tuple[_Habit, ...]:
    hands = evidence.strikes
    return (
        _Habit(
            "rushing after rests", "count the rest to its end", ("rests",),
            frozenset(_after_rests(hands)), early=True,
        ),
        _Habit(
            "rushing sixteenths", "the sixteenths run ahead of the beat",
            ("sixteenths", "rhythm:.25 .25 .25 .25"),
            frozenset(_in_sixteenths(hands)), early=True,
        ),
        _Habit(
            "dragging at leaps", "the hand arrives late after a leap: look ahead",
            ("leaps", "interval:8", "interval:6", "left"),
            frozenset(_at_leaps(evidence)), early=False,
        ),
    )  # fmt: skip


def _known(evidence: Evidence) -> list[Strike]:
    """The strikes that were heard, and that nothing explains yet."""
    return [
        strike
        for staff in (1, 2)
        for strike in evidence.strikes[staff]
        if strike.away_ms is not None and not evidence.explained & set(strike.numbers)
    ]


def _contrast(
    evidence: Evidence, inside: Sequence[Strike], others: Sequence[Strike]
) -> tuple[float, float]:
    """How much later some strikes were than others, in ms, and in standard errors."""
    if len(inside) < LEAST_STRIKES or len(others) < LEAST_STRIKES:
        return 0.0, 0.0
    return evidence.contrast(
        [s.away_ms for s in inside if s.away_ms is not None],
        [s.away_ms for s in others if s.away_ms is not None],
    )


def _measure(evidence: Evidence, habit: _Habit) -> _Measured | None:
    """A habit whose strikes are surely earlier (or later) than all others."""
    known = _known(evidence)
    inside = [s for s in known if (s.staff, s.onset_ql) in habit.places]
    others = [s for s in known if (s.staff, s.onset_ql) not in habit.places]
    gap, errors = _contrast(evidence, inside, others)
    sign = -1.0 if habit.early else 1.0
    least = max(LEAST_MS, LEAST_BEATS * 1000.0 * inside[0].beat_s) if inside else LEAST_MS
    if sign * gap < least or sign * errors < SURE_Z:
        return None
    showing = [s for s in inside if s.away_ms is not None and sign * s.away_ms > 0]
    numbers = tuple(sorted(n for s in showing for n in s.numbers))
    side = "early" if habit.early else "late"
    text = f"{abs(gap):.0f} ms {side} on average: {habit.detail}"
    finding = Finding(habit.kind, text, numbers, habit.foci, "time", len(showing))
    return _Measured(finding, _numbers(inside), abs(errors))


def _measure_off_beat(evidence: Evidence) -> _Measured | None:
    """The eighths on the off-beat, which swing puts elsewhere."""
    known = _known(evidence)
    inside = [s for s in known if s.place % 1 == HALF]
    others = [s for s in known if s.place.denominator == 1]
    _, errors = _contrast(evidence, inside, others)
    return _Measured(None, _numbers(inside), abs(errors)) if abs(errors) >= SURE_Z else None


def _measure_hands(evidence: Evidence) -> _Measured | None:
    """One hand behind the other: where both strike together, else over all of their strikes."""
    known = _known(evidence)
    right = {s.onset_ql: s for s in known if s.staff == 1}
    left = {s.onset_ql: s for s in known if s.staff != 1}
    gaps = [
        (strike.away_ms or 0.0) - (right[place].away_ms or 0.0)
        for place, strike in left.items()
        if place in right
    ]
    # Strikes without the other hand tell as well whether it is the hand or some places.
    apart, errors = _contrast(evidence, list(left.values()), list(right.values()))
    together = len(gaps) >= LEAST_PAIRS
    gap, sure = evidence.lean_of(gaps) if together else (apart, errors)
    if abs(gap) < (LEFT_MS if together and gap > 0 else RIGHT_MS) or abs(sure) < SURE_Z:
        return None
    name, other, own, led = (
        ("left", "right", left, right) if gap > 0 else ("right", "left", right, left)
    )
    middle = fmean(strike.away_ms or 0.0 for strike in led.values())
    late = [strike for strike in own.values() if (strike.away_ms or 0.0) > middle]
    finding = Finding(
        kind=f"{name} hand late",
        detail=f"{abs(gap):.0f} ms behind the {other} on average",
        numbers=tuple(sorted(_numbers(late))),
        foci=("left", "leaps") if name == "left" else ("leaps",),
        score="time",
        count=len(late),
    )
    return _Measured(finding, _numbers(own.values()), max(abs(sure), abs(errors)))


def _numbers(strikes: Iterable[Strike]) -> frozenset[int]:
    return frozenset(number for strike in strikes for number in strike.numbers)


def _after_rests(hands: dict[int, tuple[Strike, ...]]) -> set[tuple[int, Fraction]]:
    """Strikes that follow a rest of their hand."""
    found = set()
    for strikes in hands.values():
        until = None
        for strike in strikes:
            if until is not None and strike.onset_ql - until >= LEAST_REST:
                found.add((strike.staff, strike.onset_ql))
            until = strike.end_ql if until is None else max(until, strike.end_ql)
    return found


def _in_sixteenths(hands: dict[int, tuple[Strike, ...]]) -> set[tuple[int, Fraction]]:
    """Strikes inside a run of sixteenths, but its first."""
    found = set()
    for strikes in hands.values():
        for before, strike in pairwise(strikes):
            if strike.onset_ql - before.onset_ql <= SIXTEENTH and strike.place.denominator != 1:
                found.add((strike.staff, strike.onset_ql))
    return found


def _at_leaps(evidence: Evidence) -> set[tuple[int, Fraction]]:
    """Strikes that all of a hand must move to."""
    found = set()
    for strikes in evidence.strikes.values():
        for before, strike in pairwise(strikes):
            here = [evidence.expected[n].pitch for n in strike.numbers]
            there = [evidence.expected[n].pitch for n in before.numbers]
            if min(abs(a - b) for a in here for b in there) >= LEAP:
                found.add((strike.staff, strike.onset_ql))
    return found
