"""Who fills in charts of chord symbols for `comping_takes.py`, and their wrong chords."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING

import msgspec

from exercises.chart import ComposeError
from exercises.compose.chart import compose_chart
from exercises.drill import DrillRequest
from exercises.harmony import QUALITIES, SEMITONES
from exercises.request import resolve_drill
from exercises.score.symbols import read_symbol
from game.events import NoteEvent
from game.performer.profiles import Profile
from game.performer.voicing import voice_chart
from game.scoring.performance import cluster_keys, pair_notes
from styles.loader import load_styles

if TYPE_CHECKING:
    from random import Random

    from exercises.chart import Chart, Chord
    from game.performer.performance import Performance

HALF = Fraction(1, 2)
THIRDS = {3, 4}
COLOURS = {2, 9}
"""Ninth and sixth, which no chord is hurt by."""
OTHERS = {
    "": ("m",), "m": ("",), "5": (), "sus2": ("m",), "sus4": ("m",), "add9": ("m",),
    "madd9": ("",), "6": ("m6",), "m6": ("6",), "69": ("m6",), "maj7": ("7", "m7"),
    "maj9": ("9", "m9"), "maj7#11": ("m7",), "m7": ("7", "maj7"), "m9": ("9", "maj9"),
    "m11": ("9",), "m7b5": ("m7", "7"), "dim7": ("m7", "7"), "dim": ("m",), "aug": ("m",),
    "mM7": ("maj7", "7"), "7sus4": ("m7",), "9sus4": ("m9",), "13sus4": ("m9",),
}  # fmt: skip
"""What a quality is taken for; of the dominants, minor or with a major seventh."""
ROOTS_OFF = (-2, -1, 1, 2, 5, 7)
"""Semitones."""


@dataclass(frozen=True)
class Slip:
    """A chord that is played wrongly on purpose."""

    kind: str
    """quality, root, bare (no third) or clash."""
    chord: Chord
    """As it is played."""


@cache
def compose(style_id: str, kind: str, level: int, seed: int) -> Chart | None:
    """The first chart that composes from a seed on; None where the level has no such chart."""
    style = load_styles().styles[style_id]
    for number in range(seed, seed + 20):
        try:
            drill = resolve_drill(DrillRequest(style_id, level, kind=kind, seed=number), style)
            return compose_chart(drill, style).chart
        except ComposeError:
            continue
    return None


def draw_player(scene: str, dice: Random) -> Profile:
    """Somebody: how unsteady, how short, how lost."""
    free = "free" in scene
    return Profile(
        spread_ms=dice.uniform(8, 40),
        bias_ms=0.0 if free else dice.uniform(-30, 40),
        chord_spread_ms=dice.uniform(3, 22),
        touch=8,
        length=dice.uniform(0.16, 1.0),
        length_spread=dice.uniform(0.02, 0.2),
        rubato=dice.uniform(0.0, 0.4) if free else 0.0,
        drift=dice.uniform(0.8, 1.25) if free else 1.0,
        stumbles=dice.uniform(0.05, 0.25) if "stumbling" in scene else 0.0,
        stays_late=1.0 if free else 0.5,
        rolls=dice.choice((0.0, 0.0, dice.uniform(0.1, 0.5))),
    )


def draw_slips(chart: Chart, share: float, dice: Random) -> dict[int, Slip]:
    """Which chords go wrong, by rank; a chord that stays over bars goes wrong as a whole."""
    slips: dict[int, Slip] = {}
    ranks = range(len(chart.chords))
    for _, group in groupby(ranks, key=lambda rank: chart.chords[rank].symbol):
        run = list(group)
        slip = _slip(chart, chart.chords[run[0]], dice) if dice.random() < share else None
        if slip is not None:
            moved = slip.chord
            for rank in run:
                there = chart.chords[rank]
                chord = msgspec.structs.replace(
                    moved, onset_ql=there.onset_ql, duration_ql=there.duration_ql
                )
                slips[rank] = Slip(slip.kind, chord)
    return slips


def _slip(chart: Chart, chord: Chord, dice: Random) -> Slip | None:
    read = read_symbol(chord.symbol)
    kinds = (
        ["quality", "root"] if chart.drill.kind == "lead" else ["quality", "root", "bare", "clash"]
    )
    kind = dice.choice(kinds)
    if read.quality is None:
        return None
    if kind == "root":
        return Slip(
            kind, _chord_like(chord, (chord.root + dice.choice(ROOTS_OFF)) % 12, read.quality)
        )
    if kind == "quality":
        others = OTHERS.get(read.quality, ("m7", "maj7"))
        return Slip(kind, _chord_like(chord, chord.root, dice.choice(others))) if others else None
    steps = {(pc - chord.root) % 12 for pc in chord.pitch_classes}
    if not steps & THIRDS or len(steps & THIRDS) > 1:
        return None
    return Slip(kind, chord)


def _chord_like(chord: Chord, root: int, quality: str) -> Chord:
    """Another chord in the place of one."""
    pcs = tuple((root + SEMITONES[each]) % 12 for each in QUALITIES[quality])
    name = ["C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B"][root]
    return msgspec.structs.replace(
        chord, symbol=name + quality, root=root, bass=root, pitch_classes=pcs
    )


def misplay(chart: Chart, slips: dict[int, Slip], style_id: str, how: str, dice: Random) -> Chart:
    """The chart as this player fills it in, slips and all."""
    chords = tuple(slips[n].chord if n in slips else c for n, c in enumerate(chart.chords))
    taken = msgspec.structs.replace(chart, chords=chords)
    voiced = voice_chart(taken, load_styles().styles[style_id], how, dice)
    notes = []
    for note in voiced.notes:
        slip = slips.get(chord_at(chart, note.onset_ql)) if note.id.startswith("v") else None
        step = (note.pitch - slip.chord.root) % 12 if slip else None
        if slip is not None and slip.kind == "bare" and step in THIRDS:
            continue
        notes.append(note)
        if slip is not None and slip.kind == "clash" and step in THIRDS:
            away = 1 if step == 4 else 1 - step
            notes.append(
                msgspec.structs.replace(note, id=f"v{1000 + len(notes)}", pitch=note.pitch + away)
            )
    return msgspec.structs.replace(chart, notes=tuple(notes))


def chord_at(chart: Chart, onset: Fraction) -> int:
    """The rank of the chord that a strike at a place says; a push says the next one."""
    starts = [chord.onset_ql for chord in chart.chords]
    pushed = {s.onset_ql - HALF for s in chart.slashes if s.kind == "push"}
    at = onset + HALF if onset in pushed else onset
    return max(0, bisect_right(starts, at) - 1)


def voice_again(take: Performance, dice: Random) -> tuple[NoteEvent, ...]:
    """The events with the chords of an earlier attempt turned: nobody plays them twice alike."""
    again = {extra.played for extra in take.truth.extras if extra.reason == "restart"}
    keys = list(pair_notes(take.events))
    for strike in cluster_keys([key for key in keys if key.index in again], 0.09):
        if len(strike) > 1:
            low = min(strike, key=lambda key: key.pitch)
            moved = low.pitch + 12 * (1 if dice.random() < 0.5 or low.pitch < 50 else -1)
            if all(abs(moved - key.pitch) for key in strike):
                keys[low.index] = msgspec.structs.replace(low, pitch=moved)
    events = [NoteEvent(key.onset_s, "on", key.pitch, key.velocity) for key in keys]
    events += [
        NoteEvent(key.onset_s + (key.duration_s or 0.1), "off", key.pitch, 0) for key in keys
    ]
    return tuple(events)


def sounds_as_asked(slip: Slip, asked: Chord, sounded: set[int]) -> bool:
    """Whether nobody could hear that the chord was played wrongly.

    A walking bass has the third that the hand left out, or a fourth suspends it; Fmaj9 without its
    root is C6.
    """
    inside = {(pitch - asked.root) % 12 for pitch in sounded}
    if slip.kind == "bare":
        return bool(inside & {*THIRDS, 5}) or inside <= {0, 7}
    tones = {(pc - asked.root) % 12 for pc in asked.pitch_classes}
    return inside <= tones | COLOURS and bool(inside & tones & THIRDS)
