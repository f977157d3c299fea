"""Tell the genre of composed charts by their notes: what one half teaches names the other half.

Run it with `python tests/classify.py -n 40`. Charts of levels 4 to 9 of every style are measured:
chords, root motions, rhythm of the melody, onsets of the left hand, span of the voicings, feel,
tempo and density. A linear discriminant (features standardised, covariance shrunk towards its
diagonal) learns from even seeds and is asked about odd ones. Exit code 1 under 0.8 balanced
accuracy, the mean over styles of the share that is named rightly.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from exercises.checks.survey import Survey
from exercises.compose.chart import compose_chart
from exercises.drill import DrillRequest
from exercises.fingerprint.chart import measure_chart
from exercises.fingerprint.chords import sort_of
from exercises.fingerprint.texture import chord_onsets
from exercises.meter import read_grid
from exercises.request import resolve_drill
from exercises.theory import OCTAVE, read_key
from game.parallel import run_parallel
from styles.feel import swing_ratio
from styles.loader import load_styles

if TYPE_CHECKING:
    from collections.abc import Iterable

    from exercises.chart import Chart
    from styles.schema import Style

GOAL = 0.8
LEVELS = (4, 5, 6, 7, 8, 9)
BARS = 16
BINS = 16
"""Places of a bar that onsets are counted at."""
SHRINKAGE = 0.4
"""How far the covariance is drawn to its diagonal: there are few charts for so many features."""


@dataclass(frozen=True)
class Verdict:
    """What the discriminant made of the charts it had not seen."""

    styles: tuple[str, ...]
    table: np.ndarray
    """Charts by (true style, named style)."""

    @property
    def accuracy(self) -> float:
        """Balanced: the mean over styles."""
        return float(np.mean(np.diag(self.table) / self.table.sum(axis=1)))


def describe_seed(cell: tuple[str, int]) -> dict[str, float | None]:
    """The features of the chart of a style and seed; levels go round by pairs of seeds."""
    style_id, seed = cell
    style = load_styles().styles[style_id]
    request = DrillRequest(style_id, LEVELS[seed // 2 % len(LEVELS)], bars=BARS, seed=seed)
    return describe_chart(compose_chart(resolve_drill(request, style), style).chart, style)


def describe_chart(chart: Chart, style: Style) -> dict[str, float | None]:
    """All that is heard of a chart, as numbers by name."""
    survey = Survey(chart)
    found = measure_chart(chart, style)
    found.pop("minor_key_share")
    found["tempo"] = chart.drill.quarter_bpm
    swung = (found["swing_share"] or 0.0) > 0
    found["swing_ratio"] = swing_ratio(style.feel, chart.drill.quarter_bpm) if swung else 1.0
    sixteenths = style.feel.swing16 if (found["sixteenth_share"] or 0.0) > 0 else None
    found["swing_16"] = sixteenths[1] if sixteenths else 50.0
    key = read_key(chart.drill.key)
    found["minor"] = float(key.minor)
    degrees = [(chord.root - key.tonic_pc) % OCTAVE for chord in chart.chords]
    found |= _spread("degree", degrees, OCTAVE)
    motions = [(b - a) % OCTAVE for a, b in pairwise(degrees) if a != b]
    found |= _spread("motion", motions, OCTAVE)
    tones = [above for chord in chart.chords for above in sort_of(chord)]
    found |= _spread("tone", tones, OCTAVE, len(chart.chords))
    bars = len(chart.bars)
    places = {
        "melody": [tone.start for tone in survey.melody],
        "left": [moment.start for moment in survey.moments[2]],
        "chord": chord_onsets(survey),
    }
    for name, starts in places.items():
        found |= _spread(name, [_bin(survey, at) for at in starts], BINS, bars)
    for hand, name in ((1, "right"), (2, "left")):
        moments = survey.moments[hand]
        spans = [moment.struck[-1] - moment.struck[0] for moment in moments]
        sizes = [len(moment.struck) for moment in moments]
        lows = [moment.struck[0] for moment in moments]
        for what, values in (("span", spans), ("size", sizes), ("low", lows)):
            found[f"{name}_{what}"] = float(np.mean(values)) if values else None
        lengths = [t.end - t.start for t in survey.hands[hand]]
        beats = [length / survey.beat for length in lengths if length]
        found[f"{name}_length"] = float(np.mean(beats)) if beats else None
    found["beats"] = read_grid(chart.drill.meter).length / survey.beat
    return found


def _bin(survey: Survey, start: int) -> int:
    length = read_grid(survey.chart.bars[survey.index_at(start)].meter).length
    return min(BINS - 1, survey.position(start) * BINS // length)


def _spread(
    name: str, values: Iterable[int], size: int, total: int | None = None
) -> dict[str, float | None]:
    """How often each of the numbers under `size` comes, as a share of all (or of `total`)."""
    counts = np.bincount(list(values), minlength=size)
    whole = max(1, int(counts.sum()) if total is None else total)
    return {f"{name}_{index}": count / whole for index, count in enumerate(counts)}


def tabulate(rows: list[dict[str, float | None]]) -> np.ndarray:
    """Rows of features as a matrix; what a chart has none of is NaN."""
    names = list(rows[0])
    return np.array([[np.nan if row[n] is None else row[n] for n in names] for row in rows])


def discriminate(
    learn: np.ndarray, labels: np.ndarray, ask: np.ndarray, classes: int
) -> np.ndarray:
    """The class of each row of `ask`, by a linear discriminant that has seen `learn`."""
    mean, deviation = np.nanmean(learn, axis=0), np.nanstd(learn, axis=0)
    deviation[deviation < 1e-9] = 1.0
    learn, ask = (np.nan_to_num((each - mean) / deviation) for each in (learn, ask))
    centres = np.array([learn[labels == each].mean(axis=0) for each in range(classes)])
    inside = learn - centres[labels]
    covariance = inside.T @ inside / max(1, len(learn) - classes)
    covariance = (1 - SHRINKAGE) * covariance + SHRINKAGE * (
        np.diag(np.diag(covariance)) + 0.05 * np.eye(len(covariance))
    )
    weights = np.linalg.solve(covariance, centres.T)
    scores = ask @ weights - 0.5 * np.sum(centres.T * weights, axis=0)
    return scores.argmax(axis=1)


def classify(
    rows: dict[tuple[str, int], dict[str, float | None]], without: tuple[str, ...] = ()
) -> Verdict:
    """Learn from even seeds, name the odd ones; `without` leaves out features by prefix."""
    styles = tuple(dict.fromkeys(style for style, _ in rows))
    kept = {
        cell: {k: v for k, v in row.items() if not (without and k.startswith(without))}
        for cell, row in rows.items()
    }
    matrix = tabulate(list(kept.values()))
    labels = np.array([styles.index(style) for style, _ in kept])
    odd = np.array([bool(seed % 2) for _, seed in kept])
    named = discriminate(matrix[~odd], labels[~odd], matrix[odd], len(styles))
    table = np.zeros((len(styles), len(styles)), dtype=int)
    np.add.at(table, (labels[odd], named), 1)
    return Verdict(styles, table)


def compose_rows(
    styles: list[str], count: int, workers: int | None = None
) -> dict[tuple[str, int], dict[str, float | None]]:
    """The features of so many charts of each style, in order."""
    cells = [(style, seed) for style in styles for seed in range(count)]
    found = {}
    for cell, row in run_parallel(describe_seed, cells, workers):
        found[cell] = row
        if sys.stderr.isatty() and len(found) % 20 == 0:
            print(f"\r{len(found)} of {len(cells)}", end="", file=sys.stderr, flush=True)
    return {cell: found[cell] for cell in cells}


def write_table(verdict: Verdict) -> str:
    """The confusion table as Markdown: true styles down, named styles across, in percent."""
    short = [style[:4] for style in verdict.styles]
    lines = [f"| | {' | '.join(short)} |", "|---" * (len(short) + 1) + "|"]
    for style, row in zip(verdict.styles, verdict.table, strict=True):
        cells = [f"{100 * n / row.sum():.0f}" if n else "" for n in row]
        lines.append(f"| {style} | {' | '.join(cells)} |")
    return "\n".join(lines)


def main() -> int:
    """Print the accuracy and the table."""
    known = sorted(load_styles().styles)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-n", dest="count", type=int, default=40, help="charts of each style")
    parser.add_argument("--style", action="append", choices=known, help="only these")
    options = parser.parse_args()
    rows = compose_rows(options.style or known, options.count)
    verdict = classify(rows)
    silent = classify(rows, ("swing",))
    print(f"balanced accuracy {verdict.accuracy:.3f}, without feel {silent.accuracy:.3f}")
    print(write_table(verdict))
    return 0 if verdict.accuracy >= GOAL else 1


if __name__ == "__main__":
    sys.exit(main())
