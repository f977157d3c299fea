"""What music21's exporter cannot say, put into its tree of elements afterwards.

No dates and versions, the word of the tempo beside its metronome mark, chord symbols as players
read them, and where a line begins.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement

from exercises.meter import TICKS
from exercises.numbers import slash_kind, write_number
from exercises.score.symbols import read_symbol, step_of

if TYPE_CHECKING:
    from exercises.chart import Chart, Chord
    from exercises.notation.notate import WrittenBar

BARS_A_LINE = 4


def tidy_score(root: Element, chart: Chart, font: str) -> None:
    """Take out dates, versions and comments; put in the title and the face."""
    for tag in ("work", "movement-title", "identification", "defaults", "credit"):
        for element in root.findall(tag):
            root.remove(element)
    for parent in root.iter():
        for child in [each for each in parent if not isinstance(each.tag, str)]:
            parent.remove(child)
    for measure in root.iter("measure"):
        measure.attrib.pop("id", None)
    for part in root.iter("score-part"):
        # Without a name, as a solo part is printed.
        for element in part.findall("part-abbreviation"):
            part.remove(element)
        for element in part.findall("part-name"):
            element.text = ""
    defaults = Element("defaults")
    SubElement(defaults, "music-font", {"font-family": font})
    root.insert(0, defaults)
    if chart.title:
        title = Element("movement-title")
        title.text = chart.title
        root.insert(0, title)


def join_tempo(root: Element, chart: Chart) -> None:
    """Put the word of the tempo before its metronome mark, as one sign."""
    words = {mark.text for mark in chart.marks if mark.kind == "tempo"}
    measure = root.find("part/measure")
    if measure is None:
        return
    directions = measure.findall("direction")
    metronome = next(
        (d for d in directions if d.find("direction-type/metronome") is not None), None
    )
    for direction in directions:
        kind = direction.find("direction-type")
        if direction is metronome or metronome is None or kind is None:
            continue
        if kind.findtext("words") in words:
            measure.remove(direction)
            for text in kind.findall("words"):
                text.text = f"{text.text}\N{NO-BREAK SPACE}"
            metronome.insert(0, kind)


def hide_staves(root: Element, staves: set[int]) -> None:
    """Say of staves that they are not printed, and of slashes that they make no sound."""
    attributes = root.find("part/measure/attributes")
    for number in sorted(staves) if attributes is not None else ():
        details = Element("staff-details", {"number": str(number), "print-object": "no"})
        clefs = [index for index, each in enumerate(attributes or ()) if each.tag == "clef"]
        attributes.insert(clefs[-1] + 1, details)  # type: ignore[union-attr]
    for note in root.iter("note"):
        if note.find("unpitched") is not None and note.find("instrument") is None:
            note.set("dynamics", "0")


def print_numbers(measure: Element, bar: WrittenBar, chart: Chart) -> None:
    """Put the numbers of a bar over its slashes, as words: no engraver knows them otherwise.

    A diamond stands around what is held, "<" before what is pushed, and the numbers of a bar
    that is split into equal halves are underlined.
    """
    end = bar.onset_ql + bar.duration_ql
    here = [chord for chord in chart.chords if bar.onset_ql <= chord.onset_ql < end]
    split = len(here) > 1 and len({chord.duration_ql for chord in here}) == 1
    places = _places(measure)
    for chord in reversed(here):
        ticks = int((chord.onset_ql - bar.onset_ql) * TICKS)
        index, start = max(place for place in places if place[1] <= ticks)
        direction = Element("direction", {"placement": "above"})
        style = {"font-style": "normal", "font-weight": "bold"}
        if split:
            style["underline"] = "1"
        kind = slash_kind(chart, chord.onset_ql)
        if kind == "diamond":
            style["enclosure"] = "diamond"
        words = SubElement(SubElement(direction, "direction-type"), "words", style)
        words.text = write_number(chart, chord)
        if ticks > start:
            SubElement(direction, "offset").text = str(ticks - start)
        SubElement(direction, "staff").text = "1"
        measure.insert(index, direction)


def print_chords(
    measure: Element, bar: WrittenBar, chords: tuple[Chord, ...], *, grand: bool
) -> None:
    """Put the chord symbols of a bar before the notes that they stand over."""
    end = bar.onset_ql + bar.duration_ql
    here = [chord for chord in chords if bar.onset_ql <= chord.onset_ql < end]
    places = _places(measure)
    for chord in reversed(here):
        ticks = int((chord.onset_ql - bar.onset_ql) * TICKS)
        index, start = max(
            (place for place in places if place[1] <= ticks),
            key=lambda place: (place[1], -place[0]),  # before grace notes, not after
        )
        harmony = _build_harmony(chord, ticks - start)
        if grand:
            SubElement(harmony, "staff").text = "1"
        measure.insert(index, harmony)


def _places(measure: Element) -> list[tuple[int, int]]:
    """(index of the child, ticks from the bar line) of the first voice's notes and rests."""
    places = []
    here = 0
    for index, child in enumerate(measure):
        if child.tag == "backup" and here:
            break
        if child.tag == "note" and child.find("chord") is None:
            places.append((index, here))
            here += int(child.findtext("duration", "0"))
    return places


def _build_harmony(chord: Chord, offset: int) -> Element:
    symbol = read_symbol(chord.symbol)
    harmony = Element("harmony", {"placement": "above"})
    step, alter = step_of(symbol.root)
    root = SubElement(harmony, "root")
    SubElement(root, "root-step").text = step
    if alter:
        SubElement(root, "root-alter").text = str(alter)
    SubElement(harmony, "kind", {"text": symbol.text}).text = symbol.kind
    if symbol.bass:
        step, alter = step_of(symbol.bass)
        bass = SubElement(harmony, "bass")
        SubElement(bass, "bass-step").text = step
        if alter:
            SubElement(bass, "bass-alter").text = str(alter)
    # No degrees: engravers print them beside the text that already says them ("add9(add9)").
    if offset:
        SubElement(harmony, "offset").text = str(offset)
    return harmony


def line_starts(chart: Chart, bars: tuple[WrittenBar, ...]) -> set[int]:
    """Numbers of the bars that begin a line: every fourth of a section, as charts are read.

    A grand staff is left to the engraver; so is a last bar that would stand alone.
    """
    if chart.drill.kind == "grand":
        return set()
    sections = {mark.onset_ql for mark in chart.marks if mark.kind == "rehearsal"}
    starts: set[int] = set()
    filled = 0
    for bar in bars:
        full = filled >= BARS_A_LINE and bar.number != bars[-1].number
        if bar.number > 1 and (full or bar.onset_ql in sections):
            starts.add(bar.number)
            filled = 0
        filled += bar.number > 0
    return starts
