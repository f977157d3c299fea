"""What the diagnoses look at: strikes of each hand, how far off each was, and what was heard."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from functools import cached_property
from math import comb, sqrt
from statistics import fmean, median
from typing import TYPE_CHECKING

from exercises.chart import ComposeError
from exercises.notation.accidentals import signature
from exercises.timeline import beat_ql
from game.scoring.segments import smooth_median
from game.scoring.windows import MAD_TO_SD
from styles.feel import swings

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from fractions import Fraction

    from exercises.chart import Chart, Note
    from game.scoring.align import Aligned
    from game.scoring.expectation import Expected
    from game.scoring.fitted import Heard
    from game.scoring.judge import Judged, Onset
    from game.scoring.results import PlayedNote, TimeReport
    from styles.schema import Style

LETTERS = "CDEFGAB"
LETTER_PCS = (0, 2, 4, 5, 7, 9, 11)
SURE = 0.003
"""Chance at which a run of equal mistakes is no accident: some fifteen patterns are looked for in
every take, and less than one take in fifty may be accused of what it does not have."""
LEAST_SHARE = 0.4
"""Of the chances: a mistake made less often is no habit."""
SURE_Z = 4.0
"""The same for a mean of asynchronies, in standard errors: scatter has heavier tails."""
LEAN_STRIKES = 31
"""Strikes of the running median that is taken for where the player sits."""
NEAR_BEATS = 0.35
"""A stray note so near the place of a missed one was meant for it."""
AT_BEATS = 0.2
"""A key so near the place of a note was struck there, whatever it was meant for."""
SCATTER_FLOOR_MS = 10.0
TRIMMED = 4.0
"""Deviations beyond so many spreads are slips, and in no mean."""


@dataclass(frozen=True)
class Strike:
    """What one hand strikes at one moment of the chart."""

    staff: int
    onset_ql: Fraction
    numbers: tuple[int, ...]
    """Charted numbers."""
    end_ql: Fraction
    """Where the last of its notes ends."""
    bar: int
    """Index in the chart."""
    beat_ql: Fraction
    place: Fraction
    """In the bar, in notated beats; a pickup is counted back from the bar line after it."""
    beat_s: float
    away_ms: float | None
    """Later than where the player sat; None where none of it was played right."""


@dataclass(frozen=True)
class Finding:
    """A pattern that was found, before it is ranked."""

    kind: str
    detail: str
    numbers: tuple[int, ...]
    """The charted notes that show it."""
    foci: tuple[str, ...]
    """The drills that would mend it, the best first."""
    score: str
    """The score that pays for it: notes, time, lengths or feel."""
    count: int | None = None
    """How often; None is once for each note."""


@dataclass(frozen=True)
class Evidence:
    """A judged take, laid out for the diagnoses."""

    chart: Chart
    expected: Sequence[Expected]
    played: dict[int, PlayedNote]
    judged: Judged
    aligned: Aligned
    time: TimeReport
    style: Style | None
    level: int
    heard: tuple[Heard, ...] = ()
    """Chords of a chart that the player fills in which were not the symbol's."""
    kicks: frozenset[str] | None = None
    """Fitted notes with a place of their own; None where the chart's own notes were read."""
    explained: set[int] = field(default_factory=set)
    """Charted numbers that an earlier diagnosis accounts for."""

    @cached_property
    def notes(self) -> tuple[Note, ...]:
        """The chart's notes in the order of the charted numbers."""
        by_id = {note.id: note for note in self.chart.notes}
        return tuple(by_id[note.id] for note in self.expected)

    @cached_property
    def keys(self) -> tuple[dict[str, int], ...]:
        """The signature of each bar: letter to alteration; empty where the key has no name."""
        return tuple(_signature(self.chart.key_of(bar)) for bar in self.chart.bars)

    @cached_property
    def main_beat_ql(self) -> Fraction:
        """The notated beat of the first full bar, in quarter notes."""
        return beat_ql(max(self.chart.bars, key=lambda each: each.number > 0).meter)

    @property
    def swings(self) -> bool:
        """Whether the style swings the eighths of this chart."""
        return self.style is not None and swings(self.style.feel, self.level, self.main_beat_ql)

    @cached_property
    def strays(self) -> tuple[tuple[float, int], ...]:
        """(second on the chart's clock, pitch) of the played notes that belong to none."""
        found = [
            (self.aligned.warp.chart_s(self.played[extra.played].onset_s), extra.played)
            for extra in self.judged.extras
            if extra.reason in {"stray", "repeat", "ornament"} and extra.played in self.played
        ]
        return tuple((when, self.played[index].pitch) for when, index in sorted(found))

    def heard_instead(self, number: int) -> tuple[int, ...]:
        """The pitches that may have been played in the place of a charted note that was not."""
        judgement, note = self.judged.notes[number], self.expected[number]
        if judgement.verdict == "match":
            return ()
        if judgement.played is not None:
            return (self.played[judgement.played].pitch,)
        reach = NEAR_BEATS * note.beat_s
        due = note.onset_s + self.lean_s(note.onset_s)
        return tuple(pitch for _, pitch in self.strays_between(due - reach, due + reach))

    def right_around(self, number: int) -> set[int]:
        """The pitches of the right keys of a charted note's chord, in its hand.

        What was meant for one note of a chord may be the key of another.
        """
        note = self.expected[number]
        together = self._together[note.staff, note.group]
        right = (n for n in together if self.judged.notes[n].verdict == "match")
        return {self.expected[n].pitch for n in right}

    def heard_around(self, number: int) -> set[int]:
        """The pitches that were struck at the moment of a charted note and that nobody asked for.

        Those that were taken for a note elsewhere, too: a hand in another octave or clef finds
        some.
        """
        note = self.expected[number]
        due = note.onset_s + self.lean_s(note.onset_s)
        reach = AT_BEATS * note.beat_s
        return {pitch for _, pitch in _between(self._loose, due - reach, due + reach)}

    @cached_property
    def _loose(self) -> tuple[tuple[float, int], ...]:
        """(second, pitch) of all played notes but those that were right in their place."""
        in_place = {
            judgement.played
            for note, judgement in zip(self.expected, self.judged.notes, strict=True)
            if judgement.verdict == "match"
            and abs((judgement.asynchrony_ms or 0.0) / 1000.0 - self.lean_s(note.onset_s))
            <= AT_BEATS * note.beat_s
        }
        chart_s = self.aligned.warp.chart_s
        return tuple(
            sorted(
                (chart_s(key.onset_s), key.pitch)
                for key in self.played.values()
                if key.index not in in_place
            )
        )

    @cached_property
    def _together(self) -> dict[tuple[int, int], list[int]]:
        found: dict[tuple[int, int], list[int]] = {}
        for number, note in enumerate(self.expected):
            found.setdefault((note.staff, note.group), []).append(number)
        return found

    def strays_between(self, from_s: float, to_s: float) -> tuple[tuple[float, int], ...]:
        """The stray notes of a stretch of the chart's clock."""
        return _between(self.strays, from_s, to_s)

    def lean_s(self, place_s: float) -> float:
        """How late the player was about a place, in seconds."""
        places = [onset.place_s for onset in self._by_place]
        if not places:
            return 0.0
        at = min(bisect_left(places, place_s), len(places) - 1)
        return self._leans[at] / 1000.0

    @cached_property
    def _by_place(self) -> tuple[Onset, ...]:
        return tuple(sorted(self.judged.onsets, key=lambda onset: onset.place_s))

    @cached_property
    def _leans(self) -> list[float]:
        return smooth_median([onset.asynchrony_ms for onset in self._by_place], LEAN_STRIKES)

    @cached_property
    def strikes(self) -> dict[int, tuple[Strike, ...]]:
        """The strikes of each hand, in order; grace notes are none."""
        return {staff: self._gather(staff) for staff in (1, 2)}

    def _gather(self, staff: int) -> tuple[Strike, ...]:
        groups: dict[Fraction, list[int]] = {}
        for number, note in enumerate(self.expected):
            if note.staff == staff and not note.grace:
                groups.setdefault(note.onset_ql, []).append(number)
        found: list[Strike] = []
        for onset, numbers in sorted(groups.items()):
            note = self.expected[numbers[0]]
            bar = self.chart.bars[note.bar]
            beat = beat_ql(bar.meter)
            pickup = note.bar == 0 and bar.onset_ql < 0
            origin = bar.onset_ql + bar.duration_ql if pickup else bar.onset_ql
            found.append(
                Strike(
                    staff=staff,
                    onset_ql=onset,
                    numbers=tuple(numbers),
                    end_ql=onset + max(self.expected[n].duration_ql for n in numbers),
                    bar=note.bar,
                    beat_ql=beat,
                    place=(onset - origin) / beat,
                    beat_s=note.beat_s,
                    away_ms=self._away(numbers),
                )
            )
        return tuple(found)

    def _away(self, numbers: Sequence[int]) -> float | None:
        late = [
            judgement.asynchrony_ms
            for judgement in (self.judged.notes[number] for number in numbers)
            if judgement.verdict == "match" and judgement.asynchrony_ms is not None
        ]
        if not late:
            return None
        return median(late) - 1000.0 * self.lean_s(self.expected[numbers[0]].onset_s)

    @cached_property
    def scatter_ms(self) -> float:
        """The robust spread of all strikes about where the player sat."""
        away = [s.away_ms for hand in self.strikes.values() for s in hand if s.away_ms is not None]
        return max(SCATTER_FLOOR_MS, MAD_TO_SD * median(map(abs, away))) if away else 0.0

    def contrast(self, some: Collection[float], others: Collection[float]) -> tuple[float, float]:
        """How much later some strikes were than others, in ms, and in standard errors."""
        few, many = self._trim(some), self._trim(others)
        if not few or not many:
            return 0.0, 0.0
        gap = fmean(few) - fmean(many)
        error = _spread(few, self.scatter_ms) * sqrt(1 / len(few) + 1 / len(many))
        return gap, gap / error

    def lean_of(self, gaps: Collection[float]) -> tuple[float, float]:
        """The mean of some differences of two hands at one moment, in ms and in standard errors.

        By their own scatter: that of the take is wide where one hand lies behind the other.
        """
        kept = self._trim(gaps)
        if not kept:
            return 0.0, 0.0
        mean = fmean(kept)
        return mean, mean * sqrt(len(kept)) / _spread(kept, SCATTER_FLOOR_MS)

    def _trim(self, values: Collection[float]) -> list[float]:
        if not values:
            return []
        middle = median(values)
        bound = TRIMMED * self.scatter_ms
        return [value for value in values if abs(value - middle) <= bound]


def _between(
    keys: tuple[tuple[float, int], ...], from_s: float, to_s: float
) -> tuple[tuple[float, int], ...]:
    """Those of some (second, pitch) in order that lie in a stretch."""
    return keys[bisect_left(keys, (from_s, -1)) : bisect_left(keys, (to_s, 128))]


def _spread(values: Sequence[float], floor: float) -> float:
    middle = fmean(values)
    own = sqrt(sum((value - middle) ** 2 for value in values) / max(1, len(values) - 1))
    return max(floor, own)


def _signature(key: str) -> dict[str, int]:
    try:
        return signature(key)
    except ComposeError:
        return {}


def is_pattern(count: int, chances: int, background: float, *, least: int = 2) -> bool:
    """Whether so many of so many chances are more than accidents of a known share.

    At least `LEAST_SHARE` of the chances, at least `least`, and less likely than `SURE` by the
    binomial law.
    """
    if count < least or count < LEAST_SHARE * chances:
        return False
    tail = sum(
        comb(chances, k) * background**k * (1 - background) ** (chances - k)
        for k in range(count, chances + 1)
    )
    return tail < SURE


def read_spelling(spelling: str) -> tuple[int, int]:
    """The place of a note on the staff, in steps from C0, and its alteration: "Bb4"."""
    name = spelling.rstrip("-0123456789")
    octave = int(spelling[len(name) :] or 4)
    alteration = name.count("#") - name[1:].count("b")
    return LETTERS.index(name[0]) + 7 * octave, alteration


def pitch_at(step: int, alteration: int) -> int:
    """The MIDI pitch of a place on the staff."""
    octave, letter = divmod(step, 7)
    return 12 * (octave + 1) + LETTER_PCS[letter] + alteration


def name_note(letter: str, alteration: int) -> str:
    """A note as one says it: "F sharp"."""
    words = {-2: " double flat", -1: " flat", 0: "", 1: " sharp", 2: " double sharp"}
    return letter + words.get(alteration, "")


def join(names: Iterable[str]) -> str:
    """A list in words: "F sharp and C sharp"."""
    parts = list(names)
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
