"""One take from preview to last bar, as a machine that is fed events and times and holds no clock.

The screen calls, every frame:

    in preview      `advance_preview(elapsed_s)`; `start()` on Enter or when no `preview_left_s` is
    afterwards      `feed(event)` for each event of `Engine.poll()`, `advance(Engine.now_s())`,
                    then draws `drain_marks()`, `position_ql`, `count` and `bar_number`
    when done       `take(...)` to keep, `notes_to_grade(...)` (game.sessions.plan) to grade

What is kept of a take depends on the stamps of its events alone, and so do the marks as long as
events arrive within `HOLD_S` of being played: how often the screen draws changes nothing.
"""

from __future__ import annotations

import math
from collections import Counter
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

import msgspec

from exercises.chart import write_chart_json
from exercises.timeline import bar_ql, beat_ql
from game.events import (
    EngineFailed,
    NoteEvent,
    PortFound,
    PortLost,
    Start,
    Stop,
    TransportStarted,
    TransportStopped,
)
from game.scoring.live import LiveMarker
from game.sessions.plan import (
    end_ql,
    listen_from_ql,
    notes_to_grade,
    take_timeline,
)
from game.take import Interruption, Take, Versions

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from exercises.chart import Bar, Chart
    from exercises.timeline import Timeline
    from game.events import ClickPlan, EngineCommand, EngineEvent
    from game.scoring.marks import LiveMark
    from game.take import Region
    from styles.schema import Style

HOLD_S = 0.03
"""How far the marks of missed notes stay behind the transport, so that a note on its way through
the pipe is not first marked as missed. Two frames of a screen; by measure of the pipe (1-2 ms)."""

ENGINE = "engine"
"""The name under which a death of the engine is recorded as an interruption; whatever the
engine says next ends it."""


class Phase(StrEnum):
    """Where a take stands."""

    PREVIEW = "preview"
    COUNT_IN = "count_in"
    PLAYING = "playing"
    DONE = "done"


class Marker(Protocol):
    """Marks notes while they are played (game.scoring.live.LiveMarker)."""

    def feed(self, event: NoteEvent) -> Sequence[LiveMark]:
        """The marks that an event brings."""

    def advance(self, now_s: float) -> Sequence[LiveMark]:
        """The marks that time brings: what was missed."""


class TakeSession:
    """One pass through a chart."""

    def __init__(
        self,
        chart: Chart,
        *,
        plan: ClickPlan,
        style: Style | None,
        level: int,
        preview_s: float,
        quarter_bpm: float | None = None,
        marker: Marker | None = None,
        region: Region | None = None,
    ) -> None:
        """Set up a take; nothing moves yet.

        Args:
            chart: what is to be played.
            plan: from `plan_take` for the same chart and tempo.
            style: whose feel is played to; None for own material.
            level: 1 and up; sets how near is near enough.
            preview_s: seconds to look the chart through; 0 for none.
            quarter_bpm: the tempo that was planned; None is the drill's.
            marker: what marks the notes; None is the game's own.
            region: of a punch, whose plan is from `plan_punch`; None is the whole chart.

        Raises:
            ComposeError: the tempo is no number that can be played to.
            ValueError: the plan is not one for this chart at this tempo.
        """
        self.chart = chart
        self.plan = plan
        self.quarter_bpm = chart.drill.quarter_bpm if quarter_bpm is None else quarter_bpm
        self.timeline: Timeline = take_timeline(chart, quarter_bpm=self.quarter_bpm)
        self._start_ql = self.timeline.quarters_at(plan.start_s)
        self._region = region
        if region is None and self.timeline.seconds_at(end_ql(chart)) != plan.end_s:
            raise ValueError(f"the plan is not of this chart at {self.quarter_bpm:g} quarters")
        self._level = level
        self._marker: Marker = marker or LiveMarker(
            chart, timeline=self.timeline, style=style, level=level
        )
        self._preview_left_s = max(0.0, preview_s)
        self._preview_s = self._preview_left_s
        self._phase = Phase.PREVIEW
        self._now_s = plan.start_s
        self._runs = False
        self._marked_s = -math.inf
        self._until_s = plan.end_s
        self._listen_s = self.timeline.seconds_at(listen_from_ql(chart))
        self._stopped = False
        self._events: list[NoteEvent] = []
        self._marks: list[LiveMark] = []
        self._interruptions: list[Interruption] = []
        self.recorder: Callable[[NoteEvent], object] | None = None
        """Is told each event as it is kept."""

    # -- what the screen shows

    @property
    def phase(self) -> Phase:
        """preview, count_in, playing (from the chart's first beat, a pickup included) or done."""
        return self._phase

    @property
    def preview_left_s(self) -> float:
        """Seconds of preview that are left."""
        return self._preview_left_s

    @property
    def now_s(self) -> float:
        """The latest position, held between the plan's start and end."""
        return self._now_s

    @property
    def position_ql(self) -> float:
        """The playhead in quarter notes; negative in the count-in."""
        return self.timeline.quarters_at(self._now_s)

    @property
    def count(self) -> int | None:
        """The beat of the bar that is being counted in, from 1, as a bandleader says it.

        None outside the count-in and until the transport runs.
        """
        if self._phase is not Phase.COUNT_IN or not self._runs:
            return None
        meter = self.chart.bars[0].meter
        beats_in = (self.position_ql - self._start_ql) / float(beat_ql(meter))
        # A hair of rounding before a beat is on the beat.
        return math.floor(beats_in + 1e-9) % math.ceil(bar_ql(meter) / beat_ql(meter)) + 1

    @property
    def bar(self) -> Bar | None:
        """The bar under the playhead; None before the chart begins, the last one after it."""
        position = self.position_ql + 1e-9
        here = None
        for bar in self.chart.bars:
            if bar.onset_ql > position:
                break
            here = bar
        return here

    @property
    def bar_number(self) -> int | None:
        """The number of that bar as printed (a pickup is 0); None before the chart begins."""
        bar = self.bar
        return None if bar is None else bar.number

    @property
    def events(self) -> tuple[NoteEvent, ...]:
        """Every raw event so far, in the order in which it came."""
        return tuple(self._events)

    @property
    def performance(self) -> tuple[NoteEvent, ...]:
        """What of the events so far is graded: from a beat before the chart on."""
        return notes_to_grade(self.chart, self._events, timeline=self.timeline)

    @property
    def is_cut_off(self) -> bool:
        """Whether the keyboard is gone just now."""
        return any(part.found_after is None for part in self._interruptions)

    def drain_marks(self) -> tuple[LiveMark, ...]:
        """The marks since the last call."""
        marks = tuple(self._marks)
        self._marks.clear()
        return marks

    # -- what moves it

    def advance_preview(self, elapsed_s: float) -> Phase:
        """Say how long the preview has lasted; call `start()` when nothing of it is left."""
        if self._phase is Phase.PREVIEW:
            left = self._preview_s - max(0.0, elapsed_s)
            self._preview_left_s = min(self._preview_left_s, max(0.0, left))
        return self._phase

    def start(self) -> tuple[EngineCommand, ...]:
        """End the preview; gives the commands for the engine. A second call gives none."""
        if self._phase is not Phase.PREVIEW:
            return ()
        self._phase = Phase.COUNT_IN
        self._preview_left_s = 0.0
        return (self.plan, Start())

    def advance(self, now_s: float | None) -> Phase:
        """Move to a position of the transport; None (it stands still) and steps back are held."""
        if now_s is None or self._phase in (Phase.PREVIEW, Phase.DONE):
            return self._phase
        self._runs = True
        self._now_s = min(max(self._now_s, now_s), self.plan.end_s)
        self._mark_until(now_s - HOLD_S)
        if now_s >= self.plan.end_s:
            self._phase = Phase.DONE
        elif now_s >= self.timeline.seconds_at(self.chart.onset_ql):
            self._phase = Phase.PLAYING
        return self._phase

    def feed(self, event: EngineEvent) -> None:
        """Take in an event of the engine. Never fails; what is of no concern is passed over.

        Notes and pedal are kept when their stamps lie within the take, however late they come.
        A lost port, and an engine that died and is started again, are recorded; the take goes on,
        for the clock runs on. Where the transport stops before the end, the take is broken off.
        Whatever comes before the transport runs belongs to an earlier take.
        """
        if isinstance(event, TransportStarted):
            self._runs = self._runs or self._phase is Phase.COUNT_IN
        if not self._runs:
            return
        if isinstance(event, EngineFailed):
            self._cut_off(ENGINE)
            return
        if isinstance(event, TransportStopped):
            self._end(event.now_s)
            return
        if not isinstance(event, NoteEvent) or event.source == "midi":
            # The engine speaks again; computer keys and the built-in performer do not need it.
            self._resume(ENGINE)
        if isinstance(event, NoteEvent):
            self._take_in(event)
        elif isinstance(event, PortLost):
            self._cut_off(event.name)
        elif isinstance(event, PortFound):
            self._resume(event.name)

    def stop(self) -> tuple[EngineCommand, ...]:
        """Break the take off; gives the commands for the engine. What was played is kept."""
        if self._phase is Phase.DONE:
            return ()
        was_running = self._phase is not Phase.PREVIEW
        self._break_off()
        return (Stop(),) if was_running else ()

    def take(self, started_at: str, versions: Versions, latency_ms: float) -> Take:
        """The take as it is kept, and the last marks with it.

        Args:
            started_at: ISO 8601 with the zone's offset.
            versions: of the program and the composer.
            latency_ms: what the engine took off every stamp.
        """
        if not self._stopped:
            self._mark_until(self.plan.end_s)
        return msgspec.structs.replace(
            self.head(started_at, versions, latency_ms),
            events=tuple(self._events),
            source=main_source(self._events),
            ended="finished" if self._phase is Phase.DONE and not self._stopped else "stopped",
            interruptions=tuple(self._interruptions),
        )

    def head(self, started_at: str, versions: Versions, latency_ms: float) -> Take:
        """The take before its first note, broken off there; arguments as for `take`."""
        drill = self.chart.drill
        return Take(
            code=drill.code,
            chart_json=write_chart_json(self.chart),
            quarter_bpm=self.quarter_bpm,
            events=(),
            latency_ms=latency_ms,
            started_at=started_at,
            versions=versions,
            style=drill.style,
            level=self._level,
            seed=drill.seed,
            ended="stopped",
            region=self._region,
        )

    def _take_in(self, event: NoteEvent) -> None:
        if not self.plan.start_s <= event.onset_s <= self._until_s:
            return
        self._events.append(event)
        if self.recorder is not None:
            self.recorder(event)
        if event.onset_s < self._listen_s:
            return
        # Whatever was missed by then is marked before the event, whenever the last frame was.
        self._mark_until(event.onset_s)
        self._marks.extend(self._marker.feed(event))

    def _mark_until(self, now_s: float) -> None:
        if now_s > self._marked_s:
            self._marked_s = now_s
            self._marks.extend(self._marker.advance(now_s))

    def _end(self, now_s: float) -> None:
        """The transport stopped: at the plan's end, or before."""
        if self._phase is Phase.DONE:
            return
        at_end = now_s >= self.plan.end_s - HOLD_S
        self.advance(self.plan.end_s if at_end else now_s)
        if not at_end:
            self._break_off()

    def _break_off(self) -> None:
        self._stopped = True
        self._until_s = self._now_s
        self._phase = Phase.DONE

    def _cut_off(self, name: str) -> None:
        if self._phase is Phase.DONE:
            return
        if not any(p.name == name and p.found_after is None for p in self._interruptions):
            self._interruptions.append(Interruption(name=name, lost_after=len(self._events)))

    def _resume(self, name: str) -> None:
        self._interruptions = [
            msgspec.structs.replace(part, found_after=len(self._events))
            if part.name == name and part.found_after is None
            else part
            for part in self._interruptions
        ]


def main_source(events: Sequence[NoteEvent]) -> str:
    """Where most notes came from: midi, keys or performer; midi where none was played."""
    notes = Counter(event.source for event in events if event.kind == "on")
    return notes.most_common(1)[0][0] if notes else "midi"
