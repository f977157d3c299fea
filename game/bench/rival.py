"""Another aligner in an environment of the bench's own: parangonar's DualDTW.

The environment lies in the cache folder and is made when it is first asked for.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from game.places import cache_folder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from game.scoring.expectation import Expected
    from game.scoring.results import PlayedNote

PACKAGES = ("parangonar==3.4.0", "tqdm")
"""parangonar imports tqdm without asking for it."""
INSTALL_TIMEOUT_S = 600
RUN_TIMEOUT_S = 1800

PROGRAM = """
import json, sys, time, warnings
warnings.filterwarnings("ignore")
import numpy as np
from parangonar import DualDTWNoteMatcher

SCORE = [("onset_beat", "f4"), ("duration_beat", "f4"), ("onset_quarter", "f4"),
         ("duration_quarter", "f4"), ("onset_div", "i4"), ("duration_div", "i4"),
         ("pitch", "i4"), ("is_grace", "?"), ("id", "U32")]
PLAYED = [("onset_sec", "f4"), ("duration_sec", "f4"), ("onset_tick", "i4"),
          ("duration_tick", "i4"), ("pitch", "i4"), ("velocity", "i4"), ("track", "i4"),
          ("channel", "i4"), ("id", "U32")]
times = []
for score, played, runs in json.load(open(sys.argv[1])):
    score = np.array([(o, d, o, d, o * 480, d * 480, p, False, i) for o, d, p, i in score], SCORE)
    played = np.array(
        [(o, d, o * 1000, d * 1000, p, v, 0, 0, str(i)) for o, d, p, v, i in played], PLAYED)
    own = []
    for _ in range(runs):
        before = time.process_time()
        DualDTWNoteMatcher()(score, played)
        own.append(time.process_time() - before)
    times.append(sorted(own)[len(own) // 2])
print(json.dumps(times))
"""

Job = tuple["Sequence[Expected]", "Sequence[PlayedNote]", int]
"""A chart, a take, and how often it is aligned."""


def time_rival(jobs: Sequence[Job]) -> tuple[list[float], str]:
    """Median processor seconds of parangonar's DualDTW for each job; or none, and why."""
    python, trouble = _environment()
    if python is None:
        return [], trouble
    document = [
        (
            [
                (float(n.onset_ql), float(n.duration_ql), n.pitch, n.id)
                for n in sorted(expected, key=lambda note: (note.onset_ql, note.pitch))
            ],
            [(n.onset_s, n.duration_s or 0.1, n.pitch, n.velocity, n.index) for n in played],
            runs,
        )
        for expected, played, runs in jobs
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "jobs.json"
        path.write_text(json.dumps(document))
        try:
            result = subprocess.run(  # noqa: S603 - the environment's own interpreter
                [str(python), "-c", PROGRAM, str(path)],
                capture_output=True,
                text=True,
                check=False,
                timeout=RUN_TIMEOUT_S,
            )
        except subprocess.TimeoutExpired:
            return [], f"parangonar was not done in {RUN_TIMEOUT_S} s"
    if result.returncode:
        return [], f"parangonar failed: {_last_line(result.stderr)}"
    times: list[float] = json.loads(result.stdout.splitlines()[-1])
    return times, ""


def _environment() -> tuple[Path | None, str]:
    """The interpreter that has parangonar; or None, and why."""
    folder = cache_folder() / "bench" / "parangonar"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    ready = folder / "ready"
    if ready.exists():
        return python, ""
    steps = (
        [sys.executable, "-m", "venv", "--clear", str(folder)],
        [str(python), "-m", "pip", "install", "--quiet", *PACKAGES],
    )
    for step in steps:
        try:
            result = subprocess.run(  # noqa: S603 - our own interpreter
                step, capture_output=True, text=True, check=False, timeout=INSTALL_TIMEOUT_S
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            return None, f"parangonar is not here: {error}"
        if result.returncode:
            return None, f"parangonar is not here: {_last_line(result.stderr)}"
    ready.touch()
    return python, ""


def _last_line(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip() and "notice" not in line]
    return lines[-1].strip() if lines else "it says nothing"
