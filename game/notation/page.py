"""The engraved page as plain values: rows of characters with known places for notes and bars.

Everything is in terminal cells unless a name says `_dot`; a braille cell is 2 dots wide and
4 dots high. Holds no library object, so that any process can keep, send and draw it.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import NamedTuple

import msgspec

INK_LEVELS = 8
"""Shades from paper (0) to ink, that a picture of the page has."""
HEAD_LEVEL = INK_LEVELS
"""What a picture has where a notehead is: ink that may be given another colour."""


class Grid(NamedTuple):
    """What a cell of the terminal is made of: dots, or pixels."""

    width: int
    height: int


DOTS = Grid(2, 4)
"""Of a braille cell."""
DOTS_PER_COLUMN, DOTS_PER_ROW = DOTS


class PageRequest(msgspec.Struct, frozen=True):
    """What room there is to engrave into."""

    columns: int
    dots_per_space: int = 4
    """Dots between two staff lines: 4 is the normal print, 5, 6 and 8 are larger ones."""
    rhythm_only: bool = False
    """Whether all notes of a staff stand on its middle line: only when, not what."""
    cell: tuple[int, int] | None = None
    """Width and height of the terminal's cells in pixels: a picture of each system is wanted, in
    which a cell is as high as 4 dots. None: characters are enough."""


class Word(msgspec.Struct, frozen=True):
    """Text that stands as text: a chord symbol, the tempo, a bar number, a dynamic."""

    column: int
    row: int
    text: str
    kind: str
    """chord, tempo, bar, dynamic, text or fingering."""


class NotePlace(msgspec.Struct, frozen=True):
    """Where a note's (first) head is drawn within its system."""

    id: str
    column: int
    """The middle of the head."""
    row: int
    """The head's first row."""
    onset_ql: float
    """When it sounds first."""
    rows: int = 1
    """How many rows the head takes."""
    later: tuple[str, ...] = ()
    """Ids of the notes that this head stands for when its bar is played again."""


class BarPlace(msgspec.Struct, frozen=True):
    """Where a bar is drawn within its system."""

    number: int
    """As printed: a pickup is 0."""
    onset_ql: float
    """When it sounds first; where bars are played again in between, not where the one before
    ends."""
    end_ql: float
    left: int
    right: int
    """Columns: `left` of its first, `right` one past its last."""


class HeadBox(msgspec.Struct, frozen=True):
    """The pixels of a notehead within its system's picture; the last ones are of it."""

    id: str
    left: int
    right: int
    top: int
    bottom: int


class Picture(msgspec.Struct, frozen=True):
    """A system in pixels, a whole number of cells high and wide."""

    width: int
    height: int
    levels: bytes
    """A byte for each pixel, row by row, packed by zlib: 0 is paper, `INK_LEVELS` - 1 black, and
    `HEAD_LEVEL` black and of a notehead. Each row begins with a byte 0, as in a PNG file."""
    heads: tuple[HeadBox, ...]


class System(msgspec.Struct, frozen=True):
    """One system (a grand staff, as wide as the page) as rows of characters."""

    rows: tuple[str, ...]
    """All of one width; braille where something is drawn, spaces elsewhere, words burnt in."""
    words: tuple[Word, ...]
    notes: tuple[NotePlace, ...]
    bars: tuple[BarPlace, ...]
    playhead: tuple[tuple[float, float], ...]
    """(onset_ql, column) in rising order, first and last at the system's ends: the playhead's
    column at any time lies on the straight line between two neighbours."""
    staff_rows: tuple[tuple[int, int], ...]
    """For each staff, upper first: its first row and one past its last row."""
    bare: tuple[str, ...] = ()
    """The same rows with nothing on the staves but clefs, signatures, bar lines and words: what is
    left when the notes are hidden. Empty where nobody needs them."""
    picture: Picture | None = None
    """The same in pixels, words and all; a cell that is a space in `rows` has none with ink."""

    @property
    def onset_ql(self) -> float:
        """Where the system's first bar begins."""
        return self.bars[0].onset_ql

    @property
    def end_ql(self) -> float:
        """Where the system's last bar ends."""
        return self.bars[-1].end_ql

    def playhead_column(self, onset_ql: float) -> float:
        """The column of the playhead at a musical time, held at the system's ends."""
        before = self.playhead[0]
        if onset_ql <= before[0]:
            return before[1]
        for point in self.playhead[1:]:
            if onset_ql <= point[0]:
                part = (onset_ql - before[0]) / (point[0] - before[0])
                return before[1] + part * (point[1] - before[1])
            before = point
        return before[1]


class Stretch(msgspec.Struct, frozen=True):
    """Bars that sound one after another as they are printed, from a jump to the next."""

    onset_ql: float
    """Where it begins to sound."""
    shown_ql: float
    """Where its first bar sounded first: the time by which the page knows it."""


class Page(msgspec.Struct, frozen=True):
    """A whole chart engraved for one width; the stage shows as many systems as fit.

    Every time on the page is that of the first pass. A sounding time is looked up with `shown_ql`.
    """

    request: PageRequest
    systems: tuple[System, ...]
    stretches: tuple[Stretch, ...] = ()
    """In sounding order, where bars are played again; empty where all are printed as they sound."""
    visits: tuple[tuple[float, int], ...] = ()
    """(sounding onset_ql, system): which system is read from when on; a jump back is a new
    visit, also to the same system. Empty where the systems follow each other."""

    def shown_ql(self, position_ql: float) -> float:
        """The page's time for a sounding time: where in the print the music is."""
        if not self.stretches:
            return position_ql
        index = bisect_right(self.stretches, position_ql, key=lambda each: each.onset_ql) - 1
        stretch = self.stretches[max(0, index)]
        return stretch.shown_ql + position_ql - stretch.onset_ql
