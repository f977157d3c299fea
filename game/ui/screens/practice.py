"""Practice: every way to practise, one key each."""

from __future__ import annotations

import secrets
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, ClassVar, NamedTuple

import msgspec
from rich.text import Text
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import Static
from textual.widgets.option_list import Option

from exercises.levels import HIGHEST, LOWEST
from game.coach.assessment import Assessment
from game.coach.gauntlet import Gauntlet
from game.coach.plan import plan_week
from game.coach.runs import Drill, Endurance
from game.coach.series import call_daily, sit_exam, warm_up
from game.coach.standing import Standing
from game.coach.studies import Study
from game.sessions import overdubs
from game.sessions.live.gig import SIZES, Gig
from game.ui.key_line import KeyLine
from game.ui.live_course import begin_set
from game.ui.plots import plot_lines
from game.ui.run_course import begin_run
from game.ui.screens.board import Board
from game.ui.screens.game_screen import HELP, TALL_ROWS
from game.ui.screens.run_result import say_day_now
from game.ui.words import say_score

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from textual.app import ComposeResult
    from textual.widgets import OptionList

    from game.coach.runs import Run
    from game.coach.standing import Run as KeptRun

SEED_BITS = 32
HANDS = ((None, "both hands"), ("right", "right hand alone"), ("left", "left hand alone"))
FEW, MANY = 6, 12
"""Runs that are listed where there is little room, and much."""
FEWEST_PLOTTED, PLOTTED = 3, 50
PLOT_ROWS, WORDS_FROM = 12, 44
FULL, MOST_LEVELS = 100.0, 12.0
"""Scores that stay below the second are levels, or charts that were held."""
NAME_COLUMNS = 20
AGAIN = "daily again"


class Mode(NamedTuple):
    """A way to practise."""

    key: str
    name: str
    words: str
    kept: str
    """The mode its runs are kept under."""
    make: Callable[[PracticeScreen, int], Run] | None
    """None where it is no run: a song at the mixing desk."""
    of: str = ""
    """How the names of its runs begin, where several ways are kept under one mode."""


MODES = (
    Mode("1", "1-minute drill", "Charts back to back, each seen once, eight seconds to look. The "
         "chart that is on when the time is up is played to its end.", "drill",
         lambda screen, seed: screen.make_drill(1, seed), "1 min,"),
    Mode("3", "3-minute drill", "Three minutes of charts, one after another.", "drill",
         lambda screen, seed: screen.make_drill(3, seed), "3 min,"),
    Mode("5", "5-minute drill", "Five minutes of charts, one after another.", "drill",
         lambda screen, seed: screen.make_drill(5, seed), "5 min,"),
    Mode("0", "10-minute drill", "Ten minutes of charts, one after another.", "drill",
         lambda screen, seed: screen.make_drill(10, seed), "10 min,"),
    Mode("e", "Exam", "Half a minute to look, one pass, and an examiner's rubric: pass from 67, "
         "merit from 80, distinction from 87.", "exam",
         lambda screen, seed: sit_exam(screen.genre, screen.chosen_level, seed)),
    Mode("n", "Endurance", "Five seconds to look, chart after chart, until two have fallen below "
         "60. How long can you hold it?", "endurance",
         lambda screen, seed: Endurance(screen.chosen_level, seed, screen.chosen_genres)),
    Mode("r", "Rhythm only", "Four charts of rhythm: any key counts, left of middle C for the left "
         "hand. Graded on time and lengths alone.", "rhythm",
         lambda screen, seed: screen.make_study("rhythm", seed)),
    Mode("k", "Transposing", "Four charts, two levels easier, each to be played in another key "
         "than it is written in: a tone or a third away, farther from level 7.", "transpose",
         lambda screen, seed: screen.make_study("transpose", seed)),
    Mode("a", "Looking ahead", "Six charts whose notes vanish at the playhead; each one that you "
         "hold at 75 makes them vanish a quarter of a second earlier.", "ahead",
         lambda screen, seed: screen.make_study("ahead", seed)),
    Mode("o", "Hands apart", "One chart three times: the right hand, the left hand, both.", "hands",
         lambda screen, seed: screen.make_study("hands", seed)),
    Mode("i", "Wait for me", "No click: the playhead waits for the right keys, and after two wrong "
         "ones tells you which. Graded on the keys found at the first try. For first steps, and "
         "for a level above yours.", "wait",
         lambda screen, seed: screen.make_study("wait", seed)),
    Mode("w", "Warm-up", "Three short charts, from three levels below yours to one.", "warm-up",
         lambda screen, seed: warm_up(screen.chosen_genres, screen.chosen_level, seed)),
    Mode("d", "Daily call", "The same chart for everyone today; Monday's is the easiest, Sunday's "
         "the hardest. The first take counts, also when you leave it half-way, and has a card to "
         "share. Later takes are practice.", "daily",
         lambda _, __: call_daily(today())),
    Mode("g", "Gauntlet, 3 genres", "Three genres you do not choose, each with its own tempo, "
         "feel, key and kind of chart, ten seconds apart. Notes, time and feel count, and the "
         "geometric mean: one weak genre shows.", "gauntlet",
         lambda screen, seed: Gauntlet(3, screen.chosen_level, seed), "3 genres"),
    Mode("v", "Gauntlet, 7 genres", "Seven genres in a row.", "gauntlet",
         lambda screen, seed: Gauntlet(7, screen.chosen_level, seed), "7 genres"),
    Mode("l", "Gauntlet, all genres", "All seventeen genres in a row: half an hour.", "gauntlet",
         lambda screen, seed: Gauntlet(17, screen.chosen_level, seed), "all genres"),
    Mode("t", "Assessment", "A quarter of an hour that finds your level: each chart is chosen by "
         "how the ones before went. It knows nothing of your past, so that ratings of different "
         "months can be compared.", "assessment",
         lambda _, seed: Assessment(seed=seed)),
    Mode("s", "Live set", "Three to five songs, one pass each, no second try. The band rushes, the "
         "singer skips a verse, they vamp until the cue, go up a half-step, hold the end: read the "
         "page and follow the stage. The room hears flow, feel, dynamics, and how you recover.",
         "live", lambda screen, seed: screen.make_set(seed)),
    Mode("u", "Overdubs", "A song part by part over your own takes: piano, organ, bass, each chart "
         "made for its instrument and graded as that is played. Leave at any time; it goes on "
         "where you were.", overdubs.MODE, None),
    Mode("m", "Ten minutes", "Today's part of the week's plan.", "plan",
         lambda screen, _: screen.plan_today()),
)  # fmt: skip


def today() -> date:
    """Today's date on the player's own clock."""
    return datetime.now().astimezone().date()


class PracticeScreen(Board):
    """Ways to practise with their latest results; level, genre and hands for those that ask."""

    HELP_TITLE = "Practice"
    HELP_KEYS = (
        ("1 3 5 0, letters", "the key before a way plays it at once"),
        ("↑ ↓, Enter", "choose and play"),
        ("← →", "level"),
        ("x", "this genre, or all in turn"),
        ("b", "both hands, or one alone (timed drills, rhythm)"),
        ("h, Esc", "home"),
    )

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "play", "Play", priority=True),
        Binding("up", "step(-1)", "Mode", key_display="↑↓", priority=True),
        Binding("down", "step(1)", "Next", show=False, priority=True),
        Binding("left", "level(-1)", "Level", key_display="←→", priority=True),
        Binding("right", "level(1)", "Level up", show=False, priority=True),
        Binding("x", "genre", "Genre"),
        Binding("b", "hands", "Hands"),
        *(Binding(mode.key, f"start('{mode.key}')", mode.name, show=False) for mode in MODES),
        Binding("h,escape", "home", "Home", key_display="Esc"),
        HELP,
    ]

    DEFAULT_CSS = """
    PracticeScreen {
        #head { margin: 0 3; height: 1; }
        #title { width: 28; text-style: bold; color: $primary; }
        #choice { width: 1fr; color: $text-muted; }
        #choices { width: 30; }
    }
    """

    def __init__(self, style: str, level: int) -> None:
        """Begin with this genre and level."""
        super().__init__(*(Option(f"{mode.key}  {mode.name}", id=mode.key) for mode in MODES))
        self.genre: str = style
        self.chosen_level: int = max(LOWEST, min(level, HIGHEST))
        self._all_genres = False
        self._hands = 0
        self._past: dict[str, list[KeptRun]] = {}
        self._choice = Static(id="choice", markup=False)

    def compose(self) -> ComposeResult:
        """Modes on the left, what they are on the right."""
        with Horizontal(id="head"):
            yield Static("Practice", id="title")
            yield self._choice
        yield from self.compose_desk()
        yield KeyLine()

    def on_mount(self) -> None:
        """Show the first mode, and read what was practised before."""
        self._show()
        self.run_worker(self._read_past(), exit_on_error=False)

    async def _read_past(self) -> None:
        try:
            for kept in dict.fromkeys(mode.kept for mode in MODES):
                self._past[kept] = await self.game.records.list_runs(kept)
        except Exception as error:  # noqa: BLE001 - whatever it is, practice goes on
            self.game.complain(error)
        self._show()

    # -- what is asked for

    @property
    def chosen_genres(self) -> tuple[str, ...]:
        """The genres of a drill."""
        return tuple(self.game.genres) if self._all_genres else (self.genre,)

    def make_drill(self, minutes: int, seed: int) -> Drill:
        """A timed drill as the choices stand."""
        hands = HANDS[self._hands][0]
        return Drill(minutes, self.chosen_level, seed, self.chosen_genres, hands=hands)

    def make_study(self, task: str, seed: int) -> Study:
        """A study as the choices stand."""
        hands = HANDS[self._hands][0]
        return Study(task, self.chosen_level, seed, self.chosen_genres, hands=hands)

    def make_set(self, seed: int) -> Gig:
        """A live set as the choices stand."""
        return Gig(SIZES[seed % len(SIZES)], self.chosen_level, seed, self.chosen_genres)

    def plan_today(self) -> Run:
        """Today's ten minutes."""
        standing = self.game.records.standing or Standing()
        zone = datetime.now().astimezone().tzinfo
        return plan_week(self.game.takes, self.game.genres, standing, today(), zone)[0].series

    # -- keys

    def action_start(self, key: str) -> None:
        """Play a mode by its key."""
        self._index = next(index for index, mode in enumerate(MODES) if mode.key == key)
        self._show()
        self.action_play()

    def action_play(self) -> None:
        """Play the mode that is shown."""
        mode = MODES[self._index]
        if self.game.genres:
            # A function, not what it gives: pressed again at once, the first is never begun.
            begin = partial(self._begin, mode)
            self.run_worker(begin, exclusive=True, exit_on_error=False)  # type: ignore[arg-type]

    async def _begin(self, mode: Mode) -> None:
        if mode.make is None:
            await self._open_overdubs()
            return
        run = mode.make(self, secrets.randbits(SEED_BITS))
        if mode.kept == "daily" and await self._has_called(run.report().name):
            # The first take has counted; what follows is practice.
            run = msgspec.structs.replace(run, mode=AGAIN)  # type: ignore[type-var]
        self.game.change_settings(style=self.genre, level=self.chosen_level)
        await (begin_set(self.game, run) if isinstance(run, Gig) else begin_run(self.game, run))

    async def _open_overdubs(self) -> None:
        from game.ui.overdub_course import find_desk, new_desk  # noqa: PLC0415 - seldom wanted
        from game.ui.screens.overdubs import OverdubsScreen  # noqa: PLC0415 - with it

        try:
            desk = await find_desk(self.game, self.genre, self.chosen_level)
        except Exception as error:  # noqa: BLE001 - whatever it is, there is a new song
            self.game.complain(error)
            desk = new_desk(self.genre, self.chosen_level)
        self.game.show(OverdubsScreen(desk))

    async def _has_called(self, name: str) -> bool:
        """Whether the call of a date has been played, or left half-way."""
        try:
            return bool(await self.game.records.list_runs("daily", name))
        except Exception as error:  # noqa: BLE001 - whatever it is, practice goes on
            self.game.complain(error)
            return False

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """A mode was clicked."""
        self.action_start(str(event.option_id))

    def action_level(self, by: int) -> None:
        """A level up or down."""
        self.chosen_level = max(LOWEST, min(self.chosen_level + by, HIGHEST))
        self._show()

    def action_genre(self) -> None:
        """This genre or all."""
        self._all_genres = not self._all_genres
        self._show()

    def action_hands(self) -> None:
        """Both hands or one."""
        self._hands = (self._hands + 1) % len(HANDS)
        self._show()

    @property
    def _count(self) -> int:
        return len(MODES)

    # -- what is shown

    def _show(self) -> None:
        mode = MODES[self._index]
        genre = "all genres" if self._all_genres else self.game.style_name(self.genre)
        hands = HANDS[self._hands][1]
        self._choice.update(f"Level {self.chosen_level}  ·  {genre}  ·  {hands}")
        self._list.highlighted = self._index
        for each in MODES:
            latest = next((say_result(run) for run in self._runs_of(each)), "")
            prompt = f"{each.key}  {each.name:<{NAME_COLUMNS}}{latest:>3}"
            self._list.replace_option_prompt(each.key, prompt)
        self._words.border_title = mode.name
        words = Text(f"{mode.words}\n\n")
        if mode.kept == "plan" and self.game.genres:
            words.append_text(self._say_plan())
        else:
            words.append_text(self._say_past(mode))
        self._words.update(words)

    def _say_plan(self) -> Text:
        standing = self.game.records.standing or Standing()
        zone = datetime.now().astimezone().tzinfo
        words = Text()
        now = today()
        for day in plan_week(self.game.takes, self.game.genres, standing, now, zone):
            is_now = day.day == now
            words.append("today  " if is_now else f"{day.day:%a}    ", "bold" if is_now else "dim")
            words.append(f"{day.words}\n", "bold" if is_now else "")
        return words

    def _runs_of(self, mode: Mode) -> list[KeptRun]:
        """What was played of a mode, newest first."""
        kept = self._past.get(mode.kept, [])
        return [run for run in kept if run.name.startswith(mode.of) and run.score is not None]

    def _say_past(self, mode: Mode) -> Text:
        runs = self._runs_of(mode)
        if not runs:
            return Text("Not played yet.", "dim")
        is_tall = self.app.size.height >= TALL_ROWS
        words = Text()
        words.append("Lately\n", "dim")
        for run in runs[: MANY if is_tall else FEW]:
            words.append(f"{say_day_now(run.started_at):<15}", "dim")
            words.append(f"{say_result(run):>4}", "bold")
            words.append(f"  {run.name.removeprefix(mode.of).strip(', ')}\n", "dim")
        alike = [run for run in runs if run.name == runs[0].name][:PLOTTED]
        if is_tall and len(alike) >= FEWEST_PLOTTED:
            words.append(f"\n{runs[0].name}, one after another\n", "dim")
            words.append_text(self._plot(alike[::-1]))
        return words

    def _plot(self, runs: list[KeptRun]) -> Text:
        """Scores of runs of one name, the oldest first."""
        scores = [run.score or 0.0 for run in runs]
        top = FULL if max(scores) > MOST_LEVELS else MOST_LEVELS
        return plot_lines(
            [([(float(n), score) for n, score in enumerate(scores)], 1)],
            columns=max(30, min(90, self.app.size.width - WORDS_FROM)),
            rows=PLOT_ROWS,
            low=0.0,
            high=top,
            span=(0.0, float(len(scores) - 1)),
            marks=(0.0, top / 2, top),
        )


def say_result(run: KeptRun) -> str:
    """A run's score: levels with a fraction, all others without."""
    if run.score is not None and run.mode == "assessment":
        return f"{run.score:.1f}"
    return say_score(run.score)
