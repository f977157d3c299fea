"""Words beside the notes: each is placed where no dot and no other word is.

Rows and columns count cells; row 0 is the first row of the drawn dots, rows above are negative.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from exercises.timeline import beat_ql
from game.notation.page import Word

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from exercises.chart import Chart, TempoChange

BEAT_SIGNS = {1.0: "♩", 1.5: "♩.", 0.5: "♪"}
ROOM_ABOVE = 8
ROOM_BELOW = 5
"""Rows kept free around the drawn dots while words are placed; empty ones are cut away."""

WORD_GAP = 1
"""Columns between two words of a line."""
MOST_MOVED = 2
"""Columns that a chord symbol may stand beside its beat before symbols are written shorter."""
SHORTER = (("m7♭5", "ø7"), ("maj", "△"), ("dim", "°"), ("sus4", "sus"))
ACCIDENTAL = re.compile(r"(?<=[A-G])b|b(?=\d)|(?<=[A-G/(])#|#(?=\d)")


class Margin:
    """The cells of one system, and which of them are taken."""

    def __init__(self, taken: NDArray[np.bool_]) -> None:
        """Start from the cells that have dots (rows, columns)."""
        _, width = taken.shape
        self._taken = np.vstack(
            [np.zeros((ROOM_ABOVE, width), bool), taken, np.zeros((ROOM_BELOW, width), bool)]
        )
        self.words: list[Word] = []

    @property
    def width(self) -> int:
        """Columns."""
        return int(self._taken.shape[1])

    def is_free(self, row: int, column: int, length: int, pad: int = 0) -> bool:
        """Whether cells of a row, and `pad` more at both ends, are free and within the page."""
        y = row + ROOM_ABOVE
        if not (0 <= y < self._taken.shape[0] and column >= 0 and column + length <= self.width):
            return False
        return not self._taken[y, max(0, column - pad) : column + length + pad].any()

    def put(self, row: int, column: int, text: str, kind: str) -> None:
        """Take cells for a word."""
        self._taken[row + ROOM_ABOVE, column : column + len(text)] = True
        self.words.append(Word(column, row, text, kind))

    def place(
        self, rows: Iterable[int], column: int, text: str, kind: str, shifts: Iterable[int] = (0,)
    ) -> bool:
        """Put a word into the first of some rows that has room near a column."""
        column = max(0, min(column, self.width - len(text)))
        shifts = tuple(shifts)
        pad = 2 if kind == "tempo" else 1 if len(text) > 1 or kind == "chord" else 0
        for row in rows:
            for shift in shifts:
                if self.is_free(row, column + shift, len(text), pad):
                    self.put(row, column + shift, text, kind)
                    return True
        return False

    def place_line(self, words: list[tuple[int, str]], bottom: int, kind: str) -> None:
        """Put words (column, text) into one row above `bottom`, the lowest that is free for all.

        Words that would touch are set apart, and written shorter where that does not do.
        """
        lines = [self._set_apart(words), self._set_apart([(c, shorten(t)) for c, t in words])]
        wanted = [max(0, min(column, self.width - len(text))) for column, text in words]
        moves = [
            max((abs(at - c) for (at, _), c in zip(line, wanted, strict=True)), default=0)
            for line in lines
        ]
        line = lines[moves[0] > MOST_MOVED and moves[1] < moves[0]]
        rows = range(bottom, -ROOM_ABOVE - 1, -1)
        free = [r for r in rows if all(self.is_free(r, c, len(t), pad=1) for c, t in line)]
        # Over all that is drawn a row is free, if not for a word as long as the page.
        row = free[0] if free else -ROOM_ABOVE
        for column, text in line:
            self.put(row, column, text, kind)

    def _set_apart(self, words: list[tuple[int, str]]) -> list[tuple[int, str]]:
        """Words moved so that a gap is between any two: to the right, and back from the edge."""
        line: list[tuple[int, str]] = []
        free = 0
        for column, text in words:
            line.append((max(free, column), text))
            free = line[-1][0] + len(text) + WORD_GAP
        limit = self.width
        for index, (column, text) in reversed(list(enumerate(line))):
            line[index] = (max(0, min(column, limit - len(text))), text)
            limit = line[index][0] - WORD_GAP
        return line


def shorten(symbol: str) -> str:
    """A printed chord symbol in the shorter way of charts: "B♭maj7" is "B♭△7", "Bm7♭5" is "Bø7"."""
    for long, short in SHORTER:
        symbol = symbol.replace(long, short)
    return symbol


def print_symbol(symbol: str) -> str:
    """A chord symbol with the signs of flat and sharp: "Bbm7b5" gives "B♭m7♭5"."""
    return ACCIDENTAL.sub(lambda match: "♭" if match.group() == "b" else "♯", symbol)


def print_change(chart: Chart, change: TempoChange) -> str:
    """A change of tempo as it stands over its bar: "Meno mosso ♩ = 84", "rit."."""
    if change.over_ql:
        return change.text
    drill = msgspec.structs.replace(chart.drill, quarter_bpm=change.quarter_bpm)
    tempo = print_tempo(msgspec.structs.replace(chart, drill=drill))
    return f"{change.text} {tempo}".strip()


def print_tempo(chart: Chart) -> str:
    """The tempo as it stands over the first bar: "♩ = 120", in the beat that is counted."""
    beat = float(beat_ql(chart.drill.meter))
    sign = BEAT_SIGNS.get(beat, "♩")
    per_minute = chart.drill.quarter_bpm / (beat if beat in BEAT_SIGNS else 1.0)
    return f"{sign} = {per_minute:.0f}"
