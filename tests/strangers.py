"""Takes by another hand: real scores, played by a model that shares nothing with the performer.

Run it with `python tests/strangers.py`. The scores are music21's own (Bach, Mozart, Joplin, Clara
Schumann); the players have correlated tempo curves, long-tailed timing, rolled chords, a melody
ahead of its chord, clusters of mistakes, attempts that begin anywhere and are given up again, and
recordings with noodling before and after. Printed for each scene: strict F1 of the matches,
restarted notes that are named so, and the range of the totals.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import groupby
from math import exp
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, NamedTuple

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from exercises.chart import Bar, Chart, ComposeError, number_notes
from exercises.imports import imported_drill, read_chart
from exercises.timeline import Timeline
from game.events import NoteEvent
from game.scoring.grade import grade_take
from tests.reading import make_note

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from exercises.chart import Note
    from game.scoring.results import Scorecard

PIANO = (
    "mozart/k545/movement1_exposition.mxl",
    "joplin/maple_leaf_rag.mxl",
    "schumann_clara/polonaise_op1n1.mxl",
    "schumann_clara/polonaise_op1n2.mxl",
    "schumann_clara/polonaise_op1n3.mxl",
)
CHORALES = ("bach/bwv66.6.mxl", "bach/bwv10.7.mxl", "bach/bwv101.7.mxl", "bach/bwv103.6.mxl")
SCENES = ("concert", "lesson", "first sight", "click", "click lost")
MOST_BARS = 24
COMES_UP_S = 0.06


@dataclass(frozen=True)
class Manner:
    """How somebody plays."""

    click: bool
    tempo_walk: float
    """Standard deviation of the log tempo's step a beat."""
    scatter_s: float
    roll_s: float
    """Mean time from the first note of a chord to its last."""
    wrong: float
    missing: float
    brushed: float
    breaks: float
    """For each onset: stops and tries again."""
    length: float
    rejoins: bool = False
    """After an attempt goes on where the click is."""


class Key(NamedTuple):
    """One key that was pressed."""

    second: float
    pitch: int
    velocity: int
    length: float
    """In seconds."""
    names: tuple[str, ...]
    """The notes that it is for; none for a key too many."""
    what: str
    """Right or wrong."""


@dataclass
class Recording:
    """What was played, and what it was meant for."""

    keys: list[Key] = field(default_factory=list)

    def events(self) -> list[NoteEvent]:
        """On and off of every key."""
        found: list[NoteEvent] = []
        for onset, pitch, velocity, length, _, _ in self.keys:
            found += [
                NoteEvent(onset, "on", pitch, velocity),
                NoteEvent(onset + length, "off", pitch, 0),
            ]
        return sorted(found, key=lambda event: (event.onset_s, event.kind != "off"))

    def truth(self) -> tuple[set[tuple[str, int]], set[int]]:
        """The matches, and the played notes of attempts that were given up."""
        order = sorted(range(len(self.keys)), key=lambda key: self.keys[key][0])
        index = {key: rank for rank, key in enumerate(order)}
        last: dict[str, int] = {}
        again: set[int] = set()
        for key in order:
            for name in self.keys[key][4]:
                if name in last:
                    again.add(index[last[name]])
                last[name] = key
        right = {(name, index[key]) for name, key in last.items() if self.keys[key][5] == "right"}
        return right, again


def draw_manner(scene: str, dice: Random) -> Manner:
    """Somebody in a scene."""
    good = scene in {"concert", "click"}
    rate = dice.uniform(0.0, 0.03) if good else dice.uniform(0.02, 0.2)
    click = scene.startswith("click")
    return Manner(
        click=click,
        tempo_walk=0.0 if click else dice.uniform(0.01, 0.05),
        scatter_s=dice.uniform(0.006, 0.02) if good else dice.uniform(0.015, 0.05),
        roll_s=dice.uniform(0.015, 0.06),
        wrong=rate * dice.random(),
        missing=rate * dice.random(),
        brushed=rate * dice.random() / 2,
        breaks=0.0 if good else dice.uniform(0.005, 0.05),
        length=dice.choice((0.12, 0.3, 0.6, 0.9, 1.05)),
        rejoins=scene == "click lost",
    )


class Player:
    """One player at one score."""

    def __init__(self, chart: Chart, manner: Manner, dice: Random, pace: float) -> None:
        self.manner, self.dice = manner, dice
        ordered = sorted(chart.notes, key=lambda note: (note.onset_ql, not note.duration_ql))
        self.chords = [list(each) for _, each in groupby(ordered, key=lambda note: note.onset_ql)]
        self.quarter_s = 60.0 / chart.drill.quarter_bpm / pace
        self.log_tempo = 0.0
        self.slip = 0.0
        self.recording = Recording()
        self.struck: dict[int, float] = {}
        """When each key was struck last: it has to come up before it is struck again."""

    def play(self) -> Recording:
        """Play from the first chord to the last."""
        dice = self.dice
        now = float(self.chords[0][0].onset_ql) * self.quarter_s
        place = 0
        clock = 0.0
        """How far behind the click."""
        while place < len(self.chords):
            self.strike(self.chords[place], now)
            if place + 1 == len(self.chords):
                break
            gap = float(self.chords[place + 1][0].onset_ql - self.chords[place][0].onset_ql)
            self.log_tempo = 0.97 * self.log_tempo + dice.gauss(0, self.manner.tempo_walk)
            due = now + gap * self.quarter_s * exp(self.log_tempo)
            if self.manner.click:
                due = float(self.chords[place + 1][0].onset_ql) * self.quarter_s + clock
            if dice.random() < self.manner.breaks:
                back = max(0, place + 1 - dice.choice((0, 1, 1, 2, 3, 4, 6, 9, 14)))
                for _ in range(dice.choice((0, 0, 0, 1, 2))):
                    # Gives up once more before it works.
                    due += self.pause()
                    for again in range(back, place + 1):
                        self.strike(self.chords[again], due)
                        due += self.gap(again)
                due += self.pause()
                clock = due - float(self.chords[back][0].onset_ql) * self.quarter_s
                if self.manner.rejoins and dice.random() < 0.5:
                    whole = 2 * self.quarter_s
                    due += (-clock) % whole
                    clock = due - float(self.chords[back][0].onset_ql) * self.quarter_s
                place, now = back, due
                continue
            now = max(due, now + 0.02)
            place += 1
        return self.recording

    def gap(self, place: int) -> float:
        """Seconds to the next chord."""
        after = min(len(self.chords) - 1, place + 1)
        gap = float(self.chords[after][0].onset_ql - self.chords[place][0].onset_ql)
        return gap * self.quarter_s * exp(self.log_tempo)

    def pause(self) -> float:
        """Thinks, or turns the page."""
        return min(6.0, self.quarter_s * exp(self.dice.gauss(0.2, 0.8)))

    def strike(self, chord: list[Note], now: float) -> None:
        """Strike one chord, more or less."""
        dice, manner, keys = self.dice, self.manner, self.recording.keys
        # Long tails, and neighbours that slip alike.
        tail = dice.gauss(0, 1) / max(0.35, dice.gammavariate(2, 0.5)) ** 0.5
        self.slip = 0.4 * self.slip + manner.scatter_s * max(-3.0, min(3.0, tail))
        rolled = len(chord) > 2 and dice.random() < 0.1
        at = now + self.slip
        graces = [note for note in chord if not note.duration_ql]
        for number, note in enumerate(graces):
            self.press(note, at - 0.08 * (len(graces) - number), 0.07)
        gap = manner.roll_s * (4 if rolled else 1) / max(1, len(chord) - 1)
        main = [note for note in chord if note.duration_ql]
        voices = {note.pitch: [one for one in main if one.pitch == note.pitch] for note in main}
        for _, (note, *others) in sorted(voices.items()):
            at += dice.expovariate(1 / gap)
            lead = dice.uniform(0, 0.02) if note.pitch == max(one.pitch for one in chord) else 0
            self.press(note, at - lead, float(note.duration_ql) * self.quarter_s, others)
        if dice.random() < manner.brushed:
            near = dice.choice(chord).pitch + dice.choice((-1, 1, 2))
            beside = at + dice.uniform(-0.02, 0.05)
            keys.append(Key(beside, near, dice.randint(5, 50), 0.05, (), ""))

    def press(self, note: Note, at: float, written_s: float, others: Sequence[Note] = ()) -> None:
        """One key, or its neighbour, or none; other voices may meet on it."""
        dice, manner = self.dice, self.manner
        if dice.random() < manner.missing:
            return
        pitch, what = note.pitch, "right"
        if dice.random() < manner.wrong:
            pitch, what = pitch + dice.choice((-2, -1, 1, 2, 3, -4)), "wrong"
        at = max(at, self.struck.get(pitch, -9.9) + COMES_UP_S)
        self.struck[pitch] = at
        length = max(0.03, written_s * manner.length * exp(dice.gauss(0, 0.2)))
        velocity = min(127, max(1, round(dice.gauss(64, 16))))
        names = (note.id, *(other.id for other in others))
        self.recording.keys.append(Key(at, pitch, velocity, length, names, what))


def read_scores(names: Sequence[str] = (*PIANO, *CHORALES)) -> Iterator[tuple[str, Chart]]:
    """Some of the scores that music21 brings along, none longer than `MOST_BARS`."""
    from music21 import corpus  # noqa: PLC0415 - only here

    folder = Path(corpus.__file__).parent
    for name in names:
        try:
            chart = read_chart(folder / name)
        except ComposeError:
            chart = _two_hands(corpus.parse(str(folder / name)))
        yield name, cut(chart, 0, MOST_BARS)


def cut(chart: Chart, first: int, bars: int) -> Chart:
    """Some bars of a chart."""
    kept = chart.bars[first : first + bars]
    end = kept[-1].onset_ql + kept[-1].duration_ql
    notes = [note for note in chart.notes if kept[0].onset_ql <= note.onset_ql < end]
    return Chart(chart.drill, kept, number_notes(notes))


def _two_hands(score: object) -> Chart:
    """Four voices for two hands."""
    notes: list[Note] = []
    for number, part in enumerate(score.parts):  # type: ignore[attr-defined]
        for one in part.flatten().stripTies().notes:
            for pitch in one.pitches:
                place, length = Fraction(one.offset), Fraction(one.quarterLength)
                notes.append(make_note(place, pitch.midi, length, 1 + (number > 1)))
    end = max(note.onset_ql + note.duration_ql for note in notes)
    bars = tuple(Bar(n + 1, Fraction(4 * n), Fraction(4), "4/4") for n in range(-int(-end // 4)))
    drill = imported_drill(key="C", meter="4/4", bars=bars, quarter_bpm=72.0)
    unique = {(note.onset_ql, note.pitch): note for note in notes}
    return Chart(drill, bars, number_notes(list(unique.values())))


def play(chart: Chart, scene: str, seed: int) -> tuple[Recording, bool]:
    """Play a take of a chart."""
    dice = Random(f"{scene} {seed}")  # noqa: S311 - dice, no secret
    manner = draw_manner(scene, dice)
    pace = 1.0 if manner.click else dice.uniform(0.55, 1.6)
    return Player(chart, manner, dice, pace).play(), not manner.click


def play_cleanly(chart: Chart, dice: Random) -> Recording:
    """A recording without a slip, at the chart's own tempo, more or less."""
    manner = Manner(
        click=False,
        tempo_walk=dice.uniform(0.01, 0.04),
        scatter_s=dice.uniform(0.006, 0.02),
        roll_s=dice.uniform(0.015, 0.05),
        wrong=0.0,
        missing=0.0,
        brushed=0.0,
        breaks=0.0,
        length=dice.choice((0.3, 0.6, 0.9, 1.05)),
    )
    return Player(chart, manner, dice, 1.0).play()


def grade(chart: Chart, recording: Recording, *, free: bool) -> Scorecard:
    """Grade it at the chart's own tempo."""
    timeline = Timeline.steady(chart.drill.quarter_bpm)
    return grade_take(chart, recording.events(), timeline=timeline, style=None, level=5, free=free)


def compare(card: Scorecard, recording: Recording) -> Counter[str]:
    """Found, given and true matches and restarts."""
    right, again = recording.truth()
    given = {
        (note.id, note.played)
        for note in card.notes
        if note.verdict == "match" and note.played is not None
    }
    named = {extra.played for extra in card.extras if extra.reason == "restart"}
    return Counter(
        found=len(right & given), given=len(given), true=len(right),
        again=len(again), named=len(again & named),
    )  # fmt: skip


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--worst", type=int, default=0, help="name so many of the worst takes")
    options = parser.parse_args()
    scores = list(read_scores())
    print(f"{'scene':<14}{'match F1':>10}{'restarts':>10}{'totals':>16}")
    for scene in SCENES:
        sums: Counter[str] = Counter()
        takes: list[tuple[float, float, str]] = []
        for name, chart in scores:
            for seed in range(options.first, options.first + options.seeds):
                recording, free = play(chart, scene, seed)
                card = grade(chart, recording, free=free)
                found = compare(card, recording)
                sums += found
                f1 = 2 * found["found"] / max(1, found["true"] + found["given"])
                takes.append((f1, card.scores.total, f"{name} seed {seed}"))
        totals = sorted(total for _, total, _ in takes)
        f1 = 2 * sums["found"] / max(1, sums["true"] + sums["given"])
        again = sums["named"] / max(1, sums["again"])
        print(f"{scene:<14}{f1:>10.4f}{again:>10.1%}{totals[0]:>10.1f} ..{totals[-1]:>5.1f}")
        for one, total, name in sorted(takes)[: options.worst]:
            print(f"    {one:.3f} {total:5.1f} {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
