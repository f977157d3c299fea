"""Keyboard and sound as the player is told of them: a value, folded from the engine's events."""

from __future__ import annotations

import msgspec
from msgspec.structs import replace

from game.events import (
    AudioState,
    EngineEvent,
    EngineFailed,
    InstrumentReady,
    OutputsChanged,
    PortFound,
    PortLost,
    PortsChanged,
    ThruChanged,
    ThruPortsChanged,
)
from game.ui.words import say_port

NO_KEYBOARD = "No MIDI keyboard: play on the computer keys, or plug one in"


class Status(msgspec.Struct, frozen=True):
    """What is connected."""

    keyboard: str | None = None
    """The port that is listened to."""
    lost: str | None = None
    """The port that was listened to and has gone."""
    ports: tuple[str, ...] = ()
    """All ports there are."""
    has_looked: bool = False
    """Whether the engine has reported on ports yet."""
    thru_ports: tuple[str, ...] = ()
    """The ports that keys can be sent on to."""
    outputs: tuple[str, ...] = ()
    """The sound devices that can be chosen, as last asked for."""
    audio: AudioState | None = None
    """None until the engine has reported on sound."""
    instrument: InstrumentReady | None = None
    """What the keys are played by; None until the engine has reported."""

    def after(self, event: EngineEvent) -> Status:
        """What holds after an event; notes and the transport change nothing."""
        after = self
        match event:
            case PortFound(name=name):
                after = replace(self, keyboard=name, lost=None, has_looked=True)
            case PortLost(name=name) if self.keyboard in {None, name}:
                after = replace(self, keyboard=None, lost=name, has_looked=True)
            case PortsChanged(names=names):
                after = replace(self, ports=names, has_looked=True)
            case AudioState():
                after = replace(self, audio=event)
            case ThruPortsChanged(names=names):
                after = replace(self, thru_ports=names)
            case OutputsChanged(names=names):
                after = replace(self, outputs=names)
            case InstrumentReady():
                after = replace(self, instrument=event)
            case EngineFailed():
                after = Status()
        return after

    @property
    def keyboard_line(self) -> str:
        """One line about the keyboard."""
        if self.keyboard:
            return f"● {say_port(self.keyboard)}"
        if self.lost:
            return f"○ {self.lost} is gone: plug it in again, or play on the computer keys"
        if not self.has_looked:
            return "… looking for a keyboard"
        return f"○ {NO_KEYBOARD}"

    @property
    def sound_line(self) -> str:
        """One line about the sound."""
        if self.audio is None:
            return "… opening the sound"
        if not self.audio.ok:
            return "○ no sound"
        return f"♪ {self.audio.device or self.audio.backend}"


def news_of(
    event: EngineEvent, before: Status, *, wants_sound: bool = True
) -> tuple[str, str] | None:
    """What to tell the player when it happens: (line, severity); None for nothing.

    Severities are Textual's: information, warning, error. Missing sound is told once: a second
    report of the same state is no news, and so is silence that was asked for.
    """
    news: tuple[str, str] | None = None
    match event:
        case PortLost(name=name):
            news = f"{name} is gone. Plug it in again; the game goes on.", "warning"
        case PortFound(name=name) if before.lost == name:
            news = f"{name} is back.", "information"
        case ThruChanged():
            news = _say_thru(event)
        case AudioState(ok=False) if wants_sound and before.audio is None:
            news = event.detail or "No sound: the click is shown, not heard.", "warning"
        case AudioState(ok=False) if wants_sound and before.audio is not None and before.audio.ok:
            news = event.detail, "warning"
        case AudioState(ok=True) if before.audio is not None and not before.audio.ok:
            news = f"Sound is back: {event.device or event.backend}.", "information"
        case AudioState(ok=True) if before.audio is not None and (
            0 < before.audio.block_ms < event.block_ms
        ):
            news = (
                f"The sound stumbled; it has {event.block_ms} ms at a time from now on.",
                "warning",
            )
        case EngineFailed():
            news = "The sound and MIDI engine stopped and is being started again.", "error"
    return news


def _say_thru(event: ThruChanged) -> tuple[str, str]:
    """News of the port that keys are sent to."""
    name = event.name
    if event.loops:
        return f"{name} sends back what it is sent: nothing is sent there now.", "warning"
    if event.is_there:
        return f"Keys are sent to {name}.", "information"
    return f"{name} is not there: keys are sent to it when it is.", "warning"
