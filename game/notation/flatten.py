"""Only the rhythm: every note on the middle line of its staff, a chord as one note."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from exercises.chart import Chart, Note

MIDDLE_LINES = {"G": ("B", "4"), "F": ("D", "3"), "C": ("C", "4")}
"""What the middle line is called under each clef."""


def flatten_pitches(musicxml: bytes) -> bytes:
    """The document with no key signature, no accidentals, and all notes on the middle lines."""
    root = ET.fromstring(musicxml)  # noqa: S314 - written by exercises.musicxml
    clefs: dict[str, str] = {}
    for measure in root.iter("measure"):
        for element in list(measure):
            if element.tag == "attributes":
                _read_attributes(element, clefs)
            elif element.tag == "note" and element.find("pitch") is not None:
                if element.find("chord") is not None:
                    measure.remove(element)
                else:
                    _flatten(element, clefs.get(element.findtext("staff") or "1", "G"))
    flat: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return flat


def _read_attributes(attributes: ET.Element, clefs: dict[str, str]) -> None:
    for clef in attributes.findall("clef"):
        clefs[clef.get("number", "1")] = clef.findtext("sign") or "G"
    for fifths in attributes.iter("fifths"):
        fifths.text = "0"


def _flatten(note: ET.Element, clef: str) -> None:
    pitch = note.find("pitch")
    if pitch is None:
        return
    for tag in ("alter", "step", "octave"):
        for old in pitch.findall(tag):
            pitch.remove(old)
    for tag, value in zip(("step", "octave"), MIDDLE_LINES.get(clef, ("B", "4")), strict=True):
        ET.SubElement(pitch, tag).text = value
    for sign in note.findall("accidental"):
        note.remove(sign)


def chord_members(chart: Chart) -> dict[str, list[Note]]:
    """The notes that one head stands for, by the id of the note that is printed."""
    heads: dict[tuple[object, int, int], list[Note]] = {}
    for note in chart.notes:
        heads.setdefault((note.onset_ql, note.staff, note.voice), []).append(note)
    # Whichever of a chord's notes is written first keeps its head: each may be that one.
    return {note.id: notes for notes in heads.values() for note in notes}
