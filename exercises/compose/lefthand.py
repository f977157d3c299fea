"""The left hand: patterns played over the chords, voices led, bass on its way to the next root."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from exercises.compose.grid import EIGHTH, SIXTEENTH, TICKS, Metre
from exercises.compose.pattern import BarPattern, Event, clip_events
from exercises.compose.voicing import (
    OCTAVE,
    Voicing,
    close_chord,
    open_chord,
    rootless,
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
    LOWEST_BASS,
    Hand,
    Tone,
    approach_root,
    known_pitch,
    place_bass,
    walk,
)

HELD_CLOSE = 0.25
"""How often a phrase closes with a held chord instead of the pattern."""

REST_LEVEL = 4
"""From here a phrase may breathe in the left hand too."""

ROOTLESS_LEVEL = 6

ROOTLESS_CEILING = 67

CHORD_FLOOR = 50
"""D3: where close chords over a separate bass start."""

JUMP_FLOOR = 39

STRIDE_FLOOR = 36

STRIDE_LEVEL = 8
"""A bass that alternates with chords stays within a tenth of them, later within a twelfth."""

_BASS_ROLES = frozenset({"R", "R+", "5", "R10", "8", "O", "A"})

_DEGREE_STEPS = {
    "b3": 3,
    "4": 5,
    "6": 9,
    "8": 12,
    "9": 14,
    "b7": 10,
}

_REACH = {"8": 12, "9": 14, "10": 16, "b7": 11, "6": 9, "5": 8, "R5": 8, "R6": 9, "R10": 12}


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
) -> list[Tone]:
    """The left hand of a whole chart; `shapes` are the voicings the style knows at the level.

    The last bar is an ending: the tonic, held.
    """
    letters = {phrase.bar + at: phrase.letter for phrase in phrases for at in range(phrase.bars)}
    tones: list[Tone] = []
    done: set[int] = set()
    hand = Hand(level, key, shapes, separate_bass=False, octaves=False, ceiling=CEILING)
    last_bar = slots[-1].bar
    held = _held_bars(phrases, level, dice)
    for index, slot in enumerate(slots):
        pattern = patterns[letters[slot.bar]]
        _settle(hand, pattern)
        following = slots[index + 1].harmony if index + 1 < len(slots) else None
        if slot.bar == last_bar:
            _join(tones, _end(hand, slot), hand)
            continue
        if slot.bar in held and slot.duration == metre.bar:
            _join(tones, _hold(hand, slot), hand)
            continue
        if pattern.comping:
            if slot.bar not in done:
                done.add(slot.bar)
                tones += _comp_bar(hand, slots, slot.bar, pattern, metre)
            continue
        whole = slot.duration == metre.bar
        events = pattern.events if whole else clip_events(pattern, slot.duration)
        pushed = whole and pattern.pushes and following is not None
        _join(tones, _play(hand, slot, events, following, dice, pushed=pushed), hand)
    return tones


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
        shape = hand.shapes & {"shell", "rootless"}
        pitches = _comp(hand, slot.harmony, full=False) if shape else _chord(hand, slot.harmony, 3)
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
        reach = EIGHTH if pattern.pushes or onset + EIGHTH < start + metre.bar else 0
        later = [each for each in around if 0 < each.onset - onset <= reach]
        hits.append((onset, event.duration, event.role, later[0] if later else slot))
    for slot in inside:
        if not any(hit[3] is slot for hit in hits):
            hits.append((slot.onset, min(slot.duration, TICKS), pattern.events[0].role, slot))
    hits.sort(key=lambda hit: hit[0])
    tones: list[Tone] = []
    for index, (onset, duration, role, slot) in enumerate(hits):
        room = hits[index + 1][0] - onset if index + 1 < len(hits) else duration
        pitches = _pitches(hand, role, slot.harmony, 0)
        held = min(duration, room)
        tones += [Tone(onset, held, pitch, LOWER_STAFF) for pitch in pitches]
        hand.last = pitches[0]
    return tones


def held_notes(slots: Sequence[Slot], level: Level) -> list[Tone]:
    """One held root a bar: the accompaniment of the first levels."""
    hand = Hand(level, "C", frozenset(), separate_bass=False, octaves=False, ceiling=CEILING)
    tones = []
    for slot in slots:
        pitch = place_bass(hand, slot.harmony.bass, 0)
        tones.append(Tone(slot.onset, slot.duration, pitch, LOWER_STAFF))
    return tones


def _settle(hand: Hand, pattern: BarPattern) -> None:
    """Take the hand to where a pattern lies."""
    roles = {event.role for event in pattern.events}
    hand.separate_bass = bool(roles & {"R", "R+", "R10", "8"})
    rootless_style = "S" in roles or "V" in roles
    high = rootless_style and _plays_rootless(hand)
    hand.fullness = pattern.fullness
    hand.octaves = "8" in roles and not roles & {"R", "R+"}
    jumps = bool(roles & _BASS_ROLES) and bool(roles & {"C", "V", "S"})
    near = STRIDE_FLOOR if hand.level.number >= STRIDE_LEVEL else JUMP_FLOOR
    hand.floor = near if jumps else LOWEST_BASS
    hand.ceiling = min(ROOTLESS_CEILING if high else CEILING, hand.level.left_range[1])


def _plays_rootless(hand: Hand) -> bool:
    return hand.level.number >= ROOTLESS_LEVEL and "rootless" in hand.shapes


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
    reach = max((_REACH.get(event.role, 0) for event in events), default=0)
    if hand.separate_bass or any(event.role in {"3", "5", "A"} for event in events):
        tail = min(reach, _REACH.get(events[-1].role, 0))
        place_bass(hand, slot.harmony.bass, reach, (tail, following))
    walking = events[-1].role == "A"
    for index, event in enumerate(events):
        if event.role == "R+" and following is not None:
            pitches: Voicing = (place_bass(hand, following.bass, 0),)
        elif event.role == "A":
            pitches = (approach_root(hand, slot.harmony, following, dice),)
        elif walking and index:
            pitches = (walk(hand, slot.harmony, following, index, len(events)),)
        elif pushed and following is not None and index == len(events) - 1:
            pitches = _pitches(hand, event.role, following, reach)
        else:
            pitches = _pitches(hand, event.role, slot.harmony, reach)
        hand.last = pitches[0]
        onset = slot.onset + event.onset
        tones += [Tone(onset, event.duration, pitch, LOWER_STAFF) for pitch in pitches]
    return tones


def _pitches(hand: Hand, role: str, harmony: Harmony, reach: int) -> Voicing:
    """The pitches of a role over a chord."""
    limit = min(hand.level.left_notes, hand.fullness)
    if role in {"C", "c"}:
        return _chord(hand, harmony, min(3, limit) if role == "C" else min(2, limit))
    if role in {"S", "V"}:
        return _comp(hand, harmony, full=role == "V")
    if role in {"L", "M", "H"}:
        shape = _chord(hand, harmony, 3)
        return (shape[{"L": 0, "M": len(shape) // 2, "H": -1}[role]],)
    if hand.bass is None or (hand.bass - harmony.bass) % OCTAVE:
        place_bass(hand, harmony.bass, reach)
    bass = known_pitch(hand.bass)
    if role in {"O", "R10"} or (role == "8" and hand.octaves):
        return _octave(hand, bass)
    if role in {"R5", "R6"} and limit > 1:
        step = (harmony.fifth - bass) % OCTAVE if role == "R5" else _sixth(harmony, bass)
        # Over its own fifth in the bass a chord gives its root.
        return (bass, bass + (step or (harmony.root - bass) % OCTAVE or OCTAVE))
    return (_degree(hand, role, harmony, bass),)


def _degree(hand: Hand, role: str, harmony: Harmony, bass: int) -> int:
    """One note above the bass; inversions take the chord note that lies there."""
    if role in {"R", "R+", "g", "l", "r"}:
        return bass
    third = harmony.root if harmony.third is None else harmony.third
    if role in {"3", "10"}:
        pc = third if (third - bass) % OCTAVE else harmony.fifth
        pitch = bass + ((pc - bass) % OCTAVE) + (OCTAVE if role == "10" else 0)
        return pitch if pitch <= hand.ceiling else pitch - OCTAVE
    if role == "5":
        fifth = harmony.fifth if (harmony.fifth - bass) % OCTAVE > 2 else harmony.root  # noqa: PLR2004
        step = (fifth - bass) % OCTAVE or OCTAVE
        return bass + step if bass + step <= hand.ceiling else bass + step - OCTAVE
    step = _DEGREE_STEPS.get(role, 0)
    if role == "9" and harmony.bass != harmony.root:
        step = OCTAVE
    pitch = bass + step
    return pitch if pitch <= hand.ceiling else pitch - OCTAVE


def _sixth(harmony: Harmony, bass: int) -> int:
    """The boogie sixth above the root; over a minor chord the fifth stays."""
    return (harmony.fifth - bass) % OCTAVE if harmony.is_minor else 9


def _chord(hand: Hand, harmony: Harmony, count: int) -> Voicing:
    """A close chord; over a bass of its own it lies from D3 up."""
    low = CHORD_FLOOR if hand.separate_bass else CHORD_FLOOR - 2
    low = max(low, hand.level.left_range[0])
    rooted = not hand.separate_bass or len(harmony.pitch_classes) <= 3  # noqa: PLR2004 - triads
    found = close_chord(harmony, hand.chord, low, high=hand.ceiling, count=count, rooted=rooted)
    hand.chord = found
    return found


def _comp(hand: Hand, harmony: Harmony, *, full: bool) -> Voicing:
    """Shells, or rootless voicings where the style and the level have them."""
    limit = min(hand.level.left_notes, hand.fullness)
    if _plays_rootless(hand):
        found = rootless(harmony, hand.chord, CHORD_FLOOR, hand.ceiling, limit)
    elif full:
        found = close_chord(
            harmony, hand.chord, CHORD_FLOOR, high=hand.ceiling, count=limit, rooted=True
        )
    else:
        low = max(hand.level.left_range[0], 43)
        found = shell(harmony, hand.chord, low, hand.ceiling, min(limit, 2))
    hand.chord = found
    return found


def _octave(hand: Hand, bass: int) -> Voicing:
    if hand.level.left_notes < 2:  # noqa: PLR2004 - two notes make an octave
        return (bass,)
    low, _ = hand.level.left_range
    if bass + OCTAVE > CHORD_FLOOR + 2 and bass - OCTAVE >= low:
        return (bass - OCTAVE, bass)
    return (bass, bass + OCTAVE)


def _end(hand: Hand, slot: Slot) -> list[Tone]:
    """The last chord: tonic in the bass, held for what the bar has."""
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
    return [Tone(slot.onset, slot.duration, pitch, LOWER_STAFF) for pitch in found]
