"""The drum kit on pads: which instruments there are, how they are written, which keys mean them.

Heads stand where the key of the Percussive Arts Society puts them (Weinberg, "Guide to
Standardized Drumset Notation", 1998), on one staff with the percussion clef: what hands strike has
its stems up, what feet strike down. Bells and blocks have diamonds, where that key has triangles,
which not every engraver draws. Keys are those of the General MIDI percussion map.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import msgspec

from exercises.band.parts import DRUM_CHANNEL

if TYPE_CHECKING:
    from exercises.chart import Chart, Note

PADS_KIND = "pads"
HANDS_VOICE, FEET_VOICE = 1, 2
LIMBS = {HANDS_VOICE: "hands", FEET_VOICE: "feet"}
GHOST_SHARE, ACCENT_SHARE = 0.45, 1.25
"""Of a plain stroke's velocity, as in the band (by ear)."""


@dataclass(frozen=True, slots=True)
class Pad:
    """One instrument of the kit."""

    key: int
    """Of the General MIDI percussion map; the pitch of its notes in a chart."""
    name: str
    place: str
    """Where its head stands, as the note there in the treble clef: the spelling of its notes."""
    head: str = "normal"
    """normal, x (metal, and the rim), or diamond (bells and blocks)."""
    is_foot: bool = False
    sign: str = ""
    """What stands over it: open (a small circle)."""
    others: tuple[int, ...] = ()
    """Keys that mean it too: a second drum of its kind, the edge of a cymbal, another layout."""

    @property
    def voice(self) -> int:
        """The voice of its notes."""
        return FEET_VOICE if self.is_foot else HANDS_VOICE


KIT: dict[int, Pad] = {
    pad.key: pad
    for pad in (
        Pad(36, "kick", "F4", is_foot=True, others=(35,)),
        Pad(37, "side stick", "C5", "x"),
        Pad(38, "snare", "C5", others=(39, 40)),
        Pad(41, "floor tom", "A4", others=(43,)),
        Pad(42, "hi-hat", "G5", "x", others=(22,)),
        Pad(44, "pedal hat", "D4", "x", is_foot=True),
        Pad(46, "open hat", "G5", "x", sign="open", others=(26,)),
        Pad(47, "middle tom", "D5", others=(45,)),
        Pad(49, "crash", "A5", "x", others=(52, 55, 57)),
        Pad(50, "high tom", "E5", others=(48,)),
        Pad(51, "ride", "F5", "x", others=(59,)),
        Pad(53, "ride bell", "F5", "diamond"),
        Pad(56, "cowbell", "E5", "diamond"),
        Pad(76, "wood block", "D5", "diamond", others=(77,)),
    )
}
"""The kit by its keys. Rolands send 22 and 26 for the edges of the hi-hat."""
_MEANT = {other: pad.key for pad in KIT.values() for other in pad.others}


def is_pads(chart: Chart) -> bool:
    """Whether a chart is for pads: its pitches are instruments, its lengths are not played."""
    return chart.drill.kind == PADS_KIND


def midi_channel(chart: Chart) -> int:
    """The channel of the player's part, counted from 0: the drums' for pads."""
    return DRUM_CHANNEL if is_pads(chart) else 0


def meant_key(key: int) -> int:
    """The instrument that a key of a pad means: a second snare is the snare; others themselves."""
    return _MEANT.get(key, key)


def name_pad(key: int) -> str:
    """An instrument in words; of a key without one its number."""
    pad = KIT.get(meant_key(key))
    return pad.name if pad else f"pad {key}"


def find_pad(place: str, head: str, sign: str = "") -> Pad | None:
    """The instrument of a written head; a head that the kit does not know is its place's first."""
    here = [pad for pad in KIT.values() if pad.place == place]
    same = [pad for pad in here if pad.head == head] or here
    return next((pad for pad in same if pad.sign == sign), same[0] if same else None)


def touch_velocity(note: Note, plain: int) -> int:
    """How hard a stroke is, of 127, where a plain one is so hard: accents over it, ghosts under."""
    if "ghost" in note.articulations:
        return max(1, round(plain * GHOST_SHARE))
    if "accent" in note.articulations:
        return min(127, round(plain * ACCENT_SHARE))
    return plain


class PadLevel(msgspec.Struct, frozen=True):
    """What a level of pads asks for."""

    pads: int
    """Instruments of a chart, at most."""
    at_once: int
    """Struck together, at most."""
    per_s: float
    """Struck one after another in a second, at most: at a quick tempo steps are coarser."""
    time_steps: int
    """Steps of a quarter note that what keeps time (hi-hat, ride, bell, block) has, at most, ..."""
    steps: int
    """... that kick, snare and the rest have in a groove, ..."""
    fill_steps: int
    """... and in a fill."""
    triplets: bool = False
    ghosts: bool = False
    accents: bool = False

    def at_tempo(self, quarter_bpm: float) -> PadLevel:
        """The level at a tempo: no step is quicker than its strokes a second."""
        a_second = quarter_bpm / 60.0

        def fit(steps: int) -> int:
            while steps > 1 and steps * a_second > self.per_s:
                steps //= 2
            return steps

        return msgspec.structs.replace(
            self,
            time_steps=fit(self.time_steps),
            steps=fit(self.steps),
            fill_steps=fit(self.fill_steps),
            triplets=self.triplets and _THIRD * a_second <= self.per_s,
        )


_PARTS_OF_DOTTED = 2
_THIRD = 3
PAD_LEVELS: dict[int, PadLevel] = {
    1: PadLevel(2, 2, 2.0, 1, 1, 1),
    2: PadLevel(3, 2, 3.0, 2, 1, 2),
    3: PadLevel(3, 2, 3.5, 2, 2, 2, accents=True),
    4: PadLevel(5, 2, 5.0, 2, 2, 4, accents=True),
    5: PadLevel(6, 3, 7.0, 2, 4, 4, accents=True),
    6: PadLevel(7, 3, 8.0, 4, 4, 4, triplets=True, ghosts=True, accents=True),
    7: PadLevel(8, 3, 9.0, 4, 4, 4, triplets=True, ghosts=True, accents=True),
    8: PadLevel(9, 3, 10.0, 8, 8, 8, triplets=True, ghosts=True, accents=True),
    9: PadLevel(11, 3, 11.0, 8, 8, 8, triplets=True, ghosts=True, accents=True),
    10: PadLevel(14, 3, 12.0, 8, 8, 8, triplets=True, ghosts=True, accents=True),
}
"""By ear, in the order in which drum methods bring things in: two limbs on the beat, the hi-hat
over them, the kick between the beats, toms and sixteenths, then ghosts and triplets. Two hands
strike at most two pads at once up to level 4, and three from there on with two fingers of one."""
TIMEKEEPERS = frozenset({42, 46, 51, 53, 56, 76})
"""Instruments that keep time: hi-hat, ride, bells and blocks. One hand has them, and the crash."""
CRASH = 49


def is_on_step(place_ql: Fraction, steps: int, beat_ql: Fraction, *, triplets: bool) -> bool:
    """Whether a place in a bar lies on a level's steps.

    Args:
        place_ql: from a beat on.
        steps: to a quarter note; a beat of eighths or dotted quarters always has its eighths.
        beat_ql: the counted beat.
        triplets: whether thirds of a quarter note are read too.
    """
    if beat_ql.denominator == _PARTS_OF_DOTTED:
        steps = max(steps, _PARTS_OF_DOTTED)
    if (place_ql * steps).denominator == 1:
        return True
    return triplets and (place_ql * _THIRD).denominator == 1
