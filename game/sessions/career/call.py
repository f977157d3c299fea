"""A call: what a job is, before anybody has said yes."""

from __future__ import annotations

import msgspec

from exercises.drill import DrillRequest


class Call(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line of the call board."""

    id: str
    """Day, city and place on the board: "2026-11-30/small/2"."""
    day: str
    city: str
    stream: str
    style: str
    level: int
    kind: str
    what: str
    """In words: "a single"."""
    part: str
    """What is recorded: "piano"."""
    fee: int
    """For all of it, in dollars."""
    hours: float
    lead_min: int
    """Minutes from taking it to the start, or to the deadline at home."""
    most_takes: int
    need: float
    """Total that it asks for."""
    seed: int
    by: str = ""
    """Who recommended the player ("the engineer"); empty for an open call."""
    by_day: str = ""
    """ISO date of the job that is remembered, ..."""
    by_style: str = ""
    """... and its genre."""
    changes: int = 0
    """How often the producer may change his mind."""
    charts: int = 1
    at_home: bool = False
    chair: str = ""
    """The instrument (`exercises.chairs`); empty is the player's own keyboard."""
    chairs: tuple[str, ...] = ()
    """Of a pile of overdubs: the instruments of its parts; empty where one part is recorded."""

    @property
    def request(self) -> DrillRequest:
        """The chart that is played; tempo and key are its own affair."""
        return DrillRequest(
            style=self.style,
            level=self.level,
            kind=self.kind,
            seed=self.seed,
            chair=self.chair or None,
        )
