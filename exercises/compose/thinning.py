"""Inner chord notes taken out where two beats would hold more notes than the level reads."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import TYPE_CHECKING

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
            spare = _spare(inside)
            if spare is None:
                break
            kept.remove(spare)
    return kept


def _spare(inside: Sequence[Tone]) -> Tone | None:
    """The note that is missed least: of the fullest chord one of the middle, else its top."""
    chords: dict[int, list[Tone]] = {}
    for tone in inside:
        chords.setdefault(tone.onset, []).append(tone)
    onset = max(chords, key=lambda each: (len(chords[each]), each))
    chord = chords[onset]
    if len(chord) == 1:
        return None
    return chord[len(chord) // 2] if len(chord) > 2 else chord[-1]  # noqa: PLR2004 - a middle
