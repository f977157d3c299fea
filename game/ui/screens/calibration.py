"""Calibration: tap to the click, and be told how late the keys arrive."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.widgets import Static

from game.events import (
    HeardBack,
    ListenBack,
    NoteEvent,
    Start,
    Stop,
    TransportStarted,
    TransportStopped,
)
from game.sessions.calibration import BEAT_S, MOST_TAPS, Tapping, plan_calibration
from game.sessions.echoes import KEPT, plan_echoes, weigh_echoes
from game.settings import Calibration, keep_calibration
from game.ui.key_line import KeyLine
from game.ui.screens.game_screen import HELP, GameScreen
from game.ui.status_line import StatusLine

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from game.events import EngineEvent
    from game.sessions.calibration import Opinion

INTRODUCTION = (
    "The click you hear and the keys you play both take their time through the devices. "
    "Tap any one key to each click, for half a minute. Every eighth beat is silent: rest there. "
    "What is found holds for this sound device and this keyboard, is taken off every take, "
    "and is kept with it. Early means that you tap ahead of the sound; most people do, by a hair."
    "\n\n"
    "With a cable from output to input, or a microphone where your ears are, l listens instead: "
    "eight seconds, and no hand is needed. It measures the sound's way out, through the air and in "
    "again, and not the keys'."
)
HUSH = "Listening to the click. Keep quiet for eight seconds."
NO_SOUND = "There is no sound to tap to. Choose a sound device in the options."
NO_KEYS = "There is no MIDI keyboard to tap on. Plug one in; it is noticed."


class CalibrationScreen(GameScreen):
    """One measurement, and the choice to keep it."""

    polls_per_s = 30.0
    has_calm = False

    has_palette = False
    HELP_TITLE = "Calibration"
    HELP_KEYS = (
        ("Enter, Space", "start; afterwards keep what was found, or tap another round"),
        ("k", "keep an answer that is less sure than is wanted, as it is"),
        ("l", "listen to the click by cable or microphone"),
        ("c, m", "keep what came back by cable, by microphone"),
        ("r", "once more from the beginning"),
        ("Esc", "leave without keeping anything"),
    )

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space", "go", "Start / keep", key_display="Enter", priority=True),
        Binding("k", "keep", "Keep as it is"),
        Binding("r", "restart", "Once more"),
        Binding("l", "listen_back", "Listen"),
        Binding("c", "keep_echo('cable')", "Cable"),
        Binding("m", "keep_echo('microphone')", "Microphone"),
        Binding("escape", "leave", "Leave", key_display="Esc"),
        HELP,
    ]

    DEFAULT_CSS = """
    CalibrationScreen {
        #title { margin: 1 3; text-style: bold; color: $primary; }
        #introduction { margin: 0 3 1 3; max-width: 90; }
        #taps { height: 2; margin: 0 3; }
        #opinion { height: 1fr; margin: 1 3; text-style: bold; }
    }
    """

    def __init__(self) -> None:
        """Nothing is measured before Enter."""
        super().__init__()
        self._tapping = Tapping()
        self._is_running = False
        self._has_started = False
        self._runs = 0
        self._listens = False
        self._echo: Opinion | None = None
        self._taps = Static(id="taps", markup=False)
        self._opinion = Static("Enter starts.", id="opinion", markup=False)
        self._status_line = StatusLine()

    def compose(self) -> ComposeResult:
        """Words, taps, opinion."""
        yield Static("Calibration", id="title")
        yield Static(INTRODUCTION, id="introduction", markup=False)
        yield self._taps
        yield self._opinion
        yield self._status_line
        yield KeyLine()

    def on_mount(self) -> None:
        """Say what is measured."""
        self._status_line.show(self.game.status)
        self._show()

    def on_status_changed(self) -> None:
        """A device came or went: what was tapped so far was through another."""
        self._status_line.show(self.game.status)
        missing = self._missing()
        if missing and (self._is_running or self._listens):
            self._end()
            self._tapping = Tapping()
            self._opinion.update(missing)

    def hear(self, event: EngineEvent) -> None:
        """Taps, and the end of a round; what came back."""
        if self._listens and isinstance(event, HeardBack):
            self._take_in(event)
        if not self._is_running:
            return
        if isinstance(event, NoteEvent) and event.source == "midi":
            if self._tapping.feed(event).state in {"good", "unsure"}:
                self._end()
            self._show()
        elif isinstance(event, TransportStarted):
            self._has_started = True
        elif isinstance(event, TransportStopped) and self._has_started:
            self._tapping.end_round()
            self._end()
            self._show()

    def _missing(self) -> str:
        status = self.game.status
        if status.audio is None or not status.audio.ok:
            return NO_SOUND
        return "" if status.keyboard else NO_KEYS

    def _show(self) -> None:
        """The taps of this round against their click, and what they say."""
        opinion = self._tapping.opinion
        taps = self._tapping.last_taps
        row = Text("Taps  ", no_wrap=True)
        room = max(10, self.app.size.width - 22)
        full = min(room, round(room * len(taps) / MOST_TAPS))
        row.append("█" * full, "bold")
        row.append("░" * (room - full), "dim")
        row.append(f" {len(taps)} of {MOST_TAPS}\n")
        if len(taps) > 1 and self._is_running:
            last = taps[-1] - taps[-2]
            row.append(f"      last two taps {1000 * last:.0f} ms apart, ", "dim")
            row.append(f"the click {1000 * BEAT_S:.0f} ms", "dim")
        self._taps.update(row)
        if self._is_running or opinion.taps:
            self._opinion.update(f"{opinion.detail}{self._say_next(opinion)}")
        self.refresh_bindings()

    def _say_next(self, opinion: Opinion) -> str:
        if self._is_running:
            return ""
        return {
            "good": "\nEnter keeps it.",
            "unsure": "\nEnter: another round; these taps count too.  k keeps it as it is.",
        }.get(opinion.state, "\nEnter: once more.")

    def _end(self) -> None:
        self._is_running = self._listens = False
        self.game.services.engine.send(Stop())
        self.game.latency.resume()

    def action_go(self) -> None:
        """Start a round, or keep what was found."""
        if self._is_running or self._listens:
            return
        if self._tapping.opinion.state == "good":
            self._keep(self._tapping.opinion)
            return
        missing = self._missing()
        if missing:
            self._opinion.update(missing)
            return
        engine = self.game.services.engine
        self.game.latency.suspend()
        engine.send(Stop())
        engine.send(plan_calibration())
        engine.send(Start())
        if self._runs:
            self._tapping.begin_round()
        self._runs += 1
        self._is_running, self._has_started = True, False
        self._opinion.update("Listen, then tap on every click.")

    def action_keep(self) -> None:
        """Keep what is known, less sure than is wanted: the player says so."""
        if not self._is_running and self._tapping.opinion.state == "unsure":
            self._keep(self._tapping.opinion)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What can be kept when there is something to keep."""
        del parameters
        if action == "keep":
            return not self._is_running and self._tapping.opinion.state == "unsure"
        return action != "keep_echo" or (self._echo is not None and self._echo.state == "good")

    def action_listen_back(self) -> None:
        """Let the input hear the click."""
        if self._is_running or self._listens:
            return
        missing = self._missing()
        if missing:
            self._opinion.update(missing)
            return
        engine = self.game.services.engine
        self.game.latency.suspend()
        for command in (Stop(), ListenBack(), plan_echoes(), Start()):
            engine.send(command)
        self._listens, self._echo = True, None
        self._opinion.update(HUSH)
        self.refresh_bindings()

    def _take_in(self, event: HeardBack) -> None:
        self._end()
        self._echo = weigh_echoes(event.onsets_s)
        words = f"{event.missing[:1].upper()}{event.missing[1:]}." if event.missing else ""
        if self._echo.state == "good":
            keeps = [f"{by[0]} keeps it, by {by}: {what}" for by, what in KEPT.items()]
            words = "\n".join((self._echo.detail, *keeps))
        self._opinion.update(words or f"{self._echo.detail}\nl: once more.")
        self.refresh_bindings()

    def action_keep_echo(self, by: str) -> None:
        """Keep what came back through a cable or to a microphone."""
        if self._echo is not None and self._echo.latency_ms is not None and not self._listens:
            self._keep(self._echo, by)

    def action_restart(self) -> None:
        """Forget the taps."""
        if self._is_running or self._listens:
            self._end()
        self._tapping = Tapping()
        self._runs = 0
        self.action_go()

    def _keep(self, opinion: Opinion, by: str = "taps") -> None:
        status = self.game.status
        if opinion.latency_ms is None or opinion.spread_ms is None or self._missing():
            return
        made = Calibration(
            audio=status.audio.name if status.audio else "",
            midi=status.keyboard or "",
            latency_ms=opinion.latency_ms,
            spread_ms=opinion.spread_ms,
            taps=opinion.taps,
            made_at=datetime.now().astimezone().isoformat(timespec="seconds"),
            by=by,
        )
        kept = keep_calibration(self.game.settings, made)
        self.game.change_settings(calibrations=kept)
        self.app.notify(f"Kept: {self.game.latency.line}.", markup=False)
        self._back()

    def action_leave(self) -> None:
        """Leave; what held before holds."""
        self._back()

    def on_unmount(self) -> None:
        """However it is left, the click stops and the latency is taken off again."""
        if self._is_running or self._listens:
            self._end()

    def _back(self) -> None:
        from game.ui.screens.options import OptionsScreen  # noqa: PLC0415 - it leads here

        if self._is_running or self._listens:
            self._end()
        self.game.show(OptionsScreen())
