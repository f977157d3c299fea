"""A chart in words, bar by bar and hand by hand: for screen readers, and for reading aloud."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING

from exercises.kit import LIMBS, is_pads
from exercises.notation.notate import notate
from exercises.notation.strokes import name_strokes
from exercises.passes import count_printed, print_chart
from exercises.roadmap import REPEATS, read_roadmap
from exercises.timeline import beat_ql

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from fractions import Fraction

    from exercises.chart import Chart
    from exercises.notation.notate import Written, WrittenBar, WrittenNote, WrittenVoice
    from exercises.roadmap import Sign

HANDS = ("right hand", "left hand")
VALUES = {"16th": "sixteenth", "32nd": "thirty-second", "64th": "sixty-fourth"}
DOTS = ("", "dotted ", "double dotted ")
TUPLETS = {3: "triplet", 5: "quintuplet", 6: "sextuplet", 7: "septuplet", 9: "nonuplet"}
ACCIDENTALS = {"#": " sharp", "##": " double sharp", "b": " flat", "bb": " double flat"}
ARTICULATIONS = {"spread": "rolled", "ghost": "ghosted"}
DYNAMICS = {
    "ppp": "triple piano", "pp": "pianissimo", "p": "piano", "mp": "mezzo piano",
    "mf": "mezzo forte", "f": "forte", "ff": "fortissimo", "fff": "triple forte",
}  # fmt: skip
HAIRPINS = {"<": "crescendo", ">": "diminuendo"}
FEWEST_COUNTED = 3
"""Of the same on end; two are quicker said twice."""
SLASHES = {"beat": "slash", "kick": "kick", "diamond": "struck and held"}
QUALITIES = (
    ("maj", " major "), ("min", " minor "), ("m", " minor "), ("dim", " diminished "),
    ("aug", " augmented "), ("sus", " sus "), ("add", " add "), ("alt", " altered "),
    ("°", " diminished "), ("ø", " half-diminished "), ("Δ", " major "), ("+", " augmented "),
    ("#", " sharp "), ("b", " flat "), ("♯", " sharp "), ("♭", " flat "), ("-", " minor "),
)  # fmt: skip
"""Signs of a chord symbol, the longer before the shorter."""
_SPELLING = re.compile(r"^([A-G])(#{1,2}|b{1,2})?(-?\d+)$")
_SYMBOL = re.compile(r"^([A-G])([#b♯♭]?)([^/]*)(?:/([A-G])([#b♯♭]?))?$")
_BEATS = {"1/2": "eighth", "1": "quarter", "3/2": "dotted quarter", "2": "half", "1/4": "sixteenth"}


def speak_chart(chart: Chart, *, remarks: Mapping[str, str] | None = None) -> list[str]:
    """The lines of a chart in words, each of which can be understood by itself.

    Args:
        chart: what is printed of it is said once; how it is repeated stands in the second line.
        remarks: what to add to notes, by their ids ("12 ms late").

    Raises:
        ComposeError: a length that cannot be written; the message names the bar.
    """
    written = notate(chart)
    if is_pads(chart):
        written = name_strokes(chart, written, remarks or {})
    shown = print_chart(chart)
    lines = [_speak_head(chart)]
    if chart.roadmap:
        lines.append(f"Order: {'; '.join(speak_sign(s) for s in read_roadmap(chart.roadmap))}.")
    before: WrittenBar | None = None
    for bar in written:
        lines += _speak_bar(shown, bar, before, remarks or {})
        before = bar
    return lines


def _speak_head(chart: Chart) -> str:
    drill = chart.drill
    beat = beat_ql(drill.meter)
    name = _BEATS.get(str(beat), "quarter")
    per_minute = drill.quarter_bpm / float(beat)
    bars = count_printed(chart.bars)
    count = "1 bar" if bars == 1 else f"{bars} bars"
    pickup = " and a pickup" if chart.bars[0].number == 0 else ""
    key = "pads" if is_pads(chart) else speak_key(drill.key)
    head = f"{key}, {drill.meter}, {name} = {per_minute:.0f}, {count}{pickup}."
    return f"{chart.title}. {head}" if chart.title else head


def _speak_bar(
    chart: Chart, bar: WrittenBar, before: WrittenBar | None, remarks: Mapping[str, str]
) -> list[str]:
    name = "Pickup" if bar.is_pickup else f"Bar {bar.number}"
    lines = [
        f"{name}, {label}: {', '.join(said)}."
        for label, said in (
            ("now", _changes(bar, before)),
            ("marks", _marks(chart, bar)),
            ("chords", _chords(chart, bar)),
        )
        if said
    ]
    staves = bar.staves[:1] if is_pads(chart) else bar.staves
    for hand, voices in zip(HANDS, staves, strict=False):
        heard = [voice for voice in voices if not all(event.hidden for event in voice.events)]
        for index, voice in enumerate(heard):
            if is_pads(chart):
                limbs = LIMBS[voice.number]
                lines.append(f"{name}, {limbs}: {', '.join(_events(voice, remarks))}.")
                continue
            which = f", voice {index + 1}" if len(heard) > 1 else ""
            lines.append(f"{name}, {hand}{which}: {', '.join(_events(voice, remarks))}.")
    return lines


def _changes(bar: WrittenBar, before: WrittenBar | None) -> list[str]:
    """What of the signatures changes with a bar."""
    if before is None:
        return []
    meter = [bar.meter] if bar.meter != before.meter else []
    return meter + ([speak_key(bar.key)] if bar.key != before.key else [])


def _marks(chart: Chart, bar: WrittenBar) -> list[str]:
    said = [
        _speak_mark(mark.kind, mark.text) for mark in chart.marks if _is_within(mark.onset_ql, bar)
    ]
    said += [
        change.text or f"{change.quarter_bpm:.0f} quarters a minute"
        for change in chart.tempi
        if _is_within(change.onset_ql, bar)
    ]
    return [each.removesuffix(".") for each in said if each]


def _speak_mark(kind: str, text: str) -> str:
    if kind == "dynamic":
        return DYNAMICS.get(text, text)
    if kind == "hairpin":
        return HAIRPINS.get(text, "hairpin")
    if kind == "rehearsal":
        return f"section {text}"
    if kind in {"slur", "pedal"}:
        return kind if kind == "pedal" else ""
    return text


def _chords(chart: Chart, bar: WrittenBar) -> list[str]:
    if not (chart.show_chords or chart.slashes):
        return []
    return [speak_symbol(c.symbol) for c in chart.chords if _is_within(c.onset_ql, bar)]


def _is_within(onset_ql: Fraction, bar: WrittenBar) -> bool:
    return bar.onset_ql <= onset_ql < bar.onset_ql + bar.duration_ql


def _events(voice: WrittenVoice, remarks: Mapping[str, str]) -> list[str]:
    """What a voice plays in a bar; what comes several times on end is counted."""
    said = [_speak_event(event, remarks) for event in voice.events if not event.hidden]
    counted: list[str] = []
    for words, run in groupby(said):
        count = len(list(run))
        if words == SLASHES["beat"] and count > 1:
            counted.append(f"{count} slashes")
        elif count >= FEWEST_COUNTED:
            counted.append(f"{count} times {words}")
        else:
            counted += [words] * count
    return counted


def _speak_event(event: Written, remarks: Mapping[str, str]) -> str:
    if event.head:
        kind = SLASHES.get(event.head, "slash")
        return kind if event.head == "beat" else f"{_speak_value(event)} {kind}"
    if event.whole_bar:
        return "rest"
    value = "grace note" if event.is_grace else _speak_value(event)
    if not event.notes:
        return f"{value} rest"
    held = all(note.tie in {"stop", "continue"} for note in event.notes)
    value = f"held {value}" if held else value
    names = [_speak_note(note, remarks) for note in event.notes]
    chord = f"{value} chord {' and '.join(names)}" if len(names) > 1 else f"{value} {names[0]}"
    signs = list(dict.fromkeys(sign for note in event.notes for sign in note.articulations))
    tied = ["tied on"] if any(note.tie in {"start", "continue"} for note in event.notes) else []
    return " ".join([chord, *(ARTICULATIONS.get(sign, sign) for sign in signs), *tied])


def _speak_note(note: WrittenNote, remarks: Mapping[str, str]) -> str:
    name = speak_spelling(note.spelling)
    if note.fingering:
        name += f" finger {note.fingering}"
    # Of tied heads the first is the one that is struck.
    remark = remarks.get(note.note_id) if note.id == note.note_id else None
    return f"{name} ({remark})" if remark else name


def _speak_value(event: Written) -> str:
    value = DOTS[min(event.dots, len(DOTS) - 1)] + VALUES.get(event.type, event.type)
    if event.ratio is None:
        return value
    actual, normal = event.ratio
    tuplet = TUPLETS.get(actual)
    return f"{tuplet} {value}" if tuplet else f"{actual} to {normal} {value}"


def speak_spelling(spelling: str) -> str:
    """A spelled pitch: "F#4" is "F sharp 4"; C 4 is middle C."""
    found = _SPELLING.match(spelling)
    if found is None:
        return spelling
    return f"{found[1]}{ACCIDENTALS.get(found[2] or '', '')} {found[3]}"


def speak_key(key: str) -> str:
    """A key: "Bb" is "B flat major", "F#m" is "F sharp minor"."""
    tonic = key.removesuffix("m")
    name = tonic[:1] + ACCIDENTALS.get(tonic[1:], "")
    return f"{name} {'minor' if key.endswith('m') else 'major'}"


def speak_symbol(symbol: str) -> str:
    """A chord symbol: "F#m7b5" is "F sharp minor 7 flat 5", "Bb7/D" is "B flat 7 over D"."""
    found = _SYMBOL.match(symbol)
    if found is None:
        return symbol
    root, sign, quality, bass, bass_sign = found.groups()
    rest = quality
    words = ""
    while rest:
        for token, said in QUALITIES:
            if rest.startswith(token):
                words += said
                rest = rest[len(token) :]
                break
        else:
            words += rest[0]
            rest = rest[1:]
    name = f"{root}{_flat_or_sharp(sign)} {words}"
    over = f" over {bass}{_flat_or_sharp(bass_sign)}" if bass else ""
    return " ".join((name + over).replace("(", " ").replace(")", " ").split())


def _flat_or_sharp(sign: str | None) -> str:
    plain = (sign or "").replace("♯", "#").replace("♭", "b")
    return ACCIDENTALS.get(plain, "")


def speak_sign(sign: Sign) -> str:
    """A sign of the road map: "repeat bars 1 to 8", "D.S. al Coda at bar 24"."""
    span = f"bar {sign.first}" if sign.first == sign.last else f"bars {sign.first} to {sign.last}"
    if sign.kind in REPEATS:
        times = "" if sign.times == 2 and sign.kind == "repeat" else f", {sign.times} times"  # noqa: PLR2004 - the plain repeat
        return f"{sign.kind} {span}{times}"
    if sign.kind == "ending":
        return f"ending {_join(map(str, sign.passes))} in {span}"
    return f"{sign.kind} at {span}" + (f": {sign.text}" if sign.text else "")


def _join(parts: Iterable[str]) -> str:
    names: Sequence[str] = list(parts)
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
