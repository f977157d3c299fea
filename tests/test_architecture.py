"""The shape of the house: what each room may load, and how large a file may be."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

HEAVY = ("music21", "verovio", "textual", "rtmidi", "mido", "miniaudio", "sqlalchemy", "PIL")

MAY_LOAD = {
    "styles.loader": (),
    "styles.feel": (),
    "exercises.levels": (),
    "exercises.request": (),
    "exercises.chart": (),
    "exercises.notation.notate": (),
    "exercises.checks.chart": (),
    "game.scoring.grade": (),
    "game.scoring.live": (),
    "game.sessions.session": (),
    "game.performer.performance": (),
    "game.ports": (),
    "game.notation.page": (),
    "game.storage.archive": ("sqlalchemy",),
    "game.app_factory": ("textual",),
    "game.cli": (),
}
"""Module to the heavy libraries that importing it may bring in."""

LONG_FILES = {
    "exercises/compose/draft.py": "one draft from first to last decision, in the order they fall",
    "exercises/compose/lefthand.py": "one hand: every role of the pattern language in one place",
    "exercises/compose/melody.py": "one decision: the next note, with all that weighs on it",
    "exercises/compose/rhythm.py": "one decision: a bar's rhythm, with its opening and its close",
}
"""Files over 400 lines, each with its reason."""

NEVER_SPOKEN = ("music21", "verovio", "rtmidi", "miniaudio", "sqlalchemy", "numpy", "PIL")


@pytest.mark.parametrize("module", MAY_LOAD)
def test_a_room_loads_only_what_it_may(module):
    code = f"import sys, {module}; print(*[m for m in {HEAVY!r} if m in sys.modules])"
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert set(result.stdout.split()) <= set(MAY_LOAD[module])


def test_nothing_heavy_is_loaded_before_the_first_frame():
    code = (
        "import sys, game.app_factory, game.ui.app;"
        f"print(*[m for m in {NEVER_SPOKEN!r} if m in sys.modules])"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert result.stdout.split() == []


def test_files_stay_readable():
    long = {}
    for package in ("styles", "exercises", "game"):
        for path in sorted((ROOT / package).rglob("*.py")):
            lines = len(path.read_text(encoding="utf-8").splitlines())
            if lines > 400:
                long[path.relative_to(ROOT).as_posix()] = lines
    assert set(long) <= set(LONG_FILES), f"over 400 lines without a reason: {long}"


def test_the_app_file_stays_small():
    lines = (ROOT / "game/ui/app.py").read_text(encoding="utf-8").splitlines()
    assert len(lines) < 200


def test_every_module_says_what_it_is():
    for package in ("styles", "exercises", "game"):
        for path in sorted((ROOT / package).rglob("*.py")):
            first = path.read_text(encoding="utf-8").lstrip()
            assert first.startswith('"""'), f"{path} has no docstring"


def test_lock_files_hold_hashes_and_no_host():
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "://" not in text
        assert text.count("==") > 30
        assert text.count("--hash=sha256:") > text.count("==")
