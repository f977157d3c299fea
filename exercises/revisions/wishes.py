"""What a producer might wish of a chart, in an order drawn by a seed."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from exercises.revisions.keys import key_at
from exercises.revisions.revision import Revision
from exercises.theory import key_fifths

if TYPE_CHECKING:
    from exercises.chart import Chart

STEPS = (2, -2, 1, -1, 3, -3, 5, -5, 4, -4)
"""Semitones that singers and horns ask for, the likely ones first."""
TEMPI = (1.15, 0.85, 1.25, 0.75)


def list_wishes(chart: Chart, seed: int) -> tuple[Revision, ...]:
    """Everything that may be asked for, in an order of its own for each seed.

    Whether the chart has room for a wish is found by `revise`.
    """
    dice = Random(f"first-take wishes {seed}")  # noqa: S311 - dice, no secret
    old = chart.drill.key
    minor = old.endswith("m")
    wishes = [
        Revision("key", key=key_at(key_fifths(old) + _fifths(step), minor=minor), semitones=step)
        for step in STEPS
    ]
    own = chart.drill.quarter_bpm
    wishes += [Revision("tempo", quarter_bpm=float(round(own * share))) for share in TEMPI]
    wishes += [Revision(kind) for kind in ("half_time", "double_time", "swing", "straight", "lead")]
    wishes += [Revision("tacet", hand=hand) for hand in (1, 2)]
    wishes += [Revision("register", hand=hand, octaves=n) for hand in (0, 1, 2) for n in (1, -1)]
    bars = [bar.number for bar in chart.bars if bar.number > 0]
    for length in (1, 2, 4):
        for first in range(1, max(bars) - length + 1, length):
            wishes.append(Revision("cut", first=first, last=first + length - 1))
            wishes.append(Revision("repeat", first=first, last=first + length - 1))
    kinds: dict[str, list[Revision]] = {}
    for wish in wishes:
        kinds.setdefault(wish.kind, []).append(wish)
    order = sorted(kinds)
    dice.shuffle(order)
    for kind in order:
        dice.shuffle(kinds[kind])
    longest = max(map(len, kinds.values()))
    return tuple(
        kinds[kind][turn] for turn in range(longest) for kind in order if turn < len(kinds[kind])
    )


def _fifths(semitones: int) -> int:
    """Steps on the line of fifths, the shorter way round."""
    steps = semitones * 7 % 12
    return steps - 12 if steps > 6 else steps  # noqa: PLR2004 - half of the circle
