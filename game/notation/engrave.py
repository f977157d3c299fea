"""A chart's MusicXML as a page of characters, with the place of every note and bar."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from exercises.numbers import write_number
from exercises.passes import first_passes, map_passes, page_shifts
from game.notation.flatten import chord_members, flatten_pitches
from game.notation.layout import Engraving, lay_out, strip_words
from game.notation.page import (
    DOTS_PER_COLUMN,
    DOTS_PER_ROW,
    BarPlace,
    NotePlace,
    Page,
    PageRequest,
    System,
)
from game.notation.raster import Canvas, Frame, bare_system, braille_rows, draw_system, frame_system
from game.notation.road import find_stretches, find_visits, leaving_bars, road_words
from game.notation.slashes import NUMBERED, notes_under, print_chord
from game.notation.svg import UNITS_PER_SPACE, DrawnSystem, Glyph, Label
from game.notation.words import Margin, print_change, print_tempo

if TYPE_CHECKING:
    from exercises.chart import Bar, Chart, Note

WORD_MARKS = frozenset({"feel", "tempo", "text"})
PLACED_MARKS = WORD_MARKS | {"dynamic"}
STAVES_IN_GRAND = 2
JUST_BEFORE_QL = 0.01


def engrave(musicxml: bytes, chart: Chart, request: PageRequest) -> Page:
    """Engrave a chart for a width.

    Args:
        musicxml: the chart as written by `exercises.musicxml`; note ids are the chart's, further
            tied pieces "n12-2".
        chart: the same chart, for times and words.
        request: columns and size of print.

    Raises:
        ComposeError: the document cannot be read by the engraver.
    """
    if request.rhythm_only:
        musicxml = flatten_pitches(musicxml)
    later = _later_ids(chart)
    stretches = find_stretches(chart)
    shown = first_passes(chart)
    placed = frozenset(mark.text for mark in chart.marks if mark.kind in PLACED_MARKS)
    if chart.drill.kind == NUMBERED:
        placed |= {write_number(chart, chord) for chord in chart.chords}
    placed |= frozenset(text for _, _, text, _ in road_words(shown))
    placed |= frozenset(change.text for change in shown.tempi)
    engraving = lay_out(
        strip_words(musicxml, placed),
        columns=request.columns,
        dots_per_space=request.dots_per_space,
    )
    bars = _match_bars(engraving, shown)
    onsets = {note.id: float(note.onset_ql) for note in shown.notes}
    onsets |= {slash.id: float(slash.onset_ql) for slash in shown.slashes}
    under = notes_under(shown)
    if request.rhythm_only:
        under = {**chord_members(shown), **under}
    starts = _page_starts(chart)
    leaving = leaving_bars(chart)
    systems: list[System] = []
    first = 0
    for drawn in engraving.drawing.systems:
        count = len(drawn.measures)
        builder = _SystemBuilder(
            drawn,
            engraving,
            shown,
            request,
            bars[first : first + count],
            onsets,
            under,
            later,
            starts,
            leaving,
        )
        systems.append(builder.build(is_first=not systems))
        first += count
    return Page(request, tuple(systems), stretches, find_visits(chart, systems, stretches))


def _match_bars(engraving: Engraving, shown: Chart) -> list[Bar]:
    """The bar for each printed measure, in order."""
    count = sum(len(system.measures) for system in engraving.drawing.systems)
    return [shown.bars[min(index, len(shown.bars) - 1)] for index in range(count)]


def _later_ids(chart: Chart) -> dict[str, tuple[str, ...]]:
    """For each printed note the ids of its later passes."""
    later: dict[str, tuple[str, ...]] = {}
    for id_, printed in map_passes(chart).items():
        if id_ != printed:
            later[printed] = (*later.get(printed, ()), id_)
    return later


def _page_starts(chart: Chart) -> list[tuple[float, float]]:
    """For each printed bar (onset on the page from its first bar, what leads to its sound)."""
    printed = (bar for bar in chart.bars if bar.printed is None)
    start = chart.onset_ql
    return [
        (float(bar.onset_ql + shift - start), float(start - shift))
        for bar, shift in zip(printed, page_shifts(chart), strict=True)
    ]


@dataclass
class _SystemBuilder:
    """One system on its way from shapes to characters."""

    drawn: DrawnSystem
    engraving: Engraving
    chart: Chart
    request: PageRequest
    bars: list[Bar]
    onsets: dict[str, float]
    """Of the chart's notes and slashes by their ids."""
    under: dict[str, list[Note]]
    """The notes that each slash stands for, by its id."""
    later: dict[str, tuple[str, ...]]
    starts: list[tuple[float, float]]
    leaving: frozenset[int]
    """Numbers of the bars after which the music may jump."""

    def build(self, *, is_first: bool) -> System:
        frame, height = frame_system(self.drawn, self.request.dots_per_space)
        size = (height, self.request.columns * DOTS_PER_COLUMN)
        canvas = draw_system(self.drawn, self.engraving.drawing, frame, size)
        rows = braille_rows(canvas)
        bare = draw_system(bare_system(self.drawn), self.engraving.drawing, frame, size)
        notes = self._note_places(canvas)
        bars = self._bar_places(frame)
        playhead = self._playhead(frame, canvas, bars)
        staff_rows = _staff_rows(frame)
        plain = System(
            tuple(rows), (), notes, bars, playhead, staff_rows, tuple(braille_rows(bare))
        )
        margin = Margin(np.array([[cell != " " for cell in row] for row in rows]))
        self._place_words(margin, plain, frame, is_first=is_first)
        return burn_in(plain, margin)

    def _note_places(self, canvas: Canvas) -> tuple[NotePlace, ...]:
        places = []
        for name, (left, right, top, bottom) in canvas.heads.items():
            if name not in self.engraving.onsets_ql and name.partition("-")[0] not in self.onsets:
                continue
            onset = self._onset_of(name)
            column = (left + right) // 2 // DOTS_PER_COLUMN
            row = top // DOTS_PER_ROW
            rows = bottom // DOTS_PER_ROW - row + 1
            later = self.later.get(name, ())
            if name.partition("-")[0] not in self.under:
                places.append(NotePlace(name, column, row, onset, rows, later))
            places += [
                NotePlace(
                    note.id, column, row, float(note.onset_ql), rows, self.later.get(note.id, ())
                )
                for note in self.under.get(name, ())
            ]
        return tuple(sorted(places, key=lambda place: (place.onset_ql, place.row, place.id)))

    def _onset_of(self, name: str) -> float:
        """Where a note or a further tied piece of it begins."""
        exact = self.onsets.get(name)
        if exact is not None:
            return exact
        onset = self.engraving.onsets_ql.get(name, 0.0)
        # A hair of rounding before a bar line is on it.
        at = bisect_right(self.starts, onset + 1e-6, key=lambda each: each[0]) - 1
        return onset + self.starts[max(0, at)][1]

    def _bar_places(self, frame: Frame) -> tuple[BarPlace, ...]:
        edges = [round(frame.column(m.left) / DOTS_PER_COLUMN) for m in self.drawn.measures]
        edges.append(round(frame.column(self.drawn.measures[-1].right) / DOTS_PER_COLUMN))
        columns = self.request.columns
        return tuple(
            BarPlace(
                bar.number,
                float(bar.onset_ql),
                float(bar.onset_ql + bar.duration_ql),
                max(0, min(left, columns - 1)),
                max(1, min(right, columns)),
            )
            for bar, left, right in zip(self.bars, edges, edges[1:], strict=False)
        )

    def _playhead(
        self, frame: Frame, canvas: Canvas, bars: tuple[BarPlace, ...]
    ) -> tuple[tuple[float, float], ...]:
        """Points (onset_ql, column): every note's and rest's, and the ends of the system."""
        points: dict[float, float] = {}
        for name, (left, right, _, _) in canvas.heads.items():
            note = self.onsets.get(name)
            if note is None and name not in self.engraving.onsets_ql:
                continue
            onset = self._onset_of(name)
            column = (left + right + 1) / 2 / DOTS_PER_COLUMN
            points[onset] = min(points.get(onset, column), column)
        for shape in self.drawn.shapes:
            if isinstance(shape, Glyph) and shape.role == "rest" and shape.owner:
                onset = self._onset_of(shape.owner)
                middle = shape.x + UNITS_PER_SPACE / 2
                points.setdefault(onset, frame.column(middle) / DOTS_PER_COLUMN)
        inset = self.request.dots_per_space / DOTS_PER_COLUMN
        for bar, measure in zip(bars, self.drawn.measures, strict=True):
            start = frame.column(measure.content) / DOTS_PER_COLUMN
            points.setdefault(bar.onset_ql, start + inset)
        for bar in bars[:-1]:
            if bar.number in self.leaving:
                # The music may jump here: the playhead goes to the bar line and no further.
                points[bar.end_ql - JUST_BEFORE_QL] = float(bar.right)
        points = {k: v for k, v in points.items() if bars[0].onset_ql <= k < bars[-1].end_ql}
        points[bars[-1].end_ql] = float(bars[-1].right)
        return _rising(points)

    def _place_words(self, margin: Margin, system: System, frame: Frame, *, is_first: bool) -> None:
        top = system.staff_rows[0][0] - 1
        bar = system.bars[0]
        if bar.number > 1:
            left = system.bars[0].left
            margin.place(range(top, top - 4, -1), left + 1, str(bar.number), "bar", (0, -1, -2))
        self._place_sections(margin, system, top)
        self._place_fingerings(margin, system)
        self._place_dynamics(margin, system)
        self._place_labels(margin, frame)
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

    def _place_labels(self, margin: Margin, frame: Frame) -> None:
        """Words that only the MusicXML knows (D.S. al Coda): as near as may be to their place."""
        for shape in self.drawn.shapes:
            if isinstance(shape, Label) and shape.text and shape.role != "mNum":
                row = int(frame.row(shape.y, None)) // DOTS_PER_ROW
                rows = sorted(range(row - 5, row + 3), key=lambda r: abs(r - row))
                column = int(frame.column(shape.x)) // DOTS_PER_COLUMN
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


def _rising(points: dict[float, float]) -> tuple[tuple[float, float], ...]:
    """Points in the order of time, none to the left of the one before."""
    path: list[tuple[float, float]] = []
    furthest = 0.0
    for onset, column in sorted(points.items()):
        furthest = max(furthest, column)
        path.append((onset, furthest))
    return tuple(path)


def _staff_rows(frame: Frame) -> tuple[tuple[int, int], ...]:
    spans = zip(frame.staff_rows, frame.staff_tops, frame.staff_bottoms, strict=True)
    return tuple(
        (row // DOTS_PER_ROW, round(row + (bottom - top) * frame.scale) // DOTS_PER_ROW + 1)
        for row, top, bottom in spans
    )


def burn_in(system: System, margin: Margin) -> System:
    """Write the words into the rows, with as many rows more as they need, and cut empty ones."""
    width = margin.width
    used = [word.row for word in margin.words]
    inked = [index for index, row in enumerate(system.rows) if row.strip()]
    first, last = min([*used, *inked]), max([*used, *inked])
    blank = " " * width
    rows, bare = (
        [list(drawn[at] if 0 <= at < len(drawn) else blank) for at in range(first, last + 1)]
        for drawn in (system.rows, system.bare)
    )
    words = []
    for word in margin.words:
        row = word.row - first
        for drawn in (rows, bare):
            drawn[row][word.column : word.column + len(word.text)] = list(word.text)
        words.append(type(word)(word.column, row, word.text, word.kind))
    notes = [
        NotePlace(n.id, n.column, n.row - first, n.onset_ql, n.rows, n.later) for n in system.notes
    ]
    return System(
        rows=tuple("".join(row) for row in rows),
        words=tuple(sorted(words, key=lambda word: (word.row, word.column))),
        notes=tuple(notes),
        bars=system.bars,
        playhead=system.playhead,
        staff_rows=tuple((top - first, bottom - first) for top, bottom in system.staff_rows),
        bare=tuple("".join(row) for row in bare),
    )
