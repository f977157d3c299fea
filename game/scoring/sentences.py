"""Each score in one sentence: what it rests on in this take.

What may be said of the time at all stands here too: a lean is steady, a drift is no lean, and
where most of a take lies beside the click no mean of the rest speaks for it.
"""

from __future__ import annotations

from math import sqrt
from statistics import fmean, median
from typing import TYPE_CHECKING

from exercises.chairs import chair_of
from game.scoring.scores import COSTLY_EXTRAS, RECOGNISABLE, find_silent_hand

if TYPE_CHECKING:
    from fractions import Fraction

    from game.scoring.results import Scorecard, TouchReport

STEADY_MS = 30.0
"""A spread at which a lean is worth telling (professionals scatter about 20 ms)."""
LATENCY_MS = 70.0
"""A steady lean beyond any style: the instrument, not the player."""
ON_CLICK_MS = 3.0
"""A mean nearer than this is on the click."""
MANY_BESIDE, MOST_BESIDE = 0.1, 0.5
"""Of the onsets: so many far off the click are told, so many are most of the take."""
TOLD_DRIFT_MS = 40.0
"""From the first bar to the last: what drifts less has not left its place."""
SURE_DRIFT = 4.0
"""Standard errors from which a drift is told (once in 16,000 takes by chance)."""
GOOD, FAIR = 90.0, 60.0
FOLLOWED, IN_PART = 0.9, 0.6
"""Of the marks, and of an even touch: followed, and followed in part."""
ENOUGH_TOGETHER = 4
"""Places where both hands strike that tell how they balance."""
DROWNS_VELOCITY = 12.0
"""A left hand so much louder than the right is the first thing that is heard (by ear)."""
SHORT, LONG = 0.75, 1.15
"""A median length below or above is worth telling."""
EVEN_RATIOS = (0.9, 1.12)
"""Of long to short: nobody hears these as a swing."""
POCKETS = {
    "on": "on the beat", "on top": "on top of the beat", "behind": "behind the beat",
    "lazy": "lazily behind the beat",
}  # fmt: skip
"""Where somebody sits; who rushes or drags does just that."""


def explain_scores(scorecard: Scorecard) -> dict[str, str]:
    """Each score in one sentence: what it rests on in this take."""
    return {
        "notes": _explain_notes(scorecard),
        "time": _explain_time(scorecard),
        "lengths": _explain_lengths(scorecard),
        "flow": _explain_flow(scorecard),
        "dynamics": _explain_dynamics(scorecard),
        "feel": _explain_feel(scorecard),
    }


def is_good(score: float) -> bool:
    """Whether a score is good as it is shown, without decimals."""
    return round(score) >= GOOD


def count_faults(scorecard: Scorecard) -> dict[str, int]:
    """How many notes were wrong, missed, and too many."""
    verdicts = [note.verdict for note in scorecard.notes]
    return {
        "wrong": verdicts.count("substitution"),
        "missed": verdicts.count("omission"),
        "too many": sum(extra.reason in COSTLY_EXTRAS for extra in scorecard.extras),
    }


def _explain_notes(scorecard: Scorecard) -> str:
    right = sum(note.verdict == "match" for note in scorecard.notes)
    parts = [f"{right} of {len(scorecard.notes)} right"]
    parts += [f"{count} {word}" for word, count in count_faults(scorecard).items() if count]
    hand = name_silent_hand(scorecard)
    return f"{', '.join(parts)}{f': the {hand} hand was left out' if hand else ''}."


def name_silent_hand(scorecard: Scorecard) -> str:
    """The hand that was left out; empty where both were played."""
    staff = find_silent_hand(scorecard.notes)
    return {None: "", 1: "right"}.get(staff, "left")


def share_beside(scorecard: Scorecard) -> float:
    """The share of the onsets for which neither bias nor spread speaks."""
    time = scorecard.time
    return time.beside / time.onsets if time.onsets else 0.0


def is_steady(scorecard: Scorecard) -> bool:
    """Whether nearly all of a take scatters little about one place."""
    spread = scorecard.time.spread_ms
    return spread is not None and spread <= STEADY_MS and share_beside(scorecard) < MANY_BESIDE


def _explain_time(scorecard: Scorecard) -> str:
    time = scorecard.time
    if scorecard.scores.time is None or time.spread_ms is None:
        return "Not enough notes to say."
    spread = f"{'steady: ' * is_steady(scorecard)}spread {time.spread_ms:.0f} ms"
    if kept := name_tempo(scorecard):
        return f"{kept}; {spread}{_say_beside(scorecard)}."
    if time.bias_ms is None:
        return f"In your own tempo, {spread}{_say_beside(scorecard)}."
    if share_beside(scorecard) > MOST_BESIDE:
        return f"{_count_beside(scorecard)} far off the click{_say_paid(scorecard)}."
    if has_latency(scorecard):
        late = "late" if time.bias_ms > 0 else "early"
        return f"{spread.capitalize()}, {abs(time.bias_ms):.0f} ms {late}: calibrate."
    where = _say_place(time.bias_ms, find_drift_ms(scorecard))
    return f"{where}, {spread}{_say_beside(scorecard)}."


def _say_place(bias_ms: float, moved_ms: float) -> str:
    """Where the take lies against the click, or which way it moved."""
    if moved_ms:
        return say_drift(moved_ms)
    side = "behind" if bias_ms > 0 else "ahead of"
    return (
        "On the click" if abs(bias_ms) < ON_CLICK_MS else f"{abs(bias_ms):.0f} ms {side} the click"
    )


def say_drift(moved_ms: float) -> str:
    """How far a take moved, as in `find_drift_ms`."""
    side = "later" if moved_ms > 0 else "earlier"
    return f"{abs(moved_ms):.0f} ms {side} at the end than at the beginning"


def _say_beside(scorecard: Scorecard) -> str:
    """What else is to be said where some onsets are far off."""
    if share_beside(scorecard) < MANY_BESIDE:
        return ""
    return f"; {_count_beside(scorecard)} far off{_say_paid(scorecard)}"


def _count_beside(scorecard: Scorecard) -> str:
    return f"{scorecard.time.beside} of {scorecard.time.onsets} onsets"


def _say_paid(scorecard: Scorecard) -> str:
    """Why the score of the time may be good all the same: who stopped has paid for it."""
    paid = was_broken(scorecard) and is_good(scorecard.scores.time or 0.0)
    return ", paid for in the flow" * paid


def was_broken(scorecard: Scorecard) -> bool:
    """Whether a take did not go through from beginning to end."""
    flow = scorecard.flow
    return flow.stops + flow.restarts + flow.skipped_bars > 0


def find_drift_ms(scorecard: Scorecard) -> float:
    """How much later the last bar lay than the first, in ms, where that is no accident; else 0.

    The slope of a line through n onsets that scatter by s moves over its length by an error of
    s * sqrt(12 / n).
    """
    time = scorecard.time
    slope, spread, count = time.drift_ms_per_bar, time.spread_ms, time.onsets - time.beside
    if slope is None or spread is None or time.bias_ms is None or count <= 0:
        return 0.0
    heard = [index for index, bar in enumerate(scorecard.bars) if bar.right]
    moved = slope * (heard[-1] - heard[0] + 1) if heard else 0.0
    sure = abs(moved) > max(TOLD_DRIFT_MS, SURE_DRIFT * spread * sqrt(12.0 / count))
    return moved if sure else 0.0


def has_latency(scorecard: Scorecard) -> bool:
    """Whether the take leans so much and so evenly that the instrument is to blame.

    A player who drifts is not late by what an instrument lags: the whole of the take must be.
    """
    bias = scorecard.time.bias_ms
    if bias is None or not is_steady(scorecard) or not is_read(scorecard):
        return False
    return abs(bias) - abs(find_drift_ms(scorecard)) / 2.0 > LATENCY_MS


def name_tempo(scorecard: Scorecard) -> str:
    """The tempo that was played instead of the click's, where that was another one.

    Of keys that are not the chart's no tempo and no lean says anything.
    """
    time = scorecard.time
    here, there = time.tempo_quarter_bpm, time.click_quarter_bpm
    if time.bias_ms is not None or here is None or there is None or not is_read(scorecard):
        return ""
    return f"At {here:.0f}, where the click was at {there:.0f}"


def is_read(scorecard: Scorecard) -> bool:
    """Whether enough of the notes was right to say anything of their time."""
    return (scorecard.accuracy or 0.0) >= RECOGNISABLE


def _explain_lengths(scorecard: Scorecard) -> str:
    if chair_of(scorecard.chair).struck:
        return "A stroke has no length."
    middle = find_length(scorecard)
    if scorecard.scores.lengths is None or middle is None:
        return "Not enough releases to say."
    held = f"held {100 * middle:.0f} % of what is written"
    if is_good(scorecard.scores.lengths):
        return f"Let go on time, {held}."
    if middle < SHORT:
        return f"Let go too soon, {held}."
    return f"Held too long, {held}." if middle > LONG else f"Uneven, {held} on average."


def find_length(scorecard: Scorecard) -> float | None:
    """The median of played over written length."""
    ratios = [note.length_ratio for note in scorecard.notes if note.length_ratio is not None]
    return median(ratios) if ratios else None


def _explain_flow(scorecard: Scorecard) -> str:
    flow = scorecard.flow
    last, left_out = _last_bar(scorecard)
    broke_off = 0 < left_out <= flow.skipped_bars
    parts = [
        f"{count} {word}{'s' * (count > 1)}"
        for count, word in (
            (flow.stops, "stop"),
            (flow.restarts, "restart"),
            (flow.skipped_bars - left_out * broke_off, "skipped bar"),
        )
        if count
    ]
    parts += [f"broke off after bar {last}"] * broke_off
    if not parts:
        return "Kept going without a stop."
    back = None if broke_off else flow.recovered_within_ql
    again = "" if not back else f"; right again within {back:g} quarter{'s' * (back != 1)}"
    return f"{', '.join(parts).capitalize()}{again}."


def _last_bar(scorecard: Scorecard) -> tuple[int, int]:
    """The number of the last bar that was played in, and how many with notes come after it."""
    left_out = 0
    for bar in reversed(scorecard.bars):
        if bar.written and bar.verdict != "silent":
            return bar.number, left_out
        left_out += bar.written > 0
    return 0, 0


def _explain_dynamics(scorecard: Scorecard) -> str:
    score, touch = scorecard.scores.dynamics, scorecard.touch
    chair = chair_of(scorecard.chair)
    if not chair.touch:
        return f"{chair.name.capitalize()}: touch does not count."
    if score is None or touch is None:
        return "Nothing to compare, or a keyboard without touch."
    over = left_over_right(scorecard)
    if over > DROWNS_VELOCITY and not is_good(score):
        return f"The left hand drowns the right: {over:.0f} velocities louder."
    return _join(_say_marks(scorecard, touch), _say_touch(touch))


def _say_marks(scorecard: Scorecard, touch: TouchReport) -> str:
    """How the marks were followed."""
    signs = "accents and ghost notes" if chair_of(scorecard.chair).struck else "marks and accents"
    if touch.followed is None:
        return "no marks to follow"
    if touch.followed >= FOLLOWED:
        return f"{signs} followed"
    return f"{signs} followed in part" if touch.followed >= IN_PART else f"{signs} hardly heard"


def _say_touch(touch: TouchReport) -> str:
    """How even the touch is, and how the hands balance."""
    if touch.evenness is None:
        return ""
    if touch.evenness >= FOLLOWED:
        return "an even touch"
    return "a touch that is mostly even" if touch.evenness >= IN_PART else "an uneven touch"


def left_over_right(scorecard: Scorecard) -> float:
    """How many velocities the left hand lies above the right where both strike; 0 where few do.

    A left hand that has the loud bars to itself drowns nobody.
    """
    struck: dict[Fraction, tuple[list[int], list[int]]] = {}
    for note in scorecard.notes:
        if note.verdict == "match" and note.velocity is not None:
            struck.setdefault(note.onset_ql, ([], []))[note.staff != 1].append(note.velocity)
    over = [fmean(left) - fmean(right) for right, left in struck.values() if right and left]
    return fmean(over) if len(over) >= ENOUGH_TOGETHER else 0.0


def _explain_feel(scorecard: Scorecard) -> str:
    time, score = scorecard.time, scorecard.scores.feel
    if score is None:
        return "Not enough notes to say, or a style without one."
    pocket = POCKETS.get(time.pocket or "", time.pocket or "")
    if has_latency(scorecard):
        pocket = "calibrate before you trust the pocket"
    loose = "" if is_good(score) or time.spread_ms is None else f"spread {time.spread_ms:.0f} ms"
    return _join(_say_swing(scorecard), pocket, loose) or "By how tight it was."


def _say_swing(scorecard: Scorecard) -> str:
    """The ratio of the eighths, and how sure it is."""
    time = scorecard.time
    if time.swing_ratio is None:
        return ""
    if EVEN_RATIOS[0] <= time.swing_ratio <= EVEN_RATIOS[1]:
        return f"even eighths ({time.swing_ratio:.2f} : 1)"
    swing = f"swing {time.swing_ratio:.2f} : 1"
    if time.swing_error is None:
        return swing
    place = 100.0 * time.swing_ratio / (1.0 + time.swing_ratio)
    return f"{swing} (off-beat at {place:.0f} ± {max(1.0, time.swing_error):.0f} %)"


def _join(*parts: str) -> str:
    """A sentence of what there is to say; empty where there is nothing."""
    said = ", ".join(part for part in parts if part)
    return f"{said[:1].upper()}{said[1:]}." if said else ""
