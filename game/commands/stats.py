"""`first-take stats`: progress, for people, as JSON, and as CSV with one row a take."""

from __future__ import annotations

import csv
import json
import sys
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import click
import msgspec

from game.places import database_file

if TYPE_CHECKING:
    from game.coach.standing import Progress
    from game.storage.database import Database

PERIODS = {"today": 1, "week": 7, "year": 365, "all": 36500}
SPANS = {"today": "today", "week": "the last seven days", "year": "the last year", "all": "ever"}
FEW = 6
RUN_MODES = ("drill", "exam", "endurance", "gauntlet", "daily", "assessment", "plan")


@click.command("stats")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@click.option("--csv", "as_csv", is_flag=True, help="One row a take.")
@click.option(
    "--period", type=click.Choice(list(PERIODS)), default="year", show_default=True,
    help="What is looked back on (not for --csv, which has everything).",
)  # fmt: skip
def command(*, as_json: bool, as_csv: bool, period: str) -> None:
    """Practice days, rating, genres, accuracy and bests."""
    from game.storage.archive import open_archive  # noqa: PLC0415 - loads SQLAlchemy

    if as_json and as_csv:
        raise click.UsageError("--json and --csv are two formats; choose one")
    today = datetime.now().astimezone().date()
    since = max(date(2000, 1, 1), today - timedelta(days=PERIODS[period] - 1))
    archive = open_archive(database_file())
    try:
        if as_csv:
            _write_csv(archive)
            return
        progress = archive.history.load_progress(since, today)
        document = describe(progress, today)
        if as_json:
            document["runs"] = [
                msgspec.to_builtins(run)
                for mode in RUN_MODES
                for run in archive.history.list_runs(mode)
            ]
            print(json.dumps(document, indent=1))
        else:
            _show(document, period)
    finally:
        archive.close()


def describe(progress: Progress, today: date) -> dict[str, Any]:
    """The document of `--json`, without the runs."""
    from exercises.code import STYLES  # noqa: PLC0415 - after the arguments were read
    from game.coach.ability import estimate  # noqa: PLC0415 - as above
    from game.coach.days import read_streak  # noqa: PLC0415 - as above
    from game.coach.gauntlet import rate_versatility  # noqa: PLC0415 - as above

    standing = progress.standing
    streak = read_streak(standing.days, today)
    abilities = standing.abilities
    rated = bool(abilities.takes[0])

    def say(found: tuple[float, float]) -> dict[str, float] | None:
        return {"level": round(found[0], 2), "error": round(found[1], 2)} if rated else None

    return {
        "format": "first-take/stats",
        "version": 1,
        "since": progress.since.isoformat(),
        "until": progress.until.isoformat(),
        "streak": {
            "current": streak.current,
            "longest": streak.longest,
            "done_today": streak.is_done_today,
            "rest_days": streak.rests,
        },
        "rating": say(estimate(abilities)),
        "versatility": say(rate_versatility(abilities)),
        "genres": {
            style: {**(say(estimate(abilities, style)) or {}), "takes": count}
            for style in STYLES
            if (count := abilities.count(f"style:{style}"))
        },
        "days": [msgspec.to_builtins(day) for day in progress.days],
        "accuracy": [msgspec.to_builtins(tally) for tally in progress.tallies],
        "ratings": [msgspec.to_builtins(rating) for rating in progress.ratings],
        "coming_back": [
            {"element": one.name, "right": round(one.share, 3), "due": one.due}
            for one in standing.strengths
            if one.card
        ],
        "bests": [msgspec.to_builtins(best) for best in progress.bests],
    }


def _write_csv(archive: Database) -> None:
    from game.storage.progress import EXPORTED, GRADED  # noqa: PLC0415 - loads SQLAlchemy

    writer = csv.DictWriter(sys.stdout, (*EXPORTED, *GRADED), lineterminator="\n")
    writer.writeheader()
    for row in archive.history.list_outcomes():
        writer.writerow(row)


def _show(document: dict[str, Any], period: str) -> None:
    from rich.console import Console  # noqa: PLC0415 - not for JSON
    from rich.table import Table  # noqa: PLC0415 - as above

    from game.coach.suggestion import say_element  # noqa: PLC0415 - as above

    console = Console()
    streak, days = document["streak"], document["days"]
    console.print(f"[bold]Progress, {SPANS[period]}[/bold]")
    minutes = round(sum(day["seconds"] for day in days) / 60)
    takes = sum(day["takes"] for day in days)
    console.print(
        f"streak {streak['current']} (longest {streak['longest']}), "
        f"practised on {_count(len(days), 'day')}: {_count(minutes, 'minute')}, "
        f"{_count(takes, 'take')}"
    )
    if (rating := document["rating"]) is not None:
        across = document["versatility"]
        console.print(
            f"rating {rating['level']:.1f} ± {rating['error']:.1f}, "
            f"across all genres {across['level']:.1f} ± {across['error']:.1f}"
        )
        table = Table("genre", "level", "±", "takes", title_justify="left")
        for style, row in sorted(document["genres"].items(), key=lambda one: -one[1]["level"]):
            table.add_row(style, f"{row['level']:.1f}", f"{row['error']:.1f}", str(row["takes"]))
        console.print(table)
    weak = sorted(
        (r for r in document["accuracy"] if r["kind"] == "element" and r["right"] < r["trials"]),
        key=lambda row: row["right"] / row["trials"],
    )[:FEW]
    if weak:
        worst = ", ".join(
            f"{say_element(r['name'])} {100 * r['right'] / r['trials']:.0f} %" for r in weak
        )
        console.print(f"weakest: {worst}")
    if not days:
        console.print("Nothing has been practised in this stretch yet.")


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'s' * (number != 1)}"
