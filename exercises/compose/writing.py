"""From composed tones to a written chart: names, bars, chords, fingers and marks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from exercises.chart import Bar, Chart, Chord, Mark, Note, Section, number_notes
from exercises.compose.bassline import LOWER_STAFF, Tone
from exercises.compose.buttons import Button, clear_marks, strike_button
from exercises.compose.detaching import detach_notes
from exercises.compose.dice import Dice
from exercises.compose.endings import HELD
from exercises.compose.filling import Dress, fill_chords, plan_dress
from exercises.compose.grid import TICKS, Metre, to_ql
from exercises.compose.last_chord import complete_last, spread_last
from exercises.compose.ornament import grace_notes, slip_notes
from exercises.compose.sections import mark_sections
from exercises.compose.touch import SLOW_BEATS, touch_chart
from exercises.levels import HIGHEST, LOWEST
from exercises.theory import OCTAVE, key_name_of, read_key, transpose_name, write_spelling

if TYPE_CHECKING:
    from exercises.compose.form import Phrase
    from exercises.compose.line import Place
    from exercises.compose.pattern import BarPattern
    from exercises.compose.progression import Slot
    from exercises.drill import Drill
    from exercises.harmony import Harmony
    from exercises.levels import Level
    from styles.schema import Style

COMPED = frozenset({"comping", "number"})
"""Kinds of chart that are chords in a rhythm, without a tune."""

_TENSIONS = {1: "m2", 2: "M2", 3: "m3", 5: "P4", 6: "A4", 8: "m6", 9: "M6", 10: "m7"}

_NATURAL = {"Fb": "E"}
FINGERED_LEVEL = 3
"""Up to here the first note of a hand position carries its finger."""


class Whole(NamedTuple):
    """The song that a part belongs to."""

    seed: int
    """Of what all parts share: form, chords, changes and road map."""
    holds: bool = False
    """Whether the part is chords that are held."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a draft is made of, decided before any note."""

    drill: Drill
    style: Style
    level: Level
    metre: Metre
    phrases: tuple[Phrase, ...]
    slots: tuple[Slot, ...]
    pickup: int
    """Ticks before the first downbeat."""
    scale: str
    grooves: Mapping[int, BarPattern] = field(default_factory=dict)
    """Bars that both hands play as a pattern, by index."""
    ending: str = HELD
    button: Button | None = None
    """The rhythm of the last chord, where the ending has one."""

    @property
    def shapes(self) -> frozenset[str]:
        """Names of the voicings that the style has at the level."""
        known = [each for each in self.style.voicings if each.level <= self.level.number]
        return frozenset(each.name for each in known)


def write_chart(
    plan: Plan, below: Sequence[Tone], places: Sequence[Place], climax: int, seed: int
) -> Chart:
    """The chart of a plan: accompaniment, melody, chords and signs written out."""
    notes = [_write_tone(tone, plan, following) for tone, following in _with_next(below)]
    marks: list[Mark] = []
    first = min((tone.onset for tone in below), default=0)
    if places:
        touched = touch_chart(
            places,
            plan.phrases,
            plan.slots,
            style=plan.style,
            level=plan.level,
            metre=plan.metre,
            climax=climax,
            start=min(first, places[0].beat.onset),
            grooves=frozenset(plan.grooves),
            ringing=frozenset(bar for bar, each in plan.grooves.items() if each.rings),
            ending=plan.ending,
            dice=Dice(seed, "touch"),
            slow=plan.style.chord_symbols
            and plan.drill.quarter_bpm * TICKS < SLOW_BEATS * plan.metre.beat,
        )
        fingers = _fingers(plan, places)
        notes += _right_hand_extras(plan, below, places, climax, seed)
        marks += clear_marks(touched.marks, plan)
        for place in places:
            note = _write_place(place)
            signs = touched.articulations.get(place.beat.onset, ())
            finger = fingers.get(place.beat.onset)
            notes.append(msgspec.structs.replace(note, articulations=signs, fingering=finger))
    if plan.drill.kind != "grand":
        marks += mark_sections(plan.phrases, plan.metre.bar)
    if notes and not places:
        marks.append(_opening_dynamic(plan))
    feel = plan.style.feel
    start = -plan.pickup
    if feel.label and plan.level.number >= feel.swing_level:
        marks.append(Mark(to_ql(start), "feel", feel.label))
    if plan.style.tempo_words:
        word = _tempo_word(plan)
        marks.append(Mark(to_ql(start), "tempo", word))
    shown = plan.style.chord_symbols and plan.level.show_chords
    if places and plan.drill.kind == "grand":
        notes = complete_last(notes, plan)
    notes, chords = strike_button(notes, [_chord(slot) for slot in plan.slots], plan)
    return Chart(
        drill=plan.drill,
        bars=_bars(plan),
        notes=number_notes(spread_last(detach_notes(notes, plan.level), plan)),
        chords=tuple(chords),
        marks=_in_order(marks),
        sections=tuple(
            Section(to_ql(phrase.bar * plan.metre.bar), phrase.letter) for phrase in plan.phrases
        ),
        show_chords=shown or plan.drill.kind in {"lead", "comping", "number", "bass"},
        grooves=tuple(bar + 1 for bar in sorted(plan.grooves)),
    )


def mark_loudness(chart: Chart, plan: Plan) -> Chart:
    """The chart with how loud it begins."""
    marks = [_opening_dynamic(plan), *chart.marks]
    return msgspec.structs.replace(chart, marks=_in_order(marks))


def _in_order(marks: Sequence[Mark]) -> tuple[Mark, ...]:
    return tuple(sorted(marks, key=lambda mark: (mark.onset_ql, mark.staff, mark.kind)))


def _opening_dynamic(plan: Plan) -> Mark:
    """How loud a part without a tune begins: under a singer, where the level reads mf."""
    known = plan.level.dynamics
    staff = LOWER_STAFF if plan.drill.kind == "bass" else 1
    return Mark(to_ql(0), "dynamic", "mf" if "mf" in known else known[0], staff=staff)


def _right_hand_extras(
    plan: Plan, below: Sequence[Tone], places: Sequence[Place], climax: int, seed: int
) -> list[Note]:
    """Chord notes under the melody and crushed graces before it."""
    dice = Dice(seed, "filling")
    row, bpm = plan.level, plan.drill.quarter_bpm
    tones: list[Tone] = []
    if plan.drill.kind == "grand":
        melody = plan.style.melody
        peak = places[climax].beat.phrase
        phrases = plan_dress(plan.phrases, melody, row, plan.shapes, peak=peak, dice=dice)
        dress = Dress(row, plan.metre, bpm, plan.drill.key, plan.scale, plan.shapes, phrases)
        tones = fill_chords(places, below, dress, dice)
    full = {tone.onset for tone in tones}
    graces = grace_notes(places, plan.style.melody, row, Dice(seed, "graces"))
    tones += [tone for _, tone in graces if tone.onset not in full]
    full |= {tone.onset for tone in tones}
    if plan.drill.kind == "grand":
        slips = slip_notes(
            places, plan.style.melody, row, below,
            key=plan.drill.key, scale=plan.scale, dice=Dice(seed, "slips"),
        )  # fmt: skip
        tones += [tone for tone in slips if tone.onset not in full]
    return [_write_tone(tone, plan, None) for tone in tones]


def _bars(plan: Plan) -> tuple[Bar, ...]:
    bar, pickup, meter = plan.metre.bar, plan.pickup, plan.drill.meter
    count = plan.drill.bars
    first = [Bar(0, to_ql(-pickup), to_ql(pickup), meter)] if pickup else []
    full = [Bar(at + 1, to_ql(at * bar), to_ql(bar), meter) for at in range(count)]
    if pickup:
        full[-1] = Bar(count, to_ql((count - 1) * bar), to_ql(bar - pickup), meter)
    return (*first, *full)


def _chord(slot: Slot) -> Chord:
    harmony = slot.harmony
    return Chord(
        onset_ql=to_ql(slot.onset),
        duration_ql=to_ql(slot.duration),
        symbol=harmony.symbol,
        root=harmony.root,
        bass=harmony.bass,
        pitch_classes=harmony.pitch_classes,
    )


def _tempo_word(plan: Plan) -> str:
    """The style's words run from slow to fast over all its tempi: a word means one tempo."""
    words = plan.style.tempo_words
    ranges = [plan.style.tempo.at_level(number) for number in range(LOWEST, HIGHEST + 1)]
    low, high = min(low for low, _ in ranges), max(high for _, high in ranges)
    beat = plan.drill.quarter_bpm * TICKS / plan.metre.beat
    share = (beat - low) / max(1, high - low)
    return words[max(0, min(len(words) - 1, int(share * len(words))))]


def _with_next(tones: Sequence[Tone]) -> list[tuple[Tone, Tone | None]]:
    ordered = sorted(tones, key=lambda tone: (tone.onset, tone.pitch))
    pairs: list[tuple[Tone, Tone | None]] = []
    for index, tone in enumerate(ordered):
        later = (each for each in ordered[index + 1 :] if each.onset > tone.onset)
        pairs.append((tone, next(later, None)))
    return pairs


def _write_tone(tone: Tone, plan: Plan, following: Tone | None) -> Note:
    """An accompaniment note named by its chord, by where it leads, by the next chord or the key."""
    rising = following is None or following.pitch >= tone.pitch
    name = tone.name or name_leading(plan.slots, tone, following, plan.drill.key)
    name = name or spell_in(plan.slots, tone.onset, tone.pitch, plan.drill.key, rising=rising)
    return Note(
        id="",
        onset_ql=to_ql(tone.onset),
        duration_ql=to_ql(tone.duration),
        pitch=tone.pitch,
        spelling=write_spelling(tone.pitch, name),
        staff=tone.staff,
        voice=tone.voice,
        articulations=tone.signs,
    )


def name_leading(slots: Sequence[Slot], tone: Tone, following: Tone | None, key: str) -> str | None:
    """The name of a note outside chord and key that leads by a semitone: C# to D, not Db to D."""
    if following is None:
        return None
    way = {1: "-m2", OCTAVE - 1: "m2"}.get((following.pitch - tone.pitch) % OCTAVE)
    pc = tone.pitch % OCTAVE
    here = max((slot for slot in slots if slot.onset <= tone.onset), key=_onset, default=slots[0])
    if way is None or pc in read_key(key).scale or here.harmony.name_of(pc) is not None:
        return None
    rising = way == "-m2"
    goal = spell_in(slots, following.onset, following.pitch, key, rising=rising)
    name = transpose_name(goal, way)
    # From a semitone above a flat a player reads the natural: E to Eb, not Fb.
    return _NATURAL.get(name, name)


def _onset(slot: Slot) -> int:
    return slot.onset


def spell_in(slots: Sequence[Slot], onset: int, pitch: int, key: str, *, rising: bool) -> str:
    """The name of a pitch by the chord it sounds over, else by the key and its direction."""
    at = max((i for i, slot in enumerate(slots) if slot.onset <= onset), default=0)
    here: Harmony = slots[at].harmony
    pc = pitch % 12
    named = here.name_of(pc)
    if named is None and pc not in read_key(key).scale:
        if at + 1 < len(slots):
            named = slots[at + 1].harmony.name_of(pc)
        named = named or _tension_name(here, pc)
    return named or key_name_of(key, pc, rising=rising)


def _tension_name(harmony: Harmony, pc: int) -> str | None:
    """What a note outside chord and key is called as a tension or blue note of the chord."""
    root = harmony.name_of(harmony.root)
    interval = _TENSIONS.get((pc - harmony.root) % OCTAVE)
    return transpose_name(root, interval) if root and interval else None


def _write_place(place: Place) -> Note:
    return Note(
        id="",
        onset_ql=to_ql(place.beat.onset),
        duration_ql=to_ql(place.beat.duration),
        pitch=place.note.pitch,
        spelling=write_spelling(place.note.pitch, place.note.name),
        staff=place.staff,
        voice=1,
    )


def _fingers(plan: Plan, places: Sequence[Place]) -> dict[int, int]:
    """The finger of the first note in each hand position, by its onset."""
    if plan.level.number > FINGERED_LEVEL:
        return {}
    found: dict[int, int] = {}
    lowest = {
        staff: min(p.note.step for p in places if p.staff == staff)
        for staff in {place.staff for place in places}
    }
    highest = {staff: max(p.note.step for p in places if p.staff == staff) for staff in lowest}
    before = 0
    for place in places:
        if place.staff == before:
            continue
        before = place.staff
        reach = highest[place.staff] - lowest[place.staff]
        from_low = place.note.step - lowest[place.staff]
        finger = 5 - from_low if place.staff == LOWER_STAFF else 1 + from_low
        if reach <= 4 and 1 <= finger <= 5:  # noqa: PLR2004 - five fingers
            found[place.beat.onset] = finger
    return found
