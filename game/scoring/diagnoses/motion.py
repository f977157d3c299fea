"""Time lost and won in places: after rests, in sixteenths, at leaps, in the left hand."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from game.scoring.diagnoses.evidence import SURE_Z, Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from game.scoring.diagnoses.evidence import Evidence, Strike

LEAST_MS = 18.0
"""A mean lead or lag that a listener could name (just noticeable is 2.5 % of a beat)."""
LEAST_BEATS = 0.03
LEFT_MS = 30.0
"""Pianists let the melody lead the left hand by some 20 ms on purpose (Vienna 4x22: 20.6 +- 30)."""
LEAST_STRIKES = 5
LEAST_PAIRS = 8
LEAST_REST = Fraction(1, 2)
SIXTEENTH = Fraction(1, 4)
LEAP = 8
"""Semitones: a minor sixth and more moves the hand."""


def find_motion(evidence: Evidence) -> Iterator[Finding]:
    """Everything about places where the player leaves the pulse."""
    hands = evidence.strikes
    yield from _left_late(evidence)
    known = [
        strike
        for staff in (1, 2)
        for strike in hands[staff]
        if strike.away_ms is not None and not evidence.explained & set(strike.numbers)
    ]
    yield from _compare(
        evidence, known, _after_rests(hands), early=True,
        kind="rushing after rests", detail="count the rest to its end", foci=("rests",),
    )  # fmt: skip
    yield from _compare(
        evidence, known, _in_sixteenths(hands), early=True,
        kind="rushing sixteenths", detail="the sixteenths run ahead of the beat",
        foci=("sixteenths", "rhythm:.25 .25 .25 .25"),
    )  # fmt: skip
    yield from _compare(
        evidence, known, _at_leaps(evidence), early=False,
        kind="dragging at leaps", detail="the hand arrives late after a leap: look ahead",
        foci=("leaps", "interval:8", "interval:6", "left"),
    )  # fmt: skip


def _compare(
    evidence: Evidence,
    known: list[Strike],
    places: set[tuple[int, Fraction]],
    *,
    early: bool,
    kind: str,
    detail: str,
    foci: tuple[str, ...],
) -> Iterator[Finding]:
    """Name some places where their strikes are surely earlier (or later) than all others."""
    inside = [s for s in known if (s.staff, s.onset_ql) in places]
    others = [s for s in known if (s.staff, s.onset_ql) not in places]
    if len(inside) < LEAST_STRIKES or len(others) < LEAST_STRIKES:
        return
    gap, errors = evidence.contrast(
        [s.away_ms for s in inside if s.away_ms is not None],
        [s.away_ms for s in others if s.away_ms is not None],
    )
    least = max(LEAST_MS, LEAST_BEATS * 1000.0 * inside[0].beat_s)
    sign = -1.0 if early else 1.0
    if sign * gap < least or sign * errors < SURE_Z:
        return
    showing = [s for s in inside if s.away_ms is not None and sign * s.away_ms > 0]
    numbers = tuple(sorted(n for s in showing for n in s.numbers))
    side = "early" if early else "late"
    text = f"{abs(gap):.0f} ms {side} on average: {detail}"
    yield Finding(kind, text, numbers, foci, "time", len(showing))


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


def _left_late(evidence: Evidence) -> Iterator[Finding]:
    """The left hand behind the right where both strike together."""
    right = {s.onset_ql: s for s in evidence.strikes[1] if s.away_ms is not None}
    pairs = [
        (strike, strike.away_ms - (right[strike.onset_ql].away_ms or 0.0))
        for strike in evidence.strikes[2]
        if strike.away_ms is not None and strike.onset_ql in right
    ]
    if len(pairs) < LEAST_PAIRS:
        return
    gaps = [gap for _, gap in pairs]
    gap, errors = evidence.contrast(gaps, [0.0] * len(gaps))
    if gap < LEFT_MS or errors < SURE_Z:
        return
    late = [strike for strike, one in pairs if one > 0]
    numbers = tuple(sorted(n for strike in late for n in strike.numbers))
    evidence.explained.update(n for s in evidence.strikes[2] for n in s.numbers)
    detail = f"{gap:.0f} ms behind the right on average"
    yield Finding("left hand late", detail, numbers, ("left", "leaps"), "time", len(late))
