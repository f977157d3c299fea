"""How a comp is asked for on paper: slashes, kicks, diamonds and pushes.

What a keyboard player is given in a session: in bars of time a slash for each beat, on both staves,
because both hands are free; where the band has a figure, its rhythm over the upper staff, and on
the lower one the bass notes of the figure, which must not be guessed (where the left hand comps
shells there is no bass to cue, and both staves have the rhythm). A number chart has one line:
its player never reads a bass clef.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from exercises.chart import Slash, number_slashes
from exercises.compose.bassline import LOWER_STAFF
from exercises.compose.comping import is_cued
from exercises.compose.grid import to_ql

if TYPE_CHECKING:
    from collections.abc import Iterator

    from exercises.compose.comping import Comp
    from exercises.compose.writing import Plan

UPPER_STAFF = 1


def write_slashes(plan: Plan, found: Comp) -> tuple[Slash, ...]:
    """The slashes of a whole chart."""
    return number_slashes(
        [each for bar in range(plan.drill.bars) for each in _bar(plan, found, bar)]
    )


def _bar(plan: Plan, found: Comp, bar: int) -> Iterator[Slash]:
    start, length = bar * plan.metre.bar, plan.metre.bar
    last = bar == plan.slots[-1].bar
    hands = {"right": (UPPER_STAFF,), "left": (LOWER_STAFF,)}.get(plan.drill.hands, (1, 2))
    staves = hands if plan.drill.kind == "comping" else (UPPER_STAFF,)
    if bar in found.kicks:
        cued = is_cued(found.bars[bar]) and staves != (LOWER_STAFF,)
        for staff in staves:
            if staff == LOWER_STAFF and cued:
                continue
            for event in found.kicks[bar]:
                yield _slash(start + event.onset, event.duration, "kick", staff)
        return
    held = bar in found.diamonds or last
    for staff in staves:
        if held:
            kind = "kick" if plan.drill.kind == "comping" else "diamond"
            yield _slash(start, length, kind, staff)
            continue
        for at, duration in plan.metre.pulses:
            pushed = at == 0 and bar in found.pushes
            yield _slash(start + at, duration, "push" if pushed else "beat", staff)


def _slash(onset: int, duration: int, kind: str, staff: int) -> Slash:
    return Slash("", to_ql(onset), to_ql(duration), kind, staff)
