"""The grade in words, as a friendly examiner would say it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exercises.chairs import chair_of
from game.scoring.chairs import weigh
from game.scoring.scores import weights_of
from game.scoring.sentences import (
    DROWNS_VELOCITY,
    FOLLOWED,
    LATENCY_MS,
    LONG,
    MANY_BESIDE,
    MOST_BESIDE,
    SHORT,
    count_faults,
    find_drift_ms,
    find_length,
    has_latency,
    is_good,
    is_read,
    is_steady,
    left_over_right,
    name_silent_hand,
    name_tempo,
    say_drift,
    share_beside,
    was_broken,
)

if TYPE_CHECKING:
    from game.scoring.results import Diagnosis, Scorecard

SLIPPED = frozenset({"wrong notes", "missed notes"})
FEW_SLIPS, FEW_SHARE = 2, 0.1
"""So few notes, and no larger share of them, are slips and no fault of the reading."""
HAND_LATE = frozenset({"left hand late", "right hand late"})
CHORD_KINDS = frozenset({"comping", "number"})
"""Charts of chord symbols."""

LEAN_MS = 25.0
LAZY_MS = 45.0
"""The laziest pocket that has a name (`timing.POCKETS`); beyond it the instrument may be late."""
SURE_LEAN = 2.0
"""Spreads by which an unsteady player's mean is off the click where the instrument may be late: who
reads slowly is late here and there, not everywhere."""
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
    "lengths": ("lengths kept", "lengths mostly kept", "lengths rough", "lengths not kept"),
    "dynamics": (
        "dynamics realised", "dynamics mostly realised", "few dynamics", "no dynamics yet",
    ),
}  # fmt: skip
"""What an examiner writes, by the bands above."""
PRAISE = (
    "A first take worth keeping.", "A solid reading.", "The outlines are in place.",
    "Parts of it came through.",
)  # fmt: skip
"""Of a total, by the same bands."""
BANDS_APART = 2
"""Lengths and dynamics that lie so far apart are told each for itself."""
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
    if hand := name_silent_hand(scorecard):
        return f"The {hand} hand was left out: play both, if only the first of each bar."
    weak = _weakest(scorecard)
    place = _name_tempo(scorecard) or _name_drift(scorecard) or _name_lean(scorecard)
    apart = any(one.kind in HAND_LATE for one in scorecard.diagnoses)
    if apart:
        place = ""  # of two hands that lie apart, the mean says nothing
    if place and (weak in {None, "time", "feel"} or _may_lag(scorecard, weak)):
        return place
    if weak == "time" and not apart and _lost_the_click(scorecard):
        return "After a slip come back in with the click: what is late by then is past."
    if weak == "dynamics" and left_over_right(scorecard) > DROWNS_VELOCITY:
        return "Let the right hand sing: the left drowns it."
    if weak in {None, "flow"} or not scorecard.diagnoses:
        return _ADVICE[weak](scorecard) if weak else ""
    first = scorecard.diagnoses[0]
    times = "" if first.count == 1 else f", {first.count} times"
    return f"Mend first: {first.kind}{times}."


def _may_lag(scorecard: Scorecard, weak: str) -> bool:
    """Whether the instrument may be late, which comes before what costs little."""
    lean = abs(scorecard.time.bias_ms or 0.0)
    return has_latency(scorecard) or (lean > LAZY_MS and weak in {"lengths", "dynamics"})


def _lost_the_click(scorecard: Scorecard) -> bool:
    """Whether much of a take lies beside the click because the player stopped or went back."""
    flow = scorecard.flow
    broke = flow.stops + flow.restarts > 0
    return broke and not _is_free(scorecard) and share_beside(scorecard) >= MANY_BESIDE


def _is_free(scorecard: Scorecard) -> bool:
    return scorecard.time.click_quarter_bpm is None


def _advise_flow(_: Scorecard) -> str:
    return "Keep going when something slips: the beat comes first, the note can wait."


def _advise_time(scorecard: Scorecard) -> str:
    if _is_free(scorecard):
        return "Keep one pulse going in your head, and let every note fall on it."
    return "Next time lean on the click: hear every beat before you play it."


def _advise_notes(scorecard: Scorecard) -> str:
    """By what went wrong most often; of a slip or two, where they were."""
    faults = count_faults(scorecard)
    slipped = [str(bar.number) for bar in scorecard.bars if bar.verdict in SLIPPED]
    count = sum(faults.values())
    if count <= min(FEW_SLIPS, FEW_SHARE * len(scorecard.notes)) and slipped:
        return f"Only bar{'s' * (len(slipped) > 1)} {' and '.join(slipped)} slipped."
    most = max(faults, key=faults.__getitem__)
    if most == "too many":
        return "Play what is written and no more: other keys sound beside it."
    if most == "missed":
        return "Leave less out: look ahead, so that the hand is there before the beat is."
    if chair_of(scorecard.chair).struck:
        return "Look over which instrument each line stands for before you start."
    if scorecard.kind in CHORD_KINDS:
        return "Look over the chords before you start, and find the hard ones on the keys."
    return "Look over key, leaps, accidentals and chords before you start."


def _advise_lengths(scorecard: Scorecard) -> str:
    middle = find_length(scorecard) or 1.0
    if middle < SHORT:
        return "Hold the notes for their written length."
    if middle > LONG:
        return "Let go on time: where a note ends is written too."
    return "Hold each note for its written length, and let go on time."


def _advise_dynamics(scorecard: Scorecard) -> str:
    touch = scorecard.touch
    if touch is not None and (touch.followed is None or touch.followed >= FOLLOWED):
        return "Even out the touch: neighbours speak alike unless a mark says otherwise."
    return "Make the dynamics plainer: louder loud, softer soft."


def _advise_feel(_: Scorecard) -> str:
    return "Listen for the style's own feel: where the off-beat sits, and where the pocket is."


_ADVICE = {
    "flow": _advise_flow,
    "time": _advise_time,
    "notes": _advise_notes,
    "lengths": _advise_lengths,
    "dynamics": _advise_dynamics,
    "feel": _advise_feel,
}


def write_rubric(scorecard: Scorecard) -> str:
    """The line that an examiner would write under the take."""
    scores = scorecard.scores
    phrases = []
    if scores.flow is not None:
        # Nothing that was broken off is fluent throughout, however long the rest.
        phrases.append(RUBRIC["flow"][max(was_broken(scorecard), _band(scores.flow))])
    if scores.time is not None:
        phrases.append(_write_time(scorecard, scores.time))
    if scores.notes is not None:
        phrases.append(RUBRIC["notes"][_band(scores.notes)])
    phrases += _write_detail(scores.lengths, scores.dynamics)
    return f"{'; '.join(phrases)}.".capitalize() if phrases else ""


def _band(score: float) -> int:
    """Which of the bands a score is in, as it is shown: without decimals."""
    return sum(round(score) < band for band in BANDS)


def _write_time(scorecard: Scorecard, score: float) -> str:
    """What is long and what is short may be right at any tempo, and beside any click."""
    if name_tempo(scorecard):
        return "the tempo not kept"
    if not _is_free(scorecard) and share_beside(scorecard) > MOST_BESIDE:
        return "the click lost"
    moved = find_drift_ms(scorecard)
    if moved and not is_good(score):
        return "the tempo dragging" if moved > 0 else "the tempo rushing"
    return RUBRIC["time"][_band(score)]


def _write_detail(lengths: float | None, dynamics: float | None) -> list[str]:
    """Lengths and dynamics in one phrase where they are much alike."""
    if lengths is None or dynamics is None:
        return [RUBRIC["detail"][_band(one)] for one in (lengths, dynamics) if one is not None]
    if abs(_band(lengths) - _band(dynamics)) >= BANDS_APART:
        return [RUBRIC["lengths"][_band(lengths)], RUBRIC["dynamics"][_band(dynamics)]]
    return [RUBRIC["detail"][_band((lengths + dynamics) / 2.0)]]


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


def _weakest(scorecard: Scorecard) -> str | None:
    """The low score that cost the total most."""
    weights = weigh(weights_of(scorecard.kind), chair_of(scorecard.chair))
    scores = {name: getattr(scorecard.scores, name) for name in _ADVICE}
    costs = {
        name: (100.0 - score) * weights[name]
        for name, score in scores.items()
        if score is not None and not is_good(score)
    }
    return max(costs, key=costs.__getitem__) if costs else None


def _praise(scorecard: Scorecard) -> str:
    return PRAISE[_band(scorecard.scores.total)]


def _name_tempo(scorecard: Scorecard) -> str:
    """What is said of a tempo that was not the click's; nothing where it was."""
    kept = name_tempo(scorecard)
    return f"{kept}: stay with the click, whatever the notes ask of you." if kept else ""


def _name_drift(scorecard: Scorecard) -> str:
    """A take that moves away from the click little by little is no steady lean."""
    moved = find_drift_ms(scorecard)
    if not moved or share_beside(scorecard) > MOST_BESIDE:
        return ""
    way = "dragged" if moved > 0 else "rushed"
    return f"You {way}: {say_drift(moved)}."


def _name_lean(scorecard: Scorecard) -> str:
    """A steady lean is told as such, and never called sloppy."""
    bias, spread = scorecard.time.bias_ms, scorecard.time.spread_ms
    if bias is None or spread is None or abs(bias) < LEAN_MS or not is_read(scorecard):
        return ""
    side = "behind" if bias > 0 else "ahead of"
    if has_latency(scorecard):
        return (
            f"Steady, but {abs(bias):.0f} ms {side} the click throughout: "
            "that is latency rather than you; calibrate, and grade it again."
        )
    if not is_steady(scorecard):
        sure = abs(bias) > max(LATENCY_MS, SURE_LEAN * spread)
        if not sure or find_drift_ms(scorecard) or share_beside(scorecard) > MOST_BESIDE:
            return ""
        return (
            f"Nearly all of it is about {abs(bias):.0f} ms {side} the click: "
            "calibrate, lest it be the instrument."
        )
    meant = "; if you did not mean to, calibrate" if abs(bias) > LAZY_MS else ""
    return f"You sat a steady {abs(bias):.0f} ms {side} the click{meant}."
