"""What a rhythm section plays, as frozen values; straight as written, like the chart."""

from __future__ import annotations

from fractions import Fraction

import msgspec

DRUM_CHANNEL = 9
"""Channel 10 of General MIDI, counted from 0."""
BASS_CHANNEL = 2


class Hit(msgspec.Struct, frozen=True):
    """One stroke of a drum or one note of the bass."""

    onset_ql: Fraction
    duration_ql: Fraction
    pitch: int
    """MIDI pitch; of a drum its key in the General MIDI percussion map."""
    velocity: int
    """1 to 127."""


class Part(msgspec.Struct, frozen=True):
    """One player. Hits are ordered by (onset, pitch)."""

    name: str
    """Drums or Bass."""
    channel: int
    """0 to 15."""
    program: int
    """General MIDI program (of the drums the kit), counted from 0."""
    hits: tuple[Hit, ...]


class BandChart(msgspec.Struct, frozen=True):
    """The rhythm section of a chart."""

    parts: tuple[Part, ...]

    def part(self, name: str) -> Part | None:
        """A player by name."""
        return next((each for each in self.parts if each.name == name), None)


def order_hits(hits: list[Hit]) -> tuple[Hit, ...]:
    """Hits by (onset, pitch), of two on one key at one time only the louder."""
    loudest: dict[tuple[Fraction, int], Hit] = {}
    for hit in hits:
        place = (hit.onset_ql, hit.pitch)
        if place not in loudest or loudest[place].velocity < hit.velocity:
            loudest[place] = hit
    return tuple(loudest[place] for place in sorted(loudest))
