"""What is new to read at the upper levels, put where a tune has room for it.

A fermata at level 5, a ritardando at 6, crushed notes from 7, turns in sixteenth triplets from 8,
runs of thirty-seconds and three over two beats from 9, four over three from 10. A style has its
share of them; a chart in which nothing of its level came up gets one in any case, so that no level
promises what its charts lack.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

import msgspec

from exercises.chart import Note, number_notes
from exercises.checks.hands import check_hands
from exercises.checks.level import check_level, elements_of
from exercises.checks.survey import Survey
from exercises.checks.voices import check_voices
from exercises.compose.changes import end_slower
from exercises.theory import LETTERS, OCTAVE, key_name_of, read_key, write_spelling
from exercises.timeline import beat_ql

if TYPE_CHECKING:
    from exercises.chart import Chart
    from exercises.compose.dice import Dice
    from exercises.compose.form import Phrase
    from exercises.levels import Level

HOLD_LEVEL, SLOW_LEVEL, GRACE_LEVEL, TURN_LEVEL, RUN_LEVEL, CROSS_LEVEL = 5, 6, 7, 8, 9, 10
SHARES = {7: 0.0, 8: 0.3, 9: 0.5, 10: 0.6}
"""How often a chart has a figure of its level beside what its style brings (by ear)."""
TRIES = 12
"""Places that are tried before a chart goes without."""
_TRIPLET, _QUICK = Fraction(1, 6), Fraction(1, 8)
_EIGHTH = Fraction(1, 2)
_AUGMENTED = 3
"""Semitones of an augmented second."""

Change = Callable[["Chart", Sequence[Note], int], "list[Note] | None"]
"""(chart, tune, which note of it) -> what stands in the note's place."""


def season_chart(
    chart: Chart,
    level: Level,
    phrases: Sequence[Phrase],
    dice: Dice,
    *,
    runs: bool,
    strict: bool = False,
) -> Chart:
    """The chart with the figures of its level, as often as they come up.

    Runs of thirty-seconds are among them where the style `runs`.
    """
    if not dice.chance(SHARES.get(level.number, 0.0)):
        return chart
    return put_figure(chart, level, phrases, dice, _figures(level, runs=runs), strict=strict)


def needs_element(chart: Chart, level: Level) -> bool:
    """Whether a chart of its level's length has nothing that the level below does not know."""
    full = sum(1 for bar in chart.bars if bar.number)
    tune = chart.drill.kind in {"grand", "lead"}
    if level.number < HOLD_LEVEL or not tune or full < level.bars[0]:
        return False
    return not elements_of(Survey(chart), level)


def put_element(
    chart: Chart,
    level: Level,
    phrases: Sequence[Phrase],
    dice: Dice,
    *,
    runs: bool,
    strict: bool = False,
) -> Chart:
    """The chart with something of its level: what the style has, else a run, else a high end."""
    if level.number < GRACE_LEVEL:
        return end_slower(chart) if level.number == SLOW_LEVEL else _hold_last(chart)
    own, every = _figures(level, runs=runs), _figures(level, runs=True)
    for changes in (own, every) if own != every else (every,):
        richer = put_figure(chart, level, phrases, dice, changes, new=True, strict=strict)
        if richer is not chart:
            return richer
    return _crown(chart, level)


def put_figure(
    chart: Chart,
    level: Level,
    phrases: Sequence[Phrase],
    dice: Dice,
    changes: Sequence[Change],
    *,
    new: bool = False,
    strict: bool = False,
) -> Chart:
    """The chart with one of the `changes`; itself where none of the places tried has room.

    With `new` it must be an element of the level; with `strict` the voices must keep leading well.
    """
    survey = Survey(chart)
    tune = [tone.note for tone in survey.melody if tone.note.staff == 1]
    closing = {phrase.bar + phrase.bars for phrase in phrases}
    places = [
        at
        for at, note in enumerate(tune[:-1])
        if at and _is_single(chart, note) and survey.bar_at(_tick(survey, note)) not in closing
    ]
    for _ in range(TRIES):
        if not places or not changes:
            break
        at = places.pop(int(dice.number() * len(places)))
        found = dice.pick(changes)(chart, tune, at)
        if found is None:
            continue
        gone = {tune[at].id, *_covered(tune, at, found)}
        kept = [note for note in chart.notes if note.id not in gone]
        richer = msgspec.structs.replace(chart, notes=number_notes([*kept, *found]))
        after = Survey(richer)
        if any(check_level(after, level)) or any(check_hands(after, level)):
            continue
        if strict and any(check_voices(after)):
            continue
        if not new or elements_of(after, level):
            return richer
    return chart


def _hold_last(chart: Chart) -> Chart:
    """A fermata over the last notes."""
    last = max(note.onset_ql for note in chart.notes)
    notes = [
        msgspec.structs.replace(note, articulations=("fermata",))
        if note.onset_ql == last and note.staff == 1
        else note
        for note in chart.notes
    ]
    return msgspec.structs.replace(chart, notes=tuple(notes))


def _crown(chart: Chart, level: Level) -> Chart:
    """A tune that ends two octaves up, where the level below reads no such leap."""
    survey = Survey(chart)
    tune = [tone.note for tone in survey.melody if tone.note.staff == 1]
    if level.number < CROSS_LEVEL or len(tune) < 2 or tune[-1].duration_ql < 1:  # noqa: PLR2004
        return chart
    last, before = tune[-1], tune[-2]
    lift = OCTAVE if last.pitch > before.pitch + OCTAVE else 2 * OCTAVE
    lift -= OCTAVE * (last.pitch + lift - before.pitch > level.max_interval)
    high = [n for n in chart.notes if n.staff == 1 and n.onset_ql == last.onset_ql]
    kept = [n for n in chart.notes if n not in high]
    lifted = [
        msgspec.structs.replace(
            n, pitch=n.pitch + lift,
            spelling=write_spelling(n.pitch + lift, n.spelling.rstrip("0123456789-")),
        )
        for n in high
    ]  # fmt: skip
    crowned = msgspec.structs.replace(chart, notes=number_notes([*kept, *lifted]))
    after = Survey(crowned)
    if any(check_level(after, level)) or any(check_hands(after, level)):
        return chart
    return crowned if elements_of(after, level) else chart


def _figures(level: Level, *, runs: bool) -> list[Change]:
    number = level.number
    if number >= CROSS_LEVEL:
        return [*[_run] * runs, _cross_three, _cross_four]
    if number >= RUN_LEVEL:
        return [*[_run, _run] * runs, _cross_three]
    if number >= TURN_LEVEL:
        return [_turn]
    return [_crush]


def _tick(survey: Survey, note: Note) -> int:
    return next(t.start for t in survey.tones if t.note.id == note.id)


def _is_single(chart: Chart, note: Note) -> bool:
    """Whether the right hand plays nothing else with a note, and no sign stands on it."""
    same = [n for n in chart.notes if n.staff == 1 and n.onset_ql == note.onset_ql]
    return len(same) == 1 and not note.articulations


def _covered(tune: Sequence[Note], at: int, found: Sequence[Note]) -> list[str]:
    """Notes of the tune that a longer figure takes the place of."""
    end = max(note.onset_ql + note.duration_ql for note in found)
    return [note.id for note in tune[at:] if note.onset_ql < end]


def _crush(chart: Chart, tune: Sequence[Note], at: int) -> list[Note] | None:
    """A crushed note from the scale's step above into a note of a beat and more."""
    note = tune[at]
    if note.duration_ql < 1 or note.onset_ql.denominator > 1:
        return None
    above = _beside(chart, note, 1)
    return [_note(chart, note.onset_ql, Fraction(0), above), note]


def _turn(chart: Chart, tune: Sequence[Note], at: int) -> list[Note] | None:
    """The last half-beat of a note becomes a turn in sixteenth triplets, into the next one."""
    note, after = tune[at], tune[at + 1]
    end = note.onset_ql + note.duration_ql
    if beat_ql(chart.drill.meter).denominator > 1:
        # Where the beat has three parts already a triplet of one of them is no turn.
        return None
    if note.duration_ql < 1 or end != after.onset_ql or (end - _EIGHTH).denominator > 2:  # noqa: PLR2004
        return None
    home = after.pitch if abs(after.pitch - note.pitch) <= 2 else note.pitch  # noqa: PLR2004
    centre = msgspec.structs.replace(note, pitch=home)
    pitches = [_beside(chart, centre, 1), home, _beside(chart, centre, -1)]
    if pitches[-1] == after.pitch:
        return None
    return _with_tail(chart, note, pitches, _TRIPLET, after)


def _run(chart: Chart, tune: Sequence[Note], at: int) -> list[Note] | None:
    """The last half-beat of a note becomes four thirty-seconds of the scale into the next one."""
    note, after = tune[at], tune[at + 1]
    end = note.onset_ql + note.duration_ql
    if note.duration_ql < 1 or end != after.onset_ql or (end - _EIGHTH).denominator > 2:  # noqa: PLR2004
        return None
    rises = after.pitch >= note.pitch
    way = [after.pitch]
    while len(way) <= 4:  # noqa: PLR2004 - four notes and the goal
        way.append(
            _beside(chart, msgspec.structs.replace(after, pitch=way[-1]), -1 if rises else 1)
        )
    return _with_tail(chart, note, list(reversed(way[1:])), _QUICK, after)


def _with_tail(
    chart: Chart, note: Note, pitches: Sequence[int], length: Fraction, after: Note
) -> list[Note] | None:
    """The note, cut short, and the quick notes after it on their way to the next one.

    None where the scale of the key would have to step over an augmented second.
    """
    if abs(pitches[0] - note.pitch) > OCTAVE or pitches[0] == note.pitch:
        return None
    start = note.onset_ql + note.duration_ql - _EIGHTH
    head = msgspec.structs.replace(note, duration_ql=note.duration_ql - _EIGHTH)
    found = [head, *(_note(chart, start + at * length, length, p) for at, p in enumerate(pitches))]
    if any(_is_augmented(one, two) for one, two in pairwise([*found, after])):
        return None
    return found


def _is_augmented(one: Note, two: Note) -> bool:
    """Whether two notes are an augmented second apart."""
    steps = abs(_letter(two) - _letter(one)) % len(LETTERS)
    return abs(two.pitch - one.pitch) == _AUGMENTED and steps in {1, len(LETTERS) - 1}


def _letter(note: Note) -> int:
    return LETTERS.index(note.spelling[0])


def _cross_three(chart: Chart, tune: Sequence[Note], at: int) -> list[Note] | None:
    """Three even notes over two beats."""
    return _cross(chart, tune, at, 3, 2)


def _cross_four(chart: Chart, tune: Sequence[Note], at: int) -> list[Note] | None:
    """Four even notes over three beats."""
    return _cross(chart, tune, at, 4, 3)


def _cross(
    chart: Chart, tune: Sequence[Note], at: int, count: int, beats: int
) -> list[Note] | None:
    """So many even notes over so many beats, in the place of as many notes of the tune."""
    first = tune[at]
    bar = next(b for b in reversed(chart.bars) if b.onset_ql <= first.onset_ql)
    if beat_ql(bar.meter) != 1 or bar.meter.endswith("8"):
        return None
    start = first.onset_ql - bar.onset_ql
    end = first.onset_ql + beats
    fits = start.denominator == 1 and start % beats == 0 and start + beats <= bar.duration_ql
    inside = [n for n in tune[at:] if n.onset_ql < end]
    whole = inside[-1].onset_ql + inside[-1].duration_ql == end
    if not fits or not whole or len(inside) < count:
        return None
    if not all(_is_single(chart, note) for note in inside):
        return None
    length = Fraction(beats, count)
    return [
        msgspec.structs.replace(note, onset_ql=first.onset_ql + index * length, duration_ql=length)
        for index, note in enumerate(inside[:count])
    ]


def _beside(chart: Chart, note: Note, way: int) -> int:
    """The next note of the key's scale above (1) or below (-1) a pitch."""
    scale = read_key(_key_at(chart, note.onset_ql)).scale
    pitch = note.pitch + way
    while pitch % OCTAVE not in scale:
        pitch += way
    return pitch


def _key_at(chart: Chart, onset: Fraction) -> str:
    bar = next((b for b in reversed(chart.bars) if b.onset_ql <= onset), chart.bars[0])
    return chart.key_of(bar)


def _note(chart: Chart, onset: Fraction, length: Fraction, pitch: int) -> Note:
    name = key_name_of(_key_at(chart, onset), pitch % OCTAVE, rising=True)
    return Note("", onset, length, pitch, write_spelling(pitch, name), 1, 1)
