"""An engraved SVG as plain shapes: which sign of music stands where.

Lengths are the engraver's own units: `UNITS_PER_SPACE` of them lie between two staff lines.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import dataclass, field

UNITS_PER_SPACE = 180.0
FULL_SCALE = 0.72
"""The scale of a full-sized sign; grace notes and cues are smaller."""

HREF = "{http://www.w3.org/1999/xlink}href"
# fmt: off
ROLES = frozenset({
    "accid", "arpeg", "artic", "barLine", "beam", "bTrem", "clef", "dir", "dots", "dynam",
    "ending", "fermata", "fing", "flag", "fTrem", "grpSym", "hairpin", "keySig", "ledgerLines",
    "mNum", "meterSig", "mordent", "mRest", "multiRest", "notehead", "octave", "pedal", "reh",
    "rest", "slur", "staff", "stem", "tempo", "tie", "trill", "tuplet", "tupletBracket",
    "tupletNum", "turn", "repeatMark", "voltaBracket",
})
# fmt: on
"""The classes that say what a shape is; the innermost of them is a shape's role."""

NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
Point = tuple[float, float]
CURVE_POINTS = 6
LINE_POINTS = 2


@dataclass(frozen=True)
class Shape:
    """One sign or stroke, and what it belongs to."""

    role: str
    """What it is a part of: notehead, stem, beam, slur, ..."""
    owner: str
    """The id of the note, chord or rest it belongs to, or an empty text."""
    staff: int | None
    """Index of the staff within the system, the upper is 0; None where it belongs to none."""


@dataclass(frozen=True)
class Glyph(Shape):
    """A sign of the music font."""

    code: str
    """SMuFL code point in hexadecimal: "E0A4" is a black notehead."""
    x: float
    y: float
    size: float
    """1 is full size."""


@dataclass(frozen=True)
class Stroke(Shape):
    """Straight lines through points."""

    points: tuple[Point, ...]
    width: float


@dataclass(frozen=True)
class Area(Shape):
    """A filled polygon, such as a beam."""

    points: tuple[Point, ...]


@dataclass(frozen=True)
class Curve(Shape):
    """A slur, tie or brace: two Bezier curves that share their ends, the area between filled."""

    points: tuple[Point, ...]
    """Start, two controls, end, two controls of the way back."""


@dataclass(frozen=True)
class Disc(Shape):
    """A filled circle, such as a dot of augmentation."""

    x: float
    y: float
    radius: float


@dataclass(frozen=True)
class Label(Shape):
    """Words."""

    x: float
    y: float
    text: str


@dataclass
class Staff:
    """One staff of a system."""

    lines: list[float] = field(default_factory=list)
    """The y of its lines, the upper first."""


@dataclass
class Measure:
    """One printed bar of a system: from where to where."""

    id: str
    left: float
    right: float
    content: float
    """Where its first sign after clef, key and time signature stands, or may stand."""


@dataclass
class DrawnSystem:
    """One system with all its shapes."""

    staves: list[Staff] = field(default_factory=list)
    measures: list[Measure] = field(default_factory=list)
    shapes: list[Shape] = field(default_factory=list)


@dataclass(frozen=True)
class Drawing:
    """A whole engraving."""

    systems: list[DrawnSystem]
    outlines: dict[str, str]
    """The path of each sign of the font by its code, 1000 to the em of 4 spaces, y upwards."""


@dataclass(frozen=True)
class _Place:
    """Where the walk through the SVG is."""

    x: float = 0.0
    y: float = 0.0
    role: str = ""
    owner: str = ""
    staff: int | None = None
    system: DrawnSystem | None = None

    @property
    def base(self) -> tuple[str, str, int | None]:
        """What every shape here belongs to."""
        return self.role, self.owner, self.staff


def read_svg(*pages: str) -> Drawing:
    """Read the SVG of one or more pages into systems of shapes."""
    systems: list[DrawnSystem] = []
    outlines: dict[str, str] = {}
    for page in pages:
        # Our own engraver made it a moment ago: nothing foreign is parsed.
        root = ET.fromstring(page)  # noqa: S314
        for group in root.iter():
            if _tag(group) == "defs":
                _read_outlines(group, outlines)
        _walk(root, _Place(), systems)
    return Drawing([system for system in systems if system.measures], outlines)


def _tag(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def _numbers(text: str) -> list[float]:
    return [float(part) for part in NUMBER.findall(text)]


def _points(text: str) -> tuple[Point, ...]:
    values = _numbers(text)
    return tuple(zip(values[::2], values[1::2], strict=False))


def _read_outlines(defs: ET.Element, outlines: dict[str, str]) -> None:
    for sign in defs:
        path = next((part for part in sign.iter() if _tag(part) == "path"), None)
        if path is not None:
            outlines[sign.get("id", "").partition("-")[0]] = path.get("d", "")


def _walk(element: ET.Element, place: _Place, systems: list[DrawnSystem]) -> None:
    tag = _tag(element)
    if tag in {"defs", "style", "desc", "title"}:
        return
    if tag == "g":
        place = _enter(element, place, systems)
    elif place.system is not None and tag != "svg":
        shape = _shape(element, tag, place)
        if shape is not None:
            _keep(shape, place.system)
        return
    for child in element:
        _walk(child, place, systems)


def _enter(group: ET.Element, place: _Place, systems: list[DrawnSystem]) -> _Place:
    """What a group says about all that is within it."""
    classes = (group.get("class") or "").split()
    kind = classes[0] if classes else ""
    shift = _numbers(group.get("transform") or "0 0")
    x, y = place.x + shift[0], place.y + shift[1]
    system, staff, owner = place.system, place.staff, place.owner
    role = kind if kind in ROLES else place.role
    if kind == "system":
        system = DrawnSystem()
        systems.append(system)
    elif kind == "measure" and system is not None:
        system.measures.append(Measure(group.get("id", ""), -1.0, -1.0, -1.0))
        staff = None
    elif kind == "staff" and system is not None:
        staff = -1 if staff is None else staff
        staff = _staff_index(group, system, y)
    elif kind in {"note", "chord", "rest", "mRest", "multiRest"}:
        owner = group.get("id", "")
    return _Place(x, y, role, owner, staff, system)


def _staff_index(group: ET.Element, system: DrawnSystem, shift_y: float) -> int:
    """Which staff of the system a group draws, known by its top line."""
    lines = []
    for child in group:
        if _tag(child) == "path":
            (_, y), *_ = _points(child.get("d", "0 0"))
            lines.append(y + shift_y)
    for index, staff in enumerate(system.staves):
        if lines and abs(staff.lines[0] - lines[0]) < 1:
            return index
    system.staves.append(Staff(lines or [0.0]))
    return len(system.staves) - 1


def _shape(element: ET.Element, tag: str, place: _Place) -> Shape | None:
    reader = _READERS.get(tag)
    return reader(element, place) if reader else None


def _read_use(element: ET.Element, place: _Place) -> Shape:
    x, y, scale, *_ = [*_numbers(element.get("transform") or "0 0"), FULL_SCALE]
    code = (element.get(HREF) or element.get("href") or "#").lstrip("#").partition("-")[0]
    return Glyph(*place.base, code, x + place.x, y + place.y, scale / FULL_SCALE)


def _read_polygon(element: ET.Element, place: _Place) -> Shape:
    return Area(*place.base, _moved(_points(element.get("points", "")), place))


def _read_polyline(element: ET.Element, place: _Place) -> Shape:
    points = _moved(_points(element.get("points", "")), place)
    return Stroke(*place.base, points, float(element.get("stroke-width") or 1))


def _read_rect(element: ET.Element, place: _Place) -> Shape:
    x, y, w, h = (float(element.get(name) or 0) for name in ("x", "y", "width", "height"))
    return Area(*place.base, _moved(((x, y), (x + w, y), (x + w, y + h), (x, y + h)), place))


def _read_disc(element: ET.Element, place: _Place) -> Shape | None:
    if not place.role:
        return None  # an anchor of the engraver's, not a sign
    radius = float(element.get("rx") or element.get("r") or 0)
    x, y = float(element.get("cx") or 0), float(element.get("cy") or 0)
    return Disc(*place.base, x + place.x, y + place.y, radius)


def _read_text(element: ET.Element, place: _Place) -> Shape:
    words = " ".join("".join(element.itertext()).split())
    x, y = float(element.get("x") or 0), float(element.get("y") or 0)
    return Label(*place.base, x + place.x, y + place.y, words)


def _read_path(element: ET.Element, place: _Place) -> Shape | None:
    text = element.get("d", "")
    points = _moved(_points(text), place)
    if "C" in text:
        return Curve(*place.base, points) if len(points) >= CURVE_POINTS else None
    if len(points) < LINE_POINTS:
        return None
    return Stroke(*place.base, points, float(element.get("stroke-width") or 1))


def _moved(points: tuple[Point, ...], place: _Place) -> tuple[Point, ...]:
    return tuple((x + place.x, y + place.y) for x, y in points)


_READERS: dict[str, Callable[[ET.Element, _Place], Shape | None]] = {
    "use": _read_use,
    "path": _read_path,
    "polygon": _read_polygon,
    "polyline": _read_polyline,
    "rect": _read_rect,
    "ellipse": _read_disc,
    "circle": _read_disc,
    "text": _read_text,
}


def _keep(shape: Shape, system: DrawnSystem) -> None:
    """Keep a shape; staff lines become the extent of their measure instead."""
    if isinstance(shape, Stroke) and shape.role == "staff":
        measure = system.measures[-1]
        xs = [x for x, _ in shape.points]
        measure.left = min(xs) if measure.left < 0 else min(measure.left, *xs)
        measure.right = max(measure.right, *xs)
        measure.content = max(measure.content, measure.left)
        return
    system.shapes.append(shape)
