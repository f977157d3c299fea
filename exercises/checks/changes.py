"""What changes inside a chart, against its level: key, tempo, the signs of a road map."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from exercises.roadmap import read_roadmap

if TYPE_CHECKING:
    from collections.abc import Iterator

    from exercises.checks.survey import Survey
    from exercises.levels import Level

_KINDS = {
    "repeat": "repeat",
    "ending": "repeat",
    "vamp": "vamp",
    "Fine": "fine",
    "D.C.": "fine",
    "D.S.": "fine",
    "To Coda": "coda",
    "coda": "coda",
    "cue": "cue",
}
"""What each sign of a road map is in the words of the level table."""


def check_changes(survey: Survey, level: Level) -> Iterator[tuple[int, str]]:
    """Changes of key and tempo, and signs of a road map, that are above a level, by bar."""
    chart = survey.chart
    if not level.modulation:
        for before, bar in itertools.pairwise(chart.bars):
            if chart.key_of(bar) != chart.key_of(before):
                yield bar.number, "the key changes"
                break
    for change in chart.tempi:
        known = change.text if change.over_ql else "tempo change"
        if known not in level.marks:
            bar = next(b for b in reversed(chart.bars) if b.onset_ql <= change.onset_ql)
            yield bar.number, f"{change.text} is above the level"
    for sign in read_roadmap(chart.roadmap):
        kind = _KINDS.get(sign.kind)
        if kind is not None and kind not in level.roads:
            yield sign.first, f"{sign.kind} is above the level"
