"""Which words stand beside the notes of a system, and where."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from game.notation.road import road_words
from game.notation.slashes import print_chord
from game.notation.svg import DrawnSystem, Label
from game.notation.words import print_change, print_tempo

if TYPE_CHECKING:
    from exercises.chart import Chart
    from game.notation.canvas import Frame
    from game.notation.page import Grid, System
    from game.notation.words import Margin

WORD_MARKS = frozenset({"feel", "tempo", "text"})
STAVES_IN_GRAND = 2


@dataclass(frozen=True)
class WordPlacer:
    """Places the words of one system."""

    chart: Chart
    drawn: DrawnSystem
    frame: Frame
    grid: Grid

    def place(self, margin: Margin, system: System, *, is_first: bool) -> None:
        """Place all words of the system; the first has the tempo over it."""
        top = system.staff_rows[0][0] - 1
        bar = system.bars[0]
        if bar.number > 1:
            left = system.bars[0].left
            margin.place(range(top, top - 4, -1), left + 1, str(bar.number), "bar", (0, -1, -2))
        self._place_sections(margin, system, top)
        self._place_fingerings(margin, system)
        self._place_dynamics(margin, system)
        self._place_labels(margin)
        if self.chart.show_chords:
            chords = [
                (_column(system, float(chord.onset_ql)), print_chord(self.chart, chord))
                for chord in self.chart.chords
                if system.onset_ql <= chord.onset_ql < system.end_ql
            ]
            margin.place_line(chords, top, "chord")
        self._place_road(margin, system)
        self._place_texts(margin, system, is_first=is_first)

    def _place_road(self, margin: Margin, system: System) -> None:
        """The words of the road map: over the beginning of a bar, or up to its end."""
        top = system.staff_rows[0][0] - 1
        for number, last, _, printed in road_words(self.chart):
            for bar in system.bars:
                if bar.number == (last or number):
                    left = bar.right - len(printed) - 1 if last else bar.left + 2
                    margin.place(range(top, top - 8, -1), left, printed, "road", (0, -1, -2))

    def _place_sections(self, margin: Margin, system: System, top: int) -> None:
        """Rehearsal marks over the bar line where their section begins."""
        lefts = {bar.onset_ql: bar.left for bar in system.bars}
        for mark in self.chart.marks:
            left = lefts.get(float(mark.onset_ql))
            if mark.kind == "rehearsal" and left is not None:
                sign = f"[{mark.text}]"
                column = max(left, system.bars[0].left + 4) if left else left
                margin.place(range(top, top - 6, -1), column, sign, "section", (0, 1, 2))

    def _place_fingerings(self, margin: Margin, system: System) -> None:
        fingers = {n.id: (n.fingering, n.staff) for n in self.chart.notes if n.fingering}
        grand = len(system.staff_rows) == STAVES_IN_GRAND
        # From the staff outwards: a chord's fingers are read in the order of its notes.
        for place in sorted(system.notes, key=lambda note: (note.onset_ql, -note.row)):
            finger, staff = fingers.get(place.id, (None, 1))
            if finger is None:
                continue
            below = grand and staff == STAVES_IN_GRAND
            rows = range(place.row, place.row + 6) if below else range(place.row, place.row - 6, -1)
            margin.place(rows, place.column, str(finger), "fingering", (0, 1, -1))

    def _place_dynamics(self, margin: Margin, system: System) -> None:
        for mark in self.chart.marks:
            if mark.kind != "dynamic" or not system.onset_ql <= mark.onset_ql < system.end_ql:
                continue
            column = _column(system, float(mark.onset_ql))
            low = system.staff_rows[0][1]
            rows = list(range(low, low + 4))
            if len(system.staff_rows) == STAVES_IN_GRAND:
                high = system.staff_rows[1][0]
                middle = (low + high) // 2
                rows = sorted(range(low, high), key=lambda row: abs(row - middle))
            rows += range(system.staff_rows[-1][1], len(system.rows) + 4)
            margin.place(rows, column, mark.text, "dynamic", (0, -1, 1, -2, 2, -3, 3))

    def _place_labels(self, margin: Margin) -> None:
        """Words that only the MusicXML knows (D.S. al Coda): as near as may be to their place."""
        for shape in self.drawn.shapes:
            if isinstance(shape, Label) and shape.text and shape.role != "mNum":
                row = int(self.frame.row(shape.y, None)) // self.grid.height
                rows = sorted(range(row - 5, row + 3), key=lambda r: abs(r - row))
                column = int(self.frame.column(shape.x)) // self.grid.width
                margin.place(rows, column, shape.text, "text", (0, 1, -1, 2, -2))

    def _place_texts(self, margin: Margin, system: System, *, is_first: bool) -> None:
        top = system.staff_rows[0][0] - 1
        rows = range(top, top - 8, -1)
        opening: list[str] = []
        for mark in self.chart.marks:
            if mark.kind not in WORD_MARKS:
                continue
            if mark.onset_ql <= max(self.chart.onset_ql, Fraction(0)):
                opening.append(mark.text)
            elif system.onset_ql <= mark.onset_ql < system.end_ql:
                column = _column(system, float(mark.onset_ql))
                margin.place(rows, column, mark.text, "text", (0, 1, -1, 2, -2))
        for change in self.chart.tempi:
            if system.onset_ql <= change.onset_ql < system.end_ql:
                column = _column(system, float(change.onset_ql))
                words = print_change(self.chart, change)
                margin.place(rows, column, words, "tempo", (0, 1, -1, 2, -2))
        if is_first:
            # "Swing" says nothing beside "Medium swing".
            said = [
                text
                for index, text in enumerate(opening)
                if not any(
                    text.lower() in other.lower() and (text != other or index > place)
                    for place, other in enumerate(opening)
                    if place != index
                )
            ]
            words = "  ".join([*said, print_tempo(self.chart)])
            margin.place(rows, system.bars[0].left + 1, words, "tempo")


def _column(system: System, onset_ql: float) -> int:
    """The column where a word for a time begins: with the left edge of its note."""
    return max(0, int(system.playhead_column(onset_ql)) - 1)
