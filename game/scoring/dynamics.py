"""Whether the marks of loudness were followed."""

from __future__ import annotations

from bisect import bisect_right
from itertools import pairwise
from statistics import fmean, pstdev
from typing import TYPE_CHECKING

from game.scoring.results import TouchReport

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from fractions import Fraction

    from exercises.chart import Chart, Mark
    from game.scoring.expectation import Expected
    from game.scoring.results import NoteJudgement

LOUDNESS = {"ppp": 0, "pp": 1, "p": 2, "mp": 3, "mf": 4, "f": 5, "ff": 6, "fff": 7}
STEP_VELOCITY = 4.0
"""The least change of mean velocity between two marks that an ear takes for one (by ear)."""
ACCENT_VELOCITY = 6.0
"""The least that an accent stands above the notes around it (by ear)."""
ACCENTS = frozenset({"accent", "marcato"})
AROUND = 4
"""Notes on either side that an accent stands out from."""
ENOUGH_NOTES = 3
LEAST_PART = 1 / 3
"""Of a swell that has to be heard in its notes; in less, a touch's own scatter is louder."""
TOUCH_SHARE = 0.25
"""What the touch can cost where the chart has marks: what is asked for comes first."""
EVEN, UNEVEN = 8.0, 25.0
"""Velocity from note to note of one hand under one mark: even to the ear, and worth nothing. A
solid player scatters about 5, by the square root of two from note to note (by ear)."""
UNDER, OVER = 4.0, 24.0
"""How far the lower hand may lie above the upper: in balance, and drowning it (by ear)."""
ENOUGH_TOUCH = 12
"""Notes of a hand from which its touch is judged."""
FLAT_VELOCITY = 0.5
"""A take whose velocities scatter less came from an instrument without dynamics."""


def report_touch(
    chart: Chart, expected: Sequence[Expected], notes: Sequence[NoteJudgement]
) -> TouchReport | None:
    """Report how marks, hairpins and accents were followed, and the touch and balance of hands.

    None where there is nothing to compare, or the instrument has no dynamics.
    """
    heard = [
        (note, float(judgement.velocity))
        for note, judgement in zip(expected, notes, strict=True)
        if judgement.verdict == "match" and judgement.velocity is not None
    ]
    if len(heard) < ENOUGH_NOTES or pstdev(velocity for _, velocity in heard) < FLAT_VELOCITY:
        return None
    points = [
        *_compare_stretches(chart, heard),
        *_follow_hairpins(chart, heard),
        *_hear_accents(chart, heard),
    ]
    touch = [*_hear_evenness(chart, heard), *_hear_balance(chart, heard)]
    if not points and not touch:
        return None
    return TouchReport(fmean(points) if points else None, fmean(touch) if touch else None)


def score_touch(report: TouchReport | None) -> float | None:
    """Score the dynamics, 0 to 100: what is asked for, less a part for an uneven touch."""
    if report is None:
        return None
    if report.followed is None:
        return None if report.evenness is None else 100.0 * report.evenness
    uneven = 0.0 if report.evenness is None else 1.0 - report.evenness
    return 100.0 * report.followed * (1.0 - TOUCH_SHARE * uneven)


def _compare_stretches(chart: Chart, heard: list[tuple[Expected, float]]) -> list[float]:
    """For each change of mark: whether the mean velocity went the same way."""
    marks = sorted(
        (mark for mark in chart.marks if mark.kind == "dynamic" and mark.text in LOUDNESS),
        key=lambda mark: mark.onset_ql,
    )
    starts = [mark.onset_ql for mark in marks]
    stretches: list[list[float]] = [[] for _ in marks]
    for note, velocity in heard:
        place = bisect_right(starts, note.onset_ql) - 1
        if place >= 0 and not ACCENTS & set(note.articulations) and not _in_hairpin(chart, note):
            stretches[place].append(velocity)
    points: list[float] = []
    for (before, some), (after, more) in pairwise(zip(marks, stretches, strict=True)):
        asked = LOUDNESS[after.text] - LOUDNESS[before.text]
        if asked and len(some) >= ENOUGH_NOTES and len(more) >= ENOUGH_NOTES:
            points.append(_share((fmean(more) - fmean(some)) * (1 if asked > 0 else -1)))
    return points


def _share(change: float) -> float:
    """1 where a change is plain, 0 where it is none or the wrong way."""
    return min(1.0, max(0.0, change / STEP_VELOCITY))


def _in_hairpin(chart: Chart, note: Expected) -> bool:
    return any(_covers(mark, note) for mark in chart.marks if mark.kind == "hairpin")


def _covers(mark: Mark, note: Expected) -> bool:
    return mark.end_ql is not None and mark.onset_ql < note.onset_ql <= mark.end_ql


def _follow_hairpins(chart: Chart, heard: list[tuple[Expected, float]]) -> list[float]:
    """For each hairpin: whether its second half is louder (or softer) than its first.

    Accents are no part of a swell. Where they leave notes that lie nearer together than the halves
    do, less of the swell can be heard in them, and less is asked.
    """
    points: list[float] = []
    for mark in chart.marks:
        if mark.kind != "hairpin" or mark.end_ql is None:
            continue
        inside = [
            (note.onset_ql, velocity)
            for note, velocity in heard
            if mark.onset_ql <= note.onset_ql <= mark.end_ql
            and not ACCENTS & set(note.articulations)
        ]
        half = (mark.end_ql - mark.onset_ql) / 2
        first = [pair for pair in inside if pair[0] < mark.onset_ql + half]
        second = [pair for pair in inside if pair[0] >= mark.onset_ql + half]
        if len(inside) >= ENOUGH_NOTES and first and second:
            (at, before), (then, after) = _middle(first), _middle(second)
            part = min(1.0, max(LEAST_PART, (then - at) / float(half)))
            points.append(_share((after - before) / part * (1 if mark.text == "<" else -1)))
    return points


def _middle(notes: list[tuple[Fraction, float]]) -> tuple[float, float]:
    """Mean place and mean velocity."""
    return fmean(float(onset) for onset, _ in notes), fmean(velocity for _, velocity in notes)


def _mark_starts(chart: Chart) -> list[Fraction]:
    """Where marks of loudness stand: notes between two of them are under one mark."""
    return sorted(mark.onset_ql for mark in chart.marks if mark.kind == "dynamic")


def _hear_accents(chart: Chart, heard: list[tuple[Expected, float]]) -> list[float]:
    """For each accent: whether it stands above the plain notes around it in its hand.

    Only notes under the same mark are around it: an accent in a soft bar is no match for the loud
    one beside it. In a hairpin as many are taken before it as after it, so that the swell itself
    is taken out.
    """
    starts = _mark_starts(chart)
    hairpins = sorted(
        (m for m in chart.marks if m.kind == "hairpin"), key=lambda mark: mark.onset_ql
    )

    def stretch(note: Expected) -> tuple[int, int]:
        inside = [i for i, mark in enumerate(hairpins) if _covers(mark, note)]
        return bisect_right(starts, note.onset_ql), inside[0] if inside else -1

    points: list[float] = []
    for staff in (1, 2):
        own = [(note, velocity, stretch(note)) for note, velocity in heard if note.staff == staff]
        for index, (note, velocity, here) in enumerate(own):
            if not ACCENTS & set(note.articulations):
                continue
            before = _plain(reversed(own[max(0, index - AROUND) : index]), here)
            after = _plain(own[index + 1 : index + AROUND + 1], here)
            if here[1] >= 0:
                count = min(len(before), len(after))
                before, after = before[:count], after[:count]
            if before or after:
                above = velocity - fmean(before + after)
                points.append(min(1.0, max(0.0, above / ACCENT_VELOCITY)))
    return points


def _plain(
    notes: Iterable[tuple[Expected, float, tuple[int, int]]], here: tuple[int, int]
) -> list[float]:
    """The velocities of the notes without an accent under the same mark and hairpin."""
    return [
        v for note, v, place in notes if place == here and not ACCENTS & set(note.articulations)
    ]


def _hear_evenness(chart: Chart, heard: list[tuple[Expected, float]]) -> list[float]:
    """For each hand: how little neighbours under one mark and without signs differ."""
    starts = _mark_starts(chart)
    points: list[float] = []
    for staff in (1, 2):
        own = [
            (bisect_right(starts, note.onset_ql), velocity)
            for note, velocity in heard
            if note.staff == staff
            and not note.grace
            and not ACCENTS & set(note.articulations)
            and not _in_hairpin(chart, note)
        ]
        steps = [abs(b - a) for (here, a), (there, b) in pairwise(own) if here == there]
        if len(steps) >= ENOUGH_TOUCH:
            points.append(min(1.0, max(0.0, (UNEVEN - fmean(steps)) / (UNEVEN - EVEN))))
    return points


def _hear_balance(chart: Chart, heard: list[tuple[Expected, float]]) -> list[float]:
    """Whether the lower hand leaves the upper one, which has the tune, to be heard.

    Only what stands under one mark is compared: a left hand that has the loud bars to itself
    drowns nobody.
    """
    starts = _mark_starts(chart)
    hands: dict[int, tuple[list[float], list[float]]] = {}
    for note, velocity in heard:
        if not _in_hairpin(chart, note):
            place = bisect_right(starts, note.onset_ql)
            hands.setdefault(place, ([], []))[note.staff != 1].append(velocity)
    both = [(upper, lower) for upper, lower in hands.values() if upper and lower]
    if min(sum(len(h[i]) for h in both) for i in (0, 1)) < ENOUGH_TOUCH:
        return []
    over = fmean(velocity - fmean(upper) for upper, lower in both for velocity in lower)
    return [min(1.0, max(0.0, (OVER - over) / (OVER - UNDER)))]
