"""Whether a pack's rhythm section can be played: what a schema cannot say."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import TYPE_CHECKING

from styles.band_tokens import DRUMS, INSTRUMENTS, KITS, STROKES, read_bass, read_tab
from styles.strict import StyleError
from styles.tokens import read_length

if TYPE_CHECKING:
    from styles.band_schema import BassPattern, DrumFill, DrumPattern, RhythmSection

LEVELS = range(1, 11)
INTENSITIES = (1, 2, 3)
CLAVES = ("", "2-3", "3-2")
APPROACHES = ("diatonic", "chromatic")


def fits(length: str, named: tuple[str, ...], meter: str) -> bool:
    """Whether a pattern fills bars of a metre: parts of a bar, or whole bars.

    Compound metres and those of eighths are always named.
    """
    if named:
        return meter in named
    top, bottom = (int(part) for part in meter.split("/"))
    if bottom not in {2, 4}:
        return False
    bar, size = Fraction(4 * top, bottom), read_length(length)
    return bar % size == 0 or size % bar == 0


def find_band_faults(band: RhythmSection, meters: Iterable[str]) -> list[str]:
    """All faults of a rhythm section, each one line that begins with the key."""
    faults = _choices(band)
    for drum, sign in band.ending.items():
        if drum not in DRUMS or sign not in STROKES:
            faults.append(f"band.ending.{drum}: '{sign}' is no stroke of a drum; write X x o or g")
    for number, pattern in enumerate(band.drums, 1):
        here = f"band.drums[{number}] {pattern.name}"
        faults += _row(here, pattern) + _lines(here, pattern) + _clave(here, pattern.clave)
        faults += _intensity(here, pattern.intensity)
    for number, fill in enumerate(band.fills, 1):
        here = f"band.fills[{number}] {fill.name}"
        faults += _row(here, fill) + _lines(here, fill)
    for number, bass in enumerate(band.bass, 1):
        here = f"band.bass[{number}] {bass.name}"
        faults += _row(here, bass) + _bass(here, bass) + _clave(here, bass.clave)
        faults += _intensity(here, bass.intensity)
    return faults or _gaps(band, meters)


def _choices(band: RhythmSection) -> list[str]:
    faults = []
    for name, value, known in (
        ("kit", band.kit, KITS),
        ("instrument", band.instrument, INSTRUMENTS),
        ("approach", band.approach, APPROACHES),
        ("form_mark", band.form_mark, ("", *DRUMS)),
    ):
        if value not in known:
            faults.append(f"band.{name}: '{value}' is not one of {', '.join(known)}")
    return faults


def _row(here: str, row: DrumPattern | DrumFill | BassPattern) -> list[str]:
    faults = [] if row.weight > 0 else [f"{here}.weight: {row.weight} must be above 0"]
    if row.level not in LEVELS:
        faults.append(f"{here}.level: {row.level} is no level; levels go from 1 to 10")
    try:
        read_length(row.length)
    except StyleError as error:
        faults.append(f"{here}.length: {error}")
    return faults


def _intensity(here: str, intensity: int) -> list[str]:
    return [] if intensity in INTENSITIES else [f"{here}.intensity: take 1, 2 or 3"]


def _clave(here: str, clave: str) -> list[str]:
    return [] if clave in CLAVES else [f"{here}.clave: '{clave}' is neither 2-3 nor 3-2"]


def _lines(here: str, row: DrumPattern | DrumFill) -> list[str]:
    faults = []
    for drum, tab in row.lines.items():
        try:
            read_tab(drum, tab, row.length)
        except StyleError as error:
            faults.append(f"{here}.lines: {error}")
    return faults


def _bass(here: str, row: BassPattern) -> list[str]:
    try:
        events = read_bass(row.events)
        length = read_length(row.length)
    except StyleError as error:
        return [f"{here}.events: {error}"]
    late = [each for each in events if each.offset_ql >= length]
    return [f"{here}.events: the note at {late[0].offset_ql} is past {length}"] if late else []


def _gaps(band: RhythmSection, meters: Iterable[str]) -> list[str]:
    """Every metre has a groove and a bass line from the first level on."""
    faults = []
    for meter in meters:
        rows: tuple[tuple[str, tuple[DrumPattern | BassPattern, ...]], ...]
        rows = (("drums", band.drums), ("bass", band.bass))
        for name, patterns in rows:
            first = [each for each in patterns if each.level == 1]
            if patterns and not any(fits(each.length, each.meters, meter) for each in first):
                faults.append(f"band.{name}: none of level 1 fits {meter}")
    return faults
