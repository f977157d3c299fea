"""What is seen while takes are played with everything at once, and what it means. Pure."""

from __future__ import annotations

import re
from array import array
from typing import TYPE_CHECKING, NamedTuple

import msgspec

if TYPE_CHECKING:
    from collections.abc import Sequence

NS = 1_000_000_000
REPORT_VARIABLE = "FIRST_TAKE_BENCH_BLOCKS"
"""Names the file that the engine writes its blocks to."""
BURST_NS = NS // 20
"""Complaints of the server within this are of one underrun."""
AROUND_NS = NS // 50
"""So long after a core stood still an underrun is put down to that."""
SERVER_LATE = "JackTimedDriver"
CLIENT_LATE = re.compile(
    r".*client (?:= )?(First Take(?! Bench).*?) "
    r"(?:finished after|was not finished, state = Running)"
)
"""In what the server says: itself, and a client of the game's own that had begun its cycle. One
that was only triggered had been given no core yet, or waits for the keyboard before it."""


class Order(msgspec.Struct, frozen=True):
    """What is to be played."""

    port: str
    """The keyboard's."""
    style: str
    level: int
    bars: int
    quarter_bpm: float
    preview_s: int
    settle_s: float
    """What is measured begins so long after the first take began."""
    seconds: float


class Facts(msgspec.Struct):
    """What came of it."""

    began_ns: int = 0
    """The monotonic clock, ..."""
    ended_ns: int = 0
    frames: list[list[int]] = []
    """... of each step of the stage while music played, a list for each take."""
    stamps: list[tuple[int, int, int]] = []
    """Pitch, velocity, and the stamp on the monotonic clock, of each key while a transport ran."""
    composed: int = 0
    """Charts asked for beside those that were played."""
    takes: int = 0
    bands: int = 0
    """Those that were rendered and loaded."""
    told: int = 0
    """Underruns that the engine has noticed itself: the stream fell behind for good."""
    instrument: str = ""


class Block(NamedTuple):
    """One block of sound."""

    clock_ns: int
    """The monotonic clock when it was ready."""
    work_ns: int
    """From the beginning of its mixing to its end."""
    since_frames: int
    """From the beginning of JACK's cycle until it was ready: what woke the thread up late, and what
    kept it from the interpreter, is in it."""
    frames: int


class Run(msgspec.Struct):
    """One run, as each of its parts tells it."""

    facts: Facts
    blocks: list[Block]
    struck: list[tuple[int, int, int]]
    """Pitch, velocity and moment of each key."""
    said: list[tuple[int, str]]
    """What the server complained of, with its clock."""
    stalls: list[tuple[int, int]]
    """Between which clocks a core stood still."""
    load: float
    """Of the machine, while it ran: share of its cores that was busy."""


class Underruns(msgspec.Struct, frozen=True):
    """Cycles of JACK that were not played as they should."""

    ours: int = 0
    """The game was late by itself."""
    machine: int = 0
    """A core stood still, or the server itself was late."""
    others: int = 0
    """Another client was late, and not the game."""
    whose: tuple[str, ...] = ()
    """Of ours: the client and the second of the run."""


def read_blocks(data: bytes) -> list[Block]:
    """What `Blocks.write` has written."""
    rows = array("q", data)
    return [Block(*rows[at : at + 4]) for at in range(0, len(rows), 4)]


def sort_underruns(
    said: Sequence[tuple[int, str]], stalls: Sequence[tuple[int, int]], facts: Facts
) -> Underruns:
    """Whose fault each underrun was, by what the server said of it.

    The server names each client that had not finished its cycle when the next one came, and
    itself where it was late.
    """
    found = {"ours": 0, "machine": 0, "others": 0}
    whose: list[str] = []
    bursts: list[list[tuple[int, str]]] = []
    for clock, line in said:
        if "XRun" not in line or not facts.began_ns <= clock <= facts.ended_ns:
            continue
        if not bursts or clock - bursts[-1][-1][0] > BURST_NS:
            bursts.append([])
        bursts[-1].append((clock, line))
    for burst in bursts:
        first, last = burst[0][0], burst[-1][0]
        stood = any(begin <= last and first <= end + AROUND_NS for begin, end in stalls)
        if stood or any(SERVER_LATE in line for _, line in burst):
            found["machine"] += 1
        else:
            names = [late.group(1) for _, line in burst if (late := CLIENT_LATE.match(line))]
            found["ours" if names else "others"] += 1
            whose += [f"{names[-1]} at {(first - facts.began_ns) / NS:.1f} s"] if names else []
    return Underruns(**found, whose=tuple(whose))


def match_stamps(
    struck: Sequence[tuple[int, int, int]], facts: Facts
) -> tuple[list[float], list[int]]:
    """Errors of the stamps in ms, and the clocks of notes within takes that have none."""
    stamps: dict[tuple[int, int], list[int]] = {}
    for pitch, velocity, stamp in facts.stamps:
        stamps.setdefault((pitch, velocity), []).append(stamp)
    spans = [(take[0], take[-1]) for take in facts.frames if take]
    errors: list[float] = []
    lost: list[int] = []
    for pitch, velocity, clock in struck:
        near = [one - clock for one in stamps.get((pitch, velocity), ()) if abs(one - clock) < NS]
        is_inside = facts.began_ns <= clock <= facts.ended_ns - NS
        if is_inside and near:
            errors.append(min(map(abs, near)) / 1e6)
        elif is_inside and any(first <= clock <= last for first, last in spans):
            lost.append(clock)
    return errors, lost


def count_dropped(lost: Sequence[int], said: Sequence[tuple[int, str]]) -> int:
    """How many lost notes lay in a cycle that the server gave up: it plays and passes on nothing
    of a client that is late, or after it has itself been late.
    """  # noqa: D205 - one thought
    late = [clock for clock, line in said if "XRun" in line]
    return sum(any(abs(clock - one) < BURST_NS for clock in late) for one in lost)
