"""What happens on stage that is not on the page: as a chart that sounds, beside the printed one.

The player has the printed chart before the eyes; clicks, band and grade go by the sounding one.
`follow` tells for every sounding bar which printed bar it is, so that the playhead jumps on the
page as the music does.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

import msgspec

from exercises.chart import ComposeError, TempoChange, number_notes
from exercises.passes import bar_index, is_linear
from exercises.revisions.keys import change_key, key_at
from exercises.revisions.parts import cut_bars, repeat_bars
from exercises.theory import key_fifths

if TYPE_CHECKING:
    from collections.abc import Sequence

    from exercises.chart import Bar, Chart, Note

KINDS = ("skip", "vamp", "up", "rush", "hold")
UP_FIFTHS = 7
"""A half-step up on the line of fifths: C to Db is twelve less five."""
RUSH = 1.07
"""What an excited band gains, over two bars."""
MOST_VAMPS = 3
APART = 2
"""Bars from one thing to the next: a cue, and the bar of the other one before it."""
LONG_BARS = 12
"""From so many on a song can spare four."""
MOST_DRAWN = 6
"""So many draws of where things happen are tried."""
WARN_BARS = 1
"""Bars before it happens in which the cue is given."""


class Surprise(msgspec.Struct, frozen=True):
    """One thing that happens."""

    kind: str
    """skip, vamp, up, rush or hold."""
    first: int
    """The sounding bar, counted from 0, from which nothing is as written."""
    cue: str
    """What is called over the stage: "to bar 9"."""


@dataclass(frozen=True)
class LiveChart:
    """A printed chart and how it really goes."""

    printed: Chart
    sounding: Chart
    follow: tuple[int, ...]
    """For each sounding bar the index of the printed bar."""
    surprises: tuple[Surprise, ...]
    """In the order in which they happen."""

    def cue_at(self, bar: int) -> str:
        """What is called in a sounding bar; nothing in most."""
        for surprise in self.surprises:
            if surprise.first - WARN_BARS <= bar <= surprise.first:
                return surprise.cue
        return ""

    @property
    def heads(self) -> dict[str, tuple[str, ...]]:
        """For each printed note's id the ids of the sounding notes that it stands for."""
        steps = _steps(self)
        found: dict[tuple[object, ...], str] = {}
        for note in self.printed.notes:
            found[_place(note, self.printed.bars, bar_index(self.printed.bars, note.onset_ql))] = (
                note.id
            )
        heads: dict[str, list[str]] = {}
        bars = self.sounding.bars
        for note in self.sounding.notes:
            at = bar_index(bars, note.onset_ql)
            onset = note.onset_ql - bars[at].onset_ql
            key = (self.follow[at], onset, note.staff, note.voice, note.pitch - steps[at])
            if key in found:
                heads.setdefault(found[key], []).append(note.id)
        return {name: tuple(ids) for name, ids in heads.items()}


def _place(note: Note, bars: Sequence[Bar], at: int) -> tuple[object, ...]:
    return (at, note.onset_ql - bars[at].onset_ql, note.staff, note.voice, note.pitch)


def _steps(live: LiveChart) -> list[int]:
    """Semitones by which each sounding bar is higher than its printed one."""
    ups = [surprise.first for surprise in live.surprises if surprise.kind == "up"]
    return [sum(at >= first for first in ups) for at in range(len(live.sounding.bars))]


def stage_chart(chart: Chart, kinds: Sequence[str], seed: int) -> LiveChart:
    """The chart with as many of the surprises as it has room for, in the order given.

    What changes the order of bars comes first and needs a chart without a road map.

    Args:
        chart: as it is printed.
        kinds: of `KINDS`; each at most once.
        seed: where and how much.

    """
    dice = Random(f"first-take live {seed}")  # noqa: S311 - dice, no secret
    live = LiveChart(chart, chart, tuple(range(len(chart.bars))), ())
    wanted = sorted(set(kinds), key=KINDS.index)
    # Where one thing happens may leave no room for the next: other places are drawn then.
    for _ in range(MOST_DRAWN):
        drawn = _draw(chart, wanted, dice)
        live = max(live, drawn, key=lambda each: len(each.surprises))
        if len(live.surprises) == len(wanted):
            break
    ordered = tuple(sorted(live.surprises, key=lambda each: each.first))
    return LiveChart(live.printed, live.sounding, live.follow, ordered)


def _draw(chart: Chart, kinds: Sequence[str], dice: Random) -> LiveChart:
    """One draw of places; what has no room there is left out."""
    live = LiveChart(chart, chart, tuple(range(len(chart.bars))), ())
    for kind in kinds:
        changed = _APPLY[kind](live, dice)
        live = changed if changed is not None else live
    return live


def _add(live: LiveChart, sounding: Chart, follow: Sequence[int], new: Surprise) -> LiveChart:
    return LiveChart(live.printed, sounding, tuple(follow), (*live.surprises, new))


def _starts(live: LiveChart, dice: Random, *, least: int, most: int) -> list[int]:
    """Even places of full bars from `least` on with `most` bars after them, in a drawn order.

    Two things happen two bars apart at least, and further apart where there is room.
    """
    bars = live.sounding.bars
    pickup = int(bars[0].number == 0)
    places = list(range(pickup + least, len(bars) - most + 1))
    dice.shuffle(places)

    def nearest(at: int) -> int:
        return min((abs(at - each.first) for each in live.surprises), default=len(bars))

    even = [at for at in places if (at - pickup) % 2 == 0 and nearest(at) >= APART]
    return sorted(even, key=lambda at: nearest(at) == APART)


def _skip(live: LiveChart, dice: Random) -> LiveChart | None:
    """The singer leaves a verse (two or four bars of it) out."""
    bars = live.sounding.bars
    if not is_linear(live.sounding):
        return None
    for length in (4, 2) if len(bars) >= LONG_BARS else (2,):
        for at in _starts(live, dice, least=2, most=length + 2):
            try:
                cut = cut_bars(live.sounding, bars[at].number, bars[at + length - 1].number)
            except ComposeError:
                continue
            follow = (*live.follow[:at], *live.follow[at + length :])
            number = live.printed.bars[live.follow[at + length]].number
            return _add(live, cut, follow, Surprise("skip", at, f"to bar {number}"))
    return None


def _vamp(live: LiveChart, dice: Random) -> LiveChart | None:
    """Two bars again and again, until the cue."""
    if not is_linear(live.sounding):
        return None
    times = dice.randint(1, MOST_VAMPS)
    for at in _starts(live, dice, least=2, most=3):
        bars = live.sounding.bars
        first, last = bars[at].number, bars[at + 1].number
        sounding, follow = live.sounding, list(live.follow)
        try:
            for _ in range(times):
                sounding = repeat_bars(sounding, first, last)
                follow[at + 2 : at + 2] = live.follow[at : at + 2]
        except ComposeError:
            continue
        printed = [live.printed.bars[live.follow[k]].number for k in (at, at + 1)]
        cue = f"vamp {printed[0]} and {printed[1]} till cue"
        moved = tuple(
            msgspec.structs.replace(each, first=each.first + 2 * times)
            if each.first > at + 1
            else each
            for each in live.surprises
        )
        changed = LiveChart(live.printed, sounding, tuple(follow), moved)
        return _add(changed, sounding, follow, Surprise("vamp", at + 2, cue))
    return None


def _up(live: LiveChart, dice: Random) -> LiveChart | None:
    """A half-step up, from a bar of the second half on."""
    chart = live.sounding
    old = chart.drill.key
    if any(bar.key for bar in chart.bars):
        return None
    key = key_at(key_fifths(old) + UP_FIFTHS, minor=old.endswith("m"))
    try:
        higher = change_key(chart, key, 1)
    except ComposeError:
        return None
    half = len(chart.bars) // 2
    for at in _starts(live, dice, least=half, most=2):
        start = chart.bars[at].onset_ql
        if any(note.onset_ql < start < note.onset_ql + note.duration_ql for note in chart.notes):
            continue
        notes = [n for n in chart.notes if n.onset_ql < start]
        notes += [n for n in higher.notes if n.onset_ql >= start]
        chords = [c for c in chart.chords if c.onset_ql < start]
        chords += [c for c in higher.chords if c.onset_ql >= start]
        bars = tuple(
            msgspec.structs.replace(bar, key=key) if bar.onset_ql >= start else bar
            for bar in chart.bars
        )
        sounding = msgspec.structs.replace(
            chart, notes=number_notes(notes), chords=tuple(chords), bars=bars, drill=_free(chart)
        )
        return _add(live, sounding, live.follow, Surprise("up", at, "half-step up!"))
    return None


def _rush(live: LiveChart, dice: Random) -> LiveChart | None:
    """The band gets faster over two bars and stays there."""
    chart = live.sounding
    if chart.tempi:
        return None
    for at in _starts(live, dice, least=2, most=3):
        onset = chart.bars[at].onset_ql
        over = chart.bars[at].duration_ql + chart.bars[at + 1].duration_ql
        change = TempoChange(onset, round(chart.drill.quarter_bpm * RUSH, 1), "", over)
        sounding = msgspec.structs.replace(chart, tempi=(change,), drill=_free(chart))
        return _add(live, sounding, live.follow, Surprise("rush", at, "they push"))
    return None


def _hold(live: LiveChart, dice: Random) -> LiveChart | None:
    """The last bar is held for another one: what sounds last in it, to the end."""
    del dice
    chart = live.sounding
    last = chart.bars[-1]
    end = chart.end_ql + last.duration_ql
    stops = max((n.onset_ql + n.duration_ql for n in chart.notes if n.duration_ql), default=end)
    if not last.onset_ql < stops <= chart.end_ql:
        return None
    notes = [
        msgspec.structs.replace(note, duration_ql=end - note.onset_ql)
        if note.duration_ql and note.onset_ql + note.duration_ql == stops
        else note
        for note in chart.notes
    ]
    held = msgspec.structs.replace(last, onset_ql=chart.end_ql, number=last.number + 1)
    drill = msgspec.structs.replace(_free(chart), bars=chart.drill.bars + 1)
    sounding = msgspec.structs.replace(
        chart, notes=number_notes(notes), bars=(*chart.bars, held), drill=drill
    )
    # There is no printed bar beyond the last: it stands still there.
    follow = (*live.follow, live.follow[-1])
    first = len(chart.bars) - 1
    return _add(live, sounding, follow, Surprise("hold", first, "hold the last"))


def _free(chart: Chart) -> msgspec.Struct:
    """The drill without its share code, which stands for the printed chart."""
    return msgspec.structs.replace(chart.drill, code="")


_APPLY = {"skip": _skip, "vamp": _vamp, "up": _up, "rush": _rush, "hold": _hold}
