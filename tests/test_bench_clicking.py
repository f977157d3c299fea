"""What the bench reads out of a recording of the click."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from game.bench.clicking import FASTEST_BPM, SLOWEST_BPM, find_onsets, plan_ramp
from game.bench.flooding import LOWEST, ROUND, count_lost
from game.devices.click import click_sample, render_clicks

BLOCK = 512


@pytest.mark.parametrize("rate", [44_100, 48_000])
def test_every_click_of_a_ramp_is_found_on_its_sample(rate):
    plan = plan_ramp(30.0)
    samples = render_clicks(plan.clicks, start_s=plan.start_s, end_s=plan.end_s, rate=rate)
    mono = np.ascontiguousarray(samples if samples.ndim == 1 else samples[:, 0], np.float32)
    recording = b""
    for at in range(0, len(mono), BLOCK):
        block = mono[at : at + BLOCK]
        if block.any():
            frame = 1000 + at
            size = block.nbytes
            recording += frame.to_bytes(8, "little") + size.to_bytes(8, "little") + block.tobytes()
    due = [click_sample(click.onset_s, plan.start_s, rate) for click in plan.clicks]
    assert find_onsets(recording, rate) == [1000 + place for place in due]


def test_the_ramp_goes_from_the_slowest_to_the_fastest():
    steps = [60 / (b.onset_s - a.onset_s) for a, b in pairwise(plan_ramp(60.0).clicks)]
    assert steps[0] == pytest.approx(SLOWEST_BPM)
    assert steps == sorted(steps)
    assert steps[-1] == pytest.approx(FASTEST_BPM, rel=0.02)


def test_lost_notes_of_a_round_are_counted_over_its_end():
    whole = [LOWEST + n % ROUND for n in range(3 * ROUND)]
    assert count_lost(whole) == 0
    assert count_lost(whole[:50] + whole[53:]) == 3
    assert count_lost(whole[:99] + whole[102:]) == 3
    assert count_lost([11, 10]) == ROUND - 2  # out of order is as good as lost
