"""The tempo of a chart on its way: changes, ritardandi, and how they are written."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement

import msgspec

from exercises.chart import TempoChange
from exercises.timeline import Timeline, beat_ql

if TYPE_CHECKING:
    from exercises.chart import Bar, Chart

RAMP_STEP_QL = Fraction(1, 2)
"""A gradual change moves on with every eighth: finer than a click shows."""
GRADUAL = ("rit.", "accel.", "rall.", "riten.", "poco rit.", "poco accel.")
_UNITS = {
    Fraction(1): ("quarter", 0),
    Fraction(3, 2): ("quarter", 1),
    Fraction(1, 2): ("eighth", 0),
    Fraction(2): ("half", 0),
}


def tempo_map(chart: Chart, quarter_bpm: float | None = None) -> Timeline:
    """When the quarter notes of a chart sound at a tempo; None is the drill's own.

    Every change keeps its share of the tempo.
    """
    own = chart.drill.quarter_bpm
    scale = (quarter_bpm or own) / own
    steps: list[tuple[Fraction, float]] = [(Fraction(0), own * scale)]
    for change in chart.tempi:
        before = steps[-1][1]
        goal = change.quarter_bpm * scale
        count = max(1, int(change.over_ql / RAMP_STEP_QL))
        for step in range(count):
            here = before + (goal - before) * (step + 1) / count
            onset = change.onset_ql + step * RAMP_STEP_QL
            if onset <= steps[-1][0]:
                steps[-1] = (steps[-1][0], here)
            else:
                steps.append((onset, here))
    return Timeline(tuple(steps))


def write_tempi(
    measures: Sequence[Element], bars: Sequence[Bar], tempi: Sequence[TempoChange]
) -> None:
    """Put changes of tempo into a part's measures, at their bar lines.

    Args:
        measures: of the part.
        bars: the printed chart's.
        tempi: with times of the same chart.
    """
    by_onset = {bar.onset_ql: (measure, bar) for bar, measure in zip(bars, measures, strict=True)}
    for change in tempi:
        if change.onset_ql not in by_onset:
            continue
        measure, bar = by_onset[change.onset_ql]
        direction = Element("direction", {"placement": "above"})
        if change.text:
            italic = "italic" if change.over_ql else "normal"
            words = Element("words", {"font-style": italic, "font-weight": "bold"})
            words.text = change.text + ("" if change.over_ql else "\N{NO-BREAK SPACE}")
            SubElement(direction, "direction-type").append(words)
        if not change.over_ql:
            _add_metronome(direction, change, bar)
        SubElement(direction, "sound", {"tempo": f"{change.quarter_bpm:g}"})
        place = next(
            (at for at, child in enumerate(measure) if child.tag in {"note", "harmony"}), 0
        )
        measure.insert(place, direction)


def _add_metronome(direction: Element, change: TempoChange, bar: Bar) -> None:
    beat = beat_ql(bar.meter)
    unit, dots = _UNITS.get(beat, ("quarter", 0))
    length = beat if beat in _UNITS else Fraction(1)
    metronome = SubElement(SubElement(direction, "direction-type"), "metronome")
    SubElement(metronome, "beat-unit").text = unit
    for _ in range(dots):
        SubElement(metronome, "beat-unit-dot")
    SubElement(metronome, "per-minute").text = f"{change.quarter_bpm / float(length):g}"


def read_tempi(root: Element, bars: Sequence[Bar]) -> list[TempoChange]:
    """Changes of tempo that a document says after its first bar, at the bars' bar lines.

    A gradual change is read where the document says which tempo it comes to; it lasts to the next
    change or to the end.
    """
    part = root.find("part")
    found: list[TempoChange] = []
    measures = part.findall("measure") if part is not None else []
    for bar, measure in list(zip(bars, measures, strict=False))[1:]:
        for direction in measure.findall("direction"):
            sound = direction.find("sound")
            tempo = sound.get("tempo") if sound is not None else None
            if tempo is None or not _is_number(tempo):
                continue
            text = " ".join((direction.findtext("direction-type/words") or "").split())
            over = Fraction(1) if text in GRADUAL else Fraction(0)
            found.append(TempoChange(bar.onset_ql, float(tempo), text, over))
    end = bars[-1].onset_ql + bars[-1].duration_ql if bars else Fraction(0)
    stops = [change.onset_ql for change in found[1:]] + [end]
    return [
        msgspec.structs.replace(each, over_ql=stop - each.onset_ql) if each.over_ql else each
        for each, stop in zip(found, stops, strict=False)
    ]


def _is_number(text: str) -> bool:
    try:
        return float(text) > 0
    except ValueError:
        return False
