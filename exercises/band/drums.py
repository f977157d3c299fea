"""The drums: a groove for each phrase, a fill where one ends, the form marked, an ending."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from exercises.band.choice import choose_pattern
from exercises.band.parts import DRUM_CHANNEL, Hit, Part, order_hits
from exercises.band.section import SPARSE, USUAL, Passage, Song
from exercises.band.touch import Loudness
from exercises.compose.dice import Dice
from exercises.timeline import bar_ql
from styles.band_tokens import DRUMS, KITS, PERCUSSION, STROKES, Stroke, read_tab
from styles.tokens import read_length

if TYPE_CHECKING:
    from exercises.chart import Bar
    from styles.band_schema import DrumFill, DrumPattern

Placed = tuple[Fraction, Stroke]
"""A stroke and where it sounds in the chart, in quarter notes."""
Span = tuple[Fraction, Fraction]
"""From where to where, in quarter notes."""

PHRASE_FILL_SHARE = 0.55
"""How often a phrase that no new section follows is filled out, and then shortly."""
SHORT_FILL = Fraction(1)
_STROKE_QL = Fraction(1, 4)
_RING_QL = Fraction(2)
_RINGING = frozenset({"crash", "ride", "china", "splash", "open_hat", "triangle", "long_guiro"})


def compose_drums(song: Song) -> Part:
    """The drum part of a song; without hits where the style has no drums."""
    hits: list[Hit] = []
    band = song.band
    if band.drums:
        loudness = Loudness(song.chart, human=band.human, part="drums")
        for passage, strokes, _ in play_passages(song):
            for onset, stroke in strokes:
                ring = _RING_QL if stroke.drum in _RINGING else _STROKE_QL
                velocity = loudness.velocity(stroke.touch, onset, passage.intensity)
                hits.append(Hit(onset, ring, DRUMS[stroke.drum], velocity))
        last = song.bars[-1]
        for onset, stroke in play_ending(song):
            velocity = loudness.velocity(stroke.touch, onset, USUAL)
            hits.append(Hit(onset, last.duration_ql, DRUMS[stroke.drum], velocity))
    return Part("Drums", DRUM_CHANNEL, KITS[band.kit], order_hits(hits))


def play_passages(song: Song) -> Iterator[tuple[Passage, list[Placed], Span | None]]:
    """The strokes of each phrase, up to the last bar, and where its fill is."""
    grooves: dict[tuple[str, str, int], DrumPattern] = {}
    for passage in song.passages:
        yield passage, *_play_passage(song, passage, grooves)


def play_ending(song: Song) -> list[Placed]:
    """What is struck with the last chord, and left to ring."""
    start = song.bars[-1].onset_ql
    return [
        (start, Stroke(Fraction(0), drum, STROKES[sign])) for drum, sign in song.band.ending.items()
    ]


def find_large_fills(song: Song) -> dict[int, Bar]:
    """The bars that are filled out because a section begins after them, by its passage's index."""
    fills = song.band.fills if song.band.drums else ()
    ends = {
        following.index: song.bars[following.first - 1]
        for following in song.passages[1:]
        if following.opens
    }
    return {
        index: bar
        for index, bar in ends.items()
        if any(_fill_fits(each, bar, song.level) for each in fills)
    }


def _play_passage(
    song: Song, passage: Passage, grooves: dict[tuple[str, str, int], DrumPattern]
) -> tuple[list[Placed], Span | None]:
    """The strokes of a phrase; phrases of one letter and fullness come back with their groove."""
    inside = song.bars[passage.first : passage.first + passage.bars]
    strokes: list[Placed] = []
    for at, bar in enumerate(inside, passage.first):
        if at == len(song.bars) - 1:
            break
        place = (passage.letter, bar.meter, passage.intensity)
        if place not in grooves:
            dice = Dice(song.seed, f"drums {'/'.join(map(str, place))}")
            grooves[place] = choose_pattern(
                song.band.drums, bar.meter, song.level, passage.intensity, song.clave, dice
            )
        strokes += _groove(grooves[place], bar, at)
    mark = song.band.form_mark
    if strokes and passage.opens and passage.index and mark and passage.intensity > SPARSE:
        strokes.append((inside[0].onset_ql, Stroke(Fraction(0), mark, "accent")))
    chosen = _choose_fill(song, passage, inside)
    if chosen is None:
        return strokes, None
    fill, start = chosen
    return _lay_fill(strokes, fill, start), (start, start + read_length(fill.length))


def _groove(pattern: DrumPattern, bar: Bar, index: int) -> list[Placed]:
    """The strokes of one bar: a part of a pattern of several bars, or a short one repeated.

    Patterns of several bars run through from the first bar, so that a clave never turns round.
    """
    length, whole = read_length(pattern.length), bar_ql(bar.meter)
    shift = index * whole % length if length > whole else Fraction(0)
    found = []
    for drum, tab in pattern.lines.items():
        for stroke in read_tab(drum, tab, pattern.length):
            at = stroke.offset_ql - shift
            while at < bar.duration_ql:
                if at >= 0:
                    found.append((bar.onset_ql + at, stroke))
                at += length
    return found


def _choose_fill(
    song: Song, passage: Passage, inside: Sequence[Bar]
) -> tuple[DrumFill, Fraction] | None:
    """The fill at the end of a phrase and where it begins; the last leads into the last bar."""
    dice = Dice(song.seed, f"fill {passage.index}")
    if passage.last and len(inside) == 1:
        return None
    bar = inside[-2] if passage.last else inside[-1]
    following = None if passage.last else song.passages[passage.index + 1]
    large = following is not None and following.opens
    if not large and not dice.chance(PHRASE_FILL_SHARE):
        return None
    known = [each for each in song.band.fills if _fill_fits(each, bar, song.level)]
    short = [each for each in known if read_length(each.length) <= SHORT_FILL]
    long = [each for each in known if each not in short]
    quiet = passage.intensity == SPARSE or not large
    options = (short or long) if quiet else (long or short)
    if not options:
        return None
    fill = dice.choose(options, [each.weight for each in options])
    return fill, bar.onset_ql + bar.duration_ql - read_length(fill.length)


def _fill_fits(fill: DrumFill, bar: Bar, level: int) -> bool:
    """Whether a bar has room for a fill; whole beats of it, so that it ends with the bar."""
    known = fill.level <= level and read_length(fill.length) <= bar.duration_ql
    return known and (bar.meter in fill.meters or not (fill.meters or bar.meter.endswith("8")))


def _lay_fill(strokes: Sequence[Placed], fill: DrumFill, start: Fraction) -> list[Placed]:
    """The groove with a fill in its place; percussion is another player and goes on."""
    end = start + read_length(fill.length)
    kept = [
        (onset, stroke)
        for onset, stroke in strokes
        if fill.over or not start <= onset < end or stroke.drum in PERCUSSION
    ]
    for drum, tab in fill.lines.items():
        kept += [(start + s.offset_ql, s) for s in read_tab(drum, tab, fill.length)]
    return kept
