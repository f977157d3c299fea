"""How what was struck over one chord fulfils it: each strike, and all of them together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from game.scoring.voicings import OCTAVE, Voicing, above_bass, judge_voicing

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from game.scoring.voicings import Asked

FILL_TONES = 2
"""A strike of no more tones may be a fill, once the chord has been said."""


@dataclass(frozen=True)
class Over:
    """A strike over a chord."""

    pitches: tuple[int, ...]
    leads_on: bool = False
    """Whether it comes just before the next chord."""


def judge_strikes(
    asked: Asked, strikes: Sequence[Over], beside: Collection[int] = ()
) -> tuple[Voicing, ...]:
    """Hold all that was struck over one chord against it; every strike lacks the same.

    A single tone spoils nothing: bass lines walk and fills pass by. Where other strikes say the
    chord, neither does a fill of two tones, nor, in styles that do so, a chord that leads on.

    Args:
        asked: the chord.
        strikes: what was struck over it.
        beside: keys of strikes of the same chord just before and after, whose tones help.

    """
    pool = {pitch for strike in strikes for pitch in strike.pitches} | set(beside)
    found = [_judge(asked, strike, pool) for strike in strikes]
    if not any(voicing.clashes for voicing in found):
        return tuple(found)
    plain = [s.pitches for s, voicing in zip(strikes, found, strict=True) if not voicing.clashes]
    said = {pitch for pitches in plain for pitch in pitches}
    missing = judge_voicing(asked, (), said).missing
    if missing:
        return tuple(found)
    return tuple(
        Voicing((), () if _passes(asked, strike) else voicing.clashes)
        for strike, voicing in zip(strikes, found, strict=True)
    )


def _judge(asked: Asked, strike: Over, pool: set[int]) -> Voicing:
    if _tones(strike) == 1:
        return Voicing(judge_voicing(asked, (), pool).missing, ())
    return judge_voicing(asked, strike.pitches, pool)


def _passes(asked: Asked, strike: Over) -> bool:
    return _tones(strike) <= FILL_TONES or (strike.leads_on and asked.passes)


def _tones(strike: Over) -> int:
    return len({pitch % OCTAVE for pitch in above_bass(strike.pitches)})
