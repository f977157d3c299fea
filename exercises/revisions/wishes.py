"""What a producer might wish of a chart, in an order drawn by a seed."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from exercises.feels import POCKETS_MS
from exercises.revisions.keys import key_at
from exercises.revisions.revision import Revision
from exercises.theory import key_fifths
from exercises.timeline import beat_ql
from styles.feel import swings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from exercises.chart import Chart
    from styles.schema import Style

STEPS = (2, -2, 1, -1, 3, -3, 5, -5, 4, -4)
"""Semitones that singers and horns ask for, the likely ones first."""
TEMPI = (1.15, 0.85, 1.25, 0.75)


def list_wishes(chart: Chart, seed: int, styles: Mapping[str, Style]) -> tuple[Revision, ...]:
    """Everything that may be asked for, in an order of its own for each seed.

    Whether the chart has room for a wish is found by `revise`.

    Args:
        chart: what is on the stand.
        seed: of the order.
        styles: by id; those with a band have grooves to ask for.

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
    plain = ("half_time", "double_time", "lead", "fills")
    wishes += [Revision(kind) for kind in plain]
    label = _label(chart, styles.get(chart.drill.style))
    wishes += [Revision(kind, text=label) for kind in ("swing", "straight")]
    wishes += [Revision("pocket", pocket=pocket) for pocket in POCKETS_MS]
    wishes += _list_grooves(chart, styles)
    wishes += [Revision("tacet", hand=hand) for hand in (1, 2)]
    wishes += [Revision("register", hand=hand, octaves=n) for hand in (0, 1, 2) for n in (1, -1)]
    bars = [bar.number for bar in chart.bars if bar.number > 0]
    for length in (1, 2, 4):
        for first in range(1, max(bars) - length + 1, length):
            wishes.append(Revision("cut", first=first, last=first + length - 1))
            wishes.append(Revision("repeat", first=first, last=first + length - 1))
            if length > 1:
                wishes.append(Revision("tacet", first=first, last=first + length - 1))
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


def _label(chart: Chart, style: Style | None) -> str:
    """What charts of a style print over the first bar at the level of this one."""
    beat = beat_ql(chart.bars[0].meter)
    if style is None:
        return ""
    silent = style.feel.swing is not None and not swings(style.feel, chart.drill.level, beat)
    return "" if silent else style.feel.label


def _list_grooves(chart: Chart, styles: Mapping[str, Style]) -> list[Revision]:
    """Other genres, with the word that their charts print."""
    drill = chart.drill
    return [
        Revision("groove", style=name, text=_label(chart, style) or style.name)
        for name, style in sorted(styles.items())
        if style.band is not None and name not in {drill.style, drill.written_in}
    ]


def _fifths(semitones: int) -> int:
    """Steps on the line of fifths, the shorter way round."""
    steps = semitones * 7 % 12
    return steps - 12 if steps > 6 else steps  # noqa: PLR2004 - half of the circle
