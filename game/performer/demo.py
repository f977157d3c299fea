"""The built-in performer at the keys: which events of a performance are due. Holds no clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from game.events import PERFORMER
from game.performer.performance import perform

if TYPE_CHECKING:
    from collections.abc import Sequence

    from exercises.chart import Chart
    from exercises.timeline import Timeline
    from game.events import NoteEvent
    from game.performer.profiles import Profile
    from styles.schema import Style


class DemoPlayer:
    """Hands out the events of a performance as their time comes, each once, stamped exactly."""

    def __init__(self, events: Sequence[NoteEvent]) -> None:
        """Get ready to play these events, in any order."""
        self._events = tuple(
            msgspec.structs.replace(event, source=PERFORMER)
            for event in sorted(events, key=lambda event: event.onset_s)
        )
        self._next = 0

    @property
    def is_done(self) -> bool:
        """Whether everything has been handed out."""
        return self._next == len(self._events)

    def due(self, now_s: float) -> tuple[NoteEvent, ...]:
        """The events up to a position that have not been handed out yet, in order."""
        start = self._next
        while self._next < len(self._events) and self._events[self._next].onset_s <= now_s:
            self._next += 1
        return self._events[start : self._next]


def seat_performer(
    chart: Chart,
    profile: Profile,
    *,
    timeline: Timeline,
    style: Style | None,
    level: int,
    seed: int,
) -> DemoPlayer:
    """A performer of this profile, ready to play this chart (see `perform`)."""
    performance = perform(chart, profile, timeline=timeline, style=style, level=level, seed=seed)
    return DemoPlayer(performance.events)
