"""The devices of a style: enclosures, chromatic approaches and crushed graces.

They are put in after the line stands, where it already moves the right way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from exercises.compose.bassline import Tone
from exercises.compose.contour import beat_strength
from exercises.compose.grid import EIGHTH, TICKS, Metre
from exercises.compose.tones import ScaleNote, notes_over, staff_place
from exercises.theory import OCTAVE, read_key, transpose_name

if TYPE_CHECKING:
    from exercises.compose.dice import Dice
    from exercises.compose.line import Place
    from exercises.compose.rhythm import Beat
    from exercises.levels import Level
    from styles.schema import Melody

ENCLOSURE_SHARE = 0.35
LEANING_SHARE = 0.3
MOST_LEANING = 3
"""Appoggiaturas in a chart at most."""
APPROACH_SHARE = 0.3
FROM_BELOW = 0.6
"""Chromatic approaches come from below six times in ten (jazz solos)."""
MOST_GRACES = 3
GRACE_SHARE = 0.3
_FIRST = 2


def ornament_line(
    places: Sequence[Place],
    melody: Melody,
    level: Level,
    *,
    metre: Metre,
    key: str,
    scale: str,
    climax: int,
    below: Sequence[Tone],
    dice: Dice,
) -> list[Place]:
    """The line with the style's devices, within the level's share of chromatic notes.

    `below` is the accompaniment: no note leans into a chord from a minor ninth above its bass.
    """
    line = list(places)
    if level.number < melody.devices_level:
        return line
    if "appoggiatura" in melody.devices:
        top = line[climax]
        line = _lean(
            line, level, metre=metre, key=key, scale=scale, climax=climax, below=below, dice=dice
        )
        climax = find_place(line, top)
    budget = _budget(line, level, key)
    for index in range(_FIRST, len(line)):
        target = line[index]
        if budget <= 0 or not target.note.chordal or beat_strength(target.beat, metre) < 1:
            continue
        if climax in {index - 1, index - 2} or not _runs_into(line, index):
            continue
        enclosed = "enclosure" in melody.devices and _pair_runs(line, index, metre)
        if enclosed and dice.chance(ENCLOSURE_SHARE):
            changed = _enclose(line, index, key, scale, level)
        elif "approach" in melody.devices and dice.chance(APPROACH_SHARE):
            changed = _approach(line, index, level, below=dice.chance(FROM_BELOW))
        else:
            continue
        budget -= changed
    return line


def find_place(line: Sequence[Place], place: Place) -> int:
    """Where a note of the line stands by now; the highest note where it has gone."""
    here = [at for at, each in enumerate(line) if each is place]
    return here[0] if here else max(range(len(line)), key=lambda at: line[at].note.pitch)


def grace_notes(
    places: Sequence[Place], melody: Melody, level: Level, dice: Dice
) -> list[tuple[int, Tone]]:
    """Crushed graces a semitone below long thirds: the place's index and the note."""
    fits = "crushed grace" in melody.devices and level.number >= melody.devices_level
    if not fits or "grace" not in level.articulations:
        return []
    found: list[tuple[int, Tone]] = []
    for index, place in enumerate(places):
        harmony, note = place.slot.harmony, place.note
        is_third = note.pitch % OCTAVE == harmony.third and not harmony.is_minor
        if not is_third or place.beat.duration < TICKS or place.staff != 1:
            continue
        if len(found) < MOST_GRACES and dice.chance(GRACE_SHARE):
            name = transpose_name(note.name, "-A1")
            found.append((index, Tone(place.beat.onset, 0, note.pitch - 1, 1, 1, name)))
    return found


def slip_notes(
    places: Sequence[Place],
    melody: Melody,
    level: Level,
    below: Sequence[Tone],
    *,
    key: str,
    scale: str,
    dice: Dice,
) -> list[Tone]:
    """A second voice that slips up a whole step into the chord under a held upper note.

    The lower note lies a third to a sixth under the tune, its grace a step below it.
    """
    fits = "slip note" in melody.devices and level.number >= melody.devices_level
    if not fits or "grace" not in level.articulations or level.right_notes < 2:  # noqa: PLR2004
        return []
    found: list[Tone] = []
    for place in places:
        beat, note = place.beat, place.note
        if place.staff != 1 or beat.duration < TICKS or not note.chordal or beat.onset < 0:
            continue
        end = beat.onset + beat.duration
        floor = max((t.pitch for t in below if t.onset < end and t.end > beat.onset), default=0)
        options = notes_over(
            place.slot.harmony, key, scale, max(floor + 2, note.pitch - 9), note.pitch - 3
        )
        pairs = [
            (step, target) for step, target in pairwise(options)
            if target.chordal and target.pitch - step.pitch == 2  # noqa: PLR2004 - a whole step
            and target.step - step.step == 1
        ]  # fmt: skip
        if pairs and len(found) < 2 * MOST_GRACES and dice.chance(GRACE_SHARE):
            step, target = pairs[-1]
            found.append(Tone(beat.onset, 0, step.pitch, 1, 1, step.name))
            found.append(Tone(beat.onset, beat.duration, target.pitch, 1, 1, target.name))
    return found


def _lean(
    line: Sequence[Place],
    level: Level,
    *,
    metre: Metre,
    key: str,
    scale: str,
    climax: int,
    below: Sequence[Tone],
    dice: Dice,
) -> list[Place]:
    """The line with a few long chord notes leaned into from the step above, half for half.

    The leaning note stands where the chord note stood and is struck with the chord, as Mozart
    closes a phrase; it is reached by step or third.
    """
    found = list(line)
    spent = 0
    for index in range(len(line) - 2, _FIRST, -1):
        place, before = line[index], line[index - 1]
        half = place.beat.duration // 2
        fits = (
            spent < MOST_LEANING
            and index not in {climax, climax + 1}
            and place.note.chordal
            and beat_strength(place.beat, metre) >= 1
            and half in {EIGHTH, TICKS, 2 * TICKS}
            and before.staff == place.staff == 1
            and before.note.chordal
        )
        if not fits or not dice.chance(LEANING_SHARE):
            continue
        pitch = place.note.pitch
        over = notes_over(place.slot.harmony, key, scale, pitch + 1, pitch + 2)
        above = [note for note in over if note.step == place.note.step + 1 and not note.chordal]
        away = abs(above[0].pitch - before.note.pitch) if above else 0
        top = line[climax].note.pitch
        if not above or not 0 < away <= level.free_interval or above[0].pitch >= top:
            continue
        if abs(above[0].step - before.note.step) == 1 and away > 2:  # noqa: PLR2004 - augmented
            continue
        first = replace(place.beat, duration=half)
        if half >= metre.beat and _grates(above[0].pitch, first, below):
            continue
        second = replace(place.beat, onset=place.beat.onset + half, duration=half)
        found[index] = replace(place, beat=second)
        found.insert(index, replace(place, beat=first, note=above[0]))
        spent += 1
    return found


def _grates(pitch: int, beat: Beat, below: Sequence[Tone]) -> bool:
    """Whether a note lies a semitone, octaves aside, above one that sounds under it."""
    end = beat.onset + beat.duration
    under = (tone for tone in below if tone.onset < end and tone.end > beat.onset)
    return any((pitch - tone.pitch) % OCTAVE == 1 for tone in under)


def _budget(line: Sequence[Place], level: Level, key: str) -> int:
    """How many more chromatic notes the level reads."""
    scale = read_key(key).scale
    outside = sum(place.note.pitch % OCTAVE not in scale for place in line)
    most = int(level.chromatic_share * len(line))
    if level.chromatic_notes is not None:
        most = min(most, level.chromatic_notes)
    return min(most, len(line) // 6) - outside


def _runs_into(line: Sequence[Place], index: int) -> bool:
    """An eighth or shorter off the beat leads straight into this note."""
    before, here = line[index - 1], line[index]
    joined = before.beat.onset + before.beat.duration == here.beat.onset
    same = before.staff == here.staff and before.beat.phrase == here.beat.phrase
    return joined and same and before.beat.duration <= EIGHTH and not before.beat.closing


def _pair_runs(line: Sequence[Place], index: int, metre: Metre) -> bool:
    two = line[index - 2]
    joined = two.beat.onset + two.beat.duration == line[index - 1].beat.onset
    strong = beat_strength(two.beat, metre) >= 2  # noqa: PLR2004 - the bar's strong pulses
    return joined and not strong and two.beat.duration == EIGHTH and two.staff == line[index].staff


def _enclose(line: list[Place], index: int, key: str, scale: str, level: Level) -> int:
    """Step above, semitone below, target."""
    target = line[index]
    pitch = target.note.pitch
    above = [
        note
        for note in notes_over(target.slot.harmony, key, scale, pitch + 1, pitch + 2)
        if note.step == target.note.step + 1
    ]
    if not above or not _reachable(line, index - 2, above[0].pitch, level):
        return 0
    name = transpose_name(target.note.name, "-m2")
    lower = _stranger(pitch - 1, name)
    line[index - 2] = replace(line[index - 2], note=above[0])
    line[index - 1] = replace(line[index - 1], note=lower)
    return 1


def _approach(line: list[Place], index: int, level: Level, *, below: bool) -> int:
    target = line[index].note
    move = -1 if below else 1
    pitch = target.pitch + move
    if line[index - 2].note.pitch == pitch or not _reachable(line, index - 1, pitch, level):
        return 0
    name = transpose_name(target.name, "-m2" if below else "m2")
    note = _stranger(pitch, name)
    line[index - 1] = replace(line[index - 1], note=note)
    return 1


def _stranger(pitch: int, name: str) -> ScaleNote:
    return ScaleNote(pitch, staff_place(pitch, name), name, chordal=False, clashing=False)


def _reachable(line: Sequence[Place], index: int, pitch: int, level: Level) -> bool:
    """Whether the note before reaches the new one by a free interval."""
    if index == 0:
        return True
    away = abs(line[index - 1].note.pitch - pitch)
    return 0 < away <= level.free_interval
