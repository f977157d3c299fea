"""Chord notes under the melody in the right hand, where the level and the style have them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from exercises.compose.bassline import Tone
from exercises.compose.contour import beat_strength
from exercises.compose.grid import TICKS, Metre, two_beats_s
from exercises.theory import OCTAVE
from exercises.timeline import SECONDS_PER_MINUTE

if TYPE_CHECKING:
    from exercises.compose.dice import Dice
    from exercises.compose.line import Place
    from exercises.levels import Level

FASTEST_REPEAT = 0.13
"""Seconds within which one key is not struck again."""
# How often a right-hand note on the beat carries chord notes, by the style's voicings; the
# plain share is that of two and more notes in Mozart's right hand.
PLAIN_SHARE = 0.12
SHARES = {"triad over bass": 0.4, "power": 0.3, "drop 2": 0.3, "close": 0.15}
_NEAREST = 3
"""A minor third: nothing closer hangs under the tune."""
_FULL_LEVEL = 5


def fill_chords(
    places: Sequence[Place],
    below: Sequence[Tone],
    shapes: frozenset[str],
    *,
    level: Level,
    metre: Metre,
    quarter_bpm: float,
    dice: Dice,
) -> list[Tone]:
    """Chord notes for the right hand, of the same length as the melody notes they hang from."""
    if level.right_notes < 2:  # noqa: PLR2004 - nothing beside the tune
        return []
    share = max((SHARES[each] for each in shapes if each in SHARES), default=PLAIN_SHARE)
    window = 2 * metre.beat
    most = level.notes_per_s * two_beats_s(metre, quarter_bpm)
    restruck = FASTEST_REPEAT * quarter_bpm * TICKS / SECONDS_PER_MINUTE
    found: list[Tone] = []
    onsets = sorted([p.beat.onset for p in places] + [tone.onset for tone in below])
    for place in places:
        beat = place.beat
        strength = beat_strength(beat, metre)
        if place.staff != 1 or beat.duration < TICKS or strength < 1 or beat.bar < 0:
            continue
        wanted = share * (1.6 if strength >= 2 or beat.closing else 0.6)  # noqa: PLR2004
        if not dice.chance(wanted):
            continue
        count = min(level.right_notes - 1, 1 if level.number < _FULL_LEVEL else 2)
        added = _hang(place, below, count, level)
        fresh = {p.note.pitch for p in places if 0 < beat.onset - p.beat.onset < restruck}
        added = [tone for tone in added if tone.pitch not in fresh]
        crowd = [each for each in onsets if abs(each - beat.onset) < window]
        if len(crowd) + len(added) > most:
            added = added[: max(0, int(most) - len(crowd))]
        found += added
        onsets = sorted(onsets + [tone.onset for tone in added])
    return found


def _hang(place: Place, below: Sequence[Tone], count: int, level: Level) -> list[Tone]:
    """The next chord tones under a melody note, clear of the left hand."""
    beat, harmony = place.beat, place.slot.harmony
    end = beat.onset + beat.duration
    floor = max((t.pitch for t in below if t.onset < end and t.end > beat.onset), default=0)
    lowest = max(floor + 2, level.right_range[0], place.note.pitch - min(level.span, OCTAVE))
    tones: list[Tone] = []
    last = place.note.pitch
    for pitch in range(place.note.pitch - _NEAREST, lowest - 1, -1):
        if len(tones) == count:
            break
        name = harmony.name_of(pitch % OCTAVE)
        if name is None or pitch % OCTAVE not in harmony.pitch_classes:
            continue
        if last - pitch < _NEAREST:
            continue
        tones.append(Tone(beat.onset, beat.duration, pitch, 1, 1, name))
        last = pitch
    return tones
