"""Reads a General MIDI bank in SoundFont 2 format (SoundFont Technical Specification 2.04)."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

    Generators = dict[int, int]

DRUM_BANK = 128
INSTRUMENT, SAMPLE, KEY_RANGE, VELOCITY_RANGE = 41, 53, 43, 44
PAN, FILTER, RESONANCE, ATTENUATION, COARSE, FINE, SCALE, ROOT, MODES, EXCLUSIVE = (
    *(17, 8, 9, 48, 51, 52),
    *(56, 58, 54, 57),
)
DELAY, ATTACK, HOLD, DECAY, SUSTAIN, RELEASE = 33, 34, 35, 36, 37, 38
MODULATION_TO_PITCH, MODULATION_TO_FILTER = 7, 11
MODULATION = (25, 26, 27, 28, 29, 30)
"""Delay, attack, hold, decay, sustain and release of the modulation envelope."""
NO_TIME = -12000
"""Timecents of a millisecond, in which a delay is none: a bank that says nothing means at once."""
_DEFAULTS = {
    **dict.fromkeys((DELAY, ATTACK, HOLD, DECAY, RELEASE, 25, 26, 27, 28, 30), NO_TIME),
    FILTER: 13500,
    SCALE: 100,
    ROOT: -1,
}
_WHOLE_RANGE = 0x7F00
_ADDRESSES = {"start": (0, 4), "end": (1, 12), "loop": (2, 45), "loop_end": (3, 50)}
_COARSE_STEP = 32768
_INSTRUMENT_ONLY = frozenset({0, 1, 2, 3, 4, 12, 45, 46, 47, 50, MODES, EXCLUSIVE, ROOT})
"""Generators that a preset may not move."""
_LOOPS = (1, 3)
_RECORDS: dict[str, Any] = {
    "phdr": [("name", "S20"), ("program", "<u2"), ("bank", "<u2"), ("bag", "<u2"), ("_", "S12")],
    "bag": [("gen", "<u2"), ("mod", "<u2")],
    "gen": [("oper", "<u2"), ("amount", "<i2")],
    "inst": [("name", "S20"), ("bag", "<u2")],
    "shdr": [
        *[("name", "S20"), ("start", "<u4"), ("end", "<u4"), ("loop", "<u4"), ("loop_end", "<u4")],
        *[("rate", "<u4"), ("pitch", "u1"), ("correction", "i1"), ("link", "<u2"), ("kind", "<u2")],
    ],
}


class BankError(Exception):
    """A file is no sound bank that can be played; the message says which and why."""


@dataclass(frozen=True)
class Zone:
    """A sample of a preset, where it sounds and how."""

    keys: tuple[int, int]
    velocities: tuple[int, int]
    generators: Generators
    start: int
    """First sample in the bank's data, ..."""
    end: int
    """... and the one after the last."""
    loop: tuple[int, int] | None
    rate: int
    root: int
    """The key at which it sounds as recorded."""
    cents: float
    """Its correction."""

    def get(self, generator: int) -> int:
        """A generator's amount."""
        return self.generators.get(generator, _DEFAULTS.get(generator, 0))

    def seconds(self, generator: int, *, delays: bool = False) -> float:
        """A generator's time in seconds; of one that delays the shortest is none."""
        cents = self.get(generator)
        return 0.0 if delays and cents <= NO_TIME else 2.0 ** (cents / 1200.0)


class Bank:
    """An open bank: its samples and its presets."""

    def __init__(self, path: Path) -> None:
        """Read it.

        Raises:
            BankError: it is no SoundFont 2 bank, or cannot be read.
        """
        self.path = path
        try:
            # Mapped, not read: a bank may hold hundreds of megabytes, a band few of them.
            chunks = _read_chunks(np.memmap(path, np.uint8, "r").data)
            self.samples: npt.NDArray[np.int16] = np.frombuffer(chunks["smpl"], "<i2")
            """All its recordings, one after the other; 32768 is full scale."""
            self._tables = {
                name: np.frombuffer(chunks[name], _RECORDS[kind])
                for name, kind in (
                    *(("phdr", "phdr"), ("pbag", "bag"), ("pgen", "gen")),
                    *(("inst", "inst"), ("ibag", "bag"), ("igen", "gen"), ("shdr", "shdr")),
                )
            }
            self._presets = {
                (int(row["bank"]), int(row["program"])): index
                for index, row in enumerate(self._tables["phdr"][:-1])
            }
        except OSError as error:
            raise BankError(f"the sound bank {path} cannot be read: {error.strerror}") from error
        except (KeyError, ValueError, struct.error) as error:
            raise BankError(f"{path} is no SoundFont 2 bank (.sf2): {error}") from error
        self._zones: dict[tuple[int, int], tuple[Zone, ...]] = {}

    def zones(self, program: int, *, drums: bool = False) -> tuple[Zone, ...]:
        """The zones of a General MIDI program or drum kit; of the first where it is not there."""
        bank = DRUM_BANK if drums else 0
        key = (bank, program) if (bank, program) in self._presets else (bank, 0)
        if key not in self._zones:
            index = self._presets.get(key)
            self._zones[key] = () if index is None else tuple(self._read_preset(index))
        return self._zones[key]

    def warm(self, zones: tuple[Zone, ...]) -> None:
        """Have the zones' samples in memory, so that the audio thread waits for no disk."""
        for zone in zones:
            self.samples[zone.start : zone.end].max(initial=0)

    def _read_preset(self, index: int) -> list[Zone]:
        found: list[Zone] = []
        common: Generators = {}
        for place, outer in enumerate(self._bags("phdr", "pbag", "pgen", index)):
            if INSTRUMENT not in outer:
                common = outer if place == 0 else common
                continue
            outer = {**common, **outer}  # noqa: PLW2901 - the preset's global zone lies under it
            shared: Generators = {}
            for inner_place, inner in enumerate(
                self._bags("inst", "ibag", "igen", outer[INSTRUMENT])
            ):
                if SAMPLE in inner:
                    zone = self._join(outer, {**shared, **inner})
                    found += [zone] if zone is not None else []
                elif inner_place == 0:
                    shared = inner
        return found

    def _bags(self, heads: str, bags: str, gens: str, index: int) -> list[Generators]:
        """The zones of a preset or an instrument as generators."""
        first, last = (int(self._tables[heads][at]["bag"]) for at in (index, index + 1))
        zones = []
        for bag in range(first, last):
            begin, end = (int(self._tables[bags][at]["gen"]) for at in (bag, bag + 1))
            rows = self._tables[gens][begin:end]
            zones.append({int(row["oper"]): int(row["amount"]) for row in rows})
        return zones

    def _join(self, outer: Generators, inner: Generators) -> Zone | None:
        """A zone of an instrument inside a zone of a preset; None where they never meet."""
        keys = _meet(outer, inner, KEY_RANGE)
        velocities = _meet(outer, inner, VELOCITY_RANGE)
        if keys is None or velocities is None:
            return None
        sums = dict(inner)
        for oper, amount in outer.items():
            if oper not in _INSTRUMENT_ONLY and oper not in {KEY_RANGE, VELOCITY_RANGE, INSTRUMENT}:
                sums[oper] = inner.get(oper, _DEFAULTS.get(oper, 0)) + amount
        head = self._tables["shdr"][inner[SAMPLE]]
        places = {
            name: int(head[name]) + inner.get(fine, 0) + _COARSE_STEP * inner.get(coarse, 0)
            for name, (fine, coarse) in _ADDRESSES.items()
        }
        end = min(places["end"], len(self.samples) - 1)
        loops = inner.get(MODES, 0) in _LOOPS and places["loop"] < places["loop_end"] <= end
        root = inner.get(ROOT, -1)
        return Zone(
            keys=keys,
            velocities=velocities,
            generators=sums,
            start=places["start"],
            end=end,
            loop=(places["loop"], places["loop_end"]) if loops else None,
            rate=int(head["rate"]),
            root=root if root >= 0 else int(head["pitch"]),
            cents=float(head["correction"]),
        )


def _read_chunks(data: memoryview) -> dict[str, memoryview]:
    """The chunks inside the lists of a RIFF file of the form sfbk, by name."""
    if bytes(data[:4]) != b"RIFF" or bytes(data[8:12]) != b"sfbk":
        raise ValueError("its first bytes are another format's")
    chunks: dict[str, memoryview] = {}
    at = 12
    while at + 12 <= len(data):
        (size,) = struct.unpack_from("<I", data, at + 4)
        inside, end = at + 12, min(len(data), at + 8 + size)
        while bytes(data[at : at + 4]) == b"LIST" and inside + 8 <= end:
            (length,) = struct.unpack_from("<I", data, inside + 4)
            name = bytes(data[inside : inside + 4]).decode("latin-1")
            chunks[name] = data[inside + 8 : inside + 8 + length]
            inside += 8 + length + length % 2
        at += 8 + size + size % 2
    return chunks


def _meet(outer: Generators, inner: Generators, oper: int) -> tuple[int, int] | None:
    ranges = [
        (amount & 0x7F, amount >> 8 & 0x7F)
        for amount in (outer.get(oper, _WHOLE_RANGE), inner.get(oper, _WHOLE_RANGE))
    ]
    low, high = max(r[0] for r in ranges), min(r[1] for r in ranges)
    return (low, high) if low <= high else None
