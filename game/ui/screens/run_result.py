"""What a run was worth, beside the player's own past."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import Digits, Static

from game.coach.ability import expect_total
from game.coach.cards import Card, fill_card, write_card_svg, write_card_text
from game.coach.runs import say_share
from game.places import data_folder
from game.ui.key_line import KeyLine
from game.ui.screens.game_screen import HELP, GameScreen
from game.ui.words import draw_bar, say_day, say_key

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from textual.app import ComposeResult

    from game.coach.runs import Line, Report, Run
    from game.coach.standing import Run as KeptRun

BAR_COLUMNS = 20
FEW = 5
"""Earlier runs that are listed."""
LABEL_COLUMNS = 22
STYLE_LABEL = "style:"
EXPECTED = frozenset({"drill", "exam", "daily", "plan"})
"""Modes whose score is a mean of ordinary takes at one level, or each at its own."""


class RunResultScreen(GameScreen):
    """One run that is over."""

    HELP_TITLE = "Result"
    HELP_KEYS = (
        ("p, Enter", "practice: another run"),
        ("c", "keep the card of a daily call, as text and as a picture"),
        ("h, Esc", "home"),
        ("q", "quit"),
    )

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("p,enter", "practice", "Practice", key_display="p", priority=True),
        Binding("c", "card", "Keep the card"),
        Binding("h,escape", "home", "Home", key_display="h"),
        Binding("q", "app.quit", "Quit"),
        HELP,
    ]

    DEFAULT_CSS = """
    RunResultScreen {
        #title { margin: 1 3 0 3; text-style: bold; color: $primary; }
        #figures { height: 3; margin: 0 3; }
        #score { width: auto; min-width: 9; color: $primary; text-style: bold; }
        #unit { width: 1fr; height: 3; content-align: left bottom; color: $text-muted; }
        #words { margin: 1 3 0 3; height: 1fr; }
    }
    """

    def __init__(self, run: Run, report: Report, earlier: tuple[KeptRun, ...]) -> None:
        """Show a report beside earlier runs, the newest first."""
        super().__init__()
        self._run = run
        self._report = report
        self._earlier = earlier

    def compose(self) -> ComposeResult:
        """Title, score, and the lines."""
        report = self._report
        yield Static(report.title, id="title", markup=False)
        with Horizontal(id="figures"):
            score = report.score
            figure = "-" if score is None else f"{score:.{int(report.mode == 'assessment')}f}"
            yield Digits(figure, id="score")
            yield Static(report.unit, id="unit", markup=False)
        yield Static(self._say(), id="words", markup=False)
        yield KeyLine()

    @property
    def card(self) -> Card | None:
        """The card of a daily call that was played."""
        if self._report.mode not in {"daily", "daily again"} or not self._run.played:
            return None
        one = self._run.played[0]
        chart = f"{self.game.style_name(one.style)}, level {one.level}, {say_key(one.key)}"
        return fill_card(self._report.title, chart, one)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A card is offered where there is one."""
        del parameters
        return action != "card" or self.card is not None

    def _say(self) -> Text:
        report = self._report
        words = Text()
        if report.accuracy is not None:
            words.append(f"{'right notes':<{LABEL_COLUMNS}}{say_share(report.accuracy)}\n")
        if report.notes_per_minute is not None:
            words.append(
                f"{'right notes a minute':<{LABEL_COLUMNS}}{report.notes_per_minute:.0f}\n"
            )
        if (expected := self._expect()) is not None:
            words.append(f"{'expected':<{LABEL_COLUMNS}}{expected:.0f} by your takes so far; ")
            words.append("80 reads the level\n")
        for line in report.lines:
            words.append_text(self._say_line(line))
        for badge in report.badges:
            words.append(f"★ {badge}\n", "bold")
        words.append_text(say_past(report, self._earlier, say_day_now))
        if (card := self.card) is not None:
            words.append("\n" + write_card_text(card), "dim")
        return words

    def _expect(self) -> float | None:
        """The score that was to be expected at the level; None where no ordinary takes make it."""
        standing = self.game.records.standing
        if self._report.mode not in EXPECTED or standing is None:
            return None
        takes = [(one.style, one.kind, one.level, one.notes) for one in self._run.played]
        return expect_total(standing.abilities, takes)

    def _say_line(self, line: Line) -> Text:
        if not line.label.startswith(STYLE_LABEL):
            return Text(f"{line.label:<{LABEL_COLUMNS}}{line.value}\n")
        name = self.game.style_name(line.label.removeprefix(STYLE_LABEL))
        bar = draw_bar(float(line.value), BAR_COLUMNS)
        return Text.assemble(f"{name:<{LABEL_COLUMNS}}", (bar, "dim"), f" {line.value:>3}\n")

    def action_card(self) -> None:
        """Keep the card."""
        if (card := self.card) is not None:
            self.run_worker(self._keep_card(card), exit_on_error=False)

    async def _keep_card(self, card: Card) -> None:
        try:
            path = await asyncio.to_thread(write_card, card, data_folder() / "cards")
        except OSError as error:
            self.game.complain(error, title="The card is not kept")
            return
        self.app.notify(f"Kept as {path} and .txt", timeout=8, markup=False)

    def action_practice(self) -> None:
        """Another run."""
        from game.ui.screens.practice import PracticeScreen  # noqa: PLC0415 - it leads here

        settings = self.game.settings
        self.game.show(PracticeScreen(settings.style, settings.level))

    def action_home(self) -> None:
        """Home."""
        self.game.go_home()


def write_card(card: Card, folder: Path) -> Path:
    """Write a card's two files; gives the picture's path."""
    folder.mkdir(parents=True, exist_ok=True)
    stem = "".join(c if c.isalnum() else "-" for c in card.title.lower())
    (folder / f"{stem}.txt").write_text(write_card_text(card), encoding="utf-8")
    path = folder / f"{stem}.svg"
    path.write_text(write_card_svg(card), encoding="utf-8")
    return path


def say_day_now(started_at: str) -> str:
    """When, as one says it now."""
    from datetime import datetime  # noqa: PLC0415 - the clock is at the edge

    return say_day(started_at, datetime.now().astimezone())


def say_past(report: Report, earlier: tuple[KeptRun, ...], when: Callable[[str], str]) -> Text:
    """How the run stands beside earlier ones of its name."""
    scored = [run for run in earlier if run.score is not None]
    if not scored or report.score is None:
        return Text("\nThe first of its kind: there is nothing to compare it with yet.\n", "dim")
    digits = int(report.mode == "assessment")
    best = max(run.score or 0.0 for run in scored)
    words = Text("\n")
    if report.score > best:
        words.append(f"Your best so far; it was {best:.{digits}f}.\n", "bold")
    else:
        words.append(f"Your best is {best:.{digits}f}.\n")
    words.append(f"Earlier, {report.name}:\n", "dim")
    for run in scored[:FEW]:
        words.append(f"  {when(run.started_at):<18}{run.score:>6.{digits}f}", "dim")
        if run.notes_per_minute is not None:
            words.append(f"   {run.notes_per_minute:.0f} a minute", "dim")
        words.append("\n")
    return words
