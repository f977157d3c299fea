"""Whether the producer hears what a robot was told to do wrong, and nothing else.

Run it with `python tests/producing.py [--takes 500]`. Charts of every style, level and kind are
composed and played well but for one thing; printed for each thing: in how many takes it was said,
and in how many something was said that was right.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from functools import cache
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import msgspec

from exercises.chart import ComposeError
from exercises.compose.chart import compose_chart
from exercises.drill import DrillRequest
from exercises.passes import bar_index
from exercises.request import resolve_drill
from exercises.tempi import tempo_map
from exercises.timeline import beat_ql
from game.parallel import run_parallel
from game.performer.performance import perform
from game.performer.profiles import Profile
from game.scoring.grade import grade_take
from game.sessions.producer import Heard, Remark, judge_take
from styles.feel import pocket_ms, swing_range, swings
from styles.loader import load_styles

if TYPE_CHECKING:
    from collections.abc import Sequence

    from exercises.chart import Chart
    from game.events import NoteEvent
    from game.performer.performance import Performance
    from styles.schema import Style

GOOD = Profile(name="good", chord_spread_ms=5, touch=3, length=0.95, length_spread=0.03)
SCATTER_MS = {"loose": 75.0}
STEADY_MS = 12.0
"""Standard deviation of the onsets of the robot, but for a loose one."""
WRONGS = (
    "nothing", "rush", "drag", "slow", "hurry", "ahead", "behind", "straight", "swung", "left long",
    "left short", "right short", "soft", "loud", "left heavy", "notes", "loose",
)  # fmt: skip
PRAISE = {"one", "safety", "again"}
FEWEST_ONSETS = 24
"""Shorter charts say too little about time."""


@cache
def _styles() -> dict[str, Style]:
    return dict(load_styles().styles)


@cache
def compose(seed: int) -> Chart | None:
    """A chart of any style, level and kind; None where there is none."""
    dice = Random(f"producer {seed}")  # noqa: S311 - dice, no secret
    style = dice.choice(sorted(_styles()))
    level = dice.randint(3, 8)
    kind = (
        dice.choice(["grand", "grand", "grand", "lead", "comping", "bass"]) if level > 4 else None
    )
    request = DrillRequest(style=style, level=level, kind=kind, bars=16, seed=seed)
    try:
        return compose_chart(resolve_drill(request, _styles()[style]), _styles()[style]).chart
    except ComposeError:
        return None


def play_wrong(
    chart: Chart, style: Style, wrong: str, seed: int
) -> tuple[tuple[NoteEvent, ...], Remark | None] | None:
    """A take with one thing wrong, and what is to be said; None where the chart has no room."""
    dice = Random(f"wrong {seed}")  # noqa: S311 - dice, no secret
    level, timeline = chart.drill.level, tempo_map(chart, chart.drill.quarter_bpm)
    beats = timeline.quarter_bpm_at(0) / float(beat_ql(chart.bars[0].meter))
    pocket = pocket_ms(style.feel, beats)
    bias = {"ahead": min(0.0, pocket[0]) - 35, "behind": max(0.0, pocket[1]) + 40}
    profile = msgspec.structs.replace(GOOD, bias_ms=bias.get(wrong, sum(pocket) / 2))
    bars = len(chart.bars)
    if wrong in {"slow", "hurry"}:
        lean = (1 if wrong == "slow" else -1) * dice.uniform(90, 130) / bars
        middle = profile.bias_ms - lean * bars / 2
        profile = msgspec.structs.replace(profile, lean_ms_per_bar=lean, bias_ms=middle)
    feel = style
    if wrong in {"straight", "swung"}:
        made = _other_swing(chart, style, wrong)
        if made is None:
            return None
        feel = made
    performance = perform(chart, profile, timeline=timeline, style=feel, level=level, seed=seed)
    performance = _scatter(chart, performance, SCATTER_MS.get(wrong, STEADY_MS), dice)
    return _spoil(chart, performance, wrong, dice)


def _scatter(chart: Chart, performance: Performance, by_ms: float, dice: Random) -> Performance:
    """Each onset early or late by chance, all its keys together."""
    place = {n.id: n.onset_ql for n in chart.notes}
    moves = {p: dice.gauss(0.0, by_ms) / 1000 for p in sorted(set(place.values()))}
    meant = {n.played: place[n.id] for n in performance.truth.notes if n.played is not None}
    move = {index: moves[place] for index, place in meant.items()}
    return msgspec.structs.replace(performance, events=_move(performance.events, move))


def _move(events: Sequence[NoteEvent], move: dict[int, float]) -> tuple[NoteEvent, ...]:
    """Keys early or late by their index, with their releases."""
    made, sounding, index = [], {}, -1
    for event in events:
        if event.kind == "on":
            index += 1
            sounding[event.pitch] = move.get(index, 0.0)
        by_s = sounding.get(event.pitch, 0.0) if event.kind != "pedal" else 0.0
        made.append(msgspec.structs.replace(event, onset_s=event.onset_s + by_s))
    return tuple(sorted(made, key=lambda e: (e.onset_s, e.kind == "on")))


def _other_swing(chart: Chart, style: Style, wrong: str) -> Style | None:
    """The style with the other eighths; None where nothing can be told."""
    beat = beat_ql(chart.bars[-1].meter)
    own = swings(style.feel, chart.drill.level, beat)
    pairs = {n.onset_ql for n in chart.notes}
    told = sum(p.denominator == 1 and {p + beat / 2, p + 1} <= pairs for p in pairs)
    if beat != 1 or told < 24:
        return None
    if wrong == "straight":
        lowest = swing_range(style.feel, chart.drill.quarter_bpm).lowest
        straight = msgspec.structs.replace(style.feel, swing=None)
        return msgspec.structs.replace(style, feel=straight) if own and lowest > 1.15 else None
    return None if own else msgspec.structs.replace(style, feel=_styles()["jazz"].feel)


def _spoil(
    chart: Chart, performance: Performance, wrong: str, dice: Random
) -> tuple[tuple[NoteEvent, ...], Remark | None] | None:
    told = {"ahead", "behind", "straight", "swung", "slow", "hurry", "loose"}
    if wrong == "nothing" or wrong in told:
        return performance.events, None if wrong == "nothing" else Remark(wrong)
    if wrong in {"rush", "drag", "notes"}:
        return _spoil_bars(chart, performance, wrong, dice)
    hand = {"left": 2, "right": 1}.get(wrong.partition(" ")[0])
    staffs = _staffs(chart, performance)
    if hand is not None:
        own = [n for n in chart.notes if n.staff == hand]
        again = {(n.pitch, n.onset_ql) for n in chart.notes}
        free = [n for n in own if (n.pitch, n.onset_ql + n.duration_ql) not in again]
        slow = 60.0 / chart.drill.quarter_bpm
        lengths = sorted(float(n.duration_ql) * slow for n in free if not n.articulations)
        if len(lengths) < 16 or lengths[len(lengths) // 2] < 0.25:
            return None
        others = sum(n.staff != hand for n in chart.notes)
        if wrong == "left heavy" and others < 16:
            return None
    events = _touch(performance.events, staffs, hand, wrong)
    code = wrong.rpartition(" ")[2]
    return events, Remark(code, hand=hand)


def _touch(
    events: Sequence[NoteEvent], staffs: Sequence[int], hand: int | None, wrong: str
) -> tuple[NoteEvent, ...]:
    """Other lengths or velocities for a hand, or for both."""
    add = {"soft": -30, "loud": 30, "left heavy": 34}.get(wrong, 0)
    share = {"long": 1.6, "short": 0.4}.get(wrong.rpartition(" ")[2], 1.0)
    pairs: list[list[NoteEvent]] = []
    sounding: dict[int, list[NoteEvent]] = {}
    rest = []
    for event in events:
        if event.kind == "on":
            sounding[event.pitch] = [event]
            pairs.append(sounding[event.pitch])
        elif event.kind == "off" and event.pitch in sounding:
            sounding.pop(event.pitch).append(event)
        else:
            rest.append(event)
    again: dict[int, list[float]] = {}
    for pair in pairs:
        again.setdefault(pair[0].pitch, []).append(pair[0].onset_s)
    made = list(rest)
    for pair, staff in zip(pairs, staffs, strict=True):
        on, *off = pair
        mine = hand in {None, staff}
        velocity = max(1, min(127, on.velocity + add * mine))
        made.append(msgspec.structs.replace(on, velocity=velocity))
        for event in off:
            end = on.onset_s + (event.onset_s - on.onset_s) * (share if mine else 1.0)
            later = [s for s in again[on.pitch] if s > on.onset_s]
            made.append(msgspec.structs.replace(event, onset_s=min([end, *later])))
    return tuple(sorted(made, key=lambda e: (e.onset_s, e.kind == "on")))


def _staffs(chart: Chart, performance: Performance) -> list[int]:
    """The staff that each played note was meant for."""
    staff_of = {n.id: n.staff for n in chart.notes}
    count = sum(event.kind == "on" for event in performance.events)
    staffs = [0] * count
    for note in performance.truth.notes:
        if note.played is not None:
            staffs[note.played] = staff_of[note.id]
    return staffs


def _spoil_bars(
    chart: Chart, performance: Performance, wrong: str, dice: Random
) -> tuple[tuple[NoteEvent, ...], Remark] | None:
    """Four bars early or late, or wrong notes in one."""
    length = 1 if wrong == "notes" else 4
    first = dice.randrange(1, len(chart.bars) - length - 1)
    bars = range(first, first + length)
    home = {n.id: bar_index(chart.bars, n.onset_ql) for n in chart.notes}
    meant = {n.played: home[n.id] for n in performance.truth.notes if n.played is not None}
    inside = sum(bar in bars for bar in meant.values())
    if inside < (4 if wrong == "notes" else 16) or any(b not in meant.values() for b in bars):
        return None
    by_s = dice.uniform(0.04, 0.06) * {"rush": -1, "drag": 1, "notes": 0}[wrong]
    made, sounding, index = [], {}, -1
    for event in performance.events:
        if event.kind == "on":
            index += 1
            spoiled = meant.get(index) in bars
            up = 1 if spoiled and wrong == "notes" and dice.random() < 0.8 else 0
            sounding[event.pitch] = (spoiled, up)
        spoiled, up = sounding.get(event.pitch, (False, 0))
        move = by_s if spoiled and event.kind != "pedal" else 0.0
        made.append(
            msgspec.structs.replace(event, onset_s=event.onset_s + move, pitch=event.pitch + up)
        )
    made.sort(key=lambda e: (e.onset_s, e.kind == "on"))
    named = (chart.bars[first].number, chart.bars[bars[-1]].number)
    return tuple(made), Remark(wrong, named)


def listen(chart: Chart, events: Sequence[NoteEvent]) -> tuple[Remark, ...]:
    """What the producer says."""
    style = _styles()[chart.drill.style]
    timeline = tempo_map(chart, chart.drill.quarter_bpm)
    level = chart.drill.level
    card = grade_take(chart, events, timeline=timeline, style=style, level=level)
    return judge_take(Heard(chart, card, timeline, style, level))


def is_said(told: Remark | None, said: Sequence[Remark]) -> bool:
    """Whether what was told is said; bars within one at either end."""
    if told is None:
        return all(remark.code in PRAISE for remark in said)
    for remark in said:
        near = told.bars is None or (
            remark.bars is not None
            and all(abs(a - b) <= 1 for a, b in zip(told.bars, remark.bars, strict=True))
        )
        # With one hand alone there is no other to be better.
        if remark.code == told.code and near and remark.hand == told.hand:
            return True
    return False


def blames_right(told: Remark | None, said: Sequence[Remark]) -> bool:
    """Whether something is said that was not wrong."""
    wrong = {told.code if told else "", *PRAISE}
    return any(remark.code not in wrong for remark in said)


def try_one(wrong: str, seed: int) -> tuple[str, bool, bool, str] | None:
    """(wrong, said, blamed, words) of one take; None where the chart has no room for it."""
    chart = compose(seed)
    if chart is None or chart.bars[0].number == 0:
        return None
    if len({note.onset_ql for note in chart.notes}) < FEWEST_ONSETS:
        return None
    made = play_wrong(chart, _styles()[chart.drill.style], wrong, seed)
    if made is None:
        return None
    events, told = made
    said = listen(chart, events)
    words = f"{chart.drill.style} {chart.drill.level} {chart.drill.kind} {seed}: {told} but {said}"
    return wrong, is_said(told, said), blames_right(told, said), words


def _try_chart(seed: int) -> list[tuple[str, bool, bool, str]]:
    tried = (try_one(wrong, seed) for wrong in WRONGS)
    return [one for one in tried if one is not None]


def main() -> int:
    """Print the table; 1 where it is not as good as it must be."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--takes", type=int, default=500)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--show", action="store_true", help="every take that was misheard")
    asked = parser.parse_args()
    takes: list[tuple[str, bool, bool, str]] = []
    seed = asked.seed
    while len(takes) < asked.takes:
        batch = range(seed, seed + 8)
        for _, found in sorted(run_parallel(_try_chart, batch, os.cpu_count() or 1)):
            takes += found
        seed = batch.stop
    takes = takes[: asked.takes]
    counts = Counter(wrong for wrong, *_ in takes)
    for wrong in WRONGS:
        said = sum(ok for name, ok, _, _ in takes if name == wrong)
        blamed = sum(bad for name, _, bad, _ in takes if name == wrong)
        print(
            f"{wrong:<12} {said:>4} of {counts[wrong]:<4} said, {blamed} blamed for what was right"
        )
    if asked.show:
        print(*(words for _, ok, bad, words in takes if bad or not ok), sep="\n")
    share = sum(ok for _, ok, _, _ in takes) / len(takes)
    blamed = sum(bad for _, _, bad, _ in takes)
    print(f"{len(takes)} takes: {share:.1%} said right, {blamed} blamed for what was right")
    return 0 if share >= 0.95 and not blamed else 1


if __name__ == "__main__":
    raise SystemExit(main())
