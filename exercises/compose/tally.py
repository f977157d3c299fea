"""The rhythm so far, and whether what is added stays inside the level."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from exercises.compose.cells import (
    NOTE,
    REST,
    TIED,
    Rhythm,
    allows_note,
    usable_cells,
)
from exercises.compose.grid import EIGHTH, Metre, two_beats_s

if TYPE_CHECKING:
    from exercises.levels import Level
    from styles.schema import Style

SYNCOPATION_MARGIN = 0.85

THINNED = 2
"""Notes that a chord below keeps where the tune needs the room: what is more is thinned out."""

SPARSE_SHARE = 0.33
"""Of what the cells weigh: silent ones, in a style of short remarks."""

FAR_BARS = 3
"""Bars after which the tune is taken to go on where a groove comes in between."""
AHEAD = 3
"""Bars whose notes a motif may count on, so that a syncopated one can open a chart and return."""

BarRhythm = tuple[tuple[int, int, str], ...]
"""(position in the bar, duration, kind)."""


@dataclass(slots=True)
class Tally:
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
    sparse: bool = False
    """Whether the style is as silent as it plays: it stops where it lands."""
    pace: float = 0.0
    """Notes that the style's cells bring to a bar on average ..."""
    sung: frozenset[int] = frozenset()
    """... in these bars: syncopations may be spent ahead of the notes that pay for them."""
    onsets: list[int] = field(default_factory=list)
    syncopated: int = 0
    sounding: bool = False
    """Whether a note is held up to here, so that a tie has something to hold."""


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


def open_tally(
    style: Style,
    level: Level,
    metre: Metre,
    quarter_bpm: float,
    accompaniment: Iterable[int],
) -> Tally:
    """What a chart's rhythm is measured against, before its first note."""
    sizes: dict[int, int] = {}
    for onset in accompaniment:
        sizes[onset] = min(THINNED, sizes.get(onset, 0) + 1)
    cap = level.syncopated_share
    if style.melody.syncopated is not None:
        low, high = style.melody.syncopated
        cap = min(cap, low if level.number <= 5 else high)  # noqa: PLR2004 - see the schema
    cells = usable_cells(style, level.number, metre)
    silent = sum(cell.weight for cell in cells if cell.is_silent)
    return Tally(
        level=level,
        metre=metre,
        seconds=two_beats_s(metre, quarter_bpm),
        below=frozenset(sizes),
        sizes=sizes,
        cap=cap * SYNCOPATION_MARGIN,
        cells=cells,
        swing=style.feel.swing is not None,
        sparse=silent > SPARSE_SHARE * sum(cell.weight for cell in cells),
    )


def allows_tie(
    draft: Tally, events: list[tuple[int, int, str]], position: int, cell: Rhythm, bar: int
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


def is_playable(draft: Tally, rhythm: BarRhythm, bar: int) -> bool:
    """Whether syncopation and density stay inside the level with these events added."""
    base = bar * draft.metre.bar
    new = [base + at for at, _, kind in rhythm if kind == NOTE]
    if rhythm and rhythm[0][2] == TIED and rhythm[0][0] == 0 and not draft.sounding:
        return False
    if rhythm and rhythm[0][2] == TIED and rhythm[0][0] == 0 and draft.onsets:
        whole = base + rhythm[0][1] - draft.onsets[-1]
        if not allows_note(draft.level, whole):
            return False
    # The next bar is taken to begin with a note, if it is sung: what pushes over the line counts
    # there.
    next_bar = 1 if bar + 1 in draft.sung or not draft.sung else FAR_BARS
    line = [*draft.onsets[-1:], *new, base + next_bar * draft.metre.bar]
    fresh = sum(is_syncopated(one, two, draft.metre) for one, two in pairwise(line))
    later = sum(bar < each <= bar + AHEAD + 1 for each in draft.sung)
    ahead = draft.pace * max(0, min(AHEAD, later - 1))
    total = max(len(draft.onsets) + len(new) + ahead, 16)
    if fresh and draft.syncopated + fresh > draft.cap * total:
        return False
    return _is_sparse(draft, new)


def _is_sparse(draft: Tally, new: list[int]) -> bool:
    """Whether any two beats around the new onsets hold no more than the level's densities."""
    if not new:
        return True
    window = 2 * draft.metre.beat
    low, high = new[0] - window, new[-1] + window
    melody = {onset for onset in draft.onsets[-32:] if onset > low} | set(new)
    # The next bar is likely to begin with a note.
    melody.add((new[0] // draft.metre.bar + 1) * draft.metre.bar)
    union = sorted(melody | {onset for onset in draft.below if low < onset < high})
    most = max(draft.level.onsets_per_s * draft.seconds, 1.0)
    notes = max(draft.level.notes_per_s * draft.seconds, 1.0)
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


def commit(draft: Tally, rhythm: BarRhythm, bar: int) -> None:
    """Take a bar over into the tally."""
    base = bar * draft.metre.bar
    new = [base + at for at, _, kind in rhythm if kind == NOTE]
    line = [*draft.onsets[-1:], *new]
    draft.syncopated += sum(is_syncopated(one, two, draft.metre) for one, two in pairwise(line))
    draft.onsets += new
    draft.sounding = bool(rhythm) and rhythm[-1][2] != REST
