"""The click: what of the beats is clicked, how it sounds, and when it leaves the player alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import msgspec
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from game.click_style import LARGEST_SHIFT_MS, ClickStyle
from game.events import Click, ClickPlan, Start, Stop
from game.ui.chooser import Chooser
from game.ui.key_line import KeyLine
from game.ui.screens.game_screen import HELP
from game.ui.screens.rows_screen import ROW_KEYS, RowsScreen

if TYPE_CHECKING:
    from textual.app import ComposeResult

BEATS = (
    ("every beat", "every"),
    ("2 and 4", "backbeat"),
    ("half-time (1 and 3)", "half"),
    ("downbeats only", "downbeats"),
)
DIVISIONS = (
    ("none", ""),
    ("eighths", "8ths"),
    ("triplets", "triplets"),
    ("sixteenths", "16ths"),
    ("dotted eighths", "dotted"),
)
ACCENTS = (("on downbeats", True), ("none", False))
SOUNDS = (("beep", "beep"), ("stick", "stick"), ("cowbell", "cowbell"), ("hi-hat", "hat"))
COUNT_INS = (("one bar, two when fast", 0), ("one bar", 1), ("two bars", 2))
BARS_ON = tuple((f"{bars} bar{'s' if bars > 1 else ''}", bars) for bars in (1, 2, 3, 4, 6, 8))
BARS_OFF = (
    ("never", 0),
    *((f"{bars} bar{'s' if bars > 1 else ''}", bars) for bars in (1, 2, 3, 4, 6, 8)),
)
RAMPS = tuple(
    (f"{percent:+d} % by the last bar" if percent else "steady", float(percent))
    for percent in (-30, -20, -10, -5, 0, 5, 10, 15, 20, 30)
)
OCTAVE = 12
SHIFT_STEP_MS = 5
QUARTER_BPM = 120.0
METER, BAR_BEATS = "4/4", 4
BARS = 4


def say_shift(shift_ms: float) -> str:
    """Where the click lies against the beat."""
    if not shift_ms:
        return "on the beat"
    return f"{abs(shift_ms):g} ms {'behind' if shift_ms > 0 else 'ahead'}"


class ClickScreen(RowsScreen):
    """Each change holds from the next take on, and is kept."""

    HELP_TITLE = "Click"
    HELP_KEYS = (
        ("↑ ↓, Tab", "go from row to row"),
        ("← →", "change a row"),
        ("t", "hear four bars of it"),
        ("o", "back to the options"),
        ("h, Esc", "home"),
    )

    BINDINGS: ClassVar[list[BindingType]] = [
        *ROW_KEYS,
        Binding("t", "test", "Hear it"),
        Binding("o", "options", "Options"),
        Binding("escape,h", "home", "Home", key_display="Esc"),
        HELP,
    ]

    DEFAULT_CSS = """
    ClickScreen {
        #title { margin: 1 3 0 3; text-style: bold; color: $primary; }
        #rows { margin: 0 2; padding: 0 1; height: auto; border: round $foreground 25%; }
        #words { height: 1fr; margin: 0 4; color: $text-muted; }
    }
    """

    def __init__(self) -> None:
        """Hold the parts that change: the screen may be taken down at any moment."""
        super().__init__()
        self._words = Static("", id="words", markup=False)
        self._first: Chooser | None = None

    def compose(self) -> ComposeResult:
        """A row for each choice."""
        yield Static("Click", id="title")
        with Vertical(id="rows"):
            yield from self._rows(self.game.settings.click)
        yield self._words
        yield KeyLine()

    def _rows(self, click: ClickStyle) -> ComposeResult:
        pitches = [
            ("its own" if not step else f"{step:+d} semitones", step)
            for step in range(-OCTAVE, OCTAVE + 1)
        ]
        last = round(LARGEST_SHIFT_MS) // SHIFT_STEP_MS
        shifts = [
            (say_shift(step * SHIFT_STEP_MS), float(step * SHIFT_STEP_MS))
            for step in range(-last, last + 1)
        ]
        self._first = Chooser("Beats", BEATS, value=click.beats, id="beats")
        yield self._first
        yield Chooser("Between", DIVISIONS, value=click.division, id="division")
        yield Chooser("Accents", ACCENTS, value=click.accents, id="accents")
        yield Chooser("Sound", SOUNDS, value=click.sound, id="sound")
        yield Chooser("Pitch", pitches, value=click.semitones, id="semitones")
        yield Chooser("Count-in", COUNT_INS, value=click.count_in_bars, id="count_in_bars")
        yield Chooser("Drops out", BARS_OFF, value=click.bars_off, id="bars_off")
        yield Chooser("After", BARS_ON, value=click.bars_on, id="bars_on")
        yield Chooser("Tempo", RAMPS, value=click.ramp_percent, id="ramp_percent")
        yield Chooser("Moved", shifts, value=click.shift_ms, id="shift_ms")

    def on_mount(self) -> None:
        """Begin at the top."""
        if self._first is not None:
            self._first.focus()
        self._say()

    def on_chooser_changed(self, event: Chooser.Changed) -> None:
        """Keep."""
        if event.chooser.id:
            changed: dict[str, Any] = {event.chooser.id: event.chooser.value}
            click = msgspec.structs.replace(self.game.settings.click, **changed)
            self.game.change_settings(click=click)
            self._say()

    def _say(self) -> None:
        """What the choices lead to, where that is not plain."""
        click = self.game.settings.click
        lines = ["t plays four bars. The count-in always has every beat, in its place."]
        if click.bars_off:
            lines.append(
                f"{click.bars_on} bars with the click, {click.bars_off} without: the light goes "
                "out too, and the scorecard tells what your tempo did."
            )
        if click.ramp_percent:
            way = "faster" if click.ramp_percent > 0 else "slower"
            lines.append(
                f"The click leads you {way}, evenly, over the whole chart; band and grade follow. "
                "Runs, jobs and charts with changes of their own keep their tempo."
            )
        if click.shift_ms:
            lines.append(
                f"The click comes {say_shift(click.shift_ms)} of where notes are graded: "
                "hold your own time against it."
            )
        self._words.update("\n".join(lines))

    def action_test(self) -> None:
        """Four bars of four, without a chart."""
        engine = self.game.services.engine
        engine.send(Stop())
        engine.send(try_out(self.game.settings.click))
        engine.send(Start())

    def action_home(self) -> None:
        """Home, and no click any more."""
        self.game.services.engine.send(Stop())
        super().action_home()


def try_out(click: ClickStyle) -> ClickPlan:
    """Four bars of four at 120, as the click would be played."""
    from fractions import Fraction  # noqa: PLC0415 - only when it is wanted

    from exercises.chart import Bar, Chart  # noqa: PLC0415 - as above
    from exercises.drill import Drill  # noqa: PLC0415 - as above
    from exercises.tempi import tempo_map  # noqa: PLC0415 - as above
    from game.sessions.clicks import bar_clicks, ramp_tempo, silent_bars  # noqa: PLC0415 - as above

    bars = tuple(
        Bar(number + 1, Fraction(number * BAR_BEATS), Fraction(BAR_BEATS), METER)
        for number in range(BARS)
    )
    drill = Drill("", 1, "grand", "C", METER, BARS, QUARTER_BPM, "both", 0, "")
    chart = ramp_tempo(Chart(drill=drill, bars=bars, notes=()), click.ramp_percent)
    timeline, silent = tempo_map(chart), silent_bars(chart, click)
    clicks = [
        Click(timeline.seconds_at(each.onset_ql), each.accent, each.is_division)
        for index, bar in enumerate(bars)
        if index not in silent
        for each in bar_clicks(bar, click)
    ]
    return ClickPlan(
        start_s=-0.1,
        end_s=timeline.seconds_at(chart.end_ql),
        clicks=tuple(clicks),
        sound=click.sound,
        semitones=click.semitones,
    )
