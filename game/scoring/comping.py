"""Charts that a player fills in: any idiomatic voicing of the chords counts.

Under slashes a chart's notes are only one way to play it. So before a take is aligned the chart
is fitted to the player: where a chord was voiced as its symbol asks, the notes that were played
stand in the chart; where it was not, the tone that is missing does. In bars of time the rhythm is
the player's and is held against the nearest place of the chart's grid; kicks, diamonds and pushes
have a place of their own. The verdicts then go back to the notes of the chart.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

import msgspec

from game.scoring.expectation import place_chart
from game.scoring.fitted import Chorded, Fitted, Heard, find_hidden
from game.scoring.slots import (
    Answer,
    Cluster,
    Slot,
    answer_slot,
    cut_slots,
    find_beside,
    give_strike,
    place_slots,
    share_kicks,
    take_printed,
)
from game.scoring.voicings import (
    BASS_BELOW,
    FLAT_KEYS,
    Voicing,
    name_heard,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from exercises.chart import Chart, Note
    from exercises.timeline import Timeline
    from styles.schema import Style

EARLIEST_QL = 1
"""Before its chord a strike is written at most."""


def fit_chart(
    chart: Chart,
    strikes: Sequence[Cluster],
    *,
    timeline: Timeline,
    style: Style | None,
    level: int,
) -> Fitted | None:
    """Fit a chart to a take; None for a chart whose notes are all printed.

    Args:
        chart: what was to be played.
        strikes: what was struck together, where it belongs.
        timeline: the click.
        style: its vocabulary is allowed.
        level: 1 to 10; beginners' chords may spread wider.

    """
    hidden = find_hidden(chart)
    if not hidden or not chart.chords:
        return None
    place = place_chart(chart, timeline=timeline, style=style, level=level)
    slots = cut_slots(chart, hidden, style)
    place_slots(slots, place)
    printed = [note for note in chart.notes if note.id not in hidden]
    taken = take_printed(printed, [key for strike in strikes for key in strike.keys], place)
    for strike in strikes:
        own = tuple(key for key in strike.keys if key.index not in taken)
        if own:
            give_strike(slots, replace(strike, keys=own))
    share_kicks(slots)
    fitting = _Fitting(chart)
    for slot, beside in zip(slots, find_beside(slots), strict=True):
        fitting.fit(slot, beside)
    return fitting.finish(printed)


class _Fitting:
    """Builds the fitted chart, chord by chord."""

    def __init__(self, chart: Chart) -> None:
        self.chart = chart
        self.notes: list[Note] = []
        self.sources: dict[str, list[int]] = {}
        """Charted id to the numbers of the fitted notes that answer for it."""
        self.kicks: list[int] = []
        self.heard: list[Heard] = []
        self.voicings: list[tuple[float, tuple[int, ...]]] = []
        self.chords: list[Chorded] = []
        self.taken: dict[tuple[Fraction, int], int] = {}
        """Place and pitch to the number of the fitted note that is there."""
        self.flats = chart.drill.key in FLAT_KEYS
        self.starts = [bar.onset_ql for bar in chart.bars]

    def fit(self, slot: Slot, beside: Collection[int] = ()) -> None:
        """Fit one chord; keys of the same chord just before and after help to say it."""
        answer = answer_slot(slot, beside)
        self.chords.append(Chorded(slot.chord.onset_ql, answer.worth))
        if answer.strikes and (answer.missing or answer.clashes):
            self._tell(slot, answer)
        if answer.is_other:
            # Then the chart's own way to play it was missed.
            for note in slot.notes:
                self._add(note, note.onset_ql, note.pitch, answers=[note], kick=slot.exact)
            return
        self._write_all(slot, answer)

    def _write_all(self, slot: Slot, answer: Answer) -> None:
        """Put the strikes of a chord into the chart, and the tones that it lacks."""
        for strike, voicing in zip(answer.strikes, answer.voicings, strict=True):
            self._write(slot, strike, voicing, answer)
            if len(strike.keys) > 1:
                self.voicings.append((strike.heard_s, strike.pitches))
        for note in answer.owed:
            if note.id not in self.sources:
                onset = self._nearest(slot, answer.strikes[0])
                self._add(note, onset, note.pitch, answers=self._like(slot, note), kick=slot.exact)
        for note in slot.notes:
            self.sources.setdefault(note.id, [])

    def _tell(self, slot: Slot, answer: Answer) -> None:
        """Keep for the player what was heard in the place of a chord."""
        judged = zip(answer.over, answer.voicings, strict=True)
        over = [strike for strike, voicing in judged if voicing.clashes] or answer.over
        pitches = {pitch for strike in over for pitch in strike.pitches}
        symbol, missing = slot.chord.symbol, answer.missing
        voicing = Voicing(missing, answer.clashes)
        heard = name_heard(pitches, slot.chord, slot.asked, voicing, flats=self.flats)
        number = self.chart.bars[max(0, bisect_right(self.starts, slot.start) - 1)].number
        self.heard.append(Heard(slot.chord.onset_ql, number, symbol, heard, missing, slot.exact))

    def _write(self, slot: Slot, strike: Cluster, voicing: Voicing, answer: Answer) -> None:
        """Put the keys of a strike into the chart; a clash stands for the tone it came for."""
        onset = self._nearest(slot, strike)
        for key in strike.keys:
            if key.pitch not in voicing.clashes:
                self._add(slot.notes[0], onset, key.pitch, answers=[], kick=slot.exact)
                continue
            meant = answer.find_meant(key.pitch)
            if meant is not None:
                away = (key.pitch - meant.pitch + 6) % 12 - 6
                answers = self._like(slot, meant)
                self._add(meant, onset, key.pitch - away, answers=answers, kick=slot.exact)

    def _like(self, slot: Slot, note: Note) -> list[Note]:
        """The notes of a slot that are the same tone."""
        return [other for other in slot.notes if (other.pitch - note.pitch) % 12 == 0]

    def _nearest(self, slot: Slot, strike: Cluster) -> Fraction:
        """Where a strike belongs: the slot's own place, or its own in a bar of time."""
        if slot.exact:
            return slot.start
        return min(slot.end, max(slot.start - EARLIEST_QL, strike.onset_ql))

    def _add(
        self, like: Note, onset: Fraction, pitch: int, *, answers: list[Note], kick: bool
    ) -> None:
        """One more note of the fitted chart."""
        known = self.taken.get((onset, pitch))
        number = len(self.notes) if known is None else known
        for note in answers:
            self.sources.setdefault(note.id, []).append(number)
        if known is None:
            self.taken[onset, pitch] = number
            self.kicks += [len(self.notes)] if kick else []
            staff = 1 if like.staff == 1 or pitch >= BASS_BELOW else 2
            self.notes.append(
                msgspec.structs.replace(
                    like, id=f"f{len(self.notes)}", onset_ql=onset, pitch=pitch, staff=staff
                )
            )

    def finish(self, printed: Sequence[Note]) -> Fitted:
        """The fitted chart: with the printed notes, ordered."""
        ordered = sorted(
            (*printed, *self.notes), key=lambda n: (n.onset_ql, n.staff, n.pitch, n.voice)
        )
        return Fitted(
            chart=msgspec.structs.replace(self.chart, notes=tuple(ordered)),
            heard=tuple(self.heard),
            sources={n: tuple(f"f{each}" for each in some) for n, some in self.sources.items()},
            kicks=frozenset(f"f{number}" for number in self.kicks),
            voicings=tuple(pitches for _, pitches in sorted(self.voicings)),
            chords=tuple(self.chords),
            printed=frozenset(note.id for note in printed),
        )
