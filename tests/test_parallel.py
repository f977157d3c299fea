"""Long work in worker processes: every item once, in bounded memory, failures not swallowed."""

import os
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pytest

from exercises.request import find_gaps
from game.parallel import AHEAD, run_parallel
from styles.loader import load_styles
from styles.schema import Band

ROOT = Path(__file__).resolve().parent.parent


def test_every_item_comes_back_with_its_result():
    assert sorted(run_parallel(abs, range(-20, 0), 2)) == [(n, -n) for n in range(-20, 0)]
    assert list(run_parallel(abs, [], 2)) == []


def test_items_are_taken_as_they_are_needed():
    taken = []

    def source():
        for n in range(1000):
            taken.append(n)
            yield n

    results = run_parallel(abs, source(), 2)
    for _ in range(50):
        next(results)
    assert len(taken) <= 50 + 2 * 2 * AHEAD
    results.close()
    assert len(taken) <= 50 + 2 * 2 * AHEAD


def test_a_failure_reaches_the_caller():
    with pytest.raises(TypeError):
        list(run_parallel(abs, ["no number"], 1))


PROGRAM = """
import sys, time
from game.parallel import run_parallel
from tests.test_parallel import tell_and_stay
if __name__ == "__main__":
    list(run_parallel(tell_and_stay, [1, 2], 2))
"""


def tell_and_stay(_):
    print(os.getpid(), flush=True)
    time.sleep(600)


def test_workers_end_with_a_program_that_is_killed(tmp_path):
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    with subprocess.Popen(
        [sys.executable, str(program)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as parent:
        assert all(int(parent.stdout.readline()) for _ in range(2))
        parent.kill()
        # The pipe is at its end when the last of those that hold it is gone.
        assert parent.communicate(timeout=60)[0] == ""


def test_a_band_without_a_feature_is_a_gap():
    style = load_styles().styles["rock"]
    bands = {**style.fingerprint, "melody_stepp": Band(low=0, high=1)}
    wrong = msgspec.structs.replace(style, fingerprint=bands)
    assert any("melody_stepp" in gap for gap in find_gaps(wrong))
    assert not any("fingerprint" in gap for gap in find_gaps(style))
