"""Pickups: whether a tune begins before its first downbeat, and in what rhythm."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exercises.compose.grid import EIGHTH, TICKS
from exercises.compose.rhythm import Beat
from exercises.compose.roads import ROAD_SHARE

if TYPE_CHECKING:
    from exercises.compose.dice import Dice
    from exercises.compose.grid import Metre
    from exercises.compose.writing import Plan
    from exercises.drill import Drill
    from exercises.levels import Level

PICKUP_SHARE = 0.25


def plan_pickup(drill: Drill, row: Level, metre: Metre, dice: Dice) -> int:
    """A beat before the first bar, in metres of three beats and more; else none."""
    room = metre.bar > 2 * metre.beat
    # An upbeat before a sign to go back to would have to be written at every way back.
    plain = not row.roads or row.number in ROAD_SHARE
    wanted = (
        row.pickup and room and plain and drill.kind in {"grand", "lead"} and drill.hands != "left"
    )
    length = TICKS if metre.beat % TICKS == 0 else metre.beat
    return length if wanted and dice.chance(PICKUP_SHARE) else 0


def pickup_beats(plan: Plan, dice: Dice) -> list[Beat]:
    """The rhythm of a pickup: one note or two."""
    half = EIGHTH
    split = plan.pickup > EIGHTH and dice.chance(0.5)
    starts = [-plan.pickup, -half] if split else [-plan.pickup]
    ends = [*starts[1:], 0]
    return [
        Beat(start, end - start, -1, 0, "pickup", index)
        for index, (start, end) in enumerate(zip(starts, ends, strict=True))
    ]
