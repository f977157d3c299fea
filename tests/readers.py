"""Readers of all kinds: charts composed for them, and how they play them.

How unsteady, how legato and how torn they are, what they misread and where they stumble is drawn
over wide ranges, that nothing is tuned to one performer. What measures the grade on many takes
(`aligning.py`, `naming.py`) plays these.
"""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import msgspec

from exercises.chart import ComposeError
from exercises.compose.chart import compose_chart
from exercises.drill import DrillRequest
from exercises.request import resolve_drill
from exercises.tempi import tempo_map
from game.performer.performance import Profile, perform
from styles.loader import load_styles

if TYPE_CHECKING:
    from exercises.chart import Chart
    from game.performer.performance import Performance

SHARES = {0: 0.0, 5: 0.05, 15: 0.15, 30: 0.30}
"""Percent of mistakes, as shares."""
HELD_OUT = 10_000
"""Added to seeds that nothing was tuned to."""
SLOWEST, FASTEST = 0.55, 1.7
"""Tempo without a click, over the chart's."""
ALWAYS_LATE = 0.1
"""Share of those who stumble that have one hand late all the time."""
ONLY = {"hands": "hand", "stutters": "stutter"}
"""Scenes in which people stumble in one way and in no other, ..."""
OFTEN = 0.3
"""... so often for each bar."""


def draw_player(scene: str, share: float, dice: Random) -> Profile:
    """Somebody: how unsteady, how legato, how torn, and which mistakes are theirs."""
    total = share * dice.uniform(0.8, 1.2)
    weights = [dice.uniform(0.2, 1.0) * most for most in (1.0, 0.8, 0.3, 0.4, 0.5)]
    wrong, missing, octave, neighbour, extra = (total * w / sum(weights) for w in weights)
    free = "free" in scene
    always_late = dice.random() < ALWAYS_LATE and "stumbling" in scene
    late_ms = dice.uniform(120, 400) * always_late
    left = dice.random() < 0.5
    return Profile(
        spread_ms=dice.uniform(8, 40),
        bias_ms=0.0 if free else dice.uniform(-30, 40),
        chord_spread_ms=dice.uniform(4, 30),
        touch=8,
        length=dice.uniform(0.16, 1.0),
        length_spread=dice.uniform(0.02, 0.2),
        wrong=wrong,
        missing=missing,
        octave=octave,
        neighbour=neighbour,
        extra=extra,
        forgotten_key=dice.choice((0.0, 0.0, total)),
        lean_ms_per_bar=0.0 if free else dice.choice((0.0, dice.uniform(-4, 6))),
        wander_ms=0.0 if free else dice.choice((0.0, dice.uniform(10, 60))),
        rubato=dice.uniform(0.0, 0.6) if free else 0.0,
        drift=dice.uniform(0.75, 1.3) if free else 1.0,
        stumbles=dice.uniform(0.05, 0.3) if "stumbling" in scene else 0.0,
        # Without a click there is none to rejoin.
        stays_late=1.0 if free else 0.5,
        left_late_ms=late_ms * left,
        right_late_ms=late_ms * (not left),
        rolls=dice.uniform(0.1, 0.6) if scene == "ornaments" else 0.0,
        graces=dice.uniform(0.02, 0.2) if scene == "ornaments" else 0.0,
        trills=dice.uniform(0.1, 0.5) if scene == "ornaments" else 0.0,
    )  # fmt: skip


def draw_take(
    chart: Chart, style_id: str, scene: str, percent: int, seed: int
) -> tuple[Performance, bool]:
    """Somebody's take of a chart, and whether it was played without a click.

    Args:
        chart: what is played.
        style_id: in which style.
        scene: what it is like, in words: a click or free, stumbling, with ornaments; of "hands"
            one falls behind now and then, of "stutters" is nothing but chords struck twice.
        percent: how many mistakes.
        seed: another is another player.

    """
    dice = Random(f"{scene} {percent} {seed} {chart.drill.code}")  # noqa: S311 - dice, no secret
    player = draw_player(scene, SHARES[percent], dice)
    if scene in ONLY:
        player = msgspec.structs.replace(player, stumbles=OFTEN, stumble_kinds=ONLY[scene])
    free = "free" in scene or (scene in {"ornaments", "stutters"} and bool(seed % 2))
    tempo = chart.drill.quarter_bpm * (dice.uniform(SLOWEST, FASTEST) if free else 1.0)
    take = perform(
        chart,
        player,
        timeline=tempo_map(chart, tempo),
        style=load_styles().styles[style_id],
        level=chart.drill.level,
        seed=seed,
    )
    return take, free


def compose(style_id: str, level: int, seed: int) -> Chart:
    """The first chart that composes from a seed on."""
    style = load_styles().styles[style_id]
    while True:
        try:
            drill = resolve_drill(DrillRequest(style_id, level, seed=seed), style)
            return compose_chart(drill, style).chart
        except ComposeError:
            seed += 1
