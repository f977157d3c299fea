"""The market as data: cities and streams of work. Read from `assets/career.toml`."""

from __future__ import annotations

import msgspec


class City(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the player lives."""

    name: str
    costs: int
    """What a month costs, in dollars."""
    calls: int
    """Open calls a day."""
    studio: tuple[int, int]
    """What its studios pay a known player for an hour."""


class Stream(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A kind of work."""

    name: str
    unit: str
    """What the range of fees is for: "an hour", "a track"."""
    first: tuple[int, int]
    """Fees that an unknown player is offered, ..."""
    later: tuple[int, int]
    """... and a known one."""
    opens: float
    """Standing from which calls come, 0 to 1."""
    weight: float
    """How often, beside the others that are open."""
    hours: float
    """That it takes; paid by the hour where `unit` says so."""
    lead_min: int
    """Minutes from taking the call to its start, or to the deadline at home."""
    takes: int
    """After so many the band is tired."""
    need: float
    """Total that the job asks for."""
    changes: int
    """How often the producer may change his mind."""
    parts: tuple[str, ...]
    what: tuple[str, ...]
    at_home: bool = False
    pieces: int = 0
    """Pieces of a portfolio that they want to hear before they call."""
    union: bool = False
    """Whether it is for members only."""
    easiest: int = 1
    """Level that its music has at least."""
    below: int = 0
    """Levels below the player's own that its music is."""
    charts: int = 1
    others: tuple[str, ...] = ()
    """Parts that are asked for less often."""
    piles: tuple[tuple[str, ...], ...] = ()
    """Chairs that are recorded one over another; empty where one part is."""
    of_city: bool = False
    """Whether its fees are those of the city's studios."""

    @property
    def is_hourly(self) -> bool:
        """Whether the fee is by the hour."""
        return self.unit == "an hour"


class Genre(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How work is written in a genre."""

    kinds: tuple[str, ...]
    """Kinds of chart that its bandleaders hand out."""
    chairs: tuple[str, ...] = ()
    """Chairs that it has, where not all."""


class Market(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All cities and streams, and the words around them."""

    cities: dict[str, City]
    streams: dict[str, Stream]
    genres: dict[str, Genre]
    chairs: dict[str, str]
    """The chair of a part that is recorded (`exercises.chairs`)."""
    people: dict[str, tuple[str, ...]]
    ends: dict[str, str]
    """What is said of a job that is over, by its end."""
