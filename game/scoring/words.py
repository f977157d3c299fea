"""The grade in words, as a friendly examiner would say it."""

from __future__ import annotations

from statistics import fmean, median
from typing import TYPE_CHECKING

from exercises.chairs import chair_of
from game.scoring.scores import RECOGNISABLE, WEIGHTS, find_silent_hand

if TYPE_CHECKING:
    from fractions import Fraction

    from game.scoring.results import Diagnosis, Scorecard

STEADY_MS = 30.0
"""A spread at which a lean is worth telling (professionals scatter about 20 ms)."""
LEAN_MS = 25.0
LAZY_MS = 45.0
"""The laziest pocket that has a name (`timing.POCKETS`); beyond it the instrument may be late."""
LATENCY_MS = 70.0
"""A steady lean beyond any style: the instrument, not the player."""
SURE_LEAN = 2.0
"""Spreads by which an unsteady player's mean is off the click where the instrument may be late: who
reads slowly is late here and there, not everywhere."""
ON_CLICK_MS = 3.0
"""A mean nearer than this is on the click."""
GOOD, FAIR = 90.0, 60.0
BANDS = (90.0, 80.0, 65.0)
"""Where a score is fluent, secure, in outline; below it is not there. The boards' marks of 21
(distinction 19, merit 17, pass 14) as percent."""
RUBRIC = {
    "flow": (
        "fluent throughout", "continuity mostly kept", "continuity generally maintained",
        "continuity lost",
    ),
    "time": (
        "rhythmically accurate", "pulse usually steady", "note values mostly realised",
        "note values not yet realised",
    ),
    "notes": (
        "notes accurate", "notes largely correct", "outlines in place", "outlines not yet in place",
    ),
    "detail": ("detail realised", "some detail", "little detail", "no detail yet"),
}  # fmt: skip
"""What an examiner writes, by the bands above."""
PRAISE = (
    "A first take worth keeping.", "A solid reading.", "The outlines are in place.",
    "Parts of it came through.",
)  # fmt: skip
"""Of a total, by the same bands."""
ENOUGH_TOGETHER = 4
"""Places where both hands strike that tell how they balance."""
DROWNS_VELOCITY = 12.0
"""A left hand so much louder than the right is the first thing that is heard (by ear)."""
SHORT, LONG = 0.75, 1.15
"""A median length below or above is worth telling."""
POCKETS = {
    "on": "on the beat", "on top": "on top of the beat", "behind": "behind the beat",
    "lazy": "lazily behind the beat",
}  # fmt: skip
"""Where somebody sits; who rushes or drags does just that."""
SHOWN_BARS = 6


def describe_grade(scorecard: Scorecard) -> str:
    """Say what the grade means: what went well, and the one thing to mend."""
    if not any(note.played is not None for note in scorecard.notes):
        heard = len(scorecard.extras)
        if heard:
            return (
                "Keys were heard, but none of them was this chart: check the place and the octave."
            )
        return "Nothing was heard: check that the keyboard is connected, then try again."
    advice = _advise(scorecard)
    return f"{_praise(scorecard)} {advice}" if advice else _praise(scorecard)


def _advise(scorecard: Scorecard) -> str:
    """The one thing to mend, or to know."""
    if hand := _name_silent_hand(scorecard):
        return f"The {hand} hand was left out: play both, if only the first of each bar."
    weak = _weakest(scorecard)
    lean = _name_tempo(scorecard) or _name_lean(scorecard)
    if lean and (weak in {None, "time", "feel"} or has_latency(scorecard)):
        return lean
    if weak == "dynamics" and _left_over_right(scorecard) > DROWNS_VELOCITY:
        return "Let the right hand sing: the left drowns it."
    if weak in {None, "flow"} or not scorecard.diagnoses:
        return _ADVICE[weak] if weak else ""
    first = scorecard.diagnoses[0]
    times = "" if first.count == 1 else f", {first.count} times"
    return f"Mend first: {first.kind}{times}."


_ADVICE = {
    "flow": "Keep going when something slips: the beat comes first, the note can wait.",
    "time": "Next time lean on the click: hear every beat before you play it.",
    "notes": "Look over key, leaps, accidentals and chords before you start.",
    "lengths": "Hold the notes for their written length, and let go on time.",
    "dynamics": "Make the dynamics plainer: louder loud, softer soft.",
    "feel": "Listen for the style's own feel: where the off-beat sits, and where the pocket is.",
}


def write_rubric(scorecard: Scorecard) -> str:
    """The line that an examiner would write under the take."""
    scores = scorecard.scores
    detail = [score for score in (scores.lengths, scores.dynamics) if score is not None]
    parts = {
        "flow": scores.flow,
        "time": scores.time,
        "notes": scores.notes,
        "detail": sum(detail) / len(detail) if detail else None,
    }
    phrases = [
        RUBRIC[name][sum(score < band for band in BANDS)]
        for name, score in parts.items()
        if score is not None
    ]
    if scores.time is not None and _kept_tempo(scorecard):
        # What is long and what is short may be right at any tempo.
        phrases[list(parts).index("time") - (scores.flow is None)] = "the tempo not kept"
    return f"{'; '.join(phrases)}.".capitalize() if phrases else ""


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


def _explain_notes(scorecard: Scorecard) -> str:
    verdicts = [note.verdict for note in scorecard.notes]
    parts = [f"{verdicts.count('match')} of {len(verdicts)} right"]
    costly = sum(extra.reason in {"stray", "repeat"} for extra in scorecard.extras)
    for count, word in (
        (verdicts.count("substitution"), "wrong"),
        (verdicts.count("omission"), "missed"),
        (costly, "too many"),
    ):
        parts += [f"{count} {word}"] if count else []
    hand = _name_silent_hand(scorecard)
    return f"{', '.join(parts)}{f': the {hand} hand was left out' if hand else ''}."


def _name_silent_hand(scorecard: Scorecard) -> str:
    staff = find_silent_hand(scorecard.notes)
    return {None: "", 1: "right"}.get(staff, "left")


def _explain_time(scorecard: Scorecard) -> str:
    time = scorecard.time
    if scorecard.scores.time is None or time.spread_ms is None:
        return "Not enough notes to say."
    steady = "steady: " if time.spread_ms <= STEADY_MS else ""
    spread = f"{steady}spread {time.spread_ms:.0f} ms"
    if kept := _kept_tempo(scorecard):
        return f"{kept}; {spread}."
    if time.bias_ms is None:
        return f"In your own tempo, {spread}."
    if has_latency(scorecard):
        side = "late" if time.bias_ms > 0 else "early"
        return f"{spread.capitalize()}, {abs(time.bias_ms):.0f} ms {side}: calibrate."
    side = "behind" if time.bias_ms > 0 else "ahead of"
    near = abs(time.bias_ms) < ON_CLICK_MS
    where = "On the click" if near else f"{abs(time.bias_ms):.0f} ms {side} the click"
    return f"{where}, {spread}."


def _explain_lengths(scorecard: Scorecard) -> str:
    if chair_of(scorecard.chair).struck:
        return "A stroke has no length."
    ratios = [note.length_ratio for note in scorecard.notes if note.length_ratio is not None]
    if scorecard.scores.lengths is None or not ratios:
        return "Not enough releases to say."
    middle = median(ratios)
    held = f"held {100 * middle:.0f} % of what is written"
    if scorecard.scores.lengths >= GOOD:
        return f"Let go on time, {held}."
    if middle < SHORT:
        return f"Let go too soon, {held}."
    return f"Held too long, {held}." if middle > LONG else f"Uneven, {held} on average."


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
    score = scorecard.scores.dynamics
    chair = chair_of(scorecard.chair)
    if not chair.touch:
        return f"{chair.name.capitalize()}: touch does not count."
    if score is None:
        return "Nothing to compare, or a keyboard without touch."
    over = _left_over_right(scorecard)
    if over > DROWNS_VELOCITY and score < GOOD:
        return f"The left hand drowns the right: {over:.0f} velocities louder."
    if score >= GOOD:
        return "Marks and accents followed, an even touch."
    return "Some marks followed." if score >= FAIR else "The marks can hardly be heard."


def _left_over_right(scorecard: Scorecard) -> float:
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
    swing = "" if time.swing_ratio is None else f"swing {time.swing_ratio:.2f} : 1"
    if time.swing_ratio is not None and time.swing_error is not None:
        place = 100.0 * time.swing_ratio / (1.0 + time.swing_ratio)
        swing += f" (off-beat at {place:.0f} ± {max(1.0, time.swing_error):.0f} %)"
    pocket = POCKETS.get(time.pocket or "", time.pocket or "")
    loose = "" if score >= GOOD or time.spread_ms is None else f"spread {time.spread_ms:.0f} ms"
    heard = ", ".join(part for part in (swing, pocket, loose) if part)
    return f"{heard[:1].upper()}{heard[1:]}." if heard else "By how tight it was."


def say_diagnosis(diagnosis: Diagnosis) -> str:
    """A diagnosis in one line: what, where, how often."""
    shown = [str(bar) for bar in diagnosis.bars[:SHOWN_BARS]]
    more = "…" if len(diagnosis.bars) > SHOWN_BARS else ""
    where = f"bar{'s' * (len(diagnosis.bars) > 1)} {', '.join(shown)}{more}"
    times = "once" if diagnosis.count == 1 else f"{diagnosis.count} times"
    name = diagnosis.kind[:1].upper() + diagnosis.kind[1:]
    return f"{name}: {diagnosis.detail} ({times}, {where})"


def say_drill(diagnosis: Diagnosis) -> str:
    """The command that asks for the drill of a diagnosis; empty where there is none."""
    drill = diagnosis.drill
    if not drill:
        return ""
    names = {"keyboard": "keys"}
    words = [
        f"--{names.get(name, name)} {value!r}" if " " in str(value) else
        f"--{names.get(name, name)} {value}"
        for name, value in drill.items()
    ]  # fmt: skip
    return f"first-take play {' '.join(words)}"


def has_latency(scorecard: Scorecard) -> bool:
    """Whether the take leans so much and so evenly that the instrument is to blame."""
    bias, spread = scorecard.time.bias_ms, scorecard.time.spread_ms
    if bias is None or spread is None or not _is_read(scorecard):
        return False
    return spread <= STEADY_MS and abs(bias) > LATENCY_MS


def _weakest(scorecard: Scorecard) -> str | None:
    """The low score that cost the total most."""
    scores = {name: getattr(scorecard.scores, name) for name in _ADVICE}
    costs = {
        name: (100.0 - score) * WEIGHTS["reading"][name]
        for name, score in scores.items()
        if score is not None and score < GOOD
    }
    return max(costs, key=costs.__getitem__) if costs else None


def _praise(scorecard: Scorecard) -> str:
    total = scorecard.scores.total
    return PRAISE[sum(total < band for band in BANDS)]


def _name_tempo(scorecard: Scorecard) -> str:
    """What is said of a tempo that was not the click's; nothing where it was."""
    kept = _kept_tempo(scorecard)
    return f"{kept}: stay with the click, whatever the notes ask of you." if kept else ""


def _kept_tempo(scorecard: Scorecard) -> str:
    """The tempo that was played instead of the click's, where that was another one.

    Of keys that are not the chart's no tempo and no lean says anything.
    """
    time = scorecard.time
    here, there = time.tempo_quarter_bpm, time.click_quarter_bpm
    if time.bias_ms is not None or here is None or there is None or not _is_read(scorecard):
        return ""
    return f"At {here:.0f}, where the click was at {there:.0f}"


def _is_read(scorecard: Scorecard) -> bool:
    return (scorecard.scores.notes or 0.0) >= RECOGNISABLE


def _name_lean(scorecard: Scorecard) -> str:
    """A steady lean is told as such, and never called sloppy."""
    bias, spread = scorecard.time.bias_ms, scorecard.time.spread_ms
    if bias is None or spread is None or abs(bias) < LEAN_MS or not _is_read(scorecard):
        return ""
    side = "behind" if bias > 0 else "ahead of"
    if has_latency(scorecard):
        return (
            f"Steady, but {abs(bias):.0f} ms {side} the click throughout: "
            "that is latency rather than you; calibrate, and grade it again."
        )
    if spread > STEADY_MS and abs(bias) > max(LATENCY_MS, SURE_LEAN * spread):
        return (
            f"All of it is about {abs(bias):.0f} ms {side} the click: "
            "calibrate, lest it be the instrument."
        )
    if spread > STEADY_MS:
        return ""
    meant = "; if you did not mean to, calibrate" if abs(bias) > LAZY_MS else ""
    return f"You sat a steady {abs(bias):.0f} ms {side} the click{meant}."
