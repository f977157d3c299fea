"""Studies: a few charts under one task, for one skill of reading.

None of them is an ordinary first take: they count as practice, and move no rating.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from exercises.drill import DrillRequest
from exercises.levels import LOWEST
from game.coach.runs import (
    Line,
    Played,
    Report,
    Turn,
    mean_total,
    per_minute,
    pick_style,
    say_share,
    say_total,
    seed_from,
    share_right,
)
from game.take import Task

if TYPE_CHECKING:
    from collections.abc import Sequence

SHORT_BARS = 4
HANDS = ("right", "left", "")
"""Of a study of hands: one, the other, both."""
AHEAD_STEPS_S = (0.0, 0.25, 0.5, 0.75, 1.0)
"""How far before the playhead notes vanish; a second is as far as good readers look ahead
(Furneaux & Land 1999)."""
HELD, LOST = 75.0, 60.0
"""A total from which notes vanish earlier next time, and one below which they vanish later."""
EASIER = 2
"""Levels below one's own at which charts are transposed; by ear."""


class Kind(msgspec.Struct, frozen=True):
    """What a study is like."""

    title: str
    charts: int
    preview_s: float
    graded: str
    """On what its takes are graded, in words."""


KINDS = {
    "rhythm": Kind("Rhythm only", 4, 8, "time and lengths; any key counts"),
    "transpose": Kind("Transposing", 4, 30, "as a take, in the other key"),
    "wait": Kind("Wait for me", 2, 30, "notes alone: the right key at the first try"),
    "ahead": Kind("Looking ahead", 6, 15, "as a take"),
    "hands": Kind("Hands apart", 3, 15, "as a take: right, left, both"),
}


class Study(msgspec.Struct, frozen=True):
    """A study under way."""

    task: str
    """A name of `KINDS`."""
    level: int
    seed: int
    styles: tuple[str, ...]
    hands: str | None = None
    """Of rhythms; None is both."""
    elapsed_s: float = 0.0
    played: tuple[Played, ...] = ()

    @property
    def mode(self) -> str:
        """The task."""
        return self.task

    @property
    def turn(self) -> Turn | None:
        """The next chart; a study of hands has the same one three times."""
        kind, number = KINDS[self.task], len(self.played)
        if number >= kind.charts:
            return None
        alike = 0 if self.task == "hands" else number
        return Turn(
            DrillRequest(
                style=pick_style(self.styles, self.seed, alike),
                level=max(LOWEST, self.level - EASIER * (self.task == "transpose")),
                kind="grand",
                bars=SHORT_BARS if self.task == "wait" else None,
                hands=self.hands if self.task == "rhythm" else None,
                seed=seed_from(self.task, self.seed, alike),
            ),
            preview_s=kind.preview_s,
            task=Task(
                self.task,
                hidden_s=AHEAD_STEPS_S[find_step(self.played)] if self.task == "ahead" else None,
                hand=HANDS[number] if self.task == "hands" else "",
            ),
        )

    def after(self, played: Played, elapsed_s: float) -> Study:
        """One chart more."""
        return msgspec.structs.replace(self, played=(*self.played, played), elapsed_s=elapsed_s)

    def report(self) -> Report:
        """What was graded, chart by chart, and on what."""
        kind = KINDS[self.task]
        where = self.styles[0] if len(self.styles) == 1 else "all genres"
        extra = f", {self.hands}" if self.task == "rhythm" and self.hands else ""
        is_whole = len(self.played) == kind.charts
        is_rhythm = self.task == "rhythm"
        return Report(
            mode=self.mode,
            title=kind.title + ("" if is_whole else " (broken off)"),
            name=f"level {self.level}, {where}{extra}" + ("" if is_whole else ", broken off"),
            score=mean_total(self.played),
            notes_per_minute=None if is_rhythm else per_minute(self.played, self.elapsed_s),
            accuracy=None if is_rhythm else share_right(self.played),
            lines=(Line("graded on", kind.graded), *self._lines()),
        )

    def _lines(self) -> Sequence[Line]:
        lines = list[Line]()
        for number, one in enumerate(self.played):
            label, value = f"chart {number + 1}", say_total(one.total)
            if self.task == "hands":
                label = f"{HANDS[number]} hand alone" if HANDS[number] else "both hands"
            elif self.task == "rhythm":
                value += f"   {say_share(share_right([one]))} struck"
            elif self.task == "ahead":
                value += f"   hidden {AHEAD_STEPS_S[find_step(self.played[:number])]:g} s ahead"
            lines.append(Line(label, value))
        if self.task == "ahead":
            steps = [find_step(self.played[:n]) for n in range(len(self.played))]
            held = [s for s, one in zip(steps, self.played, strict=True) if one.total >= HELD]
            far = f"{AHEAD_STEPS_S[max(held)]:g} s ahead" if held else "none yet"
            lines.append(Line("held at 75", far))
        return lines


def find_step(played: Sequence[Played]) -> int:
    """Which of the steps ahead comes after these takes."""
    step = 0
    for one in played:
        step += (one.total >= HELD) - (one.total < LOST)
        step = max(0, min(step, len(AHEAD_STEPS_S) - 1))
    return step
