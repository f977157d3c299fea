"""How often each kind of error is called by its name: `python tests/naming.py`.

Charts of every style and level are composed and played by performers whose habits are drawn over
wide ranges (`readers.py`), with 15 % of errors: to a click and free, with and without stumbles,
with ornaments, with a hand that falls behind now and then, with much that is struck twice. What
they did is the truth; what the whole grade says of the same note, key or bar is its name. Printed
for each kind: how many there were and the share that got the name (recall), how many got the name
and the share of those that were it (precision). A wrong key is named right where the grade gives
that very key for that very note, a left-over key where its reason is right. Who goes back to the
very onset that was the last strikes it twice: both words are right of its keys, and it may be
counted as going back or not. So are both of identical strikes that nobody can tell apart
(`exchanges.py`): either is the one that was struck twice. The seeds of `--held-out` are others.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from exercises.passes import bar_index
from exercises.tempi import tempo_map
from game.parallel import run_parallel
from game.scoring.expectation import expect_notes
from game.scoring.flow import SILENT_GROUPS
from game.scoring.grade import grade_take
from game.scoring.performance import pair_notes
from game.scoring.results import Alignment
from styles.loader import load_styles
from tests.exchanges import find_exchanges
from tests.readers import HELD_OUT, compose, draw_take

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from exercises.chart import Chart
    from game.performer.performance import Performance
    from game.scoring.results import Scorecard

SCENES = ("click", "free", "stumbling click", "stumbling free", "ornaments", "hands", "stutters")
LEVELS = range(1, 11)
WORDS = {
    "missing": "missed note",
    "wrong": "wrong key beside the right one",
    "neighbour": "line or space misread",
    "octave": "wrong octave",
    "key": "key signature forgotten",
    "stray": "key brushed",
    "repeat": "struck twice",
    "restart": "played again (of an earlier attempt)",
    "ornament": "ornament that is not written",
    "late": "late by 60 ms and more",
    "early": "early by 60 ms and more",
    "hand late": "one hand late by 120 ms and more",
    "short": "held under 60 % of its length",
    "back": "went back",
    "skip": "bar left out",
}
WRONG = {"wrong", "neighbour", "octave", "key"}
BACK = {"restart", "inside", "back"}
SAME_ONSET = {"restart", "repeat"}
"""What keys are that were struck again at once."""
PERCENT = 15
"""Of mistakes."""
OUT_MS, HAND_MS = 60.0, 120.0
SHORT = 0.6
THIRD = (3, 4)
"""Semitones."""
GOAL = 0.95

Name = tuple[str, str | int, int | None]
"""(kind, what got it, the key that was heard instead)."""


@dataclass
class Tally:
    """How many of each kind there were, were named, and both."""

    true: Counter[str] = field(default_factory=Counter)
    given: Counter[str] = field(default_factory=Counter)
    both: Counter[str] = field(default_factory=Counter)
    misnamed: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        """Take in another tally."""
        self.true += other.true
        self.given += other.given
        self.both += other.both
        self.misnamed += other.misnamed

    def take_in(self, true: set[Name], given: set[Name], what: str = "") -> None:
        """Take in the names of one take."""
        self.true.update(name[0] for name in true)
        self.given.update(name[0] for name in given)
        self.both.update(name[0] for name in true & given)
        self.misnamed += [f"{what}: was {name}" for name in sorted(true - given, key=str)]
        self.misnamed += [f"{what}: called {name}" for name in sorted(given - true, key=str)]


def true_names(
    chart: Chart,
    take: Performance,
    written_s: Mapping[str, float],
    *,
    card: Scorecard,
    exchanged: frozenset[int],
    clicked: bool,
    hands: bool,
) -> set[Name]:
    """What went wrong in a take, as the performer knows it; of two right words the grade's."""
    truth = take.truth
    said = {extra.played: extra.reason for extra in card.extras}
    either = _struck_at_once_again(take) & {
        key for key, reason in said.items() if reason in SAME_ONSET
    }
    names: set[Name] = {
        (said[extra.played] if extra.played in either else extra.reason, extra.played, None)
        for extra in truth.extras
        if extra.played not in exchanged
    }
    names |= {(reason, key, None) for key, reason in said.items() if key in exchanged}
    names |= {(n.what, n.id, n.played) for n in truth.notes if n.what in {"missing", *WRONG}}
    farther = sum(one.kind in BACK and one.after != one.to for one in truth.stumbles)
    again = sum(one.kind in {*BACK, "stutter"} and one.after == one.to for one in truth.stumbles)
    back = min(max(card.flow.restarts, farther), farther + again)
    names |= {("back", number, None) for number in range(back)}
    names |= _left_out(chart, {n.id for n in truth.notes if n.played is not None})
    if clicked:
        held = {key.index: key.duration_s for key in pair_notes(take.events)}
        for note in truth.notes:
            if note.what == "right" and note.played is not None:
                names.update(_off(note.id, note.asynchrony_ms, hands=hands))
                written, sounded = written_s[note.id], held[note.played]
                if written > 0 and sounded is not None:
                    names.update(_short(note.id, sounded / written))
    return names


def _struck_at_once_again(take: Performance) -> set[int]:
    """The keys of onsets that were struck again without anything in between."""
    numbers = {note.id: place for place, note in enumerate(take.truth.notes)}
    meant = {note.played for note in take.truth.notes if note.played is not None}
    extras = {one.played: one.reason for one in take.truth.extras}
    found: set[int] = set()
    for one in take.truth.stumbles:
        if one.after == one.to and one.after in numbers:
            later = (note.played for note in take.truth.notes[numbers[one.after] :])
            key = next((played for played in later if played is not None), 0) - 1
            while key >= 0 and key not in meant:
                found |= {key} if extras.get(key) in SAME_ONSET else set()
                key -= 1
    return found


def given_names(
    chart: Chart, take: Performance, card: Scorecard, *, clicked: bool, hands: bool
) -> set[Name]:
    """What the grade says of the take."""
    keys = [event.pitch for event in take.events if event.kind == "on"]
    kinds = {(n.id, n.played): n.what for n in take.truth.notes if n.what in WRONG}
    names: set[Name] = {(extra.reason, extra.played, None) for extra in card.extras}
    for note in card.notes:
        if note.verdict == "omission":
            names.add(("missing", note.id, None))
        elif note.verdict == "substitution" and note.played is not None:
            away = abs(keys[note.played] - note.pitch)
            likely = "octave" if away % 12 == 0 else "neighbour" if away in THIRD else "wrong"
            names.add((kinds.get((note.id, note.played), likely), note.id, note.played))
        elif clicked:
            names.update(_off(note.id, note.asynchrony_ms, hands=hands))
            names.update(_short(note.id, note.length_ratio))
    names |= {("back", number, None) for number in range(card.flow.restarts)}
    sounded = {note.id for note in card.notes if note.verdict != "omission"}
    return names | _left_out(chart, sounded)


def _right_keys(take: Performance) -> Alignment:
    """What was struck for which note, as the performer knows it."""
    right = [n for n in take.truth.notes if n.what == "right"]
    return Alignment(tuple((n.id, n.played) for n in right if n.played is not None), (), (), ())


def _given_keys(card: Scorecard) -> Alignment:
    """The same as the grade has it."""
    right = [n for n in card.notes if n.verdict == "match"]
    return Alignment(tuple((n.id, n.played) for n in right if n.played is not None), (), (), ())


def _off(note_id: str, late_ms: float | None, *, hands: bool) -> Iterator[Name]:
    late_ms = round(late_ms or 0.0, 3)
    if hands and late_ms >= HAND_MS:
        yield "hand late", note_id, None
    elif abs(late_ms) >= OUT_MS and not hands:
        yield "late" if late_ms > 0 else "early", note_id, None


def _short(note_id: str, ratio: float | None) -> Iterator[Name]:
    if ratio is not None and round(ratio, 3) < SHORT:
        yield "short", note_id, None


def _left_out(chart: Chart, sounded: set[str]) -> set[Name]:
    """The bars of which nothing was played, and three onsets in a row around them."""
    onsets = sorted({note.onset_ql for note in chart.notes})
    heard = {note.onset_ql for note in chart.notes if note.id in sounded}
    found: set[Name] = set()
    start = 0
    while start < len(onsets):
        stop = start
        while stop < len(onsets) and onsets[stop] not in heard:
            stop += 1
        if stop - start >= min(SILENT_GROUPS, len(onsets)):
            found |= {("skip", bar_index(chart.bars, at), None) for at in onsets[start:stop]}
        start = max(stop, start + 1)
    return {name for name in found if not any(bar_index(chart.bars, at) == name[1] for at in heard)}


def play(chart: Chart, style_id: str, scene: str, seed: int) -> Tally:
    """Play, grade and name one take."""
    style, level = load_styles().styles[style_id], chart.drill.level
    hands = scene == "hands"
    take, free = draw_take(chart, style_id, scene, PERCENT, seed)
    timeline = tempo_map(chart, chart.drill.quarter_bpm)
    card = grade_take(chart, take.events, timeline=timeline, style=style, level=level, free=free)
    expected = expect_notes(chart, timeline=timeline, style=style, level=level)
    written_s = {note.id: note.release_s - note.onset_s for note in expected}
    clicked = scene in {"click", "hands"}
    exchanges = find_exchanges(
        expected, pair_notes(take.events), truth=_right_keys(take), given=_given_keys(card)
    )
    tally = Tally()
    tally.take_in(
        true_names(
            chart,
            take,
            written_s,
            card=card,
            exchanged=exchanges.keys,
            clicked=clicked,
            hands=hands,
        ),
        given_names(chart, take, card, clicked=clicked, hands=hands),
        f"{style_id} {level} {scene} seed {seed}",
    )
    return tally


def measure_chart(seeds: range, scenes: tuple[str, ...], place: tuple[str, int]) -> Tally:
    """All takes of one style at one level."""
    style_id, level = place
    tally = Tally()
    for seed in seeds:
        chart = compose(style_id, level, seed + 1)
        for scene in scenes:
            tally.add(play(chart, style_id, scene, seed))
    return tally


def tell(tally: Tally) -> Iterator[str]:
    """The table, a line for each kind of error."""
    yield f"{'kind of error':<38}{'were':>8}{'named':>8}{'called':>8}{'rightly':>9}"
    for kind, word in WORDS.items():
        true, given, both = tally.true[kind], tally.given[kind], tally.both[kind]
        recall, precision = both / true if true else 1.0, both / given if given else 1.0
        short = "  under 95 %" if min(recall, precision) < GOAL else ""
        yield f"{word:<38}{true:>8}{recall:>8.1%}{given:>8}{precision:>9.1%}{short}"


def main() -> int:
    """Print the table; 1 where a kind is named right less often than it must be."""
    known = sorted(load_styles().styles)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=1, help="charts of each style and level")
    parser.add_argument("--style", action="append", choices=known, help="only these")
    parser.add_argument("--level", action="append", type=int, choices=LEVELS, help="only these")
    parser.add_argument("--scene", action="append", choices=SCENES, help="only these")
    parser.add_argument("--held-out", action="store_true", help="charts and takes of other seeds")
    parser.add_argument("--show", metavar="KIND", help="every one that was misnamed")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    places = [
        (style, level) for style in options.style or known for level in options.level or LEVELS
    ]
    first = HELD_OUT * options.held_out
    seeds = range(first, first + options.seeds)
    whole = Tally()
    measure = partial(measure_chart, seeds, tuple(options.scene or SCENES))
    for _, tally in run_parallel(measure, places, options.workers):
        whole.add(tally)
    if options.show:
        print(*sorted(one for one in whole.misnamed if f"('{options.show}'" in one), sep="\n")
    print(*tell(whole), sep="\n")
    kept = all(
        whole.both[kind] >= GOAL * max(whole.true[kind], whole.given[kind]) for kind in WORDS
    )
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
