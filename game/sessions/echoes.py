"""How late the click is heard, by its own way back: a cable, or a microphone. Pure."""

from __future__ import annotations

from statistics import median, pstdev
from typing import TYPE_CHECKING

from game.events import Click, ClickPlan
from game.sessions.calibration import Opinion

if TYPE_CHECKING:
    from collections.abc import Sequence

CLICKS = 7
STEP_S = 1.1
"""Between two clicks: a way back of up to `LONGEST_S` is never taken for the next one's."""
LONGEST_S = 1.0
EARLIEST_S = -0.05
"""Before the click was due: what the clocks of output and input may be apart."""
FEWEST = 5
"""Clicks that must have come back."""
WIDEST_MS = 3.0
"""Standard deviation; a cable has under 0.1, a microphone in a room under 1."""
CABLE, MICROPHONE = "cable", "microphone"
KEPT = {
    CABLE: "the input's converter, mostly under 1 ms, is in it.",
    MICROPHONE: "3 ms for each metre of air, as you hear it, and the microphone's own way in, "
    "often 1 to 10 ms, are in it: notes may be told that much too early.",
}
"""What is in a way back besides the way out. All of it is kept: the blocks in which the input hands
over what it has heard are no part of it, for each sample is told by when it came in, and what is
left of the way in cannot be told from the way out."""


def plan_echoes() -> ClickPlan:
    """The clicks that are listened to."""
    return ClickPlan(
        start_s=-0.5,
        end_s=CLICKS * STEP_S,
        clicks=tuple(Click(number * STEP_S, accent=True) for number in range(CLICKS)),
    )


def weigh_echoes(heard_s: Sequence[float]) -> Opinion:
    """What the clicks that came back say.

    Args:
        heard_s: when clicks began in the input, in seconds of the plan.

    Returns:
        Good, with the way there and back as the latency; or refused, with a line that says why.
    """
    late = []
    for number in range(CLICKS):
        due = number * STEP_S
        inside = [one - due for one in heard_s if EARLIEST_S <= one - due <= LONGEST_S]
        late += [1000.0 * min(inside)] if inside else []
    count = len(late)
    if not count:
        detail = (
            "Nothing came back. Is the cable from output to input, or the microphone on, "
            "and the click loud enough?"
        )
        return Opinion("refused", detail, 0)
    middle = median(late)
    kept = [one for one in late if abs(one - middle) <= 3 * WIDEST_MS]
    spread = pstdev(kept)
    if len(kept) < FEWEST or spread > WIDEST_MS:
        detail = (
            f"{len(kept)} of {CLICKS} clicks came back alike; {FEWEST} must. "
            "Make the click louder, or the room quieter."
        )
        return Opinion("refused", detail, count)
    way = median(kept)
    detail = f"The click comes back after {way:.1f} ms ({len(kept)} of {CLICKS}, ±{spread:.1f} ms)."
    return Opinion("good", detail, len(kept), round(way, 1), round(spread, 1), round(spread, 1))
