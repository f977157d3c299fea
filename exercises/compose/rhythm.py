"""The melody's rhythm: motifs of a bar that return, phrases that breathe, densities kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from exercises.compose.cells import (
    NOTE,
    REST,
    TIED,
    Rhythm,
    allows_note,
    allows_rest,
    may_stand,
    pulse_cells,
    usable_cells,
)
from exercises.compose.grid import EIGHTH, TICKS, Metre

if TYPE_CHECKING:
    from exercises.compose.dice import Dice
    from exercises.compose.form import Phrase
    from exercises.levels import Level
    from styles.schema import Style

REST_AT_END = 0.5
"""How often a phrase inside a chart closes with a rest rather than a held note."""
SHORT_ENDING = 0.35
"""How often a swung phrase ends short, on the upbeat."""
SHORT_ENDING_LEVEL = 6
SHARED_MOTIF = 0.4
"""How often a contrasting phrase takes up a motif of the first one."""
STATIC_SHARE = 0.2
"""A single note for a whole bar says little before the end of a phrase."""
LATE_SHARE = 0.3
"""A long note on the second beat of 3/4 leans against the metre."""
SYNCOPATION_MARGIN = 0.85
_TRIES = 12
_ROUNDING = 1e-9
"""A density of exactly the level's is kept off, whichever way a float is rounded."""
_SECONDS = 60.0

# Which bars of a phrase have the same rhythm, before its closing bar.
_PLANS: dict[int, tuple[tuple[str, float], ...]] = {
    1: (("a", 1.0),),
    2: (("ab", 0.6), ("aa", 0.4)),
    3: (("aba", 0.38), ("aab", 0.3), ("abc", 0.17), ("aaa", 0.15)),
    4: (("abac", 0.5), ("aabc", 0.3), ("abab", 0.2)),
    7: (("abacaba", 0.4), ("abacabd", 0.3), ("aabcaab", 0.3)),
}

BarRhythm = tuple[tuple[int, int, str], ...]
"""(position in the bar, duration, kind)."""


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


@dataclass(slots=True)
class _Draft:
    """The rhythm so far and what it is measured against."""

    level: Level
    metre: Metre
    seconds: float
    """Two beats."""
    below: frozenset[int]
    """Onsets of the other hand."""
    sizes: dict[int, int]
    """Notes of the other hand at each onset."""
    cap: float
    """Largest share of syncopated onsets."""
    cells: tuple[Rhythm, ...]
    swing: bool
    onsets: list[int] = field(default_factory=list)
    syncopated: int = 0
    sounding: bool = False
    """Whether a note is held up to here, so that a tie has something to hold."""


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
) -> list[Beat]:
    """The melody's rhythm for a whole chart.

    `accompaniment` are the onsets of the other hand (one for each note); `last_bar` is the length
    of the last bar, shorter after a pickup.
    """
    draft = _open_draft(style, level, metre, quarter_bpm, accompaniment)
    motifs: dict[str, BarRhythm] = {}
    plans: dict[str, str] = {}
    bars: list[tuple[BarRhythm, Phrase, str]] = []
    for phrase in phrases:
        labels = _labels(phrase, plans, motifs, dice)
        for at, label in enumerate(labels):
            bar = phrase.bar + at
            closing = at == phrase.bars - 1 and _closes(phrase)
            if closing:
                length = last_bar if phrase.last else metre.bar
                rhythm = _closing_bar(draft, bar, length, dice, last=phrase.last)
            else:
                rhythm = _motif_bar(draft, motifs, label, bar, dice, opening=at == 0)
            _commit(draft, rhythm, bar)
            bars.append((rhythm, phrase, label))
    return _join(bars, metre)


def is_syncopated(onset: int, following: int | None, metre: Metre) -> bool:
    """An onset off the pulse whose next stronger place has no onset."""
    position = onset % metre.bar
    strength = metre.strength(position)
    if strength > 0:
        return False
    if following is None:
        return True
    if strength == 0:
        after = (start for start, _ in metre.pulses if start > position)
        return following > onset + next(after, metre.bar) - position
    return following > (onset // EIGHTH + 1) * EIGHTH


def _open_draft(
    style: Style,
    level: Level,
    metre: Metre,
    quarter_bpm: float,
    accompaniment: Iterable[int],
) -> _Draft:
    sizes: dict[int, int] = {}
    for onset in accompaniment:
        sizes[onset] = sizes.get(onset, 0) + 1
    cap = level.syncopated_share
    if style.melody.syncopated is not None:
        low, high = style.melody.syncopated
        cap = min(cap, low if level.number <= 5 else high)  # noqa: PLR2004 - see the schema
    return _Draft(
        level=level,
        metre=metre,
        seconds=2 * metre.beat / TICKS * _SECONDS / quarter_bpm,
        below=frozenset(sizes),
        sizes=sizes,
        cap=cap * SYNCOPATION_MARGIN,
        cells=usable_cells(style, level.number, metre),
        swing=style.feel.swing is not None,
    )


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
        shared = motifs.get("a:b") or motifs.get("a:a")
        if shared is not None:
            motifs.setdefault(labels[0], shared)
    return [*labels, f"{phrase.letter}:end"] if _closes(phrase) else labels


def _motif_bar(
    draft: _Draft,
    motifs: dict[str, BarRhythm],
    label: str,
    bar: int,
    dice: Dice,
    *,
    opening: bool,
) -> BarRhythm:
    known = motifs.get(label)
    if known is not None and _is_playable(draft, known, bar):
        return known
    for _ in range(_TRIES):
        found = tuple(_fill(draft, 0, draft.metre.bar, bar, dice, opening=opening))
        if any(kind == NOTE for *_, kind in found) and _is_playable(draft, found, bar):
            motifs.setdefault(label, found)
            return found
    return _calmest(draft, bar)


def _fill(
    draft: _Draft, start: int, end: int, bar: int, dice: Dice, *, opening: bool
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
    draft: _Draft,
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
            if not held or first or not _tie_allowed(draft, events, position, cell, bar):
                continue
        trial = [*events]
        at = position
        for duration, kind in cell.values:
            trial.append((at, duration, kind))
            at += duration
        if _is_playable(draft, tuple(trial), bar):
            return cell
    calm = [each for each in cells if len(each.values) == 1 and each.values[0][1] == NOTE]
    length = min(_pulse_at(draft.metre, position), draft.metre.bar - position)
    return calm[0] if calm else Rhythm(((length, NOTE),), 1.0)


def _tie_allowed(
    draft: _Draft, events: list[tuple[int, int, str]], position: int, cell: Rhythm, bar: int
) -> bool:
    """Whether holding the last note on gives a length that the level reads."""
    if events:
        onset = next((at for at, _, kind in reversed(events) if kind == NOTE), None)
        if onset is None:
            return False
        onset += bar * draft.metre.bar
    elif draft.onsets:
        onset = draft.onsets[-1]
    else:
        return False
    here = bar * draft.metre.bar + position
    whole = here - onset + cell.values[0][0]
    off_pulse = draft.metre.strength(onset % draft.metre.bar) <= 0
    if off_pulse and not draft.level.anticipation:
        return False
    return whole <= draft.metre.bar and allows_note(draft.level, whole)


def _is_playable(draft: _Draft, rhythm: BarRhythm, bar: int) -> bool:
    """Whether syncopation and density stay inside the level with these events added."""
    base = bar * draft.metre.bar
    new = [base + at for at, _, kind in rhythm if kind == NOTE]
    if rhythm and rhythm[0][2] == TIED and rhythm[0][0] == 0 and not draft.sounding:
        return False
    if rhythm and rhythm[0][2] == TIED and rhythm[0][0] == 0 and draft.onsets:
        whole = base + rhythm[0][1] - draft.onsets[-1]
        if not allows_note(draft.level, whole):
            return False
    # The next bar is taken to begin with a note: what pushes over the line counts there.
    line = [*draft.onsets[-1:], *new, base + draft.metre.bar]
    fresh = sum(is_syncopated(one, two, draft.metre) for one, two in pairwise(line))
    total = max(len(draft.onsets) + len(new), 16)
    if fresh and draft.syncopated + fresh > draft.cap * total:
        return False
    return _is_sparse(draft, new)


def _is_sparse(draft: _Draft, new: list[int]) -> bool:
    """Whether any two beats around the new onsets hold no more than the level's densities."""
    if not new:
        return True
    window = 2 * draft.metre.beat
    low, high = new[0] - window, new[-1] + window
    melody = {onset for onset in draft.onsets[-32:] if onset > low} | set(new)
    # The next bar is likely to begin with a note.
    melody.add((new[0] // draft.metre.bar + 1) * draft.metre.bar)
    union = sorted(melody | {onset for onset in draft.below if low < onset < high})
    most = max(draft.level.onsets_per_s * draft.seconds, 1.0) - _ROUNDING
    notes = max(draft.level.notes_per_s * draft.seconds, 1.0) - _ROUNDING
    for index, start in enumerate(union):
        count = 0
        weight = 0
        for onset in union[index:]:
            if onset >= start + window:
                break
            count += 1
            weight += draft.sizes.get(onset, 0) + (onset in melody)
        if count > most or weight > notes:
            return False
    return True


def _calmest(draft: _Draft, bar: int) -> BarRhythm:
    """The plainest bar that is still music: one note a group, or one for all."""
    for parts in (draft.metre.groups, ((0, draft.metre.bar),)):
        rhythm = tuple((start, length, NOTE) for start, length in parts)
        if all(allows_note(draft.level, length) for _, length in parts) and _is_playable(
            draft, rhythm, bar
        ):
            return rhythm
    return ((0, draft.metre.bar, NOTE),)


def _closing_bar(draft: _Draft, bar: int, length: int, dice: Dice, *, last: bool) -> BarRhythm:
    """A bar that arrives: some motion, then a long note, inside a chart maybe a rest."""
    options = _arrivals(draft, length)
    for _ in range(_TRIES):
        arrival = dice.pick(options)
        lead = [
            each for each in _fill(draft, 0, arrival, bar, dice, opening=True) if each[0] < arrival
        ]
        if any(kind == REST for _, _, kind in lead):
            continue
        if draft.swing and not last and _ends_short(draft, dice) and arrival + EIGHTH < length:
            tail = _short_tail(draft, arrival, length)
        else:
            tail = _long_tail(draft, arrival, length, dice, last=last)
        rhythm = (*lead, *tail)
        if _is_playable(draft, rhythm, bar):
            return rhythm
    return _long_tail(draft, 0, length, dice, last=last)


def _arrivals(draft: _Draft, length: int) -> list[int]:
    """Where the last note may begin: strong pulses that leave it at least a beat."""
    least = max(TICKS, draft.metre.beat)
    strong = [at for at in draft.metre.strong if length - at >= least]
    if draft.metre.bar == 3 * TICKS and length - TICKS >= TICKS:
        strong.append(TICKS)
    readable = [at for at in strong if _readable(draft, length - at)]
    return readable or strong or [0]


def _readable(draft: _Draft, length: int) -> bool:
    return allows_note(draft.level, length)


def _ends_short(draft: _Draft, dice: Dice) -> bool:
    return draft.level.number >= SHORT_ENDING_LEVEL and dice.chance(SHORT_ENDING)


def _short_tail(draft: _Draft, arrival: int, length: int) -> BarRhythm:
    rest = length - arrival - 2 * EIGHTH
    tail = [(arrival, EIGHTH, NOTE), (arrival + EIGHTH, EIGHTH, NOTE)]
    if rest and allows_rest(draft.level, rest):
        tail.append((arrival + 2 * EIGHTH, rest, REST))
    elif rest:
        tail[-1] = (arrival + EIGHTH, length - arrival - EIGHTH, NOTE)
    return tuple(tail)


def _long_tail(draft: _Draft, arrival: int, length: int, dice: Dice, *, last: bool) -> BarRhythm:
    whole = length - arrival
    rest = draft.metre.beat
    held = whole - rest
    if (
        not last
        and held >= max(TICKS, draft.metre.beat)
        and allows_rest(draft.level, rest)
        and allows_note(draft.level, held)
        and dice.chance(REST_AT_END)
    ):
        return ((arrival, held, NOTE), (arrival + held, rest, REST))
    if allows_note(draft.level, whole):
        return ((arrival, whole, NOTE),)
    for part in (held, whole // 2, draft.metre.beat):
        if allows_note(draft.level, part) and allows_rest(draft.level, whole - part):
            return ((arrival, part, NOTE), (arrival + part, whole - part, REST))
    return ((arrival, whole, NOTE),)


def _commit(draft: _Draft, rhythm: BarRhythm, bar: int) -> None:
    base = bar * draft.metre.bar
    new = [base + at for at, _, kind in rhythm if kind == NOTE]
    line = [*draft.onsets[-1:], *new]
    draft.syncopated += sum(is_syncopated(one, two, draft.metre) for one, two in pairwise(line))
    draft.onsets += new
    draft.sounding = bool(rhythm) and rhythm[-1][2] != REST


def _join(bars: Sequence[tuple[BarRhythm, Phrase, str]], metre: Metre) -> list[Beat]:
    """Ties joined, rests left out: the notes to find pitches for."""
    beats: list[Beat] = []
    for bar, (rhythm, phrase, label) in enumerate(bars):
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
