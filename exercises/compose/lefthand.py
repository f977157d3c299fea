"""The left hand: patterns played over the chords, voices led, bass on its way to the next root."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from exercises.compose.endings import HELD, cut_length
from exercises.compose.grid import EIGHTH, SIXTEENTH, TICKS, Metre
from exercises.compose.grips import REACH, close_grip, comp_grip, grip, settle
from exercises.compose.groove import Hit, lay_hits
from exercises.compose.pattern import BarPattern, Event, is_skank
from exercises.compose.voicing import (
    MUDDY_BELOW,
    MUDDY_INTERVAL,
    OCTAVE,
    Voicing,
    open_chord,
    shell,
)

if TYPE_CHECKING:
    from exercises.compose.dice import Dice
    from exercises.compose.form import Phrase
    from exercises.compose.progression import Slot
    from exercises.harmony import Harmony
    from exercises.levels import Level
from exercises.compose.bassline import (
    CEILING,
    FARTHEST,
    LOWER_STAFF,
    Hand,
    Tone,
    approach_root,
    place_bass,
    walk,
)

_LINE = frozenset({"R", "R+", "3", "b3", "4", "5", "6", "b7", "8", "9", "O", "A"})
"""Roles of a bass line: a pattern of these alone that ends in an approach walks."""

HELD_CLOSE = 0.25
"""How often a phrase closes with a held chord instead of the pattern."""

REST_LEVEL = 4
"""From here a phrase may breathe in the left hand too."""


def play_patterns(
    slots: Sequence[Slot],
    phrases: Sequence[Phrase],
    patterns: Mapping[str, BarPattern],
    *,
    level: Level,
    metre: Metre,
    key: str,
    shapes: frozenset[str],
    dice: Dice,
    comp: str = "",
    ending: str = HELD,
    grooves: Mapping[int, BarPattern] | None = None,
    varied: Mapping[int, BarPattern] | None = None,
) -> list[Tone]:
    """The left hand of a whole chart; `shapes` are the voicings the style knows at the level.

    `comp` is the voicing of chords that have no bass below, empty for shells and close chords;
    `grooves` are the bars in which both hands play a pattern, `varied` those in which the left
    hand has another than its phrase. The last bar is an ending: the tonic, held.
    """
    found = {p.bar + at: patterns[p.letter] for p in phrases for at in range(p.bars)}
    found |= varied or {}
    found |= {bar: pattern.lone for bar, pattern in (grooves or {}).items()}
    tones: list[Tone] = []
    done: set[int] = set()
    hand = Hand(level, key, shapes, separate_bass=False, octaves=False, ceiling=CEILING, comp=comp)
    last_bar = slots[-1].bar
    held = _held_bars(phrases, level, dice) - set(grooves or ())
    broad = {last_bar - 1} if ending == "ritard" else set()
    timed = {
        bar: pattern for bar, pattern in found.items()
        if pattern.second is not None and bar != last_bar and bar not in held | broad
    }  # fmt: skip
    hits = lay_hits(timed, slots, metre, right=False)
    for index, slot in enumerate(slots):
        pattern = found[slot.bar]
        settle(hand, pattern)
        following = slots[index + 1].harmony if index + 1 < len(slots) else None
        if slot.bar == last_bar:
            _join(tones, _finish(hand, slot, pattern, ending, metre=metre, dice=dice), hand)
            continue
        if slot.bar in broad or (slot.bar in held and slot.duration == metre.bar):
            _join(tones, _hold(hand, slot), hand)
            continue
        if slot.bar in timed:
            if slot.bar not in done:
                done.add(slot.bar)
                inside = [hit for hit in hits if hit.bar == slot.bar]
                _join(tones, _play_hits(hand, inside, slots, dice), hand)
            continue
        if not pattern.events:
            continue
        if pattern.comping:
            if slot.bar not in done:
                done.add(slot.bar)
                tones += _comp_bar(hand, slots, slot.bar, pattern, metre)
            continue
        whole = slot.duration == metre.bar
        events = pattern.events if whole else _part_of(pattern, slot, metre)
        pushed = whole and pattern.pushes and following is not None
        _join(tones, _play(hand, slot, events, following, dice, pushed=pushed), hand)
    return tones


def _part_of(pattern: BarPattern, slot: Slot, metre: Metre) -> Sequence[Event]:
    """What a chord of less than a bar plays: the pattern from its start.

    A pattern that leaves the first beat alone goes on where it is: its weight lies later in the
    bar, where the second chord stands on its root.
    """
    at = slot.onset - slot.bar * metre.bar
    inside = [
        Event(event.onset - at, min(event.duration, at + slot.duration - event.onset), event.role)
        for event in pattern.events
        if at <= event.onset < at + slot.duration
    ]
    if not at or not inside or not pattern.events[0].onset:
        return clip_events(pattern, slot.duration)
    first = inside[0]
    bass = first.role in {"3", "5", "8", "R"}
    return [replace(first, role="R") if bass else first, *inside[1:]]


def clip_events(pattern: BarPattern, length: int) -> tuple[Event, ...]:
    """What a chord of less than a bar plays: the pattern from its start, cut to the length.

    A pattern that leads into the next root still does so on its last event.
    """
    events = [
        Event(event.onset, min(event.duration, length - event.onset), event.role)
        for event in pattern.events
        if event.onset < length
    ]
    if not events:
        return (Event(0, length, pattern.events[0].role),)
    if pattern.events[-1].role == "A" and len(events) > 1 and events[-1].role != "A":
        last = events[-1]
        events[-1] = Event(last.onset, last.duration, "A")
    return tuple(events)


def _join(tones: list[Tone], new: list[Tone], hand: Hand) -> None:
    """Add a bar so that the hand gets there.

    A last high note too far above the next bass goes down an octave; a key struck a sixteenth ago
    is left out of a chord.
    """
    if tones and new:
        last = [tone for tone in tones if tone.onset == tones[-1].onset]
        first = [tone for tone in new if tone.onset == new[0].onset]
        lower = last[0].pitch - OCTAVE
        far = last[0].pitch - first[0].pitch > FARTHEST
        if len(last) == 1 and far and lower >= hand.level.left_range[0]:
            tones[-1] = replace(tones[-1], pitch=lower)
        if first[0].onset - last[0].onset <= SIXTEENTH and len(first) > 1:
            struck = {tone.pitch for tone in last}
            new = [tone for tone in new if tone not in first or tone.pitch not in struck]
    tones += new


def _held_bars(phrases: Sequence[Phrase], level: Level, dice: Dice) -> set[int]:
    """Last bars of phrases in which the pattern comes to rest with the melody."""
    if level.number < REST_LEVEL:
        return set()
    ends = [each.bar + each.bars - 1 for each in phrases if each.cadence != "open"]
    return {bar for bar in ends if dice.chance(HELD_CLOSE)}


def _hold(hand: Hand, slot: Slot) -> list[Tone]:
    """The chord held for the bar: bass and fifth or octave, or the comped voicing."""
    if not hand.separate_bass:
        pitches = (
            comp_grip(hand, slot.harmony, full=False)
            if hand.comp
            else close_grip(hand, slot.harmony, 3)
        )
    else:
        bass = place_bass(hand, slot.harmony.bass, OCTAVE)
        count = min(hand.level.left_notes, hand.fullness, 2)
        root_position = slot.harmony.bass == slot.harmony.root
        pitches = open_chord(slot.harmony, bass, hand.ceiling, count) if root_position else (bass,)
    hand.last = pitches[0]
    return [Tone(slot.onset, slot.duration, pitch, LOWER_STAFF) for pitch in pitches]


def _comp_bar(
    hand: Hand, slots: Sequence[Slot], bar: int, pattern: BarPattern, metre: Metre
) -> list[Tone]:
    """A bar of comping: every hit takes the chord it sounds in, or the one it pushes into.

    A chord that no hit belongs to gets one of its own where it begins.
    """
    inside = [slot for slot in slots if slot.bar == bar]
    around = [slot for slot in slots if slot.bar in {bar, bar + 1}]
    start = bar * metre.bar
    hits: list[tuple[int, int, str, Slot]] = []
    for event in pattern.events:
        onset = start + event.onset
        slot = max((each for each in inside if each.onset <= onset), key=lambda each: each.onset)
        pushes = pattern.pushes or onset + EIGHTH < start + metre.bar
        reach = EIGHTH if pushes and not is_skank(pattern.events) else 0
        later = [each for each in around if 0 < each.onset - onset <= reach]
        hits.append((onset, event.duration, event.role, later[0] if later else slot))
    for slot in inside:
        if not any(hit[3] is slot for hit in hits):
            hits.append((slot.onset, min(slot.duration, TICKS), pattern.events[0].role, slot))
    hits.sort(key=lambda hit: hit[0])
    tones: list[Tone] = []
    for index, (onset, duration, role, slot) in enumerate(hits):
        room = hits[index + 1][0] - onset if index + 1 < len(hits) else duration
        pitches = grip(hand, role, slot.harmony, 0)
        held = min(duration, room)
        tones += [Tone(onset, held, pitch, LOWER_STAFF) for pitch in pitches]
        hand.last = pitches[0]
    return tones


def _play_hits(hand: Hand, hits: Sequence[Hit], slots: Sequence[Slot], dice: Dice) -> list[Tone]:
    """A bar of a pattern of two bars: each event over the chord that it belongs to."""
    reach = max((REACH.get(hit.role, 0) for hit in hits), default=0)
    tones: list[Tone] = []
    for hit in hits:
        # A push over the bar line belongs to the coming chord already: its own root leads there.
        pushed = hit.role == "R+" and hit.slot.onset > hit.onset
        later = [slot.harmony for slot in slots if slot.onset > hit.slot.onset]
        following = hit.slot.harmony if pushed else later[0] if later else None
        if hit.role == "R+" and following is not None:
            pitches: Voicing = (place_bass(hand, following.bass, 0),)
        elif hit.role == "A":
            pitches = (approach_root(hand, hit.slot.harmony, following, dice),)
        else:
            pitches = grip(hand, hit.role, hit.slot.harmony, reach)
        hand.last = pitches[0]
        tones += [Tone(hit.onset, hit.duration, pitch, LOWER_STAFF) for pitch in pitches]
    return tones


def held_notes(slots: Sequence[Slot], level: Level) -> list[Tone]:
    """One held root a bar: the accompaniment of the first levels."""
    hand = Hand(level, "C", frozenset(), separate_bass=False, octaves=False, ceiling=CEILING)
    tones = []
    for slot in slots:
        pitch = place_bass(hand, slot.harmony.bass, 0)
        tones.append(Tone(slot.onset, slot.duration, pitch, LOWER_STAFF))
    return tones


def _play(
    hand: Hand,
    slot: Slot,
    events: Sequence[Event],
    following: Harmony | None,
    dice: Dice,
    *,
    pushed: bool,
) -> list[Tone]:
    tones: list[Tone] = []
    reach = max((REACH.get(event.role, 0) for event in events), default=0)
    if hand.separate_bass or any(event.role in {"3", "5", "A"} for event in events):
        tail = min(reach, REACH.get(events[-1].role, 0))
        place_bass(hand, slot.harmony.bass, reach, (tail, following))
    walking = events[-1].role == "A" and all(event.role in _LINE for event in events)
    for index, event in enumerate(events):
        if event.role == "R+" and following is not None:
            pitches: Voicing = (place_bass(hand, following.bass, 0),)
        elif event.role == "A":
            if not walking:
                hand.last = hand.bass
            pitches = _double(hand, approach_root(hand, slot.harmony, following, dice))
        elif walking and index:
            pitches = _double(hand, walk(hand, slot.harmony, following, index, len(events)))
        elif pushed and following is not None and index == len(events) - 1:
            pitches = grip(hand, event.role, following, reach)
        else:
            pitches = grip(hand, event.role, slot.harmony, reach)
        hand.last = pitches[0]
        onset = slot.onset + event.onset
        tones += [Tone(onset, event.duration, pitch, LOWER_STAFF) for pitch in pitches]
    return tones


def _double(hand: Hand, pitch: int) -> Voicing:
    """A note of a bass line, in octaves where the pattern is."""
    doubled = hand.octaves and hand.level.left_notes > 1 and pitch + OCTAVE <= hand.ceiling
    return (pitch, pitch + OCTAVE) if doubled else (pitch,)


def _finish(
    hand: Hand, slot: Slot, pattern: BarPattern, ending: str, *, metre: Metre, dice: Dice
) -> list[Tone]:
    """The last bar: its chord, before it maybe the pattern once more."""
    head: list[Tone] = []
    if ending == "vamp" and slot.duration == metre.bar:
        head, slot = _run_out(hand, slot, pattern, metre, dice)
    return [*head, *_end(hand, slot, cut_length(ending, slot.duration, metre))]


def _run_out(
    hand: Hand, slot: Slot, pattern: BarPattern, metre: Metre, dice: Dice
) -> tuple[list[Tone], Slot]:
    """The pattern goes on through the first half of the last bar; the rest is for its chord."""
    half = metre.groups[1][0] if len(metre.groups) > 1 else metre.bar // 2
    events = [
        Event(event.onset, min(event.duration, half - event.onset), event.role)
        for event in pattern.events_in(slot.bar)
        if event.onset < half and event.role != "A"
    ]
    if not events or half % TICKS:
        return [], slot
    rest = replace(slot, onset=slot.onset + half, duration=slot.duration - half)
    return _play(hand, slot, events, None, dice, pushed=False), rest


def _end(hand: Hand, slot: Slot, length: int) -> list[Tone]:
    """The last chord: tonic in the bass, held for what the ending gives it."""
    harmony, limit = slot.harmony, hand.level.left_notes
    reach = OCTAVE if limit > 1 else 0
    bass = place_bass(hand, harmony.root, reach)
    seventh = harmony.seventh
    if limit > 1 and seventh is not None and "shell" in hand.shapes:
        found = shell(
            harmony, hand.chord, max(hand.level.left_range[0], 40), CEILING, min(limit, 3)
        )
    elif limit > 1:
        found = open_chord(harmony, bass, hand.ceiling, min(limit, 3))
    else:
        found = (bass,)
    if any(one < MUDDY_BELOW and two - one < MUDDY_INTERVAL for one, two in pairwise(found)):
        # Low down the root and the seventh are enough: the right hand has the third.
        found = (found[0], found[-1])
    return [Tone(slot.onset, length, pitch, LOWER_STAFF) for pitch in found]
