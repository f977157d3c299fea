"""Chords under slashes while they are played: the better of two readings, as in the verdict.

Note by note, or by the chords that sound, in any voicing and rhythm. Both are kept from the first
key on, and what is shown is the one by which more was right so far.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import deque
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from game.scoring.expectation import place_chart
from game.scoring.fitted import find_hidden
from game.scoring.judge import BEGINNER_LEVEL, HANDS_SPREAD_S
from game.scoring.lean import cut_grid
from game.scoring.marks import LiveMark
from game.scoring.results import PlayedNote
from game.scoring.scores import EXTRA_COST, SUBSTITUTION_WORTH
from game.scoring.slots import (
    EARLIEST_BEATS,
    REACH_BEATS,
    Answer,
    Cluster,
    Slot,
    answer_slot,
    cut_slots,
    find_beside,
    give_strike,
    place_slots,
    share_kicks,
)
from game.scoring.texture import score_texture

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from exercises.chart import Chart
    from exercises.timeline import Timeline
    from game.scoring.expectation import Expected, Place
    from styles.schema import Style

RIGHT = frozenset({"right", "early", "late"})
SLOTS_BACK = 3
"""A strike was meant for none of the chords before these."""
LAST_VOICINGS = 16
"""How a comp lies and moves is heard in so many of them."""
ENOUGH_KEYS = 12
"""Keys before which nobody is looked for elsewhere."""
HOLDS = 0.6
"""Of what is right by the chords: so much must be right note by note for a player to be looked for
by the chart's own notes. Other voicings hit fewer of them by chance (by ear)."""


@dataclass
class _Count:
    """How much of some notes was right, the two readings alike."""

    right: float = 0.0
    notes: int = 0
    extras: int = 0
    worth: float = 0.0
    chords: int = 0

    def add(self, other: _Count, sign: int = 1) -> None:
        self.right += sign * other.right
        self.notes += sign * other.notes
        self.extras += sign * other.extras
        self.worth += sign * other.worth
        self.chords += sign * other.chords

    @property
    def accuracy(self) -> float:
        return self.right / max(1.0, self.notes + EXTRA_COST * max(0, self.extras))


@dataclass(frozen=True)
class _Heard:
    """What was heard of a chord."""

    count: _Count
    marks: dict[str | None, LiveMark]
    """Of notes that are not right by it."""


class OpenChords:
    """Hears chord by chord beside the marks note by note, and shows the better. Holds no clock."""

    def __init__(
        self,
        chart: Chart,
        notes: Sequence[Expected],
        *,
        timeline: Timeline,
        style: Style | None,
        level: int,
    ) -> None:
        """Know the chords of a chart; one whose notes are all printed has none that are open."""
        hidden = find_hidden(chart) if chart.chords else frozenset()
        self._slots = cut_slots(chart, hidden, style) if hidden else []
        place = place_chart(chart, timeline=timeline, style=style, level=level)
        place_slots(self._slots, place)
        self._starts_s = [slot.start_s for slot in self._slots]
        self._grid_s = _place_grid(chart, hidden, place) if hidden else []
        self._spread_s = HANDS_SPREAD_S[level <= BEGINNER_LEVEL]
        self._notes = {note.id: note for note in notes}
        self._slot_of = {
            note.id: number for number, slot in enumerate(self._slots) for note in slot.notes
        }
        self._open: list[tuple[PlayedNote, float]] = []
        """The keys that are being struck, and where each lies on the chart's clock."""
        self._settled = 0
        """The number of the first chord that may still be struck."""
        self._found: list[_Heard | None] = [None] * len(self._slots)
        """Of each chord that was heard: how it counts, and the marks of what is not right."""
        self._again: set[int] = set()
        """Chords of which another attempt will replace what was struck."""
        self._by_notes: dict[str, LiveMark] = {}
        self._shown: dict[str, str] = {}
        self._keys = self._answered = 0
        self._chords = _Count()
        self._literal = _Count()
        self._voicings: deque[tuple[int, ...]] = deque(maxlen=LAST_VOICINGS)
        self._own = False

    @property
    def holds(self) -> bool:
        """Whether the chart's own notes are played, so that they tell where the player is."""
        if not self._slots:
            return True
        return self._keys >= ENOUGH_KEYS and self._literal.accuracy >= HOLDS * self._by_chords

    @property
    def _by_chords(self) -> float:
        """How much was right so far, read by the chords."""
        worth = self._chords.worth / max(1, self._chords.chords)
        return score_texture(self._voicings) * (self._chords.accuracy + worth) / 2.0

    @property
    def are_asked(self) -> bool:
        """Whether there are any."""
        return bool(self._slots)

    def begin_anew(self, from_s: float) -> None:
        """The player is somewhere else, and plays again what lies from there on."""
        start = bisect_left(self._starts_s, from_s)
        self._again.update(range(start, self._settled))
        self._settled = min(self._settled, start)

    def hear(
        self, pitch: int, onset_s: float, moment_s: float, marks: Sequence[LiveMark]
    ) -> tuple[LiveMark, ...]:
        """Take in a key, and say what to show of its marks note by note.

        Args:
            pitch: the key.
            onset_s: when it was struck, ...
            moment_s: ... on the chart's clock.
            marks: its own, note by note.

        """
        self._keys += 1
        shown = self.show(marks)
        last = marks[-1]
        if last.id is None or last.id in self._slot_of or last.verdict not in RIGHT:
            if self._open and pitch in {key.pitch for key, _ in self._open}:
                shown = (*shown, *self._close())
            self._open.append((PlayedNote(0, onset_s, None, pitch, 0), moment_s))
        return shown

    def show(self, marks: Iterable[LiveMark]) -> tuple[LiveMark, ...]:
        """Take in marks note by note, and say what to show of them."""
        shown: list[LiveMark] = []
        for mark in marks:
            if mark.id is None:
                shown += [] if self._own else [mark]
                continue
            before = self._by_notes.get(mark.id)
            if before is not None:
                # Only another attempt takes the place of a right key.
                self._keys -= before.verdict in RIGHT
                self._count(before, -1)
            self._count(mark)
            self._by_notes[mark.id] = mark
            if mark.verdict in RIGHT:
                # Also where it was right before: it was tried again.
                self._shown.pop(mark.id, None)
            shown += self._refresh((mark.id,))
        self._literal.extras = self._keys - self._answered
        return tuple(shown)

    def advance(self, now_s: float, moment_s: float) -> tuple[LiveMark, ...]:
        """Say what is known once no more keys of a strike, and no more strikes of a chord, come.

        Args:
            now_s: the time, ...
            moment_s: ... and where that is on the chart's clock.

        """
        marks: list[LiveMark] = []
        if self._open and now_s > self._open[0][0].onset_s + self._spread_s:
            marks += self._close()
        while self._settled < len(self._slots):
            slot = self._slots[self._settled]
            end_s = slot.start_s + REACH_BEATS * slot.beat_s if slot.exact else slot.end_s
            if end_s + self._spread_s >= moment_s:
                break
            self._settled += 1
            marks += self._settle(self._settled - 1)
        return tuple(marks)

    def _count(self, mark: LiveMark, sign: int = 1) -> None:
        """Count what a note is by itself, or count it no more."""
        self._answered += sign * (mark.verdict != "missed")
        self._literal.add(_count_note(mark), sign)
        if mark.id not in self._slot_of:
            self._chords.add(_count_note(mark), sign)

    def _close(self) -> list[LiveMark]:
        """Give the keys that were struck together to the chord that they were meant for."""
        keys = tuple(key for key, _ in self._open)
        heard_s = self._nearest(median(moment_s for _, moment_s in self._open))
        self._open.clear()
        beat_s = self._slots[0].beat_s
        stop = bisect_right(self._starts_s, heard_s + EARLIEST_BEATS * beat_s)
        start = max(0, bisect_right(self._starts_s, heard_s) - SLOTS_BACK)
        strike = Cluster(self._slots[0].start, heard_s, keys)
        found = give_strike(self._slots[start:stop], strike)
        if len(keys) > 1:
            self._voicings.append(tuple(key.pitch for key in keys))
        if found is None:
            self._chords.extras += len(keys)
            return [_extra(key) for key in keys] if self._own else []
        number, slot = start + found, self._slots[start + found]
        if number in self._again:
            self._again.remove(number)
            slot.strikes[:] = [strike]
        marks = self._hear_slot(number)
        if self._own:
            answer = answer_slot(slot)
            strange = [k for k in keys if k.pitch in answer.clashes]
            marks += [_extra(k) for k in strange if answer.find_meant(k.pitch) is None]
        return marks

    def _nearest(self, moment_s: float) -> float:
        """The place of the grid at which something was struck."""
        after = bisect_left(self._grid_s, moment_s)
        near = self._grid_s[max(0, after - 1) : after + 1]
        return min(near, key=lambda at: abs(at - moment_s))

    def _settle(self, number: int) -> list[LiveMark]:
        """A chord that is over: hear it with its neighbours, and take the better reading so far."""
        share_kicks(self._slots[max(0, number - 1) : number + 1])
        marks = [mark for one in (number - 1, number) if one >= 0 for mark in self._hear_slot(one)]
        own = self._by_chords >= self._literal.accuracy
        if own != self._own:
            self._own = own
            marks += self._refresh(tuple(self._by_notes))
        return marks

    def _hear_slot(self, number: int) -> list[LiveMark]:
        """Hold a chord against what was struck for it so far."""
        slot = self._slots[number]
        low = max(0, number - 1)
        beside = find_beside(self._slots[low : number + 2])[number - low]
        answer = answer_slot(slot, beside)
        here = [self._by_notes[n.id] for n in slot.notes if n.id in self._by_notes]
        marks = (
            {mark.id: mark for mark in here} if answer.is_other else self._mark_owed(slot, answer)
        )
        keys = [key for strike in answer.strikes for key in strike.keys]
        count = _Count(chords=1, worth=answer.worth)
        count.extras = sum(len(strike.keys) for strike in slot.strikes)
        if answer.is_other:
            for mark in here:
                count.add(_count_note(mark))
            count.notes = len(slot.notes)
            count.extras -= sum(mark.verdict != "missed" for mark in here)
        else:
            right = sum(key.pitch not in answer.clashes for key in keys)
            meant = sum(answer.find_meant(pitch) is not None for pitch in answer.clashes)
            count.right = right + SUBSTITUTION_WORTH * meant
            count.notes = right + len(answer.owed)
            count.extras -= right + meant
        self._put(number, _Heard(count, marks))
        return self._refresh(note.id for note in slot.notes)

    def _mark_owed(self, slot: Slot, answer: Answer) -> dict[str | None, LiveMark]:
        """What a chord lacks, as missed, or as wrong where a key stands for it."""
        keys = [key for strike in answer.strikes for key in strike.keys]
        wrong = {answer.find_meant(key.pitch): key for key in keys if key.pitch in answer.clashes}
        marks: dict[str | None, LiveMark] = {}
        for note in answer.owed:
            key = wrong.get(note)
            for like in slot.notes:
                if (like.pitch - note.pitch) % 12:
                    continue
                if key is None:
                    due_s = self._notes[like.id].onset_s
                    marks[like.id] = LiveMark(like.id, "missed", None, like.pitch, due_s)
                else:
                    marks[like.id] = LiveMark(like.id, "wrong", None, key.pitch, key.onset_s)
        return marks

    def _put(self, number: int, found: _Heard) -> None:
        """Count a chord anew."""
        before = self._found[number]
        if before is not None:
            self._chords.add(before.count, -1)
        self._found[number] = found
        self._chords.add(found.count)

    def _refresh(self, note_ids: Iterable[str]) -> list[LiveMark]:
        """The marks of some notes that were due, where another one is shown."""
        marks: list[LiveMark] = []
        for note_id in note_ids:
            mark = self._by_notes.get(note_id)
            if mark is not None and self._own and note_id in self._slot_of:
                mark = self._by_chord(note_id, mark)
            if mark is not None and self._shown.get(note_id) != mark.verdict:
                self._shown[note_id] = mark.verdict
                marks.append(mark)
        return marks

    def _by_chord(self, note_id: str, by_notes: LiveMark) -> LiveMark | None:
        """What a note is by its chord; nothing as long as that may still be struck."""
        if by_notes.verdict in RIGHT:
            return by_notes
        number = self._slot_of[note_id]
        found = self._found[number]
        mark = found.marks.get(note_id) if found is not None else None
        if found is not None and mark is None:
            return LiveMark(note_id, "right", None, self._notes[note_id].pitch, by_notes.onset_s)
        return None if number >= self._settled else mark or by_notes


def _count_note(mark: LiveMark) -> _Count:
    right = float(mark.verdict in RIGHT) or SUBSTITUTION_WORTH * (mark.verdict == "wrong")
    return _Count(right, 1)


def _extra(key: PlayedNote) -> LiveMark:
    return LiveMark(None, "extra", None, key.pitch, key.onset_s)


def _place_grid(chart: Chart, hidden: frozenset[str], place: Place) -> list[float]:
    """When something may be struck under slashes, in rising seconds."""
    grid = cut_grid(note for note in chart.notes if note.id in hidden)
    beats = range(chart.onset_ql.__floor__(), chart.end_ql.__ceil__())
    places = {beat + share for beat in beats for share in grid}
    places |= {note.onset_ql for note in chart.notes}
    places |= {slash.onset_ql for slash in chart.slashes if slash.kind != "beat"}
    return sorted(place.performed_s(at)[0] for at in places)
