"""The hard checks: a chart that fails one is not shown.

1 bars and lengths, 2 key, 3 range and hand, 4 harmony, 5 voice leading (of styles without chord
symbols), 6 the ending, 7 nothing above the level, 8 the file gives the same chart back. A chart for
pads has no pitches: of it 1, 3, 7 and 8 are asked, and 9 that it is of the kit and written in its
places, 10 that values show the beat. What many charts have to be compared for (the key that is
heard, novelty) is asked in `tests/sweep.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from exercises.chart import ComposeError, read_chart_json, write_chart_json
from exercises.checks.hands import check_hands
from exercises.checks.harmony import check_harmony
from exercises.checks.level import check_level, check_new_element
from exercises.checks.pads import check_beats, check_kit, check_pad_level, check_strokes
from exercises.checks.roads import check_road
from exercises.checks.survey import HANDS, NAMES, Survey, Tone
from exercises.checks.voices import check_voices
from exercises.keyboards import fit_level
from exercises.kit import is_pads
from exercises.meter import TICKS
from exercises.theory import OCTAVE, key_fifths, read_key, read_spelling, scale_pcs
from exercises.timeline import bar_ql

if TYPE_CHECKING:
    from collections.abc import Iterator

    from exercises.chart import Chart, Note
    from exercises.levels import Level
    from styles.schema import Style

BARS, KEY, HAND, HARMONY, VOICES, ENDING, LEVEL, FILE, KIT, BEAT = range(1, 11)
"""The numbers of the rules."""
COLOURED_LEVEL = 4
"""From here on styles use their own scales and chords outside the key."""
_ENDINGS = {"turnaround", "open"}
_DEGREES = {1: (0,), 2: (2,), 3: (3, 4), 4: (5,), 5: (7,), 6: (8, 9), 7: (10, 11), 9: (2,)}
"""Semitones above the tonic of the degrees that a line may end on."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a chart."""

    rule: int
    """The number of the hard check."""
    bar: int
    """As printed; a pickup is 0."""
    detail: str
    """What is wrong there, for a person."""


def check_chart(chart: Chart, style: Style | None, level: Level | None) -> tuple[Fault, ...]:
    """All faults of a chart, by rule and bar.

    Args:
        chart: what is checked.
        style: the pack it is in; None leaves out what a style says about endings.
        level: the row it must keep to; None checks only what holds at every level.
    """
    if level is not None:
        level = fit_level(level, chart.drill.keyboard)
    faults = [Fault(BARS, bar, text) for bar, text in _check_bars(chart)]
    if faults:
        # The others read a chart that is in order.
        return tuple(faults)
    if is_pads(chart):
        return tuple(sorted(_check_pads(chart, level), key=lambda fault: (fault.rule, fault.bar)))
    survey = Survey(chart)
    faults += [Fault(BARS, bar, text) for bar, text in _check_overlaps(survey)]
    faults += [Fault(HAND, bar, text) for bar, text in check_hands(survey, level)]
    if level is not None:
        faults += [Fault(KEY, bar, text) for bar, text in _check_key(survey, style, level)]
        faults += [Fault(LEVEL, bar, text) for bar, text in check_level(survey, level)]
        faults += [Fault(LEVEL, bar, text) for bar, text in check_new_element(survey, level)]
    if style is not None and level is not None:
        faults += [Fault(HARMONY, bar, text) for bar, text in check_harmony(survey, style, level)]
        if not style.chord_symbols and chart.drill.kind == "grand":
            faults += [Fault(VOICES, bar, text) for bar, text in check_voices(survey)]
    if style is not None:
        faults += [Fault(ENDING, bar, text) for bar, text in _check_ending(survey, style)]
    faults += [Fault(FILE, bar, text) for bar, text in _check_file(chart)]
    return tuple(sorted(faults, key=lambda fault: (fault.rule, fault.bar)))


def _check_pads(chart: Chart, level: Level | None) -> Iterator[Fault]:
    """The faults of a chart for pads whose bars are in order."""
    found = [
        (KIT, check_kit(chart)),
        (HAND, check_strokes(chart, level)),
        (BEAT, check_beats(chart)),
    ]
    if level is not None:
        found.append((LEVEL, check_pad_level(chart, level)))
    found.append((FILE, _check_file(chart)))
    for rule, findings in found:
        yield from (Fault(rule, bar, text) for bar, text in findings)


def _check_bars(chart: Chart) -> Iterator[tuple[int, str]]:
    if not chart.bars:
        yield 0, "no bars"
        return
    yield from _check_lengths(chart)
    previous = None
    start, end = chart.onset_ql, chart.end_ql
    for index, note in enumerate(chart.notes, 1):
        for detail in _check_note(note, start, end, spelled=not is_pads(chart)):
            yield _bar_of(note, chart), f"{note.id} {detail}"
        place = (note.onset_ql, note.staff, note.pitch)
        if note.id != f"n{index}" or (previous is not None and place < previous):
            yield _bar_of(note, chart), f"{note.id} stands where n{index} belongs"
        previous = place


def _bar_of(note: Note, chart: Chart) -> int:
    return next((b.number for b in reversed(chart.bars) if b.onset_ql <= note.onset_ql), 0)


def _check_note(note: Note, start: Fraction, end: Fraction, *, spelled: bool) -> Iterator[str]:
    if note.duration_ql < 0:
        yield "has a negative length"
    for name, value in (("onset", note.onset_ql), ("length", note.duration_ql)):
        if TICKS % value.denominator:
            yield f"has the {name} {value}, which no note value makes"
    if not start <= note.onset_ql < end:
        yield "begins outside the bars"
    elif note.onset_ql + note.duration_ql > end:
        yield "sounds past the last bar line"
    if note.staff not in HANDS:
        yield f"is on staff {note.staff}; there are two"
    if spelled and _sound_of(note.spelling) != note.pitch:
        yield f"is spelled {note.spelling} but is pitch {note.pitch}"


def _sound_of(spelling: str) -> int | None:
    try:
        return read_spelling(spelling)
    except ComposeError:
        return None


def _check_lengths(chart: Chart) -> Iterator[tuple[int, str]]:
    first, last = chart.bars[0], chart.bars[-1]
    pickup = first.duration_ql if first.number == 0 else Fraction(0)
    if first.onset_ql != -pickup:
        yield first.number, "bar 1 does not begin at quarter note 0"
    here = first.onset_ql
    number = first.number
    for bar in chart.bars:
        full = bar_ql(bar.meter)
        if bar.onset_ql != here:
            yield bar.number, f"begins at {bar.onset_ql}, where the bar before ends at {here}"
        if bar.printed is None:
            if bar.number != number:
                yield bar.number, f"is bar {number}"
            number += 1
        short = bar.number == 0 and 0 < bar.duration_ql < full
        complement = bar is last and bar.duration_ql + pickup == full
        if bar.duration_ql != full and not short and not complement:
            yield bar.number, f"lasts {bar.duration_ql} quarter notes; {bar.meter} has {full}"
        here = bar.onset_ql + bar.duration_ql
    yield from check_road(chart)


def _check_overlaps(survey: Survey) -> Iterator[tuple[int, str]]:
    """A key cannot be struck while the same hand holds it down."""
    for hand, tones in survey.hands.items():
        sounding: dict[int, int] = {}
        for tone in tones:
            if sounding.get(tone.note.pitch, tone.start) > tone.start:
                detail = f"{tone.note.id} ({tone.note.spelling}) is struck while it still sounds"
                yield survey.bar_at(tone.start), f"{NAMES[hand]}: {detail}"
            sounding[tone.note.pitch] = max(sounding.get(tone.note.pitch, 0), tone.end)


def _check_key(survey: Survey, style: Style | None, level: Level) -> Iterator[tuple[int, str]]:
    key = survey.chart.drill.key
    if not level.allows_key(key, abs(key_fifths(key))):
        yield survey.chart.bars[0].number, f"{key} is a key above level {level.number}"
    inside = _home_pcs(key, style, level)
    melody = survey.melody
    outside = [
        tone
        for tone in melody
        if tone.note.pitch % OCTAVE not in inside
        and (level.number < COLOURED_LEVEL or not _is_chordal(survey, tone))
    ]
    most = int(level.chromatic_share * len(melody))
    if level.chromatic_share > 0:
        # A share of a short tune is less than one note, which may be meant.
        most = max(1, most)
    if level.chromatic_notes is not None:
        most = min(most, level.chromatic_notes)
    if len(outside) > most:
        detail = f"{len(outside)} of {len(melody)} melody notes are outside {key} and its chords"
        allowed = f"level {level.number} allows {most}"
        yield survey.bar_at(outside[most].start), f"{detail}; {allowed}"


def _home_pcs(key: str, style: Style | None, level: Level) -> set[int]:
    """Pitch classes that are at home.

    The signature's, a minor key's raised 6th and 7th, and from the level at which they are read
    those of the style's scales (the blues' flat third).
    """
    facts = read_key(key)
    inside = set(facts.scale)
    if facts.minor and level.raised_seventh:
        inside |= {(facts.tonic_pc + 9) % OCTAVE, (facts.tonic_pc + 11) % OCTAVE}
    if style is not None and level.number >= COLOURED_LEVEL:
        scales = style.melody.scales_minor if facts.minor else style.melody.scales
        for scale in scales:
            inside.update(scale_pcs(facts.tonic, scale))
    return inside


def _is_chordal(survey: Survey, tone: Tone) -> bool:
    """Whether a note belongs to a chord that sounds with it (a local key's leading note does)."""
    pc = tone.note.pitch % OCTAVE
    return any(
        pc in chord.pitch_classes and start < tone.end and end > tone.start
        for start, end, chord in survey.chords
    )


def _check_ending(survey: Survey, style: Style) -> Iterator[tuple[int, str]]:
    chart = survey.chart
    last_bar = chart.bars[-1].number
    melody = survey.melody
    if not melody:
        return
    tonic = read_key(chart.key_of(chart.bars[-1])).tonic_pc
    loops = any(form.cadences[-1] in _ENDINGS for form in style.forms if form.cadences)
    final = melody[-1]
    if survey.index_at(final.start) < len(chart.bars) - 2:
        yield last_bar, "the tune ends more than a bar before the chart does"
    degrees = {1, 3, 5, *style.melody.end_degrees}
    allowed = {(tonic + up) % OCTAVE for d in degrees for up in _DEGREES.get(d, ())}
    if final.note.pitch % OCTAVE not in allowed:
        yield survey.bar_at(final.start), f"the tune ends on {final.note.spelling}"
    bass = survey.hands[2]
    if bass and survey.hands[1] and not loops:
        last_start = bass[-1].start
        lowest = min((t for t in bass if t.start == last_start), key=lambda t: t.note.pitch)
        chord = chart.chords[-1] if chart.chords else None
        rootless = chord is not None and chord.bass == tonic
        if lowest.note.pitch % OCTAVE != tonic and not rootless:
            yield survey.bar_at(last_start), f"the bass ends on {lowest.note.spelling}, not on 1"


def _check_file(chart: Chart) -> Iterator[tuple[int, str]]:
    if read_chart_json(write_chart_json(chart)) != chart:
        yield chart.bars[0].number, "the chart's JSON gives another chart back"
