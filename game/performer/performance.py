"""A performer with a known profile: plays a chart, and says what was done to each note.

Its bias and spread are exact for the notes that are played right and on the click: the draws are
centred and scaled, so that a grade can be held against them. Deterministic for a seed.
"""

from __future__ import annotations

from bisect import bisect_right
from math import inf
from random import Random
from statistics import NormalDist, fmean, pstdev
from typing import TYPE_CHECKING

import msgspec

from game.events import PERFORMER, NoteEvent
from game.performer.hands import Hands, Key
from game.performer.misreading import (
    Misreadings,
    gather_groups,
    plan_misreadings,
)
from game.performer.ornaments import (
    plan_ornaments,
)
from game.performer.profiles import PROFILES, Profile, adjust_profile
from game.performer.stumbling import Visit, plan_way
from game.performer.swaying import draw_waves, plan_sway
from game.performer.touch import read_loudness
from game.performer.voicing import voice_chart
from game.scoring.expectation import expect_notes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from exercises.chart import Chart
    from exercises.timeline import Timeline
    from game.performer.stumbling import Stumble
    from game.scoring.expectation import Expected
    from styles.schema import Style

__all__ = ["PROFILES", "Performance", "Profile", "adjust_profile", "perform"]

CLIP_SPREADS = 2.2
"""No onset is farther off."""
HALF_WAY = 0.45
"""Nor farther than this share of the way to where the same key is written again: half-way it
would be the other note, and nobody could tell which was left out."""
LEAST_GAP_S = 0.03
"""Between two onset groups, however uneven the player."""
ROUNDS = 40
BELL = NormalDist()


class TruthNote(msgspec.Struct, frozen=True):
    """What was done to one charted note."""

    id: str
    """Of a key of the performer's own voicing v1, v2, ..., in order."""
    what: str
    """right, wrong, neighbour, octave, key (the signature was forgotten) or missing."""
    played: int | None
    """Counts the note-ons in time order, from 0."""
    asynchrony_ms: float | None
    pitch: int | None


class TruthExtra(msgspec.Struct, frozen=True):
    """A played note that no charted note asked for."""

    played: int
    reason: str
    """stray, repeat, restart or ornament."""


class TruthStumble(msgspec.Struct, frozen=True):
    """One stumble."""

    kind: str
    """restart, inside, back, hesitation, stutter, skip, drop or hand."""
    after: str
    """Id of the first charted note of the onset after which it happened."""
    to: str
    """The same of the onset that came next; empty after the last."""


class Truth(msgspec.Struct, frozen=True):
    """What the performer did."""

    profile: Profile
    seed: int
    notes: tuple[TruthNote, ...]
    extras: tuple[TruthExtra, ...]
    stumbles: tuple[TruthStumble, ...]


class Performance(msgspec.Struct, frozen=True):
    """Stamped events, and the truth about them."""

    events: tuple[NoteEvent, ...]
    truth: Truth


def perform(
    chart: Chart,
    profile: Profile,
    *,
    timeline: Timeline,
    style: Style | None,
    level: int,
    seed: int,
) -> Performance:
    """Play a chart.

    Args:
        chart: what is played.
        profile: how.
        timeline: the click.
        style: its swing is played; the pocket is the profile's own bias.
        level: decides with the style whether it swings.
        seed: the same gives the same events.

    """
    rng = Random(f"first-take performer {seed}")  # noqa: S311 - dice, no secret
    if profile.voicing:
        chart = voice_chart(chart, style, profile.voicing, rng)
    expected = expect_notes(chart, timeline=timeline, style=style, level=level)
    members = gather_groups(expected)
    plan = plan_misreadings(chart, expected, members, profile, rng)
    way, stumbles = plan_way(expected, profile, rng)
    right = [any(plan.kinds.get(n) is None for n in numbers) for numbers in members]
    away = _draw_times(expected, members, way, right=right, profile=profile, rng=rng)
    away = _lean(expected, members, way, away, profile=profile, rng=rng)
    hands = Hands(
        expected, members, plan, plan_ornaments(expected, members, profile, rng), profile, rng,
        read_loudness(chart),
    )  # fmt: skip
    keys: list[Key] = []
    for visit, late in zip(way, away, strict=True):
        keys.extend(hands.strike(visit, late))
    keys.extend(hands.stray(keys))
    end_s = max((note.release_s for note in expected), default=0.0)
    sway = plan_sway(profile, end_s, expected[0].beat_s if expected else 0.5, rng)
    if sway is not None:
        for key in keys:
            end = sway.performed_s(key.onset_s + key.hold_s)
            key.onset_s = sway.performed_s(key.onset_s)
            key.hold_s = end - key.onset_s
    return _write_down(
        expected,
        keys,
        plan=plan,
        profile=profile,
        seed=seed,
        stumbles=_tell_stumbles(expected, members, stumbles),
    )


def _draw_times(
    expected: Sequence[Expected],
    members: list[list[int]],
    way: Sequence[Visit],
    *,
    right: list[bool],
    profile: Profile,
    rng: Random,
) -> list[float]:
    """How late each visit is, in seconds, beyond its shift.

    Drawn evenly unsteady, kept in order, then centred and scaled over the visits that a grade
    can see, and freed of drift, so that their mean and deviation are the profile's. The draws
    are the bell curve's own quantiles in a drawn order: few of them are no less a bell.
    """
    away = [BELL.inv_cdf((rank + 0.5) / len(way)) for rank in range(len(way))]
    rng.shuffle(away)
    places = [expected[members[visit.group][0]].onset_s + visit.shift_s for visit in way]
    seen = [
        index
        for index, visit in enumerate(way)
        if visit.counts and right[visit.group] and not expected[members[visit.group][0]].grace
    ]
    on_click = [index for index in seen if not way[index].shift_s]
    seen = on_click if len(on_click) > len(seen) // 2 else seen
    bias, spread = profile.bias_ms / 1000.0, profile.spread_ms / 1000.0
    if not spread or len(seen) < 2:  # noqa: PLR2004 - a spread needs two
        return [bias + spread * one for one in away]
    away = [one * spread for one in away]
    reaches = _reach(expected, members, way, places)
    bounds = [max(spread, min(CLIP_SPREADS * spread, reach)) for reach in reaches]
    for _ in range(ROUNDS):
        clipped = [_clip(one, bias, bound) for one, bound in zip(away, bounds, strict=True)]
        away = _keep_order(places, clipped)
        line = _fit_line([places[index] for index in seen], [away[index] for index in seen])
        away = [one - line[0] - line[1] * place for one, place in zip(away, places, strict=True)]
        scatter = pstdev([away[index] for index in seen]) or 1.0
        away = [bias + one * spread / scatter for one in away]
    return away


def _reach(
    expected: Sequence[Expected],
    members: list[list[int]],
    way: Sequence[Visit],
    places: list[float],
) -> list[float]:
    """How far each visit may be off before one of its notes is nearer to its next strike."""
    reaches = [inf] * len(way)
    last: dict[int, int] = {}
    for index, visit in enumerate(way):
        for pitch in {expected[number].pitch for number in members[visit.group]}:
            before = last.get(pitch)
            if before is not None:
                reach = HALF_WAY * abs(places[index] - places[before])
                reaches[before] = min(reaches[before], reach)
                reaches[index] = min(reaches[index], reach)
            last[pitch] = index
    return reaches


def _clip(value: float, middle: float, reach: float) -> float:
    return min(middle + reach, max(middle - reach, value))


def _fit_line(places: list[float], values: list[float]) -> tuple[float, float]:
    """Height at 0 and slope of the straight line through some points."""
    middle, height = fmean(places), fmean(values)
    width = sum((place - middle) ** 2 for place in places)
    pairs = zip(places, values, strict=True)
    slope = sum((place - middle) * value for place, value in pairs) / width if width else 0.0
    return height - slope * middle, slope


def _keep_order(places: list[float], away: list[float]) -> list[float]:
    """Move onsets so that none comes before the one that it follows."""
    heard = sorted(place + late for place, late in zip(places, away, strict=True))
    for index in range(1, len(heard)):
        least = min(LEAST_GAP_S, (places[index] - places[index - 1]) / 2)
        heard[index] = max(heard[index], heard[index - 1] + least)
    return [when - place for when, place in zip(heard, places, strict=True)]


def _lean(
    expected: Sequence[Expected],
    members: list[list[int]],
    way: Sequence[Visit],
    away: list[float],
    *,
    profile: Profile,
    rng: Random,
) -> list[float]:
    """Add the slow lean and the wandering about the click."""
    if not profile.lean_ms_per_bar and not profile.wander_ms:
        return away
    waves = draw_waves(rng, expected[0].beat_s)
    firsts = [expected[members[visit.group][0]] for visit in way]
    return [
        late
        + profile.lean_ms_per_bar * note.bar / 1000.0
        + profile.wander_ms * waves(note.onset_s + visit.shift_s) / 1000.0
        for late, note, visit in zip(away, firsts, way, strict=True)
    ]


def _tell_stumbles(
    expected: Sequence[Expected], members: list[list[int]], stumbles: Sequence[Stumble]
) -> tuple[TruthStumble, ...]:
    def first(group: int) -> str:
        return expected[members[group][0]].id if group < len(members) else ""

    return tuple(
        TruthStumble(stumble.kind, first(stumble.group), first(stumble.goal))
        for stumble in stumbles
    )


def _write_down(
    expected: Sequence[Expected],
    keys: list[Key],
    *,
    plan: Misreadings,
    profile: Profile,
    seed: int,
    stumbles: tuple[TruthStumble, ...],
) -> Performance:
    """Order the keys as events, let each go in time for the next, and tell the truth."""
    keys = sorted(keys, key=lambda key: (key.onset_s, key.pitch))
    onsets: dict[int, list[float]] = {}
    for key in keys:
        onsets.setdefault(key.pitch, []).append(key.onset_s)
    events: list[NoteEvent] = []
    played: dict[str, tuple[int, Key]] = {}
    extras: list[TruthExtra] = []
    for index, key in enumerate(keys):
        again = onsets[key.pitch]
        place = bisect_right(again, key.onset_s)
        end = key.onset_s + key.hold_s
        if place < len(again):
            end = min(end, again[place])
        events.append(NoteEvent(key.onset_s, "on", key.pitch, key.velocity, PERFORMER))
        events.append(NoteEvent(end, "off", key.pitch, 0, PERFORMER))
        played.update(dict.fromkeys(key.ids, (index, key)))
        if not key.ids:
            extras.append(TruthExtra(index, key.reason or "stray"))
    events.sort(key=lambda event: (event.onset_s, event.kind == "on", event.pitch))
    truth = Truth(
        profile=profile,
        seed=seed,
        notes=tuple(
            _tell(number, note, played, plan)
            for number, note in sorted(enumerate(expected), key=lambda one: int(one[1].id[1:]))
        ),
        extras=tuple(extras),
        stumbles=stumbles,
    )
    return Performance(tuple(events), truth)


def _tell(
    number: int, note: Expected, played: dict[str, tuple[int, Key]], plan: Misreadings
) -> TruthNote:
    """What was done to one charted note."""
    if note.id not in played:
        return TruthNote(note.id, "missing", None, None, None)
    index, key = played[note.id]
    what = plan.kinds.get(number, "right")
    return TruthNote(note.id, what, index, key.away_ms, key.pitch)
