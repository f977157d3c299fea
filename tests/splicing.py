"""Hard takes out of good ones: a recording that is known note by note, cut and put together anew.

Any chart with a recording of it (each key with the notes that it is for) becomes takes with
stumbles: attempts begun again inside the bar or bars back, waits, stutters, bars left out, a hand
behind the other, wrong keys, noodling, another pace, and all of it to a click that is lost and
found again. What every key is for follows from the cuts, so the truth is known.

Run it with `python tests/splicing.py`: the recordings are those that `tests/strangers.py` plays
from real scores. Printed are strict F1 of the matches, the restarted notes that are named so, and
F1 of the substitutions. `splice` takes any other recording as well.
"""

from __future__ import annotations

import argparse
import sys
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path
from random import Random
from statistics import fmean
from typing import TYPE_CHECKING

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests import strangers
from tests.strangers import Key, Recording

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

    from exercises.chart import Chart

SLIPS = (-12, 12, -4, -3, -2, -1, 1, 2, 3, 4)
"""Semitones that a wrong key is off: octaves, thirds, steps."""
SMOOTH_BEATS = 4.0
"""Around a place, in which a recording's own tempo is taken off when it is put to a click."""
KINDS = ("inside", "bars back", "wait", "stutter", "skip", "silence", "late hand", "noodle")


@dataclass(frozen=True)
class Cuts:
    """What is done to a recording."""

    errors: float = 0.0
    """Share of notes wrong, missed or with a key beside them."""
    kinds: tuple[str, ...] = ()
    rate: float = 0.03
    """For each onset: something of the kinds happens there."""
    pace: float = 1.0
    """Its seconds become so many."""
    click: bool = False
    rejoins: float = 0.5
    """Share of the stumbles after which the player goes on whole beats late; else just late."""


@dataclass(frozen=True)
class Moment:
    """The keys of one onset of the chart."""

    place: float
    """In quarter notes."""
    bar: int
    second: float
    keys: tuple[Key, ...]
    """Their seconds counted from the moment's."""


@dataclass
class _Way:
    """Where the player is."""

    now: float
    late_s: float = 0.0
    """By how much the left hand (or the right) is behind, for a while."""
    late_staff: int = 0
    until: int = 0
    found: Recording = field(default_factory=Recording)


def cut_moments(chart: Chart, recording: Recording) -> list[Moment]:
    """The recording by the onsets of its chart; keys that are for no note go with the last."""
    place_of = {note.id: note.onset_ql for note in chart.notes}
    starts = [bar.onset_ql for bar in chart.bars]
    here = min(place_of.values())
    placed: dict[Fraction, list[Key]] = {}
    for key in sorted(recording.keys):
        here = place_of[key.names[0]] if key.names else here
        placed.setdefault(here, []).append(key)
    moments: list[Moment] = []
    for place, keys in sorted(placed.items()):
        second = min(key.second for key in keys)
        moved = tuple(key._replace(second=key.second - second) for key in keys)
        bar = max(0, bisect_right(starts, place) - 1)
        moments.append(Moment(float(place), bar, second, moved))
    return moments


def put_to_click(moments: Sequence[Moment], quarter_s: float) -> list[Moment]:
    """The same playing at a steady tempo: what is left of its time is the unevenness of beats."""
    found = []
    for moment in moments:
        near = [one for one in moments if abs(one.place - moment.place) <= SMOOTH_BEATS]
        x, y = fmean(one.place for one in near), fmean(one.second for one in near)
        spread = sum((one.place - x) ** 2 for one in near)
        tied = sum((one.place - x) * (one.second - y) for one in near)
        slope = tied / spread if spread else quarter_s
        away = (moment.second - y - slope * (moment.place - x)) * quarter_s / max(slope, 1e-6)
        away = max(-0.2 * quarter_s, min(0.2 * quarter_s, away))
        keys = tuple(
            key._replace(second=key.second * quarter_s / slope) if slope > 0 else key
            for key in moment.keys
        )
        found.append(replace(moment, second=moment.place * quarter_s + away, keys=keys))
    return found


def splice(chart: Chart, recording: Recording, cuts: Cuts, dice: Random) -> Recording:
    """Make a take of a recording."""
    quarter_s = 60.0 / chart.drill.quarter_bpm
    moments = cut_moments(chart, recording)
    if cuts.click:
        moments = put_to_click(moments, quarter_s)
    return _Splicer(chart, moments, cuts, dice, quarter_s).run()


class _Splicer:
    """One take in the making."""

    def __init__(
        self, chart: Chart, moments: list[Moment], cuts: Cuts, dice: Random, quarter_s: float
    ) -> None:
        self.moments, self.cuts, self.dice, self.quarter_s = moments, cuts, dice, quarter_s
        self.staff_of = {note.id: note.staff for note in chart.notes}
        self.way = _Way(moments[0].second * cuts.pace)
        self.firsts = [next(group) for _, group in groupby(range(len(moments)), self._bar)]

    def _bar(self, index: int) -> int:
        return self.moments[index].bar

    def run(self) -> Recording:
        """From the first moment to the last."""
        way, dice, cuts = self.way, self.dice, self.cuts
        if "noodle" in cuts.kinds:
            self._noodle(way.now - 4.0, 2.5)
        index = 0
        while index < len(self.moments):
            self._strike(index)
            happens = index and cuts.kinds and dice.random() < cuts.rate
            if happens and index + 1 < len(self.moments):
                index = self._stumble(dice.choice(cuts.kinds), index)
            else:
                way.now += self._gap(index)
                index += 1
        if "noodle" in cuts.kinds:
            self._noodle(way.now + 1.5, 2.5)
        return way.found

    def _gap(self, index: int) -> float:
        after = min(index + 1, len(self.moments) - 1)
        apart = self.moments[after].second - self.moments[index].second
        return max(0.02, apart) * self.cuts.pace

    def _stumble(self, kind: str, index: int) -> int:
        """Something happens after a moment; gives the moment that is played next."""
        way, dice = self.way, self.dice
        start = max(one for one in self.firsts if one <= index)
        number = self.firsts.index(start)
        before = way.now + self._gap(index)
        if kind == "late hand":
            way.late_s, way.late_staff = dice.uniform(0.12, 0.4), dice.choice((1, 2))
            way.until = index + dice.randint(8, 40)
        elif kind == "wait":
            return self._go_on(index + 1, before, before + dice.uniform(0.5, 3.0))
        elif kind == "stutter":
            way.now += dice.uniform(0.25, 0.7)
            self._strike(index)
            return self._go_on(index + 1, before, way.now + self._gap(index))
        elif kind == "inside":
            back = dice.randint(max(start, index - 12), index)
            return self._go_on(back, before, before + dice.uniform(0.1, 2.0), index)
        elif kind == "bars back":
            back = self.firsts[max(0, number - dice.choice((0, 1, 1, 2)))]
            return self._go_on(back, before, before + dice.uniform(0.2, 2.5), index)
        elif kind in {"skip", "silence"} and number + 2 < len(self.firsts):
            after = self.firsts[number + 2]
            silent = self.moments[after].second - self.moments[index].second
            way.now += silent * self.cuts.pace if kind == "silence" else self._gap(index)
            if kind == "skip" and self.cuts.click:
                way.now = before
            return after
        way.now = before
        return index + 1

    def _go_on(self, index: int, due: float, now: float, left: int | None = None) -> int:
        """Go on at a moment, later than it was due; to a click perhaps by whole beats."""
        way = self.way
        if self.cuts.click and self.dice.random() < self.cuts.rejoins:
            reached = index if left is None else left + 1
            back_s = self.moments[reached].second - self.moments[index].second
            late = now - (due - back_s)
            now += -late % self.quarter_s
        way.now = now
        return index

    def _strike(self, index: int) -> None:
        """Play the keys of a moment as they were, more or less."""
        way, dice = self.way, self.dice
        if index >= way.until:
            way.late_s = 0.0
        share = self.cuts.errors
        again = any(way.found.keys)
        for key in self.moments[index].keys:
            at = way.now + key.second * min(1.0, self.cuts.pace)
            at += dice.gauss(0, 0.004) if again else 0.0
            pitch, what = key.pitch, key.what
            if key.names:
                if way.late_s and self.staff_of[key.names[0]] == way.late_staff:
                    at += way.late_s
                fate = dice.random()
                if fate < 0.3 * share:
                    continue
                if fate < 0.8 * share and what == "right":
                    pitch, what = pitch + dice.choice(SLIPS), "wrong"
                elif fate < share:
                    near = pitch + dice.choice((-1, 1, 2))
                    beside = Key(at + dice.uniform(-0.02, 0.1), near, 30, 0.06, (), "")
                    way.found.keys.append(beside)
            length = key.length * self.cuts.pace
            way.found.keys.append(Key(at, pitch, key.velocity, length, key.names, what))

    def _noodle(self, start: float, seconds: float) -> None:
        """Warm up, or try something else."""
        dice = self.dice
        pitches = [key.pitch for moment in self.moments[:20] for key in moment.keys]
        at = start
        while at < start + seconds:
            pitch = dice.choice(pitches) + dice.choice((-2, -1, 0, 0, 1, 2, 5))
            self.way.found.keys.append(Key(at, pitch, 50, 0.2, (), ""))
            at += dice.uniform(0.08, 0.5)


def find_substitutions(recording: Recording) -> set[tuple[str, int]]:
    """The notes for which another key was struck last, with its place among the keys."""
    order = sorted(range(len(recording.keys)), key=lambda key: recording.keys[key].second)
    last = {
        name: (rank, recording.keys[key].what)
        for rank, key in enumerate(order)
        for name in recording.keys[key].names
    }
    return {(name, rank) for name, (rank, what) in last.items() if what == "wrong"}


def compare(chart: Chart, take: Recording, *, free: bool) -> Counter[str]:
    """Grade a take; counts what was found, given and true."""
    card = strangers.grade(chart, take, free=free)
    wrong = find_substitutions(take)
    named = {(note.id, note.played) for note in card.notes if note.verdict == "substitution"}
    counted = strangers.compare(card, take)
    counted.update(wrong_found=len(wrong & named), wrong_given=len(named), wrong_true=len(wrong))
    return counted


def draw_cuts(dice: Random, *, errors: float, stumbles: bool, click: bool) -> Cuts:
    """Some of what can happen."""
    kinds = tuple(dice.sample(KINDS, dice.randint(2, 6))) if stumbles else ()
    pace = 1.0 if click else dice.uniform(0.5, 2.0)
    return Cuts(errors=errors, kinds=kinds, pace=pace, click=click)


def share(counted: Counter[str], found: str, *of: str) -> float:
    """F1 of two counts, or a share of one."""
    return len(of) * counted[found] / max(1, sum(counted[name] for name in of))


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    options = parser.parse_args()
    scores = list(strangers.read_scores())
    print(f"{'':<24}{'match F1':>10}{'restarts':>10}{'substitutions':>15}")
    for click, stumbles in ((False, False), (False, True), (True, False), (True, True)):
        for errors in (0.0, 0.05, 0.15, 0.3):
            sums: Counter[str] = Counter()
            for name, chart in scores:
                for seed in range(options.first, options.first + options.seeds):
                    dice = Random(f"{name} {click} {stumbles} {errors} {seed}")  # noqa: S311
                    cuts = draw_cuts(dice, errors=errors, stumbles=stumbles, click=click)
                    clean = strangers.play_cleanly(chart, dice)
                    sums += compare(chart, splice(chart, clean, cuts, dice), free=not click)
            title = f"{'click' if click else 'free'}{', stumbles' if stumbles else ''} {errors:.0%}"
            again = share(sums, "named", "again")
            matches, wrong = (
                share(sums, f"{kind}found", f"{kind}given", f"{kind}true")
                for kind in ("", "wrong_")
            )
            print(f"{title:<24}{matches:>10.4f}{again:>10.1%}{wrong:>15.3f}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
