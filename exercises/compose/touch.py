"""Touch: dynamics, hairpins, slurs, articulation and pedal, by the style and the level.

Signs follow the music: a motif is touched alike wherever it returns, pushes are accented, the
hairpin leads to the highest note, slurs cover what one breath would sing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from exercises.chart import Mark
from exercises.compose.buttons import BUTTONS
from exercises.compose.contour import beat_strength
from exercises.compose.grid import EIGHTH, TICKS, Metre, to_ql
from exercises.compose.tally import is_syncopated

if TYPE_CHECKING:
    from exercises.compose.dice import Dice
    from exercises.compose.form import Phrase
    from exercises.compose.line import Place
    from exercises.compose.progression import Slot
    from exercises.levels import Level
    from styles.schema import Style

SOFT_TO_LOUD = ("pp", "p", "mp", "mf", "f", "ff")
_QUIET_START = {"pp", "ff"}
BROAD = 4
"""Dynamics of a style from which its climax stands out by two of them."""
_STEP = 2
"""Semitones."""
WIDE = 2
"""Steps between two dynamics from which the way there is written as a hairpin."""
TRILL_SHARE = 0.7
"""How often the note that steps into a phrase's close is trilled, by ear."""
ORNAMENT_SHARE = 0.12
MOST_ORNAMENTS = 3
"""Turns and mordents of a chart."""
STACCATO_SHARE = 0.4
LIGHT_SHARE = 0.45
"""Of a tune's notes those that one short motif may have, at most."""
SLOW_BEATS = 80
"""Beats a minute under which a tune of a style with chord symbols is held."""
FERMATA_SHARE = 0.2
ACCENT_SHARE = 0.6
CLIMAX_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class Touched:
    """Articulations of melody notes by their onset, and the marks of the chart."""

    articulations: dict[int, tuple[str, ...]]
    marks: tuple[Mark, ...]


def touch_chart(
    places: Sequence[Place],
    phrases: Sequence[Phrase],
    slots: Sequence[Slot],
    *,
    style: Style,
    level: Level,
    metre: Metre,
    climax: int,
    start: int,
    grooves: frozenset[int],
    ending: str,
    dice: Dice,
    ringing: frozenset[int] = frozenset(),
    slow: bool = False,
) -> Touched:
    """All signs of touch for a chart's melody; `start` is the chart's first onset.

    A tune that is `slow` is held: no motif of it is played short.

    `ringing` are the bars of `grooves` that are pedalled as the tune is.
    """
    articulations = _articulate(
        places, style, level, metre=metre, climax=climax, ending=ending, dice=dice, held=slow
    )
    groove_starts = {p.index: p.bar * metre.bar for p in phrases if p.bar in grooves}
    marks = _dynamics(
        places, phrases, style, level=level, climax=climax, start=start, dice=dice,
        groove_starts=groove_starts, fades=_fades(style, ending),
    )  # fmt: skip
    if "slur" in level.articulations and "slur" in known_articulations(style, level):
        marks += _slurs(places, articulations)
    if "pedal" in level.marks and "pedal" in known_articulations(style, level):
        marks += _pedals([slot for slot in slots if slot.bar not in grooves])
        marks += _pedals([slot for slot in slots if slot.bar in ringing])
    return Touched(articulations, tuple(marks))


def known_articulations(style: Style, level: Level) -> frozenset[str]:
    """What the style writes up to the level; legato is written as slurs."""
    known: set[str] = set()
    for entry in style.touch:
        if entry.level <= level.number:
            known.update(entry.articulations)
    if "legato" in known:
        known.add("slur")
    return frozenset(known)


def known_dynamics(style: Style, level: Level) -> list[str]:
    """Dynamics that the style and the level share, from soft to loud."""
    known: set[str] = set()
    for entry in style.touch:
        if entry.level <= level.number:
            known.update(entry.dynamics)
    shared = [each for each in SOFT_TO_LOUD if each in known and each in level.dynamics]
    return shared or [each for each in SOFT_TO_LOUD if each in level.dynamics]


def _articulate(
    places: Sequence[Place],
    style: Style,
    level: Level,
    *,
    metre: Metre,
    climax: int,
    ending: str,
    dice: Dice,
    held: bool,
) -> dict[int, tuple[str, ...]]:
    allowed = known_articulations(style, level) & set(level.articulations)
    found: dict[int, tuple[str, ...]] = {}
    motifs = Counter(place.beat.motif for place in places if not place.beat.closing)
    # Where nearly every note would have a dot, one word would do.
    labels = sorted(each for each in motifs if motifs[each] <= LIGHT_SHARE * len(places))
    light = dice.pick(labels) if labels and dice.chance(STACCATO_SHARE) and not held else None
    for index, place in enumerate(places):
        beat = place.beat
        following = places[index + 1].beat.onset if index + 1 < len(places) else None
        pushed = is_syncopated(beat.onset, following, metre) and beat.duration >= TICKS
        stressed = ACCENT_SHARE if pushed else CLIMAX_SHARE if index == climax else 0.0
        if stressed and "accent" in allowed and dice.chance(stressed):
            found[beat.onset] = ("accent",)
        elif (
            beat.motif == light
            and "staccato" in allowed
            and EIGHTH <= beat.duration <= TICKS
            and beat_strength(beat, metre) >= 0
        ):
            found[beat.onset] = ("staccato",)
    _ornament(found, places, allowed, dice)
    last = places[-1].beat
    if ending in {"stab", *BUTTONS}:
        sharp = next((sign for sign in ("marcato", "accent", "staccato") if sign in allowed), "")
        if sharp:
            found[last.onset] = (sharp,)
    elif "fermata" in (level.articulations if ending == "ritard" else allowed) and dice.chance(
        1.0 if ending == "ritard" else FERMATA_SHARE
    ):
        found[last.onset] = ("fermata",)
    return found


def _ornament(
    found: dict[int, tuple[str, ...]], places: Sequence[Place], allowed: frozenset[str], dice: Dice
) -> None:
    """Trills on long notes that step into a phrase's close; turns and mordents inside phrases.

    A turn leads a long note on to the next; a mordent bites a note from which the line falls. What
    a phrase rests on is left alone.
    """
    spent = 0
    for index, (place, following) in enumerate(pairwise(places)):
        beat = place.beat
        move = following.note.pitch - place.note.pitch
        if beat.duration < TICKS or beat.onset < 0 or beat.onset in found:
            continue
        rests = index + 2 == len(places) or places[index + 2].beat.phrase != beat.phrase
        if rests and following.beat.phrase == beat.phrase and 0 < abs(move) <= _STEP:
            if "trill" in allowed and dice.chance(TRILL_SHARE):
                found[beat.onset] = ("trill",)
            continue
        sign = "mordent" if move < 0 else "turn"
        inside = following.beat.phrase == beat.phrase and not beat.closing
        wanted = inside and move and sign in allowed and spent < MOST_ORNAMENTS
        if wanted and dice.chance(ORNAMENT_SHARE):
            found[beat.onset] = (sign,)
            spent += 1


def _dynamics(
    places: Sequence[Place],
    phrases: Sequence[Phrase],
    style: Style,
    *,
    level: Level,
    climax: int,
    start: int,
    groove_starts: Mapping[int, int],
    fades: bool,
    dice: Dice,
) -> list[Mark]:
    scale = known_dynamics(style, level)
    middle = [at for at, each in enumerate(scale) if each not in _QUIET_START]
    # From the softer ones there is somewhere to go.
    here = dice.pick(middle[: (len(middle) + 1) // 2] or list(range(len(scale))))
    marks = [Mark(to_ql(start), "dynamic", scale[here])]
    hairpins = "hairpin" in level.marks
    peak = places[climax].beat
    letters = {phrase.letter for phrase in phrases}
    swells: list[tuple[int, bool]] = []
    for phrase in phrases[1:]:
        new_letter = len(letters) > 1 and phrase.letter != phrases[phrase.index - 1].letter
        echo = len(letters) == 1 and phrase.index % 2 == 1
        peaks = phrase.index == peak.phrase
        if not (new_letter or echo or peaks) or len(scale) == 1:
            continue
        sung = next((p.beat.onset for p in places if p.beat.phrase == phrase.index), None)
        first = groove_starts.get(phrase.index, sung)
        if first is None:
            continue
        louder = peak.phrase == phrase.index or here == 0
        # Where a style has the whole scale of dynamics its climax is loud once.
        rise = 2 if peaks and len(scale) >= BROAD else 1
        there = min(len(scale) - 1, here + rise) if louder else max(0, here - 1)
        if there != here:
            marks.append(Mark(to_ql(first), "dynamic", scale[there]))
            if abs(SOFT_TO_LOUD.index(scale[there]) - SOFT_TO_LOUD.index(scale[here])) >= WIDE:
                swells.append((phrase.index - 1, there > here))
            here = there
    if hairpins:
        marks += _swell(places, swells, _hairpins(places, climax, fades=fades))
    return marks


def _swell(
    places: Sequence[Place], swells: Sequence[tuple[int, bool]], hairpins: Sequence[Mark]
) -> list[Mark]:
    """Hairpins over the last two bars before a wide step, beside those that are there."""
    found = list(hairpins)
    for index, rises in swells:
        beats = [place.beat for place in places if place.beat.phrase == index]
        beats = [beat for beat in beats if beat.bar >= beats[-1].bar - 1]
        if len(beats) < 2:  # noqa: PLR2004 - from one note to another
            continue
        start, end = to_ql(beats[0].onset), to_ql(beats[-1].onset)
        if all(end <= each.onset_ql or start >= (each.end_ql or start) for each in hairpins):
            found.append(Mark(start, "hairpin", "<" if rises else ">", end))
    return found


def _fades(style: Style, ending: str) -> bool:
    """Whether the style lets an ending grow softer; a short last chord or a cut groove does not."""
    named = [each.fades for each in style.endings if each.name == ending]
    return ending not in {"stab", "vamp", *BUTTONS} and all(named)


def _hairpins(places: Sequence[Place], climax: int, *, fades: bool) -> list[Mark]:
    """Up to the highest note over the bar before it, down over the last phrase's end."""
    peak = places[climax].beat
    marks = []
    lead = [p.beat for p in places if p.beat.phrase == peak.phrase and p.beat.onset < peak.onset]
    lead = lead[-4:]
    if len(lead) > 1:
        marks.append(Mark(to_ql(lead[0].onset), "hairpin", "<", to_ql(peak.onset)))
    tail = [p.beat for p in places if p.beat.phrase == places[-1].beat.phrase][-4:]
    if fades and len(tail) > 2 and tail[0].onset > peak.onset:  # noqa: PLR2004 - something to fade
        marks.append(Mark(to_ql(tail[0].onset), "hairpin", ">", to_ql(tail[-1].onset)))
    return marks


def _slurs(places: Sequence[Place], articulations: dict[int, tuple[str, ...]]) -> list[Mark]:
    """One slur for what a breath sings: up to two bars, broken by rests and staccato."""
    marks: list[Mark] = []
    group: list[Place] = []

    def close() -> None:
        if len(group) > 1:
            first, last = group[0].beat.onset, group[-1].beat.onset
            staff = group[0].staff
            marks.append(Mark(to_ql(first), "slur", "", to_ql(last), staff))
        group.clear()

    for place in places:
        beat = place.beat
        if group:
            before = group[-1].beat
            apart = beat.onset > before.onset + before.duration
            new = before.phrase != beat.phrase or group[0].staff != place.staff
            long = beat.bar >= max(0, group[0].beat.bar) + 2 and beat.bar != before.bar
            repeated = place.note.pitch == group[-1].note.pitch
            if apart or new or long or repeated:
                close()
        if "staccato" in articulations.get(beat.onset, ()):
            close()
            continue
        group.append(place)
    close()
    return [mark for mark in marks if mark.end_ql is not None and mark.end_ql > mark.onset_ql]


def _pedals(slots: Sequence[Slot]) -> list[Mark]:
    """A new pedal for every chord."""
    return [
        Mark(to_ql(slot.onset), "pedal", "", to_ql(slot.end), 2)
        for slot in slots
        if slot.duration >= TICKS
    ]
