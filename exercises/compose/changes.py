"""What changes inside a chart: the key of a phrase, the metre of a bar, the tempo.

Each change is made on the whole chart, phrase by phrase, before what returns is folded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import msgspec

from exercises.chart import Bar, Chart, Chord, Note, TempoChange, number_notes, number_slashes
from exercises.passes import TIMED_FIELDS
from exercises.score.symbols import read_symbol
from exercises.theory import (
    LETTERS,
    OCTAVE,
    key_fifths,
    pitch_class,
    read_spelling,
    transpose_name,
    write_spelling,
)

if TYPE_CHECKING:
    from exercises.compose.dice import Dice
    from exercises.compose.form import Phrase
    from exercises.levels import Level

_PLAIN = {"Fb": "E", "Cb": "B", "E#": "F", "B#": "C"}
ANTICIPATION = Fraction(1, 2)
"""What begins so shortly before a new key and is held into it belongs to it."""
SHORT_BARS = {"4/4": "2/4", "2/2": "1/2", "3/4": "2/4", "12/8": "6/8", "6/8": "3/8", "9/8": "6/8"}
"""Which metre a bar gets that is cut short by a beat or by half."""
SLOWER, FASTER = 0.8, 1.15
SLOW_END = 0.7
"""What a ritardando comes to, of the tempo before."""
RIT_BARS = 2

# Up a tone or a semitone for the last time through; for a middle part to a near key and back.
_LIFTS = (("M2", "d3", 2, 3.0), ("m2", "A1", 1, 2.0), ("m3", "A2", 3, 1.0))
_TRIPS = (("P4", "P4", 5, 3.0), ("P5", "P5", 7, 2.0), ("m3", "m3", 3, 1.0), ("M2", "M2", 2, 0.7))


@dataclass(frozen=True)
class Modulation:
    """Some bars in another key."""

    first: int
    last: int
    """Indexes of the bars, both included."""
    interval: str
    semitones: int
    """Upwards; the music may be put an octave lower."""
    key: str


def plan_modulation(
    phrases: Sequence[Phrase], key: str, level: Level, dice: Dice
) -> Modulation | None:
    """The last phrase lifted, or a phrase in the middle that goes away and comes back."""
    if len(phrases) < 3:  # noqa: PLR2004 - a place to leave and one to return to
        return None
    others = [each for each in phrases[1:-1] if each.letter != phrases[0].letter]
    trip = bool(others) and dice.chance(0.5)
    phrase = dice.pick(others) if trip else phrases[-1]
    options = []
    for interval, twin, semitones, weight in _TRIPS if trip else _LIFTS:
        named = [(name, _transpose_key(key, name)) for name in dict.fromkeys((interval, twin))]
        known = [(abs(key_fifths(k)), name, k) for name, k in named if k is not None]
        known = [each for each in known if level.allows_key(each[2], each[0])]
        if known:
            _, name, new = min(known)
            last = phrase.bar + phrase.bars - 1
            options.append((Modulation(phrase.bar, last, name, semitones, new), weight))
    return dice.choose([o for o, _ in options], [w for _, w in options]) if options else None


def _transpose_key(key: str, interval: str) -> str | None:
    tonic = transpose_name(key.removesuffix("m"), interval)
    name = tonic + ("m" if key.endswith("m") else "")
    try:
        key_fifths(name)
    except Exception:  # noqa: BLE001 - a key that no signature has
        return None
    return name


def modulate(chart: Chart, plan: Modulation, level: Level) -> Chart:
    """Transpose the notes and chords of some bars and give those their signature."""
    start = chart.bars[plan.first].onset_ql
    last = chart.bars[plan.last]
    end = last.onset_ql + last.duration_ql
    whole = end == chart.end_ql
    moved = [n for n in chart.notes if _belongs(n, start, end, whole=whole)]
    shift = plan.semitones
    if _leaves(moved, shift, level):
        shift -= OCTAVE
    ids = {note.id for note in moved}
    swapped = [c for c in chart.chords if start <= c.onset_ql < end and _swaps(c, plan.interval)]
    notes = [
        _transpose_note(n, plan.interval, shift, plain=any(_sounds_in(n, c) for c in swapped))
        if n.id in ids
        else n
        for n in chart.notes
    ]
    chords = [
        _transpose_chord(c, plan.interval, plan.semitones) if start <= c.onset_ql < end else c
        for c in _split_chords(chart.chords, (start, end))
    ]
    bars = tuple(
        msgspec.structs.replace(bar, key=plan.key) if plan.first <= at <= plan.last else bar
        for at, bar in enumerate(chart.bars)
    )
    return msgspec.structs.replace(
        chart, bars=bars, notes=number_notes(notes), chords=tuple(chords)
    )


def _belongs(note: Note, start: Fraction, end: Fraction, *, whole: bool) -> bool:
    """Whether a note is of the bars between: begins in them, or is held into them from just before.

    One that is held out of them into what follows is not.
    """
    stop = note.onset_ql + note.duration_ql
    if start - ANTICIPATION <= note.onset_ql < start:
        return stop > start
    pushed = not whole and end - ANTICIPATION <= note.onset_ql and stop > end
    return start <= note.onset_ql < end and not pushed


def _leaves(notes: Sequence[Note], shift: int, level: Level) -> bool:
    ranges = {1: level.right_range, 2: level.left_range}
    return any(note.pitch + shift > ranges[note.staff][1] for note in notes)


def _swaps(chord: Chord, interval: str) -> bool:
    """Whether a chord gets another letter than its interval has: A for B double flat."""
    before = read_symbol(chord.symbol).root
    after = transpose_name(before, interval)
    steps = (LETTERS.index(after[0]) - LETTERS.index(before[0])) % len(LETTERS)
    return steps != (int(interval[-1]) - 1) % len(LETTERS)


def _sounds_in(note: Note, chord: Chord) -> bool:
    return chord.onset_ql <= note.onset_ql < chord.onset_ql + chord.duration_ql


def _transpose_note(note: Note, interval: str, semitones: int, *, plain: bool = False) -> Note:
    """The note so far away; `plain` is in a chord whose own name has been made simpler."""
    name = note.spelling.rstrip("-0123456789")
    pitch = note.pitch + semitones
    new = transpose_name(name, interval)
    if plain:
        new = _PLAIN.get(new, new)
    spelling = write_spelling(pitch, new)
    if read_spelling(spelling) != pitch:
        spelling = note.spelling
    return msgspec.structs.replace(note, pitch=pitch, spelling=spelling)


def _transpose_chord(chord: Chord, interval: str, semitones: int) -> Chord:
    symbol = read_symbol(chord.symbol)
    root = transpose_name(symbol.root, interval)
    bass = transpose_name(symbol.bass, interval) if symbol.bass else ""
    return msgspec.structs.replace(
        chord,
        symbol=root + symbol.text + (f"/{bass}" if bass else ""),
        root=pitch_class(root),
        bass=pitch_class(bass or root) if symbol.bass else (chord.bass + semitones) % OCTAVE,
        pitch_classes=tuple((pc + semitones) % OCTAVE for pc in chord.pitch_classes),
    )


def _split_chords(chords: Sequence[Chord], places: Sequence[Fraction]) -> list[Chord]:
    """Chords cut where a key begins or ends, so that each part has its own name."""
    found: list[Chord] = []
    for chord in chords:
        here, end = chord.onset_ql, chord.onset_ql + chord.duration_ql
        for place in (*[p for p in places if here < p < end], end):
            found.append(msgspec.structs.replace(chord, onset_ql=here, duration_ql=place - here))
            here = place
    return found


def cut_bar(chart: Chart, index: int) -> Chart:
    """Cut a bar short, as songs do to come in early; all that follows moves up.

    What would be struck in the part that goes falls away, unless it is held into the next bar:
    then it is struck there.
    """
    bar = chart.bars[index]
    meter = SHORT_BARS[bar.meter]
    top, bottom = (int(part) for part in meter.split("/"))
    length = Fraction(4 * top, bottom)
    cut, end = bar.onset_ql + length, bar.onset_ql + bar.duration_ql

    def moved(time: Fraction) -> Fraction:
        return time if time <= cut else max(cut, time - (end - cut))

    changes: dict[str, Any] = {}
    for name in TIMED_FIELDS:
        values = []
        for value in getattr(chart, name):
            stop = _end_of(value)
            start, finish = moved(value.onset_ql), None if stop is None else moved(stop)
            inside = cut <= value.onset_ql < end
            if inside and (finish is None or finish <= cut):
                continue
            changed: dict[str, Any] = {"onset_ql": start}
            if hasattr(value, "duration_ql"):
                changed["duration_ql"] = (finish or start) - start
            elif finish is not None:
                changed["end_ql"] = finish
            values.append(msgspec.structs.replace(value, **changed))
        changes[name] = tuple(values)
    bars = tuple(
        msgspec.structs.replace(
            each,
            onset_ql=moved(each.onset_ql) if at > index else each.onset_ql,
            **({"duration_ql": length, "meter": meter} if at == index else {}),
        )
        for at, each in enumerate(chart.bars)
    )
    changes["sections"] = tuple(
        msgspec.structs.replace(each, onset_ql=moved(each.onset_ql)) for each in chart.sections
    )
    changes["notes"] = number_notes(_without_doubles(changes["notes"]))
    changes["slashes"] = number_slashes(list(changes["slashes"]))
    return msgspec.structs.replace(chart, bars=bars, **changes)


def _end_of(value: Any) -> Fraction | None:  # noqa: ANN401 - any timed value
    if hasattr(value, "duration_ql"):
        end: Fraction = value.onset_ql + value.duration_ql
        return end
    return getattr(value, "end_ql", None)


def _without_doubles(notes: Sequence[Note]) -> list[Note]:
    """A key that is held into a bar and struck in it is struck once."""
    kept: dict[tuple[Fraction, int, int, bool], Note] = {}
    for note in notes:
        place = (note.onset_ql, note.staff, note.pitch, note.duration_ql == 0)
        known = kept.get(place)
        if known is None or known.duration_ql < note.duration_ql:
            kept[place] = note
    return list(kept.values())


def cuttable_bars(chart: Chart, phrases: Sequence[Phrase]) -> list[int]:
    """Last bars of phrases, but not of the chart, that may be cut: one chord, nothing new late."""
    found = []
    for phrase in phrases[:-1]:
        index = phrase.bar + phrase.bars - 1
        bar = chart.bars[index]
        if bar.meter not in SHORT_BARS or bar.printed is not None:
            continue
        top, bottom = (int(part) for part in SHORT_BARS[bar.meter].split("/"))
        cut = bar.onset_ql + Fraction(4 * top, bottom)
        end = bar.onset_ql + bar.duration_ql
        late = [n for n in chart.notes if n.staff == 1 and cut <= n.onset_ql < end]
        chords = [c for c in chart.chords if bar.onset_ql < c.onset_ql < end]
        if len(late) <= 1 and not chords:
            found.append(index)
    return found


def change_tempo(chart: Chart, phrase: Phrase, following: Phrase, *, faster: bool) -> Chart:
    """A phrase at another tempo, and the first one again after it; a faster one is led into."""
    own = chart.drill.quarter_bpm
    there = round(own * (FASTER if faster else SLOWER))
    word = "Più mosso" if faster else "Meno mosso"
    before = chart.bars[phrase.bar - 1]
    way = TempoChange(before.onset_ql, float(there), "accel.", before.duration_ql)
    changes = (
        *((way,) if faster else ()),
        TempoChange(chart.bars[phrase.bar].onset_ql, float(there), word),
        TempoChange(chart.bars[following.bar].onset_ql, own, "Tempo I"),
    )
    return msgspec.structs.replace(chart, tempi=changes)


def end_slower(chart: Chart) -> Chart:
    """A ritardando over the last bars."""
    bars = chart.bars[-RIT_BARS:]
    over = sum((bar.duration_ql for bar in bars), Fraction(0))
    goal = round(chart.drill.quarter_bpm * SLOW_END)
    change = TempoChange(bars[0].onset_ql, float(goal), "rit.", over)
    return msgspec.structs.replace(chart, tempi=(*chart.tempi, change))


def tag_bars(chart: Chart) -> list[object]:
    """For each bar what must be the same where it is played again: key, metre and tempo."""
    tempi = {change.onset_ql: change.text for change in chart.tempi}
    return [_tag(chart, bar, tempi) for bar in chart.bars]


def _tag(chart: Chart, bar: Bar, tempi: dict[Fraction, str]) -> tuple[object, ...]:
    ramp = any(c.over_ql and c.onset_ql < bar.onset_ql < c.onset_ql + c.over_ql
               for c in chart.tempi)  # fmt: skip
    return chart.key_of(bar), bar.meter, bar.duration_ql, tempi.get(bar.onset_ql, ""), ramp
