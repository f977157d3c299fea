"""Neighbouring genres are told apart by the figures that players tell them apart by."""

from functools import cache

import pytest

from exercises.compose.chart import compose_chart
from exercises.drill import DrillRequest
from exercises.fingerprint.chart import measure_chart
from exercises.request import resolve_drill
from styles.loader import load_style

SEEDS = range(1, 6)


@cache
def figures(style_id):
    """Means of a few charts of level 8."""
    style = load_style(style_id)
    rows = []
    for seed in SEEDS:
        request = DrillRequest(style_id, 8, meter="4/4", bars=16, seed=seed)
        rows.append(measure_chart(compose_chart(resolve_drill(request, style), style).chart, style))
    return {
        name: sum(found) / len(found)
        for name in rows[0]
        if (found := [row[name] for row in rows if row[name] is not None])
    }


@pytest.mark.parametrize(
    ("feature", "less", "more"),
    [
        # Neo-soul is nearly all ninths, soul some, country none.
        ("ninth_share", "rnb_soul", "hiphop"),
        ("ninth_share", "country", "rnb_soul"),
        ("triad_share", "rnb_soul", "pop"),
        # Country keeps to its three chords, and its bass to the beat.
        ("primary_share", "pop", "country"),
        ("left_on_beat", "electronic", "country"),
        # Only the pop piano lies in the pedal.
        ("held_bass_share", "country", "pop"),
        ("held_bass_share", "electronic", "pop"),
        # Loops of the club and of hip-hop are minor, country hardly ever.
        ("minor_share", "country", "electronic"),
        ("minor_share", "pop", "hiphop"),
    ],
)
def test_a_figure_parts_neighbours(feature, less, more):
    assert figures(less)[feature] + 0.08 < figures(more)[feature]
