"""The grade in a sentence, as a friendly examiner would say it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from game.scoring.scores import SIGHT_READING

if TYPE_CHECKING:
    from game.scoring.results import Scorecard

STEADY_MS = 30.0
"""A spread at which a lean is worth telling (professionals scatter about 20 ms)."""
LEAN_MS = 25.0
LATENCY_MS = 80.0
"""A steady lean beyond any style: the instrument, not the player."""
GOOD, FAIR = 90.0, 60.0


def describe_grade(scorecard: Scorecard) -> str:
    """Say what the grade means: what went well, and the one thing to mend."""
    if not any(note.played is not None for note in scorecard.notes):
        heard = len(scorecard.extras)
        if heard:
            return (
                "Keys were heard, but none of them was this chart: check the place and the octave."
            )
        return "Nothing was heard: check that the keyboard is connected, then try again."
    weak = _weakest(scorecard)
    praise = _praise(scorecard)
    lean = _name_lean(scorecard)
    if lean and weak in {None, "time"}:
        return f"{praise} {lean}"
    return f"{praise} {_ADVICE[weak]}" if weak else praise


_ADVICE = {
    "flow": "Keep going when something slips: the beat comes first, the note can wait.",
    "time": "Next time lean on the click: hear every beat before you play it.",
    "notes": "Look over key signature, leaps and accidentals before you start.",
    "lengths": "Hold the notes for their written length, and let go on time.",
    "dynamics": "Make the dynamics plainer: louder loud, softer soft.",
    "feel": "Listen for the style's own feel: where the off-beat sits, and where the pocket is.",
}


def _weakest(scorecard: Scorecard) -> str | None:
    """The low score that cost the total most."""
    scores = {name: getattr(scorecard.scores, name) for name in _ADVICE}
    costs = {
        name: (100.0 - score) * SIGHT_READING[name]
        for name, score in scores.items()
        if score is not None and score < GOOD
    }
    return max(costs, key=costs.__getitem__) if costs else None


def _praise(scorecard: Scorecard) -> str:
    total = scorecard.scores.total
    if total >= GOOD:
        return "A first take worth keeping."
    if total >= FAIR:
        return "A solid reading with the outlines in place."
    return "Parts of it came through."


def _name_lean(scorecard: Scorecard) -> str | None:
    """A steady lean is told as such, and never called sloppy."""
    bias, spread = scorecard.time.bias_ms, scorecard.time.spread_ms
    if bias is None or spread is None or spread > STEADY_MS or abs(bias) < LEAN_MS:
        return None
    side = "behind" if bias > 0 else "ahead of"
    if abs(bias) > LATENCY_MS:
        return (
            f"Steady, but {abs(bias):.0f} ms {side} the click throughout: "
            "that is latency rather than you; calibrate, and grade it again."
        )
    return f"You sat a steady {abs(bias):.0f} ms {side} the click."
