"""The harmony: which progression each phrase has, how rich its chords are, how it closes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from exercises.compose.endings import HELD, reshape_close
from exercises.harmony import Harmony, read_token, reduce_quality
from exercises.theory import read_key
from styles.schema import Progression, Style
from styles.tokens import read_chords

if TYPE_CHECKING:
    from exercises.compose.dice import Dice
    from exercises.compose.form import Phrase
    from exercises.compose.grid import Metre

Tokens = list[tuple[str, ...]]

ONE_CHORD_LEVEL = 2
"""Up to here a bar has one chord."""
ENRICH_LEVEL = 5
"""From here plain sevenths and triads may grow the tensions that the level knows."""
_MATCH = {True: 4.0, False: 0.5}
"""How much a progression that closes as the phrase does is preferred."""
USED_AGAIN = 0.25
"""What a progression weighs that another part of the form has had, by ear."""
INTRO = "intro"
"""The letter of a phrase before the first chorus: it has chords of its own."""

# What a quality may grow into; dominants are chosen by where they go.
_RICHER = {
    "": (("add9", 3.0), ("sus2", 1.0)),
    "m": (("m7", 3.0), ("madd9", 1.0)),
    "maj7": (("maj9", 4.0), ("69", 2.0), ("maj7#11", 0.5)),
    "6": (("69", 3.0),),
    "m7": (("m9", 4.0), ("m11", 1.0)),
    "m6": (("m6", 1.0),),
}
_RESOLVING = (("9", 3.0), ("13", 4.0), ("7b9", 2.0), ("13sus4", 1.0), ("7alt", 1.0), ("7#9", 0.6))
_TO_MINOR = (("7b9", 4.0), ("7b13", 2.0), ("7alt", 2.0), ("7#9", 1.0))
_HOME = (("9", 4.0), ("13", 3.0), ("7#9", 0.8))
"""A seventh chord on the tonic is home in blues and funk: nobody alters what he stands on."""
_STANDING = (("9", 4.0), ("13", 2.0), ("7#11", 2.0))

# Major-key progressions read from their sixth degree serve a minor key where a pack has none.
_FROM_RELATIVE = {
    "I": "bIII", "II": "IV-2", "III": "V", "IV": "bVI", "V": "bVII", "VI": "I", "VII": "II",
    "bVII": "bVII-1", "bIII": "V-1",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Slot:
    """A chord over a stretch of time, in ticks."""

    onset: int
    duration: int
    harmony: Harmony
    bar: int

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.onset + self.duration


def plan_chords(
    phrases: Sequence[Phrase],
    style: Style,
    key: str,
    *,
    level: int,
    metre: Metre,
    dice: Dice,
    ending: str = HELD,
) -> tuple[Slot, ...]:
    """The chords of a whole chart, bar by bar, in the key and of the level."""
    minor = read_key(key).minor
    pool = _eligible(style, level, minor=minor)
    bars = _fill_phrases(phrases, pool, dice, other=1.0 if style.loops else USED_AGAIN)
    tonic = _tonic_token(pool, bars, minor=minor)
    _close(bars, tonic, phrases[-1].bars, _dominant_token(pool))
    known = known_qualities(style, level)
    reshape_close(bars, ending, phrases[-1].bars, minor=minor, known=known)
    if level <= ONE_CHORD_LEVEL:
        bars = [(bar[0],) for bar in bars]
    slots: list[Slot] = []
    for index, bar in enumerate(bars):
        at = index * metre.bar
        for (start, length), token in zip(split_bar(metre, len(bar)), bar, strict=False):
            harmony = read_token(token, key)
            quality = reduce_quality(harmony.quality, known)
            slots.append(Slot(at + start, length, read_token(token, key, quality), index))
    if level >= ENRICH_LEVEL and style.chord_symbols:
        slots = _enrich(slots, key, known, style.enrich, dice)
    return tuple(_merge(slots))


@cache
def split_bar(metre: Metre, count: int) -> tuple[tuple[int, int], ...]:
    """Where a bar's chords start and how long they are: equal shares, moved onto the groups.

    5/4 with two chords gives 3+2, 7/8 gives 4+3 eighths, 3/4 gives 2+1: a change on the second of
    three beats halts a waltz. Where a bar has fewer pulses than chords, the last ones fall away.
    """
    starts = [0]
    pulses = [start for start, _ in metre.pulses]
    preferred = [start for start in metre.strong if start] + pulses
    for index in range(1, count):
        ideal = metre.bar * index / count
        free = [start for start in preferred if start > starts[-1]]
        if not free:
            break
        starts.append(min(free, key=lambda start: (abs(start - ideal), -start)))
    ends = [*starts[1:], metre.bar]
    return tuple((start, end - start) for start, end in zip(starts, ends, strict=True))


def known_qualities(style: Style, level: int) -> frozenset[str]:
    """The chord qualities that a style uses up to a level; plain triads always."""
    known = {"", "m"}
    for entry in style.vocabulary:
        if entry.level <= level:
            known.update(entry.qualities)
    return frozenset(known)


def _eligible(style: Style, level: int, *, minor: bool) -> list[Progression]:
    mode = "minor" if minor else "major"
    fitting = [each for each in style.progressions if each.mode == mode]
    if not fitting and minor:
        fitting = [_relative(each) for each in style.progressions if "VI:m" in each.bars]
    fitting = fitting or list(style.progressions)
    known = [each for each in fitting if each.level <= level]
    lowest = min(each.level for each in fitting)
    return known or [each for each in fitting if each.level == lowest]


def _relative(progression: Progression) -> Progression:
    """A major progression as its relative minor hears it."""
    bars = []
    for bar in progression.bars.split("|"):
        tokens = []
        for token in bar.split():
            chord, *bass = token.split("/")
            degree, *quality = chord.split(":")
            degrees = [_FROM_RELATIVE.get(each, "I").split("-")[0] for each in (degree, *bass)]
            colour = f":{quality[0]}" if quality else ""
            tokens.append(degrees[0] + colour + (f"/{degrees[1]}" if bass else ""))
        bars.append(" ".join(tokens))
    return Progression(
        weight=progression.weight,
        bars=" | ".join(bars),
        mode="minor",
        ends="open",
        level=progression.level,
    )


def _parse(progression: Progression) -> Tokens:
    return list(read_chords(progression.bars))


def _fill_phrases(
    phrases: Sequence[Phrase], pool: Sequence[Progression], dice: Dice, *, other: float
) -> Tokens:
    """Tokens of every bar; a phrase that returns keeps its chords.

    What a phrase of another letter has had already weighs `other` times as much: a middle part
    goes somewhere else.
    """
    bars: Tokens = []
    used: list[Tokens] = []
    memory: dict[tuple[str, int], Tokens] = {}
    index = 0
    while index < len(phrases):
        phrase = phrases[index]
        known = memory.get((phrase.letter, phrase.bars))
        if known is not None:
            bars += known
            index += 1
            continue
        found, covered = _choose(phrases[index:], pool, dice, used, other)
        used.append(found)
        if covered == 1:
            memory[phrase.letter, phrase.bars] = found
        bars += found
        index += covered
    return bars


def _choose(
    phrases: Sequence[Phrase],
    pool: Sequence[Progression],
    dice: Dice,
    used: Sequence[Tokens],
    other: float,
) -> tuple[Tokens, int]:
    """A progression for the next phrase, or for the next few where it is that long."""
    options: list[tuple[Tokens, int]] = []
    weights: list[float] = []
    room = phrases[0].bars
    reach = phrases[:1] if phrases[0].letter == INTRO else phrases
    for progression in pool:
        tokens = _parse(progression)
        total = 0
        for count, phrase in enumerate(reach, 1):
            total += phrase.bars
            repeats = count == 1 and room % len(tokens) == 0
            if repeats or total == len(tokens):
                closes = _closes_as(progression, phrase)
                if count > 1 and not closes and not phrase.last:
                    # A chorus that ends in the middle of the form is another form's chorus.
                    break
                fit = _MATCH[closes]
                whole = tokens * (room // len(tokens)) if repeats else tokens
                options.append((whole, count))
                weights.append(
                    progression.weight * fit * (other if count == 1 and whole in used else 1.0)
                )
                break
    if not options:
        progression = dice.choose(pool, [each.weight for each in pool])
        tokens = _parse(progression)
        times = -(-room // len(tokens))
        looped = tokens * times
        return (looped[-room:] if phrases[0].last else looped[:room]), 1
    return dice.choose(options, weights)


def _closes_as(progression: Progression, phrase: Phrase) -> bool:
    """Whether a progression ends as a phrase does; a turnaround leads home before a last bar."""
    home = phrase.last and progression.ends == "turnaround"
    return progression.ends == phrase.cadence or home


def _tonic_token(pool: Sequence[Progression], bars: Tokens, *, minor: bool) -> str:
    """The tonic chord as this music calls it: the commonest of its bars, else of the pack.

    A dominant seventh on the tonic is home where the pack's tonics mostly are (blues and funk);
    elsewhere it is on its way to the fourth degree.
    """
    pack = [bar for each in pool for bar in _parse(each)]
    tonics = [token for bar in pack for token in bar if _is_tonic(token)]
    seventh_home = 2 * sum(_is_dominant(token) for token in tonics) > len(tonics)
    if bars[0][0] == "I:7" and all(_is_dominant(t) for bar in bars for t in bar if _is_tonic(t)):
        # A blues comes home to the seventh that it began on, in whatever style.
        return "I:7"
    for source in (bars, pack):
        counts: dict[str, int] = {}
        for bar in source:
            for token in bar:
                if _is_tonic(token) and (seventh_home or not _is_dominant(token)):
                    counts[token] = counts.get(token, 0) + 1
        if minor:
            counts = {token: n for token, n in counts.items() if ":m" in token}
        if counts:
            return max(counts, key=lambda token: counts[token])
    return "I:m" if minor else "I"


def _degree(token: str) -> str:
    """The degree of a chord's root, "" over another bass."""
    return "" if "/" in token else token.split(":", maxsplit=1)[0]


def _is_tonic(token: str) -> bool:
    """A chord on the first degree, in root position."""
    return token.split(":", maxsplit=1)[0] == "I" and "/" not in token


def _is_dominant(token: str) -> bool:
    return read_token(token, "C").is_dominant


_HUNG = frozenset({"IV/V", "II:m7/V"})
"""Dominants without a third, written as a chord over another bass."""


def _dominant_token(pool: Sequence[Progression]) -> str:
    """The way home as this music calls it: its commonest chord on the fifth degree."""
    counts: dict[str, int] = {}
    for bar in (bar for each in pool for bar in _parse(each)):
        for token in bar:
            if (_degree(token) == "V" and ":m" not in token) or token in _HUNG:
                counts[token] = counts.get(token, 0) + 1
    return max(counts, key=lambda token: counts[token], default="V")


def _close(bars: Tokens, tonic: str, last_bars: int, dominant: str) -> None:
    """Make the last bar the tonic, what led on pressed into the bar before."""
    final = bars[-1][-1]
    if _is_tonic(final):
        onward = _is_dominant(final) and not _is_dominant(tonic)
        bars[-1] = (tonic if onward else final,)
        if onward and last_bars > 1 and len(bars) > 1 and _degree(bars[-2][-1]) in {"VI", "III"}:
            # "vi | v I7" leads on to the fourth degree; "vi V | I" comes home.
            bars[-2] = (bars[-2][0], dominant)
        return
    leading = bars[-1]
    bars[-1] = (tonic,)
    if len(bars) == 1 or last_bars == 1:
        return
    before = bars[-2]
    if len(leading) > 1:
        bars[-2] = leading
    elif before[-1] != leading[0]:
        # "vi | IV" becomes "vi IV": the goal keeps its way in.
        bars[-2] = (before[0], leading[0])
    if last_bars > 2 and bars[-2] == bars[-3]:  # noqa: PLR2004 - three bars to look back on
        bars[-3] = (tonic,)


def _enrich(
    slots: Sequence[Slot], key: str, known: frozenset[str], share: float, dice: Dice
) -> list[Slot]:
    """Chords grown by the tensions that the level knows.

    One chord that goes the same way is written alike throughout the chart, as a copyist does.
    """
    grown: list[Slot] = []
    written: dict[tuple[str, tuple[tuple[str, float], ...]], str] = {}
    for index, slot in enumerate(slots):
        harmony = slot.harmony
        following = slots[index + 1].harmony if index + 1 < len(slots) else None
        options = tuple(pair for pair in _growth(harmony, following) if pair[0] in known)
        if options and "/" not in harmony.token:
            case = (harmony.token, options)
            if case not in written:
                grows = dice.chance(share)
                wanted = dice.choose([each for each, _ in options], [each for _, each in options])
                written[case] = wanted if grows else harmony.quality
            harmony = read_token(harmony.token, key, written[case])
        grown.append(Slot(slot.onset, slot.duration, harmony, slot.bar))
    return grown


def _growth(harmony: Harmony, following: Harmony | None) -> tuple[tuple[str, float], ...]:
    if harmony.quality != "7":
        return _RICHER.get(harmony.quality, ())
    if harmony.degree == "I":
        return _HOME
    if following is None or (following.root - harmony.root) % 12 != 5:  # noqa: PLR2004 - a fourth
        return _STANDING
    return _TO_MINOR if following.is_minor and not following.is_dominant else _RESOLVING


def _merge(slots: Sequence[Slot]) -> list[Slot]:
    """Within a bar the same chord twice is one chord."""
    merged: list[Slot] = []
    for slot in slots:
        last = merged[-1] if merged else None
        if last and last.bar == slot.bar and last.harmony == slot.harmony:
            merged[-1] = Slot(last.onset, last.duration + slot.duration, last.harmony, last.bar)
        else:
            merged.append(slot)
    return merged
