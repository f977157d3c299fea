"""Whether the grade gives back what a performer was told: `python tests/recovering.py`.

Five styles at ten levels, each chart played by every profile. A bias more than 2 ms off, a spread
more than 10 % off, and profiles whose totals are out of order are printed; exit code 1 where there
are more than one in a hundred.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from exercises.compose.chart import compose_chart
from exercises.drill import DrillRequest
from exercises.request import resolve_drill
from exercises.timeline import Timeline
from game.performer.performance import PROFILES, perform
from game.scoring.grade import grade_take
from styles.loader import load_styles

if TYPE_CHECKING:
    from collections.abc import Iterator

    from styles.schema import Style

STYLES = ("classical", "folk", "funk", "jazz", "rock")
LEVELS = range(1, 11)
RANKED = ("perfect", "expert", "solid", "amateur", "sloppy")
MOST_BIAS_MS = 2.0
MOST_SPREAD = 0.1
ALLOWED = 0.01


def recover(style: Style, number: int, seed: int) -> Iterator[str]:
    """A line for each profile that is not given back from the takes of one chart."""
    drill = resolve_drill(DrillRequest(style.id, number, seed=seed), style)
    chart = compose_chart(drill, style).chart
    timeline = Timeline.steady(chart.drill.quarter_bpm)
    totals = {}
    for name, profile in PROFILES.items():
        take = perform(chart, profile, timeline=timeline, style=style, level=number, seed=seed)
        card = grade_take(chart, take.events, timeline=timeline, style=style, level=number)
        totals[name] = card.scores.total
        time = card.time
        if time.bias_ms is None or time.spread_ms is None:
            yield f"{style.id} {number} {name}: no time"
            continue
        bias = time.bias_ms - profile.bias_ms
        spread = time.spread_ms - profile.spread_ms
        if abs(bias) > MOST_BIAS_MS or abs(spread) > max(1.0, MOST_SPREAD * profile.spread_ms):
            yield f"{style.id} {number} {name}: bias {bias:+.1f} ms, spread {spread:+.1f} ms off"
    ranked = [totals[name] for name in RANKED]
    if ranked != sorted(ranked, reverse=True):
        yield f"{style.id} {number}: {totals}"


def main() -> int:
    """Print what is not given back."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=5)
    options = parser.parse_args()
    styles = load_styles().styles
    cells = [(styles[name], number) for name in STYLES for number in LEVELS]
    lines = [line for style, number in cells for line in recover(style, number, options.seed)]
    print(*lines, sep="\n")
    takes = len(cells) * len(PROFILES)
    print(f"{len(lines)} of {takes} takes are not given back")
    return int(len(lines) > ALLOWED * takes)


if __name__ == "__main__":
    sys.exit(main())
