"""Whether a punch can be heard: its edges, and its touch and pocket against the neighbours."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import fmean, median
from typing import TYPE_CHECKING

import msgspec

from game.performer.touch import read_loudness, strike_velocity
from game.sessions.splice import MEANT_S, end_s, written_over
from game.sessions.spots import say_spot

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

    from game.scoring.expectation import Expected
    from game.scoring.results import PlayedNote
    from game.sessions.splice import Music, Splice
    from game.take import Region

NEIGHBOURS = 4
"""Onsets on either side of an edge that are held against each other."""
POCKET_MS = 25.0
"""A step of the pocket, or an edge's note off the neighbours, that is heard (by ear: professionals
scatter some 20 ms about their own mean)."""
ENERGY = 12.0
"""A step of the velocity that is heard: nearly one dynamic mark."""
LENGTH = 0.25
"""A step in the share of the written length."""
HANG_MS = 80.0
"""A key may be held so long over the punch-out before it is heard to be cut."""


class Finding(msgspec.Struct, frozen=True):
    """One thing that is heard at an edge."""

    edge: str
    """in or out."""
    code: str
    """empty, lost, cut, broken, hangs, early, late, energy, length or pocket."""
    amount: float
    """Signed, newer less older: ms, velocity or share; 0 where there is nothing to measure."""
    spot: str
    """bar.beat of the edge."""
    note: str = ""
    """The note that it is about."""

    @property
    def line(self) -> str:
        """The finding in words."""
        words = _WORDS[self.code].format(
            note=self.note,
            much=abs(round(self.amount * (100 if self.code == "length" else 1))),
            more=_MORE[self.code][self.amount > 0] if self.code in _MORE else "",
        )
        return f"punch-{self.edge} {self.spot}: {words}"


_WORDS = {
    "empty": "nothing was played in the region",
    "lost": "{note} was struck before it, so its attack is not there; strike it inside",
    "cut": "{note} is written across it and is cut; punch where it begins, or hold it into the"
    " region",
    "broken": "{note} is written across it and stops short",
    "hangs": "{note} is held {much} ms too long and is cut off",
    "early": "the note at the edge is {much} ms early",
    "late": "the note at the edge is {much} ms late",
    "energy": "{much} steps of velocity {more} than what is beside it",
    "length": "notes are {much} % {more} than what is beside it",
    "pocket": "it sits {much} ms {more} what is beside it",
}
_MORE = {
    "energy": ("softer", "louder"),
    "length": ("shorter", "longer"),
    "pocket": ("ahead of", "behind"),
}
_ORDER = ("empty", "lost", "cut", "broken", "hangs")
_SCALES = {
    "early": POCKET_MS,
    "late": POCKET_MS,
    "pocket": POCKET_MS,
    "energy": ENERGY,
    "length": LENGTH,
}


class Seam(msgspec.Struct, frozen=True):
    """What is heard of a punch, worst first."""

    findings: tuple[Finding, ...]

    @property
    def is_inaudible(self) -> bool:
        """Whether nobody could tell."""
        return not self.findings

    @property
    def short(self) -> str:
        """In few words: that it is inaudible, or where it is heard."""
        if not self.findings:
            return "seam inaudible"
        worst = self.findings[0]
        return f"seam heard at punch-{worst.edge} {worst.spot}"

    @property
    def line(self) -> str:
        """In one line: that it is inaudible, or why not."""
        if not self.findings:
            return "The seam is inaudible."
        others = len(self.findings) - 1
        more = f" (and {others} more)" if others else ""
        return f"The seam is heard at {self.findings[0].line}{more}."


@dataclass(frozen=True)
class _Touch:
    """How an onset of a take was played."""

    onset_ql: Fraction
    late_ms: float
    energy: float | None
    """Velocity above what the marks ask for."""
    length: float | None


def judge_seam(music: Music, spliced: Splice, region: Region) -> Seam:
    """Judge both edges of a punch.

    Args:
        music: what was read.
        spliced: the two takes laid together.
        region: what was recorded.

    """
    spots = {
        "in": say_spot(music.chart, region.start_ql),
        "out": say_spot(music.chart, region.end_ql),
    }
    written = [e for e in music.expected if region.start_ql <= e.onset_ql < region.end_ql]
    if written and not spliced.inside:
        return Seam((Finding("in", "empty", 0.0, spots["in"]),))
    flat = len({n.velocity for n in (*spliced.before, *spliced.inside, *spliced.after)}) == 1
    inner = _touch(music, spliced.inside, region.start_ql, region.end_ql, flat=flat)
    before = _touch(music, spliced.before, None, region.start_ql, flat=flat)[-NEIGHBOURS:]
    after = _touch(music, spliced.after, region.end_ql, None, flat=flat)[:NEIGHBOURS]
    findings = [
        *_judge_in(music, spliced, region, spots["in"]),
        *_judge_out(music, spliced, region, spots["out"]),
        *_compare("in", spots["in"], before, inner[:NEIGHBOURS]),
    ]
    first = inner[0] if inner and before else None
    alone = first is not None and first.onset_ql == inner[-1].onset_ql
    findings += _compare("out", spots["out"], after, inner[-NEIGHBOURS:][::-1], edge_note=not alone)
    return Seam(rank_findings(findings))


def rank_findings(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """The worst first."""
    return tuple(sorted(findings, key=_rank))


def _rank(finding: Finding) -> tuple[int, float]:
    if finding.code in _ORDER:
        return _ORDER.index(finding.code), 0.0
    return len(_ORDER), -abs(finding.amount) / _SCALES[finding.code]


def _judge_in(music: Music, spliced: Splice, region: Region, spot: str) -> list[Finding]:
    """Keys held into the region, and older notes that it cuts."""
    edge_s = music.edge_s(region.start_ql)
    over = written_over(music, region.start_ql)
    findings = []
    going_on = {n.pitch for n in spliced.held if n.index in spliced.joined}
    for note in spliced.held:
        overhang_ms = ((end_s(note) or edge_s) - edge_s) * 1000.0
        is_there = any(
            n.pitch == note.pitch and abs(n.onset_s - note.onset_s) <= MEANT_S
            for n in spliced.before
        )
        if overhang_ms > HANG_MS and not is_there and note.index not in spliced.joined:
            findings.append(Finding("in", "lost", 0.0, spot, music.name_of(note.pitch)))
    lost = {finding.note for finding in findings}
    for each in over:
        older = music.find_played(each, spliced.before)
        name = music.name_of(each.pitch)
        rang = older is not None and (end_s(older) or edge_s) > edge_s
        if rang and each.pitch not in going_on and name not in lost:
            findings.append(Finding("in", "cut", 0.0, spot, name))
    return findings


def _judge_out(music: Music, spliced: Splice, region: Region, spot: str) -> list[Finding]:
    """Keys held over the punch-out, and notes that should ring over it."""
    edge_s = music.edge_s(region.end_ql)
    over = written_over(music, region.end_ql)
    findings = []
    for each in over:
        if each.onset_ql < region.start_ql:
            continue
        struck = music.find_played(each, spliced.inside)
        end = None if struck is None else end_s(struck)
        rang = any(
            (end_s(n) or edge_s) > edge_s for n in spliced.covered if music.find_played(each, [n])
        )
        name = music.name_of(each.pitch)
        if struck is None and rang:
            findings.append(Finding("out", "cut", 0.0, spot, name))
        elif end is not None and end < edge_s:
            findings.append(Finding("out", "broken", (end - edge_s) * 1000.0, spot, name))
    for note in spliced.inside:
        end = end_s(note)
        hang_ms = 0.0 if end is None else (end - edge_s) * 1000.0
        if hang_ms > HANG_MS and not any(music.find_played(each, [note]) for each in over):
            findings.append(Finding("out", "hangs", hang_ms, spot, music.name_of(note.pitch)))
    return findings


def _compare(
    edge: str,
    spot: str,
    outer: Sequence[_Touch],
    inner: Sequence[_Touch],
    *,
    edge_note: bool = True,
) -> list[Finding]:
    """Hold the onsets on both sides of an edge against each other; `inner` from the edge on."""
    if not outer or not inner:
        return []
    findings = []
    own = median(touch.late_ms for touch in outer)
    alone_ms = inner[0].late_ms - own
    if edge_note and abs(alone_ms) > POCKET_MS:
        code = "late" if alone_ms > 0 else "early"
        findings.append(Finding(edge, code, alone_ms, spot))
    steps = {
        "pocket": (median(touch.late_ms for touch in inner) - own, POCKET_MS),
        "energy": (_step([t.energy for t in outer], [t.energy for t in inner]), ENERGY),
        "length": (_step([t.length for t in outer], [t.length for t in inner]), LENGTH),
    }
    for code, (amount, heard) in steps.items():
        if abs(amount) > heard and (code != "pocket" or len(inner) > 1):
            findings.append(Finding(edge, code, amount, spot))
    return findings


def _step(outer: Sequence[float | None], inner: Sequence[float | None]) -> float:
    there = [value for value in outer if value is not None]
    here = [value for value in inner if value is not None]
    return fmean(here) - fmean(there) if here and there else 0.0


def _touch(
    music: Music,
    played: Sequence[PlayedNote],
    start_ql: Fraction | None,
    end_ql: Fraction | None,
    *,
    flat: bool,
) -> list[_Touch]:
    """How the right notes of a stretch were played, an onset each, in order of the chart."""
    loudness = read_loudness(music.chart)
    groups: dict[Fraction, list[tuple[Expected, PlayedNote]]] = {}
    for each in music.expected:
        inside = (start_ql is None or each.onset_ql >= start_ql) and (
            end_ql is None or each.onset_ql < end_ql
        )
        note = music.find_played(each, played) if inside and not each.grace else None
        if note is not None:
            groups.setdefault(each.onset_ql, []).append((each, note))
    touches = []
    for onset_ql in sorted(groups):
        pairs = groups[onset_ql]
        lengths = [
            n.duration_s / (e.release_s - e.onset_s)
            for e, n in pairs
            if n.duration_s is not None and e.release_s > e.onset_s
        ]
        energy = fmean(n.velocity - strike_velocity(e, loudness) for e, n in pairs)
        touches.append(
            _Touch(
                onset_ql,
                fmean((n.onset_s - e.onset_s) * 1000.0 for e, n in pairs),
                None if flat else energy,
                fmean(lengths) if lengths else None,
            )
        )
    return touches
