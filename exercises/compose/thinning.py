"""Inner chord notes taken out where two beats would hold more notes than the level reads."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import TYPE_CHECKING

from exercises.compose.bassline import LOWER_STAFF
from exercises.compose.grid import Metre, two_beats_s

if TYPE_CHECKING:
    from exercises.compose.bassline import Tone
    from exercises.levels import Level


def thin_chords(
    tones: Sequence[Tone], melody: Sequence[int], level: Level, metre: Metre, quarter_bpm: float
) -> list[Tone]:
    """The accompaniment, thin enough for the level; `melody` are the onsets above it.

    Of a chord the bass and the top stay longest: what a hand leaves out first is the middle.
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
            spare = _spare(inside, metre.beat)
            if spare is None:
                break
            kept.remove(spare)
    return kept


def _spare(inside: Sequence[Tone], beat: int) -> Tone | None:
    """The note that is missed least: one of the fullest hand's, between two beats before on one.

    A hand loses its middle, then what does not lead: the right hand's lower note, the left's upper.
    """
    hands: dict[tuple[int, int], list[Tone]] = {}
    for tone in inside:
        hands.setdefault((tone.onset, tone.staff), []).append(tone)
    onset, staff = max(hands, key=lambda each: (len(hands[each]), each[0] % beat > 0, each))
    chord = hands[onset, staff]
    if len(chord) > 2:  # noqa: PLR2004 - a middle
        return chord[len(chord) // 2]
    if len(chord) > 1:
        return chord[-1] if staff == LOWER_STAFF else chord[0]
    doubled = [at for at, hand in hands if hand == LOWER_STAFF and (at, 1) in hands]
    return hands[max(doubled), 1][0] if doubled else None
