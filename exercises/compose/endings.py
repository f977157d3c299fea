"""How a chart closes: the harmony of its last bars, and whether the last chord rings or is cut."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exercises.compose.buttons import BUTTONS, TURNAROUND, reads_button
from exercises.compose.cells import allows_note, allows_rest
from exercises.compose.grid import TICKS
from exercises.theory import OCTAVE, read_key

if TYPE_CHECKING:
    from exercises.compose.dice import Dice
    from exercises.compose.grid import Metre
    from exercises.harmony import Harmony
    from exercises.levels import Level
    from styles.schema import Ending, Style

HELD = "held"
PLAGAL = "plagal"
AMENS = frozenset({PLAGAL, "minor plagal"})
"""Endings over whose last chord the tune lies still."""
_FOURTH = 5
_DIMINISHED = frozenset({"dim7", "m7b5"})
TWO_CHORD_LEVEL = 3
"""From here a bar may have two chords."""

# Chords of the bars before the last, from the last but one backwards; in minor the second.
_WAYS: dict[str, tuple[tuple[tuple[str, ...], ...], tuple[tuple[str, ...], ...]]] = {
    PLAGAL: ((("IV",),), (("IV:m",),)),
    "minor plagal": ((("IV", "IV:m"),), (("bVI", "IV:m"),)),
    "blues": ((("I:7", "V:7"), ("IV:7", "#IV:dim7")), (("I:m7", "V:7"), ("IV:m7", "#IV:dim7"))),
    "tag": (
        (("II:m7", "V:7"), ("III:m7", "VI:7")),
        (("II:m7b5", "V:7b9"), ("I:m7", "bVI:7")),
    ),
    TURNAROUND: ((("I:7",),), (("I:m7",),)),
}


def choose_ending(
    style: Style, level: Level, metre: Metre, dice: Dice, *, minor: bool = False
) -> str:
    """An ending of the style that the level can read; the held chord where there is none.

    The turnaround's lick belongs to major blues.
    """
    known = [each for each in style.endings if each.level <= level.number]
    known = [each for each in known if not (minor and each.name == TURNAROUND)]
    readable = [each for each in known if _readable(each, level, metre)]
    if not readable:
        return HELD
    return dice.choose([each.name for each in readable], [each.weight for each in readable])


def reshape_close(
    bars: list[tuple[str, ...]],
    ending: str,
    last_bars: int,
    *,
    minor: bool,
    known: frozenset[str],
) -> None:
    """Put the ending's own chords before the last tonic, inside the last phrase of `last_bars`.

    A diminished chord that the level does not know (`known`) has no simpler form and is left out.
    """
    way = _WAYS.get(ending)
    if way is None:
        return
    for back, chords in enumerate(way[minor], 2):
        if back < last_bars and back < len(bars):
            bars[-back] = tuple(token for token in chords if _is_known(token, known)) or chords[:1]


def plain_ending(ending: str, style: Style) -> str:
    """What is played where an ending's own rhythm has no room: the style's stab, or held."""
    if ending not in BUTTONS:
        return ending
    return "stab" if any(each.name == "stab" for each in style.endings) else HELD


def cut_length(ending: str, length: int, metre: Metre) -> int:
    """How long the last chord is in a last bar of `length` ticks."""
    return min(length, max(TICKS, metre.beat)) if ending in {"stab", *BUTTONS} else length


def is_amen(harmony: Harmony, following: Harmony, key: str) -> bool:
    """The fourth degree over the tonic's bass, come home to the tonic."""
    tonic = read_key(key).tonic_pc
    fourth = (harmony.root - tonic) % OCTAVE == _FOURTH and harmony.bass == tonic
    return fourth and following.root == following.bass == tonic


def _is_known(token: str, known: frozenset[str]) -> bool:
    quality = token.partition(":")[2]
    return quality not in _DIMINISHED or quality in known or "dim" in known


def _readable(ending: Ending, level: Level, metre: Metre) -> bool:
    name = ending.name
    if name in BUTTONS:
        return reads_button(ending, level, metre)
    if name == "stab":
        beat = max(TICKS, metre.beat)
        rests = allows_rest(level, metre.bar - beat)
        return metre.bar > beat and allows_note(level, beat) and rests
    return name not in _WAYS or level.number >= TWO_CHORD_LEVEL
