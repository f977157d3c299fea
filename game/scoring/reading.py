"""A take read against its chart: note by note, or as the chords that a player filled in."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from exercises.kit import is_pads
from game.scoring.align import align_take
from game.scoring.bars import place_extras
from game.scoring.expectation import expect_notes, place_chart
from game.scoring.followed import follow_chart
from game.scoring.freehand import (
    Whereabouts,
    find_reaching,
    hear_free_hand,
    leave_free,
    leave_free_there,
    without_keys,
)
from game.scoring.judge import judge_take
from game.scoring.lengths import score_lengths
from game.scoring.pads import set_apart
from game.scoring.scores import SUBSTITUTION_WORTH, list_costly, measure_accuracy, score_notes
from game.scoring.texture import score_texture

if TYPE_CHECKING:
    from exercises.chart import Chart
    from exercises.timeline import Timeline
    from game.scoring.align import Aligned
    from game.scoring.expectation import Expected
    from game.scoring.fitted import Fitted, Heard
    from game.scoring.judge import Judged
    from game.scoring.results import PlayedNote
    from styles.schema import Style

FULL = 100.0
LEAST_LITERAL = 30.0
"""Percent of the notes right, below which nobody was playing the chart's own comp."""


@dataclass(frozen=True)
class Clock:
    """How a take is held against time."""

    timeline: Timeline
    """The click (the chart's tempo, where there was none)."""
    style: Style | None
    level: int
    free: bool
    """There was no click."""


@dataclass(frozen=True)
class Reading:
    """A take read against a chart: against its own notes, or fitted to the player."""

    chart: Chart
    expected: tuple[Expected, ...]
    played: tuple[PlayedNote, ...]
    aligned: Aligned
    judged: Judged
    fitted: Fitted | None = None
    heard: tuple[Heard, ...] = ()

    @property
    def accuracy(self) -> float | None:
        """How much of the notes was right, in percent."""
        return self._with_chords(measure_accuracy(self.judged))

    @property
    def notes(self) -> float | None:
        """The score of the notes."""
        places = place_extras(self.expected, self.played, self.judged)
        costly = [places[played] for played in list_costly(self.judged) if played in places]
        bars = [note.bar for note in self.expected]
        return self._with_chords(score_notes(bars, costly, self.judged))

    def _with_chords(self, keys: float | None) -> float | None:
        """What is said of the keys, together with the chords that they made."""
        if keys is None or self.fitted is None:
            return keys
        chords = [chord.worth for chord in self.fitted.chords]
        if chords:
            # A chord is more than its keys: one wrong third of four notes makes it another.
            keys = (keys + 100.0 * sum(chords) / len(chords)) / 2.0
        return keys * score_texture(self.fitted.voicings)

    @property
    def lengths(self) -> float | None:
        """The score of the lengths: where the rhythm is the player's, so are they."""
        pairs = list(zip(self.expected, self.judged.notes, strict=True))
        if self.fitted is not None:
            pairs = [pair for pair in pairs if self.fitted.gives_length(pair[0].id)]
        return score_lengths(self.chart, [one for one, _ in pairs], [two for _, two in pairs])


def read_take(chart: Chart, played: tuple[PlayedNote, ...], clock: Clock) -> Reading:
    """The best of the readings of a take.

    Note by note, for what is written and for who plays the chart's own comp; where the player
    fills the chart in, also by the chords, wherever the player was.
    """
    most = _most_literal(chart, played)
    literal = _read(chart, played, clock) if most == FULL else None
    if literal is not None and literal.accuracy == FULL:
        return literal
    followed = follow_chart(
        chart, played,
        timeline=clock.timeline, style=clock.style, level=clock.level, free=clock.free,
    )  # fmt: skip
    if followed is None:
        return literal or _read(chart, played, clock)
    fitted, expected, aligned = followed.fitted, followed.expected, followed.aligned
    judged = judge_take(expected, played, aligned, level=clock.level)
    other = Reading(fitted.chart, expected, played, aligned, judged, fitted, fitted.heard)
    if (other.accuracy or 0.0) >= most:
        return other
    literal = literal or _read(chart, played, clock)
    best = max(other.accuracy or 0.0, literal.accuracy or 0.0)
    # Where neither holds, what was heard in the place of the chords is still worth telling.
    return other if best in {other.accuracy, 0.0} or best < LEAST_LITERAL else literal


def _most_literal(chart: Chart, played: tuple[PlayedNote, ...]) -> float:
    """How much can be right at most, in percent, read note by note: no key is right for two."""
    written = Counter(pitch for _, pitch in {(note.onset_ql, note.pitch) for note in chart.notes})
    right = (written & Counter(key.pitch for key in played)).total()
    share = right / max(1, written.total())
    return FULL if right == written.total() else FULL * (share + SUBSTITUTION_WORTH * (1.0 - share))


def _read(chart: Chart, played: tuple[PlayedNote, ...], clock: Clock) -> Reading:
    """Align and judge a take; what the free hand of a lead sheet played is only heard."""
    timeline, style, level, free = clock.timeline, clock.style, clock.level, clock.free
    expected = expect_notes(chart, timeline=timeline, style=style, level=level)
    kept = leave_free(chart, expected, played, clicked=not free)
    if is_pads(chart):
        aligned = align_take(*set_apart(expected, kept), free=free, pitched=False)
    else:
        aligned = align_take(expected, kept, free=free)
    heard: tuple[Heard, ...] = ()
    if len(kept) < len(played):
        where = Whereabouts(expected, kept, aligned)
        there = leave_free_there(chart, expected, played, where)
        if there != kept:
            kept, aligned = there, align_take(expected, there, free=free)
            where = Whereabouts(expected, kept, aligned)
        reaching = find_reaching(played, kept, aligned)
        kept, aligned = without_keys(kept, aligned, reaching)
        tune = {key.index for key in kept}
        below = [key for key in played if key.index not in tune]
        place = place_chart(chart, timeline=timeline, style=style, level=level)
        heard = hear_free_hand(chart, below, where, place=place, style=style)
    judged = judge_take(expected, kept, aligned, level=level)
    return Reading(chart, expected, kept, aligned, judged, heard=heard)
