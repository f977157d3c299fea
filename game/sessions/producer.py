"""What a producer says of a take: one or two short notes on what was really played.

Notes are codes with places, found from the grade; the words for them are data
(`assets/producer.toml`). Only what stands clear of the take's own scatter is said.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import sqrt
from statistics import fmean, median, pstdev
from typing import TYPE_CHECKING

import msgspec

from exercises.chairs import chair_of
from exercises.feels import asked_style
from exercises.passes import bar_index
from exercises.timeline import beat_ql
from game.performer.touch import read_loudness, strike_velocity
from game.scoring.scores import COSTLY_EXTRAS
from game.scoring.timing import ENOUGH_PAIRS
from game.scoring.windows import steady_scatter_ms
from game.sessions.steps import find_step
from styles.feel import pocket_ms, swing_range, swings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from fractions import Fraction

    from exercises.chart import Chart
    from exercises.timeline import Timeline
    from game.scoring.results import NoteJudgement, Scorecard
    from styles.schema import Style

MOST_NOTES = 2
"""A player remembers two things into the next take."""
POCKET_MS = 15.0
"""Outside the style's pocket and the click by more, it is told (people's own centres differ by
some 12 ms to the same click)."""
SURE_ERRORS = 2.0
"""Standard errors that a lean must stand clear of the scatter."""
LATENCY_MS = 75.0
"""So far outside any pocket: the gear."""
LOOSE = 2.4
"""The spread as a multiple of a professional's from which it is told."""
ENOUGH_BEATS = 8
STRAIGHT_RATIO = 1.3
"""Eighths of a straight style that are swung more than this (by ear)."""
LONG, LONG_MS = 1.25, 70.0
SHORT, SHORT_MS = 0.6, 70.0
"""Median share of the written length, and how much that must be in time (by ear)."""
ENOUGH_LENGTHS = 8
LOUDNESS = 18.0
"""Steps of velocity: more than a dynamic mark."""
BALANCE = 22.0
"""One hand over the other."""
ENOUGH_STRUCK = 12
CLEAN_SHARE = 0.03
"""Of the notes may go wrong before the producer speaks of notes, ..."""
MANY_SHARE = 0.1
"""From here on it is no slip here and there any more (by ear)."""
BAD_BAR = 2
"""... unless so many of them are in one bar."""
NAMED_BARS = 3
GOOD, FAIR = 88.0, 70.0
HANDS = {1: "right hand", 2: "left hand"}
_SHORTENED = frozenset({"staccato", "fermata"})


class Remark(msgspec.Struct, frozen=True):
    """One thing to say."""

    code: str
    """A key of the words: rush, drag, hurry, slow, ahead, behind, latency, loose, straight, swung,
    long, short, both_long, both_short, soft, loud, heavy, notes, some, many, stops, silence, one,
    safety or again."""
    bars: tuple[int, int] | None = None
    """First and last bar, as printed."""
    hand: int | None = None
    """1 right, 2 left."""


@dataclass(frozen=True)
class Heard:
    """A graded take as the producer has it."""

    chart: Chart
    scorecard: Scorecard
    timeline: Timeline
    style: Style | None
    level: int

    @property
    def beats_per_minute(self) -> float:
        """The notated beat's tempo."""
        start = self.chart.bars[0]
        return self.timeline.quarter_bpm_at(0) / float(beat_ql(start.meter))


def judge_take(heard: Heard) -> tuple[Remark, ...]:
    """The one or two things that matter most; praise only where there is nothing to mend."""
    scorecard = heard.scorecard
    heard = replace(heard, style=asked_style(heard.style, heard.chart.drill))
    if not any(note.verdict == "match" for note in scorecard.notes):
        return (Remark("silence"),)
    remarks = [
        *_hear_flow(heard),
        *_hear_notes(heard),
        *_hear_time(heard),
        *_hear_swing(heard),
        *_hear_lengths(heard),
        *_hear_dynamics(heard),
    ][:MOST_NOTES]
    if remarks:
        return tuple(remarks)
    total = scorecard.scores.total
    return (Remark("one" if total >= GOOD else "safety" if total >= FAIR else "again"),)


def _hear_flow(heard: Heard) -> Iterable[Remark]:
    flow = heard.scorecard.flow
    if flow.stops or flow.restarts:
        yield Remark("stops")


def _hear_notes(heard: Heard) -> Iterable[Remark]:
    """Bars whose notes went wrong."""
    bars = heard.chart.bars
    faults = _count_faults(heard)
    extras = sum(extra.reason in COSTLY_EXTRAS for extra in heard.scorecard.extras)
    few = CLEAN_SHARE * len(heard.scorecard.notes)
    if sum(faults) + extras <= few and max(faults) < BAD_BAR:
        return
    bad = [index for index, count in enumerate(faults) if count]
    if bad and bad[-1] - bad[0] < NAMED_BARS:
        yield Remark("notes", (bars[bad[0]].number, bars[bad[-1]].number))
    elif max(faults) >= BAD_BAR and max(faults) * 2 >= sum(faults):
        worst = bars[faults.index(max(faults))].number
        yield Remark("notes", (worst, worst))
    else:
        share = (sum(faults) + extras) / len(heard.scorecard.notes)
        yield Remark("many" if share > MANY_SHARE else "some")


def _count_faults(heard: Heard) -> list[int]:
    """Of each bar, the notes that were not struck as written."""
    bars = heard.chart.bars
    faults = [0] * len(bars)
    for note in heard.scorecard.notes:
        if note.verdict != "match":
            faults[bar_index(bars, note.onset_ql)] += 1
    return faults


def _hear_time(heard: Heard) -> Iterable[Remark]:
    """A stretch that leaves the take's own time, a drift, the pocket, or the scatter.

    Where the eighths are not the style's, beats alone tell the time.
    """
    bars = heard.chart.bars
    beats_only = bool(_hear_eighths(heard))
    places: dict[Fraction, list[float]] = {}
    for note in heard.scorecard.notes:
        if note.verdict == "match" and note.asynchrony_ms is not None:
            places.setdefault(note.onset_ql, []).append(note.asynchrony_ms)
    onsets = [
        (bar_index(bars, place), median(values))
        for place, values in sorted(places.items())
        if not beats_only or place.denominator == 1
    ]
    beat_ms = 60_000.0 / heard.beats_per_minute
    step = find_step(onsets, len(bars), scatter_ms=steady_scatter_ms(beat_ms))
    if step is not None:
        code = {"run": ("rush", "drag"), "drift": ("hurry", "slow")}[step.kind][step.by_ms > 0]
        named = (bars[step.first].number, bars[step.last].number)
        yield Remark(code, named if step.kind == "run" else None)
    if not onsets or (step is not None and step.kind == "drift"):
        return
    own = step.rest_ms if step is not None else fmean(value for _, value in onsets)
    low, high = pocket_ms(heard.style.feel if heard.style else None, heard.beats_per_minute)
    outside = min(0.0, own - min(0.0, low)) + max(0.0, own - max(0.0, high))
    error = pstdev(value for _, value in onsets) / sqrt(len(onsets))
    if abs(outside) > POCKET_MS + SURE_ERRORS * error:
        sides = ("ahead", "behind")
        yield Remark("latency" if abs(outside) > LATENCY_MS else sides[outside > 0])
    elif step is None and _is_loose(heard):
        yield Remark("loose")


def _is_loose(heard: Heard) -> bool:
    """Whether the beats themselves scatter, where the notes are right.

    In a bar of wrong keys it is uncertain which was meant for which note, and so how late it came.
    """
    bars, faults = heard.chart.bars, _count_faults(heard)
    beats = [
        note.asynchrony_ms
        for note in heard.scorecard.notes
        if note.asynchrony_ms is not None
        and note.onset_ql.denominator == 1
        and faults[bar_index(bars, note.onset_ql)] < BAD_BAR
    ]
    beat_ms = 60_000.0 / heard.beats_per_minute
    return len(beats) >= ENOUGH_BEATS and pstdev(beats) > LOOSE * steady_scatter_ms(beat_ms)


def _hear_swing(heard: Heard) -> Iterable[Remark]:
    """Eighths that are not the style's; of a take that scatters nothing can be said."""
    code = _hear_eighths(heard)
    if code and not _is_loose(heard):
        yield Remark(code)


def _hear_eighths(heard: Heard) -> str:
    """Straight or swung, against the style's own; nothing where there are too few, or no style."""
    time = heard.scorecard.time
    if heard.style is None or time.swing_ratio is None or time.swing_pairs < ENOUGH_PAIRS:
        return ""
    beat = beat_ql(heard.chart.bars[-1].meter)
    if not swings(heard.style.feel, heard.level, beat):
        return "swung" if time.swing_ratio > STRAIGHT_RATIO and beat == 1 else ""
    style = swing_range(heard.style.feel, heard.beats_per_minute * float(beat))
    if time.swing_ratio < style.lowest:
        return "straight"
    return "swung" if time.swing_ratio > style.highest else ""


def _hear_lengths(heard: Heard) -> Iterable[Remark]:
    """Hands whose keys are held too long, or let go too soon."""
    found = {hand: _measure_lengths(heard, hand) for hand in HANDS}
    for code in ("long", "short"):
        hands = [hand for hand, which in found.items() if which == code]
        played = [hand for hand, which in found.items() if which is not None]
        if len(hands) == len(HANDS):
            yield Remark(f"both_{code}")
        elif hands and (len(played) > 1 or found[3 - hands[0]] is None):
            yield Remark(code, hand=hands[0])


def _measure_lengths(heard: Heard, hand: int) -> str | None:
    """long, short or right; None where too few notes say."""
    written = {note.id: note for note in heard.chart.notes}
    follows = {(n.pitch, n.onset_ql) for n in heard.chart.notes}
    ratios, off_ms = [], []
    for note in _matched(heard.scorecard.notes, hand):
        own = written[note.id]
        if note.length_ratio is None or _SHORTENED & set(own.articulations):
            continue
        end = own.onset_ql + own.duration_ql
        if (own.pitch, end) in follows or not own.duration_ql:
            # The key has to come up for the next.
            continue
        seconds = heard.timeline.seconds_at(end) - heard.timeline.seconds_at(own.onset_ql)
        ratios.append(note.length_ratio)
        off_ms.append((note.length_ratio - 1.0) * seconds * 1000.0)
    if len(ratios) < ENOUGH_LENGTHS:
        return None
    ratio, off = median(ratios), median(off_ms)
    if ratio > LONG and off > LONG_MS:
        return "long"
    return "short" if ratio < SHORT and off < -SHORT_MS else "right"


def _matched(notes: Sequence[NoteJudgement], hand: int | None = None) -> list[NoteJudgement]:
    return [n for n in notes if n.verdict == "match" and (hand is None or n.staff == hand)]


def _hear_dynamics(heard: Heard) -> Iterable[Remark]:
    """Softer or louder than the marks all through, or one hand over the other."""
    matched = [n for n in _matched(heard.scorecard.notes) if n.velocity is not None]
    if not chair_of(heard.scorecard.chair).touch:
        return
    if len({note.velocity for note in matched}) <= 1 or len(matched) < ENOUGH_STRUCK:
        return
    loudness = read_loudness(heard.chart)
    written = {note.id: note for note in heard.chart.notes}
    above: dict[int, list[float]] = {}
    for note in matched:
        asked = strike_velocity(written[note.id], loudness)
        above.setdefault(note.staff, []).append(float(note.velocity or 0) - asked)
    whole = fmean(value for values in above.values() for value in values)
    if len(above) == len(HANDS) and min(map(len, above.values())) >= ENOUGH_LENGTHS:
        left_over = fmean(above[2]) - fmean(above[1])
        if abs(left_over) > BALANCE:
            yield Remark("heavy", hand=2 if left_over > 0 else 1)
            return
    if abs(whole) > LOUDNESS:
        yield Remark("loud" if whole > 0 else "soft")


def speak(remarks: Sequence[Remark], lines: Mapping[str, Sequence[str]], turn: int) -> str:
    """The remarks in words, a sentence each.

    Args:
        remarks: what to say.
        lines: for each code what a producer may say (see `assets/producer.toml`).
        turn: which of the ways to say it: another number, another way.

    """
    said = []
    for remark in remarks:
        ways = lines[remark.code]
        line = ways[turn % len(ways)].format(
            bars=_name_bars(remark.bars), hand=HANDS.get(remark.hand or 0, "")
        )
        said.append(f"{line[0].upper()}{line[1:]}.")
    return " ".join(said)


def _name_bars(bars: tuple[int, int] | None) -> str:
    if bars is None:
        return ""
    return f"bar {bars[0]}" if bars[0] == bars[1] else f"bars {bars[0]} to {bars[1]}"
