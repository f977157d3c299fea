"""A road map in a MusicXML document: repeat bar lines, endings, segno, coda and words.

Works on the tree of elements, after the notes are written.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement

from exercises.roadmap import JUMPS, REPEATS, Sign, read_roadmap, turns_of

if TYPE_CHECKING:
    from collections.abc import Sequence

PLAIN_TIMES = 2
_SOUND = {
    "segno": ("segno", "segno"),
    "coda": ("coda", "coda"),
    "To Coda": ("tocoda", "coda"),
    "Fine": ("fine", "yes"),
}
# Of two bar lines that meet the later in this list is drawn.
_STYLES = ("light-light", "light-heavy", "heavy-light")


def write_road(measures: Sequence[Element], numbers: Sequence[int], roadmap: Sequence[str]) -> None:
    """Put the signs of a road map into a part's measures.

    Args:
        measures: of the part, in the order of the page.
        numbers: their printed numbers.
        roadmap: signs in words, as in `Chart.roadmap`.

    Raises:
        ComposeError: something in the road map is no sign.
    """
    signs = read_roadmap(roadmap)
    by_number = dict(zip(numbers, measures, strict=True))
    before = dict(zip(numbers[1:], measures, strict=False))
    for sign in signs:
        first, last = by_number.get(sign.first), by_number.get(sign.last)
        if first is None or last is None:
            continue
        if sign.kind in REPEATS:
            _write_repeat(sign, first, [by_number[n] for n in turns_of(sign, signs)])
        elif sign.kind == "ending":
            _write_ending(sign, first, last)
        elif sign.kind in {"segno", "coda"}:
            _write_start(sign, first)
            if sign.first in before:
                _style(_barline(before[sign.first], "right"), "light-light")
        elif sign.kind == "cue":
            first.insert(_opening(first), _direction([_words(sign.text, "italic")]))
        elif sign.kind in {"To Coda", "Fine"} or sign.kind in JUMPS:
            _write_end(sign, last)


def divide_keys(measures: Sequence[Element], keys: Sequence[str]) -> None:
    """A double bar line before each change of key, as copyists draw it."""
    for before, (key, following) in zip(measures, pairwise(keys), strict=False):
        if key != following:
            _style(_barline(before, "right"), "light-light")


def _write_repeat(sign: Sign, first: Element, turns: list[Element]) -> None:
    line = _barline(first, "left")
    _style(line, "heavy-light")
    SubElement(line, "repeat", {"direction": "forward"})
    for measure in turns:
        line = _barline(measure, "right")
        _style(line, "light-heavy")
        times = {} if sign.times == PLAIN_TIMES else {"times": str(sign.times)}
        SubElement(line, "repeat", {"direction": "backward", **times})
    if sign.kind == "vamp":
        words = _words(f"Vamp {sign.times}x", "normal")
        first.insert(_opening(first), _direction([words]))
    elif sign.times != PLAIN_TIMES:
        _append_end(turns[-1], _direction([_words(f"{sign.times}x", "normal")]))


def _write_ending(sign: Sign, first: Element, last: Element) -> None:
    numbers = ",".join(map(str, sign.passes))
    start = Element("ending", {"number": numbers, "type": "start"})
    start.text = ", ".join(f"{number}." for number in sign.passes)
    _insert_ending(_barline(first, "left"), start)
    line = _barline(last, "right")
    # The last ending is left open: the music goes on.
    closed = line.find("repeat") is not None or line.findtext("bar-style") == "light-heavy"
    kind = "stop" if closed else "discontinue"
    _insert_ending(line, Element("ending", {"number": numbers, "type": kind}))


def _insert_ending(line: Element, ending: Element) -> None:
    """Before the repeat, as the format orders them."""
    repeat = line.find("repeat")
    line.insert(list(line).index(repeat) if repeat is not None else len(line), ending)


def _write_start(sign: Sign, measure: Element) -> None:
    direction = _direction([Element(sign.kind)])
    _sound(direction, sign)
    measure.insert(_opening(measure), direction)


def _write_end(sign: Sign, measure: Element) -> None:
    shown = [_words(sign.kind, "normal")]
    # The words end with the bar: over the next one they would be read as its own.
    shown[0].set("justify", "right")
    shown[0].set("halign", "right")
    if sign.kind == "To Coda":
        shown.append(Element("coda"))
    direction = _direction(shown)
    _sound(direction, sign)
    _append_end(measure, direction)
    if sign.kind != "To Coda":
        _style(_barline(measure, "right"), "light-light")


def _sound(direction: Element, sign: Sign) -> None:
    if sign.kind in JUMPS:
        name, value = ("dacapo", "yes") if sign.kind.startswith("D.C.") else ("dalsegno", "segno")
    else:
        name, value = _SOUND[sign.kind]
    SubElement(direction, "sound", {name: value})


def _direction(shown: Sequence[Element]) -> Element:
    direction = Element("direction", {"placement": "above"})
    for each in shown:
        SubElement(direction, "direction-type").append(each)
    return direction


def _words(text: str, style: str) -> Element:
    words = Element("words", {"font-style": style})
    if style == "normal":
        words.set("font-weight", "bold")
    words.text = text
    return words


def _opening(measure: Element) -> int:
    """The place of what stands at the beginning of a bar: before its first note."""
    for index, child in enumerate(measure):
        if child.tag in {"note", "backup", "harmony", "direction", "forward"}:
            return index
    return len(measure)


def _append_end(measure: Element, direction: Element) -> None:
    """At the end of the bar in time: before the first step back, else before the bar line."""
    for index, child in enumerate(measure):
        if child.tag == "backup" or (
            child.tag == "barline" and child.get("location", "right") == "right"
        ):
            measure.insert(index, direction)
            return
    measure.append(direction)


def _barline(measure: Element, location: str) -> Element:
    """The bar line of a side, made where there is none."""
    for line in measure.findall("barline"):
        if line.get("location", "right") == location:
            return line
    line = Element("barline", {"location": location})
    if location == "left":
        measure.insert(0, line)
    else:
        measure.append(line)
    return line


def _style(line: Element, style: str) -> None:
    """Give a bar line its look; a final or repeat line stays what it is."""
    known = line.find("bar-style")
    if known is None:
        known = Element("bar-style")
        line.insert(0, known)
    elif known.text in _STYLES and _STYLES.index(known.text) > _STYLES.index(style):
        return
    known.text = style
