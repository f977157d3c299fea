"""Practice days and streaks: a table of cases, and what holds whatever was played."""

from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from game.coach.days import DayWork, lay_calendar, local_day, read_streak, say_streak, shade

MONDAY = date(2026, 3, 2)


def days(pattern, start=MONDAY):
    """A letter a day: x practised, . not, o opened the game and played a few notes."""
    work = {"x": (600.0, 4), "o": (40.0, 1)}
    return [
        DayWork(start + timedelta(days=n), *work[letter])
        for n, letter in enumerate(pattern)
        if letter in work
    ]


@pytest.mark.parametrize(
    ("pattern", "current", "longest", "rests"),
    [
        ("", 0, 0, 0),
        (".", 0, 0, 0),
        ("x", 1, 1, 0),
        ("xx", 2, 2, 0),
        ("x.", 1, 1, 0),  # today is not over
        ("x..", 0, 1, 0),
        ("x.x", 1, 1, 0),
        ("xo", 1, 1, 0),  # opening the game is no practice
        ("xoo", 0, 1, 0),
        ("xxxxx", 5, 5, 1),
        ("xxxxx..", 5, 5, 0),  # the earned rest day
        ("xxxxx...", 0, 5, 0),
        ("xxxxx.x", 6, 6, 0),
        ("xxxxx.x.x", 1, 6, 0),
        ("xxxxxxxxxx", 10, 10, 2),
        ("xxxxxxxxxx..x", 11, 11, 0),
        ("xxxxxxxxxx...x", 1, 10, 0),
        ("x" * 30, 30, 30, 2),  # no more than two are kept
        ("xxxx.xx", 2, 4, 0),
    ],
)
def test_streaks(pattern, current, longest, rests):
    streak = read_streak(days(pattern), MONDAY + timedelta(days=max(0, len(pattern) - 1)))
    assert (streak.current, streak.longest, streak.rests) == (current, longest, rests)
    assert streak.is_done_today is (pattern[-1:] == "x")


@pytest.mark.parametrize(
    ("seconds", "finished", "counts"),
    [(0, 0, False), (299.9, 2, False), (300, 0, True), (0, 3, True), (20, 1, False)],
)
def test_a_day_counts_by_work(seconds, finished, counts):
    assert DayWork(MONDAY, float(seconds), finished).counts is counts


def stamp(zone, *when):
    return datetime(*when, tzinfo=ZoneInfo(zone)).isoformat(timespec="seconds")


@pytest.mark.parametrize(
    ("stamped", "expected"),
    [
        (stamp("Europe/Berlin", 2026, 3, 2, 23, 59), date(2026, 3, 2)),
        (stamp("Europe/Berlin", 2026, 3, 3, 0, 0), date(2026, 3, 3)),
        # Both nights of daylight saving: 1:59 and 3:00 in spring, twice 2:30 in autumn.
        (stamp("Europe/Berlin", 2026, 3, 29, 1, 59), date(2026, 3, 29)),
        (stamp("Europe/Berlin", 2026, 3, 29, 23, 59), date(2026, 3, 29)),
        ("2026-10-25T02:30:00+02:00", date(2026, 10, 25)),
        ("2026-10-25T02:30:00+01:00", date(2026, 10, 25)),
        (stamp("America/New_York", 2026, 11, 1, 23, 59), date(2026, 11, 1)),
        (stamp("Pacific/Kiritimati", 2026, 1, 1, 0, 30), date(2026, 1, 1)),
        ("no stamp", None),
        ("", None),
    ],
)
def test_the_date_is_that_of_the_players_own_clock(stamped, expected):
    assert local_day(stamped) == expected


def played(zone, *when):
    at = datetime(*when, tzinfo=ZoneInfo(zone))
    return DayWork(at.date(), 600.0, 3, at, at)


@pytest.mark.parametrize(
    ("rows", "current"),
    [
        # Los Angeles on Monday night, Tokyo on Wednesday morning: Tuesday never was.
        ([("America/Los_Angeles", 2026, 3, 2, 21), ("Asia/Tokyo", 2026, 3, 4, 9)], 2),
        # Tokyo to Los Angeles has Monday twice.
        ([("Asia/Tokyo", 2026, 3, 2, 9), ("America/Los_Angeles", 2026, 3, 3, 9)], 2),
        # At home a day without practice is one, however near midnight both takes are,
        ([("Europe/Berlin", 2026, 3, 2, 23, 59), ("Europe/Berlin", 2026, 3, 4, 0, 1)], 1),
        # and over both changes of daylight saving.
        ([("Europe/Berlin", 2026, 3, 28, 23, 59), ("Europe/Berlin", 2026, 3, 30, 0, 1)], 1),
        ([("Europe/Berlin", 2026, 10, 24, 23, 59), ("Europe/Berlin", 2026, 10, 26, 0, 1)], 1),
        ([("Europe/Berlin", 2026, 3, 28, 23, 59), ("Europe/Berlin", 2026, 3, 29, 0, 1)], 2),
        ([("Europe/Berlin", 2026, 10, 25, 0, 1), ("Europe/Berlin", 2026, 10, 26, 23, 59)], 2),
        # Samoa went over the date line in its sleep: 30 December 2011 never was there.
        ([("Pacific/Apia", 2011, 12, 29, 20), ("Pacific/Apia", 2011, 12, 31, 9)], 2),
        # Over the date line to the west a date comes twice; the second time it is the day before.
        ([("Pacific/Kiritimati", 2026, 3, 3, 9), ("Pacific/Honolulu", 2026, 3, 2, 20)], 2),
        # New York to London is far enough to be a flight, but no day is skipped by it.
        ([("America/New_York", 2026, 3, 2, 21), ("Europe/London", 2026, 3, 4, 22)], 1),
        # Lord Howe moves its clocks by half an hour.
        ([("Australia/Lord_Howe", 2026, 4, 4, 23, 59), ("Australia/Lord_Howe", 2026, 4, 5, 0)], 2),
        ([("Australia/Lord_Howe", 2026, 4, 4, 23, 59), ("Australia/Lord_Howe", 2026, 4, 6, 0)], 1),
        # A flight to the east is no excuse for a week.
        ([("America/Los_Angeles", 2026, 3, 2, 21), ("Asia/Tokyo", 2026, 3, 9, 9)], 1),
        # Two whole days away are more than a flight.
        ([("Europe/Berlin", 2026, 3, 2, 8), ("Asia/Tokyo", 2026, 3, 4, 22)], 1),
    ],
)
def test_travel_and_daylight_saving(rows, current):
    work = [played(*row) for row in rows]
    assert read_streak(work, max(one.day for one in work)).current == current


def test_a_clock_set_back_loses_nothing():
    work = days("xxxx")
    assert read_streak(work, MONDAY + timedelta(days=1)).current == 2
    assert read_streak(work, MONDAY - timedelta(days=5)) == (0, 0, False, 0, ())
    assert read_streak(work, MONDAY + timedelta(days=3)).current == 4


def test_two_players_have_two_streaks():
    ann, ben = days("xxx"), days("x.x")
    today = MONDAY + timedelta(days=2)
    assert (read_streak(ann, today).current, read_streak(ben, today).current) == (3, 1)


ZONES = (
    *("Europe/Berlin", "America/New_York", "America/St_Johns", "Australia/Lord_Howe", "UTC"),
    *("Asia/Kolkata", "Pacific/Kiritimati", "Pacific/Honolulu", "America/Sao_Paulo"),
)
zones = st.sampled_from(ZONES).map(ZoneInfo)
starts = st.dates(date(2020, 1, 1), date(2027, 1, 1))
minutes = st.integers(0, 24 * 60 - 1)
folds = st.sampled_from((0, 1))


def at_home(zone, day, minute, fold=0):
    """A day's work as its stamp brings it back: written as ISO 8601, read again."""
    at = datetime(day.year, day.month, day.day, *divmod(minute, 60), tzinfo=zone, fold=fold)
    stamp = at.isoformat(timespec="seconds")
    read = datetime.fromisoformat(stamp)
    return DayWork(local_day(stamp), 600.0, 3, read, read)


@given(zones, starts, st.lists(st.tuples(minutes, folds), min_size=1, max_size=40))
def test_playing_every_day_at_any_hour_is_a_streak_in_every_zone(zone, start, times):
    work = [
        at_home(zone, start + timedelta(days=n), minute, fold)
        for n, (minute, fold) in enumerate(times)
    ]
    streak = read_streak(work, work[-1].day)
    assert (streak.current, streak.is_done_today) == (len(times), True)


@given(zones, starts, minutes, minutes, folds)
def test_a_day_missed_at_home_is_missed_whatever_the_clocks_do(zone, start, before, after, fold):
    work = [
        at_home(zone, start, before, fold),
        at_home(zone, start + timedelta(days=2), after, fold),
    ]
    assert read_streak(work, work[1].day).current == 1


@given(starts, minutes, st.integers(-12, 14), st.integers(-12, 14), st.integers(0, 35 * 60))
@example(date(2020, 1, 1), 660, -12, 14, 2100)  # two dates that never were
def test_a_flight_never_costs_a_day_that_was_not_there(start, minute, here, there, minutes_later):
    """Whoever plays, flies, and plays within a day and a half has missed no whole day."""
    left = datetime(start.year, start.month, start.day, *divmod(minute, 60),
                    tzinfo=timezone(timedelta(hours=here)))  # fmt: skip
    landed = (left + timedelta(minutes=minutes_later)).astimezone(timezone(timedelta(hours=there)))
    work = {at.date(): DayWork(at.date(), 600.0, 3, at, at) for at in (left, landed)}
    streak = read_streak(work.values(), max(work))
    skipped = (landed.date() - left.date()).days == 2
    if there - here >= 3 or not skipped:
        assert streak.current == len(work)
    else:
        assert streak.current == 1


patterns = st.text(alphabet="x.o", max_size=60)


@given(patterns, st.integers(0, 60))
def test_a_clock_that_is_set_back_shows_the_streak_of_that_day(pattern, back):
    """And when it is set right again, everything is as before."""
    work, today = days(pattern), MONDAY + timedelta(days=len(pattern))
    then = today - timedelta(days=back)
    assert read_streak(work, then) == read_streak([d for d in work if d.day <= then], then)
    assert read_streak(work, today) == read_streak(days(pattern), today)


@given(patterns, patterns)
def test_what_one_player_does_is_nothing_to_another(ann, ben):
    today = MONDAY + timedelta(days=60)
    before = read_streak(days(ann), today)
    read_streak(days(ben), today)
    assert read_streak(days(ann), today) == before


@given(patterns)
def test_the_order_of_the_days_does_not_matter(pattern):
    today = MONDAY + timedelta(days=len(pattern))
    assert read_streak(days(pattern)[::-1], today) == read_streak(days(pattern), today)


@given(patterns)
def test_a_streak_is_never_longer_than_the_days_that_count(pattern):
    streak = read_streak(days(pattern), MONDAY + timedelta(days=len(pattern)))
    assert 0 <= streak.current <= streak.longest <= pattern.count("x")
    assert 0 <= streak.rests <= 2


@given(patterns)
def test_one_more_day_of_practice_never_shortens_the_streak(pattern):
    today = MONDAY + timedelta(days=len(pattern))
    before = read_streak(days(pattern), today)
    after = read_streak(days(pattern + "x"), today)
    assert after.current == before.current + 1
    assert after.longest >= before.longest


@given(patterns, st.integers(-3, 3))
def test_daylight_saving_never_costs_a_day(pattern, moved):
    """The same evenings with the clocks changed by an hour or less in between."""
    zones = [timezone(timedelta(hours=1)), timezone(timedelta(hours=1 + (moved > 0) - (moved < 0)))]
    stamped = [
        DayWork(
            d.day,
            d.seconds,
            d.finished,
            at := datetime(d.day.year, d.day.month, d.day.day, 20, tzinfo=zones[d.day.day % 2]),
            at,
        )
        for d in days(pattern)
    ]
    today = MONDAY + timedelta(days=len(pattern))
    assert read_streak(stamped, today) == read_streak(days(pattern), today)


@given(patterns, st.integers(1, 60))
def test_the_calendar_has_a_place_for_every_day(pattern, weeks):
    today = MONDAY + timedelta(days=max(0, len(pattern) - 1))
    columns = lay_calendar(days(pattern), today, weeks)
    assert len(columns) == weeks
    assert all(len(column) == 7 and start.weekday() == 0 for start, column in columns)
    shades = [one for _, column in columns for one in column]
    assert shades.count(None) == 6 - today.weekday()
    shown = {MONDAY + timedelta(days=n) for n in range(len(pattern))}
    assert sum(bool(one) for one in shades) == sum(
        d.day in shown and d.day >= columns[0][0] for d in days(pattern)
    )


def test_shades_grow_with_the_time_played():
    minutes = [0, 1, 5, 15, 30, 120]
    assert [shade(DayWork(MONDAY, 60.0 * each, 0)) for each in minutes] == [0, 1, 2, 3, 4, 4]
    assert shade(None) == 0


def test_the_line_says_what_is():
    today = MONDAY + timedelta(days=6)
    assert say_streak(read_streak([], today)).startswith("A practice day is 3 takes")
    assert (
        say_streak(read_streak(days("xxxxxxx"), today))
        == "7 days in a row, today is done, 1 rest day earned."
    )
    assert say_streak(read_streak(days("xx...x"), today)) == (
        "1 day in a row, longest 2, today is open."
    )
