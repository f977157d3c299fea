"""What a bassist adds to the pattern: answers inside four bars, and fills into the next four.

A pattern played over the same chords would be the same line in every chart. Each chart has answers
of its own in the second and third bar of every four (the fifth below instead of above, an octave,
a third on the way), kept to throughout, so that the figure is known again; the fourth bar leads
on with a fill that is drawn anew each time. Roots where chords change stay where they are, and a
bar that walks already is left alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, takewhile
from typing import TYPE_CHECKING

from exercises.checks.level import bass_leap
from exercises.compose.bassline import LOWER_STAFF, Tone
from exercises.compose.grid import EIGHTH, TICKS, to_ql
from exercises.theory import OCTAVE, read_key

if TYPE_CHECKING:
    from exercises.compose.dice import Dice
    from exercises.compose.writing import Plan
    from exercises.harmony import Harmony

GROUP = 4
"""Bars from fill to fill."""
EIGHTHS_LEVEL = 5
"""From here a fill may have two eighths on its last beat."""
WALKING = 4
"""Different notes in a bar that is a walk."""
_ANSWERS = {
    "": 1.0, "low fifth": 1.0, "fifth": 1.0, "octave": 1.0, "third": 1.0, "root": 0.6,
    "again": 1.0, "then fifth": 1.0,
}  # fmt: skip
_FILLS = {"": 0.3, "run": 1.5, "step": 1.0, "pickup": 1.0, "breath": 0.6, "answer": 0.8}
_TRIES = 3
"""Answers drawn for a bar: the first that has a place in it is played."""
_SIXTH = 9


@dataclass(frozen=True, slots=True)
class _Bar:
    """One bar of the line and what it stands between."""

    start: int
    end: int
    tones: tuple[Tone, ...]
    fixed: frozenset[int]
    """Where chords begin: their roots are not touched."""
    harmony: Harmony
    """Of the bar's end."""
    before: Tone | None
    after: Tone | None


def vary_bass(tones: Sequence[Tone], plan: Plan, dice: Dice) -> list[Tone]:
    """The line with the answers and fills of this chart; its last bar, the ending, stays."""
    if plan.metre.name.endswith("/8") and not plan.metre.compound:
        return list(tones)
    names, weights = list(_ANSWERS), list(_ANSWERS.values())
    drawn = [[dice.choose(names, weights) for _ in range(_TRIES)] for _ in range(1, GROUP)]
    answers = [[], *(list(takewhile(bool, each)) for each in drawn)]
    varied: list[Tone] = []
    for index in range(plan.slots[-1].bar):
        bar = _bar_at(index, tones, varied, plan)
        if bar is None:
            continue
        kinds = answers[index % GROUP]
        if index % GROUP == GROUP - 1:
            fill = dice.choose(list(_FILLS), list(_FILLS.values()))
            kinds = [fill, *kinds, "step"] if fill else []
        kinds = [kind for kind in kinds if kind != "answer"]
        ways = (_fill(bar, k, plan, dice) if k in _FILLS else _answer(bar, k, plan) for k in kinds)
        playable = (new for new in ways if new is not None and _is_playable(bar, new, plan))
        varied += next(playable, bar.tones)
    end = plan.slots[-1].bar * plan.metre.bar
    return [*varied, *(tone for tone in tones if tone.onset >= end)]


def _bar_at(index: int, tones: Sequence[Tone], done: Sequence[Tone], plan: Plan) -> _Bar | None:
    start = index * plan.metre.bar
    end = start + plan.metre.bar
    inside = tuple(tone for tone in tones if start <= tone.onset < end)
    slots = [slot for slot in plan.slots if slot.onset < end]
    if not inside:
        return None
    return _Bar(
        start,
        end,
        inside,
        frozenset(slot.onset for slot in slots),
        slots[-1].harmony,
        done[-1] if done else None,
        next((tone for tone in tones if tone.onset >= end), None),
    )


def _answer(bar: _Bar, kind: str, plan: Plan) -> list[Tone] | None:
    """The bar's free notes on other notes of its chord; None where the answer has no place."""
    last_change = max((at for at in bar.fixed if at >= bar.start), default=bar.start)
    free = [
        index
        for index, tone in enumerate(bar.tones)
        if tone.onset > last_change and tone.end <= bar.end
    ]
    if kind in {"again", "then fifth"}:
        return _strike_again(bar, kind, plan) if not free else None
    if not free or not kind:
        return None
    if len({tone.pitch % OCTAVE for tone in bar.tones}) >= WALKING:
        return _turn_round(bar, free) if kind in {"octave", "third"} else None
    harmony, new = bar.harmony, list(bar.tones)
    root = next((t.pitch for t in bar.tones if t.pitch % OCTAVE == harmony.bass), None)
    if root is None:
        return None
    fifth = (harmony.fifth - root) % OCTAVE
    for index in free[::-1]:
        above = bar.tones[index].pitch - root
        other = _other_note(kind, root, above, fifth, index == free[-1], _third(harmony, plan))
        if other is not None:
            new[index] = replace(bar.tones[index], pitch=other)
            if kind != "low fifth":
                break
    return new


def _turn_round(bar: _Bar, free: Sequence[int]) -> list[Tone] | None:
    """A broken chord with its sixth played down instead of up; a walk proper stays as it is."""
    chord = {*bar.harmony.pitch_classes, (bar.harmony.root + _SIXTH) % OCTAVE}
    new = list(bar.tones)
    if not all(tone.pitch % OCTAVE in chord for tone in new):
        return None
    for index, other in zip(free, reversed(free), strict=True):
        new[index] = replace(new[index], pitch=bar.tones[other].pitch)
    return new


def _strike_again(bar: _Bar, kind: str, plan: Plan) -> list[Tone] | None:
    """A root that stood alone struck again in the middle of its bar, or its fifth there.

    Where the chord changes in the middle, the second root is struck again on the way out.
    """
    metre, last = plan.metre, bar.tones[-1]
    middle = bar.start + (metre.groups[1][0] if len(metre.groups) > 1 else metre.bar // 2)
    if middle in bar.fixed:
        middle = bar.end - (EIGHTH if metre.compound else TICKS)
    if last.onset >= middle or last.end > bar.end or any(at >= middle for at in bar.fixed):
        return None
    head = _cut(bar, middle, plan)
    length = bar.end - middle
    if head is None or not plan.level.allows_duration(to_ql(length)):
        return None
    above = (bar.harmony.fifth - last.pitch) % OCTAVE if kind == "then fifth" else 0
    return [*head, Tone(middle, length, last.pitch + above, LOWER_STAFF)]


def _third(harmony: Harmony, plan: Plan) -> int | None:
    """The chord's third, where the level reads it: below colours only in the key."""
    third = harmony.third
    known = plan.level.chromatic_share > 0 or third in read_key(plan.drill.key).scale
    return third if known else None


def _other_note(
    kind: str, root: int, above: int, fifth: int, last: bool, third: int | None
) -> int | None:
    """The note that an answer puts for one so far above the root; None where it leaves it."""
    if kind == "low fifth" and above == fifth:
        return root + above - OCTAVE
    if kind == "fifth" and above % OCTAVE == 0:
        return root + fifth
    if kind == "octave" and last and above % OCTAVE in {0, fifth}:
        return root if above == OCTAVE else root + OCTAVE
    if kind == "third" and last and third is not None:
        return root + (third - root) % OCTAVE
    if kind == "root" and above % OCTAVE == fifth:
        return root
    return None


def _fill(bar: _Bar, kind: str, plan: Plan, dice: Dice) -> list[Tone] | None:
    """The end of the bar made to lead on; None where there is no room for it."""
    beat = plan.metre.beat if plan.metre.compound else TICKS
    last = bar.end - beat
    target = bar.after
    if target is None or target.onset != bar.end or any(t.end > bar.end for t in bar.tones):
        return None
    if kind == "breath":
        free = last not in bar.fixed and last > bar.start and plan.level.rests
        return _cut(bar, last, plan) if free and to_ql(beat) in plan.level.rests else None
    starts = [last]
    if kind == "run":
        starts = [last - beat, last]
    elif kind == "pickup":
        quick = plan.drill.quarter_bpm / 60 * 2 > plan.level.onsets_per_s
        if plan.level.number < EIGHTHS_LEVEL or plan.metre.compound or quick:
            return None
        starts = [last, last + EIGHTH]
    starts = [at for at in starts if at > bar.start and at not in bar.fixed]
    if not starts or any(starts[0] < at < bar.end for at in bar.fixed):
        return None
    head = _cut(bar, starts[0], plan)
    if not head:
        return None
    pitches = _steps(head[-1].pitch, target.pitch, len(starts), plan, dice)
    ends = [*starts[1:], bar.end]
    return [
        *head,
        *(
            Tone(at, end - at, pitch, LOWER_STAFF)
            for at, end, pitch in zip(starts, ends, pitches, strict=True)
        ),
    ]


def _cut(bar: _Bar, at: int, plan: Plan) -> list[Tone] | None:
    """The bar up to a place; None where a note would be cut to what the level does not read."""
    head = [replace(t, duration=min(t.duration, at - t.onset)) for t in bar.tones if t.onset < at]
    fits = all(
        new.duration == old.duration or plan.level.allows_duration(to_ql(new.duration))
        for new, old in zip(head, bar.tones, strict=False)
    )
    return head if fits else None


def _steps(here: int, target: int, count: int, plan: Plan, dice: Dice) -> list[int]:
    """Scale steps that lead into the next bar's first note, by chance from below or above."""
    scale = read_key(plan.drill.key).scale
    rising = here < target if abs(here - target) > OCTAVE // 2 else dice.chance(0.5)
    way = -1 if rising else 1
    found: list[int] = []
    pitch = target
    while len(found) < count:
        pitch += way
        if pitch % OCTAVE in scale:
            found.append(pitch)
    return found[::-1]


def _is_playable(bar: _Bar, new: Sequence[Tone], plan: Plan) -> bool:
    """Whether the bar keeps to the level's range and leaps, and no fill repeats the note before."""
    low, high = plan.level.left_range
    line = [tone for tone in (bar.before, *new, bar.after) if tone is not None]
    leaps = all(abs(b.pitch - a.pitch) <= bass_leap(plan.level) for a, b in pairwise(line))
    return bool(new) and leaps and all(low <= tone.pitch <= high for tone in new)
