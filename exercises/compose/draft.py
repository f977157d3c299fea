"""One draft of a chart: the decisions in their order, from form to touch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from exercises.chairs import chair_of
from exercises.compose.arranging import arrange_chart
from exercises.compose.bass import play_bass
from exercises.compose.bassline import LOWER_STAFF, Tone
from exercises.compose.buttons import find_button
from exercises.compose.colouring import colour_chords
from exercises.compose.comping import comp
from exercises.compose.contour import Seat, left_seat, place_goals, right_seat
from exercises.compose.cueing import cue_fills
from exercises.compose.dice import Dice
from exercises.compose.easing import ease_hand
from exercises.compose.endings import HELD, PLAGAL, choose_ending, is_amen, plain_ending
from exercises.compose.figures import figure_line
from exercises.compose.fills import Room, add_fills
from exercises.compose.fitting import fit_style, fold_tones
from exercises.compose.form import plan_form
from exercises.compose.grid import TICKS, Metre, read_metre
from exercises.compose.groove import (
    groove_bars,
    mirror_left,
    plan_grooves,
    play_right,
    sung_phrases,
)
from exercises.compose.holding import hold_chart
from exercises.compose.lean_chords import lean_slots
from exercises.compose.leaning import drill_focus, lean_seat, lean_style
from exercises.compose.lefthand import held_notes, play_patterns
from exercises.compose.line import Ground, Place, chromatic_budget
from exercises.compose.melody import compose_line
from exercises.compose.ornament import find_place, ornament_line
from exercises.compose.pads import play_pads
from exercises.compose.passing import pass_chords
from exercises.compose.pattern import choose_grooves, choose_patterns
from exercises.compose.pickups import pickup_beats, plan_pickup
from exercises.compose.progression import Slot, known_qualities, plan_chords
from exercises.compose.rhythm import Beat, plan_rhythm
from exercises.compose.shapes import choose_comp, choose_shape
from exercises.compose.singing import mend_leaps
from exercises.compose.slashes import write_slashes
from exercises.compose.thinning import lighten_left, thin_chords
from exercises.compose.tones import choose_scale
from exercises.compose.touch import known_articulations
from exercises.compose.turning import keep_side, keep_sides, turn_grooves, turn_left
from exercises.compose.varying import vary_comping
from exercises.keyboards import fit_level
from exercises.kit import PADS_KIND
from exercises.levels import Level, level
from exercises.seating import seat_chart
from exercises.theory import read_key

if TYPE_CHECKING:
    from exercises.chart import Chart
    from exercises.compose.form import Phrase
    from exercises.compose.pattern import BarPattern
    from exercises.drill import Drill
    from styles.schema import Style
from exercises.compose.writing import COMPED, Plan, Whole, mark_loudness, write_chart

TURNS_LEVEL = 2
"""Up to here the hands may take turns with the phrases."""

SHORTEST_WITH_BUTTON = 4
"""Bars."""

BREATHING_LEVEL = 5
"""From here patterns are turned round every four bars."""

TUNELESS_LEVEL, TUNELESS_SHARE = 3, 0.5
"""Up to this level grooves of one chord at a time leave half of the phrases at least to a tune."""

HELD_SHARE = 0.5

RHYTHMS = 3
"""Rhythms of the whole chart that the figures of a comp are taken from."""


def draft_chart(drill: Drill, style: Style, seed: int, song: Whole | None = None) -> Chart:
    """Compose a chart from a seed; it may still break a rule.

    Args:
        drill: what is asked for.
        style: its pack.
        seed: of this draft.
        song: that it is a part of; None for a chart by itself.
    """
    row = fit_level(level(drill.level), drill.keyboard)
    fitted = fit_style(style, drill.keyboard, drill.meter, row.number)
    whole = seed if song is None else song.seed
    plan = _plan(drill, lean_style(fitted, drill, row), row, whole, is_part=song is not None)
    holds = chair_of(drill.chair).held or (song is not None and song.holds)
    linear = hold_chart(plan, seed) if holds else _compose_linear(plan, seed)
    chart = arrange_chart(linear, plan, whole, is_part=song is not None)
    chart = cue_fills(chart, style, row)
    return seat_chart(chart, chair_of(drill.chair)) if drill.chair else chart


def _compose_linear(plan: Plan, seed: int) -> Chart:
    """The chart as if every bar were printed where it sounds, in one key and tempo."""
    drill = plan.drill
    if drill.kind == PADS_KIND:
        return mark_loudness(play_pads(write_chart(plan, [], [], 0, seed), plan.style), plan)
    if drill.kind in COMPED:
        return _comp(plan, seed)
    if drill.kind == "bass" and plan.style.chord_symbols:
        # Where a bass is a part of the rhythm section; elsewhere it is a low melody.
        return write_chart(plan, play_bass(plan, Dice(seed, "bass")), [], 0, seed)
    alone = drill.kind in {"lead", "bass"} or drill.hands != "both"
    below = [] if alone else fold_tones(_accompany(plan, seed), plan.level, drill.keyboard)
    groove = _play_grooves(plan, below, seed)
    places, climax = _sing(plan, below, seed)
    if not plan.style.steady:
        below = lighten_left(below, places, plan.metre, plan.level)
    sung = [place.beat.onset for place in places if place.staff != LOWER_STAFF]
    tones = thin_chords(
        [*below, *groove], sung, plan.level, plan.metre, drill.quarter_bpm, plan.slots
    )
    return write_chart(plan, tones, places, climax, seed)


def _play_grooves(plan: Plan, below: Sequence[Tone], seed: int) -> list[Tone]:
    """The right hand of the grooves, and what the left hand doubles of it."""
    if not plan.grooves:
        return []
    dice = Dice(seed, "groove")
    known = known_articulations(plan.style, plan.level)
    right = play_right(
        plan.grooves,
        plan.slots,
        plan.phrases,
        below,
        level=plan.level,
        metre=plan.metre,
        key=plan.drill.key,
        shape=choose_shape(plan.style.voicings, plan.level.number, dice),
        ghosts="ghost" in known and "ghost" in plan.level.articulations,
        dice=dice,
    )
    left = mirror_left(plan.grooves, plan.slots, right, level=plan.level, metre=plan.metre)
    return [*right, *left]


def _comp(plan: Plan, seed: int) -> Chart:
    """A chart of chords: the comp, and the slashes that ask for it."""
    rhythms = [_beats(plan, [], seed, f"rhythm {way}") for way in range(RHYTHMS)]
    found = comp(plan, rhythms, Dice(seed, "comp"))
    grooved = replace(plan, grooves=found.bars)
    chart = write_chart(grooved, found.tones, [], 0, seed)
    return msgspec.structs.replace(chart, slashes=write_slashes(plan, found))


def _beats(plan: Plan, below: Sequence[Tone], seed: int, aspect: str = "rhythm") -> list[Beat]:
    return plan_rhythm(
        sung_phrases(plan.phrases, plan.grooves),
        plan.style,
        plan.level,
        metre=plan.metre,
        quarter_bpm=plan.drill.quarter_bpm,
        accompaniment=[tone.onset for tone in below],
        last_bar=plan.metre.bar - plan.pickup,
        ending=_sung_ending(plan),
        dice=Dice(seed, aspect),
    )


def _sung_ending(plan: Plan) -> str:
    """The ending as the tune has it: over an amen it lies still, whatever the hands do."""
    harmonies = [slot.harmony for slot in plan.slots[-2:]]
    if plan.ending in {HELD, "ritard"} and len(harmonies) > 1:
        return PLAGAL if is_amen(harmonies[0], harmonies[1], plan.drill.key) else plan.ending
    return plan.ending


def _plan(drill: Drill, style: Style, row: Level, seed: int, *, is_part: bool) -> Plan:
    metre = read_metre(drill.meter)
    forms = style.forms
    if row.number <= TURNS_LEVEL and drill.hands == "both":
        # The hands take turns by phrases: one phrase alone would leave a hand out.
        forms = tuple(each for each in forms if len(each.phrases) > 1)
    phrases = plan_form(forms, drill.bars, Dice(seed, "form"))
    minor = read_key(drill.key).minor
    ending = choose_ending(style, row, metre, Dice(seed, "ending"), minor=minor)
    sung = drill.kind in {"grand", "lead"} and drill.bars >= SHORTEST_WITH_BUTTON and not is_part
    button = find_button(style, ending, row, metre) if sung else None
    if button is None:
        ending = plain_ending(ending, style)
    slots = plan_chords(
        phrases,
        style,
        drill.key,
        level=row.number,
        metre=metre,
        dice=Dice(seed, "harmony"),
        ending=ending,
    )
    if style.passing > 0 and row.number >= style.passing_level:
        slots = tuple(
            pass_chords(
                slots,
                drill.key,
                read_key(drill.key).tonic_pc,
                known=known_qualities(style, row.number),
                level=row.number,
                metre=metre,
                share=style.passing,
                dice=Dice(seed, "passing"),
            )
        )
    slots = colour_chords(slots, style, drill.key, row.number)
    slots = lean_slots(slots, drill_focus(drill), drill.key, Dice(seed, "focus"))
    grooves = _grooves(drill, style, row, phrases, metre, Dice(seed, "grooves"))
    pickup = 0 if 0 in grooves or is_part else plan_pickup(drill, row, metre, Dice(seed, "pickup"))
    if pickup:
        last = slots[-1]
        shorter = Slot(last.onset, last.duration - pickup, last.harmony, last.bar)
        slots = (*slots[:-1], shorter)
        button, ending = None, plain_ending(ending, style)
    scale = choose_scale(style.melody, drill.key, row, Dice(seed, "scale"), slots)
    return Plan(drill, style, row, metre, phrases, slots, pickup, scale, grooves, ending, button)


def _grooves(
    drill: Drill,
    style: Style,
    row: Level,
    phrases: Sequence[Phrase],
    metre: Metre,
    dice: Dice,
) -> dict[int, BarPattern]:
    """Which bars both hands play as a groove; only charts for both hands with all notes do."""
    if drill.kind != "grand" or drill.hands != "both" or style.groove_share <= 0:
        return {}
    known = keep_side(style.patterns, row, Dice(drill.seed, "side"))
    patterns = choose_grooves(
        known,
        phrases,
        row,
        metre=metre,
        quarter_bpm=drill.quarter_bpm,
        dice=dice,
    )
    if not patterns:
        return {}
    tuneless = row.number <= TUNELESS_LEVEL and not any(each.sings for each in patterns.values())
    most = TUNELESS_SHARE if tuneless else 1.0
    chosen = plan_grooves(phrases, style.groove_share, dice, most)
    bars = groove_bars(phrases, chosen, patterns)
    if row.number < BREATHING_LEVEL or style.loops:
        return bars
    return turn_grooves(
        phrases,
        bars,
        keep_sides(style.turns, known),
        row,
        metre=metre,
        quarter_bpm=drill.quarter_bpm,
        dice=Dice(drill.seed, "turns"),
    )


def _accompany(plan: Plan, seed: int) -> list[Tone]:
    """The left hand: nothing where the hands take turns, held notes, or the style's patterns."""
    dice = Dice(seed, "left hand")
    row = plan.level
    grand = plan.drill.kind == "grand"
    if grand and row.texture == "one hand":
        return []
    if row.number <= TURNS_LEVEL:
        return held_notes(plan.slots, row) if not grand or dice.chance(HELD_SHARE) else []
    known = keep_side(plan.style.patterns, row, Dice(plan.drill.seed, "side"))
    patterns = choose_patterns(
        known,
        plan.phrases,
        row,
        metre=plan.metre,
        quarter_bpm=plan.drill.quarter_bpm,
        tenths="tenth" in plan.shapes,
        dice=dice,
    )
    varied = vary_comping(
        known,
        patterns,
        plan.phrases,
        row,
        metre=plan.metre,
        quarter_bpm=plan.drill.quarter_bpm,
        share=plan.style.comp_variety,
        dice=Dice(seed, "comping"),
    )
    if row.number >= BREATHING_LEVEL:
        varied |= turn_left(
            plan.phrases,
            patterns,
            keep_sides(plan.style.turns, known),
            row,
            metre=plan.metre,
            quarter_bpm=plan.drill.quarter_bpm,
            dice=Dice(seed, "turns"),
        )
    tones = play_patterns(
        plan.slots,
        plan.phrases,
        patterns,
        level=row,
        metre=plan.metre,
        key=plan.drill.key,
        shapes=plan.shapes,
        ending=plan.ending,
        comp=choose_comp(plan.style.voicings, row.number, Dice(seed, "left voicing")),
        dice=dice,
        grooves=plan.grooves,
        varied=varied,
    )
    return ease_hand(tones, row, plan.drill.quarter_bpm)


def _sing(plan: Plan, below: list[Tone], seed: int) -> tuple[list[Place], int]:
    """The melody, in the hand (or hands by turns) that has it."""
    row, style, drill = plan.level, plan.style, plan.drill
    seats = _seats(plan, below, Dice(seed, "position"))
    beats = _beats(plan, below, seed)
    if plan.pickup:
        beats = [*pickup_beats(plan, Dice(seed, "pickup rhythm")), *beats]
    dice = Dice(seed, "melody")
    goals, climax = place_goals(
        beats,
        plan.phrases,
        seats,
        slots=plan.slots,
        melody=style.melody,
        key=drill.key,
        scale=plan.scale,
        strict=not style.chord_symbols,
        dice=dice,
    )
    ground = Ground(
        slots=plan.slots,
        phrases=plan.phrases,
        seats=seats,
        below=below,
        metre=plan.metre,
        level=row,
        melody=style.melody,
        key=drill.key,
        scale=plan.scale,
        rooted=drill.kind == "bass",
        strict=not style.chord_symbols,
        ticks_per_s=drill.quarter_bpm * TICKS / 60,
        outside=chromatic_budget(row, len(beats)),
        focus=drill_focus(drill),
    )
    places = compose_line(beats, ground, goals, climax, dice)
    top = places[climax]
    ornament = partial(ornament_line, below=below)
    for dress, aspect in ((figure_line, "figures"), (ornament, "devices")):
        places = dress(
            places,
            style.melody,
            row,
            metre=plan.metre,
            key=drill.key,
            scale=plan.scale,
            climax=climax,
            dice=Dice(seed, aspect),
        )
        # Notes that lean into others have come in before it.
        climax = find_place(places, top)
    if style.fills and drill.hands != "left" and drill.kind in {"grand", "lead"}:
        room = Room(style, row, plan.metre, drill.key, drill.quarter_bpm, plan.slots, below)
        places = add_fills(places, plan.phrases, room, top.note.pitch, Dice(seed, "fills"))
        climax = find_place(places, top)
    places = mend_leaps(places, ground, top.note.pitch)
    return places, climax


def _seats(plan: Plan, below: Sequence[Tone], dice: Dice) -> tuple[Seat, ...]:
    """Where each phrase is played: the hands by turns where there is no accompaniment."""
    right = right_seat(plan.level, plan.style.melody, plan.drill.key, dice)
    right = lean_seat(right, drill_focus(plan.drill), plan.level)
    left = left_seat(plan.level, plan.drill.key, dice)
    if plan.drill.hands == "left" or plan.drill.kind == "bass":
        return (left,) * len(plan.phrases)
    turns = plan.level.number <= TURNS_LEVEL and plan.drill.hands == "both" and not below
    if turns and plan.drill.kind == "grand":
        return tuple(left if phrase.index % 2 else right for phrase in plan.phrases)
    return (right,) * len(plan.phrases)
