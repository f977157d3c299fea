"""The stage: preview, count-in, the take, and on to the scorecard."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.widgets import Static

from game.events import EngineEvent, NoteEvent, TransportStopped
from game.keys import OCTAVE_DOWN, OCTAVE_UP
from game.performer.demo import seat_performer
from game.sessions.session import Phase
from game.ui.backing import Backing
from game.ui.beat_strip import BeatStrip
from game.ui.collector import LIVING
from game.ui.computer_keys import ComputerKeys
from game.ui.course import Course
from game.ui.key_line import KeyLine
from game.ui.key_map import KeyMap
from game.ui.score.reading_aids import aid_score, next_choice, say_choice
from game.ui.score.view import ScoreView
from game.ui.screens.game_screen import HELP, TALL_ROWS
from game.ui.screens.paged_screen import PagedScreen
from game.ui.seating import say_seat
from game.ui.stage_keys import STAGE_BINDINGS, STAGE_HELP
from game.ui.strip_news import StripNews
from game.ui.take_end import begin_record, conclude
from game.ui.words import say_asynchrony, say_chart, say_keys, say_left_out

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from exercises.chart import Chart
    from exercises.drill import DrillRequest
    from game.notation.page import Page
    from game.performer.demo import DemoPlayer
    from game.scoring.marks import LiveMark
    from game.sessions.session import TakeSession
    from game.settings import Settings
    from game.ui.messages import ChartArrived, ChartFailed, SoundArrived
    from styles.schema import Style


class StageScreen(PagedScreen):
    """One chart, from the first look to the last bar."""

    polls_per_s = 60.0
    has_calm = False

    has_palette = False
    HELP_TITLE = "Stage"
    HELP_KEYS = STAGE_HELP
    BINDINGS: ClassVar[list[BindingType]] = [*STAGE_BINDINGS, HELP]

    DEFAULT_CSS = """
    StageScreen #chart-line { height: 1; padding: 0 2; background: $panel; color: $text; }
    StageScreen.-tall BeatStrip { height: 3; }
    """

    def __init__(
        self,
        *,
        drill: DrillRequest | None = None,
        chart_json: bytes | None = None,
        chart: Chart | None = None,
        page: Page | None = None,
        course: Course | None = None,
    ) -> None:
        """Ask for a drill's chart; or take a chart as JSON, or one whose page is there already."""
        super().__init__()
        self._course = course or Course()
        self._drill = drill
        self._chart_json = chart_json
        self._chart = chart
        self._page = page
        self._ticket: int | None = None
        self._session: TakeSession | None = None
        self._performer: DemoPlayer | None = None
        self._preview_since = 0.0
        self._keys = ComputerKeys()
        self._backing = Backing(self)
        self._started_at = ""
        self._is_over = False
        # Held, not looked up: the stage may be taken down, part by part, at any moment.
        self._chart_line = Static("First Take", id="chart-line", markup=False)
        self._strip = BeatStrip()
        self._news = StripNews(self._strip)
        self._score = ScoreView(page, placeholder="…")
        self._key_map = KeyMap()

    def compose(self) -> ComposeResult:
        """Chart line, beats, score, keys."""
        yield self._chart_line
        yield self._strip
        yield self._score
        yield self._key_map
        yield KeyLine()

    def on_mount(self) -> None:
        """Get the chart."""
        # What was told on other screens would cover the score.
        self.app.clear_notifications()
        self._show_keyboard()
        if self._chart is not None and self._page is not None:
            self._set_up(self._chart, self._page)
            self.redraw()
        elif self._chart_json is not None:
            self._order_page()
        elif self._drill is not None:
            self._strip.lead = "A new chart is being written for you …"
            self._ticket = self.game.orders.order(self._drill, self.page_request, self)
            # One composed ahead is there already: it shall stand in the first painting.
            if (ready := self.game.orders.deliver(self._ticket)) is not None:
                self.on_chart_arrived(ready)

    @property
    def reading(self) -> Settings:
        """As the player has it, or as the course asks for it."""
        return self._course.read(self.game.settings)

    @property
    def _style(self) -> Style | None:
        return self.game.genres.get(self._chart.drill.style) if self._chart else None

    # -- the chart

    def _order_page(self) -> None:
        if self._chart_json is not None:
            self._ticket = self.game.orders.order_page(self._chart_json, self.page_request, self)

    def on_chart_arrived(self, message: ChartArrived) -> None:
        """A chart, or another engraving of it for another width."""
        if message.ticket != self._ticket:
            return
        self._take_page(message.page)
        if self._session is None:
            self._chart_json = message.chart_json
            self._set_up(message.chart, message.page)
        else:
            self._score.page = self._course.lay_out(message.page)

    def on_chart_failed(self, message: ChartFailed) -> None:
        """No chart: the course knows what then; a page that cannot be engraved anew is let be."""
        if message.ticket != self._ticket:
            return
        if self._session is None:
            self.game.run_worker(self._course.go_without(self.game, message.detail))
        else:
            self.app.notify(message.detail, severity="error", timeout=8, markup=False)

    def on_resize(self, event: events.Resize) -> None:
        """Engrave for the new width; the place in the chart is kept."""
        super().on_resize(event)
        self.set_class(event.size.height >= TALL_ROWS, "-tall")
        self._show_keyboard()
        self.redraw()

    def _set_up(self, chart: Chart, page: Page) -> None:
        """A fresh take of a chart, at its first second of preview."""
        self._chart = chart
        drill = chart.drill
        opening = self.game.opening
        self._session = self._course.open_session(self.game, chart, self._style)
        asked = self._session.chart
        self._keys.sit_down(asked)
        self._backing.prepare(self._course, chart, self._chart_json, self._session)
        if opening.performer is not None:
            self._performer = seat_performer(
                asked,
                opening.performer,
                timeline=self._session.timeline,
                style=self._style,
                level=drill.level,
                seed=drill.seed + len(self.game.takes),
            )
        self._preview_since = self.seen_s
        score = self._score
        score.page = self._course.lay_out(page)
        score.position_ql = None
        aid_score(score, self.reading, self._session)
        news = self._course.news or say_left_out(opening.left_out)
        self._news.open(news or say_seat(asked))
        self._show_keyboard()
        self._show_phase()
        self.refresh_bindings()

    def action_aid(self, aid: str) -> None:
        """Read the page in another way, also while the music plays; it is kept for next time."""
        change = next_choice(self.game.settings, aid, in_pixels=self.game.shows_pictures)
        self.game.change_settings(**change)
        if self._session is not None:
            aid_score(self._score, self.reading, self._session)
        can_picture = self.game.graphics.has_pictures
        self._news.tell(say_choice(self.game.settings, aid, can_picture=can_picture), self.seen_s)
        self.redraw()

    # -- what moves

    def hear(self, event: EngineEvent) -> None:
        """Notes and ports go to the take; with a performer at the keys, its notes alone."""
        if self._session is None or (self._performer and isinstance(event, NoteEvent)):
            return
        if isinstance(event, TransportStopped) and event.now_s < self._session.now_s:
            # It belongs to a take that was left.
            return
        self._session.feed(event)

    def tell(self, line: str, severity: str) -> None:
        """News go to the strip, where they cover no note."""
        del severity
        self._news.tell(line, self.seen_s)

    def frame(self) -> None:
        """One step of the take, and what it changes on the screen."""
        session = self._session
        if session is None or self._is_over:
            return
        if session.phase is Phase.PREVIEW:
            self._backing.follow(session, self._score)
            self._news.follow(self.seen_s)
            session.advance_preview(self.seen_s - self._preview_since)
            if session.preview_left_s <= 0:
                self.action_start()
        else:
            self._step(session)
        self._show_phase()

    def _step(self, session: TakeSession) -> None:
        now_s = self.game.services.engine.now_s()
        if self._performer is None:
            self._keys.tell(session, self.game.services.clock())
        elif now_s is not None:
            for event in self._performer.due(now_s):
                session.feed(event)
        session.advance(now_s)
        for mark in session.drain_marks():
            self.show_mark(session, mark)
        self._score.position_ql = session.position_ql
        if session.phase is Phase.DONE:
            self._finish()

    def show_mark(self, session: TakeSession, mark: LiveMark) -> None:
        """Draw a provisional mark at its note, and say what was heard."""
        score = self._score
        if mark.id is None:
            score.mark_extra(session.timeline.quarters_at(mark.onset_s))
        else:
            score.mark(mark.id, mark.verdict)
        if mark.verdict in {"right", "early", "late"} and mark.asynchrony_ms is not None:
            self._strip.heard = say_asynchrony(mark.asynchrony_ms)
        elif mark.verdict != "missed":
            self._strip.heard = mark.verdict

    # -- keys

    def action_start(self) -> None:
        """End the preview."""
        session = self._session
        if session is None or session.phase is not Phase.PREVIEW:
            return
        self._news.begin_take(is_lost=bool(self.game.status.lost))
        self._started_at = datetime.now().astimezone().isoformat(timespec="seconds")
        self._backing.begin_take()
        LIVING.spare()
        for command in session.start():
            self.game.services.engine.send(command)
        begin_record(self.game, self._course, session, self._started_at)
        self._show_keyboard()
        if self._performer is None:
            self._course.begin(self.game, session.chart.drill)
        self.refresh_bindings()
        if (ahead := self._course.ahead(self._drill)) is not None:
            self.game.orders.prepare(ahead, self.page_request)

    def action_turn(self, by: int) -> None:
        """Leaf through the chart before the take."""
        self._score.action_turn(by)

    def action_octave(self) -> None:
        """Shown in the footer; done by `on_key`."""

    def action_click_volume(self, by: int) -> None:
        """Louder or softer, in tenths."""
        self._strip.heard = self._backing.step_click_volume(by)

    def action_words(self) -> None:
        """The chart in words, in the preview."""
        from game.ui.screens.spoken import show_words  # noqa: PLC0415 - seldom wanted

        if self._chart is not None:
            show_words(self, self._chart)

    def action_listen(self) -> None:
        """Hear the chart in the preview, or stop hearing it."""
        if self._session is not None and self._session.phase is Phase.PREVIEW:
            self._news.answer(self._backing.toggle(self._session), self.seen_s)
            if self._backing.listens:
                self._course.listen()

    def on_sound_arrived(self, message: SoundArrived) -> None:
        """Band and reference are rendered."""
        self._backing.take_in(message.sound)

    def action_help(self) -> None:
        """Help, but not over a take."""
        if self._session is None or self._session.phase is Phase.PREVIEW:
            super().action_help()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What cannot be done while the music plays is not offered."""
        del parameters
        waits = self._session is not None and self._session.phase is Phase.PREVIEW
        if action == "listen" and not self._course.can_be_heard:
            return False
        if action in {"start", "help", "listen", "words"}:
            return waits
        return waits or self._session is None or action != "turn"

    def on_key(self, event: events.Key) -> None:
        """Computer keys play."""
        if event.key in (OCTAVE_DOWN, OCTAVE_UP):
            self._keys.shift(event.key)
            self._show_keyboard()
        elif self._keys.plays(event.key):
            event.stop()
            self._keys.strike(event.key, event.time, self.game.services)
            session = None if self._performer else self._session
            self._keys.tell(session, self.game.services.clock())

    # -- the end

    def action_leave(self) -> None:
        """Leave; a take with notes in it is kept as stopped."""
        session = self._session
        if self._is_over:
            return
        if session is None:
            self.game.go_home()
            return
        for command in session.stop():
            self.game.services.engine.send(command)
        self._finish()

    def _finish(self) -> None:
        self._is_over = True
        self._backing.clear()
        self.run_worker(self._end(), name="the end of the take", exit_on_error=False)

    async def _end(self) -> None:
        if self._session is not None and self._page is not None:
            take = (self._course, self._session, self._page, self._drill, self._started_at)
            await conclude(self.game, *take, was_heard=self._backing.was_heard)

    # -- what is shown

    def on_status_changed(self) -> None:
        """A keyboard came or went."""
        self._show_keyboard()
        if self.game.status.keyboard:
            self._news.settle()

    def _show_keyboard(self) -> None:
        """The chart in one line, and what it is played on; before the take a map of the keys."""
        if self._chart is not None:
            name = self.game.style_name(self._chart.drill.style)
            line = say_chart(self._chart, name, self.room)
            self._chart_line.update(Text(line, no_wrap=True, overflow="ellipsis"))
        status = self.game.status
        waits = self._session is None or self._session.phase is Phase.PREVIEW
        types = waits and status.has_looked and not (status.keyboard or self._performer)
        self._key_map.show_keys(self._keys if types else None)
        keys = say_keys(status.keyboard, "" if types else self._keys.where)
        keys = "● performer" if self._performer else keys
        silent = "" if status.audio is None or status.audio.ok else ", visible click"
        self._strip.heard = keys + silent

    def _show_phase(self) -> None:
        if self._session is not None:
            self._strip.follow(self._session, self._course.say_where)
