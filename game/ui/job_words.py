"""Calls, jobs and careers in words."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from exercises.chairs import chair_of
from game.sessions.career.job import EARLY_MIN
from game.settings import find_calibration
from game.ui.words import KINDS
from game.wording import career_market

if TYPE_CHECKING:
    from game.sessions.career.call import Call
    from game.sessions.career.credit import Credit
    from game.sessions.career.job import Job
    from game.sessions.career.life import Reputation
    from game.sessions.career.market import Market
    from game.settings import Settings
    from game.take import TakeSummary
    from game.ui.status import Status

WARM_UP_MIN = 60.0
"""A take so long ago still counts as a warm-up."""
HOUR = 60


def say_money(dollars: float) -> str:
    """Whole dollars: "$1,240"."""
    return f"${dollars:,.0f}"


def say_date(iso: str) -> str:
    """A date of the diary: "3 Nov"."""
    day = date.fromisoformat(iso)
    return f"{day.day} {day:%b}"


def say_span(minutes: float) -> str:
    """A stretch of time as one says it: "45 minutes", "2 hours", "a day"."""
    whole = round(abs(minutes))
    if whole >= 24 * HOUR:
        return "a day" if whole < 48 * HOUR else f"{whole // (24 * HOUR)} days"
    if whole >= 2 * HOUR:
        return f"{whole // HOUR} hours"
    return "a minute" if whole == 1 else f"{whole} minutes"


def say_music(call: Call, style_name: str) -> str:
    """What is to be read: "Jazz, level 4, lead sheet"."""
    kind = KINDS.get(call.kind, "grand staff")
    return f"{style_name}, level {call.level}, {kind}"


def say_chair(call: Call) -> str:
    """What the instrument of a job asks of the hands; nothing where it is as on any."""
    hint = chair_of(call.chair).hint
    return f" {hint}." if hint else ""


def say_asking(call: Call) -> str:
    """What a job asks of the player, in sentences."""
    if call.charts > 1:
        return f"{call.charts} songs, one pass each. Asks for {call.need:.0f} of 100."
    if call.chairs:
        count = len(call.chairs)
        takes = f"{count} parts over one another, at most {call.most_takes} takes each."
        return f"{takes} Asks for {call.need:.0f} of 100."
    takes = "in one take" if call.most_takes == 1 else f"in at most {call.most_takes} takes"
    words = f"Asks for {call.need:.0f} of 100 {takes}."
    words += say_chair(call)
    return words + (" The producer may change his mind." if call.changes else "")


def say_when(call: Call) -> str:
    """When it is."""
    if call.at_home:
        return f"At home, due {say_span(call.lead_min)} after you take it."
    hours = f"{call.hours:g} {'hour' if call.hours == 1 else 'hours'}"
    return f"Begins {say_span(call.lead_min)} after you take it; {hours}."


def say_friend(call: Call, style_name: str) -> str:
    """Who passed the number on."""
    if not call.by:
        pieces = career_market().streams[call.stream].pieces
        return "An open call: they have heard your portfolio." if pieces else "An open call."
    return f"Recommended by {call.by} of your {style_name} job of {say_date(call.by_day)}."


def say_name(reputation: Reputation) -> str:
    """What is said of a player, in one line."""
    return "  ".join(f"{name} {value:.0f}" for name, value in reputation._asdict().items())


def say_end(credit: Credit, market: Market) -> str:
    """How a job ended and what was paid."""
    words = f"{market.ends[credit.end]} {say_money(credit.paid)} paid"
    less = credit.end == "delivered" and credit.paid < credit.offered
    return words + (f" of {say_money(credit.offered)}: late, or too many takes." if less else ".")


def say_clock(job: Job, at: datetime) -> str:
    """How long it is to the start, and whether that is early enough."""
    left = job.minutes_left(at)
    if job.call.at_home:
        return f"is overdue by {say_span(left)}" if left < 0 else f"is due in {say_span(left)}"
    if left < 0:
        return f"began {say_span(left)} ago"
    early = "" if left >= EARLY_MIN else ", be there now"
    return f"begins in {say_span(left)}{early}"


def list_checks(
    job: Job, at: datetime, status: Status, settings: Settings, takes: list[TakeSummary]
) -> list[tuple[bool, str, str]]:
    """What should be in order before the red light: (is it, what, how it stands)."""
    sound = status.audio is not None and status.audio.ok
    backend = status.audio.backend if status.audio is not None else None
    measured = find_calibration(settings, backend, status.keyboard)
    left = job.minutes_left(at)
    on_time = left >= (0 if job.call.at_home else EARLY_MIN)
    return [
        (bool(status.keyboard), "keyboard", status.keyboard or "none: computer keys"),
        (
            measured is not None,
            "latency",
            "measured" if measured else "not measured (o, then c)",
        ),
        (sound, "sound", (backend or "") if sound else "none: the click is shown"),
        _find_warm_up(at, takes),
        (on_time, "on time", say_clock(job, at)),
    ]


def _find_warm_up(at: datetime, takes: list[TakeSummary]) -> tuple[bool, str, str]:
    for take in takes:
        try:
            minutes = (at - datetime.fromisoformat(take.started_at)).total_seconds() / 60.0
        except (ValueError, TypeError):
            continue
        if take.ended == "finished" and 0 <= minutes <= WARM_UP_MIN:
            return True, "warm-up", f"played {say_span(minutes)} ago"
    return False, "warm-up", "none in the last hour (w)"


def say_living(costs: int, need: int | None, this_month: int) -> str:
    """What a full-time living would need."""
    words = f"This month {say_money(this_month)} of {say_money(costs)} that it costs to live here."
    if need is None:
        return words
    return f"{words} At your mean fee a living takes {need} jobs a month."
