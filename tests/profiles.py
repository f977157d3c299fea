"""Whether the grade tells players apart as a teacher would: `python tests/profiles.py`.

Charts of all styles, levels and kinds are played by the performer's profiles, to a click; what
each was told to do is the truth. Printed:

- how often expert > solid > amateur > sloppy, in total and in time, and the means of each;
- how near a laid-back player comes to an expert where the style sits behind the click, and how
  often such a player is told to be late but steady elsewhere;
- how often an expert whose instrument lags (or whose clock jitters) is told to calibrate, and how
  often anybody is who need not;
- how often bias and spread are given back, and (on as many charts again of styles that swing)
  swing ratios: beside the ratio that was meant, which the player's own scatter blurs by a known
  formula, and beside the one that the keys were struck with.

Every other chart that is filled in is played with voicings of the player's own. The charts of
`--held-out` are others.
"""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from math import sqrt
from pathlib import Path
from random import Random
from statistics import NormalDist, fmean, median
from typing import TYPE_CHECKING

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import msgspec

from exercises.chart import ComposeError
from exercises.compose.chart import compose_chart
from exercises.drill import DrillRequest
from exercises.levels import level as level_of
from exercises.request import resolve_drill
from exercises.tempi import tempo_map
from exercises.timeline import beat_ql
from game.parallel import run_parallel
from game.performer.performance import PROFILES, perform
from game.scoring.expectation import place_chart
from game.scoring.grade import grade_take
from game.scoring.sentences import explain_scores, has_latency
from game.scoring.words import describe_grade
from styles.feel import pocket_ms, swing_ratio, swings
from styles.loader import load_styles

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from exercises.chart import Chart
    from game.events import NoteEvent
    from game.performer.performance import Performance
    from game.performer.profiles import Profile
    from game.scoring.results import Scorecard
    from styles.schema import Style

HELD_OUT = 10_000
"""Added to seeds that nothing was tuned to."""
RANKED = ("expert", "solid", "amateur", "sloppy")
BEHIND_MS = 20.0
"""A style whose pocket reaches so far behind the click sits behind."""
ELSEWHERE_MS = 10.0
"""One whose pocket reaches no farther does not."""
LATE_MS = (60, 90, 120, 160, 200)
EARLY_MS = -90
JITTER_MS = 20.0
"""Stamps of a MIDI clock: 24 a quarter note are 21 ms apart at 120."""
MOST_BIAS_MS = 2.0
MOST_SPREAD, LEAST_SPREAD_MS = 0.1, 1.0
MOST_RATIO = 0.05
FILLED_IN = ("comping", "number")
CLOCKS = (
    "calibrated",
    *(f"late by {late}" for late in LATE_MS),
    "late by 120, jitter",
    "early by 90",
)
HALF = Fraction(1, 2)
BELL = NormalDist()


@dataclass(frozen=True)
class Place:
    """What is played where."""

    style: str
    level: int
    kind: str
    seed: int
    voicing: str


@dataclass
class Found:
    """What was found of one chart, or of many."""

    totals: dict[str, list[float]] = field(default_factory=dict)
    times: dict[str, list[float]] = field(default_factory=dict)
    told: dict[str, list[bool]] = field(default_factory=dict)
    """By case: whether it was said."""
    ratios: dict[str, list[tuple[float, float, float]]] = field(default_factory=dict)
    """By profile: share off the ratio that was meant, and off the one that was struck; standard
    error by the formula."""
    laid_back: list[float] = field(default_factory=list)
    """Score of time of a laid-back player over an expert's where the style sits behind."""
    odd: list[str] = field(default_factory=list)
    """What went wrong where."""

    def add(self, other: Found) -> None:
        """Take in what was found elsewhere."""
        for mine, more in (
            (self.totals, other.totals),
            (self.times, other.times),
            (self.told, other.told),
            (self.ratios, other.ratios),
        ):
            for name, values in more.items():
                mine.setdefault(name, []).extend(values)
        self.laid_back += other.laid_back
        self.odd += other.odd

    def tell(self, case: str, where: str, *, said: bool, right: bool = True) -> None:
        """Note whether something was said (or held) that should be."""
        self.told.setdefault(case, []).append(said)
        if said != right:
            self.odd.append(f"{where}: {case} {'not ' * (not said)}so")


def plan_charts(count: int, offset: int) -> Iterator[Place]:
    """Styles, levels and kinds in turn, so that all of them meet."""
    styles = load_styles().styles
    known = sorted(styles)
    for number in range(count):
        style = styles[known[number % len(known)]]
        rules = level_of(1 + number % 10)
        drums = style.band is not None and style.band.drums
        kinds = [kind for kind in rules.kinds if kind != "pads" or drums]
        kind = kinds[(number + number // 10) % len(kinds)]
        own = kind in FILLED_IN and number % 2
        yield Place(style.id, rules.number, kind, offset + number + 1, "mixed" if own else "")


def plan_swung(count: int, offset: int) -> Iterator[Place]:
    """Charts in styles that swing, at levels that do."""
    styles = [one for one in load_styles().styles.values() if one.feel.swing is not None]
    for number in range(count):
        style = styles[number % len(styles)]
        first = style.feel.swing_level
        level = first + number // len(styles) % (11 - first)
        yield Place(style.id, level, "grand", offset + number + 1, "")


class Room:
    """One chart and everything that grading a take of it needs."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.style: Style = load_styles().styles[place.style]
        self.chart = _compose(place, self.style)
        self.timeline = tempo_map(self.chart)
        self.name = f"{place.style} {place.level} {place.kind} {place.voicing}".strip()

    def play(self, profile: Profile) -> Performance:
        """A take by somebody."""
        own = msgspec.structs.replace(profile, voicing=self.place.voicing)
        return perform(
            self.chart, own, timeline=self.timeline, style=self.style, level=self.place.level,
            seed=self.place.seed,
        )  # fmt: skip

    def grade(self, events: Sequence[NoteEvent]) -> Scorecard:
        """Its grade."""
        return grade_take(
            self.chart, events, timeline=self.timeline, style=self.style, level=self.place.level
        )

    @property
    def late_pocket_ms(self) -> float:
        """How far behind the click the style's pocket reaches."""
        return pocket_ms(self.style.feel, self.quarter_bpm / self.beat)[1]

    @property
    def beat(self) -> float:
        """The notated beat in quarter notes."""
        return float(beat_ql(self.chart.bars[0].meter))

    @property
    def quarter_bpm(self) -> float:
        """The tempo of the take's beginning."""
        return self.timeline.changes[0][1]


def _compose(place: Place, style: Style) -> Chart:
    seed = place.seed
    while True:
        try:
            request = DrillRequest(place.style, place.level, kind=place.kind, seed=seed)
            return compose_chart(resolve_drill(request, style), style).chart
        except ComposeError:
            seed += 1


def measure(place: Place) -> Found:
    """All takes of one chart."""
    room, found = Room(place), Found()
    cards = {name: room.grade(room.play(PROFILES[name]).events) for name in (*RANKED, "laid-back")}
    for name, card in cards.items():
        found.totals[name] = [card.scores.total]
        found.times[name] = [card.scores.time or 0.0]
        told = has_latency(card)
        found.tell("calibrate, who need not", f"{room.name} {name}", said=told, right=False)
        _recover(room, name, card, found)
    _rank(room, found)
    _hear_laid_back(room, cards, found)
    for clock in CLOCKS:
        card = room.grade(_lag(room.play(PROFILES["expert"]).events, clock, place.seed))
        said = "calibrate" in describe_grade(card)
        where = f"{room.name} at {room.quarter_bpm:.0f}: bias {card.time.bias_ms}"
        where += f" spread {card.time.spread_ms} notes {card.scores.notes} time {card.scores.time}"
        found.tell(clock, where, said=said, right=clock != "calibrated")
    return found


def _recover(room: Room, name: str, card: Scorecard, found: Found) -> None:
    """Hold bias, spread and swing against what the profile was told."""
    profile, time = PROFILES[name], card.time
    if time.bias_ms is None or time.spread_ms is None:
        found.odd.append(f"{room.name} {name}: no time")
        return
    bias, spread = time.bias_ms - profile.bias_ms, time.spread_ms - profile.spread_ms
    bound = max(LEAST_SPREAD_MS, MOST_SPREAD * profile.spread_ms)
    where = f"{room.name} {name}: bias {bias:+.1f}, spread {spread:+.1f} off;"
    who = f"{name}, own voicings" if room.place.voicing else name
    found.tell(f"bias of {who}", where, said=abs(bias) <= MOST_BIAS_MS)
    found.tell(f"spread of {who}", where, said=abs(spread) <= bound)


def measure_swung(place: Place) -> Found:
    """The swing ratios of one chart."""
    room, found = Room(place), Found()
    if not swings(room.style.feel, place.level, beat_ql(room.chart.bars[0].meter)):
        return found
    for name in RANKED:
        profile, take = PROFILES[name], room.play(PROFILES[name])
        time, struck = room.grade(take.events).time, _struck_ratio(room, take)
        if time.swing_ratio is None or struck is None:
            continue
        ratio = swing_ratio(room.style.feel, room.quarter_bpm)
        error = (
            profile.spread_ms / 1000.0 * sqrt(2.0 / time.swing_pairs) * (1.0 + ratio) ** 2
            / ratio * room.quarter_bpm / 60.0
        )  # fmt: skip
        off = (time.swing_ratio / ratio - 1.0, time.swing_ratio / struck - 1.0, error)
        found.ratios.setdefault(name, []).append(off)
    return found


def _struck_ratio(room: Room, take: Performance) -> float | None:
    """Long over short eighth as the performer struck them, where all three notes were right."""
    away: dict[Fraction, list[float]] = {}
    charted = {note.id: note.onset_ql for note in room.chart.notes}
    for note in take.truth.notes:
        if note.what == "right" and note.asynchrony_ms is not None:
            away.setdefault(charted[note.id], []).append(note.asynchrony_ms / 1000.0)
    scene = place_chart(
        room.chart, timeline=room.timeline, style=room.style, level=room.place.level
    )
    heard = {at: scene.performed_s(at)[0] + median(late) for at, late in away.items()}
    triples = [
        (heard[at], heard[at + HALF], heard[at + 1])
        for at in heard
        if at.denominator == 1 and at + HALF in heard and at + 1 in heard
    ]
    if not triples:
        return None
    long = sum(middle - start for start, middle, _ in triples)
    return long / (sum(end - start for start, _, end in triples) - long)


def _rank(room: Room, found: Found) -> None:
    for what, scores in (("total", found.totals), ("time", found.times)):
        values = [scores[name][0] for name in RANKED]
        strictly = all(a > b for a, b in pairwise(values))
        where = f"{room.name}: {', '.join(f'{value:.1f}' for value in values)};"
        found.tell(f"ranked by {what}", where, said=strictly)


def _hear_laid_back(room: Room, cards: dict[str, Scorecard], found: Found) -> None:
    card, late = cards["laid-back"], room.late_pocket_ms
    if late >= BEHIND_MS:
        found.laid_back.append(found.times["laid-back"][0] - found.times["expert"][0])
    elif late <= ELSEWHERE_MS:
        said = explain_scores(card)["time"]
        told = "behind the click, steady" in said
        found.tell("late but steady elsewhere", f"{room.name}: {said}", said=told)


def _lag(events: Sequence[NoteEvent], clock: str, seed: int) -> list[NoteEvent]:
    """The stamps that an instrument with a lag, or with a jittering clock, gives the same keys."""
    dice = Random(seed)  # noqa: S311 - dice, no secret
    late = 0.0
    if clock != "calibrated":
        late = EARLY_MS if clock.startswith("early") else float(clock.split()[2].strip(","))
    jitter = JITTER_MS if clock.endswith("jitter") else 0.0
    return [
        msgspec.structs.replace(
            event, onset_s=event.onset_s + (late + dice.uniform(-0.5, 0.5) * jitter) / 1000.0
        )
        for event in events
    ]


def tell(found: Found) -> Iterator[str]:
    """The figures as lines."""
    yield f"{'':<12}{'total':>8}{'time':>8}"
    for name in (*RANKED, "laid-back"):
        yield f"{name:<12}{fmean(found.totals[name]):>8.1f}{fmean(found.times[name]):>8.1f}"
    if found.laid_back:
        near = f"{fmean(found.laid_back):+.1f} ({len(found.laid_back)} charts)"
        yield f"laid-back where the style sits behind: time {near} against an expert"
    for case, said in found.told.items():
        yield f"{case:<34}{sum(said):>6} of {len(said):<6}{fmean(said):>8.1%}"
    for name, ratios in found.ratios.items():
        meant, struck = (fmean(abs(one[i]) <= MOST_RATIO for one in ratios) for i in (0, 1))
        could = fmean(2.0 * BELL.cdf(MOST_RATIO / error) - 1.0 for *_, error in ratios)
        scatter = sqrt(fmean((off / error) ** 2 for off, _, error in ratios))
        lean = median(off for off, *_ in ratios)
        yield (
            f"swing of {name:<8}{len(ratios):>4} takes: {meant:.0%} within 5 % of what was meant "
            f"(formula {could:.0%}; scatter {scatter:.2f} of its error, middle {lean:+.1%}), "
            f"{struck:.0%} of what was struck"
        )


def read_options(description: str | None) -> argparse.Namespace:
    """How many charts, of which seeds, and whether to name what went wrong."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--charts", type=int, default=100)
    parser.add_argument("--held-out", action="store_true", help="charts and takes of other seeds")
    parser.add_argument("--odd", action="store_true", help="name what went wrong where")
    return parser.parse_args()


def main() -> int:
    """Print the figures."""
    options = read_options(__doc__)
    found = Found()
    offset = HELD_OUT * options.held_out
    for work, plan in ((measure, plan_charts), (measure_swung, plan_swung)):
        for _, one in run_parallel(work, plan(options.charts, offset), os.cpu_count() or 1):
            found.add(one)
    print(*tell(found), sep="\n")
    if options.odd:
        print(*sorted(found.odd), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
