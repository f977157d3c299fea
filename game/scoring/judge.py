"""What each note was worth: onsets heard as the ear hears them, verdicts, grades, lengths."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import sqrt
from statistics import median
from typing import TYPE_CHECKING

import numpy as np

from game.scoring.drift import find_drift
from game.scoring.results import ExtraJudgement, NoteJudgement
from game.scoring.segments import smooth_median

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

    from game.scoring.align import Aligned
    from game.scoring.expectation import Expected
    from game.scoring.results import PlayedNote

HAND_SPREAD_S = (0.060, 0.090)
"""One hand's chord belongs together within this; levels 1 to 4 get the second (22 pianists of
the Vienna 4x22 corpus: 95 % within 50 ms)."""
HANDS_SPREAD_S = (0.090, 0.130)
"""The same for both hands (95 % within 69 ms)."""
BEGINNER_LEVEL = 4
OFF_CLICK_BEATS = 0.4
"""A lag that lasts and is larger is another beat: the player is not on the click."""
LATEST_MS = 300.0
"""No instrument lags more."""
THROUGHOUT = 0.9
"""Of the onsets that share a lag that is the instrument's."""
LAG_ONSETS = 9
LEAN_ONSETS = 31
"""Onsets of the running medians that tell a lasting lag, and a slow lean, from slips (by ear)."""
LEVEL_ONSETS = 3
WAIT_BEATS = 0.4
"""A step of the lag that is no scatter and no rubato."""
LEAST_FREEDOM = 0.1
"""Share of the scatter that is left in a residual, at least."""


@dataclass(frozen=True)
class Onset:
    """Notes heard as one: a chord of one or both hands, or a single note."""

    numbers: tuple[int, ...]
    """Charted notes, counted from 0 as in the expectation."""
    onset_ql: Fraction
    place_s: float
    """Where it is performed, on the chart's clock."""
    heard_s: float
    """The median of its notes, on the chart's clock."""
    asynchrony_ms: float
    distance_ms: float
    """Outside the accepted interval; negative is early."""
    steady_ms: float
    """The same with the player's own slow lean taken off."""
    lag_s: float
    """The lag that lasts around it."""
    on_click: bool
    attempt: int
    beat_s: float
    bar: int


@dataclass(frozen=True)
class Judged:
    """All judgements of a take."""

    notes: tuple[NoteJudgement, ...]
    extras: tuple[ExtraJudgement, ...]
    onsets: tuple[Onset, ...]
    """In the order in which they were heard; grace notes are not among them."""


def judge_take(
    expected: Sequence[Expected],
    played: Sequence[PlayedNote],
    aligned: Aligned,
    *,
    level: int,
) -> Judged:
    """Judge every note of a take.

    Asynchrony is played minus performed onset, swing allowed for and pocket not; the grade goes
    by how far the chord as a whole lies outside what the style accepts.

    Args:
        expected: the charted notes.
        played: the played notes.
        aligned: which was meant for which.
        level: 1 to 10; beginners' chords may spread wider.

    """
    by_index = {note.index: note for note in played}
    numbers = {note.id: number for number, note in enumerate(expected)}
    matched = {numbers[name]: by_index[index] for name, index in aligned.alignment.matches}
    others = {numbers[name]: by_index[index] for name, index in aligned.alignment.substitutions}
    onsets = _find_onsets(expected, matched, aligned, level)
    onsets = _find_lean(expected, onsets, free=aligned.warp.free)
    pace = 1.0 if aligned.warp.free else 1.0 + find_drift(onsets)
    grades = _grade(expected, matched, onsets, aligned, level)
    notes = tuple(
        _judge(
            number,
            note,
            right=matched.get(number),
            other=others.get(number),
            grades=grades,
            aligned=aligned,
            pace=pace,
        )
        for number, note in enumerate(expected)
    )
    extras = tuple(ExtraJudgement(index, reason) for index, reason in aligned.alignment.extras)
    return Judged(notes, extras, onsets)


def _find_onsets(
    expected: Sequence[Expected],
    matched: dict[int, PlayedNote],
    aligned: Aligned,
    level: int,
) -> tuple[Onset, ...]:
    """Gather matched notes into what is heard as one."""
    groups: dict[int, list[int]] = {}
    for number in matched:
        if not expected[number].grace:
            groups.setdefault(expected[number].group, []).append(number)
    whole = HANDS_SPREAD_S[level <= BEGINNER_LEVEL]
    onsets: list[Onset] = []
    for numbers in groups.values():
        times = {number: aligned.warp.chart_s(matched[number].onset_s) for number in numbers}
        attempts = {aligned.attempts[matched[number].index] for number in numbers}
        if len(attempts) == 1 and max(times.values()) - min(times.values()) <= whole:
            parts = [numbers]
        else:
            staffs = {expected[number].staff for number in numbers}
            parts = [[n for n in numbers if expected[n].staff == staff] for staff in staffs]
        for part in parts:
            first = matched[part[0]]
            heard = median(times[number] for number in part)
            onsets.append(_onset(expected, part, heard, aligned.attempts[first.index]))
    return tuple(sorted(onsets, key=lambda onset: (onset.heard_s, onset.numbers)))


def _onset(expected: Sequence[Expected], part: list[int], heard_s: float, attempt: int) -> Onset:
    note = expected[part[0]]
    return Onset(
        numbers=tuple(sorted(part)),
        onset_ql=note.onset_ql,
        place_s=note.onset_s,
        heard_s=heard_s,
        asynchrony_ms=(heard_s - note.onset_s) * 1000.0,
        distance_ms=0.0,
        steady_ms=0.0,
        lag_s=0.0,
        on_click=True,
        attempt=attempt,
        beat_s=note.beat_s,
        bar=note.bar,
    )


def _find_lean(
    expected: Sequence[Expected], onsets: tuple[Onset, ...], *, free: bool
) -> tuple[Onset, ...]:
    """Tell the lag that lasts, the slow lean and the single slip apart.

    Another tempo than the click's is taken off before anything is smoothed: a running median ends
    beside a slope.
    """
    drift = 0.0 if free else find_drift(onsets)
    ways = [1000.0 * drift * onset.place_s for onset in onsets]
    lags = _find_lags(onsets, ways)
    raw = _level_out(onsets) if free else [onset.asynchrony_ms for onset in onsets]
    level = [value - way for value, way in zip(raw, ways, strict=True)]
    smooth = smooth_median(level, LEAN_ONSETS)
    leans = [value + way for value, way in zip(smooth, ways, strict=True)]
    throughout = _lags_throughout(onsets, lags)
    found: list[Onset] = []
    for onset, asynchrony, lag, lean in zip(onsets, raw, lags, leans, strict=True):
        on_click = free or throughout or abs(lag) <= OFF_CLICK_BEATS * 1000.0 * onset.beat_s
        centre = lean if on_click else lag
        note = expected[onset.numbers[0]]
        at_s = note.onset_s + asynchrony / 1000.0
        distance = note.distance_ms(at_s)
        steady = note.distance_ms(at_s - centre / 1000.0)
        found.append(
            replace(
                onset,
                asynchrony_ms=asynchrony,
                distance_ms=distance,
                steady_ms=min(distance, steady, key=abs),
                lag_s=lag / 1000.0,
                on_click=on_click,
            )
        )
    return tuple(found)


def _find_lags(onsets: tuple[Onset, ...], ways: Sequence[float]) -> list[float]:
    """The asynchrony that lasts around each onset of its stretch, in ms.

    Args:
        onsets: as they were heard.
        ways: what another tempo adds up to at each, in ms.
    """
    lags = [0.0] * len(onsets)
    for members in _stretches(onsets):
        level = [onsets[index].asynchrony_ms - ways[index] for index in members]
        for index, lag in zip(members, smooth_median(level, LAG_ONSETS, odd=True), strict=True):
            lags[index] = lag + ways[index]
    return lags


def _lags_throughout(onsets: tuple[Onset, ...], lags: Sequence[float]) -> bool:
    """Whether one lag that an instrument may have lies over all of the take.

    At a fast tempo that is more than half of a beat, and yet no other beat.
    """
    if not lags:
        return False
    middle = median(lags)
    same = [
        abs(lag - middle) <= OFF_CLICK_BEATS / 2.0 * 1000.0 * onset.beat_s
        for onset, lag in zip(onsets, lags, strict=True)
    ]
    return abs(middle) <= LATEST_MS and sum(same) >= THROUGHOUT * len(same)


def _stretches(onsets: tuple[Onset, ...]) -> list[list[int]]:
    """The onsets of each stretch without a jump."""
    stretches: dict[int, list[int]] = {}
    for index, onset in enumerate(onsets):
        stretches.setdefault(onset.attempt, []).append(index)
    return list(stretches.values())


def _level_out(onsets: tuple[Onset, ...]) -> list[float]:
    """Without a click: asynchrony against a straight line through an onset and its neighbours.

    So short a line follows a rubato from gesture to gesture, and none is drawn across a wait. A
    residual of a line through few points is smaller than the scatter; it is made as large again.
    """
    levelled = [0.0] * len(onsets)
    for members in _cut_at_waits(onsets):
        if len(members) < LEVEL_ONSETS:
            continue
        place = np.array([onsets[index].place_s for index in members])
        lag = np.array([onsets[index].asynchrony_ms for index in members])
        for row, index in enumerate(members):
            low = max(0, min(row - LEVEL_ONSETS // 2, len(members) - LEVEL_ONSETS))
            near = slice(low, low + LEVEL_ONSETS)
            x, y = place[near] - place[row], lag[near]
            spread = float(((x - x.mean()) ** 2).sum())
            slope = float(((x - x.mean()) * y).sum()) / spread if spread else 0.0
            leverage = 1.0 / len(x) + (float(x.mean()) ** 2 / spread if spread else 0.0)
            residual = float(lag[row] - (y.mean() - slope * x.mean()))
            levelled[index] = residual / sqrt(max(LEAST_FREEDOM, 1.0 - leverage))
    return levelled


def _cut_at_waits(onsets: tuple[Onset, ...]) -> list[list[int]]:
    """The stretches without a jump, cut where the player waited or hurried on."""
    pieces: list[list[int]] = []
    for members in _stretches(onsets):
        last: Onset | None = None
        for index in members:
            onset = onsets[index]
            wait_ms = WAIT_BEATS * 1000.0 * onset.beat_s
            if last is None or abs(onset.asynchrony_ms - last.asynchrony_ms) > wait_ms:
                pieces.append([])
            pieces[-1].append(index)
            last = onset
    return pieces


def _grade(
    expected: Sequence[Expected],
    matched: dict[int, PlayedNote],
    onsets: tuple[Onset, ...],
    aligned: Aligned,
    level: int,
) -> dict[int, tuple[float, str]]:
    """Asynchrony in ms and grade of each matched note."""
    grades: dict[int, tuple[float, str]] = {}
    alone_s = HAND_SPREAD_S[level <= BEGINNER_LEVEL]
    for onset in onsets:
        shift = onset.place_s + onset.asynchrony_ms / 1000.0 - onset.heard_s
        for number in onset.numbers:
            note = expected[number]
            heard = aligned.warp.chart_s(matched[number].onset_s) + shift
            torn = abs(heard - shift - onset.heard_s) > alone_s
            distance = note.distance_ms(heard) if torn else onset.distance_ms
            grade = note.window(distance).grade(abs(distance))
            grades[number] = ((heard - note.onset_s) * 1000.0, grade)
    for number, key in matched.items():
        if number not in grades:
            note = expected[number]
            heard = aligned.warp.chart_s(key.onset_s)
            distance = note.distance_ms(heard)
            grade = note.window(distance).grade(abs(distance))
            grades[number] = ((heard - note.onset_s) * 1000.0, grade)
    return grades


def _judge(
    number: int,
    note: Expected,
    *,
    right: PlayedNote | None,
    other: PlayedNote | None,
    grades: dict[int, tuple[float, str]],
    aligned: Aligned,
    pace: float,
) -> NoteJudgement:
    """The judgement of one charted note."""
    played = right or other
    asynchrony, grade = grades.get(number, (None, None))
    if played is not None and asynchrony is None:
        asynchrony = (aligned.warp.chart_s(played.onset_s) - note.onset_s) * 1000.0
    verdict = "match" if right else "substitution" if other else "omission"
    return NoteJudgement(
        id=note.id,
        onset_ql=note.onset_ql,
        pitch=note.pitch,
        staff=note.staff,
        verdict=verdict,
        played=played.index if played else None,
        asynchrony_ms=asynchrony,
        grade=grade,
        length_ratio=_length_ratio(note, played, aligned, pace) if played else None,
        velocity=played.velocity if played else None,
    )


def _length_ratio(
    note: Expected, played: PlayedNote, aligned: Aligned, pace: float
) -> float | None:
    """Played over written length, in the player's own tempo; None for grace notes.

    Args:
        note: what is written.
        played: what was played.
        aligned: the player's clock, where there was no click.
        pace: seconds of another tempo for one of the click's.
    """
    written = note.release_s - note.onset_s
    if note.grace or played.duration_s is None or written <= 0:
        return None
    start = aligned.warp.chart_s(played.onset_s)
    end = aligned.warp.chart_s(played.onset_s + played.duration_s)
    return (end - start) / (written * pace)
