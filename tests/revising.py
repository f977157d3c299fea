"""Every change of a chart over styles, levels and kinds: kept rules, or the reason why not.

Run it with `python tests/revising.py [--seeds 1]`. Printed for each kind of change: how often it
was done, refused and given back by its opposite, and the reasons of refusals. A changed chart that
breaks a hard check, or an opposite that does not give the chart back, is a fault (exit code 1).
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections import Counter
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import msgspec

from exercises.chart import Chart, ComposeError, read_chart_json, write_chart_json
from exercises.checks.chart import check_chart
from exercises.checks.level import NOTHING_NEW
from exercises.compose.chart import compose_chart
from exercises.drill import DrillRequest
from exercises.levels import level
from exercises.request import resolve_drill
from exercises.revisions.revision import apply_revision, revise, undo_of
from exercises.revisions.wishes import list_wishes
from game.parallel import run_parallel
from styles.loader import load_style, load_styles

KINDS = ("grand", "lead", "comping", "number", "bass")
LEVELS = (1, 3, 5, 7, 9)
MOST = 10
"""Of one kind of change tried on a chart: the others are like them."""


def without_code(chart: Chart) -> Chart:
    """A chart that no drill composes has no share code."""
    return msgspec.structs.replace(chart, drill=msgspec.structs.replace(chart.drill, code=""))


def try_place(
    place: tuple[str, int, str, int], most: int = MOST
) -> tuple[Counter[str], Counter[str], list[str]]:
    """(counts, reasons, faults) of one chart with every wish."""
    name, number, kind, seed = place
    counts: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    faults: list[str] = []
    style = load_style(name)
    try:
        drill = resolve_drill(DrillRequest(style=name, level=number, kind=kind, seed=seed), style)
        chart = compose_chart(drill, style).chart
    except ComposeError:
        return counts, reasons, faults
    row = level(number)
    known = {(fault.rule, fault.detail) for fault in check_chart(chart, style, row)}
    for wish in list_wishes(chart, seed):
        if counts[f"{wish.kind} tried"] >= most:
            continue
        counts[f"{wish.kind} tried"] += 1
        try:
            changed = revise(chart, wish, style)
        except ComposeError as error:
            reasons[f"{wish.kind}: {re.sub(r'[0-9./#]+', '#', str(error))[:70]}"] += 1
            continue
        counts[f"{wish.kind} done"] += 1
        for fault in check_chart(changed, style, row):
            if (fault.rule, fault.detail) in known or fault.detail.startswith(NOTHING_NEW):
                continue
            faults.append(f"{place} {wish}: {fault}")
        if read_chart_json(write_chart_json(changed)) != changed:
            faults.append(f"{place} {wish}: its file is another chart")
        back = undo_of(chart, wish)
        if back is not None:
            counts[f"{wish.kind} undone"] += 1
            if apply_revision(changed, back) != without_code(chart):
                faults.append(f"{place} {wish}: {back} does not give it back")
    return counts, reasons, faults


def main() -> int:
    """Print the table and the reasons."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--styles", help="with commas; else all")
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
    counts: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    faults: list[str] = []
    for _, (some, why, bad) in run_parallel(try_place, places, os.cpu_count() or 1):
        counts += some
        reasons += why
        faults += bad
    print(f"{len(places)} charts")
    for kind in sorted({name.split()[0] for name in counts}):
        tried, done, undone = (counts[f"{kind} {what}"] for what in ("tried", "done", "undone"))
        print(f"{kind:<12} {tried:>6} tried {done:>6} done {undone:>6} given back")
    print(*(f"{count:>6} {reason}" for reason, count in reasons.most_common(30)), sep="\n")
    print(*faults, sep="\n")
    print(f"{len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
