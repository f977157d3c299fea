"""A revision: what is asked for, what undoes it, and whether the chart still keeps the rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from exercises.chart import ComposeError
from exercises.checks.chart import check_chart
from exercises.checks.level import NOTHING_NEW
from exercises.levels import level
from exercises.revisions.keys import change_key, change_register
from exercises.revisions.parts import HANDS, cut_bars, lead_sheet, repeat_bars, rest_hand
from exercises.revisions.times import (
    change_tempo,
    double_time,
    half_time,
    straighten_eighths,
    swing_eighths,
)

if TYPE_CHECKING:
    from exercises.chart import Chart
    from styles.schema import Style


class Revision(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing that a producer asks for."""

    kind: str
    """key, tempo, half_time, double_time, swing, straight, cut, repeat, tacet, register or lead."""
    key: str = ""
    """Of key: the new one, ..."""
    semitones: int = 0
    """... and how far up (negative: down) it lies."""
    quarter_bpm: float = 0.0
    """Of tempo."""
    first: int = 0
    last: int = 0
    """Of cut and repeat: bars as printed, both with."""
    hand: int = 0
    """Of tacet and register: 1 right, 2 left, 0 both."""
    octaves: int = 0
    """Of register."""


def apply_revision(chart: Chart, revision: Revision) -> Chart:
    """The changed chart, not yet checked.

    Raises:
        ComposeError: the chart has no place for it; the message says why.
    """
    turn = {
        "key": lambda: change_key(chart, revision.key, revision.semitones),
        "tempo": lambda: change_tempo(chart, revision.quarter_bpm),
        "half_time": lambda: half_time(chart),
        "double_time": lambda: double_time(chart),
        "swing": lambda: swing_eighths(chart),
        "straight": lambda: straighten_eighths(chart),
        "cut": lambda: cut_bars(chart, revision.first, revision.last),
        "repeat": lambda: repeat_bars(chart, revision.first, revision.last),
        "tacet": lambda: rest_hand(chart, revision.hand),
        "register": lambda: change_register(chart, revision.hand, revision.octaves),
        "lead": lambda: lead_sheet(chart),
    }.get(revision.kind)
    if turn is None:
        raise ComposeError(f'"{revision.kind}" is no change of a chart')
    return turn()


def revise(chart: Chart, revision: Revision, style: Style | None) -> Chart:
    """The changed chart, which keeps every hard check that the chart itself keeps.

    What is new at the level need not be in it any more: it was composed for that once.

    Raises:
        ComposeError: it cannot be done, or would break a rule; the message says which.
    """
    changed = apply_revision(chart, revision)
    row = level(chart.drill.level) if style else None
    faults = [
        fault
        for fault in check_chart(changed, style, row)
        if not fault.detail.startswith(NOTHING_NEW)
    ]
    if faults:
        before = {(fault.rule, fault.detail) for fault in check_chart(chart, style, row)}
        for fault in faults:
            if (fault.rule, fault.detail) not in before:
                raise ComposeError(f"{revision.kind}: bar {fault.bar}: {fault.detail}")
    return changed


def undo_of(chart: Chart, revision: Revision) -> Revision | None:
    """What gives `chart` back after a revision of it; None where something is lost for good."""
    drill = chart.drill
    replace = msgspec.structs.replace
    if revision.kind == "key":
        return replace(revision, key=drill.key, semitones=-revision.semitones)
    if revision.kind == "tempo":
        return replace(revision, quarter_bpm=drill.quarter_bpm)
    if revision.kind == "register":
        return replace(revision, octaves=-revision.octaves)
    if revision.kind == "repeat":
        count = revision.last - revision.first + 1
        return Revision("cut", first=revision.last + 1, last=revision.last + count)
    opposite = {"half_time": "double_time", "double_time": "half_time"}
    opposite |= {"swing": "straight", "straight": "swing"}
    return Revision(opposite[revision.kind]) if revision.kind in opposite else None


def say_revision(revision: Revision) -> str:
    """The wish in words: "it in Eb", "bars 5 to 8 out"."""
    bars = f"bars {revision.first} to {revision.last}"
    bars = f"bar {revision.first}" if revision.first == revision.last else bars
    hand = HANDS.get(revision.hand, "all of it")
    minor = revision.key.endswith("m")
    mode = f"{revision.key.removesuffix('m')} {'minor' if minor else 'major'}"
    high = "higher" if revision.octaves > 0 else "lower"
    return {
        "key": f"it in {mode}",
        "tempo": f"it at {revision.quarter_bpm:.0f} quarters a minute",
        "half_time": "half-time: every value twice as long",
        "double_time": "double-time: every value half as long",
        "swing": "the eighths swung",
        "straight": "the eighths straight",
        "cut": f"{bars} out",
        "repeat": f"{bars} twice",
        "tacet": f"no {hand}",
        "register": f"the {hand} an octave {high}" if revision.hand else f"it an octave {high}",
        "lead": "the tune with chord symbols; make your own left hand",
    }[revision.kind]
