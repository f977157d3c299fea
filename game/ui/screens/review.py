"""The review: the marked chart, note by note, with what was played, heard and drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import msgspec
from rich.text import Text
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.style import Style
from textual.widgets import Static

from game.scoring.marks import SIGNS, final_marks
from game.sessions.plan import take_timeline
from game.sessions.review import review_take
from game.ui.key_line import KeyLine
from game.ui.review.export import PaperDesk
from game.ui.review.hearing import PLAYED, WRITTEN, Hearing
from game.ui.review.plots import (
    Frame,
    plot_asynchrony,
    plot_histogram,
    plot_loudness,
    plot_tempo,
)
from game.ui.review.words import count_rows, say_diagnoses, say_played, say_written
from game.ui.score.view import ScoreView
from game.ui.screens.game_screen import HELP, TALL_ROWS
from game.ui.screens.paged_screen import PagedScreen

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult

    from exercises.chart import Chart
    from game.notation.page import Page, PageRequest
    from game.scoring.results import Scorecard
    from game.sessions.review import Entry
    from game.take import Take
    from game.ui.messages import ChartArrived, ChartFailed, SheetArrived, SoundArrived

VIEWS = ("Chart", "Time", "Spread", "Tempo", "Touch")
PLOTS = (plot_asynchrony, plot_histogram, plot_tempo, plot_loudness)
MOST_DIAGNOSES = 5
LOOKS = {
    "right": "success", "early": "warning", "late": "warning",
    "wrong": "error", "missed": "error", "extra": "error",
}  # fmt: skip


class ReviewScreen(PagedScreen):
    """One graded take, looked through."""

    polls_per_s = 30.0

    HELP_TITLE = "Review"
    HELP_KEYS = (
        ("← →", "the note before, the note after"),
        ("↑ ↓, [ ]", "the bar before, the bar after"),
        ("PgUp PgDn", "the system before, the system after"),
        ("Home, End", "the first note, the last"),
        ("n, b", "the next note to mend, the one before"),
        ("1 to 5", "the places of a diagnosis, one after another"),
        ("Space", "hear what was played, from here on; again: stop"),
        ("Tab", "hear what was written, from here on; again: stop"),
        ("v, V", "another view: chart, time, spread, tempo, touch"),
        ("e", "export: the marked chart, or what was played, as a file"),
        ("t", "the chart in words, with what became of each note"),
        ("click", "on a note: look at it; on the name of a view: see it"),
        ("Esc", "back"),
    )

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right", "note(1)", "Go", key_display="←→↑↓", priority=True),
        Binding("left", "note(-1)", "Note before", show=False, priority=True),
        Binding("down,right_square_bracket", "bar(1)", "Bar", show=False, priority=True),
        Binding("up,left_square_bracket", "bar(-1)", "Bar before", show=False, priority=True),
        Binding("pagedown", "system(1)", "System", show=False, priority=True),
        Binding("pageup", "system(-1)", "System before", show=False, priority=True),
        Binding("home", "end(-1)", "Beginning", show=False, priority=True),
        Binding("end", "end(1)", "End", show=False, priority=True),
        Binding("n", "flaw(1)", "Mend"),
        Binding("b", "flaw(-1)", "Before", show=False),
        Binding("space", "hear('played')", "Played", key_display="Space", priority=True),
        Binding("tab", "hear('written')", "Written", key_display="Tab", priority=True),
        Binding("v", "turn_view(1)", "View", show=False),
        Binding("V", "turn_view(-1)", "View back", show=False),
        Binding("e", "export", "Export"),
        Binding("t", "words", "Words"),
        *(Binding(str(n), f"diagnosis({n})", show=False) for n in range(1, MOST_DIAGNOSES + 1)),
        Binding("escape", "back", "Back", key_display="Esc"),
        HELP,
    ]

    DEFAULT_CSS = """
    ReviewScreen {
        #chart-line {
            height: 1; padding: 0 2; background: $panel; color: $text;
            link-style: none; link-color: $text; link-background: $panel;
        }
        #plot { height: 1fr; padding: 0 2; display: none; text-wrap: nowrap; }
        #info {
            height: 3; padding: 0 2; background: $surface;
        }
        &.-plots ScoreView { display: none; }
        &.-plots #plot { display: block; }
        &.-plots.-tall ScoreView { display: block; }
        &.-plots.-tall #plot { height: 17; padding: 1 2 0 2; }
    }
    """

    def __init__(
        self,
        *,
        take: Take,
        take_id: int | None,
        chart: Chart,
        scorecard: Scorecard,
        page: Page | None = None,
        name: str = "",
    ) -> None:
        """Show a graded take.

        Args:
            take: with its events.
            take_id: None where it is not kept.
            chart: the take's.
            scorecard: the grade of these events.
            page: an engraving, which is made anew where it does not fit.
            name: what is shown, in words; the take's number by itself.
        """
        super().__init__()
        self.take, self.chart, self.scorecard = take, chart, scorecard
        self.title_words = name or (f"Take {take_id}" if take_id is not None else "A take")
        self._page = page
        self._timeline = take_timeline(chart, quarter_bpm=take.quarter_bpm)
        self.review = review_take(chart, take.events, scorecard, timeline=self._timeline)
        self.index = self.review.next_flaw(-1, 1) or 0
        self.view = 0
        self._ticket: int | None = None
        self._hearing = Hearing(self, take, chart)
        self._desk = PaperDesk(self)
        self._news = ""
        # Held, not looked up: the screen may be taken down, part by part, at any moment.
        self._line = Static(id="chart-line")
        self._score = ScoreView(page, placeholder="…")
        self._score.can_focus = False
        self._plot = Static(id="plot", markup=False)
        self._info = Static(id="info", markup=False)

    def compose(self) -> ComposeResult:
        """Title and views, the score, a plot, the words, the keys."""
        yield self._line
        yield self._score
        yield self._plot
        yield self._info
        yield KeyLine()

    def on_mount(self) -> None:
        """Mark the chart, and have what is heard rendered."""
        self._mark()
        self._draw()
        if self._page is None or self._page.request != self.page_request:
            self._order_page()
        self._hearing.order()

    @property
    def page_request(self) -> PageRequest:
        """All pitches, whatever was hidden while it was played."""
        return msgspec.structs.replace(super().page_request, rhythm_only=False)

    @property
    def entry(self) -> Entry | None:
        """What is looked at; None where nothing was written and nothing played."""
        return self.review.entries[self.index] if self.review.entries else None

    # -- what comes in

    def on_resize(self, event: events.Resize) -> None:
        """Draw and engrave for the new width."""
        super().on_resize(event)
        self.set_class(event.size.height >= TALL_ROWS, "-tall")
        if self.is_mounted:
            self.call_after_refresh(self._draw)
            self.redraw()

    def _order_page(self) -> None:
        self._ticket = self.game.orders.order_page(self.take.chart_json, self.page_request, self)

    def on_chart_arrived(self, message: ChartArrived) -> None:
        """The chart engraved for this width."""
        if message.ticket == self._ticket:
            self._take_page(message.page)
            self._score.page = message.page
            self._mark()
            self._point()

    def on_chart_failed(self, message: ChartFailed) -> None:
        """No engraving, or no file: it is told."""
        self.app.notify(message.detail, severity="warning", markup=False)

    def on_sound_arrived(self, message: SoundArrived) -> None:
        """One of the two that can be heard is rendered."""
        self._hearing.take_in(message.sound)

    def on_sheet_arrived(self, message: SheetArrived) -> None:
        """A file that was ordered."""
        self._desk.take_in(message)

    def on_score_view_picked(self, event: ScoreView.Picked) -> None:
        """A note was clicked."""
        found = [i for i, each in enumerate(self.review.entries) if each.id == event.note_id]
        if found:
            self._go(found[0])

    def tell(self, line: str, severity: str) -> None:
        """News go to the foot, where they cover nothing."""
        del severity
        self._news = line
        self._show_info()

    def frame(self) -> None:
        """While something is heard the place moves with it."""
        position = self._hearing.position_ql()
        if position is not None:
            self.index = self.review.at(position)
            self._score.point_at(position)
            self._show_info()
        elif self._news.startswith("Hearing") and not self._hearing.heard:
            self._news = ""
            self._draw()

    # -- keys

    def _go(self, index: int) -> None:
        self._hearing.stop()
        self._news = ""
        self.index = max(0, min(index, len(self.review.entries) - 1))
        self._draw()

    def action_note(self, by: int) -> None:
        """The next note, or the one before."""
        self._go(self.index + by)

    def action_bar(self, by: int) -> None:
        """The first note of the next bar, or of the bar before."""
        if self.entry is not None:
            here, first = self.entry.bar, self.review.first_in_bar(self.entry.bar)
            back = here if by < 0 and self.index > first else here + by
            self._go(self.review.first_in_bar(max(0, back)))

    def action_system(self, by: int) -> None:
        """The first note of the next system, or of the system before."""
        if self._page is None or self.entry is None:
            return
        systems = self._page.systems
        shown = self._page.shown_ql(self.entry.onset_ql)
        here = next((i for i, s in enumerate(systems) if shown < s.end_ql), len(systems) - 1)
        onset = systems[max(0, min(here + by, len(systems) - 1))].onset_ql
        after = (i for i, e in enumerate(self.review.entries) if e.onset_ql >= onset)
        self._go(next(after, self.index))

    def action_end(self, to: int) -> None:
        """The first note or the last."""
        self._go(0 if to < 0 else len(self.review.entries) - 1)

    def action_flaw(self, by: int) -> None:
        """The next note to mend."""
        found = self.review.next_flaw(self.index, by)
        if found is None:
            self._news = "Nothing more to mend in this direction."
            self._show_info()
        else:
            self._go(found)

    def action_diagnosis(self, number: int) -> None:
        """The next bar of a diagnosis, and round again."""
        diagnoses = self.scorecard.diagnoses
        if number > len(diagnoses) or self.entry is None:
            return
        bars = sorted(
            {i for bar in diagnoses[number - 1].bars for i in self.review.bars_numbered(bar)}
        )
        if bars:
            here = self.entry.bar
            self._go(self.review.first_in_bar(next((b for b in bars if b > here), bars[0])))

    def action_hear(self, name: str) -> None:
        """Hear what was played or written from the note on, or stop."""
        if self.entry is not None:
            said = self._hearing.toggle(name, self.entry.onset_ql)
            what = {PLAYED: "what was played", WRITTEN: "what was written"}.get(name, name)
            self._news = said or (f"Hearing {what}." if self._hearing.heard else "")
            self._draw()

    def action_turn_view(self, by: int) -> None:
        """Another view."""
        self.action_view((self.view + by) % len(VIEWS))

    def action_view(self, view: int) -> None:
        """This view."""
        self.view = view
        self.set_class(view > 0, "-plots")
        self._score.withdraw()
        self.call_after_refresh(self._draw)

    def action_export(self) -> None:
        """Choose a file to write."""
        self._desk.ask()

    def action_words(self) -> None:
        """The chart in words."""
        from game.scoring.marks import say_marks  # noqa: PLC0415 - seldom wanted
        from game.ui.screens.spoken import show_words  # noqa: PLC0415 - as above

        show_words(self, self.chart, say_marks(self.scorecard))

    def action_back(self) -> None:
        """Where it was come from."""
        self._hearing.stop()
        self.app.pop_screen()

    # -- what is shown

    def _mark(self) -> None:
        self._score.mark_take(final_marks(self.scorecard))
        for entry in self.review.entries:
            if entry.mark == "extra":
                self._score.mark_extra(entry.onset_ql)

    def _draw(self) -> None:
        self._show_line()
        self._point()
        self._show_info()
        if self.view > 0:
            self._plot.update(PLOTS[self.view - 1](self._frame()))

    def _point(self) -> None:
        entry = self.entry
        if entry is not None:
            self._score.point_at(entry.onset_ql, entry.id)

    def _frame(self) -> Frame:
        size = self._plot.content_size
        return Frame(
            self.review,
            self._timeline,
            self.game.genres.get(self.take.style),
            self.take.level,
            max(40, size.width or self.room),
            max(8, size.height),
            self.entry.onset_ql if self.entry is not None else 0.0,
        )

    def _show_line(self) -> None:
        """What is shown, and the views to choose from."""
        style = self.game.style_name(self.take.style)
        total = f"{self.scorecard.scores.total:.0f}"
        names = [f"[{n}]" if i == self.view else f" {n} " for i, n in enumerate(VIEWS)]
        room = self.room - len("v " + "".join(names))
        what = f"{self.title_words}: {style} {self.take.level}, {total}"
        ways = (f"{what} of 100", what, f"{self.title_words}: {total}", self.title_words)
        left = next((way for way in ways if len(way) < room), ways[-1][: room - 1])
        gap = room - len(left)
        tabs = [
            Content(name).stylize(Style.from_meta({"@click": f"screen.view({index})"}))
            .stylize("bold" if index == self.view else "dim")
            for index, name in enumerate(names)
        ]  # fmt: skip
        self._line.update(Content.assemble(left + " " * gap, ("v ", "bold"), *tabs))

    def recolour(self) -> None:
        """The verdict in the new colours."""
        self._show_info()

    def _show_info(self) -> None:
        """The note in words, and what is to be mended where."""
        entry = self.entry
        if entry is None:
            self._info.update(Text("Nothing is written here, and nothing was played.", "dim"))
            return
        colour = self.app.theme_variables[LOOKS[entry.mark]]
        mend = self.scorecard.diagnoses[:MOST_DIAGNOSES]
        self._info.styles.height = 2 + count_rows(mend, self.room)
        words = Text()
        words.append(f"{say_written(self.chart, entry)}\n")
        words.append(f"{SIGNS[entry.mark]} ", f"bold {colour}")
        words.append(f"{say_played(self.chart, entry)}\n")
        if self._news:
            words.append(self._news, "italic")
        else:
            number = self.chart.bars[entry.bar].number
            words.append_text(say_diagnoses(mend, number))
        self._info.update(words)
