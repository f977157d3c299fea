"""What to play next, from the last takes: hard enough to learn from, easy enough to get through."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from exercises.levels import HIGHEST, LOWEST

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from game.take import TakeSummary

FIRST_STYLE = "classical"
LOOK_BACK = 3
"""Takes of one style and level that are asked before the level changes; by ear."""
READY_TOTAL = 85.0
"""All of them at least this: the level is learnt. Practice aims at about 80 % success
(Wilson et al. 2019 find learning fastest near 85 %)."""
TOO_HARD_TOTAL = 55.0
"""All of them at most this: more goes wrong than a reader can learn from; by ear."""


class Named(Protocol):
    """Whatever has a name to show (styles.schema.Style)."""

    @property
    def name(self) -> str:
        """As the player reads it."""


class Suggestion(NamedTuple):
    """A style, a level, and one sentence why."""

    style: str
    level: int
    sentence: str


def suggest(takes: Sequence[TakeSummary], styles: Mapping[str, Named]) -> Suggestion:
    """What the home screen suggests.

    Args:
        takes: the latest takes, newest first; those of unknown styles, those without a grade,
            broken off, or played by the built-in performer are passed over.
        styles: what can be played, by id, in the order of the list.

    Raises:
        ValueError: there is no style.
    """
    if not styles:
        raise ValueError("there is no style to suggest")
    graded = [
        take
        for take in takes
        if take.total is not None
        and take.style in styles
        and take.ended == "finished"
        and take.source != "performer"
    ]
    if not graded:
        style = FIRST_STYLE if FIRST_STYLE in styles else next(iter(styles))
        return Suggestion(
            style, LOWEST, f"Welcome: start with {styles[style].name}, level {LOWEST}."
        )
    last = graded[0]
    totals = [
        take.total
        for take in graded
        if take.total is not None and (take.style, take.level) == (last.style, last.level)
    ][:LOOK_BACK]
    name = styles[last.style].name
    if len(totals) == LOOK_BACK and min(totals) >= READY_TOTAL and last.level < HIGHEST:
        return Suggestion(
            last.style,
            last.level + 1,
            f"Your last {LOOK_BACK} takes of {name} were all {READY_TOTAL:.0f} or better: "
            f"time for level {last.level + 1}.",
        )
    if len(totals) == LOOK_BACK and max(totals) <= TOO_HARD_TOTAL and last.level > LOWEST:
        return Suggestion(
            last.style,
            last.level - 1,
            f"{name} at level {last.level} is still a stretch: "
            f"settle in at level {last.level - 1} first.",
        )
    return _turn_to_another(graded, styles)


def _turn_to_another(graded: Sequence[TakeSummary], styles: Mapping[str, Named]) -> Suggestion:
    """Interleave: the style that has rested longest, at the level of the last take."""
    last = graded[0]
    since: dict[str, int] = {}
    for ago, take in enumerate(graded):
        since.setdefault(take.style, ago)
    others = [style for style in styles if style != last.style]
    if not others:
        return Suggestion(
            last.style,
            last.level,
            f"Keep going: {styles[last.style].name}, level {last.level}, with a new chart.",
        )
    never = len(graded)
    style = max(others, key=lambda one: since.get(one, never))
    name = styles[style].name
    why = "you have not played it yet" if style not in since else "it has rested longest"
    return Suggestion(
        style,
        last.level,
        f"A change keeps reading fresh: {name} at level {last.level}, {why}.",
    )
