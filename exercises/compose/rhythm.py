"""The melody's rhythm: motifs of a bar that return, phrases that breathe, densities kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from exercises.compose.cells import (
    NOTE,
    REST,
    TIED,
    Rhythm,
    allows_note,
    may_stand,
    pulse_cells,
)
from exercises.compose.endings import AMENS, HELD, cut_length
from exercises.compose.grid import EIGHTH, TICKS, Metre

if TYPE_CHECKING:
    from exercises.compose.dice import Dice
    from exercises.compose.form import Phrase
    from exercises.levels import Level
    from styles.schema import Style
from exercises.compose.closing import ends_short, find_arrivals, long_tail, short_tail
from exercises.compose.tally import BarRhythm, Tally, allows_tie, commit, is_playable, open_tally

SHARED_MOTIF = 0.4
"""How often a contrasting phrase takes up a motif of the first one."""

LIVELY_LEVEL = 5
CAUTION = 0.6
"""Of a style's usual notes those that come in slow short charts: syncopations count on no more."""
BUSY_SHARE = 0.65
"""Of a style's usual notes a bar: fewer do not carry a phrase (by ear)."""
STATIC_SHARE = 0.2
"""A single note for a whole bar says little before the end of a phrase."""

LATE_SHARE = 0.3
"""A long note on the second beat of 3/4 leans against the metre."""

_TRIES = 12

_PLANS: dict[int, tuple[tuple[str, float], ...]] = {
    1: (("a", 1.0),),
    2: (("ab", 0.6), ("aa", 0.4)),
    3: (("aba", 0.38), ("aab", 0.3), ("abc", 0.17), ("aaa", 0.15)),
    4: (("abac", 0.5), ("aabc", 0.3), ("abab", 0.2)),
    7: (("abacaba", 0.4), ("abacabd", 0.3), ("aabcaab", 0.3)),
}


@dataclass(slots=True)
class Beat:
    """A melody note to be: when, how long, and which note of which motif."""

    onset: int
    duration: int
    bar: int
    phrase: int
    motif: str
    """Bars of one motif share their rhythm."""
    index: int
    """Which note of the bar."""
    closing: bool = False
    """In the last bar of its phrase."""


def plan_rhythm(
    phrases: Sequence[Phrase],
    style: Style,
    level: Level,
    *,
    metre: Metre,
    quarter_bpm: float,
    accompaniment: Iterable[int],
    last_bar: int,
    dice: Dice,
    ending: str = HELD,
) -> list[Beat]:
    """The melody's rhythm for a whole chart.

    `phrases` are those that are sung; `accompaniment` are the onsets of the other hand (one for
    each note); `last_bar` is the length of the last bar, shorter after a pickup.
    """
    draft = open_tally(style, level, metre, quarter_bpm, accompaniment)
    draft.pace = _usual_count(draft) * (CAUTION if level.number < LIVELY_LEVEL else 1.0)
    draft.sung = frozenset(phrase.bar + at for phrase in phrases for at in range(phrase.bars))
    motifs: dict[str, BarRhythm] = {}
    plans: dict[str, str] = {}
    bars: list[tuple[int, BarRhythm, Phrase, str]] = []
    for before, phrase in zip((None, *phrases), phrases, strict=False):
        if before is None or before.bar + before.bars != phrase.bar:
            draft.sounding = False  # Nothing is held over from what nobody sings.
        labels = _labels(phrase, plans, motifs, dice)
        for at, label in enumerate(labels):
            bar = phrase.bar + at
            closing = at == phrase.bars - 1 and _closes(phrase)
            if closing:
                length = last_bar if phrase.last else metre.bar
                short = cut_length(ending, length, metre)
                if phrase.last and short < length:
                    rhythm: BarRhythm = ((0, short, NOTE), (short, length - short, REST))
                elif phrase.last and ending in AMENS and style.chord_symbols:
                    rhythm = long_tail(draft, 0, length, dice, last=True)
                else:
                    rhythm = _closing_bar(draft, bar, length, dice, last=phrase.last)
            else:
                rhythm = _motif_bar(draft, motifs, label, bar, dice, opening=at == 0)
            commit(draft, rhythm, bar)
            bars.append((bar, rhythm, phrase, label))
    return _join(bars, metre)


def _closes(phrase: Phrase) -> bool:
    """Whether a phrase comes to rest: short open ones run on into the next."""
    return phrase.last or phrase.cadence != "open" or phrase.bars > 2  # noqa: PLR2004 - two bars


def _labels(
    phrase: Phrase, plans: dict[str, str], motifs: dict[str, BarRhythm], dice: Dice
) -> list[str]:
    """The motif of each bar; the last bar is the closing one."""
    body = phrase.bars - _closes(phrase)
    if body == 0:
        return [f"{phrase.letter}:end"]
    kept = plans.get(f"{phrase.letter}{body}")
    if kept is None:
        options = _PLANS.get(body) or (("abac" * body, 1.0),)
        kept = dice.choose([plan for plan, _ in options], [weight for _, weight in options])
        plans[f"{phrase.letter}{body}"] = kept
    labels = [f"{phrase.letter}:{name}" for name in kept[:body]]
    if phrase.letter != "a" and not phrase.primes and dice.chance(SHARED_MOTIF):
        # The contrast begins with what was heard, and goes its own way with it.
        plans[f"{phrase.letter}="] = next(
            (each for each in ("a:b", "a:a") if each in motifs), labels[0]
        )
    shared = plans.get(f"{phrase.letter}=")
    if shared is not None:
        labels = [shared if label == labels[0] else label for label in labels]
    return [*labels, f"{phrase.letter}:end"] if _closes(phrase) else labels


def _motif_bar(
    draft: Tally,
    motifs: dict[str, BarRhythm],
    label: str,
    bar: int,
    dice: Dice,
    *,
    opening: bool,
) -> BarRhythm:
    known = motifs.get(label)
    if known is not None and is_playable(draft, known, bar):
        return known
    best: BarRhythm = ()
    for _ in range(_TRIES):
        found = tuple(_fill(draft, 0, draft.metre.bar, bar, dice, opening=opening))
        if is_playable(draft, found, bar) and _count(found) > _count(best):
            best = found
        if _count(best) >= _liveliness(draft):
            break
    if not best:
        return _calmest(draft, bar)
    motifs.setdefault(label, best)
    return best


def _count(rhythm: BarRhythm) -> int:
    return sum(kind == NOTE for *_, kind in rhythm)


def _liveliness(draft: Tally) -> int:
    """How many notes a bar needs to be a motif.

    Two at first, later one on most pulses and more where the style's own cells are busy.
    """
    pulses = len(draft.metre.pulses)
    if draft.level.number < LIVELY_LEVEL:
        return min(2, pulses)
    plain = pulses + 1 if draft.metre.compound else max(2, pulses - 1)
    usual = _usual_count(draft)
    # A style whose cells are mostly silent speaks in short remarks.
    return max(min(plain, max(1, int(usual))), int(BUSY_SHARE * usual))


def _usual_count(draft: Tally) -> float:
    """How many notes the cells bring to a bar on average."""
    weights = sum(cell.weight for cell in draft.cells)
    notes = (
        cell.weight * draft.metre.bar * sum(kind == NOTE for _, kind in cell.values) / cell.total
        for cell in draft.cells
    )
    return sum(notes) / weights if weights else 0.0


def _fill(
    draft: Tally, start: int, end: int, bar: int, dice: Dice, *, opening: bool
) -> list[tuple[int, int, str]]:
    """Cells one after another; a cell that cannot stand makes room for a plain pulse."""
    events: list[tuple[int, int, str]] = []
    position = start
    silent = opening
    while position < end:
        cells = [
            cell
            for cell in draft.cells
            if may_stand(cell.total, position, end, draft.metre, anywhere=bool(cell.meters))
            and not (silent and cell.is_silent)
        ]
        if not cells:
            length = min(_pulse_at(draft.metre, position), end - position)
            cells = list(pulse_cells(length, draft.level.number, swing=draft.swing))
            cells = cells or [Rhythm(((length, NOTE),), 1.0)]
        weights = [cell.weight * _standing(cell, position, draft.metre) for cell in cells]
        cell = _choose_cell(
            draft, cells, weights, events=events, position=position, bar=bar, dice=dice
        )
        at = position
        for duration, kind in cell.values:
            events.append((at, duration, kind))
            at += duration
        position = at
        silent = cell.is_silent
    return events


def _choose_cell(
    draft: Tally,
    cells: list[Rhythm],
    weights: list[float],
    *,
    events: list[tuple[int, int, str]],
    position: int,
    bar: int,
    dice: Dice,
) -> Rhythm:
    left = list(weights)
    while any(left):
        drawn = dice.choose(range(len(cells)), left)
        left[drawn] = 0.0
        cell = cells[drawn]
        tied = cell.values[0][1] == TIED
        if tied:
            before = events[-1] if events else None
            held = draft.sounding if before is None else before[2] != REST
            first = before is None and position == 0 and bar == 0
            if not held or first or not allows_tie(draft, events, position, cell, bar):
                continue
        trial = [*events]
        at = position
        for duration, kind in cell.values:
            trial.append((at, duration, kind))
            at += duration
        if is_playable(draft, tuple(trial), bar):
            return cell
    calm = [each for each in cells if len(each.values) == 1 and each.values[0][1] == NOTE]
    length = min(_pulse_at(draft.metre, position), draft.metre.bar - position)
    return calm[0] if calm else Rhythm(((length, NOTE),), 1.0)


def _calmest(draft: Tally, bar: int) -> BarRhythm:
    """The plainest bar that is still music: one note a group, or one for all."""
    for parts in (draft.metre.groups, ((0, draft.metre.bar),)):
        rhythm = tuple((start, length, NOTE) for start, length in parts)
        if all(allows_note(draft.level, length) for _, length in parts) and is_playable(
            draft, rhythm, bar
        ):
            return rhythm
    return ((0, draft.metre.bar, NOTE),)


def _closing_bar(draft: Tally, bar: int, length: int, dice: Dice, *, last: bool) -> BarRhythm:
    """A bar that arrives: some motion, then a long note, inside a chart maybe a rest."""
    options = find_arrivals(draft, length)
    for _ in range(_TRIES):
        arrival = dice.pick(options)
        lead = [
            each for each in _fill(draft, 0, arrival, bar, dice, opening=True) if each[0] < arrival
        ]
        if any(kind == REST for _, _, kind in lead):
            continue
        if draft.swing and not last and ends_short(draft, dice) and arrival + EIGHTH < length:
            tail = short_tail(draft, arrival, length)
        else:
            tail = long_tail(draft, arrival, length, dice, last=last)
        rhythm = (*lead, *tail)
        if is_playable(draft, rhythm, bar):
            return rhythm
    return long_tail(draft, 0, length, dice, last=last)


def _join(bars: Sequence[tuple[int, BarRhythm, Phrase, str]], metre: Metre) -> list[Beat]:
    """Ties joined, rests left out: the notes to find pitches for."""
    beats: list[Beat] = []
    for bar, rhythm, phrase, label in bars:
        index = 0
        for position, duration, kind in rhythm:
            if kind == NOTE:
                closing = bar == phrase.bar + phrase.bars - 1 and _closes(phrase)
                onset = bar * metre.bar + position
                beats.append(Beat(onset, duration, bar, phrase.index, label, index, closing))
                index += 1
            elif kind == TIED and beats:
                beats[-1].duration += duration
    return beats


def _standing(cell: Rhythm, position: int, metre: Metre) -> float:
    """How well a cell stands here: whole bars say little, 3/4 leans on its first beat."""
    if len(cell.values) == 1 and cell.total == metre.bar:
        return STATIC_SHARE
    late = metre.bar == 3 * TICKS and position == TICKS and cell.total > TICKS
    return LATE_SHARE if late and not metre.compound else 1.0


def _pulse_at(metre: Metre, position: int) -> int:
    return next(
        (start + length - position for start, length in metre.pulses
         if start <= position < start + length),
        TICKS,
    )  # fmt: skip
