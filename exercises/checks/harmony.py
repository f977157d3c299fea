"""Whether the notes say the harmony: thirds and basses of the chords, chord notes in the tune.

What the chart's own texture leaves to somebody else is not asked of it: charts of one hand, and
the levels at which the hands take turns, say no chords; roots and fifths alone have no third;
rootless voicings leave the root to the bass player.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from exercises.checks.survey import HANDS
from exercises.fingerprint.chords import sort_of
from exercises.meter import TICKS
from exercises.rhythm_places import strong_places
from exercises.theory import OCTAVE, read_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from exercises.chart import Chord
    from exercises.checks.survey import Survey, Tone
    from exercises.levels import Level
    from styles.schema import Style

Finding = tuple[int, str]
"""(bar, detail)."""

SPEAKING_TEXTURES = frozenset({"together", "pattern", "independent"})
"""Textures in which the hands say a chord together."""
TUNES = frozenset({"grand", "lead"})
"""Kinds of charts that have a tune."""
ROOTLESS = ("rootless", "quartal", "upper structure")
"""Voicings that leave the root to the bass player."""
SHORT_BEATS = 2
"""A chord of fewer beats may pass without its root: a broken chord has no time to reach it."""
ANTICIPATION = TICKS
"""A beat: how early a bass or a chord may come before the change that it belongs to."""
BASS_BELOW = 48
"""C3: a left hand that stays above it leaves the bass to the bass player."""
CHORD_SIZE = 3
"""Different notes struck at once by one hand that make a chord, whose third is then missed."""
MINOR_NINTH = 13
SAMPLING = 2.0
"""Standard deviations by which a short tune may miss its style's share of chord notes; the share
itself is the style's habit, which many charts keep and one may stray from."""
_BLUE = (3, 6, 10)
_THIRDS, _SUSPENDED = (3, 4), (2, 5)
_FIFTHS = (6, 7, 8)


def check_harmony(survey: Survey, style: Style, level: Level) -> Iterator[Finding]:
    """What contradicts the chords, by bar."""
    if survey.chart.drill.kind in TUNES:
        yield from _check_ninths(survey, style)
        yield from _check_share(survey, style)
    if survey.chart.drill.kind == "grand" and level.texture in SPEAKING_TEXTURES:
        yield from _check_chords(survey, style, level)


def _check_chords(survey: Survey, style: Style, level: Level) -> Iterator[Finding]:
    if not all(survey.hands.values()):
        return
    rootless = any(
        voicing.name.startswith(ROOTLESS) and voicing.level <= level.number
        for voicing in style.voicings
    )
    for start, end, chord in survey.chords:
        left = _sounding(survey, 2, start - ANTICIPATION, end)
        if not left:
            continue
        heard = left | _sounding(survey, 1, start - ANTICIPATION, end)
        asked = not rootless and end - start >= SHORT_BEATS * survey.beat
        if asked and not ({chord.root, chord.bass} & heard or _stands(survey, chord, start, end)):
            yield survey.bar_at(start), f"neither root nor bass of {chord.symbol} sounds"
        third = third_of(chord)
        early = TICKS // 2
        if third is None or third in heard:
            continue
        if _strikes_chord(survey, start - early, end - early):
            yield survey.bar_at(start), f"the third of {chord.symbol} does not sound"


def _stands(survey: Survey, chord: Chord, start: int, end: int) -> bool:
    """Whether a left hand without root and bass is meant so.

    It stays out of the bass register, or enters after the beat with the fifth, as a tumbao does.
    """
    low = [t for t in survey.hands[2] if start <= t.start < end and t.note.pitch < BASS_BELOW]
    fifth = (chord.root + 7) % OCTAVE
    return not low or (low[0].start > start and low[0].note.pitch % OCTAVE == fifth)


def _sounding(survey: Survey, hand: int, start: int, end: int) -> set[int]:
    """The pitch classes that a hand sounds in a stretch of time."""
    return {
        tone.note.pitch % OCTAVE
        for tone in survey.hands[hand]
        if tone.start < end and tone.end > start
    }


def third_of(chord: Chord) -> int | None:
    """Pitch class of the third, or of the note suspended in its place; power chords have none."""
    tones = sort_of(chord)
    for options in (_THIRDS, _SUSPENDED):
        for above in reversed(options):
            if above in tones:
                return (chord.root + above) % OCTAVE
    return None


def _strikes_chord(survey: Survey, start: int, end: int) -> bool:
    """Whether a hand strikes a whole chord in a stretch of time, not only its bare fifth."""
    return any(
        len({pitch % OCTAVE for pitch in moment.struck}) >= CHORD_SIZE
        for hand in HANDS
        for moment in survey.moments[hand]
        if start <= moment.start < end
    )


def _check_share(survey: Survey, style: Style) -> Iterator[Finding]:
    """Chord notes on strong beats: no fewer than the style has, as far as so few notes tell."""
    if not survey.chords:
        return
    strangers, count = [], 0
    for tone in survey.melody:
        bar = survey.chart.bars[survey.index_at(tone.start)]
        if survey.position(tone.start) not in strong_places(bar.meter):
            continue
        count += 1
        if not is_chordal(survey, tone):
            strangers.append(tone)
    low, _ = style.melody.chord_tone
    allowed = count * (1 - low) + SAMPLING * math.sqrt(count * low * (1 - low))
    if len(strangers) > max(1, math.ceil(allowed)):
        detail = f"{len(strangers)} of {count} notes on strong beats are outside their chords"
        yield survey.bar_at(strangers[0].start), f"{detail}; {style.name} has {1 - low:.0%}"


def is_chordal(survey: Survey, tone: Tone) -> bool:
    """Whether a note belongs to its chord; one held into the next chord may anticipate that."""
    pc = tone.note.pitch % OCTAVE
    return any(
        pc in (*chord.pitch_classes, chord.bass)
        for start, end, chord in survey.chords
        if start <= tone.start < end or tone.start < start < tone.end
    )


def _check_ninths(survey: Survey, style: Style) -> Iterator[Finding]:
    """A note a minor ninth above a chord note, both held for a beat, grates.

    It is the sound of a dominant with a flat ninth, and blue notes live from it.
    """
    tonic = read_key(survey.chart.drill.key).tonic_pc
    blues = "blues" in (*style.melody.scales, *style.melody.scales_minor)
    long = [tone for tone in survey.tones if tone.end - tone.start >= survey.beat]
    lower: dict[int, list[Tone]] = {}
    for tone in long:
        if tone.note.staff == 2:  # noqa: PLR2004 - the left hand
            lower.setdefault(tone.note.pitch % OCTAVE, []).append(tone)
    for tone in survey.melody:
        if tone.end - tone.start < survey.beat:
            continue
        if blues and (tone.note.pitch - tonic) % OCTAVE in _BLUE:
            continue
        for below in lower.get((tone.note.pitch - 1) % OCTAVE, ()):
            overlap = min(tone.end, below.end) - max(tone.start, below.start)
            if tone.note.pitch - below.note.pitch < MINOR_NINTH or overlap < survey.beat:
                continue
            if _grates(survey, tone, below):
                detail = f"{tone.note.id} ({tone.note.spelling}) is held a minor ninth above"
                yield survey.bar_at(tone.start), f"{detail} {below.note.spelling}"


def _grates(survey: Survey, tone: Tone, below: Tone) -> bool:
    at = max(tone.start, below.start)
    chord = next((each for start, end, each in survey.chords if start <= at < end), None)
    if chord is None or below.note.pitch % OCTAVE not in (*chord.pitch_classes, chord.bass):
        return False
    flat_ninth = (tone.note.pitch - chord.root) % OCTAVE == 1
    return not (flat_ninth and {1, 10} <= sort_of(chord))
