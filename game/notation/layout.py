"""From MusicXML to an engraving of a given width: what the engraver is given and told."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Any

import verovio

from exercises.chart import ComposeError
from game.notation.hidden import drop_hidden
from game.notation.svg import UNITS_PER_SPACE, Drawing, Glyph, read_svg

if TYPE_CHECKING:
    from collections.abc import Sequence

UNITS_PER_PIXEL = 10
FONT = "Leland"
PAGE_HEIGHT = 60000
PAPER_SPACES = 120.0
"""The width of a sheet of paper."""
BRACE_PIXELS = 26
"""The left margin, which the brace of a grand staff stands in."""
STAFF_GAP = 7
"""The least distance of two staves, in half spaces; the notes between them may need more."""
SLUR_CURVE = 0.4
"""Flatter slurs than on paper (1): every row counts."""

Options = dict[str, float | str]
"""Of the engraver, by their names."""

SPACINGS: tuple[Options, ...] = (
    {"spacingLinear": 0.25, "spacingNonLinear": 0.6},
    {"spacingLinear": 0.15, "spacingNonLinear": 0.55},
    {"spacingLinear": 0.06, "spacingNonLinear": 0.45},
)
"""From wide to narrow; by eye."""
SIGNS_APART: Options = {"leftMarginAccid": 2.0}
"""Half spaces before an accidental (else 1): it must touch no rest or flag before it."""
NEW_SYSTEM = b"new-system"
LINES = (4, 2)
"""Bars to a line of a chart that says where its lines begin: four, as charts are read, or half."""
HEADS_APART = 2.2
"""Spaces from one notehead to the next that an even line keeps at the least, by eye."""
EVEN_SHARE = 0.9
"""Of the least distance in free lines, what an even line keeps: it is worth a little, by eye."""
GHOSTS = b'<notehead parentheses="yes"'
"""For parentheses around heads the engraver keeps no room: then free lines are no measure."""
FEW_BARS = 2
"""Fewer bars than this to a system (on average) are turned too often: they are set closer."""


@dataclass(frozen=True)
class Engraving:
    """A drawing, and when what it shows sounds."""

    drawing: Drawing
    onsets_ql: dict[str, float]
    """Of each note, rest and measure by its id, in quarter notes from the first printed bar."""


@cache
def _toolkit() -> Any:  # noqa: ANN401 - the library has no types
    verovio.enableLog(verovio.LOG_OFF)
    return verovio.toolkit()


def plain_toolkit() -> Any:  # noqa: ANN401
    """The engraver with no option set; it says nothing on standard error."""
    toolkit = _toolkit()
    toolkit.resetOptions()
    return toolkit


def lay_out(musicxml: bytes, *, spaces: float = PAPER_SPACES, font: str = FONT) -> Engraving:
    """Lay music out in systems of a width.

    Args:
        musicxml: an uncompressed MusicXML document.
        spaces: the width, in distances of two staff lines.
        font: one of the engraver's music fonts.

    Raises:
        ComposeError: the engraver cannot read the document.
    """
    width = max(100, int(spaces * UNITS_PER_SPACE / UNITS_PER_PIXEL))
    hand: Options = {"font": font, **SIGNS_APART}
    drawing = _draw_lines(musicxml, width, hand) if NEW_SYSTEM in musicxml else None
    return Engraving(drawing or _draw_free(musicxml, width, hand), _onsets(_toolkit()))


def _draw_free(musicxml: bytes, width: int, hand: Options) -> Drawing:
    """Lines broken where they are full; no bar is left over for a line of its own."""
    spacing = SPACINGS[0]
    drawing = _draw(musicxml, width, hand, spacing)
    if _bars_a_system(drawing) < FEW_BARS:
        spacing = SPACINGS[1]
        drawing = _draw(musicxml, width, hand, spacing)
    if _overfull(drawing, width):
        spacing = SPACINGS[2]
        drawing = _draw(musicxml, width, hand, spacing)
    counts = [len(system.measures) for system in drawing.systems]
    if shared := share_last(counts):
        document = break_lines(musicxml, shared)
        even = _draw(document, width, hand, {**spacing, "breaks": "line"})
        if not _overfull(even, width):
            return even
    return drawing


def share_last(counts: Sequence[int]) -> list[int]:
    """The bars of each line where a last one of one bar shares with the line before; else none.

    A line of two has nothing to give.
    """
    if len(counts) < 2 or counts[-1] != 1 or counts[-2] <= FEW_BARS:  # noqa: PLR2004 - two lines
        return []
    both = counts[-2] + 1
    return [*counts[:-2], both - both // 2, both // 2]


def _draw_lines(musicxml: bytes, width: int, hand: Options) -> Drawing | None:
    """The bars in even lines, four or two, where the notes keep their distance; else nothing."""
    near = _closest_heads(_draw(musicxml, width, hand, SPACINGS[1]))
    least = HEADS_APART * UNITS_PER_SPACE
    if GHOSTS not in musicxml:
        least = min(least, EVEN_SHARE * near)
    for count in LINES:
        document = break_evenly(musicxml, count)
        drawing = _draw(document, width, hand, {**SPACINGS[0], "breaks": "line"})
        if _closest_heads(drawing) >= least:
            return drawing
    return None


def break_lines(musicxml: bytes, counts: Sequence[int]) -> bytes:
    """Begin a line after so many bars each."""
    root = ET.fromstring(musicxml)  # noqa: S314 - our own document
    starts = set(accumulate(counts[:-1]))
    for number, measure in enumerate(root.iter("measure")):
        if number in starts:
            measure.insert(0, ET.Element("print", {"new-system": "yes"}))
    broken: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return broken


def break_evenly(musicxml: bytes, count: int) -> bytes:
    """Begin a line every `count` bars, counted anew from each place where the document has one."""
    root = ET.fromstring(musicxml)  # noqa: S314 - our own document
    filled = 0
    for number, measure in enumerate(root.iter("measure")):
        sign = measure.find("print")
        if sign is None and number and filled >= count:
            measure.insert(0, ET.Element("print", {"new-system": "yes"}))
            sign = measure.find("print")
        if sign is not None:
            filled = 0
        filled += measure.get("implicit") != "yes"
    broken: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return broken


def _closest_heads(drawing: Drawing) -> float:
    """The least distance of two neighbouring columns of noteheads, in the engraver's units."""
    closest = float("inf")
    for system in drawing.systems:
        heads = [s for s in system.shapes if isinstance(s, Glyph) and s.role == "notehead"]
        places = sorted({round(head.x) for head in heads})
        gaps = [two - one for one, two in pairwise(places) if two - one > UNITS_PER_SPACE]
        closest = min([closest, *gaps])
    return closest


def _bars_a_system(drawing: Drawing) -> float:
    systems = drawing.systems
    return sum(len(system.measures) for system in systems) / max(1, len(systems))


def _draw(musicxml: bytes, width: int, hand: Options, spacing: Options) -> Drawing:
    toolkit = plain_toolkit()
    toolkit.setOptions(
        {
            "pageWidth": width,
            "pageHeight": PAGE_HEIGHT,
            "pageMarginLeft": BRACE_PIXELS,
            "pageMarginRight": 0,
            "pageMarginTop": 0,
            "pageMarginBottom": 0,
            "header": "none",
            "footer": "none",
            "breaks": "auto",
            "condense": "none",
            "spacingStaff": STAFF_GAP,
            "spacingBraceGroup": STAFF_GAP,
            "slurCurveFactor": SLUR_CURVE,
            "xmlIdSeed": 1,
            "svgFormatRaw": True,
            **hand,
            **spacing,
        }
    )
    if not toolkit.loadData(musicxml.decode("utf-8")):
        raise ComposeError("the engraver cannot read this chart's MusicXML")
    pages = [toolkit.renderToSVG(page) for page in range(1, toolkit.getPageCount() + 1)]
    return read_svg(*pages)


def _overfull(drawing: Drawing, width: int) -> bool:
    """Whether a bar reaches beyond the page."""
    limit = width * UNITS_PER_PIXEL + UNITS_PER_SPACE
    return any(measure.right > limit for system in drawing.systems for measure in system.measures)


def _onsets(toolkit: Any) -> dict[str, float]:  # noqa: ANN401
    onsets: dict[str, float] = {}
    for entry in toolkit.renderToTimemap({"includeMeasures": True, "includeRests": True}):
        ids = [*entry.get("on", ()), *entry.get("restsOn", ())]
        if "measureOn" in entry:
            ids.append(entry["measureOn"])
        for name in ids:
            onsets.setdefault(name, float(entry["qstamp"]))
    return onsets


def strip_words(musicxml: bytes, placed: frozenset[str]) -> bytes:
    """Take out what is placed as text afterwards.

    These are chord symbols, tempo and rehearsal marks, dynamics, fingerings, the title, and the
    words in `placed`: without them the engraver keeps no room for letters larger than a terminal's.

    Raises:
        ComposeError: not a MusicXML document.
    """
    try:
        # Written by exercises.musicxml, so nothing foreign is parsed.
        root = ET.fromstring(musicxml)  # noqa: S314
    except ET.ParseError as error:
        raise ComposeError(f"the chart's MusicXML is not well formed: {error}") from error
    for tag in ("work", "movement-title", "identification", "credit"):
        for element in root.findall(tag):
            root.remove(element)
    for measure in root.iter("measure"):
        for element in list(measure):
            if element.tag == "harmony" or (
                element.tag == "direction" and _only_placed(element, placed)
            ):
                measure.remove(element)
    drop_hidden(root)
    for technical in root.iter("technical"):
        for fingering in technical.findall("fingering"):
            technical.remove(fingering)
    stripped: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return stripped


def _only_placed(direction: ET.Element, placed: frozenset[str]) -> bool:
    """Whether nothing of a direction is left to the engraver; takes out the rest of it."""
    for kind in direction.findall("direction-type"):
        for sign in list(kind):
            words = " ".join((sign.text or "").split())
            if sign.tag in {"metronome", "dynamics", "rehearsal"} or (
                sign.tag == "words" and words in placed
            ):
                kind.remove(sign)
        if not len(kind):
            direction.remove(kind)
    return direction.find("direction-type") is None
