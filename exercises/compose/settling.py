"""A composed chart settled: what no hand can do in time, or no reader of the level reads, goes.

The parts are composed one after another, and tempo and key may change after that. Where they meet
a copyist would still mend something: a length that the level does not know is let go earlier, a
key that is struck again at once is struck once, a wide quick jump is made an octave smaller, a
crowded beat loses inner notes, hands that cross give way, a chord gets its third back, and of two
hands on one key one lets it go.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

import msgspec

from exercises.chart import number_notes
from exercises.checks.hands import (
    FAR_JUMP,
    FASTEST_REPEATS,
    QUICK_S,
    STRIDE_JUMP,
    STRIDE_LEVEL,
    shared_keys,
)
from exercises.checks.harmony import third_of
from exercises.checks.level import ROUNDING
from exercises.checks.survey import Survey, ticks_of
from exercises.score.symbols import read_symbol
from exercises.theory import OCTAVE, transpose_name, write_spelling
from exercises.timeline import beat_ql

if TYPE_CHECKING:
    from exercises.chart import Chart, Chord, Note
    from exercises.levels import Level

LEFT = 2
_FULL = 3
"""Notes of one hand that make a chord."""
_SPARE = 1e-3
"""Of a limit of time or density: what lies on it is inside."""
_LARGE = 10**9
_INTERVALS = {2: "M2", 3: "m3", 4: "M3", 5: "P4"}

Group = list["Note"]
"""What one hand strikes at once, upwards."""


def settle_chart(chart: Chart, level: Level) -> Chart:
    """The chart with what cannot be played or read mended; its bars, chords and signs stay."""
    beat = beat_ql(chart.drill.meter)
    notes = [_fit_length(note, level, beat) for note in chart.notes]
    chart = msgspec.structs.replace(chart, notes=number_notes(notes))
    for mend in (
        _mend_repeats,
        _mend_jumps,
        _mend_crossing,
        _mend_density,
        _mend_thirds,
        _mend_shared_keys,
    ):
        chart = msgspec.structs.replace(chart, notes=number_notes(mend(chart, level)))
    return chart


def _fit_length(note: Note, level: Level, beat: Fraction) -> Note:
    """A left-hand length that the level does not read is cut to the next one that it does.

    A long one to whole beats: a bar of twelve eighths has dotted halves, no whole note.
    """
    length = note.duration_ql
    if note.staff != LEFT or level.allows_duration(length):
        return note
    shorter = [d for d in level.durations if 0 < d < length and _is_silent(length - d, level)]
    even = [d for d in shorter if d % beat == 0] if length > beat else []
    return msgspec.structs.replace(note, duration_ql=max(even or shorter)) if shorter else note


def _is_silent(gap: Fraction, level: Level) -> bool:
    """Whether rests of the level fill a gap."""
    for rest in sorted(level.rests, reverse=True):
        gap %= rest
    return gap == 0


def _groups(chart: Chart) -> dict[int, dict[Fraction, Group]]:
    """For each hand what it strikes at each of its onsets; grace notes are left out."""
    found: dict[int, dict[Fraction, Group]] = {1: {}, LEFT: {}}
    for note in chart.notes:
        if note.duration_ql > 0:
            found[note.staff].setdefault(note.onset_ql, []).append(note)
    return found


def _seconds(survey: Survey, one: Fraction, two: Fraction) -> float:
    return survey.seconds_between(ticks_of(one), ticks_of(two))


def _mend_repeats(chart: Chart, level: Level) -> list[Note]:
    """A key struck again too soon: a chord does without it, a line holds the first on.

    A comp does without the whole hit.
    """
    survey = Survey(chart)
    nearest = (1 - _SPARE) / FASTEST_REPEATS
    gone: set[str] = set()
    longer: dict[str, Fraction] = {}
    for groups in _groups(chart).values():
        struck: dict[int, Note] = {}
        last: Note | None = None
        for onset, group in groups.items():
            for note in group:
                before = struck.get(note.pitch)
                quick = before and _seconds(survey, before.onset_ql, onset) < nearest
                if not quick or before is None:
                    struck[note.pitch] = note
                    continue
                left = [each for each in group if each.id not in gone]
                held = note.onset_ql + note.duration_ql - before.onset_ql
                if len(left) > 1 or chart.slashes:
                    gone.add(note.id)
                elif last is before and level.allows_duration(held):
                    gone.add(note.id)
                    longer[before.id] = held
                else:
                    struck[note.pitch] = note
            last = group[-1] if len(group) == 1 else None
    return [
        msgspec.structs.replace(note, duration_ql=longer.get(note.id, note.duration_ql))
        for note in chart.notes
        if note.id not in gone
    ]


def _mend_jumps(chart: Chart, level: Level) -> list[Note]:
    """Of two places too far apart for the time one is moved an octave towards the other."""
    survey = Survey(chart)
    hands = _groups(chart)
    moved: dict[str, int] = {}
    for staff, groups in hands.items():
        strides = staff == LEFT and level.number >= STRIDE_LEVEL
        farthest = STRIDE_JUMP if strides else FAR_JUMP
        low, high = level.left_range if staff == LEFT else level.right_range
        onsets = list(groups)
        places = {onset: [n.pitch for n in groups[onset]] for onset in onsets}
        for before, after in pairwise(onsets):
            if _jump(places[before], places[after]) <= farthest or (
                _seconds(survey, before, after) >= QUICK_S
            ):
                continue
            rises = places[after][0] > places[before][0]
            for onset, shift in (
                (after, -OCTAVE if rises else OCTAVE),
                (before, OCTAVE if rises else -OCTAVE),
            ):
                new = [pitch + shift for pitch in places[onset]]
                other = places[before if onset == after else after]
                fits = low <= new[0] and new[-1] <= high and _jump(new, other) <= farthest
                if fits and _is_clear(survey, groups[onset], shift, staff):
                    places[onset] = new
                    moved |= {note.id: moved.get(note.id, 0) + shift for note in groups[onset]}
                    break
    return [_shift(note, moved[note.id]) if moved.get(note.id) else note for note in chart.notes]


def _jump(one: Sequence[int], two: Sequence[int]) -> int:
    return min(abs(one[0] - two[0]), abs(one[-1] - two[-1]))


def _is_clear(survey: Survey, group: Group, shift: int, staff: int) -> bool:
    """Whether a group moved by an octave stays on its side of the other hand."""
    start = ticks_of(group[0].onset_ql)
    end = max(ticks_of(note.onset_ql + note.duration_ql) for note in group)
    other = [
        tone.note.pitch for tone in survey.hands[3 - staff] if tone.start < end and tone.end > start
    ]
    if not other:
        return True
    if staff == LEFT:
        return group[-1].pitch + shift < min(other)
    return group[0].pitch + shift > max(other)


def _shift(note: Note, semitones: int) -> Note:
    name = note.spelling.rstrip("-0123456789")
    pitch = note.pitch + semitones
    return msgspec.structs.replace(note, pitch=pitch, spelling=write_spelling(pitch, name))


def _mend_crossing(chart: Chart, _: Level) -> list[Note]:
    """Where the hands cross, the one with a chord does without its inner edge."""
    survey = Survey(chart)
    gone: set[str] = set()
    hands = _groups(chart)
    for onset, group in hands[1].items():
        start = ticks_of(onset)
        below = [t for t in survey.hands[LEFT] if t.start <= start < t.end]
        if not below:
            continue
        top = max(below, key=lambda tone: tone.note.pitch)
        over = [note for note in group if note.pitch <= top.note.pitch - 2]
        if over and len(over) < len(group):
            gone |= {note.id for note in over}
        elif over and sum(t.start == top.start for t in below) > 1:
            gone.add(top.note.id)
    return [note for note in chart.notes if note.id not in gone]


def _mend_density(chart: Chart, level: Level) -> list[Note]:
    """Any two beats hold no more than the level reads: inner notes go first, then weak basses."""
    if chart.slashes:
        return list(chart.notes)
    survey = Survey(chart)
    notes = [note for note in chart.notes if note.duration_ql > 0]
    graces = [note for note in chart.notes if note.duration_ql == 0]
    window = 2 * survey.beat
    starts = [ticks_of(note.onset_ql) for note in notes]
    for start in sorted(set(starts)):
        seconds = survey.seconds_between(start, start + window)
        most = max(level.notes_per_s * seconds, 1.0) + ROUNDING
        onsets = max(level.onsets_per_s * seconds, 1.0) + ROUNDING
        while True:
            low, high = bisect_left(starts, start), bisect_left(starts, start + window)
            full = high - low > most
            spare = _find_spare(notes[low:high], chart) if full else None
            crowded = len(set(starts[low:high])) > onsets or full
            if spare is None and crowded:
                spare = _find_weak(notes[low:high], survey)
            if spare is None:
                break
            at = next(i for i in range(low, high) if notes[i].id == spare.id)
            del notes[at], starts[at]
    return [*notes, *graces]


def _find_weak(notes: Sequence[Note], survey: Survey) -> Note | None:
    """A note of the left hand alone and off the beat: the last, finest place first."""
    struck = {note.onset_ql for note in notes if note.staff == 1}
    weak = [
        note
        for note in notes
        if note.staff == LEFT
        and note.onset_ql not in struck
        and survey.position(ticks_of(note.onset_ql)) % survey.beat
    ]
    fine = [note for note in weak if (2 * note.onset_ql).denominator > 1]
    found = fine or weak
    return found[-1] if found else None


def _find_spare(notes: Sequence[Note], chart: Chart) -> Note | None:
    """The inner note of the fullest chord that is missed least: not its third, bass or top."""
    groups: dict[tuple[Fraction, int], Group] = {}
    for note in notes:
        groups.setdefault((note.onset_ql, note.staff), []).append(note)
    for group in sorted(groups.values(), key=len, reverse=True):
        if len(group) == 1:
            return None
        spare = spare_note(group, _third_at(chart, group[0].onset_ql))
        if spare is not None:
            return spare
    return None


def spare_note(group: Sequence[Note], third: int | None) -> Note | None:
    """Of what a hand strikes at once the note that is missed least, None where all are needed."""
    right = group[0].staff == 1
    inner = sorted(group[1:-1], key=lambda note: note.pitch, reverse=not right)
    outer = group[:1] if right else group[-1:]
    order = [*inner, *outer]
    return next((note for note in order if note.pitch % OCTAVE != third), None)


def _third_at(chart: Chart, onset: Fraction) -> int | None:
    chord = next((c for c in reversed(chart.chords) if c.onset_ql <= onset), None)
    return None if chord is None else third_of(chord)


def _mend_thirds(chart: Chart, _: Level) -> list[Note]:
    """A chord that is struck and whose third nobody plays: its nearest inner note becomes it."""
    if chart.drill.kind != "grand":
        return list(chart.notes)
    survey = Survey(chart)
    new: dict[str, Note] = {}
    for start, end, chord in survey.chords:
        third = third_of(chord)
        heard = {t.note.pitch % OCTAVE for t in survey.tones if t.start < end and t.end > start}
        if third is None or third in heard:
            continue
        for group in _chords_in(chart, chord):
            note, pitch = _nearest_key(group, third)
            if note is not None:
                name = _third_name(chord, third)
                new[note.id] = msgspec.structs.replace(
                    note, pitch=pitch, spelling=write_spelling(pitch, name)
                )
    return [new.get(note.id, note) for note in chart.notes]


def _mend_shared_keys(chart: Chart, _: Level) -> list[Note]:
    """Of two hands on one key the left does without it where it has a chord, else the right.

    The right hand's tune, the top of what it strikes, and a bass by itself stay.
    """
    hands = _groups(chart)
    gone: set[str] = set()
    for right, left in shared_keys(Survey(chart)):
        below = [n for n in hands[LEFT][left.note.onset_ql] if n.id not in gone]
        above = [n for n in hands[1][right.note.onset_ql] if n.id not in gone]
        if len(below) > 1 and below[0].id != left.note.id:
            gone.add(left.note.id)
        elif len(above) > 1 and above[-1].id != right.note.id:
            gone.add(right.note.id)
    return [note for note in chart.notes if note.id not in gone]


def _chords_in(chart: Chart, chord: Chord) -> Iterator[Group]:
    """Whole chords struck while a chord lasts, or an eighth before it."""
    start, end = chord.onset_ql - Fraction(1, 2), chord.onset_ql + chord.duration_ql
    for groups in _groups(chart).values():
        for onset, group in groups.items():
            if start <= onset < end and len({n.pitch % OCTAVE for n in group}) >= _FULL:
                yield group


def _nearest_key(group: Group, third: int) -> tuple[Note | None, int]:
    """Which note of a chord is moved where: an inner one, or the edge that is not the tune's."""
    edge = group[:1] if group[0].staff == 1 else group[-1:]
    taken = {note.pitch for note in group}
    best: tuple[int, Note | None, int] = (_LARGE, None, 0)
    for note in [*group[1:-1], *edge]:
        for pitch in range(note.pitch - 5, note.pitch + 6):
            inside = group[0].pitch - 3 <= pitch <= group[-1].pitch + 1
            if pitch % OCTAVE == third and pitch not in taken and inside:
                best = min(best, (abs(pitch - note.pitch), note, pitch), key=lambda each: each[0])
    return best[1], best[2]


def _third_name(chord: Chord, third: int) -> str:
    interval = _INTERVALS.get((third - chord.root) % OCTAVE, "M3")
    return transpose_name(read_symbol(chord.symbol).root, interval)
