"""The call board of a day: open calls, and those that come by recommendation."""

from __future__ import annotations

import math
from random import Random
from typing import TYPE_CHECKING

from exercises.chairs import CHAIRS, PIANO, fit_kind, name_chairs
from exercises.code import STYLES
from exercises.levels import HIGHEST, LOWEST, level
from game.sessions.career.call import Call

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from game.sessions.career.credit import Credit
    from game.sessions.career.life import Career
    from game.sessions.career.market import City, Genre, Market, Stream

FIRST_LEVEL = 2.0
"""What a player nobody knows anything of is taken to read."""
SPREAD = 1.6
"""Levels about the player's own, as a standard deviation."""
MOST_RECOMMENDED = 2
CHAIRS_A_CALL, MOST_FOR_CHAIRS = 2, 2
"""One more call a day for each two instruments beside the piano, up to so many (by ear)."""
OTHERS = 0.3
"""How often a stream asks for one of its less usual parts (by ear)."""
LEVEL_SHARE = 0.6
"""Of a fee's place in its range: harder music is paid better; the rest is luck."""
RECOMMENDED, HEARD = 3.0, 2.0
"""How much likelier dearer work is by recommendation, and to who has heard a whole portfolio."""
LAST = 30
"""Jobs that somebody remembers."""
SLOW = 1.5
"""Fees follow a name, to this power: the first credits open doors before they are paid for."""
STEEP = 1.4
"""High fees are rarer than low ones: the place in the range, to this power."""


def post_calls(
    market: Market,
    career: Career,
    *,
    day: date,
    seed: int,
    city: str,
    ratings: Mapping[str, float],
) -> tuple[Call, ...]:
    """The calls of a day, dearest first; the same for the same arguments.

    Args:
        market: cities and streams.
        career: reputation and pieces to hear open streams; reputation brings recommendations, a
            portfolio better open calls.
        day: the date on the board.
        seed: the player's own.
        city: a key of the market's cities.
        ratings: level that the player reads, by style; "" is overall.

    """
    dice = Random(f"first-take calls {seed} {city} {day.isoformat()}")  # noqa: S311 - no secret
    home = market.cities[city]
    drawn: list[tuple[str, Credit | None, str]] = [
        (_draw_stream(market, career, dice), None, "") for _ in range(home.calls)
    ]
    friends = [credit for credit in career.credits[-LAST:] if credit.end == "delivered"]
    roles = market.people["roles"]
    name = career.standing()
    for _ in range(MOST_RECOMMENDED):
        # Drawn whether it is used or not: more reputation gives more calls, not others.
        luck, friend_at, role_at = dice.random(), dice.random(), dice.random()
        stream_luck = Random(dice.random())  # noqa: S311 - no secret
        if friends and luck < name:
            friend = friends[int(friend_at * len(friends))]
            stream = _draw_stream(market, career, stream_luck, prefers_dear=True)
            drawn.append((stream, friend, roles[int(role_at * len(roles))]))
    # Who plays other chairs too is called for them, beside all else.
    others = len(career.chairs - {PIANO.id})
    luck_of_chairs = Random(f"first-take chairs {seed} {day.isoformat()}")  # noqa: S311 - no secret
    drawn += [
        (_draw_stream(market, career, luck_of_chairs), None, "")
        for _ in range(min(MOST_FOR_CHAIRS, others // CHAIRS_A_CALL))
    ]
    calls = [
        _make_call(market, career, dice, stream_id, friend, role, place, day, city, ratings)
        for place, (stream_id, friend, role) in enumerate(drawn)
    ]
    return tuple(sorted(calls, key=lambda call: (-call.fee, call.id)))


def _draw_stream(
    market: Market, career: Career, dice: Random, *, prefers_dear: bool = False
) -> str:
    """A stream that is open to the player; by recommendation the better paid are likelier."""
    standing = career.standing()
    ids = [
        name
        for name, stream in market.streams.items()
        if standing >= stream.opens
        and len(career.pieces) >= stream.pieces
        and (career.has_card or not stream.union)
    ]
    # A friend passes better work on; a stranger calls for it who has heard what there is.
    heard = RECOMMENDED if prefers_dear else HEARD * career.portfolio
    weights = [
        market.streams[name].weight * (1.0 + heard * market.streams[name].opens) for name in ids
    ]
    return dice.choices(ids, weights)[0]


def _make_call(
    market: Market,
    career: Career,
    dice: Random,
    stream_id: str,
    friend: Credit | None,
    role: str,
    place: int,
    day: date,
    city: str,
    ratings: Mapping[str, float],
) -> Call:
    stream = market.streams[stream_id]
    style = _draw_style(career, dice, recommended=friend is not None)
    own = ratings.get(style, ratings.get("", FIRST_LEVEL))
    asked = round(dice.gauss(own - stream.below, SPREAD))
    at = max(stream.easiest, min(asked, HIGHEST))
    genre = market.genres[style]
    kinds = [kind for kind in level(at).kinds if kind in genre.kinds] or ["grand"]
    rate = offer(
        stream, market.cities[city], standing=career.standing(style), at=at, luck=dice.random()
    )
    kind = dice.choice(kinds)
    parts = _fitting(market, stream.parts, genre) or stream.parts
    what, part = dice.choice(stream.what), dice.choice(parts)
    seed = dice.getrandbits(32)
    luck = Random(seed)  # noqa: S311 - no secret
    others = _fitting(market, stream.others, genre)
    if others and luck.random() < OTHERS:
        part = luck.choice(others)
    chair = market.chairs.get(part, "")
    piles = [pile for pile in stream.piles if not genre.chairs or set(pile) <= {*genre.chairs}]
    piles = piles or list(stream.piles[:1])
    chairs = piles[seed % len(piles)] if piles else ()
    if chairs:
        chair, part = chairs[0], name_chairs(chairs)
    return Call(
        id=f"{day.isoformat()}/{city}/{place}",
        day=day.isoformat(),
        city=city,
        stream=stream_id,
        style=style,
        level=at,
        kind=kind if not chair else fit_kind(CHAIRS[chair], kind, level(at).kinds),
        what=what,
        part=part,
        chair=chair,
        chairs=chairs,
        fee=round(rate * (stream.hours if stream.is_hourly else 1.0)),
        hours=stream.hours,
        lead_min=stream.lead_min,
        most_takes=stream.takes,
        need=stream.need,
        seed=seed,
        by=role,
        by_day=friend.day if friend else "",
        by_style=friend.style if friend else "",
        # The parts of a pile are of one song: changing one would change them all.
        changes=stream.changes if dice.random() < 0.7 and not chairs else 0,  # noqa: PLR2004
        charts=stream.charts,
        at_home=stream.at_home,
    )


def _fitting(market: Market, parts: Sequence[str], genre: Genre) -> tuple[str, ...]:
    """Those of some parts whose chairs the genre has; all where it names none."""
    known = ("", *genre.chairs)
    fitting = (part for part in parts if market.chairs.get(part, "") in known)
    return tuple(fitting) if genre.chairs else tuple(parts)


def _draw_style(career: Career, dice: Random, *, recommended: bool) -> str:
    """Anything; who was recommended is mostly asked for what was heard."""
    known = [style for style in STYLES if career.knows(style)]
    wanted, at_all = dice.random(), dice.choice(STYLES)
    if recommended and known and wanted < 0.5:  # noqa: PLR2004 - half of the time
        return dice.choices(known, [career.known[style].value for style in known])[0]
    return at_all


def offer(stream: Stream, home: City, *, standing: float, at: int, luck: float) -> int:
    """A fee for a unit of the stream, in dollars.

    Args:
        stream: whose ranges for an unknown and for a known player it lies between.
        home: studios of a city have a range of their own.
        standing: the player's name, 0 to 1.
        at: level of the music.
        luck: 0 to 1.

    """
    later = home.studio if stream.of_city else stream.later
    first = (max(stream.first[0], later[0]), max(stream.first)) if stream.of_city else stream.first
    known = math.pow(min(1.0, max(0.0, standing)), SLOW)
    low = first[0] + (later[0] - first[0]) * known
    high = max(low, first[1] + (later[1] - first[1]) * known)
    place = LEVEL_SHARE * (at - LOWEST) / (HIGHEST - LOWEST) + (1 - LEVEL_SHARE) * luck
    return round(low + (high - low) * math.pow(place, STEEP))
