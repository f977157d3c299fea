"""Looking back over 20,000 and 200,000 takes: what the home screen and a progress view wait for."""

from __future__ import annotations

import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from statistics import median
from typing import TYPE_CHECKING, Any

from game.bench.measurement import Measurement

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from game.storage.database import Database

HOME_TAKES, PROGRESS_TAKES, FEW_TAKES = 20_000, 200_000, 200
HOME_GOAL_MS, PROGRESS_GOAL_MS = 50.0, 200.0
A_DAY = 55
"""Takes a day: a year's 20,000 are ten years' 200,000."""
A_FIRST = 10
"""One take in so many is the first of its chart: it moves the abilities, which takes longest."""
LAST_TAKES = 60
RUNS = 7
BATCH = 2_000
TALLIES = (
    '[{"kind":"key","name":"%s","trials":40,"right":32},'
    '{"kind":"hand","name":"right hand","trials":30,"right":25},'
    '{"kind":"hand","name":"left hand","trials":10,"right":7},'
    '{"kind":"element","name":"ledger","trials":6,"right":4},'
    '{"kind":"element","name":"accidentals","trials":12,"right":9},'
    '{"kind":"element","name":"interval:%d","trials":9,"right":7}]'
)


def measure_home() -> list[Measurement]:
    """What the home screen reads, with a year of practice."""
    return [_measure("home_20000_takes", HOME_TAKES, read_home, HOME_GOAL_MS)]


def measure_progress() -> list[Measurement]:
    """What the slowest progress view reads and draws, with ten years of practice."""
    return [_measure("progress_200000_takes", PROGRESS_TAKES, read_progress, PROGRESS_GOAL_MS)]


def _measure(
    name: str, takes: int, read: Callable[[Database], object], goal_ms: float
) -> Measurement:
    """A measurement in ms; the baseline is the same with 200 takes, which says how it grows."""
    with tempfile.TemporaryDirectory() as folder:
        values = []
        size = 0
        for count in (FEW_TAKES, takes):
            path = Path(folder) / f"{count}.db"
            archive = fill_archive(path, count)
            read(archive)
            times = []
            for _ in range(RUNS):
                before = time.perf_counter()
                read(archive)
                times.append(1000 * (time.perf_counter() - before))
            archive.close()
            values.append(median(times))
            size = path.stat().st_size
    few, many = values
    return Measurement(
        name=name,
        value=round(many, 2),
        unit="ms",
        baseline=f"the same with {FEW_TAKES} takes",
        baseline_value=round(few, 2),
        ratio=round(many / few, 3),
        goal=goal_ms,
        ok=many <= goal_ms,
        detail=f"{few:.1f} ms with {FEW_TAKES} takes; {size / takes:.0f} bytes a take "
        "without its notes",
    )


def read_home(archive: Database) -> object:
    """The home screen's data: the last takes, streak and suggestion."""
    from game.coach.days import read_streak  # noqa: PLC0415 - loaded with the archive
    from game.coach.suggestion import suggest  # noqa: PLC0415 - as above
    from styles.loader import load_styles  # noqa: PLC0415 - as above

    takes = archive.list_takes(LAST_TAKES)
    standing = archive.history.load_standing()
    now = datetime.now().astimezone()
    if not _STYLES:
        _STYLES.update(load_styles().styles)
    return read_streak(standing.days, now.date()), suggest(takes, _STYLES, standing, now)


_STYLES: dict[str, Any] = {}
"""The game has read its styles long before."""


def read_progress(archive: Database) -> object:
    """All six progress views of a year; the screen draws one at a time."""
    from game.ui.screens.progress_views import (  # noqa: PLC0415 - loaded with the archive
        Room,
        view_accuracy,
        view_bests,
        view_days,
        view_genres,
        view_rating,
        view_time,
    )

    now = datetime.now().astimezone()
    room = Room(154, 44, "#ffffff", str, now)
    progress = archive.history.load_progress(now.date() - timedelta(days=364), now.date())
    views = (view_days, view_rating, view_genres, view_time, view_accuracy)
    return [view(progress, room) for view in views], view_bests(progress, (), room)


def fill_archive(path: Path, count: int) -> Database:
    """An archive with so many graded takes up to today, without their notes."""
    from game.storage.archive import open_archive  # noqa: PLC0415 - loads SQLAlchemy
    from game.storage.progress_tables import OUTCOMES  # noqa: PLC0415 - as above
    from game.storage.tables import SCORECARDS, TAKES  # noqa: PLC0415 - as above

    archive = open_archive(path)
    rows = list[tuple[dict[str, Any], dict[str, Any], dict[str, Any]]]()
    with archive.transaction(writes=True) as connection:
        for row in _invent(count):
            rows.append(row)
            if len(rows) == BATCH or row[0]["id"] == count:
                for table, part in zip(
                    (TAKES, OUTCOMES, SCORECARDS), zip(*rows, strict=True), strict=True
                ):
                    connection.execute(table.insert(), list(part))
                rows.clear()
    archive.history.balance()
    return archive


def _invent(count: int) -> Iterator[tuple[dict[str, Any], dict[str, Any], dict[str, Any]]]:
    from exercises.code import KEYS, STYLES  # noqa: PLC0415 - loaded with the archive

    rng = Random(1)  # noqa: S311 - dice of an invented player
    now = datetime.now().astimezone()
    for number in range(1, count + 1):
        when = now - timedelta(days=(count - number) // A_DAY, seconds=(count - number) % A_DAY)
        total = min(100.0, max(0.0, rng.gauss(80, 9)))
        bias, spread = rng.gauss(-5, 8), 25.0
        take = {
            "id": number, "started_at": when.isoformat(timespec="seconds"),
            "code": f"C{number}", "style": rng.choice(STYLES), "level": rng.randint(3, 6),
            "seed": number, "quarter_bpm": 96.0, "latency_ms": 0.0, "source": "midi",
            "ended": "finished", "first_take_version": "0", "compose_version": "0",
            "chart_key": f"C{number}", "first_sight": int(number % A_FIRST == 0), "mode": "",
            "seconds": 30.0, "struck": 40,
        }  # fmt: skip
        outcome = {
            "take_id": number, "kind": "grand", "total": total, "notes": 40, "right": 32,
            "bias_ms": bias, "spread_ms": spread,
            "tallies": TALLIES % (rng.choice(KEYS), rng.randint(2, 8)),
        }  # fmt: skip
        grade = {"take_id": number, "rules_version": 1, "total": total, "bias_ms": bias}
        yield take, outcome, grade
