"""Passing chords: what leads into the next chord from the second half of the bar before it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from exercises.compose.grid import TICKS, Metre
from exercises.compose.progression import Slot, split_bar
from exercises.harmony import read_token

if TYPE_CHECKING:
    from exercises.compose.dice import Dice
    from exercises.harmony import Harmony

TWO_FIVE_LEVEL = 7
"""From here a passing chord may be two chords, a beat each."""
TRITONE_LEVEL = 8
_FIFTH = 7
FLAT_DEGREES = ("I", "bII", "II", "bIII", "III", "IV", "#IV", "V", "bVI", "VI", "bVII", "VII")
SHARP_DEGREES = ("I", "#I", "II", "#II", "III", "IV", "#IV", "V", "#V", "VI", "#VI", "VII")
"""Degrees by semitones above the tonic; diminished chords that rise are spelled with sharps."""
_DOMINANT, _DIMINISHED, _TWO_FIVE, _TRITONE = 5.0, 3.0, 3.0, 1.5
"""How often each is taken, by ear."""
DIMINISHED_SHARE = 0.055
"""Of a chart's chords: below it a diminished chord is due, above it another way in is taken."""
_DUE, _SPENT = 5.0, 0.04


def pass_chords(
    slots: Sequence[Slot],
    key: str,
    tonic: int,
    *,
    known: frozenset[str],
    level: int,
    metre: Metre,
    share: float,
    dice: Dice,
) -> list[Slot]:
    """The chords with passing chords in between, in `share` of the changes that have room.

    A bar of one chord gives its second half away where the next chord has another root and is not
    already led into; nothing comes in that the level's vocabulary (`known`) does not have. `tonic`
    is the key's pitch class.
    """
    found: list[Slot] = []
    halves = split_bar(metre, 2)
    for index, slot in enumerate(slots):
        following = slots[index + 1] if index + 1 < len(slots) else None
        if (
            following is None
            or slot.duration != metre.bar
            or len(halves) < 2  # noqa: PLR2004 - no second half
            or not _has_room(slot.harmony, following.harmony)
            or not dice.chance(share)
        ):
            found.append(slot)
            continue
        length = halves[1][1]
        options = _options(slot.harmony, following.harmony, tonic, known, level, length)
        if not options:
            found.append(slot)
            continue
        options = _balance(options, [*found, *slots[index:]])
        tokens = dice.choose([each for each, _ in options], [weight for _, weight in options])
        start = slot.onset + halves[1][0]
        found.append(Slot(slot.onset, halves[1][0], slot.harmony, slot.bar))
        part = length // len(tokens)
        for at, token in enumerate(tokens):
            harmony = read_token(token, key)
            found.append(Slot(start + at * part, part, harmony, slot.bar))
    return found


def _balance(
    options: list[tuple[tuple[str, ...], float]], slots: Sequence[Slot]
) -> list[tuple[tuple[str, ...], float]]:
    """The ways in, diminished ones weighed by how many the chart has already."""
    count = sum("dim" in slot.harmony.quality for slot in slots)
    due = _DUE if count < DIMINISHED_SHARE * len(slots) else _SPENT
    return [(tokens, weight * (due if ":dim" in tokens[0] else 1.0)) for tokens, weight in options]


def _has_room(here: Harmony, target: Harmony) -> bool:
    """Whether something may come between: another root, a stable goal, no dominant on its way."""
    rise = (target.root - here.root) % 12
    led = rise == 5 and here.is_dominant  # noqa: PLR2004 - up a fourth
    stable = target.quality not in {"dim", "dim7", "aug", "m7b5", "5", "sus2", "sus4"}
    return rise != 0 and not led and stable and target.bass == target.root


def _options(
    here: Harmony,
    target: Harmony,
    tonic: int,
    known: frozenset[str],
    level: int,
    length: int,
) -> list[tuple[tuple[str, ...], float]]:
    """Ways into the target, each as tokens with a weight."""
    found: list[tuple[tuple[str, ...], float]] = []
    above = (target.root - tonic) % 12
    five = FLAT_DEGREES[(above + _FIFTH) % 12]
    if "7" in known and (here.root - target.root) % 12 != _FIFTH:
        dominant = "7b9" if target.is_minor and "7b9" in known else "7"
        found.append(((f"{five}:{dominant}",), _DOMINANT))
        minor = "m7b5" if target.is_minor else "m7"
        if level >= TWO_FIVE_LEVEL and minor in known and length >= 2 * TICKS:
            two = FLAT_DEGREES[(above + 2) % 12]
            if two != here.degree:
                found.append(((f"{two}:{minor}", f"{five}:{dominant}"), _TWO_FIVE))
    rises = (target.root - here.root) % 12 == 2  # noqa: PLR2004 - a whole tone
    diminished = "dim7" if "dim7" in known else "dim" if "dim" in known else ""
    if diminished:
        leading = SHARP_DEGREES[(above + 11) % 12]
        found.append(((f"{leading}:{diminished}",), _DIMINISHED * (2.0 if rises else 0.7)))
    if level >= TRITONE_LEVEL and "7" in known:
        flat = FLAT_DEGREES[(above + 1) % 12]
        found.append(((f"{'bV' if flat == '#IV' else flat}:7",), _TRITONE))
    return found
