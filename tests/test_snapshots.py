"""Every screen looks as it did, at two sizes."""

import asyncio
import os

import pytest
import snapshots
from snapshots import FOLDER, NAMES, SIZES

SCREENS = [(name, size) for size in SIZES for name in NAMES]


@pytest.fixture(scope="module")
def walked(tmp_path_factory):
    """All screens at both sizes, walked through once."""
    with (
        pytest.MonkeyPatch.context() as monkeypatch,
        snapshots.still_world(monkeypatch, tmp_path_factory.mktemp("home")),
    ):
        return {size: asyncio.run(snapshots.walk_through(size)) for size in SIZES}


@pytest.mark.parametrize(
    ("name", "size"), SCREENS, ids=[f"{name}-{size[0]}x{size[1]}" for name, size in SCREENS]
)
def test_a_screen_looks_as_it_did(walked, name, size):
    path = FOLDER / f"{name}-{size[0]}x{size[1]}.txt"
    seen = walked[size][name]
    if os.environ.get("UPDATE_SNAPSHOTS"):
        FOLDER.mkdir(exist_ok=True)
        path.write_text(seen, encoding="utf-8")
    assert seen == path.read_text(encoding="utf-8")


def test_no_snapshot_is_of_a_screen_that_is_gone():
    kept = {path.stem for path in FOLDER.glob("*.txt")}
    assert kept == {f"{name}-{size[0]}x{size[1]}" for name, size in SCREENS}
