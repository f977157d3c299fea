"""Inner chord notes taken out where two beats would hold more notes than the level reads."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from exercises.compose.bassline import LOWER_STAFF
from exercises.compose.grid import EIGHTH, Metre, to_ql, two_beats_s
from exercises.compose.tones import harmony_at
from exercises.theory import OCTAVE

if TYPE_CHECKING:
    from exercises.compose.bassline import Tone
    from exercises.compose.line import Place
    from exercises.compose.progression import Slot
    from exercises.levels import Level


LIGHT_LEVEL = 6
BUSY = 3
"""Onsets of the tune in a beat under which the left hand keeps to the beat."""


def thin_chords(
    tones: Sequence[Tone],
    melody: Sequence[int],
    level: Level,
    metre: Metre,
    quarter_bpm: float,
    slots: Sequence[Slot] = (),
) -> list[Tone]:
    """The accompaniment, thin enough for the level; `melody` are the onsets above it.

    Of a chord the bass, the top and the third stay longest: what a hand leaves out first is the
    middle.
    """
    window = 2 * metre.beat
    most = max(1.0, level.notes_per_s * two_beats_s(metre, quarter_bpm))
    kept = sorted(tones, key=lambda tone: (tone.onset, tone.pitch))
    above = sorted(melody)
    onsets = sorted({tone.onset for tone in kept} | set(above))
    for start in onsets:
        while True:
            inside = [tone for tone in kept if start <= tone.onset < start + window]
            sung = bisect_left(above, start + window) - bisect_left(above, start)
            if len(inside) + sung <= most:
                break
            spare = _spare(inside, metre.beat, slots)
            if spare is None:
                break
            kept.remove(spare)
    return kept


def lighten_left(
    tones: Sequence[Tone], tune: Sequence[Place], metre: Metre, level: Level
) -> list[Tone]:
    """The left hand with only its beats under the tune's busy ones: what is between them waits.

    A beat is busy in which the tune has three onsets and more; the left hand's note on the beat
    goes on through it where the level reads such a length.
    """
    if level.number < LIGHT_LEVEL:
        return list(tones)
    above: dict[int, set[int]] = {}
    for place in tune:
        if place.staff != LOWER_STAFF and place.beat.onset >= 0:
            above.setdefault(place.beat.onset // metre.beat, set()).add(place.beat.onset)
    busy = {beat for beat, onsets in above.items() if len(onsets) >= BUSY}
    starts = {tone.onset for tone in tones}
    kept: list[Tone] = []
    for tone in tones:
        beat, inside = divmod(tone.onset, metre.beat)
        if beat not in busy or tone.staff != LOWER_STAFF or beat * metre.beat not in starts:
            kept.append(tone)
            continue
        if inside:
            continue
        later = [at for at in starts if tone.onset < at < (beat + 1) * metre.beat]
        fills = bool(later) and level.allows_duration(to_ql(metre.beat))
        end = max(tone.end, (beat + 1) * metre.beat) if fills else tone.end
        kept.append(replace(tone, duration=end - tone.onset))
    return kept


def _spare(inside: Sequence[Tone], beat: int, slots: Sequence[Slot]) -> Tone | None:
    """The note that is missed least: one of the fullest hand's, between two beats before on one.

    A hand loses its middle, then what does not lead: the right hand's lower note, the left's
    upper; the chord's third only where nothing else is left.
    """
    hands: dict[tuple[int, int], list[Tone]] = {}
    for tone in inside:
        hands.setdefault((tone.onset, tone.staff), []).append(tone)
    order = sorted(
        hands, key=lambda each: (len(hands[each]), each[0] % beat > 0, each), reverse=True
    )
    last: Tone | None = None
    for onset, staff in order:
        chord = hands[onset, staff]
        if len(chord) == 1:
            break
        third = harmony_at(slots, onset, chord[0].duration, EIGHTH).harmony.third if slots else None
        inner = sorted(chord[1:-1], key=lambda tone: abs(tone.pitch - chord[len(chord) // 2].pitch))
        outer = chord[-1:] if staff == LOWER_STAFF else chord[:1]
        free = [tone for tone in (*inner, *outer) if tone.pitch % OCTAVE != third]
        if free:
            return free[0]
        last = last or outer[0]
    if last is not None:
        return last
    doubled = [at for at, hand in hands if hand == LOWER_STAFF and (at, 1) in hands]
    return hands[max(doubled), 1][0] if doubled else None
