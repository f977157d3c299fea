"""Share codes: a drill in eighteen letters that can be read out, typed and pasted.

A drill for a small keyboard or another chair, or with a focus, has a few letters more.

Crockford's base 32 (no I, L, O, U; small letters and dashes do not matter; I and L are read as 1,
O as 0), first the composer's version, last two check letters. The check is a CRC of 10 bits, which
finds every wrong letter and every two swapped neighbours, and all but one in a thousand of
anything else.
"""

from __future__ import annotations

import msgspec

from exercises.chart import ComposeError
from exercises.drill import Drill
from exercises.focus import ELEMENTS, Focus, read_focus
from exercises.keyboards import FULL, KEYBOARDS
from exercises.kit import PADS_KIND
from exercises.version import COMPOSE_VERSION

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_ALIASES = str.maketrans({"I": "1", "L": "1", "O": "0", "-": None, " ": None})
_GROUP = 6
_BITS = 5
_CHECK_LETTERS = 2
_CRC_WIDTH = 10
_CRC_POLYNOMIAL = 0x233  # x^10 + x^9 + x^5 + x^4 + x + 1, the CRC-10 of ATM

# The tables below may only grow at their ends: their order is part of every code.
STYLES = (
    "classical", "jazz", "pop", "rock", "rnb_soul", "country", "electronic", "blues", "gospel",
    "funk", "bossa", "salsa", "reggae", "ragtime", "folk", "hiphop", "cinematic",
)  # fmt: skip
KINDS = ("grand", "lead", "comping", "number", "bass", PADS_KIND)
KEYBOARD_KINDS = tuple(kind for kind in KINDS if kind != PADS_KIND)
"""What is played on a keyboard, which is all that a player is taken to have."""
HANDS = ("both", "right", "left")
KEYS = (
    "C", "G", "D", "A", "E", "B", "F#", "C#", "F", "Bb", "Eb", "Ab", "Db", "Gb", "Cb",
    "Am", "Em", "Bm", "F#m", "C#m", "G#m", "D#m", "A#m", "Dm", "Gm", "Cm", "Fm", "Bbm", "Ebm",
    "Abm",
)  # fmt: skip
METERS = (
    "4/4", "3/4", "2/4", "6/8", "3/8", "2/2", "12/8", "9/8", "5/4", "5/8", "7/8", "7/4", "6/4",
    "3/2", "4/8", "8/8", "9/4", "10/8", "11/8", "4/2",
)  # fmt: skip
SIZES = (FULL, 25, 37, 49, 61, 76)
"""Keys of the keyboards."""
_SEATED = 6
"""In the place of a keyboard: a chair follows, then the keyboard."""
_SEATS = ("piano", "e-piano", "organ", "clav", "synth lead", "pad", "strings", "bass", "drums")
_DETAIL_LETTERS = "0123456789abdefghijlmstuM#.-~/ "
"""What a focus's detail is spelt with: a cell, a number or a chord quality."""
_ID_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789_"


class _Writer:
    """Collects numbers, each in its own count of bits."""

    def __init__(self) -> None:
        self.value = 0
        self.size = 0

    def put(self, number: int, bits: int) -> None:
        self.value = self.value << bits | number
        self.size += bits

    def letters(self) -> str:
        """All bits as letters, filled up with zeros."""
        fill = -self.size % _BITS
        value, count = self.value << fill, (self.size + fill) // _BITS
        return "".join(
            ALPHABET[value >> _BITS * (count - 1 - at) & (1 << _BITS) - 1] for at in range(count)
        )


class _Reader:
    """Gives the numbers back in order."""

    def __init__(self, letters: str) -> None:
        self.value = 0
        for letter in letters:
            self.value = self.value << _BITS | ALPHABET.index(letter)
        self.left = len(letters) * _BITS

    def take(self, bits: int) -> int:
        if bits > self.left:
            raise ComposeError("this share code is too short; copy the whole of it")
        self.left -= bits
        return self.value >> self.left & (1 << bits) - 1


def write_code(drill: Drill) -> str:
    """The share code of a drill; its own `code` is not looked at.

    Raises:
        ComposeError: a value that no code can hold.
    """
    writer = _Writer()
    writer.put(COMPOSE_VERSION, 6)
    _put_style(writer, drill.style)
    writer.put(drill.level, 4)
    writer.put(_index(KINDS, drill.kind, "kind"), 3)
    writer.put(_index(KEYS, drill.key, "key"), 5)
    writer.put(_index(METERS, drill.meter, "metre"), 5)
    writer.put(drill.bars - 1, 6)
    writer.put(_index(HANDS, drill.hands, "hands"), 2)
    _put_tempo(writer, drill.quarter_bpm)
    writer.put(drill.seed, 32)
    _put_extras(writer, drill)
    letters = writer.letters()
    letters += _check(letters)
    return "-".join(letters[at : at + _GROUP] for at in range(0, len(letters), _GROUP))


def read_code(code: str) -> Drill:
    """The drill of a share code, as typed or pasted.

    Raises:
        ComposeError: a letter that no code has, a typing error, or another composer's version.
    """
    letters = "".join(code.split()).upper().translate(_ALIASES)
    for letter in letters:
        if letter not in ALPHABET:
            raise ComposeError(f"share codes have no '{letter}'; look at the code again")
    if len(letters) <= _CHECK_LETTERS or _check(letters[:-_CHECK_LETTERS]) != letters[-2:]:
        raise ComposeError(f"the share code '{code.strip()}' has a typing error; look at it again")
    reader = _Reader(letters[:-_CHECK_LETTERS])
    version = reader.take(6)
    if version != COMPOSE_VERSION:
        raise ComposeError(
            f"this share code is of composer version {version}, and this is version "
            f"{COMPOSE_VERSION}: it would give another chart; ask for a code of the same version"
        )
    return _read_drill(reader)


def _read_drill(reader: _Reader) -> Drill:
    """The drill after the version; its code is written anew, so that all spellings give one."""
    try:
        drill = Drill(
            style=_take_style(reader),
            level=reader.take(4),
            kind=KINDS[reader.take(3)],
            key=KEYS[reader.take(5)],
            meter=METERS[reader.take(5)],
            bars=reader.take(6) + 1,
            hands=HANDS[reader.take(2)],
            quarter_bpm=_take_tempo(reader),
            seed=reader.take(32),
            code="",
        )
        keyboard, focus, chair = _take_extras(reader)
    except IndexError:
        raise ComposeError("this share code names something that this version has not") from None
    drill = msgspec.structs.replace(drill, keyboard=keyboard, focus=focus, chair=chair)
    return msgspec.structs.replace(drill, code=write_code(drill))


def _put_extras(writer: _Writer, drill: Drill) -> None:
    """One bit where there is no small keyboard, focus or chair, as in most drills."""
    if drill.keyboard not in KEYBOARDS:
        raise ComposeError(f"no share code can hold a keyboard of {drill.keyboard} keys")
    if drill.keyboard == FULL and drill.focus is None and not drill.chair:
        writer.put(0, 1)
        return
    writer.put(1, 1)
    if drill.chair:
        writer.put(_SEATED, 3)
        writer.put(_index(_SEATS, drill.chair, "chair"), 4)
    writer.put(SIZES.index(drill.keyboard), 3)
    if drill.focus is None:
        writer.put(0, 5)
        return
    focus = read_focus(drill.focus)
    writer.put(1 + list(ELEMENTS).index(focus.element), 5)
    if ELEMENTS[focus.element].detail:
        writer.put(len(focus.detail), 6)
        for letter in focus.detail:
            writer.put(_index(tuple(_DETAIL_LETTERS), letter, "focus's letter"), 5)


def _take_extras(reader: _Reader) -> tuple[int, str | None, str]:
    if not reader.take(1):
        return FULL, None, ""
    size, chair = reader.take(3), ""
    if size == _SEATED:
        chair = _SEATS[reader.take(4)]
        size = reader.take(3)
    keyboard = SIZES[size]
    index = reader.take(5)
    if index == 0:
        return keyboard, None, chair
    element = list(ELEMENTS)[index - 1]
    detail = ""
    if ELEMENTS[element].detail:
        detail = "".join(_DETAIL_LETTERS[reader.take(5)] for _ in range(reader.take(6)))
    return keyboard, Focus(element, detail).text, chair


def _index(table: tuple[str, ...], value: str, what: str) -> int:
    if value not in table:
        raise ComposeError(f"no share code can hold the {what} '{value}'; take another")
    return table.index(value)


def _put_style(writer: _Writer, style: str) -> None:
    """Five bits for a style that everyone has; a player's own is 31 and spelt out."""
    if style in STYLES:
        writer.put(STYLES.index(style), 5)
        return
    writer.put(31, 5)
    writer.put(len(style), 5)
    for letter in style:
        writer.put(_index(tuple(_ID_LETTERS), letter, "style id letter"), 6)


def _take_style(reader: _Reader) -> str:
    index = reader.take(5)
    if index != 31:  # noqa: PLR2004 - the mark of a spelt-out style
        return STYLES[index]
    return "".join(_ID_LETTERS[reader.take(6)] for _ in range(reader.take(5)))


def _put_tempo(writer: _Writer, quarter_bpm: float) -> None:
    """A mark and ten bits where the tempo is in halves, as most are; else hundredths in 15."""
    hundredths = round(quarter_bpm * 100)
    if hundredths % 50 == 0:
        writer.put(hundredths // 50, 11)
    else:
        writer.put(1, 1)
        writer.put(hundredths, 15)


def _take_tempo(reader: _Reader) -> float:
    if reader.take(1):
        return reader.take(15) / 100
    return reader.take(10) / 2


def _check(letters: str) -> str:
    """The two check letters of all others."""
    value = 0
    for letter in letters:
        value = value << _BITS | ALPHABET.index(letter)
    rest = _remainder(value << _CRC_WIDTH, (len(letters) + _CHECK_LETTERS) * _BITS)
    return ALPHABET[rest >> _BITS] + ALPHABET[rest & (1 << _BITS) - 1]


def _remainder(value: int, size: int) -> int:
    """What is left of a number of so many bits divided by the polynomial, without carries."""
    divisor = 1 << _CRC_WIDTH | _CRC_POLYNOMIAL
    for bit in range(size - 1, _CRC_WIDTH - 1, -1):
        if value >> bit & 1:
            value ^= divisor << bit - _CRC_WIDTH
    return value
