"""A part for pads: the genre's own drums, as a level reads them.

The band's drummer plays the song (`exercises.band.drums`); what he plays is taken over to the kit,
thinned to the level's steps, instruments and signs, and written down with stems for hands and feet.
A player's percussionists (shaker, congas, claves) are the kit's: what a drummer plays in their
place where there is no other.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

import msgspec

from exercises.band.drums import play_ending, play_passages
from exercises.band.section import read_song
from exercises.chart import Chart, ComposeError, Note, number_notes
from exercises.kit import CRASH, KIT, PAD_LEVELS, TIMEKEEPERS, PadLevel, is_on_step
from exercises.strokes import spread_accents, write_strokes
from exercises.timeline import beat_ql
from styles.band_tokens import read_tab
from styles.tokens import read_length

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from exercises.band.drums import Placed, Span
    from exercises.chart import Bar
    from styles.band_schema import DrumFill, RhythmSection
    from styles.schema import Style

_ON_KIT = {
    "kick": 36, "concert_drum": 36, "side_stick": 37, "claves": 37, "snare": 38, "clap": 38,
    "high_timbale": 38, "floor_tom": 41, "low_conga": 41, "hat": 42, "shaker": 42, "maracas": 42,
    "cabasa": 42, "tambourine": 42, "low_timbale": 42, "pedal_hat": 44, "open_hat": 46,
    "mid_tom": 47, "low_tom": 47, "crash": 49, "china": 49, "splash": 49, "high_tom": 50,
    "conga": 50, "ride": 51, "bell": 53, "cowbell": 56, "high_block": 76, "low_block": 76,
}  # fmt: skip
"""What a drummer at the kit plays of each instrument; what is not here he leaves to others."""
_STAND_INS = frozenset(
    ("claves", "maracas", "shaker", "cabasa", "tambourine", "cowbell", "conga", "low_conga")
)
"""Other players' instruments: the kit has their strokes only where it has none of its own there."""
_RIDE, _SNARE = 51, 38
_ORDER = (36, 38, 37, 42, 51, 56, 76, 46, 44, 50, 41, 47, 49, 53)
"""Which instruments a level of few has, the first first (by ear)."""
_NEAREST = {46: (42,), 53: (51, 42), 51: (42,), 56: (51, 42), 76: (37, 42, 38), 49: (51, 42),
            50: (38, 37), 47: (41, 38, 36), 41: (47, 38, 36), 37: (38,), 38: (37,)}  # fmt: skip
"""What plays the strokes of an instrument that the chart has not, the first that it has."""


@dataclass(frozen=True, slots=True)
class _Blow:
    """One stroke on the kit."""

    onset_ql: Fraction
    key: int
    touch: str
    """ghost, soft, normal or accent."""
    in_fill: bool = False


def play_pads(chart: Chart, style: Style) -> Chart:
    """A chart with the notes of its drums.

    Args:
        chart: without notes, with its bars and phrases.
        style: whose drums.

    Raises:
        ComposeError: the style is played without drums, or has none for the metre.
    """
    if style.band is None or not style.band.drums:
        raise ComposeError(f"{style.name} is played without drums; take another style")
    row = PAD_LEVELS[chart.drill.level].at_tempo(chart.drill.quarter_bpm)
    beat = beat_ql(chart.drill.meter)
    band = _fit_fills(style.band, row, beat)
    song = read_song(chart, band)
    blows: list[_Blow] = []
    for passage, strokes, fill in play_passages(song):
        for bar in song.bars[passage.first : passage.first + passage.bars]:
            end = bar.onset_ql + bar.duration_ql
            blows += _take_over([s for s in strokes if bar.onset_ql <= s[0] < end], fill)
    blows += _take_over(play_ending(song), None)
    blows = _thin(blows, chart.bars, row)
    blows = _choose_instruments(blows, row)
    blows = _strike_together(blows, row)
    notes = write_strokes([n for bar in chart.bars for n in _write(blows, bar, row)], chart.bars)
    return msgspec.structs.replace(chart, notes=number_notes(notes), show_chords=False)


def _fit_fills(band: RhythmSection, row: PadLevel, beat: Fraction) -> RhythmSection:
    """The band with the fills that the level reads whole: half a fill is a hole."""
    fits = tuple(each for each in band.fills if _reads_fill(each, row, beat))
    return msgspec.structs.replace(band, fills=fits)


def _reads_fill(fill: DrumFill, row: PadLevel, beat: Fraction) -> bool:
    start = -read_length(fill.length)
    return all(
        is_on_step(start + stroke.offset_ql, row.fill_steps, beat, triplets=row.triplets)
        for drum, tab in fill.lines.items()
        for stroke in read_tab(drum, tab, fill.length)
    )


def _take_over(strokes: Sequence[Placed], fill: Span | None) -> list[_Blow]:
    """The strokes of a bar on the kit."""
    own = {_ON_KIT.get(s.drum) for _, s in strokes if s.drum not in _STAND_INS}
    if any(stroke.drum == "cowbell" for _, stroke in strokes):
        # Who has a bell under the hand plays it in the place of the ride.
        own.discard(_RIDE)
        strokes = [each for each in strokes if each[1].drum != "ride"]
    blows: dict[tuple[Fraction, int], _Blow] = {}
    for onset, stroke in strokes:
        key = _ON_KIT.get(stroke.drum)
        if key is None or (stroke.drum in _STAND_INS and _is_covered(stroke.drum, key, own)):
            continue
        in_fill = fill is not None and fill[0] <= onset < fill[1]
        blow = _Blow(onset, key, stroke.touch, in_fill)
        place = (onset, key)
        if place not in blows or _louder(blow, blows[place]):
            blows[place] = blow
    return list(blows.values())


def _is_covered(drum: str, key: int, own: set[int | None]) -> bool:
    """Whether the kit is busy enough without another player's instrument."""
    if key in TIMEKEEPERS:
        return bool(own & TIMEKEEPERS)
    return drum != "claves" and len(own) > 1 and _SNARE in own


def _louder(one: _Blow, two: _Blow) -> bool:
    order = ("ghost", "soft", "normal", "accent")
    return order.index(one.touch) > order.index(two.touch)


def _thin(blows: Iterable[_Blow], bars: Sequence[Bar], row: PadLevel) -> list[_Blow]:
    """Only what lies on the level's steps; feathered kicks are felt and not written."""
    kept = []
    starts = {bar.onset_ql: bar for bar in bars}
    ordered = sorted(starts)
    for blow in sorted(blows, key=lambda each: (each.onset_ql, each.key)):
        bar = starts[max(start for start in ordered if start <= blow.onset_ql)]
        beat = beat_ql(bar.meter)
        steps = row.time_steps if blow.key in TIMEKEEPERS else row.steps
        if blow.in_fill:
            steps = row.fill_steps
        place = blow.onset_ql - bar.onset_ql
        if blow.touch == "ghost" and (not row.ghosts or KIT[blow.key].is_foot):
            continue
        if is_on_step(place, steps, beat, triplets=row.triplets):
            kept.append(blow)
    return kept


def _choose_instruments(blows: list[_Blow], row: PadLevel) -> list[_Blow]:
    """As many instruments as the level has; the others' strokes go to the nearest that it has."""
    used = Counter(blow.key for blow in blows)
    kept = [key for key in _ORDER if key in used][: row.pads]
    chosen: dict[tuple[Fraction, int], _Blow] = {}
    for blow in blows:
        near = (blow.key, *_NEAREST.get(blow.key, ()))
        key = next((each for each in near if each in kept), None)
        if key is None or (key != blow.key and (blow.onset_ql, key) in chosen):
            continue
        chosen[blow.onset_ql, key] = replace(blow, key=key)
    return list(chosen.values())


def _strike_together(blows: list[_Blow], row: PadLevel) -> list[_Blow]:
    """At most so many at once, each head in a place of its own; one hi-hat is open or closed."""
    moments: dict[Fraction, list[_Blow]] = {}
    for blow in blows:
        moments.setdefault(blow.onset_ql, []).append(blow)
    kept: list[_Blow] = []
    for onset in sorted(moments):
        taken: list[_Blow] = []
        for blow in sorted(moments[onset], key=_rank):
            free = not any(_exclude(each.key, blow.key) for each in taken)
            if free and len(taken) < row.at_once:
                taken.append(blow)
        kept += taken
    return kept


def _exclude(one: int, two: int) -> bool:
    """Whether two instruments share a place on the staff, or the hand that keeps time."""
    hand = TIMEKEEPERS | {CRASH}
    return KIT[one].place == KIT[two].place or (one in hand and two in hand)


def _rank(blow: _Blow) -> tuple[int, int]:
    """Which of several strokes is kept: crashes and what sounds longest, then as levels go."""
    first = {CRASH: 0, 46: 1}.get(blow.key, 2)
    return (first if blow.touch != "ghost" else 3, _ORDER.index(blow.key))


def _write(blows: Sequence[_Blow], bar: Bar, row: PadLevel) -> list[Note]:
    """The strokes of a bar with their signs: accents, and ghosts in parentheses."""
    end = bar.onset_ql + bar.duration_ql
    here = [blow for blow in blows if bar.onset_ql <= blow.onset_ql < end]
    notes = []
    for blow in here:
        accented = row.accents and _stands_out(blow, here)
        signs = ("ghost",) if blow.touch == "ghost" else ("accent",) if accented else ()
        notes.append(Note("", blow.onset_ql, Fraction(0), blow.key, "", 1, 1, articulations=signs))
    return spread_accents(notes)


def _stands_out(blow: _Blow, here: Sequence[_Blow]) -> bool:
    """Whether a stroke is accented where the same drum has softer ones in the bar.

    How what keeps time swells and ebbs is the style's own, and not written.
    """
    plain = any(b.key == blow.key and b.touch in {"soft", "normal"} for b in here)
    return plain and blow.touch == "accent" and blow.key not in TIMEKEEPERS
