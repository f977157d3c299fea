"""Grooves: phrases in which both hands play a pattern over the chords and nothing is sung.

The right hand's voicings are led so that their top is a line over the phrase; octaves follow that
line and lead on by step into the next chord, inner notes lie between them, as in a montuno.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from exercises.compose.bassline import LOWER_STAFF, Tone
from exercises.compose.grid import EIGHTH, Metre
from exercises.compose.leading import Stop, draw_contour, lead_voices, pick_contours
from exercises.compose.pattern import MIRRORED, is_skank
from exercises.compose.shapes import BARE, guide_tones, shape_chord, telling
from exercises.compose.tones import harmony_at
from exercises.compose.voicing import OCTAVE, Voicing
from exercises.theory import read_key

if TYPE_CHECKING:
    from exercises.compose.dice import Dice
    from exercises.compose.form import Phrase
    from exercises.compose.pattern import BarPattern
    from exercises.compose.progression import Slot
    from exercises.harmony import Harmony
    from exercises.levels import Level

RANGE = (57, 76)
"""A3 to E5: where a right hand comps."""
OCTAVE_RANGE = (64, 81)
"""E4 to A5: tops of octaves."""
_ROOM = 12
_BELOW = 4
_SHARPNESS = 4.0
"""How strictly the share of grooves is kept, by ear."""
_OFTEN = 1 / 3
"""From this share on most charts have a groove."""
_DEGREES = {"6": 9, "b7": 10, "9": 2}
_PLACES: dict[str, Callable[[int], int]] = {
    "L": lambda _: 0, "l": lambda _: 0, "M": lambda size: size // 2,
    "H": lambda size: size - 1, "r": lambda size: size - 1,
}  # fmt: skip
"""Which note of so many a single role takes."""


def plan_grooves(
    phrases: Sequence[Phrase], share: float, dice: Dice, most: float = 1.0
) -> frozenset[int]:
    """Which phrases are grooves: letters or every other, near the style's share, `most` at most."""
    if share <= 0 or not phrases:
        return frozenset()
    count = len(phrases)
    every = frozenset(range(count))
    letters = dict.fromkeys(phrase.letter for phrase in phrases)
    plans = [
        frozenset(),
        every,
        frozenset(range(0, count, 2)),
        frozenset(range(1, count, 2)),
        frozenset(range(count // 2)),
        *(frozenset(p.index for p in phrases if p.letter == letter) for letter in letters),
        *(frozenset(p.index for p in phrases if p.letter != letter) for letter in letters),
    ]
    plans = [plan for plan in dict.fromkeys(plans) if len(plan) <= most * count]
    alike = Counter(len(plan) for plan in plans)
    # Where a style mixes both, one of them alone is the exception; where grooves are rare, many
    # charts have none.
    rare = {every: 0.3, frozenset(): 1.0 if share < _OFTEN else 0.3}
    weights = [
        math.exp(-_SHARPNESS * abs(len(plan) / count - share))
        * (rare.get(plan, 1.0) if count > 1 else 1.0)
        / alike[len(plan)]
        for plan in plans
    ]
    return every if min(share, most) >= 1 else dice.choose(plans, weights)


def groove_bars(
    phrases: Sequence[Phrase], grooves: frozenset[int], patterns: Mapping[str, BarPattern]
) -> dict[int, BarPattern]:
    """The groove of each bar by its index; the last bar of a chart is an ending and has none."""
    last = phrases[-1].bar + phrases[-1].bars - 1
    return {
        phrase.bar + at: patterns[phrase.letter]
        for phrase in phrases
        if phrase.index in grooves and phrase.letter in patterns
        for at in range(phrase.bars)
        if phrase.bar + at != last
    }


def sung_phrases(phrases: Sequence[Phrase], bars: Mapping[int, BarPattern]) -> list[Phrase]:
    """The phrases that have a melody: those without a groove, and the last bar in any case."""
    sung = [phrase for phrase in phrases if phrase.bar not in bars]
    last = phrases[-1]
    if last.bar in bars:
        sung.append(replace(last, bar=last.bar + last.bars - 1, bars=1))
    return sung


@dataclass(frozen=True, slots=True)
class Hit:
    """An event of a groove at its place in the chart, over the chord it belongs to."""

    onset: int
    duration: int
    role: str
    slot: Slot
    bar: int


def lay_hits(
    bars: Mapping[int, BarPattern], slots: Sequence[Slot], metre: Metre, *, right: bool
) -> list[Hit]:
    """All events of one hand; they stop where the groove does.

    A note that begins an eighth before a chord and is held into it belongs to that chord already;
    inside a bar also one that is held up to it, where nothing is struck with the chord itself.
    """
    hits: list[Hit] = []
    changes = {slot.onset for slot in slots}
    for bar in sorted(bars):
        start = bar * metre.bar
        goes_on = bars.get(bar + 1) == bars[bar]
        end = start + (2 if goes_on else 1) * metre.bar
        events = bars[bar].right_in(bar) if right else bars[bar].events_in(bar)
        skank = is_skank(events)
        struck = {start + event.onset for event in events}
        for event in events:
            onset = start + event.onset
            duration = min(event.duration, end - onset)
            pushed = (
                onset % metre.bar + EIGHTH >= metre.bar and onset + duration >= start + metre.bar
            ) or (onset + EIGHTH in changes - struck and onset + duration >= onset + EIGHTH)
            held = pushed and not skank and event.role != "g"
            lasting = duration + EIGHTH if held else duration
            slot = harmony_at(slots, onset, lasting, EIGHTH)
            hits.append(Hit(onset, duration, event.role, slot, bar))
    return hits


def play_right(
    bars: Mapping[int, BarPattern],
    slots: Sequence[Slot],
    phrases: Sequence[Phrase],
    below: Sequence[Tone],
    *,
    level: Level,
    metre: Metre,
    key: str,
    shape: str,
    ghosts: bool,
    dice: Dice,
) -> list[Tone]:
    """The right hand of all grooves of a chart, above what the left hand plays (`below`)."""
    hits = lay_hits(bars, slots, metre, right=True)
    if not hits:
        return []
    voicings = _voice(bars, hits, slots, phrases, below, level=level, shape=shape, dice=dice)
    tops = _top_line(hits, voicings, key)
    tones: list[Tone] = []
    last: int | None = None
    for index, hit in enumerate(hits):
        following = hits[index + 1].onset if index + 1 < len(hits) else hit.onset + hit.duration
        held = min(hit.duration, max(following - hit.onset, 1))
        limit = min(bars[hit.bar].right_fullness, level.right_notes)
        chord = voicings[hit.slot.onset]
        stands = any(event.role == "1" for event in bars[hit.bar].right)
        anchor = _anchor(chord, hit.slot.harmony, level.right_range[1]) if stands else None
        pitches = _take(hit, chord, tops.get(index), key=key, limit=limit, last=last, anchor=anchor)
        if hit.role == "c" and any(event.role == "O" for event in bars[hit.bar].right):
            pitches = _inside(chord[-1], hit.slot.harmony, limit) or pitches
        last = pitches[-1]
        signs = ("ghost",) if hit.role == "g" and ghosts else ()
        tones += [Tone(hit.onset, held, pitch, 1, signs=signs) for pitch in pitches]
    return tones


def mirror_left(
    bars: Mapping[int, BarPattern],
    slots: Sequence[Slot],
    above: Sequence[Tone],
    *,
    level: Level,
    metre: Metre,
) -> list[Tone]:
    """What the left hand doubles of the right hand's octaves and inner notes, two octaves below."""
    struck: dict[int, list[Tone]] = {}
    for tone in above:
        struck.setdefault(tone.onset, []).append(tone)
    low, high = level.left_range
    tones: list[Tone] = []
    for hit in mirrored(bars, slots, metre):
        group = sorted(struck.get(hit.onset, []), key=lambda tone: tone.pitch)
        if not group:
            continue
        pitches = [tone.pitch - 2 * OCTAVE for tone in group]
        if hit.role == "c" or level.left_notes < 2:  # noqa: PLR2004 - two notes make an octave
            pitches = pitches[-1:] if hit.role == "O" else pitches[:1]
        pitches = [pitch for pitch in pitches if low <= pitch <= high] or [
            pitches[-1] + OCTAVE * math.ceil(max(0, low - pitches[-1]) / OCTAVE)
        ]
        held = min(hit.duration, group[0].duration)
        tones += [Tone(hit.onset, held, pitch, LOWER_STAFF) for pitch in pitches]
    return tones


def mirrored(bars: Mapping[int, BarPattern], slots: Sequence[Slot], metre: Metre) -> list[Hit]:
    """Octaves and inner notes that both hands strike together: one line in two registers."""
    right = {
        (hit.onset, hit.role) for hit in lay_hits(bars, slots, metre, right=True)
        if hit.role in MIRRORED
    }  # fmt: skip
    left = lay_hits(bars, slots, metre, right=False)
    return [hit for hit in left if (hit.onset, hit.role) in right]


def _voice(
    bars: Mapping[int, BarPattern],
    hits: Sequence[Hit],
    slots: Sequence[Slot],
    phrases: Sequence[Phrase],
    below: Sequence[Tone],
    *,
    level: Level,
    shape: str,
    dice: Dice,
) -> dict[int, Voicing]:
    """A voicing for each chord that is struck, by its onset: led as one way through the chart."""
    struck = {hit.slot.onset: hit for hit in reversed(hits)}
    contours = pick_contours([phrase.letter for phrase in phrases], dice)
    phrase_of = {p.bar + at: p for p in phrases for at in range(p.bars)}
    stops: list[Stop] = []
    used: list[Slot] = []
    for slot in slots:
        if slot.onset not in struck:
            continue
        hit = struck[slot.onset]
        pattern = bars[hit.bar]
        roles = {event.role for event in (*pattern.right, *(pattern.right_second or ()))}
        count = min(pattern.right_fullness, level.right_notes, 4 if "V" in roles else 3)
        low, high = OCTAVE_RANGE if "O" in roles else RANGE
        early = slot.onset - EIGHTH
        floor = max((t.pitch for t in below if t.onset < slot.end and t.end > early), default=0)
        low = max(low, level.right_range[0], floor + 1)
        high = max(min(high, level.right_range[1]), low + _ROOM)
        # Triads stay whole, and a montuno goes round the chord itself, not its tensions.
        rooted = len(slot.harmony.pitch_classes) <= 3 or "O" in roles  # noqa: PLR2004
        bare = "O" in roles or ("V" in roles and shape in BARE)
        options = shape_chord(
            "close" if bare else shape, slot.harmony, low, high,
            count=max(count, 1), span=min(level.span, OCTAVE), rooted=rooted,
        )  # fmt: skip
        options = telling(options, slot.harmony)
        if not options:
            options = ((min(high, max(low, low + (slot.harmony.root - low) % OCTAVE)),),)
        phrase = phrase_of[min(slot.bar, max(phrase_of))]
        inside = (slot.bar - phrase.bar) / max(1, phrase.bars - 1)
        middle = (low + high) / 2 + 3 + 1.5 * min(phrase.primes, 2)
        top = middle + draw_contour(min(1.0, inside), contours[phrase.letter])
        same = bool(used) and used[-1].harmony == slot.harmony
        stops.append(Stop(options, top, same))
        used.append(slot)
    return dict(zip((slot.onset for slot in used), lead_voices(stops), strict=True))


def _top_line(hits: Sequence[Hit], voicings: Mapping[int, Voicing], key: str) -> dict[int, int]:
    """The upper notes of octaves: the chord's top, its upper neighbour, and steps into a change."""
    octaves = [index for index, hit in enumerate(hits) if hit.role == "O"]
    scale = read_key(key).scale
    tops: dict[int, int] = {}
    for place, index in enumerate(octaves):
        hit = hits[index]
        top = voicings[hit.slot.onset][-1]
        following = hits[octaves[place + 1]] if place + 1 < len(octaves) else None
        before = tops[octaves[place - 1]] if place else None
        here = top
        if following is not None and following.slot.onset != hit.slot.onset and before == top:
            goal = voicings[following.slot.onset][-1]
            here = _step_to(top, goal, hit.slot.harmony, scale)
        elif before == top and place and hits[octaves[place - 1]].slot.onset == hit.slot.onset:
            here = _neighbour(top, hit.slot.harmony, scale)
        tops[index] = here
    return tops


def _step_to(top: int, goal: int, harmony: Harmony, scale: Sequence[int]) -> int:
    """A chord or scale note from here towards the next top, a fourth away at most."""
    way = range(goal - 1, top, -1) if goal > top else range(goal + 1, top)
    tones = [pitch for pitch in way if pitch % OCTAVE in harmony.pitch_classes]
    steps = [pitch for pitch in way if pitch % OCTAVE in scale and abs(pitch - goal) <= 2]  # noqa: PLR2004
    near = [pitch for pitch in (tones or steps) if abs(pitch - top) <= 5]  # noqa: PLR2004 - a fourth
    return near[0] if near else top


def _neighbour(top: int, harmony: Harmony, scale: Sequence[int]) -> int:
    """The sixth, seventh or ninth beside a chord's top: a step or third away, up before down."""
    colours = {(harmony.root + step) % OCTAVE for step in (2, 9)}
    if harmony.seventh is not None:
        colours.add(harmony.seventh)
    tones = set(harmony.pitch_classes) | {pc for pc in colours if pc in scale}
    for away in (2, 3, -2, -3, 1, -1, 4, -4):
        if (top + away) % OCTAVE in tones:
            return top + away
    return top


def _anchor(chord: Voicing, harmony: Harmony, highest: int) -> int:
    """The root that a broken figure stands on: within a third below or a fifth above the hand."""
    low = min(chord[0] - _BELOW, highest - 2 * OCTAVE + 1)
    return low + (harmony.root - low) % OCTAVE


def _take(
    hit: Hit,
    chord: Voicing,
    top: int | None,
    *,
    key: str,
    limit: int,
    last: int | None,
    anchor: int | None = None,
) -> Voicing:
    """The keys of a role: chords from the top down, inner notes, single notes of the chord."""
    role, harmony = hit.role, hit.slot.harmony
    if role in {"C", "V"}:
        return chord[-min(limit, 3 if role == "C" else 4) :]
    if role == "O":
        upper = chord[-1] if top is None else top
        return (upper - OCTAVE, upper) if limit > 1 else (upper,)
    if role == "c":
        return _inner(chord, harmony, limit)
    if role in _PLACES:
        return (chord[_PLACES[role](len(chord))],)
    if role == "g":
        return (chord[0] if last is None else last,)
    return (_degree(role, harmony, chord, key, last, anchor),)


def _inner(chord: Voicing, harmony: Harmony, limit: int) -> Voicing:
    """Two notes of the chord inside the octave below its top."""
    top = chord[-1]
    tones = [
        pitch for pitch in range(top - OCTAVE + 1, top) if pitch % OCTAVE in harmony.pitch_classes
    ]
    pair = guide_tones([*tones, top], harmony) or (
        tones[-2:] if len(tones) > 1 else list(chord[:1])
    )
    return tuple(pair[-min(2, limit) :])


def _inside(top: int, harmony: Harmony, limit: int) -> Voicing:
    """Inside a montuno's octave: root and third, or third and fifth below a root."""
    third = harmony.root if harmony.third is None else harmony.third
    pair = {third, harmony.fifth if top % OCTAVE == harmony.root else harmony.root}
    found = tuple(pitch for pitch in range(top - OCTAVE + 1, top) if pitch % OCTAVE in pair)
    return found[-min(2, limit) :]


def _degree(
    role: str,
    harmony: Harmony,
    chord: Voicing,
    key: str,
    last: int | None,
    anchor: int | None,
) -> int:
    """A single degree of the chord, near the last note and inside the hand.

    A figure that has its root stands on it (`anchor`): the same shape over every chord.
    """
    third = harmony.root if harmony.third is None else harmony.third
    seventh = harmony.seventh
    pcs = {"1": harmony.root, "8": harmony.root, "3": third, "5": harmony.fifth}
    pc = pcs.get(role)
    if pc is None:
        pc = (harmony.root + _DEGREES[role]) % OCTAVE
        if role == "b7" and seventh is not None:
            pc = seventh
        elif role == "9" and 13 in harmony.intervals:  # noqa: PLR2004 - a flat ninth
            pc = (harmony.root + 1) % OCTAVE
        elif role == "9" and pc not in {*harmony.pitch_classes, *read_key(key).scale}:
            pc = harmony.root
        elif role == "6" and pc not in read_key(key).scale and harmony.is_minor:
            pc = (pc - 1) % OCTAVE
    if anchor is not None:
        return anchor + (OCTAVE if role == "8" else (pc - anchor) % OCTAVE)
    bottom, top = chord[0], chord[0] + OCTAVE
    options = [pitch for pitch in range(bottom - 3, top + 4) if pitch % OCTAVE == pc]
    if role == "8":
        return options[-1]
    if role == "1":
        return options[0]
    near = (bottom + top) // 2 if last is None else last
    return min(options, key=lambda pitch: (abs(pitch - near), pitch))
