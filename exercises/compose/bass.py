"""A bass chart: the style's left-hand patterns as one line, each chord led into the next."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

import msgspec

from exercises.checks.level import bass_leap
from exercises.compose.bass_fills import vary_bass
from exercises.compose.grid import TICKS, to_ticks
from exercises.compose.lefthand import play_patterns
from exercises.compose.pattern import choose_patterns
from exercises.compose.tally import is_syncopated
from exercises.theory import OCTAVE, read_key
from styles.tokens import PatternEvent, read_length, read_pattern

if TYPE_CHECKING:
    from collections.abc import Sequence

    from exercises.compose.bassline import Tone
    from exercises.compose.dice import Dice
    from exercises.compose.grid import Metre
    from exercises.compose.progression import Slot
    from exercises.compose.writing import Plan
    from exercises.levels import Level
    from styles.schema import Pattern

APPROACH_LEVEL = 4
"""From here the last note before a change may lead into it by step."""
APPROACH_SHARE = 0.5
CHROMATIC_LEVEL = 6
"""From here it may come from a semitone outside the key."""
_CHROMATIC_SHARE = 0.4
_LINE_ROLES = {
    **{role: role for role in ("R", "R+", "3", "b3", "4", "5", "6", "8", "b7", "A", "10")},
    "O": "R", "R5": "R", "R6": "R", "R10": "R", "g": "R",
}  # fmt: skip
"""What a bass plays of a pattern's events; chords are left to others."""
_LONGEST_RING = 2
"""Quarter notes for which a bass note rings on where the pattern strikes a chord after it."""
_STEP = 2


def play_bass(plan: Plan, dice: Dice) -> list[Tone]:
    """The bass line of a whole chart: the style's idiom, one note at a time.

    It is the pattern's lowest voice: walking quarters stay a walk, root and fifth under struck
    chords become a two-beat bass, octave pumps and riffs stay what they are. Each chart has answers
    and fills of its own in it.
    """
    row = msgspec.structs.replace(plan.level, left_notes=1, texture=_texture(plan))
    lines = tuple(line for each in plan.style.patterns for line in _as_line(each))
    most = plan.level.syncopated_share
    calm = tuple(line for line in lines if _syncopation(line, plan.metre) <= most)
    patterns = choose_patterns(
        calm or lines or plan.style.patterns,
        plan.phrases,
        row,
        metre=plan.metre,
        quarter_bpm=plan.drill.quarter_bpm,
        dice=dice,
    )
    tones = play_patterns(
        plan.slots,
        plan.phrases,
        patterns,
        level=row,
        metre=plan.metre,
        key=plan.drill.key,
        shapes=frozenset(),
        dice=dice,
    )
    line = _fold(sorted(tones, key=lambda tone: tone.onset), plan.level)
    line = vary_bass(line, plan, dice)
    return line if plan.level.number < APPROACH_LEVEL else _lead_changes(line, plan, dice)


def _fold(tones: Sequence[Tone], row: Level) -> list[Tone]:
    """The line in such octaves that the hand moves no farther than the level lets it."""
    low, high = row.left_range
    farthest = bass_leap(row)
    folded: list[Tone] = []
    for tone in tones:
        pitch = tone.pitch
        if folded and abs(pitch - folded[-1].pitch) > farthest:
            here = folded[-1].pitch
            octaves = [p for p in range(low, high + 1) if (p - pitch) % OCTAVE == 0]
            pitch = min(octaves, key=lambda each: (abs(each - here), each), default=pitch)
        folded.append(replace(tone, pitch=pitch))
    return folded


def _texture(plan: Plan) -> str:
    """Up to level 3 on the beat, whatever else the level's hands do."""
    return "together" if plan.level.number < APPROACH_LEVEL else "independent"


def _as_line(pattern: Pattern) -> tuple[Pattern, ...]:
    """The bass notes of a pattern as a pattern of their own; none where there is no bass in it."""
    events = read_pattern(pattern.events)
    kept = [each for each in events if each.role in _LINE_ROLES]
    if not kept or kept[0].offset_ql or all(each.role in {"g", "A"} for each in kept):
        return ()
    dense = len(kept) == len([each for each in events if each.role])
    end = read_length(pattern.length)
    words = []
    for one, two in pairwise([*kept, PatternEvent(end, end, "")]):
        room = min(two.offset_ql - one.offset_ql, max(one.duration_ql, _LONGEST_RING))
        length = one.duration_ql if dense else room
        words.append(f"{one.offset_ql}:{length}:{_LINE_ROLES[one.role]}")
    line = msgspec.structs.replace(pattern, events=" ".join(words), right="")
    return (line,)


def _syncopation(line: Pattern, metre: Metre) -> float:
    """The share of a line's notes that a level counts as syncopated, played over and over."""
    onsets = [to_ticks(event.offset_ql) for event in read_pattern(line.events)]
    following = [*onsets[1:], onsets[0] + to_ticks(read_length(line.length))]
    pushed = sum(is_syncopated(at, then, metre) for at, then in zip(onsets, following, strict=True))
    return pushed / len(onsets)


def _lead_changes(tones: Sequence[Tone], plan: Plan, dice: Dice) -> list[Tone]:
    """Before some changes of root the last note becomes a step into the next one."""
    beat = plan.metre.beat
    ordered = sorted(tones, key=lambda tone: tone.onset)
    changes = _changes(plan.slots)
    led: list[Tone] = []
    for index, (here, following) in enumerate(pairwise(ordered)):
        last_bar = following.onset >= plan.slots[-1].onset
        wanted = following.onset in changes and dice.chance(1.0 if last_bar else APPROACH_SHARE)
        if not wanted or here.end != following.onset or index == 0:
            led.append(here)
            continue
        before = led[-1].pitch if led else None
        step = _step_into(here, following, before, plan, dice)
        if step is None or (here.onset in changes and here.duration <= beat):
            led.append(here)
        elif here.duration <= max(beat, TICKS):
            led.append(replace(here, pitch=step))
        elif here.duration >= 2 * beat and plan.level.allows_duration(_ql(here.duration - beat)):
            led.append(replace(here, duration=here.duration - beat))
            led.append(replace(here, onset=following.onset - beat, duration=beat, pitch=step))
        else:
            led.append(here)
    return [*led, ordered[-1]] if ordered else []


def _ql(ticks: int) -> Fraction:
    return Fraction(ticks, TICKS)


def _changes(slots: Sequence[Slot]) -> set[int]:
    """Where a chord begins whose bass is another than that before."""
    return {two.onset for one, two in pairwise(slots) if one.harmony.bass != two.harmony.bass}


def _step_into(
    here: Tone, following: Tone, before: int | None, plan: Plan, dice: Dice
) -> int | None:
    """A scale step (later also a semitone) beside the next note, from the side the line is on."""
    low, high = plan.level.left_range
    scale = read_key(plan.drill.key).scale
    below = here.pitch <= following.pitch
    sides = (-1, 1) if below else (1, -1)
    chromatic = plan.level.number >= CHROMATIC_LEVEL and dice.chance(_CHROMATIC_SHARE)
    for side in sides:
        steps = [following.pitch + side * size for size in range(1, _STEP + 1)]
        inside = [each for each in steps if each % OCTAVE in scale]
        for pitch in steps if chromatic else inside:
            near = before is None or 0 < abs(pitch - before) <= bass_leap(plan.level)
            if low <= pitch <= high and near:
                return pitch
    return None
