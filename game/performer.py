"""A performer with a known profile: plays a chart, and says what was done to each note.

Its bias and spread are exact for the notes that are played right and on the click: the draws are
centred and scaled, so that a grade can be held against them. Deterministic for a seed.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from random import Random
from statistics import fmean, median, pstdev
from typing import TYPE_CHECKING

import msgspec

from game.events import NoteEvent
from game.scoring.expectation import expect_notes
from game.stumbling import Visit, plan_way
from game.touch import FINGER_S, hold_s, read_loudness, strike_velocity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from exercises.chart import Chart
    from exercises.timeline import Timeline
    from game.scoring.expectation import Expected
    from game.touch import Loudness
    from styles.schema import Style

CHORD_CLIP_MS = 32.0
"""A chord note is never farther from the chord's middle: one chord stays one (facts of 22
pianists: 95 % of two-hand chords within 69 ms)."""
CLIP_SPREADS = 2.2
"""No onset is farther off: a note half-way to the next is no longer this note but that one."""
LEAST_GAP_S = 0.03
"""Between two onset groups, however uneven the player."""
ROUNDS = 40
WRONG_STEPS = (-4, -3, -2, -1, 1, 2, 3, 4)
WRONG_WEIGHTS = (1, 2, 4, 3, 3, 4, 2, 1)
EXTRA_WINDOW_S = 0.03
EXTRA_HOLD_S = 0.08
LOWEST, HIGHEST = 21, 108
"""The keys of a piano."""


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """How somebody plays. Shares are of the charted notes."""

    name: str = "custom"
    bias_ms: float = 0.0
    """Mean asynchrony; negative is ahead of the click."""
    spread_ms: float = 0.0
    """Standard deviation of the asynchrony of onsets."""
    wrong: float = 0.0
    missing: float = 0.0
    extra: float = 0.0
    octave: float = 0.0
    stumbles: float = 0.0
    """For each bar."""
    chord_spread_ms: float = 0.0
    """Standard deviation of a chord's notes about its middle."""
    touch: float = 0.0
    """Standard deviation of the velocity."""
    length: float = 1.0
    """Share of the written length that is held, ..."""
    length_spread: float = 0.0
    """... and how it scatters."""


PROFILES = {
    profile.name: profile
    for profile in (
        Profile(name="perfect"),
        Profile(
            name="expert", bias_ms=-10, spread_ms=12, chord_spread_ms=5, touch=3,
            length=0.96, length_spread=0.02,
        ),
        Profile(
            name="solid", spread_ms=25, chord_spread_ms=8, touch=5,
            length=0.93, length_spread=0.06,
        ),
        Profile(
            name="laid-back", bias_ms=35, spread_ms=15, chord_spread_ms=6, touch=4,
            length=0.94, length_spread=0.03,
        ),
        Profile(
            name="amateur", spread_ms=45, wrong=0.03, missing=0.02, chord_spread_ms=12, touch=8,
            length=0.85, length_spread=0.12,
        ),
        Profile(
            name="sloppy", spread_ms=80, wrong=0.09, missing=0.06, chord_spread_ms=15, touch=12,
            length=0.75, length_spread=0.2,
        ),
    )
}  # fmt: skip


class TruthNote(msgspec.Struct, frozen=True):
    """What was done to one charted note."""

    id: str
    what: str
    """right, wrong, octave or missing."""
    played: int | None
    """Counts the note-ons in time order, from 0."""
    asynchrony_ms: float | None
    pitch: int | None


class TruthExtra(msgspec.Struct, frozen=True):
    """A played note that no charted note asked for."""

    played: int
    reason: str
    """stray, repeat or restart."""


class Truth(msgspec.Struct, frozen=True):
    """What the performer did."""

    profile: Profile
    seed: int
    notes: tuple[TruthNote, ...]
    extras: tuple[TruthExtra, ...]
    stumbles: tuple[str, ...]


class Performance(msgspec.Struct, frozen=True):
    """Stamped events, and the truth about them."""

    events: tuple[NoteEvent, ...]
    truth: Truth


@dataclass
class _Key:
    """One key on its way to being pressed."""

    onset_s: float
    hold_s: float
    pitch: int
    velocity: int
    ids: tuple[str, ...] = ()
    """The charted notes that it is meant for."""
    away_ms: float = 0.0
    reason: str | None = None


@dataclass
class _Plan:
    """What goes wrong where, by charted number."""

    kinds: dict[int, str] = field(default_factory=dict)
    pitches: dict[int, int] = field(default_factory=dict)


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
    expected = expect_notes(chart, timeline=timeline, style=style, level=level)
    members = _gather(expected)
    plan = _plan_errors(expected, members, profile, rng)
    way, stumbles = plan_way(expected, profile.stumbles, rng)
    right = [any(plan.kinds.get(n) is None for n in numbers) for numbers in members]
    away = _draw_times(expected, members, way, right=right, profile=profile, rng=rng)
    keys: list[_Key] = []
    loudness = read_loudness(chart)
    for visit, late in zip(way, away, strict=True):
        keys.extend(
            _strike(
                expected,
                members[visit.group],
                visit,
                late,
                plan=plan,
                profile=profile,
                rng=rng,
                loudness=loudness,
            )
        )
    keys.extend(_stray(expected, members, keys, profile, rng))
    return _write_down(expected, keys, plan=plan, profile=profile, seed=seed, stumbles=stumbles)


def _gather(expected: Sequence[Expected]) -> list[list[int]]:
    """The charted numbers of each onset group."""
    members: list[list[int]] = [[] for _ in range(max((n.group for n in expected), default=-1) + 1)]
    for number, note in enumerate(expected):
        members[note.group].append(number)
    return members


def _plan_errors(
    expected: Sequence[Expected], members: list[list[int]], profile: Profile, rng: Random
) -> _Plan:
    """Choose which notes go wrong: exactly the profile's shares."""
    plan = _Plan()
    numbers = list(range(len(expected)))
    rng.shuffle(numbers)
    for kind in ("missing", "octave", "wrong"):
        count = round(getattr(profile, kind) * len(expected))
        for _ in range(min(count, len(numbers))):
            number = numbers.pop()
            note = expected[number]
            pitch = note.pitch
            if kind != "missing":
                taken = _pitches_near(expected, members, note.group)
                pitch = _miss_key(note.pitch, taken, rng, octave=kind == "octave")
            plan.kinds[number] = kind if pitch != note.pitch or kind == "missing" else "right"
            plan.pitches[number] = pitch
    plan.kinds = {number: kind for number, kind in plan.kinds.items() if kind != "right"}
    return plan


def _pitches_near(expected: Sequence[Expected], members: list[list[int]], group: int) -> set[int]:
    """What is written around a place: a wrong key among it would not be wrong."""
    around = members[max(0, group - 2) : group + 3]
    return {expected[number].pitch for numbers in around for number in numbers}


def _miss_key(pitch: int, taken: set[int], rng: Random, *, octave: bool) -> int:
    """A key beside the one that was meant; the same where there is none free."""
    steps: tuple[int, ...] = (-12, 12) if octave else WRONG_STEPS
    weights = (1, 1) if octave else WRONG_WEIGHTS
    options = [
        (pitch + step, weight)
        for step, weight in zip(steps, weights, strict=True)
        if pitch + step not in taken and LOWEST <= pitch + step <= HIGHEST
    ]
    if not options:
        return pitch
    return rng.choices([key for key, _ in options], [weight for _, weight in options])[0]


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
    can see, and freed of drift, so that their mean and deviation are the profile's.
    """
    away = [rng.gauss(0.0, 1.0) for _ in way]
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
    for _ in range(ROUNDS):
        away = _keep_order(places, [_clip(one, bias, CLIP_SPREADS * spread) for one in away])
        line = _fit_line([places[index] for index in seen], [away[index] for index in seen])
        away = [one - line[0] - line[1] * place for one, place in zip(away, places, strict=True)]
        scatter = pstdev([away[index] for index in seen]) or 1.0
        away = [bias + one * spread / scatter for one in away]
    return away


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


def _strike(
    expected: Sequence[Expected],
    numbers: list[int],
    visit: Visit,
    late_s: float,
    *,
    plan: _Plan,
    profile: Profile,
    rng: Random,
    loudness: Loudness,
) -> list[_Key]:
    """Press the keys of one onset group."""
    keys: dict[int, _Key] = {}
    for number in numbers:
        note = expected[number]
        if plan.kinds.get(number) == "missing":
            continue
        pitch = plan.pitches.get(number, note.pitch)
        if pitch in keys and number not in plan.kinds:
            keys[pitch].ids += (note.id,)  # two voices meet on one key
            keys[pitch].hold_s = max(keys[pitch].hold_s, hold_s(note))
            continue
        velocity = strike_velocity(note, loudness) + rng.gauss(0.0, 1.0) * profile.touch
        length = profile.length + rng.gauss(0.0, 1.0) * profile.length_spread
        keys[pitch] = _Key(
            onset_s=note.onset_s + visit.shift_s + late_s,
            hold_s=max(FINGER_S, hold_s(note) * max(0.1, length)),
            pitch=pitch,
            velocity=min(127, max(1, round(velocity))),
            ids=(note.id,) if visit.counts else (),
            away_ms=late_s * 1000.0,
            reason=None if visit.counts else visit.reason,
        )
    meant = {expected[n].pitch for n in numbers if n not in plan.kinds}
    _spread_chord(list(keys.values()), meant, profile, rng)
    return list(keys.values())


def _spread_chord(keys: list[_Key], meant: set[int], profile: Profile, rng: Random) -> None:
    """Fingers do not land together; the middle of the right notes stays where it was."""
    offsets = [
        min(CHORD_CLIP_MS, max(-CHORD_CLIP_MS, rng.gauss(0.0, 1.0) * profile.chord_spread_ms))
        for _ in keys
    ]
    right = [offset for offset, key in zip(offsets, keys, strict=True) if key.pitch in meant]
    middle = median(right or offsets) if offsets else 0.0
    for offset, key in zip(offsets, keys, strict=True):
        key.onset_s += (offset - middle) / 1000.0
        key.away_ms += offset - middle


def _stray(
    expected: Sequence[Expected],
    members: list[list[int]],
    keys: list[_Key],
    profile: Profile,
    rng: Random,
) -> list[_Key]:
    """Keys that were brushed beside the ones that were meant."""
    strays: list[_Key] = []
    groups = {note.id: note.group for note in expected}
    meant = [key for key in keys if key.ids]
    for _ in range(round(profile.extra * len(expected)) if meant else 0):
        beside = rng.choice(meant)
        taken = _pitches_near(expected, members, groups[beside.ids[0]])
        pitch = _miss_key(beside.pitch, taken, rng, octave=False)
        if pitch != beside.pitch:
            onset = beside.onset_s + rng.uniform(-EXTRA_WINDOW_S, EXTRA_WINDOW_S)
            soft = max(1, beside.velocity - 15)
            strays.append(_Key(onset, EXTRA_HOLD_S, pitch, soft, reason="stray"))
    return strays


def _write_down(
    expected: Sequence[Expected],
    keys: list[_Key],
    *,
    plan: _Plan,
    profile: Profile,
    seed: int,
    stumbles: tuple[str, ...],
) -> Performance:
    """Order the keys as events, let each go in time for the next, and tell the truth."""
    keys = sorted(keys, key=lambda key: (key.onset_s, key.pitch))
    onsets: dict[int, list[float]] = {}
    for key in keys:
        onsets.setdefault(key.pitch, []).append(key.onset_s)
    events: list[NoteEvent] = []
    played: dict[str, tuple[int, _Key]] = {}
    extras: list[TruthExtra] = []
    for index, key in enumerate(keys):
        again = onsets[key.pitch]
        place = bisect_right(again, key.onset_s)
        end = key.onset_s + key.hold_s
        if place < len(again):
            end = min(end, again[place])
        events.append(NoteEvent(key.onset_s, "on", key.pitch, key.velocity, "performer"))
        events.append(NoteEvent(end, "off", key.pitch, 0, "performer"))
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
    number: int, note: Expected, played: dict[str, tuple[int, _Key]], plan: _Plan
) -> TruthNote:
    """What was done to one charted note."""
    if note.id not in played:
        return TruthNote(note.id, "missing", None, None, None)
    index, key = played[note.id]
    what = plan.kinds.get(number, "right")
    return TruthNote(note.id, what, index, key.away_ms, key.pitch)


def adjust_profile(profile: Profile, **changes: float | None) -> Profile:
    """The same profile with some figures changed; None leaves one as it is."""
    given = {name: value for name, value in changes.items() if value is not None}
    return msgspec.structs.replace(profile, **given) if given else profile
