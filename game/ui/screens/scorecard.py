"""The scorecard: what the take was worth, where, and what next."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, ClassVar

import msgspec
from rich.text import Text
from textual.containers import Container, Horizontal
from textual.widgets import Digits, Static

from exercises.drill import DrillRequest
from game.scoring.inner_time import say_inner_time
from game.scoring.marks import final_marks
from game.scoring.words import describe_grade, write_rubric
from game.ui.bar_row import draw_bars
from game.ui.key_line import KeyLine
from game.ui.latency import find_hint
from game.ui.producing import say_remarks
from game.ui.reasons import list_drills, list_scores, read_drill
from game.ui.score.view import ScoreView
from game.ui.scorecard_keys import SCORECARD_BINDINGS, SCORECARD_HELP
from game.ui.screens.game_screen import HELP, TALL_ROWS
from game.ui.screens.paged_screen import PagedScreen
from game.ui.small_print import has_room, shrink_print, spare_rows
from game.ui.words import say_chart, say_score, say_source

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from game.notation.page import Page
    from game.ui.keeping import Outcome
    from game.ui.messages import ChartArrived, ChartFailed
    from game.ui.punching import PunchOrder

WIDE_COLUMNS = 140
"""From here on words stand beside the scores and leave their rows to the chart."""
TOTAL_COLUMNS = 10
WIDE_SHARE = 0.6
"""Of a wide screen is for the scores and their reasons."""


class ScorecardScreen(PagedScreen):
    """One graded take."""

    HELP_TITLE = "Scorecard"
    HELP_KEYS = SCORECARD_HELP
    BINDINGS: ClassVar[list[BindingType]] = [*SCORECARD_BINDINGS, HELP]

    DEFAULT_CSS = """
    ScorecardScreen {
        #chart-line { height: 1; padding: 0 2; background: $panel; color: $text; }
        #head { height: auto; layout: vertical; padding: 0 2; }
        #figures { height: auto; }
        #worth { width: 10; height: 4; layout: vertical; }
        #total { width: auto; color: $primary; text-style: bold; }
        #out-of { height: 1; color: $text-muted; }
        #parts { width: 1fr; height: auto; }
        #words { height: auto; }
        #bars { height: auto; text-wrap: nowrap; text-overflow: ellipsis; }
        #beside { height: auto; layout: vertical; }
        #stand { height: 1fr; layout: vertical; }
        #reasons { height: auto; padding: 1 2 0 2; display: none; }
        &.-tall #head { padding: 1 2 0 2; }
        &.-wordy #reasons, &.-roomy #reasons { display: block; }
        &.-wordy ScoreView { display: none; }
        &.-wide {
            #head { layout: horizontal; padding: 0 2; }
            #figures { width: 60%; padding-right: 2; }
            #beside { width: 1fr; }
        }
    }
    """

    def __init__(self, outcome: Outcome, drill: DrillRequest | None) -> None:
        """Show an outcome; `drill` is what was asked for, None for a chart of the player's."""
        super().__init__()
        self.outcome = outcome
        self._drill = drill
        self._page = outcome.page
        self._ticket: int | None = None
        self._small_ticket: int | None = None
        self._wish_ticket: int | None = None
        self._reason_rows = 0
        # Held, not looked up: a player who quits just now has the screen taken down part by part.
        self._chart_line = Static(id="chart-line", markup=False)
        self._parts = Static(id="parts", markup=False)
        self._bars = Static(id="bars", markup=False)
        self._words = Static(id="words", markup=False)
        self._reasons = Static(id="reasons", markup=False)
        self._stand = Container(id="stand")
        self._score = ScoreView(self._page)

    def compose(self) -> ComposeResult:
        """The total, the scores with their reasons, words, bars, and the marked chart."""
        scorecard = self.outcome.scorecard
        yield self._chart_line
        with Container(id="head"):
            with Horizontal(id="figures"):
                with Container(id="worth"):
                    yield Digits(say_score(scorecard.scores.total), id="total")
                    yield Static("of 100", id="out-of")
                yield self._parts
            with Container(id="beside"):
                yield self._bars
                yield self._words
        with self._stand:
            yield self._reasons
            yield self._score
        yield KeyLine()

    def on_mount(self) -> None:
        """Mark the chart, and have the next one composed."""
        self._words.update(self._say())
        self._draw()
        self._mark()
        self.run_worker(self._look_for_lean(), name="lean", exit_on_error=False)
        self.redraw()
        self.call_after_refresh(self._fit_print)
        if self._drill is not None:
            self.game.orders.prepare(self._next_drill, self.page_request)

    def on_resize(self, event: events.Resize) -> None:
        """Draw and engrave for the new width."""
        super().on_resize(event)
        self.set_class(event.size.height >= TALL_ROWS, "-tall")
        self.set_class(self._is_wide, "-wide")
        if self.is_mounted:
            self._draw()
            self.redraw()
            self.call_after_refresh(self._fit_print)

    @property
    def _is_wide(self) -> bool:
        return self.app.size.width >= WIDE_COLUMNS

    def _order_page(self) -> None:
        self._ticket = self.game.orders.order_page(
            self.outcome.take.chart_json, self.page_request, self
        )

    def _fit_print(self) -> None:
        """Have all staves seen where the words leave few rows, or what is to be mended instead."""
        if self._page is None or not self.is_attached:
            return
        rows = self._stand.size.height
        small = shrink_print(self._page, rows)
        self.set_class(small is None and not has_room(self._page, rows), "-wordy")
        if small is not None:
            chart_json = self.outcome.take.chart_json
            self._small_ticket = self.game.orders.order_page(chart_json, small, self)
        else:
            self._show_page(self._page)

    def _show_page(self, page: Page) -> None:
        """A page, and what is to be mended too where the systems leave room for it."""
        is_roomy = spare_rows(page, self._stand.size.height) >= self._reason_rows
        self.set_class(is_roomy and not self.has_class("-wordy"), "-roomy")
        if self._score.page is not page:
            self._score.page = page
            self._mark()

    def on_chart_arrived(self, message: ChartArrived) -> None:
        """The chart engraved for another width, or changed as the producer wishes."""
        if message.ticket == self._wish_ticket:
            from game.ui.producing import RevisionCourse  # noqa: PLC0415
            from game.ui.screens.stage import StageScreen  # noqa: PLC0415 - it leads here

            course = RevisionCourse(message.wish, self._drill)
            self.game.show(
                StageScreen(
                    chart=message.chart,
                    page=message.page,
                    chart_json=message.chart_json,
                    course=course,
                )
            )
        elif message.ticket == self._ticket:
            self._take_page(message.page)
            self._show_page(message.page)
            self.call_after_refresh(self._fit_print)
        elif message.ticket == self._small_ticket:
            self._show_page(message.page)

    async def _look_for_lean(self) -> None:
        """A hint where the last takes all lean the same way."""
        hint = await find_hint(self.game)
        if hint:
            self._words.update(self._say().append(f"\n{hint}", "bold"))

    def on_chart_failed(self, message: ChartFailed) -> None:
        """Nothing can be changed."""
        if message.ticket == self._wish_ticket:
            self.app.notify(message.detail, severity="warning", markup=False)

    # -- what is shown

    def _mark(self) -> None:
        self._score.mark_take(final_marks(self.outcome.scorecard))

    def _say(self) -> Text:
        scorecard = self.outcome.scorecard
        words = Text().append(describe_grade(scorecard), "bold")
        if scorecard.inner_time is not None:
            words.append(f"\n{say_inner_time(scorecard.inner_time)}")
        words.append(f"\nProducer: {say_remarks(self.game, self.outcome)}")
        if self.outcome.seam is not None:
            source = say_source(self.outcome)
            words.append(f"\n{source[0].upper()}{source[1:]}. {self.outcome.seam.line}", "bold")
        return words

    def recolour(self) -> None:
        """Bars and verdicts in the new colours."""
        self._draw()

    def _draw(self) -> None:
        outcome, room = self.outcome, self.room
        name = self.game.style_name(outcome.chart.drill.style)
        kept = "" if outcome.seam is not None else say_source(outcome)
        line = say_chart(outcome.chart, name, room - len(kept) - 2)
        gap = room - len(line) - len(kept)
        if gap > 1:
            line += " " * gap + kept
        self._chart_line.update(Text(line, no_wrap=True, overflow="ellipsis"))
        figures = int(room * WIDE_SHARE) if self._is_wide else room
        colours = self.app.theme_variables
        self._parts.update(list_scores(outcome.scorecard, figures - TOTAL_COLUMNS, colours))
        beside = room - figures if self._is_wide else room
        self._bars.update(draw_bars(outcome.scorecard.bars, beside, colours))
        reasons = self._say_reasons(room)
        self._reason_rows = 1 + len(reasons.wrap(self.app.console, room))
        self._reasons.update(reasons)

    def _say_reasons(self, columns: int) -> Text:
        """The examiner's line, and what is to be mended by which key."""
        scorecard = self.outcome.scorecard
        words = Text().append(write_rubric(scorecard), "italic")
        if scorecard.diagnoses:
            words.append("\n\nTo mend, the costliest first\n", "bold")
            words.append(list_drills(scorecard, columns))
        return words

    # -- what next

    @property
    def _next_drill(self) -> DrillRequest:
        """The same request for another chart: a seed or code that was asked for is used up."""
        if self._drill is None:
            drill = self.outcome.chart.drill
            return DrillRequest(style=drill.style, level=drill.level)
        return msgspec.structs.replace(self._drill, seed=None)

    def action_again(self) -> None:
        """The same chart once more."""
        from game.ui.screens.stage import StageScreen  # noqa: PLC0415 - it leads here

        self.game.show(
            StageScreen(
                drill=self._drill,
                chart=self.outcome.chart,
                page=self._page,
                chart_json=self.outcome.take.chart_json,
            )
        )

    def action_review(self) -> None:
        """Note by note."""
        from game.ui.screens.review import ReviewScreen  # noqa: PLC0415 - when it is needed

        outcome = self.outcome
        source = say_source(outcome)
        self.app.push_screen(
            ReviewScreen(
                take=outcome.take,
                take_id=outcome.take_id,
                chart=outcome.chart,
                scorecard=outcome.scorecard,
                page=self._page,
                name=f"{source[0].upper()}{source[1:]}" if outcome.take_id is not None else "",
            )
        )

    def action_punch(self) -> None:
        """Choose a place to play again; the worst is suggested."""
        from game.ui.screens.punch_dialog import suggest_punch  # noqa: PLC0415 - seldom wanted

        self.app.push_screen(suggest_punch(self.outcome), self._record_punch)

    def _record_punch(self, order: PunchOrder | None) -> None:
        from game.ui.punching import PunchCourse  # noqa: PLC0415 - seldom wanted
        from game.ui.screens.stage import StageScreen  # noqa: PLC0415 - it leads here

        if order is not None:
            outcome = self.outcome
            self.game.show(
                StageScreen(
                    chart=outcome.chart,
                    page=self._page,
                    chart_json=outcome.take.chart_json,
                    course=PunchCourse(order, outcome, self._drill),
                )
            )

    def action_revise(self) -> None:
        """Have the chart changed as a producer might wish, by chance."""
        self._wish_ticket = self.game.orders.order_revision(
            self.outcome.take.chart_json, secrets.randbits(32), self.page_request, self
        )

    def action_comp(self) -> None:
        """Put the best bars of all takes together."""
        self.run_worker(self._comp(), group="comp", exclusive=True, exit_on_error=False)

    async def _comp(self) -> None:
        from game.ui.comping import comp_takes  # noqa: PLC0415 - seldom wanted

        try:
            outcome = await comp_takes(self.game, self.outcome, self._page or self.outcome.page)
        except Exception as error:  # noqa: BLE001 - the takes themselves are safe
            self.game.complain(error, title="No comp could be made")
            return
        if outcome is not None and self.is_attached:
            self.game.show(ScorecardScreen(outcome, self._drill))

    def action_by_hand(self) -> None:
        """Choose the take of each bar."""
        from game.ui.comping import begin_by_hand  # noqa: PLC0415 - seldom wanted

        page = self._page or self.outcome.page
        begin_by_hand(self, self.outcome, page, self._show_comp)

    async def _show_comp(self, outcome: Outcome) -> None:
        self.game.show(ScorecardScreen(outcome, self._drill))

    def action_undo(self) -> None:
        """Back to what it was before the last splice."""
        if self.outcome.before is not None:
            self.game.show(ScorecardScreen(self.outcome.before, self._drill))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing is undone where nothing was spliced."""
        del parameters
        return action != "undo" or self.outcome.before is not None

    def action_next(self) -> None:
        """A new chart of the same kind."""
        if self._next_drill.style in self.game.genres:
            self.game.play_drill(self._next_drill)
        else:
            self.game.go_home()

    def action_why(self) -> None:
        """What each score rests on, and what to mend."""
        from game.ui.screens.why import WhyDialog  # noqa: PLC0415 - only when it is asked for

        self.app.push_screen(WhyDialog(self.outcome.scorecard), self._practise)

    def action_drill(self, number: int) -> None:
        """Practise what a diagnosis names."""
        diagnoses = self.outcome.scorecard.diagnoses
        self._practise(read_drill(diagnoses[number - 1]) if number <= len(diagnoses) else None)

    def _practise(self, drill: DrillRequest | None) -> None:
        if drill is not None and drill.style in self.game.genres:
            self.game.play_drill(drill)

    def action_genre(self) -> None:
        """Choose another genre."""
        from game.ui.screens.picker import GenrePicker  # noqa: PLC0415 - seldom wanted

        here = self.outcome.chart.drill.style
        names = {style.id: style.name for style in self.game.genres.values()}
        self.app.push_screen(GenrePicker(names, here), self._go_to_genre)

    def _go_to_genre(self, style: str | None) -> None:
        if style is not None:
            level = max(1, min(10, self.outcome.chart.drill.level))
            self.game.play_drill(DrillRequest(style=style, level=level))

    def action_turn(self, by: int) -> None:
        """Leaf through the marked chart."""
        self._score.action_turn(by)

    def action_home(self) -> None:
        """Home."""
        self.game.go_home()
