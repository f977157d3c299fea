"""The plots of a review: asynchrony, its histogram, tempo and loudness. Pure functions.

Points are letters, R and L for the hands and B where both fall into one cell, so that nothing is
said by colour alone.
"""

from __future__ import annotations

import math
from statistics import fmean, median, pstdev
from typing import TYPE_CHECKING, NamedTuple

from rich.text import Text

from exercises.feels import asked_feel
from exercises.timeline import SECONDS_PER_MINUTE, beat_ql
from game.scoring.expectation import SQUARE_POCKET_MS
from game.scoring.windows import judging_window
from game.ui.plots import AXIS_COLUMNS, plot_lines
from styles.feel import pocket_ms

if TYPE_CHECKING:
    from collections.abc import Sequence

    from exercises.chart import Chart
    from exercises.timeline import Timeline
    from game.sessions.review import Entry, Review
    from styles.schema import Style

LETTERS = {1: "R", 2: "L"}
BOTH = "B"
CURSOR = "▲"
REACH_MS = 60.0
"""Where the axis of asynchrony ends, unless notes go farther ..."""
FARTHEST_MS = 200.0
"""... and where what is farther is drawn at the edge."""
BIN_MS = 5.0
BLOCKS = " ▁▂▃▄▅▆▇█"
LOUDEST = 127.0
LOUDNESS_LINES = ((49.0, "p"), (80.0, "mf"), (96.0, "f"))
"""Velocities that charts are sounded with."""
TEMPO_SPAN_QL = 8.0
"""The tempo at a note is the slope of the notes within so many quarters around it."""
FEWEST_FOR_TEMPO = 3
NOTHING = "Too little was played to draw this."


class Frame(NamedTuple):
    """What a plot is drawn into, and what is known of the take."""

    review: Review
    timeline: Timeline
    style: Style | None
    level: int
    columns: int
    rows: int
    cursor_ql: float
    """The sounding time that is looked at."""

    @property
    def chart(self) -> Chart:
        """What was played."""
        return self.review.chart

    @property
    def beat_ms(self) -> float:
        """A beat at the chart's beginning."""
        beat = float(beat_ql(self.chart.drill.meter))
        return beat * SECONDS_PER_MINUTE * 1000.0 / self.timeline.quarter_bpm_at(0.0)

    @property
    def pocket(self) -> tuple[float, float]:
        """From where to where the style sits against the click, in ms."""
        if self.style is None:
            return SQUARE_POCKET_MS
        feel = asked_feel(self.style.feel, self.chart.drill)
        return pocket_ms(feel, self.timeline.quarter_bpm_at(0.0))

    def column(self, onset_ql: float) -> int:
        """The column of a time, right of the axis."""
        start, end = float(self.chart.onset_ql), float(self.chart.end_ql)
        share = (onset_ql - start) / ((end - start) or 1.0)
        width = self.columns - AXIS_COLUMNS
        return AXIS_COLUMNS + max(0, min(width - 1, int(share * width)))


def timed_entries(review: Review) -> list[tuple[Entry, float]]:
    """The right notes with their asynchrony in ms."""
    return [
        (entry, entry.judgement.asynchrony_ms)
        for entry in review.entries
        if entry.judgement is not None
        and entry.judgement.verdict == "match"
        and entry.judgement.asynchrony_ms is not None
    ]


def plot_asynchrony(frame: Frame) -> Text:
    """Each right note over the bars: above the line late, below early."""
    timed = timed_entries(frame.review)
    if not timed:
        return Text(NOTHING)
    values = [asynchrony for _, asynchrony in timed]
    reach = _reach(values)
    text = Text(no_wrap=True)
    for staff, name in ((1, "R right hand"), (2, "L left hand")):
        hand = [a for entry, a in timed if entry.note is not None and entry.note.staff == staff]
        if hand:
            text.append(name, "bold")
            text.append(f" {round(fmean(hand)):+d} ms, spread {pstdev(hand):.0f}   ")
    text.append("· the pocket\n", "dim")
    low, high = frame.pocket
    points = [(entry.onset_ql, a, entry.note.staff) for entry, a in timed if entry.note is not None]
    lines = [(low, "·", ""), (high, "·", ""), (0.0, "─", "0 ms")]
    step = 20.0 if reach <= REACH_MS else 50.0
    lines += [(s * k * step, " ", f"{s * k * step:+.0f}") for k in range(1, 5) for s in (1, -1)]
    lines += [(reach, " ", "late"), (-reach, " ", "early")]
    text.append_text(_scatter(frame, points, lines, low=-reach, high=reach))
    return text


def plot_histogram(frame: Frame) -> Text:
    """How many notes came how early or late, over the judging windows and the pocket."""
    values = [asynchrony for _, asynchrony in timed_entries(frame.review)]
    if not values:
        return Text(NOTHING)
    reach = _reach(values)
    width = frame.columns - AXIS_COLUMNS
    bins = min(width, 2 * math.ceil(reach / BIN_MS) + 1)
    cell = max(1, width // bins)
    counts = [0] * bins
    for value in values:
        counts[max(0, min(bins - 1, round(value / BIN_MS) + bins // 2))] += 1
    most = max(counts)
    rows = max(3, frame.rows - 5)
    text = Text(no_wrap=True)
    text.append(f"{len(values)} notes, median {round(median(values)):+d} ms", "bold")
    text.append(f", spread {pstdev(values):.0f} ms; a column is {BIN_MS:.0f} ms\n", "dim")
    for row in range(rows, 0, -1):
        label = str(most) if row == rows else ""
        text.append(f"{label:>{AXIS_COLUMNS - 1}} ", "dim")
        for count in counts:
            eighths = round(count / most * rows * 8) - (row - 1) * 8
            text.append(BLOCKS[max(0, min(8, eighths))] * cell)
        text.append("\n")
    window = judging_window(frame.beat_ms, frame.level, None)
    low, high = frame.pocket

    def grade(ms: float) -> str:
        away = max(low - ms, ms - high, 0.0)
        return {"perfect": "█", "great": "▓", "ok": "░", "out": " "}[window.grade(away)]

    offsets = [(index - bins // 2) * BIN_MS for index in range(bins)]
    text.append("grade  ", "dim")
    text.append("".join(grade(ms) * cell for ms in offsets) + "\n")
    text.append("pocket ", "dim")
    text.append("".join(("═" if low <= ms <= high else " ") * cell for ms in offsets) + "\n")
    text.append(_label_offsets(offsets, cell) + "\n", "dim")
    return text.append("       █ perfect  ▓ great  ░ ok", "dim")


def _label_offsets(offsets: Sequence[float], cell: int) -> str:
    """Figures below the columns, as many as there is room for."""
    row = [" "] * (len(offsets) * cell + 6)
    step = 20.0 if offsets[-1] <= REACH_MS + BIN_MS else 50.0
    for index, ms in enumerate(offsets):
        if ms % step == 0:
            figure = f"{ms:+.0f}" if ms else "0 ms"
            at = index * cell + cell // 2 - (len(figure) // 2 if ms else 0)
            row[max(0, at) : max(0, at) + len(figure)] = figure
    return " " * AXIS_COLUMNS + "".join(row).rstrip()


def plot_tempo(frame: Frame) -> Text:
    """The tempo that was played, over the written one (dotted)."""
    points = tempo_points(frame.review, frame.timeline)
    beat = float(beat_ql(frame.chart.drill.meter))
    curve = [(onset, bpm / beat) for onset, bpm in points]
    if not curve:
        return Text(NOTHING)
    written = [(onset, frame.timeline.quarter_bpm_at(onset) / beat) for onset, _ in curve]
    figures = [bpm for _, bpm in (*curve, *written)]
    margin = max(4.0, 0.02 * max(figures))
    low, high = min(figures) - margin, max(figures) + margin
    step = next((s for s in (1.0, 2.0, 5.0, 10.0, 20.0) if (high - low) / s <= 8), 50.0)  # noqa: PLR2004 - figures at the edge
    marks = [step * k for k in range(math.ceil(low / step), math.floor(high / step) + 1)]
    text = Text(no_wrap=True)
    played = fmean(bpm for _, bpm in curve)
    text.append(f"played {played:.1f}", "bold")
    text.append(f", written {fmean(b for _, b in written):.1f} beats a minute", "bold")
    text.append("   whole line: played; dots: written\n", "dim")
    text.append_text(
        plot_lines(
            [(curve, 1), (written, 4)],
            columns=frame.columns,
            rows=max(3, frame.rows - 3),
            low=low,
            high=high,
            span=(float(frame.chart.onset_ql), float(frame.chart.end_ql)),
            marks=tuple(marks),
        )
    )
    return text.append_text(_foot(frame))


def tempo_points(review: Review, timeline: Timeline) -> list[tuple[float, float]]:
    """(sounding onset, quarters a minute) along a take: the slope of the right notes around."""
    groups: dict[float, list[float]] = {}
    for entry, asynchrony in timed_entries(review):
        if entry.note is not None and entry.note.duration_ql:
            heard = timeline.seconds_at(entry.onset_ql) + asynchrony / 1000.0
            groups.setdefault(entry.onset_ql, []).append(heard)
    onsets = sorted((onset, fmean(heard)) for onset, heard in groups.items())
    found = []
    for onset, _ in onsets:
        near = [pair for pair in onsets if abs(pair[0] - onset) <= TEMPO_SPAN_QL / 2]
        if len(near) < FEWEST_FOR_TEMPO:
            continue
        middle_ql, middle_s = fmean(x for x, _ in near), fmean(s for _, s in near)
        spread = sum((s - middle_s) ** 2 for _, s in near)
        slope = sum((x - middle_ql) * (s - middle_s) for x, s in near) / spread
        if slope > 0:
            found.append((onset, slope * SECONDS_PER_MINUTE))
    return found


def plot_loudness(frame: Frame) -> Text:
    """How hard each key was struck over the bars, and the written dynamics."""
    points = [
        (entry.onset_ql, float(entry.played.velocity), entry.note.staff)
        for entry in frame.review.entries
        if entry.note is not None and entry.played is not None
    ]
    if not points:
        return Text(NOTHING)
    text = Text(no_wrap=True)
    for staff, name in ((1, "R right hand"), (2, "L left hand")):
        hand = [velocity for _, velocity, at in points if at == staff]
        if hand:
            text.append(name, "bold")
            text.append(f" mean {fmean(hand):.0f}, spread {pstdev(hand):.0f}   ")
    text.append("velocity\n", "dim")
    lines = [(value, "·", f"{name} {value:.0f}") for value, name in LOUDNESS_LINES]
    most = max(velocity for _, velocity, _ in points)
    least = min(velocity for _, velocity, _ in points)
    low, high = min(30.0, least - 3), min(LOUDEST, max(110.0, most + 3))
    text.append_text(_scatter(frame, points, lines, low=low, high=high, reserved=1))
    row = [" "] * (frame.columns + 4)
    for mark in frame.chart.marks:
        if mark.kind in {"dynamic", "hairpin"}:
            at = frame.column(float(mark.onset_ql))
            row[at : at + len(mark.text)] = mark.text
    text.append(f"\n{'marks':<{AXIS_COLUMNS}}" + "".join(row)[AXIS_COLUMNS:].rstrip(), "italic")
    return text


def _scatter(
    frame: Frame,
    points: Sequence[tuple[float, float, int]],
    lines: Sequence[tuple[float, str, str]],
    *,
    low: float,
    high: float,
    reserved: int = 0,
) -> Text:
    """Letters over the bars, over level lines of (value, sign, figure at the edge)."""
    rows = max(3, frame.rows - 3 - reserved)
    cells = [[" "] * frame.columns for _ in range(rows)]

    def row_of(value: float) -> int:
        share = (high - max(low, min(high, value))) / ((high - low) or 1.0)
        return min(rows - 1, int(share * rows))

    for value, sign, figure in lines:
        if low <= value <= high:
            row = cells[row_of(value)]
            if sign != " ":
                row[AXIS_COLUMNS:] = sign * (frame.columns - AXIS_COLUMNS)
            if figure:
                row[:AXIS_COLUMNS] = f"{figure:>{AXIS_COLUMNS - 1}} "
    for onset, value, staff in points:
        row, column = cells[row_of(value)], frame.column(onset)
        letter = LETTERS.get(staff, "R")
        other = row[column] in {*LETTERS.values(), BOTH} and row[column] != letter
        row[column] = BOTH if other else letter
    text = Text(no_wrap=True)
    for row in cells:
        for column, cell in enumerate(row):
            is_note = column >= AXIS_COLUMNS and cell in {"R", "L", BOTH}
            text.append(cell, "bold" if is_note else "dim")
        text.append("\n")
    return text.append_text(_foot(frame))


def _foot(frame: Frame) -> Text:
    """Bar numbers below the plot, and where the note is that is looked at."""
    row = [" "] * (frame.columns + 4)
    until = 0
    for bar in frame.chart.bars:
        at = frame.column(float(bar.onset_ql))
        figure = str(bar.number)
        if bar.number > 0 and at >= until:
            row[at : at + len(figure)] = figure
            until = at + len(figure) + 2
    figures = "bar".ljust(AXIS_COLUMNS) + "".join(row[AXIS_COLUMNS:]).rstrip()
    cursor = " " * frame.column(frame.cursor_ql) + CURSOR
    text = Text(figures + "\n", "dim", no_wrap=True)
    return text.append(cursor, "bold")


def _reach(values: Sequence[float]) -> float:
    """Up to where an axis of asynchrony goes: to all notes but the outliers."""
    farthest = max(abs(value) for value in values)
    return min(FARTHEST_MS, max(REACH_MS, 10.0 * math.ceil(farthest / 10.0)))
