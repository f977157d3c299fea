"""Each bar in a word."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from statistics import fmean, median
from typing import TYPE_CHECKING

from game.scoring.results import BarVerdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from exercises.chart import Chart
    from game.scoring.expectation import Expected
    from game.scoring.judge import Judged, Onset
    from game.scoring.results import NoteJudgement, PlayedNote

UNSTEADY_POINTS = 0.75
"""A bar whose onsets are worth less on average is unsteady (by ear)."""


def judge_bars(
    chart: Chart, expected: Sequence[Expected], played: Sequence[PlayedNote], judged: Judged
) -> tuple[BarVerdict, ...]:
    """Say of each bar what was wrong most, or that it was clean."""
    notes: list[list[NoteJudgement]] = [[] for _ in chart.bars]
    for note, judgement in zip(expected, judged.notes, strict=True):
        notes[note.bar].append(judgement)
    onsets: list[list[Onset]] = [[] for _ in chart.bars]
    for onset in judged.onsets:
        onsets[onset.bar].append(onset)
    places = place_extras(expected, played, judged)
    stray = Counter(
        places[extra.played]
        for extra in judged.extras
        if extra.reason == "stray" and extra.played in places
    )
    verdicts: list[BarVerdict] = []
    for index, bar in enumerate(chart.bars):
        right = sum(note.verdict == "match" for note in notes[index])
        word = _name_notes(notes[index], stray[index])
        verdict = word or _name_time(expected, onsets[index])
        verdicts.append(BarVerdict(bar.number, verdict, right, len(notes[index])))
    return tuple(verdicts)


def _name_notes(notes: Sequence[NoteJudgement], stray: int) -> str | None:
    """What is wrong with the notes of a bar."""
    missed = sum(note.verdict == "omission" for note in notes)
    wrong = sum(note.verdict == "substitution" for note in notes) + stray
    if notes and missed == len(notes):
        return "silent"
    if missed or wrong:
        return "missed notes" if missed >= wrong else "wrong notes"
    return None


def _name_time(expected: Sequence[Expected], onsets: Sequence[Onset]) -> str:
    """What is wrong with the time of a bar whose notes are right."""
    if not onsets:
        return "clean"
    middle = median(onset.distance_ms for onset in onsets)
    window = expected[onsets[0].numbers[0]].window(middle)
    if abs(middle) > window.perfect:
        return "late" if middle > 0 else "early"
    worth = fmean(
        expected[onset.numbers[0]].window(onset.distance_ms).points(abs(onset.distance_ms))
        for onset in onsets
    )
    return "unsteady" if worth < UNSTEADY_POINTS else "clean"


def place_extras(
    expected: Sequence[Expected], played: Sequence[PlayedNote], judged: Judged
) -> dict[int, int]:
    """The bar of each played note that no charted note asked for: that of the nearest one meant.

    Returns:
        Played index to index of the bar; empty where no charted note was played at all.

    """
    bars = {
        judgement.played: note.bar
        for note, judgement in zip(expected, judged.notes, strict=True)
        if judgement.played is not None
    }
    when = {note.index: note.onset_s for note in played}
    near = sorted((when[index], bar) for index, bar in bars.items())
    placed: dict[int, int] = {}
    for extra in judged.extras if near else ():
        moment = when[extra.played]
        after = bisect_left(near, (moment,))
        beside = near[max(0, after - 1) : after + 1]
        placed[extra.played] = min(beside, key=lambda one: abs(one[0] - moment))[1]
    return placed
