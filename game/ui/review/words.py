"""A note of a graded take in words: what was written, and what was played. Pure functions."""

from __future__ import annotations

from bisect import bisect_right
from fractions import Fraction
from textwrap import wrap
from typing import TYPE_CHECKING

from rich.text import Text

from exercises.kit import LIMBS, is_pads, name_pad
from exercises.theory import OCTAVE, name_pitch
from exercises.timeline import bar_ql, beat_ql
from game.ui.words import ON_THE_CLICK_MS, say_asynchrony

if TYPE_CHECKING:
    from collections.abc import Sequence

    from exercises.chart import Bar, Chart
    from game.scoring.results import Diagnosis, PlayedNote
    from game.sessions.review import Entry

HANDS = {1: "right hand", 2: "left hand"}
LENGTHS = {
    Fraction(8): "breve", Fraction(6): "dotted whole", Fraction(4): "whole",
    Fraction(3): "dotted half", Fraction(2): "half", Fraction(3, 2): "dotted quarter",
    Fraction(1): "quarter", Fraction(3, 4): "dotted eighth", Fraction(1, 2): "eighth",
    Fraction(3, 8): "dotted 16th", Fraction(1, 4): "16th", Fraction(1, 8): "32nd",
    Fraction(4, 3): "triplet half", Fraction(2, 3): "triplet quarter",
    Fraction(1, 3): "triplet eighth", Fraction(1, 6): "triplet 16th", Fraction(0): "grace note",
}  # fmt: skip
PARTS = {
    Fraction(1, 4): "¼", Fraction(1, 2): "½", Fraction(3, 4): "¾", Fraction(1, 3): "⅓",
    Fraction(2, 3): "⅔", Fraction(1, 6): "⅙", Fraction(5, 6): "⅚", Fraction(1, 8): "⅛",
    Fraction(3, 8): "⅜", Fraction(5, 8): "⅝", Fraction(7, 8): "⅞",
}  # fmt: skip
REASONS = {
    "stray": "a stray key",
    "repeat": "struck again",
    "restart": "of an attempt that was begun again",
    "ornament": "an ornament",
    "pedal noise": "no more than noise",
}
GRADES = {"perfect": "perfect", "great": "great", "ok": "ok", "out": "out"}
LOUDNESS = ((42, "pp"), (56, "p"), (72, "mp"), (88, "mf"), (104, "f"), (128, "ff"))
"""Below each velocity what it amounts to: half-way between those that charts are sounded with."""
SHORT, LONG = 0.75, 1.15
"""A held length worth a word (as in the explained grade)."""
INTERVALS = (
    "", "a semitone", "a tone", "a minor third", "a major third", "a fourth", "a tritone",
    "a fifth", "a minor sixth", "a major sixth", "a minor seventh", "a major seventh", "an octave",
)  # fmt: skip
SHOWN_BARS = 4
_TIMES = {2: "2nd", 3: "3rd"}


def spell(spelling: str) -> str:
    """A spelled pitch with the signs: "Bb4" is "B♭4"."""
    return spelling[:1] + spelling[1:].replace("b", "♭").replace("#", "♯")


def say_length(duration_ql: Fraction) -> str:
    """A length by its note value; what no single value holds in quarters."""
    return LENGTHS.get(duration_ql) or f"{_mixed(duration_ql)} quarters"


def _mixed(value: Fraction) -> str:
    whole, part = divmod(value, 1)
    sign = PARTS.get(part)
    if sign is None and part:
        return f"{float(value):.2f}"
    return f"{whole or ''}{sign or ''}" or "0"


def say_bar(chart: Chart, bar: Bar) -> str:
    """A bar as it is called: "Bar 5", "Bar 5, 2nd time", "Pickup"."""
    if bar.number == 0:
        return "Pickup"
    if bar.printed is None:
        return f"Bar {bar.number}"
    time = sum(b.number == bar.number and b.onset_ql <= bar.onset_ql for b in chart.bars)
    return f"Bar {bar.number}, {_TIMES.get(time, f'{time}th')} time"


def say_beat(bar: Bar, onset_ql: Fraction) -> str:
    """A place in a bar by its counted beat, from 1: "beat 2½"."""
    beat = beat_ql(bar.meter)
    origin = bar.onset_ql
    if bar.number == 0:
        origin += bar.duration_ql - bar_ql(bar.meter)
    return f"beat {_mixed((onset_ql - origin) / beat + 1)}"


def _name_key(chart: Chart, pitch: int) -> str:
    """A key that was struck: its pitch, or the instrument of a pad."""
    return f"the {name_pad(pitch)}" if is_pads(chart) else name_pitch(pitch)


def say_written(chart: Chart, entry: Entry) -> str:
    """Where an entry stands, and what is written there."""
    bar = chart.bars[entry.bar]
    if entry.note is None:
        place = Fraction(round(entry.onset_ql * 4), 4)
        place = max(bar.onset_ql, min(place, bar.onset_ql + bar.duration_ql))
        return f"{say_bar(chart, bar)}, {say_beat(bar, place)}: nothing is written here"
    note = entry.note
    hand, name = HANDS.get(note.staff, ""), spell(note.spelling)
    if is_pads(chart):
        hand, name = LIMBS.get(note.voice, ""), name_pad(note.pitch)
    parts = [say_length(note.duration_ql), name, *note.articulations]
    return f"{say_bar(chart, bar)}, {say_beat(bar, note.onset_ql)}, {hand}: {' '.join(parts)}"


def say_played(chart: Chart, entry: Entry) -> str:
    """What was played there: which key, when, how long, how loud."""
    played = entry.played
    if entry.mark == "extra" and played is not None:
        why = REASONS.get(entry.reason, entry.reason)
        return f"Played {_name_key(chart, played.pitch)}: {why}; {_say_loudness(played, '')}"
    note, judgement = entry.note, entry.judgement
    if note is None or judgement is None or played is None:
        return "Not played"
    is_wrong = entry.mark == "wrong"
    key = "Played"
    if is_wrong:
        key = f"Played {_name_key(chart, played.pitch)},"
        if not is_pads(chart):
            key = f"{name_pitch(played.pitch)}, {_say_distance(played.pitch - note.pitch)},"
    said = [f"{key} {_say_time(judgement.asynchrony_ms, judgement.grade)}".rstrip(" ,")]
    if judgement.length_ratio is not None:
        said.append(_say_held(judgement.length_ratio, is_wrong=is_wrong))
    said.append(_say_loudness(played, "" if is_wrong else dynamic_at(chart, note.onset_ql)))
    return "; ".join(each for each in said if each)


def _say_time(asynchrony_ms: float | None, grade: str | None) -> str:
    if asynchrony_ms is None:
        return ""
    on = abs(asynchrony_ms) < ON_THE_CLICK_MS
    when = "on time" if on else say_asynchrony(asynchrony_ms)
    return f"{when} ({GRADES.get(grade, grade)})" if grade else when


def _say_distance(semitones: int) -> str:
    if semitones == 0:
        return "the same key"
    side = "higher" if semitones > 0 else "lower"
    octaves, rest = divmod(abs(semitones), OCTAVE)
    if octaves and rest:
        return f"{abs(semitones)} semitones {side}"
    if octaves > 1:
        return f"{octaves} octaves {side}"
    return f"{INTERVALS[abs(semitones)]} {side}"


def _say_held(ratio: float, *, is_wrong: bool) -> str:
    """How long, and whether that is wrong too: not of a key that should not sound at all."""
    word = " (short)" if ratio < SHORT else " (long)" if ratio > LONG else ""
    return f"held {ratio * 100:.0f} %{'' if is_wrong else word}"


def _say_loudness(played: PlayedNote, written: str) -> str:
    heard = next(name for limit, name in LOUDNESS if played.velocity < limit)
    asked = f", not {written}" if written and written != heard else ""
    return f"velocity {played.velocity} ({heard}{asked})"


def dynamic_at(chart: Chart, onset_ql: Fraction) -> str:
    """The dynamic mark in force; empty before the first."""
    marks = [mark for mark in chart.marks if mark.kind == "dynamic"]
    index = bisect_right(marks, onset_ql, key=lambda mark: mark.onset_ql) - 1
    return marks[index].text if index >= 0 else ""


def say_diagnoses(diagnoses: Sequence[Diagnosis], number: int) -> Text:
    """Diagnoses by their keys 1, 2, ...; those of a bar (by its number) stand out with a sign."""
    if not diagnoses:
        return Text("No mistake comes back in this take.", "dim")
    words = Text("To mend: ", "dim")
    for key, diagnosis in enumerate(diagnoses, 1):
        is_here = number in diagnosis.bars
        bars = ",".join(str(bar) for bar in diagnosis.bars[:SHOWN_BARS])
        said = f"{'▸' if is_here else ''}{key} {diagnosis.kind}"
        said += f" ({bars})" if bars else ""
        words.append(f"{said}   ", "bold" if is_here else "dim")
    return words


def count_rows(diagnoses: Sequence[Diagnosis], columns: int) -> int:
    """How many rows the diagnoses take, wherever the sign stands: the score keeps its height."""
    said = say_diagnoses(diagnoses, 0).plain + " " * len(diagnoses)
    return max(1, len(wrap(said, columns)))
