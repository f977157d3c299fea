"""Whether hands can play it: reach, crowding, crossing, shared keys, repeats and jumps."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from exercises.checks.survey import HANDS, NAMES, Moment, Survey, Tone
from exercises.keyboards import keyboard_range

if TYPE_CHECKING:
    from collections.abc import Iterator

    from exercises.levels import Level

Finding = tuple[int, str]
"""(bar, detail)."""

WIDEST_SPAN = 14
"""A ninth: what most hands reach (a tenth is beyond seven women in eight: Boyle & Boyle)."""
MOST_NOTES = 5
FASTEST_REPEATS = 8.0
"""Repetitions of one key by one hand a second; above, fingers must change (by ear)."""
FAR_JUMP = 15
"""Semitones: a tenth, the farthest that is found without looking ..."""
QUICK_S = 0.35
"""... in less than this time."""
STRIDE_JUMP = 19
"""The left hand's, from the level at which it strides."""
STRIDE_LEVEL = 8


def check_hands(survey: Survey, level: Level | None) -> Iterator[Finding]:
    """What no hand of the level could play; None takes what any practised hand can."""
    for hand, moments in survey.moments.items():
        yield from _check_range(survey, hand, level)
        yield from _check_grip(survey, hand, moments, level)
        yield from _check_moves(survey, hand, moments, level)
        yield from _check_repeats(survey, hand, moments)
    yield from _check_crossing(survey)
    if level is not None:
        # Printed music lets hands meet on a key: a practised player plays it with one of them.
        yield from _check_shared_keys(survey)


def _check_range(survey: Survey, hand: int, level: Level | None) -> Iterator[Finding]:
    low, high = keyboard_range(survey.chart.drill.keyboard)
    if level is not None:
        low, high = level.right_range if hand == 1 else level.left_range
    for tone in survey.tones:
        if tone.note.staff == hand and not low <= tone.note.pitch <= high:
            yield (
                survey.bar_at(tone.start),
                f"{NAMES[hand]}: {tone.note.id} ({tone.note.spelling}) is out of range",
            )


def _check_grip(
    survey: Survey, hand: int, moments: list[Moment], level: Level | None
) -> Iterator[Finding]:
    most, span = MOST_NOTES, WIDEST_SPAN
    if level is not None:
        most, span = (level.right_notes if hand == 1 else level.left_notes), level.span
    for moment in moments:
        if len(moment.held) > most:
            detail = f"{NAMES[hand]}: {len(moment.held)} notes at once, at most {most}"
            yield survey.bar_at(moment.start), detail
        reach = moment.held[-1] - moment.held[0]
        if reach > span:
            detail = f"{NAMES[hand]}: a reach of {reach} semitones, at most {span}"
            yield survey.bar_at(moment.start), detail


def _check_moves(
    survey: Survey, hand: int, moments: list[Moment], level: Level | None
) -> Iterator[Finding]:
    strides = hand == 2 and (level is None or level.number >= STRIDE_LEVEL)  # noqa: PLR2004 - the left
    farthest = STRIDE_JUMP if strides else FAR_JUMP
    for before, after in itertools.pairwise(moments):
        if survey.seconds_between(before.start, after.start) >= QUICK_S:
            continue
        jump = min(
            abs(after.struck[0] - before.struck[0]), abs(after.struck[-1] - before.struck[-1])
        )
        if jump > farthest:
            detail = f"{NAMES[hand]}: a jump of {jump} semitones in too little time"
            yield survey.bar_at(after.start), detail


def _check_repeats(survey: Survey, hand: int, moments: list[Moment]) -> Iterator[Finding]:
    struck: dict[int, int] = {}
    for moment in moments:
        for pitch in moment.struck:
            before = struck.get(pitch)
            struck[pitch] = moment.start
            # Rounded up by a thousandth: eight a second themselves may be played.
            if before is not None and (
                survey.seconds_between(before, moment.start) * FASTEST_REPEATS < 0.999  # noqa: PLR2004
            ):
                yield survey.bar_at(moment.start), f"{NAMES[hand]}: a key repeated too fast"


def _check_crossing(survey: Survey) -> Iterator[Finding]:
    """The right hand stays above the left: a semitone inside each other is still playable."""
    holding: dict[int, list[Tone]] = {hand: [] for hand in HANDS}
    tones = [t for t in survey.tones if t.end > t.start and t.note.staff in holding]
    for index, tone in enumerate(tones):
        holding[tone.note.staff].append(tone)
        following = tones[index + 1].start if index + 1 < len(tones) else None
        if following == tone.start:
            continue
        for hand in HANDS:
            holding[hand] = [t for t in holding[hand] if t.end > tone.start]
        if not all(holding.values()):
            continue
        low = min(t.note.pitch for t in holding[1])
        high = max(t.note.pitch for t in holding[2])
        if low <= high - 2:
            yield survey.bar_at(tone.start), "the hands cross"


def _check_shared_keys(survey: Survey) -> Iterator[Finding]:
    """A key that one hand holds down cannot be struck by the other, nor by both at once."""
    for one, two in shared_keys(survey):
        later, other = (one, two) if one.start >= two.start else (two, one)
        key = f"{later.note.id} ({later.note.spelling})"
        if one.start == two.start:
            yield survey.bar_at(later.start), f"{key} is struck by both hands"
        else:
            held = f"is struck while the {NAMES[other.note.staff]} holds its key"
            yield survey.bar_at(later.start), f"{NAMES[later.note.staff]}: {key} {held}"


def shared_keys(survey: Survey) -> Iterator[tuple[Tone, Tone]]:
    """Notes of the right and of the left hand that sound on the same key at the same time."""
    left: dict[int, list[Tone]] = {}
    for tone in survey.hands[2]:
        left.setdefault(tone.note.pitch, []).append(tone)
    for tone in survey.hands[1]:
        for other in left.get(tone.note.pitch, ()):
            if tone.start < other.end and other.start < tone.end:
                yield tone, other
