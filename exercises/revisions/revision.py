"""A revision: what is asked for, what undoes it, and whether the chart still keeps the rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from exercises.band.ensemble import compose_band
from exercises.chart import ComposeError, number_notes
from exercises.checks.chart import check_chart
from exercises.checks.level import NEW_VALUE, NOTHING_NEW
from exercises.feels import STRAIGHT, SWUNG, asked_feel
from exercises.kit import is_pads
from exercises.levels import HIGHEST, level
from exercises.revisions.feels import change_eighths, change_groove, change_pocket, read_label
from exercises.revisions.keys import change_key, change_register
from exercises.revisions.parts import (
    HANDS,
    crosses,
    cut_bars,
    lead_sheet,
    repeat_bars,
    rest_hand,
)
from exercises.revisions.silences import keep_fills, rest_bars
from exercises.revisions.times import change_tempo, double_time, half_time, has_paired_grooves
from exercises.strokes import write_strokes
from exercises.timeline import beat_ql
from styles.feel import swings

if TYPE_CHECKING:
    from exercises.chart import Chart
    from styles.schema import Style

_OFF_PADS = {
    "key": "a drum part has no key",
    "register": "a drum part has no register",
    "lead": "a drum part has no tune",
    "groove": "a drum part is the groove: take a chart of that genre",
}
"""What cannot be changed in a drum part, and why."""


class Revision(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing that a producer asks for."""

    kind: str
    """key, tempo, half_time, double_time, swing, straight, pocket, groove, cut, repeat, tacet,
    fills, register or lead."""
    key: str = ""
    """Of key: the new one, ..."""
    semitones: int = 0
    """... and how far up (negative: down) it lies."""
    quarter_bpm: float = 0.0
    """Of tempo."""
    first: int = 0
    last: int = 0
    """Of cut, repeat, and a tacet of both hands: bars as printed, both with."""
    hand: int = 0
    """Of tacet and register: 1 right, 2 left, 0 both."""
    octaves: int = 0
    """Of register."""
    pocket: str = ""
    """Of pocket: back, on top, or empty for the style's own."""
    style: str = ""
    """Of groove: the other genre."""
    text: str = ""
    """Of groove, and of swing or straight where they take each other back: what is printed."""


class Revised(NamedTuple):
    """A changed chart."""

    chart: Chart
    is_harder: bool
    """Whether it reads like the level above its own."""


def apply_revision(chart: Chart, revision: Revision) -> Chart:
    """The changed chart, not yet checked.

    Raises:
        ComposeError: the chart has no place for it; the message says why.
    """
    if is_pads(chart) and revision.kind in _OFF_PADS:
        raise ComposeError(f"{revision.kind}: {_OFF_PADS[revision.kind]}")
    first, last, hand = revision.first, revision.last, revision.hand
    turn = {
        "key": lambda: change_key(chart, revision.key, revision.semitones),
        "tempo": lambda: change_tempo(chart, revision.quarter_bpm),
        "half_time": lambda: half_time(chart),
        "double_time": lambda: double_time(chart),
        "swing": lambda: change_eighths(chart, SWUNG, revision.text),
        "straight": lambda: change_eighths(chart, STRAIGHT, revision.text),
        "pocket": lambda: change_pocket(chart, revision.pocket),
        "groove": lambda: change_groove(chart, revision.style, revision.text),
        "cut": lambda: cut_bars(chart, first, last),
        "repeat": lambda: repeat_bars(chart, first, last),
        "tacet": lambda: rest_hand(chart, hand) if hand else rest_bars(chart, first, last),
        "fills": lambda: keep_fills(chart),
        "register": lambda: change_register(chart, hand, revision.octaves),
        "lead": lambda: lead_sheet(chart),
    }.get(revision.kind)
    if turn is None:
        raise ComposeError(f'"{revision.kind}" is no change of a chart')
    changed = turn()
    if is_pads(chart):
        # A stroke has no length: in another metre of time its value shows other beats.
        notes = number_notes(write_strokes(changed.notes, changed.bars))
        changed = msgspec.structs.replace(changed, notes=notes)
    return changed


def revise(
    chart: Chart, revision: Revision, style: Style | None, groove: Style | None = None
) -> Revised:
    """The changed chart, which keeps every hard check that the chart itself keeps.

    What is new at the level need not be in it any more: it was composed for that once. A change may
    lead one level up, as it does in a studio; no further.

    Args:
        chart: what is on the stand.
        revision: what is asked for.
        style: the one that the chart was composed in; None for own material.
        groove: whose groove it has: of a groove, the one that is wished; None is `style`'s.

    Raises:
        ComposeError: it cannot be done, or would break a rule; the message says which.
    """
    changed = apply_revision(chart, revision)
    _check_feel(chart, changed, revision, style, groove)
    number = chart.drill.level
    broken = _list_broken(chart, changed, revision.kind, style, number if style else None)
    may_rise = bool(broken) and style is not None and number < HIGHEST
    if may_rise and not _list_broken(chart, changed, revision.kind, style, number + 1):
        return Revised(changed, is_harder=True)
    for bar, detail in broken:
        raise ComposeError(f"{revision.kind}: bar {bar}: {detail}")
    return Revised(changed, is_harder=False)


def _list_broken(
    chart: Chart, changed: Chart, kind: str, style: Style | None, number: int | None
) -> list[tuple[int, str]]:
    """(bar, what is wrong there) of the rules of a level that the change breaks."""
    row = level(number) if number is not None else None
    faults = [
        fault
        for fault in check_chart(changed, style, row)
        if not fault.detail.startswith(NOTHING_NEW)
    ]
    if not faults:
        return []
    before = {(fault.rule, fault.detail) for fault in check_chart(chart, style, row)}
    broken = [(f.bar, f.detail) for f in faults if (f.rule, f.detail) not in before]
    if kind != "half_time":
        return broken
    # Twice a value that is read is read as well; whether it may be tied is asked by itself.
    return [(bar, detail) for bar, detail in broken if NEW_VALUE not in detail]


def _check_feel(
    chart: Chart, changed: Chart, revision: Revision, style: Style | None, groove: Style | None
) -> None:
    """Whether a wish about the feel changes anything, and the band can follow it."""
    if revision.kind not in {"swing", "straight", "pocket", "groove"}:
        return
    if style is None:
        raise ComposeError(f"{revision.kind}: the chart is of no genre whose feel could be changed")
    if revision.kind == "groove":
        if groove is None:
            raise ComposeError(f'groove: there is no style "{revision.style}"')
        if not compose_band(changed, groove).parts:
            raise ComposeError(f"groove: {groove.name} has no band for it")
        return
    beat, own = beat_ql(chart.bars[0].meter), (groove or style).feel
    old, new = (asked_feel(own, each.drill) for each in (chart, changed))
    number = chart.drill.level
    if revision.kind != "pocket" and swings(old, number, beat) == swings(new, number, beat):
        how = SWUNG if revision.kind == "swing" else STRAIGHT
        raise ComposeError(f"the eighths are {how} already")


def undo_of(chart: Chart, revision: Revision) -> Revision | None:
    """What gives `chart` back after a revision of it; None where something is lost for good."""
    drill = chart.drill
    if revision.kind == "repeat":
        return _undo_repeat(chart, revision)
    if revision.kind == "double_time" and not has_paired_grooves(chart):
        return None
    undoing: dict[str, dict[str, Any]] = {
        "key": {"key": drill.key, "semitones": -revision.semitones},
        "tempo": {"quarter_bpm": drill.quarter_bpm},
        "register": {"octaves": -revision.octaves},
        "pocket": {"pocket": drill.pocket},
        "groove": {"style": drill.style, "text": read_label(chart)},
        "half_time": {"kind": "double_time"},
        "double_time": {"kind": "half_time"},
        "swing": {"kind": "straight", "text": read_label(chart)},
        "straight": {"kind": "swing", "text": read_label(chart)},
    }
    if revision.kind not in undoing:
        return None
    return msgspec.structs.replace(revision, **undoing[revision.kind])


def _undo_repeat(chart: Chart, revision: Revision) -> Revision | None:
    """The cut of the second time; a slur that was parted at the edge is not joined again."""
    edges = [
        edge
        for bar in chart.bars
        if revision.first <= bar.number <= revision.last
        for edge in (bar.onset_ql, bar.onset_ql + bar.duration_ql)
    ]
    if any(crosses(mark, edge) for mark in chart.marks for edge in (min(edges), max(edges))):
        return None
    count = revision.last - revision.first + 1
    return Revision("cut", first=revision.last + 1, last=revision.last + count)


def say_revision(revision: Revision) -> str:
    """The wish in words: "it in Eb", "bars 5 to 8 out"."""
    bars = f"bars {revision.first} to {revision.last}"
    bars = f"bar {revision.first}" if revision.first == revision.last else bars
    hand = HANDS.get(revision.hand, "all of it")
    minor = revision.key.endswith("m")
    mode = f"{revision.key.removesuffix('m')} {'minor' if minor else 'major'}"
    high = "higher" if revision.octaves > 0 else "lower"
    pockets = {"": "you in the usual pocket", "back": "you to lay back", "on top": "you to push"}
    return {
        "key": f"it in {mode}",
        "tempo": f"it at {revision.quarter_bpm:.0f} quarters a minute",
        "half_time": "half-time: values twice as long",
        "double_time": "double-time: values half as long",
        "swing": "the eighths swung",
        "straight": "the eighths straight",
        "pocket": pockets.get(revision.pocket, ""),
        "groove": f"{_name_groove(revision.style)} under it",
        "cut": f"{bars} out",
        "repeat": f"{bars} twice",
        "tacet": f"no {hand}" if revision.hand else f"{bars} tacet",
        "fills": "fills only, where phrases end",
        "register": f"the {hand} an octave {high}" if revision.hand else f"it an octave {high}",
        "lead": "a lead sheet: your own left hand",
    }[revision.kind]


def _name_groove(style: str) -> str:
    article = "an" if style[:1] in set("aeiou") else "a"
    return f"{article} {style.replace('_', ' ')} groove"
