"""Marks while playing: cheap and provisional. The whole-take alignment gives the verdict.

A note may be marked again: missed and then late, wrong and then right, or anew after a restart.
The last mark of a note is the one to show.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import deque
from statistics import median
from typing import TYPE_CHECKING

from exercises.kit import is_pads, meant_key
from game.scoring.expectation import expect_notes
from game.scoring.freehand import FreeHand
from game.scoring.marks import LiveMark
from game.scoring.open_chords import OpenChords
from game.scoring.whereabouts import Whereabouts

if TYPE_CHECKING:
    from exercises.chart import Chart
    from exercises.timeline import Timeline
    from game.events import NoteEvent
    from game.scoring.expectation import Expected
    from styles.schema import Style

AHEAD_S = 0.15
"""So far before the first key of another attempt notes may be marked anew (by ear)."""
REACH = 2.0
"""Times the outermost window within which a right pitch is taken for its note."""
OPEN, WRONG, MISSED, DONE = range(4)
"""What has become of a charted note so far."""
LEAN_KEYS = 9
"""Right keys that tell a slow lean about the click."""
LOOSE_KEYS = 16
"""Keys that no note asked for, kept until it is sure that none was meant."""
WIDEST = 12
"""Semitones: from here on a key was meant for no note beside it."""
MIS_KEY = 2
"""Semitones around a missing note in which a key was meant for it in any case."""


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
        self._open_chords = OpenChords(
            chart, self._notes, timeline=timeline, style=style, level=level
        )
        self._on_pads = is_pads(chart)
        self._due = 0
        beat_s = self._notes[0].beat_s if self._notes else 1.0
        self._where = Whereabouts(self._pitch_onsets, beat_s)
        self._answered: set[int] = set()
        """Numbers of the notes for which a key came once."""
        self._wrong: dict[int, tuple[int, float]] = {}
        """The wrong keys that came for notes."""
        self._loose: deque[tuple[int, float]] = deque(maxlen=LOOSE_KEYS)
        self._away: deque[float] = deque(maxlen=LEAN_KEYS)
        self._reach_s = max((_late_width_s(note) for note in self._notes), default=0.0)
        self._now_s = float("-inf")

    def feed(self, event: NoteEvent) -> tuple[LiveMark, ...]:
        """Mark one event; releases and the pedal bring nothing."""
        if event.kind != "on" or event.velocity == 0:
            return ()
        if self._free_hand.plays(event.pitch, event.onset_s):
            return ()
        pitch = meant_key(event.pitch) if self._on_pads else event.pitch
        if not self._open_chords.are_asked:
            return self._mark_key(pitch, event.onset_s)
        before = self._open_chords.advance(event.onset_s, self._moment(event.onset_s))
        marks = self._mark_key(pitch, event.onset_s)
        moment = self._moment(event.onset_s)
        return (*before, *self._open_chords.hear(pitch, event.onset_s, moment, marks))

    def _mark_key(self, pitch: int, onset_s: float) -> tuple[LiveMark, ...]:
        """Mark a key: right, of another place, meant for a note, or of nothing."""
        self._where.hear(pitch, onset_s)
        number = self._find(pitch, onset_s)
        if number is not None:
            return (self._mark_right(number, pitch, onset_s),)
        heard = self._where.look_around() if self._open_chords.holds else self._where.stay()
        if heard:
            self._begin_anew(heard[0][1], onset_s)
            found = [self._mark_heard(*key) for key in heard]
            marks = tuple(mark for mark in found if mark is not None)
            if marks and marks[-1].onset_s == onset_s:
                return marks
        number = self._find_meant(pitch, onset_s)
        if number is not None:
            return (self._mark_wrong(number, pitch, onset_s),)
        self._loose.append((pitch, onset_s))
        return (LiveMark(None, "extra", None, pitch, onset_s),)

    def advance(self, now_s: float) -> tuple[LiveMark, ...]:
        """Mark as missed what can no longer come."""
        self._now_s = max(self._now_s, now_s)
        marks: list[LiveMark] = []
        while self._due < len(self._notes):
            note = self._notes[self._due]
            if note.late_s + _late_width_s(note) + self._lag_s >= self._now_s:
                break
            if self._states[self._due] == OPEN and self._due not in self._answered:
                marks.append(self._give_up(self._due))
            self._due += 1
        if not self._open_chords.are_asked:
            return tuple(marks)
        return (
            *self._open_chords.show(marks),
            *self._open_chords.advance(self._now_s, self._moment(self._now_s)),
        )

    def _give_up(self, number: int) -> LiveMark:
        """Mark a note as missed, or as wrong where a key nearby belongs to nothing else."""
        note = self._notes[number]
        best: tuple[float, tuple[int, float]] | None = None
        for key in self._loose:
            pitch, onset_s = key
            interval = 0 if self._on_pads else abs(pitch - note.pitch)
            distance = note.distance_ms(self._moment(onset_s))
            width = note.window(distance).ok
            cost = abs(distance) / width + interval / 12.0
            if (
                abs(distance) <= width
                and (interval <= WIDEST or interval % 12 == 0)
                and (best is None or cost < best[0])
            ):
                best = (cost, key)
        if best is None:
            self._states[number] = MISSED
            return LiveMark(note.id, "missed", None, note.pitch, note.onset_s)
        self._loose.remove(best[1])
        return self._mark_wrong(number, *best[1])

    @property
    def _lag_s(self) -> float:
        return self._where.lag_s

    def _moment(self, onset_s: float) -> float:
        """Where in the chart a key was struck, by the lag and the lean of the last right notes.

        On pads the same drum is struck again so soon that a lean would be another stroke.
        """
        told = len(self._away) == LEAN_KEYS and not self._on_pads
        lean_s = median(self._away) if told else 0.0
        return onset_s - self._lag_s - lean_s

    def _mark_heard(self, pitch: int, onset_s: float) -> LiveMark | None:
        """Mark a note that was heard before its place was known."""
        number = self._find(pitch, onset_s)
        return None if number is None else self._mark_right(number, pitch, onset_s)

    def _mark_right(self, number: int, pitch: int, onset_s: float) -> LiveMark:
        self._states[number] = DONE
        self._answered.add(number)
        if number in self._wrong:
            # The key that seemed to be meant for it was another's.
            self._loose.append(self._wrong.pop(number))
        note = self._notes[number]
        self._away.append(onset_s - self._lag_s - note.onset_s)
        distance = note.distance_ms(onset_s - self._lag_s)
        verdict = "right"
        if abs(distance) > note.window(distance).ok:
            verdict = "early" if distance < 0 else "late"
        away = (onset_s - note.onset_s) * 1000.0
        return LiveMark(note.id, verdict, away, pitch, onset_s)

    def _mark_wrong(self, number: int, pitch: int, onset_s: float) -> LiveMark:
        self._states[number] = WRONG
        self._answered.add(number)
        self._wrong[number] = (pitch, onset_s)
        note = self._notes[number]
        return LiveMark(note.id, "wrong", (onset_s - note.onset_s) * 1000.0, pitch, onset_s)

    def _find(self, pitch: int, onset_s: float) -> int | None:
        """The nearest note of a pitch that was not played yet, twice the window around.

        A note that was given up, or for which a wrong key came first, may still come.
        """
        onsets = self._pitch_onsets.get(pitch, [])
        numbers = self._by_pitch.get(pitch, [])
        moment = self._moment(onset_s)
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
        moment = self._moment(onset_s)
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

    def _begin_anew(self, first_s: float, last_s: float) -> None:
        """Open what is tried again, so that it may be marked again."""
        self._away.clear()
        start = bisect_left(self._onsets, first_s - self._lag_s - AHEAD_S)
        stop = max(start, self._due)
        self._states[start:stop] = [OPEN] * (stop - start)
        self._open_chords.begin_anew(first_s - self._lag_s - AHEAD_S)
        self._due = min(self._due, bisect_left(self._onsets, last_s - self._lag_s - AHEAD_S))


def _late_width_s(note: Expected) -> float:
    return note.after.out / 1000.0
