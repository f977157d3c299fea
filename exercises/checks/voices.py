"""Voice leading, for styles that keep to it: the outer parts, the tune and the cadence.

The styles are those without chord symbols: their harmony is written out and led by voices.
"""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

from exercises.checks.harmony import third_of
from exercises.checks.survey import ticks_of
from exercises.rhythm_places import strong_places
from exercises.theory import LETTERS, OCTAVE, leading_faults, read_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from exercises.chart import Chord
    from exercises.checks.survey import Survey, Tone

Finding = tuple[int, str]
"""(bar, detail)."""

DOUBLED = 4
"""Parallel octaves of so many notes are a doubled line, not a fault of voices."""
TUNE_BARS = 8
HOVERING = 0.75
"""Of a tune of so many bars, the share of two notes beyond which it goes nowhere (by ear)."""
_PERFECT = {0, 7}
_TRITONE, _AUGMENTED_SECOND = 6, 3
_STEP = 2
_SEVENTHS = (10, 9)

Pair = tuple["Tone", "Tone"]
"""The tune's note and the bass note struck with it."""


def check_voices(survey: Survey) -> Iterator[Finding]:
    """What a teacher of harmony would mark, by bar."""
    yield from _check_parallels(survey)
    yield from _check_leaps(survey)
    yield from _check_motion(survey)
    yield from _check_cadence(survey)


def bass_line(survey: Survey) -> list[Tone]:
    """The lower outer part: the left hand's lowest notes on strong beats and where chords change.

    What it strikes between them are the inner parts of a broken or repeated chord.
    """
    changes = {start for start, _, _ in survey.chords}
    return [
        tone
        for tone in survey.lows
        if tone.start in changes
        or survey.position(tone.start)
        in strong_places(survey.chart.bars[survey.index_at(tone.start)].meter)
    ]


def _phrase_starts(survey: Survey) -> set[int]:
    """Where phrases begin, in ticks: what leads there from the phrase before is dead.

    Nobody sings that interval, and parallels into it are none.
    """
    return {ticks_of(section.onset_ql) for section in survey.chart.sections}


def _check_parallels(survey: Survey) -> Iterator[Finding]:
    run: list[Pair] = []
    opens = _phrase_starts(survey)
    for before, after in pairwise([*_outer_pairs(survey), None]):
        size = _perfect(before)
        dead = after is None or after[0].start in opens
        same = not dead and after is not None and before is not None and _follows(before, after)
        if size is None or not same or after is None or _perfect(after) != size:
            yield from _close_run(survey, run)
            run = []
        elif before is not None:
            run = [*(run or [before]), after]


def _outer_pairs(survey: Survey) -> list[Pair | None]:
    """Both outer parts where they strike together; None where one of them moves alone."""
    upper = {tone.start: tone for tone in survey.lines[1]}
    lower = {tone.start: tone for tone in bass_line(survey)}
    return [
        (upper[at], lower[at]) if at in upper and at in lower else None
        for at in sorted(upper.keys() | lower.keys())
    ]


def _perfect(pair: Pair | None) -> int | None:
    if pair is None:
        return None
    size = (pair[0].note.pitch - pair[1].note.pitch) % OCTAVE
    return size if size in _PERFECT else None


def _follows(before: Pair, after: Pair) -> bool:
    """Whether both parts move the same way, and in parallel by `leading_faults`."""
    upper = (before[0].note.pitch, after[0].note.pitch)
    lower = (before[1].note.pitch, after[1].note.pitch)
    if (upper[1] - upper[0]) * (lower[1] - lower[0]) <= 0:
        # By contrary motion from one octave to the next is how a bass closes.
        return False
    return any(fault.startswith("parallel") for fault in leading_faults(upper, lower))


def _close_run(survey: Survey, run: list[Pair]) -> Iterator[Finding]:
    if not run or (_perfect(run[0]) == 0 and len(run) >= DOUBLED):
        return
    name = "octaves" if _perfect(run[0]) == 0 else "fifths"
    upper, lower = run[1]
    detail = f"parallel {name} to {upper.note.spelling} over {lower.note.spelling}"
    yield survey.bar_at(upper.start), detail


def _check_leaps(survey: Survey) -> Iterator[Finding]:
    """Augmented seconds and fourths; a diminished fifth turns back inward by step."""
    tune = survey.melody
    opens = _phrase_starts(survey)
    for index, (before, after) in enumerate(pairwise(tune)):
        if before.note.staff != after.note.staff or after.start > before.end:
            # A rest, or the other hand, begins a new line.
            continue
        if after.start in opens:
            continue
        size = after.note.pitch - before.note.pitch
        steps = abs(_step(after) - _step(before))
        augmented = {_AUGMENTED_SECOND: 1, _TRITONE: 3}.get(abs(size))
        where = survey.bar_at(after.start)
        if augmented == steps:
            name = "second" if steps == 1 else "fourth"
            yield where, f"an augmented {name} to {after.note.spelling}"
        elif abs(size) == _TRITONE and index + 2 < len(tune):
            move = tune[index + 2].note.pitch - after.note.pitch
            if not (0 < abs(move) <= _STEP and move * size < 0):
                yield where, f"the diminished fifth to {after.note.spelling} does not turn back"


def _check_motion(survey: Survey) -> Iterator[Finding]:
    """A tune that hovers: back and forth between two notes, and hardly anything else."""
    tune = survey.melody
    bars = len(survey.chart.bars)
    if bars < TUNE_BARS or len(tune) < bars:
        return
    most = Counter(tone.note.spelling for tone in tune).most_common(2)
    if sum(count for _, count in most) > HOVERING * len(tune):
        names = " and ".join(name for name, _ in most)
        yield survey.bar_at(tune[0].start), f"the tune hovers on {names}"


def _step(tone: Tone) -> int:
    """The staff place of a note: letters counted from C, seven an octave."""
    spelling = tone.note.spelling
    return LETTERS.index(spelling[0]) + 7 * int(spelling.lstrip("ABCDEFG#b"))


def _check_cadence(survey: Survey) -> Iterator[Finding]:
    """Into the last tonic: the tune's leading note goes up, the chord's seventh goes down."""
    chart = survey.chart
    key = read_key(chart.key_of(chart.bars[-1]))
    changes = [
        (start, before, after)
        for (_, _, before), (start, _, after) in pairwise(survey.chords)
        if before.symbol != after.symbol
    ]
    if not changes:
        return
    at, before, after = changes[-1]
    if after.root != key.tonic_pc:
        yield survey.bar_at(at), f"the last chord is {after.symbol}, not the tonic"
        return
    leading = (key.tonic_pc - 1) % OCTAVE
    last = max((t for t in survey.melody if t.start < at), key=lambda t: t.start, default=None)
    following = next((t for t in survey.melody if t.start >= at), None)
    if last is None or following is None or last.note.staff != following.note.staff:
        return
    move = following.note.pitch - last.note.pitch
    pc = last.note.pitch % OCTAVE
    where = survey.bar_at(following.start)
    if pc == leading and move != 1 and third_of(before) == leading:
        yield where, f"the leading note {last.note.spelling} goes to {following.note.spelling}"
    elif pc in _sevenths(before) and not -_STEP <= move < 0:
        yield where, f"the seventh {last.note.spelling} goes to {following.note.spelling}"


def _sevenths(chord: Chord) -> set[int]:
    found = {(chord.root + above) % OCTAVE for above in _SEVENTHS}
    return found & set(chord.pitch_classes)
