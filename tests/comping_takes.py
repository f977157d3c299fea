"""How well chords of the player's own are heard: `python tests/comping_takes.py`.

Charts of chord symbols (comping, number, lead) of every style are filled in by performers who have
the voicings of comping books, a rhythm of their own and habits drawn over wide ranges: to a click
and free, straight on and with restarts, waits and skips, a bar tried again voiced otherwise. Some
of the chords are played wrongly on purpose: as another quality, on another root, without the third,
with a key that spoils it. Printed for each scene and share of wrong chords: how many chords that
were right are told as wrong, how many of the wrong ones are told, and told as what they were; how
many of the restarts are counted, and how many that were none; how many of the keys of kicks, holds
and pushes are told their place within 10 ms; how far bias and spread of a take are off.

A restart under one unchanging chord is one or is time that was kept: neither counts as wrong.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from itertools import groupby
from pathlib import Path
from random import Random
from statistics import fmean, median, pstdev
from typing import TYPE_CHECKING

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from exercises.harmony import QUALITIES, SEMITONES
from exercises.score.symbols import read_symbol
from exercises.tempi import tempo_map
from exercises.theory import pitch_class
from game.parallel import run_parallel
from game.performer.performance import perform
from game.performer.profiles import VOICINGS
from game.scoring.expectation import expect_notes
from game.scoring.performance import pair_notes
from game.scoring.reading import Clock, read_take
from game.scoring.timing import report_time
from styles.loader import load_styles
from tests.fillers import (
    COLOURS,
    HALF,
    THIRDS,
    chord_at,
    compose,
    draw_player,
    draw_slips,
    misplay,
    sounds_as_asked,
    voice_again,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from exercises.chart import Chart
    from exercises.timeline import Timeline
    from game.performer.performance import Performance
    from game.scoring.reading import Reading
    from tests.fillers import Slip

KINDS = ("comping", "number", "lead")
LEVELS = range(3, 11)
SHARES = (0, 5, 15)
SCENES = ("click", "free", "stumbling click", "stumbling free")
HELD_OUT = 500
BACK = {"restart", "inside", "back"}
NEAR_MS = 10.0
CHORDAL = VOICINGS[:7]
"""The ways of playing that say a chord with one hand."""
CHORD_KEYS = 3


@dataclass
class Tally:
    """What was true, and what was told."""

    counts: Counter[str] = field(default_factory=Counter)
    bias_ms: list[float] = field(default_factory=list)
    spread: list[float] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        """Take in another tally."""
        self.counts += other.counts
        self.bias_ms += other.bias_ms
        self.spread += other.spread
        self.told += other.told

    def share(self, part: str, whole: str) -> float:
        """A share in percent; 100 of nothing."""
        return 100.0 * self.counts[part] / self.counts[whole] if self.counts[whole] else 100.0


def play(chart: Chart, style_id: str, scene: str, percent: int, seed: int) -> Tally:
    """Play, read and judge one take."""
    style, level = load_styles().styles[style_id], chart.drill.level
    name = f"{style_id} {chart.drill.kind} {level} {scene} {percent} % seed {seed}"
    dice = Random(f"comping {name} {chart.drill.code}")  # noqa: S311 - dice, no secret
    player = draw_player(scene, dice)
    ways = CHORDAL if chart.drill.kind == "lead" else (*VOICINGS, *VOICINGS[-1:] * 3)
    how = dice.choice(ways)
    slips = draw_slips(chart, percent / 100.0, dice)
    taken = misplay(chart, slips, style_id, how, dice)
    free = "free" in scene
    tempo = chart.drill.quarter_bpm * (dice.uniform(0.6, 1.5) if free else 1.0)
    take = perform(
        taken, player, timeline=tempo_map(chart, tempo), style=style, level=level, seed=seed
    )
    events = take.events
    if chart.slashes and dice.random() < 0.5:
        events = voice_again(take, dice)
    timeline = tempo_map(chart, chart.drill.quarter_bpm)
    clock = Clock(timeline, style, level, free)
    reading = read_take(chart, pair_notes(events), clock)
    tally = Tally()
    tally.told.append(f"{name} {how}")
    _count_chords(tally, chart, taken, take, reading, slips)
    _count_restarts(tally, chart, taken, take, reading)
    if not free:
        _count_places(tally, chart, taken, take, reading, clock)
    if not free and not take.truth.stumbles:
        _measure_time(tally, timeline, take, reading)
    tally.told = [f"{tally.told[0]}: {line}" for line in tally.told[1:]]
    return tally


def _count_chords(
    tally: Tally,
    chart: Chart,
    taken: Chart,
    take: Performance,
    reading: Reading,
    slips: dict[int, Slip],
) -> None:
    """Hold what was told of each chord against what was done to it."""
    places = {note.id: note.onset_ql for note in taken.notes if note.id.startswith("v")}
    keys: dict[int, set[int]] = {}
    tune = {note.played for note in take.truth.notes if note.id not in places}
    for note in take.truth.notes:
        if note.id in places and note.pitch is not None and note.played not in tune:
            keys.setdefault(chord_at(chart, places[note.id]), set()).add(note.pitch)
    accused = _accused(chart, reading)
    ranks = range(len(chart.chords))
    for _, group in groupby(ranks, key=lambda rank: chart.chords[rank].symbol):
        run = [rank for rank in group if rank in keys]
        if not run:
            continue
        told = [line for rank in run for line in accused.get(rank, [])]
        slip = slips.get(run[0])
        symbol = chart.chords[run[0]].symbol
        sounded = {pitch for rank in run for pitch in keys[rank]}
        if slip is None:
            tally.counts["right"] += 1
            tally.counts["accused"] += bool(told)
            if told:
                tally.told.append(f"accused {symbol} played {sorted(sounded)}: {told}")
            continue
        if sounds_as_asked(slip, chart.chords[run[0]], sounded):
            continue
        if chart.drill.kind == "lead" and len({pitch % 12 for pitch in sounded}) < CHORD_KEYS:
            continue
        tally.counts["wrong"] += 1
        tally.counts["found"] += bool(told)
        tally.counts["named"] += any(_is_named(slip, line, sounded) for line in told)
        tally.counts[f"wrong {slip.kind}"] += 1
        tally.counts[f"named {slip.kind}"] += any(_is_named(slip, line, sounded) for line in told)
        if not any(_is_named(slip, line, sounded) for line in told):
            what = f"{slip.kind} {slip.chord.symbol} for {symbol} {sorted(sounded)}"
            tally.told.append(f"{'misnamed' if told else 'unheard'} {what}: {told}")


def _accused(chart: Chart, reading: Reading) -> dict[int, list[tuple[str, set[int]]]]:
    """What is told of each chord, by rank: (the name that was heard, degrees that are missing)."""
    ranks = {chord.onset_ql: rank for rank, chord in enumerate(chart.chords)}
    found: dict[int, list[tuple[str, set[int]]]] = {}
    for one in reading.heard:
        lacking = {step for steps in one.missing for step in steps}
        found.setdefault(ranks[one.onset_ql], []).append((one.heard, lacking))
    if reading.fitted is not None:
        for chord in reading.fitted.chords:
            rank = ranks[chord.onset_ql]
            if chord.worth < 1 and rank not in found:
                found[rank] = [("unplayed", set())]
    elif chart.slashes:
        wrong: dict[int, list[bool]] = {}
        for note in reading.judged.notes:
            wrong.setdefault(chord_at(chart, note.onset_ql), []).append(note.verdict != "match")
        for rank, verdicts in wrong.items():
            if 2 * sum(verdicts) > len(verdicts):
                found[rank] = [("note by note", set())]
    return found


def _is_named(slip: Slip, line: tuple[str, set[int]], sounded: set[int]) -> bool:
    """Whether what is told is what was done."""
    heard, lacking = line
    if slip.kind == "bare":
        return bool(lacking & THIRDS)
    pcs = {pitch % 12 for pitch in sounded}
    if slip.kind == "clash" or slip.chord.root not in pcs:
        return True  # without its root a voicing has several names
    read = read_symbol(heard.partition(" with ")[0]) if heard[:1] in set("ABCDEFG") else None
    if read is None or read.quality is None:
        return False
    root = pitch_class(read.root)
    tones = {(root + SEMITONES[each]) % 12 for each in QUALITIES[read.quality]}
    if tones - {(root + 7) % 12} <= pcs <= tones | {(root + step) % 12 for step in COLOURS}:
        return True  # C6 is Am7, and F over G is G7sus4
    telling = {(root + step) % 12 for step in (3, 4, 10, 11)} & tones
    return root == slip.chord.root and telling <= set(slip.chord.pitch_classes)


def _count_restarts(
    tally: Tally, chart: Chart, taken: Chart, take: Performance, reading: Reading
) -> None:
    """Count the restarts that were, that may have been, and that were counted."""
    places = {note.id: note.onset_ql for note in taken.notes}
    sure = maybe = 0
    for stumble in take.truth.stumbles:
        if stumble.kind in BACK and stumble.to:
            again = {chord_at(chart, places[name]) for name in (stumble.to, stumble.after)}
            symbols = {chart.chords[rank].symbol for rank in range(min(again), max(again) + 1)}
            sure += len(symbols) > 1
            maybe += len(symbols) == 1
    given = reading.aligned.restarts
    tally.counts["back"] += sure
    tally.counts["back found"] += min(given, sure)
    tally.counts["back given"] += given
    tally.counts["back rightly"] += min(given, sure + maybe)
    if not sure <= given <= sure + maybe:
        tally.told.append(f"restarts {sure} (+{maybe}) counted {given}")


def _count_places(
    tally: Tally,
    chart: Chart,
    taken: Chart,
    take: Performance,
    reading: Reading,
    clock: Clock,
) -> None:
    """Whether the keys of kicks, holds and pushes are told at their places."""
    if not chart.slashes:
        return
    exact = {s.onset_ql - HALF * (s.kind == "push") for s in chart.slashes if s.kind != "beat"}
    places = {note.id: note.onset_ql for note in taken.notes}
    told = {note.played: note for note in reading.judged.notes if note.verdict == "match"}
    expected = expect_notes(taken, timeline=clock.timeline, style=clock.style, level=clock.level)
    due = {note.id: note.onset_s for note in expected}
    heard = {key.index: key.onset_s for key in pair_notes(take.events)}
    for note in take.truth.notes:
        at = places.get(note.id)
        if note.what != "right" or note.played is None or at not in exact:
            continue
        away_ms = 1000.0 * (heard[note.played] - due[note.id])
        judged = told.get(note.played)
        tally.counts["kicks"] += 1
        tally.counts["kicks placed"] += (
            judged is not None
            and judged.onset_ql == at
            and abs((judged.asynchrony_ms or 0.0) - away_ms) <= NEAR_MS
        )


def _measure_time(tally: Tally, timeline: Timeline, take: Performance, reading: Reading) -> None:
    """How far bias and spread are off those of the same keys in truth."""
    away = {n.played: n.asynchrony_ms for n in take.truth.notes if n.played is not None}
    played = [note.played for note in reading.judged.notes]
    truth: list[float] = []
    for onset in reading.judged.onsets:
        late = [away.get(played[number]) for number in onset.numbers]
        known = [each for each in late if each is not None]
        if onset.on_click and known:
            truth.append(median(known))
    report = report_time(reading.chart, timeline, reading.judged.onsets, reading.aligned)
    if (
        not take.truth.stumbles
        and len(truth) > 1
        and report.bias_ms is not None
        and report.spread_ms is not None
    ):
        tally.bias_ms.append(abs(report.bias_ms - fmean(truth)))
        tally.spread.append(abs(report.spread_ms / (pstdev(truth) or 1.0) - 1.0))


def measure_chart(
    seeds: range,
    scenes: Sequence[str],
    shares: Sequence[int],
    place: tuple[str, str, int],
) -> dict[tuple[str, str, int], Tally]:
    """All takes of one chart of each seed."""
    style_id, kind, level = place
    cells: dict[tuple[str, str, int], Tally] = {}
    for seed in seeds:
        chart = compose(style_id, kind, level, seed + 1)
        if chart is None:
            continue
        what = "lead" if kind == "lead" else "slashes"
        for scene in scenes:
            for percent in shares:
                cell = cells.setdefault((what, scene, percent), Tally())
                cell.add(play(chart, style_id, scene, percent, seed))
    return cells


def tell(cells: dict[tuple[str, str, int], Tally]) -> Iterator[str]:
    """The figures as lines."""
    yield (
        f"{'chart':<8}{'scene':<17}{'wrong':>6}{'right ones':>11}{'accused':>9}{'wrong ones':>11}"
        f"{'told':>8}{'named':>8}{'restarts':>9}{'counted':>9}{'falsely':>8}{'kicks':>7}"
        f"{'placed':>8}{'bias p90':>10}{'spread p90':>11}"
    )
    for (what, scene, percent), tally in sorted(cells.items(), reverse=True):
        counts = tally.counts
        bias, spread = sorted(tally.bias_ms), sorted(tally.spread)
        late = (
            f"{bias[int(0.9 * len(bias))]:>7.2f} ms{100 * spread[int(0.9 * len(spread))]:>9.1f} %"
            if bias
            else ""
        )
        yield (
            f"{what:<8}{scene:<17}{percent:>4} %{counts['right']:>11}"
            f"{100.0 * counts['accused'] / max(1, counts['right']):>7.2f} %{counts['wrong']:>11}"
            f"{tally.share('found', 'wrong'):>6.1f} %{tally.share('named', 'wrong'):>6.1f} %"
            f"{counts['back']:>9}{tally.share('back found', 'back'):>7.1f} %"
            f"{100.0 - tally.share('back rightly', 'back given'):>6.1f} %{counts['kicks']:>7}"
            f"{tally.share('kicks placed', 'kicks'):>6.1f} %{late}"
        )


def main() -> int:
    """Print the table."""
    known = sorted(load_styles().styles)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=1, help="charts of each style and kind")
    parser.add_argument("--style", action="append", choices=known, help="only these")
    parser.add_argument("--kind", action="append", choices=KINDS, help="only these")
    parser.add_argument("--level", action="append", type=int, choices=LEVELS, help="only these")
    parser.add_argument("--scene", action="append", choices=SCENES, help="only these")
    parser.add_argument("--share", action="append", type=int, choices=SHARES, help="only these")
    parser.add_argument("--held-out", action="store_true", help="charts and takes of other seeds")
    parser.add_argument("--show", metavar="WORD", help="every line that begins so")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    # Without a level, two of each style and kind in turn, so that every level is read.
    places = [
        (style, kind, level)
        for index, style in enumerate(options.style or known)
        for rank, kind in enumerate(options.kind or KINDS)
        for level in options.level
        or (LEVELS[(index + 3 * rank + 4 * step) % len(LEVELS)] for step in range(2))
    ]
    first = HELD_OUT * options.held_out
    seeds = range(first, first + options.seeds)
    cells: dict[tuple[str, str, int], Tally] = {}
    measure = partial(
        measure_chart, seeds, tuple(options.scene or SCENES), tuple(options.share or SHARES)
    )
    for _, found in run_parallel(measure, places, options.workers):
        for key, tally in found.items():
            cells.setdefault(key, Tally()).add(tally)
    if options.show is not None:
        lines = [line for tally in cells.values() for line in tally.told]
        print(*sorted(one for one in lines if f": {options.show}" in one), sep="\n")
    print(*tell(cells), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
