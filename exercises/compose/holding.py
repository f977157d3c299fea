"""Chords that are held: what strings and pads play under everybody else."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from exercises.compose.bassline import LOWER_STAFF, Tone
from exercises.compose.dice import Dice
from exercises.compose.lefthand import held_notes
from exercises.compose.voicing import essential_tones, nearest, stack_up
from exercises.compose.writing import write_chart
from exercises.harmony import read_token
from exercises.theory import OCTAVE

if TYPE_CHECKING:
    from exercises.chart import Chart
    from exercises.compose.voicing import Voicing
    from exercises.compose.writing import Plan
    from exercises.harmony import Harmony

_RANGE = (55, 79)
"""G3 to G5: above the bass, where a held chord carries and muddies nothing (by ear)."""
_TRIAD = 4
"""Semitones over an octave in which every chord still has a place."""
_FULLEST = 3
"""Notes of a hand: what moves least of a chord is heard as one sound."""


def hold_chart(plan: Plan, seed: int) -> Chart:
    """A chart of the chords and nothing else, held."""
    return write_chart(
        replace(plan, grooves={}), hold_chords(plan, Dice(seed, "held")), [], 0, seed
    )


def hold_chords(plan: Plan, dice: Dice) -> list[Tone]:
    """Each chord struck where it comes and held to the next, its voices moving least.

    The right hand has the chord, the left one its bass; a hand that is asked for alone has the
    chord.
    """
    row, hands = plan.level, plan.drill.hands
    both = hands == "both" and row.texture != "one hand"
    staff = LOWER_STAFF if hands == "left" else 1
    row_low, row_high = row.left_range if hands == "left" else row.right_range
    low, high = max(_RANGE[0], row_low), min(_RANGE[1], row_high)
    if high - low < OCTAVE:
        low, high = row_low, row_high
    # Where the first chord lies decides on all that follow.
    low += dice.pick(range(max(1, high - low - OCTAVE - _TRIAD)))
    most = min(_FULLEST, row.left_notes if hands == "left" else row.right_notes)
    tones: list[Tone] = held_notes(plan.slots, row) if both else []
    near: Voicing = ()
    for slot in plan.slots:
        harmony = slot.harmony
        if slot is plan.slots[-1]:
            # A last chord is heard plain, whatever colour the others have.
            harmony = read_token(harmony.token, plan.drill.key, "m" if harmony.is_minor else "")
        if most == 1:
            near = _one_voice(harmony, near, low, high)
        else:
            near = _near_chord(harmony, near, low, high, count=most, rooted=not both)
        tones += [Tone(slot.onset, slot.duration, pitch, staff) for pitch in near]
    return tones


def _near_chord(
    harmony: Harmony, near: Voicing, low: int, high: int, *, count: int, rooted: bool
) -> Voicing:
    """A close chord whose top moves least: that is what is heard of a held sound."""
    for size in range(count, 0, -1):
        options = stack_up(essential_tones(harmony, size, rooted=rooted), low, high)
        if options:
            return nearest(options, near, (low + high) / 2, tops=True)
    return _one_voice(harmony, near, low, high)


def _one_voice(harmony: Harmony, near: Voicing, low: int, high: int) -> Voicing:
    """The note of the chord's triad that is nearest to the last one; from the middle at first."""
    here = near[0] if near else (low + high) // 2
    triad = {harmony.root, harmony.fifth} | ({harmony.third} - {None})
    inside = [pitch for pitch in range(low, high + 1) if pitch % OCTAVE in triad]
    return (min(inside, key=lambda pitch: (abs(pitch - here), pitch)),)
