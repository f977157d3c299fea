"""The chairs of a keyboard player: what each instrument can do, and so what is asked of it.

A drill that names a chair gives a chart that the instrument can play (`exercises.seating`),
sounds like it, and is graded as it is played (`game.scoring.chairs`). A drill without a chair is
for the player's own keyboard and graded as a piano is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from exercises.chart import ComposeError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from exercises.chart import Chart


STEADY_VELOCITY = 100
"""Of every stroke where touch makes nothing louder."""


class Chair(msgspec.Struct, frozen=True):
    """An instrument as a session player sits down at it."""

    id: str
    """As it is asked for: "synth lead"."""
    name: str
    """In words: "synth lead"."""
    kinds: tuple[str, ...]
    """Kinds of chart that it reads, the one it is asked for first."""
    touch: bool = True
    """Whether a harder stroke is louder."""
    pedal: bool = True
    """Whether the sustain pedal holds."""
    mono: bool = False
    """Whether one key sounds at a time: the last one struck."""
    held: bool = False
    """Whether it is asked for chords that are held, and nothing else."""
    struck: bool = False
    """Whether it is struck and never held: drums."""
    hand: str = "both"
    """Whose staff it reads of a grand staff: a line has one."""

    @property
    def plays_part(self) -> bool:
        """Whether it has one part among others: a line or held chords, and no whole music."""
        return self.mono or self.held

    @property
    def rule(self) -> str:
        """What it asks of the hands: "Organ: touch does not count, fingers hold"."""
        hands = ("touch does not count" if not self.touch else "", self._hold)
        asked = ", ".join(part for part in hands if part)
        return f"{self.name.capitalize()}: {asked or 'touch counts'}"

    @property
    def hint(self) -> str:
        """The same in few words: "No touch, fingers hold"; nothing of what goes without saying."""
        if self.struck:
            return ""
        hands = ("no touch" if not self.touch else "", self._hold)
        return ", ".join(part for part in hands if part).capitalize()

    @property
    def _hold(self) -> str:
        if self.held:
            return "hold the chords"
        if self.struck:
            return "kick 36, snare 38, hi-hat 42"
        return "one key at a time" if self.mono else "" if self.pedal else "fingers hold"


_WRITTEN = ("grand", "comping", "lead", "number")
_COMPING = ("comping", "grand", "lead", "number")

CHAIRS: dict[str, Chair] = {
    chair.id: chair
    for chair in (
        Chair("piano", "piano", _WRITTEN),
        Chair("e-piano", "electric piano", _COMPING),
        Chair("organ", "organ", _WRITTEN, touch=False, pedal=False),
        Chair("clav", "clavinet", _COMPING, pedal=False),
        Chair("synth lead", "synth lead", ("lead", "grand"), touch=False, pedal=False, mono=True,
              hand="right"),
        Chair("pad", "synth pad", ("grand",), touch=False, held=True),
        Chair("strings", "strings", ("grand",), held=True),
        Chair("bass", "bass", ("bass", "grand"), pedal=False, mono=True, hand="left"),
        Chair("drums", "drum pads", ("pads",), pedal=False, struck=True),
    )
}  # fmt: skip
"""All chairs by id. A tonewheel organ and most synthesizer leads sound as loud as their volume
stands, whatever the touch; a clavinet has no dampers to lift; strings and pads answer slowly."""
DRUMS = CHAIRS["drums"]
"""Whose charts nobody else reads: a chart for pads has this chair also where none was named."""
PIANO = CHAIRS["piano"]
"""How a chart without a chair is graded."""


def find_chair(name: str) -> Chair:
    """A chair by id, or by its name in words.

    Raises:
        ComposeError: there is none.
    """
    for chair in CHAIRS.values():
        if _plain(name) in {_plain(chair.id), _plain(chair.name)}:
            return chair
    raise ComposeError(f"there is no chair '{name}'; take one of {', '.join(CHAIRS)}")


def _plain(name: str) -> str:
    return " ".join(name.lower().replace("-", " ").split())


def chair_of(chair_id: str) -> Chair:
    """The chair that a chart names; the piano's where it names none, or one that is not here."""
    return CHAIRS.get(chair_id, PIANO)


def seat(chart: Chart, name: str | None) -> Chart:
    """A chart as it is for a chair; None leaves it as it is.

    Raises:
        ComposeError: there is no such chair.
    """
    if name is None:
        return chart
    drill = msgspec.structs.replace(chart.drill, chair=find_chair(name).id, code="")
    return msgspec.structs.replace(chart, drill=drill)


def name_chairs(chairs: Sequence[str]) -> str:
    """Chairs in words: "piano, organ and bass"."""
    names = [chair_of(chair).name for chair in chairs]
    return " and ".join([part for part in (", ".join(names[:-1]), *names[-1:]) if part])


def fit_kind(chair: Chair, kind: str, kinds: Iterable[str]) -> str:
    """A kind of chart where the chair reads it, else the one that it is asked for."""
    return kind if kind in chair.kinds else choose_kind(chair, kinds)


def choose_kind(chair: Chair, kinds: Iterable[str]) -> str:
    """The kind of chart that a chair is asked for where so many are read."""
    known = set(kinds)
    return next((kind for kind in chair.kinds if kind in known), "grand")
