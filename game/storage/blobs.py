"""Charts, events and scorecards as compact bytes, and back without a bit lost.

The first byte says how the rest is written, so that a later way can stand beside this one.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, TypeVar

import msgspec

from exercises.chart import decode_fraction, encode_fraction
from game.events import NoteEvent
from game.scoring.results import Scorecard
from game.take import Conditions, Interruption

if TYPE_CHECKING:
    from collections.abc import Sequence

DEFLATED = b"\x01"
"""The rest is deflated (RFC 1950)."""

T = TypeVar("T")
EventRow = tuple[float, str, int, int, str]
InterruptionRow = tuple[str, int, int | None]


class DamagedBlobError(ValueError):
    """The bytes are not what was written."""


def write_bytes(data: bytes) -> bytes:
    """Any bytes, deflated."""
    return DEFLATED + zlib.compress(data)


class _Asked(msgspec.Struct, frozen=True):
    """What is read of a drill."""

    pocket: str = ""


class _Asking(msgspec.Struct, frozen=True):
    """What is read of a chart."""

    drill: _Asked = _Asked()


def read_pocket(chart: bytes) -> str:
    """The pocket that was asked for over a kept chart; empty where none was, or it is damaged."""
    try:
        return msgspec.json.decode(read_bytes(chart), type=_Asking).drill.pocket
    except (DamagedBlobError, msgspec.MsgspecError):
        return ""


def read_bytes(blob: bytes) -> bytes:
    """The bytes back.

    Raises:
        DamagedBlobError: not as written.
    """
    if blob[:1] != DEFLATED:
        raise DamagedBlobError(f"an unknown way of writing: {blob[:1]!r}")
    try:
        return zlib.decompress(blob[1:])
    except zlib.error as error:
        raise DamagedBlobError(str(error)) from error


def write_events(events: Sequence[NoteEvent]) -> bytes:
    """Events as msgpack rows, in their order."""
    rows = [(e.onset_s, e.kind, e.pitch, e.velocity, e.source) for e in events]
    return write_bytes(msgspec.msgpack.encode(rows))


def read_events(blob: bytes) -> tuple[NoteEvent, ...]:
    """The events back; stamps are the same floats, bit for bit.

    Raises:
        DamagedBlobError: not as written.
    """
    rows = _decode(read_bytes(blob), list[EventRow])
    return tuple(
        NoteEvent(onset_s=onset_s, kind=kind, pitch=pitch, velocity=velocity, source=source)
        for onset_s, kind, pitch, velocity, source in rows
    )


def write_interruptions(interruptions: Sequence[Interruption]) -> bytes:
    """Interruptions as msgpack rows."""
    rows = [(part.name, part.lost_after, part.found_after) for part in interruptions]
    return write_bytes(msgspec.msgpack.encode(rows))


def read_interruptions(blob: bytes) -> tuple[Interruption, ...]:
    """The interruptions back.

    Raises:
        DamagedBlobError: not as written.
    """
    rows = _decode(read_bytes(blob), list[InterruptionRow])
    return tuple(Interruption(name, lost, found) for name, lost, found in rows)


def write_conditions(conditions: Conditions) -> str:
    """How a take was played, as JSON."""
    return msgspec.json.encode(conditions).decode()


def read_conditions(text: str) -> Conditions:
    """The conditions back; the defaults for a take of the first versions, which kept none.

    Raises:
        DamagedBlobError: not as written.
    """
    try:
        return msgspec.json.decode(text, type=Conditions) if text else Conditions()
    except msgspec.MsgspecError as error:
        raise DamagedBlobError(str(error)) from error


def write_sheet(scorecard: Scorecard) -> bytes:
    """A whole scorecard as JSON, so that it can be read without this program."""
    return write_bytes(msgspec.json.encode(scorecard, enc_hook=encode_fraction))


def read_sheet(blob: bytes) -> Scorecard:
    """The scorecard back.

    Raises:
        DamagedBlobError: not as written.
    """
    try:
        return msgspec.json.decode(read_bytes(blob), type=Scorecard, dec_hook=decode_fraction)
    except (msgspec.MsgspecError, ValueError, ZeroDivisionError) as error:
        raise DamagedBlobError(str(error)) from error


def _decode(data: bytes, kind: type[T]) -> T:
    try:
        return msgspec.msgpack.decode(data, type=kind)
    except msgspec.MsgspecError as error:
        raise DamagedBlobError(str(error)) from error
