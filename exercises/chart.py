"""The chart: everything that is to be played, as frozen values and as JSON.

A chart carries no engraving and no library object. Time is in quarter notes from the first
downbeat (`Fraction`; a pickup is negative); a tied note is one note with its whole length.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import msgspec

from exercises.drill import Drill

CHART_FORMAT = "first-take/chart"
CHART_VERSION = 1


class ComposeError(Exception):
    """A drill, chart or chart file cannot be used; the message says what, where and what to do."""


class Bar(msgspec.Struct, frozen=True, omit_defaults=True):
    """One bar in sounding order."""

    number: int
    """As printed; a pickup bar has number 0. A bar that is played again keeps its number."""
    onset_ql: Fraction
    duration_ql: Fraction
    """What really sounds: shorter than the metre in a pickup bar (and in a last bar before it)."""
    meter: str
    """The time signature in force, such as "3/4"."""
    printed: int | None = None
    """Where a bar is played again: the index in `Chart.bars` of its first pass, which is what is
    printed. None is a bar that is printed itself."""
    key: str = ""
    """The key signature in force; empty is the drill's."""


class Note(msgspec.Struct, frozen=True, omit_defaults=True):
    """One note as it is to be played; the notation may write it as several tied ones."""

    id: str
    """n1, n2, ... in the order (onset, staff, pitch)."""
    onset_ql: Fraction
    duration_ql: Fraction
    """Whole sounding length; 0 for a grace note."""
    pitch: int
    """MIDI 0-127."""
    spelling: str
    """Letter, accidental (# b ## bb or none) and octave: "Bb4"; C4 is middle C."""
    staff: int
    """1 the upper, 2 the lower."""
    voice: int
    articulations: tuple[str, ...] = ()
    """Of: staccato, accent, tenuto, marcato, fermata, ghost, trill, turn, mordent, spread (a rolled
    chord). Ornaments are signs: the main note is what is asked for."""
    fingering: int | None = None
    """1 thumb to 5."""


class Chord(msgspec.Struct, frozen=True):
    """The harmony over a stretch of time."""

    onset_ql: Fraction
    duration_ql: Fraction
    symbol: str
    """As a player reads it: "Bbmaj7", "F#m7b5", "C/E"."""
    root: int
    """Pitch class 0-11."""
    bass: int
    """Pitch class 0-11."""
    pitch_classes: tuple[int, ...]


class Slash(msgspec.Struct, frozen=True):
    """A place where the player plays what the chord symbol says.

    A chart with slashes keeps in its notes a realisation of them: they are what a perfect
    performer plays, and are not printed where slashes stand.
    """

    id: str
    """s1, s2, ... in the order (onset, staff)."""
    onset_ql: Fraction
    """Where it is written; a push is struck half a beat before."""
    duration_ql: Fraction
    kind: str
    """beat (keep time, one for each beat), kick (in this rhythm), diamond (struck and held), push
    (a beat whose chord is anticipated)."""
    staff: int = 1


class Mark(msgspec.Struct, frozen=True, omit_defaults=True):
    """A sign that is no note: a dynamic, a slur, a word."""

    onset_ql: Fraction
    kind: str
    """Of: dynamic (text "mf"), hairpin (text "<" or ">"), slur, pedal, text, feel ("Swing"),
    rehearsal (text "A": a section begins, the bar before ends with a double line)."""
    text: str = ""
    end_ql: Fraction | None = None
    """Where a hairpin, slur or pedal ends: the onset of the last note it covers."""
    staff: int = 1


class Section(msgspec.Struct, frozen=True):
    """Where a phrase of the form begins."""

    onset_ql: Fraction
    letter: str
    """Phrases of one letter are the same music, perhaps varied: "a", "b"."""


class TempoChange(msgspec.Struct, frozen=True, omit_defaults=True):
    """Another tempo from a bar line on."""

    onset_ql: Fraction
    quarter_bpm: float
    """The new tempo where the drill's own is played; at another tempo the same share of it."""
    text: str = ""
    """What is printed: "Meno mosso", "rit."."""
    over_ql: Fraction = Fraction(0)
    """In how much time it is reached, evenly; 0 is at once. It goes on to the next change."""


class Chart(msgspec.Struct, frozen=True):
    """A whole chart. Notes are ordered by (onset, staff, pitch)."""

    drill: Drill
    bars: tuple[Bar, ...]
    notes: tuple[Note, ...]
    chords: tuple[Chord, ...] = ()
    roadmap: tuple[str, ...] = ()
    """The signs that make the sounding order of the printed bars (`exercises.roadmap`)."""
    marks: tuple[Mark, ...] = ()
    """In sounding order: a mark in a bar that is played again stands once for each pass."""
    slashes: tuple[Slash, ...] = ()
    tempi: tuple[TempoChange, ...] = ()
    title: str = ""
    show_chords: bool = False
    """Whether chord symbols are printed (from the level at which they are read)."""
    grooves: tuple[int, ...] = ()
    """Numbers of the bars that both hands play as a pattern, without a melody above it."""
    sections: tuple[Section, ...] = ()
    """The phrases of a composed chart in sounding order; empty where nobody knows them."""

    @property
    def onset_ql(self) -> Fraction:
        """Where the chart begins: 0, or negative with a pickup."""
        return self.bars[0].onset_ql

    @property
    def end_ql(self) -> Fraction:
        """Where the last bar ends."""
        return self.bars[-1].onset_ql + self.bars[-1].duration_ql

    def key_of(self, bar: Bar) -> str:
        """The key signature of a bar."""
        return bar.key or self.drill.key


def number_notes(notes: list[Note]) -> tuple[Note, ...]:
    """Order notes by (onset, staff, pitch) and give them their ids n1, n2, ..."""
    ordered = sorted(notes, key=lambda note: (note.onset_ql, note.staff, note.pitch, note.voice))
    return tuple(
        msgspec.structs.replace(note, id=f"n{index}") for index, note in enumerate(ordered, 1)
    )


def number_slashes(slashes: list[Slash]) -> tuple[Slash, ...]:
    """Order slashes by (onset, staff) and give them their ids s1, s2, ..."""
    ordered = sorted(slashes, key=lambda slash: (slash.onset_ql, slash.staff))
    return tuple(
        msgspec.structs.replace(slash, id=f"s{index}") for index, slash in enumerate(ordered, 1)
    )


def encode_fraction(value: object) -> str:
    """Hook of msgspec: write a Fraction as "3/2" or "2"."""
    if isinstance(value, Fraction):
        return str(value)
    raise NotImplementedError(type(value).__name__)


def decode_fraction(kind: type, value: object) -> Fraction:
    """Hook of msgspec: read a Fraction back from its string."""
    if kind is Fraction and isinstance(value, str | int):
        return Fraction(value)
    raise NotImplementedError(kind.__name__)


def write_chart_json(chart: Chart) -> bytes:
    """A chart as the JSON of the command-line contract; the same chart gives the same bytes."""
    body: dict[str, Any] = msgspec.to_builtins(chart, enc_hook=encode_fraction)
    document = {"format": CHART_FORMAT, "version": CHART_VERSION, **body}
    return msgspec.json.format(msgspec.json.encode(document), indent=1) + b"\n"


def read_chart_json(data: bytes) -> Chart:
    """Read a chart back from its JSON.

    Raises:
        ComposeError: not JSON, not a chart, of a newer version, or a value that does not fit.
    """
    try:
        document = msgspec.json.decode(data)
    except msgspec.DecodeError as error:
        raise ComposeError(f"not a JSON document: {error}") from error
    if not isinstance(document, dict) or document.get("format") != CHART_FORMAT:
        raise ComposeError(f'not a chart: its "format" is not "{CHART_FORMAT}"')
    if document.get("version") != CHART_VERSION:
        raise ComposeError(
            f"chart version {document.get('version')} is not known here "
            f"(this program reads version {CHART_VERSION}); update First Take"
        )
    try:
        chart = msgspec.convert(document, Chart, dec_hook=decode_fraction)
    except (msgspec.ValidationError, ValueError, ZeroDivisionError) as error:
        raise ComposeError(f"the chart has a value that does not fit: {error}") from error
    if not chart.bars:
        raise ComposeError("the chart has no bars")
    return chart
