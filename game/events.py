"""What a player does, as stamped events; what the engine reports; what it is told.

Every `onset_s` and `now_s` counts seconds from the first downbeat (the count-in is negative),
with the measured input latency already taken off.
"""

from __future__ import annotations

import msgspec

STANDING_S = -1e9
"""`onset_s` of an event that came while the transport stood still: heard, but at no position."""


PERFORMER = "performer"
"""The source of what the built-in performer plays: never counted as the player's."""


class NoteEvent(msgspec.Struct, frozen=True, tag=True):
    """One thing that the keyboard sent."""

    onset_s: float
    kind: str
    """on, off, or pedal (the sustain pedal)."""
    pitch: int
    """MIDI 0-127; for the pedal 0."""
    velocity: int
    """1-127 for on, 0-127 for off and pedal (64 and more is down)."""
    source: str = "midi"
    """midi, keys (the computer keyboard: no releases, no dynamics) or performer."""


class PortLost(msgspec.Struct, frozen=True, tag=True):
    """The keyboard's port has gone."""

    name: str


class PortFound(msgspec.Struct, frozen=True, tag=True):
    """A keyboard's port is there (again) and is listened to."""

    name: str


class PortsChanged(msgspec.Struct, frozen=True, tag=True):
    """The ports that can be listened to, by name."""

    names: tuple[str, ...]


class ThruPortsChanged(msgspec.Struct, frozen=True, tag=True):
    """The ports of other programs and gear that keys can be sent to, by name."""

    names: tuple[str, ...]


class ThruChanged(msgspec.Struct, frozen=True, tag=True):
    """The port that keys are sent to is there, or has gone."""

    name: str
    is_there: bool
    loops: bool = False
    """What was sent to it came back, over and over: nothing is sent to it any more."""


class AudioState(msgspec.Struct, frozen=True, tag=True):
    """Whether there is sound."""

    ok: bool
    backend: str
    """The backend in use, or "none"."""
    detail: str
    """One line for the player: the device, or what is missing and how to get it."""
    rate: int = 0
    """Samples a second at which the device runs; 0 without one."""
    device: str = ""
    """The device that was chosen by name; empty for the system's default."""
    block_ms: int = 0
    """How much is asked of this machine at a time; more after it has been too slow."""

    @property
    def name(self) -> str:
        """What latencies are kept under: the backend, and the device where one was chosen."""
        return f"{self.backend}: {self.device}" if self.device else self.backend


class OutputsChanged(msgspec.Struct, frozen=True, tag=True):
    """The sound devices that can be chosen, by name."""

    names: tuple[str, ...]


class TransportStarted(msgspec.Struct, frozen=True, tag=True):
    """The transport runs; `now_s` was the position when this was sent."""

    now_s: float
    clock_ns: int
    """The monotonic clock at that position; shared by all processes of the machine."""


class TransportStopped(msgspec.Struct, frozen=True, tag=True):
    """The transport has stopped: at the end of the plan or by command."""

    now_s: float


class Underrun(msgspec.Struct, frozen=True, tag=True):
    """The sound device was not fed in time."""

    count: int


class HeardBack(msgspec.Struct, frozen=True, tag=True):
    """What an input has heard of a plan's clicks."""

    onsets_s: tuple[float, ...]
    """Where clicks began, in seconds of the transport, no latency taken off."""
    missing: str = ""
    """Why nothing could be listened to; empty where it could."""


class InstrumentReady(msgspec.Struct, frozen=True, tag=True):
    """What the keys are played by from now on."""

    player: str
    """FluidSynth with its version, the built-in sampler or plain tones; empty while off."""
    bank: str
    """The sound bank's name; empty without one."""


class EngineFailed(msgspec.Struct, frozen=True, tag=True):
    """The engine process died; it is being started again. Nothing that was played is lost."""

    detail: str


EngineEvent = (
    NoteEvent
    | PortLost
    | PortFound
    | PortsChanged
    | ThruPortsChanged
    | ThruChanged
    | AudioState
    | OutputsChanged
    | TransportStarted
    | TransportStopped
    | Underrun
    | InstrumentReady
    | HeardBack
    | EngineFailed
)


class Click(msgspec.Struct, frozen=True):
    """One click."""

    onset_s: float
    accent: bool
    is_division: bool = False
    """Between the beats, and softer."""


class ClickPlan(msgspec.Struct, frozen=True, tag=True):
    """Load: what sounds during a take, and where the transport starts and ends."""

    start_s: float
    """Where the count-in begins (negative)."""
    end_s: float
    clicks: tuple[Click, ...]
    pulses_s: tuple[float, ...] = ()
    """Where each MIDI clock pulse (24 a quarter note) is sent to other gear."""
    sound: str = "beep"
    """beep, stick, cowbell or hat."""
    semitones: int = 0
    """The sound's pitch against its own."""
    silent_s: tuple[tuple[float, float], ...] = ()
    """Stretches (from, to) in which the click drops out on purpose."""


class OpenInput(msgspec.Struct, frozen=True, tag=True):
    """Listen to the port of this name, now and whenever it comes back; None takes the first."""

    name: str | None


class SendThru(msgspec.Struct, frozen=True, tag=True):
    """Send what the keys play to the port of this name, now and whenever it is there."""

    name: str | None
    """None sends to none."""


class OpenAudio(msgspec.Struct, frozen=True, tag=True):
    """Open the sound device: backend "auto", "none", or a backend's name."""

    backend: str = "auto"
    device: str | None = None
    """Its name; None is the system's default."""


class LookForOutputs(msgspec.Struct, frozen=True, tag=True):
    """Tell the sound devices that there are now."""


class SetMix(msgspec.Struct, frozen=True, tag=True):
    """Move the faders, each 0 to 1; while a take runs too."""

    click: float = 0.7
    band: float = 0.7
    reference: float = 0.7
    keys: float = 0.7
    parts: float = 0.7


class LoadTrack(msgspec.Struct, frozen=True, tag=True):
    """Play a rendered track beside the click, from the next start or at once where a take runs."""

    name: str
    """band, reference or parts (earlier parts of a song)."""
    path: str
    """A .npy file of 16-bit samples, shape (n, 2); empty takes the track away."""
    start_s: float = 0.0
    """The transport's second at its sample 0."""
    rate: int = 48_000
    """Samples a second."""


class SetInstrument(msgspec.Struct, frozen=True, tag=True):
    """What the keyboard sounds like here."""

    program: int | None
    """Of General MIDI, counted from 0; None leaves the sound to the keyboard itself."""
    bank: str | None = None
    """The player's own sound bank; None is the one that is found."""
    built_in: bool = False
    """Not by FluidSynth, even where it is found."""
    touch: bool = True
    """Whether a harder stroke is louder."""
    pedal: bool = True
    """Whether the sustain pedal holds."""
    mono: bool = False
    """Whether one key sounds at a time, the last one struck."""
    drums: bool = False
    """Whether the program is a drum kit: what is struck rings out."""


class ListenBack(msgspec.Struct, frozen=True, tag=True):
    """Listen by the sound device's input until the transport stops next."""


class StrikeKey(msgspec.Struct, frozen=True, tag=True):
    """Sound a key of the computer keyboard, which never says that it was let go."""

    pitch: int
    velocity: int


class SetLatency(msgspec.Struct, frozen=True, tag=True):
    """Milliseconds taken off every stamp: measured input latency."""

    input_ms: float


class Start(msgspec.Struct, frozen=True, tag=True):
    """Start the transport at the plan's `start_s`."""

    origin_ns: int | None = None
    """Set only to go on where a lost engine was: the monotonic clock at second 0."""


class Stop(msgspec.Struct, frozen=True, tag=True):
    """Stop the transport."""


class Quit(msgspec.Struct, frozen=True, tag=True):
    """End the engine process."""


EngineCommand = (
    ClickPlan
    | OpenInput
    | SendThru
    | OpenAudio
    | LookForOutputs
    | LoadTrack
    | SetMix
    | SetInstrument
    | StrikeKey
    | ListenBack
    | SetLatency
    | Start
    | Stop
    | Quit
)
