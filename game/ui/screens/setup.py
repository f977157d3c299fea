"""Set-up: a drill in every detail, or by its share code."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, Static

from exercises.chairs import CHAIRS, choose_kind
from exercises.code import KEYS, METERS
from exercises.drill import DrillRequest
from exercises.focus import ELEMENTS, SMALLEST
from exercises.keyboards import KEYBOARDS
from exercises.levels import level
from game.ui.chooser import Chooser
from game.ui.key_line import KeyLine
from game.ui.screens.game_screen import HELP
from game.ui.screens.rows_screen import ROW_KEYS, RowsScreen
from game.ui.words import say_interval, say_key, say_size

if TYPE_CHECKING:
    from textual.app import ComposeResult

ANY = "as the genre and level like"
BARS = (4, 6, 8, 12, 16, 24, 32)
TEMPI = range(40, 241, 4)
KINDS = (
    ("grand staff, every note written", "grand"),
    ("lead sheet, the left hand is yours", "lead"),
    ("comping, chords over slashes", "comping"),
    ("number chart, the Nashville way", "number"),
    ("bass line", "bass"),
    ("pads, the genre's drums on MIDI pads", "pads"),
)
HANDS = (("both", "both"), ("right hand only", "right"), ("left hand only", "left"))
LOWEST, HIGHEST = 1, 10


def chairs() -> list[tuple[str, str | None]]:
    """The instruments, in words and as they are asked for."""
    return [("your own keyboard", None), *((chair.rule, chair.id) for chair in CHAIRS.values())]


def kinds_at(number: int, chair_id: str | None = None) -> list[tuple[str, str]]:
    """The kinds of chart that a level and a chair read, in words and as they are asked for."""
    known = level(number).kinds
    if chair_id is not None:
        own = [kind for kind in CHAIRS[chair_id].kinds if kind in known]
        known = tuple(own) or ("grand",)
    return [(words, kind) for words, kind in KINDS if kind in known]


def foci_at(number: int) -> list[tuple[str, str | None]]:
    """What a chart of a level can lean on, in words and as it is asked for."""
    row = level(number)
    found: list[tuple[str, str | None]] = [("nothing", None)]
    for name, element in ELEMENTS.items():
        if not element.detail and element.readable(row):
            found.append((element.summary, name))
    widest = [size for size, semitones in SMALLEST.items() if semitones <= row.max_interval]
    return [*found, *((say_interval(size), f"interval:{size}") for size in widest)]


class SetupScreen(RowsScreen):
    """Rows of choices; Enter plays from any of them."""

    AUTO_FOCUS = "#key"
    """Genre and level have been chosen."""

    HELP_TITLE = "Set up"
    HELP_KEYS = (
        ("↑ ↓, Tab", "go from row to row"),
        ("← →", "change a row"),
        ("PgUp PgDn", "change it faster"),
        ("Enter", "play; in the code row: play the chart of that code"),
        ("Esc", "home"),
    )

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "play", "Play", priority=True),
        *ROW_KEYS,
        Binding("escape", "home", "Home", key_display="Esc"),
        HELP,
    ]

    DEFAULT_CSS = """
    SetupScreen {
        #title { margin: 1 3; text-style: bold; color: $primary; }
        #code > .input--placeholder { color: $text-muted; }
        #rows {
            margin: 0 2; padding: 0 1; height: auto; border: round $foreground 25%;
            border-title-color: $text-muted;
        }
        #code-label { margin: 1 4 0 4; color: $text-muted; height: 1; }
        #code { margin: 0 3; width: 40; }
        #hint { margin: 1 4; color: $text-muted; }
    }
    """

    def __init__(self, style: str, level: int) -> None:
        """Begin with this genre and level."""
        super().__init__()
        self._style = style
        self._level = level

    def compose(self) -> ComposeResult:
        """A row for each choice."""
        styles = [(style.name, style.id) for style in self.game.genres.values()]
        anything = [(ANY, None)]
        yield Static("Set up a chart", id="title")
        with Vertical(id="rows"):
            yield Chooser("Genre", styles, value=self._style, id="style")
            levels = [(str(number), number) for number in range(LOWEST, HIGHEST + 1)]
            yield Chooser("Level", levels, value=self._level, id="level")
            yield Chooser("Kind", kinds_at(self._level), value="grand", id="kind")
            keys = [(say_key(key), key) for key in KEYS]
            yield Chooser("Key", [*anything, *keys], id="key")
            yield Chooser("Metre", [*anything, *((meter, meter) for meter in METERS)], id="meter")
            bars = [(str(count), count) for count in BARS]
            yield Chooser("Bars", [*anything, *bars], id="bars")
            tempi = [(f"♩ = {tempo}", float(tempo)) for tempo in TEMPI]
            yield Chooser("Tempo", [*anything, *tempi], id="quarter_bpm")
            yield Chooser("Hands", [*anything, *HANDS], id="hands")
            yield Chooser("Leans on", foci_at(self._level), value=None, id="focus")
            sizes = [(say_size(keys), keys) for keys in KEYBOARDS]
            yield Chooser("Keys", [("as in the options", None), *sizes], id="keyboard")
            yield Chooser("Chair", chairs(), value=None, id="chair")
        yield Static("or play the chart of a share code:", id="code-label")
        yield Input(placeholder="XXXXXX-XXXXXX-XXXXXX", id="code", compact=True)
        yield Static(id="hint", markup=False)
        yield KeyLine()

    def on_chooser_changed(self, event: Chooser.Changed) -> None:
        """Offer the kinds of chart that the chosen level and chair read."""
        if event.chooser.id in {"level", "chair"}:
            self._offer_kinds(event.chooser.id)
        if event.chooser.id == "level":
            focus = self.query_one("#focus", Chooser)
            focus.offer(foci_at(event.chooser.value), focus.value)

    def _offer_kinds(self, changed: str) -> None:
        number: int = self.query_one("#level", Chooser).value
        chair_id: str | None = self.query_one("#chair", Chooser).value
        kind = self.query_one("#kind", Chooser)
        usual = kind.value
        if changed == "chair" and chair_id is not None:
            usual = choose_kind(CHAIRS[chair_id], level(number).kinds)
        kind.offer(kinds_at(number, chair_id), usual)

    @property
    def drill(self) -> DrillRequest:
        """What the rows ask for."""
        chosen = {row.id: row.value for row in self.query(Chooser) if row.id}
        return DrillRequest(**chosen)

    def action_play(self) -> None:
        """Play the rows, or the code that has been typed."""
        code = self.query_one("#code", Input).value.strip()
        if self.focused is self.query_one("#code") and code:
            self.run_worker(self._play_code(code), exclusive=True, exit_on_error=False)
        else:
            self.game.play_drill(self.drill)

    async def _play_code(self, code: str) -> None:
        try:
            drill = await asyncio.to_thread(self.game.services.read_code, code)
        except Exception as error:  # noqa: BLE001 - a code is typed by hand; any fault is a line
            self.query_one("#hint", Static).update(Text(str(error), "bold"))
            return
        self.game.play_drill(drill.request)
