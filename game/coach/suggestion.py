"""What to play next: hard enough to learn from, easy enough to get through.

The coach asks for the level where a total of 80 is expected in the genre. Genres are interleaved:
the one that has rested longest, is known least, or lags behind comes first. Every third chart
leans on a weak element that is due. Keys are interleaved by the composer, which draws each chart's
from the genre's own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from exercises.chart import ComposeError
from exercises.drill import DrillRequest
from exercises.focus import check_focus, read_focus
from exercises.levels import HIGHEST, LOWEST, load_levels
from game.coach.ability import Abilities, Estimate, add_take, estimate
from game.coach.days import local_day
from game.coach.repetition import due_now
from game.events import PERFORMER

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from game.coach.repetition import Strength
    from game.coach.standing import Standing
    from game.take import TakeSummary

FIRST_STYLE = "classical"
FOCUS_EVERY = 3
"""One chart in so many leans on what is due; by ear."""
REST_WEIGHT, DOUBT_WEIGHT, LAG_WEIGHT = 1.0, 0.5, 0.5
"""What an unplayed genre, a level of doubt and a level of lag weigh; by ear."""
LAGS = 0.5
"""Levels behind the overall ability from which a genre is called behind."""
GOT_THROUGH = 70.0
"""A take of at least this was got through; by ear."""
STUCK_TAKES, STUCK_TOTAL = 3, 50.0
"""So many takes of the lowest level below this, one after another, and the click goes too fast."""
UNSURE = 0.6
"""Standard error, in levels, from which an estimate is only a first one."""


class Named(Protocol):
    """Whatever has a name to show (styles.schema.Style)."""

    @property
    def name(self) -> str:
        """As the player reads it."""


class Suggestion(NamedTuple):
    """A style, a level, one sentence why, and what the chart leans on."""

    style: str
    level: int
    sentence: str
    focus: str | None = None

    @property
    def request(self) -> DrillRequest:
        """What is asked of the composer."""
        return DrillRequest(style=self.style, level=self.level, focus=self.focus)


def suggest(
    takes: Sequence[TakeSummary],
    styles: Mapping[str, Named],
    standing: Standing | None = None,
    now: datetime | None = None,
) -> Suggestion:
    """What the home screen suggests.

    Args:
        takes: the latest takes, newest first; those of unknown styles, those without a grade,
            broken off, or played by the built-in performer are passed over.
        styles: what can be played, by id, in the order of the list.
        standing: what the archive has summed up; without it the takes alone are asked.
        now: with a zone; None brings nothing back.

    Raises:
        ValueError: there is no style.
    """
    if not styles:
        raise ValueError("there is no style to suggest")
    graded = [take for take in takes if _counts(take, styles)]
    abilities = standing.abilities if standing else Abilities()
    if not abilities.takes[0]:
        abilities = fold_takes(graded)
    if not abilities.takes[0]:
        style = FIRST_STYLE if FIRST_STYLE in styles else next(iter(styles))
        return Suggestion(
            style, LOWEST, f"Welcome: start with {styles[style].name}, level {LOWEST}."
        )
    ranked = rank_styles(graded, styles, abilities)
    if standing and now and abilities.takes[0] % FOCUS_EVERY == FOCUS_EVERY - 1:
        for strength in due_now(standing.strengths, now):
            found = _lean_on(strength, ranked, styles, abilities)
            if found is not None:
                return found
    style = ranked[0]
    level = min(read_level(abilities, style), _highest_next(graded))
    why = _say_why(style, graded, abilities)
    return Suggestion(style, level, f"{styles[style].name} at level {level}: {why}.")


def fold_takes(graded: Sequence[TakeSummary]) -> Abilities:
    """The abilities from takes alone, newest first."""
    abilities = Abilities()
    for take in reversed(graded):
        day = local_day(take.started_at)
        abilities = add_take(
            abilities,
            style=take.style,
            kind="",
            level=take.level,
            total=take.total or 0.0,
            day=day.toordinal() if day else 0,
        )
    return abilities


def read_level(abilities: Abilities, style: str) -> int:
    """The level of a style where a total of 80 is expected."""
    return max(LOWEST, min(round(estimate(abilities, style).mean), HIGHEST))


def rank_styles(
    graded: Sequence[TakeSummary], styles: Mapping[str, Named], abilities: Abilities
) -> list[str]:
    """The styles in the order in which they want practice; the one just played comes last."""
    since: dict[str, int] = {}
    for ago, take in enumerate(graded):
        since.setdefault(take.style, ago)
    overall = estimate(abilities)

    def want(style: str) -> float:
        found = estimate(abilities, style)
        rested = min(1.0, since.get(style, len(styles)) / len(styles))
        doubt = max(0.0, found.error - overall.error)
        lag = max(0.0, overall.mean - found.mean)
        return REST_WEIGHT * rested + DOUBT_WEIGHT * doubt + LAG_WEIGHT * lag

    last = graded[0].style if graded else None
    return sorted(styles, key=lambda style: (style == last, -want(style)))


def _highest_next(graded: Sequence[TakeSummary]) -> int:
    """One level above the highest that has been got through: the estimate may leap, a reader not.

    Where nothing has been got through lately, the estimate alone decides.
    """
    read = [take.level for take in graded if (take.total or 0.0) >= GOT_THROUGH]
    return min(HIGHEST, max(read) + 1) if read else HIGHEST


def _counts(take: TakeSummary, styles: Mapping[str, Named]) -> bool:
    return (
        take.total is not None
        and take.style in styles
        and take.ended == "finished"
        and take.source != PERFORMER
        and take.is_first_sight
    )


def _say_why(style: str, graded: Sequence[TakeSummary], abilities: Abilities) -> str:
    found, overall = estimate(abilities, style), estimate(abilities)
    last = graded[:STUCK_TAKES]
    if len(last) == STUCK_TAKES and all(
        take.level == LOWEST and (take.total or 0.0) < STUCK_TOTAL for take in last
    ):
        return "p, then i, lets the music wait for you"
    if not any(take.style == style for take in graded):
        return "a genre that you have not read lately"
    if overall.mean - found.mean >= LAGS:
        return f"it is {overall.mean - found.mean:.1f} levels behind your other genres"
    if graded[0].style == style:
        return f"a new chart where you should get about 80, {_say_estimate(found)}"
    return f"it has rested, and {_say_estimate(found)}"


def _say_estimate(found: Estimate) -> str:
    about = "so far it looks as if you read it" if found.error > UNSURE else "you read it"
    return f"{about} at {max(LOWEST, min(found.mean, HIGHEST)):.1f}"


def _lean_on(
    strength: Strength,
    ranked: Sequence[str],
    styles: Mapping[str, Named],
    abilities: Abilities,
) -> Suggestion | None:
    """A chart that leans on an element, in the first style that has room for it at its level."""
    style = find_room(strength.name, ranked, styles, abilities)
    if style is None:
        return None
    level = read_level(abilities, style)
    return Suggestion(
        style,
        level,
        f"{say_element(strength.name).capitalize()} come back today "
        f"({100 * strength.share:.0f} % right so far): {styles[style].name}, level {level}.",
        strength.name,
    )


def find_room(
    name: str, ranked: Sequence[str], styles: Mapping[str, Named], abilities: Abilities
) -> str | None:
    """The first style whose charts at its level can lean on an element; None where none can."""
    focus = read_focus(name)
    for style in ranked:
        rules = load_levels()[read_level(abilities, style)]
        try:
            check_focus(focus, styles[style], rules, kind="grand", hands="both")  # type: ignore[arg-type]
        except ComposeError:
            continue
        return style
    return None


_ELEMENTS = {
    "accidentals": "signature notes",
    "ledger": "ledger lines",
    "left": "left-hand notes",
    "ties": "ties",
    "rests": "rests",
    "triplets": "triplets",
    "leaps": "leaps",
    "syncopation": "syncopated notes",
    "sixteenths": "sixteenths",
    "dotted": "dotted notes",
    "chromatic": "chromatic notes",
}
_INTERVALS = ("seconds", "thirds", "fourths", "fifths", "sixths", "sevenths", "octaves")


def say_element(name: str) -> str:
    """An element in a few words, in the plural: "ledger lines", "sixths", "m7b5 chords"."""
    element, _, detail = name.partition(":")
    if element == "interval":
        return _INTERVALS[int(detail) - 2]
    if element == "chords":
        return f"{detail} chords"
    if element == "rhythm":
        return f"rhythms of {detail}"
    return _ELEMENTS.get(element, name)
