"""Runs: charts one after another under one rule. Frozen state machines that hold no clock.

    run.turn                        the next chart to play, or None when the run is over
    run.after(played, elapsed_s)    the run after a take
    run.report()                    what it was worth, at any moment

A screen, a test or a robot can play them alike. All dice come from the run's seed, so the same
seed gives the same charts everywhere.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Protocol, Self

import msgspec

from exercises.drill import DrillRequest
from game.coach.elements import is_right
from game.take import Task

if TYPE_CHECKING:
    from collections.abc import Sequence

    from exercises.chart import Chart
    from game.scoring.results import Scorecard

SHORT_PREVIEW_S = 8
"""A look at key, metre and the first bar: what is left of a preview when the band waits."""
ENDURANCE_PREVIEW_S = 5
HOLD_TOTAL = 60.0
"""An endurance run goes on while takes are at least this; by ear."""
MISSES = 2
"""Takes below it that end the run: one slip is forgiven."""
SEED_BYTES = 4


class Turn(msgspec.Struct, frozen=True):
    """A chart that is to be played next."""

    request: DrillRequest
    preview_s: float
    rest_s: float = 0.0
    """Seconds to breathe before its preview."""
    words: str = ""
    """What it is for, where that is worth saying."""
    task: Task | None = None
    """None is an ordinary take."""


class Played(msgspec.Struct, frozen=True):
    """A graded take, as a run sees it."""

    style: str
    level: int
    kind: str
    total: float
    notes: int
    right: int
    seconds: float
    """From the chart's first beat to its last."""
    notes_score: float | None = None
    time_score: float | None = None
    feel_score: float | None = None
    flow_score: float | None = None
    stops: int = 0
    is_first_sight: bool = True
    code: str = ""
    key: str = ""
    is_whole: bool = True
    """False where it was left half-way, and counts with what was played."""


class Line(msgspec.Struct, frozen=True):
    """One line of a report."""

    label: str
    value: str


class Report(msgspec.Struct, frozen=True):
    """What a run was worth."""

    mode: str
    title: str
    name: str
    """What it can be compared with: reports of the same mode and name."""
    score: float | None
    """0 to 100, or what `unit` says; None where nothing was played."""
    unit: str = "of 100"
    notes_per_minute: float | None = None
    accuracy: float | None = None
    lines: tuple[Line, ...] = ()
    badges: tuple[str, ...] = ()


class Run(Protocol):
    """What every run can do."""

    @property
    def mode(self) -> str:
        """drill, exam, endurance, gauntlet, daily, assessment, warm-up, plan, or a task's name."""

    @property
    def turn(self) -> Turn | None:
        """The next chart to play; None when the run is over."""

    @property
    def played(self) -> tuple[Played, ...]:
        """The takes so far."""

    def after(self, played: Played, elapsed_s: float) -> Self:
        """The run after a take; `elapsed_s` since the run began, previews included."""

    def report(self) -> Report:
        """What it was worth so far."""


def seed_from(*parts: object) -> int:
    """A seed out of words and numbers: the same in every process, zone and version of Python."""
    text = "/".join(str(part) for part in parts)
    return int.from_bytes(sha256(text.encode()).digest()[:SEED_BYTES], "big")


def describe_played(
    chart: Chart,
    scorecard: Scorecard,
    *,
    seconds: float,
    is_first_sight: bool = True,
    is_whole: bool = True,
) -> Played:
    """A graded take for a run."""
    scores = scorecard.scores
    return Played(
        style=chart.drill.style,
        level=chart.drill.level,
        kind=chart.drill.kind,
        total=scores.total,
        notes=len(scorecard.notes),
        right=sum(is_right(note) for note in scorecard.notes),
        seconds=seconds,
        notes_score=scores.notes,
        time_score=scores.time,
        feel_score=scores.feel,
        flow_score=scores.flow,
        stops=scorecard.flow.stops,
        is_first_sight=is_first_sight,
        code=chart.drill.code,
        key=chart.drill.key,
        is_whole=is_whole,
    )


def mean_total(played: Sequence[Played]) -> float | None:
    """The mean of the totals, longer charts counting for more; None before a take."""
    weight = sum(one.notes for one in played)
    return sum(one.total * one.notes for one in played) / weight if weight else None


def share_right(played: Sequence[Played]) -> float | None:
    """The share of the written notes that were right; None before a take."""
    notes = sum(one.notes for one in played)
    return sum(one.right for one in played) / notes if notes else None


def per_minute(played: Sequence[Played], elapsed_s: float) -> float | None:
    """Right notes a minute of the whole run, looking through included."""
    return sum(one.right for one in played) * 60.0 / elapsed_s if played and elapsed_s else None


def say_share(share: float | None) -> str:
    """A share in per cent."""
    return "–" if share is None else f"{100 * share:.0f} %"  # noqa: RUF001 - a dash


class Drill(msgspec.Struct, frozen=True):
    """Charts back to back at one level until the time is up; the chart that is on is finished."""

    minutes: int
    level: int
    seed: int
    styles: tuple[str, ...]
    """The genres it goes through in turn; one for a drill of one genre."""
    hands: str | None = None
    focus: str | None = None
    elapsed_s: float = 0.0
    played: tuple[Played, ...] = ()

    @property
    def mode(self) -> str:
        """A timed drill."""
        return "drill"

    @property
    def turn(self) -> Turn | None:
        """A chart nobody has seen, as long as there is time."""
        if self.elapsed_s >= 60.0 * self.minutes:
            return None
        number = len(self.played)
        return Turn(
            DrillRequest(
                style=pick_style(self.styles, self.seed, number),
                level=self.level,
                hands=self.hands,
                focus=self.focus,
                seed=seed_from("drill", self.seed, number),
            ),
            preview_s=SHORT_PREVIEW_S,
        )

    def after(self, played: Played, elapsed_s: float) -> Drill:
        """One chart more."""
        return msgspec.structs.replace(self, played=(*self.played, played), elapsed_s=elapsed_s)

    def report(self) -> Report:
        """Total, notes a minute and accuracy."""
        where = self.styles[0] if len(self.styles) == 1 else "all genres"
        extra = "".join(f", {each}" for each in (self.hands, self.focus) if each)
        return Report(
            mode=self.mode,
            title=f"{self.minutes}-minute drill",
            name=f"{self.minutes} min, level {self.level}, {where}{extra}",
            score=mean_total(self.played),
            notes_per_minute=per_minute(self.played, self.elapsed_s),
            accuracy=share_right(self.played),
            lines=(Line("charts", str(len(self.played))), *first_sight_line(self.played)),
        )


class Endurance(msgspec.Struct, frozen=True):
    """Charts back to back until two takes have fallen below 60."""

    level: int
    seed: int
    styles: tuple[str, ...]
    elapsed_s: float = 0.0
    played: tuple[Played, ...] = ()

    @property
    def mode(self) -> str:
        """An endurance run."""
        return "endurance"

    @property
    def turn(self) -> Turn | None:
        """Another chart, while it holds."""
        if sum(one.total < HOLD_TOTAL for one in self.played) >= MISSES:
            return None
        number = len(self.played)
        return Turn(
            DrillRequest(
                style=pick_style(self.styles, self.seed, number),
                level=self.level,
                seed=seed_from("endurance", self.seed, number),
            ),
            preview_s=ENDURANCE_PREVIEW_S,
        )

    def after(self, played: Played, elapsed_s: float) -> Endurance:
        """One chart more."""
        return msgspec.structs.replace(self, played=(*self.played, played), elapsed_s=elapsed_s)

    def report(self) -> Report:
        """How many charts were held."""
        held = sum(one.total >= HOLD_TOTAL for one in self.played)
        music = sum(one.seconds for one in self.played)
        return Report(
            mode=self.mode,
            title="Endurance",
            name=f"level {self.level}",
            score=float(held) if self.played else None,
            unit="charts held" if held != 1 else "chart held",
            notes_per_minute=per_minute(self.played, self.elapsed_s),
            accuracy=share_right(self.played),
            lines=(
                Line("music", f"{music / 60:.1f} min"),
                Line("mean total", say_total(mean_total(self.played))),
                *first_sight_line(self.played),
            ),
        )


def say_total(total: float | None) -> str:
    """A total without a fraction."""
    return "–" if total is None else f"{total:.0f}"  # noqa: RUF001 - a dash


def first_sight_line(played: Sequence[Played]) -> tuple[Line, ...]:
    """A line that says which takes were no first takes; none where all were."""
    seen = sum(not one.is_first_sight for one in played)
    return (Line("seen before", f"{seen} of {len(played)}"),) if seen else ()


def pick_style(styles: Sequence[str], seed: int, number: int) -> str:
    """The genre of a chart: all in a shuffled order before one comes again."""
    ordered = shuffle(styles, seed, number // len(styles))
    return ordered[number % len(styles)]


def shuffle(items: Sequence[str], *parts: object) -> list[str]:
    """An order that hangs on the parts alone, whatever the order of the items."""
    return sorted(items, key=lambda item: (seed_from("order", *parts, item), item))
