"""A drill: the full request for one chart."""

from __future__ import annotations

import msgspec


class DrillRequest(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a player asks for; None is chosen from the style and the level by the seed."""

    style: str
    level: int
    kind: str | None = None
    key: str | None = None
    meter: str | None = None
    bars: int | None = None
    quarter_bpm: float | None = None
    hands: str | None = None
    seed: int | None = None
    focus: str | None = None
    """What the chart leans on, as `exercises.focus` reads it; None is nothing."""
    keyboard: int | None = None
    """Keys of the player's keyboard; None is a full one."""
    chair: str | None = None
    """The instrument that it is for (see `exercises.chairs`); None is the player's own."""


class Drill(msgspec.Struct, frozen=True, omit_defaults=True):
    """A drill with every choice made: the same drill gives the same chart, byte for byte."""

    style: str
    level: int
    kind: str
    """grand, lead, comping, number, bass or pads."""
    key: str
    """Tonic and "m" for minor: "Bb", "F#m"."""
    meter: str
    """Of the first full bar: "3/4"."""
    bars: int
    """Full bars as they sound, every pass counted and no pickup: how long the take is. The page of
    a chart with a road map has fewer."""
    quarter_bpm: float
    """Quarter notes a minute, whatever the notated beat is."""
    hands: str
    """right, left or both."""
    seed: int
    code: str
    """The share code, which holds all fields above and below but what a producer has changed, and
    the composer's version; empty where he has changed anything."""
    focus: str | None = None
    """What the chart leans on: "accidentals", "interval:6" (see `exercises.focus`)."""
    keyboard: int = 88
    """Keys of the keyboard that it is for (see `exercises.keyboards`)."""
    chair: str = ""
    """The instrument that it is for (see `exercises.chairs`); empty is the player's own."""
    eighths: str = ""
    """What a producer wants of the eighths, whatever the style's: "swung" or "straight"."""
    pocket: str = ""
    """Where he wants the player to sit: "back" or "on top" (see `exercises.feels`)."""
    written_in: str = ""
    """The style that the chart was composed in, where `style` is another one's groove."""

    @property
    def request(self) -> DrillRequest:
        """The request that asks for just this drill."""
        return DrillRequest(
            style=self.style,
            level=self.level,
            kind=self.kind,
            key=self.key,
            meter=self.meter,
            bars=self.bars,
            quarter_bpm=self.quarter_bpm,
            hands=self.hands,
            seed=self.seed,
            focus=self.focus,
            keyboard=self.keyboard,
            chair=self.chair or None,
        )
