"""Strokes on pads read from a MusicXML document, which says more of them than music21 keeps."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import msgspec

from exercises.chart import Note
from exercises.kit import KIT, PADS_KIND, find_pad, meant_key
from exercises.own import LeftOut, Own
from exercises.strokes import spread_accents, write_strokes

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from xml.etree.ElementTree import Element

    from exercises.chart import Bar, Chart

_ACCENTS = ("accent", "strong-accent")
_HEADS = {"x": "x", "circle-x": "x", "cross": "x", "diamond": "diamond", "triangle": "diamond"}
_OPEN = ("open-string", "open", "harmonic")
"""What notation programs write for the small circle over an open hi-hat."""


@dataclass(frozen=True)
class Pads:
    """What a staff of percussion has."""

    notes: tuple[Note, ...]
    left_out: tuple[LeftOut, ...]
    """What is not of the kit."""


def read_pads(root: Element, bars: Sequence[Bar], order: Sequence[int]) -> Pads | None:
    """The strokes of a document that is one staff of percussion; None for any other.

    Args:
        root: of the document.
        bars: in sounding order.
        order: for each of them the index of its measure.
    """
    if len(root.findall("part")) != 1:
        return None
    if {sign.text for sign in root.iterfind("part/measure/attributes/clef/sign")} != {"percussion"}:
        return None
    keys = _sounding_keys(root)
    measures = [_in_measure(*each) for each in _with_divisions(root)]
    found: list[Note] = []
    left_out: list[LeftOut] = []
    for index, bar in zip(order, bars, strict=True):
        for note, onset in measures[index] if index < len(measures) else ():
            key = _key_of(note, keys)
            if note.find("grace") is not None:
                left_out.append(LeftOut(bar.number, "the grace note of a flam"))
            elif key is None:
                left_out.append(LeftOut(bar.number, "a drum that is not of the kit"))
            else:
                place = bar.onset_ql + onset
                signs = _signs(note)
                found.append(Note("", place, Fraction(0), key, "", 1, 1, articulations=signs))
    strokes = {(note.onset_ql, note.pitch): note for note in found}
    notes = spread_accents(list(strokes.values()))
    return Pads(tuple(write_strokes(notes, bars)), tuple(left_out))


def make_own(chart: Chart, left_out: Collection[LeftOut], pads: Pads | None) -> Own:
    """What was read: a keyboard's chart, or one for pads, of which only the kit says what it lacks.

    Args:
        chart: with the notes of either.
        left_out: what a keyboard's chart does not hold.
        pads: None for a keyboard.
    """
    if pads is None:
        return Own(chart, tuple(sorted(left_out)))
    drill = msgspec.structs.replace(chart.drill, kind=PADS_KIND)
    chart = msgspec.structs.replace(chart, drill=drill, slashes=())
    return Own(chart, tuple(sorted(set(pads.left_out))))


def _with_divisions(root: Element) -> Iterator[tuple[Element, Fraction]]:
    """The measures, and how their durations count a quarter note."""
    divisions = Fraction(1)
    for measure in root.findall("part/measure"):
        divisions = Fraction(measure.findtext("attributes/divisions") or divisions)
        yield measure, divisions


def _sounding_keys(root: Element) -> dict[str, int]:
    """The keys of the document's instruments by their ids; MusicXML counts them from 1."""
    keys: dict[str, int] = {}
    for sound in root.iterfind("part-list/score-part/midi-instrument"):
        text = sound.findtext("midi-unpitched", "")
        if text.strip().isdigit():
            keys[sound.get("id", "")] = int(text) - 1
    return keys


def _in_measure(measure: Element, divisions: Fraction) -> list[tuple[Element, Fraction]]:
    """What is struck, and where in the measure; a tied note goes on and is not struck."""
    struck: list[tuple[Element, Fraction]] = []
    here = before = Fraction(0)
    for child in measure:
        length = Fraction(child.findtext("duration") or 0) / divisions
        if child.tag == "backup":
            here -= length
        elif child.tag == "forward":
            here += length
        elif child.tag == "note":
            onset = before if child.find("chord") is not None else here
            ties = {tie.get("type") for tie in child.findall("tie")}
            if child.find("unpitched") is not None and "stop" not in ties:
                struck.append((child, onset))
            if child.find("chord") is None:
                before, here = here, here + length
    return struck


def _key_of(note: Element, keys: dict[str, int]) -> int | None:
    """The instrument of the kit: by the key it sounds on, else by its place and its head."""
    instrument = note.find("instrument")
    key = keys.get(instrument.get("id", "")) if instrument is not None else None
    if key is not None:
        return meant_key(key) if meant_key(key) in KIT else None
    place = f"{note.findtext('unpitched/display-step')}{note.findtext('unpitched/display-octave')}"
    head = _HEADS.get(note.findtext("notehead") or "", "normal")
    opened = any(note.find(f"notations/technical/{sign}") is not None for sign in _OPEN)
    pad = find_pad(place, head, "open" if opened else "")
    return pad.key if pad else None


def _signs(note: Element) -> tuple[str, ...]:
    head = note.find("notehead")
    if head is not None and head.get("parentheses") == "yes":
        return ("ghost",)
    accented = any(note.find(f"notations/articulations/{sign}") is not None for sign in _ACCENTS)
    return ("accent",) if accented else ()
