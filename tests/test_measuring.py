"""The programs that measure many charts: novelty, the genre classifier, the key that is heard."""

import importlib.util
import sys
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import msgspec
import numpy as np
import pytest

from exercises.chart import number_notes
from exercises.compose.chart import compose_chart
from exercises.drill import DrillRequest
from exercises.novelty import digest_chart, melody_windows
from exercises.request import resolve_drill
from exercises.theory import hear_key
from styles.loader import load_styles

STYLES = load_styles().styles


def load(name):
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


classify, novelty = load("classify"), load("novelty")


def compose(style, number, seed, **wanted):
    request = DrillRequest(style, number, seed=seed, **wanted)
    return compose_chart(resolve_drill(request, STYLES[style]), STYLES[style]).chart


CHART = compose("pop", 5, 3, bars=8, meter="4/4")


def moved(chart, by):
    """The same music on other keys; names do not matter to what is heard."""
    notes = [
        msgspec.structs.replace(n, pitch=n.pitch + by, spelling=f"C{n.pitch}") for n in chart.notes
    ]
    return msgspec.structs.replace(chart, notes=number_notes(notes))


def test_a_melody_is_known_again_in_another_key():
    windows = melody_windows(CHART, 4)
    assert windows
    assert melody_windows(moved(CHART, 5), 4) == windows
    assert digest_chart(moved(CHART, 5)) != digest_chart(CHART)
    assert digest_chart(CHART) == digest_chart(msgspec.structs.replace(CHART, title="x"))


def test_one_other_note_makes_another_melody():
    top = max((n for n in CHART.notes if n.staff == 1), key=lambda n: (n.onset_ql, n.pitch))
    notes = [msgspec.structs.replace(n, pitch=n.pitch + 1) if n == top else n for n in CHART.notes]
    other = msgspec.structs.replace(CHART, notes=tuple(notes))
    assert melody_windows(other, 8).isdisjoint(melody_windows(CHART, 8))
    assert digest_chart(other) != digest_chart(CHART)


def test_long_notes_are_no_melody():
    few = [n for n in CHART.notes if n.onset_ql in {0, 16}]
    held = [msgspec.structs.replace(n, duration_ql=Fraction(4)) for n in few]
    assert (
        melody_windows(msgspec.structs.replace(CHART, notes=number_notes(held)), 4) == frozenset()
    )


def test_neighbours_that_share_a_melody_are_counted(monkeypatch):
    """Seeds 2 and 3 share a melody, 5 is 4 again; they arrive in any order."""
    windows = {2: {b"x"}, 3: {b"x", b"y"}}
    charts = {5: b"4"}

    def run(_, seeds, __):
        for seed in reversed(list(seeds)):
            digest = charts.get(seed, str(seed).encode())
            yield seed, (digest, frozenset(windows.get(seed, {str(seed).encode()})))

    monkeypatch.setattr(novelty, "run_parallel", run)
    found = novelty.measure_novelty("jazz", 5, 8)
    assert (found.charts, found.same, found.pairs, found.shared) == (8, 1, 7, 1)
    assert not found.ok


def test_charts_of_neighbouring_seeds_are_new():
    seen = [melody_windows(compose("folk", 4, seed), 4) for seed in range(6)]
    assert all(one.isdisjoint(two) for one, two in pairwise(seen))


def test_the_discriminant_tells_what_can_be_told():
    noise = np.random.default_rng(1).normal(size=(120, 12))
    labels = np.arange(120) % 3
    told = noise + np.eye(12)[labels] * 4
    right = classify.discriminate(told[:60], labels[:60], told[60:], 3) == labels[60:]
    assert right.mean() > 0.9
    # And nothing where there is nothing to tell.
    right = classify.discriminate(noise[:60], labels[:60], noise[60:], 3) == labels[60:]
    assert right.mean() < 0.6


def test_missing_features_and_constant_ones_do_no_harm():
    learn = np.array([[0.0, 1, np.nan], [0.2, 1, 3], [2.0, 1, 4], [2.2, 1, np.nan]])
    named = classify.discriminate(
        learn, np.array([0, 0, 1, 1]), np.array([[0.1, 1, np.nan], [2.1, 1, 3.5]]), 2
    )
    assert named.tolist() == [0, 1]


def test_half_the_charts_name_the_other_half():
    """Three styles that nobody mixes up, in a few charts; the whole is a command of its own."""
    rows = {
        (style, seed): classify.describe_seed((style, seed))
        for style in ("classical", "jazz", "salsa")
        for seed in range(8)
    }
    verdict = classify.classify(rows)
    assert verdict.accuracy > 0.7
    assert verdict.table.sum() == 12
    table = classify.write_table(verdict)
    assert table.splitlines()[0] == "| | clas | jazz | sals |"


@pytest.mark.parametrize(
    ("pitches", "key"),
    [
        ((60, 62, 64, 65, 67, 69, 71, 72, 67, 64, 60), "C"),
        ((57, 59, 60, 62, 64, 65, 68, 69, 64, 60, 57), "Am"),
        ((58, 60, 62, 63, 65, 67, 69, 70, 65, 62, 58), "Bb"),
    ],
)
def test_a_key_is_heard(pitches, key):
    assert hear_key([(pitch, 1.0) for pitch in pitches]) == key
