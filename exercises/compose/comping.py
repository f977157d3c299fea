"""Comping and number charts: what a player of the style makes of the chords, and how it is asked.

The realisation is the style's own comp in both hands, bar by bar: its grooves, or its left-hand
patterns with the chords given to the right. Over it stand slashes; where the band plays a figure
together (kicks), where a chord is held (diamonds) or comes early (pushes), the chart says so.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from exercises.compose.bassline import Tone
from exercises.compose.density import FASTEST_REPEAT
from exercises.compose.easing import ease_hand
from exercises.compose.grid import EIGHTH, TICKS, Metre
from exercises.compose.groove import play_right
from exercises.compose.lefthand import play_patterns
from exercises.compose.pattern import BarPattern, Event, choose_grooves, choose_patterns
from exercises.compose.shapes import choose_comp, choose_shape
from exercises.compose.voicing import close_chord
from exercises.harmony import read_token
from exercises.timeline import SECONDS_PER_MINUTE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from exercises.compose.dice import Dice
    from exercises.compose.rhythm import Beat
    from exercises.compose.writing import Plan

CHORD_ROLES = frozenset({"C", "V", "S", "c"})
GROOVE_SHARE = 0.6
"""How often a chart comps in a groove of both hands where the style has one at its level."""
KICK_SHARE = 0.3
"""How often a bar that ends no phrase has a figure of the band, from `MORE_KICKS_LEVEL` on."""
MORE_KICKS_LEVEL = 6
KICKS = (2, 4)
"""Fewest and most hits of a figure: one is no figure, five are a melody ..."""
MOST_KICKS = 6
"""... but where a style has no sparser bar."""
DIAMOND_SHARE = 0.35
"""How often the last bar of an inner phrase is held."""
PUSH_SHARE = 0.35
"""How often a change on a downbeat is pushed."""
FULLEST = 4
"""Notes of a right hand's chord at most."""
SHARED_LEFT, SHARED_RIGHT = 2, 3
"""Notes of each hand where both strike the same chord."""
_RANGE = (57, 74)
"""A3 to D5: where a right hand comps, clear of a bass and under a singer."""
_TRIAD = 3


@dataclass(frozen=True, slots=True)
class Comp:
    """A composed comp: what sounds, and which bars say more than slashes."""

    tones: tuple[Tone, ...]
    bars: Mapping[int, BarPattern]
    """What each bar plays, by index; the last bar, an ending, has none."""
    kicks: Mapping[int, tuple[Event, ...]]
    """Bars that are a figure of the band."""
    diamonds: frozenset[int]
    pushes: frozenset[int]
    """Bars whose first chord is struck half a beat early."""


def comp(plan: Plan, rhythms: Sequence[Sequence[Beat]], dice: Dice) -> Comp:
    """Compose the comp of a whole chart; figures are taken from `rhythms` of the style."""
    written = plan.drill.kind == "comping"
    bars = _choose_bars(plan, dice)
    kicks = _choose_kicks(plan, rhythms, dice) if written else {}
    diamonds = frozenset() if written else _choose_diamonds(plan, dice)
    for bar, events in kicks.items():
        bars[bar] = _figure(events, bars[bar], plan)
    for bar in diamonds & bars.keys():
        held = (Event(0, plan.metre.bar, "x"),)
        bars[bar] = _figure(held, bars[bar], plan)
    pushes = frozenset() if written else _choose_pushes(plan, diamonds, dice)
    tones = _play(replace(plan, grooves=bars), bars, dice)
    tones = _push(tones, [bar * plan.metre.bar for bar in sorted(pushes)])
    return Comp(tuple(tones), bars, kicks, diamonds, pushes)


def _choose_bars(plan: Plan, dice: Dice) -> dict[int, BarPattern]:
    """A two-hand pattern for every bar but the last, one for each letter of the form."""
    row, metre, bpm = plan.level, plan.metre, plan.drill.quarter_bpm
    patterns = plan.style.patterns
    grooves = choose_grooves(patterns, plan.phrases, row, metre=metre, quarter_bpm=bpm, dice=dice)
    if not (grooves and dice.chance(GROOVE_SHARE)):
        below = choose_patterns(
            patterns, plan.phrases, row, metre=metre, quarter_bpm=bpm, dice=dice
        )
        rhythm = _chord_rhythm(plan, dice)
        grooves = {letter: _split(each, rhythm, plan) for letter, each in below.items()}
    last = plan.slots[-1].bar
    return {
        phrase.bar + at: grooves[phrase.letter]
        for phrase in plan.phrases
        for at in range(phrase.bars)
        if phrase.bar + at != last
    }


def _chord_rhythm(plan: Plan, dice: Dice) -> tuple[Event, ...]:
    """When the right hand strikes over a left hand without chords: as the style's chords do."""
    chordal = [p for p in plan.style.patterns if not p.right and any(r in p.events for r in "CVS")]
    held = tuple(
        Event(start, end - start, "V")
        for start, end in zip(
            plan.metre.strong, (*plan.metre.strong[1:], plan.metre.bar), strict=True
        )
    )
    if not chordal:
        return held
    found = choose_patterns(
        chordal,
        plan.phrases[:1],
        plan.level,
        metre=plan.metre,
        quarter_bpm=plan.drill.quarter_bpm,
        dice=dice,
    )
    events = next(iter(found.values())).events
    return tuple(replace(e, role="V") for e in events if e.role in CHORD_ROLES) or held


def _split(pattern: BarPattern, rhythm: tuple[Event, ...], plan: Plan) -> BarPattern:
    """A left-hand pattern for two hands: the chords go to the right, the bass stays.

    A pattern of chords alone is struck by both hands; over a bass alone the right hand has the
    chord rhythm of the style.
    """
    second = pattern.second
    rights = [_chords(events) for events in (pattern.events, second or ())]
    if pattern.comping:
        left, left_second = pattern.events, second
    else:
        left = _ringing(pattern.events, plan.metre)
        left_second = None if second is None else _ringing(second, plan.metre)
    right, right_second = rights[0], None if second is None else rights[1]
    if not any(rights):
        right, right_second = rhythm, None
    # Two hands that strike one chord share it: guide tones below, the rest above.
    fullness = min(pattern.fullness, SHARED_LEFT) if pattern.comping else pattern.fullness
    return replace(
        pattern,
        events=left,
        second=left_second,
        fullness=fullness,
        right=right,
        right_second=right_second,
        right_fullness=SHARED_RIGHT if pattern.comping else min(plan.level.right_notes, FULLEST),
    )


def _chords(events: Sequence[Event]) -> tuple[Event, ...]:
    return tuple(replace(event, role="V") for event in events if event.role in CHORD_ROLES)


def _ringing(events: Sequence[Event], metre: Metre) -> tuple[Event, ...]:
    """The bass of a pattern, each note held over the chord that was struck after it.

    A bar of chords alone is struck by both hands.
    """
    kept = [event for event in events if event.role not in CHORD_ROLES]
    if not kept or len(kept) == len(events):
        return tuple(events)
    ends = [event.onset for event in kept[1:]] + [metre.bar]
    return tuple(
        replace(event, duration=end - event.onset) for event, end in zip(kept, ends, strict=True)
    )


def _choose_kicks(
    plan: Plan, rhythms: Sequence[Sequence[Beat]], dice: Dice
) -> dict[int, tuple[Event, ...]]:
    """Figures of the band: at the ends of phrases, later also elsewhere; one to a letter."""
    figures = list(dict.fromkeys(each for beats in rhythms for each in _bars_of(beats, plan)))
    figures = _pointed([each for each in figures if _is_struck_in_time(each, plan)], plan)
    ends = {phrase.bar + phrase.bars - 1 for phrase in plan.phrases}
    last = plan.slots[-1].bar
    known: dict[str, tuple[Event, ...]] = {}
    found: dict[int, tuple[Event, ...]] = {}
    for phrase in plan.phrases:
        for bar in range(max(1, phrase.bar), min(phrase.bar + phrase.bars, last)):
            more = plan.level.number >= MORE_KICKS_LEVEL and dice.chance(KICK_SHARE)
            ending = bar in ends or bar == last - 1
            if not (ending or more) or bar - 1 in found:
                continue
            fitting = [each for each in figures if _serves(each, bar, plan)]
            if not fitting:
                continue
            figure = dice.choose(fitting, [1.0] * len(fitting))
            if ending:
                # What comes back is read at a glance.
                old = known.setdefault(phrase.letter, figure)
                figure = old if old in fitting else figure
            found[bar] = figure
    return found


def _bars_of(beats: Sequence[Beat], plan: Plan) -> list[tuple[Event, ...]]:
    """The bars of a rhythm that make a figure: few hits, within the bar."""
    bars: dict[int, list[Event]] = {}
    for beat in beats:
        onset = beat.onset - beat.bar * plan.metre.bar
        length = min(beat.duration, plan.metre.bar - onset)
        if onset >= 0 and length > 0 and not beat.closing:
            bars.setdefault(beat.bar, []).append(Event(onset, length, "x"))
    return [tuple(events) for events in bars.values() if KICKS[0] <= len(events) <= MOST_KICKS]


def _is_struck_in_time(figure: Sequence[Event], plan: Plan) -> bool:
    """Whether a hand can strike a figure's chords one after another, and the next bar's first."""
    nearest = FASTEST_REPEAT * plan.drill.quarter_bpm * TICKS / SECONDS_PER_MINUTE
    onsets = [*(event.onset for event in figure), plan.metre.bar]
    return all(two - one >= nearest for one, two in pairwise(onsets))


def _pointed(figures: list[tuple[Event, ...]], plan: Plan) -> list[tuple[Event, ...]]:
    """Sparse figures where there are any, with a hit off the beat just where the level reads it."""
    pulses = {start for start, _ in plan.metre.pulses}
    sparse = [each for each in figures if len(each) <= KICKS[1]] or figures
    off = plan.level.anticipation
    found = [each for each in sparse if any(event.onset not in pulses for event in each) == off]
    return found or sparse


def _serves(figure: Sequence[Event], bar: int, plan: Plan) -> bool:
    """Whether every chord of a bar has a hit of the figure, early ones counted to the next."""
    start = bar * plan.metre.bar
    hits = [start + event.onset for event in figure]
    slots = [slot for slot in plan.slots if slot.bar == bar]
    return all(any(s.onset - EIGHTH <= hit < s.end - EIGHTH for hit in hits) for s in slots)


def _choose_diamonds(plan: Plan, dice: Dice) -> frozenset[int]:
    """Bars of one chord that is struck and held: the ends of some phrases, and the last bar."""
    alone = [slot.bar for slot in plan.slots if slot.duration == plan.metre.bar]
    ends = {phrase.bar + phrase.bars - 1 for phrase in plan.phrases}
    chosen = {bar for bar in alone if bar in ends and dice.chance(DIAMOND_SHARE)}
    last = plan.slots[-1]
    return frozenset(chosen | ({last.bar} if last.onset % plan.metre.bar == 0 else set()))


def _choose_pushes(plan: Plan, diamonds: frozenset[int], dice: Dice) -> frozenset[int]:
    """Downbeats whose chord is another than before and comes early, from where that is read."""
    if not plan.level.anticipation:
        return frozenset()
    before = None
    pushed: set[int] = set()
    for slot in plan.slots:
        changes = before is not None and before.harmony.symbol != slot.harmony.symbol
        on_bar = slot.onset % plan.metre.bar == 0
        calm = slot.bar - 1 not in diamonds | pushed
        if changes and on_bar and calm and dice.chance(PUSH_SHARE):
            pushed.add(slot.bar)
        before = slot
    return frozenset(pushed)


def _figure(events: Sequence[Event], pattern: BarPattern, plan: Plan) -> BarPattern:
    """Both hands in one rhythm: chords over roots, or over shells where the style comps so."""
    low = "S" if pattern.comping else "R"
    below = list(events)
    if plan.level.texture == "together":
        # Under these levels' right hand the left moves with the beat.
        below = [event for event in events if event.onset % plan.metre.beat == 0]
        below = below or [Event(0, plan.metre.bar, "x")]
    left = tuple(replace(event, role=low) for event in below)
    right = tuple(replace(event, role="V") for event in events)
    size, full = (SHARED_LEFT, SHARED_RIGHT) if low == "S" else (1, FULLEST)
    full = min(plan.level.right_notes, full)
    return BarPattern("figure", pattern.level, left, size, right=right, right_fullness=full)


def _play(plan: Plan, bars: Mapping[int, BarPattern], dice: Dice) -> list[Tone]:
    """Both hands (or the one that is asked for) over all bars, and the last chord."""
    hands = plan.drill.hands
    below: list[Tone] = []
    letters = {phrase.letter: next(iter(bars.values())) for phrase in plan.phrases} if bars else {}
    if hands != "right":
        below = play_patterns(
            plan.slots,
            plan.phrases,
            letters or {phrase.letter: BarPattern("", 1, ()) for phrase in plan.phrases},
            level=plan.level,
            metre=plan.metre,
            key=plan.drill.key,
            shapes=plan.shapes,
            dice=dice,
            grooves=bars,
            comp=choose_comp(plan.style.voicings, plan.level.number, dice),
        )
        below = ease_hand(below, plan.level, plan.drill.quarter_bpm)
    if hands == "left":
        return below
    above = play_right(
        bars,
        plan.slots,
        plan.phrases,
        below,
        level=plan.level,
        metre=plan.metre,
        key=plan.drill.key,
        shape=choose_shape(plan.style.voicings, plan.level.number, dice),
        ghosts=False,
        dice=dice,
    )
    return [*below, *above, *_end(plan, below, above)]


def _end(plan: Plan, below: Sequence[Tone], above: Sequence[Tone]) -> list[Tone]:
    """The right hand's last chord, a triad near the one before it."""
    slot = plan.slots[-1]
    harmony = slot.harmony
    harmony = read_token(harmony.token, plan.drill.key, "m" if harmony.is_minor else "")
    floor = max((tone.pitch for tone in below if tone.end > slot.onset), default=0)
    low = max(_RANGE[0], plan.level.right_range[0], floor + 2)
    high = max(min(_RANGE[1], plan.level.right_range[1]), low + 12)
    last = max((tone.onset for tone in above), default=0)
    near = tuple(sorted(tone.pitch for tone in above if tone.onset == last))
    count = min(plan.level.right_notes, _TRIAD)
    found = close_chord(harmony, near, low, high=high, count=count, rooted=True)
    return [Tone(slot.onset, slot.duration, pitch, 1) for pitch in found]


def _push(tones: Sequence[Tone], downbeats: Sequence[int]) -> list[Tone]:
    """The tones with those of some downbeats half a beat early; what was there makes room."""
    pushed = list(tones)
    for downbeat in downbeats:
        early = downbeat - EIGHTH
        moved: list[Tone] = []
        for tone in pushed:
            if tone.onset == downbeat:
                moved.append(replace(tone, onset=early, duration=tone.duration + EIGHTH))
            elif early <= tone.onset < downbeat:
                continue
            elif tone.onset < early < tone.end:
                moved.append(replace(tone, duration=early - tone.onset))
            else:
                moved.append(tone)
        if any(tone.onset == downbeat for tone in pushed):
            pushed = moved
    return pushed


def is_cued(pattern: BarPattern) -> bool:
    """Whether a figure's left hand is a bass that is written out as a cue."""
    return any(event.role == "R" for event in pattern.events)
