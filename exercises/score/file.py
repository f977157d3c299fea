"""Opening score files: MusicXML plain or compressed, and ABC, as music21 scores."""

from __future__ import annotations

import io
import re
import warnings
import xml.etree.ElementTree as ET
import zipfile
from typing import Any

import music21 as library

from exercises.chart import ComposeError
from exercises.score.tuplet_lengths import mend_lengths

music21: Any = library
"""Half of music21 has types, and not always its own; here it has none."""

_MOST_STAVES = 2
# music21 would take the rest of a short bar for a full one.
_WHOLE_REST = re.compile(r'(<rest\b[^>]*?)\s+measure="yes"')
_KEYBOARD = re.compile(r"piano|keyboard|keys|organ|rhodes|clav", re.IGNORECASE)
_ENTITY = re.compile(rb"<!ENTITY", re.IGNORECASE)


def open_musicxml(data: bytes, name: str) -> tuple[Any, ET.Element]:
    """A MusicXML document, plain or compressed, as a music21 score and as its root.

    Raises:
        ComposeError: not MusicXML, or damaged.
    """
    text = _unpack(data, name) if data.startswith(b"PK") else data
    root = _check_root(text, name)
    try:
        mended = mend_lengths(root)
    except (ValueError, ZeroDivisionError) as error:
        raise ComposeError(f"{name}: the MusicXML cannot be read ({_short(error)})") from error
    inside = ET.tostring(root, "unicode") if mended else _as_text(text)
    return _parse_with(_WHOLE_REST.sub(r"\1", inside), "musicxml", name), root


def open_abc(data: bytes, name: str) -> tuple[bytes, int]:
    """The first tune of a file in ABC notation as a MusicXML document, and how many follow it.

    Raises:
        ComposeError: not ABC, or no notes inside.
    """
    text = data.decode("utf-8", "replace").removeprefix("\ufeff")
    if not re.search(r"^K:", text, re.MULTILINE):
        raise ComposeError(f"{name}: not ABC notation (no line that begins with K:)")
    score = _parse_with(text, "abc", name)
    tunes = list(score.scores) if isinstance(score, library.stream.Opus) else [score]
    if not tunes or not list(tunes[0].recurse().notes):
        raise ComposeError(f"{name}: no notes inside")
    for part in tunes[0].recurse(classFilter=library.stream.Part):
        # music21 leaves a tune of two or three bars undivided.
        if not list(part.getElementsByClass(library.stream.Measure)):
            part.makeMeasures(inPlace=True)
    writer = music21.musicxml.m21ToXml.GeneralObjectExporter(tunes[0])
    # What it calls making notation fills upbeats with rests.
    writer.makeNotation = False
    try:
        document = writer.parse()
    except Exception as error:  # music21 raises whatever its writer stumbles over
        raise ComposeError(f"{name}: the ABC cannot be read ({_short(error)})") from error
    return document, len(tunes) - 1


def _parse_with(text: str, form: str, name: str) -> Any:  # noqa: ANN401 - music21 has no types
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return music21.converter.parse(text, format=form, forceSource=True)
    except Exception as error:  # music21 raises whatever its reader stumbles over
        word = "ABC" if form == "abc" else "MusicXML"
        raise ComposeError(f"{name}: the {word} cannot be read ({_short(error)})") from error


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:120] or type(error).__name__


def _unpack(data: bytes, name: str) -> bytes:
    """The score inside a compressed file, as its container names it."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            names = package.namelist()
            inside = None
            if "META-INF/container.xml" in names:
                container = _parse(package.read("META-INF/container.xml"), name)
                inside = next(
                    (e.get("full-path") for e in container.iter() if e.tag.endswith("rootfile")),
                    None,
                )
            inside = inside or next(
                n for n in names if n.endswith((".xml", ".musicxml")) and "META-INF" not in n
            )
            return package.read(inside)
    except (zipfile.BadZipFile, KeyError, StopIteration, EOFError, NotImplementedError) as error:
        raise ComposeError(
            f"{name}: the compressed MusicXML is damaged; export it again"
        ) from error


def _parse(data: bytes, name: str) -> ET.Element:
    # Entities could name other files or grow without bound; no score needs one.
    if _ENTITY.search(data):
        raise ComposeError(f"{name}: the XML declares entities, which a score never needs")
    try:
        return ET.fromstring(data)  # noqa: S314 - entities are refused above
    except ET.ParseError as error:
        raise ComposeError(f"{name}: not XML ({error})") from error


def _check_root(data: bytes, name: str) -> ET.Element:
    root = _parse(data, name)
    if root.tag == "score-timewise":
        raise ComposeError(f"{name}: a time-wise MusicXML; export it part-wise")
    if root.tag != "score-partwise":
        raise ComposeError(f"{name}: XML, but not MusicXML (its root is <{root.tag}>)")
    if root.find("part/measure") is None:
        raise ComposeError(f"{name}: no notes inside")
    return root


def _as_text(data: bytes) -> str:
    """The document as text, in the encoding that it declares."""
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return data.decode("utf-16")
    declared = re.match(rb'<\?xml[^>]*encoding=["\']([\w.-]+)', data)
    encoding = declared.group(1).decode() if declared else "utf-8"
    text = data.decode(encoding, "replace").removeprefix("\ufeff")
    return re.sub(r"^<\?xml[^>]*\?>", '<?xml version="1.0"?>', text, count=1)


def keyboard_staves(score: Any, name: str) -> list[Any]:  # noqa: ANN401 - music21 has no types
    """The one or two staves of the keyboard part."""
    parts = list(score.parts) if hasattr(score, "parts") else []
    joined = [part for part in parts if isinstance(part, library.stream.PartStaff)]
    chosen = joined if len(joined) == _MOST_STAVES else parts
    if len(chosen) > _MOST_STAVES:
        # No joined pair, or several: the part that calls itself a keyboard.
        chosen = [part for part in chosen if _is_keyboard(part)][:_MOST_STAVES]
        if not chosen:
            raise ComposeError(
                f"{name}: {len(parts)} staves and no piano among them; a chart has one or two: "
                "export the keyboard part alone"
            )
    if not chosen:
        raise ComposeError(f"{name}: no notes inside")
    return chosen


def _is_keyboard(part: Any) -> bool:  # noqa: ANN401 - music21 has no types
    found = part.getInstrument(returnDefault=False)
    names = f"{part.partName or ''} {getattr(found, 'instrumentName', '') or ''}"
    return isinstance(found, library.instrument.KeyboardInstrument) or bool(_KEYBOARD.search(names))
