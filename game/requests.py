"""What the composer process is asked, and what it answers."""

from __future__ import annotations

import msgspec

from exercises.drill import DrillRequest
from game.notation.page import Page, PageRequest


class ComposeRequest(msgspec.Struct, frozen=True, tag=True):
    """Compose a chart and engrave it. A request without a seed must have been given one."""

    ticket: int
    drill: DrillRequest
    page: PageRequest
    ahead: bool = False
    """Nobody waits for it yet: whatever is waited for goes first."""


class EngraveRequest(msgspec.Struct, frozen=True, tag=True):
    """Engrave a chart that is known."""

    ticket: int
    chart_json: bytes
    page: PageRequest


class SongRequest(msgspec.Struct, frozen=True, tag=True):
    """Compose a song: a chart for each chair."""

    ticket: int
    drill: DrillRequest
    chairs: tuple[str, ...]


class PlayedPart(msgspec.Struct, frozen=True):
    """A part of a song as it was recorded."""

    keys: tuple[tuple[float, float, int, int], ...]
    """(onset in seconds from the first downbeat, length in seconds, pitch, velocity) each."""
    program: int
    drums: bool = False
    """Whether the program is a drum kit."""


class Overdubbed(msgspec.Struct, frozen=True):
    """What is recorded over: earlier parts of a song, the rest of a take that is punched."""

    parts: tuple[PlayedPart, ...]
    band_json: bytes
    """The chart that the band is made of: the song's first part."""
    own_bass: bool = False
    """Whether the band's bass is silent."""


class MixedPart(msgspec.Struct, frozen=True):
    """A part as it was recorded."""

    name: str
    program: int
    keys: tuple[tuple[float, float, int, int], ...]
    """(onset in seconds from the first downbeat, length in seconds, pitch, velocity) each."""


class Mixdown(msgspec.Struct, frozen=True):
    """All parts of a song, and the band that they were played to."""

    title: str
    """Names the files."""
    quarter_bpm: float
    parts: tuple[MixedPart, ...]
    band_json: bytes
    """The chart that the band is made of."""
    own_bass: bool
    """Whether the band's bass is silent."""
    sound_bank: str | None = None


class SoundRequest(msgspec.Struct, frozen=True, tag=True):
    """Render a chart as it should sound, and its band, to be played beside a take."""

    ticket: int
    chart_json: bytes
    quarter_bpm: float
    rate: int
    """Samples a second."""
    program: int = 0
    """The General MIDI program of the reference, counted from 0."""
    bank: str | None = None
    """The player's own sound bank; None is the one that is found."""
    stops_at_bar: int = 0
    """The band plays no bar from this number on; 0 is to the end."""
    over: Overdubbed | None = None
    """What is heard of what was recorded before; None for a chart by itself."""


class PlayedRequest(msgspec.Struct, frozen=True, tag=True):
    """Render keys as they were played, to be heard again."""

    ticket: int
    keys: tuple[tuple[float, float, int, int], ...]
    """(onset in seconds from the first downbeat, length in seconds, pitch, velocity) each."""
    rate: int
    program: int = 0
    bank: str | None = None
    drums: bool = False
    """Whether the program is a drum kit."""


class SheetRequest(msgspec.Struct, frozen=True, tag=True):
    """Draw the sheet of a graded take: the chart with a sign at each note and each extra key."""

    ticket: int
    chart_json: bytes
    marks: dict[str, str]
    """Each note's mark by its id."""
    extras: tuple[tuple[float, int], ...]
    """Keys that no note asked for: (sounding onset in quarter notes, MIDI pitch)."""
    form: str
    """musicxml, svg or png."""
    title: str = ""


class ReviseRequest(msgspec.Struct, frozen=True, tag=True):
    """Change a chart as a producer might wish, the first way that keeps the rules."""

    ticket: int
    chart_json: bytes
    seed: int
    """Draws the order of the wishes."""
    page: PageRequest


ComposerRequest = (
    ComposeRequest
    | SongRequest
    | EngraveRequest
    | ReviseRequest
    | SoundRequest
    | PlayedRequest
    | SheetRequest
)


class ChartReady(msgspec.Struct, frozen=True, tag=True):
    """A chart (as its JSON) and its page."""

    ticket: int
    chart_json: bytes
    page: Page
    rejections: int = 0
    """How many drafts failed the hard checks before this one passed."""
    wish: str = ""
    """Of a revision: what was wished for, in words."""


class SongReady(msgspec.Struct, frozen=True, tag=True):
    """The charts of a song as JSON, one for each chair."""

    ticket: int
    charts: tuple[bytes, ...]


class SoundReady(msgspec.Struct, frozen=True, tag=True):
    """Rendered tracks, as .npy files of 16-bit samples (n, 2)."""

    ticket: int
    reference: str
    """Path of the chart as the style performs it."""
    band: str
    """Path of drums and bass; empty where the style has none."""
    start_s: float
    """The second at their sample 0."""
    rate: int
    bank: str
    """The bank's file name; empty where plain tones stand in."""
    parts: str = ""
    """Path of the earlier parts; empty where there are none."""


class SheetReady(msgspec.Struct, frozen=True, tag=True):
    """A drawn sheet, as the bytes of its file."""

    ticket: int
    data: bytes


class ComposeFailed(msgspec.Struct, frozen=True, tag=True):
    """It could not be done; `detail` is one line for the player."""

    ticket: int
    detail: str


ComposerReply = ChartReady | SongReady | SoundReady | SheetReady | ComposeFailed
