"""Tasks: a chart is composed as ever, and asked for in another way.

    set_task(task, chart)       the chart that is to be played
    open_task(task, chart, ...) a take of it
    grade_task(mode, ...)       what it was worth, by the task's own rules

rhythm     any key, in the rhythm that is written (game.scoring.tapping)
transpose  the page is in one key, the take in another
wait       the music waits for the right keys (game.scoring.waiting)
ahead      notes vanish at the playhead or before it; the take is an ordinary one
hands      one hand alone, then the other, then both
"""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import msgspec

from exercises.keyboards import keyboard_range
from exercises.revisions.keys import change_key, key_at
from exercises.theory import OCTAVE, key_fifths
from game.scoring.grade import grade_take
from game.scoring.inner_time import add_inner_time
from game.scoring.tapping import TapMarker, grade_taps, write_taps
from game.scoring.waiting import grade_waiting
from game.sessions.plan import plan_take
from game.sessions.session import TakeSession
from game.sessions.waiting import WaitingSession

if TYPE_CHECKING:
    from collections.abc import Sequence

    from exercises.chart import Chart
    from exercises.timeline import Timeline
    from game.click_style import ClickStyle
    from game.events import NoteEvent
    from game.scoring.results import Scorecard
    from game.take import Task
    from styles.schema import Style

STEPS = ((3, (2, -2)), (6, (2, -2, 3, -3)), (10, (2, -2, 3, -3, 1, -1, 5, -5)))
"""Up to a level, by how many semitones: a tone and a minor third are what players of transposing
instruments and singers ask for most."""
STAVES = {"right": 1, "left": 2}
FIFTH = 7


def set_task(task: Task, chart: Chart) -> Chart:
    """The chart that is to be played; note ids are those of the chart that is shown."""
    if task.name == "rhythm":
        return write_taps(chart)
    if task.name == "transpose":
        semitones = choose_step(chart)
        return change_key(chart, move_key(chart.drill.key, semitones), semitones)
    if task.hand:
        return take_hand(chart, task.hand)
    return chart


def take_hand(chart: Chart, hand: str) -> Chart:
    """One hand of a chart; the whole chart where that hand has nothing."""
    notes = tuple(note for note in chart.notes if note.staff == STAVES[hand])
    if not notes:
        return chart
    drill = msgspec.structs.replace(chart.drill, hands=hand, code="")
    return msgspec.structs.replace(chart, drill=drill, notes=notes, grooves=())


def choose_step(chart: Chart) -> int:
    """By how many semitones a chart is moved: by its seed, and so that its keyboard has the keys.

    Where no step stays on the keys, the one that leaves them least.
    """
    low, high = keyboard_range(chart.drill.keyboard)
    steps = next(steps for up_to, steps in STEPS if chart.drill.level <= up_to)
    order = Random(chart.drill.seed).sample(steps, len(steps))  # noqa: S311 - dice
    pitches = [note.pitch for note in chart.notes] or [low]

    def outside(step: int) -> int:
        return max(0, low - min(pitches) - step) + max(0, max(pitches) + step - high)

    return min(order, key=outside)


def move_key(key: str, semitones: int) -> str:
    """The key of the same mode so far away, in the spelling with the fewest accidentals."""
    by = semitones * FIFTH % OCTAVE
    here = key_fifths(key)
    there = min((here + by, here + by - OCTAVE), key=lambda fifths: (abs(fifths), fifths))
    return key_at(there, minor=key.endswith("m"))


def open_task(
    task: Task, chart: Chart, *, style: Style | None, preview_s: float, click: ClickStyle
) -> TakeSession:
    """A take of a chart that is shown, under a task."""
    asked = set_task(task, chart)
    level = asked.drill.level
    if task.name == "wait":
        return WaitingSession(asked, level=level, preview_s=preview_s)
    plan = plan_take(asked, quarter_bpm=asked.drill.quarter_bpm, click=click)
    session = TakeSession(asked, plan=plan, style=style, level=level, preview_s=preview_s)
    if task.name != "rhythm":
        return session
    marker = TapMarker(asked, timeline=session.timeline, style=style, level=level)
    return TakeSession(
        asked, plan=plan, style=style, level=level, preview_s=preview_s, marker=marker
    )


def grade_task(
    mode: str,
    chart: Chart,
    events: Sequence[NoteEvent],
    *,
    timeline: Timeline,
    style: Style | None,
    level: int,
    silent_s: Sequence[tuple[float, float]] = (),
) -> Scorecard:
    """Grade a take of a mode, kept or just played; modes without rules of their own as any take.

    Args:
        mode: of the take.
        chart: that was asked for (of `set_task`), as it is kept with the take.
        events: what was played.
        timeline: of the click.
        style: swing and pocket; None is straight and on the click.
        level: 1 to 10.
        silent_s: stretches in which the click dropped out.
    """
    if mode == "wait":
        return grade_waiting(chart, events)
    grade = grade_taps if mode == "rhythm" else grade_take
    scorecard = grade(chart, events, timeline=timeline, style=style, level=level)
    return add_inner_time(scorecard, timeline=timeline, silent_s=silent_s)
