"""Rhythms misread: cells, ties that were struck again, rests that were played through."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, pairwise
from math import sqrt
from statistics import fmean
from typing import TYPE_CHECKING

from exercises.chart import ComposeError
from exercises.notation.notate import notate
from game.scoring.diagnoses.evidence import SURE_Z, Finding, is_pattern
from styles.feel import swings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from exercises.chart import Chart
    from game.scoring.diagnoses.evidence import Evidence, Strike

LONGEST_CELL = 4
"""Beats."""
LEAST_CELLS = 3
"""Times that a cell must have been played."""
LEAST_MOVE = 0.07
"""Of a beat that a cell's note must lie beside its place: a dotted eighth's sixteenth that comes
like a triplet's last eighth is 0.083 early."""
FAR_SHARE = 0.05
"""How often a note is so far off by carelessness."""
MOVED_SHARE = 0.55
"""Of the times that a cell was played: a note that is moved less often is no habit."""
FIT_SHARE = 0.5
"""Of how far the notes lie from the written cell: so far from another they are that one."""
GRIDS = (
    tuple(Fraction(k, 4) for k in range(17)),
    tuple(Fraction(k, 3) for k in range(13)),
)
"""What a cell may have been taken for: sixteenths or triplets."""
TIE_BEATS = 0.3
TIE_SHARE = 0.03
"""How often a stray key strikes just the tied note on just the beat it is tied to."""
LEAST_REST = Fraction(1, 2)
"""In quarter notes: shorter ones are articulation."""
OVER_SHARE = 0.45
"""Of a rest that a key held through it sounds into."""
OVER_S = 0.12
HELD_SHARE = 0.15
"""How often a rest is held through by carelessness."""
HALF = Fraction(1, 2)
ORNAMENTS = frozenset({"trill", "turn", "mordent"})
"""Signs of which a key is struck again while it is held on the page."""


def find_rhythms(evidence: Evidence) -> Iterator[Finding]:
    """Everything about misread rhythms."""
    for find in (_cells, _ties, _rests):
        for finding in find(evidence):
            evidence.explained.update(finding.numbers)
            yield finding


def cut_cells(strikes: Sequence[Strike]) -> Iterator[tuple[Strike, ...]]:
    """Cut a hand's strikes into cells: from a beat to the next beat that is struck, included."""
    begun: list[Strike] = []
    for strike in strikes:
        if begun:
            begun.append(strike)
        if strike.place.denominator == 1:
            span = (strike.onset_ql - begun[0].onset_ql) / strike.beat_ql if begun else 0
            if len(begun) > 2 and span <= LONGEST_CELL:  # noqa: PLR2004 - two strikes and the end
                yield tuple(begun)
            begun = [strike]


def spell_cell(places: Sequence[Fraction], beat_ql: Fraction = Fraction(1)) -> str:
    """A cell in the language of the packs, from the places of its strikes and its end in beats."""
    return " ".join(spell_value((b - a) * beat_ql) for a, b in pairwise(places))


def spell_value(value: Fraction) -> str:
    """A length in quarter notes as the packs write it: ".75", "t", "2t"."""
    if value.denominator in {3, 6}:
        thirds = value * 3
        text = "" if thirds == 1 else f"{float(thirds):g}"
        return f"{text}t"
    return f"{float(value):g}".replace("0.", ".", 1) if value < 1 else f"{float(value):g}"


def _cells(evidence: Evidence) -> Iterator[Finding]:
    """Cells whose notes lie where another cell's would."""
    found: dict[tuple[Fraction, ...], list[tuple[Strike, ...]]] = {}
    for staff in (1, 2):
        for cell in cut_cells(evidence.strikes[staff]):
            start = cell[0].onset_ql
            key = tuple((each.onset_ql - start) / cell[0].beat_ql for each in cell)
            found.setdefault((cell[0].beat_ql, *key), []).append(cell)
    for (beat, *places), cells in found.items():
        heard = _place_heard(evidence, places, cells)
        taken = heard and _best_reading(places, heard, _swung(evidence, beat))
        if not taken:
            continue
        numbers = sorted({n for cell in cells for each in cell[1:-1] for n in each.numbers})
        detail = f"{spell_cell(places, beat)} played as {spell_cell(taken, beat)}"
        foci = (f"rhythm:{spell_cell(places, beat)}", *_similar(places))
        yield Finding("rhythm misread", detail, tuple(numbers), foci, "time", len(cells))


def _swung(evidence: Evidence, beat: Fraction) -> bool:
    return evidence.style is not None and swings(evidence.style.feel, evidence.level, beat)


def _similar(places: Sequence[Fraction]) -> tuple[str, ...]:
    """Drills near a cell, where its level has no room for the cell itself."""
    if any(place.denominator in {3, 6} for place in places):
        return ("triplets",)
    values = [b - a for a, b in pairwise(places)]
    if min(values) <= Fraction(1, 4):
        return ("sixteenths", "dotted")
    return ("dotted", "syncopation", "rhythm:1 .5 .5")


def _place_heard(
    evidence: Evidence, places: Sequence[Fraction], cells: Sequence[tuple[Strike, ...]]
) -> tuple[float, ...] | None:
    """Where the inner notes of a cell were on average, in beats; None where nothing is sure."""
    where: list[float] = []
    moved = False
    for index in range(1, len(places) - 1):
        away = [
            each.away_ms / 1000.0 / each.beat_s
            for each in (cell[index] for cell in cells)
            if each.away_ms is not None
        ]
        if len(away) < LEAST_CELLS:
            return None
        scatter = evidence.scatter_ms / 1000.0 / cells[0][index].beat_s
        moving = _moving(away, scatter)
        moved = moved or bool(moving)
        # Now and then the cell was read right: the others tell what it was taken for.
        where.append(float(places[index]) + fmean(moving or away))
    return tuple(where) if moved else None


def _moving(away: Sequence[float], scatter: float) -> list[float]:
    """Those of a cell's notes, in beats off their place, that were surely meant elsewhere.

    All of them on average, by their own scatter or the take's; or most of them, and so far that
    none is there by accident.
    """
    mean = fmean(away)
    own = sqrt(sum((one - mean) ** 2 for one in away) / (len(away) - 1))
    error = max(own, scatter) / sqrt(len(away))
    moving = [one for one in away if one * mean > 0 and abs(one) > abs(mean) / 2]
    if abs(mean) >= max(LEAST_MOVE, SURE_Z * error) and len(moving) >= MOVED_SHARE * len(away):
        return moving
    far = [one for one in away if one * mean > 0 and abs(one) >= max(LEAST_MOVE, SURE_Z * scatter)]
    return far if is_pattern(len(far), len(away), FAR_SHARE, least=LEAST_CELLS) else []


def _best_reading(
    places: Sequence[Fraction], heard: Sequence[float], swung: bool
) -> tuple[Fraction, ...] | None:
    """The other cell that fits best what was heard; None where the written one does."""
    end = places[-1]

    def misfit(inner: Sequence[Fraction]) -> float:
        return sum(abs(float(there) - place) for there, place in zip(inner, heard, strict=True))

    # Notes that lie between two readings are off their place, and no other cell.
    best, least = None, FIT_SHARE * misfit(places[1:-1])
    for grid in GRIDS:
        inside = [place for place in grid if 0 < place < end]
        for inner in combinations(inside, len(places) - 2):
            if inner != tuple(places[1:-1]) and misfit(inner) < least:
                best, least = (places[0], *inner, end), misfit(inner)
    # Where eighths swing, the place of the off-beat is a matter of feel.
    halves = swung and all(place % 1 == HALF for place in places[1:-1] if place.denominator != 1)
    return None if halves else best


def _ties(evidence: Evidence) -> Iterator[Finding]:
    """Notes that were struck again where they are tied."""
    numbers = {note.id: number for number, note in enumerate(evidence.expected)}
    struck: list[int] = []
    chances = 0
    for name, onset_ql in find_tied_heads(evidence.chart):
        number = numbers.get(name)
        if number is None or evidence.judged.notes[number].verdict != "match":
            continue
        note = evidence.expected[number]
        if ORNAMENTS.intersection(note.articulations):
            continue
        share = float((onset_ql - note.onset_ql) / note.duration_ql)
        lean = evidence.lean_s(note.onset_s)
        due = note.onset_s + share * (note.release_s - note.onset_s) + lean
        reach = TIE_BEATS * note.beat_s
        chances += 1
        near = evidence.strays_between(due - reach, due + reach)
        struck += [number] if any(pitch == note.pitch for _, pitch in near) else []
    if is_pattern(len(struck), chances, TIE_SHARE):
        detail = "a tied note is held, not struck again"
        yield Finding("ties re-struck", detail, tuple(sorted(set(struck))), ("ties",), "notes")


def find_tied_heads(chart: Chart) -> list[tuple[str, Fraction]]:
    """(note id, onset) of every head that a tie leads to."""
    try:
        bars = notate(chart)
    except ComposeError:
        return []
    return [
        (head.note_id, event.onset_ql)
        for bar in bars
        for staff in bar.staves
        for voice in staff
        for event in voice.events
        if not event.hidden
        for head in event.notes
        if head.tie in {"stop", "continue"}
    ]


def _rests(evidence: Evidence) -> Iterator[Finding]:
    """Rests that a hand held its keys through."""
    held: list[int] = []
    chances = 0
    for staff in (1, 2):
        until = Fraction(-1000)
        for strike, after in pairwise(evidence.strikes[staff]):
            until = max(until, strike.end_ql)
            rest_ql = after.onset_ql - until
            if rest_ql < LEAST_REST or strike.end_ql != until:
                continue
            over = _held_over(evidence, strike)
            if over is None:
                continue
            chances += 1
            rest_s = float(rest_ql / strike.beat_ql) * strike.beat_s
            if over >= max(OVER_S, OVER_SHARE * rest_s):
                held.extend(strike.numbers)
    strikes = len({evidence.expected[number].group for number in held})
    if is_pattern(strikes, chances, HELD_SHARE, least=3):
        detail = "keys were held through the rests"
        yield Finding("rests played through", detail, tuple(held), ("rests",), "lengths", strikes)


def _held_over(evidence: Evidence, strike: Strike) -> float | None:
    """How long the longest note of a strike was held beyond its written end, in seconds."""
    over = [
        (judgement.length_ratio - 1.0) * (note.release_s - note.onset_s)
        for note, judgement in (
            (evidence.expected[n], evidence.judged.notes[n]) for n in strike.numbers
        )
        if judgement.verdict == "match"
        and judgement.length_ratio is not None
        and "fermata" not in note.articulations
    ]
    return max(over) if over else None
