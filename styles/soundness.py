"""Whether a pack makes musical sense: what a schema cannot say."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from fractions import Fraction

from styles.band_soundness import find_band_faults
from styles.schema import Cell, Ending, Melody, Pattern, Style, StyleError, SwingFit
from styles.tokens import (
    QUALITIES,
    PatternEvent,
    read_cell,
    read_chords,
    read_length,
    read_pattern,
)

LEVELS = range(1, 11)
TIERS = {"A": 1, "B": 4, "C": 7}
"""Tier of rhythm cells to the first level that uses it."""
MODES = ("major", "minor")
ENDS = ("half", "full", "open", "turnaround")
FONTS = ("Leland", "Bravura", "Petaluma")
VOICINGS = (
    "root", "open fifth", "power", "close", "shell", "rootless", "rootless a", "rootless b",
    "drop 2", "quartal", "upper structure", "slash", "triad over bass", "tenth", "add9", "stride",
)  # fmt: skip
SCALES = (
    "major", "minor", "harmonic minor", "melodic minor", "dorian", "mixolydian", "lydian",
    "phrygian", "major pentatonic", "minor pentatonic", "blues", "bebop",
)  # fmt: skip
DEVICES = (
    "enclosure", "approach", "appoggiatura", "blue note", "crushed grace", "slip note", "riff",
    "guide tones", "pentatonic run", "turn", "double stops", "thirds", "sixths", "octaves",
)  # fmt: skip
CONTOURS = ("down", "up", "arch", "dip", "zigzag")
ENDINGS = (
    "held", "ritard", "stab", "plagal", "minor plagal", "blues", "tag", "vamp", "button",
    "turnaround",
)  # fmt: skip
RHYTHMIC = frozenset({"button", "turnaround"})
"""Endings that need a rhythm."""
_BUTTON_LEFT, _BUTTON_RIGHT = frozenset({"C", "R", "5", "8", "A"}), frozenset({"C", "A"})
SIXTEENTH_LIMITS = (33.0, 80.0)
"""Percent of the half-beat: beyond them a sixteenth is heard as another note value (by ear)."""
LONGEST_FILL = Fraction(4)
TEMPO_LIMITS = (20, 400)
_KEY = re.compile(r"^[A-G][#b]?m?$")
_METER = re.compile(r"^([1-9]\d?)/(2|4|8|16)$")
_ID = re.compile(r"^[a-z][a-z0-9_]{0,23}$")
_FEW = 0.02
"""How far interval shares may be from adding up to 1: they are rounded by hand."""


def find_faults(style: Style) -> list[str]:
    """All faults of a pack, each one line that begins with the key."""
    faults: list[str] = []
    if not _ID.match(style.id):
        faults.append(f"id: '{style.id}' must be lower-case letters, digits and _, 24 at most")
    if style.font not in FONTS:
        faults.append(f"font: '{style.font}' is not one of {', '.join(FONTS)}")
    checks = (
        _tempo, _keys, _meters, _forms, _harmony, _patterns, _cells, _feel, _levels, _closes,
    )  # fmt: skip
    for check in checks:
        faults += check(style)
    faults += _melody(style.melody)
    if style.band is not None:
        faults += find_band_faults(style.band, style.meters)
    for name, band in style.fingerprint.items():
        faults += _ordered(f"fingerprint.{name}", (band.low, band.high))
    return faults


def bar_ql(meter: str) -> Fraction:
    """The length of a metre's bar in quarter notes."""
    top, bottom = (int(part) for part in meter.split("/"))
    return Fraction(4 * top, bottom)


def is_simple(meter: str) -> bool:
    """Whether a metre counts halves or quarters, so that patterns and cells need not name it."""
    return meter.split("/")[1] in {"2", "4"}


def pattern_fits(pattern: Pattern, meter: str) -> bool:
    """Whether a pattern can fill bars of a metre."""
    if pattern.meters:
        return meter in pattern.meters
    return is_simple(meter) and _divides(read_length(pattern.length), meter)


def _divides(length: Fraction, meter: str) -> bool:
    """Whether a pattern of this length goes into a bar in whole times, or fills two bars."""
    bar = bar_ql(meter)
    return bar % length == 0 or length == 2 * bar


def cell_fits(cell: Cell, meter: str, unit: str) -> bool:
    """Whether a cell can be used in bars of a metre; `unit` is the style's cell unit."""
    if cell.meters:
        return meter in cell.meters
    return is_simple(meter) and bar_ql(meter) % read_length(unit) == 0


def cell_length(cell: Cell) -> Fraction:
    """The length of a cell in quarter notes."""
    return sum((note.duration_ql for note in read_cell(cell.values)), Fraction(0))


def _ordered(where: str, pair: tuple[float, float]) -> list[str]:
    return [] if pair[0] <= pair[1] else [f"{where}: {pair[0]} is above {pair[1]}; put low first"]


def _weight(where: str, weight: float) -> list[str]:
    return [] if weight > 0 else [f"{where}.weight: {weight} must be above 0"]


def _level(where: str, level: int) -> list[str]:
    return (
        [] if level in LEVELS else [f"{where}.level: {level} is no level; levels go from 1 to 10"]
    )


def _one_of(where: str, value: str, known: Iterable[str]) -> list[str]:
    names = tuple(known)
    return [] if value in names else [f"{where}: '{value}' is not one of {', '.join(names)}"]


def _readable(where: str, read: Callable[[str], object], text: str) -> list[str]:
    try:
        read(text)
    except StyleError as error:
        return [f"{where}: {error}"]
    return []


def _tempo(style: Style) -> list[str]:
    faults = []
    for name in ("l1", "l3", "l5", "l7", "l9"):
        low, high = getattr(style.tempo, name)
        faults += _ordered(f"tempo.{name}", (low, high))
        if not (TEMPO_LIMITS[0] <= low and high <= TEMPO_LIMITS[1]):
            faults.append(f"tempo.{name}: beats a minute must lie between 20 and 400")
    for meter, pair in style.tempo.meters.items():
        here = f"tempo.meters.{meter}"
        faults += _ordered(here, pair) + _one_of(here, meter, style.meters)
        if not (TEMPO_LIMITS[0] <= min(pair) and max(pair) <= TEMPO_LIMITS[1]):
            faults.append(f"{here}: beats a minute must lie between 20 and 400")
    return faults


def _weighed(table: str, rows: dict[str, float], form: re.Pattern[str], like: str) -> list[str]:
    faults = [] if rows else [f"{table}: is empty; give at least one, like {like}"]
    for name, weight in rows.items():
        if not form.match(name):
            faults.append(f"{table}: '{name}' cannot be read; write it like {like}")
        if weight <= 0:
            faults.append(f"{table}.{name}: the weight {weight} must be above 0")
    return faults


def _keys(style: Style) -> list[str]:
    return _weighed("keys", style.keys, _KEY, "Bb or F#m")


def _meters(style: Style) -> list[str]:
    return _weighed("meters", style.meters, _METER, '"4/4"')


def _forms(style: Style) -> list[str]:
    faults = [] if style.forms else ["forms: is empty; give at least one"]
    for number, form in enumerate(style.forms, 1):
        here = f"forms[{number}]"
        faults += _weight(here, form.weight)
        if not form.phrases or form.bars < 1 or form.bars % len(form.phrases):
            faults.append(f"{here}.phrases: {form.bars} bars do not divide into {form.phrases}")
        if len(form.cadences) != len(form.phrases):
            faults.append(f"{here}.cadences: one is needed for each of the phrases")
        for cadence in form.cadences:
            faults += _one_of(f"{here}.cadences", cadence, ENDS)
    return faults


def _harmony(style: Style) -> list[str]:
    faults = []
    for number, each in enumerate(style.progressions, 1):
        here = f"progressions[{number}]"
        faults += _weight(here, each.weight) + _level(here, each.level)
        faults += _one_of(f"{here}.mode", each.mode, MODES)
        faults += _one_of(f"{here}.ends", each.ends, ENDS)
        faults += _readable(f"{here}.bars", read_chords, each.bars)
    for number, row in enumerate(style.vocabulary, 1):
        faults += _level(f"vocabulary[{number}]", row.level)
        for quality in row.qualities:
            if quality not in QUALITIES:
                faults.append(f"vocabulary[{number}].qualities: '{quality}' is no chord quality")
    for number, voicing in enumerate(style.voicings, 1):
        here = f"voicings[{number}]"
        faults += _weight(here, voicing.weight) + _level(here, voicing.level)
        faults += _one_of(f"{here}.name", voicing.name, VOICINGS)
    return faults


def _patterns(style: Style) -> list[str]:
    faults = []
    named = [("patterns", *pair) for pair in enumerate(style.patterns, 1)]
    named += [("turns", *pair) for pair in enumerate(style.turns, 1)]
    for table, number, each in named:
        here = f"{table}[{number}] {each.name}"
        faults += _weight(here, each.weight) + _level(here, each.level)
        if each.tempo is not None:
            faults += _ordered(f"{here}.tempo", each.tempo)
        unread = _readable(f"{here}.length", read_length, each.length)
        unread += _readable(f"{here}.events", read_pattern, each.events)
        if each.right:
            unread += _readable(f"{here}.right", _read_right, each.right)
        faults += unread
        if unread:
            continue
        length = read_length(each.length)
        faults += _past(f"{here}.events", read_pattern(each.events), length)
        if each.right:
            faults += _past(f"{here}.right", _read_right(each.right), length)
        faults += [
            f"{here}.meters: {meter} is not among the meters of the style or is not divided by it"
            for meter in each.meters
            if meter not in style.meters or not _divides(length, meter)
        ]
    return faults


def _read_right(events: str) -> tuple[PatternEvent, ...]:
    return read_pattern(events, right=True)


def _past(where: str, events: Iterable[PatternEvent], length: Fraction) -> list[str]:
    return [
        f"{where}: the event at {event.offset_ql} sounds past the length {length}"
        for event in events
        if event.offset_ql + event.duration_ql > length
    ]


def _closes(style: Style) -> list[str]:
    """Grooves, passing chords, fills and endings."""
    faults = []
    for name in ("enrich", "groove_share", "passing", "diminished", "altered"):
        share = getattr(style, name)
        if not 0 <= share <= 1:
            faults.append(f"{name}: {share} is no share; it lies between 0 and 1")
    if style.groove_share > 0 and not any(each.right for each in style.patterns):
        faults.append("groove_share: no pattern has a right hand; give one `right`, or leave it 0")
    faults += _level("passing_level", style.passing_level)
    for number, fill in enumerate(style.fills, 1):
        here = f"fills[{number}] {fill.name}"
        faults += _weight(here, fill.weight) + _level(here, fill.level)
        faults += _one_of(f"{here}.scale", fill.scale, SCALES)
        faults += _one_of(f"{here}.contour", fill.contour, CONTOURS)
        unread = _readable(f"{here}.values", read_cell, fill.values)
        faults += unread
        if unread:
            continue
        length = sum((note.duration_ql for note in read_cell(fill.values)), Fraction(0))
        if length > LONGEST_FILL:
            faults.append(f"{here}.values: add up to {length}; a fill has {LONGEST_FILL} at most")
    for number, ending in enumerate(style.endings, 1):
        here = f"endings[{number}]"
        faults += _weight(here, ending.weight) + _level(here, ending.level)
        faults += _one_of(f"{here}.name", ending.name, ENDINGS)
        if ending.name in RHYTHMIC:
            faults += _button(style, ending, here)
    return faults


def _button(style: Style, ending: Ending, here: str) -> list[str]:
    """The rhythm of a last bar: in metres of the style, from the downbeat, inside the bar."""
    faults = [
        f"{here}.meters: {meter} is not among the meters of the style"
        for meter in ending.meters
        if meter not in style.meters
    ]
    if not ending.meters:
        faults.append(f"{here}.meters: a {ending.name} needs the metres that its rhythm is in")
    for name, events, roles in (
        ("left", ending.left, _BUTTON_LEFT), ("right", ending.right, _BUTTON_RIGHT)
    ):  # fmt: skip
        unread = _readable(f"{here}.{name}", read_pattern, events)
        faults += unread
        if unread or faults:
            continue
        hits = [each for each in read_pattern(events) if each.role]
        faults += [
            f"{here}.{name}: '{each.role}' is no role of an ending; known are "
            f"{', '.join(sorted(roles))}"
            for each in hits
            if each.role not in roles
        ]
        if not hits or hits[0].offset_ql:
            faults.append(f"{here}.{name}: the last chord is struck on the first beat")
        for meter in ending.meters:
            faults += _past(f"{here}.{name}", hits, bar_ql(meter))
    return faults


def _cells(style: Style) -> list[str]:
    faults = _readable("cell_unit", read_length, style.cell_unit)
    if faults:
        return faults
    unit = read_length(style.cell_unit)
    for number, each in enumerate(style.cells, 1):
        here = f"cells[{number}] '{each.values}'"
        faults += _weight(here, each.weight)
        faults += _one_of(f"{here}.tier", each.tier, TIERS)
        unread = _readable(f"{here}.values", read_cell, each.values)
        faults += unread
        if unread:
            continue
        length = cell_length(each)
        if not each.meters and length % unit:
            faults.append(f"{here}.values: add up to {length}, which is no multiple of {unit}")
        faults += [
            f"{here}.meters: {meter} is not among the meters of the style or too short for it"
            for meter in each.meters
            if meter not in style.meters or bar_ql(meter) < length
        ]
    return faults


def _melody(melody: Melody) -> list[str]:
    faults = []
    total = melody.repeat + melody.step + melody.third + melody.fourth_fifth + melody.leap
    if abs(total - 1) > _FEW:
        faults.append(f"melody: the shares of intervals add up to {total:.2f} and not to 1")
    faults += _ordered("melody.chord_tone", melody.chord_tone)
    for scale in (*melody.scales, *melody.scales_minor):
        faults += _one_of("melody.scales", scale, SCALES)
    for device in melody.devices:
        faults += _one_of("melody.devices", device, DEVICES)
    return faults + _level("melody.devices", melody.devices_level)


def _feel(style: Style) -> list[str]:
    feel = style.feel
    faults = _ordered("feel.pocket_ms", feel.pocket_ms)
    for row in feel.pocket_table:
        faults += _ordered("feel.pocket_table", row[1:])
    tempi = [row[0] for row in feel.pocket_table]
    if tempi != sorted(set(tempi)):
        faults.append("feel.pocket_table: the rows must rise in tempo")
    if feel.swing is not None:
        faults += _swing(feel.swing)
    faults += _level("feel.swing16", feel.swing16_level)
    if feel.swing16 is not None:
        low, centre, high = feel.swing16
        if not SIXTEENTH_LIMITS[0] <= low <= centre <= high <= SIXTEENTH_LIMITS[1]:
            faults.append(
                f"feel.swing16: {low:g}, {centre:g}, {high:g} must rise between "
                f"{SIXTEENTH_LIMITS[0]:g} and {SIXTEENTH_LIMITS[1]:g} percent"
            )
    return faults


def _swing(swing: SwingFit) -> list[str]:
    """The lines of swing must keep their order over the tempi that are played."""
    for bpm in (60, 120, 180):
        lines = (swing.loose, swing.centre, swing.tight)
        low, centre, high = (a + b * bpm for a, b in lines)
        if not low <= centre <= high:
            return [f"feel.swing: at {bpm} bpm the centre lies outside of loose and tight"]
    return []


def _levels(style: Style) -> list[str]:
    """Every level finds a progression, a pattern and a cell."""
    faults = []
    modes = {"minor" if key.endswith("m") else "major" for key in style.keys}
    first = {each.mode: 99 for each in style.progressions}
    for each in style.progressions:
        first[each.mode] = min(first[each.mode], each.level)
    if "major" in modes and first.get("major", 99) > 1:
        faults.append("progressions: level 1 has none in major")
    if "minor" in modes and "minor" not in first:
        faults.append("progressions: there are minor keys, but no progression of mode minor")
    if not any(each.level == 1 and not each.right for each in style.patterns):
        faults.append("patterns: level 1 has none without `right`")
    if not any(each.tier == "A" and not each.meters for each in style.cells):
        faults.append("cells: tier A has none for simple metres")
    if not any(each.level == 1 for each in style.voicings):
        faults.append("voicings: level 1 has none")
    return faults
