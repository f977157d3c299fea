"""Marks while playing: cheap and provisional. The whole-take alignment gives the verdict.

A note may be marked again: missed and then late, wrong and then right, or anew after a restart.
The last mark of a note is the one to show.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from exercises.kit import is_pads, meant_key
from game.scoring.expectation import expect_notes
from game.scoring.freehand import FreeHand

if TYPE_CHECKING:
    from exercises.chart import Chart
    from exercises.timeline import Timeline
    from game.events import NoteEvent
    from game.scoring.expectation import Expected
    from styles.schema import Style

LAST_NOTES = 6
"""Played notes by which a player who is elsewhere is found again."""
FOUND_NOTES = 4
"""Of them, so many must fit the new place ..."""
LOST_NOTES = 2
"""... and no more than this may fit the old one."""
FIT_S = 0.15
"""How near a note must lie to fit a place (by ear)."""
SEARCH_BEATS = 24.0
"""How far away a player is looked for, in beats."""
REACH = 2.0
"""Times the outermost window within which a right pitch is taken for its note."""
OPEN, WRONG, MISSED, DONE = range(4)
"""What has become of a charted note so far."""
MIS_KEY = 2
"""Semitones around a missing note in which a key was meant for it in any case."""


@dataclass(frozen=True)
class LiveMark:
    """What is shown at a note, or at a key that no note asked for."""

    id: str | None
    """The charted note; None for an extra."""
    verdict: str
    """right, early, late, wrong, missed or extra."""
    asynchrony_ms: float | None
    """Against the click, swing allowed for; None where nothing was played."""
    pitch: int
    """What was played; for a missed note what was written."""
    onset_s: float
    """When it was played; for a missed note when it was due."""


class LiveMarker:
    """Marks notes as they are heard. Fed events and times; holds no clock.

    A note goes to the nearest open charted note of its pitch whose window it is in. When the last
    notes fit another place much better (a restart, a lost beat), marking follows the player there.
    """

    def __init__(
        self, chart: Chart, *, timeline: Timeline, style: Style | None, level: int
    ) -> None:
        expected = expect_notes(chart, timeline=timeline, style=style, level=level)
        self._notes = sorted(expected, key=lambda note: (note.onset_s, note.pitch))
        self._onsets = [note.onset_s for note in self._notes]
        self._by_pitch: dict[int, list[int]] = {}
        for number, note in enumerate(self._notes):
            self._by_pitch.setdefault(note.pitch, []).append(number)
        self._pitch_onsets = {
            pitch: [self._onsets[number] for number in numbers]
            for pitch, numbers in self._by_pitch.items()
        }
        self._states = [OPEN] * len(self._notes)
        self._free_hand = FreeHand(chart, self._notes)
        self._on_pads = is_pads(chart)
        self._due = 0
        self._lag_s = 0.0
        self._recent: deque[tuple[int, float]] = deque(maxlen=LAST_NOTES)
        self._reach_s = max((_late_width_s(note) for note in self._notes), default=0.0)
        self._now_s = float("-inf")

    def feed(self, event: NoteEvent) -> tuple[LiveMark, ...]:
        """Mark one event; releases and the pedal bring nothing."""
        if event.kind != "on" or event.velocity == 0:
            return ()
        if self._free_hand.plays(event.pitch, event.onset_s):
            return ()
        if self._on_pads:
            event = msgspec.structs.replace(event, pitch=meant_key(event.pitch))
        self._recent.append((event.pitch, event.onset_s))
        number = self._find(event.pitch, event.onset_s)
        if number is None and self._follow(event):
            found = [self._mark_heard(pitch, onset_s) for pitch, onset_s in self._recent]
            marks = tuple(mark for mark in found if mark is not None)
            if marks and marks[-1].onset_s == event.onset_s:
                return marks
        if number is not None:
            return (self._mark_right(number, event.pitch, event.onset_s),)
        number = self._find_meant(event.pitch, event.onset_s)
        if number is not None:
            self._states[number] = WRONG
            note = self._notes[number]
            away = (event.onset_s - note.onset_s) * 1000.0
            return (LiveMark(note.id, "wrong", away, event.pitch, event.onset_s),)
        return (LiveMark(None, "extra", None, event.pitch, event.onset_s),)

    def advance(self, now_s: float) -> tuple[LiveMark, ...]:
        """Mark as missed what can no longer come."""
        self._now_s = max(self._now_s, now_s)
        marks: list[LiveMark] = []
        while self._due < len(self._notes):
            note = self._notes[self._due]
            if note.late_s + _late_width_s(note) + self._lag_s >= self._now_s:
                break
            if self._states[self._due] == OPEN:
                self._states[self._due] = MISSED
                marks.append(LiveMark(note.id, "missed", None, note.pitch, note.onset_s))
            self._due += 1
        return tuple(marks)

    def _mark_heard(self, pitch: int, onset_s: float) -> LiveMark | None:
        """Mark a note that was heard before its place was known."""
        number = self._find(pitch, onset_s)
        return None if number is None else self._mark_right(number, pitch, onset_s)

    def _mark_right(self, number: int, pitch: int, onset_s: float) -> LiveMark:
        self._states[number] = DONE
        note = self._notes[number]
        distance = note.distance_ms(onset_s - self._lag_s)
        verdict = "right"
        if abs(distance) > note.window(distance).ok:
            verdict = "early" if distance < 0 else "late"
        away = (onset_s - note.onset_s) * 1000.0
        return LiveMark(note.id, verdict, away, pitch, onset_s)

    def _find(self, pitch: int, onset_s: float) -> int | None:
        """The nearest note of a pitch that was not played yet, twice the window around.

        A note that was given up, or for which a wrong key came first, may still come.
        """
        onsets = self._pitch_onsets.get(pitch, [])
        numbers = self._by_pitch.get(pitch, [])
        moment = onset_s - self._lag_s
        low = bisect_left(onsets, moment - 2 * REACH * self._reach_s)
        high = bisect_right(onsets, moment + 2 * REACH * self._reach_s)
        best: tuple[float, int] | None = None
        for number in numbers[low:high]:
            note = self._notes[number]
            distance = note.distance_ms(moment)
            width = REACH * note.window(distance).out
            if self._states[number] != DONE and abs(distance) <= width:
                away = abs(moment - note.onset_s)
                if best is None or away < best[0]:
                    best = (away, number)
        return best[1] if best else None

    def _find_meant(self, pitch: int, onset_s: float) -> int | None:
        """The open note that a wrong key was meant for: due now, nearest in pitch."""
        moment = onset_s - self._lag_s
        low = bisect_left(self._onsets, moment - 2 * self._reach_s)
        high = bisect_right(self._onsets, moment + 2 * self._reach_s)
        best: tuple[float, int] | None = None
        for number in range(low, high):
            note = self._notes[number]
            distance = note.distance_ms(moment)
            # Of pads none lies nearer to another.
            interval = MIS_KEY if self._on_pads else abs(pitch - note.pitch)
            octave = interval % 12 == 0
            width = note.window(distance).ok
            if self._states[number] != OPEN or abs(distance) > width:
                continue
            # A far key is an extra rather than this note, and the note may still come.
            if interval <= MIS_KEY or octave or (interval <= 12 and distance >= 0):  # noqa: PLR2004
                cost = abs(distance) / width + (1 if octave else interval) / 12.0
                if best is None or cost < best[0]:
                    best = (cost, number)
        return best[1] if best else None

    def _follow(self, event: NoteEvent) -> bool:
        """Look for a place that the last notes fit; go there if they do not fit here."""
        if len(self._recent) < FOUND_NOTES or self._fits(self._lag_s) > LOST_NOTES:
            return False
        best: tuple[int, float, float] | None = None
        onsets = self._pitch_onsets.get(event.pitch, [])
        for onset in onsets:
            lag = event.onset_s - onset
            beat = self._notes[0].beat_s
            if abs(lag - self._lag_s) > SEARCH_BEATS * beat:
                continue
            fits = self._fits(lag)
            rank = (fits, -abs(lag), lag)
            if fits >= FOUND_NOTES and (best is None or rank > best):
                best = rank
        if best is None:
            return False
        self._lag_s = best[2] if abs(best[2]) > FIT_S else 0.0
        first = min(onset_s for _, onset_s in self._recent) - self._lag_s
        start = bisect_left(self._onsets, first - FIT_S)
        stop = max(start, self._due)
        # What is tried again may be marked again.
        self._states[start:stop] = [OPEN] * (stop - start)
        self._due = min(self._due, bisect_left(self._onsets, event.onset_s - self._lag_s - FIT_S))
        return True

    def _fits(self, lag_s: float) -> int:
        """How many of the last played notes have their pitch written where a lag puts them."""
        count = 0
        for pitch, onset_s in self._recent:
            onsets = self._pitch_onsets.get(pitch, [])
            place = bisect_left(onsets, onset_s - lag_s - FIT_S)
            count += place < len(onsets) and onsets[place] <= onset_s - lag_s + FIT_S
        return count


def _late_width_s(note: Expected) -> float:
    return note.after.out / 1000.0
