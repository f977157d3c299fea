"""What the right hand plays under its melody: chord notes, thirds and sixths, octaves.

A tune is dressed by the phrase, so that a return sounds fuller than the first time and the climax
fullest: plain at first, then in thirds, sixths, octaves or block chords as the style has them.
Elsewhere a chord hangs under a long note here and there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from exercises.compose.bassline import Tone
from exercises.compose.contour import beat_strength
from exercises.compose.grid import EIGHTH, TICKS, Metre, two_beats_s
from exercises.compose.tones import notes_over
from exercises.theory import OCTAVE
from exercises.timeline import SECONDS_PER_MINUTE

if TYPE_CHECKING:
    from exercises.compose.dice import Dice
    from exercises.compose.form import Phrase
    from exercises.compose.line import Place
    from exercises.levels import Level
    from styles.schema import Melody

FASTEST_REPEAT = 0.13
"""Seconds within which one key is not struck again."""
# How often a right-hand note on the beat carries chord notes, by the style's voicings; the
# plain share is that of two and more notes in Mozart's right hand.
PLAIN_SHARE = 0.12
SHARES = {
    "triad over bass": 0.4, "slash": 0.4, "power": 0.3, "drop 2": 0.3, "add9": 0.3,
    "quartal": 0.2, "close": 0.15,
}  # fmt: skip
FINAL_SHARE = 0.95
"""How often the last note of a chart carries a chord."""
OCTAVES_LEVEL = 8
BLOCK_LEVEL = 8
RETURN_SHARE, NEW_SHARE, CLIMAX_SHARE = 0.6, 0.25, 0.7
"""How often a phrase is dressed that returns, that is new, that has the climax (by ear)."""
QUICKEST_S = 0.16
"""Seconds: quicker notes of a dressed phrase stay single."""
_NEAREST = 3
"""A minor third: nothing closer hangs under the tune."""
_FULL_LEVEL = 5
_PLACES = {"thirds": (2, 5), "sixths": (5, 2), "octaves": (7,)}
"""Lines and spaces below the tune, in order of liking."""


@dataclass(frozen=True, slots=True)
class Dress:
    """What is fixed before notes are added to a melody."""

    level: Level
    metre: Metre
    quarter_bpm: float
    key: str
    scale: str
    shapes: frozenset[str]
    phrases: Mapping[int, str]
    """thirds, sixths, octaves or block by the phrase's index; the others are plain."""


def plan_dress(
    phrases: Sequence[Phrase],
    melody: Melody,
    level: Level,
    shapes: frozenset[str],
    *,
    peak: int,
    dice: Dice,
) -> dict[int, str]:
    """How each phrase is dressed; the first time a phrase is heard plain. `peak` has the climax."""
    known = _known(melody, level, shapes)
    chosen: dict[int, str] = {}
    if not known:
        return chosen
    for phrase in phrases:
        share = RETURN_SHARE if phrase.primes else NEW_SHARE if phrase.index else 0.0
        if phrase.index == peak and phrase.index:
            share = CLIMAX_SHARE
        if dice.chance(share):
            full = [each for each in known if each in {"octaves", "block"}]
            chosen[phrase.index] = dice.pick(full if full and phrase.index == peak else known)
    return chosen


def _known(melody: Melody, level: Level, shapes: frozenset[str]) -> list[str]:
    if level.right_notes < 2 or level.number < melody.devices_level:  # noqa: PLR2004
        return []
    devices = melody.devices
    found = [each for each in ("thirds", "sixths") if each in devices or "double stops" in devices]
    if "octaves" in devices and level.number >= OCTAVES_LEVEL:
        found.append("octaves")
    if "drop 2" in shapes and level.number >= BLOCK_LEVEL:
        found.append("block")
    return found


def fill_chords(
    places: Sequence[Place], below: Sequence[Tone], dress: Dress, dice: Dice
) -> list[Tone]:
    """Notes for the right hand, of the same length as the melody notes they hang from."""
    level, metre = dress.level, dress.metre
    if level.right_notes < 2:  # noqa: PLR2004 - nothing beside the tune
        return []
    window = 2 * metre.beat
    most = level.notes_per_s * two_beats_s(metre, dress.quarter_bpm)
    restruck = FASTEST_REPEAT * dress.quarter_bpm * TICKS / SECONDS_PER_MINUTE
    found: list[Tone] = []
    onsets = sorted([p.beat.onset for p in places] + [tone.onset for tone in below])
    for place in places:
        beat = place.beat
        if place.staff != 1 or beat.bar < 0:
            continue
        added = _wear(place, below, dress, dice, last=place is places[-1])
        if not added:
            continue
        fresh = {p.note.pitch for p in places if 0 < beat.onset - p.beat.onset < restruck}
        fresh |= {t.pitch for t in found[-4:] if 0 < beat.onset - t.onset < restruck}
        added = [tone for tone in added if tone.pitch not in fresh]
        crowd = [each for each in onsets if abs(each - beat.onset) < window]
        if len(crowd) + len(added) > most:
            added = added[: max(0, int(most) - len(crowd))]
        if not _says_chord(added, place):
            added = added[:1]
        found += added
        onsets = sorted(onsets + [tone.onset for tone in added])
    return found


def _wear(
    place: Place, below: Sequence[Tone], dress: Dress, dice: Dice, *, last: bool
) -> list[Tone]:
    """What one note of the tune carries."""
    level, beat = dress.level, place.beat
    kind = dress.phrases.get(beat.phrase, "")
    slow = beat.duration * SECONDS_PER_MINUTE >= QUICKEST_S * dress.quarter_bpm * TICKS
    if kind in _PLACES and beat.duration >= EIGHTH and slow:
        return _pair(place, below, dress, kind)
    strength = beat_strength(beat, dress.metre)
    if beat.duration < TICKS or strength < 1 or not place.note.chordal:
        # A stranger to the chord, with chord notes under it, is heard as another chord.
        return []
    count = min(level.right_notes - 1, 1 if level.number < _FULL_LEVEL else 2)
    if kind == "block":
        return _hang(place, below, min(level.right_notes - 1, 3), level, skip=1)
    share = max((SHARES[each] for each in dress.shapes if each in SHARES), default=PLAIN_SHARE)
    wanted = share * (1.6 if strength >= 2 or beat.closing else 0.6)  # noqa: PLR2004
    if not dice.chance(max(wanted, FINAL_SHARE) if last else wanted):
        return []
    open_shape = "drop 2" in dress.shapes and count > 1
    return _hang(place, below, count, level, skip=int(open_shape))


def _pair(place: Place, below: Sequence[Tone], dress: Dress, kind: str) -> list[Tone]:
    """The note a third, sixth or octave below: in thirds the sixth where that is the chord's."""
    beat, note = place.beat, place.note
    floor = _floor(place, below)
    low = max(floor + 2, dress.level.right_range[0], note.pitch - OCTAVE)
    options = {
        note.step - each.step: each
        for each in notes_over(place.slot.harmony, dress.key, dress.scale, low, note.pitch - 1)
    }
    strong = beat_strength(beat, dress.metre) >= 1 or beat.duration >= TICKS
    liked = [options[steps] for steps in _PLACES[kind] if steps in options]
    if strong and kind != "octaves":
        # On the beat both voices belong to the chord: a fourth or fifth may stand in.
        liked = [each for each in liked if each.chordal] + [
            options[steps] for steps in (3, 4) if steps in options and options[steps].chordal
        ]
    if kind == "octaves" and low > note.pitch - OCTAVE:
        return []
    if not liked:
        return []
    name, pitch = liked[0].name, liked[0].pitch
    return [Tone(beat.onset, beat.duration, pitch, 1, 1, name)]


def _floor(place: Place, below: Sequence[Tone]) -> int:
    beat = place.beat
    end = beat.onset + beat.duration
    return max((t.pitch for t in below if t.onset < end and t.end > beat.onset), default=0)


def _hang(
    place: Place, below: Sequence[Tone], count: int, level: Level, *, skip: int = 0
) -> list[Tone]:
    """The next chord tones under a melody note, clear of the left hand.

    `skip` leaves out so many below the top: an open shape, as of a chord whose second voice is
    dropped.
    """
    beat, harmony = place.beat, place.slot.harmony
    lowest = max(
        _floor(place, below) + 2,
        level.right_range[0],
        place.note.pitch - min(level.span, OCTAVE + 2 * bool(skip)),
    )
    tones: list[Tone] = []
    last = place.note.pitch
    for pitch in range(place.note.pitch - _NEAREST, lowest - 1, -1):
        if len(tones) == count + skip:
            break
        name = harmony.name_of(pitch % OCTAVE)
        if name is None or pitch % OCTAVE not in harmony.pitch_classes:
            continue
        if last - pitch < _NEAREST and not skip:
            continue
        tones.append(Tone(beat.onset, beat.duration, pitch, 1, 1, name))
        last = pitch
    return _with_third(tones[skip:] or tones, place, below, lowest)


def _with_third(tones: list[Tone], place: Place, below: Sequence[Tone], lowest: int) -> list[Tone]:
    """The same with the chord's third in place of its nearest neighbour, if nobody has it yet.

    One note under the tune is an interval and needs none.
    """
    beat, harmony = place.beat, place.slot.harmony
    end = beat.onset + beat.duration
    heard = {t.pitch % OCTAVE for t in (*tones, *below) if t.onset < end and t.end > beat.onset}
    third = harmony.third
    if len(tones) < 2 or third is None or third in heard | {place.note.pitch % OCTAVE}:  # noqa: PLR2004
        return tones
    options = [pitch for pitch in range(lowest, place.note.pitch - 1) if pitch % OCTAVE == third]
    if not options:
        return []
    pitch = options[-1]
    nearest = min(tones, key=lambda tone: abs(tone.pitch - pitch))
    kept = [tone for tone in tones if tone is not nearest]
    name = harmony.name_of(third) or ""
    return sorted(
        [*kept, Tone(beat.onset, beat.duration, pitch, 1, 1, name)], key=lambda tone: -tone.pitch
    )


def _says_chord(tones: Sequence[Tone], place: Place) -> bool:
    heard = {place.note.pitch % OCTAVE, *(tone.pitch % OCTAVE for tone in tones)}
    third = place.slot.harmony.third
    return len(heard) <= 2 or third is None or third in heard  # noqa: PLR2004 - a dyad
