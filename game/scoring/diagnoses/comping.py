"""Chords other than the symbol says, kicks beside their place, figures that were talked over."""

from __future__ import annotations

from collections import Counter
from statistics import fmean
from typing import TYPE_CHECKING

from exercises.chart import ComposeError
from exercises.score.symbols import read_symbol
from game.scoring.diagnoses.evidence import SURE_Z, Finding
from game.scoring.voicings import name_degrees

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from game.scoring.diagnoses.evidence import Evidence
    from game.scoring.fitted import Heard

TOLD = 3
"""Wrong chords that are named; more are counted."""
LEAST_MISSING = 2
LEAST_KICKS = 4
LEAST_BEATS = 0.08
"""Of a beat that the kicks must lie beside their place, against the rest of the take."""
LEAST_STABS = 3


def find_comping(evidence: Evidence) -> Iterator[Finding]:
    """Everything about chords that a player fills in."""
    yield from _wrong_chords(evidence)
    yield from _missing_tones(evidence)
    if evidence.kicks is not None:
        yield from _kicks(evidence)
        yield from _stabs(evidence)


def _wrong_chords(evidence: Evidence) -> Iterator[Finding]:
    wrong = [one for one in evidence.heard if one.heard]
    if not wrong:
        return
    told = "; ".join(
        f"you played {one.heard} for {one.symbol} in bar {one.bar}" for one in wrong[:TOLD]
    )
    more = f"; and {len(wrong) - TOLD} more" if len(wrong) > TOLD else ""
    numbers = _numbers(evidence, (one.bar for one in wrong))
    foci = _qualities(wrong)
    yield Finding("wrong chord", told + more, numbers, foci, "notes", len(wrong))


def _missing_tones(evidence: Evidence) -> Iterator[Finding]:
    bare = [one for one in evidence.heard if one.missing and not one.heard]
    counts = Counter(name for one in bare for name in name_degrees(one.missing))
    for name, count in counts.most_common():
        if count < LEAST_MISSING:
            continue
        some = [one for one in bare if name in name_degrees(one.missing)]
        numbers = _numbers(evidence, (one.bar for one in some))
        detail = f"the {name} of {some[0].symbol} and the like"
        yield Finding("chord tone missing", detail, numbers, _qualities(some), "notes", count)


def _kicks(evidence: Evidence) -> Iterator[Finding]:
    """The band's figure late or early against the rest of the take."""
    kicks = evidence.kicks or frozenset()
    # Who is whole beats late after a stop is no later in the figures.
    beside = {n for onset in evidence.judged.onsets if not onset.on_click for n in onset.numbers}
    strikes = [
        s
        for hand in evidence.strikes.values()
        for s in hand
        if s.away_ms is not None and beside.isdisjoint(s.numbers)
    ]
    inside = [s for s in strikes if any(evidence.expected[n].id in kicks for n in s.numbers)]
    others = [s for s in strikes if s not in inside]
    if len(inside) < LEAST_KICKS or not others:
        return
    gap, errors = evidence.contrast(
        [s.away_ms or 0.0 for s in inside], [s.away_ms or 0.0 for s in others]
    )
    if abs(gap) < LEAST_BEATS * 1000.0 * inside[0].beat_s or abs(errors) < SURE_Z:
        return
    side = "late" if fmean([s.away_ms or 0.0 for s in inside]) > 0 else "early"
    numbers = tuple(sorted(n for s in inside for n in s.numbers))
    detail = f"the figure of the band came {abs(gap):.0f} ms {side}"
    yield Finding(f"{side} kicks", detail, numbers, ("syncopation", "rests"), "time", len(inside))


def _stabs(evidence: Evidence) -> Iterator[Finding]:
    """Chords struck in bars whose rhythm the band has."""
    kicks = evidence.kicks or frozenset()
    places = [
        (note.onset_s, number) for number, note in enumerate(evidence.expected) if note.id in kicks
    ]
    bars = {evidence.expected[number].bar for _, number in places}
    stray: set[float] = set()
    numbers: set[int] = set()
    for when, _ in evidence.strays:
        near = min(places, key=lambda one: abs(one[0] - when), default=None)
        if near is None:
            return
        note = evidence.expected[near[1]]
        if note.bar in bars and abs(near[0] - when) <= 2.0 * note.beat_s:
            stray.add(round(when, 1))
            numbers.add(near[1])
    if len(stray) >= LEAST_STABS:
        detail = "only the kicks of the figure, nothing between them"
        found = tuple(sorted(numbers))
        yield Finding("extra stabs", detail, found, ("rests", "syncopation"), "notes", len(stray))


def _numbers(evidence: Evidence, bars: Iterable[int]) -> tuple[int, ...]:
    """One charted note of each of some bars, by their printed numbers."""
    wanted = set(bars)
    found: dict[int, int] = {}
    for number, note in enumerate(evidence.expected):
        printed = evidence.chart.bars[note.bar].number
        if printed in wanted:
            found.setdefault(printed, number)
    return tuple(sorted(found.values()))


def _qualities(heard: list[Heard]) -> tuple[str, ...]:
    """The foci on the qualities that went wrong, the commonest first."""
    found: Counter[str] = Counter()
    for one in heard:
        try:
            quality = read_symbol(one.symbol).quality
        except ComposeError:
            continue
        if quality is not None:
            found[quality or "maj"] += 1
    return tuple(f"chords:{quality}" for quality, _ in found.most_common())
