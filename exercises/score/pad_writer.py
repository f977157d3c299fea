"""Strokes on pads in a score: heads without a pitch, and the instruments that they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element, SubElement

import music21 as library

from exercises.band.parts import DRUM_CHANNEL
from exercises.kit import KIT, is_pads

if TYPE_CHECKING:
    from collections.abc import Sequence

    from exercises.chart import Chart
    from exercises.kit import Pad
    from exercises.notation.notate import WrittenNote

music21: Any = library
"""Half of music21 has types, and not always its own; here it has none."""

_BEFORE_INSTRUMENT = {"grace", "chord", "unpitched", "rest", "duration", "tie"}
"""What MusicXML has in a note before its instrument."""


def read_pads(chart: Chart) -> dict[str, int]:
    """The key of each note of a chart for pads by its id; of other charts none."""
    return {note.id: note.pitch for note in chart.notes} if is_pads(chart) else {}


def build_stroke(notes: Sequence[WrittenNote], length: Any, keys: dict[str, int]) -> Any:  # noqa: ANN401
    """What is struck at once in one voice, as a music21 element.

    Args:
        notes: its heads.
        length: their music21 duration.
        keys: of the pads by the notes' ids.
    """
    pads = [KIT[keys[note.note_id]] for note in notes]
    heads = [_build_head(note, pad, length) for note, pad in zip(notes, pads, strict=True)]
    stroke = heads[0]
    if len(heads) > 1:
        stroke = music21.percussion.PercussionChord(heads, duration=length)
        stroke.stemDirection = heads[0].stemDirection
    if any(pad.sign == "open" for pad in pads):
        stroke.articulations.append(music21.articulations.OpenString())
    if any("accent" in note.articulations for note in notes):
        stroke.articulations.append(music21.articulations.Accent())
    for sign in stroke.articulations:
        # Of the hands over the staff, of the feet under it, whatever the stems do.
        sign.placement = "below" if pads[0].is_foot else "above"
    return stroke


def _build_head(note: WrittenNote, pad: Pad, length: Any) -> Any:  # noqa: ANN401
    head = music21.note.Unpitched(displayName=pad.place, duration=length)
    head.id = note.id
    head.notehead = pad.head
    head.stemDirection = "down" if pad.is_foot else "up"
    head.noteheadParenthesis = "ghost" in note.articulations
    return head


def name_instruments(root: Element, chart: Chart) -> None:
    """Say in the document which instrument of the kit each head is, and on which key it sounds.

    A head alone does not say it: open and closed hi-hat look alike but for a sign.
    """
    part = root.find("part-list/score-part")
    if part is None:
        return
    for tag in ("score-instrument", "midi-device", "midi-instrument"):
        for element in part.findall(tag):
            part.remove(element)
    keys = sorted({note.pitch for note in chart.notes})
    for key in keys:
        instrument = SubElement(part, "score-instrument", {"id": _id(key)})
        SubElement(instrument, "instrument-name").text = KIT[key].name
    for key in keys:
        sound = SubElement(part, "midi-instrument", {"id": _id(key)})
        SubElement(sound, "midi-channel").text = str(DRUM_CHANNEL + 1)
        # MusicXML counts keys of percussion from 1.
        SubElement(sound, "midi-unpitched").text = str(key + 1)
    pitches = read_pads(chart)
    for note in root.iter("note"):
        struck = pitches.get((note.get("id") or "").partition("-")[0])
        if struck is not None and note.find("unpitched") is not None:
            at = sum(child.tag in _BEFORE_INSTRUMENT for child in note)
            note.insert(at, Element("instrument", {"id": _id(struck)}))


def _id(key: int) -> str:
    return f"P1-I{key}"
