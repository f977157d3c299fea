"""A take: what was asked, and every raw event that was played."""

from __future__ import annotations

from fractions import Fraction

import msgspec

from game.click_style import PLAIN, ClickStyle
from game.events import NoteEvent
from game.settings import Calibration

TASKS = frozenset({"rhythm", "transpose", "wait", "ahead", "hands", "live", "ear"})
"""Modes in which a chart is played under other rules than a take's (game.coach.studies,
game.sessions.live, by_ear). They are practice, and never first takes: no rating, best or accuracy
comes of them."""


class Task(msgspec.Struct, frozen=True):
    """Another way to ask for a chart than as a take (game.sessions.tasks)."""

    name: str
    """rhythm, transpose, wait, ahead or hands."""
    hidden_s: float | None = None
    """Notes vanish so many seconds before the playhead; None hides none."""
    hand: str = ""
    """"right" or "left" alone; empty is both."""


class Region(msgspec.Struct, frozen=True):
    """A stretch of a chart in sounding order: from `start_ql` up to, but without, `end_ql`."""

    start_ql: Fraction
    end_ql: Fraction


class CompPart(msgspec.Struct, frozen=True):
    """Where a kept take is heard in a comp; a later part covers an earlier one."""

    take_id: int
    region: Region


class Versions(msgspec.Struct, frozen=True):
    """What made the chart and the take."""

    first_take: str
    compose: str
    """The composer's version: the same drill and version give the same chart."""


class Interruption(msgspec.Struct, frozen=True):
    """The keyboard's port (or the engine) went away while the take ran."""

    name: str
    """The port's name, or "engine"."""
    lost_after: int
    """How many of the take's events had come before."""
    found_after: int | None = None
    """How many had come when it was back; None where it did not come back."""


class Conditions(msgspec.Struct, frozen=True):
    """How a take was played, beside the chart and its tempo."""

    click: ClickStyle = PLAIN
    """The click that was chosen."""
    silent_s: tuple[tuple[float, float], ...] = ()
    """Stretches (from, to) in seconds in which it dropped out."""
    calibration: Calibration | None = None
    """Where `latency_ms` came from; None where none was measured."""
    heard: bool = False
    """Whether the chart sounded before the take or under it: then it was not read at sight."""


class Take(msgspec.Struct, frozen=True):
    """One pass through a chart. Judgements can always be computed again from it."""

    code: str
    """The drill's share code; empty for own material."""
    chart_json: bytes
    """The chart itself: own material and older composers' charts stay gradable."""
    quarter_bpm: float
    events: tuple[NoteEvent, ...]
    latency_ms: float
    """What was taken off every stamp."""
    started_at: str
    """ISO 8601 with the zone's offset."""
    versions: Versions
    style: str
    level: int
    seed: int
    source: str = "midi"
    """midi, keys or performer: what most notes came from."""
    ended: str = "finished"
    """finished, or stopped (the player broke off)."""
    interruptions: tuple[Interruption, ...] = ()
    mode: str = ""
    """What it was part of: drill, exam, gauntlet, daily, punch, one of `TASKS` ...; empty is a take
    by itself."""
    region: Region | None = None
    """Of a punch: what was recorded over another take of the chart; None for a whole pass."""
    conditions: Conditions = Conditions()


class TakeSummary(msgspec.Struct, frozen=True):
    """A kept take in one line."""

    id: int
    started_at: str
    code: str
    style: str
    level: int
    total: float | None
    """None where it has not been graded."""
    ended: str
    source: str = "midi"
    """midi, keys or performer: a built-in performer's takes are not the player's."""
    is_first_sight: bool = True
    """Whether the chart had not been played before: only then is it a first take."""
