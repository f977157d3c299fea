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

    from game.coach.standing import Progress
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
WHOLE_TAKES, NOTES = 60, 80
"""Takes with all that belongs to them, for the size of one; eight bars have some 80 notes."""
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
    with tempfile.TemporaryDirectory() as folder:
        values = []
        for count in (FEW_TAKES, HOME_TAKES):
            archive = fill_archive(Path(folder) / f"{count}.db", count)
            values.append(_time(lambda archive=archive: read_home(archive)))  # type: ignore[misc]
            archive.close()
    few, many = values
    return [
        Measurement(
            name="home_20000_takes",
            value=round(many, 2),
            unit="ms",
            baseline=f"the same with {FEW_TAKES} takes",
            baseline_value=round(few, 2),
            ratio=round(many / few, 3),
            goal=HOME_GOAL_MS,
            ok=many <= HOME_GOAL_MS,
        )
    ]


def measure_progress() -> list[Measurement]:
    """What each progress view reads and draws, the slowest first, with ten years of practice."""
    with tempfile.TemporaryDirectory() as folder:
        tables, sizes = [], []
        for count in (HOME_TAKES, PROGRESS_TAKES):
            path = Path(folder) / f"{count}.db"
            archive = fill_archive(path, count)
            tables.append(time_views(archive))
            archive.close()
            sizes.append(path.stat().st_size / count)
        whole = _measure_take(Path(folder))
    year, years = tables
    slowest = max(years, key=years.__getitem__)
    ratio = years[slowest] / year[slowest]
    views = ", ".join(
        f"{name} {value:.0f} ms ({value / year[name]:.2f})"
        for name, value in sorted(years.items(), key=lambda pair: -pair[1])
    )
    return [
        Measurement(
            name="progress_200000_takes",
            value=round(years[slowest], 2),
            unit="ms",
            baseline=f"the same view ({slowest}) with {HOME_TAKES} takes",
            baseline_value=round(year[slowest], 2),
            ratio=round(ratio, 3),
            goal=PROGRESS_GOAL_MS,
            ok=years[slowest] <= PROGRESS_GOAL_MS,
            detail=f"{views}, reading included; in brackets over {HOME_TAKES} takes. "
            f"{sizes[1]:.0f} bytes a take without its notes, {whole:.0f} with {NOTES} notes",
        )
    ]


def time_views(archive: Database) -> dict[str, float]:
    """Each progress view with a year before it: its name to ms, reading included."""
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

    def read() -> Progress:
        return archive.history.load_progress(now.date() - timedelta(days=364), now.date())

    views: dict[str, Callable[[Progress], object]] = {
        "days": lambda progress: view_days(progress, room),
        "rating": lambda progress: view_rating(progress, room),
        "genres": lambda progress: view_genres(progress, room),
        "time": lambda progress: view_time(progress, room),
        "accuracy": lambda progress: view_accuracy(progress, room),
        "bests": lambda progress: view_bests(progress, (), room),
    }
    return {
        name: _time(lambda view=view: view(read()))  # type: ignore[misc]
        for name, view in views.items()
    }


def _time(work: Callable[[], object]) -> float:
    """The median ms of some runs, after one that warms up."""
    work()
    times = []
    for _ in range(RUNS):
        before = time.perf_counter()
        work()
        times.append(1000 * (time.perf_counter() - before))
    return median(times)


def _measure_take(folder: Path) -> float:
    """Bytes that a whole take adds to the file: chart, every event, grade and sums."""
    from exercises.chart import write_chart_json  # noqa: PLC0415 - loaded with the archive
    from game.bench.aligning import perform_chart  # noqa: PLC0415 - numpy
    from game.scoring.grade import grade_take  # noqa: PLC0415 - numpy
    from game.sessions.plan import take_timeline  # noqa: PLC0415 - as above
    from game.storage.archive import open_archive  # noqa: PLC0415 - loads SQLAlchemy
    from game.take import Take, Versions  # noqa: PLC0415 - as above

    chart, events = perform_chart(NOTES)
    bpm = chart.drill.quarter_bpm
    timeline = take_timeline(chart, quarter_bpm=bpm)
    card = grade_take(chart, events, timeline=timeline, style=None, level=chart.drill.level)
    sizes = []
    for count in (1, 1 + WHOLE_TAKES):
        path = folder / f"whole-{count}.db"
        archive = open_archive(path)
        now = datetime.now().astimezone()
        for number in range(count):
            take = Take(
                code=f"W{number}",
                chart_json=write_chart_json(chart),
                quarter_bpm=bpm,
                events=events,
                latency_ms=0.0,
                started_at=(now - timedelta(minutes=count - number)).isoformat(timespec="seconds"),
                versions=Versions("0", "0"),
                style=chart.drill.style,
                level=chart.drill.level,
                seed=number,
            )
            archive.add_scorecard(archive.add_take(take), card)
        archive.close()
        sizes.append(path.stat().st_size)
    return (sizes[1] - sizes[0]) / WHOLE_TAKES


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
