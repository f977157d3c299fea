"""The brief: what is asked before a job, and what should be in order before the red light."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import Static

from exercises.chart import write_chart_json
from exercises.revisions.times import change_tempo
from game.sessions.career import job as jobs
from game.ui.backing import Backing
from game.ui.booking import keep, now, save
from game.ui.course import open_take
from game.ui.job_words import list_checks, say_asking, say_money, say_music
from game.ui.key_line import KeyLine
from game.ui.score.view import ScoreView
from game.ui.screens.game_screen import HELP, GameScreen
from game.ui.words import say_key, say_tempo
from game.wording import career_market

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from exercises.chart import Chart
    from game.notation.page import Page
    from game.sessions.career.job import Job
    from game.sessions.session import TakeSession
    from game.ui.booking import Booking
    from game.ui.messages import ChartArrived, ChartFailed, SoundArrived

LOOK_S = 90.0
"""To look a chart through that was sent in advance."""
ASKS = {"tempo": "t", "key": "k", "reference": "r", "chart": "c"}
NOT_ASKED = "not asked"


class BriefScreen(GameScreen):
    """One job before its red light."""

    HELP_TITLE = "Brief"
    HELP_KEYS = (
        ("t, k", "ask for the tempo, for the key"),
        ("r, then Tab", "ask for a reference, and hear it"),
        ("c, then v", "ask for the chart in advance, and look it through: once, 90 seconds"),
        ("- and +", "say that the tempo feels wrong: slower or faster, once"),
        ("← → PgUp PgDn", "leaf through the chart, once you have it"),
        ("w", "warm up: three short charts; the job waits"),
        ("o", "options: keyboard, sound, latency"),
        ("Enter", "go in: the red light comes on"),
        ("x", "call it off (press it twice)"),
        ("Esc", "back to the calls; the job stays yours"),
    )

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "enter", "Go in", priority=True),
        Binding("t", "ask('tempo')", "Ask", key_display="t k r c"),
        Binding("k", "ask('key')", "Ask for the key", show=False),
        Binding("r", "ask('reference')", "Ask for a reference", show=False),
        Binding("c", "ask('chart')", "Ask for the chart", show=False),
        Binding("tab", "listen", "Hear it", key_display="Tab", priority=True),
        Binding("v", "look", "Look"),
        Binding("minus", "talk('slower')", "Tempo", key_display="- +"),
        Binding("plus,equals_sign", "talk('faster')", "Faster", show=False),
        Binding("w", "warm_up", "Warm up"),
        Binding("o", "options", "Options", show=False),
        Binding("x", "cancel", "Call off", show=False),
        Binding("right,pagedown", "turn(1)", "Leaf", show=False, priority=True),
        Binding("left,pageup", "turn(-1)", "Leaf back", show=False, priority=True),
        Binding("escape", "back", "Calls", key_display="Esc"),
        HELP,
    ]

    DEFAULT_CSS = """
    BriefScreen {
        #title { margin: 1 3 0 3; height: 1; text-style: bold; color: $primary; }
        #call { margin: 0 3 1 3; height: auto; color: $text-muted; }
        #desk { height: 7; margin: 0 2; }
        #checks { width: 44; }
        .box {
            width: 1fr; height: 100%; padding: 0 1; border: round $foreground 25%;
            border-title-color: $text-muted;
        }
        #news { margin: 0 3; height: 1; color: $primary; text-style: bold; }
        ScoreView { margin: 0 1; display: none; }
        &.-looking { #call, #desk { display: none; } ScoreView { display: block; } }
    }
    """

    def __init__(self, booking: Booking) -> None:
        """Prepare this job."""
        super().__init__()
        self._booking = booking
        self._chart: Chart | None = None
        self._page: Page | None = None
        self._session: TakeSession | None = None
        self._ticket: int | None = None
        self._looks_since: float | None = None
        self._cancels = False
        self._is_left = False
        self._backing = Backing(self)
        # Held, not looked up: the screen may be taken down, part by part, at any moment.
        self._title = Static(id="title", markup=False)
        self._call = Static(id="call", markup=False)
        self._facts = Static(classes="box", markup=False)
        self._checks = Static(id="checks", classes="box", markup=False)
        self._news = Static(id="news", markup=False)
        self._score = ScoreView(None, placeholder="…")

    def compose(self) -> ComposeResult:
        """The call, what is known, what is in order."""
        yield self._title
        yield self._call
        with Horizontal(id="desk"):
            self._facts.border_title = "What you know"
            yield self._facts
            self._checks.border_title = "Before you go in"
            yield self._checks
        yield self._news
        yield self._score
        yield KeyLine()

    def on_mount(self) -> None:
        """Get the chart: it is there, whether it is asked for or not."""
        orders, job = self.game.orders, self._job
        if job.chart_json:
            self._ticket = orders.order_page(job.chart_json, self.page_request, self)
        else:
            self._ticket = orders.order(job.request, self.page_request, self)
        self._show()

    @property
    def _job(self) -> Job:
        return self._booking.job

    # -- the chart

    def on_chart_arrived(self, message: ChartArrived) -> None:
        """The chart is on the stand."""
        if message.ticket == self._ticket:
            self._set_up(message.chart, message.page)
            self._keep(jobs.put_up(self._job, message.chart_json))
            self._show()

    def on_chart_failed(self, message: ChartFailed) -> None:
        """No chart: they send another one; where that fails too they call it off, and say why."""
        if message.ticket != self._ticket:
            return
        job = jobs.mend(self._job)
        if job == self._job:
            self.app.notify(message.detail, severity="error", timeout=8, markup=False)
            if not job.chart_json:
                self._tell("They have no chart. x calls it off; nobody will mind.")
            return
        self._keep(job)
        self._tell("That chart could not be written: they are sending another one.")
        self._ticket = self.game.orders.order(job.request, self.page_request, self)

    def _set_up(self, chart: Chart, page: Page) -> None:
        self._chart, self._page = chart, page
        self._score.page = page
        style = self.game.genres.get(chart.drill.style)
        self._session = open_take(self.game, chart, style, 0.0)
        self._backing.order(chart, None, self._session.quarter_bpm)

    def on_sound_arrived(self, message: SoundArrived) -> None:
        """The reference is rendered."""
        self._backing.take_in(message.sound)

    def _keep(self, job: Job) -> None:
        """The new state holds at once: the next key must not start from the old one."""
        if job != self._job:
            self._booking = replace(self._booking, job=job)
            self.run_worker(save(self.game, self._booking), exit_on_error=False)
            self._show()

    # -- keys

    def action_ask(self, question: str) -> None:
        """Ask for something; what is not asked is not known."""
        if self._job.call.chairs and question in jobs.NOT_IN_ADVANCE:
            self._tell("The parts are written when you come.")
        self._keep(jobs.ask(self._job, question))

    def action_listen(self) -> None:
        """Hear the reference that was asked for."""
        if "reference" not in self._job.asked:
            self._tell("Ask for a reference first (r).")
        elif self._session is not None:
            self._tell(self._backing.toggle(self._session))

    def action_look(self) -> None:
        """Look the chart through, once; again ends it."""
        if self._looks_since is not None:
            self._end_look()
        elif "chart" not in self._job.asked:
            self._tell("Ask for the chart first (c).")
        elif self._job.has_looked:
            self._tell("You have looked it through.")
        elif self._page is not None:
            self._looks_since = self.game.services.clock()
            self.add_class("-looking")
            self._keep(jobs.look(self._job))

    def action_turn(self, by: int) -> None:
        """Leaf through the chart while it is looked at."""
        if self._looks_since is not None:
            self._score.action_turn(by)

    def action_talk(self, word: str) -> None:
        """Say that the tempo feels wrong."""
        job, chart = self._job, self._chart
        if chart is None or "tempo" not in job.asked:
            self._tell("Ask for the tempo first (t).")
        elif jobs.can_talk(job) and self._page is not None:
            bpm = round(chart.drill.quarter_bpm * jobs.TEMPO_SHARE[word])
            changed = change_tempo(chart, float(bpm))
            written = write_chart_json(changed)
            self._set_up(changed, self._page)
            self._ticket = self.game.orders.order_page(written, self.page_request, self)
            self._keep(jobs.talk(job, word, written))
            self._tell(f"A little {word} it is.")
        else:
            self._tell("The tempo has been talked about.")

    def action_warm_up(self) -> None:
        """Three short charts below the job's level; the job waits on the board."""
        import secrets  # noqa: PLC0415 - with what follows

        from game.coach.series import warm_up  # noqa: PLC0415 - seldom wanted
        from game.ui.run_course import begin_run  # noqa: PLC0415 - as above

        self._leave()
        call = self._job.call
        run = warm_up((call.style,), call.level, secrets.randbits(32))
        self.run_worker(begin_run(self.game, run), exit_on_error=False)

    def action_enter(self) -> None:
        """Go in; the red light comes on."""
        if self._chart is None or self._page is None or self._is_left:
            self._tell("The chart is still being copied; a moment.")
            return
        self._leave()
        self.run_worker(self._enter(), exclusive=True, exit_on_error=False)

    async def _enter(self) -> None:
        from game.ui.gig_course import play_set  # noqa: PLC0415 - it leads here
        from game.ui.job_course import JobCourse  # noqa: PLC0415 - it leads here
        from game.ui.overdub_course import open_booked  # noqa: PLC0415 - as above
        from game.ui.screens.stage import StageScreen  # noqa: PLC0415 - as above

        booking = await keep(self.game, self._booking, jobs.enter(self._job, now()))
        if booking.job.phase == jobs.OVER:
            await self._close(booking)
            return
        if booking.job.call.chairs:
            await open_booked(self.game, booking)
            return
        if booking.job.call.charts > 1:
            await play_set(self.game, booking)
            return
        self.game.show(
            StageScreen(
                chart=self._chart,
                page=self._page,
                chart_json=booking.job.chart_json,
                course=JobCourse(booking),
            )
        )

    def action_cancel(self) -> None:
        """Call it off; asked twice."""
        if not self._cancels:
            self._cancels = True
            self._tell("Call it off? They will remember it. Press x again.")
        elif not self._is_left:
            self._leave()
            self.run_worker(self._cancel(), exclusive=True, exit_on_error=False)

    async def _cancel(self) -> None:
        await self._close(await keep(self.game, self._booking, jobs.cancel(self._job)))

    async def _close(self, booking: Booking) -> None:
        from game.ui.screens.diary import show_news  # noqa: PLC0415 - it leads here

        await show_news(self.game, booking)

    def action_options(self) -> None:
        """Keyboard, sound and latency; the job waits on the board."""
        from game.ui.screens.options import OptionsScreen  # noqa: PLC0415 - seldom wanted

        self._leave()
        self.game.show(OptionsScreen())

    def action_back(self) -> None:
        """Back from the chart, or to the calls."""
        from game.ui.screens.call_board import CallBoard  # noqa: PLC0415 - it leads here

        if self._looks_since is not None:
            self._end_look()
            return
        self._leave()
        self.game.show(CallBoard())

    def _leave(self) -> None:
        self._is_left = True
        self._backing.clear()

    # -- what is shown

    def frame(self) -> None:
        """The clock goes on, and the look at the chart ends."""
        if self._looks_since is not None:
            left = LOOK_S - (self.game.services.clock() - self._looks_since)
            if left <= 0:
                self._end_look()
            else:
                self._tell(f"Look it through: {left:.0f} s. v puts it away.")
        if self._session is not None:
            self._backing.follow(self._session, self._score)
        self._checks.update(self._say_checks())

    def _end_look(self) -> None:
        self._looks_since = None
        self.remove_class("-looking")
        self._tell("The chart is put away.")

    def on_status_changed(self) -> None:
        """A keyboard came or went."""
        self._show()

    def _tell(self, line: str) -> None:
        self._news.update(line)

    def _show(self) -> None:
        call = self._job.call
        stream = career_market().streams[call.stream].name
        name = self.game.style_name(call.style)
        self._title.update(f"{stream}  ·  {say_money(call.fee)}")
        what = f"{call.what[0].upper()}{call.what[1:]}; {call.part}. {say_music(call, name)}."
        self._call.update(f"{what}\n{say_asking(call)}")
        self._facts.update(self._say_facts())
        self._checks.update(self._say_checks())

    def _say_facts(self) -> Text:
        job, chart = self._job, self._chart
        known = {"tempo": "", "key": "", "reference": "Tab plays it", "chart": "v: once, 90 s"}
        if chart is not None:
            drill = chart.drill
            known["tempo"] = say_tempo(drill.meter, drill.quarter_bpm)
            known["key"] = say_key(drill.key)
        if job.talked:
            known["tempo"] += f", {job.talked}"
        if job.has_looked:
            known["chart"] = "looked through"
        words = Text(no_wrap=True, overflow="ellipsis")
        for question, key in ASKS.items():
            is_known = question in job.asked
            words.append(f"{key}  {question.capitalize():<10}", "bold" if is_known else "dim")
            value = (known[question] or "they will say in a moment") if is_known else NOT_ASKED
            words.append(f"{value}\n", "" if is_known else "dim")
        return words

    def _say_checks(self) -> Text:
        game = self.game
        words = Text(no_wrap=True, overflow="ellipsis")
        for ok, what, how in list_checks(self._job, now(), game.status, game.settings, game.takes):
            words.append(f"{'✓' if ok else '○'} {what:<9} ", "bold" if ok else "")
            words.append(f"{how}\n", "" if ok else "dim")
        return words
