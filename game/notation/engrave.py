"""A chart's MusicXML as a page of characters, with the place of every note and bar."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from exercises.numbers import write_number
from exercises.passes import first_passes, map_passes, page_shifts
from game.notation.faces import find_face
from game.notation.flatten import chord_members, flatten_pitches
from game.notation.layout import FONT, Engraving, lay_out, strip_words
from game.notation.page import (
    DOTS,
    BarPlace,
    Grid,
    NotePlace,
    Page,
    PageRequest,
    System,
)
from game.notation.painting import frame_pixels, paint_system
from game.notation.picture import cell_dots, finish_picture
from game.notation.raster import bare_system, braille_rows, draw_system, frame_system
from game.notation.road import find_stretches, find_visits, leaving_bars, road_words
from game.notation.slashes import NUMBERED, notes_under
from game.notation.svg import UNITS_PER_SPACE, DrawnSystem, Glyph
from game.notation.word_places import WORD_MARKS, WordPlacer
from game.notation.words import Margin

if TYPE_CHECKING:
    from exercises.chart import Bar, Chart, Note
    from game.notation.canvas import Frame

PLACED_MARKS = WORD_MARKS | {"dynamic"}
LEAST_SPACE = 4
"""Pixels from line to line below which no notehead can be told; no cell is so low."""
JUST_BEFORE_QL = 0.01
Heads = dict[str, tuple[int, int, int, int]]
"""The first and last column, first and last row (of dots or pixels) of each head, by note id."""


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
        spaces=_width_in_spaces(request),
        font=find_face(chart.drill.style) if request.cell else FONT,
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


def find_space(request: PageRequest) -> int:
    """From one staff line to the next, in dots or (of a picture) in pixels."""
    if request.cell is None:
        return request.dots_per_space
    return max(LEAST_SPACE, round(request.dots_per_space * request.cell[1] / DOTS.height))


def _width_in_spaces(request: PageRequest) -> float:
    width = request.columns * (request.cell[0] if request.cell else DOTS.width)
    return width / find_space(request)


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
        if self.request.cell is not None:
            return self._paint(Grid(*self.request.cell), is_first=is_first)
        frame, height = frame_system(self.drawn, self.request.dots_per_space)
        size = (height, self.request.columns * DOTS.width)
        canvas = draw_system(self.drawn, self.engraving.drawing, frame, size)
        bare = draw_system(bare_system(self.drawn), self.engraving.drawing, frame, size)
        rows, bare_rows = (tuple(braille_rows(each.dots)) for each in (canvas, bare))
        plain = self._place(frame, DOTS, canvas.heads, rows, bare_rows)
        return burn_in(plain, self._margin(plain, frame, DOTS, is_first=is_first))

    def _paint(self, grid: Grid, *, is_first: bool) -> System:
        """The system as a picture; its characters are only what shows while it is covered."""
        frame, height = frame_pixels(self.drawn, find_space(self.request), grid.height)
        size = (height, self.request.columns * grid.width)
        painting = paint_system(self.drawn, self.engraving.drawing, frame, size)
        rows = tuple(braille_rows(cell_dots(painting.ink, grid)))
        plain = self._place(frame, grid, painting.boxes, rows, rows)
        margin = self._margin(plain, frame, grid, is_first=is_first)
        burnt = burn_in(plain, margin)
        above = burnt.staff_rows[0][0] - plain.staff_rows[0][0]
        picture, rows = finish_picture(painting, burnt, above, grid)
        return msgspec.structs.replace(burnt, rows=rows, picture=picture, bare=())

    def _place(
        self,
        frame: Frame,
        grid: Grid,
        heads: Heads,
        rows: tuple[str, ...],
        bare: tuple[str, ...],
    ) -> System:
        """The system with all its places, before there are words."""
        bars = self._bar_places(frame, grid)
        return System(
            rows=rows,
            words=(),
            notes=self._note_places(heads, grid),
            bars=bars,
            playhead=self._playhead(frame, grid, heads, bars),
            staff_rows=_staff_rows(frame, grid),
            bare=bare,
        )

    def _margin(self, plain: System, frame: Frame, grid: Grid, *, is_first: bool) -> Margin:
        margin = Margin(np.array([[cell != " " for cell in row] for row in plain.rows]))
        placer = WordPlacer(self.chart, self.drawn, frame, grid)
        placer.place(margin, plain, is_first=is_first)
        return margin

    def _note_places(self, heads: Heads, grid: Grid) -> tuple[NotePlace, ...]:
        places = []
        for name, (left, right, top, bottom) in heads.items():
            if name not in self.engraving.onsets_ql and name.partition("-")[0] not in self.onsets:
                continue
            onset = self._onset_of(name)
            column = (left + right) // 2 // grid.width
            row = top // grid.height
            rows = bottom // grid.height - row + 1
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

    def _bar_places(self, frame: Frame, grid: Grid) -> tuple[BarPlace, ...]:
        edges = [round(frame.column(m.left) / grid.width) for m in self.drawn.measures]
        edges.append(round(frame.column(self.drawn.measures[-1].right) / grid.width))
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
        self, frame: Frame, grid: Grid, heads: Heads, bars: tuple[BarPlace, ...]
    ) -> tuple[tuple[float, float], ...]:
        """Points (onset_ql, column): every note's and rest's, and the ends of the system."""
        points: dict[float, float] = {}
        for name, (left, right, _, _) in heads.items():
            note = self.onsets.get(name)
            if note is None and name not in self.engraving.onsets_ql:
                continue
            onset = self._onset_of(name)
            column = (left + right + 1) / 2 / grid.width
            points[onset] = min(points.get(onset, column), column)
        for shape in self.drawn.shapes:
            if isinstance(shape, Glyph) and shape.role == "rest" and shape.owner:
                onset = self._onset_of(shape.owner)
                middle = shape.x + UNITS_PER_SPACE / 2
                points.setdefault(onset, frame.column(middle) / grid.width)
        inset = find_space(self.request) / grid.width
        for bar, measure in zip(bars, self.drawn.measures, strict=True):
            start = frame.column(measure.content) / grid.width
            points.setdefault(bar.onset_ql, start + inset)
        for bar in bars[:-1]:
            if bar.number in self.leaving:
                # The music may jump here: the playhead goes to the bar line and no further.
                points[bar.end_ql - JUST_BEFORE_QL] = float(bar.right)
        points = {k: v for k, v in points.items() if bars[0].onset_ql <= k < bars[-1].end_ql}
        points[bars[-1].end_ql] = float(bars[-1].right)
        return _rising(points)


def _rising(points: dict[float, float]) -> tuple[tuple[float, float], ...]:
    """Points in the order of time, none to the left of the one before."""
    path: list[tuple[float, float]] = []
    furthest = 0.0
    for onset, column in sorted(points.items()):
        furthest = max(furthest, column)
        path.append((onset, furthest))
    return tuple(path)


def _staff_rows(frame: Frame, grid: Grid) -> tuple[tuple[int, int], ...]:
    spans = zip(frame.staff_rows, frame.staff_tops, frame.staff_bottoms, strict=True)
    return tuple(
        (row // grid.height, round(row + (bottom - top) * frame.scale) // grid.height + 1)
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
