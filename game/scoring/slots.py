"""The chords of a chart that must be heard, and which strike was meant for which."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from game.scoring.changes import Over, judge_strikes
from game.scoring.voicings import Asked, Voicing, ask, judge_voicing

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from exercises.chart import Chart, Chord, Note
    from game.scoring.expectation import Place
    from game.scoring.results import PlayedNote
    from styles.schema import Style

HALF = Fraction(1, 2)
EARLY_QL = HALF
"""A push is struck half a quarter before its place, and any chord may come so early."""
EARLIEST_BEATS = 1.0
"""So early comes a chord at most that is the next one whole: as pianos do in Latin styles."""
REACH_BEATS = 0.5
"""A strike so near the place of a kick was meant for it."""
FAULT_BEATS = 0.25
"""How much nearer a place must be for each tone of a strike that is not its chord's."""
OPEN_BEATS = 0.1
"""How much nearer than a kick a bar of time must be to have a strike."""
LAST_BEATS = 1.1
"""From the last beat of a chord to the next one, at most."""
BESIDE_BEATS = 1.5
"""From one hit of a figure to the next, at most."""
HAND_LATE_S = 0.45
"""One hand behind the other at most, at one place."""
LONGEST_SPAN = 2
"""Bars that one strike of an unchanging chord may stand for."""
SECOND = 2
"""Semitones between a wrong tone and the one that it stands for."""


@dataclass
class Slot:
    """One chord that must be heard: at a place, or somewhere in a stretch."""

    chord: Chord
    asked: Asked
    start: Fraction
    end: Fraction
    exact: bool
    held: bool = False
    """Whether it stands alone: who is late there is late, and has struck it."""
    start_s: float = 0.0
    end_s: float = 0.0
    beat_s: float = 1.0
    heard_before: bool = False
    """Whether a push or a kick just before has said this chord: then nothing is owed."""
    notes: list[Note] = field(default_factory=list)
    """The chart's own way to play it."""
    strikes: list[Cluster] = field(default_factory=list)


@dataclass(frozen=True)
class Cluster:
    """Keys struck together."""

    onset_ql: Fraction
    """Where it belongs."""
    heard_s: float
    """The second of that on the chart's clock."""
    keys: tuple[PlayedNote, ...]

    @property
    def pitches(self) -> tuple[int, ...]:
        """The keys' numbers."""
        return tuple(key.pitch for key in self.keys)


@dataclass(frozen=True)
class Answer:
    """What became of a slot."""

    strikes: tuple[Cluster, ...]
    """Those that count."""
    over: tuple[Over, ...]
    voicings: tuple[Voicing, ...]
    """Of each of them."""
    missing: tuple[frozenset[int], ...]
    """Essential tones that no strike had."""
    clashes: tuple[int, ...]
    """Keys that spoil the chord."""
    owed: tuple[Note, ...]
    """The chart's own notes of the tones that are missing, one of each."""
    is_other: bool
    """Whether it was not played, or is another chord: then the chart's own notes were meant."""

    @property
    def worth(self) -> float:
        """1 to 0: right, incomplete, another or none."""
        if self.clashes:
            return 0.0
        return 0.5 if self.missing and self.strikes else float(not self.missing)

    def find_meant(self, pitch: int) -> Note | None:
        """The missing tone that a key which spoils the chord came for."""
        near = (n for n in self.owed if (pitch - n.pitch + SECOND) % 12 <= 2 * SECOND)
        return next(near, None)


def cut_slots(chart: Chart, hidden: frozenset[str], style: Style | None) -> list[Slot]:
    """The chords that must be heard, in order, with the chart's own notes for each."""
    starts = [chord.onset_ql for chord in chart.chords]

    def chord_at(onset: Fraction) -> Chord:
        return chart.chords[max(0, bisect_right(starts, onset) - 1)]

    slots: dict[tuple[Fraction, bool], Slot] = {}
    for slash in chart.slashes:
        chord = chord_at(slash.onset_ql)
        exact = slash.kind != "beat"
        start = slash.onset_ql - (EARLY_QL if slash.kind == "push" else 0)
        end = slash.onset_ql + slash.duration_ql
        known = slots.get((start, exact))
        if known is None:
            held = slash.kind in {"diamond", "push"}
            slots[start, exact] = Slot(chord, ask(chord, style), start, end, exact, held)
        else:
            known.end = max(known.end, end)
    merged = _merge(sorted(slots.values(), key=lambda slot: (slot.start, not slot.exact)), chart)
    begins = [slot.start for slot in merged]
    for note in chart.notes:
        if note.id in hidden:
            at = max(0, bisect_right(begins, note.onset_ql) - 1)
            merged[at].notes.append(note)
    return [slot for slot in merged if slot.notes]


def _merge(slots: list[Slot], chart: Chart) -> list[Slot]:
    """Beats under one chord are one slot, of at most `LONGEST_SPAN` bars."""
    longest = LONGEST_SPAN * max(bar.duration_ql for bar in chart.bars)
    merged: list[Slot] = []
    for slot in slots:
        last = merged[-1] if merged else None
        if (
            last is not None
            and not last.exact
            and not slot.exact
            and last.chord.symbol == slot.chord.symbol
            and last.end == slot.start
            and slot.end - last.start <= longest
        ):
            last.end = slot.end
        else:
            same = last is not None and last.chord.symbol == slot.chord.symbol
            slot.heard_before = (
                last is not None and same and not slot.exact and last.end == slot.start
            )
            merged.append(slot)
    return merged


def place_slots(slots: Sequence[Slot], place: Place) -> None:
    """Tell slots when they are due."""
    for slot in slots:
        slot.start_s, slot.end_s = (place.performed_s(at)[0] for at in (slot.start, slot.end))
        slot.beat_s = 60.0 / place.beat(slot.start)[1]


def take_printed(printed: Sequence[Note], played: Sequence[PlayedNote], place: Place) -> set[int]:
    """The indices of the keys of the notes that are printed beside slashes."""
    taken: set[int] = set()
    for note in printed:
        due = place.performed_s(note.onset_ql)[0]
        _, tempo = place.beat(note.onset_ql)
        reach = REACH_BEATS * 60.0 / tempo
        near = [
            key
            for key in played
            if key.pitch == note.pitch
            and key.index not in taken
            and abs(key.onset_s - due) <= reach
        ]
        if near:
            taken.add(min(near, key=lambda key: abs(key.onset_s - due)).index)
    return taken


def give_strike(slots: Sequence[Slot], cluster: Cluster) -> int | None:
    """Give a strike to the chord that it was meant for, and say which; a stray one to none."""
    options: list[tuple[float, int]] = []
    for index, slot in enumerate(slots):
        beats = (cluster.heard_s - slot.start_s) / slot.beat_s
        if beats < -EARLIEST_BEATS or (cluster.heard_s >= slot.end_s and beats > REACH_BEATS):
            continue
        voicing = judge_voicing(slot.asked, cluster.pitches)
        faults = len(voicing.clashes) + 0.5 * len(voicing.missing)
        soonest = float(EARLY_QL) if faults else EARLIEST_BEATS
        inside = -soonest <= beats and cluster.heard_s < slot.end_s
        near = abs(beats) <= REACH_BEATS or (slot.held and inside)
        if not (near if slot.exact else inside):
            continue
        if slot.exact:
            options.append((abs(beats) + FAULT_BEATS * faults, index))
        else:
            # Before its bar a chord is an anticipation, if it is that chord at all.
            off_grid = abs(beats - round(2.0 * beats) / 2.0)
            options.append((OPEN_BEATS + off_grid + max(0.0, -beats) + faults, index))
    if not options:
        return None
    _, index = min(options)
    slots[index].strikes.append(cluster)
    return index


def share_kicks(slots: Sequence[Slot]) -> None:
    """Of two strikes at one kick, one belongs to the empty kick beside it: the figure is late."""
    for one, other in [*pairwise(slots), *pairwise(reversed(slots))]:
        if one.exact and other.exact and not one.strikes and len(other.strikes) > 1:
            ordered = sorted(other.strikes, key=lambda strike: strike.heard_s)
            moved = ordered[0] if one.start < other.start else ordered[-1]
            other.strikes.remove(moved)
            one.strikes.append(moved)


def find_beside(slots: Sequence[Slot]) -> list[set[int]]:
    """For each hit of a figure the keys of the hits of the same chord just before and after.

    A stab of two keys says a chord that was said before it.
    """
    found: list[set[int]] = [set() for _ in slots]
    for number, (one, other) in enumerate(pairwise(slots)):
        near = other.start_s - one.start_s <= BESIDE_BEATS * one.beat_s
        if one.exact and other.exact and near and one.chord.symbol == other.chord.symbol:
            found[number] |= {pitch for strike in other.strikes for pitch in strike.pitches}
            found[number + 1] |= {pitch for strike in one.strikes for pitch in strike.pitches}
    return found


def answer_slot(slot: Slot, beside: Collection[int] = ()) -> Answer:
    """Hold what was struck for a chord against it.

    Args:
        slot: the chord.
        beside: keys of the same chord just before and after, which help to say it.

    """
    strikes = _find_counting(slot)
    over = tuple(Over(strike.pitches, leads_on(slot, strike)) for strike in strikes)
    voicings = judge_strikes(slot.asked, over, beside)
    missing = voicings[0].missing if voicings else slot.asked.essential
    clashes = tuple(key for voicing in voicings for key in voicing.clashes)
    if slot.heard_before and not clashes:
        missing = ()
    lost = {(note.pitch - slot.asked.root) % 12: note for note in slot.notes}
    return Answer(
        strikes=strikes,
        over=over,
        voicings=voicings,
        missing=missing,
        clashes=clashes,
        owed=tuple(lost[step] for group in missing for step in group if step in lost),
        is_other=len(missing) == len(slot.asked.essential) and bool(clashes or not strikes),
    )


def _find_counting(slot: Slot) -> tuple[Cluster, ...]:
    """The strikes that count for a slot: at a place the nearest full one, else all.

    The other hand may be late at a place.
    """
    strikes = slot.strikes
    if not slot.exact or len(strikes) <= 1:
        return tuple(strikes)
    full = [strike for strike in strikes if len(strike.keys) > 1] or strikes
    first = min(full, key=lambda strike: abs(strike.heard_s - slot.start_s))
    return (first, *(each for each in strikes if is_other_hand(first, each)))


def leads_on(slot: Slot, strike: Cluster) -> bool:
    """Whether a strike comes on the last beat before the next chord."""
    return not slot.exact and slot.end_s - strike.heard_s <= LAST_BEATS * slot.beat_s


def is_other_hand(one: Cluster, other: Cluster) -> bool:
    """Whether two strikes are the two hands of one chord."""
    apart = max(one.pitches) < min(other.pitches) or max(other.pitches) < min(one.pitches)
    return apart and 0.0 < abs(one.heard_s - other.heard_s) <= HAND_LATE_S
