"""How a take is judged from the chair that it was played in: which scores count, and how much.

What an instrument cannot do is asked of nobody: where touch makes nothing louder, no dynamics are
scored, and where one key sounds at a time, a key held under the next one is no fault, for nobody
hears it. The weights below are set in place of those of the kind of chart and all are then brought
to 100 again, so that the others keep their proportions.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from exercises.chairs import Chair
    from game.scoring.results import PlayedNote

FULL = 100.0
INSTEAD: dict[str, dict[str, float]] = {
    "organ": {"lengths": 12.0, "dynamics": 0.0},
    "clav": {"lengths": 10.0},
    "synth lead": {"lengths": 10.0, "dynamics": 0.0},
    "pad": {"lengths": 20.0, "time": 15.0, "dynamics": 0.0},
    "strings": {"lengths": 20.0, "time": 15.0},
    "bass": {"lengths": 10.0},
}
"""Weights that a chair sets (by ear). Fingers alone hold an organ, a clavinet, a lead and a bass:
lengths weigh more. Of slow strings and pads the onset is heard little and the release well."""


def weigh(weights: Mapping[str, float], chair: Chair) -> dict[str, float]:
    """The weights of the scores in a chair, together 100 as before.

    Args:
        weights: of the kind of chart.
        chair: that was played in.

    """
    if chair.id not in INSTEAD:
        return dict(weights)
    asked = {**weights, **INSTEAD[chair.id]}
    return {name: FULL * weight / sum(asked.values()) for name, weight in asked.items()}


def hear_chair(played: Sequence[PlayedNote], chair: Chair) -> tuple[PlayedNote, ...]:
    """What is heard of the keys: all, or each until the next one is struck.

    Args:
        played: in the order of their onsets.
        chair: that they were played in.

    """
    if not chair.mono or not played:
        return tuple(played)
    heard = [
        note
        if note.duration_s is None
        else msgspec.structs.replace(
            note, duration_s=min(note.duration_s, following.onset_s - note.onset_s)
        )
        for note, following in pairwise(played)
    ]
    return (*heard, played[-1])
