"""How well takes are aligned: over styles, levels, rates of mistakes and kinds of players.

Run it with `python tests/aligning.py`. Charts of every style are composed and played by performers
whose spreads, lengths, tempi, ornaments and stumbles are drawn over wide ranges; what they did is
the truth. Printed for each rate of mistakes, to a click and free: strict F1 of the matches (the
right played note for the right charted note), the same where an exchange of identical strikes
counts as right (see `exchanges`) and how many of the differences are such, F1 of substitutions,
restarted notes that are named so, extras of the right reason, and how much the bias and spread
suffer from what was misaligned.
The seeds of `--held-out` are others than those of a plain run.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from exercises.tempi import tempo_map
from game.parallel import run_parallel
from game.performer.performance import PROFILES, perform
from game.scoring.align import Aligned, align_take
from game.scoring.expectation import expect_notes
from game.scoring.judge import judge_take
from game.scoring.performance import pair_notes
from game.scoring.results import Alignment
from game.scoring.timing import report_time
from styles.loader import load_styles
from tests.exchanges import find_exchanges
from tests.readers import HELD_OUT, SHARES, compose, draw_take

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from exercises.chart import Chart
    from game.performer.performance import Performance

LEVELS = (1, 2, 3, 4, 5, 6, 7, 8, 9)
SCENES = ("click", "free", "stumbling click", "stumbling free", "ornaments")
SUBSTITUTED = {"wrong", "octave", "neighbour", "key"}


@dataclass
class Tally:
    """What was found of what was true."""

    found: Counter[str] = field(default_factory=Counter)
    true: Counter[str] = field(default_factory=Counter)
    given: Counter[str] = field(default_factory=Counter)
    takes: int = 0
    differ: int = 0
    """Matches of which only the truth or only the grade knows, ..."""
    exchanged: int = 0
    """... and those of them that are exchanges of identical strikes."""
    bias_off_ms: list[float] = field(default_factory=list)
    spread_off: list[float] = field(default_factory=list)
    worst: list[tuple[float, str]] = field(default_factory=list)
    """(F1 of a take, what it was)."""

    def add(self, other: Tally) -> None:
        """Take in another tally."""
        self.found += other.found
        self.true += other.true
        self.given += other.given
        self.takes += other.takes
        self.differ += other.differ
        self.exchanged += other.exchanged
        self.bias_off_ms += other.bias_off_ms
        self.spread_off += other.spread_off
        self.worst = sorted(self.worst + other.worst)[:12]

    def f1(self, case: str) -> float:
        """Strict F1; 1 where there was nothing to find and nothing was given."""
        whole = self.true[case] + self.given[case]
        return 2 * self.found[case] / whole if whole else 1.0

    def f1_exchanged(self) -> float:
        """F1 of the matches if those count as right that nobody could tell apart."""
        whole = self.true["match"] + self.given["match"]
        return 1.0 - (self.differ - self.exchanged) / whole if whole else 1.0

    def recall(self, case: str) -> float:
        """Share of what is true that was found."""
        return self.found[case] / self.true[case] if self.true[case] else 1.0


def play(chart: Chart, style_id: str, scene: str, percent: int, seed: int) -> tuple[Tally, str]:
    """Play and align one take."""
    take, free = draw_take(chart, style_id, scene, percent, seed)
    name = f"{style_id} {chart.drill.level} {scene} {percent} % seed {seed}"
    return judge(chart, take, style_id, free=free, name=name), name


def judge(chart: Chart, take: Performance, style_id: str, *, free: bool, name: str = "") -> Tally:
    """Hold an alignment against the truth."""
    style, level = load_styles().styles[style_id], chart.drill.level
    timeline = tempo_map(chart, chart.drill.quarter_bpm)
    expected = expect_notes(chart, timeline=timeline, style=style, level=level)
    played = pair_notes(take.events)
    aligned = align_take(expected, played, free=free)
    tally = Tally(takes=1)
    ours, truth = aligned.alignment, read_truth(take)
    _compare(tally, "match", set(ours.matches), set(truth.matches))
    exchanges = find_exchanges(expected, played, truth=truth, given=ours)
    tally.differ += exchanges.differ
    tally.exchanged += exchanges.exchanged
    _compare(tally, "substitution", set(ours.substitutions), set(truth.substitutions))
    _compare(tally, "omission", set(ours.omissions), set(truth.omissions))
    for reason in ("restart", "repeat", "stray", "ornament"):
        given = {index for index, why in ours.extras if why == reason}
        _compare(tally, reason, given, {index for index, why in truth.extras if why == reason})
    tally.worst.append((tally.f1("match"), name))
    reports = []
    for alignment in (ours, truth):
        other = Aligned(alignment, aligned.warp, aligned.attempts, aligned.restarted)
        onsets = judge_take(expected, played, other, level=level).onsets
        reports.append(report_time(chart, timeline, onsets, other))
    mine, right = reports
    if mine.bias_ms is not None and right.bias_ms is not None:
        tally.bias_off_ms.append(abs(mine.bias_ms - right.bias_ms))
    if mine.spread_ms and right.spread_ms:
        tally.spread_off.append(abs(mine.spread_ms / right.spread_ms - 1.0))
    return tally


def read_truth(take: Performance) -> Alignment:
    """The truth about a take in the form of an alignment."""
    notes = take.truth.notes
    return Alignment(
        matches=tuple(
            (n.id, n.played) for n in notes if n.what == "right" and n.played is not None
        ),
        substitutions=tuple(
            (n.id, n.played) for n in notes if n.what in SUBSTITUTED and n.played is not None
        ),
        omissions=tuple(n.id for n in notes if n.played is None),
        extras=tuple((extra.played, extra.reason) for extra in take.truth.extras),
    )


def _compare(tally: Tally, case: str, given: set[object], true: set[object]) -> None:
    tally.found[case] += len(given & true)
    tally.given[case] += len(given)
    tally.true[case] += len(true)


def play_profile(chart: Chart, style_id: str, name: str, seed: int) -> tuple[float, float, str]:
    """Bias and spread that the grade finds of a named profile: ms off, and share off."""
    profile = PROFILES[name]
    style, level = load_styles().styles[style_id], chart.drill.level
    timeline = tempo_map(chart, chart.drill.quarter_bpm)
    take = perform(chart, profile, timeline=timeline, style=style, level=level, seed=seed)
    expected = expect_notes(chart, timeline=timeline, style=style, level=level)
    aligned = align_take(expected, pair_notes(take.events))
    onsets = judge_take(expected, pair_notes(take.events), aligned, level=level).onsets
    report = report_time(chart, timeline, onsets, aligned)
    bias = (report.bias_ms or 0.0) - profile.bias_ms
    spread = (report.spread_ms or 0.0) / profile.spread_ms - 1.0
    return bias, spread, f"{style_id} {level} {name}"


Cell = dict[tuple[str, int], Tally]
Result = tuple[Cell, list[tuple[float, float, str]]]


def measure_chart(seeds: int, offset: int, place: tuple[str, int]) -> Result:
    """All takes of one style at one level."""
    style_id, level = place
    chart = compose(style_id, level, offset + 1)
    cells: Cell = {}
    for scene in SCENES:
        for percent in SHARES:
            cell = cells.setdefault((scene, percent), Tally())
            for seed in range(offset, offset + seeds):
                cell.add(play(chart, style_id, scene, percent, seed)[0])
    return cells, [play_profile(chart, style_id, "sloppy", offset + seed) for seed in range(seeds)]


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which a share of the values lies; 0 of none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def tell(cells: Cell) -> Iterator[str]:
    """The figures as lines."""
    yield (
        f"{'scene':<18}{'errors':>7}{'takes':>7}{'match F1':>10}{'exch. F1':>10}"
        f"{'exchanged':>13}{'subst F1':>10}{'omit F1':>9}"
        f"{'restarts':>10}{'ornam.':>8}{'repeats':>9}{'bias p90':>10}{'spread p90':>12}"
    )
    for (scene, percent), tally in cells.items():
        yield (
            f"{scene:<18}{percent:>5} %{tally.takes:>7}{tally.f1('match'):>10.4f}"
            f"{tally.f1_exchanged():>10.4f}{tally.exchanged:>6} of{tally.differ:>4}"
            f"{tally.f1('substitution'):>10.3f}{tally.f1('omission'):>9.3f}"
            f"{tally.recall('restart'):>10.1%}"
            f"{tally.recall('ornament'):>8.0%}{tally.recall('repeat'):>9.0%}"
            f"{percentile(tally.bias_off_ms, 0.9):>7.2f} ms"
            f"{percentile(tally.spread_off, 0.9):>12.1%}"
        )


def main() -> int:
    """Print the table."""
    known = sorted(load_styles().styles)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=2, help="takes of each cell")
    parser.add_argument("--style", action="append", choices=known, help="only these")
    parser.add_argument("--level", action="append", type=int, choices=LEVELS, help="only these")
    parser.add_argument("--held-out", action="store_true", help="charts and takes of other seeds")
    parser.add_argument("--worst", action="store_true", help="name the worst takes")
    options = parser.parse_args()
    places = [(style, number) for style in options.style or known for number in options.level or ()]
    if not options.level:
        # Three levels of each style, in turn, so that every level is read in several styles.
        places = [
            (style, LEVELS[(index + 3 * step) % len(LEVELS)])
            for index, style in enumerate(options.style or known)
            for step in range(3)
        ]
    cells: Cell = {}
    profiles: list[tuple[float, float, str]] = []
    measure = partial(measure_chart, options.seeds, HELD_OUT * options.held_out)
    for _, (found, sloppy) in run_parallel(measure, places, os.cpu_count() or 1):
        for key, tally in found.items():
            cells.setdefault(key, Tally()).add(tally)
        profiles += sloppy
    print(*tell(cells), sep="\n")
    missed = [one for one in profiles if abs(one[0]) > 2.0 or abs(one[1]) > 0.1]
    print(f"sloppy: {len(missed)} of {len(profiles)} beyond 2 ms of bias or 10 % of spread")
    if options.worst:
        for key, tally in cells.items():
            print(key, *(f"  {score:.3f} {name}" for score, name in tally.worst[:5]), sep="\n")
        print(*missed, sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
