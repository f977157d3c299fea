"""What is expected when: each charted note's performed onset, accepted interval and windows.

Swing and pocket come from `styles.feel` alone, which the performer uses too, so that what is
asked for and what is played by rote agree.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from exercises.feels import asked_style
from exercises.timeline import beat_ql
from game.scoring.windows import Window, judging_window
from styles.feel import pocket_ms, target

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from exercises.chart import Bar, Chart, Note
    from exercises.timeline import Timeline
    from styles.schema import Feel, Style

SECONDS_PER_MINUTE = 60.0
GRACE_STEP_S = 0.07
"""A grace note before its main note, and each one more before that (by ear)."""
GRACE_EARLY_S = 0.10
GRACE_LATE_S = 0.12
"""Grace notes may come well before the beat or on it, and push their main note."""
SQUARE_POCKET_MS = (-8.0, 8.0)
"""Where there is no style: "on" the click."""


@dataclass(frozen=True)
class Expected:
    """One charted note as it is to be performed; seconds count from the first downbeat."""

    id: str
    onset_s: float
    """Where it is performed: swing applied, pocket not. Asynchrony is measured from here."""
    early_s: float
    """From here ..."""
    late_s: float
    """... to here it is right in full: the click, the pocket, and all accepted swing."""
    release_s: float
    """Where the key is let go as written."""
    before: Window
    after: Window
    onset_ql: Fraction
    duration_ql: Fraction
    pitch: int
    staff: int
    bar: int
    """Index of its bar in the chart."""
    beat_s: float
    """The notated beat there, in seconds."""
    group: int
    """Index of its onset group (all notes notated together, both hands)."""
    grace: bool
    articulations: tuple[str, ...] = ()

    def distance_ms(self, onset_s: float) -> float:
        """How far outside the accepted interval an onset lies; negative is early."""
        if onset_s < self.early_s:
            return (onset_s - self.early_s) * 1000.0
        if onset_s > self.late_s:
            return (onset_s - self.late_s) * 1000.0
        return 0.0

    def window(self, distance_ms: float) -> Window:
        """The window on the side of a distance."""
        return self.before if distance_ms < 0 else self.after


@dataclass(frozen=True)
class Place:
    """Turns notated positions of one chart into performed seconds."""

    bars: tuple[Bar, ...]
    starts: tuple[Fraction, ...]
    """Where each bar begins."""
    timeline: Timeline
    feel: Feel | None
    level: int

    def bar_index(self, onset_ql: Fraction) -> int:
        """The bar that holds a position; positions outside belong to the first or last."""
        return max(0, bisect_right(self.starts, onset_ql) - 1)

    def beat(self, onset_ql: Fraction) -> tuple[Fraction, float]:
        """The notated beat at a position: in quarter notes, and how many a minute."""
        length = beat_ql(self.bars[self.bar_index(onset_ql)].meter)
        return length, self.timeline.quarter_bpm_at(onset_ql) / float(length)

    def performed_s(self, onset_ql: Fraction) -> tuple[float, float, float]:
        """Centre, earliest and latest second at which a notated position is performed."""
        bar = self.bars[self.bar_index(onset_ql)]
        length, tempo = self.beat(onset_ql)
        end = bar.onset_ql + bar.duration_ql
        # Beats are counted from the bar line; a pickup's from the bar line after it.
        origin = end if bar is self.bars[0] and bar.onset_ql < 0 else bar.onset_ql
        place = target(
            onset_ql - origin,
            beat_ql=length,
            beats_per_minute=tempo,
            level=self.level,
            feel=self.feel,
        )
        here = (place.centre_ql, place.early_ql, place.late_ql)
        centre, early, late = (self.timeline.seconds_at(float(origin) + where) for where in here)
        return centre, early, late


def place_chart(chart: Chart, *, timeline: Timeline, style: Style | None, level: int) -> Place:
    """Bring together what turns this chart's positions into seconds."""
    starts = tuple(bar.onset_ql for bar in chart.bars)
    asked = asked_style(style, chart.drill)
    return Place(chart.bars, starts, timeline, asked.feel if asked else None, level)


def expect_notes(
    chart: Chart, *, timeline: Timeline, style: Style | None, level: int
) -> tuple[Expected, ...]:
    """Say for each charted note when it is expected and how near is near.

    Args:
        chart: what is to be played.
        timeline: the click's tempo.
        style: gives swing and pocket; None is straight and on the click.
        level: 1 to 10; widens the windows and decides whether the style swings yet.

    Returns:
        In the order of the chart, but a grace note before its main note.

    """
    place = place_chart(chart, timeline=timeline, style=style, level=level)
    ends = _sounding_ends(chart.notes)
    whens = {where: place.performed_s(where) for where in _positions(chart) | set(ends.values())}
    neighbours = _neighbours(chart.notes, timeline)
    ordered = sorted(chart.notes, key=lambda note: (note.onset_ql, note.duration_ql != 0))
    graces = _grace_steps(ordered)
    groups = _number_groups(ordered, graces)
    return tuple(
        _expect(
            note,
            place,
            whens,
            neighbours,
            end=ends[note.id],
            steps=graces.get(note.id),
            group=groups[note.id],
        )
        for note in ordered
    )


def _sounding_ends(notes: Sequence[Note]) -> dict[str, Fraction]:
    """Where each note's key can be let go at the latest.

    A key that another voice strikes again ends there; of two voices that meet on a note the
    longer holds the key.
    """
    ends: dict[str, Fraction] = {}
    by_pitch: dict[int, dict[Fraction, list[Note]]] = {}
    for note in notes:
        by_pitch.setdefault(note.pitch, {}).setdefault(note.onset_ql, []).append(note)
    for strikes in by_pitch.values():
        onsets = sorted(strikes)
        for onset, following in zip(onsets, [*onsets[1:], None], strict=True):
            end = max(note.onset_ql + note.duration_ql for note in strikes[onset])
            held = end if following is None else min(end, following)
            ends.update({note.id: held for note in strikes[onset]})
    return ends


def _positions(chart: Chart) -> set[Fraction]:
    onsets = {note.onset_ql for note in chart.notes}
    return onsets | {note.onset_ql + note.duration_ql for note in chart.notes}


def _expect(
    note: Note,
    place: Place,
    whens: dict[Fraction, tuple[float, float, float]],
    neighbours: dict[tuple[int, Fraction], tuple[float | None, float | None]],
    *,
    end: Fraction,
    steps: int | None,
    group: int,
) -> Expected:
    centre, early, late = whens[note.onset_ql]
    _, tempo = place.beat(note.onset_ql)
    low, high = pocket_ms(place.feel, tempo) if place.feel else SQUARE_POCKET_MS
    early += min(0.0, low) / 1000.0
    late += max(0.0, high) / 1000.0
    grace = note.duration_ql == 0
    if steps is not None:
        if grace:
            centre -= GRACE_STEP_S * steps
            early = centre - GRACE_EARLY_S
        late = centre + GRACE_LATE_S if grace else late + GRACE_LATE_S / 2
    beat_ms = 1000.0 * SECONDS_PER_MINUTE / tempo
    before_ms, after_ms = neighbours[note.staff, note.onset_ql]
    release = centre + GRACE_STEP_S if grace else whens[end][0]
    return Expected(
        id=note.id,
        onset_s=centre,
        early_s=early,
        late_s=late,
        release_s=release,
        before=judging_window(beat_ms, place.level, before_ms),
        after=judging_window(beat_ms, place.level, after_ms),
        onset_ql=note.onset_ql,
        duration_ql=note.duration_ql,
        pitch=note.pitch,
        staff=note.staff,
        bar=place.bar_index(note.onset_ql),
        beat_s=beat_ms / 1000.0,
        group=group,
        grace=grace,
        articulations=note.articulations,
    )


def _neighbours(
    notes: Iterable[Note], timeline: Timeline
) -> dict[tuple[int, Fraction], tuple[float | None, float | None]]:
    """Distance in ms to the notated onsets before and after, for each (staff, onset)."""
    onsets: dict[int, set[Fraction]] = {}
    for note in notes:
        onsets.setdefault(note.staff, set()).add(note.onset_ql)
    found: dict[tuple[int, Fraction], tuple[float | None, float | None]] = {}
    for staff, places in onsets.items():
        ordered = sorted(places)
        seconds = [timeline.seconds_at(place) * 1000.0 for place in ordered]
        gaps = [later - sooner for sooner, later in pairwise(seconds)]
        around = zip(ordered, [None, *gaps], [*gaps, None], strict=True)
        found.update({(staff, onset): (before, after) for onset, before, after in around})
    return found


def _grace_steps(ordered: list[Note]) -> dict[str, int]:
    """How many steps before its main note each grace note comes; 0 for a main note with graces."""
    steps: dict[str, int] = {}
    graced: dict[tuple[Fraction, int], int] = {}
    for note in reversed(ordered):
        if note.duration_ql == 0:
            graced[note.onset_ql, note.staff] = graced.get((note.onset_ql, note.staff), 0) + 1
            steps[note.id] = graced[note.onset_ql, note.staff]
    mains = (note for note in ordered if note.duration_ql != 0)
    return steps | {note.id: 0 for note in mains if (note.onset_ql, note.staff) in graced}


def _number_groups(ordered: list[Note], graces: dict[str, int]) -> dict[str, int]:
    """Number the onset groups: notes notated together are one, each grace note is its own."""
    keys = {
        note.id: (note.onset_ql, -graces.get(note.id, 0) if note.duration_ql == 0 else 0)
        for note in ordered
    }
    ranks = {key: index for index, key in enumerate(sorted(set(keys.values())))}
    return {name: ranks[key] for name, key in keys.items()}
