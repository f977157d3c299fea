"""The views of the progress screen, as pure functions of what has been summed up."""

from __future__ import annotations

import json
import math
from datetime import date, timedelta
from string import ascii_lowercase
from typing import TYPE_CHECKING, NamedTuple

from rich.text import Text

from exercises.code import STYLES
from game.coach.ability import estimate
from game.coach.days import lay_calendar, read_streak, say_streak
from game.coach.gauntlet import rate_versatility
from game.coach.suggestion import say_element
from game.ui.plots import draw_calendar, draw_columns, list_bars, plot_lines, plot_radar
from game.ui.words import KINDS, draw_bar, say_bias, say_day, say_key

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from game.coach.ability import Estimate
    from game.coach.elements import Tally
    from game.coach.standing import Progress, Run

NOTHING = "Nothing has been practised in this stretch yet."
LABEL_COLUMNS = 24
FEWEST_TRIALS = 8
"""Notes of something for its accuracy to be shown."""
WIDE_COLUMNS, TALL_ROWS = 110, 30
NARROW_LIST, WIDE_LIST = 36, 64
"""Columns of the list of genres beside the radar."""
WIDE_RADAR_ROWS, WIDE_NAME = 35, 13
GENRE_BAR = 15
DOTTED = 2
THEN_AND_NOW = "; dots: three months ago"
GEOMETRIC = "; one weak genre shows"
LOWEST_RIM = 3.0
STYLE_PART = "style:"
FIGURE_COLUMNS, SHORTEST_BAR = 15, 3
HIGHEST = 10.0
MOST_WEEKS, WEEK_ROWS = 53, 8
REACH_MS = 48.0
"""Where the plot of offsets ends, unless they go farther."""


class Room(NamedTuple):
    """What a view is drawn into."""

    columns: int
    rows: int
    accent: str
    name_of: Callable[[str], str]
    """A style's name by its id."""
    now: datetime


def _say_nothing(progress: Progress, what: str) -> Text:
    """Why a view is empty: nothing in this stretch, or nothing at all yet."""
    if progress.standing.days:
        return Text(f"{NOTHING} Press y for the year.")
    return Text(f"After your first takes: {what}.")


def say_length(seconds: float) -> str:
    """A stretch of time: "45 min", "3 h 20 min"."""
    minutes = round(seconds / 60)
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest} min" if hours else f"{minutes} min"


def view_days(progress: Progress, room: Room) -> Text:
    """Streak, calendar and sums."""
    work = progress.standing.days
    today = room.now.date()
    text = Text()
    text.append(say_streak(read_streak(work, today)) + "\n\n", "bold")
    weeks = min(MOST_WEEKS, (room.columns - 8) // 2)
    calendar = lay_calendar(work, today, weeks)
    text.append_text(draw_calendar(calendar, room.accent))
    days = progress.days
    if work and room.rows >= TALL_ROWS:
        played = {one.day: one.seconds / 60.0 for one in work}
        minutes = [
            sum(played.get(monday + timedelta(days=n), 0.0) for n in range(7))
            for monday, _ in calendar
        ]
        text.append("\n")
        unit = "minutes a week"
        text.append_text(draw_columns(minutes, rows=WEEK_ROWS, accent=room.accent, unit=unit))
    if not days:
        return text.append("\n" + NOTHING)
    takes, finished = sum(d.takes for d in days), sum(d.finished for d in days)
    notes = sum(d.notes for d in days)
    right = sum(d.right for d in days)
    rows = [
        ("days", str(len(days))),
        ("time played", say_length(sum(d.seconds for d in days))),
        ("takes", f"{takes}, {finished} to the end"),
        ("notes read", f"{notes}, {100 * right / notes:.0f} % right" if notes else "none graded"),
    ]
    totals = [d.total for d in days if d.total is not None]
    if totals:
        rows.append(("mean total", f"{sum(totals) / len(totals):.0f}"))
    text.append("\n")
    for label, value in rows:
        text.append(f"{label:<16}", "dim")
        text.append(value + "\n")
    return text


def view_rating(progress: Progress, room: Room) -> Text:
    """The overall ability over time, with the band of its uncertainty."""
    now = estimate(progress.standing.abilities)
    if not progress.standing.abilities.takes[0]:
        return Text(
            "A rating needs finished first takes; an assessment (p, t) gives one in 15 min."
        )
    text = Text()
    text.append(f"You read level {now.mean:.1f}", "bold")
    text.append(f" at 80 of 100; nine times in ten {now.low:.1f} to {now.high:.1f} (dotted).\n\n")
    ratings = progress.ratings
    if not ratings:
        return text.append(NOTHING)
    points = [(float(r.day.toordinal()), r) for r in ratings]
    low = min(r.mean - 1.645 * r.error for r in ratings)
    high = max(r.mean + 1.645 * r.error for r in ratings)
    bottom, top = max(0.0, float(int(low))), min(11.0, float(int(high) + 1))
    text.append_text(
        plot_lines(
            [
                ([(x, r.mean) for x, r in points], 1),
                ([(x, r.mean - 1.645 * r.error) for x, r in points], 3),
                ([(x, r.mean + 1.645 * r.error) for x, r in points], 3),
            ],
            columns=room.columns,
            rows=max(4, room.rows - 5),
            low=bottom,
            high=top,
            span=_span(progress),
            marks=tuple(float(n) for n in range(int(bottom), int(top) + 1)),
        )
    )
    return text.append_text(_say_span(progress, room))


def view_genres(progress: Progress, room: Room) -> Text:
    """Every genre's ability, the rating across all, and their radar: now and three months ago."""
    abilities = progress.standing.abilities
    if not abilities.takes[0]:
        return Text("Each genre has its place here after its first take to the end.")
    found = {style: estimate(abilities, style) for style in STYLES}
    before = {one.name.removeprefix(STYLE_PART): one.mean for one in progress.before}
    read = {style: abilities.count(f"{STYLE_PART}{style}") for style in STYLES}
    # What has not been read has no corner: a guess would look like an ability.
    now = [found[style].mean if read[style] else 0.0 for style in STYLES]
    rim = min(HIGHEST, max(LOWEST_RIM, math.ceil(max(now))))
    versatile = rate_versatility(abilities)
    text = Text(no_wrap=True)
    text.append(f"Across all genres {versatile.mean:.1f}", "bold")
    text.append(f" ± {versatile.error:.1f}")
    text.append(f"  rim: level {rim:g}{THEN_AND_NOW if before else GEOMETRIC}\n", "dim")
    is_wide = room.columns >= WIDE_COLUMNS and room.rows >= TALL_ROWS
    letters = dict(zip(STYLES, ascii_lowercase, strict=False))
    earlier = [before.get(style, 0.0) for style in STYLES]
    radar = plot_radar(
        [(earlier, DOTTED), (now, 1)] if before else [(now, 1)],
        [room.name_of(style)[:WIDE_NAME] if is_wide else letters[style] for style in STYLES],
        columns=room.columns - (WIDE_LIST if is_wide else NARROW_LIST),
        rows=min(room.rows - 1, WIDE_RADAR_ROWS) if is_wide else len(STYLES),
        most=rim,
    )
    ordered = sorted(STYLES, key=lambda style: (not read[style], -found[style].mean))
    for index in range(max(len(radar), len(ordered))):
        line = Text()
        if index < len(ordered):
            style = ordered[index]
            line.append(f"{letters[style]} ", "dim" if is_wide else "bold")
            line.append(f"{room.name_of(style):<17.16}")
            if is_wide:
                bar = draw_bar(10.0 * found[style].mean if read[style] else 0.0, GENRE_BAR)
                line.append(bar, room.accent)
            line.append_text(_say_genre(found[style], read[style], before.get(style)))
            if is_wide and read[style]:
                line.append(f"  {read[style]} take{'' if read[style] == 1 else 's'}", "dim")
        line.pad_right(max(0, (WIDE_LIST if is_wide else NARROW_LIST) - line.cell_len))
        text.append_text(line)
        text.append((radar[index] if index < len(radar) else "") + "\n")
    return text


def _say_genre(found: Estimate, takes: int, before: float | None) -> Text:
    if not takes:
        return Text("    not read yet", "dim")
    words = Text(f"{max(0.0, found.mean):4.1f} ± {found.error:.1f}", "bold")
    if before is not None:
        words.append(f" {found.mean - before:+5.1f}", "dim")
    return words


def view_time(progress: Progress, room: Room) -> Text:
    """Offset against the click, and spread, over time."""
    timed = [d for d in progress.days if d.bias_ms is not None]
    if not timed:
        return _say_nothing(
            progress, "how far ahead of the click or behind it you play, day by day"
        )
    bias = sum(d.bias_ms or 0.0 for d in timed) / len(timed)
    spread = sum(d.spread_ms or 0.0 for d in timed) / len(timed)
    text = Text()
    text.append(f"On the mean {say_bias(bias)}, spread {spread:.0f} ms.\n", "bold")
    text.append("Whole line: offset (above is late). Dotted: spread.\n\n", "dim")
    reach = max(
        REACH_MS, *(abs(d.bias_ms or 0.0) for d in timed), *(d.spread_ms or 0.0 for d in timed)
    )
    step = 20.0 if reach <= REACH_MS else 10.0 * round(reach / 30)
    text.append_text(
        plot_lines(
            [
                ([(float(d.day.toordinal()), d.bias_ms or 0.0) for d in timed], 1),
                ([(float(d.day.toordinal()), d.spread_ms or 0.0) for d in timed], 2),
            ],
            columns=room.columns,
            rows=max(4, room.rows - 6),
            low=-reach,
            high=reach,
            span=_span(progress),
            marks=(-2 * step, -step, 0.0, step, 2 * step),
            unit=" ms",
        )
    )
    return text.append_text(_say_span(progress, room))


def _span(progress: Progress) -> tuple[float, float]:
    """From the first day with practice (or the stretch's) to its last."""
    first = min((d.day for d in progress.days), default=progress.since)
    return float(first.toordinal()), float(max(first.toordinal() + 1, progress.until.toordinal()))


def _say_span(progress: Progress, room: Room) -> Text:
    first, last = (date.fromordinal(int(x)) for x in _span(progress))
    start, end = f"{first.day} {first:%b %Y}", f"{last.day} {last:%b %Y}"
    gap = max(1, room.columns - 7 - len(start) - len(end))
    return Text(f"       {start}{' ' * gap}{end}\n", "dim")


def view_accuracy(progress: Progress, room: Room) -> Text:
    """What goes right how often, by key and by element, the weakest first."""
    groups = {
        kind: _weakest(progress, kind) for kind in ("element", "key", "hand", "chart", "meter")
    }
    if not any(groups.values()):
        what = "how often each key, hand, interval and rhythm goes right, the weakest first"
        return _say_nothing(progress, what)
    due = {one.name for one in progress.standing.strengths if one.card}
    left = [(("↻ " if t.name in due else "  ") + say_element(t.name), t) for t in groups["element"]]
    right = [
        *((say_key(t.name), t) for t in groups["key"]),
        *((t.name, t) for t in groups["hand"]),
        *((KINDS.get(t.name, "grand staff"), t) for t in groups["chart"]),
        *((t.name, t) for t in groups["meter"]),
    ]
    rows = max(3, room.rows - 3)
    half = room.columns // 2
    label_columns = min(LABEL_COLUMNS, half - FIGURE_COLUMNS - SHORTEST_BAR)
    bar = half - FIGURE_COLUMNS - label_columns
    columns = [
        list_bars(
            [(label, 100.0 * t.right / t.trials, _say_tally(t)) for label, t in part[:rows]],
            label_columns=label_columns,
            bar_columns=bar,
            accent=room.accent,
        )
        for part in (left, right)
    ]
    text = Text(no_wrap=True)
    text.append("Weakest first; ↻ comes back until it is secure.\n\n", "dim")
    first, second = (column.split("\n") for column in columns)
    for index in range(max(len(first), len(second))):
        line = first[index] if index < len(first) else Text()
        line.pad_right(max(0, half - line.cell_len))
        text.append_text(line)
        text.append_text(second[index] if index < len(second) else Text())
        text.append("\n")
    return text


def _weakest(progress: Progress, kind: str) -> list[Tally]:
    rows = [t for t in progress.tallies if t.kind == kind and t.trials >= FEWEST_TRIALS]
    return sorted(rows, key=lambda t: t.right / t.trials)


def _say_tally(tally: Tally) -> str:
    return f"{100 * tally.right / tally.trials:3.0f} % {tally.trials:>6}"


def _read_badges(sheet: str) -> list[str]:
    """The badges of a run; none where its sheet cannot be read."""
    try:
        return list(map(str, json.loads(sheet).get("badges", ())))
    except (ValueError, AttributeError, TypeError):
        return []


def view_bests(progress: Progress, runs: tuple[Run, ...], room: Room) -> Text:
    """Personal bests, and the badges of the runs."""
    text = Text(no_wrap=True)
    badges: dict[str, str] = {}
    for run in runs:
        for badge in _read_badges(run.sheet):
            badges.setdefault(badge, run.started_at)
    for badge, at in badges.items():
        text.append(f"★ {badge}", "bold")
        text.append(f"  {say_day(at, room.now)}\n", "dim")
    if badges:
        text.append("\n")
    if not progress.bests:
        return text.append("No first take to the end yet: the first one is a personal best.")
    text.append("Best first take of each genre at each level, the newest first\n", "dim")
    for best in progress.bests[: max(3, room.rows - len(badges) - 3)]:
        what = f"{room.name_of(best.style)} {best.level}"
        text.append(f"{what:<26}")
        text.append(f"{best.total:>4.0f}", "bold")
        text.append(f"   {say_day(best.at, room.now)}\n", "dim")
    return text
