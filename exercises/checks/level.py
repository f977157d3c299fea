"""Whether a chart keeps to its level: nothing above the row, and something of the row itself."""

from __future__ import annotations

import itertools
from bisect import bisect_left
from fractions import Fraction
from typing import TYPE_CHECKING

import msgspec

from exercises.chairs import chair_of
from exercises.chart import Note, number_notes
from exercises.checks.changes import check_changes
from exercises.checks.hands import check_hands
from exercises.checks.survey import NAMES, Survey, Tone
from exercises.levels import LOWEST, load_levels
from exercises.meter import TICKS
from exercises.rhythm_places import is_syncopated
from exercises.seating import is_held
from exercises.theory import OCTAVE, key_fifths

if TYPE_CHECKING:
    from collections.abc import Iterator

    from exercises.chart import Chart
    from exercises.levels import Level

Finding = tuple[int, str]
"""(bar, detail)."""

FIVE_FINGERS = 7
"""Semitones from thumb to little finger on five neighbouring keys of a scale ..."""
RAISED_FIVE_FINGERS = 8
"""... and with a raised seventh below."""
FREE_FROM = 9
"""From here on every rest may be written."""
ROUNDING = 1e-6
"""Notes: a density of exactly the level's passes whatever the tempo's last binary digit says."""
_OCTAVE_BASS_LEVEL = 3
_SLASH_PITCH = 71
_BY_IDIOM = frozenset({"comping", "number", "bass"})
_MARKS = {"pedal": "pedal", "hairpin": "hairpin"}


def check_level(survey: Survey, level: Level) -> Iterator[Finding]:
    """What is above the level, apart from the key and the hands, which have checks of their own."""
    yield from _check_meter(survey, level)
    # Where slashes stand, what is read is their rhythm; the notes are one way to play it.
    read = Survey(_as_read(survey.chart)) if survey.chart.slashes else survey
    yield from _check_values(read, level)
    yield from _check_rests(read, level)
    # Chords that are held have no tune: what lies on top is where the hand moves least.
    if read is survey and not (survey.chart.drill.chair and is_held(survey.chart)):
        yield from _check_intervals(survey, level)
    yield from _check_syncopation(read, level)
    yield from _check_density(survey, level)
    yield from _check_texture(survey, level)
    yield from _check_signs(survey, level)


def _as_read(chart: Chart) -> Chart:
    """A chart of slashes with their rhythm in the place of its notes."""
    notes = [
        Note("", slash.onset_ql, slash.duration_ql, _SLASH_PITCH, "B4", slash.staff, 1)
        for slash in chart.slashes
    ]
    return msgspec.structs.replace(chart, notes=number_notes(notes), grooves=())


NEW_VALUE = "a note of"
NOTHING_NEW = "nothing in it is of level"


def check_new_element(survey: Survey, level: Level) -> Iterator[Finding]:
    """A fault where a chart has nothing of its level: it would pass one level down.

    Asked of charts that write all notes out or the tune, and that are as long as the level's: the
    level of a bass line, a comp or held chords lies in the chords and the idiom, and a short drill
    has no room.
    """
    full = sum(1 for bar in survey.chart.bars if bar.number)
    drill = survey.chart.drill
    if drill.kind in _BY_IDIOM or chair_of(drill.chair).plays_part or full < level.bars[0]:
        return
    if level.number > LOWEST and not elements_of(survey, level):
        yield survey.chart.bars[0].number, f"{NOTHING_NEW} {level.number}"


def elements_of(survey: Survey, level: Level) -> tuple[str, ...]:
    """What a chart has that the level below does not know; of each kind of thing the first.

    An element is whatever the row below would refuse: its key, a value, an interval, the reach,
    the density, the chord symbols. The top row of the table is measured the same way.
    """
    below = load_levels()[level.number - 1]
    key = survey.chart.drill.key
    found = []
    if not below.allows_key(key, abs(key_fifths(key))):
        found.append(f"the key {key}")
    if survey.chart.show_chords and not below.show_chords:
        found.append("chord symbols")
    if len([b for b in survey.chart.bars if b.number]) > below.bars[1]:
        found.append("its length")
    for check in (check_level, check_hands):
        first = next(iter(check(survey, below)), None)
        if first is not None:
            found.append(first[1])
    return tuple(found)


def _check_meter(survey: Survey, level: Level) -> Iterator[Finding]:
    bars = survey.chart.bars
    for bar in bars:
        if not level.allows_meter(bar.meter):
            yield bar.number, f"{bar.meter} is a metre above level {level.number}"
            break
    if not level.meter_changes:
        for before, bar in itertools.pairwise(bars):
            if bar.meter != before.meter:
                yield bar.number, "the metre changes"
    yield from check_changes(survey, level)
    if bars[0].number == 0 and not level.pickup:
        yield 0, f"a pickup is above level {level.number}"
    # A lead sheet or a number chart is asked for by kind, whatever the level.
    asked = survey.chart.drill.kind != "grand"
    if survey.chart.show_chords and not level.show_chords and not asked:
        yield bars[0].number, f"chord symbols are above level {level.number}"


def _check_values(survey: Survey, level: Level) -> Iterator[Finding]:
    allowed = {int(d * TICKS) for d in level.durations}
    for tone in survey.tones:
        length = tone.end - tone.start
        index = survey.index_at(tone.start)
        # A note that fills its bar is no new value in a longer metre.
        fills = tone.start == survey.starts[index] and tone.end == survey.ends[index]
        if allowed and length not in allowed and not fills:
            value = Fraction(length, TICKS)
            yield survey.bar_at(tone.start), f"{tone.note.id}: {NEW_VALUE} {value} quarter notes"
        elif tone.start % (TICKS // 8) and level.triplets == "none":
            yield survey.bar_at(tone.start), f"{tone.note.id}: a triplet"
        if not level.ties and tone.end > survey.ends[index]:
            yield survey.bar_at(tone.start), f"{tone.note.id}: tied over the bar line"


def _check_rests(survey: Survey, level: Level) -> Iterator[Finding]:
    if not level.rests and level.number >= FREE_FROM:
        return
    allowed = sorted((int(rest * TICKS) for rest in level.rests), reverse=True)
    for hand, gaps in survey.gaps.items():
        for start, end in gaps:
            # A gap is written as several rests: the longest that fit, one after another.
            left = end - start
            for rest in allowed:
                left %= rest
            if left:
                value = Fraction(end - start, TICKS)
                yield survey.bar_at(start), f"{NAMES[hand]}: a rest of {value} quarter notes"


def bass_leap(level: Level) -> int:
    """The largest interval of a bass line: it leaps by its nature, a fifth and soon an octave."""
    return max(level.max_interval, 7 if level.number < _OCTAVE_BASS_LEVEL else OCTAVE)


def _check_bass_intervals(survey: Survey, level: Level) -> Iterator[Finding]:
    most = bass_leap(level)
    for before, after in itertools.pairwise(survey.melody):
        size = abs(after.note.pitch - before.note.pitch)
        if size > most:
            detail = f"a leap of {size} semitones to {after.note.id}, at most {most}"
            yield survey.bar_at(after.start), detail


def _check_intervals(survey: Survey, level: Level) -> Iterator[Finding]:
    if survey.chart.drill.kind == "bass":
        yield from _check_bass_intervals(survey, level)
        return
    leaps = count = 0
    where = None
    for before, after in _tune_pairs(survey):
        size = abs(after.note.pitch - before.note.pitch)
        count += 1
        if size > level.free_interval:
            leaps += 1
            where = where or after
        if size > level.max_interval:
            yield (
                survey.bar_at(after.start),
                f"a leap of {size} semitones to {after.note.id}, at most {level.max_interval}",
            )
    # A share of a short tune is less than one leap, which may be meant.
    most = max(1, int(level.leap_share * count))
    if where is not None and leaps > most:
        yield survey.bar_at(where.start), f"{leaps} of {count} intervals are leaps, at most {most}"
    if level.five_finger:
        yield from _check_position(survey, level)


def _tune_pairs(survey: Survey) -> Iterator[tuple[Tone, Tone]]:
    """Neighbours in the tune that one hand plays; a change of hand is no interval."""
    melody = survey.melody
    for before, after in itertools.pairwise(melody):
        if before.note.staff == after.note.staff:
            yield before, after


def _check_position(survey: Survey, level: Level) -> Iterator[Finding]:
    widest = RAISED_FIVE_FINGERS if level.raised_seventh else FIVE_FINGERS
    tunes = {hand: [t for t in survey.melody if t.note.staff == hand] for hand in NAMES}
    for hand, tones in tunes.items():
        pitches = [tone.note.pitch for tone in tones]
        if pitches and max(pitches) - min(pitches) > widest:
            tone = next(t for t in tones if t.note.pitch == max(pitches))
            yield survey.bar_at(tone.start), f"{NAMES[hand]}: leaves the five-finger position"


def _check_syncopation(survey: Survey, level: Level) -> Iterator[Finding]:
    melody = survey.melody
    pushed = []
    for index, tone in enumerate(melody):
        following = melody[index + 1].start if index + 1 < len(melody) else None
        if is_syncopated(survey, tone.start, following):
            pushed.append(tone)
    most = int(level.syncopated_share * max(len(melody), 16))
    if len(pushed) > most:
        yield (
            survey.bar_at(pushed[0].start),
            f"{len(pushed)} of {len(melody)} onsets are syncopated, at most {most}",
        )


def _check_density(survey: Survey, level: Level) -> Iterator[Finding]:
    """Onsets and notes a second in any two beats that begin with an onset.

    Notes under slashes are not read one by one: how full a chord is, is the player's choice.
    """
    starts = [tone.start for tone in survey.tones if tone.end > tone.start]
    onsets = sorted(set(starts))
    window = 2 * survey.beat
    slashed = bool(survey.chart.slashes)
    crowded: set[int] = set()
    for index, start in enumerate(onsets):
        seconds = survey.seconds_between(start, start + window)
        most = max(level.onsets_per_s * seconds, 1.0) + ROUNDING
        notes_allowed = max(level.notes_per_s * seconds, 1.0) + ROUNDING
        most_notes = float("inf") if slashed else notes_allowed
        count = bisect_left(onsets, start + window) - index
        notes = bisect_left(starts, start + window) - bisect_left(starts, start)
        bar = survey.bar_at(start)
        if (count > most or notes > most_notes) and bar not in crowded:
            crowded.add(bar)
            yield (
                bar,
                (
                    f"{count / seconds:.1f} onsets and {notes / seconds:.1f} notes a second; "
                    f"level {level.number} has {level.onsets_per_s} and {level.notes_per_s}"
                ),
            )


def _check_texture(survey: Survey, level: Level) -> Iterator[Finding]:
    if level.texture in {"pattern", "independent"} or not all(survey.hands.values()):
        return
    both = survey.busy_bars(1) & survey.busy_bars(2)
    if level.texture == "one hand":
        for index in sorted(both)[:1]:
            yield survey.chart.bars[index].number, "both hands play in one bar"
        return
    onsets = {m.start for m in survey.moments[2] if survey.index_at(m.start) in both}
    if level.texture == "alternate":
        moving = [start for start in onsets if survey.position(start)]
        detail = "the left hand moves under the right"
    else:
        moving = [start for start in onsets if survey.position(start) % survey.beat]
        detail = "the left hand plays off the beat"
    for start in sorted(moving)[:1]:
        yield survey.bar_at(start), detail


def _check_signs(survey: Survey, level: Level) -> Iterator[Finding]:
    known = set(level.articulations)
    for tone in survey.tones:
        for sign in tone.note.articulations:
            if sign not in known:
                yield survey.bar_at(tone.start), f"{tone.note.id}: {sign} is above the level"
        if tone.end == tone.start and "grace" not in known:
            yield survey.bar_at(tone.start), f"{tone.note.id}: a grace note is above the level"
    for mark in survey.chart.marks:
        bar = survey.bar_at(int(mark.onset_ql * TICKS))
        if mark.kind == "dynamic" and mark.text not in level.dynamics:
            yield bar, f"the dynamic {mark.text} is above the level"
        if mark.kind in _MARKS and _MARKS[mark.kind] not in level.marks:
            yield bar, f"a {mark.kind} is above the level"
