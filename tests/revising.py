"""Every change of a chart over styles, levels and kinds: kept rules, or the reason why not.

Run it with `python tests/revising.py [--seeds 1] [--out FILE]`. Printed for each kind of change:
how often it was done (and how often one level up), and given back by its opposite; the same for a
second change on top of a first; and the reasons of refusals. A changed chart that breaks a hard
check, or an opposite that does not give the chart back, is a fault (exit code 1). What is done is
kept in FILE, a line a chart, and not done again.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from collections import Counter
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import msgspec

from exercises.chart import Chart, ComposeError, read_chart_json, write_chart_json
from exercises.checks.chart import check_chart
from exercises.checks.level import NEW_VALUE, NOTHING_NEW
from exercises.compose.chart import compose_chart
from exercises.drill import DrillRequest
from exercises.levels import level
from exercises.request import resolve_drill
from exercises.revisions.revision import apply_revision, revise, undo_of
from exercises.revisions.wishes import list_wishes
from game.parallel import run_parallel
from styles.loader import load_style, load_styles

if TYPE_CHECKING:
    from exercises.revisions.revision import Revision
    from styles.schema import Style

KINDS = ("grand", "lead", "comping", "number", "bass")
LEVELS = (1, 3, 5, 7, 9)
MOST = 10
"""Of one kind of change tried on a chart: the others are like them."""


def without_code(chart: Chart) -> Chart:
    """A chart that no drill composes has no share code."""
    return msgspec.structs.replace(chart, drill=msgspec.structs.replace(chart.drill, code=""))


Tried = tuple[Counter[str], Counter[str], list[str]]
"""(counts, reasons of refusals, faults)."""


def try_place(place: tuple[str, int, str, int], most: int = MOST) -> Tried:
    """What came of one chart with every wish, and with another wish after each that was done."""
    name, number, kind, seed = place
    tried: Tried = (Counter(), Counter(), [])
    style = load_style(name)
    try:
        drill = resolve_drill(DrillRequest(style=name, level=number, kind=kind, seed=seed), style)
        chart = compose_chart(drill, style).chart
    except ComposeError:
        return tried
    seconds = list_wishes(chart, seed + 1, _styles())
    firsts: Counter[str] = Counter()
    for turn, wish in enumerate(list_wishes(chart, seed, _styles())):
        if firsts[wish.kind] >= most:
            continue
        firsts[wish.kind] += 1
        changed = try_wish(chart, wish, style, wish.kind, tried)
        if changed is not None and firsts[wish.kind] == 1:
            # One second wish for each kind of first one: all pairs come up over the charts.
            second = seconds[turn % len({each.kind for each in seconds})]
            try_wish(changed, second, style, f"then_{second.kind}", tried)
    return tried


@cache
def _styles() -> dict[str, Style]:
    return dict(load_styles().styles)


def try_wish(chart: Chart, wish: Revision, style: Style, name: str, tried: Tried) -> Chart | None:
    """Try one wish, and count what came of it; the changed chart, or None where it was refused."""
    counts, reasons, faults = tried
    counts[f"{name} tried"] += 1
    groove = _styles().get(wish.style or chart.drill.style)
    try:
        changed, is_harder = revise(chart, wish, style, groove)
    except ComposeError as error:
        reasons[f"{wish.kind}: {re.sub(r'[0-9./#]+', '#', str(error))[:70]}"] += 1
        return None
    counts[f"{name} done"] += 1
    counts[f"{name} harder"] += is_harder
    where = f"{chart.drill.style} {chart.drill.level} {chart.drill.kind} {chart.drill.seed} {wish}"
    row = level(chart.drill.level + is_harder)
    known = {(fault.rule, fault.detail) for fault in check_chart(chart, style, row)}
    for fault in check_chart(changed, style, row):
        if wish.kind == "half_time" and NEW_VALUE in fault.detail:
            continue
        if (fault.rule, fault.detail) not in known and not fault.detail.startswith(NOTHING_NEW):
            faults.append(f"{where}: {fault}")
    if read_chart_json(write_chart_json(changed)) != changed:
        faults.append(f"{where}: its file is another chart")
    back = undo_of(chart, wish)
    if back is not None:
        counts[f"{name} undone"] += 1
        if apply_revision(changed, back) != without_code(chart):
            faults.append(f"{where}: {back} does not give it back")
    return changed


def _read_done(file: Path | None) -> dict[str, Tried]:
    """What an earlier run has kept, by place."""
    if file is None or not file.exists():
        return {}
    rows = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    return {row[0]: (Counter(row[1]), Counter(row[2]), row[3]) for row in rows}


def _try_all(places: list[tuple[str, int, str, int]], file: Path | None) -> Tried:
    done = _read_done(file)
    left = [place for place in places if str(place) not in done]
    total: Tried = (Counter(), Counter(), [])
    results = [done[str(place)] for place in places if str(place) in done]
    for place, result in run_parallel(try_place, left, os.cpu_count() or 1):
        results.append(result)
        if file is not None:
            with file.open("a", encoding="utf-8") as lines:
                lines.write(json.dumps([str(place), *result]) + "\n")
    for counts, reasons, faults in results:
        total[0].update(counts)
        total[1].update(reasons)
        total[2].extend(faults)
    return total


def main() -> int:
    """Print the table and the reasons."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--styles", help="with commas; else all")
    parser.add_argument("--out", type=Path, help="a file to keep what is done in")
    asked = parser.parse_args()
    names = asked.styles.split(",") if asked.styles else sorted(load_styles().styles)
    places = [
        (name, number, kind, seed)
        for name in names
        for number in LEVELS
        for kind in KINDS
        if kind in level(number).kinds
        for seed in range(asked.seeds)
    ]
    counts, reasons, faults = _try_all(places, asked.out)
    print(f"{len(places)} charts")
    for kind in sorted({name.split()[0] for name in counts}):
        tried, done, harder, undone = (
            counts[f"{kind} {what}"] for what in ("tried", "done", "harder", "undone")
        )
        words = f"{tried:>6} tried {done:>6} done {harder:>6} one level up {undone:>6} given back"
        print(f"{kind:<16} {words}")
    print(*(f"{count:>6} {reason}" for reason, count in reasons.most_common(40)), sep="\n")
    print(*faults, sep="\n")
    print(f"{len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
