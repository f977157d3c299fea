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

from game.scoring.changes import Over, judge_strikes
from game.scoring.expectation import place_chart
from game.scoring.fitted import Chorded, Fitted, Heard, find_hidden
from game.scoring.slots import (
    Cluster,
    Slot,
    cut_slots,
    find_beside,
    give_strike,
    is_other_hand,
    leads_on,
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
    from game.scoring.expectation import Place
    from styles.schema import Style

EARLIEST_QL = 1
"""Before its chord a strike is written at most."""
SECOND = 2
"""Semitones between a wrong tone and the one that it stands for."""


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
    for slot in slots:
        slot.start_s, slot.end_s = (place.performed_s(at)[0] for at in (slot.start, slot.end))
        slot.beat_s = 60.0 / place.beat(slot.start)[1]
    printed = [note for note in chart.notes if note.id not in hidden]
    taken = take_printed(printed, [key for strike in strikes for key in strike.keys], place)
    for strike in strikes:
        own = tuple(key for key in strike.keys if key.index not in taken)
        if own:
            give_strike(slots, replace(strike, keys=own))
    share_kicks(slots)
    fitting = _Fitting(chart, place)
    for slot, beside in zip(slots, find_beside(slots), strict=True):
        fitting.fit(slot, beside)
    return fitting.finish(printed)


class _Fitting:
    """Builds the fitted chart, chord by chord."""

    def __init__(self, chart: Chart, place: Place) -> None:
        self.chart = chart
        self.place = place
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
        strikes = self._meant(slot)
        over = [Over(strike.pitches, leads_on(slot, strike)) for strike in strikes]
        voicings = judge_strikes(slot.asked, over, beside)
        missing = voicings[0].missing if voicings else slot.asked.essential
        clashes = tuple(key for voicing in voicings for key in voicing.clashes)
        if slot.heard_before and not clashes:
            missing = ()
        worth = 0.0 if clashes else 0.5 if missing and strikes else float(not missing)
        self.chords.append(Chorded(slot.chord.onset_ql, worth))
        if strikes and (missing or clashes):
            self._tell(
                slot,
                [o for o, v in zip(over, voicings, strict=True) if v.clashes] or over,
                missing,
                clashes,
            )
        if len(missing) == len(slot.asked.essential) and (clashes or not strikes):
            # Not played, or another chord: then the chart's own way to play it was missed.
            for note in slot.notes:
                self._add(note, note.onset_ql, note.pitch, answers=[note], kick=slot.exact)
            return
        self._write_all(slot, strikes, list(voicings), missing)

    def _write_all(
        self,
        slot: Slot,
        strikes: list[Cluster],
        voicings: list[Voicing],
        missing: tuple[frozenset[int], ...],
    ) -> None:
        """Put the strikes of a chord into the chart, and the tones that it lacks."""
        lost = {(note.pitch - slot.asked.root) % 12: note for note in slot.notes}
        owed = [lost[step] for group in missing for step in group if step in lost]
        for strike, voicing in zip(strikes, voicings, strict=True):
            self._write(slot, strike, voicing, owed)
            if len(strike.keys) > 1:
                self.voicings.append((strike.heard_s, strike.pitches))
        for note in owed:
            if note.id not in self.sources:
                onset = self._nearest(slot, strikes[0])
                self._add(note, onset, note.pitch, answers=self._like(slot, note), kick=slot.exact)
        for note in slot.notes:
            self.sources.setdefault(note.id, [])

    def _tell(
        self,
        slot: Slot,
        over: Sequence[Over],
        missing: tuple[frozenset[int], ...],
        clashes: tuple[int, ...],
    ) -> None:
        """Keep for the player what was heard in the place of a chord."""
        pitches = {pitch for strike in over for pitch in strike.pitches}
        symbol = slot.chord.symbol
        voicing = Voicing(missing, clashes)
        heard = name_heard(pitches, slot.chord, slot.asked, voicing, flats=self.flats)
        number = self.chart.bars[max(0, bisect_right(self.starts, slot.start) - 1)].number
        self.heard.append(Heard(slot.chord.onset_ql, number, symbol, heard, missing, slot.exact))

    def _meant(self, slot: Slot) -> list[Cluster]:
        """The strikes that count for a slot: at a place the nearest full one, else all.

        The other hand may be late at a place.
        """
        strikes = slot.strikes
        if not slot.exact or len(strikes) <= 1:
            return strikes
        due = self.place.performed_s(slot.start)[0]
        full = [strike for strike in strikes if len(strike.keys) > 1] or strikes
        first = min(full, key=lambda strike: abs(strike.heard_s - due))
        return [first, *(each for each in strikes if is_other_hand(first, each))]

    def _write(self, slot: Slot, strike: Cluster, voicing: Voicing, owed: list[Note]) -> None:
        """Put the keys of a strike into the chart; a clash stands for the tone it came for."""
        onset = self._nearest(slot, strike)
        for key in strike.keys:
            if key.pitch not in voicing.clashes:
                self._add(slot.notes[0], onset, key.pitch, answers=[], kick=slot.exact)
                continue
            meant = [n for n in owed if (key.pitch - n.pitch + SECOND) % 12 <= 2 * SECOND]
            if meant:
                away = (key.pitch - meant[0].pitch + 6) % 12 - 6
                answers = self._like(slot, meant[0])
                self._add(meant[0], onset, key.pitch - away, answers=answers, kick=slot.exact)

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
