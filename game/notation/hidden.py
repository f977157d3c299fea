"""A slash chart's MusicXML as the engraver has to be told it.

What the document holds without printing it is taken out: the engraver hides such notes, but keeps
the room for them, and draws staves that are not printed. And a slash is put where it finds the
middle line: it counts places of unpitched notes as in the treble clef, whatever the clef.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET

SLASHED = b"<unpitched"
MIDDLE = ("B", "4")


def print_only(musicxml: bytes) -> bytes:
    """The document with nothing in it but what is printed; others than slash charts as they are."""
    if SLASHED not in musicxml:
        return musicxml
    root = ET.fromstring(musicxml)  # noqa: S314 - written by exercises.musicxml
    drop_hidden(root)
    printed: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return printed


def drop_hidden(root: ET.Element) -> None:
    """Take staves that are not printed out of a slash chart, and put gaps for hidden notes."""
    if root.find(".//unpitched") is None:
        return
    unseen = {
        each.get("number", "1")
        for each in root.iter("staff-details")
        if each.get("print-object") == "no"
    }
    for attributes in root.iter("attributes"):
        _drop_staves(attributes, unseen)
    for note in root.iter("note"):
        if note.find("instrument") is None:
            _centre(note)
    for measure in root.iter("measure"):
        for child in list(measure):
            if unseen and child.findtext("staff") in unseen:
                measure.remove(child)
            elif child.tag == "note" and child.get("print-object") == "no":
                _leave_gap(measure, child)


def _centre(note: ET.Element) -> None:
    """Put a slash on the middle line; what has an instrument is a pad, and stands in its place."""
    for tag, value in zip(("display-step", "display-octave"), MIDDLE, strict=True):
        for place in note.iterfind(f"unpitched/{tag}"):
            place.text = value


def _drop_staves(attributes: ET.Element, unseen: set[str]) -> None:
    staves = attributes.find("staves")
    if not unseen or staves is None:
        return
    attributes.remove(staves)
    for child in list(attributes):
        if child.get("number") in unseen or child.tag == "staff-details":
            attributes.remove(child)


def _leave_gap(measure: ET.Element, note: ET.Element) -> None:
    index = list(measure).index(note)
    measure.remove(note)
    length = note.findtext("duration")
    if note.find("chord") is None and length is not None:
        gap = ET.Element("forward")
        ET.SubElement(gap, "duration").text = length
        measure.insert(index, gap)
