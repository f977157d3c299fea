"""The road map of a MusicXML document, from its bar lines, its signs and its words."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from exercises.roadmap import Sign, drop_unfollowed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from xml.etree.ElementTree import Element

MOST_TIMES = 32
"""A repeat that is asked for more often than this is a damaged file."""

_JUMP = re.compile(
    r"\b(D\.? ?C\.?|D\.? ?S\.?|da capo|dal segno)(?: al (fine|coda))?", re.IGNORECASE
)
_TO_CODA = re.compile(r"\bto coda\b", re.IGNORECASE)
_FINE = re.compile(r"^\W*fine\W*$", re.IGNORECASE)
_VAMP = re.compile(r"\bvamp\b", re.IGNORECASE)


@dataclass
class _Found:
    """Signs so far, bars by their printed numbers."""

    signs: list[Sign] = field(default_factory=list)
    repeats: list[Sign] = field(default_factory=list)
    endings: list[Sign] = field(default_factory=list)
    start: int | None = None
    """The last bar with a forward sign that no backward sign has used."""
    open: tuple[int, tuple[int, ...]] | None = None
    """First bar and passes of an ending that is not closed yet."""
    vamps: set[int] = field(default_factory=set)


def read_road(root: Element, numbers: Sequence[int]) -> tuple[Sign, ...]:
    """The signs of a score, those that lead nowhere replaced by a word on why.

    Args:
        root: of a part-wise document; the first part has the signs.
        numbers: the chart's numbers of its measures, in order.
    """
    part = root.find("part")
    found = _Found(start=numbers[0] if numbers else None)
    measures = part.findall("measure") if part is not None else []
    for number, measure in zip(numbers, measures, strict=False):
        _read_lines(measure, number, found, left=True)
        for direction in measure.iter("direction"):
            _read_direction(direction, number, found)
        for sound in measure.findall("sound"):
            _read_sound(sound, number, found)
        _read_lines(measure, number, found, left=False)
    if found.open is not None and numbers:
        _close_ending(found, numbers[-1])
    signs = _join(found)
    return drop_unfollowed(numbers, _mark_coda(signs))


def _read_lines(measure: Element, number: int, found: _Found, *, left: bool) -> None:
    for line in measure.findall("barline"):
        if (line.get("location", "right") == "left") != left:
            continue
        ending = line.find("ending")
        repeat = line.find("repeat")
        if ending is not None and ending.get("type") == "start":
            if found.open is not None:
                _close_ending(found, number - 1)
            found.open = (number, _passes(ending.get("number", "1")))
        if repeat is not None and repeat.get("direction") == "forward":
            found.start = number
        if repeat is not None and repeat.get("direction") == "backward":
            _read_backward(repeat, number, found)
        if ending is not None and ending.get("type") in {"stop", "discontinue"} and found.open:
            _close_ending(found, number)


def _read_backward(repeat: Element, number: int, found: _Found) -> None:
    times = repeat.get("times", "2")
    count = min(MOST_TIMES, int(times)) if times.isdecimal() and int(times) > 1 else 2
    if found.start is not None:
        found.repeats.append(Sign("repeat", found.start, number, count))
        # A further backward sign without a forward one closes a later ending of the same repeat,
        # or goes back to here.
        found.start = None
    elif found.open is None or 1 in found.open[1]:
        # What opens with no sign opens where the repeat before it closed.
        after = found.repeats[-1].last + 1 if found.repeats else number
        found.repeats.append(Sign("repeat", max(after, _after_endings(found)), number, count))


def _after_endings(found: _Found) -> int:
    return found.endings[-1].last + 1 if found.endings else 0


def _close_ending(found: _Found, last: int) -> None:
    if found.open is not None:
        first, passes = found.open
        found.endings.append(Sign("ending", first, max(first, last), passes=passes))
        found.open = None


def _passes(text: str) -> tuple[int, ...]:
    """The passes of an ending: "1", "1, 2" or "1-3"."""
    passes: list[int] = []
    for part in re.split(r"[,\s]+", text):
        low, _, high = part.strip(".").partition("-")
        if low.isdecimal():
            end = int(high) if high.isdecimal() else int(low)
            passes += range(int(low), min(end, MOST_TIMES) + 1)
    return tuple(passes) or (1,)


def _read_direction(direction: Element, number: int, found: _Found) -> None:
    for sound in direction.findall("sound"):
        _read_sound(sound, number, found)
    kinds = [child for kind in direction.findall("direction-type") for child in kind]
    text = " ".join(" ".join((c.text or "").split()) for c in kinds if c.tag == "words").strip()
    tags = {child.tag for child in kinds}
    if "segno" in tags and not _JUMP.search(text):
        _add(found, "segno", number)
    if "coda" in tags and not _JUMP.search(text):
        _add(found, "To Coda" if _TO_CODA.search(text) else "coda", number)
    elif _TO_CODA.search(text):
        _add(found, "To Coda", number)
    if jump := _JUMP.search(text):
        start = "D.S." if jump[1].upper().replace(" ", "").startswith(("DS", "D.S", "DAL")) else ""
        goal = f" al {jump[2].capitalize()}" if jump[2] else ""
        _add(found, (start or "D.C.") + goal, number)
    elif _FINE.match(text):
        _add(found, "Fine", number)
    if _VAMP.search(text):
        found.vamps.add(number)


def _read_sound(sound: Element, number: int, found: _Found) -> None:
    names = {"segno": "segno", "coda": "coda", "tocoda": "To Coda", "fine": "Fine"}
    for name, kind in names.items():
        if sound.get(name):
            _add(found, kind, number)
    if sound.get("dacapo") == "yes":
        _add(found, "D.C.", number)
    if sound.get("dalsegno"):
        _add(found, "D.S.", number)


def _add(found: _Found, kind: str, number: int) -> None:
    """Add a sign once; words that say more than a sound ("al Coda") take its place."""
    for index, sign in enumerate(found.signs):
        if sign.first == number and sign.kind == kind:
            return
        jump = kind.startswith("D.") and sign.kind.startswith("D.")
        if sign.first == number and jump:
            longer = max(sign.kind, kind, key=len)
            found.signs[index] = Sign(longer, number, number)
            return
        # The same place as a coda sign and as where to leave for it: the sound knows.
        if sign.first == number and {sign.kind, kind} == {"coda", "To Coda"}:
            found.signs[index] = Sign("To Coda", number, number)
            return
    found.signs.append(Sign(kind, number, number))


def _mark_coda(signs: list[Sign]) -> list[Sign]:
    """Of two coda signs the first is where to leave, as many scores print it."""
    codas = [sign for sign in signs if sign.kind == "coda"]
    if len(codas) > 1 and not any(sign.kind == "To Coda" for sign in signs):
        leave = Sign("To Coda", codas[0].first, codas[0].first)
        return [leave if sign is codas[0] else sign for sign in signs]
    return signs


def _join(found: _Found) -> list[Sign]:
    """All signs; a repeat with more endings than passes is played for each of them."""
    signs: list[Sign] = []
    for at, repeat in enumerate(found.repeats):
        following = found.repeats[at + 1].first if at + 1 < len(found.repeats) else None
        most = max(
            (max(e.passes) for e in found.endings
             if e.first >= repeat.first and (following is None or e.first < following)),
            default=0,
        )  # fmt: skip
        kind = "vamp" if repeat.first in found.vamps else "repeat"
        signs.append(Sign(kind, repeat.first, repeat.last, max(repeat.times, most)))
    signs += found.endings
    signs += found.signs
    return signs
