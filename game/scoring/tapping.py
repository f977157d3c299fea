"""Rhythm only: any key counts, and the grade is of time and lengths alone.

The chart becomes one tap for each onset of each hand. Where both hands have taps, keys below
middle C are the left hand's; where one has, the whole keyboard is that hand's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from game.scoring.grade import grade_take
from game.scoring.live import LiveMarker

if TYPE_CHECKING:
    from collections.abc import Sequence

    from exercises.chart import Chart, Note
    from exercises.timeline import Timeline
    from game.events import NoteEvent
    from game.scoring.marks import LiveMark
    from game.scoring.results import Scorecard
    from styles.schema import Style

TAP_PITCHES = {1: 72, 2: 48}
"""Staff to the one pitch that its taps have: far apart, so that no hand is taken for the other."""
SPLIT = 60
"""Middle C: from here on keys are the right hand's."""
TOGETHER_S = 0.035
"""Keys of a hand struck within this are one tap: a chord is played with 95 % of its keys within
50 ms (Vienna 4x22), and a sixteenth at 180 beats a minute lasts 83 ms."""
TIME_WEIGHT, LENGTHS_WEIGHT = 30.0, 6.0
"""As they count beside each other in the grade of a take."""


def write_taps(chart: Chart) -> Chart:
    """A chart of taps: one for each onset of each staff, as long as the longest note there.

    Each keeps the id of the onset's first note, so that marks find their place on the page.
    """
    kept: dict[tuple[int, object], Note] = {}
    for note in chart.notes:
        if not note.duration_ql:
            continue
        key = (note.staff, note.onset_ql)
        older = kept.get(key)
        if older is None:
            kept[key] = msgspec.structs.replace(note, pitch=TAP_PITCHES.get(note.staff, SPLIT))
        elif note.duration_ql > older.duration_ql:
            kept[key] = msgspec.structs.replace(older, duration_ql=note.duration_ql)
    return msgspec.structs.replace(chart, notes=tuple(kept.values()), chords=(), grooves=())


class Tapper:
    """Turns keys into taps as they come. Fed in time order; holds no clock."""

    def __init__(self, chart: Chart) -> None:
        """Listen for the taps of a chart (of `write_taps`)."""
        self._staves = {note.staff for note in chart.notes} or {1}
        self._since: dict[int, float] = {}
        self._held: dict[int, int] = {}

    def feed(self, event: NoteEvent) -> tuple[NoteEvent, ...]:
        """What an event is as taps: nothing for a second key of a tap, and for its release."""
        if event.kind not in {"on", "off"}:
            return ()
        if event.kind == "off" or event.velocity == 0:
            staff = self._staff(event.pitch)
            if self._held.get(staff) != event.pitch:
                return ()
            del self._held[staff]
            return (msgspec.structs.replace(event, pitch=TAP_PITCHES[staff]),)
        staff = self._staff(event.pitch)
        since = self._since.get(staff)
        if since is not None and 0 <= event.onset_s - since < TOGETHER_S:
            return ()
        self._since[staff] = event.onset_s
        self._held[staff] = event.pitch
        return (msgspec.structs.replace(event, pitch=TAP_PITCHES[staff]),)

    def _staff(self, pitch: int) -> int:
        if len(self._staves) == 1:
            return min(self._staves)
        return 1 if pitch >= SPLIT else 2


class TapMarker:
    """Marks taps while they are played."""

    def __init__(
        self, chart: Chart, *, timeline: Timeline, style: Style | None, level: int
    ) -> None:
        """Mark a chart of taps."""
        self._tapper = Tapper(chart)
        self._marker = LiveMarker(chart, timeline=timeline, style=style, level=level)

    def feed(self, event: NoteEvent) -> tuple[LiveMark, ...]:
        """The marks that an event brings."""
        return tuple(mark for tap in self._tapper.feed(event) for mark in self._marker.feed(tap))

    def advance(self, now_s: float) -> tuple[LiveMark, ...]:
        """The marks that time brings."""
        return self._marker.advance(now_s)


def grade_taps(
    chart: Chart,
    events: Sequence[NoteEvent],
    *,
    timeline: Timeline,
    style: Style | None,
    level: int,
) -> Scorecard:
    """Grade the rhythm of a take.

    An onset that was not tapped, and half of a tap too many, count as out of time: time is the
    score of the taps that were struck, times the share of the rhythm that was. Pitches, dynamics,
    flow and feel are not graded and have no score.

    Args:
        chart: of `write_taps`.
        events: the raw keys, in any order.
        timeline: of the click.
        style: swing and pocket; None is straight and on the click.
        level: 1 to 10.
    """
    tapper = Tapper(chart)
    ordered = sorted(events, key=lambda event: (event.onset_s, event.kind == "on"))
    taps = [tap for event in ordered for tap in tapper.feed(event)]
    card = grade_take(chart, taps, timeline=timeline, style=style, level=level)
    struck = (card.accuracy or 0.0) / 100.0
    time = (card.scores.time or 0.0) * struck
    lengths = card.scores.lengths
    total = time
    if lengths is not None:
        total = (TIME_WEIGHT * time + LENGTHS_WEIGHT * lengths * struck) / (
            TIME_WEIGHT + LENGTHS_WEIGHT
        )
    scores = msgspec.structs.replace(
        card.scores, total=total, time=time, notes=None, dynamics=None, flow=None, feel=None
    )
    return msgspec.structs.replace(card, scores=scores, diagnoses=())
