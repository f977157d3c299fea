"""Comping: any idiomatic voicing counts, and what is another chord is named."""

from fractions import Fraction
from functools import cache
from random import Random

import pytest

from exercises.chart import Chord
from exercises.compose.chart import compose_chart
from exercises.drill import DrillRequest
from exercises.request import resolve_drill
from exercises.score.symbols import read_symbol
from exercises.theory import pitch_class
from exercises.timeline import Timeline
from game.events import NoteEvent
from game.performer.performance import PROFILES, perform
from game.scoring.expectation import place_chart
from game.scoring.fitted import find_hidden
from game.scoring.grade import grade_take
from game.scoring.texture import score_texture
from game.scoring.voicings import ask, judge_voicing, name_chord
from styles.loader import load_styles

STYLES = load_styles().styles


@cache
def compose(style="jazz", level=6, kind="comping", seed=4, **wishes):
    drill = resolve_drill(DrillRequest(style, level, kind=kind, seed=seed, **wishes), STYLES[style])
    return compose_chart(drill, STYLES[style]).chart


def chord_of(symbol):
    read = read_symbol(symbol)
    root = pitch_class(read.root)
    return Chord(Fraction(0), Fraction(4), symbol, root, root, read.pitch_classes)


def tones(chord):
    """Third, fifth, seventh, ninth of a chord above a root about C3."""
    have = {(pc - chord.root) % 12 for pc in chord.pitch_classes}
    third = 3 if 3 in have and 4 not in have else 4 if 4 in have else 5
    fifth = 6 if 6 in have and 7 not in have else 8 if 8 in have and 7 not in have else 7
    seventh = next((step for step in (10, 11, 9) if step in have), 11 if third == 4 else 10)
    ninth = 12 if fifth == 6 else 14
    root = 48 + chord.root if chord.root < 8 else 36 + chord.root
    return root, root + third, root + fifth, root + seventh, root + ninth


def rootless_a(chord):
    _, third, fifth, seventh, ninth = tones(chord)
    return [third, fifth, seventh, ninth]


def rootless_b(chord):
    _, third, fifth, seventh, ninth = tones(chord)
    return [seventh, ninth, third + 12, fifth + 12]


def drop_two(chord):
    root, third, fifth, seventh, _ = tones(chord)
    return [fifth, root + 12, third + 12, seventh + 12]


def shell(chord):
    root, third, _, seventh, _ = tones(chord)
    return [root, third, seventh]


def inversion(chord):
    root, third, fifth, seventh, _ = tones(chord)
    return [third, fifth, seventh, root + 12]


def wrong_third(chord):
    root, third, fifth, seventh, _ = tones(chord)
    return [root, third + (1 if third - root == 3 else -1), fifth, seventh]


def semitone_up(chord):
    return [pitch + 1 for pitch in shell(chord)]


def comp(chart, voice, *, beats=(0, Fraction(3, 2)), kicks_late_s=0.0, extra=False):
    """A comp in a rhythm of the player's own, with the figures of the band where they stand."""
    place = clock(chart)
    hidden = find_hidden(chart)
    strikes = {}
    for bar in chart.bars:
        end = bar.onset_ql + bar.duration_ql
        inside = [s for s in chart.slashes if bar.onset_ql <= s.onset_ql < end]
        exact = {s.onset_ql for s in inside if s.kind in {"kick", "diamond"}}
        pushed = any(s.kind == "push" for s in inside)
        free = [bar.onset_ql + beat - Fraction(pushed and beat == 0, 2) for beat in beats]
        free += [c.onset_ql for c in chart.chords if bar.onset_ql < c.onset_ql < end]
        more = [bar.onset_ql + Fraction(k, 2) for k in (1, 5)] if exact and extra else []
        for onset in (*(exact or free), *more):
            # A push says the chord of the beat after it.
            chord = [c for c in chart.chords if c.onset_ql <= max(onset, bar.onset_ql)][-1]
            strikes[onset] = (chord, kicks_late_s if exact else 0.0)
    struck = [
        (place.performed_s(onset)[0] + late, pitch)
        for onset, (chord, late) in strikes.items()
        for pitch in voice(chord)
    ]
    struck += [
        (place.performed_s(note.onset_ql)[0], note.pitch)
        for note in chart.notes
        if note.id not in hidden
    ]
    return press(struck)


def press(struck):
    return [
        event
        for start, pitch in sorted(struck)
        for event in (NoteEvent(start, "on", pitch, 70), NoteEvent(start + 0.3, "off", pitch, 0))
    ]


def clock(chart):
    style = STYLES[chart.drill.style]
    timeline = Timeline.steady(chart.drill.quarter_bpm)
    return place_chart(chart, timeline=timeline, style=style, level=chart.drill.level)


def grade(chart, events, **options):
    style = STYLES[chart.drill.style]
    timeline = Timeline.steady(chart.drill.quarter_bpm)
    return grade_take(
        chart, events, timeline=timeline, style=style, level=chart.drill.level, **options
    )


@pytest.mark.parametrize("voice", [rootless_a, rootless_b, drop_two, shell, inversion])
@pytest.mark.parametrize("kind", ["comping", "number"])
def test_any_idiomatic_voicing_in_a_rhythm_of_ones_own_counts(voice, kind):
    chart = compose(kind=kind)
    card = grade(chart, comp(chart, voice))
    assert card.scores.notes >= 95, card.diagnoses
    assert card.scores.time >= 95
    assert card.scores.flow == 100
    assert {note.verdict for note in card.notes} == {"match"}
    assert [one.kind for one in card.diagnoses] == []
    assert len(card.notes) == len(chart.notes)


def test_a_wrong_quality_is_named_by_the_chord_that_was_heard():
    chart = compose()
    card = grade(chart, comp(chart, wrong_third))
    found = card.diagnoses[0]
    assert found.kind == "wrong chord"
    assert "you played D7 for Dm7 in bar 1" in found.detail
    assert found.drill["focus"].startswith("chords:")
    assert card.scores.notes < 80
    assert "substitution" in {note.verdict for note in card.notes}


def test_another_chord_is_no_comp_of_this_one():
    chart = compose()
    card = grade(chart, comp(chart, semitone_up))
    assert card.diagnoses[0].kind == "wrong chord"
    assert card.diagnoses[0].count >= len(chart.bars) / 2
    assert card.scores.notes < 40
    assert card.scores.notes < grade(chart, comp(chart, wrong_third)).scores.notes


def test_one_wrong_chord_costs_one_chord():
    chart = compose()

    def voice(chord):
        return wrong_third(chord) if chord is chart.chords[4] else shell(chord)

    card = grade(chart, comp(chart, voice))
    assert 80 < card.scores.notes < 98
    assert card.diagnoses[0].count == 1
    assert card.diagnoses[0].bars == (5,)
    assert card.scores.time >= 95


def test_a_third_that_is_always_left_out_is_told():
    chart = compose()
    card = grade(
        chart, comp(chart, lambda chord: [tones(chord)[0], tones(chord)[2], tones(chord)[3]])
    )
    assert card.diagnoses[0].kind == "chord tone missing"
    assert "third" in card.diagnoses[0].detail


def test_late_kicks_cost_time_and_are_told():
    chart = compose(bars=16)
    card = grade(chart, comp(chart, rootless_a, kicks_late_s=0.11))
    assert "late kicks" in [one.kind for one in card.diagnoses]
    assert card.scores.time < grade(chart, comp(chart, rootless_a)).scores.time - 3
    assert card.accuracy >= 95


def test_stabs_between_the_kicks_are_extra():
    chart = compose(bars=16)
    card = grade(chart, comp(chart, rootless_a, extra=True))
    assert card.extras
    assert "extra stabs" in [one.kind for one in card.diagnoses]
    assert card.scores.notes < grade(chart, comp(chart, rootless_a)).scores.notes - 3


def test_silence_is_no_comp():
    chart = compose()
    half = [event for event in comp(chart, shell) if event.onset_s < 6]
    card = grade(chart, half)
    assert card.scores.notes < 75
    assert card.flow.skipped_bars > 0


@pytest.mark.parametrize(
    ("style", "kind", "level"),
    [("jazz", "comping", 6), ("pop", "comping", 5), ("funk", "comping", 8),
     ("gospel", "comping", 7), ("rnb_soul", "number", 5), ("country", "number", 6),
     ("bossa", "comping", 6)],
)  # fmt: skip
def test_the_charts_own_comp_is_a_hundred(style, kind, level):
    chart = compose(style, level, kind)
    pack, timeline = STYLES[style], Timeline.steady(chart.drill.quarter_bpm)
    rote = perform(chart, PROFILES["perfect"], timeline=timeline, style=pack, level=level, seed=1)
    card = grade(chart, list(rote.events))
    assert card.scores.notes == card.scores.time == card.scores.flow == 100
    assert card.extras == ()
    solid = perform(chart, PROFILES["solid"], timeline=timeline, style=pack, level=level, seed=1)
    assert grade(chart, list(solid.events)).diagnoses == ()


def test_an_anticipated_chord_is_the_next_one():
    chart = compose(kind="number")
    # The strike on four-and says the chord of the next bar.
    struck = []
    for bar in chart.bars:
        chord = [c for c in chart.chords if c.onset_ql <= bar.onset_ql][-1]
        early = bar.onset_ql - Fraction(0 if bar is chart.bars[-1] else 1, 2)
        struck += [(clock(chart).performed_s(early)[0], pitch) for pitch in shell(chord)]
    card = grade(chart, press(struck))
    assert card.scores.notes >= 95
    assert card.diagnoses == ()


@pytest.mark.parametrize(
    ("symbol", "pitches", "right"),
    [
        ("Cm7", (51, 55, 58, 62), True),
        ("Cm7", (52, 55, 58, 62), False),
        ("Cm7", (51, 58), True),
        ("Cm7", (48, 55), False),
        ("C7", (52, 58), True),
        ("C7", (52, 57, 58, 62), True),
        ("C7", (52, 53, 58), False),
        ("C7", (52, 59), False),
        ("Cmaj7", (52, 59, 62), True),
        ("Cmaj7", (52, 57, 62), True),
        ("Cmaj7", (52, 58), False),
        ("Cm7b5", (51, 54, 58), True),
        ("Cm7b5", (51, 55, 58), False),
        ("Cdim7", (51, 54, 57), True),
        ("Caug", (52, 56), True),
        ("C7sus4", (53, 58, 62), True),
        ("C7sus4", (52, 58), False),
        ("C5", (48, 55), True),
        ("C5", (48, 52, 55), False),
        ("C", (52, 55), True),
        ("C", (51, 55), False),
        ("C6", (52, 57), True),
        ("C/E", (40, 60, 67), True),
    ],
)
def test_essential_tones_and_clashes(symbol, pitches, right):
    assert judge_voicing(ask(chord_of(symbol), None), pitches).is_right == right


def test_altered_tensions_are_allowed_where_the_style_has_them():
    altered = (52, 58, 61, 63)
    assert judge_voicing(ask(chord_of("C7"), STYLES["jazz"]), altered).is_right
    assert not judge_voicing(ask(chord_of("C7"), STYLES["country"]), (48, *altered)).is_right


def test_the_root_is_asked_for_where_nobody_plays_the_bass():
    assert judge_voicing(ask(chord_of("C7"), STYLES["jazz"]), (52, 58)).is_right
    alone = ask(chord_of("C7"), STYLES["classical"])
    assert not judge_voicing(alone, (52, 58)).is_right
    assert judge_voicing(alone, (36, 52, 58)).is_right


@pytest.mark.parametrize(
    ("pitches", "meant", "name"),
    [
        ((48, 52, 55, 58), "Cm7", "C7"),
        ((48, 51, 55, 58), "C7", "Cm7"),
        ((48, 52, 55), "Am7", "C"),
        ((50, 53, 57, 60), "G7", "Dm7"),
        ((49, 53, 56, 59), "C7", "Db7"),
        ((47, 50, 53, 57), "Cmaj7", "Bm7b5"),
    ],
)
def test_chords_are_called_what_a_player_calls_them(pitches, meant, name):
    assert name_chord(pitches, chord_of(meant), flats=True) == name


def test_mud_and_leaps_cost_a_little():
    smooth = [(53, 57, 60, 64), (53, 59, 62, 65)]
    assert score_texture(smooth) == 1.0
    assert 0.9 <= score_texture([(36, 40, 43), (36, 41, 45)]) < 1.0
    assert score_texture([(53, 57, 60), (77, 81, 84)]) < 1.0
    assert score_texture([]) == 1.0


def test_a_left_hand_that_plays_another_chord_under_a_lead_sheet_is_told_and_costs_nothing():
    chart = compose(kind="lead")
    timeline = Timeline.steady(chart.drill.quarter_bpm)
    pack = STYLES["jazz"]
    tune = perform(
        chart, PROFILES["perfect"], timeline=timeline, style=pack, level=6, seed=1
    ).events
    below = []
    for chord in chart.chords:
        start = timeline.seconds_at(chord.onset_ql)
        for pitch in wrong_third(chord):
            below += [
                NoteEvent(start, "on", pitch - 12, 60), NoteEvent(start + 0.4, "off", pitch - 12, 0)
            ]  # fmt: skip
    card = grade(chart, [*tune, *below])
    assert card.scores.notes == 100
    assert [one.kind for one in card.diagnoses] == ["wrong chord"]
    assert "you played" in card.diagnoses[0].detail


def test_no_input_fails_on_a_chart_of_slashes():
    chart = compose()
    dice = Random(1)  # noqa: S311 - dice, no secret
    storm = [(dice.uniform(-2, 20), dice.randrange(21, 109)) for _ in range(200)]
    takes = [[], [(0.0, 60)], [(100.0, 60)], [(1.0, pitch) for pitch in range(21, 109)], storm]
    for struck in takes:
        for free in (False, True):
            card = grade(chart, press(struck), free=free)
            assert 0 <= card.scores.total < 60
            assert [note.id for note in card.notes] == [note.id for note in chart.notes]
            used = {note.played for note in card.notes} - {None}
            used |= {extra.played for extra in card.extras}
            assert used <= set(range(len(struck)))


def test_a_comp_is_the_same_in_whatever_order_its_events_come():
    chart = compose()
    events = comp(chart, drop_two)
    once = grade(chart, events)
    Random(3).shuffle(events)  # noqa: S311 - dice, no secret
    again = grade(chart, events)
    assert again.scores == once.scores
    assert again.time == once.time
    assert [note.verdict for note in again.notes] == [note.verdict for note in once.notes]
