"""The mix: click, band, guide and keys, and what the keys sound like."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from game.events import StrikeKey
from game.keys import VELOCITY
from game.soundfont.patches import PATCHES
from game.soundfont.places import MISSING, find_bank, list_banks
from game.ui.chooser import Chooser
from game.ui.engine_settings import FADERS
from game.ui.key_line import KeyLine
from game.ui.screens.game_screen import HELP
from game.ui.screens.rows_screen import ROW_KEYS, RowsScreen

if TYPE_CHECKING:
    from textual.app import ComposeResult

VOLUMES = tuple((f"{step * 10} %" if step else "off", step / 10) for step in range(11))
STOPS = (("never", 0), *((f"at bar {bar}", bar) for bar in (3, 5, 9, 13, 17, 25)))
STANDS = 0.7
"""Where a fader stands that was never anywhere else."""
CHORD = (48, 60, 64, 67)
SOUNDS = (("its own (no sound from here)", ""), *((name, name) for name in PATCHES))


class MixScreen(RowsScreen):
    """Faders hold at once; what is rendered ahead holds from the next chart on."""

    HELP_TITLE = "Mix"
    HELP_KEYS = (
        ("↑ ↓, Tab", "go from row to row"),
        ("← →", "move a fader"),
        ("m", "mute a fader, or have it where it stood"),
        ("t", "hear the keys: a chord"),
        ("o", "back to the options"),
        ("h, Esc", "home"),
    )

    BINDINGS: ClassVar[list[BindingType]] = [
        *ROW_KEYS,
        Binding("m", "mute", "Mute"),
        Binding("t", "test", "Hear the keys"),
        Binding("o", "options", "Options"),
        Binding("escape,h", "home", "Home", key_display="Esc"),
        HELP,
    ]

    DEFAULT_CSS = """
    MixScreen {
        #title { margin: 1 3; text-style: bold; color: $primary; }
        #rows { margin: 0 2; padding: 1 1; height: auto; border: round $foreground 25%; }
        #words { height: 1fr; margin: 1 4; color: $text-muted; }
    }
    """

    def __init__(self) -> None:
        """Hold the first row: the screen may be taken down at any moment."""
        super().__init__()
        self._first: Chooser | None = None
        self._words = Static(id="words", markup=False)

    def compose(self) -> ComposeResult:
        """A row for each fader."""
        settings = self.game.settings
        yield Static("Mix", id="title")
        with Vertical(id="rows"):
            self._first = _fader("Click", settings.click_volume, "click_volume")
            yield self._first
            yield _fader("Band", settings.band_volume, "band_volume")
            yield Chooser("Band stops", STOPS, value=settings.band_stops_at, id="band_stops_at")
            yield _fader("Your parts", settings.parts_volume, "parts_volume")
            yield _fader("Guide", settings.guide_volume, "guide_volume")
            yield Chooser("Keys sound", SOUNDS, value=settings.keys_patch, id="keys_patch")
            yield _fader("Keys", settings.keys_volume, "keys_volume")
            yield Chooser("Sound bank", self._banks(), value=settings.sound_bank, id="sound_bank")
            yield Chooser("Keys go to", self._ports(), value=settings.midi_thru, id="midi_thru")
        yield self._words
        yield KeyLine()

    def _ports(self) -> list[tuple[str, str | None]]:
        """The ports that keys can be sent on to, and the chosen one even where it is not."""
        names, chosen = self.game.status.thru_ports, self.game.settings.midi_thru
        ports: list[tuple[str, str | None]] = [("nothing else", None)]
        ports += [(name, name) for name in names]
        if chosen is not None and chosen not in names:
            ports.append((f"{chosen} (not there)", chosen))
        return ports

    def _banks(self) -> list[tuple[str, str | None]]:
        """The banks that are found, and the chosen one even where it is gone."""
        chosen = self.game.settings.sound_bank
        names = [str(path) for path in list_banks()]
        banks: list[tuple[str, str | None]] = [("the first that is found", None)]
        banks += [(Path(name).name, name) for name in names]
        if chosen is not None and chosen not in names:
            there = "" if Path(chosen).expanduser().is_file() else " (not there)"
            banks.append((f"{Path(chosen).name}{there}", chosen))
        return banks

    def _say(self) -> str:
        bank = find_bank(self.game.settings.sound_bank)
        played = f"Played from {bank.name}." if bank is not None else MISSING
        keys, instrument = "", self.game.status.instrument
        if instrument is not None and instrument.player:
            keys = f" Your keys sound by {instrument.player}."
        return f"The guide is the chart as it should sound, beside your take. {played}{keys}"

    def on_mount(self) -> None:
        """Begin at the top."""
        self._words.update(self._say())
        if self._first is not None:
            self._first.focus()

    def on_status_changed(self) -> None:
        """The keys are played by something else now, or can be."""
        for chooser in self.query("#midi_thru").results(Chooser):
            chooser.offer(self._ports(), self.game.settings.midi_thru)
        self._words.update(self._say())

    def on_chooser_changed(self, event: Chooser.Changed) -> None:
        """Apply and keep."""
        if event.chooser.id == "midi_thru" and event.chooser.value is not None:
            # The other instrument sounds in place of this one, unless the player has both.
            self.query_one("#keys_patch", Chooser).offer(SOUNDS, "")
            self.game.change_settings(midi_thru=event.chooser.value, keys_patch="")
        elif event.chooser.id:
            self.game.change_settings(**{event.chooser.id: event.chooser.value})
        self._words.update(self._say())

    def action_mute(self) -> None:
        """Mute the fader of this row, or have it where it stood; kept until then."""
        fader = self.focused
        if not isinstance(fader, Chooser) or fader.id not in FADERS:
            return
        name, muted = fader.id, dict(self.game.settings.muted)
        stood = muted.pop(name, STANDS)
        if fader.value:
            muted[name], stood = fader.value, 0.0
        fader.offer(VOLUMES, stood)
        self.game.change_settings(**{name: stood, "muted": muted})

    def action_test(self) -> None:
        """The keys as they sound now."""
        for pitch in CHORD:
            self.game.services.engine.send(StrikeKey(pitch, VELOCITY))


def _fader(label: str, volume: float, name: str) -> Chooser:
    return Chooser(label, VOLUMES, value=round(volume, 1), id=name)
