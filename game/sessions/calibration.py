"""How late a player's taps to the click arrive: what the devices take, found by tapping. Pure.

The click comes in sevens with a silent beat after each: the taps alone could be a whole beat late
or early, but their gaps lie where the silent beats were. So a short beat, on which people tap
evenly, still tells latencies of more than a beat apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import atan2, ceil, cos, floor, pi, sin, sqrt
from statistics import fmean, median, pstdev
from typing import TYPE_CHECKING

from game.events import Click, ClickPlan
from game.scoring.windows import MAD_TO_SD

if TYPE_CHECKING:
    from collections.abc import Sequence

    from game.events import NoteEvent

BEAT_S = 0.45
"""Between two clicks. Taps scatter by some 2 % of the beat and a motor noise (Wing & Kristofferson
1973), so a short one is better; under 0.35 s taps are no longer aimed one by one. By ear."""
GROUP = 8
"""Beats of a group; the last one is silent."""
GROUPS = 9
"""Of a round: room for `MOST_TAPS` and a late start."""
START_S = -0.6
LOWEST_MS, HIGHEST_MS = -50.0, 1000.0
"""Wireless headphones take 100 to 300 ms, and loudspeakers in a chain of such some more; below zero
are players ahead of a fast device."""
FEWEST_TAPS, MOST_TAPS = 24, 50
"""Of a round."""
WIDEST_MS = 30.0
"""A spread beyond this is no tapping to the click."""
SURE_MS = 3.0
"""An answer is given when it is known as well as this, with 95 % confidence."""
CONFIDENCE = 2.8
"""Standard errors on either side: 95 % by simulation, for whoever looks after each tap and stops
at the first good answer is wrong more often than one look would be (at 2.2: 7 %)."""
EDGE_S = 0.08
"""How far beyond the range a single tap may lie."""
CHORD_S = 0.1
"""Keys struck within this are one tap."""
SLIP_FLOOR_MS = 60.0
SLIP_SPREADS = 4.0
MOST_SLIPS = 0.2
"""The share of taps that may be slips."""
CLEAR = 3
"""Misfits (taps on silent beats, clicks without a tap) that tell two readings apart."""
MOST_CORRELATION = 0.8


@dataclass(frozen=True)
class Opinion:
    """What a player's taps say so far."""

    state: str
    """more (go on tapping), good, unsure (a round is over, another would tell) or refused."""
    detail: str
    """One line for the player."""
    taps: int
    latency_ms: float | None = None
    """Positive: the taps arrive after the click was due."""
    spread_ms: float | None = None
    """Standard deviation of the taps, slips left out."""
    margin_ms: float | None = None
    """The latency is known to plus or minus this, with 95 % confidence."""


def plan_calibration() -> ClickPlan:
    """One round of clicks; the first of each group is accented."""
    return ClickPlan(
        start_s=START_S,
        end_s=GROUPS * GROUP * BEAT_S + HIGHEST_MS / 1000.0,
        clicks=tuple(
            Click(beat * BEAT_S, accent=beat % GROUP == 0)
            for beat in range(GROUPS * GROUP)
            if not is_silent(beat)
        ),
    )


def is_silent(beat: int) -> bool:
    """Whether a beat of the round has no click."""
    return beat % GROUP == GROUP - 1


def weigh_taps(rounds: Sequence[Sequence[float]], *, is_over: bool = False) -> Opinion:
    """What the taps of one round or several say.

    Args:
        rounds: the stamps of each round's taps in seconds of its plan, no latency taken off.
        is_over: whether the last round's click has ended.

    Returns:
        An opinion; the latency is the median of the taps' pairwise means (Hodges & Lehmann 1963),
        signed, which no slip moves far and which scatters little more than the mean.

    """
    count = sum(len(taps) for taps in rounds)
    over = is_over or len(rounds[-1]) >= MOST_TAPS
    if count < FEWEST_TAPS:
        if is_over:
            detail = f"{count} taps; at least {FEWEST_TAPS} are needed. Tap on every click."
            return Opinion("refused", detail, count)
        return Opinion("more", f"Tap on every click: {count} of {FEWEST_TAPS}.", count)
    late: list[float] = []
    for taps in rounds:
        if taps:
            found = _lateness(taps)
            if found is None:
                detail = (
                    "The taps do not tell which click they were for. Tap on every click, "
                    "and rest where the click rests."
                )
                return Opinion("refused" if over else "more", detail, count)
            late += found
    return _judge(late, count, over=over)


def _judge(late: Sequence[float], count: int, *, over: bool) -> Opinion:
    middle = median(late)
    apart = MAD_TO_SD * median(abs(one - middle) for one in late)
    bound = max(SLIP_FLOOR_MS, SLIP_SPREADS * apart)
    kept = [one for one in late if abs(one - middle) <= bound]
    spread = pstdev(kept)
    margin = CONFIDENCE * spread / sqrt(len(kept)) * _inflation(kept)
    latency = _centre(kept)
    figures = (count, round(latency, 1), round(spread, 1), round(margin, 1))
    refused = "refused" if over else "more"
    if spread > WIDEST_MS or len(kept) < (1 - MOST_SLIPS) * len(late):
        detail = (
            f"The taps lie {spread:.0f} ms apart ({len(late) - len(kept)} slips); up to "
            f"{WIDEST_MS:.0f} ms can be measured. Once more, and let the click carry you."
        )
        return Opinion(refused, detail, *figures)
    if not LOWEST_MS <= latency <= HIGHEST_MS:
        detail = f"{say_latency(latency)} is beyond what can be measured by tapping."
        return Opinion(refused, detail, *figures)
    known = f"known to ±{margin:.1f} ms after {count} taps, {spread:.0f} ms apart"
    if margin <= SURE_MS:
        return Opinion("good", f"{say_latency(latency)}: {known}.", *figures)
    detail = f"{say_latency(latency)} so far, {known}; ±{SURE_MS:.0f} ms are wanted."
    return Opinion("unsure" if over else "more", detail, *figures)


def say_latency(latency_ms: float) -> str:
    """A latency in words."""
    side = "late" if latency_ms >= 0 else "early"
    return f"Keys arrive {abs(latency_ms):.0f} ms {side}"


def _lateness(taps: Sequence[float]) -> list[float] | None:
    """Each tap's distance from its click in ms; None where it cannot be told which that was."""
    turn = 2 * pi / BEAT_S
    phase = atan2(fmean(sin(turn * t) for t in taps), fmean(cos(turn * t) for t in taps)) / turn
    readings = []
    first = ceil((LOWEST_MS / 1000 - EDGE_S - phase) / BEAT_S)
    last = floor((HIGHEST_MS / 1000 + EDGE_S - phase) / BEAT_S)
    for beats in range(first, last + 1):
        lag_s = phase + beats * BEAT_S
        by_beat: dict[int, float] = {}
        for tap in taps:
            beat = round((tap - lag_s) / BEAT_S)
            off = tap - lag_s - beat * BEAT_S
            if beat not in by_beat or abs(off) < abs(by_beat[beat]):
                by_beat[beat] = off
        span = range(min(by_beat), max(by_beat) + 1)
        misfits = sum((beat in by_beat) == is_silent(beat) for beat in span)
        misfits += sum(not 0 <= beat < GROUPS * GROUP for beat in by_beat)
        late = [
            1000 * (lag_s + off) for beat, off in sorted(by_beat.items()) if not is_silent(beat)
        ]
        readings.append((misfits, late))
    readings.sort(key=lambda reading: reading[0])
    if not readings or (len(readings) > 1 and readings[1][0] - readings[0][0] < CLEAR):
        return None
    return readings[0][1]


def _centre(values: Sequence[float]) -> float:
    return median(
        (one + other) / 2 for index, one in enumerate(values) for other in values[: index + 1]
    )


def _inflation(values: Sequence[float]) -> float:
    """How much wider the margin is because each tap leans on the one before.

    Taps to a click wander: their errors are correlated by 0.2 to 0.5 (Pressing & Jolley-Rogers
    1997), so there is less in fifty of them than in fifty throws of a die.
    """
    middle = fmean(values)
    away = [value - middle for value in values]
    total = sum(one * one for one in away)
    if not total:
        return 1.0
    found = sum(one * two for one, two in pairwise(away)) / total
    correlation = min(MOST_CORRELATION, max(0.0, found))
    return sqrt((1 + correlation) / (1 - correlation))


class Tapping:
    """The taps of one calibration, round after round, until there is an answer."""

    def __init__(self) -> None:
        """No tap yet."""
        self._rounds: list[list[float]] = [[]]
        self.opinion = weigh_taps(self._rounds)

    @property
    def last_taps(self) -> tuple[float, ...]:
        """The stamps of this round."""
        return tuple(self._rounds[-1])

    def feed(self, event: NoteEvent) -> Opinion:
        """Take in what the keyboard sent; a chord is one tap, what comes before the click none."""
        taps = self._rounds[-1]
        is_tap = event.kind == "on" and event.onset_s >= LOWEST_MS / 1000 - EDGE_S
        if is_tap and (not taps or event.onset_s - taps[-1] > CHORD_S):
            taps.append(event.onset_s)
            self.opinion = weigh_taps(self._rounds)
        return self.opinion

    def end_round(self) -> Opinion:
        """The click has ended."""
        self.opinion = weigh_taps(self._rounds, is_over=True)
        return self.opinion

    def begin_round(self) -> None:
        """Another round: the taps of an unsure one are kept, those of a refused one are not."""
        if self.opinion.state != "unsure":
            self._rounds.clear()
        self._rounds.append([])
