"""How patterns go on: the bar that turns a phrase round, and the answer where a groove returns.

A player repeats a groove for three bars and changes the fourth: a break on one, a run of the bass
into the next line, a push of the chord that follows. What the style writes for it comes first;
else the groove itself is varied.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from exercises.compose.density import slim_pattern
from exercises.compose.grid import EIGHTH, TICKS
from exercises.compose.pattern import Event, groove_options, is_skank, left_options

if TYPE_CHECKING:
    from exercises.compose.dice import Dice
    from exercises.compose.form import Phrase
    from exercises.compose.grid import Metre
    from exercises.compose.pattern import BarPattern
    from exercises.levels import Level
    from styles.schema import Pattern

CELL = 4
"""Bars of which the last is turned round."""
FEWEST_HITS = 3
"""Of a bar that is turned round."""
WRITTEN_SHARE = 0.85
"""How often a turn that the style writes is played, and not the groove with its last hit let go."""
LEFT_SHARE = 0.6
"""The same of a left hand under a tune, which may also go on as it was."""
_NEARNESS = (6.0, 3.0, 1.0)
"""Preference for turns of the groove's own level, one and two away."""
_FAR = 0.2
_UNLIKE = 0.25
_CHORDS = frozenset({"C", "V", "S", "c"})
_PLAIN = frozenset({EIGHTH, 2 * EIGHTH, 3 * EIGHTH, 4 * EIGHTH})


def turn_grooves(
    phrases: Sequence[Phrase],
    bars: Mapping[int, BarPattern],
    turns: Sequence[Pattern],
    level: Level,
    *,
    metre: Metre,
    quarter_bpm: float,
    dice: Dice,
) -> dict[int, BarPattern]:
    """The grooves of a chart with every fourth bar turned round.

    No turn comes twice running while there is another; where a letter returns its second bar
    answers with a push into the third.
    """
    options = groove_options(turns, level, metre, quarter_bpm) if turns else []
    found = dict(bars)
    before: BarPattern | None = None
    for phrase in phrases:
        for bar in range(phrase.bar, phrase.bar + phrase.bars):
            main = bars.get(bar)
            if main is None:
                continue
            if _closes(phrase, bar):
                plain = turn_groove(main)
                # A bar of two hits has none to let go; a loop of two bars may go on as it is.
                needed = plain == main and main.second is None
                written = dice.chance(WRITTEN_SHARE) or needed
                turn = _draw(options, main, before, dice) if written else None
                found[bar] = turn or plain
                before = turn or before
            elif phrase.primes % 2 and (bar - phrase.bar) % CELL == 1:
                found[bar] = _push(main, bar, level, metre, quarter_bpm) or main
    return found


def turn_left(
    phrases: Sequence[Phrase],
    patterns: Mapping[str, BarPattern],
    turns: Sequence[Pattern],
    level: Level,
    *,
    metre: Metre,
    quarter_bpm: float,
    dice: Dice,
) -> dict[int, BarPattern]:
    """Bars in which a left hand under a tune leads on to the next four, by their index.

    Chords are turned by chords and bass lines by bass lines.
    """
    options = left_options(turns, level, metre, quarter_bpm) if turns else []
    found: dict[int, BarPattern] = {}
    for phrase in phrases:
        main = patterns[phrase.letter]
        alike = [pair for pair in options if pair[0].comping == main.comping]
        for bar in range(phrase.bar, phrase.bar + phrase.bars):
            if alike and _closes(phrase, bar) and dice.chance(LEFT_SHARE):
                turn = _draw(alike, main, None, dice)
                if turn is not None:
                    found[bar] = turn
    return found


def keep_side(patterns: Sequence[Pattern], level: Level, dice: Dice) -> tuple[Pattern, ...]:
    """The patterns of a chart whose clave lies one way round; those without a side go with it."""
    sides: dict[str, float] = {}
    for each in patterns:
        if each.side and each.level <= level.number:
            sides[each.side] = sides.get(each.side, 0.0) + each.weight
    if not sides:
        return tuple(patterns)
    chosen = dice.choose(list(sides), list(sides.values()))
    return tuple(each for each in patterns if each.side in {"", chosen})


def keep_sides(turns: Sequence[Pattern], known: Sequence[Pattern]) -> tuple[Pattern, ...]:
    """The turns that lie on the side of the clave that a chart's patterns lie on."""
    sides = {"", *(each.side for each in known)}
    return tuple(each for each in turns if each.side in sides)


def turn_groove(pattern: BarPattern) -> BarPattern:
    """The groove with its right hand's last hit left to the bass.

    Loops of two bars turn round by themselves, and a bar of two hits has none to spare.
    """
    right = pattern.right
    if pattern.second is not None or pattern.right_second is not None or len(right) < FEWEST_HITS:
        return pattern
    before, gone = right[-2], right[-1]
    held = gone.onset + gone.duration - before.onset
    alone = before.duration == gone.onset - before.onset and held in _PLAIN
    return replace(
        pattern, right=(*right[:-2], replace(before, duration=held if alone else before.duration))
    )


def _closes(phrase: Phrase, bar: int) -> bool:
    """Whether a bar is the last of four: of its phrase, of the chart where phrases are short."""
    at = bar if phrase.bars < CELL else bar - phrase.bar
    return at % CELL == CELL - 1


def _draw(
    options: Sequence[tuple[BarPattern, float]],
    main: BarPattern,
    before: BarPattern | None,
    dice: Dice,
) -> BarPattern | None:
    """A turn of about the groove's own level, another than the one before.

    What the left hand has - chords, a bass, the right hand's line - it keeps, and a bass in
    octaves its octaves.
    """
    alike = [pair for pair in options if _left_of(pair[0]) == _left_of(main)]
    weights = []
    for turn, weight in alike:
        away = abs(turn.level - main.level)
        near = _NEARNESS[away] if away < len(_NEARNESS) else _FAR
        near *= 1.0 if _in_octaves(turn) == _in_octaves(main) else _UNLIKE
        again = before is not None and turn.name == before.name and len(alike) > 1
        weights.append(0.0 if again else weight * near)
    return dice.choose([turn for turn, _ in alike], weights) if any(weights) else None


def _left_of(pattern: BarPattern) -> str:
    roles = pattern.lone.roles
    return "chords" if roles & _CHORDS else "bass" if roles else "line"


def _in_octaves(pattern: BarPattern) -> bool:
    return "8" in pattern.roles and not pattern.roles & {"R", "R+"}


def _push(
    main: BarPattern, bar: int, level: Level, metre: Metre, quarter_bpm: float
) -> BarPattern | None:
    """The bar with the coming chord struck an eighth early in the right hand; None: no room."""
    right = main.right_in(bar)
    at = metre.bar - EIGHTH
    chords = [event for event in right if event.role in {"C", "V", "c"}]
    if not level.anticipation or not chords or is_skank(right):
        return None
    if max(event.onset + event.duration for event in right) > at - EIGHTH or metre.beat != TICKS:
        return None
    answer = replace(
        main,
        events=main.events_in(bar),
        second=None,
        right=(*right, Event(at, EIGHTH, chords[-1].role)),
        right_second=None,
    )
    return slim_pattern(answer, level, metre, quarter_bpm=quarter_bpm, melody=())
