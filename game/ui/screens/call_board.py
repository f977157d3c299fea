"""The call board: today's calls, and the job that is on."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.widgets import Static
from textual.widgets.option_list import Option

from exercises.levels import HIGHEST, LOWEST
from game.coach.ability import estimate
from game.sessions.by_ear import ByEar
from game.sessions.career import job as jobs
from game.sessions.career.board import FIRST_LEVEL, post_calls
from game.sessions.career.life import Career, jobs_for_living, live, sum_months
from game.ui.booking import Booking, book, credit_of, now
from game.ui.ear_course import begin_by_ear
from game.ui.gig_course import play_set
from game.ui.job_words import (
    say_asking,
    say_clock,
    say_friend,
    say_living,
    say_money,
    say_music,
    say_name,
    say_when,
)
from game.ui.key_line import KeyLine
from game.ui.screens.board import Board
from game.ui.screens.game_screen import HELP
from game.wording import career_market

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult
    from textual.widgets import OptionList

    from game.sessions.career.call import Call
    from game.sessions.career.credit import Credit

SEED_BITS = 31
TITLE_COLUMNS = 17


class CallBoard(Board):
    """Calls on the left, what each is on the right."""

    HELP_TITLE = "Call board"
    HELP_KEYS = (
        ("Enter", "take the call; go on with the job that is on"),
        ("↑ ↓", "choose a call"),
        ("d", "diary: reputation, income, credits, portfolio"),
        ("e", "by ear: four phrases, heard and played back"),
        ("y", "look for work in another city"),
        ("h, Esc", "home"),
    )

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "take", "Take it", priority=True),
        Binding("up", "step(-1)", "Choose", key_display="↑↓", priority=True),
        Binding("down", "step(1)", "Next", show=False, priority=True),
        Binding("d", "diary", "Diary"),
        Binding("y", "city", "City"),
        Binding("e", "ear", "By ear"),
        Binding("h,escape", "home", "Home", key_display="Esc"),
        HELP,
    ]

    DEFAULT_CSS = """
    CallBoard {
        #title { margin: 1 3 0 3; height: 1; text-style: bold; color: $primary; }
        #name { margin: 0 3 1 3; height: 1; color: $text-muted; }
        #choices { width: 34; }
        #money { height: 2; margin: 0 3; color: $text-muted; }
    }
    """

    def __init__(self) -> None:
        """Nothing is read yet."""
        super().__init__()
        self._career = Career()
        self._calls: tuple[Call, ...] = ()
        self._booking: Booking | None = None
        self._is_read = False
        self._is_eager = False
        """Whether the practice by ear was asked for before there was anything to make it of."""
        self._title = Static("Calls", id="title", markup=False)
        self._known_as = Static(id="name", markup=False)
        self._money = Static(id="money", markup=False)

    def compose(self) -> ComposeResult:
        """Calls, what they are, and how the month stands."""
        yield self._title
        yield self._known_as
        yield from self.compose_desk()
        yield self._money
        yield KeyLine()

    def on_mount(self) -> None:
        """Read the diary, and the job that is on."""
        self._show()
        if self.game.is_ready:
            self.run_worker(self._read(), exclusive=True, exit_on_error=False)

    def on_history_changed(self) -> None:
        """Styles and takes have been read: the board had to wait for them."""
        if not self._is_read:
            self.run_worker(self._read(), exclusive=True, exit_on_error=False)

    async def _read(self) -> None:
        records = self.game.records
        try:
            self._career = live(await records.list_credits())
            kept = await records.open_job()
            if kept is not None and jobs.is_missed(kept[1], now()):
                missed = jobs.enter(kept[1], now())
                credit = credit_of(missed)
                await records.save_job(kept[0], missed, credit)
                self._career = live(await records.list_credits())
                self._open_diary(credit)
                return
            self._booking = None if kept is None else Booking(kept[1], kept[0])
        except Exception as error:  # noqa: BLE001 - whatever it is, the board says so
            self.game.complain(error)
        self._post()

    def _post(self) -> None:
        settings = self.game.settings
        if not settings.calls_seed:
            self.game.change_settings(calls_seed=1 + secrets.randbits(SEED_BITS))
        market = career_market()
        city = settings.city if settings.city in market.cities else next(iter(market.cities))
        taken = {credit.call_id for credit in self._career.credits}
        calls = post_calls(
            market,
            self._career,
            day=now().date(),
            seed=self.game.settings.calls_seed,
            city=city,
            ratings=self._ratings(),
        )
        here = None if self._booking is None else self._booking.job.call.id
        self._calls = tuple(
            call
            for call in calls
            if call.id not in taken and call.id != here and call.style in self.game.genres
        )
        self._is_read = True
        self._index = 0
        self._show()
        if self._is_eager:
            self.action_ear()

    def _ratings(self) -> dict[str, float]:
        standing = self.game.records.standing
        if standing is None:
            return {}
        styles = ("", *self.game.genres)
        return {style: estimate(standing.abilities, style).mean for style in styles}

    # -- keys

    @property
    def _count(self) -> int:
        return len(self._calls) + (self._booking is not None)

    @property
    def _chosen(self) -> Call | None:
        """The call that is shown; None for the job that is on."""
        at = self._index - (self._booking is not None)
        return self._calls[at] if 0 <= at < len(self._calls) else None

    def action_take(self) -> None:
        """Take the call, or go on with the job."""
        if not self._is_read:
            return
        if self._booking is not None:
            if self._chosen is not None:
                self.notify("One job at a time: finish the one that is on, or call it off.")
                return
            self._go_on(self._booking)
        elif self._chosen is not None:
            self.run_worker(self._take(self._chosen), exclusive=True, exit_on_error=False)

    async def _take(self, call: Call) -> None:
        if not self.game.records.is_open:
            self.notify("Takes are not kept just now, so no job can be taken: see the options.")
            return
        try:
            booking = await book(self.game, call)
        except Exception as error:  # noqa: BLE001 - whatever it is, the board goes on
            self.game.complain(error, title="The call is not kept")
            return
        self._go_on(booking)

    def _go_on(self, booking: Booking) -> None:
        from game.ui.overdub_course import open_booked  # noqa: PLC0415 - it leads here
        from game.ui.screens.brief import BriefScreen  # noqa: PLC0415 - as above
        from game.ui.screens.control_room import ControlRoom  # noqa: PLC0415 - as above

        is_in = booking.job.phase == jobs.STUDIO
        if is_in and booking.job.call.chairs:
            self.run_worker(open_booked(self.game, booking), exclusive=True, exit_on_error=False)
        elif is_in and booking.job.call.charts > 1:
            self.run_worker(play_set(self.game, booking), exclusive=True, exit_on_error=False)
        else:
            self.game.show(ControlRoom(booking) if is_in else BriefScreen(booking))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """A call was clicked."""
        self._index = event.option_index
        self._show()

    def action_city(self) -> None:
        """The next city."""
        names = list(career_market().cities)
        here = self.game.settings.city
        at = names.index(here) if here in names else -1
        self.game.change_settings(city=names[(at + 1) % len(names)])
        if self._is_read:
            self._post()

    def action_ear(self) -> None:
        """Practise what a band without charts asks for."""
        self._is_eager = not self._is_read
        if self._is_eager:
            return
        ratings = self._ratings()
        level = max(LOWEST, min(round(ratings.get("", FIRST_LEVEL)), HIGHEST))
        run = ByEar(level, secrets.randbits(SEED_BITS), tuple(self.game.genres))
        self.run_worker(begin_by_ear(self.game, run), exclusive=True, exit_on_error=False)

    def action_diary(self) -> None:
        """What has come of it all."""
        self._open_diary(None)

    def _open_diary(self, news: Credit | None) -> None:
        from game.ui.screens.diary import DiaryScreen  # noqa: PLC0415 - it leads here

        self.game.show(DiaryScreen(self._career, news))

    # -- what is shown

    def _show(self) -> None:
        market, day = career_market(), now()
        city = market.cities.get(self.game.settings.city) or next(iter(market.cities.values()))
        self._title.update(f"Calls  ·  {day:%A} {day.day} {day:%B}  ·  {city.name}")
        self._known_as.update(f"Your name:  {say_name(self._career.reputation())}")
        self._list.clear_options()
        options = [self._title_of(call) for call in self._calls]
        if self._booking is not None:
            options.insert(0, "▶ your job: go on")
        self._list.add_options([Option(words) for words in options])
        if options:
            self._list.highlighted = self._index
        self._words.border_title = "Call" if self._chosen else "Your job"
        self._words.update(self._say())
        month = f"{day:%Y-%m}"
        sums = [m for m in sum_months(self._career.credits) if m.name == month]
        earned = sum(sums[0].income.values()) if sums else 0
        need = jobs_for_living(self._career, city.costs)
        self._money.update(say_living(city.costs, need, earned))

    def _title_of(self, call: Call) -> str:
        stream = career_market().streams[call.stream].name
        genre = f"{self.game.style_name(call.style)} {call.level}"
        return f"{stream[:TITLE_COLUMNS]:<{TITLE_COLUMNS}}  {say_money(call.fee):>6}\n  {genre}"

    def _say(self) -> Text:
        if not self._is_read:
            return Text("Reading the diary …", "dim")
        if self._chosen is not None:
            return describe_call(self._chosen, self.game.style_name)
        if self._booking is None:
            return Text("No calls are left today. There are new ones tomorrow.", "dim")
        job = self._booking.job
        is_in = job.phase == jobs.STUDIO
        place = "on stage" if job.call.charts > 1 else "in the studio"
        state = f"You are {place}." if is_in else f"Your job {say_clock(job, now())}."
        words = Text(f"{state}\n\n", "bold")
        return words.append_text(describe_call(job.call, self.game.style_name))


def describe_call(call: Call, style_name: Callable[[str], str]) -> Text:
    """A call in full; `style_name` turns a style's id into its name."""
    stream = career_market().streams[call.stream]
    words = Text()
    words.append(f"{say_money(call.fee)}", "bold")
    rate = f", {say_money(call.fee / call.hours)} {stream.unit}" if stream.is_hourly else ""
    words.append(f"  {stream.name}{rate}\n")
    words.append(f"{call.what[0].upper()}{call.what[1:]}; {call.part}.\n")
    words.append(f"{say_music(call, style_name(call.style))}\n\n", "bold")
    words.append(f"{say_when(call)}\n{say_asking(call)}\n\n")
    words.append(say_friend(call, style_name(call.by_style)), "italic")
    return words
