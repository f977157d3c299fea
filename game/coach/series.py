"""Series: runs whose charts are known beforehand: exam, warm-up, daily call, a day of the plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from exercises.code import STYLES
from exercises.drill import DrillRequest
from game.coach.runs import (
    Line,
    Played,
    Report,
    Turn,
    first_sight_line,
    mean_total,
    per_minute,
    say_total,
    seed_from,
    share_right,
    shuffle,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

EXAM_PREVIEW_S = 30
"""The half minute that the examining boards give."""
GRADES = ((86.7, "distinction"), (80.0, "merit"), (66.7, "pass"))
"""Totals from which an exam is passed so: 130, 120 and 100 of 150, as the ABRSM marks."""
RUBRIC = (
    ("flow", "flow_score", ("kept going throughout", "a hesitation or two", "broke down")),
    ("rhythm", "time_score", ("secure", "mostly steady", "uneven")),
    ("notes", "notes_score", ("accurate", "largely right", "many slips")),
    ("style", "feel_score", ("in the style", "some sense of it", "not there yet")),
)
"""What an examiner looks at, and how it is put from 85, from 65 and below; by ear."""
CLEAR, FAIR = 85.0, 65.0
WARM_UP_PREVIEW_S = 10
WARM_UP_BELOW = (3, 2, 1)
"""Levels below one's own, rising."""
DAILY_PREVIEW_S = 30
DAILY_LEVELS = (2, 3, 4, 5, 6, 7, 8)
"""Monday's call is the easiest, Sunday's the hardest, as crosswords have it."""


class Series(msgspec.Struct, frozen=True):
    """Charts in a given order."""

    mode: str
    title: str
    name: str
    turns: tuple[Turn, ...]
    elapsed_s: float = 0.0
    played: tuple[Played, ...] = ()

    @property
    def turn(self) -> Turn | None:
        """The next one in the order."""
        done = len(self.played)
        return self.turns[done] if done < len(self.turns) else None

    def after(self, played: Played, elapsed_s: float) -> Series:
        """One chart more."""
        return msgspec.structs.replace(self, played=(*self.played, played), elapsed_s=elapsed_s)

    def report(self) -> Report:
        """Total and accuracy, and what the mode says beside them."""
        exam = self.mode == "exam" and bool(self.played)
        lines = judge_exam(self.played[0]) if exam else tuple(_list_takes(self))
        result = mark_exam(self.played[0].total) if exam else ""
        is_first = all(one.is_first_sight for one in self.played)
        left = "" if all(one.is_whole for one in self.played) else " (left half-way)"
        return Report(
            mode=self.mode,
            title=(f"{self.title}: {result}" if result else self.title) + left,
            name=self.name,
            score=mean_total(self.played),
            notes_per_minute=per_minute(self.played, self.elapsed_s),
            accuracy=share_right(self.played),
            lines=(*lines, *first_sight_line(self.played)),
            badges=("Exam with distinction",) if result == "distinction" and is_first else (),
        )


def _list_takes(series: Series) -> list[Line]:
    if len(series.turns) < 2:  # noqa: PLR2004 - one take is the score itself
        return []
    return [
        Line(turn.words or f"chart {number}", say_total(played.total))
        for number, (turn, played) in enumerate(zip(series.turns, series.played, strict=False), 1)
    ]


def mark_exam(total: float) -> str:
    """The result of an exam in a word."""
    return next((word for bound, word in GRADES if total >= bound), "not passed")


def judge_exam(played: Played) -> tuple[Line, ...]:
    """The rubric: one line for each thing that an examiner looks at and could hear."""
    lines = []
    for label, field, words in RUBRIC:
        score: float | None = getattr(played, field)
        if score is not None:
            word = words[0] if score >= CLEAR else words[1] if score >= FAIR else words[2]
            lines.append(Line(label, f"{score:.0f}  {word}"))
    return tuple(lines)


def sit_exam(style: str, level: int, seed: int) -> Series:
    """An exam: half a minute to look, one pass."""
    request = DrillRequest(style=style, level=level, seed=seed_from("exam", seed))
    turn = Turn(request, preview_s=EXAM_PREVIEW_S)
    return Series("exam", f"Exam at level {level}", f"level {level}", (turn,))


def warm_up(styles: Sequence[str], level: int, seed: int) -> Series:
    """Three easy charts, rising to just below one's level."""
    order = shuffle(styles, "warm-up", seed)
    turns = tuple(
        Turn(
            DrillRequest(
                style=order[number % len(order)],
                level=max(1, level - below),
                bars=4,
                seed=seed_from("warm-up", seed, number),
            ),
            preview_s=WARM_UP_PREVIEW_S,
            words=f"level {max(1, level - below)}",
        )
        for number, below in enumerate(WARM_UP_BELOW)
    )
    return Series("warm-up", "Warm-up", f"level {level}", turns)


def call_daily(day: date) -> Series:
    """The chart of a date: the same for everyone, from the date alone.

    The genre is one of those that everyone has, all seventeen before one comes again.
    """
    number = day.toordinal()
    style = shuffle(STYLES, "daily", number // len(STYLES))[number % len(STYLES)]
    level = DAILY_LEVELS[day.weekday()]
    request = DrillRequest(
        style=style,
        level=level,
        kind="grand",
        keyboard=61,
        seed=seed_from("daily", day.isoformat()),
    )
    turn = Turn(request, preview_s=DAILY_PREVIEW_S)
    return Series("daily", f"Daily call of {day.day} {day:%B %Y}", day.isoformat(), (turn,))
