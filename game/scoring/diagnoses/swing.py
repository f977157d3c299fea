"""Swing too straight or too dotted for the tempo."""

from __future__ import annotations

from typing import TYPE_CHECKING

from game.scoring.diagnoses.evidence import Finding
from game.scoring.timing import ENOUGH_PAIRS, measure_swing
from styles.feel import label_ratio, swing_range

if TYPE_CHECKING:
    from collections.abc import Iterator

    from game.scoring.diagnoses.evidence import Evidence

SURE_ERRORS = 3.0
"""Standard errors outside of what the style accepts in full."""


def find_swing(evidence: Evidence) -> Iterator[Finding]:
    """Name a swing ratio that no player of the style has at this tempo.

    Of the eighths that nothing explains yet: who rushes sixteenths plays straight for that.
    """
    style = evidence.style
    if style is None or not evidence.swings:
        return
    onsets = [o for o in evidence.judged.onsets if not evidence.explained & set(o.numbers)]
    ratio, count, error = measure_swing(onsets)
    if ratio is None or error is None or count < ENOUGH_PAIRS:
        return
    quarter_s = evidence.expected[0].beat_s / float(evidence.main_beat_ql)
    asked = swing_range(style.feel, 60.0 / quarter_s)
    place, room = ratio / (1.0 + ratio), SURE_ERRORS * error / 200.0
    straight = ratio < asked.lowest and place + room < asked.loose / (1.0 + asked.loose)
    dotted = ratio > asked.highest and place - room > asked.tight / (1.0 + asked.tight)
    if not straight and not dotted:
        return
    word = "straight" if straight else "dotted"
    detail = (
        f"{ratio:.2f} : 1 ({label_ratio(ratio)}); at this tempo {style.name} swings "
        f"{asked.loose:.2f} to {asked.tight:.2f}"
    )
    offbeats = tuple(
        number
        for number, note in enumerate(evidence.expected)
        if note.onset_ql % 1 * 2 == 1 and evidence.judged.notes[number].verdict == "match"
    )
    foci = ("triplets", "rhythm:.5 .5", "syncopation")
    yield Finding(f"swing too {word}", detail, offbeats, foci, "feel", count)
