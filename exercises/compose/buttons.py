"""Buttons: how a band puts a full stop. The last chord is struck again in a rhythm of the style.

The blues says it in two bars: over the tonic the right hand comes down by semitones to the fifth,
then the chord is struck, once more from a semitone above, and home.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import msgspec

from exercises.chart import Chord, Mark, Note
from exercises.compose.cells import allows_note, allows_rest
from exercises.compose.grid import EIGHTH, TICKS, Metre, to_ql, to_ticks
from exercises.harmony import Harmony, read_token, reduce_quality
from exercises.theory import OCTAVE, transpose_name, write_spelling
from styles.tokens import read_pattern

if TYPE_CHECKING:
    from exercises.compose.writing import Plan
    from exercises.levels import Level
    from styles.schema import Ending, Style

TURNAROUND = "turnaround"
NEIGHBOUR = "A"
"""The role of a chord that comes from a semitone above."""
BUTTONS = frozenset({"button", TURNAROUND})

# The lick over the tonic, in semitones above it with the interval that names each: the upper
# voice 1 b7 6 b6 and home on 5, a lower voice 3 3 b3 2 and home on 1.
_LICK = (
    ((12, "P1"), (4, "M3")), ((10, "m7"), (4, "M3")),
    ((9, "M6"), (3, "m3")), ((8, "m6"), (2, "M2")),
)  # fmt: skip
_HOME = ((7, "P5"), (4, "M3"), (0, "P1"))
_LAST = ((7, "P5"), (4, "M3"), (-2, "m7"))
TRIPLET_LEVEL = 8
SLOWEST_QUARTERS = 84
"""Quarter notes a minute up to which the lick is repeated in triplets."""
_TRIPLET = TICKS // 3


@dataclass(frozen=True, slots=True)
class Hit:
    """One stroke of a button, in ticks from the last bar's start."""

    onset: int
    duration: int
    role: str


@dataclass(frozen=True, slots=True)
class Button:
    """The rhythm of a last bar, hand by hand."""

    left: tuple[Hit, ...]
    right: tuple[Hit, ...]


def read_button(ending: Ending) -> Button:
    """The rhythm that a pack gives an ending."""
    return Button(_read_hits(ending.left), _read_hits(ending.right))


def find_button(style: Style, name: str, level: Level, metre: Metre) -> Button | None:
    """The rhythm of an ending by its name, in the metre; None where the ending has none."""
    for ending in style.endings:
        if ending.name == name and name in BUTTONS and reads_button(ending, level, metre):
            return read_button(ending)
    return None


def reads_button(ending: Ending, level: Level, metre: Metre) -> bool:
    """Whether a level reads the notes and rests of a button in a metre."""
    if metre.name not in ending.meters or ending.level > level.number:
        return False
    button = read_button(ending)
    return all(
        allows_note(level, hit.duration) and _reads_rest(level, rest)
        for hits in (button.left, button.right)
        for hit, rest in zip(hits, _rests(hits, metre), strict=True)
    )


def strike_button(
    notes: Sequence[Note], chords: Sequence[Chord], plan: Plan
) -> tuple[list[Note], list[Chord]]:
    """Notes and chords with the last bar's chord struck in the rhythm of the plan's button.

    The last bar is left as it is where a hand plays more than its chord there.
    """
    button = plan.button
    if button is None:
        return list(notes), list(chords)
    start = to_ql((plan.drill.bars - 1) * plan.metre.bar)
    kept, played = list(notes), list(chords)
    if plan.ending == TURNAROUND:
        kept = _lick(kept, plan)
    for staff, hits in ((1, button.right), (2, button.left)):
        group = [note for note in kept if note.staff == staff and note.onset_ql == start]
        later = [note for note in kept if note.staff == staff and note.onset_ql > start]
        if group and not later:
            kept = [note for note in kept if note not in group]
            kept += _strike(group, hits, plan)
    if plan.ending == TURNAROUND:
        played = _lean(played, button, plan)
    return kept, played


def clear_marks(marks: Sequence[Mark], plan: Plan) -> list[Mark]:
    """The marks without slurs over what the lick has put in another's place."""
    if plan.button is None or plan.ending != TURNAROUND:
        return list(marks)
    start = to_ql((plan.drill.bars - 2) * plan.metre.bar)
    return [
        mark
        for mark in marks
        if mark.kind != "slur" or mark.staff != 1 or (mark.end_ql or mark.onset_ql) < start
    ]


def _strike(group: Sequence[Note], hits: Sequence[Hit], plan: Plan) -> list[Note]:
    """One hand's strokes; the last carries the signs."""
    start = group[0].onset_ql
    tonic = plan.slots[-1].harmony
    signs = next((note.articulations for note in group if note.articulations), ())
    top = max(note.pitch for note in group)
    found: list[Note] = []
    for hit in hits:
        chord = _voice(group, hit, hits, plan) if plan.ending == TURNAROUND else list(group)
        if hit.role not in {"C", NEIGHBOUR}:
            chord = [_bass(min(group, key=lambda note: note.pitch), hit.role, tonic, plan)]
        found += [
            msgspec.structs.replace(
                note,
                onset_ql=start + to_ql(hit.onset),
                duration_ql=to_ql(hit.duration),
                articulations=signs if hit is hits[-1] and note.pitch == top else (),
            )
            for note in chord
        ]
    return found


def _bass(low: Note, role: str, harmony: Harmony, plan: Plan) -> Note:
    """The bass of the last chord, the fifth below it or the octave above."""
    if role == "8" and low.pitch + OCTAVE <= plan.level.left_range[1]:
        pitch = low.pitch + OCTAVE
    elif role == "5":
        down = (low.pitch - harmony.fifth) % OCTAVE
        pitch = low.pitch - down if low.pitch - down >= plan.level.left_range[0] else (
            low.pitch + OCTAVE - down
        )  # fmt: skip
    else:
        return low
    name = harmony.name_of(pitch % OCTAVE) or ""
    return msgspec.structs.replace(low, pitch=pitch, spelling=write_spelling(pitch, name))


def _voice(group: Sequence[Note], hit: Hit, hits: Sequence[Hit], plan: Plan) -> list[Note]:
    """A stroke of the blues: the tonic, the chord a semitone above it, the tonic once more."""
    tonic = plan.slots[-1].harmony
    first = hit is hits[0]
    chord = list(group)
    root = _lick_root(group)
    if group[0].staff == 1 and not first and root % OCTAVE == tonic.root:
        steps = _LAST if len(group) > 1 else _LAST[:1]
        chord = [_at(group[0], root, step, tonic) for step in steps]
    if hit.role != NEIGHBOUR:
        return chord
    above = _neighbour(plan)
    return [
        msgspec.structs.replace(
            note,
            pitch=note.pitch + 1,
            spelling=write_spelling(
                note.pitch + 1,
                above.name_of((note.pitch + 1) % OCTAVE)
                or transpose_name(tonic.name_of(note.pitch % OCTAVE) or "C", "m2"),
            ),
        )
        for note in chord
    ]


def _lick(notes: list[Note], plan: Plan) -> list[Note]:
    """The right hand of the last but one bar comes down from the octave to the fifth."""
    metre, tonic = plan.metre, plan.slots[-1].harmony
    last = to_ql((plan.drill.bars - 1) * metre.bar)
    start = last - to_ql(metre.bar)
    upper = [note for note in notes if note.staff == 1]
    final = [note for note in upper if note.onset_ql == last]
    if not final:
        return notes
    floor = max(
        (note.pitch for note in notes if note.staff != 1 and note.onset_ql >= start), default=0
    )
    top = max(note.pitch for note in final)
    low = max(plan.level.right_range[0], floor + 3)
    high = plan.level.right_range[1] - OCTAVE
    roots = [pitch for pitch in range(low, high + 1) if pitch % OCTAVE == tonic.root]
    if not roots:
        return notes
    root = min(roots, key=lambda pitch: abs(pitch + 7 - top))
    single = plan.drill.kind != "grand" or plan.level.right_notes == 1
    count = 1 if single else min(plan.level.right_notes, len(_HOME))
    found = [_hold(note, start) for note in notes if note.staff != 1 or note.onset_ql < start]
    slow = plan.level.number >= TRIPLET_LEVEL and plan.drill.quarter_bpm <= SLOWEST_QUARTERS
    for beat, pair in enumerate(_LICK):
        here = start + to_ql(beat * TICKS)
        strokes = [(0, TICKS)] if not slow or not beat else [
            (at * _TRIPLET, _TRIPLET) for at in range(3)
        ]  # fmt: skip
        for at, length in strokes:
            found += [
                msgspec.structs.replace(
                    _at(final[0], root, step, tonic),
                    onset_ql=here + to_ql(at), duration_ql=to_ql(length), articulations=(),
                )
                for step in pair[: 1 if single else 2]
            ]  # fmt: skip
    home = [_at(final[0], root, step, tonic) for step in _HOME[:count]]
    return [*found, *home]


def _hold(note: Note, start: Fraction) -> Note:
    """A note of the right hand that ends where the lick begins."""
    if note.staff != 1 or note.onset_ql + note.duration_ql <= start:
        return note
    return msgspec.structs.replace(note, duration_ql=start - note.onset_ql)


def _at(model: Note, root: int, step: tuple[int, str], tonic: Harmony) -> Note:
    """A note so far above a root, named by its interval."""
    name = transpose_name(tonic.name_of(tonic.root) or "C", step[1])
    pitch = root + step[0]
    return msgspec.structs.replace(
        model, pitch=pitch, spelling=write_spelling(pitch, name), fingering=None
    )


def _lick_root(group: Sequence[Note]) -> int:
    """A fifth below the top of the right hand's last chord: the tonic, where there was a lick."""
    return max(note.pitch for note in group) - 7


def _neighbour(plan: Plan) -> Harmony:
    known = {each for entry in plan.style.vocabulary if entry.level <= plan.level.number
             for each in entry.qualities}  # fmt: skip
    quality = reduce_quality("9", frozenset({"", "m", *known}))
    return read_token("bII:9", plan.drill.key, quality)


def _lean(chords: list[Chord], button: Button, plan: Plan) -> list[Chord]:
    """The last chord in three: home, the chord a semitone above it, home."""
    last = chords[-1]
    lean = next((hit for hit in button.left if hit.role == NEIGHBOUR), None)
    if lean is None:
        return chords
    there = last.onset_ql + to_ql(lean.onset)
    back = there + to_ql(lean.duration)
    above = _neighbour(plan)
    neighbour = Chord(
        onset_ql=there,
        duration_ql=back - there,
        symbol=above.symbol,
        root=above.root,
        bass=above.bass,
        pitch_classes=above.pitch_classes,
    )
    end = last.onset_ql + last.duration_ql
    return [
        *chords[:-1],
        msgspec.structs.replace(last, duration_ql=there - last.onset_ql),
        neighbour,
        msgspec.structs.replace(last, onset_ql=back, duration_ql=end - back),
    ]


def _read_hits(events: str) -> tuple[Hit, ...]:
    return tuple(
        Hit(to_ticks(each.offset_ql), to_ticks(each.duration_ql), each.role)
        for each in read_pattern(events)
        if each.role
    )


def _rests(hits: Sequence[Hit], metre: Metre) -> list[int]:
    """The silence after each stroke."""
    starts = [hit.onset for hit in hits[1:]] + [metre.bar]
    return [start - hit.onset - hit.duration for hit, start in zip(hits, starts, strict=True)]


def _reads_rest(level: Level, length: int) -> bool:
    """Whether a silence can be written in rests that the level reads."""
    if not level.rests:
        return True
    for rest in (4 * TICKS, 3 * TICKS, 2 * TICKS, 3 * EIGHTH, TICKS, EIGHTH):
        if allows_rest(level, rest):
            length %= rest
    return length == 0
