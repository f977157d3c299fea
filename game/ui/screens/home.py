"""Home: what to play next, in one key."""

from __future__ import annotations

import sys
from datetime import datetime
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from exercises.drill import DrillRequest
from game.events import PERFORMER, NoteEvent
from game.ui.key_line import KeyLine
from game.ui.level_row import HIGHEST, LOWEST, LevelRow
from game.ui.screens.game_screen import HELP, TALL_ROWS, GameScreen
from game.ui.status_line import StatusLine
from game.ui.wordmark import WORDMARK, PianoStrip

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual import events
    from textual.app import ComposeResult

    from exercises.levels import Level
    from game.events import EngineEvent

MOTTO = "A chart nobody has seen.\nGet it right on the first take."
STAGE = "game.ui.screens.stage"


class HomeScreen(GameScreen):
    """What is suggested, genre and level to choose instead, and the last takes."""

    HELP_TITLE = "Home"
    HELP_KEYS = (
        ("Enter", "play what is shown: a new chart each time"),
        ("↑ ↓", "choose a genre"),
        ("← →", "choose a level (or 1 to 9, and 0 for 10)"),
        ("s", "set up: key, metre, bars, tempo, or a share code"),
        ("p", "practice: timed drills, exam, gauntlet, daily call, assessment, plan"),
        ("t", "takes: every kept one, to be reviewed note by note"),
        ("c", "calls: jobs as a session player, from the call to the fee"),
        ("r", "progress: days, rating, genres, time, accuracy, bests"),
        ("w", "who plays: another player of this machine, or a new one"),
        ("o", "options: keyboard, sound, click, preview, theme"),
        ("q", "quit"),
    )

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "play", "Play", key_display="⏎", priority=True),
        Binding("up", "genre(-1)", "Choose", show=False, priority=True),
        Binding("down", "genre(1)", "Next genre", show=False, priority=True),
        Binding("left", "level(-1)", "Level", show=False, priority=True),
        Binding("right", "level(1)", "Level up", show=False, priority=True),
        Binding("p", "practice", "Practice"),
        Binding("c", "calls", "Calls"),
        Binding("r", "progress", "Progress"),
        Binding("t", "takes", "Takes"),
        Binding("s", "set_up", "Setup"),
        Binding("o", "options", "Options"),
        Binding("w", "players", "Who plays", show=False),
        Binding("q", "app.quit", "Quit", show=False),
        HELP,
        *(
            Binding(str(number % 10), f"set_level({number})", show=False)
            for number in range(LOWEST, HIGHEST + 1)
        ),
    ]

    DEFAULT_CSS = """
    HomeScreen {
        #head { height: 3; margin: 1 3 0 3; }
        &.-tall #head { margin: 2 3 1 3; }
        &.-tall PianoStrip { height: 5; }
        #wordmark { width: 30; text-style: bold; color: $primary; text-wrap: nowrap; }
        #motto { width: 1fr; height: 3; content-align: left middle; color: $text-muted; }
        #desk { height: 1fr; margin: 0 2; }
        #genres-column {
            width: 24; border: round $foreground 25%; border-title-color: $text-muted;
        }
        #genres {
            height: 1fr; border: none; background: $background; padding: 0 1;
            scrollbar-size-vertical: 0;
            & > .option-list--option-highlighted {
                background: $primary; color: $ink-on-primary; text-style: bold;
            }
        }
        #right { width: 1fr; margin-left: 1; }
        #card {
            height: auto; min-height: 7; padding: 0 1; border: round $primary;
            border-title-color: $primary; border-title-style: bold;
            border-subtitle-color: $text-muted;
        }
        #levels { margin: 0 2; }
        #takes {
            height: 1fr; padding: 0 1; border: round $foreground 25%;
            border-title-color: $text-muted; color: $text;
            text-wrap: nowrap; text-overflow: ellipsis;
        }
    }
    """

    def __init__(self) -> None:
        """Begin with the simplest; the history will say better."""
        super().__init__()
        self._style = ""
        self._level = LOWEST
        self._suggested: tuple[str, int] | None = None
        self._sentence = ""
        self._focus: str | None = None
        self._has_chosen = False
        self._waiting: Callable[[], None] | None = None
        """What was pressed before the styles were read."""
        self._shown_width = 0
        self._levels: dict[int, Level] = {}
        # Held, not looked up: the screen may be taken down, part by part, at any moment.
        self._genre_column = Vertical(id="genres-column")
        self._genre_list = OptionList(id="genres")
        self._genre_list.can_focus = False
        self._card = Static(id="card", markup=False)
        self._level_row = LevelRow(id="levels")
        self._last_takes = Static(id="takes", markup=False)
        self._status_line = StatusLine()
        self._piano = PianoStrip()
        self._motto = Static(MOTTO, id="motto", markup=False)

    def compose(self) -> ComposeResult:
        """Genres on the left; card, levels and takes on the right: what is known, at once."""
        self._show()
        self._status_line.show(self.game.status)
        with Horizontal(id="head"):
            yield Static(WORDMARK, id="wordmark", markup=False)
            yield self._motto
        with Horizontal(id="desk"):
            self._genre_column.border_title = "Genre"
            yield self._genre_column
            with Vertical(id="right"):
                yield self._card
                yield self._level_row
                self._last_takes.border_title = "Last takes"
                yield self._last_takes
        yield self._piano
        yield self._status_line
        yield KeyLine()

    # -- what comes in

    def hear(self, event: EngineEvent) -> None:
        """Keys that are played light up on the piano."""
        if isinstance(event, NoteEvent) and event.kind in {"on", "off"}:
            self._piano.press(event.pitch, is_down=event.kind == "on" and event.velocity > 0)

    def on_history_changed(self) -> None:
        """Styles or takes have been read: fill the list, and suggest."""
        from exercises.levels import load_levels  # noqa: PLC0415 - read after the first frame

        self._levels = load_levels()
        if STAGE not in sys.modules:
            # Enter leads to the stage, which takes longer to load than to paint.
            self.run_worker(partial(import_module, STAGE), thread=True, exit_on_error=False)
        genres = self._genre_list
        if not genres.is_attached:
            # Nothing is in it for the first frame, which need not wait for it.
            self._genre_column.mount(genres)
        if genres.option_count != len(self.game.genres):
            genres.clear_options()
            genres.add_options(Option(s.name, id=s.id) for s in self.game.genres.values())
        self._suggest()
        self._show()
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            waiting()

    def on_status_changed(self) -> None:
        """A keyboard came or went."""
        self._status_line.show(self.game.status)

    def on_screen_resume(self) -> None:
        """Back from a take: suggest anew."""
        self._has_chosen = False
        if self.game.is_ready:
            self.on_history_changed()
        self.on_status_changed()

    def on_resize(self, event: events.Resize) -> None:
        """Draw to the new width."""
        super().on_resize(event)
        self.set_class(event.size.height >= TALL_ROWS, "-tall")
        if event.size.width != self._shown_width:
            self._show()
            self.on_status_changed()

    def _suggest(self) -> None:
        from game.coach.suggestion import suggest  # noqa: PLC0415 - after the first frame

        if not self.game.genres:
            return
        own = [take for take in self.game.takes if take.source != PERFORMER]
        standing, now = self.game.records.standing, datetime.now().astimezone()
        suggestion = suggest(own, self.game.genres, standing, now)
        self._focus = suggestion.focus
        self._suggested = (suggestion.style, suggestion.level)
        self._sentence = suggestion.sentence
        if not self._has_chosen or self._style not in self.game.genres:
            self._style, self._level = self._suggested
        self._prepare()

    # -- what is chosen

    @property
    def drill(self) -> DrillRequest:
        """What Enter plays."""
        is_suggested = (self._style, self._level) == self._suggested
        chair = self.game.opening.chair
        focus = self._focus if is_suggested and chair is None else None
        return DrillRequest(style=self._style, level=self._level, focus=focus, chair=chair)

    def action_play(self) -> None:
        """Play what is shown."""
        if self._style:
            self.game.play_drill(self.drill)
        else:
            self._waiting = self.action_play

    def action_genre(self, by: int) -> None:
        """The next genre, round and round."""
        styles = list(self.game.genres)
        if styles:
            self._choose(styles[(styles.index(self._style) + by) % len(styles)], self._level)

    def action_level(self, by: int) -> None:
        """A level up or down."""
        self.action_set_level(self._level + by)

    def action_set_level(self, level: int) -> None:
        """This level."""
        self._choose(self._style, max(LOWEST, min(level, HIGHEST)))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """A genre was clicked."""
        self._choose(event.option_id or self._style, self._level)

    def on_level_row_picked(self, event: LevelRow.Picked) -> None:
        """A level was clicked."""
        self._choose(self._style, event.level)

    def _choose(self, style: str, level: int) -> None:
        self._style, self._level, self._has_chosen = style, level, True
        self._show()
        # Leafing through the list shall not make the composer work for every line of it.
        self.set_timer(0.4, self._prepare)

    def redraw(self) -> None:
        """What is composed ahead is drawn in the other way too."""
        self._prepare()

    def _prepare(self) -> None:
        if self._style and self.app.screen is self:
            self.game.orders.prepare(self.drill, self.page_request)

    def action_set_up(self) -> None:
        """Choose more than genre and level."""
        from game.ui.screens.setup import SetupScreen  # noqa: PLC0415 - seldom wanted

        if self._style:
            self.game.show(SetupScreen(self._style, self._level))
        else:
            self._waiting = self.action_set_up

    def action_practice(self) -> None:
        """Drills, exam, gauntlet, daily call, assessment."""
        from game.ui.screens.practice import PracticeScreen  # noqa: PLC0415 - not before the first frame

        if self._style:
            self.game.show(PracticeScreen(self._style, self._level))
        else:
            self._waiting = self.action_practice

    def action_calls(self) -> None:
        """The call board, which waits for what is still being read."""
        from game.ui.screens.call_board import CallBoard  # noqa: PLC0415 - seldom wanted

        self.game.show(CallBoard())

    def action_progress(self) -> None:
        """What has been practised, and where it has led."""
        from game.ui.screens.progress import ProgressScreen  # noqa: PLC0415 - not before the first frame

        self.game.show(ProgressScreen())

    def action_takes(self) -> None:
        """The kept takes."""
        from game.ui.screens.takes import TakesScreen  # noqa: PLC0415 - seldom wanted

        self.game.show(TakesScreen())

    def action_players(self) -> None:
        """Another player, or a new one."""
        from game.ui.player_change import choose_player  # noqa: PLC0415 - seldom wanted

        self.run_worker(choose_player(self.game), exclusive=True, exit_on_error=False)

    def action_options(self) -> None:
        """Keyboard, sound and looks."""
        from game.ui.screens.options import OptionsScreen  # noqa: PLC0415 - seldom wanted

        self.game.show(OptionsScreen())

    # -- what is shown

    def _show(self) -> None:
        self._shown_width = self.app.size.width
        card = self._card
        style = self.game.genres.get(self._style)
        is_suggested = (self._style, self._level) == self._suggested
        card.border_title = "Suggested" if is_suggested or style is None else "Your choice"
        card.border_subtitle = "Enter plays it" if style else ""
        self._level_row.show(self._level)
        if style is None:
            card.update(Text("Getting the stand ready …", "dim"))
        else:
            words = Text()
            words.append(f"{style.name}, level {self._level}\n", "bold")
            words.append(f"{style.summary}\n")
            if level := self._levels.get(self._level):
                words.append(f"{level.summary}\n", "dim")
            words.append(self._sentence if is_suggested else "A new chart, made for you.", "italic")
            card.update(words)
            self._genre_list.highlighted = list(self.game.genres).index(self._style)
        self._last_takes.update(self._list_takes())
        self._motto.update(self._say_streak())

    def _say_streak(self) -> str:
        """Who plays, and the streak in a line; the motto for who has not played yet."""
        records = self.game.records
        who = f"{records.player}: " if records.player else ""
        if records.standing is None or not records.standing.days:
            return who + MOTTO
        from game.coach.days import read_streak, say_streak  # noqa: PLC0415 - after the first frame

        today = datetime.now().astimezone().date()
        return who + say_streak(read_streak(records.standing.days, today))

    def _list_takes(self) -> Text:
        if not self.game.takes:
            quiet = "None yet: the first one is yours." if self.game.is_ready else ""
            return Text(quiet, "dim")
        from game.ui.take_lines import list_takes  # noqa: PLC0415 - after the first frame

        return list_takes(self.game.takes, self.game.style_name, datetime.now().astimezone())
