"""The control room: what has been recorded for a job, what the producer says, what next."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.widgets import Static

from game.scoring.marks import final_marks
from game.sessions.career import job as jobs
from game.ui.booking import keep, recall, save, take_in_missing
from game.ui.comping import comp_takes
from game.ui.job_course import JobCourse, JobPunchCourse, return_with_comp
from game.ui.job_words import say_money
from game.ui.key_line import KeyLine
from game.ui.room_keys import ROOM_BINDINGS, ROOM_HELP
from game.ui.score.view import ScoreView
from game.ui.screens.game_screen import HELP, GameScreen
from game.ui.words import say_chart

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from game.notation.page import Page
    from game.sessions.career.job import Job, Pass
    from game.ui.booking import Booking
    from game.ui.keeping import Outcome
    from game.ui.messages import ChartArrived, ChartFailed
    from game.ui.punching import PunchOrder
    from game.ui.screens.stage import StageScreen

SHOWN = 6
"""Passes in the row, the latest."""


class ControlRoom(GameScreen):
    """One job in the studio, between its takes."""

    HELP_TITLE = "Control room"
    HELP_KEYS = ROOM_HELP
    BINDINGS: ClassVar[list[BindingType]] = [*ROOM_BINDINGS, HELP]

    DEFAULT_CSS = """
    ControlRoom {
        #chart-line { height: 1; padding: 0 2; background: $panel; color: $text; }
        #head { height: 1; padding: 0 2; color: $text-muted; }
        #passes { height: 1; padding: 0 2; }
        #said { height: auto; max-height: 3; padding: 0 2; text-style: italic; }
        #next { height: 1; padding: 0 2; color: $primary; text-style: bold; }
    }
    """

    def __init__(
        self, booking: Booking, page: Page | None = None, outcome: Outcome | None = None
    ) -> None:
        """Come in from a take with its outcome and page, or from the street without."""
        super().__init__()
        self._booking = booking
        self._page = page
        self._outcome = outcome
        self._chosen = self._find(outcome)
        self._ticket: int | None = None
        self._wish_ticket: int | None = None
        self._cancels = False
        self._is_left = False
        # Held, not looked up: the screen may be taken down, part by part, at any moment.
        self._chart_line = Static(id="chart-line", markup=False)
        self._head = Static(id="head", markup=False)
        self._passes = Static(id="passes", markup=False)
        self._said = Static(id="said", markup=False)
        self._next = Static(id="next", markup=False)
        self._score = ScoreView(page, placeholder="…")

    def compose(self) -> ComposeResult:
        """The job, its passes, the producer's words, and the marked chart."""
        yield self._chart_line
        yield self._head
        yield self._passes
        yield self._said
        yield self._next
        yield self._score
        yield KeyLine()

    def on_mount(self) -> None:
        """Show what there is, and take in what the job has not heard of."""
        self._show()
        if self._page is None or self._page.request != self.page_request:
            self._order_page()
        else:
            self._look_round()

    def on_resize(self, event: events.Resize) -> None:
        """Engrave for the new width."""
        super().on_resize(event)
        if self._page is not None and self._page.request != self.page_request:
            self._order_page()

    def _order_page(self) -> None:
        shown = self._outcome.take.chart_json if self._outcome else self._job.chart_json
        self._ticket = self.game.orders.order_page(shown, self.page_request, self)

    @property
    def _job(self) -> Job:
        return self._booking.job

    def _find(self, outcome: Outcome | None) -> Pass | None:
        """The pass of an outcome; else the best."""
        if outcome is not None:
            for one in reversed(self._job.passes):
                if (one.take_id, one.comp_id) == (outcome.take_id, outcome.comp_id):
                    return one
        return self._job.best

    # -- what comes in

    def on_chart_arrived(self, message: ChartArrived) -> None:
        """A page, or the chart as the producer wants it now."""
        if message.ticket == self._wish_ticket:
            self.run_worker(self._change(message), exclusive=True, exit_on_error=False)
        elif message.ticket == self._ticket:
            self._page = message.page
            self._score.page = message.page
            self._look_round()

    def on_chart_failed(self, message: ChartFailed) -> None:
        """The chart has no room for a change: the producer lets it be."""
        if message.ticket == self._wish_ticket:
            self._keep(jobs.give_up_change(self._job))
        elif message.ticket == self._ticket:
            self.app.notify(message.detail, severity="error", timeout=8, markup=False)

    def _look_round(self) -> None:
        self.run_worker(self._catch_up(), group="job", exclusive=True, exit_on_error=False)

    async def _catch_up(self) -> None:
        """Take in takes that are on disk, and show the chosen pass."""
        page = self._page
        if page is None:
            return
        try:
            self._booking = await take_in_missing(self.game, self._booking, page)
            self._chosen = self._chosen or self._job.best
            if self._chosen is not None and not self._shows(self._chosen):
                self._outcome = await recall(self.game, self._chosen, page)
        except Exception as error:  # noqa: BLE001 - the takes themselves are safe
            self.game.complain(error, title="A take could not be read")
        self._show()

    def _shows(self, one: Pass) -> bool:
        out = self._outcome
        return out is not None and (out.take_id, out.comp_id) == (one.take_id, one.comp_id)

    def _keep(self, job: Job) -> None:
        """The new state holds at once: the next key must not start from the old one."""
        if job != self._job:
            self._booking = replace(self._booking, job=job)
            self.run_worker(save(self.game, self._booking), exit_on_error=False)
            self._show()

    # -- keys

    def action_go_on(self) -> None:
        """What is suggested."""
        best = self._job.best
        if self._job.wants_change:
            self._order_change()
        elif best is not None and best.total >= self._job.call.need:
            self._chosen = best
            self.action_deliver()
        else:
            self.action_again()

    def _order_change(self) -> None:
        if self._wish_ticket is None:
            seed = self._job.call.seed + len(self._job.wishes)
            self._wish_ticket = self.game.orders.order_revision(
                self._job.chart_json, seed, self.page_request, self
            )

    async def _change(self, message: ChartArrived) -> None:
        from game.ui.screens.stage import StageScreen  # noqa: PLC0415 - it leads here

        changed = jobs.change(self._job, message.wish, message.chart_json)
        booking = await keep(self.game, self._booking, changed)
        self._record(
            booking,
            StageScreen(
                chart=message.chart,
                page=message.page,
                chart_json=message.chart_json,
                course=JobCourse(booking),
            ),
        )

    def action_again(self) -> None:
        """Another take of the chart as it is wanted now."""
        from game.ui.screens.stage import StageScreen  # noqa: PLC0415 - it leads here

        if self._job.wants_change:
            self.notify("The producer wants to say something first: Enter hears it.")
            return
        self._record(
            self._booking,
            StageScreen(chart_json=self._job.chart_json, course=JobCourse(self._booking)),
        )

    def _record(self, booking: Booking, stage: StageScreen) -> None:
        if not self._is_left and booking.job.phase == jobs.STUDIO:
            self._is_left = True
            self.game.show(stage)

    @property
    def _is_current(self) -> bool:
        """Whether the chosen pass is shown, and of the chart as it is wanted now."""
        one = self._chosen
        return one is not None and one.version == self._job.version and self._shows(one)

    def action_punch(self) -> None:
        """Choose a place of the chosen pass to play again; the worst is suggested."""
        from game.ui.screens.punch_dialog import suggest_punch  # noqa: PLC0415 - seldom wanted

        if not self._is_current or self._outcome is None:
            self.notify("Nothing of this chart is recorded yet.")
            return
        self.app.push_screen(suggest_punch(self._outcome), self._record_punch)

    def _record_punch(self, order: PunchOrder | None) -> None:
        from game.ui.screens.stage import StageScreen  # noqa: PLC0415 - it leads here

        if order is None or self._outcome is None:
            return
        self._record(
            self._booking,
            StageScreen(
                chart=self._outcome.chart,
                page=self._page,
                chart_json=self._outcome.take.chart_json,
                course=JobPunchCourse(order, self._outcome, self._booking),
            ),
        )

    def action_comp(self) -> None:
        """Put the best bars of all takes together."""
        if self._is_current:
            self.run_worker(self._comp(), group="job", exclusive=True, exit_on_error=False)
        else:
            self.notify("Nothing of this chart is recorded yet.")

    async def _comp(self) -> None:
        if self._outcome is None or self._page is None:
            return
        try:
            made = await comp_takes(self.game, self._outcome, self._page)
        except Exception as error:  # noqa: BLE001 - the takes themselves are safe
            self.game.complain(error, title="No comp could be made")
            return
        if made is not None and self.is_attached:
            await return_with_comp(self.game, self._booking, made, punched=False)

    def action_by_hand(self) -> None:
        """Choose the take of each bar."""
        from game.ui.comping import begin_by_hand  # noqa: PLC0415 - seldom wanted

        if self._is_current and self._outcome is not None and self._page is not None:
            begin_by_hand(self, self._outcome, self._page, self._return_with)
        else:
            self.notify("Nothing of this chart is recorded yet.")

    async def _return_with(self, made: Outcome) -> None:
        await return_with_comp(self.game, self._booking, made, punched=False)

    def action_step(self, by: int) -> None:
        """Another pass."""
        passes = self._job.passes
        if passes:
            at = passes.index(self._chosen) if self._chosen in passes else 0
            self._chosen = passes[(at + by) % len(passes)]
            self._show()
            self._look_round()

    def action_why(self) -> None:
        """What each score rests on."""
        from game.ui.screens.why import WhyDialog  # noqa: PLC0415 - only when it is asked for

        if self._outcome is not None:
            self.app.push_screen(WhyDialog(self._outcome.scorecard, asks=False))

    def action_review(self) -> None:
        """Hear the chosen pass, and see it note by note."""
        from game.ui.screens.review import ReviewScreen  # noqa: PLC0415 - when it is needed

        out = self._outcome
        if out is not None:
            review = ReviewScreen(
                take=out.take,
                take_id=out.take_id,
                chart=out.chart,
                scorecard=out.scorecard,
                page=self._page,
                name="The comp" if out.comp_id is not None else "",
            )
            self.app.push_screen(review)

    def action_deliver(self) -> None:
        """Hand over what is chosen."""
        one = self._chosen
        if self._job.wants_change:
            self.notify("The producer wants to say something first: Enter hears it.")
        elif one is None or one.version != self._job.version:
            self.notify("Deliver a take of the chart as it is wanted now.")
        elif not self._is_left:
            self._is_left = True
            self.run_worker(self._close(jobs.deliver(self._job, one)), exit_on_error=False)

    def action_cancel(self) -> None:
        """Walk out; asked twice."""
        if not self._cancels:
            self._cancels = True
            self.notify("Walk out? They will remember it. Press x again.")
        elif not self._is_left:
            self._is_left = True
            self.run_worker(self._close(jobs.cancel(self._job)), exit_on_error=False)

    async def _close(self, job: Job) -> None:
        from game.ui.screens.diary import show_news  # noqa: PLC0415 - it leads here

        await show_news(self.game, await keep(self.game, self._booking, job))

    def action_turn(self, by: int) -> None:
        """Leaf through the marked chart."""
        self._score.action_turn(by)

    def action_home(self) -> None:
        """Home; the session stays as it is."""
        self.game.go_home()

    # -- what is shown

    def _show(self) -> None:
        job, out = self._job, self._outcome
        name = self.game.style_name(job.call.style)
        self._chart_line.update(
            Text(
                say_chart(out.chart, name, self.room) if out else name,
                no_wrap=True,
                overflow="ellipsis",
            )
        )
        takes = f"{len(job.takes)} of {job.call.most_takes} takes"
        punches = f", {job.punches} punched" if job.punches else ""
        self._head.update(
            f"{say_money(job.call.fee)}  ·  asks for {job.call.need:.0f}  ·  {takes}{punches}"
        )
        self._passes.update(self._list_passes())
        one = self._chosen
        self._said.update(f"Producer: {one.words}" if one else "Nothing is recorded yet.")
        self._next.update(f"Enter: {self._say_next()}")
        if out is not None and one is not None and self._shows(one):
            self._score.mark_take(final_marks(out.scorecard))

    def _list_passes(self) -> Text:
        """All that can be chosen, the chosen one in brackets; older charts' in parentheses."""
        words = Text(no_wrap=True, overflow="ellipsis")
        for one in self._job.passes[-SHOWN:]:
            number = self._job.takes.index(one.take_id) + 1
            label = f"{'comp' if one.comp_id else f'take {number}'} {one.total:.0f}"
            if one.version != self._job.version:
                label = f"({label})"
            is_chosen = one == self._chosen
            words.append(f"[{label}] " if is_chosen else f" {label}  ", "bold" if is_chosen else "")
        return words

    def _say_next(self) -> str:
        job, best = self._job, self._job.best
        if job.wants_change:
            return "the producer has changed his mind; hear it"
        if best is None:
            return "red light"
        if best.total >= job.call.need:
            return f"deliver the best ({best.total:.0f})"
        left = job.call.most_takes - len(job.takes)
        return "another take" if left > 0 else "another take (the band is tired: it costs)"
