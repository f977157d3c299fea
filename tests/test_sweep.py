"""A small part of the sweep: every style, every level, every reader."""

import importlib.util
import sys
from pathlib import Path

import pytest

from exercises.levels import load_levels
from styles.loader import load_styles

SPEC = importlib.util.spec_from_file_location("sweep", Path(__file__).with_name("sweep.py"))
sweep = importlib.util.module_from_spec(SPEC)
sys.modules["sweep"] = sweep
SPEC.loader.exec_module(sweep)


STYLES = sorted(load_styles().styles)
# Two levels of each style, each level in three styles or four; the program itself sweeps them all.
CELLS = [
    (style, 1 + (index + shift) % len(load_levels()))
    for index, style in enumerate(STYLES)
    for shift in (0, 5)
]


@pytest.mark.parametrize(("style", "number"), CELLS)
def test_charts_keep_the_rules_and_every_reader_agrees(style, number):
    outcome = sweep.sweep_cell(style, number, 1, first=1000)
    assert outcome.troubles == []
    assert outcome.charts == 1


@pytest.mark.parametrize(
    ("kind", "style", "number"),
    [
        ("lead", "bossa", 4), ("lead", "classical", 9), ("comping", "reggae", 4),
        ("comping", "gospel", 8), ("number", "country", 5), ("number", "blues", 9),
        ("bass", "salsa", 2), ("bass", "funk", 8), ("pads", "hiphop", 6),
    ],
)  # fmt: skip
def test_every_kind_keeps_the_rules_and_is_played_perfectly(kind, style, number):
    outcome = sweep.sweep_cell(style, number, 1, first=1000, kind=kind)
    assert outcome.troubles == []
    assert outcome.charts == 1


def chart_of(*, windows=(), troubles=()):
    return sweep.Outcome(
        "folk", 1, "grand", 1, 1, 0.1, sweep.Counter({"rule 3": 1}), 1, [*troubles], [*windows]
    )


def test_a_sweep_goes_on_where_it_was_stopped(tmp_path):
    kept = tmp_path / "charts.jsonl"
    for seed in range(2):
        sweep.keep_outcome(kept, ("folk", 1, "grand", seed), chart_of(troubles=["x"]))
    with kept.open("a") as file:
        file.write('{"style": "fo')
    assert len(sweep.read_outcomes(kept)) == 2
    (cell,) = sweep.sweep(["folk"], [1], ["grand"], 2, 1, out=kept)
    assert (cell.charts, cell.rejections, cell.heard) == (2, 2, 2)
    assert cell.rules == {"rule 3": 2}
    assert cell.troubles == ["seed 0: x", "seed 1: x"]


def test_a_sweep_begins_nothing_after_its_time(tmp_path):
    kept = tmp_path / "charts.jsonl"
    assert sweep.sweep(["folk"], [2], ["grand"], 2, 1, out=kept, minutes=0) == []


def test_a_melody_that_came_before_is_trouble():
    new, known = chart_of(windows=["aa", "bb"]), chart_of(windows=["bb", "cc"])
    assert sweep.join_outcomes({0: new, 1: chart_of(windows=["dd"])}).troubles == []
    assert "seed 3" in sweep.join_outcomes({0: new, 3: known}).troubles[0]
