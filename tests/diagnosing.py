"""Whether a diagnosis is named that is there, and none that is not: `python tests/diagnosing.py`.

For each diagnosis a reader who makes just that mistake, in 70 % of its places, plays composed
charts of many styles and levels with 5 % of careless errors besides. Printed for each: in how many
takes it was named first, in how many at all, and in how many anything else was blamed. A take
counts where the mistake was made often enough to be a habit (`FEWEST`). Takes without any habit
are the last row: nothing may be blamed.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from fractions import Fraction
from functools import partial
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import msgspec

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from exercises.chart import ComposeError
from exercises.compose.chart import compose_chart
from exercises.drill import DrillRequest
from exercises.notation.accidentals import signature
from exercises.passes import bar_index
from exercises.request import resolve_drill
from exercises.tempi import tempo_map
from exercises.timeline import beat_ql
from game.parallel import run_parallel
from game.performer.performance import perform
from game.performer.profiles import Profile
from game.scoring.diagnoses.evidence import LETTERS, read_spelling
from game.scoring.diagnoses.rhythms import find_tied_heads
from game.scoring.grade import grade_take
from styles.feel import swing_range, swings
from styles.loader import load_styles
from styles.schema import SwingFit
from tests.misreading import alter, kinds, reread, shift_steps

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from exercises.chart import Chart, Note
    from styles.schema import Style

    Reading = tuple[Chart, int]
    """The chart as it was taken, and how often it was taken wrong."""

RATE = 0.7
FEWEST = 8
NOISY = Profile(
    name="noisy", spread_ms=18, wrong=0.02, missing=0.02, extra=0.01, chord_spread_ms=8, touch=6,
    length=0.92, length_spread=0.06,
)  # fmt: skip
"""5 % of the notes go wrong for no reason."""
STYLES = load_styles().styles
HALF, SIXTEENTH = Fraction(1, 2), Fraction(1, 4)
LEAP = 8
RUN_BARS = 4
LATE_MS = 60.0
GOAL = 0.95


def _signs(chart: Chart, note: Note) -> dict[str, int]:
    return signature(chart.key_of(chart.bars[bar_index(chart.bars, note.onset_ql)]))


def _some(notes: Sequence[Note], dice: Random) -> set[str]:
    """The ids of the notes that go wrong."""
    return {note.id for note in notes if dice.random() < RATE}


def _change(chart: Chart, wrong: set[str], change: Callable[[Note], object]) -> Reading:
    taken = reread(chart, lambda n: change(n) if n.id in wrong else n)
    written = {(n.onset_ql, n.pitch) for n in chart.notes}
    # A key that another note has there anyway is no mistake that anybody hears.
    changed = {(n.onset_ql, n.pitch) for n in taken.notes} - written
    left_out = written - {(n.onset_ql, n.pitch) for n in taken.notes}
    return taken, len(changed) or len(left_out) or len(wrong)


def _hand(chart: Chart, staff: int) -> list[Note]:
    """The notes of a hand, one for each onset: the highest."""
    found = {n.onset_ql: n for n in sorted(chart.notes, key=lambda n: n.pitch) if n.staff == staff}
    return [found[onset] for onset in sorted(found)]


def _strikes(chart: Chart, tops: Sequence[Note]) -> list[Note]:
    """Every note that is struck with some, by the same hand."""
    places = {(note.onset_ql, note.staff) for note in tops}
    return [note for note in chart.notes if (note.onset_ql, note.staff) in places]


def _shift(note: Note, by_ql: float) -> Note:
    by = Fraction(by_ql).limit_denominator(960)
    return alter(
        note, onset_ql=note.onset_ql + by, duration_ql=max(SIXTEENTH / 2, note.duration_ql - by)
    )


def _beats(chart: Chart, seconds: float) -> float:
    """Seconds as quarter notes."""
    return seconds * chart.drill.quarter_bpm / 60.0


def forget_key(chart: Chart, dice: Random) -> Reading:
    """One letter of the signature, the most frequent."""
    signed = [
        n for n in chart.notes
        if (read_spelling(n.spelling)[1] or 9) == _signs(chart, n).get(n.spelling[0])
    ]  # fmt: skip
    letters = Counter(n.spelling[0] for n in signed).most_common(1)
    wrong = _some([n for n in signed if letters and n.spelling[0] == letters[0][0]], dice)
    return _change(chart, wrong, lambda n: alter(n, pitch=n.pitch - read_spelling(n.spelling)[1]))


def lose_accidentals(chart: Chart, dice: Random) -> Reading:
    seen: dict[tuple[int, int, int], int] = {}
    again: list[Note] = []
    for note in chart.notes:
        step, alteration = read_spelling(note.spelling)
        place = (bar_index(chart.bars, note.onset_ql), note.staff, step)
        if seen.get(place) == alteration != _signs(chart, note).get(LETTERS[step % 7], 0):
            again.append(note)
        seen[place] = alteration
    return _change(
        chart,
        _some(again, dice),
        lambda n: alter(
            n,
            pitch=n.pitch - read_spelling(n.spelling)[1] + _signs(chart, n).get(n.spelling[0], 0),
        ),
    )


def _in_run(chart: Chart, staff: int, dice: Random) -> set[str]:
    """The notes of a hand in some bars in a row."""
    first = dice.randrange(max(1, len(chart.bars) - RUN_BARS))
    return {
        n.id
        for n in chart.notes
        if n.staff == staff and first <= bar_index(chart.bars, n.onset_ql) < first + RUN_BARS
    }


def octave_off(chart: Chart, dice: Random) -> Reading:
    staff, by = dice.choice(((1, 12), (1, -12), (2, -12), (2, 12)))
    return _change(chart, _in_run(chart, staff, dice), lambda n: alter(n, pitch=n.pitch + by))


def other_clef(chart: Chart, dice: Random) -> Reading:
    staff, steps = dice.choice(((1, -5), (2, 5)))
    run = _in_run(chart, staff, dice)
    return _change(chart, run, lambda n: shift_steps(n, steps, _signs(chart, n)))


def ledger(chart: Chart, dice: Random) -> Reading:
    high = [n for n in chart.notes if n.staff == 1 and read_spelling(n.spelling)[0] >= 40]
    low = [n for n in chart.notes if n.staff == 2 and read_spelling(n.spelling)[0] <= 16]
    some, steps = (high, -2) if len(high) > len(low) else (low, 2)
    return _change(chart, _some(some, dice), lambda n: shift_steps(n, steps, _signs(chart, n)))


def thirds(chart: Chart, dice: Random) -> Reading:
    """A line or a space misread now and then: a quarter of the tune."""
    wrong = {n.id for n in _hand(chart, 1) if dice.random() < 0.25}
    taken, count = _change(
        chart, wrong, lambda n: shift_steps(n, dice.choice((2, -2)), _signs(chart, n))
    )
    return taken, count // 2


def even_dots(chart: Chart, dice: Random) -> Reading:
    """A dotted eighth's sixteenth as an even eighth, or a dotted quarter's eighth as a quarter."""
    for value in (Fraction(3, 4), Fraction(3, 2)):
        shorts = [
            b
            for notes in (_hand(chart, 1), _hand(chart, 2))
            for a, b, c in zip(notes, notes[1:], notes[2:], strict=False)
            if (a.onset_ql % 1, b.onset_ql - a.onset_ql) == (0, value)
            and (c.onset_ql - b.onset_ql) * 3 == value
        ]
        if len(shorts) >= FEWEST:
            wrong = _strikes(chart, [n for n in shorts if dice.random() < RATE])
            return _change(chart, {n.id for n in wrong}, lambda n, by=value / 3: _shift(n, -by))
    return chart, 0


def strike_ties(chart: Chart, dice: Random) -> Reading:
    """A note is struck again where the page ties it over the bar line or the middle of the bar."""
    heads: dict[str, Fraction] = {}
    for name, onset in find_tied_heads(chart):
        heads.setdefault(name, onset)
    wrong = {name for name in sorted(heads) if dice.random() < RATE}

    def split(note: Note) -> list[Note]:
        at = heads[note.id]
        end = note.onset_ql + note.duration_ql
        return [
            alter(note, duration_ql=at - note.onset_ql),
            alter(note, onset_ql=at, duration_ql=end - at),
        ]

    return _change(chart, wrong, split)


def _gaps(chart: Chart) -> list[tuple[Note, Note]]:
    """The note before a rest of a hand and the note after it."""
    found: list[tuple[Note, Note]] = []
    for staff in (1, 2):
        hand = sorted((n for n in chart.notes if n.staff == staff), key=lambda n: n.onset_ql)
        until = Fraction(-100)
        last: Note | None = None
        for note in hand:
            if last is not None and note.onset_ql - until >= HALF:
                found.append((last, note))
            if note.onset_ql + note.duration_ql >= until:
                until, last = note.onset_ql + note.duration_ql, note
    return found


def hold_rests(chart: Chart, dice: Random) -> Reading:
    held = {a.id: b.onset_ql - a.onset_ql for a, b in _gaps(chart)}
    wrong = {name for name in sorted(held) if dice.random() < RATE}
    return _change(chart, wrong, lambda n: alter(n, duration_ql=held[n.id]))


def rush_rests(chart: Chart, dice: Random) -> Reading:
    by = _beats(chart, dice.uniform(0.05, 0.08))
    after = [b for _, b in _gaps(chart)]
    changed, _ = _change(chart, {n.id for n in _strikes(chart, after)}, lambda n: _shift(n, -by))
    return changed, len(after)


def rush_sixteenths(chart: Chart, dice: Random) -> Reading:
    share = dice.uniform(0.12, 0.2)
    beat = beat_ql(chart.bars[-1].meter)
    runs = [
        b
        for staff in (1, 2)
        for a, b in pairwise(_hand(chart, staff))
        if b.onset_ql - a.onset_ql <= SIXTEENTH and b.onset_ql % beat
    ]
    wrong = {n.id for n in _strikes(chart, runs)}
    changed, _ = _change(chart, wrong, lambda n: _shift(n, -float(n.onset_ql % beat) * share))
    return changed, len(runs)


def drag_leaps(chart: Chart, dice: Random) -> Reading:
    by = _beats(chart, dice.uniform(0.05, 0.08))
    far: list[Note] = []
    for staff in (1, 2):
        strikes: dict[Fraction, list[Note]] = {}
        for note in chart.notes:
            if note.staff == staff:
                strikes.setdefault(note.onset_ql, []).append(note)
        for one, other in pairwise(sorted(strikes)):
            apart = min(abs(a.pitch - b.pitch) for a in strikes[one] for b in strikes[other])
            far += strikes[other][:1] if apart >= LEAP else []
    changed, _ = _change(chart, {n.id for n in _strikes(chart, far)}, lambda n: _shift(n, by))
    others = len({(n.onset_ql, n.staff) for n in chart.notes}) - len(far)
    return changed, min(len(far), others)


def left_late(chart: Chart, _: Random) -> Reading:
    """Nothing is taken wrong: the hand is late (see `play`)."""
    left = {n.onset_ql for n in chart.notes if n.staff == 2}
    return chart, len(left & {n.onset_ql for n in chart.notes if n.staff == 1}) - 4


def leave_thirds_out(chart: Chart, dice: Random) -> Reading:
    wrong: list[Note] = []
    chords: dict[tuple[Fraction, int], list[Note]] = {}
    for note in chart.notes:
        chords.setdefault((note.onset_ql, note.staff), []).append(note)
    for notes in chords.values():
        under = [c for c in chart.chords if c.onset_ql <= notes[0].onset_ql]
        if len(notes) > 2 and under:
            wrong += [n for n in notes if (n.pitch - under[-1].root) % 12 in {3, 4}][:1]
    return _change(chart, _some(wrong, dice), lambda _: None)


def as_written(chart: Chart, _: Random) -> Reading:
    """The feel is the player's (see `_swung`)."""
    return chart, _offbeats(chart)


def _offbeats(chart: Chart) -> int:
    """Pairs of swung eighths beyond those that are needed."""
    onsets = sorted({n.onset_ql for n in chart.notes})
    pairs = sum(
        a % 1 == 0 and b - a == HALF and c - b == HALF
        for a, b, c in zip(onsets, onsets[1:], onsets[2:], strict=False)
    )
    return pairs - 14


CASES: dict[str, tuple[Callable[[Chart, Random], Reading], str | None]] = {
    "key signature forgotten": (forget_key, "accidentals"),
    "accidental not carried": (lose_accidentals, "chromatic"),
    "octave misread": (octave_off, None),
    "clef misread": (other_clef, None),
    "ledger lines misread": (ledger, "ledger"),
    "neighbour read": (thirds, None),
    "rhythm misread": (even_dots, "dotted"),
    "ties re-struck": (strike_ties, "ties"),
    "rests played through": (hold_rests, "rests"),
    "rushing after rests": (rush_rests, "rests"),
    "rushing sixteenths": (rush_sixteenths, "sixteenths"),
    "dragging at leaps": (drag_leaps, "leaps"),
    "left hand late": (left_late, None),
    "chord tone missing": (leave_thirds_out, None),
    "swing too straight": (as_written, None),
    "swing too dotted": (as_written, None),
    "none": (lambda chart, _: (chart, FEWEST), None),
}
"""Each diagnosis: how the chart is taken, and the focus that makes its places frequent."""
SAME = {
    ("octave misread", "ledger lines misread"),
    ("swing too straight", "rhythm misread"),
    ("swing too dotted", "rhythm misread"),
}
"""(what was done, what may be said besides): two words for one thing."""


def play(kind: str, style_id: str, level: int, seed: int) -> tuple[str, list[str], str] | None:
    """(kind, what was named, which take); None where the chart has no room for the mistake."""
    misread, focus = CASES[kind]
    style = STYLES[style_id]
    bars = 32 if kind.startswith("swing") else 16
    chart = compose(style, level, seed, focus, bars)
    if chart is None or (focus is not None and chart.drill.focus is None):
        return None
    name = f"{kind}: {style_id} {level} seed {seed}"
    dice = Random(name)  # noqa: S311 - dice, no secret
    taken, count = misread(chart, dice)
    if count < FEWEST:
        return None
    played: Style | None = style
    if kind.startswith("swing"):
        played = _swung(chart, style, level, kind)
        if played is None:
            return None
    timeline = tempo_map(chart, chart.drill.quarter_bpm)
    player = msgspec.structs.replace(NOISY, left_late_ms=LATE_MS * (kind == "left hand late"))
    take = perform(taken, player, timeline=timeline, style=played, level=level, seed=seed)
    card = grade_take(chart, take.events, timeline=timeline, style=style, level=level)
    told = "; ".join(f"{one.kind} ({one.detail}; {one.count})" for one in card.diagnoses)
    return kind, kinds(card), f"{name} ({count}): {told}"


def _swung(chart: Chart, style: Style, level: int, kind: str) -> Style | None:
    """The style with a ratio beyond what its players have; None where there is none beyond."""
    if not swings(style.feel, level, beat_ql(chart.bars[-1].meter)):
        return None
    asked = swing_range(style.feel, chart.drill.quarter_bpm)
    too_straight = kind == "swing too straight"
    ratio = max(1.0, asked.lowest / 1.3) if too_straight else min(3.5, asked.highest * 1.3)
    if not (ratio < asked.lowest / 1.1 if too_straight else ratio > asked.highest * 1.1):
        return None
    line = (ratio, 0.0)
    feel = msgspec.structs.replace(style.feel, swing=SwingFit(centre=line, loose=line, tight=line))
    return msgspec.structs.replace(style, feel=feel)


def compose(style: Style, level: int, seed: int, focus: str | None, bars: int) -> Chart | None:
    """A chart of both hands; None where the level reads no such focus."""
    for number in range(seed, seed + 3):
        try:
            request = DrillRequest(
                style.id, level, seed=number, kind="grand", hands="both", bars=bars, focus=focus
            )
            return compose_chart(resolve_drill(request, style), style).chart
        except ComposeError:
            continue
    return None


def try_place(
    only: tuple[str, ...], seeds: range, place: tuple[str, int]
) -> list[tuple[str, list[str], str]]:
    """Every mistake at one style and level."""
    tried = (play(kind, *place, 10 * seed + 1) for kind in only for seed in seeds)
    return [one for one in tried if one is not None]


def main() -> int:
    """Print the table; 1 where a diagnosis is named less often than it must be, or blamed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=2, help="charts of each style and level")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--kind", action="append", choices=CASES, help="only these")
    parser.add_argument("--show", action="store_true", help="every take that was named wrong")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    places = [
        (name, 3 + (index + 3 * step) % 7)
        for index, name in enumerate(sorted(STYLES))
        for step in (0, 1)
    ]
    seeds = range(options.first, options.first + options.seeds)
    work = partial(try_place, tuple(options.kind or CASES), seeds)
    takes = [one for _, found in run_parallel(work, places, options.workers) for one in found]
    good = True
    print(f"{'habit':<26}{'takes':>7}{'first':>8}{'named':>8}{'others blamed':>15}")
    for kind in options.kind or CASES:
        own = [(named, words) for name, named, words in takes if name == kind]
        wanted = [] if kind == "none" else [kind]
        first = sum(named[:1] == wanted for named, _ in own)
        named = sum(set(wanted) <= set(some) for some, _ in own)
        blamed = sum(
            any(one != kind and (kind, one) not in SAME for one in some) for some, _ in own
        )
        print(f"{kind:<26}{len(own):>7}{first:>8}{named:>8}{blamed:>15}")
        good = good and first >= GOAL * len(own) and blamed <= (1 - GOAL) * len(own)
        if options.show:
            print(*(f"    {words}" for some, words in own if some != wanted), sep="\n")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
