"""Charts that a player fills in: any idiomatic voicing of the chords counts.

Under slashes a chart's notes are only one way to play it. So before a take is aligned the chart
is fitted to the player: where a chord was voiced as its symbol asks, the notes that were played
stand in the chart; where it was not, the tone that is missing does. In bars of time the rhythm is
the player's and is held against the nearest place of the chart's grid; kicks, diamonds and pushes
have a place of their own. The verdicts then go back to the notes of the chart.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

import msgspec

from game.scoring.expectation import place_chart
from game.scoring.fitted import Fitted, Heard, find_hidden
from game.scoring.judge import BEGINNER_LEVEL, HANDS_SPREAD_S
from game.scoring.lean import LIKELY, cut_grid, hear_lean
from game.scoring.performance import cluster_keys
from game.scoring.voicings import FLAT_KEYS, Asked, Voicing, ask, judge_voicing, name_chord

if TYPE_CHECKING:
    from collections.abc import Sequence

    from exercises.chart import Chart, Chord, Note
    from exercises.timeline import Timeline
    from game.scoring.expectation import Place
    from game.scoring.results import PlayedNote
    from styles.schema import Style

HALF = Fraction(1, 2)
EARLY_QL = HALF
"""A push is struck half a quarter before its place, and any chord may come so early."""
REACH_BEATS = 0.5
"""A strike so near the place of a kick was meant for it."""
FAULT_BEATS = 0.25
"""How much nearer a place must be for each tone of a strike that is not its chord's."""
OPEN_BEATS = 0.1
"""How much nearer than a kick a bar of time must be to have a strike."""
FINER_BEATS = 0.08
"""So much nearer must a finer place be than one of the eighths to have a strike."""
BASS_BELOW = 52
"""E3: single keys below it are a bass line, not a voicing."""
SECOND = 2
"""Semitones between a wrong tone and the one that it stands for."""
LONGEST_SPAN = 2
"""Bars that one strike of an unchanging chord may stand for."""


@dataclass
class _Slot:
    """One chord that must be heard: at a place, or somewhere in a stretch."""

    chord: Chord
    asked: Asked
    start: Fraction
    end: Fraction
    exact: bool
    start_s: float = 0.0
    end_s: float = 0.0
    beat_s: float = 1.0
    heard_before: bool = False
    """Whether a push or a kick just before has said this chord: then nothing is owed."""
    notes: list[Note] = field(default_factory=list)
    """The chart's own way to play it."""
    strikes: list[_Cluster] = field(default_factory=list)


@dataclass(frozen=True)
class _Cluster:
    """Keys struck together."""

    heard_s: float
    """Without the lag that stays all along."""
    keys: tuple[PlayedNote, ...]

    @property
    def pitches(self) -> tuple[int, ...]:
        return tuple(key.pitch for key in self.keys)

    @property
    def is_bass(self) -> bool:
        return max(self.pitches) < BASS_BELOW and len({p % 12 for p in self.pitches}) == 1


def fit_chart(
    chart: Chart,
    played: Sequence[PlayedNote],
    *,
    timeline: Timeline,
    style: Style | None,
    level: int,
) -> Fitted | None:
    """Fit a chart to a take; None for a chart whose notes are all printed.

    Args:
        chart: what was to be played.
        played: what was played, in seconds of the chart's clock.
        timeline: the click.
        style: its vocabulary is allowed.
        level: 1 to 10; beginners' chords may spread wider.

    """
    hidden = find_hidden(chart)
    if not hidden or not chart.chords:
        return None
    place = place_chart(chart, timeline=timeline, style=style, level=level)
    slots = _cut_slots(chart, hidden, style)
    for slot in slots:
        slot.start_s, slot.end_s = (place.performed_s(at)[0] for at in (slot.start, slot.end))
        slot.beat_s = 60.0 / place.beat(slot.start)[1]
    spread = HANDS_SPREAD_S[level <= BEGINNER_LEVEL]
    printed = [note for note in chart.notes if note.id not in hidden]
    grid = cut_grid(note for note in chart.notes if note.id in hidden)
    lean_s = hear_lean(chart, place, grid, cluster_keys(played, spread))
    free = _without_printed(printed, played, place, lean_s)
    for keys in cluster_keys(free, spread):
        when = median(key.onset_s for key in keys) - lean_s
        _give(slots, _Cluster(when, tuple(keys)))
    _share_kicks(slots)
    fitting = _Fitting(chart, place, grid)
    for slot in slots:
        fitting.fit(slot)
    return fitting.finish(printed, tuple(played))


def _cut_slots(chart: Chart, hidden: frozenset[str], style: Style | None) -> list[_Slot]:
    """The chords that must be heard, in order, with the chart's own notes for each."""
    starts = [chord.onset_ql for chord in chart.chords]

    def chord_at(onset: Fraction) -> Chord:
        return chart.chords[max(0, bisect_right(starts, onset) - 1)]

    slots: dict[tuple[Fraction, bool], _Slot] = {}
    for slash in chart.slashes:
        chord = chord_at(slash.onset_ql)
        exact = slash.kind != "beat"
        start = slash.onset_ql - (EARLY_QL if slash.kind == "push" else 0)
        end = slash.onset_ql + slash.duration_ql
        known = slots.get((start, exact))
        if known is None:
            slots[start, exact] = _Slot(chord, ask(chord, style), start, end, exact)
        else:
            known.end = max(known.end, end)
    merged = _merge(sorted(slots.values(), key=lambda slot: (slot.start, not slot.exact)), chart)
    begins = [slot.start for slot in merged]
    for note in chart.notes:
        if note.id in hidden:
            at = max(0, bisect_right(begins, note.onset_ql) - 1)
            merged[at].notes.append(note)
    return [slot for slot in merged if slot.notes]


def _merge(slots: list[_Slot], chart: Chart) -> list[_Slot]:
    """Beats under one chord are one slot, of at most `LONGEST_SPAN` bars."""
    longest = LONGEST_SPAN * max(bar.duration_ql for bar in chart.bars)
    merged: list[_Slot] = []
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


def _without_printed(
    printed: Sequence[Note], played: Sequence[PlayedNote], place: Place, lean_s: float
) -> list[PlayedNote]:
    """What was played without the keys of the notes that are printed beside slashes.

    They are sought where a lag that stays leads.
    """
    left = list(played)
    for note in printed:
        due = place.performed_s(note.onset_ql)[0] + lean_s
        beat, tempo = place.beat(note.onset_ql)
        del beat
        reach = REACH_BEATS * 60.0 / tempo
        near = [k for k in left if k.pitch == note.pitch and abs(k.onset_s - due) <= reach]
        if near:
            left.remove(min(near, key=lambda key: abs(key.onset_s - due)))
    return left


def _give(slots: list[_Slot], cluster: _Cluster) -> None:
    """Give a strike to the chord that it was meant for; a stray one to none."""
    options: list[tuple[float, int, _Slot]] = []
    for index, slot in enumerate(slots):
        beats = (cluster.heard_s - slot.start_s) / slot.beat_s
        inside = -float(EARLY_QL) <= beats and cluster.heard_s < slot.end_s
        if not (abs(beats) <= REACH_BEATS if slot.exact else inside):
            continue
        voicing = judge_voicing(slot.asked, cluster.pitches)
        faults = len(voicing.clashes) + 0.5 * len(voicing.missing)
        if slot.exact:
            options.append((abs(beats) + FAULT_BEATS * faults, index, slot))
        else:
            # Before its bar a chord is an anticipation, if it is that chord at all.
            off_grid = abs(beats - round(2.0 * beats) / 2.0)
            options.append((OPEN_BEATS + off_grid + max(0.0, -beats) + faults, index, slot))
    if options:
        min(options, key=lambda option: option[:2])[2].strikes.append(cluster)


def _share_kicks(slots: list[_Slot]) -> None:
    """Of two strikes at one kick, one belongs to the empty kick beside it: the figure is late."""
    for one, other in [*pairwise(slots), *pairwise(reversed(slots))]:
        if one.exact and other.exact and not one.strikes and len(other.strikes) > 1:
            ordered = sorted(other.strikes, key=lambda strike: strike.heard_s)
            moved = ordered[0] if one.start < other.start else ordered[-1]
            other.strikes.remove(moved)
            one.strikes.append(moved)


class _Fitting:
    """Builds the fitted chart, chord by chord."""

    def __init__(self, chart: Chart, place: Place, grid: tuple[Fraction, ...]) -> None:
        self.chart = chart
        self.place = place
        self.grid = grid
        self.notes: list[Note] = []
        self.sources: dict[str, list[int]] = {}
        """Charted id to the numbers of the fitted notes that answer for it."""
        self.kicks: list[int] = []
        self.heard: list[Heard] = []
        self.voicings: list[tuple[float, tuple[int, ...]]] = []
        self.chords: list[float] = []
        """What each chord was worth: right, incomplete or another."""
        self.taken: dict[tuple[Fraction, int], int] = {}
        """Place and pitch to the number of the fitted note that is there."""
        self.flats = chart.drill.key in FLAT_KEYS
        self.starts = [bar.onset_ql for bar in chart.bars]

    def fit(self, slot: _Slot) -> None:
        """Fit one chord."""
        strikes = self._meant(slot)
        pool = {pitch for strike in strikes for pitch in strike.pitches}
        voicings = [self._judge(slot, strike, pool) for strike in strikes]
        missing = voicings[0].missing if voicings else slot.asked.essential
        clashes = tuple(key for voicing in voicings for key in voicing.clashes)
        if slot.heard_before and not clashes:
            missing = ()
        self.chords.append(0.0 if clashes else 0.5 if missing and strikes else not missing)
        if strikes and (missing or clashes):
            self._tell(slot, pool, missing, clashes)
        if len(missing) == len(slot.asked.essential) and (clashes or not strikes):
            # Not played, or another chord: then the chart's own way to play it was missed.
            for note in slot.notes:
                self._add(note, note.onset_ql, note.pitch, answers=[note], kick=slot.exact)
            return
        self._write_all(slot, strikes, voicings, missing)

    def _write_all(
        self,
        slot: _Slot,
        strikes: list[_Cluster],
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
        slot: _Slot,
        pool: set[int],
        missing: tuple[frozenset[int], ...],
        clashes: tuple[int, ...],
    ) -> None:
        """Keep for the player what was heard in the place of a chord."""
        name = name_chord(pool, slot.chord, flats=self.flats) if clashes else ""
        number = self.chart.bars[max(0, bisect_right(self.starts, slot.start) - 1)].number
        symbol = slot.chord.symbol
        heard = "" if name == symbol else name
        self.heard.append(Heard(slot.start, number, symbol, heard, missing, slot.exact))

    def _meant(self, slot: _Slot) -> list[_Cluster]:
        """The strikes that count for a slot: at a place the nearest full one, else all."""
        strikes = slot.strikes
        if not slot.exact or len(strikes) <= 1:
            return strikes
        due = self.place.performed_s(slot.start)[0]
        full = [strike for strike in strikes if len(strike.keys) > 1] or strikes
        return [min(full, key=lambda strike: abs(strike.heard_s - due))]

    def _judge(self, slot: _Slot, strike: _Cluster, pool: set[int]) -> Voicing:
        if strike.is_bass:
            # A bass line walks: its single keys are no voicing, but they sound.
            return Voicing(judge_voicing(slot.asked, (), pool).missing, ())
        return judge_voicing(slot.asked, strike.pitches, pool)

    def _write(self, slot: _Slot, strike: _Cluster, voicing: Voicing, owed: list[Note]) -> None:
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

    def _like(self, slot: _Slot, note: Note) -> list[Note]:
        """The notes of a slot that are the same tone."""
        return [other for other in slot.notes if (other.pitch - note.pitch) % 12 == 0]

    def _nearest(self, slot: _Slot, strike: _Cluster) -> Fraction:
        """Where a strike belongs: the slot's own place, or the nearest of the grid."""
        if slot.exact:
            return slot.start
        first = slot.start - EARLY_QL
        beats = [first.__floor__() + k for k in range(int(slot.end - first) + 2)]
        places = [beat + share for beat in beats for share in self.grid]
        inside = [each for each in places if first <= each <= slot.end]
        finer_s = FINER_BEATS * slot.beat_s
        return min(
            inside,
            key=lambda at: (
                abs(self.place.performed_s(at)[0] - strike.heard_s)
                + finer_s * (at.denominator not in LIKELY)
            ),
        )

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

    def finish(self, printed: Sequence[Note], played: tuple[PlayedNote, ...]) -> Fitted:
        """The fitted chart: with the printed notes, ordered."""
        ordered = sorted(
            (*printed, *self.notes), key=lambda n: (n.onset_ql, n.staff, n.pitch, n.voice)
        )
        return Fitted(
            chart=msgspec.structs.replace(self.chart, notes=tuple(ordered)),
            played=played,
            heard=tuple(self.heard),
            sources={n: tuple(f"f{each}" for each in some) for n, some in self.sources.items()},
            kicks=frozenset(f"f{number}" for number in self.kicks),
            voicings=tuple(pitches for _, pitches in sorted(self.voicings)),
            chords=tuple(self.chords),
            printed=frozenset(note.id for note in printed),
        )
