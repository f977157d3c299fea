"""The wheel works alone, in a fresh environment and from another folder."""

import json
import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

from game.version import VERSION

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    """First Take installed from its wheel; the libraries come from the environment of the tests."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "wheel",
            "-q",
            "--no-deps",
            "--no-build-isolation",
            "-w",
            folder,
            ROOT,
        ],
        check=True,
    )
    (wheel,) = folder.glob("first_take-*.whl")
    home = folder / "env"
    venv.create(home, with_pip=False)
    python = home / ("Scripts" if os.name == "nt" else "bin") / "python"
    subprocess.run(
        [sys.executable, "-m", "pip", "--python", python, "install", "-q", "--no-deps", wheel],
        check=True,
    )
    # The libraries were installed by their lock file; a path file lends them, without the
    # editable install of the source tree.
    (site,) = home.glob("**/site-packages")
    lent = folder / "lent"
    lent.mkdir()
    here = Path(sysconfig.get_paths()["purelib"])
    for entry in here.iterdir():
        if "first_take" not in entry.name:
            (lent / entry.name).symlink_to(entry)
    (site / "lent.pth").write_text(str(lent), encoding="utf-8")
    return python


@pytest.fixture
def run(program, tmp_path):
    def run(*args):
        return subprocess.run(
            [program, "-P", "-m", "game", *args],
            cwd=tmp_path,
            env={**os.environ, "FIRST_TAKE_HOME": str(tmp_path / "home")},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run


def test_it_is_the_installed_one(program, tmp_path):
    result = subprocess.run(
        [program, "-c", "import game, styles, assets; print(game.__file__)"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert str(ROOT) not in result.stdout


def test_version(run):
    assert run("--version").stdout.strip() == f"first-take, version {VERSION}"


def test_styles(run):
    result = run("styles", "--json")
    assert result.returncode == 0, result.stderr
    for name in ("classical", "jazz", "rock"):
        assert name in result.stdout


def test_compose(run):
    drill = ("--style", "jazz", "--level", "5", "--seed", "7")
    result = run("compose", *drill, "--format", "json")
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout)["format"] == "first-take/chart"
    result = run("compose", *drill, "--format", "musicxml")
    assert "<score-partwise" in result.stdout


def test_doctor(run):
    result = run("doctor", "--json")
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout)
