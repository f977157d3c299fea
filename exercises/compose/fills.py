"""Fills: short figures of the right hand in the long notes at the ends of phrases."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from exercises.compose.cells import NOTE, Rhythm, allows_note, allows_rest, is_allowed, plain_rhythm
from exercises.compose.grid import TICKS, Metre, two_beats_s
from exercises.compose.line import Place
from exercises.compose.rhythm import Beat
from exercises.compose.tones import ScaleNote, harmony_at, staff_place
from exercises.theory import OCTAVE, pitch_class, read_key, scale_names

if TYPE_CHECKING:
    from exercises.compose.bassline import Tone
    from exercises.compose.dice import Dice
    from exercises.compose.form import Phrase
    from exercises.compose.progression import Slot
    from exercises.levels import Level
    from styles.schema import Fill, Style

SHARE = 0.65
"""How often the end of a phrase that has room is filled, by ear."""
MOTIF = "fill"
_IN_MINOR = {"major": "minor", "major pentatonic": "minor pentatonic"}


@dataclass(frozen=True, slots=True)
class Room:
    """What a fill has to keep to."""

    style: Style
    level: Level
    metre: Metre
    key: str
    quarter_bpm: float
    slots: Sequence[Slot]
    below: Sequence[Tone]


def add_fills(
    places: Sequence[Place], phrases: Sequence[Phrase], room: Room, top: int, dice: Dice
) -> list[Place]:
    """The line with fills; one fill for each letter of the form, below its highest note (`top`)."""
    known = [each for each in room.style.fills if _reads(each, room)]
    line = list(places)
    chosen: dict[str, Fill] = {}
    for phrase in phrases[:-1]:
        sung = [at for at, place in enumerate(line) if place.beat.phrase == phrase.index]
        if not known or not sung or not line[sung[-1]].beat.closing:
            continue
        at, end = sung[-1], (phrase.bar + phrase.bars) * room.metre.bar
        fitting = [fill for fill in known if _fits(line, at, end, fill, room)]
        if not fitting or not dice.chance(SHARE):
            continue
        fill = chosen.get(phrase.letter)
        if fill not in fitting:
            fill = dice.choose(fitting, [each.weight for each in fitting])
            chosen.setdefault(phrase.letter, fill)
        new = _fill_end(line, at, end, fill, room, top)
        if new:
            line[at : at + 1] = new
    return line


def _fits(line: Sequence[Place], at: int, end: int, fill: Fill, room: Room) -> bool:
    """Whether the last note of a phrase leaves a fill room up to the phrase's end."""
    last = line[at]
    late = at + 1 < len(line) and line[at + 1].beat.onset < end
    held = end - read_fill(fill, room.metre).total - last.beat.onset
    if late or held < TICKS or last.staff != 1:
        return False
    rest = held - last.beat.duration
    return allows_rest(room.level, rest) if rest > 0 else allows_note(room.level, held)


def _reads(fill: Fill, room: Room) -> bool:
    swing = room.style.feel.swing is not None
    if room.metre.compound and not _is_triplet(fill):
        return False
    return fill.level <= room.level.number and is_allowed(
        read_fill(fill, room.metre), room.level, swing=swing
    )


def read_fill(fill: Fill, metre: Metre) -> Rhythm:
    """The rhythm of a fill; the triplets of the simple metres are the eighths of the compound."""
    rhythm = plain_rhythm(fill.values)
    if not metre.compound:
        return rhythm
    values = tuple((duration * 3 // 2, kind) for duration, kind in rhythm.values)
    return Rhythm(values, rhythm.weight)


def _is_triplet(fill: Fill) -> bool:
    return any(duration * 3 % TICKS == 0 < duration % (TICKS // 2) for duration, _ in (
        plain_rhythm(fill.values).values
    ))  # fmt: skip


def _fill_end(
    line: Sequence[Place], at: int, end: int, fill: Fill, room: Room, top: int
) -> list[Place]:
    """The last note of a phrase cut short and the fill after it; nothing where it does not fit."""
    last = line[at]
    rhythm = read_fill(fill, room.metre)
    start = end - rhythm.total
    following = line[at + 1] if at + 1 < len(line) else None
    onsets = _onsets(rhythm, start)
    if not _is_sparse(line, onsets, room):
        return []
    goal = last.note.pitch if following is None else following.note.pitch
    for notes in _runs(onsets, goal, end, fill, room, top):
        if not _sings(line, at, notes, following, room.level):
            continue
        held = min(last.beat.duration, start - last.beat.onset)
        bar = (end - 1) // room.metre.bar
        filled = [replace(last, beat=replace(last.beat, duration=held))]
        for index, ((onset, length), note) in enumerate(zip(onsets, notes, strict=True)):
            beat = Beat(onset, length, bar, last.beat.phrase, MOTIF, index)
            slot = harmony_at(room.slots, onset, length, 0)
            filled.append(Place(beat, note, slot, last.staff))
        return filled
    return []


def _onsets(rhythm: Rhythm, start: int) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    here = start
    for duration, kind in rhythm.values:
        if kind == NOTE:
            found.append((here, duration))
        here += duration
    return found


def _runs(
    onsets: Sequence[tuple[int, int]], goal: int, end: int, fill: Fill, room: Room, top: int
) -> Iterator[list[ScaleNote]]:
    """Neighbours of the fill's scale in its contour, those first that end beside the goal."""
    facts = read_key(room.key)
    scale = _IN_MINOR.get(fill.scale, fill.scale) if facts.minor else fill.scale
    home = {*facts.scale}
    for each in room.style.melody.scales_minor if facts.minor else room.style.melody.scales:
        home |= {pitch_class(name) for name in scale_names(facts.tonic, each)}
    names = {pitch_class(name): name for name in scale_names(facts.tonic, scale)}
    floor = max((t.pitch for t in room.below if t.onset < end and t.end > onsets[0][0]), default=0)
    low, high = room.level.right_range
    pool = [
        pitch for pitch in range(max(low, floor + 2), min(high, top - 1) + 1)
        if pitch % OCTAVE in names and pitch % OCTAVE in home
    ]  # fmt: skip
    steps = _contour(fill.contour, len(onsets))
    for near in sorted(range(len(pool)), key=lambda at: (abs(pool[at] - goal), at)):
        if pool[near] == goal or not all(0 <= near + step < len(pool) for step in steps):
            continue
        notes = [
            _note(pool[near + step], onset, length, names, room)
            for (onset, length), step in zip(onsets, steps, strict=True)
        ]
        if not any(note.clashing and length >= TICKS for note, (_, length) in zip(
            notes, onsets, strict=True
        )):  # fmt: skip
            yield notes


def _note(pitch: int, onset: int, length: int, names: Mapping[int, str], room: Room) -> ScaleNote:
    harmony = harmony_at(room.slots, onset, length, 0).harmony
    name = harmony.name_of(pitch % OCTAVE) or names[pitch % OCTAVE]
    chordal = pitch % OCTAVE in harmony.pitch_classes
    clash = not chordal and (pitch - 1) % OCTAVE in harmony.pitch_classes
    return ScaleNote(pitch, staff_place(pitch, name), name, chordal, clash)


def _contour(kind: str, count: int) -> list[int]:
    """Places in the scale above the last note of so many."""
    back = range(count - 1, -1, -1)
    if kind == "down":
        return list(back)
    if kind == "up":
        return [-left for left in back]
    if kind == "zigzag":
        return [left + left % 2 for left in back]
    arch = [min(at, left) for at, left in enumerate(back)]
    return arch if kind == "arch" else [-each for each in arch]


def _sings(
    line: Sequence[Place],
    at: int,
    notes: Sequence[ScaleNote],
    following: Place | None,
    level: Level,
) -> bool:
    """Whether the way in, the fill and the way out are intervals of the level."""
    way = [line[at].note.pitch, *(note.pitch for note in notes)]
    way += [] if following is None else [following.note.pitch]
    sizes = [abs(two - one) for one, two in pairwise(way)]
    whole = [place.note.pitch for place in line]
    leaps = sum(abs(two - one) > level.free_interval for one, two in pairwise(whole))
    leaps += sum(size > level.free_interval for size in sizes)
    few = leaps <= max(1, int(level.leap_share * len(whole)))
    return max(sizes) <= level.max_interval and few


def _is_sparse(line: Sequence[Place], onsets: Sequence[tuple[int, int]], room: Room) -> bool:
    """Whether any two beats around the fill stay under the level's densities."""
    window = 2 * room.metre.beat
    start, end = onsets[0][0] - window, onsets[-1][0] + window
    notes = sorted(
        [place.beat.onset for place in line if start < place.beat.onset < end]
        + [tone.onset for tone in room.below if start < tone.onset < end]
        + [onset for onset, _ in onsets]
    )
    seconds = two_beats_s(room.metre, room.quarter_bpm)
    single = sorted(set(notes))
    for first in single:
        count = bisect_left(single, first + window) - bisect_left(single, first)
        size = bisect_left(notes, first + window) - bisect_left(notes, first)
        if count > max(1.0, room.level.onsets_per_s * seconds):
            return False
        if size > max(1.0, room.level.notes_per_s * seconds):
            return False
    return True
