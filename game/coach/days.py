"""Practice days: what makes a day count, streaks with rest days, and the calendar.

A day is the date on the player's own clock where and when the take was begun: the stamp of a take
carries its zone's offset, so midnight, daylight saving and travel need no guess.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

ENOUGH_S = 300.0
"""Five minutes of playing make a day; by ear: a warm-up and a chart or two."""
ENOUGH_TAKES = 3
"""So do three finished takes, however short the charts of the first levels are."""
FEWEST_KEYS = 4
"""Keys struck in a take for it to be work at all."""
DAYS_A_REST = 5
"""Days that count, one after another, earn one day of rest."""
MOST_RESTS = 2
"""Rest days that can be kept: a weekend."""
FAR_EAST = timedelta(hours=3)
"""A clock that was put forward so far has travelled; daylight saving moves it by an hour."""
SHORT_AWAY = timedelta(hours=36)
"""Less than this between two takes leaves no whole day at home between them."""
STEPS_S = (0.0, 300.0, 900.0, 1800.0)
"""Playing time from which a day of the calendar is one shade darker."""
WEEK = 7


class DayWork(msgspec.Struct, frozen=True):
    """What was played on one date of the player's own clock."""

    day: date
    seconds: float
    """From the first key to the last, summed over the takes."""
    finished: int
    """Takes played to the last bar."""
    first_at: datetime | None = None
    """When the first take of the day was begun, with its zone; None where nobody knows."""
    last_at: datetime | None = None

    @property
    def counts(self) -> bool:
        """Whether it was work enough for a practice day."""
        return self.seconds >= ENOUGH_S or self.finished >= ENOUGH_TAKES


class Streak(NamedTuple):
    """Days in a row; rest days keep a streak alive and are not counted in it."""

    current: int
    longest: int
    is_done_today: bool
    rests: int
    """Rest days that are left."""
    rested: tuple[date, ...]
    """The rest days that the current streak has used."""


def local_day(stamp: str) -> date | None:
    """The date of an ISO stamp on the clock that wrote it; None for no stamp."""
    try:
        return datetime.fromisoformat(stamp).date()
    except ValueError:
        return None


def read_streak(days: Iterable[DayWork], today: date) -> Streak:
    """The streaks up to today.

    A day that is not over does not end a streak. Dates after today (the clock was set back) wait
    until they come. A date that a traveller never had, because the zone changed eastwards
    between two takes less than 36 hours apart, is no missed day.

    Args:
        days: each date once, in any order.
        today: the date on the player's clock.
    """
    counted = sorted((d for d in days if d.counts and d.day <= today), key=lambda d: d.day)
    longest, run, rests, rested = 0, 0, 0, list[date]()
    before: DayWork | None = None
    for work in counted:
        missed = [] if before is None else _missed_between(before, work)
        if len(missed) > rests:
            run, rests, rested = 0, 0, []
        elif missed:
            rests -= len(missed)
            rested += missed
        run += 1
        if run % DAYS_A_REST == 0:
            rests = min(MOST_RESTS, rests + 1)
        longest = max(longest, run)
        before = work
    if before is None:
        return Streak(0, longest, is_done_today=False, rests=0, rested=())
    is_done = before.day == today
    idle = [before.day + timedelta(days=n) for n in range(1, (today - before.day).days)]
    if len(idle) > rests:
        return Streak(0, longest, is_done_today=False, rests=0, rested=())
    return Streak(run, longest, is_done, rests - len(idle), (*rested, *idle))


def _missed_between(before: DayWork, after: DayWork) -> list[date]:
    """The dates between two practice days that were there to be played on."""
    gap = (after.day - before.day).days
    missed = [before.day + timedelta(days=n) for n in range(1, gap)]
    if missed and before.last_at is not None and after.first_at is not None:
        shift = (after.first_at.utcoffset() or timedelta()) - (
            before.last_at.utcoffset() or timedelta()
        )
        # Of two stamps in one zone Python subtracts the clocks' hands, not the moments.
        away_s = after.first_at.timestamp() - before.last_at.timestamp()
        if shift >= FAR_EAST and away_s < SHORT_AWAY.total_seconds():
            return []
    return missed


def say_streak(streak: Streak) -> str:
    """The streak in a line for the home screen; says what is, and asks for nothing."""
    if streak.current == 0:
        best = f", your longest is {_days(streak.longest)}" if streak.longest > 1 else ""
        return (
            f"A practice day is {ENOUGH_TAKES} takes, or {ENOUGH_S / 60:.0f} minutes of playing"
            f"{best}."
        )
    words = f"{_days(streak.current)} in a row"
    if streak.longest > streak.current:
        words += f", longest {streak.longest}"
    words += ", today is done" if streak.is_done_today else ", today is open"
    if streak.rests:
        words += f", {_days(streak.rests, 'rest day')} earned"
    return words + "."


def _days(count: int, word: str = "day") -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"


def shade(work: DayWork | None) -> int:
    """How dark a day of the calendar is: 0 (nothing) to 4."""
    if work is None or (work.seconds <= 0 and work.finished == 0):
        return 0
    return sum(work.seconds >= step for step in STEPS_S)


def lay_calendar(
    days: Sequence[DayWork], today: date, weeks: int
) -> list[tuple[date, list[int | None]]]:
    """The last weeks as columns (the Monday, its seven shades); None is a day to come."""
    known = {work.day: work for work in days}
    monday = today - timedelta(days=today.weekday())
    columns: list[tuple[date, list[int | None]]] = []
    for back in range(weeks - 1, -1, -1):
        start = monday - timedelta(days=WEEK * back)
        dates = [start + timedelta(days=n) for n in range(WEEK)]
        columns.append((start, [shade(known.get(d)) if d <= today else None for d in dates]))
    return columns
