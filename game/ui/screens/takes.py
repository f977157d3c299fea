"""The kept takes, each to be reviewed."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from game.ui.key_line import KeyLine
from game.ui.paged_list import PagedList
from game.ui.screens.game_screen import HELP, GameScreen
from game.ui.words import say_take

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from game.take import TakeSummary

COLUMNS_OF_WHEN, COLUMNS_OF_WHAT = 18, 22


class TakesScreen(GameScreen):
    """A list, newest first."""

    HELP_TITLE = "Takes"
    HELP_KEYS = (
        ("↑ ↓ PgUp PgDn", "go through the list"),
        ("Enter", "review a take: note by note, as it was graded"),
        ("h, Esc", "home"),
    )

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "review", "Review", priority=True),
        Binding("h,escape", "home", "Home", key_display="Esc"),
        HELP,
    ]

    DEFAULT_CSS = """
    TakesScreen {
        #title { margin: 1 3; height: 1; text-style: bold; color: $primary; }
        #takes {
            height: 1fr; margin: 0 2; padding: 0 1; border: round $foreground 25%;
            background: $background;
            &:focus { border: round $foreground 25%; }
        }
    }
    """

    def __init__(self) -> None:
        """Hold the list: the screen may be taken down at any moment."""
        super().__init__()
        self._list = PagedList(id="takes", markup=False)
        self._shown: tuple[TakeSummary, ...] = ()
        self._is_opening = False

    def compose(self) -> ComposeResult:
        """A title and the list."""
        yield Static("Takes", id="title")
        yield self._list
        yield KeyLine()

    def on_mount(self) -> None:
        """Fill the list."""
        self.on_history_changed()
        self._list.focus()

    def on_history_changed(self) -> None:
        """Takes have been read."""
        self._list.clear_options()
        now = datetime.now().astimezone()
        self._shown = takes = tuple(self.game.takes)
        self._list.add_options(Option(self._say(take, now)) for take in takes)
        if takes:
            self._list.highlighted = 0
        else:
            self._list.add_option(Option("None yet: the first one is yours.", disabled=True))

    def _say(self, take: TakeSummary, now: datetime) -> str:
        when, what, worth = say_take(take, self.game.style_name(take.style), now)
        source = "" if take.source == "midi" else take.source
        row = f"{when:<{COLUMNS_OF_WHEN}}{what:<{COLUMNS_OF_WHAT}}{worth:>10}  {source}"
        return f"{take.id:>5}  {row}"

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """A take was clicked."""
        self._open(event.option_index)

    def action_review(self) -> None:
        """Review the take that stands out."""
        if self._list.highlighted is not None:
            self._open(self._list.highlighted)

    def _open(self, index: int) -> None:
        if index < len(self._shown) and not self._is_opening:
            self._is_opening = True
            self.run_worker(self._review(self._shown[index].id), exit_on_error=False)

    async def _review(self, take_id: int) -> None:
        """Read a take and its grade; one without a grade is graded now."""
        from exercises.chart import read_chart_json  # noqa: PLC0415 - when it is needed
        from game.rescoring import regrade  # noqa: PLC0415 - as above
        from game.ui.screens.review import ReviewScreen  # noqa: PLC0415 - as above

        try:
            found = await self.game.records.load_graded(take_id)
            if found is None:
                return
            take, scorecard = found
            if scorecard is None:
                scorecard = await asyncio.to_thread(regrade, take)
            chart = read_chart_json(take.chart_json)
        except Exception as error:  # noqa: BLE001 - one bad take must not close the game
            self.game.complain(error, title="The take cannot be reviewed")
            return
        finally:
            self._is_opening = False
        self.app.push_screen(
            ReviewScreen(take=take, take_id=take_id, chart=chart, scorecard=scorecard)
        )

    def action_home(self) -> None:
        """Home."""
        self.game.go_home()
