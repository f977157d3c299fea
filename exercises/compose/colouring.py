"""Colour: how many of a chart's chords are diminished, and how many dominants altered.

Progressions are drawn phrase by phrase; what a style has of a colour it has over a whole chart.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from exercises.compose.passing import FLAT_DEGREES, SHARP_DEGREES
from exercises.compose.progression import Slot, known_qualities
from exercises.harmony import read_token
from exercises.theory import read_key

if TYPE_CHECKING:
    from styles.schema import Style

_FIFTH, _THIRD = 7, 4
_ALTERED = frozenset({"7b9", "7#9", "7#11", "7b13", "7alt"})
_PLAIN = frozenset({"7", "9", "13"})


def colour_chords(slots: Sequence[Slot], style: Style, key: str, level: int) -> tuple[Slot, ...]:
    """The chords with the style's shares of diminished chords and altered dominants."""
    known = known_qualities(style, level)
    found = list(slots)
    if style.diminished > 0:
        tonic = read_key(key).tonic_pc
        found = even_diminished(found, key, tonic, known=known, share=style.diminished)
    if style.altered > 0:
        found = even_altered(found, key, known=known, share=style.altered)
    return tuple(found)


def even_altered(
    slots: Sequence[Slot], key: str, *, known: frozenset[str], share: float
) -> list[Slot]:
    """The chords with about `share` of them dominants with a flat ninth or thirteenth.

    Those missing are dominants on their way a fourth up, those to minor first; of those too many
    the earliest become plain.
    """
    found = list(slots)
    if "7b9" not in known:
        return found
    wanted = round(share * len(found))
    there = [at for at, slot in enumerate(found) if slot.harmony.quality in _ALTERED]
    for at in there[: max(0, len(there) - wanted)]:
        found[at] = _coloured(found[at], "7", key)
    leading = [at for at in range(len(found) - 1) if _leads(found, at)]
    leading.sort(key=lambda at: (not found[at + 1].harmony.is_minor, at))
    for at in leading[: max(0, wanted - len(there))]:
        minor = found[at + 1].harmony.is_minor
        found[at] = _coloured(found[at], "7b13" if minor and "7b13" in known else "7b9", key)
    return found


def _leads(slots: Sequence[Slot], at: int) -> bool:
    """A plain dominant in root position whose root falls a fifth; a tonic is nobody's dominant."""
    here, target = slots[at].harmony, slots[at + 1].harmony
    falls = (target.root - here.root) % 12 == 5  # noqa: PLR2004 - up a fourth
    rooted = here.bass == here.root
    return here.quality in _PLAIN and falls and rooted and here.degree != "I"


def _coloured(slot: Slot, quality: str, key: str) -> Slot:
    harmony = read_token(slot.harmony.token, key, quality)
    return Slot(slot.onset, slot.duration, harmony, slot.bar)


def even_diminished(
    slots: Sequence[Slot], key: str, tonic: int, *, known: frozenset[str], share: float
) -> list[Slot]:
    """The chords with about `share` of them diminished: few enough to be heard, never none.

    A diminished seventh and the dominant a third below it are one sound: D7 over its F sharp is
    the F sharp diminished chord with a root. Those too many become that dominant, the earliest
    first; those missing take the place of secondary dominants, the latest first.
    """
    found = list(slots)
    quality = "dim7" if "dim7" in known else "dim"
    if quality not in known or "7" not in known:
        return found
    half = sum(slot.harmony.quality == "m7b5" for slot in found)
    wanted = max(0, round(share * len(found)) - half)
    there = [at for at, slot in enumerate(found) if "dim" in slot.harmony.quality]
    for at in there[: max(0, len(there) - wanted)]:
        token = _as_dominant(found, at, tonic)
        if token:
            found[at] = _renamed(found[at], token, key)
    missing = wanted - len(there)
    for at in range(len(found) - 2, 0, -1):
        if missing <= 0:
            break
        if _is_secondary(found, at, tonic):
            leading = SHARP_DEGREES[(found[at + 1].harmony.root - tonic - 1) % 12]
            found[at] = _renamed(found[at], f"{leading}:{quality}", key)
            missing -= 1
    return found


def _renamed(slot: Slot, token: str, key: str) -> Slot:
    return Slot(slot.onset, slot.duration, read_token(token, key), slot.bar)


def _as_dominant(slots: Sequence[Slot], at: int, tonic: int) -> str:
    """The dominant that a diminished chord stands for; none before a chord that it holds over."""
    if at + 1 == len(slots):
        return ""
    here, target = slots[at].harmony, slots[at + 1].harmony
    if (target.bass - here.root) % 12 == 1:
        root = FLAT_DEGREES[(here.root - _THIRD - tonic) % 12]
        return f"{root}:7/{SHARP_DEGREES[(here.root - tonic) % 12]}"
    if (target.root - here.root) % 12 == 0:
        return ""
    return f"{FLAT_DEGREES[(target.root + _FIFTH - tonic) % 12]}:7"


def _is_secondary(slots: Sequence[Slot], at: int, tonic: int) -> bool:
    """A dominant of another chord than the tonic, a fourth below it, neither beside a diminished.

    The cadence of the last two bars is left alone.
    """
    here, target = slots[at].harmony, slots[at + 1].harmony
    beside = "dim" in slots[at - 1].harmony.quality or "dim" in target.quality
    falls = (target.root - here.root) % 12 == 5  # noqa: PLR2004 - up a fourth
    late = slots[at].bar >= slots[-1].bar - 1
    rooted = target.bass == target.root
    return (
        here.is_dominant and falls and target.root != tonic and rooted and not beside and not late
    )
