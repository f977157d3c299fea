"""Which notes a melody may use over a chord: the scale, bent by the chord's own notes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from exercises.theory import (
    LETTERS,
    OCTAVE,
    SCALES,
    pitch_class,
    read_key,
    scale_names,
    scale_pcs,
)

if TYPE_CHECKING:
    from exercises.compose.dice import Dice
    from exercises.compose.progression import Slot
    from exercises.harmony import Harmony
    from exercises.levels import Level
    from styles.schema import Melody

PLAIN_LEVEL = 3
"""Up to here melodies keep to major and minor (and the pentatonics inside them)."""
FIRST_SCALE_SHARE = 0.6
COLOUR_SHARE = 0.08
"""Share of chromatic notes from which a level has room for scales outside the key."""
MODE_STRICTNESS = 4.0
"""How sharply a mode falls behind the one that holds most of the chart's chords (by ear)."""
_HEPTATONIC = 7
_PLAIN_SCALES = frozenset({"major", "minor", "major pentatonic"})
_CLASH_IS_STYLE = frozenset({"7b9", "7alt", "7#9", "7b13"})


@dataclass(frozen=True, slots=True)
class ScaleNote:
    """A note that a melody may take over a chord."""

    pitch: int
    step: int
    """Its place on the staff, in lines and spaces: neighbours differ by one."""
    name: str
    chordal: bool
    clashing: bool
    """A semitone above a chord tone: it may pass but not stay."""
    blue: bool = False
    """Outside the plain scale by colour: the flat fifth, the flat third over a major chord."""


def choose_scale(
    melody: Melody, key: str, level: Level, dice: Dice, slots: Sequence[Slot] = ()
) -> str:
    """The scale of a chart: mostly the style's first choice, simple ones at the first levels.

    Modes are held to the chart's chords: a tune over a dominant is hardly mixolydian.
    """
    minor = read_key(key).minor
    liked = list(melody.scales_minor if minor else melody.scales)
    if level.number <= PLAIN_LEVEL:
        liked = [each for each in liked if each in _PLAIN_SCALES]
    if level.chromatic_share < COLOUR_SHARE:
        liked = [each for each in liked if _inside(each, key)]
    plain = "minor" if minor else "major"
    if not liked:
        return plain
    modes = {each: _agreement(each, key, slots) for each in liked if _is_mode(each)}
    best = max(modes.values(), default=1.0)
    weights = [
        FIRST_SCALE_SHARE ** (at * 1.5) * (modes.get(each, best) / best) ** MODE_STRICTNESS
        for at, each in enumerate(liked)
    ]
    return dice.choose(liked, weights)


def _is_mode(scale: str) -> bool:
    return len(SCALES[scale]) == _HEPTATONIC


def _agreement(scale: str, key: str, slots: Sequence[Slot]) -> float:
    """Share of the chords whose triads lie in a mode; the leading note is every minor key's."""
    facts = read_key(key)
    inside = {*scale_pcs(facts.tonic, scale)}
    if facts.minor:
        inside.add((facts.tonic_pc - 1) % OCTAVE)
    triads = [set(slot.harmony.pitch_classes[:3]) for slot in slots]
    # One more of each, so that a single stranger does not decide alone.
    return (1 + sum(triad <= inside for triad in triads)) / (1 + len(triads))


@cache
def notes_over(
    harmony: Harmony, key: str, scale: str, low: int, high: int
) -> tuple[ScaleNote, ...]:
    """All notes from low to high that fit a chord in a key, upwards.

    In a seven-note scale the chord's own name for a letter wins over the scale's (G# over E7 in A
    minor); smaller scales are joined by the chord's notes.
    """
    names = _local_names(harmony, key, scale)
    chordal = set(harmony.pitch_classes)
    tolerant = harmony.quality in _CLASH_IS_STYLE or scale == "blues"
    found = []
    for pitch in range(low, high + 1):
        name = names.get(pitch % OCTAVE)
        if name is None:
            continue
        is_chordal = pitch % OCTAVE in chordal
        clash = not is_chordal and not tolerant and (pitch - 1) % OCTAVE in chordal
        third = (pitch - harmony.root) % OCTAVE == 3 and not harmony.is_minor  # noqa: PLR2004
        flat_five = (pitch - read_key(key).tonic_pc) % OCTAVE == 6  # noqa: PLR2004 - a tritone
        blue = not is_chordal and (third or flat_five)
        place = staff_place(pitch, name)
        found.append(ScaleNote(pitch, place, name, is_chordal, clash, blue))
    return tuple(found)


def staff_place(pitch: int, name: str) -> int:
    """The place on the staff of a pitch under a name: one for each line or space, C0 is 0."""
    alter = name.count("#") - name.count("b")
    return LETTERS.index(name[0]) + 7 * ((pitch - alter) // OCTAVE - 1)


def harmony_at(slots: Sequence[Slot], onset: int, duration: int, reach: int) -> Slot:
    """The chord that a melody note belongs to.

    A note that begins at most `reach` before a change and is held over it anticipates the new
    chord.
    """
    for index, slot in enumerate(slots):
        if slot.onset <= onset < slot.end:
            held = onset + duration > slot.end and slot.end - onset <= reach
            return slots[index + 1] if held and index + 1 < len(slots) else slot
    return slots[0] if onset < slots[0].onset else slots[-1]


@cache
def _local_names(harmony: Harmony, key: str, scale: str) -> dict[int, str]:
    facts = read_key(key)
    names = scale_names(facts.tonic, scale)
    chord = [name for pc, name in harmony.names if pc in harmony.pitch_classes]
    if len(names) == _HEPTATONIC:
        by_letter = {name[0]: name for name in names}
        by_letter.update({name[0]: name for name in chord})
        kept = list(by_letter.values())
    else:
        tones = {pitch_class(name) for name in chord}
        colour = scale == "blues"
        kept = [name for name in names if colour or not _rubs(pitch_class(name), tones)]
        if not _inside(scale, key):
            # Minor colours over a major key are mixed with the key's own notes.
            kept = [*(n for n in facts.names if not _rubs(pitch_class(n), tones)), *kept]
    # Of two spellings of one pitch the chord's wins.
    return {pitch_class(name): name for name in [*kept, *chord]}


@cache
def _inside(scale: str, key: str) -> bool:
    """Whether a scale on the tonic stays in the key's signature."""
    facts = read_key(key)
    return set(scale_pcs(facts.tonic, scale)) <= set(facts.scale)


def _rubs(pc: int, chord: set[int]) -> bool:
    """A scale note a semitone from a chord tone on either side, no chord tone itself."""
    return pc not in chord and (pc + 1) % OCTAVE in chord and (pc - 1) % OCTAVE in chord
