"""Options: keyboard, sound, preview and looks."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from exercises.keyboards import KEYBOARDS
from game.events import Click, ClickPlan, LookForOutputs, Start, Stop
from game.ui.chooser import Chooser
from game.ui.key_line import KeyLine
from game.ui.screens.game_screen import HELP
from game.ui.screens.rows_screen import ROW_KEYS, RowsScreen
from game.ui.status_line import StatusLine
from game.ui.words import say_size

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from game.events import EngineEvent

BACKENDS = (
    ("whatever works", "auto"),
    ("none (visible click)", "none"),
    ("PulseAudio", "pulseaudio"),
    ("ALSA", "alsa"),
    ("JACK", "jack"),
    ("Core Audio", "coreaudio"),
    ("WASAPI", "wasapi"),
)
NOTE_NAMES = ("C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B")
PREVIEWS = (0, 5, 10, 20, 30, 45, 60, 90)
TEST_BEAT_S = 0.5
TEST_BEATS = 4
DRAWINGS = (
    ("as well as the terminal can", "auto"),
    ("pixels", "pixels"),
    ("solid blocks (Unicode 16)", "octants"),
    ("braille", "braille"),
)
PRINTS = (("small (in pixels)", 3), ("normal", 4), ("medium", 5), ("large", 6), ("largest", 8))


class OptionsScreen(RowsScreen):
    """Each change holds at once and is kept."""

    AUTO_FOCUS = "#midi_in"

    HELP_TITLE = "Options"
    HELP_KEYS = (
        ("↑ ↓, Tab", "go from row to row"),
        ("← →", "change a row; it holds at once"),
        ("t", "test the sound: four clicks"),
        ("k", "the click: beats, sound, count-in, bars without it"),
        ("c", "calibrate: measure the latency by tapping to the click"),
        ("m", "the mix: click, band, guide"),
        ("h, Esc", "home"),
    )

    BINDINGS: ClassVar[list[BindingType]] = [
        *ROW_KEYS,
        Binding("t", "test", "Test sound"),
        Binding("k", "click", "Click"),
        Binding("c", "calibrate", "Calibrate"),
        Binding("m", "mix", "Mix"),
        Binding("escape,h", "home", "Home", key_display="Esc"),
        HELP,
    ]

    DEFAULT_CSS = """
    OptionsScreen {
        #title { margin: 1 3; text-style: bold; color: $primary; }
        #rows {
            margin: 0 2; padding: 1 1; height: auto; border: round $foreground 25%;
        }
        #latency { height: 1; margin: 0 4; color: $text-muted; }
        #heard { height: 1fr; margin: 1 4; color: $text-muted; }
    }
    """

    def __init__(self) -> None:
        """Hold the parts that change: the screen may be taken down at any moment."""
        super().__init__()
        words = "Play a key to see whether it is heard.  t tests the sound; k: click, m: mix."
        self._heard = Static(words, id="heard")
        self._latency = Static(id="latency", markup=False)
        self._status_line = StatusLine()

    def compose(self) -> ComposeResult:
        """A row for each setting."""
        settings = self.game.settings
        yield Static("Options", id="title")
        with Vertical(id="rows"):
            yield Chooser("Keyboard", self._ports(), value=settings.midi_in, id="midi_in")
            yield Chooser(
                "Sound", self._backends(), value=settings.audio_backend, id="audio_backend"
            )
            yield Chooser("Output", self._outputs(), value=settings.audio_device, id="audio_device")
            volumes = [(f"{step * 10} %", step / 10) for step in range(11)]
            volume = round(settings.click_volume, 1)
            yield Chooser("Click", volumes, value=volume, id="click_volume")
            previews = sorted({*PREVIEWS, settings.preview_s})
            seconds = [(f"{second} s" if second else "none", second) for second in previews]
            yield Chooser("Preview", seconds, value=settings.preview_s, id="preview_s")
            sizes = [(say_size(keys), keys) for keys in KEYBOARDS]
            yield Chooser("Keys", sizes, value=settings.keyboard, id="keyboard")
            themes = [(name, name) for name in sorted(self.app.available_themes)]
            yield Chooser("Theme", themes, value=settings.theme, id="theme")
            motion = (("full", False), ("reduced", True))
            yield Chooser("Motion", motion, value=settings.reduced_motion, id="reduced_motion")
            yield Chooser("Print", PRINTS, value=settings.dots_per_space, id="dots_per_space")
            yield Chooser("Drawing", DRAWINGS, value=settings.drawing, id="drawing")
        yield self._latency
        yield self._heard
        yield self._status_line
        yield KeyLine()

    def on_mount(self) -> None:
        """Show what is connected."""
        self.game.services.engine.send(LookForOutputs())
        self._show_status()

    def _ports(self) -> list[tuple[str, str | None]]:
        """The ports that are there now, and the chosen one even where it is not."""
        names = list(self.game.status.ports)
        chosen = self.game.settings.midi_in
        ports: list[tuple[str, str | None]] = [("the first there is", None)]
        ports += [(name, name) for name in names]
        if chosen is not None and chosen not in names:
            ports.append((f"{chosen} (not connected)", chosen))
        return ports

    def _outputs(self) -> list[tuple[str, str | None]]:
        """The sound devices that there were when last looked, and the chosen one."""
        names = self.game.status.outputs
        chosen = self.game.settings.audio_device
        outputs: list[tuple[str, str | None]] = [("the system's default", None)]
        outputs += [(name, name) for name in names]
        if chosen is not None and chosen not in names:
            outputs.append((f"{chosen} (not there)", chosen))
        return outputs

    def _backends(self) -> list[tuple[str, str]]:
        known = [value for _, value in BACKENDS]
        chosen = self.game.settings.audio_backend
        return [*BACKENDS, *([(chosen, chosen)] if chosen not in known else [])]

    def hear(self, event: EngineEvent) -> None:
        """Show that a key is heard."""
        if getattr(event, "kind", "") == "on":
            pitch, velocity = getattr(event, "pitch", 0), getattr(event, "velocity", 0)
            name = NOTE_NAMES[pitch % 12]
            words = f"Heard {name}{pitch // 12 - 1}, velocity {velocity}."
            self._heard.update(words)

    def on_status_changed(self) -> None:
        """The lists of ports and devices are live."""
        settings = self.game.settings
        for chooser in self.query("#midi_in").results(Chooser):
            chooser.offer(self._ports(), settings.midi_in)
        for chooser in self.query("#audio_device").results(Chooser):
            chooser.offer(self._outputs(), settings.audio_device)
        self._show_status()

    def _show_status(self) -> None:
        self._latency.update(f"Latency      {self.game.latency.line}")
        self._status_line.show(self.game.status)

    def on_chooser_changed(self, event: Chooser.Changed) -> None:
        """Apply and keep."""
        if event.chooser.id == "audio_backend":
            # Another backend has other devices, or others' names.
            self.game.change_settings(audio_backend=event.chooser.value, audio_device=None)
            self.game.services.engine.send(LookForOutputs())
        elif event.chooser.id:
            self.game.change_settings(**{event.chooser.id: event.chooser.value})

    def action_test(self) -> None:
        """Four clicks."""
        engine = self.game.services.engine
        clicks = tuple(Click(beat * TEST_BEAT_S, beat == 0) for beat in range(TEST_BEATS))
        engine.send(Stop())
        engine.send(ClickPlan(start_s=-0.1, end_s=TEST_BEATS * TEST_BEAT_S, clicks=clicks))
        engine.send(Start())
        audio = self.game.status.audio
        words = audio.detail if audio is not None else "The sound is being opened."
        self._heard.update(f"Four clicks.  {words}")

    def action_click(self) -> None:
        """To the options of the click."""
        from game.ui.screens.click_options import ClickScreen  # noqa: PLC0415 - seldom wanted

        self.game.show(ClickScreen())

    def action_calibrate(self) -> None:
        """Measure the latency."""
        from game.ui.screens.calibration import CalibrationScreen  # noqa: PLC0415 - seldom wanted

        self.game.show(CalibrationScreen())

    def action_mix(self) -> None:
        """To the faders."""
        from game.ui.screens.mix_options import MixScreen  # noqa: PLC0415 - seldom wanted

        self.game.show(MixScreen())
