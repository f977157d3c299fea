"""The diary: what is said of the player, what came in, and every job so far."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import Static

from game.sessions.career.life import CARD_CREDITS, Career, jobs_for_living, live, sum_months
from game.ui.booking import credit_of, now
from game.ui.job_words import say_date, say_end, say_living, say_money
from game.ui.key_line import KeyLine
from game.ui.screens.game_screen import HELP, GameScreen
from game.ui.words import draw_bar
from game.wording import career_market

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult

    from game.sessions.career.credit import Credit
    from game.ui.app import FirstTakeApp
    from game.ui.booking import Booking

BAR_COLUMNS = 14
HEAD_ROWS = 14
"""Rows that are not the diary: title, news, boxes, margins and footer."""
MONTHS = 3
VIEWS = ("Jobs", "Genres")


class DiaryScreen(GameScreen):
    """Reputation and income above, jobs or genres below."""

    HELP_TITLE = "Diary"
    HELP_KEYS = (
        ("g", "by genre, or job by job"),
        ("↑ ↓ PgUp PgDn", "earlier and later jobs"),
        ("p", "portfolio: best takes and credits as a page to open in a browser"),
        ("Enter, Esc", "back to the calls"),
        ("h", "home"),
    )

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,escape", "calls", "Calls", key_display="Enter", priority=True),
        Binding("g", "view", "Genres"),
        Binding("p", "portfolio", "Portfolio"),
        Binding("down,pagedown", "step(1)", "Earlier", key_display="↑↓", priority=True),
        Binding("up,pageup", "step(-1)", "Later", show=False, priority=True),
        Binding("h", "home", "Home"),
        HELP,
    ]

    DEFAULT_CSS = """
    DiaryScreen {
        #title { margin: 1 3 0 3; height: 1; text-style: bold; color: $primary; }
        #news { margin: 0 3; height: auto; max-height: 2; text-style: bold; }
        #desk { height: 7; margin: 0 2; }
        .box {
            width: 1fr; height: 100%; padding: 0 1; border: round $foreground 25%;
            border-title-color: $text-muted;
        }
        #rows { height: 1fr; margin: 0 5; }
    }
    """

    def __init__(self, career: Career, news: Credit | None = None) -> None:
        """Show a career; `news` is the job that has just ended."""
        super().__init__()
        self._career = career
        self._news_of = news
        self._view = 0
        self._first = 0
        # Held, not looked up: the screen may be taken down, part by part, at any moment.
        self._title = Static(id="title", markup=False)
        self._news = Static(id="news", markup=False)
        self._known_as = Static(classes="box", markup=False)
        self._money = Static(classes="box", markup=False)
        self._rows = Static(id="rows", markup=False)

    def compose(self) -> ComposeResult:
        """Name and money side by side, the rows below."""
        yield self._title
        yield self._news
        with Horizontal(id="desk"):
            self._known_as.border_title = "What is said of you"
            yield self._known_as
            self._money.border_title = "What came in"
            yield self._money
        yield self._rows
        yield KeyLine()

    def on_mount(self) -> None:
        """Draw."""
        self._show()

    def on_resize(self, event: events.Resize) -> None:
        """Draw to the new size."""
        super().on_resize(event)
        if self.is_mounted:
            self._show()

    # -- keys

    def action_view(self) -> None:
        """Jobs or genres."""
        self._view = (self._view + 1) % len(VIEWS)
        self._first = 0
        self._show()

    def action_step(self, by: int) -> None:
        """Earlier or later jobs."""
        last = max(0, len(self._lines()) - self._room)
        self._first = max(0, min(self._first + by, last))
        self._show()

    def action_portfolio(self) -> None:
        """Write the page."""
        self.notify("Bringing the portfolio together …")
        self.run_worker(self._write_portfolio(), exclusive=True, exit_on_error=False)

    async def _write_portfolio(self) -> None:
        try:
            path = await asyncio.to_thread(self.game.services.write_portfolio)
        except Exception as error:  # noqa: BLE001 - whatever it is, the diary goes on
            self.game.complain(error, title="The portfolio is not written")
            return
        self.notify(f"{path}", title="Portfolio", timeout=12, markup=False)

    def action_calls(self) -> None:
        """To the call board."""
        from game.ui.screens.call_board import CallBoard  # noqa: PLC0415 - it leads here

        self.game.show(CallBoard())

    def action_home(self) -> None:
        """Home."""
        self.game.go_home()

    # -- what is shown

    @property
    def _room(self) -> int:
        return max(3, self.app.size.height - HEAD_ROWS)

    def recolour(self) -> None:
        """Bars in the new colours."""
        self._show()

    def _show(self) -> None:
        career = self._career
        done = sum(credit.is_done for credit in career.credits)
        left = CARD_CREDITS - career.paid_away
        card = "union member" if career.has_card else f"union card after {left} more away from home"
        credits_word = "credit" if done == 1 else "credits"
        pieces = f", {len(career.pieces)} to show" if career.pieces else ""
        self._title.update(f"Diary  ·  {done} {credits_word}{pieces}  ·  {card}")
        self._news.update(say_end(self._news_of, career_market()) if self._news_of else "")
        self._news.display = self._news_of is not None
        self._known_as.update(self._say_name())
        self._money.update(self._say_money())
        shown = self._lines()[self._first : self._first + self._room]
        self._rows.update(Text("\n", no_wrap=True, overflow="ellipsis").join(shown))

    def _say_name(self) -> Text:
        accent = self.app.theme_variables["primary"]
        words = Text(no_wrap=True)
        for name, value in self._career.reputation()._asdict().items():
            words.append(f"{name:<10} ")
            words.append(draw_bar(value, BAR_COLUMNS), accent)
            words.append(f" {value:3.0f}\n", "bold")
        words.append("of 100; at first nobody is known", "dim")
        return words

    def _say_money(self) -> Text:
        market = career_market()
        months = sum_months(self._career.credits)
        words = Text()
        month = f"{now():%Y-%m}"
        earned = sum(sum(m.income.values()) for m in months if m.name == month)
        cities = market.cities
        city = cities.get(self.game.settings.city) or next(iter(cities.values()))
        need = jobs_for_living(self._career, city.costs)
        for each in months[-MONTHS:][::-1]:
            total = say_money(sum(each.income.values()))
            jobs = "job" if each.jobs == 1 else "jobs"
            words.append(f"{each.name}  {total:>8}  {each.jobs} {jobs}\n")
        words.append(say_living(city.costs, need, earned), "dim")
        return words

    def _lines(self) -> list[Text]:
        if not self._career.credits:
            return [Text("No jobs yet. Enter shows today's calls.", "dim")]
        return self._list_genres() if VIEWS[self._view] == "Genres" else self._list_jobs()

    def _list_jobs(self) -> list[Text]:
        streams = career_market().streams
        lines = []
        for credit in reversed(self._career.credits):
            line = Text(f"{say_date(credit.day):>6}  ", "dim")
            line.append(f"{streams[credit.stream].name:<15}", "")
            genre = f"{self.game.style_name(credit.style)} {credit.level}"
            line.append(f"{genre[:18]:<19}")
            line.append(f"{'' if credit.total is None else f'{credit.total:.0f}':>3}  ", "bold")
            line.append(f"{say_money(credit.paid):>7}  ")
            line.append(credit.end, "" if credit.is_done else "dim")
            lines.append(line)
        return lines

    def _list_genres(self) -> list[Text]:
        lines = []
        known = [style for style in self._career.known if self._career.knows(style)]
        for style in sorted(known, key=lambda one: -self._career.standing(one)):
            said = self._career.reputation(style)
            line = Text(f"{self.game.style_name(style):<22}")
            line.append(f"musical {said.musical:3.0f}   quick {said.quick:3.0f}   ")
            jobs = [c for c in self._career.credits if c.style == style and c.is_done]
            count = "a credit" if len(jobs) == 1 else f"{len(jobs)} credits"
            line.append(f"{count}, {say_money(sum(c.paid for c in jobs))}", "dim")
            lines.append(line)
        return lines or [Text("No genre has a track yet that is used.", "dim")]


async def show_news(game: FirstTakeApp, booking: Booking) -> None:
    """The diary after a job that is over, with how it ended."""
    credit = credit_of(booking.job)
    try:
        diary = await game.records.list_credits()
    except Exception as error:  # noqa: BLE001 - whatever it is, the player sees how it ended
        game.complain(error)
        diary = []
    if booking.job_id is None and credit is not None:
        # A built-in performer's job is shown once and never kept.
        diary = [*diary, credit]
    game.show(DiaryScreen(live(diary), credit))
