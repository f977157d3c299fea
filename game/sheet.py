"""The sheet of a graded take: its chart with a sign and a colour at each note, for files.

The signs stand as lyrics, which every notation program sets in line below a staff; keys that no
note asked for as words at their place, "+F♯4".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

from exercises.chart import ComposeError
from exercises.kit import is_pads, name_pad
from exercises.musicxml import write_musicxml
from exercises.passes import bar_index, map_passes
from exercises.theory import name_pitch
from game.notation.export import SHEET_MARGIN, rasterise, render_svg
from game.scoring.marks import SIGNS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from exercises.chart import Chart

FORMS = ("musicxml", "svg", "png")
COLOURS = {
    "right": "#0072B2",
    "early": "#8F6400",
    "late": "#8F6400",
    "wrong": "#A0002A",
    "missed": "#A0002A",
    "extra": "#A0002A",
}
"""Blue, ochre and crimson, which every kind of colour vision tells apart, dark enough for white
paper. The signs alone say the same."""
SEVERITY = ("right", "early", "late", "missed", "wrong")
"""Of a chord, and of several passes, the last of these is signed."""
LEGEND = ", ".join(f"{SIGNS[mark]} {mark}" for mark in COLOURS)
CAPTION_SIZE = 34
EXTRA_GRID_QL = Fraction(1, 4)
"""Where an extra key stands on paper, in quarter notes: exactly enough to be found again."""
MIDDLE_C, LOWER_STAFF = 60, 2
VIEW_BOX = re.compile(r'viewBox="0 0 (\d+) (\d+)"')
DOCTYPE = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n'
    b'<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN" '
    b'"http://www.musicxml.org/dtds/partwise.dtd">\n'
)


Extras = Sequence[tuple[float, int]]
"""Keys that no note asked for: (sounding onset in quarter notes, MIDI pitch)."""


class Spot(NamedTuple):
    """A place in a printed bar."""

    place_ql: Fraction
    """From its bar line."""
    staff: int


def write_sheet(
    chart: Chart, marks: Mapping[str, str], extras: Extras, form: str, *, title: str = ""
) -> bytes:
    """The marked chart as the bytes of a file.

    Args:
        chart: what was played.
        marks: what became of each note, by its id (`game.scoring.marks`).
        extras: keys that no note asked for.
        form: one of `FORMS`.
        title: the document's, and below the drawing with what the signs mean.

    Raises:
        ComposeError: no such form, or the chart cannot be written.
    """
    if form not in FORMS:
        raise ComposeError(f"no sheet of kind {form!r}: choose {', '.join(FORMS)}")
    musicxml = mark_musicxml(
        write_musicxml(chart), printed_marks(chart, marks), printed_extras(chart, extras)
    )
    if form == "musicxml":
        return entitle(musicxml, title) if title else musicxml
    svg = caption(render_svg(musicxml), title)
    return svg.encode() if form == "svg" else rasterise(svg)


def printed_marks(chart: Chart, marks: Mapping[str, str]) -> dict[str, str]:
    """The marks of the printed notes: where bars are played again, the worst of all passes."""
    found: dict[str, str] = {}
    for sounding, printed in map_passes(chart).items():
        if sounding in marks:
            found[printed] = _worst(marks[sounding], found.get(printed, SEVERITY[0]))
    return found


def printed_extras(chart: Chart, extras: Extras) -> dict[int, dict[Spot, list[str]]]:
    """The names of the extra keys by their spots, for each printed bar in its turn."""
    printed = [index for index, bar in enumerate(chart.bars) if bar.printed is None]
    grand = not is_pads(chart)
    found: dict[int, dict[Spot, list[str]]] = {}
    for onset_ql, pitch in sorted(extras):
        index = bar_index(chart.bars, Fraction(onset_ql))
        bar = chart.bars[index]
        place = round((Fraction(onset_ql) - bar.onset_ql) / EXTRA_GRID_QL) * EXTRA_GRID_QL
        place = max(Fraction(0), min(place, bar.duration_ql - EXTRA_GRID_QL))
        spot = Spot(place, LOWER_STAFF if grand and pitch < MIDDLE_C else 1)
        shown = index if bar.printed is None else bar.printed
        names = found.setdefault(printed.index(shown), {}).setdefault(spot, [])
        name = name_pitch(pitch) if grand else name_pad(pitch)
        if name not in names:
            names.append(name)
    return found


def mark_musicxml(
    musicxml: bytes,
    marks: Mapping[str, str],
    extras: Mapping[int, Mapping[Spot, Sequence[str]]] | None = None,
) -> bytes:
    """A document with coloured heads, signs below the staves as lyrics, and extra keys as words.

    Args:
        musicxml: as `exercises.musicxml` writes it: the heads of note n12 are n12, n12-2, ...
        marks: by the notes' ids; a note without one stays as it is.
        extras: as `printed_extras` gives them.
    """
    root = ET.fromstring(musicxml)  # noqa: S314 - our own writer's
    divisions = int(root.findtext(".//divisions") or 1)
    staves = int(root.findtext(".//staves") or 1)
    for number, measure in enumerate(root.iter("measure")):
        _mark_measure(measure, marks)
        for spot, names in (extras or {}).get(number, {}).items():
            _add_extra(measure, spot, names, (divisions, staves))
    return _write(root)


def _add_extra(
    measure: ET.Element, spot: Spot, names: Sequence[str], scale: tuple[int, int]
) -> None:
    """Words below a staff, at a distance from the bar line: before the measure's first note."""
    divisions, staves = scale
    direction = ET.Element("direction", {"placement": "below"})
    words = ET.SubElement(
        ET.SubElement(direction, "direction-type"),
        "words",
        {"color": COLOURS["extra"], "font-size": "9"},
    )
    words.text = " ".join(f"{SIGNS['extra']}{name}" for name in names)
    ET.SubElement(direction, "offset").text = str(round(spot.place_ql * divisions))
    ET.SubElement(direction, "staff").text = str(min(spot.staff, staves))
    first = next(
        (index for index, child in enumerate(measure) if child.tag in {"note", "backup"}),
        len(measure),
    )
    measure.insert(first, direction)


def _mark_measure(measure: ET.Element, marks: Mapping[str, str]) -> None:
    stem: ET.Element | None = None
    sign = ""
    for note in measure.iter("note"):
        if note.find("chord") is None:
            _sign(stem, sign)
            stem, sign = note, ""
        name = note.get("id", "")
        mark = marks.get(name.partition("-")[0])
        if mark is None:
            continue
        note.set("color", COLOURS[mark])
        if "-" not in name:
            # Tied heads go on sounding: the first is the one that was played.
            sign = _worst(mark, sign or mark)
    _sign(stem, sign)


def _sign(note: ET.Element | None, mark: str) -> None:
    """A sign below a note or chord; each voice has a line of its own."""
    if note is None or not mark:
        return
    voice = int(note.findtext("voice") or 1)
    number = str(1 + (voice - 1) % 2)
    lyric = ET.Element("lyric", {"number": number, "color": COLOURS[mark]})
    ET.SubElement(lyric, "text").text = SIGNS[mark]
    after = [index for index, child in enumerate(note) if child.tag == "play"]
    note.insert(after[0] if after else len(note), lyric)


def entitle(musicxml: bytes, title: str) -> bytes:
    """A document under another title."""
    root = ET.fromstring(musicxml)  # noqa: S314 - our own writer's
    for found in root.findall("work"):
        root.remove(found)
    work = ET.Element("work")
    ET.SubElement(work, "work-title").text = title
    root.insert(0, work)
    return _write(root)


def caption(svg: str, title: str) -> str:
    """A sheet with a line at its foot: the title, and what the signs mean."""
    found = VIEW_BOX.search(svg)
    if found is None:
        return svg
    width, height = int(found[1]), int(found[2])
    line = f"{title}. {LEGEND}" if title else LEGEND
    text = (
        f'<text x="{SHEET_MARGIN}" y="{height}" font-family="Times, serif" '
        f'font-size="{CAPTION_SIZE}">{escape(line)}</text>\n</svg>'
    )
    svg = svg.replace(found[0], f'viewBox="0 0 {width} {height + CAPTION_SIZE}"', 1)
    return svg.removesuffix("\n").removesuffix("</svg>") + text


def _write(root: ET.Element) -> bytes:
    body: bytes = ET.tostring(root, encoding="utf-8")
    return DOCTYPE + body


def _worst(mark: str, other: str) -> str:
    return max(mark, other, key=SEVERITY.index)
