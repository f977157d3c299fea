"""By ear: a phrase is heard, played back, and graded by what a take is graded by.

A frozen run as those of `game.coach.runs`. Who plays the right phrase in another key has heard the
phrase, and not the key: the grade finds the shift under which most is right.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from exercises.drill import DrillRequest
from game.coach.runs import (
    Line,
    Played,
    Report,
    Turn,
    mean_total,
    per_minute,
    pick_style,
    seed_from,
    share_right,
)
from game.scoring.grade import grade_take

if TYPE_CHECKING:
    from collections.abc import Sequence

    from exercises.chart import Chart
    from exercises.timeline import Timeline
    from game.events import NoteEvent
    from game.scoring.results import Scorecard
    from styles.schema import Style

SIZE = 4
LONGEST_S = 600.0
"""Nobody hurries who listens."""
BARS = ((1, 1, 2, 2), (2, 2, 3, 4), (2, 3, 4, 4))
"""Lengths of the phrases up to level 2, up to 5, and above."""
BOTH_HANDS_FROM = 6
"""Level from which both hands are heard."""
SHARES = {"pitches": 0.6, "rhythm": 0.4}
OCTAVE = 12
SHIFTS = (0, OCTAVE, -OCTAVE, *(s for n in range(1, 7) for s in (n, -n)))
"""Semitones that are tried, the likeliest first."""
CLEARLY = 15.0
"""Points of pitches by which another key must fit better than the right one."""
OTHER_KEY = 0.75
"""What the right phrase in another key is worth."""
HEARING = 0.1
"""What every hearing after the first takes off; ..."""
LEAST = 0.6
"""... at least so much is left."""


@dataclass(frozen=True)
class EarGrade:
    """What a phrase that was played back was worth."""

    scorecard: Scorecard
    """Under the shift."""
    shift: int
    """Semitones by which it was played too high (negative: too low); whole octaves are no fault."""
    pitches: float
    rhythm: float | None
    """None where too little was right to say."""
    hearings: int
    total: float


def grade_by_ear(
    chart: Chart,
    events: Sequence[NoteEvent],
    *,
    timeline: Timeline,
    style: Style | None,
    level: int,
    hearings: int,
) -> EarGrade:
    """Grade a phrase that was played back.

    Args:
        chart: the phrase.
        events: what was played.
        timeline: of the click.
        style: swing and pocket.
        level: 1 to 10.
        hearings: how often it was heard; none counts as one.

    """
    cards: dict[int, Scorecard] = {}
    for shift in SHIFTS:
        moved = [
            msgspec.structs.replace(event, pitch=event.pitch - shift)
            for event in events
            if event.kind == "pedal" or 0 <= event.pitch - shift <= 127  # noqa: PLR2004 - MIDI
        ]
        cards[shift] = grade_take(chart, moved, timeline=timeline, style=style, level=level)
        if shift % OCTAVE == 0 and (cards[shift].scores.notes or 0) > 100 - CLEARLY:
            break
    # The first of those that are as good, and no other key without good reason.
    shift = max(
        cards, key=lambda s: (cards[s].scores.notes or 0) + (CLEARLY if s % OCTAVE == 0 else 0)
    )
    card = cards[shift]
    pitches, rhythm = card.scores.notes or 0.0, card.scores.time
    total = SHARES["pitches"] * pitches + SHARES["rhythm"] * (rhythm or 0.0)
    factor = max(LEAST, 1 - HEARING * (max(1, hearings) - 1))
    if shift % OCTAVE:
        factor *= OTHER_KEY
    return EarGrade(card, shift, pitches, rhythm, hearings, total * factor)


def say_shift(shift: int) -> str:
    """How far off the key was, in words."""
    if shift == 0:
        return "in the right key"
    side = "high" if shift > 0 else "low"
    if shift % OCTAVE == 0:
        return f"an octave {side}"
    steps = {1: "a half-step", 2: "a whole step"}.get(abs(shift), f"{abs(shift)} half-steps")
    return f"{steps} too {side}"


class Phrase(msgspec.Struct, frozen=True):
    """One phrase as it went."""

    played: Played
    hearings: int
    shift: int


class ByEar(msgspec.Struct, frozen=True):
    """Four phrases, the later ones longer."""

    level: int
    seed: int
    styles: tuple[str, ...]
    phrases: tuple[Phrase, ...] = ()
    elapsed_s: float = 0.0

    @property
    def mode(self) -> str:
        """By ear."""
        return "ear"

    @property
    def played(self) -> tuple[Played, ...]:
        """The takes so far, with what they were worth by ear as their totals."""
        return tuple(phrase.played for phrase in self.phrases)

    @property
    def turn(self) -> Turn | None:
        """The next phrase."""
        number = len(self.phrases)
        if number >= SIZE:
            return None
        lengths = BARS[(self.level > 2) + (self.level > 5)]  # noqa: PLR2004 - see BARS
        request = DrillRequest(
            style=pick_style(self.styles, self.seed, number),
            level=self.level,
            kind="grand",
            bars=lengths[number],
            hands="both" if self.level >= BOTH_HANDS_FROM else "right",
            seed=seed_from("ear", self.seed, number),
        )
        return Turn(request, preview_s=LONGEST_S)

    def after(self, played: Played, elapsed_s: float) -> ByEar:
        """One phrase more, heard once."""
        return self.after_phrase(Phrase(played, 1, 0), elapsed_s)

    def after_phrase(self, phrase: Phrase, elapsed_s: float) -> ByEar:
        """One phrase more."""
        phrases = (*self.phrases, phrase)
        return msgspec.structs.replace(self, phrases=phrases, elapsed_s=elapsed_s)

    def report(self) -> Report:
        """The mean, and each phrase."""
        lines = tuple(
            Line(f"phrase {number}", _say_phrase(phrase))
            for number, phrase in enumerate(self.phrases, 1)
        )
        return Report(
            mode=self.mode,
            title="By ear",
            name=f"level {self.level}",
            score=mean_total(self.played),
            notes_per_minute=per_minute(self.played, self.elapsed_s),
            accuracy=share_right(self.played),
            lines=lines,
        )


def say_hearings(count: int) -> str:
    """How often it was heard."""
    return {0: "unheard", 1: "heard once", 2: "heard twice"}.get(count, f"heard {count} times")


def _say_phrase(phrase: Phrase) -> str:
    total, key = f"{phrase.played.total:.0f}", say_shift(phrase.shift)
    return f"{total}, {say_hearings(phrase.hearings)}, {key}"
