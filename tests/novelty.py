"""Compose many charts of one style and level and look for anything that comes back.

Run it with `python tests/novelty.py --style jazz --level 5 -n 10000`. No two charts may be the
same, and of charts with neighbouring seeds no more than 0.5 % may share four bars of melody
(intervals and rhythm). Memory does not grow with the charts, but for sixteen bytes each.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from exercises.compose.chart import compose_chart
from exercises.drill import DrillRequest
from exercises.novelty import PHRASE_BARS, digest_chart, melody_windows
from exercises.request import resolve_drill
from game.parallel import run_parallel
from styles.loader import load_styles

MOST_SHARED = 0.005


@dataclass
class Novelty:
    """What came back among the charts of one style and level."""

    style: str
    level: int
    charts: int = 0
    same: int = 0
    """Charts that are another chart again."""
    pairs: int = 0
    shared: int = 0
    """Pairs of neighbouring seeds that share four bars of melody."""

    @property
    def share(self) -> float:
        """The part of the pairs that share a melody."""
        return self.shared / self.pairs if self.pairs else 0.0

    @property
    def ok(self) -> bool:
        """Whether everything is new enough."""
        return not self.same and self.share <= MOST_SHARED


def fingerprint_seed(style_id: str, number: int, seed: int) -> tuple[bytes, frozenset[bytes]]:
    """The digests of the chart of a seed and of its melody."""
    style = load_styles().styles[style_id]
    chart = compose_chart(resolve_drill(DrillRequest(style_id, number, seed=seed), style), style)
    return digest_chart(chart.chart), melody_windows(chart.chart, PHRASE_BARS)


def measure_novelty(
    style_id: str, number: int, count: int, first: int = 0, workers: int | None = None
) -> Novelty:
    """Compare the charts of so many seeds; neighbours are forgotten once both are compared."""
    found = Novelty(style_id, number)
    seen: set[bytes] = set()
    waiting: dict[int, frozenset[bytes]] = {}
    left: dict[int, int] = {}
    """How many neighbours a waiting chart has still to meet."""
    last = first + count - 1
    work = partial(fingerprint_seed, style_id, number)
    for seed, (digest, windows) in run_parallel(work, range(first, last + 1), workers):
        found.charts += 1
        found.same += digest in seen
        seen.add(digest)
        waiting[seed] = windows
        left[seed] = (seed > first) + (seed < last)
        for other in (seed - 1, seed + 1):
            if other in waiting:
                found.pairs += 1
                found.shared += bool(waiting[other] & windows)
                left[other] -= 1
                left[seed] -= 1
        for each in (seed - 1, seed, seed + 1):
            if left.get(each) == 0:
                del waiting[each], left[each]
        if sys.stderr.isatty() and found.charts % 50 == 0:
            print(f"\r{found.charts} of {count}", end="", file=sys.stderr, flush=True)
    return found


def main() -> int:
    """Print the figures; exit 1 where too much comes back."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--style", default="jazz", choices=sorted(load_styles().styles))
    parser.add_argument("--level", type=int, default=5, choices=range(1, 11))
    parser.add_argument("-n", dest="count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0, help="the first")
    options = parser.parse_args()
    found = measure_novelty(options.style, options.level, options.count, options.seed)
    print(
        f"{found.style} {found.level}: {found.charts} charts, {found.same} the same as another; "
        f"{found.shared} of {found.pairs} neighbouring pairs ({found.share:.2%}) share "
        f"{PHRASE_BARS} bars of melody"
    )
    return 0 if found.ok else 1


if __name__ == "__main__":
    sys.exit(main())
