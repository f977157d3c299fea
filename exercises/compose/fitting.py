"""The pack on a small keyboard: patterns that lie within an octave, and no octave doublings.

Between C3 and B3 a left hand has room for roots, fifths and close chords. What strides, leaps by
octaves or spreads over tenths is left to larger keyboards, and so are grooves of two hands.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec

from exercises.compose.bassline import LOWER_STAFF, Tone
from exercises.keyboards import SHARED
from exercises.theory import OCTAVE
from exercises.timeline import bar_ql
from styles.schema import Pattern
from styles.soundness import pattern_fits
from styles.tokens import read_pattern

if TYPE_CHECKING:
    from exercises.levels import Level
    from styles.schema import Style

WIDE_ROLES = frozenset({"8", "9", "10", "R10", "O"})
"""What lies an octave and more above the bass."""
_WIDE_DEVICES = frozenset({"octaves"})


def fit_style(style: Style, keys: int, meter: str, level: int) -> Style:
    """The pack as a keyboard of so many keys can play it; the pack itself on a large one.

    A metre that has nothing but wide patterns up to the level gets roots and fifths.
    """
    if keys > SHARED:
        return style
    close = tuple(each for each in style.patterns if not _is_wide(each))
    if not any(each.level <= level and pattern_fits(each, meter) for each in close):
        close = (*close, _roots(meter))
    devices = tuple(each for each in style.melody.devices if each not in _WIDE_DEVICES)
    return msgspec.structs.replace(
        style,
        patterns=close,
        turns=tuple(each for each in style.turns if not _is_wide(each)),
        melody=msgspec.structs.replace(style.melody, devices=devices),
        groove_share=0.0,
    )


def fold_tones(tones: Sequence[Tone], row: Level, keys: int) -> list[Tone]:
    """An accompaniment whose stray notes lie in the hand's range, an octave nearer.

    Of a chord, a note that would fall on another of its notes is left out.
    """
    if keys > SHARED:
        return list(tones)
    low, high = row.left_range
    folded: dict[tuple[int, int, int], Tone] = {}
    for tone in tones:
        pitch = tone.pitch
        if tone.staff == LOWER_STAFF:
            pitch -= OCTAVE * (pitch > high)
            pitch += OCTAVE * (pitch < low)
        folded.setdefault((tone.onset, tone.staff, pitch), replace(tone, pitch=pitch))
    return list(folded.values())


def _roots(meter: str) -> Pattern:
    """Root and fifth, half a bar each; one root where a bar has no half."""
    bar = bar_ql(meter)
    half = bar / 2
    events = f"0:{bar}:R" if bar.denominator > 1 or bar % 2 else f"0:{half}:R {half}:{half}:5"
    return Pattern(name="roots", level=1, length=str(bar), events=events, meters=(meter,))


def _is_wide(pattern: Pattern) -> bool:
    events = (
        *read_pattern(pattern.events),
        *(read_pattern(pattern.right) if pattern.right else ()),
    )
    return any(event.role in WIDE_ROLES for event in events)
