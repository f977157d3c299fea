"""`first-take career`: reputation, income and the diary, for people and as JSON."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import click
import msgspec

from game.places import database_file

if TYPE_CHECKING:
    from game.sessions.career.life import Career
    from game.sessions.career.market import City

FEW = 12
"""Jobs and months in the tables for people."""


@click.command("career", short_help="Reputation, credits, income, and what a living needs.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document with the whole diary.")
def command(*, as_json: bool) -> None:
    """Reputation, credits, income and what a living would need."""
    from game.sessions.career.life import live  # noqa: PLC0415 - after the arguments were read
    from game.storage.archive import open_archive  # noqa: PLC0415 - loads SQLAlchemy
    from game.wording import career_market  # noqa: PLC0415 - as above

    archive = open_archive(database_file())
    try:
        career = live(archive.jobs.list_credits())
        settings = archive.load_settings()
    finally:
        archive.close()
    cities = career_market().cities
    city = cities.get(settings.city) or next(iter(cities.values()))
    document = describe(career, city, datetime.now().astimezone().date())
    if as_json:
        document["diary"] = [msgspec.to_builtins(credit) for credit in career.credits]
        print(json.dumps(document, indent=1))
    else:
        _show(document, career)


def describe(career: Career, city: City, today: date) -> dict[str, Any]:
    """The document of `--json`, without the diary."""
    from game.sessions.career.life import (  # noqa: PLC0415 - after the arguments were read
        jobs_for_living,
        sum_months,
    )

    return {
        "format": "first-take/career",
        "version": 1,
        "day": today.isoformat(),
        "city": {"name": city.name, "month_costs": city.costs},
        "reputation": _round(career.reputation()._asdict()),
        "standing": round(career.standing(), 3),
        "union_card": career.has_card,
        "portfolio": {"pieces": len(career.pieces), "worth": round(career.portfolio, 3)},
        "genres": {
            style: _round({**career.reputation(style)._asdict()})
            for style in sorted(career.known)
            if career.knows(style)
        },
        "jobs": len(career.credits),
        "credits": sum(credit.is_done for credit in career.credits),
        "income": sum(credit.paid for credit in career.credits),
        "months": [month._asdict() for month in sum_months(career.credits)],
        "jobs_a_month_for_a_living": jobs_for_living(career, city.costs),
    }


def _round(values: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 1) for name, value in values.items()}


def _show(document: dict[str, Any], career: Career) -> None:
    from rich.console import Console  # noqa: PLC0415 - not for JSON
    from rich.table import Table  # noqa: PLC0415 - as above

    console = Console()
    if not career.credits:
        console.print("No jobs yet: press c on the home screen for today's calls.")
        return
    said = ", ".join(f"{name} {value:.0f}" for name, value in document["reputation"].items())
    pieces = document["portfolio"]["pieces"]
    card = f", {pieces} to show" if pieces else ""
    card += ", union member" if document["union_card"] else ""
    console.print(f"[bold]{document['credits']} credits of {document['jobs']} jobs{card}[/bold]")
    console.print(f"reputation: {said}")
    city, need = document["city"], document["jobs_a_month_for_a_living"]
    console.print(f"{city['name']} costs ${city['month_costs']:,} a month", end="")
    console.print(f"; at your mean fee that is {need} jobs a month" if need else "")
    months = Table("month", "jobs", "income", "by stream", title_justify="left")
    for month in document["months"][-FEW:]:
        by = ", ".join(f"{name} ${paid:,}" for name, paid in sorted(month["income"].items()))
        total = f"${sum(month['income'].values()):,}"
        months.add_row(month["name"], str(month["jobs"]), total, by)
    console.print(months)
    diary = Table("day", "job", "genre", "level", "grade", "takes", "paid", "end")
    for credit in career.credits[-FEW:]:
        grade = "" if credit.total is None else f"{credit.total:.0f}"
        diary.add_row(
            credit.day, credit.stream, credit.style, str(credit.level), grade,
            str(credit.takes or ""), f"${credit.paid}", credit.end,
        )  # fmt: skip
    console.print(diary)
